package transform

import (
	"cmp"
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// splitTable shares rows among several owners. It is only read. There may be as many shares as facts, so they lie close
// together.
type splitTable struct {
	term   *comp.Split
	scale  int            // of a share: percent's digits and two; of a weight: its digits
	index  map[hash]int32 // the fact's key to an entry; read by key only
	first  []uint32       // of an entry among shares; one more than there are entries
	shares []share        // fact by fact, of one fact in the split table's order
	broken []bool         // an entry's shares are incomplete, or do not sum to exactly 100
}

// splitKey names a split table as a term reads it. The name of the fact's own column is part of its findings.
type splitKey struct {
	comp.Split
	resolver *resolver
}

// share is one owner's part of a row.
type share struct {
	login  string
	coef   int64 // of 10^-scale; 1 whole is 10^scale
	entry  int32 // in the resolver
	absent bool  // owner or percent is missing
}

var hundred = comp.Int(100)

// newSplits reads the split table of an owner. Its rows point to facts by key; a fact without rows belongs to its owner.
func newSplits(in *Inputs, o *comp.Owner, r *resolver) (*splitTable, []comp.Finding, error) {
	t := &splitTable{term: o.Split, index: map[hash]int32{}}
	contract, err := contractOf(in, o.Split.Table)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range []string{o.Split.Key, o.Split.Owner, t.part()} {
		if contract.Index(c) < 0 {
			return nil, nil, fmt.Errorf("table %s has no column %q that the split names", o.Split.Table, c)
		}
	}
	if t.scale = contract.Columns[contract.Index(t.part())].Scale; !t.weighs() {
		t.scale += 2
	}
	rows, findings, err := readTable(in, o.Split.Table)
	if err != nil {
		return nil, nil, err
	}
	rows, doubted := t.choose(rows)
	return t, append(findings, doubted...), t.fill(rows, r)
}

// part is the column that says how much is whose.
func (t *splitTable) part() string { return cmp.Or(t.term.Weight, t.term.Percent) }

func (t *splitTable) weighs() bool { return t.term.Weight != "" }

// choose takes the rows that the split's condition holds for. A row for which that cannot be told is named, and left out.
func (t *splitTable) choose(rows []row) (out []row, findings []comp.Finding) {
	if t.term.Where == nil {
		return rows, nil
	}
	for _, r := range rows {
		v, err := t.term.Where.Eval(r.get)
		if err != nil {
			findings = append(findings, comp.Finding{Code: "bad_condition", Reach: comp.ReachSource, Table: t.term.Table, Key: r.key(), Text: t.term.Where.Text,
				Message: err.Error(), Hint: "correct the row in the source, or the condition in the measure", Origin: r.origin})
		}
		if err == nil && v.True() {
			out = append(out, r)
		}
	}
	return out, findings
}

// entries finds which fact each row shares, -1 where a row has no key, and how many shares each fact has.
func (t *splitTable) entries(rows []row) (entries []int32, counts []uint32) {
	for _, row := range rows {
		key := row.get(t.term.Key)
		if key.Kind == comp.Null {
			entries = append(entries, -1)
			continue
		}
		h := hashOf(valueText(key))
		i, ok := t.index[h]
		if !ok {
			i = int32(len(counts))
			t.index[h], counts = i, append(counts, 0)
		}
		entries = append(entries, i)
		counts[i]++
	}
	return entries, counts
}

// fill lays the shares down.
func (t *splitTable) fill(rows []row, r *resolver) error {
	entries, counts := t.entries(rows)
	t.first, t.broken = make([]uint32, len(counts)+1), make([]bool, len(counts))
	for i, n := range counts {
		t.first[i+1] = t.first[i] + n
		counts[i] = t.first[i]
	}
	t.shares = make([]share, t.first[len(t.broken)])
	logins := map[string]string{} // each once
	for k, row := range rows {
		if entries[k] < 0 {
			continue
		}
		owner, percent := row.get(t.term.Owner), row.get(t.part())
		login := valueText(owner)
		if _, ok := logins[login]; !ok {
			logins[login] = login
		}
		s := share{login: logins[login], absent: owner.Kind == comp.Null || percent.Kind == comp.Null}
		s.entry = r.entry(s.login)
		part := percent.Number
		if !t.weighs() {
			part, _ = part.Quo(hundred)
		}
		coef, scale, small := part.Small()
		fits := small && scale <= t.scale && t.scale < len(tens)
		if fits {
			s.coef, fits = times(coef, tens[t.scale-scale])
		}
		if !fits {
			return fmt.Errorf("table %s: a share of %s percent has too many digits", t.term.Table, percent.Number)
		}
		at := &counts[entries[k]]
		t.shares[*at] = s
		*at++
	}
	for i := range t.broken {
		t.broken[i] = !t.totals(int32(i)) || slices.ContainsFunc(t.of(int32(i)), func(s share) bool { return s.absent })
	}
	return nil
}

// totals says whether an entry's shares come to a whole: 100 percent, or weights above zero. Outside of the whole anything
// may be shared.
func (t *splitTable) totals(i int32) bool {
	switch {
	case t.weighs():
		return t.sum(i).Sign() > 0 && !slices.ContainsFunc(t.of(i), func(s share) bool { return s.coef < 0 })
	case t.term.Outside:
		return true
	}
	return t.total(i).Cmp(hundred) == 0
}

// sum is what an entry's shares come to: 1 where they are percents of a whole.
func (t *splitTable) sum(i int32) comp.Number {
	sum := comp.Number{}
	for _, s := range t.of(i) {
		sum = sum.Add(comp.Scaled(s.coef, t.scale))
	}
	return sum
}

// of are an entry's shares.
func (t *splitTable) of(i int32) []share { return t.shares[t.first[i]:t.first[i+1]] }

// total is the percent of an entry's shares.
func (t *splitTable) total(i int32) comp.Number { return t.sum(i).Mul(hundred) }

func (t *splitTable) finding(i int32, key string) comp.Finding {
	f := comp.Finding{Code: "split_total", Reach: comp.ReachRow, Column: t.term.Of, Text: t.total(i).String(),
		Message: fmt.Sprintf("the shares of %s in %s sum to %s percent, exactly 100 was expected", key, t.term.Table, t.total(i)),
		Hint:    fmt.Sprintf("correct the rows of %s where %s is %s", t.term.Table, t.term.Key, key)}
	switch whole := t.totals(i); {
	case whole && t.weighs():
		f.Message = fmt.Sprintf("a share of %s in %s lacks its owner or its weight", key, t.term.Table)
	case whole:
		f.Message = fmt.Sprintf("a share of %s in %s lacks its owner or its percent", key, t.term.Table)
	case t.weighs():
		f.Text = t.sum(i).String()
		f.Message = fmt.Sprintf("the weights of %s in %s sum to %s, weights from zero on that sum to more than zero were expected", key, t.term.Table, f.Text)
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
	t.parts = t.parts[:0]
	if t.split != nil {
		w.splitOwners(t)
	}
	if t.apart {
		t.wholly()
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
		if e, ok := t.split.index[hashOf(text)]; ok {
			split[k], several = e, true
		}
	}
	if !several && !t.split.term.Outside {
		return
	}
	t.entries, t.other = t.other, t.entries
	old := &t.other
	t.empty()
	for k, i := range old.rows {
		e := split[k]
		if e < 0 {
			if !t.split.term.Outside {
				t.enter(i, old.days[k], old.money[k], old.subject[k], nil)
			}
			continue
		}
		if t.split.broken[e] {
			w.problem(t, i, holdHard, t.split.finding(e, w.cols.text(t.of, int(i))))
			continue
		}
		for j := range t.split.of(e) {
			s := &t.split.of(e)[j]
			t.enter(i, old.days[k], old.money[k], t.resolver.subject(s.entry, comp.Date(old.days[k])), s)
		}
		if t.apart {
			w.part(t, i, old.money[k], e)
		}
	}
}

// empty makes room for other entries.
func (e *entries) empty() {
	e.rows, e.days, e.money, e.subject, e.shares, e.parts = e.rows[:0], e.days[:0], e.money[:0], e.subject[:0], e.shares[:0], e.parts[:0]
}

func (e *entries) enter(row, day, money, subject int32, s *share) {
	e.rows, e.days, e.money, e.subject = append(e.rows, row), append(e.days, day), append(e.money, money), append(e.subject, subject)
	e.shares = append(e.shares, s)
}

// wholly fills in parts up to the last entry: rows that nobody shares are whole.
func (e *entries) wholly() {
	for len(e.parts) < len(e.rows) {
		e.parts = append(e.parts, comp.Int(1))
	}
}
