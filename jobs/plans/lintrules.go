package plans

import (
	"slices"

	"carrot/transform/comp"
)

// accounts is L12: clawbacks and releases have an end, and silence of a customer takes nothing away.
func (k *linter) accounts() {
	if b := k.x.Clawback; b != nil {
		if b.Within.IsZero() {
			k.say("L12", LintError, b.Where, "add within: 12 months", "a clawback without a window")
		}
		if b.AtExit == "recover" {
			if country := k.noRecovery(); country != "" {
				k.say("L12", LintError, b.Where, "write at_exit: write_off", "a clawback is recovered at exit, which the law of %s does not allow", country)
			}
		}
	}
	if r := k.x.Release; r != nil {
		if r.Longest.IsZero() {
			k.say("L12", LintError, r.Where, "add longest: 12 months", "a release without a longest wait")
		}
		if r.Silence == "" {
			k.say("L12", LintError, r.Where, "add silence: pay", "a release that does not say what no answer does")
		}
		if r.Silence == "forfeit" {
			k.say("L12", LintError, r.Where, "write silence: pay", "a customer who does not answer takes the pay away")
		}
	}
}

// noRecovery is a country of the company whose law forbids to take pay back after the last day; "" none.
func (k *linter) noRecovery() string {
	for _, l := range k.c.Settings.Legal {
		if l.Rule == "no_recovery" && slices.ContainsFunc(k.c.Settings.Entities, func(e comp.LegalEntity) bool { return e.Country == l.Country }) {
			return l.Country
		}
	}
	return ""
}

// twice is L16: one row paid by two components, or one refund taken back in two ways.
func (k *linter) twice() {
	xs := k.p.Components
	for i := range xs {
		for j := i + 1; j < len(xs); j++ {
			if xs[i].Shown || xs[j].Shown || xs[i].Measure == "" || xs[j].Measure == "" {
				continue
			}
			k.x = &xs[j]
			if table := shared(k.measures[xs[i].Measure], k.measures[xs[j].Measure]); table != "" {
				k.say("L16", LintWarning, xs[j].Where, "let one of them pay, or tell the rows apart in where:", "rows of %s are paid by %s and by %s", table, xs[i].ID, xs[j].ID)
			}
		}
		k.x = &xs[i]
		k.refundedTwice()
	}
	k.x = nil
}

// refundedTwice tells a table that is both a term that takes away and the event of a clawback.
func (k *linter) refundedTwice() {
	m := k.measures[k.x.Measure]
	if m == nil || k.x.Clawback == nil {
		return
	}
	for _, e := range k.c.Mapping.Events {
		for _, t := range m.Terms {
			if e.Event == k.x.Clawback.On && e.Table == t.Table && t.Sign < 0 {
				k.say("L16", LintWarning, k.x.Clawback.Where, "remove the clawback, or the term of "+t.Table+" from the measure", "rows of %s take pay back twice: as a term of %s and as %s", t.Table, k.title(m.ID), e.Event)
			}
		}
	}
}

// shared is a table of which both measures may credit one row with one value to one person; "" none.
func shared(a, b *comp.Measure) string {
	if a == nil || b == nil || a.Pool != comp.PoolPayee || b.Pool != comp.PoolPayee {
		return ""
	}
	for _, x := range a.Terms {
		for _, y := range b.Terms {
			same := x.Table == y.Table && x.Sign == y.Sign && text(x.Value) == text(y.Value) && text(x.Hit) == text(y.Hit) &&
				x.Owner.Rollup == y.Owner.Rollup && outside(x) == outside(y)
			if same && !apart(x.Where, y.Where) {
				return x.Table
			}
		}
	}
	return ""
}

func outside(t comp.Term) bool { return t.Owner.Split != nil && t.Owner.Split.Outside }

func text(e *comp.Expr) string {
	if e == nil {
		return ""
	}
	return e.Text
}

// apart says whether two conditions exclude each other: one demands a column to be one text, the other another.
func apart(a, b *comp.Expr) bool {
	x, y := map[string]string{}, map[string]string{}
	demands(a, x)
	demands(b, y)
	for column, v := range x { // whether any differs does not depend on the order
		if w, ok := y[column]; ok && v != w {
			return true
		}
	}
	return false
}

// demands collects the columns that a condition wants to be a given text: comparisons joined by and.
func demands(e *comp.Expr, out map[string]string) {
	if e == nil {
		return
	}
	switch {
	case e.Op == comp.And:
		for _, a := range e.Args {
			demands(a, out)
		}
	case e.Op == comp.Eq && len(e.Args) == 2:
		name, lit := e.Args[0], e.Args[1]
		if name.Op == comp.Lit {
			name, lit = lit, name
		}
		if name.Op == comp.Name && lit.Op == comp.Lit {
			out[name.Name] = valueText(lit.Lit)
		}
	}
}
