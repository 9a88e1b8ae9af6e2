package plans

import (
	"slices"

	"carrot/transform"
	"carrot/transform/comp"
)

// picked are the rows of a payee's month that are written down otherwise: of each kind the one that has most to tell.
type picked struct {
	largest, smallest   *comp.Credit // of value
	late, early         *comp.Credit // next to the end of a period within a week: before it, and after it
	quick               *comp.Credit // the largest that could have been closed in the period before
	taken               *comp.Credit // the largest that is taken off
	bad                 []comp.Credit
	lateEdge, earlyEdge comp.Date
	quickEdge           comp.Date
}

// pastRow is a row, and whose it is by which measures.
type pastRow struct {
	credits []comp.Credit // of own measures, each measure and payee once
}

// pickRows walks the credited rows month by month, and once more for all that the picked ones are credited to.
func (x *pastProber) pickRows() error {
	for pay := comp.Month(x.h.Span.Start); pay.Start < x.h.Span.End; pay = comp.Month(pay.End) {
		in := x.h.In
		in.Run.Period, in.Settings.Restate = pay, 0
		credits, err := transform.CreditsOf(in)
		if err != nil {
			return err
		}
		people := slices.DeleteFunc(slices.Clone(credits.Payees()), func(id string) bool { return x.days[id] == nil })
		chosen := map[rowKey]bool{}
		for _, id := range people {
			err := credits.Each(id, func(_ int, c *comp.Credit) error {
				x.pick(c)
				return nil
			})
			if err != nil {
				return err
			}
		}
		x.chosen(chosen)
		for _, id := range people {
			err := credits.Each(id, func(_ int, c *comp.Credit) error {
				if k := (rowKey{c.Table, c.Key}); chosen[k] && x.own[c.Measure] != nil {
					x.row(k).add(*c)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *pastProber) row(k rowKey) *pastRow {
	if x.rows[k] == nil {
		x.rows[k] = &pastRow{}
	}
	return x.rows[k]
}

func (r *pastRow) add(c comp.Credit) {
	if !slices.ContainsFunc(r.credits, func(o comp.Credit) bool {
		return o.Payee == c.Payee && o.Measure == c.Measure && o.Term == c.Term
	}) {
		r.credits = append(r.credits, c)
	}
}

// chosen notes the rows that are picked.
func (x *pastProber) chosen(out map[rowKey]bool) {
	for _, p := range x.months { // each to a key of its own
		for _, c := range p.all() {
			out[rowKey{c.Table, c.Key}] = true
		}
	}
}

func (p *picked) all() (out []*comp.Credit) {
	for _, c := range []*comp.Credit{p.largest, p.smallest, p.late, p.early, p.quick, p.taken} {
		if c != nil {
			out = append(out, c)
		}
	}
	for i := range p.bad {
		out = append(out, &p.bad[i])
	}
	return out
}

// term is the term of a measure that a row was credited by, where the row may be written otherwise: it has one key, was not
// answered in confidence, and no other row stands for it.
func (x *pastProber) term(c *comp.Credit) (m *comp.Measure, t *comp.Term, contract *comp.Contract) {
	m = x.own[c.Measure]
	if m == nil || c.Sealed || c.Term >= len(m.Terms) {
		return nil, nil, nil
	}
	t = &m.Terms[c.Term]
	contract = x.contract(c.Table)
	if contract == nil || len(contract.Keys) != 1 || contract.Class == comp.Sealed || contract.Floor() > 0 {
		return nil, nil, nil
	}
	return m, t, contract
}

func (x *pastProber) contract(name string) *comp.Contract {
	for i := range x.h.In.Contracts {
		if x.h.In.Contracts[i].Name() == name {
			return &x.h.In.Contracts[i]
		}
	}
	return nil
}

// pick looks at a credited row.
func (x *pastProber) pick(c *comp.Credit) {
	m, t, _ := x.term(c)
	if m == nil || !x.h.Span.Contains(c.Date) || !x.takenIn(c) {
		return
	}
	k := payeeMonth{c.Payee, comp.Month(c.Date).Start}
	p := x.months[k]
	if p == nil {
		p = &picked{}
		x.months[k] = p
	}
	if m.Surveys() && m.About != "response" && slices.Contains([]comp.Aggregate{comp.Share, comp.Mean, comp.Net}, m.Aggregate) {
		p.dissatisfied(m, c)
	}
	if !m.Aggregate.Adds() || t.Fold != nil {
		return
	}
	if c.Value.Sign() < 0 || t.Sign < 0 {
		if on := c.Date.AddMonths(1); x.crosses(c.Measure, c.Date, on) {
			larger(&p.taken, c, true)
		}
		return
	}
	larger(&p.largest, c, false)
	if p.smallest == nil || less(c, p.smallest) {
		p.smallest = keep(c)
	}
	before, after := x.edges(c.Measure, c.Date)
	if after != comp.NoDate && after-c.Date <= 7 && x.crosses(c.Measure, c.Date, after) && (p.late == nil || after-c.Date < p.lateEdge-p.late.Date) {
		p.late, p.lateEdge = keep(c), after
	}
	if before == comp.NoDate || !x.crosses(c.Measure, c.Date, before-1) {
		return
	}
	if c.Date-before < 7 && (p.early == nil || c.Date-before < p.early.Date-p.earlyEdge) {
		p.early, p.earlyEdge = keep(c), before
	}
	if m.Aggregate == comp.Sum && c.Date-before < 31 {
		if larger(&p.quick, c, false) {
			p.quickEdge = before
		}
	}
}

func keep(c *comp.Credit) *comp.Credit { one := *c; return &one }

// less orders rows by value, then by key.
func less(a, b *comp.Credit) bool {
	if d := a.Value.Number.Cmp(b.Value.Number); d != 0 {
		return d < 0
	}
	return a.Table+a.Key < b.Table+b.Key
}

// larger keeps the larger of two rows; of what is taken off, the one that takes more.
func larger(old **comp.Credit, c *comp.Credit, negative bool) bool {
	if *old == nil || negative && less(c, *old) || !negative && less(*old, c) {
		*old = keep(c)
		return true
	}
	return false
}

// dissatisfied keeps two rows that lower a value most.
func (p *picked) dissatisfied(m *comp.Measure, c *comp.Credit) {
	if m.Aggregate != comp.Mean && c.Hit != m.Down {
		return
	}
	p.bad = append(p.bad, *c)
	slices.SortStableFunc(p.bad, func(a, b comp.Credit) int {
		if m.Aggregate == comp.Mean && m.Down {
			return b.Value.Number.Cmp(a.Value.Number)
		}
		return a.Value.Number.Cmp(b.Value.Number)
	})
	p.bad = p.bad[:min(2, len(p.bad))]
}

// takenIn says whether a plan that reads the measure takes the payee in on the row's day.
func (x *pastProber) takenIn(c *comp.Credit) bool {
	for k, days := range x.days[c.Payee] {
		reads := slices.ContainsFunc(x.h.In.Plans[k].Components, func(y comp.Component) bool { return slices.Contains(y.Measures(), c.Measure) })
		if reads && slices.ContainsFunc(days, func(p comp.Period) bool { return p.Contains(c.Date) }) {
			return true
		}
	}
	return false
}

// daysOn are the days on which each plan takes each person in.
func (x *pastProber) daysOn() error {
	for i := range x.company.People {
		p := &x.company.People[i]
		list := make([][]comp.Period, len(x.h.In.Plans))
		for k := range x.h.In.Plans {
			var err error
			if list[k], err = transform.DaysOn(&x.h.In.Plans[k], p); err != nil {
				return err
			}
		}
		x.days[p.ID] = list
	}
	return nil
}
