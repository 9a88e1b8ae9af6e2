package transform

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

var eventContracts = []comp.Contract{
	{Source: "bill", Table: "payments", Mode: comp.Delta, Keys: []string{"id"}, Cause: "late data", Columns: []comp.Column{{Name: "id", Type: comp.ID},
		{Name: "deal", Type: comp.ID}, {Name: "paid", Type: comp.DateType}, {Name: "amount", Type: comp.Decimal, Scale: 2}}},
	{Source: "hr", Table: "acceptances", Mode: comp.Snapshot, Columns: []comp.Column{{Name: "employee", Type: comp.ID}, {Name: "document", Type: comp.Text}, {Name: "signed", Type: comp.DateType}}},
	{Source: "hr", Table: "hours", Mode: comp.Snapshot, Columns: []comp.Column{{Name: "employee", Type: comp.ID}, {Name: "week", Type: comp.DateType}, {Name: "hours", Type: comp.Decimal, Scale: 2}}},
	{Source: "ref", Table: "kinds", Mode: comp.Snapshot, Columns: []comp.Column{{Name: "day", Type: comp.DateType}, {Name: "from", Type: comp.Category},
		{Name: "to", Type: comp.Category}, {Name: "rate", Type: comp.Decimal, Scale: 4}, {Name: "kind", Type: comp.Category}}},
	{Source: "survey", Table: "after", Mode: comp.Delta, Keys: []string{"id"}, Columns: []comp.Column{{Name: "id", Type: comp.ID}, {Name: "deal", Type: comp.ID},
		{Name: "day", Type: comp.DateType}, {Name: "score", Type: comp.Integer}}},
}

// newEvents is newTiny with tables of events, hours, acceptances and rates of three kinds.
func newEvents(t testing.TB) *tiny {
	c := newTiny(t)
	c.in.Contracts = append(c.in.Contracts, eventContracts...)
	c.in.Mapping.Events = []comp.EventMap{
		{Table: "bill.payments", Of: "crm.deals", Key: "deal", Event: "cash", Date: "paid", Amount: "amount"},
		{Table: "survey.after", Of: "crm.deals", Key: "deal", Event: "satisfaction", Date: "day", Score: "score"},
		{Table: "crm.deals", Of: "crm.deals", Key: "id", Event: "signed", Date: "day"},
	}
	c.in.Mapping.Hours = []comp.HoursMap{{Table: "hr.hours", Employee: "employee", Week: "week", Hours: "hours"}}
	c.in.Mapping.Acceptances = []comp.AcceptanceMap{{Table: "hr.acceptances", Employee: "employee", Digest: "document", Date: "signed"}}
	c.in.Mapping.FX = append(c.in.Mapping.FX, comp.FXMap{Table: "ref.kinds", Date: "day", FromCurrency: "from", ToCurrency: "to", Rate: "rate", Kind: "kind"})
	for _, x := range eventContracts {
		c.give(x.Name())
	}
	return c
}

func TestEventsHoursAndKinds(t *testing.T) {
	c := newEvents(t)
	c.give("crm.deals", tinyDeal("D1", "ada", 10000, "EUR", "2026-01-10"))
	c.give("bill.payments", cells{"P2", "D1", "2026-03-01", 4000}, cells{"P1", "D1", "2026-02-01", 6000}, cells{"P3", "D1", nil, 100}, cells{"P4", nil, "2026-02-01", 100},
		cells{"P5", "D1", "2026-02-01", nil})
	c.give("survey.after", cells{"S1", "D1", "2026-02-03", 4}, cells{"S2", "D1", "2026-02-04", nil})
	c.give("hr.hours", cells{"E1", "2026-01-12", 4800}, cells{"E1", "2026-01-05", 4000}, cells{"E2", "2026-01-05", nil}, cells{"E3", "2026-01-05", 4000}, cells{"E3", "2026-01-05", 4100})
	c.give("hr.acceptances", cells{"E1", "abc", "2026-02-02"}, cells{"E1", "abc", "2026-01-02"}, cells{"E1", nil, "2026-01-02"})
	c.give("ref.kinds", cells{"2026-01-01", "USD", "EUR", 9000, "plan"}, cells{"2026-01-01", "USD", "EUR", 8000, "average"}, cells{"2026-02-01", "USD", "EUR", 7000, "daily"},
		cells{"2026-02-01", "USD", "EUR", 1000, "spot"})
	in := c.inputs("2026-02")
	company, found, err := conform(&in)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, name := range []string{"cash", "satisfaction", "signed"} {
		for _, e := range company.Events[comp.EventKey{Table: "crm.deals", Key: "D1", Event: name}] {
			line := name + " " + e.Date.String()
			if e.Amount != nil {
				line += " " + e.Amount.String()
			}
			if e.Score != nil {
				line += " score " + e.Score.String()
			}
			got = append(got, line)
		}
	}
	for _, p := range []string{"E1", "E2", "E3"} {
		for _, h := range company.Hours[p] {
			got = append(got, fmt.Sprintf("%s %s %s", p, h.Week, h.Hours))
		}
	}
	got = append(got, "accepted "+company.Accepted[[2]string{"E1", "abc"}].String())
	pair := [2]comp.Currency{"USD", "EUR"}
	for _, day := range []string{"2026-01-15", "2026-02-15"} {
		daily, _ := company.FX.Rates[pair].At(on(day))
		plan, _ := company.FX.Kinds["plan"][pair].At(on(day))
		average, _ := company.FX.Kinds["average"][pair].At(on(day))
		got = append(got, fmt.Sprintf("%s: daily %s, plan %s, average %s", day, daily, plan, average))
	}
	got = append(got, findings(found)...)
	want := []string{"cash 2026-02-01 60", "cash 2026-03-01 40", "satisfaction 2026-02-03 score 4", "signed 2026-01-10",
		"E1 2026-01-05 40", "E1 2026-01-12 48", "E3 2026-01-05 40", "accepted 2026-01-02",
		"2026-01-15: daily 0.5, plan 0.9, average 0.8", "2026-02-15: daily 0.7, plan 0.9, average 0.8",
		"unknown_rate_kind holds row: the kind of a rate is spot, daily, plan or average was expected; correct the kind in the source; until then nothing is converted by it",
		"incomplete_row holds payee: the hours of E2 lack their week, or are no number from 0 on; complete the row in the source",
		"hours_twice holds payee: E3 has two numbers of hours in the week of 2026-01-05, 40 and 41; leave one row a week",
		"incomplete_row holds row: an acceptance without its employee, document or day accepts nothing; complete the row",
		"incomplete_row holds row: the event cash of crm.deals lacks its record or its amount; complete the row; until then the event counts as not happened",
		"incomplete_row holds row: the event cash of crm.deals lacks its record or its amount; complete the row; until then the event counts as not happened"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestRefusedEventRow tells a refused row of a fact table that also gives events once: the scan does.
func TestRefusedEventRow(t *testing.T) {
	c := newEvents(t)
	c.component(tenPercent)
	c.seq++
	c.in.Tables = cloneTables(c.in.Tables)
	c.add("crm.deals", drop{seq: c.seq, rows: []cells{tinyDeal("D1", "ada", 10000, "EUR", "2026-01-10")},
		findings: []comp.Finding{{Code: "bad_cell", Reach: comp.ReachRow, Key: "D2", Table: "crm.deals", Message: "no number", Hint: "correct it", Origin: comp.Origin{Pos: 20}}}})
	c.found(c.try("2026-01"), "bad_cell holds row: no number; correct it")
}
