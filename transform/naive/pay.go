package naive

import (
	"math/big"

	"carrot/transform/comp"
)

// settle computes all components of one person that pay in one month.
func (e *engine) settle(p *comp.Person, month comp.Period, owed book, concerned map[string]bool) {
	for i := range e.in.Plans {
		for k := range e.in.Plans[i].Components {
			component := &e.in.Plans[i].Components[k]
			for _, period := range e.measuring(component.Every, month) {
				if days, _ := e.daysOn(p, i, period); days == 0 {
					continue
				}
				currency, ok := e.currencyOf(p, period)
				if !ok {
					continue
				}
				c := &matter{person: p, plan: i, component: component, currency: currency, period: period, periods: []comp.Period{period}}
				minor := e.earned(c)
				if month == e.in.Run.Period {
					concerned[p.ID] = true
				}
				if component.Shown {
					continue
				}
				l := Line{p.ID, e.in.Plans[i].ID, component.ID, month.Name(), currency}
				owed.at[l] += minor
				if l.Currency = ""; c.unknown {
					owed.unknown[l] = true
				}
			}
		}
	}
}

// earned is what a component pays in one measuring period: to date, all that is earned up to it less all that was earned
// up to the one before. It is 0 where something is missing.
func (e *engine) earned(c *matter) int64 {
	if c.component.ToDate != "" {
		c.periods = e.toDate(c.component.ToDate, c.component.Every, c.period)
	}
	all := c.periods
	minor := e.work(c)
	earlier := false
	for _, p := range all[:len(all)-1] {
		days, _ := e.daysOn(c.person, c.plan, p)
		earlier = earlier || days > 0
	}
	if earlier && !c.unknown {
		c.periods = all[:len(all)-1]
		minor -= e.work(c)
	}
	if c.unknown {
		return 0
	}
	return minor
}

// work is one component over the periods of a case, in minor units.
func (e *engine) work(c *matter) int64 {
	numbers := e.numbers(c)
	if c.unknown {
		return 0
	}
	value, n := e.value(c, c.component.Measure)
	if value != nil && n < int64(c.component.MinN) {
		value = nil
	}
	pay := e.curved(c, value, numbers)
	for _, g := range c.component.Gates {
		if v, _ := e.value(c, g.Measure); v != nil && v.Cmp(g.AtLeast.Rat()) < 0 {
			pay = new(big.Rat)
		}
	}
	if numbers.cap != nil && pay.Cmp(numbers.cap) > 0 {
		pay = numbers.cap
	}
	return e.round(c, pay)
}

// curved is pay before gates and caps.
func (e *engine) curved(c *matter, value *big.Rat, d declared) *big.Rat {
	nothing := new(big.Rat)
	if value == nil {
		switch c.component.Missing {
		case "neutral":
			return d.target
		case "zero":
			return nothing
		}
		e.lack(c, "measure_missing")
		return nothing
	}
	in := point{value: value, target: d.target, quota: d.quota}
	if d.quota != nil {
		if d.quota.Sign() == 0 && d.target != nil && d.target.Sign() == 0 {
			return nothing
		}
		if d.quota.Sign() <= 0 {
			e.lack(c, "zero_quota")
			return nothing
		}
		in.attainment = new(big.Rat).Quo(value, d.quota)
	}
	curve := &c.component.Curve
	in.rate = curve.Rate.Rat()
	if curve.RateAttribute != "" {
		_, last := e.daysOn(c.person, c.plan, c.period)
		text, _ := c.person.Attr(curve.RateAttribute, last)
		n, err := comp.ParseNumber(text, 18)
		if err != nil {
			e.lack(c, "missing_rate")
			return nothing
		}
		in.rate = n.Rat()
	}
	return in.pay(curve)
}

// round turns exact pay into minor units by the plan's rounding.
func (e *engine) round(c *matter, pay *big.Rat) int64 {
	digits, _ := c.currency.Digits()
	x := new(big.Rat).Set(pay)
	for range digits {
		x.Mul(x, big.NewRat(10, 1))
	}
	low := new(big.Int).Quo(x.Num(), x.Denom()) // toward zero
	rest := new(big.Rat).Sub(x, new(big.Rat).SetInt(low))
	half := rest.Abs(rest).Cmp(big.NewRat(1, 2))
	away := false
	switch e.in.Plans[c.plan].Rounding {
	case comp.HalfAway:
		away = half >= 0
	case comp.HalfEven:
		away = half > 0 || (half == 0 && low.Bit(0) == 1)
	case comp.AwayFromZero:
		away = rest.Sign() != 0
	}
	if away {
		low.Add(low, big.NewInt(int64(x.Sign())))
	}
	if !low.IsInt64() {
		e.lack(c, "cannot_round")
		return 0
	}
	return low.Int64()
}
