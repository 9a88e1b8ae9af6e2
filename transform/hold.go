package transform

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// logins holds payees who are paid by rows of a system in which they have no login on any day of the measuring period: a
// commission of zero would look like a result.
func (s *settler) logins(ds []duty) {
	for _, d := range ds {
		c := &s.in.Plans[d.plan].Components[d.component]
		if d.pay != s.in.Run.Period || c.Shown {
			continue
		}
		for _, id := range s.in.behind(c.Pays()) {
			if m, ok := s.measures[id]; ok && s.in.Measures[m].Pool == comp.PoolPayee {
				s.loginsOf(&d, &s.in.Measures[m])
			}
		}
	}
}

func (s *settler) loginsOf(d *duty, m *comp.Measure) {
	for i := range s.company.People {
		p := &s.company.People[i]
		if participated(s.part.spans[i][d.plan], d.period) == 0 || s.reachable(p.ID, m, d.period) {
			continue
		}
		system := m.Terms[0].Owner.System
		s.find(comp.Finding{Code: "payee_without_login", Reach: comp.ReachPayee, Table: "crosswalk", Key: p.ID, Column: system, Payee: p.ID, Origin: firstOrigin(p),
			Message: fmt.Sprintf("%s is paid by %s but has no %s login in %s", p.ID, m.ID, system, d.period),
			Hint:    fmt.Sprintf("add a row to the crosswalk: %s,<login>,%s,%s,", system, p.ID, d.period.Start)})
	}
}

// reachable says whether any term of a measure can credit a payee in a period. A formula has none: those that it is worked out of
// are asked by themselves.
func (s *settler) reachable(payee string, m *comp.Measure, p comp.Period) bool {
	if len(m.Terms) == 0 {
		return true
	}
	for _, t := range m.Terms {
		if t.Owner.System == "" || t.Owner.Rollup != "" { // what rolls up needs no login of those above
			return true
		}
		for _, l := range s.systems[payee] {
			if l.Value == t.Owner.System && l.Intersect(p).Days() > 0 {
				return true
			}
		}
	}
	return false
}

// waive marks a finding that a waiver in force on the business date settles.
func (a *assessment) waive(f *comp.Finding) {
	id := f.ID()
	for _, w := range a.in.Waivers {
		if w.Finding == id && a.in.Run.Business <= w.Until {
			f.Waived = w.Reason + " (" + w.By + ")"
		}
	}
}

// tell adds a finding that came up after hold, and says whether it holds.
func (a *assessment) tell(f comp.Finding) bool {
	a.waive(&f)
	a.findings = append(a.findings, f)
	return f.Holds()
}

// hold applies waivers, sorts the findings and sees whom they reach.
func (a *assessment) hold() {
	for i := range a.findings {
		a.waive(&a.findings[i])
	}
	comp.SortFindings(a.findings)
	a.held = map[string][]string{}
	for _, f := range a.findings {
		if !f.Holds() {
			continue
		}
		switch f.Reach {
		case comp.ReachPayee:
			a.holdPayee(f.Payee, f.ID())
		case comp.ReachMeasure:
			for _, payee := range a.paidBy(f.Measure) {
				a.holdPayee(payee, f.ID())
			}
		}
	}
}

// holdPayee notes that a finding holds a payee, once however many rows say the same.
func (a *assessment) holdPayee(payee, finding string) {
	if !slices.Contains(a.held[payee], finding) {
		a.held[payee] = append(a.held[payee], finding)
	}
}

// paidBy is everyone whom a measure pays in this run, by itself, as a part or as a gate, each once, sorted by id.
func (a *assessment) paidBy(measure string) []string {
	var out []string
	for _, e := range a.entitlements {
		c := &a.in.Plans[e.duty.plan].Components[e.duty.component]
		id := a.company.People[e.payee].ID
		if e.account != "" || e.duty.pay != a.in.Run.Period || c.Shown || (len(out) > 0 && out[len(out)-1] == id) {
			continue
		}
		if slices.Contains(a.in.behind(c.Measures()), measure) {
			out = append(out, id)
		}
	}
	return out
}

// Stops says whether findings reach a source or the run: nothing is then paid or posted.
func Stops(findings []comp.Finding) bool {
	for _, f := range findings {
		if f.Holds() && f.Reach >= comp.ReachSource {
			return true
		}
	}
	return false
}

// expect compares declared control totals with what the run found. One that is not met stops the run.
func (a *assessment) expect() error {
	for _, e := range a.in.Settings.Expect {
		if e.Period != "" && e.Period != a.in.Run.Period.Name() {
			continue
		}
		got, err := a.found(e)
		if err != nil {
			return err
		}
		met := got.Cmp(e.Want) == 0
		a.expectations = append(a.expectations, comp.Expectation{Name: e.Name, Want: e.Want.String(), Got: got.String(), Met: met})
		if !met {
			a.findings = append(a.findings, comp.Finding{Code: "expectation_unmet", Reach: comp.ReachRun, Table: e.Table, Key: e.Name, Text: got.String(),
				Message: fmt.Sprintf("%s: expected %s, found %s", e.Name, e.Want, got), Hint: "complete the export, or correct expect in the config",
				Origin: comp.Origin{Name: e.Where.File}, Line: e.Where.Line, Col: e.Where.Col})
		}
	}
	return nil
}

func (a *assessment) found(e comp.Expect) (comp.Number, error) {
	if e.People {
		n := 0
		for i := range a.company.People {
			if participated(a.company.People[i].Employed, a.in.Run.Period) > 0 {
				n++
			}
		}
		return comp.Int(int64(n)), nil
	}
	rows, _, err := readTable(a.in, e.Table)
	if err != nil || e.Column == "" {
		return comp.Int(int64(len(rows))), err
	}
	total := comp.Number{}
	for _, r := range rows {
		if v := r.get(e.Column); v.Kind == comp.KindNumber {
			total = total.Add(v.Number)
		}
	}
	return total, nil
}
