package naive

import (
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// early is what the company came to, to date, in the periods before a payee took part, where a component adds it up; nil for
// who was there from the first of the periods, and where it is about a smaller pool or no sum.
func (e *engine) early(c *matter) *big.Rat {
	if id := c.component.Measure; c.component.ToDate == "" || id == "" || !e.measure(id).Accrues() || !e.ofCompany(id) {
		return nil
	}
	first := slices.IndexFunc(c.periods, func(p comp.Period) bool {
		days, _ := e.daysOn(c.person, c.plan, p)
		return days > 0
	})
	if first <= 0 {
		return nil
	}
	alone := *c
	alone.periods = c.periods[:first]
	value, _ := e.value(&alone, c.component.Measure, c.component.ToDate)
	c.unknown = c.unknown || alone.unknown
	return value
}

// ofCompany says whether a measure is a sum over the company, or worked out of one.
func (e *engine) ofCompany(id string) bool {
	m := e.measure(id)
	if m.Aggregate != comp.Formula {
		return m.Aggregate.Adds() && poolKind(m) == comp.PoolCompany
	}
	for _, in := range m.Inputs {
		if e.ofCompany(in.Measure) {
			return true
		}
	}
	return false
}

// ofLate leaves of a curve's pay what is of the time since early: the later value at the rate of all, or the rise with what no value
// pays.
func ofLate(curve *comp.Curve, all, early *big.Rat, sum func(*big.Rat) *big.Rat) *big.Rat {
	single := curve.Kind == comp.RateCurve || curve.Kind == comp.Retroactive || (curve.Kind == comp.Grid && curve.Matrix.Rates)
	if single && all.Sign() != 0 {
		rate := new(big.Rat).Quo(sum(all), all)
		return rate.Mul(rate, new(big.Rat).Sub(all, early))
	}
	rise := new(big.Rat).Sub(sum(all), sum(early))
	return rise.Add(rise, sum(new(big.Rat)))
}
