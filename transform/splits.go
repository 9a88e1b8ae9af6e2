package transform

import (
	"fmt"

	"carrot/transform/comp"
)

// splitTable shares rows among several owners. It is only read.
type splitTable struct {
	term   *comp.Split
	scale  int              // of a share: percent's digits and two
	index  map[string]int32 // the fact's key to an entry of shares; read by key only
	shares [][]share        // of one fact, in the split table's order
	totals []comp.Number    // percent
}

// splitKey names a split table as a term reads it. The name of the fact's own column is part of its findings.
type splitKey struct {
	comp.Split
	resolver *resolver
}

// share is one owner's part of a row.
type share struct {
	login   string
	entry   int32 // in the resolver
	coef    int64 // of 10^-scale; 1 whole is 10^scale
	percent comp.Number
	absent  bool // owner or percent is missing
}

var hundred = comp.Int(100)

// newSplits reads the split table of an owner. Its rows point to facts by key; a fact without rows belongs to its owner.
func newSplits(in *Inputs, o *comp.Owner, r *resolver) (*splitTable, []comp.Finding, error) {
	t := &splitTable{term: o.Split, index: map[string]int32{}}
	contract, err := contractOf(in, o.Split.Table)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range []string{o.Split.Key, o.Split.Owner, o.Split.Percent} {
		if contract.Index(c) < 0 {
			return nil, nil, fmt.Errorf("table %s has no column %q that the split names", o.Split.Table, c)
		}
	}
	t.scale = contract.Columns[contract.Index(o.Split.Percent)].Scale + 2
	rows, findings, err := readTable(in, o.Split.Table)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		key, owner, percent := row.get(o.Split.Key), row.get(o.Split.Owner), row.get(o.Split.Percent)
		if key.Kind == comp.Null {
			continue
		}
		i, ok := t.index[valueText(key)]
		if !ok {
			i = int32(len(t.shares))
			t.index[valueText(key)] = i
			t.shares, t.totals = append(t.shares, nil), append(t.totals, comp.Int(0))
		}
		s := share{login: valueText(owner), percent: percent.Number, absent: owner.Kind == comp.Null || percent.Kind == comp.Null}
		s.entry = r.entry(s.login)
		part, _ := percent.Number.Quo(hundred)
		coef, scale, small := part.Small()
		fits := small && scale <= t.scale && t.scale < len(tens)
		if fits {
			s.coef, fits = times(coef, tens[t.scale-scale])
		}
		if !fits {
			return nil, nil, fmt.Errorf("table %s: a share of %s percent has too many digits", o.Split.Table, percent.Number)
		}
		t.shares[i] = append(t.shares[i], s)
		t.totals[i] = t.totals[i].Add(percent.Number)
	}
	return t, findings, nil
}

// whole says whether the shares of an entry are complete and sum to exactly 100.
func (t *splitTable) whole(i int32) bool {
	for _, s := range t.shares[i] {
		if s.absent {
			return false
		}
	}
	return t.totals[i].Cmp(hundred) == 0
}

func (t *splitTable) finding(i int32, key string) comp.Finding {
	f := comp.Finding{Code: "split_total", Reach: comp.ReachRow, Column: t.term.Of, Text: t.totals[i].String(),
		Message: fmt.Sprintf("the shares of %s in %s sum to %s percent, exactly 100 was expected", key, t.term.Table, t.totals[i]),
		Hint:    fmt.Sprintf("correct the rows of %s where %s is %s", t.term.Table, t.term.Key, key)}
	if t.totals[i].Cmp(hundred) == 0 {
		f.Message = fmt.Sprintf("a share of %s in %s lacks its owner or its percent", key, t.term.Table)
	}
	return f
}

// matchOwners finds to whom each row is credited. A row whose owner nobody knows stays, and is held for all measures but
// the company's.
func (w *tableWorker) matchOwners(t *termRun) {
	n := len(t.rows)
	t.subject, t.shares = grow(t.subject, n), t.shares[:0]
	if t.pool == comp.PoolCompany {
		fillWith(t.subject, w.s.cells.company)
		return
	}
	t.spare = grow(t.spare, n)
	entry := t.spare
	t.owners.entries(w.cols.vec(t.owner), w.sel, t.rows, entry, w.cols.n)
	for k := range t.rows {
		t.subject[k] = t.resolver.subject(entry[k], comp.Date(t.days[k]))
	}
	if t.split != nil {
		w.splitOwners(t)
	}
	for k, i := range t.rows {
		s := t.subject[k]
		if s < nobody {
			login := ""
			if len(t.shares) > 0 && t.shares[k] != nil {
				login = t.shares[k].login
			} else {
				login = w.cols.text(t.owner, int(i))
			}
			f := w.s.ownerFinding(t.resolver, s, login, comp.Date(t.days[k]))
			f.Column = w.t.contract.Columns[t.owner].Name
			w.problem(t, i, holdOwner, f)
		}
		if t.pools != nil && s >= 0 {
			t.subject[k] = max(nobody, t.pools.at(s, comp.Date(t.days[k])))
		}
	}
}

// splitOwners puts a row's shares in the place of its owner. A row whose shares are not whole is held.
func (w *tableWorker) splitOwners(t *termRun) {
	of := w.cols.vec(t.of)
	t.spare = grow(t.spare, len(t.rows))
	split, several := t.spare, false
	for k, i := range t.rows {
		split[k] = -1
		if of.isNull(int(i)) {
			continue
		}
		text := ""
		if of.kind == comp.KindText {
			text = of.textAt(int(i))
		} else {
			text = valueText(w.cols.value(t.of, int(i)))
		}
		if e, ok := t.split.index[text]; ok {
			split[k], several = e, true
		}
	}
	if !several {
		return
	}
	t.entries, t.other = t.other, t.entries
	old := &t.other
	t.rows, t.days, t.money, t.subject, t.shares = t.rows[:0], t.days[:0], t.money[:0], t.subject[:0], t.shares[:0]
	for k, i := range old.rows {
		e := split[k]
		if e < 0 {
			t.enter(i, old.days[k], old.money[k], old.subject[k], nil)
			continue
		}
		if !t.split.whole(e) {
			w.problem(t, i, holdHard, t.split.finding(e, w.cols.text(t.of, int(i))))
			continue
		}
		for j := range t.split.shares[e] {
			s := &t.split.shares[e][j]
			t.enter(i, old.days[k], old.money[k], t.resolver.subject(s.entry, comp.Date(old.days[k])), s)
		}
	}
}

func (e *entries) enter(row, day, money, subject int32, s *share) {
	e.rows, e.days, e.money, e.subject = append(e.rows, row), append(e.days, day), append(e.money, money), append(e.subject, subject)
	e.shares = append(e.shares, s)
}
