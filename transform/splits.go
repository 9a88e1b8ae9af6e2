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
