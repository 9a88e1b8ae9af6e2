package transform

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// choreTitles are what kinds of work are called, as comp.Chores names them.
var choreTitles = map[string]string{
	"acceptances": "Plan documents that people signed",
	"questions":   "Questions of checks that people were asked",
	"reviews":     "Answers that were read, and cases closed",
	"adjustments": "Adjustments decided by hand",
	"waivers":     "Waivers in force",
	"findings":    "Findings that hold something until somebody settles them",
	"approvals":   "Approvals of the close",
}

// chores counts the work that the run, and the files that it read, made for people in its month.
func (a *assessment) chores(r *comp.Result) map[string]int {
	month, n := a.in.Run.Period, map[string]int{}
	for _, day := range a.company.Accepted { // a sum
		n["acceptances"] += int(one(month.Contains(day)))
	}
	for i := range r.Cases {
		c := &r.Cases[i]
		if c.Payee == "" || !widely(r, c) {
			continue
		}
		n["questions"] += int(one(month.Start < c.Opened && c.Opened <= month.End))
		n["reviews"] += int(one(c.State == comp.CaseClosed && month.Contains(c.Closed)))
	}
	for _, x := range r.Adjustments {
		n["adjustments"] += int(one(x.Period == month.Name()))
	}
	n["waivers"] = len(r.Waivers)
	for _, f := range r.Findings {
		if f.Holds() {
			n["findings"] += max(1, f.Count)
		}
	}
	n["approvals"] = int(one(a.in.Settings.Approval && a.in.Run.Kind == comp.Close))
	return n
}

// widely says whether a case is of a check that looked at so many people that their number of cases may be told.
func widely(r *comp.Result, c *comp.Case) bool {
	return slices.ContainsFunc(r.Looked, func(l comp.Looked) bool {
		return l.Detector == c.Detector && l.Period == c.Period && l.People >= fewestPaid
	})
}

// redTape tells how much work the program itself makes: what it asked people to do in the month, by kind, times the minutes that the
// company says each takes, for each person who got a statement.
func (l *looker) redTape(spec *comp.SectionSpec, s *comp.Section, r *comp.Result) {
	s.Columns = []comp.SectionColumn{{Title: "What people were asked to do"}, {Title: "How often", Right: true}, {Title: "Minutes each", Right: true}, {Title: "Minutes", Right: true}, {Title: "Minutes per payee", Right: true}}
	counts, payees := l.a.chores(r), int64(len(r.Statements))
	times, total := 0, comp.Number{}
	per := func(n comp.Number) string {
		if payees == 0 {
			return "-"
		}
		return comp.Grouped(over(n, comp.Int(payees)).Fixed(2, comp.HalfEven))
	}
	for _, kind := range comp.Chores {
		n := counts[kind]
		times += n
		row := []string{choreTitles[kind], comp.Grouped(fmt.Sprint(n)), "-", "-", "-"}
		if i := slices.IndexFunc(spec.Minutes, func(c comp.Chore) bool { return c.Kind == kind }); i >= 0 {
			each := spec.Minutes[i].Minutes
			all := each.Mul(comp.Int(int64(n)))
			total = total.Add(all)
			row[2], row[3], row[4] = comp.Grouped(each.String()), comp.Grouped(all.String()), per(all)
		}
		s.Rows = append(s.Rows, row)
	}
	s.After = append(s.After, fmt.Sprintf("In %s, for %s people with a statement. Questions and cases are those of checks that looked at %d people or more.", l.a.in.Run.Period.Words(), comp.Grouped(fmt.Sprint(payees)), fewestPaid))
	if len(spec.Minutes) == 0 {
		s.After = append(s.After, "Nobody has said how many minutes any of it takes: minutes: in this section of the config says it.")
		return
	}
	s.Rows = append(s.Rows, []string{"Together", comp.Grouped(fmt.Sprint(times)), "-", comp.Grouped(total.String()), per(total)})
	s.After = append(s.After, "Minutes each are what the company assumes, and were not measured.")
	var unsaid []string
	for _, kind := range comp.Chores {
		if !slices.ContainsFunc(spec.Minutes, func(c comp.Chore) bool { return c.Kind == kind }) {
			unsaid = append(unsaid, kind)
		}
	}
	if len(unsaid) > 0 {
		s.After = append(s.After, "Without minutes, and so in no minutes above: "+strings.Join(unsaid, ", ")+".")
	}
}
