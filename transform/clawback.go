package transform

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// longestWindow is how long a deal can be taken back where a plan does not say.
var longestWindow = comp.Length{Months: 36}

// undo notes on each deal what the component's event takes back of it. At the original rate that is of the deal's own
// pay; re-rated, of what rated gives for the deals' values less without the deal, in the order of the events, so that all together are never
// more than there was.
func undo(c *comp.Component, company *comp.Company, deals []dealPay, rated func([]comp.Number) comp.Number) {
	if c.Clawback == nil {
		return
	}
	type one struct{ deal, event int }
	var order []one
	var values []comp.Number
	for i := range deals {
		d := &deals[i]
		values = append(values, d.value)
		d.undone = undoings(c.Clawback, d, company)
		for k := range d.undone {
			order = append(order, one{i, k})
		}
	}
	if c.Clawback.Rate != "re-rated" || rated == nil {
		return
	}
	slices.SortStableFunc(order, func(a, b one) int {
		return cmp.Compare(deals[a.deal].undone[a.event].day, deals[b.deal].undone[b.event].day)
	})
	for _, o := range order {
		d := &deals[o.deal]
		u := &d.undone[o.event]
		before := rated(values)
		values[o.deal] = values[o.deal].Sub(u.part.Mul(d.value))
		u.worth, _ = before.Sub(rated(values)).Quo(u.part)
	}
}

// undoings are what the events of a clawback take of one deal.
func undoings(b *comp.Clawback, d *dealPay, company *comp.Company) []undoing {
	var out []undoing
	for _, e := range happened(b.On, &d.deal, company, comp.Forever) {
		if share, within := taking(b, d.day, e.day); within {
			out = append(out, undoing{e.day, e.share, share.Mul(e.share), d.pay})
		}
	}
	return out
}

// taking is the share of a deal that an event takes, by how long after the deal it comes, and whether that is within the
// window. On its last day an event still takes all; of months, days and tiers nothing is left by then.
func taking(b *comp.Clawback, from, event comp.Date) (share comp.Number, within bool) {
	window := b.Within
	if window.IsZero() {
		window = longestWindow
	}
	end := window.After(from)
	event = max(event, from)
	if event > end {
		return comp.Number{}, false
	}
	switch b.Takes {
	case "months":
		n := elapsed(from, end)
		return ratio(n-elapsed(from, event), n), true
	case "days":
		return ratio(int(end-event), int(end-from)), true
	case "tiers":
		for _, t := range b.Tiers {
			if event < t.Until.After(from) {
				return t.Takes, true
			}
		}
		return comp.Number{}, true
	}
	return comp.Int(1), true
}

func ratio(n, of int) comp.Number {
	q, _ := comp.Int(int64(max(0, n))).Quo(comp.Int(int64(of))) // of nothing is 0
	return q
}

// elapsed is the number of whole months from a day to another.
func elapsed(from, to comp.Date) int {
	n := 0
	for from.AddMonths(n+1) <= to {
		n++
	}
	return n
}

// clawedBack is what events have taken back of a deal's pay by the end of a day: of what was released when they came, since
// what was not is forfeited there and then.
func clawedBack(c *comp.Component, d *dealPay, company *comp.Company, until comp.Date) comp.Number {
	steps := releasings(c, &d.deal, company)
	sum := comp.Number{}
	for _, u := range d.undone {
		if u.day <= until {
			out, _ := by(steps, u.day)
			sum = sum.Add(u.share.Mul(out).Mul(u.worth))
		}
	}
	return sum
}
