package naive

import (
	"cmp"
	"math/big"

	"carrot/transform/comp"
)

// outcome is what a component pays, in the currency that it is worked out in, and what each deal brought of it.
type outcome struct {
	exact *big.Rat
	rough bool // it may hang on what floating point worked out
	deals []dealt
}

// earned is what a component pays in one measuring period: to date, all that is earned up to it less all that was earned up
// to the one before. It is 0 where something is missing. Each of the two is made cents of by itself, unless cents are only
// made later.
func (e *engine) earned(c *matter) (pay outcome, minor int64) {
	if c.component.ToDate != "" {
		c.periods = e.toDate(c.component.ToDate, c.component.Every, c.period)
	}
	all := c.periods
	late := e.in.Plans[c.plan].RoundAt == "plan" || c.currency != c.paid
	cents := func(pay *outcome) int64 {
		if !late {
			return e.cents(c, *pay)
		}
		pay.rough = e.swayed(c, pay.exact)
		return e.round(c, pay.exact)
	}
	pay = e.work(c)
	if !c.unknown {
		minor = cents(&pay)
	}
	earlier := false
	for _, p := range all[:len(all)-1] {
		days, _ := e.daysOn(c.person, c.plan, p)
		earlier = earlier || days > 0
	}
	if earlier && !c.unknown {
		c.periods = all[:len(all)-1]
		before := e.work(c)
		earlierCents := int64(0)
		if !c.unknown {
			earlierCents = cents(&before)
		}
		if c.periods = all; !c.unknown {
			minor -= earlierCents
			pay = outcome{new(big.Rat).Sub(pay.exact, before.exact), pay.rough || before.rough, less(pay.deals, before.deals)}
		}
	}
	if !c.unknown && late {
		pay, minor = e.late(c, pay)
	}
	if c.unknown {
		return outcome{exact: new(big.Rat)}, 0
	}
	return pay, minor
}

// work is one component over the periods of a matter.
func (e *engine) work(c *matter) outcome {
	nothing := outcome{exact: new(big.Rat)}
	numbers := e.numbers(c)
	if c.unknown {
		return nothing
	}
	var own sight
	if len(c.component.Parts) == 0 {
		own = e.see(c, &comp.Part{Measure: c.component.Measure, Score: c.component.Score, MinN: c.component.MinN})
	}
	share, base := e.gates(c, c.component.Gates)
	var pay *big.Rat
	var read *reading
	if len(c.component.Parts) > 0 {
		pay = e.scorecard(c, numbers)
	} else {
		pay, read = e.curved(c, own.value, numbers, base)
	}
	final := e.steps(c, numbers, share)
	out := outcome{exact: final(pay), rough: c.rough}
	if c.unknown || !e.readsDeals(c) || (read == nil && c.component.Per == "deal") {
		return out
	}
	out.deals = shares(e.deals(c), read, out.exact)
	if c.currency == c.paid {
		if e.in.Plans[c.plan].RoundAt == "deal" {
			out.rough = e.swayed(c, out.exact)
		}
		e.roundDeals(c, &out)
	}
	e.undo(c, out.deals, func(deals []deal) *big.Rat {
		if read == nil {
			return nil
		}
		return final(read.pay(deals))
	})
	return out
}

// steps are what is done to pay after the curve, in the order of the component.
func (e *engine) steps(c *matter, numbers declared, share *big.Rat) func(*big.Rat) *big.Rat {
	order := c.component.Order
	if order == nil {
		order = []comp.Step{comp.GateStep, comp.MultiplyStep, comp.CapStep, comp.ProrateStep}
	}
	factor := big.NewRat(1, 1)
	for i := range c.component.Multiply {
		f, _ := e.factor(c, &c.component.Multiply[i])
		factor = times(factor, f)
	}
	c.ceiling = nil
	if numbers.cap != nil && carries(c.component) {
		limit := e.round(c, e.payment(c, numbers.cap))
		c.ceiling = &limit
	}
	return func(pay *big.Rat) *big.Rat {
		for _, step := range order {
			switch step {
			case comp.GateStep:
				pay = times(pay, share)
			case comp.MultiplyStep:
				pay = times(pay, factor)
			case comp.CapStep:
				if numbers.cap != nil && !carries(c.component) && pay.Cmp(numbers.cap) > 0 {
					pay = numbers.cap
				}
			}
		}
		return pay
	}
}

// curved is pay by a component's own curve, and how the curve reads deals; nil where the measure is missing.
func (e *engine) curved(c *matter, value *big.Rat, d declared, base bool) (*big.Rat, *reading) {
	nothing := new(big.Rat)
	if c.component.Award != nil {
		d.target = e.worth(c)
	}
	if value == nil {
		switch c.component.Missing {
		case "neutral":
			return d.target, nil
		case "zero":
			return nothing, nil
		}
		e.lack(c, "measure_missing")
		return nothing, nil
	}
	in := point{value: value, target: d.target, quota: d.quota, base: base, currency: c.currency}
	if d.quota != nil {
		if d.quota.Sign() == 0 && ((d.target != nil && d.target.Sign() == 0) || (d.away && value.Sign() == 0)) {
			return nothing, nil
		}
		if d.quota.Sign() <= 0 {
			e.lack(c, "zero_quota")
			return nothing, nil
		}
	}
	curve := &c.component.Curve
	if c.component.Award != nil && curve.Kind == "" { // its gates alone say whether it is given
		return d.target, nil
	}
	in.rate = e.rate(c, curve)
	if !e.column(c, curve, &in) || c.unknown {
		return nothing, nil
	}
	read := &reading{sum: func(value *big.Rat) *big.Rat {
		p := in
		if p.value = value; p.quota != nil {
			p.attainment = new(big.Rat).Quo(value, p.quota)
		}
		return p.pay(curve)
	}}
	switch {
	case c.component.Budget != nil:
		read.each = func(x deal) *big.Rat { return e.granted(c, x) }
	case c.component.Per == "deal":
		read.each = func(x deal) *big.Rat { return read.sum(x.value) }
	case e.early(c) != nil && d.target == nil:
		return ofLate(curve, value, e.early(c), read.sum), read
	default:
		e.look(c, curve, in, value)
		return read.sum(value), read
	}
	deals := e.deals(c)
	for _, d := range deals {
		e.look(c, curve, in, d.value)
	}
	return read.pay(deals), read
}

// rate is that of a rate curve: written, a person's own, from the number table, or money for a unit.
func (e *engine) rate(c *matter, curve *comp.Curve) *big.Rat {
	for _, bands := range [][]comp.Band{{{By: curve.RateBy}}, curve.Bands, curve.Points} {
		for _, b := range bands {
			if _, has := b.By[c.currency]; b.By != nil && !has {
				e.lack(c, "missing_rate")
				return new(big.Rat)
			}
		}
	}
	switch {
	case curve.RateBy != nil:
		return curve.RateBy[c.currency].Rat()
	case curve.RateName != "":
		return e.number(c, curve.RateName, nil, "", c.period, "missing_rate")
	case curve.RateAttribute != "":
		_, last := e.daysOn(c.person, c.plan, c.period)
		text, _ := c.person.Attr(curve.RateAttribute, last)
		n, err := comp.ParseNumber(text, 18)
		if err != nil {
			e.lack(c, "missing_rate")
			return new(big.Rat)
		}
		return n.Rat()
	}
	return curve.Rate.Rat()
}

// sight is a measure's value, or a score, and its attainment of a number; nil where there is none.
type sight struct {
	value, attainment *big.Rat
	failed            bool
}

// see is what a part, a multiplier, a gate or the columns of a grid look at.
func (e *engine) see(c *matter, p *comp.Part) sight {
	if p.Score != "" {
		row := e.row(c.person, p.Score, c.periods[len(c.periods)-1])
		if row == nil {
			return sight{}
		}
		return e.attained(c, p.Quota, "", c.component.ToDate, c.component.Numbers, row.Amount.Number.Rat())
	}
	value, n := e.value(c, p.Measure, c.component.ToDate)
	if value == nil || n < int64(p.MinN) {
		return sight{}
	}
	return e.attained(c, p.Quota, p.Measure, c.component.ToDate, c.component.Numbers, value)
}

// attained holds a value against a quota, if there is one.
func (e *engine) attained(c *matter, f *comp.Figure, measure, toDate, numbers string, value *big.Rat) sight {
	s := sight{value: value}
	if f == nil {
		return s
	}
	q := e.quotaOf(c, f, measure, toDate, numbers)
	if s.failed = c.unknown || q.Sign() <= 0; s.failed {
		e.lack(c, "zero_quota")
		return s
	}
	s.attainment = e.like(new(big.Rat).Quo(value, q), e.rough[value])
	return s
}

// gates are what closed gates leave: a share of pay, or the first band alone.
func (e *engine) gates(c *matter, gates []comp.Gate) (share *big.Rat, base bool) {
	share = big.NewRat(1, 1)
	for _, g := range gates {
		toDate := cmp.Or(g.ToDate, c.component.ToDate)
		open := g.Missing != "closed"
		if value, n := e.value(c, g.Measure, toDate); value != nil && n >= int64(g.MinN) {
			x := value
			if g.Of == "attainment" {
				s := e.attained(c, g.Quota, g.Measure, toDate, g.Numbers, value)
				if s.failed {
					continue
				}
				x = s.attainment
			}
			e.touch(c, x, g.AtLeast.Rat())
			side := x.Cmp(g.AtLeast.Rat())
			open = map[string]bool{"": side >= 0, "at_least": side >= 0, "above": side > 0, "at_most": side <= 0, "below": side < 0}[g.Test]
		}
		switch {
		case open:
		case g.Base:
			base = true
		default:
			share.Mul(share, g.Share.Rat())
		}
	}
	return share, base
}

// scorecard is the target times the mean of the parts' factors by their weights.
func (e *engine) scorecard(c *matter, d declared) *big.Rat {
	sum, weights := new(big.Rat), new(big.Rat)
	for i := range c.component.Parts {
		p := &c.component.Parts[i]
		f, out := e.factor(c, p)
		if !out {
			weights.Add(weights, p.Weight.Rat())
			sum.Add(sum, new(big.Rat).Mul(p.Weight.Rat(), f))
		}
	}
	if weights.Sign() == 0 {
		e.lack(c, "measure_missing")
		return new(big.Rat)
	}
	return sum.Mul(sum.Quo(sum, weights), d.target)
}

// factor turns a part's measure into its factor; out says that the others share its weight.
func (e *engine) factor(c *matter, p *comp.Part) (f *big.Rat, out bool) {
	s := e.see(c, p)
	switch {
	case s.failed:
		return new(big.Rat), false
	case s.value == nil && p.Missing == "renormalise":
		return new(big.Rat), true
	case s.value == nil && p.Missing == "neutral":
		return big.NewRat(1, 1), false
	case s.value == nil && p.Missing == "zero":
		return new(big.Rat), false
	case s.value == nil:
		e.lack(c, "measure_missing")
		return new(big.Rat), false
	}
	share, base := e.gates(c, p.Gates)
	in := point{value: s.value, attainment: s.attainment, target: big.NewRat(1, 1), base: base, currency: c.currency}
	if !e.column(c, &p.Curve, &in) {
		return new(big.Rat), false
	}
	e.steep(c, &p.Curve, in)
	f = in.pay(&p.Curve)
	if p.Floor != nil && f.Cmp(p.Floor.Rat()) < 0 {
		f = p.Floor.Rat()
	}
	if p.Cap != nil && f.Cmp(p.Cap.Rat()) > 0 {
		f = p.Cap.Rat()
	}
	return new(big.Rat).Mul(f, share), false
}

// column looks at the second measure of a grid; false where nothing is paid without it.
func (e *engine) column(c *matter, curve *comp.Curve, in *point) bool {
	if curve.Matrix == nil {
		return true
	}
	p := curve.Matrix.Part
	s := e.see(c, &p)
	switch in.column = s.value; {
	case s.failed:
		return false
	case s.value != nil && p.Curve.Of == "attainment":
		in.column = s.attainment
	case s.value != nil, p.Missing == "neutral" && !curve.Matrix.Rates:
	default:
		if p.Missing != "zero" {
			e.lack(c, "measure_missing")
		}
		return false
	}
	return true
}
