package example

import (
	"fmt"

	"carrot/transform/comp"
)

// move is a change of an account's monthly recurring revenue.
type move struct {
	account *account
	on      comp.Date
	product string
	kind    string
	amount  minors
	reason  string
}

// products are what is sold by subscription, with the day on which each was first launched.
var products = []struct {
	name     string
	launched comp.Date
}{{"Gateway", comp.Day(2017, 3, 1)}, {"Sensor Classic", comp.Day(2014, 6, 1)}, {"Cloud", comp.Day(2022, 9, 1)}, {"Insight", comp.Day(2024, 11, 1)}}

// subscription gives every move of an account, and what it paid a month at the beginning of each month.
func (g *generator) subscription(a *account, each func(move), opened func(k int, amount minors)) {
	c := g.about('b', a.number)
	paid := minors(a.margin/6) * 100
	started, left := a.since <= first, -1
	if !started {
		paid = 0
	}
	for k := range g.size.Months {
		if paid > 0 {
			opened(k, paid)
		}
		x, day := c.below(1000), g.starts[k]+comp.Date(1+c.below(26))
		at := func(kind, product string, amount minors, reason string) {
			each(move{a, day, product, kind, amount, reason})
		}
		product := products[c.below(len(products))].name
		switch {
		case paid == 0 && !started && a.since < g.starts[k+1]:
			started, paid, left = true, minors(a.margin/6)*100, -1
			at("new", product, paid, "")
		case paid == 0 && left >= 0 && k-left > 2 && x < 60:
			paid = minors(a.margin/8) * 100
			at("reactivation", product, paid, "")
		case paid == 0:
		case a.number == 3 && k == 0:
			at("expansion", product, 10_000, "")
			paid += 10_000
		case x < 9:
			at("churn", product, paid, []string{"service", "service", "price", "closed down"}[c.below(4)])
			paid, left = 0, k
		case x < 30:
			less := paid / minors(4+c.below(8))
			paid -= less
			at("contraction", product, less, "fewer devices")
		case x < 75:
			more := paid / minors(5+c.below(12))
			paid += more
			at("expansion", product, more, "")
		case x < 84: // a product is swapped for another, which is no loss
			part := paid / 3
			at("contraction", "Sensor Classic", part, "swap")
			at("expansion", "Insight", part+part/20, "")
			paid += part / 20
		}
	}
}

func (g *generator) moneyBooks() []book {
	list := g.customers()
	return []book{
		{name: "mrr_opening.csv", header: []string{"month", "account", "owner", "segment", "tier", "amount", "currency"}, rows: func(add func(...any)) {
			for _, a := range list {
				g.subscription(a, func(move) {}, func(k int, amount minors) {
					add(g.starts[k], a.id, g.id(g.keeper(a, g.starts[k])), a.segment, a.tier(), amount, a.currency())
				})
			}
		}},
		{name: "mrr_moves.csv", excel: true, header: []string{"Nr.", "Kunde", "Betreuer", "Segment", "Produkt", "Datum", "Art", "Betrag", "Währung", "Grund"},
			rows: func(add func(...any)) {
				n := 0
				for _, a := range list {
					g.subscription(a, func(m move) {
						n++
						add(fmt.Sprintf("MV-%05d", n), a.id, g.id(g.keeper(a, m.on)), a.segment, m.product, m.on, m.kind, m.amount, a.currency(), m.reason)
					}, func(int, minors) {})
				}
			}},
		{name: "product_revenue.csv", header: []string{"month", "product", "first_launched_on", "revenue", "currency"}, rows: g.byProduct},
		{name: "gl_revenue.csv", header: []string{"month", "entity", "revenue", "acquired", "divested", "outsourced", "currency"}, rows: g.ledger},
		{name: "fx_before.csv", header: []string{"date", "from", "to", "rate"}, rows: func(add func(...any)) {
			for k := -12; k < 0; k++ { // what was paid for a dollar in the year before the first month
				rate := 1_060_000 + g.about('x', k+12).below(60_000)
				add(first.AddMonths(k), "EUR", "USD", fmt.Sprintf("1.%06d", rate%1_000_000))
				add(first.AddMonths(k), "USD", "EUR", fmt.Sprintf("0.%06d", 1_000_000_000_000/rate))
			}
		}},
	}
}

// byProduct is revenue by product and month: that of the youngest grows.
func (g *generator) byProduct(add func(...any)) {
	g.months(func(k int, from, _ comp.Date) {
		for i, p := range products {
			c := g.about('p', k*10+i)
			revenue := []int{400_000, 310_000, 90_000 + k*2_000, 4_000 + k*6_000}[i] * (95 + c.below(11)) / 100
			add(from, p.name, p.launched, minors(revenue*100), "EUR")
		}
	})
}

// ledger is the general ledger's revenue of each entity, from a year before the first month on: what was bought of others and what
// was sold since, and what was paid to others for work that employees did before.
func (g *generator) ledger(add func(...any)) {
	for k := -12; k < g.size.Months; k++ {
		for i, currency := range []string{"EUR", "USD"} {
			c := g.about('g', (k+12)*10+i)
			revenue := (520_000 + i*90_000) * (1000 + (k+12)*6 + c.below(40)) / 1000
			acquired, divested := 0, 0
			if i == 1 && k >= 6 {
				acquired = 30_000 + c.below(5_000)
				revenue += acquired
			}
			if i == 0 && k < -3 {
				divested = 12_000
			}
			add(first.AddMonths(k), []string{"DE01", "US01"}[i], minors(revenue*100), minors(acquired*100), minors(divested*100), minors((21_000+c.below(3_000))*100), currency)
		}
	}
}
