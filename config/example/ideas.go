package example

import (
	"fmt"

	"carrot/transform/comp"
)

// ideaBooks are the register of ideas, and what became of what customers said.
func (g *generator) ideaBooks() []book {
	return []book{
		{name: "ideas.csv", header: []string{"idea", "submitted_on", "author", "department", "title", "business_case", "stakeholder", "signed_on", "feedback_linked",
			"shipped_on", "outcome", "outcome_on", "product"}, rows: func(add func(...any)) {
			for k := range g.size.Months {
				for n := range 4 + g.size.People/20 {
					g.idea(k*100+n, k, add)
				}
			}
		}},
		{name: "feedback.csv", header: []string{"item", "received_on", "account", "brought_by", "theme", "idea", "linked_on", "shipped_on", "told_on"},
			rows: func(add func(...any)) {
				list := g.customers()
				for k := range g.size.Months {
					for n := range min(30, 5+g.size.People/2) {
						g.said(list, k*100+n, k, add)
					}
				}
			}},
	}
}

// idea has a business case and a stakeholder from the beginning; most are never shipped, which costs nobody anything.
func (g *generator) idea(number, k int, add func(...any)) {
	c := g.about('i', number)
	on := g.starts[k] + comp.Date(c.below(27))
	person, department := 0, "Top Management"
	at := c.below(g.size.People)
	g.present(on, func(p int, d string) {
		if p <= at {
			person, department = p, d
		}
	})
	signed, shipped, proved, outcome, product := comp.NoDate, comp.NoDate, comp.NoDate, "", ""
	stakeholder := ""
	g.present(on, func(p int, d string) {
		if d == "Marketing" && stakeholder == "" {
			stakeholder = g.id(p)
		}
	})
	if stakeholder != "" && c.perMille(500) {
		signed = on + comp.Date(5+c.below(20))
	}
	if signed != comp.NoDate && c.perMille(600) {
		shipped, product = signed+comp.Date(20+c.below(90)), products[c.below(len(products))].name
		if c.perMille(650) {
			proved = shipped + comp.Date(30+c.below(60))
			outcome = []string{"fewer calls about calibration", "usage of export up", "two references", "no effect"}[c.below(4)]
		}
	}
	if last := g.starts[g.size.Months]; shipped >= last {
		shipped, product, proved, outcome = comp.NoDate, "", comp.NoDate, ""
	} else if proved >= last {
		proved, outcome = comp.NoDate, ""
	}
	add(fmt.Sprintf("ID-%04d", number+1), on, g.id(person), department, []string{"Calibrate by phone", "Export to a sheet", "Spare parts in a day",
		"One invoice for all sites"}[c.below(4)], []string{"saves each customer a visit", "asked for by ten accounts", "keeps accounts at risk"}[c.below(3)], stakeholder,
		signed, c.below(6), shipped, outcome, proved, product)
}

// said is one thing that a customer said, from the day on which somebody wrote it down to the day on which the customer heard what
// became of it.
func (g *generator) said(list []*account, number, k int, add func(...any)) {
	c := g.about('w', number)
	on := g.starts[k] + comp.Date(c.below(27))
	linked, shipped, told, idea := comp.NoDate, comp.NoDate, comp.NoDate, ""
	last := g.starts[g.size.Months]
	if c.perMille(220) {
		linked, idea = on+comp.Date(1+c.below(20)), fmt.Sprintf("ID-%04d", max(0, k-1)*100+c.below(4)+1)
	}
	if linked != comp.NoDate && c.perMille(350) {
		if shipped = linked + comp.Date(15+c.below(60)); c.perMille(750) {
			told = shipped + comp.Date(1+c.below(14))
		}
	}
	if linked >= last {
		linked, idea = comp.NoDate, ""
	}
	if shipped >= last {
		shipped, told = comp.NoDate, comp.NoDate
	}
	if told >= last {
		told = comp.NoDate
	}
	add(fmt.Sprintf("FB-%05d", number+1), on, list[c.below(len(list))].id, []string{departmentCare, departmentSales, "Marketing"}[c.below(3)],
		topics[c.below(len(topics))], idea, linked, shipped, told)
}
