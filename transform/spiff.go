package transform

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// spending names what a deal takes of a budget.
type spending struct {
	plan, component, payee int
	period                 comp.Period
	deal                   dealKey
}

// spent is what a deal takes of a budget, and what it would take of one without end.
type spent struct {
	takes, asks comp.Number
	each        bool // one person's part of the budget is what ended it
}

// bid is a deal on its way to a budget.
type bid struct {
	spending
	at    int64
	payee string
	asks  comp.Number
}

// spend lets the deals of all participants draw on each budget before anybody is paid, whoever is asked for. What they
// draw on it is told by the order of their instants, then keys, then payees.
func (s *settler) spend(ds []duty) {
	var out map[spending]spent
	for from := 0; from < len(ds); {
		to := from
		for to < len(ds) && ds[to].plan == ds[from].plan && ds[to].component == ds[from].component {
			to++
		}
		if b := s.in.Plans[ds[from].plan].Components[ds[from].component].Budget; b != nil {
			if out == nil {
				out = map[spending]spent{}
			}
			allot(b, s.bids(b, ds[from:to]), out)
		}
		from = to
	}
	s.spent = out
}

// bids are the deals within a budget's days, each with what the curve pays for it in the budget's currency.
func (s *settler) bids(b *comp.Budget, ds []duty) []bid {
	var out []bid
	for i := range s.company.People {
		for _, d := range ds {
			if d.period.End <= b.From || d.period.Start > b.To || s.v.Participated(s.part.spans[i][d.plan], d.period) == 0 {
				continue // of what lies outside of the budget's days not even a rate is asked
			}
			w := worked{silent: true}
			x := s.calc(i, d, b.Amount.Currency, d.periods, &w)
			t, ok := x.terms()
			if !ok {
				continue
			}
			x.pay(t, x.own(), false)
			for _, p := range w.deals {
				if p.day < b.From || p.day > b.To {
					continue
				}
				out = append(out, bid{spending{d.plan, d.component, i, d.period, dealKey{p.table, p.key}}, p.at, x.person.ID, p.pay})
			}
		}
	}
	slices.SortFunc(out, func(x, y bid) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.deal.key, y.deal.key), cmp.Compare(x.payee, y.payee), cmp.Compare(x.deal.table, y.deal.table),
			cmp.Compare(x.period.Start, y.period.Start))
	})
	return out
}

// allot gives each bid in turn what it asks for, up to the most for one person, until the budget does not reach. The deal
// that it does not reach for takes what is left, or ends it; and so does the deal that one person's part does not reach for, for that
// person.
func allot(b *comp.Budget, bids []bid, out map[spending]spent) {
	left, ended := b.Amount.Number, false
	own, full := map[string]comp.Number{}, map[string]bool{} // read by key only
	for _, x := range bids {
		takes, each := x.asks.Max(comp.Number{}), false
		if most := b.Each.Sub(own[x.payee]); !b.Each.IsZero() && (full[x.payee] || takes.Cmp(most) > 0) {
			if takes, each = most, true; !b.Partial {
				takes, full[x.payee] = comp.Number{}, true
			}
		}
		switch {
		case ended:
			takes, each = comp.Number{}, false
		case takes.Cmp(left) > 0:
			each = false
			if ended = true; b.Partial {
				takes = left
			} else {
				takes = comp.Number{}
			}
		}
		left, own[x.payee] = left.Sub(takes), own[x.payee].Add(takes)
		out[x.spending] = spent{takes, x.asks, each}
	}
}

// fromBudget is what the deals of the calculation took of the budget, in the currency that is worked in.
func (x *calc) fromBudget() comp.Number {
	b := x.c.Budget
	rate := comp.Int(1)
	if b.Amount.Currency != x.currency {
		r, ok := x.v.Rate(x.company.FX, b.Amount.Currency, x.currency, x.last)
		if !ok {
			x.noRate(x.w, "", b.Amount.Currency, x.currency, x.last.End-1)
			return comp.Number{}
		}
		rate = r
	}
	total := comp.Number{}
	for _, d := range x.deals() {
		took := x.spent[x.spending(d.table, d.key)]
		x.w.deals = append(x.w.deals, dealPay{deal: d, pay: took.takes.Mul(rate)})
		total = total.Add(took.takes.Mul(rate))
	}
	x.w.result.Rate = "deal by deal, as far as the budget reaches"
	x.tell(func(d *dealPay) string {
		if took, bid := x.spent[x.spending(d.table, d.key)]; !bid {
			return " (outside of the budget's days)"
		} else if took.takes.Cmp(took.asks) < 0 {
			why := "the budget of " + money(b.Amount.Number, b.Amount.Currency) + " is spent"
			if took.each {
				why = "one person gets at most " + money(b.Each, b.Amount.Currency)
			}
			return ", of " + money(took.asks, b.Amount.Currency) + ": " + why
		}
		return ""
	})
	return total
}

func (x *calc) spending(table, key string) spending {
	return spending{x.d.plan, x.d.component, x.payee, x.d.period, dealKey{table, key}}
}
