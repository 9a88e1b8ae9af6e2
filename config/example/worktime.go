package example

import (
	"fmt"
	"strings"

	"carrot/config/example/truth"
	"carrot/transform/comp"
)

// timeBooks are the hours that calendars and contracts tell, and who came and went.
func (g *generator) timeBooks() []book {
	return []book{
		{name: "calendar_hours.csv", header: []string{"entry", "on", "employee", "department", "attendees", "accepted_by_customer", "recurring", "hours", "account"}, rows: g.calendar},
		{name: "contracted_hours.csv", header: []string{"month", "employee", "department", "hours"}, rows: func(add func(...any)) {
			g.months(func(_ int, from, last comp.Date) {
				g.present(last, func(person int, department string) {
					add(from, g.id(person), department, contracted(&g.world.People[person], last))
				})
			})
		}},
		{name: "headcount.csv", header: []string{"month", "department", "opening", "joiners", "moved", "left_by_choice", "left_dismissed", "left_outsourced", "regretted",
			"closing"}, rows: g.headcount},
	}
}

// contracted are the hours of a month by contract, less leave.
func contracted(p *truth.Person, day comp.Date) int {
	hours := 0
	for _, j := range p.Jobs {
		if j.Effective <= day {
			hours = int(160 * j.FTE / 100)
		}
	}
	return hours
}

// calendar is what calendars show of time with customers and with other departments. A series that no customer ever accepted is in
// it as well: it counts as nothing.
func (g *generator) calendar(add func(...any)) {
	n, list := 0, g.customers()
	g.months(func(k int, from, last comp.Date) {
		g.present(last, func(person int, department string) {
			c := g.about('h', k*100_003+person)
			meetings := map[string]int{departmentSales: 5, departmentCare: 4, "Top Management": 3, "Marketing": 2}[department]
			for i := range meetings + 2 {
				class, accepted, recurring := "customer", !c.perMille(120), false
				if i >= meetings {
					class, accepted = []string{"Finance", "Development", "Sales", "Customer Service"}[c.below(4)], false
				} else if recurring = c.perMille(150); recurring {
					accepted = c.perMille(400)
				}
				n++
				on, met := from+comp.Date(c.below(int(last-from)+1)), ""
				if class == "customer" {
					met = g.meets(list, n, person, on)
				}
				add(fmt.Sprintf("CA-%06d", n), on, g.id(person), department, class, accepted, recurring,
					fmt.Sprintf("%d.%d", 1+c.below(7), 5*c.below(2)), met)
			}
		})
	})
}

// meets is the account that a meeting is with: sellers mostly meet their own, and nobody goes to every seventh one.
func (g *generator) meets(list []*account, meeting, person int, on comp.Date) string {
	c := g.about('m', meeting)
	met := list[0]
	for range 12 {
		if a := list[c.below(len(list))]; a.number%7 != 4 && a.since <= on {
			if met = a; g.keeper(a, on) == person {
				break
			}
		}
	}
	return met.id
}

// headcount is opening, joiners, leavers and closing by department and month, as the roster has them: closing is opening, joiners and
// who moved in, less who moved out and who left. Why somebody left is HR's own note, set before the last day.
func (g *generator) headcount(add func(...any)) {
	g.months(func(k int, from, last comp.Date) {
		type row struct{ opening, joined, moved, choice, dismissed, outsourced, regretted, closing int }
		rows := map[string]*row{}
		for _, d := range strings.Split("Customer Service,Development,Finance,Marketing,Sales,Top Management", ",") {
			rows[d] = &row{}
		}
		for i := range g.world.People {
			before, after := g.departmentOn(i, max(first, from-1)), g.departmentOn(i, last)
			if before != "" {
				rows[before].opening++
			}
			if after != "" {
				rows[after].closing++
			}
			switch c := g.about('o', i); {
			case before == after:
			case before == "":
				rows[after].joined++
			case after != "":
				rows[before].moved--
				rows[after].moved++
			case i%7 == 3:
				rows[before].dismissed++
			default:
				rows[before].choice++
				if c.perMille(500) {
					rows[before].regretted++
				}
			}
		}
		for _, d := range strings.Split("Customer Service,Development,Finance,Marketing,Sales,Top Management", ",") {
			r := rows[d]
			add(from, d, r.opening, r.joined, r.moved, r.choice, r.dismissed, r.outsourced, r.regretted, r.closing)
		}
	})
}
