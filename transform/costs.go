package transform

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// The kinds of entries in the accounting of what a contract cost to obtain.
const (
	capitalised = "capitalised"
	amortised   = "amortised"
	expensed    = "expensed" // at once: the benefit does not outlast a year
	writtenOff  = "written off"
)

// expedient is the longest benefit, in months, whose cost is an expense at once.
const expedient = 12

// cost notes how the pay of each deal is accounted for: what is capitalised, what of it is an expense of each month, and what
// is written off where the contract ends early. Nothing of it is paid. Of deals older than what is recomputed only the
// entries of the months that are.
func (k *keeper) cost() {
	first, last := horizon(k.s.in)[0], k.s.in.Run.Period.Name()
	for i := range k.all {
		e := &k.all[i]
		c := k.component(e)
		if c.Cost == nil || !e.known {
			continue
		}
		for j := range e.deals {
			entries := k.costOf(e, c, &e.deals[j])
			if e.duty.pay.Start < first.Start {
				entries = slices.DeleteFunc(entries, func(x comp.CostEntry) bool { return x.Month < first.Name() || x.Month > last })
			}
			k.s.costs = append(k.s.costs, entries...)
		}
	}
}

// benefit is how many months the benefit of a contract lasts.
func benefit(c *comp.Cost) int {
	if c.Renewals != "commensurate" && c.Benefit > 0 {
		return c.Benefit
	}
	return c.Months
}

// costOf is the accounting of one deal. Months run from the one of the deal's day; each month's expense is the rounded sum so
// far less the one before, so that all of them sum to what is capitalised.
func (k *keeper) costOf(e *earned, c *comp.Component, d *dealPay) []comp.CostEntry {
	currency, rounding := e.result.Amount.Currency, k.s.in.Plans[e.duty.plan].Rounding
	exact := d.pay.Mul(comp.Int(1).Add(c.Cost.Fringe))
	round := func(n comp.Number) int64 {
		m, err := k.s.v.Round(comp.Amount{Number: n, Currency: currency}, rounding)
		if err != nil { // the pay itself was rounded in this currency
			return 0
		}
		return m.Minor
	}
	entry := func(month comp.Period, kind string, minor int64) comp.CostEntry {
		return comp.CostEntry{Payee: k.s.company.People[k.payee].ID, Component: c.ID, Deal: d.key, Month: month.Name(), Kind: kind, Amount: comp.Money{Minor: minor, Currency: currency}}
	}
	all, first := round(exact), comp.Month(d.day)
	if all == 0 {
		return nil
	}
	n := benefit(c.Cost)
	if n <= expedient {
		return []comp.CostEntry{entry(first, expensed, all)}
	}
	out := []comp.CostEntry{entry(first, capitalised, all)}
	last, ended := n, comp.Period{}
	if here := k.s.company.Events[comp.EventKey{Table: d.table, Key: d.key, Event: c.Cost.Ends}]; c.Cost.Ends != "" && len(here) > 0 { // of whatever amount
		day := max(here[0].Date, d.day)
		ended = comp.Month(day)
		last = max(0, min(n, elapsed(first.Start, day+1)))
	}
	before := int64(0)
	for i := 1; i <= last; i++ {
		part, _ := exact.Mul(comp.Int(int64(i))).Quo(comp.Int(int64(n)))
		now := round(part)
		out = append(out, entry(comp.Month(first.Start.AddMonths(i-1)), amortised, now-before))
		before = now
	}
	if last < n {
		out = append(out, entry(ended, writtenOff, all-before))
	}
	return out
}

// accounted are the costs of all payees, in order of payee, component, deal and month.
func (a *assessment) accounted() []comp.CostEntry {
	slices.SortStableFunc(a.costs, func(x, y comp.CostEntry) int {
		return cmp.Or(cmp.Compare(x.Payee, y.Payee), cmp.Compare(x.Component, y.Component), cmp.Compare(x.Deal, y.Deal))
	})
	return a.costs
}
