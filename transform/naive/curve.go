package naive

import (
	"math/big"

	"carrot/transform/comp"
)

// point is where a payee stands on a curve.
type point struct {
	value, attainment, quota, target, rate, column *big.Rat
	base                                           bool // a gate is closed: everything is paid as in the first band
	currency                                       comp.Currency
}

// x is what bands and points are held against.
func (p point) x(of string) *big.Rat {
	if of == "attainment" {
		return p.attainment
	}
	return p.value
}

func times(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

// pays is what a band or a point pays: a share, or money.
func (p point) pays(b comp.Band) *big.Rat {
	if b.By != nil {
		return b.By[p.currency].Rat()
	}
	return b.Pays.Rat()
}

// factored is a factor's pay: of the target, unless it is money already.
func (p point) factored(f *big.Rat, b comp.Band) *big.Rat {
	if b.By != nil {
		return f
	}
	return times(p.target, f)
}

// pay is exact pay by a curve.
func (p point) pay(c *comp.Curve) *big.Rat {
	x := p.x(c.Of)
	switch c.Kind {
	case comp.RateCurve:
		return times(p.value, p.rate)
	case comp.Linear:
		return times(p.target, x)
	case comp.Interpolate:
		return p.factored(p.line(c, x), c.Points[0])
	case comp.StepCurve, comp.Retroactive:
		b := reached(c, x)
		if (p.base && b > 0) || (c.Kind == comp.Retroactive && x.Sign() < 0 && c.Bands[0].From.IsZero()) {
			b = 0 // a gate is closed, so that the first band pays whatever is in any; or more was taken back than sold
		}
		switch {
		case b < 0:
			return new(big.Rat)
		case c.Kind == comp.StepCurve:
			return p.factored(p.pays(c.Bands[b]), c.Bands[b])
		}
		return times(p.value, p.pays(c.Bands[b]))
	case comp.Marginal:
		return p.slices(c, x)
	case comp.Grid:
		if p.column == nil {
			return p.target
		}
		m := c.Matrix
		f := m.Pays[cell(m.Rows, p.x(m.Of), c.UpperEdge)][cell(m.Columns, p.column, c.UpperEdge)].Rat()
		if m.Rates {
			return times(p.value, f)
		}
		return times(p.target, f)
	}
	return new(big.Rat)
}

// cell is the row or column of a grid in which x lies.
func cell(ends []comp.Number, x *big.Rat, upper bool) int {
	c := comp.Curve{UpperEdge: upper}
	for _, n := range ends {
		c.Bands = append(c.Bands, comp.Band{From: n})
	}
	return max(0, reached(&c, x))
}

// slices pays the value piece by piece, each as the band says that it lies in, or as a higher one says that is reached and
// pays back. With a target it is attainment, or the value, that is cut, and each piece is a share of the target.
func (p point) slices(c *comp.Curve, x *big.Rat) *big.Rat {
	whole, unit := p.value, big.NewRat(1, 1)
	switch {
	case p.target != nil:
		whole = x
	case c.Of == "attainment":
		unit = p.quota
	}
	back := 0 // the band that pays for everything below it
	for i := range c.Bands {
		if c.Bands[i].Back && i <= reached(c, x) {
			back = i
		}
	}
	rate := func(i int) *big.Rat {
		if p.base {
			return p.pays(c.Bands[0])
		}
		return p.pays(c.Bands[max(i, back)])
	}
	out := new(big.Rat)
	if whole.Sign() < 0 && c.Bands[0].From.IsZero() {
		out.Mul(whole, rate(0))
	}
	for i, b := range c.Bands {
		low, high := times(b.From.Rat(), unit), whole
		if !b.Open {
			if end := times(b.To.Rat(), unit); end.Cmp(high) < 0 {
				high = end
			}
		}
		if high.Cmp(low) > 0 {
			out.Add(out, times(new(big.Rat).Sub(high, low), rate(i)))
		}
	}
	if p.target != nil && c.Bands[0].By == nil {
		out.Mul(out, p.target)
	}
	return out
}

// reached is the band in which x lies; -1 below the first. Bands touch, so it is the last whose lower end x has passed, or
// stands on where that end belongs to the band.
func reached(c *comp.Curve, x *big.Rat) int {
	at := -1
	for i, b := range c.Bands {
		side := x.Cmp(b.From.Rat())
		if b.Down || side > 0 || (side == 0 && (!c.UpperEdge || i == 0)) {
			at = i
		}
	}
	return at
}

// line is what is paid at x on straight lines between points, flat outside of them, or another factor below.
func (p point) line(c *comp.Curve, x *big.Rat) *big.Rat {
	points := c.Points
	if c.Below != nil && x.Cmp(points[0].From.Rat()) < 0 {
		return c.Below.Rat()
	}
	out := p.pays(points[0])
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		x0, x1, y0, y1 := a.From.Rat(), b.From.Rat(), p.pays(a), p.pays(b)
		if x.Cmp(x0) <= 0 {
			break
		}
		if x.Cmp(x1) >= 0 {
			out = y1
			continue
		}
		left, right := times(y0, new(big.Rat).Sub(x1, x)), times(y1, new(big.Rat).Sub(x, x0)) // the two ends, each by how near it is
		return left.Add(left, right).Quo(left, new(big.Rat).Sub(x1, x0))
	}
	return out
}
