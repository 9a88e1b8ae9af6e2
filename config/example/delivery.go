package example

import (
	"fmt"

	"carrot/transform/comp"
)

// deliveryBooks say what was promised and accepted of each deal that was delivered, and who was briefed before a release.
func (g *generator) deliveryBooks() []book {
	return []book{
		{name: "milestones.csv", header: []string{"milestone", "deal", "office", "seller", "account", "promised_on", "planned_on", "accepted_on", "accepted_by",
			"scope_changed", "open_p1", "satisfaction", "answered_on"}, rows: g.milestones},
		{name: "briefings.csv", header: []string{"release", "released_on", "employee", "department", "briefed_on"}, rows: g.briefings},
	}
}

func (g *generator) milestones(add func(...any)) {
	people := g.contacts()
	for month := range g.size.Months {
		from, to := g.rows(unitDeal, month)
		for n := from; n < to; n++ {
			d := g.deal(n, month)
			delivered := d.states[len(d.states)-1].delivered
			if delivered == comp.NoDate || delivered >= g.starts[g.size.Months] {
				continue
			}
			c := g.about('d', n)
			p := &people[c.below(len(people))]
			late := delivered > d.promised
			office, satisfied, answered := "US", "", comp.NoDate
			if d.german {
				office = "DE"
			}
			urgent := c.perMille(40) || late && c.perMille(150)
			if c.perMille(550) {
				grade := 3 + c.below(3)
				if late || urgent {
					grade = 1 + c.below(4)
				}
				satisfied, answered = fmt.Sprint(grade), delivered+comp.Date(1+c.below(12))
			}
			add(fmt.Sprintf("MS-%05d", n+1), d.id, office, g.id(d.owner), p.account.id, d.promised, d.promised-comp.Date(c.below(5)), delivered, p.id,
				c.perMille(60), urgent, satisfied, answered)
		}
	}
}

// briefings are those of everybody who talks to customers, for the release of each quarter's first month.
func (g *generator) briefings(add func(...any)) {
	for k := 0; k < g.size.Months; k += 3 {
		released := g.starts[k] + 19
		g.present(released, func(person int, department string) {
			if department != departmentSales && department != departmentCare && department != "Marketing" {
				return
			}
			c, on := g.about('f', k*100_003+person), comp.NoDate
			switch {
			case c.perMille(780):
				on = released - comp.Date(1+c.below(9))
			case c.perMille(500):
				on = released + comp.Date(1+c.below(9))
			}
			add(fmt.Sprintf("Release %d.%d", 2025+k/12, k%12/3+1), released, g.id(person), department, on)
		})
	}
}
