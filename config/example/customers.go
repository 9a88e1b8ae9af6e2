package example

import (
	"carrot/transform/comp"
)

// account is a customer of the company; contacts are its people.
type account struct {
	number    int
	id, name  string
	segment   string // SMB or ENT
	strategic bool
	german    bool
	since     comp.Date
	margin    int // a year, in whole units of its currency
	retention int // per mille a year
	wallet    int // what it spends in our field, per cent of what it spends with us
	treated   bool
}

type contact struct {
	id      string
	account *account
	role    string
	german  bool
}

// The roles of contacts.
const (
	decides    = "decision maker"
	influences = "influencer"
	uses       = "user"
)

var cities = []string{"", " Berlin", " Boston", " Lyon", " Oslo", " Graz", " Leeds", " Porto", " Zürich", " Austin"}

// customers are the accounts: a few more than two for each employee, and 150 at most.
func (g *generator) customers() []*account {
	list := make([]*account, min(150, 10+g.size.People*7/3))
	for i := range list {
		c := g.about('c', i)
		a := &account{number: i, id: "0013x00002" + counter(i, 5), name: accounts[i%len(accounts)] + cities[i/len(accounts)], segment: "SMB", german: i%9 < 5}
		a.strategic = i%6 == 0
		if a.strategic || c.perMille(80) {
			a.segment = "ENT"
		}
		a.since = comp.Day(2019, 1, 1) + comp.Date(c.below(2100))
		if i%8 == 7 { // won within the months
			a.since = g.starts[c.below(g.size.Months)]
		}
		a.margin = (4 + c.below(20)) * 500
		if a.segment == "ENT" {
			a.margin *= 6
		}
		a.retention, a.wallet, a.treated = 720+c.below(180), 110+c.below(300), i%2 == 0
		list[i] = a
	}
	return list
}

// currency is the one in which an account is billed.
func (a *account) currency() string {
	if a.german {
		return "EUR"
	}
	return "USD"
}

func (a *account) tier() string {
	if a.strategic {
		return "strategic"
	}
	return "other"
}

func (a *account) region() string {
	if a.german {
		return "Europe"
	}
	return "North America"
}

// keeper is the seller who looks after an account on a day: the next of its office's list who works in Sales then.
func (g *generator) keeper(a *account, day comp.Date) int {
	office := 1
	if a.german {
		office = 0
	}
	for _, list := range [][]int{g.sellers[office], g.sellers[1-office]} {
		for n := range list {
			if p := list[(a.number/9+n)%len(list)]; g.worksIn(p, 'S', day) {
				return p
			}
		}
	}
	return planSeller
}

// contacts are the people of the accounts, those who decide first.
func (g *generator) contacts() []contact {
	var out []contact
	for _, a := range g.customers() {
		c := g.about('k', a.number)
		roles := []string{decides, influences, uses, uses}
		if a.segment == "ENT" {
			roles = append(roles, decides, influences)
		}
		for range roles {
			out = append(out, contact{id: "0033x00001" + counter(len(out), 5), account: a, role: roles[0], german: a.german && c.perMille(800)})
			roles = roles[1:]
		}
	}
	return out
}

func (g *generator) customerBooks() []book {
	list := g.customers()
	last := g.starts[g.size.Months] - 1
	return []book{
		{name: "accounts.csv", header: []string{"account", "name", "segment", "tier", "region", "owner", "customer_since"}, rows: func(add func(...any)) {
			for _, a := range list {
				add(a.id, a.name, a.segment, a.tier(), a.region(), g.id(g.keeper(a, last)), a.since)
			}
		}},
		{name: "contacts.csv", header: []string{"contact", "account", "role", "language"}, rows: func(add func(...any)) {
			for _, p := range g.contacts() {
				add(p.id, p.account.id, p.role, p.language())
			}
		}},
		{name: "account_value.csv", header: []string{"account", "owner", "segment", "on", "margin", "retention", "spend_with_us", "spend_in_all", "currency"},
			rows: func(add func(...any)) { g.valued(list, add) }},
		{name: "support_experiment.csv", header: []string{"experiment", "account", "segment", "arm", "phase", "on", "margin", "retention", "currency"},
			rows: func(add func(...any)) { g.tested(list, add) }},
		{name: "experiments.csv", header: []string{"experiment", "behaviour", "accounts", "from", "to", "sponsor"}, rows: func(add func(...any)) {
			add("EX-1", "A named service agent calls after every reopened ticket", "every second of sixty", comp.Day(2025, 7, 1), comp.Day(2026, 6, 30), g.id(0))
		}},
	}
}

func (p *contact) language() string {
	if p.german {
		return "DE"
	}
	return "EN"
}

// perMille is a share as decimal text with three digits.
func perMille(n int) string {
	if n >= 1000 {
		return "1.000"
	}
	return "0." + string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

// kept is what an account is like at the end of a month: margin and retention drift, those of treated accounts a little upward from
// July 2025 on.
func (g *generator) kept(a *account, k int, after bool) (margin, retention int) {
	c := g.about('v', a.number*100+k)
	margin, retention = a.margin*(970+c.below(60)+k*3)/1000, min(960, a.retention+c.below(31)-15)
	if after && a.treated {
		retention = min(970, retention+12)
	}
	return margin, retention
}

func (g *generator) valued(list []*account, add func(...any)) {
	g.quarters(func(k int, last comp.Date) {
		for _, a := range list {
			if a.since > last {
				continue
			}
			margin, retention := g.kept(a, k, k > 5)
			spent := a.margin * 3 / 4
			add(a.id, g.id(g.keeper(a, max(first, last))), a.segment, last, minors(margin*100), perMille(retention), minors(spent*100), minors(spent*max(100, a.wallet-k)), a.currency())
		}
	})
}

// tested are the accounts of the experiment, as they were drawn, and evaluated at the end of each quarter since it began: as they
// were before it, and as they are now.
func (g *generator) tested(list []*account, add func(...any)) {
	g.quarters(func(k int, last comp.Date) {
		for _, a := range list {
			if a.number >= 60 || a.since > first || k > 0 && k < 8 {
				continue
			}
			arm := "control"
			if a.treated {
				arm = "treated"
			}
			for _, phase := range []string{"before", "after"} {
				if phase == "after" && k < 0 {
					continue
				}
				margin, retention := g.kept(a, k, true)
				if phase == "before" {
					margin, retention = g.kept(a, 5, false)
				}
				add("EX-1", a.id, a.segment, arm, phase, last, minors(margin*100), perMille(retention), "EUR")
			}
		}
	})
}
