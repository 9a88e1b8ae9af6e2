package naive

import (
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// What floating point worked out is known to twelve digits. Where a cent hangs on the last of them nobody is paid.

// rat is a number of package stat as a rational; it is remembered whether floating point worked it out.
func (e *engine) rat(n comp.Number) *big.Rat { return e.like(n.Rat(), n.Rough()) }

func (e *engine) like(r *big.Rat, rough bool) *big.Rat {
	if rough {
		e.rough[r] = true
	}
	return r
}

// reach is how near two numbers may come.
func reach(bar *big.Rat) *big.Rat {
	least, unit := big.NewRat(1, 1e9), big.NewRat(1, 1e12)
	if unit.Mul(unit, new(big.Rat).Abs(bar)); unit.Cmp(least) > 0 {
		return unit
	}
	return least
}

// touch holds whom a number is about that lies too near to a bar.
func (e *engine) touch(c *matter, n, bar *big.Rat) {
	if !e.rough[n] && !e.rough[bar] {
		return
	}
	if d := new(big.Rat).Sub(n, bar); d.Abs(d).Cmp(reach(bar)) <= 0 {
		e.edge(c)
	}
}

func (e *engine) edge(c *matter) {
	if !c.component.Shown && c.nudge == nil {
		e.raise(comp.Finding{Code: "on_the_edge", Reach: comp.ReachPayee, Table: "roster", Key: c.person.ID, Payee: c.person.ID, Column: c.component.ID, Text: c.period.String()})
	}
}

// turns says whether an amount is rounded up or down by the last digit of a number.
func (e *engine) turns(c *matter, exact *big.Rat) bool {
	near, mode := reach(exact), e.in.Plans[c.plan].Rounding
	low, _ := roundIn(c.paid, new(big.Rat).Sub(exact, near), mode)
	high, _ := roundIn(c.paid, new(big.Rat).Add(exact, near), mode)
	return low != high
}

// lateCents are cents made of an amount whose roughness is known.
func (e *engine) lateCents(c *matter, pay outcome) int64 {
	if pay.rough && e.turns(c, pay.exact) {
		e.edge(c)
	}
	return e.round(c, pay.exact)
}

// moved is a number that floating point worked out as it may as well be, where that is asked for.
func (e *engine) moved(c *matter, n *big.Rat) *big.Rat {
	if n == nil || !e.rough[n] {
		return n
	}
	if c.rough = true; c.nudge == nil {
		return n
	}
	return e.like(new(big.Rat).Add(n, c.nudge), true)
}

// swayed says whether exact pay hangs on what floating point worked out: it is worked out again of numbers that are as good.
func (e *engine) swayed(c *matter, exact *big.Rat) bool {
	if !c.rough || c.unknown || c.nudge != nil {
		return false
	}
	c.nudge = big.NewRat(1, 1e15)
	again := e.work(c)
	c.nudge = nil
	return again.exact.Cmp(exact) != 0
}

// steep looks at where on a curve a little more is worth a lot.
func (e *engine) steep(c *matter, curve *comp.Curve, in point) {
	x := in.x(curve.Of)
	switch curve.Kind {
	case comp.Interpolate:
		if first := curve.Points[0]; curve.Below != nil && in.pays(first).Cmp(curve.Below.Rat()) != 0 {
			e.touch(c, x, first.From.Rat())
		}
	case comp.Grid:
		for i, row := range curve.Matrix.Rows {
			if i > 0 {
				e.touch(c, in.x(curve.Matrix.Of), row.Rat())
			}
		}
		for i, column := range curve.Matrix.Columns {
			if i > 0 && in.column != nil {
				e.touch(c, in.column, column.Rat())
			}
		}
	case comp.StepCurve, comp.Retroactive, comp.Marginal:
		bands := curve.Bands
		if in.base {
			bands = bands[:1]
		}
		for i, b := range bands {
			level := b.Down || curve.Kind == comp.Marginal && !b.Back || curve.Kind == comp.Retroactive && i == 0 && b.From.IsZero()
			if !level {
				e.touch(c, x, b.From.Rat())
			}
		}
	}
}

// look is steep for another value.
func (e *engine) look(c *matter, curve *comp.Curve, in point, value *big.Rat) {
	if in.value = value; in.quota != nil {
		in.attainment = e.like(new(big.Rat).Quo(value, in.quota), e.rough[value])
	}
	e.steep(c, curve, in)
}

// modelled says whether a row's value is a model's.
func modelled(m *comp.Measure) bool {
	var any func(x *comp.Expr) bool
	any = func(x *comp.Expr) bool { return x != nil && (x.Op == comp.Buys || slices.ContainsFunc(x.Args, any)) }
	return slices.ContainsFunc(m.Terms, func(t comp.Term) bool { return any(t.Value) })
}
