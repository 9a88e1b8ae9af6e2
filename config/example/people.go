package example

import (
	"fmt"
	"strings"
	"unicode"

	"carrot/config/example/truth"
	"carrot/transform/comp"
)

// cast is what the generator knows of a person beside what HR knows.
type cast struct {
	german   bool
	desk     bool   // works under the shared Zendesk login at times
	username string // in Salesforce, as its exports show it
	shown    string // first and last name
}

// role is a place in the company.
type role struct{ department, title, entity string }

// opening are the places of the first 24 people: the planted cases have theirs here, and a company of five still has
// everybody it needs. Everyone else follows pattern.
var opening = []role{
	{"Top Management", "Chief Executive Officer", "DE01"},
	{"Sales", "Account Executive", "DE01"},
	{"Sales", "Account Executive", "US01"},
	{"Customer Service", "Service Agent", "DE01"},
	{"Development", "Software Developer", "DE01"},
	{"Customer Service", "Service Agent", "US01"},
	{"Marketing", "Marketing Manager", "DE01"},
	{"Finance", "Accountant", "DE01"},
	{"Sales", "Sales Director", "DE01"},
	{"Customer Service", "Customer Service Director", "DE01"},
	{"Top Management", "Chief Operating Officer", "US01"},
	{"Marketing", "Marketing Director", "US01"},
	{"Development", "Development Director", "DE01"},
	{"Finance", "Finance Director", "DE01"},
	{"Sales", "Account Executive", "DE01"},
	{"Sales", "Account Executive", "US01"},
	{"Customer Service", "Service Agent", "DE01"},
	{"Customer Service", "Service Agent", "DE01"},
	{"Customer Service", "Service Agent", "DE01"},
	{"Sales", "Account Executive", "DE01"},
	{"Sales", "Account Executive", "US01"},
	{"Customer Service", "Service Agent", "US01"},
	{"Sales", "Account Executive", "DE01"},
	{"Customer Service", "Service Agent", "DE01"},
}

var pattern = []role{
	{department: "Sales", title: "Account Executive"}, {department: "Customer Service", title: "Service Agent"},
	{department: "Development", title: "Software Developer"}, {department: "Sales", title: "Account Executive"},
	{department: "Customer Service", title: "Service Team Lead"}, {department: "Marketing", title: "Marketing Manager"},
	{department: "Sales", title: "Account Executive"}, {department: "Development", title: "Software Developer"},
	{department: "Customer Service", title: "Service Agent"}, {department: "Finance", title: "Accountant"},
	{department: "Development", title: "Software Developer"}, {department: "Sales", title: "Account Executive"},
	{department: "Customer Service", title: "Service Agent"}, {department: "Marketing", title: "Marketing Manager"},
	{department: "Sales", title: "Account Executive"}, {department: "Customer Service", title: "Service Agent"},
}

// The people of the planted cases, as indices into opening.
const (
	planSeller      = 1
	planAmerican    = 2
	planTransfer    = 14
	planLeaver      = 15
	planRehire      = 16
	planDeskBefore  = 17
	planDeskAfter   = 18
	planPartTime    = 19
	planLateHire    = 20
	planBackdated   = 21
	planEdge        = 22
	planFewTickets  = 23
	planSalaryTypo  = 4
	deskLogin       = "Service Desk 3"
	systemSales     = "salesforce"
	systemTickets   = "zendesk"
	systemSurveys   = "qualtrics"
	statusFull      = "Full-Time"
	statusPart      = "Part-Time"
	statusGone      = "Terminated"
	departmentSales = "Sales"
	departmentCare  = "Customer Service"
)

var firstNames = strings.Fields("Ada Jörg Mia Tom Ines Björn Lena Omar Zoë Karl Aiko Paul Ewa Luis Maren Noah Şirin Ben Chloé Emil " +
	"Greta Hamid Ida Jonas Kim Lars Marta Nils Olga Pia Quinn Rosa Sven Tara Uwe Vera Walt Xenia Yusuf Zara")

var lastNames = strings.Fields("Okafor Müller Nguyen Weiß Kowalczyk Schäfer Rossi Lindqvist Brown García Fischer Yılmaz Novák Becker O'Neill " +
	"Dubois Hoffmann Smith-Jones Krüger Silva Jansen Wójcik Baker Ødegård Lehmann Patel Richter Moreau Vogel Tanaka Keller Ivanova Murphy " +
	"Braun Haddad Winkler Costa Schulz Petrov Lang Reyes")

// names gives every person a name of their own: helpdesks know people by it.
func names(i int) (firstName, lastName string) {
	firstName = firstNames[i%len(firstNames)]
	lastName = lastNames[(i*7+i/len(firstNames))%len(lastNames)]
	if turn := i / (len(firstNames) * len(lastNames)); turn > 0 {
		lastName += fmt.Sprintf(" %d", turn+1)
	}
	return firstName, lastName
}

// address is a name as an e-mail address writes it.
func address(firstName, lastName string) string {
	plain := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "ë", "e", "í", "i", "ó", "o", "á", "a", "ø", "o", "å", "a",
		"ı", "i", "ş", "s", "Ø", "O", "Ş", "S", "Y", "Y", "'", "", " ", "")
	text := plain.Replace(firstName) + "." + plain.Replace(lastName)
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return -1
		}
		return unicode.ToLower(r)
	}, text) + "@nordlicht.example"
}

func (g *generator) people() {
	g.world.People = make([]truth.Person, g.size.People)
	g.staff = make([]cast, g.size.People)
	for i := range g.world.People {
		g.hire(i)
	}
	g.plantPeople()
	last := int(g.starts[g.size.Months] - first)
	g.where = make([][]byte, g.size.People)
	for i := range g.world.People {
		p := &g.world.People[i]
		g.where[i] = make([]byte, last)
		for d := range g.where[i] {
			g.where[i][d] = place(p, first+comp.Date(d))
		}
		for _, j := range p.Jobs {
			switch {
			case strings.HasSuffix(j.Title, "Director"):
			case j.Department == departmentSales && g.staff[i].german:
				g.sellers[0] = append(g.sellers[0], i)
			case j.Department == departmentSales:
				g.sellers[1] = append(g.sellers[1], i)
			case j.Department == departmentCare:
				g.agents = append(g.agents, i)
			}
		}
	}
	g.sellers[0], g.sellers[1], g.agents = distinct(g.sellers[0]), distinct(g.sellers[1]), distinct(g.agents)
}

func distinct(sorted []int) []int {
	out := sorted[:0]
	for i, n := range sorted {
		if i == 0 || n != sorted[i-1] {
			out = append(out, n)
		}
	}
	return out
}

// place is the first letter of the department on a day of employment, '*' for a director anywhere, 0 otherwise.
func place(p *truth.Person, day comp.Date) byte {
	var letter byte
	for _, j := range p.Jobs {
		if j.Effective <= day {
			letter = j.Department[0]
			if strings.HasSuffix(j.Title, "Director") {
				letter = '*'
			}
		}
	}
	for i := len(p.Status) - 1; i >= 0; i-- {
		if p.Status[i].Effective <= day {
			if p.Status[i].Status == statusGone {
				return 0
			}
			return letter
		}
	}
	return 0
}

// worksIn says whether a person works in a department, and not as its director, on a day of the company's months.
func (g *generator) worksIn(person int, letter byte, day comp.Date) bool {
	d := int(day - first)
	return d >= 0 && d < len(g.where[person]) && g.where[person][d] == letter
}

func (g *generator) hire(i int) {
	c := g.about('P', i)
	r := role{}
	if i < len(opening) {
		r = opening[i]
	} else {
		r = pattern[(i-len(opening))%len(pattern)]
		r.entity = "DE01"
		if i%5 > 2 {
			r.entity = "US01"
		}
	}
	p := &g.world.People[i]
	p.ID = fmt.Sprintf("%04d", i+1)
	p.First, p.Last = names(i)
	p.Email = address(p.First, p.Last)
	p.Entity, p.Currency, p.Payroll = r.entity, "EUR", fmt.Sprintf("%05d", 310+i*3)
	g.staff[i] = cast{german: r.entity == "DE01", username: p.Email, shown: p.First + " " + p.Last}
	if i%6 == planAmerican { // somebody typed it with a capital: logins mean the same in either case
		g.staff[i].username = strings.ToUpper(p.Email[:1]) + p.Email[1:]
	}
	if !g.staff[i].german {
		p.Currency, p.Payroll = "USD", fmt.Sprintf("%06d", 1700+i)
	}
	hired := comp.Day(2018, 1, 1) + comp.Date(c.below(2400))
	status, fte := statusFull, int64(100)
	switch {
	case i == planPartTime:
		status, fte = statusPart, 50
	case i == planDeskBefore, i >= len(opening) && c.perMille(120):
		status, fte = statusPart, 80
	}
	p.Status = []truth.Status{{Known: g.known(hired), Effective: hired, Status: status}}
	p.Jobs = []truth.Job{{Known: g.known(hired), Effective: hired, Department: r.department, Title: r.title, Manager: g.boss(i, r), FTE: fte}}
	rate := (3800 + c.below(30)*100) * int(fte) / 100
	p.Salaries = []truth.Salary{{Known: g.known(hired), Effective: hired, Rate: fmt.Sprintf("%d.00", rate)}}
	if i >= len(opening) {
		g.turnover(i, c)
	}
}

// turnover lets a few of the many come late or leave early.
func (g *generator) turnover(i int, c *chance) {
	p := &g.world.People[i]
	span := int(g.starts[g.size.Months] - first)
	switch {
	case c.perMille(40):
		hired := first + comp.Date(c.below(span))
		p.Status[0].Effective, p.Status[0].Known = hired, g.known(hired)
		p.Jobs[0].Effective, p.Jobs[0].Known = hired, g.known(hired)
		p.Salaries[0].Effective, p.Salaries[0].Known = hired, g.known(hired)
	case c.perMille(30):
		gone := first + comp.Date(c.below(span))
		p.Status = append(p.Status, truth.Status{Known: g.known(gone), Effective: gone, Status: statusGone})
	}
}

// boss is whom a person reports to: the department's director, and the chief executive for everyone above.
func (g *generator) boss(i int, r role) string {
	if i == 0 {
		return ""
	}
	directors := map[string]int{departmentSales: 8, departmentCare: 9, "Marketing": 11, "Development": 12, "Finance": 13}
	d, ok := directors[r.department]
	if !ok || d == i || d >= g.size.People {
		d = 0
	}
	return fmt.Sprintf("%04d", d+1)
}

// known is when HR's reports show what takes effect on a day: in that month's drop, never earlier.
func (g *generator) known(effective comp.Date) truth.Known {
	return truth.Known{From: uint16(g.monthOf(effective)), Until: truth.Always}
}
