package naive

import (
	"math/big"

	"carrot/transform/comp"
)

// Cost is an entry in the accounting of what a contract cost to obtain.
type Cost struct{ Payee, Component, Deal, Month, Kind string }

// account tells how the pay of each deal is accounted for: what is capitalised, with what the employer pays on top, what of
// it is an expense of each month from the deal's own on, and what is written off where the contract ends early. Of a benefit
// of a year or less all is an expense at once. Of deals of months before those that are computed again only the entries of
// these.
func (e *engine) account(x *earning) {
	c, cost := x.matter, x.matter.component.Cost
	if cost == nil || c.unknown {
		return
	}
	months := cost.Months
	if cost.Renewals != "commensurate" && cost.Benefit > 0 {
		months = cost.Benefit
	}
	for _, d := range x.pay.deals {
		all := times(d.pay, new(big.Rat).Add(big.NewRat(1, 1), cost.Fringe.Rat()))
		whole := e.round(c, all)
		again := e.months()
		note := func(month comp.Period, kind string, minor int64) {
			if x.matter.period.End <= again[0].Start && !(comp.Period{Start: again[0].Start, End: again[len(again)-1].End}).Contains(month.Start) {
				return
			}
			e.costs[Cost{c.person.ID, c.component.ID, d.key, month.Name(), kind}] += minor
		}
		month := comp.Month(d.day)
		if months <= 12 {
			note(month, "expensed", whole)
			continue
		}
		note(month, "capitalised", whole)
		ends := comp.Forever
		for _, x := range e.events(d.deal, cost.Ends) {
			ends = min(ends, max(x.Date, d.day))
		}
		gone := int64(0)
		for i := 1; i <= months; i++ {
			if month.End-1 > ends { // it did not last to the end of this one
				note(comp.Month(ends), "written off", whole-gone)
				break
			}
			sum := e.round(c, times(all, big.NewRat(int64(i), int64(months))))
			note(month, "amortised", sum-gone)
			gone, month = sum, comp.Month(month.End)
		}
	}
}
