package example

import (
	"carrot/config/example/truth"
	"carrot/transform/comp"
)

// american is MM/DD/YYYY, the date format of the person who exports from BambooHR.
func american(d comp.Date) string { return d.Time().Format("01/02/2006") }

// reported is who stands in HR's reports of a drop, with the last row of each history that the drop knows.
func (g *generator) reported(k int, each func(p *truth.Person, job truth.Job, status truth.Status, salary truth.Salary)) {
	for i := range g.world.People {
		p := &g.world.People[i]
		var job truth.Job
		var status truth.Status
		var salary truth.Salary
		there := false
		for _, j := range p.Jobs {
			if j.At(k) {
				job = j
			}
		}
		for _, s := range p.Status {
			if s.At(k) {
				status, there = s, true
			}
		}
		for _, s := range p.Salaries {
			if s.At(k) {
				salary = s
			}
		}
		if there {
			each(p, job, status, salary)
		}
	}
}

func division(entity string) (name, location string) {
	if entity == "DE01" {
		return "Germany", "Berlin"
	}
	return "United States", "Boston"
}

// lastFirst is how BambooHR names people in one column.
func lastFirst(p *truth.Person) string { return p.Last + ", " + p.First }

func (g *generator) bossName(id string) string {
	for i := range g.world.People {
		if g.world.People[i].ID == id {
			return lastFirst(&g.world.People[i])
		}
	}
	return ""
}

func (g *generator) writeEmployees(k int, s *sheet) {
	s.end1 = "\r\n"
	s.cells("Employee #", "Last name, First name", "First Name", "Last Name", "Work Email", "Job Title", "Department", "Division", "Location", "Reporting to",
		"Hire Date", "Termination Date", "Employment Status", "Pay rate", "Pay rate - Currency code", "Pay type", "Payroll #", "Status")
	s.end()
	bosses := map[string]string{}
	g.reported(k, func(p *truth.Person, job truth.Job, status truth.Status, salary truth.Salary) {
		div, location := division(p.Entity)
		gone, active := "", "Active"
		if status.Status == statusGone {
			gone, active = american(status.Effective-1), "Inactive"
		}
		if _, ok := bosses[job.Manager]; !ok {
			bosses[job.Manager] = g.bossName(job.Manager)
		}
		s.cells(p.ID, lastFirst(p), p.First, p.Last, p.Email, job.Title, job.Department, div, location, bosses[job.Manager],
			american(p.Status[0].Effective), gone, status.Status, salary.Rate, string(p.Currency), "Salary", p.Payroll, active)
		s.end()
	})
}

func (g *generator) writeJobs(k int, s *sheet) {
	s.end1 = "\r\n"
	s.cells("Employee #", "Last name, First name", "Job Information: Date", "Location", "Division", "Department", "Job Title", "Reporting to: Employee #", "FTE")
	s.end()
	for i := range g.world.People {
		p := &g.world.People[i]
		div, location := division(p.Entity)
		for _, j := range p.Jobs {
			if j.At(k) {
				fte := string([]byte{byte('0' + j.FTE/100), '.', byte('0' + j.FTE/10%10), byte('0' + j.FTE%10)})
				s.cells(p.ID, lastFirst(p), american(j.Effective), location, div, j.Department, j.Title, j.Manager, fte)
				s.end()
			}
		}
	}
}

func (g *generator) writeStatus(k int, s *sheet) {
	s.end1 = "\r\n"
	s.cells("Employee #", "Last name, First name", "Employment Status: Date", "Employment Status", "Comments")
	s.end()
	for i := range g.world.People {
		p := &g.world.People[i]
		for n, row := range p.Status {
			if !row.At(k) {
				continue
			}
			comment := ""
			switch {
			case row.Status == statusGone:
				comment = "Own wish.\nExit interview held, \"on good terms\""
			case n > 0:
				comment = "Rehired"
			}
			s.cells(p.ID, lastFirst(p), american(row.Effective), row.Status, comment)
			s.end()
		}
	}
}

func (g *generator) writeSalaries(k int, s *sheet) {
	s.end1 = "\r\n"
	s.cells("Employee #", "Last name, First name", "Compensation: Date", "Pay rate", "Pay rate - Currency code", "Pay type", "Paid per", "Change reason")
	s.end()
	for i := range g.world.People {
		p := &g.world.People[i]
		for n, row := range p.Salaries {
			if !row.At(k) {
				continue
			}
			reason := "Hire"
			if n > 0 {
				reason = "Merit"
			}
			s.cells(p.ID, lastFirst(p), american(row.Effective), row.Rate, string(p.Currency), "Salary", "Month", reason)
			s.end()
		}
	}
}
