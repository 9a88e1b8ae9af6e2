package example

import (
	"carrot/config/example/truth"
	"carrot/transform/comp"
)

// has says whether the company is large and long enough for a case: a person by index and a month by number.
func (g *generator) has(person, month int) bool {
	return person < g.size.People && month < g.size.Months
}

// plant notes a case for tests.
func (g *generator) plant(kind, table, key string, month, known int, note string, people ...int) {
	c := truth.Case{Kind: kind, Table: table, Key: key, Month: g.world.Month(month), Known: g.world.Month(known), Note: note}
	for _, p := range people {
		c.Payees = append(c.Payees, g.world.People[p].ID)
	}
	g.world.Planted = append(g.world.Planted, c)
}

func (g *generator) job(person int, day comp.Date, change func(*truth.Job)) {
	p := &g.world.People[person]
	j := p.Jobs[len(p.Jobs)-1]
	j.Known, j.Effective = g.known(day), day
	change(&j)
	p.Jobs = append(p.Jobs, j)
}

func (g *generator) status(person int, day comp.Date, status string) {
	p := &g.world.People[person]
	p.Status = append(p.Status, truth.Status{Known: g.known(day), Effective: day, Status: status})
}

// restart makes a person's first day later than the generator drew it.
func (g *generator) restart(person int, day comp.Date) {
	p := &g.world.People[person]
	p.Status[0].Effective, p.Status[0].Known = day, g.known(day)
	p.Jobs[0].Effective, p.Jobs[0].Known = day, g.known(day)
	p.Salaries[0].Effective, p.Salaries[0].Known = day, g.known(day)
}

// plantPeople gives the planted people their histories.
func (g *generator) plantPeople() {
	if g.has(planTransfer, 4) {
		g.job(planTransfer, comp.Day(2025, 5, 16), func(j *truth.Job) {
			j.Department, j.Title = departmentCare, "Service Agent"
			j.Manager = g.boss(planTransfer, role{department: departmentCare})
		})
		g.plant(truth.KindTransfer, "bamboohr.job", "", 4, 4, "Sales to Customer Service on 2025-05-16", planTransfer)
	}
	if g.has(planLeaver, 8) {
		g.status(planLeaver, comp.Day(2025, 9, 20), statusGone)
		g.plant(truth.KindLeaver, "bamboohr.status", "", 8, 8, "last day 2025-09-19", planLeaver)
	}
	if g.has(planRehire, 9) {
		g.status(planRehire, comp.Day(2025, 6, 1), statusGone)
		g.status(planRehire, comp.Day(2025, 10, 15), statusFull)
		g.plant(truth.KindRehire, "bamboohr.status", "", 9, 9, "away from 2025-06-01 to 2025-10-14", planRehire)
	}
	if g.has(planBackdated, 9) {
		g.job(planBackdated, comp.Day(2025, 9, 1), func(j *truth.Job) { j.FTE, j.Known.From = 80, 9 })
		g.plant(truth.KindBackdated, "bamboohr.job", "", 8, 9, "0.8 from 2025-09-01, entered in October", planBackdated)
	}
	if g.has(planLateHire, 3) {
		g.restart(planLateHire, comp.Day(2025, 4, 14))
	}
	if g.has(planFewTickets, 10) {
		g.restart(planFewTickets, comp.Day(2025, 12, 1))
	}
	if g.has(planSalaryTypo, 9) {
		p := &g.world.People[planSalaryTypo]
		wrong := truth.Salary{Known: truth.Known{From: 8, Until: 9}, Effective: comp.Day(2025, 9, 1), Rate: "4900.00"}
		right := truth.Salary{Known: truth.Known{From: 9, Until: truth.Always}, Effective: comp.Day(2025, 10, 1), Rate: "4900.00"}
		p.Salaries = append(p.Salaries, wrong, right)
		g.plant(truth.KindVanished, "bamboohr.compensation", p.ID+"|2025-09-01", 8, 9, "a rise entered for the wrong month, put right in October", planSalaryTypo)
	}
	if g.has(planEdge, 7) {
		g.job(planEdge, comp.Day(2025, 8, 1), func(j *truth.Job) { j.Manager = g.world.People[planSeller].ID })
	}
}
