package naive

import (
	"cmp"
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// exchange turns an amount by a kind of rate on a day. What is not of kind plan or average is a rate of that day.
func (e *engine) exchange(c *matter, x *big.Rat, from, to comp.Currency, kind string, d comp.Date) *big.Rat {
	if from == "" || from == to {
		return x
	}
	rates := e.company.FX.Rates
	if kind == "plan" || kind == "average" {
		rates = e.company.FX.Kinds[kind]
	}
	rate, ok := rates[[2]comp.Currency{from, to}].At(d)
	if !ok {
		e.lack(c, "missing_fx_rate")
		return new(big.Rat)
	}
	return times(x, rate.Rat())
}

// convert turns what is credited, or a number, into the currency that is worked in.
func (e *engine) convert(c *matter, x *big.Rat, from comp.Currency, d comp.Date) *big.Rat {
	return e.exchange(c, x, from, c.currency, e.in.Plans[c.plan].FX.Credit, d)
}

// rateDay is the day whose rate turns a row of a measuring period: the period's last, or the row's own.
func (e *engine) rateDay(c *matter, row comp.Date, p comp.Period) comp.Date {
	if e.in.Plans[c.plan].FX.Credit == "daily" {
		return row
	}
	return p.End - 1
}

// payment turns what is earned into the currency of pay: by a rate of the measuring period's last day, or of payday.
func (e *engine) payment(c *matter, x *big.Rat) *big.Rat {
	kind, d := e.in.Plans[c.plan].FX.Pay, c.period.End-1
	if kind == "payday" {
		next := comp.Month(comp.Month(d).End)
		d = min(next.Start+comp.Date(e.in.Settings.PayDay)-1, next.End-1)
	}
	return e.exchange(c, x, c.currency, c.paid, kind, d)
}

// late makes cents of what is earned in one measuring period only after it is turned into the currency of pay.
func (e *engine) late(c *matter, pay outcome) (outcome, int64) {
	out := outcome{exact: e.payment(c, pay.exact), rough: pay.rough}
	for _, d := range pay.deals {
		d.pay = e.payment(c, d.pay)
		d.undone = slices.Clone(d.undone)
		for i := range d.undone {
			d.undone[i].takes = e.payment(c, d.undone[i].takes)
		}
		out.deals = append(out.deals, d)
	}
	if c.currency != c.paid {
		e.roundDeals(c, &out)
	}
	if e.in.Plans[c.plan].RoundAt == "plan" {
		return out, e.round(c, out.exact)
	}
	return out, e.lateCents(c, out)
}

// roundDeals makes cents of what each deal brought, in the currency of pay, where the plan rounds there. What is taken back of
// all that a deal brought is of its cents.
func (e *engine) roundDeals(c *matter, out *outcome) {
	if e.in.Plans[c.plan].RoundAt != "deal" || len(out.deals) == 0 || c.nudge != nil {
		return
	}
	for i := range out.deals {
		d := &out.deals[i]
		minor := new(big.Rat).SetInt64(e.lateCents(c, outcome{exact: d.pay, rough: out.rough}))
		for digits, _ := c.paid.Digits(); digits > 0; digits-- {
			minor.Quo(minor, big.NewRat(10, 1))
		}
		for k := range d.undone {
			if u := &d.undone[k]; u.takes.Cmp(times(d.pay, u.share)) == 0 {
				u.takes = times(minor, u.share)
			}
		}
		out.exact = new(big.Rat).Add(out.exact, new(big.Rat).Sub(minor, d.pay))
		d.pay = minor
	}
	out.rough = false
}

// together makes cents of all components of a plan at once: each gets its whole cents, and what is left of the rounded total
// goes cent by cent to the largest remainders, of equal ones to the first component.
func (e *engine) together(list []*earning) {
	if len(list) == 0 {
		return
	}
	total := outcome{exact: new(big.Rat)}
	for _, x := range list {
		total.exact.Add(total.exact, x.pay.exact)
		total.rough = total.rough || x.pay.rough
	}
	left := e.lateCents(list[0].matter, total)
	rest := map[*earning]*big.Rat{}
	for _, x := range list {
		digits, _ := x.matter.paid.Digits()
		cents := new(big.Rat).Set(x.pay.exact)
		for range digits {
			cents.Mul(cents, big.NewRat(10, 1))
		}
		whole := new(big.Int).Quo(cents.Num(), cents.Denom()) // toward zero
		x.minor, rest[x] = whole.Int64(), cents.Sub(cents, new(big.Rat).SetInt(whole))
		left -= x.minor
	}
	one := int64(1)
	if left < 0 {
		one = -1
	}
	order := slices.Clone(list)
	slices.SortStableFunc(order, func(a, b *earning) int { return int(one) * rest[b].Cmp(rest[a]) })
	for i := 0; left != 0; i++ {
		order[i%len(order)].minor += one
		left -= one
	}
}

// roundPlans makes cents of the plans that round once.
func (l *ledger) roundPlans() {
	for i := range l.e.in.Plans {
		groups := map[comp.Currency][]*earning{}
		for k := range l.earnings {
			x := &l.earnings[k]
			if x.plan == &l.e.in.Plans[i] && x.plan.RoundAt == "plan" && !x.matter.unknown && !x.matter.component.Shown {
				groups[x.matter.paid] = append(groups[x.matter.paid], x)
			}
		}
		for _, list := range groups {
			l.e.together(list)
		}
	}
}

// brought is what all deals together brought.
func (x *earning) brought() *big.Rat {
	sum := new(big.Rat)
	for _, d := range x.pay.deals {
		sum.Add(sum, d.pay)
	}
	return sum
}

// share is a part of what a component pays, in minor units: cents are made of the sum over all deals. Where the component's cents are not those of its exact pay, the part is one of the cents.
func (x *earning) share(e *engine, part func(d dealt) *big.Rat) int64 {
	all, own := x.brought(), new(big.Rat)
	for _, d := range x.pay.deals {
		own.Add(own, part(d))
	}
	if all.Sign() == 0 || e.round(x.matter, all) == x.minor {
		return e.lateCents(x.matter, outcome{exact: own, rough: x.pay.rough && own.Sign() != 0})
	}
	digits, _ := x.matter.paid.Digits()
	cents := new(big.Rat).Quo(times(own, big.NewRat(x.minor, 1)), all)
	for range digits {
		cents.Quo(cents, big.NewRat(10, 1))
	}
	return e.round(x.matter, cents)
}

// currencies are those that a person is paid and a plan is worked out in.
func (e *engine) currencies(p *comp.Person, plan *comp.Plan, period comp.Period) (work, paid comp.Currency, ok bool) {
	paid, ok = e.currencyOf(p, period)
	return cmp.Or(plan.Currency, paid), paid, ok
}
