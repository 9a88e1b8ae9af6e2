package naive

import (
	"math/big"

	"carrot/transform/comp"
)

// point is where a payee stands on a curve.
type point struct{ value, attainment, quota, target, rate *big.Rat }

// x is what bands and points are held against.
func (p point) x(c *comp.Curve) *big.Rat {
	if c.Of == "attainment" {
		return p.attainment
	}
	return p.value
}

// pay is exact pay by a curve.
func (p point) pay(c *comp.Curve) *big.Rat {
	times := func(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
	switch c.Kind {
	case comp.RateCurve:
		return times(p.value, p.rate)
	case comp.Linear:
		return times(p.target, p.attainment)
	case comp.Interpolate:
		return times(p.target, line(c.Points, p.x(c)))
	case comp.StepCurve:
		if b := reached(c, p.x(c)); b >= 0 {
			return times(p.target, c.Bands[b].Pays.Rat())
		}
		return new(big.Rat)
	case comp.Retroactive:
		b := reached(c, p.x(c))
		if p.x(c).Sign() < 0 && c.Bands[0].From.IsZero() {
			b = 0 // more was taken back than sold
		}
		if b < 0 {
			return new(big.Rat)
		}
		return times(p.value, c.Bands[b].Pays.Rat())
	case comp.Marginal:
		return p.slices(c)
	}
	return new(big.Rat)
}

// slices pays the value piece by piece, each at the rate of the band that it lies in.
func (p point) slices(c *comp.Curve) *big.Rat {
	out := new(big.Rat)
	unit := big.NewRat(1, 1)
	if c.Of == "attainment" {
		unit = p.quota
	}
	if p.value.Sign() < 0 {
		if c.Bands[0].From.IsZero() {
			out.Mul(p.value, c.Bands[0].Pays.Rat())
		}
		return out
	}
	for _, b := range c.Bands {
		low := new(big.Rat).Mul(b.From.Rat(), unit)
		high := p.value
		if !b.Open {
			if end := new(big.Rat).Mul(b.To.Rat(), unit); end.Cmp(high) < 0 {
				high = end
			}
		}
		if high.Cmp(low) > 0 {
			slice := new(big.Rat).Sub(high, low)
			out.Add(out, slice.Mul(slice, b.Pays.Rat()))
		}
	}
	return out
}

// reached is the band in which x lies; -1 below the first. Bands touch, so it is the last whose lower end x has passed, or
// stands on where that end belongs to the band.
func reached(c *comp.Curve, x *big.Rat) int {
	at := -1
	for i, b := range c.Bands {
		side := x.Cmp(b.From.Rat())
		if side > 0 || (side == 0 && (!c.UpperEdge || i == 0)) {
			at = i
		}
	}
	return at
}

// line is the factor at x on straight lines between points, flat outside of them.
func line(points []comp.Band, x *big.Rat) *big.Rat {
	out := points[0].Pays.Rat()
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		x0, x1, y0, y1 := a.From.Rat(), b.From.Rat(), a.Pays.Rat(), b.Pays.Rat()
		if x.Cmp(x0) <= 0 {
			break
		}
		if x.Cmp(x1) >= 0 {
			out = y1
			continue
		}
		// the two ends, each by how near it is
		left := new(big.Rat).Mul(y0, new(big.Rat).Sub(x1, x))
		right := new(big.Rat).Mul(y1, new(big.Rat).Sub(x, x0))
		return left.Add(left, right).Quo(left, new(big.Rat).Sub(x1, x0))
	}
	return out
}
