package transform

import "carrot/transform/comp"

// lasting says whether the deals of a duty that pays before the horizon can move pay within it.
func (s *settler) lasting(d *duty) bool {
	c := &s.in.Plans[d.plan].Components[d.component]
	return c.Release != nil || c.Clawback != nil
}

// deals are the component's deals over the periods of the calculation, in order.
func (x *calc) deals() []deal {
	m, ok := x.measures[x.c.Measure]
	if !ok || pooledBy(&x.in.Measures[m]) != comp.PoolPayee {
		return nil
	}
	span := x.d.span(comp.Reads{Measure: x.c.Measure, ToDate: x.c.ToDate})
	span.End = min(span.End, x.last.End)
	_, ranges := x.about(&x.in.Measures[m], x.last, x.last, span, x.w)
	holds := func(d comp.Date) comp.Period {
		for _, p := range x.periods {
			if p.Contains(d) {
				return p
			}
		}
		return x.last
	}
	out := x.dealsIn(x.payee, m, ranges, func(from comp.Currency, d comp.Date) (comp.Number, bool) {
		if from == "" || from == x.currency {
			return comp.Int(1), true
		}
		if x.plan.FX.Credit == "daily" {
			return x.rate(from, x.currency, comp.Period{Start: d, End: d + 1})
		}
		return x.rate(from, x.currency, holds(d))
	})
	for i := range out {
		out[i].period = holds(out[i].day)
	}
	return out
}

// toldDeals is how many deals the sentences name one by one.
const toldDeals = 20

// each pays every deal by itself.
func (x *calc) each() comp.Number {
	deals, total := alone(x.c.Curve, *x.curved, x.deals(), x.v.Pay)
	x.w.deals = deals
	x.tell(func(d *dealPay) string { return "" })
	x.w.result.Rate = "deal by deal"
	return total
}

// tell names the deals and what each pays.
func (x *calc) tell(more func(*dealPay) string) {
	unit := x.unitOf(x.c.Measure)
	for i := range x.w.deals {
		if d := &x.w.deals[i]; i < toldDeals {
			x.w.say("Deal %s of %s, %s: %s%s", d.key, d.day.Words(), about(inUnit(d.value, unit, x.currency)), about(cash(d.pay, x.currency)), more(d))
		}
	}
	if n := len(x.w.deals) - toldDeals; n > 0 {
		x.w.say("And %d more deals", n)
	}
	total := comp.Number{}
	for i := range x.w.deals {
		total = total.Add(x.w.deals[i].pay)
	}
	x.w.say("Deal by deal, together: %s", about(cash(total, x.currency)))
}

// byDeal shares what the component pays in the end among its deals, where anything reads them, and notes what events undo.
// It gives that pay back: rounded deal by deal where the plan says so.
func (x *calc) byDeal(final comp.Number) comp.Number {
	if !byDeal(x.plan, x.c) || x.w.held {
		return final
	}
	var rerated func(comp.Number) comp.Number
	switch {
	case x.c.Per == "deal":
		total := comp.Number{}
		for i := range x.w.deals {
			total = total.Add(x.w.deals[i].pay)
		}
		apportion(x.w.deals, total, final)
	case x.curved == nil:
		for _, d := range x.deals() {
			x.w.deals = append(x.w.deals, dealPay{deal: d})
		}
		apportion(x.w.deals, comp.Number{}, final)
	default:
		deals := x.deals()
		x.w.deals = attribute(x.c.Curve, *x.curved, deals, x.v.Pay, final)
		rerated = finally(rated(x.c.Curve, *x.curved, x.v.Pay), x.w.deals, final)
		if crossed := crossings(x.c.Curve, *x.curved, deals); len(crossed) > 0 {
			x.w.result.Crossed = crossed
		}
	}
	final = x.roundDeals(final)
	undo(x.c, x.company, x.w.deals, rerated)
	return final
}

// roundDeals makes cents of each deal where the plan rounds there.
func (x *calc) roundDeals(final comp.Number) comp.Number {
	if x.plan.RoundAt != "deal" || len(x.w.deals) == 0 {
		return final
	}
	sum := comp.Number{}
	for i := range x.w.deals {
		d := &x.w.deals[i]
		m, err := x.v.Round(comp.Amount{Number: d.pay, Currency: x.currency}, x.plan.Rounding)
		if err != nil {
			x.hold(x.w, "cannot_round", err.Error(), "check the plan's rates")
			return final
		}
		d.pay = m.Amount().Number
		sum = sum.Add(d.pay)
	}
	x.w.say("Rounded %s, deal by deal: %s", roundings[x.plan.Rounding], about(cash(sum, x.currency)))
	return sum
}
