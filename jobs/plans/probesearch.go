package plans

import (
	"slices"

	"carrot/transform"
	"carrot/transform/comp"
)

// move is a pair of plays: honest, and the one that should not pay more.
type move struct {
	class          string
	honest, gamed  play
	what           string
	before, now    paid
	honestAt, next int // places among the plays
}

// search tries every move with a measure and keeps the largest gain of each class and component.
func (p *prober) search(m *comp.Measure) error {
	var moves []move
	for _, of := range []func(*comp.Measure) []move{p.better, p.splits, p.days, p.surveys, p.refunds, p.clawbacks} {
		moves = append(moves, of(m)...)
	}
	var plays []play
	for i := range moves {
		moves[i].honestAt, moves[i].next = len(plays), len(plays)+1
		plays = append(plays, moves[i].honest, moves[i].gamed)
	}
	pays, err := p.pay(plays)
	if err != nil {
		return err
	}
	best := map[string]*move{}
	for i := range moves {
		x := &moves[i]
		x.before, x.now = pays[x.honestAt], pays[x.next]
		gain := x.now.total - x.before.total
		if !x.before.known || !x.now.known || gain <= 5 || gain*100 <= x.before.total {
			continue // less than one percent is rounding, or not worth anybody's while
		}
		if old := best[x.class]; old == nil || gain > old.now.total-old.before.total {
			best[x.class] = x
		}
	}
	for _, class := range ExploitClasses {
		if x := best[class]; x != nil {
			p.keep(x)
		}
	}
	return nil
}

// keep notes an exploit with the component whose pay it changes most, unless a larger one of the class is known there.
func (p *prober) keep(x *move) {
	var of *comp.Component
	var most int64
	for i := range p.plan.Components {
		c := &p.plan.Components[i]
		if d := x.now.by[c.ID] - x.before.by[c.ID]; of == nil || d > most {
			of, most = c, d
		}
	}
	money := func(n int64) comp.Money { return comp.Money{Minor: n, Currency: p.currency} }
	e := Exploit{Class: x.class, Plan: p.plan.ID, Component: of.ID, Where: of.Where, What: x.what, Before: money(x.before.total), After: money(x.now.total),
		Gain: money(x.now.total - x.before.total)}
	for i, old := range p.found {
		if old.Class == e.Class && old.Component == e.Component {
			if old.Gain.Minor < e.Gain.Minor {
				p.found[i] = e
			}
			return
		}
	}
	p.found = append(p.found, e)
}

// bounds are the values at which the plan changes what a measure pays, ascending: ends of bands, points, bars of gates.
func (p *prober) bounds(m *comp.Measure) []comp.Number {
	var out []comp.Number
	add := func(n comp.Number, of string, q *comp.Quota) {
		if of == "attainment" {
			n = n.Mul(p.quota(q, m))
		}
		if n.Sign() > 0 {
			out = append(out, n)
		}
	}
	curve := func(c *comp.Curve, q *comp.Quota) {
		for _, b := range append(slices.Clone(c.Bands), c.Points...) {
			add(b.From, c.Of, q)
		}
		if c.Kind == comp.Linear && q != nil {
			add(comp.Int(1), "attainment", q)
		}
	}
	for i := range p.plan.Components {
		c := &p.plan.Components[i]
		if c.Measure == m.ID {
			curve(&c.Curve, c.Quota)
			if x := c.Curve.Matrix; x != nil {
				for _, r := range x.Rows {
					add(r, x.Of, c.Quota)
				}
			}
		}
		if x := c.Curve.Matrix; x != nil && x.Part.Measure == m.ID {
			for _, r := range x.Columns {
				add(r, x.Part.Curve.Of, x.Part.Quota)
			}
		}
		for _, parts := range [][]comp.Part{c.Parts, c.Multiply} {
			for k := range parts {
				if parts[k].Measure == m.ID {
					curve(&parts[k].Curve, parts[k].Quota)
				}
			}
		}
		for _, g := range c.Gates {
			if g.Measure == m.ID {
				add(g.AtLeast, g.Of, g.Quota)
			}
		}
	}
	slices.SortFunc(out, comp.Number.Cmp)
	return slices.CompactFunc(out, func(a, b comp.Number) bool { return a.Cmp(b) == 0 })
}

// quota is what a number to attain is taken as.
func (p *prober) quota(q *comp.Quota, m *comp.Measure) comp.Number {
	switch {
	case q == nil:
		return comp.Int(1)
	case q.Name != "":
		return p.probeNumber(q.Name)
	}
	currency := comp.Currency("")
	if m.Unit == "money" {
		currency = p.currency
	}
	for _, d := range q.Dated {
		if n, ok := d.By[currency]; ok {
			return n
		}
	}
	return comp.Int(1)
}

// unit is a value that is neither small nor large for a measure: its highest bound, or what is usual.
func (p *prober) unit(m *comp.Measure) comp.Number {
	if b := p.bounds(m); len(b) > 0 {
		return b[len(b)-1]
	}
	if m.Unit == "money" {
		return comp.Int(10_000)
	}
	return comp.Int(10)
}

// smallest is the smallest difference that a measure can have.
func smallest(m *comp.Measure) comp.Number {
	if m.Aggregate == comp.Count {
		return comp.Int(1)
	}
	return comp.Scaled(1, 2)
}

// grid is values around every bound, between them, and beyond the last.
func (p *prober) grid(m *comp.Measure) []comp.Number {
	half := comp.Scaled(5, 1)
	bounds := append([]comp.Number{{}}, p.bounds(m)...)
	if len(bounds) == 1 {
		bounds = append(bounds, p.unit(m))
	}
	var out []comp.Number
	for i, b := range bounds {
		out = append(out, b.Sub(smallest(m)), b, b.Add(smallest(m)))
		if i > 0 {
			out = append(out, b.Add(bounds[i-1]).Mul(half))
		}
	}
	out = append(out, bounds[len(bounds)-1].Mul(comp.Scaled(15, 1)), bounds[len(bounds)-1].Mul(comp.Int(2)))
	for i := range out {
		out[i] = rounded(out[i], m)
	}
	out = slices.DeleteFunc(out, func(n comp.Number) bool { return n.Sign() < 0 })
	slices.SortFunc(out, comp.Number.Cmp)
	return slices.CompactFunc(out, func(a, b comp.Number) bool { return a.Cmp(b) == 0 })
}

// rounded is a value that a measure's rows can have.
func rounded(n comp.Number, m *comp.Measure) comp.Number {
	digits := 2
	if m.Aggregate == comp.Count {
		digits = 0
	}
	x, err := comp.ParseNumber(n.Fixed(digits, comp.HalfAway), digits)
	if err != nil {
		return n
	}
	return x
}

// ends are the last day of one measuring period and the first of the next, for every length that reads a measure.
func (p *prober) ends(m *comp.Measure) []comp.Date {
	var out []comp.Date
	v := transform.DefaultVerbs()
	for i := range p.plan.Components {
		c := &p.plan.Components[i]
		if !slices.Contains(c.Measures(), m.ID) {
			continue
		}
		var all []comp.Period
		for pay := p.first; pay.Start <= p.last.Start; pay = comp.Month(pay.End) {
			all = append(all, v.Measuring(c.Every, pay, nil)...)
		}
		if len(all) > 1 && !slices.Contains(out, all[0].End) {
			out = append(out, all[0].End)
		}
	}
	return out
}

// said is a value of a measure as people write it.
func (p *prober) said(m *comp.Measure, n comp.Number) string {
	switch m.Unit {
	case "money":
		return comp.Grouped(n.Fixed(2, comp.HalfAway)) + " " + string(p.currency)
	case "share":
		return n.Mul(comp.Int(100)).String() + " %"
	case "points":
		return n.String() + " points"
	case "score":
		return n.String() + " of " + m.Title
	}
	return comp.Grouped(n.String()) + " rows of " + m.Title
}

// ofPlan are the amounts of the plan as a whole: its draw and its cap.
func (p *prober) ofPlan() (out []*comp.Figure) {
	if p.plan.Draw != nil {
		out = append(out, &p.plan.Draw.Amount)
	}
	if p.plan.Limit != nil {
		out = append(out, &p.plan.Limit.Amount)
	}
	return out
}
