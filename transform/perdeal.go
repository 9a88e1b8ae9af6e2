package transform

import "carrot/transform/comp"

// lasting says whether the deals of a duty that pays before the horizon can move pay within it, or are still accounted for.
func (s *settler) lasting(d *duty) bool {
	c := &s.in.Plans[d.plan].Components[d.component]
	return c.Release != nil || c.Clawback != nil || (c.Cost != nil && benefit(c.Cost) > expedient)
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
	for i := range deals {
		in := *x.curved
		if in.Value = deals[i].value; in.HasQuota {
			in.Attainment, _ = in.Value.Quo(in.Quota)
		}
		x.tiers(&x.c.Curve, &in, "deal "+deals[i].key)
	}
	x.w.deals = deals
	x.tell(func(d *dealPay) string { return "" })
	x.w.result.Rate = "deal by deal"
	return total
}

// tell names the deals and what each pays.
func (x *calc) tell(more func(*dealPay) string) {
	if x.w.silent {
		return
	}
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
	if !byDeal(x.plan, x.c) || x.w.held || !x.addsUp() {
		return final
	}
	var rerated func([]comp.Number) comp.Number
	switch {
	case x.c.Per == "deal":
		total := comp.Number{}
		for i := range x.w.deals {
			total = total.Add(x.w.deals[i].pay)
		}
		apportion(x.w.deals, total, final)
		if x.curved != nil && x.c.Budget == nil {
			at := rated(x.c.Curve, *x.curved, x.v.Pay)
			rerated = func(values []comp.Number) (sum comp.Number) {
				for _, v := range values {
					sum = sum.Add(at(v))
				}
				return x.after(sum)
			}
		}
	case x.curved == nil:
		for _, d := range x.deals() {
			x.w.deals = append(x.w.deals, dealPay{deal: d})
		}
		apportion(x.w.deals, comp.Number{}, final)
	default:
		deals := x.deals()
		x.w.deals = attribute(x.c.Curve, *x.curved, deals, x.v.Pay, final)
		at := rated(x.c.Curve, *x.curved, x.v.Pay)
		rerated = func(values []comp.Number) comp.Number {
			sum := comp.Number{}
			for _, v := range values {
				sum = sum.Add(v)
			}
			return x.after(at(sum))
		}
		if crossed := crossings(x.c.Curve, *x.curved, deals); len(crossed) > 0 {
			x.w.result.Crossed = crossed
		}
	}
	final = x.roundDeals(final)
	undo(x.c, x.company, x.w.deals, rerated)
	return final
}

// addsUp says whether the component's measure is made of a payee's own deals: a share, a mean or a common number is not.
func (x *calc) addsUp() bool {
	m, ok := x.measures[x.c.Measure]
	if !ok || pooledBy(&x.in.Measures[m]) != comp.PoolPayee {
		return false
	}
	a := x.in.Measures[m].Aggregate
	return a == comp.Sum || a == comp.Count
}

// roundDeals makes cents of each deal where the plan rounds there. What is worked out in another currency than that of pay is
// rounded when it has become pay.
func (x *calc) roundDeals(final comp.Number) comp.Number {
	if x.plan.RoundAt != "deal" || len(x.w.deals) == 0 {
		return final
	}
	if to, _ := x.payCurrency(x.person, x.d.period); to != x.currency {
		return final
	}
	sum, err := x.roundEach(x.payee, &x.d, x.w.deals, x.currency)
	if err != nil {
		x.hold(x.w, "cannot_round", err.Error(), "check the plan's rates")
		return final
	}
	x.w.say("Rounded %s, deal by deal: %s", roundings[x.plan.Rounding], about(cash(sum, x.currency)))
	return sum
}

// roundEach makes cents of each deal and gives their sum. What an event takes back of a deal's own pay is of the cents.
func (s *settler) roundEach(payee int, of *duty, deals []dealPay, currency comp.Currency) (sum comp.Number, err error) {
	for i := range deals {
		d := &deals[i]
		exact := comp.Amount{Number: d.pay, Currency: currency}
		m, err := s.v.Round(exact, s.in.Plans[of.plan].Rounding)
		if err != nil {
			return sum, err
		}
		s.rounds(payee, of, exact)
		for k := range d.undone {
			if d.undone[k].worth.Cmp(d.pay) == 0 {
				d.undone[k].worth = m.Amount().Number
			}
		}
		d.pay = m.Amount().Number
		sum = sum.Add(d.pay)
	}
	return sum, nil
}
