package naive

import (
	"cmp"
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// bid is a deal that asks a budget for money.
type bid struct {
	payee  string
	deal   deal
	asks   *big.Rat
	period comp.Date
}

// grant names what a deal was given of a budget.
type grant struct {
	plan             int
	component, payee string
	deal             string
	period           comp.Date
}

// granted is what a deal was given of its component's budget, in the currency that is worked in.
func (e *engine) granted(c *matter, d deal) *big.Rat {
	if e.grants == nil {
		e.grants = map[grant]*big.Rat{}
		for i := range e.in.Plans {
			for k := range e.in.Plans[i].Components {
				if x := &e.in.Plans[i].Components[k]; x.Budget != nil {
					e.spend(i, x)
				}
			}
		}
	}
	got := e.grants[grant{c.plan, c.component.ID, c.person.ID, d.key, c.period.Start}]
	if got == nil {
		return new(big.Rat)
	}
	return e.exchange(c, got, c.component.Budget.Amount.Currency, c.currency, "closing", c.period.End-1)
}

// spend gives a budget to the deals of all participants in order of their instants, then keys, then payees.
func (e *engine) spend(plan int, component *comp.Component) {
	b := component.Budget
	var bids []bid
	for i := range e.company.People {
		bids = append(bids, e.bids(&e.company.People[i], plan, component)...)
	}
	slices.SortStableFunc(bids, func(a, b bid) int {
		return cmp.Or(cmp.Compare(a.deal.at, b.deal.at), cmp.Compare(a.deal.key, b.deal.key), cmp.Compare(a.payee, b.payee))
	})
	left := b.Amount.Number.Rat()
	had, done := map[string]*big.Rat{}, map[string]bool{}
	for _, x := range bids {
		asks := x.asks
		if !b.Each.IsZero() {
			of := new(big.Rat).Sub(b.Each.Rat(), cmp.Or(had[x.payee], new(big.Rat)))
			if done[x.payee] {
				continue
			}
			if asks.Cmp(of) > 0 {
				if done[x.payee] = !b.Partial; done[x.payee] {
					continue
				}
				asks = of
			}
		}
		last := asks.Cmp(left) > 0
		if last {
			if !b.Partial {
				return
			}
			asks = left
		}
		e.grants[grant{plan, component.ID, x.payee, x.deal.key, x.period}] = asks
		left = new(big.Rat).Sub(left, asks)
		had[x.payee] = new(big.Rat).Add(cmp.Or(had[x.payee], new(big.Rat)), asks)
		if last {
			return
		}
	}
}

// bids are one person's deals within a budget's days, each with what the curve pays for it in the budget's currency.
func (e *engine) bids(p *comp.Person, plan int, x *comp.Component) (out []bid) {
	b := x.Budget
	for d := b.From; d <= b.To && d < e.in.Run.Period.End; d++ { // of later periods not even a rate is asked
		period, ok := e.holding(x.Every, d)
		if !ok || (d != b.From && d != period.Start) || period.End-1 < e.in.Settings.First {
			continue
		}
		c := &matter{person: p, plan: plan, component: x, currency: b.Amount.Currency, paid: b.Amount.Currency, period: period, periods: []comp.Period{period}}
		for _, one := range e.deals(c) {
			in := point{value: one.value, target: e.numbers(c).target, currency: c.currency, rate: e.rate(c, &x.Curve)}
			if asks := in.pay(&x.Curve); one.day >= b.From && one.day <= b.To && asks.Sign() > 0 && !c.unknown {
				out = append(out, bid{p.ID, one, asks, period.Start})
			}
		}
	}
	return out
}
