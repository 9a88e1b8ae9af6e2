package jobs

import (
	"slices"

	"carrot/config"
	"carrot/transform/comp"
)

// withRow is a world with one more row of a table.
func withRow(e config.Example, table string, r config.ExampleRow) config.Example {
	w := worldgen{e: e}
	w.e.Tables = slices.Clone(e.Tables)
	for i := range w.e.Tables {
		w.e.Tables[i].Rows = slices.Clone(w.e.Tables[i].Rows)
	}
	w.put(table, r)
	return w.e
}

// someMonth is one of the months that are closed.
func someMonth(e config.Example, d dice) comp.Period {
	p, _ := comp.ParseMonth(e.Closes[d(len(e.Closes))])
	return p
}

// other is a person's other id; of that it is the first again.
func other(id string) string {
	if len(id) == 2 {
		return string('z'-(id[0]-'a')) + id[1:]
	}
	return id
}

// renamed is a world in which everybody has their other id.
func renamed(e config.Example) config.Example {
	e.People, e.Numbers, e.Tables = slices.Clone(e.People), slices.Clone(e.Numbers), slices.Clone(e.Tables)
	for i := range e.People {
		p := &e.People[i]
		rename := func(attrs []config.ExampleAttr) []config.ExampleAttr {
			attrs = slices.Clone(attrs)
			for k := range attrs {
				if attrs[k].Name == comp.AttrManager {
					attrs[k].Value = other(attrs[k].Value)
				}
			}
			return attrs
		}
		p.ID, p.Attrs, p.Then = other(p.ID), rename(p.Attrs), slices.Clone(p.Then)
		for k := range p.Then {
			p.Then[k].Attrs = rename(p.Then[k].Attrs)
		}
	}
	for i := range e.Numbers {
		e.Numbers[i].Payee = other(e.Numbers[i].Payee)
	}
	for i := range e.Tables {
		e.Tables[i].Rows = slices.Clone(e.Tables[i].Rows)
		for k := range e.Tables[i].Rows {
			r := &e.Tables[i].Rows[k]
			r.Cells = slices.Clone(r.Cells)
			for j := range r.Cells {
				if r.Cells[j].Column == "owner" {
					r.Cells[j].Text = other(r.Cells[j].Text)
				}
			}
		}
	}
	return e
}

// times is a world with so many times the money.
func times(e config.Example, n int64) config.Example {
	e.Numbers, e.Tables = slices.Clone(e.Numbers), slices.Clone(e.Tables)
	for i := range e.Numbers {
		if name := e.Numbers[i].Name; name == "revenue" || name == "ote" {
			e.Numbers[i].Amount = e.Numbers[i].Amount.Mul(comp.Int(n))
		}
	}
	for i := range e.Tables {
		e.Tables[i].Rows = slices.Clone(e.Tables[i].Rows)
		for k := range e.Tables[i].Rows {
			r := &e.Tables[i].Rows[k]
			r.Cells = slices.Clone(r.Cells)
			for j := range r.Cells {
				if r.Cells[j].Column == "amount" {
					x, _ := comp.ParseExact(r.Cells[j].Text)
					r.Cells[j].Text = x.Mul(comp.Int(n)).String()
				}
			}
		}
	}
	return e
}

// dearer are plans with a hundred times the money: of targets, caps, quotas of money, and bounds of values that are money.
func dearer(c *config.Config, ps []comp.Plan) []comp.Plan {
	more := func(ds []comp.Dated) []comp.Dated {
		ds = slices.Clone(ds)
		for i := range ds {
			by := map[comp.Currency]comp.Number{}
			for _, currency := range []comp.Currency{"EUR", "USD", "JPY"} {
				if n, has := ds[i].By[currency]; has {
					by[currency] = n.Mul(comp.Int(100))
				}
			}
			if n, has := ds[i].By[""]; has {
				by[""] = n
			}
			ds[i].By = by
		}
		return ds
	}
	by := func(m map[comp.Currency]comp.Number) map[comp.Currency]comp.Number {
		if m == nil {
			return nil
		}
		return more([]comp.Dated{{By: m}})[0].By
	}
	bounds := func(bs []comp.Band, money bool) []comp.Band {
		bs = slices.Clone(bs)
		for i := range bs {
			if bs[i].By = by(bs[i].By); money {
				bs[i].From, bs[i].To = bs[i].From.Mul(comp.Int(100)), bs[i].To.Mul(comp.Int(100))
			}
		}
		return bs
	}
	quota := func(q *comp.Figure) *comp.Figure {
		if q == nil {
			return nil
		}
		x := *q
		x.Dated = more(x.Dated)
		return &x
	}
	ps = slices.Clone(ps)
	for i := range ps {
		ps[i].Components = slices.Clone(ps[i].Components)
		for k := range ps[i].Components {
			x := &ps[i].Components[k]
			x.Target, x.Cap, x.Quota = more(x.Target), more(x.Cap), quota(x.Quota)
			if x.Budget != nil {
				b := *x.Budget
				b.Amount.Number, b.Each = b.Amount.Number.Mul(comp.Int(100)), b.Each.Mul(comp.Int(100))
				x.Budget = &b
			}
			x.Gates, x.Parts = slices.Clone(x.Gates), slices.Clone(x.Parts)
			for j := range x.Gates {
				x.Gates[j].Quota = quota(x.Gates[j].Quota)
			}
			for j := range x.Parts {
				x.Parts[j].Quota = quota(x.Parts[j].Quota)
			}
			money := slices.ContainsFunc(c.Measures, func(m comp.Measure) bool { return m.ID == x.Measure && m.Unit == "money" })
			x.Curve.Bands, x.Curve.Points = bounds(x.Curve.Bands, money && x.Curve.Of == "value"), bounds(x.Curve.Points, money && x.Curve.Of == "value")
			if m := x.Curve.Matrix; m != nil && money && m.Of == "value" {
				grid := *m
				grid.Rows = slices.Clone(grid.Rows)
				for j := range grid.Rows {
					grid.Rows[j] = grid.Rows[j].Mul(comp.Int(100))
				}
				x.Curve.Matrix = &grid
			}
		}
	}
	return ps
}

// namedLeaves translates the reasons of leaves, as the roster of a config does.
func namedLeaves(roster []comp.RosterMap) []comp.RosterMap {
	roster = slices.Clone(roster)
	for i := range roster {
		roster[i].Set = slices.Clone(roster[i].Set)
		for k := range roster[i].Set {
			if roster[i].Set[k].Attr == comp.AttrLeave {
				roster[i].Set[k].Values = map[string]string{"parental": "unpaid", "sick": "unpaid", "works council": "paid"}
			}
		}
	}
	return roster
}
