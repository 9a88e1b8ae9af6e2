package transform

import (
	"fmt"
	"testing"

	"carrot/transform/comp"
)

// manyPayees is a company of n people on one plan of twelve components: rates, tiers, attainment, steps, gates, multipliers, caps and a
// draw, over own deals, tickets and those of the department and the company; each person sold four deals and solved ten tickets.
func manyPayees(tb testing.TB, n int) *tiny {
	c := newTiny(tb)
	var people, status, jobs, logins, quotas, deals, tickets []cells
	for i := range n {
		id, login := fmt.Sprintf("P%05d", i), fmt.Sprintf("login%05d", i)
		people = append(people, cells{id, "Somebody " + id, fmt.Sprint(i)})
		status = append(status, cells{id, "2025-01-01", "Active"})
		jobs = append(jobs, cells{id, "2025-01-01", "Sales", "DE01", "1", nil})
		logins = append(logins, cells{"crm", login, id, nil, nil})
		quotas = append(quotas, cells{id, "2025-01-01", nil, 1000000, "EUR"})
		for k := range 4 {
			deals = append(deals, tinyDeal(fmt.Sprintf("D%d-%d", i, k), login, 100000+i*7+k, "EUR", fmt.Sprintf("2026-01-%02d", 3+k*7)))
		}
		for k := range 10 {
			tickets = append(tickets, cells{fmt.Sprintf("T%d-%d", i, k), id, k%3 != i%2, fmt.Sprintf("2026-01-%02d", 2+k*2)})
		}
	}
	c.give("hr.people", people...)
	c.give("hr.status", status...)
	c.give("hr.jobs", jobs...)
	c.give("ref.logins", logins...)
	c.give("ref.quotas", quotas...)
	c.give("crm.deals", deals...)
	c.give("desk.tickets", tickets...)
	quota := &comp.Quota{Name: "revenue"}
	bands := []comp.Band{{To: comp.Int(1), Pays: comp.Scaled(4, 2)}, {From: comp.Int(1), Open: true, Pays: comp.Scaled(8, 2)}}
	linear := comp.Curve{Kind: comp.Linear, Of: "attainment"}
	steps := comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: []comp.Band{{To: comp.Scaled(5, 1), Pays: comp.Scaled(5, 1)}, {From: comp.Scaled(5, 1), Open: true, Pays: comp.Int(1)}}}
	for i, x := range []comp.Component{
		{Measure: "sold", Curve: tenPercent.Curve}, {Measure: "sold", Quota: quota, Curve: comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: bands}},
		{Measure: "sold", Quota: quota, Curve: comp.Curve{Kind: comp.Retroactive, Of: "attainment", Bands: bands}}, {Measure: "sold", Quota: quota, Target: dated(500, 500), Curve: linear},
		{Measure: "sold", ToDate: "quarter", Quota: quota, Target: dated(500, 500), Curve: linear}, {Measure: "good", Target: dated(100, 100), Curve: steps, Missing: "zero"},
		{Measure: "good", Target: dated(100, 100), Curve: steps, Missing: "zero", Gates: []comp.Gate{{Measure: "sold", AtLeast: comp.Int(1000)}}},
		{Measure: "sold", Curve: tenPercent.Curve, Multiply: []comp.Part{{ID: "good", Measure: "good", Missing: "neutral", Curve: steps}}},
		{Measure: "everybody", Target: dated(50, 50), Quota: &comp.Quota{Dated: dated(1000000, 1000000)}, Curve: linear},
		{Measure: "team", Target: dated(50, 50), Curve: steps, Missing: "zero"}, {Measure: "sold", Curve: tenPercent.Curve, Cap: dated(300, 300), Excess: "carry"},
		{Measure: "net", Target: dated(10, 10), Curve: comp.Curve{Kind: comp.Linear, Of: "value"}},
	} {
		x.ID = fmt.Sprintf("c%02d", i+1)
		c.component(x)
	}
	c.in.Plans[0].Draw = &comp.Draw{Kind: "recoverable", AtExit: "write_off", Amount: comp.Figure{Dated: dated(1000, 1000)}}
	c.in.Plans[0].Effective.Start = on("2026-01-01")
	return c
}

// TestManyPayees holds the benchmark's company to what it says: everybody has a line for each of the twelve components, and two people
// are paid what a hand works out of their four deals: 10 % three times, once capped at 300, and so on.
func TestManyPayees(t *testing.T) {
	c := manyPayees(t, 20)
	r := c.try("2026-01")
	if len(r.Statements) != 20 || len(r.Held) > 0 {
		t.Fatalf("%d statements, held %v: %q", len(r.Statements), r.Held, findings(r.Findings))
	}
	// The first sold 1,000.00 + 1,000.01 + 1,000.02 + 1,000.03 = 4,000.06 of 10,000.
	for component, want := range map[string]string{"c01": "400.01", "c02": "160.00", "c03": "160.00", "c04": "200.00", "c05": "200.00", "c11": "300.00", "c12": "40.00"} {
		if got := amounts(r, "P00000")[component]; got != want {
			t.Errorf("%s: %s, want %s", component, got, want)
		}
	}
	for _, s := range r.Statements {
		if len(s.Components) != 12 {
			t.Errorf("%s has %d components", s.Payee, len(s.Components))
		}
	}
}

// BenchmarkManyPayees computes one month of 2,000 payees on a plan of twelve components, as CPU and not wall time: half of it is the
// harness, which writes the tables as batches anew.
func BenchmarkManyPayees(b *testing.B) {
	c := manyPayees(b, volumePeople)
	in := c.inputs("2026-01")
	before := cpuTime(b)
	for b.Loop() {
		if _, _, err := Compute(in, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N*volumePeople), "cpu-µs/payee")
}
