package example

import (
	"fmt"

	"carrot/transform/comp"
)

// voiceBooks are what others say of the company and its people of each other, and what each job is to the customer.
func (g *generator) voiceBooks() []book {
	list := g.customers()
	return []book{
		{name: "brand.csv", header: []string{"respondent", "wave", "asked_on", "market", "aware", "considers", "searched_first"}, rows: g.brand},
		{name: "advocates.csv", header: []string{"advocate", "account", "contact", "objective", "owner", "since", "outcome", "outcome_on"}, rows: func(add func(...any)) {
			people := g.contacts()
			for i := range min(24, len(people)) {
				g.advocate(&people[i*len(people)/24%len(people)], i, add)
			}
		}},
		{name: "community.csv", header: []string{"post", "on", "account", "answered_by", "question", "answered", "solved"}, rows: func(add func(...any)) {
			for k := range g.size.Months {
				for n := range min(20, g.size.People) {
					c := g.about('y', k*100+n)
					on := g.starts[k] + comp.Date(c.below(28))
					answered := c.perMille(860)
					add(fmt.Sprintf("P-%05d", k*100+n+1), on, list[c.below(len(list))].id, g.id(g.care(c, on)), c.perMille(700), answered, answered && c.perMille(720))
				}
			}
		}},
		{name: "recognition.csv", header: []string{"id", "on", "employee", "from", "words", "may_be_shown"}, rows: g.recognition},
		{name: "contributions.csv", header: []string{"job", "contribution"}, rows: g.contributions},
	}
}

// brand is a tracker of people who buy such things, customers or not, in the first month of each quarter.
func (g *generator) brand(add func(...any)) {
	n := 0
	for k := 0; k < g.size.Months; k += 3 {
		for i := range min(160, 20+g.size.People*3) {
			c := g.about('n', k*1000+i)
			n++
			aware := c.perMille(430 + k*6)
			considers := aware && c.perMille(380)
			add(fmt.Sprintf("BT-%05d", n), g.wave(k), g.starts[k]+comp.Date(c.below(20)), []string{"DACH", "US"}[c.below(2)], aware, considers, considers && c.perMille(450))
		}
	}
}

func (g *generator) advocate(p *contact, i int, add func(...any)) {
	c := g.about('u', i)
	since := first + comp.Date(c.below(150))
	last := g.starts[g.size.Months] - 1
	outcome, on := "", since+comp.Date(30+c.below(200))
	if c.perMille(650) && on <= last {
		outcome = []string{"reference that closed", "reference that closed", "talk given", "none"}[c.below(4)]
	} else {
		on = comp.NoDate
	}
	since = min(since, last)
	add(fmt.Sprintf("AD-%02d", i+1), p.account.id, p.id, []string{"three references a year", "speak at the fair", "help with the beta"}[c.below(3)],
		g.id(g.keeper(p.account, since)), since, outcome, on)
}

// recognition is what people thank each other for; some do not want it shown.
func (g *generator) recognition(add func(...any)) {
	g.months(func(k int, from, last comp.Date) {
		for n := range 3 {
			c := g.about('a', k*10+n)
			at, to, by := c.below(g.size.People), 0, 0
			g.present(last, func(p int, _ string) {
				if p <= at {
					to = p
				}
				if p <= g.size.People-1-at {
					by = p
				}
			})
			if to == by {
				to, by = planSeller, planSalaryTypo
			}
			add(fmt.Sprintf("RC-%04d", k*10+n+1), from+comp.Date(c.below(27)), g.id(to), g.id(by), []string{"stayed on the line until the plant ran again",
				"told the customer the truth about the date", "wrote the guide that ended forty calls"}[c.below(3)], c.perMille(700))
		}
	})
}

// contributions say for each job what it does for the customer.
func (g *generator) contributions(add func(...any)) {
	for _, c := range [][2]string{
		{"Account Executive", "You promise what we can deliver, and stay until the customer has it."},
		{"Accountant", "Invoices that are right the first time are the customer's quiet proof that we care."},
		{"Chief Executive Officer", "You decide whose problem comes first."},
		{"Chief Operating Officer", "What you plan is what customers were promised."},
		{"Customer Service Director", "Your people may decide; customers notice on the first call."},
		{"Development Director", "What customers stumble over reaches your plan, and they hear when it is gone."},
		{"Finance Director", "You pay for what customers got out of it, and say what it is worth."},
		{"Marketing Director", "You say of us only what customers say as well."},
		{"Marketing Manager", "Customers find what helps them before they have to ask."},
		{"Sales Director", "Your team sells what stays sold."},
		{"Service Agent", "The customer's day goes on because of you."},
		{"Service Team Lead", "Your team knows why a customer called before the next one does."},
		{"Software Developer", "What you ship is what a customer uses on Monday."},
	} {
		add(c[0], c[1])
	}
}
