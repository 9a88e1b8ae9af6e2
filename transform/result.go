package transform

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"carrot/transform/comp"
)

// result turns an assessment and what is owed for earlier months into the finished outcome.
func (a *assessment) result(due []owed) (*comp.Result, error) {
	r := &comp.Result{Run: a.in.Run, Company: a.in.Settings.Company, Question: a.in.Settings.Question, Entities: a.in.Settings.Entities,
		Credits: a.tally.credits, Waivers: a.inForce(), Expectations: a.expectations}
	for i := range a.in.Contracts {
		if c := &a.in.Contracts[i]; c.Class == comp.Sealed {
			r.Sealed = append(r.Sealed, c.Name())
		}
	}
	b := newBuilder(a)
	r.Adjustments = a.adjustments()
	a.strangers(r.Adjustments)
	lists, err := a.lists()
	if err != nil {
		return nil, err
	}
	for i := range a.company.People {
		s, ok, err := b.statement(i, due, r.Adjustments)
		if err != nil {
			return nil, err
		}
		for _, x := range s.Balances {
			r.Balances = append(r.Balances, comp.PayeeBalance{Payee: s.Payee, Name: s.Name, Entity: s.Entity, Balance: x})
		}
		if ok {
			s.Lists = lists[int32(i)]
			r.Statements = append(r.Statements, s)
			r.Ledger = append(r.Ledger, b.ledger(i, &s)...)
		}
	}
	if err := a.contribute(r.Statements); err != nil {
		return nil, err
	}
	comp.SortFindings(a.findings)
	r.Findings = a.findings
	r.Scorecards = a.scorecards()
	r.Held = a.heldList(r.Statements)
	r.Controls = a.controls()
	r.Exclusions = a.exclusions()
	r.Legal = a.legalChecks()
	r.Costs = a.accounted()
	r.Confided = slices.Concat(a.in.Confided, a.confided)
	a.detect(r)
	r.Management = a.management(r)
	return r, nil
}

// measure is the measure of an id; nil where there is none.
func (a *assessment) measure(id string) *comp.Measure {
	i, ok := slices.BinarySearchFunc(a.in.Measures, id, func(m comp.Measure, id string) int { return cmp.Compare(m.ID, id) })
	if !ok {
		return nil
	}
	return &a.in.Measures[i]
}

// inForce is the waivers that apply on the business date.
func (a *assessment) inForce() []comp.Waiver {
	var out []comp.Waiver
	for _, w := range a.in.Waivers {
		if a.in.Run.Business <= w.Until {
			out = append(out, w)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Finding < out[j].Finding })
	return out
}

// adjustments are those of this pay period and those of earlier ones that no close has posted yet, because the payee was
// held or they were decided on later; by period and id.
func (a *assessment) adjustments() []comp.Adjustment {
	type key struct{ payee, id, period string }
	posted := map[key]bool{}
	for _, l := range a.in.Ledger {
		if l.Kind == comp.AdjustmentLine {
			posted[key{l.Payee, l.Component, l.For}] = true
		}
	}
	var out []comp.Adjustment
	for _, x := range a.in.Adjustments {
		now := a.in.Run.Period.Name()
		if x.Period == now || (x.Period < now && x.Period >= a.in.Settings.First.Time().Format("2006-01") && !posted[key{x.Payee, x.ID, x.Period}]) {
			out = append(out, x)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		return out[i].Period < out[j].Period || (out[i].Period == out[j].Period && out[i].ID < out[j].ID)
	})
	return out
}

// strangers stops the run where an adjustment names nobody: its money would vanish.
func (a *assessment) strangers(adjustments []comp.Adjustment) {
	known := map[string]bool{}
	for i := range a.company.People {
		known[a.company.People[i].ID] = true
	}
	for _, x := range adjustments {
		if !known[x.Payee] {
			a.tell(comp.Finding{Code: "adjustment_unknown_payee", Reach: comp.ReachRun, Table: "adjustments", Key: x.ID, Column: "employee_id",
				Text: x.Payee, Message: fmt.Sprintf("adjustment %s names %s, who is not on the roster", x.ID, x.Payee), Hint: "correct employee_id in adjustments.csv", Origin: x.Origin})
		}
	}
}

// scorecards are the values behind this run's components.
func (a *assessment) scorecards() []comp.Score {
	var out []comp.Score
	for i := range a.entitlements {
		e := &a.entitlements[i]
		if e.duty.pay != a.in.Run.Period || e.account != "" {
			continue
		}
		s := comp.Score{Payee: a.company.People[e.payee].ID, Period: e.result.Period, Plan: e.result.Plan, Component: e.result.Component,
			Measure: e.result.Measure, N: e.result.N, Value: e.result.Value, Unit: a.unit(e), Attainment: e.result.Attainment,
			PlanDigest: a.in.Plans[e.duty.plan].Digest, Estimate: e.result.Estimate}
		if e.result.Quota != nil {
			q := e.result.Quota.Number
			s.Quota = &q
		}
		c := &a.in.Plans[e.duty.plan].Components[e.duty.component]
		if s.Measure = cmp.Or(s.Measure, c.Score); len(c.Parts) == 0 {
			out = append(out, s)
		}
		for _, p := range e.result.Parts {
			out = append(out, a.partScore(s, p, e.result.Exact.Currency))
		}
	}
	return out
}

// partScore is the row of a scorecard's part, or of a multiplier.
func (a *assessment) partScore(s comp.Score, p comp.PartResult, currency comp.Currency) comp.Score {
	s.Measure, s.N, s.Value, s.Attainment, s.Quota, s.Unit = cmp.Or(p.Measure, p.ID, p.Title), p.N, p.Value, p.Attainment, nil, ""
	s.Estimate = p.Estimate
	if m := a.measure(p.Measure); m != nil {
		if s.Unit = m.Unit; s.Unit == "money" {
			s.Unit = string(currency)
		}
	}
	return s
}

// unit is the measure's unit; money is named by its currency.
func (a *assessment) unit(e *entitlement) string {
	if e.result.Unit == "money" {
		return string(e.result.Exact.Currency)
	}
	return e.result.Unit
}

// heldList is the Held sheet: payees first, then rows, each with the findings that hold it.
func (a *assessment) heldList(statements []comp.Statement) []comp.Held {
	var out []comp.Held
	byID := map[string]*comp.Finding{}
	for i := range a.findings {
		byID[a.findings[i].ID()] = &a.findings[i]
	}
	stated := map[string]bool{}
	for _, s := range statements {
		stated[s.Payee] = true
		if len(s.HeldFor) == 0 {
			continue
		}
		h := comp.Held{Kind: "payee", Payee: s.Payee, Name: s.Name, Amount: s.HeldTotal.String(), Findings: s.HeldFor}
		if f := byID[s.HeldFor[0]]; f != nil {
			h.Reason, h.Table, h.Key = f.Message, f.Table, f.Key
		}
		out = append(out, h)
	}
	for _, f := range a.findings { // sorted: of one payee without a statement the first finding gives the reason
		if id := f.Payee; f.Holds() && f.Reach == comp.ReachPayee && !stated[id] {
			stated[id] = true
			out = append(out, comp.Held{Kind: "payee", Payee: id, Name: id, Reason: f.Message, Table: f.Table, Key: f.Key, Findings: a.held[id]})
		}
	}
	for _, f := range a.findings {
		if f.Holds() && f.Reach == comp.ReachRow {
			out = append(out, comp.Held{Kind: "row", Payee: f.Payee, Table: f.Table, Key: f.Key, Label: f.Label, Amount: f.Amount,
				Findings: []string{f.ID()}, Reason: f.Message})
		}
	}
	return out
}

// controls turn each fact table's dispositions into the certificate's lines: a credited row is held where its first
// owner's statement is.
func (a *assessment) controls() []comp.Control {
	var out []comp.Control
	for _, d := range a.tally.controls {
		paid, held := bucket{}, d.held
		subjects := make([]int32, 0, len(d.credited))
		for s := range d.credited {
			subjects = append(subjects, s)
		}
		sort.Slice(subjects, func(i, j int) bool { return subjects[i] < subjects[j] })
		for _, s := range subjects {
			if a.heldFirst(s) {
				held = held.plus(d.credited[s])
			} else {
				paid = paid.plus(d.credited[s])
			}
		}
		if wait := a.unreleased(d.table); wait.rows > 0 {
			paid, held = paid.minus(wait), held.plus(wait)
		}
		c := comp.Control{Table: d.table}
		for _, p := range []struct {
			name string
			b    bucket
		}{{"in", d.in}, {"paid", paid}, {"held", held}, {"excluded", d.excluded}, {"exception", d.exception}, {"other periods", d.other}, {"superseded", d.superseded}} {
			c.Parts = append(c.Parts, comp.ControlPart{Name: p.name, Rows: p.b.rows, Sums: p.b.amounts()})
		}
		out = append(out, c)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Table < out[j].Table })
	return out
}

// heldFirst says whether the statement of a row's first owner is held; a pool has none.
func (a *assessment) heldFirst(subject int32) bool {
	return int(subject) < len(a.company.People) && len(a.held[a.company.People[subject].ID]) > 0
}

func (b bucket) plus(o bucket) bucket {
	sums := make(map[comp.Currency]comp.Number, len(b.sums)+len(o.sums))
	for c, n := range b.sums {
		sums[c] = n
	}
	for c, n := range o.sums {
		sums[c] = sums[c].Add(n)
	}
	return bucket{rows: b.rows + o.rows, sums: sums}
}

func (b bucket) amounts() []comp.Amount {
	out := make([]comp.Amount, 0, len(b.sums))
	for c, n := range b.sums {
		out = append(out, comp.Amount{Number: n, Currency: c})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Currency < out[j].Currency })
	return out
}
