package example

import (
	"fmt"

	"carrot/config/example/truth"
	"carrot/transform/comp"
)

// unknownLogin is the account that nobody knows: its owner's new name reached Salesforce before it reached the crosswalk.
const unknownLogin = "h.vandenberg@nordlicht.example"

// plain is a deal made by hand: won, delivered on a day and entered there on the same.
func (g *generator) plain(owner int, german bool, currency comp.Currency, minor int64, closed, delivered comp.Date) deal {
	return deal{german: german, won: true, owner: owner, username: g.staff[owner].username, currency: currency, closed: closed, promised: delivered,
		account: "Helix Fertigung GmbH", name: "Helix: line controls", states: []dealState{{closed, comp.NoDate, minor}, {delivered, delivered, minor}}}
}

// put adds a deal by hand to the list of a month where that has room; false where it has not.
func (g *generator) put(month int, d deal) (deal, bool) {
	if month >= g.size.Months {
		return d, false
	}
	from, to := g.rows(unitDeal, month)
	n := from + 2 + len(g.deals[month])
	if n+6 > to {
		return d, false
	}
	d.id = "0065g00000" + counter(n, 5)
	if d.memo != nil {
		d.memo.id = counterMemo(n)
	}
	g.deals[month] = append(g.deals[month], d)
	return d, true
}

// plantDeals makes the deals that tests look for.
func (g *generator) plantDeals() {
	g.deals = planted{}
	g.plantSplits()
	g.plantLate()
	g.plantBoundaries()
	if g.has(planAmerican, 13) && !g.size.Known {
		owner := planAmerican
		if g.has(planLateHire, 13) {
			owner = planLateHire
		}
		d := g.plain(owner, false, "USD", 1_820_000, comp.Day(2026, 2, 3), comp.Day(2026, 2, 12))
		d.username, d.account, d.name = unknownLogin, "Ravenna Foods", "Ravenna Foods: cold chain"
		if d, ok := g.put(13, d); ok {
			g.plant(truth.KindUnknownOwner, "salesforce.deals_us", d.id, 13, 13, d.username, owner)
			g.login(systemSales, unknownLogin)
		}
	}
	if g.has(planAmerican, 2) {
		d := g.plain(planAmerican, false, "USD", 940_055, comp.Day(2025, 3, 4), comp.Day(2025, 3, 20))
		d.account, d.name = "Confidential Information Systems", "Confidential Information Systems: archive, \"phase 2\""
		if d, ok := g.put(2, d); ok {
			g.plant(truth.KindHostile, "salesforce.deals_us", d.id, 2, 2, d.name, planAmerican)
		}
	}
}

func (g *generator) plantSplits() {
	if g.has(planTransfer, 2) {
		d := g.plain(planSeller, true, "EUR", 1_234_567, comp.Day(2025, 3, 3), comp.Day(2025, 3, 17))
		d.splits = []dealSplit{{planSeller, 60, comp.NoDate}, {planTransfer, 40, comp.NoDate}}
		if d, ok := g.put(2, d); ok {
			g.plant(truth.KindSplit, "salesforce.deals_de", d.id, 2, 2, "60/40", planSeller, planTransfer)
		}
	}
	if g.has(planLateHire, 7) {
		d := g.plain(planAmerican, false, "USD", 2_400_050, comp.Day(2025, 6, 2), comp.Day(2025, 6, 19))
		d.splits = []dealSplit{{planAmerican, 70, comp.Day(2025, 8, 12)}, {planLateHire, 30, comp.Day(2025, 8, 12)}}
		if d, ok := g.put(5, d); ok {
			g.plant(truth.KindLateSplit, "salesforce.splits", d.id, 5, 7, "70/30, recorded on 2025-08-12", planAmerican, planLateHire)
		}
	}
}

func (g *generator) plantLate() {
	if g.has(planSeller, 5) {
		d := g.plain(planSeller, true, "EUR", 1_505_000, comp.Day(2025, 4, 1), comp.Day(2025, 4, 22))
		d.memo = &dealMemo{date: comp.Day(2025, 6, 17), minor: 1_505_000}
		if d, ok := g.put(3, d); ok {
			g.plant(truth.KindRefund, "salesforce.credit_memos", d.id, 3, 5, "delivered 2025-04-22, refunded whole on 2025-06-17 by "+d.memo.id, planSeller)
		}
	}
	if g.has(planAmerican, 8) {
		d := g.plain(planAmerican, false, "USD", 1_777_025, comp.Day(2025, 7, 10), comp.Day(2025, 7, 28))
		d.states = []dealState{{comp.Day(2025, 9, 9), comp.Day(2025, 7, 28), 1_777_025}}
		if d, ok := g.put(6, d); ok {
			g.plant(truth.KindLateDeal, "salesforce.deals_us", d.id, 6, 8, "delivered 2025-07-28, entered 2025-09-09", planAmerican)
		}
	}
	if g.has(planSeller, 10) {
		d := g.plain(planSeller, true, "EUR", 4_500_000, comp.Day(2025, 10, 2), comp.Day(2025, 10, 14))
		d.states = append(d.states, dealState{comp.Day(2025, 11, 5), comp.Day(2025, 10, 14), 450_000})
		if d, ok := g.put(9, d); ok {
			g.plant(truth.KindCorrection, "salesforce.deals_de", d.id, 9, 10, "45,000.00 put right to 4,500.00 on 2025-11-05", planSeller)
		}
	}
}

// plantBoundaries makes deals on the last day that counts and on the next one, and one that reaches a quota exactly.
func (g *generator) plantBoundaries() {
	pairs := []struct {
		person   int
		month    int
		german   bool
		currency comp.Currency
		last     comp.Date
	}{
		{planTransfer, 4, true, "EUR", comp.Day(2025, 5, 15)},
		{planLeaver, 8, false, "USD", comp.Day(2025, 9, 19)},
	}
	for _, p := range pairs {
		for after := comp.Date(0); after < 2 && g.has(p.person, p.month); after++ {
			d := g.plain(p.person, p.german, p.currency, 612_345+int64(after), p.last-12, p.last+after)
			if d, ok := g.put(p.month, d); ok {
				g.plant(truth.KindBoundary, "salesforce.deals", d.id, p.month, p.month, fmt.Sprintf("last day %s, delivered %s", p.last, p.last+after), p.person)
			}
		}
	}
	if g.has(planEdge, 5) {
		d := g.plain(planEdge, true, "EUR", 3_000_000, comp.Day(2025, 5, 5), comp.Day(2025, 5, 20))
		d.isNew = true
		if d, ok := g.put(4, d); ok {
			g.plant(truth.KindEdge, "salesforce.deals_de", d.id, 4, 4, "new business of 2025 Q2 is exactly the quota of 30,000.00 EUR", planEdge)
		}
	}
}
