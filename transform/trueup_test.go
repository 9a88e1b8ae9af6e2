package transform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"carrot/transform/comp"
)

// TestCausesTelescope changes everything at once after January was posted, and names each share of the difference. Ada's
// January was 10 % of 1,000.00 EUR and 400.00 USD at 0.5 = 120.00. Then: a late deal of 300 (+30), a login that was hers
// turns out to be Bob's from 20 January, when the USD deal was made (-20), a refund of 100 (-10), the rate is irrelevant
// then, and plan version 2 pays 20 % for all of it: 2 × 120 - 120 = +120.
func TestCausesTelescope(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"), tinyDeal("D2", "ada", 40000, "USD", "2026-01-20"))
	c.want(c.close("2026-01"), "E1", "earning commission 2026-01 120.00 EUR")
	c.give("crm.deals", tinyDeal("D3", "ada", 30000, "EUR", "2026-01-16"))
	c.give("crm.refunds", tinyDeal("R1", "ada", 10000, "EUR", "2026-01-17"))
	c.give("ref.logins", cells{"crm", "ada", "E1", nil, "2026-01-19"}, cells{"crm", "ada", "E2", "2026-01-20", "2026-01-31"}, cells{"crm", "ada", "E1", "2026-02-01", nil},
		cells{"crm", "bob", "E2", nil, nil}, cells{"crm", "cleo", "E3", nil, nil})
	x := tenPercent
	x.Every, x.Title, x.Curve.Rate = "month", "commission", comp.Scaled(20, 2)
	c.in.Plans = []comp.Plan{c.in.Plans[0]}
	c.in.Plans[0].Version, c.in.Plans[0].Digest, c.in.Plans[0].Components = "2", "p2", []comp.Component{x}
	r := c.close("2026-02")
	c.found(r)
	c.want(r, "E1", "earning commission 2026-02 0.00 EUR", "true-up commission 2026-01 late data 30.00 EUR", "true-up commission 2026-01 reassignment -20.00 EUR",
		"true-up commission 2026-01 refund -10.00 EUR", "true-up commission 2026-01 plan 120.00 EUR")
	c.want(r, "E2", "earning commission 2026-02 0.00 EUR", "true-up commission 2026-01 reassignment 20.00 EUR", "true-up commission 2026-01 plan 20.00 EUR")
	c.want(c.close("2026-03"), "E1", "earning commission 2026-03 0.00 EUR") // what was corrected is not corrected twice
}

// TestCorrectionsSayHow: what was posted as 100.00 and is 130.00 as known now is worked out in words on the statement, with the rows
// behind it, though nobody reads that of the months which stay what they were.
func TestCorrectionsSayHow(t *testing.T) {
	c := newTiny(t)
	c.alone()
	c.component(tenPercent)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"))
	c.close("2026-01")
	c.give("crm.deals", tinyDeal("D2", "ada", 30000, "EUR", "2026-01-16"))
	lines := theirs(t, c.close("2026-02"), "E1").Lines
	want := "Correction for late data: 130.00 EUR less 100.00 EUR before it = 30.00 EUR; January 2026 as known now; Sold: 1,300.00 EUR (n = 2); " +
		"1,300.00 EUR × 10 % = 130.00 EUR; Rounded half away from zero: 130.00 EUR"
	if l := lines[len(lines)-1]; l.Working != want || l.Series != "sold|E1|2026-01-01|2026-01-31" {
		t.Errorf("the correction says %q of %q", l.Working, l.Series)
	}
}

// TestRateIsACause: a rate that changes after January was posted corrects it under its own name, apart from a quota that
// changes with it. Ada sold 1,000.00: at 10 % of a rate table 100.00; then 12 % = 120.00 (+20.00), while the quota of 500.00
// instead of 1,000.00 doubles an attainment that pays 50.00 at 100 % (+50.00).
func TestRateIsACause(t *testing.T) {
	c := newTiny(t)
	c.alone()
	c.in.Contracts = append(slices.Clone(c.in.Contracts), comp.Contract{Source: "ref", Table: "rates", Mode: comp.Snapshot, Cause: "rate", Columns: []comp.Column{{Name: "employee", Type: comp.ID},
		{Name: "name", Type: comp.Category}, {Name: "from", Type: comp.DateType}, {Name: "number", Type: comp.Decimal, Scale: 2}}})
	c.in.Mapping.Quotas = append(slices.Clone(c.in.Mapping.Quotas), comp.QuotaMap{Table: "ref.rates", Employee: "employee", Name: "name", From: "from", Amount: "number", Until: comp.Forever})
	c.component(comp.Component{ID: "paid", Measure: "sold", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", RateName: "share"}})
	c.component(comp.Component{ID: "goal", Measure: "sold", Quota: &comp.Quota{Name: "revenue"}, Target: dated(50, 50), Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}})
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"))
	c.give("ref.rates", cells{"E1", "share", "2026-01-01", 10})
	c.give("ref.quotas", cells{"E1", "2026-01-01", nil, 100000, "EUR"})
	c.want(c.close("2026-01"), "E1", "earning paid 2026-01 100.00 EUR", "earning goal 2026-01 50.00 EUR")
	c.give("ref.rates", cells{"E1", "share", "2026-01-01", 12})
	c.give("ref.quotas", cells{"E1", "2026-01-01", nil, 50000, "EUR"})
	c.want(c.close("2026-02"), "E1", "earning paid 2026-02 0.00 EUR", "earning goal 2026-02 0.00 EUR", "true-up goal 2026-01 quota 50.00 EUR", "true-up paid 2026-01 rate 20.00 EUR")
}

// TestTableChangesShape: a column more in the deals, and another name for one; corrections keep their causes where the old
// definitions still fit, and the sum is right where they do not.
func TestTableChangesShape(t *testing.T) {
	for _, renamed := range []bool{false, true} {
		c := newTiny(t)
		c.component(tenPercent)
		c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"))
		c.close("2026-01")
		contracts := slices.Clone(c.in.Contracts)
		contracts[0].Columns = append(slices.Clone(contracts[0].Columns), comp.Column{Name: "note", Type: comp.Text})
		if renamed {
			contracts[0].Columns[2].Name = "worth"
			c.in.Measures = slices.Clone(c.in.Measures)
			for i := range c.in.Measures {
				c.in.Measures[i].Terms = slices.Clone(c.in.Measures[i].Terms)
				for k := range c.in.Measures[i].Terms {
					if x := &c.in.Measures[i].Terms[k]; x.Table == "crm.deals" && x.Value != nil {
						x.Value = name("worth", comp.KindNumber)
					}
				}
				c.in.Measures[i].Digest = "m2"
			}
		}
		c.in.Contracts, c.in.Tables, c.seq = contracts, cloneTables(c.in.Tables), c.seq+1
		c.in.Tables["crm.deals"] = nil
		c.add("crm.deals", drop{seq: c.seq, rows: []cells{{"D1", "ada", 100000, "EUR", "2026-01-15", nil}, {"D3", "ada", 30000, "EUR", "2026-01-16", "late"}}})
		cause := "late data"
		if renamed {
			cause = "plan"
		}
		c.want(c.close("2026-02"), "E1", "earning commission 2026-02 0.00 EUR", "true-up commission 2026-01 "+cause+" 30.00 EUR")
	}
}

// TestPlanVersions: a second version of one plan touches the first in mid-January. Each pays its own days, both post under
// the plan's id, and a late row of the first version's days is corrected at the first one's rate.
func TestPlanVersions(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	x := tenPercent
	x.Every, x.Curve.Rate = "month", comp.Scaled(30, 2)
	second := c.in.Plans[0]
	second.Version, second.Digest, second.Components = "2", "p2", []comp.Component{x}
	c.in.Plans[0].Effective = period("2025-01-01", "2026-01-15")
	second.Effective = period("2026-01-16", "2026-12-31")
	c.in.Plans = append(c.in.Plans, second)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"), tinyDeal("D2", "ada", 100000, "EUR", "2026-01-16"))
	c.want(c.close("2026-01"), "E1", "earning commission 2026-01 100.00 EUR", "earning commission 2026-01 300.00 EUR")
	c.give("crm.deals", tinyDeal("D3", "ada", 10000, "EUR", "2026-01-02"))
	c.want(c.close("2026-02"), "E1", "earning commission 2026-02 0.00 EUR", "true-up commission 2026-01 late data 10.00 EUR")
}

// TestPostedPlans: the version that was posted by keeps its bytes and its days; anything else stops the run.
func TestPostedPlans(t *testing.T) {
	for _, x := range []struct {
		name   string
		change func(ps []comp.Plan) []comp.Plan
		want   []string
	}{
		{"nothing", func(ps []comp.Plan) []comp.Plan { return ps }, nil},
		{"other bytes", func(ps []comp.Plan) []comp.Plan { ps[0].Digest = "p1b"; return ps },
			[]string{"plan_changed holds run: plan sales version 1 has paid months that are posted, and its file is another one now; put the old file back; write the change as a new version, from the day on which it is agreed, in a file of its own"}},
		{"other bytes and a new version", func(ps []comp.Plan) []comp.Plan { ps[0].Digest, ps[0].Version = "p1b", "1b"; return ps }, nil},
		{"a version more", func(ps []comp.Plan) []comp.Plan {
			next := ps[0]
			ps[0].Version, ps[0].Digest, ps[0].Effective.End = "1 ended", "p1c", on("2026-02-01")
			next.Version, next.Digest, next.Effective.Start = "2", "p2", on("2026-02-01")
			return append(ps, next)
		}, nil},
		{"gone", func([]comp.Plan) []comp.Plan { return nil },
			[]string{"nobody_on_plan holds run: no plan takes in anybody who works in 2026-02, so a close would pay nobody; compare the eligible conditions under plans/ with the roster's words, capitals included",
				"plan_removed holds run: plan sales version 1 has paid for 2026-01-01..2026-01-31, and no version of it covers all of these days any more; put its file back, ended by effective to; what was posted would be taken back else"}},
		{"moved", func(ps []comp.Plan) []comp.Plan {
			ps[0].Version, ps[0].Digest, ps[0].Effective.Start = "2", "p2", on("2026-01-02")
			return ps
		},
			[]string{"plan_removed holds run: plan sales version 1 has paid for 2026-01-01..2026-01-31, and no version of it covers all of these days any more; put its file back, ended by effective to; what was posted would be taken back else"}},
	} {
		c := newTiny(t)
		c.component(tenPercent)
		c.close("2026-01")
		c.in.Plans = x.change(slices.Clone(c.in.Plans))
		r := c.try("2026-02")
		if got := findings(r.Findings); !slices.Equal(got, x.want) {
			t.Errorf("%s: found %q, want %q", x.name, got, x.want)
		}
		if Stops(r.Findings) != (x.want != nil) {
			t.Errorf("%s: stops %v", x.name, Stops(r.Findings))
		}
	}
}

// TestHeldAndReleased: a held payee is posted nothing, corrections and adjustments included; when the data are right again
// everything comes, each line once.
func TestHeldAndReleased(t *testing.T) {
	c := newTiny(t)
	c.component(comp.Component{ID: "x", Measure: "sold", Quota: &comp.Quota{Name: "revenue"}, Curve: comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: bands(t, [3]string{"0", "", "0.1"})}})
	quotas := []cells{{"E1", "2026-01-01", nil, 100000, "EUR"}, {"E2", "2026-01-01", nil, 100000, "EUR"}, {"E3", "2026-01-01", nil, 100000, "USD"}}
	c.give("ref.quotas", quotas...)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"), tinyDeal("D2", "ada", 50000, "EUR", "2026-02-15"))
	c.want(c.close("2026-01"), "E1", "earning x 2026-01 100.00 EUR")
	january := c.prev
	// February: the quota is gone, a late deal came, and somebody decided on 25.00.
	c.give("ref.quotas", quotas[1:]...)
	c.give("crm.deals", tinyDeal("D3", "ada", 10000, "EUR", "2026-01-20"))
	c.in.Adjustments = []comp.Adjustment{{ID: "A1", Payee: "E1", Period: "2026-02", Amount: comp.Money{Minor: 2500, Currency: "EUR"}, Reason: "fair", By: "boss"}}
	february := c.close("2026-02")
	c.want(february, "E1", "held 25.00 EUR")
	if len(february.Held) != 1 || february.Held[0].Payee != "E1" || february.Held[0].Name != "Ada" {
		t.Errorf("the Held sheet says %+v", february.Held)
	}
	// With a waiver nothing is known of any month: what was posted stays, nothing is taken back, the adjustment is paid.
	id := february.Findings[slices.IndexFunc(february.Findings, func(f comp.Finding) bool { return f.Code == "missing_quota" })].ID()
	c.in.Waivers = []comp.Waiver{{Finding: id, Reason: "known", By: "boss", Until: on("2026-04-03")}}
	again := *c
	again.ledger, again.prev = c.ledger[:3], january
	c.want(again.try("2026-02"), "E1", "earning x 2026-02 0.00 EUR", "adjustment A1 2026-02 25.00 EUR")
	waived := c.try("2026-03")
	c.want(waived, "E1", "earning x 2026-03 0.00 EUR", "adjustment A1 2026-02 25.00 EUR")
	if s := waived.Statements[0]; s.Previous == nil || len(s.Previous.ByComponent) != 2 || s.Previous.Total.Minor != 0 {
		t.Errorf("a held month has no component of its own: %+v", s.Previous)
	}
	// The waiver ends with its day.
	c.in.Waivers[0].Until = on("2026-04-02")
	c.want(c.try("2026-03"), "E1", "held 25.00 EUR")
	// The quota is back.
	c.give("ref.quotas", quotas...)
	c.want(c.close("2026-03"), "E1", "earning x 2026-03 0.00 EUR", "true-up x 2026-01 quota 10.00 EUR", "true-up x 2026-02 quota 50.00 EUR", "adjustment A1 2026-02 25.00 EUR")
	c.want(c.close("2026-04"), "E1", "earning x 2026-04 0.00 EUR")
}

// TestReleaseIsNotRecalculation: what was held for a missing login is released; a difference without any hold is this
// program's own doing and says so.
func TestReleaseIsNotRecalculation(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"), tinyDeal("D2", "bob", 100000, "EUR", "2026-01-15"))
	c.in.Mapping.Roster[0].Set = append(c.in.Mapping.Roster[0].Set, comp.AttrMap{Attr: comp.AttrPayroll, Columns: []string{"payroll"}})
	c.give("hr.people", cells{"E1", "Ada", nil}, cells{"E2", "Bob", "2"}, cells{"E3", "Cleo", "3"})
	c.want(c.close("2026-01"), "E1", "held 100.00 EUR")
	for i := range c.ledger {
		if c.ledger[i].Payee == "E2" && c.ledger[i].Component == "commission" {
			c.ledger[i].Amount.Minor -= 7 // an earlier version of the calculation was 7 cents too low
		}
	}
	c.give("hr.people", cells{"E1", "Ada", "1"}, cells{"E2", "Bob", "2"}, cells{"E3", "Cleo", "3"})
	r := c.close("2026-02")
	c.want(r, "E1", "earning commission 2026-02 0.00 EUR", "release commission 2026-01 release 100.00 EUR")
	c.want(r, "E2", "earning commission 2026-02 0.00 EUR", "true-up commission 2026-01 recalculation 0.07 EUR")
}

// TestCurrencies: Ada moves from Germany to the United States on 15 February. February is paid in USD. A correction of
// January is owed in EUR: it is never added to USD. A waiver pays the rest; what is left out stays owed.
func TestCurrencies(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E1", "2026-02-15", "Sales", "US01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", nil},
		cells{"E3", "2025-01-01", "Sales", "US01", "1", nil})
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"), tinyDeal("D2", "ada", 100000, "EUR", "2026-02-10"))
	c.want(c.close("2026-01"), "E1", "earning commission 2026-01 100.00 EUR")
	c.give("crm.deals", tinyDeal("D3", "ada", 5000, "EUR", "2026-01-16"))
	r := c.try("2026-02")
	c.want(r, "E1", "held 200.00 USD") // 1,000 EUR at 2
	c.found(r, "mixed_currencies holds payee: E1 is paid in USD and has a line in another currency: commission, correction of January 2026, 5.00 EUR; "+
		"settle the lines in another currency through that legal entity's payroll, and waive this: they are then left out")
	c.in.Waivers = []comp.Waiver{{Finding: r.Findings[0].ID(), Reason: "paid by DE01", By: "boss", Until: on("2026-12-31")}}
	c.want(c.close("2026-02"), "E1", "earning commission 2026-02 200.00 USD")
	c.want(c.try("2026-03"), "E1", "earning commission 2026-03 0.00 USD")
}

// TestPostedEntityChanges: it turns out that Ada was American in posted January. 100.00 EUR are taken back and 200.00 USD
// owed; they are not one number.
func TestPostedEntityChanges(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"))
	c.close("2026-01")
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "US01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E3", "2025-01-01", "Sales", "US01", "1", nil})
	in := c.inputs("2026-02")
	v := DefaultVerbs()
	a, err := assess(&in, &v, nil)
	if err != nil {
		t.Fatal(err)
	}
	a.hold()
	owed, err := a.trueUps(&v, c.prev)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, o := range owed {
		got += fmt.Sprintf("%s %s %s; ", o.key.month, o.cause, o.amount)
	}
	if want := "2026-01 hierarchy -100.00 EUR; 2026-01 hierarchy 200.00 USD; "; got != want {
		t.Errorf("owed %q, want %q", got, want)
	}
	c.want(c.try("2026-02"), "E1", "held 200.00 USD")
}

// TestLeaversAndRehires: who left is still corrected; who comes back is paid for both spells; who vanishes from the roster
// is told and nothing is taken back; who turns out never to have begun is.
func TestLeaversAndRehires(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"), tinyDeal("D2", "bob", 100000, "EUR", "2026-01-15"), tinyDeal("D3", "cleo", 100000, "USD", "2026-01-15"))
	c.close("2026-01")
	c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E1", "2026-02-01", "Terminated"}, cells{"E1", "2026-03-10", "Active"}, cells{"E3", "2026-06-01", "Active"})
	c.give("crm.deals", tinyDeal("D4", "ada", 20000, "EUR", "2026-01-31"), tinyDeal("D5", "ada", 70000, "EUR", "2026-02-10"))
	r := c.close("2026-02")
	c.want(r, "E1", "true-up commission 2026-01 late data 20.00 EUR") // D5 falls on a day off
	c.want(r, "E2")
	c.want(r, "E3", "true-up commission 2026-01 late data -100.00 USD")
	c.found(r, "not_on_roster holds nothing: ids with attributes and without an employment row: 1; they are not payees; check the roster's id columns",
		"owner_not_on_roster holds row: bob belongs to the employee id E2, which is not on the roster; add E2 to the roster's source, or correct the crosswalk",
		"payee_vanished holds payee: E2 was paid for 2026-01 and is not on the roster any more; export people who left as well, with their last day")
	if len(r.Held) != 2 || r.Held[0].Payee != "E2" || !strings.Contains(r.Held[0].Reason, "is not on the roster any more") || r.Held[1].Kind != "row" {
		t.Errorf("held are %+v, want E2 and bob's row", r.Held)
	}
	// Back from 10 March: both spells count, the days between do not.
	c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E1", "2026-02-01", "Terminated"}, cells{"E1", "2026-03-10", "Active"}, cells{"E2", "2025-01-01", "Active"},
		cells{"E3", "2025-01-01", "Active"})
	c.give("crm.deals", tinyDeal("D6", "ada", 10000, "EUR", "2026-01-02"), tinyDeal("D7", "ada", 40000, "EUR", "2026-03-09"), tinyDeal("D8", "ada", 50000, "EUR", "2026-03-10"))
	r = c.close("2026-03")
	c.want(r, "E1", "earning commission 2026-03 50.00 EUR", "true-up commission 2026-01 late data 10.00 EUR")
	c.want(r, "E2", "earning commission 2026-03 0.00 EUR")
	c.want(r, "E3", "earning commission 2026-03 0.00 USD", "true-up commission 2026-01 late data 100.00 USD")
}

// TestTooOld: restate 1: in March, January is too old. It is told, and stays.
func TestTooOld(t *testing.T) {
	c := newTiny(t)
	c.in.Settings.Restate = 1
	c.component(tenPercent)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"))
	c.close("2026-01")
	c.close("2026-02")
	c.give("crm.deals", tinyDeal("D2", "ada", 20000, "EUR", "2026-01-31"), tinyDeal("D3", "ada", 30000, "EUR", "2026-02-01"))
	r := c.close("2026-03")
	c.want(r, "E1", "earning commission 2026-03 0.00 EUR", "true-up commission 2026-02 late data 30.00 EUR")
	c.found(r, "restated_too_old holds nothing: commission of E1 for 2026-01 is 120.00 EUR as known now, 100.00 EUR was posted, and months older than 1 stay as they are; "+
		"pay or take back the difference by an adjustment, or let it be")
}

// TestConservation closes five months of random companies with late deals, refunds, moves, quotas, rates and plan versions.
// After each close, what was posted and paid for a month is what is owed for it as known now, causes sum to the
// difference, and statements sum to what is posted.
func TestConservation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newTiny(t)
		c.component(tenPercent)
		c.component(comp.Component{ID: "quota", Measure: "sold", Every: rapid.SampledFrom([]string{"month", "quarter"}).Draw(rt, "every"), Prorate: "days", FTE: true,
			Quota: &comp.Quota{Name: "revenue"}, Target: dated(300, 333), Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}})
		c.component(comp.Component{ID: "year", Measure: "sold", ToDate: "year", Curve: comp.Curve{Kind: comp.Marginal, Of: "value", Bands: bands(t, [3]string{"0", "500", "0.033"}, [3]string{"500", "", "0.077"})}})
		for k, month := range []string{"2026-01", "2026-02", "2026-03", "2026-04", "2026-05"} {
			editTiny(rt, c, k)
			before := posted(c.ledger)
			r := c.close(month)
			after := posted(c.ledger)
			in := c.inputs(month)
			in.Ledger = nil
			v := DefaultVerbs()
			a, err := assess(&in, &v, nil)
			if err != nil {
				rt.Fatal(err)
			}
			held, sums := map[string]bool{}, map[string]int64{}
			for _, s := range r.Statements {
				held[s.Payee] = len(s.HeldFor) > 0
				for _, l := range s.Lines {
					sums[s.Payee] += l.Amount.Minor
				}
				if s.Total.Minor != sums[s.Payee] {
					rt.Fatalf("%s in %s: lines sum to %d, the total is %s", s.Payee, month, sums[s.Payee], s.Total)
				}
			}
			now := map[string]int64{}
			for i := range a.entitlements {
				if e := &a.entitlements[i]; e.known {
					now[fmt.Sprint(e.key(a.in, a.company))] += e.result.Amount.Minor
				}
			}
			for key, minor := range now {
				payee := strings.Fields(strings.Trim(key, "{}"))[0]
				if want := minor; !held[payee] && after[key] != want {
					rt.Fatalf("%s after the close of %s: posted %d, due %d as known now", key, month, after[key], want)
				}
				if held[payee] && after[key] != before[key] {
					rt.Fatalf("%s is held in %s and was posted", payee, month)
				}
			}
			for key, minor := range after {
				if payee := strings.Fields(strings.Trim(key, "{}"))[0]; now[key] == 0 && minor != 0 && !held[payee] {
					rt.Fatalf("%s after the close of %s: posted %d, nothing is due", key, month, minor)
				}
			}
		}
	})
}

// posted adds a ledger up by the text of its keys.
func posted(ledger []comp.LedgerEntry) map[string]int64 {
	out := map[string]int64{}
	for _, l := range ledger {
		if l.Plan != "" {
			out[fmt.Sprint(ledgerKey{l.Payee, l.For, l.Plan, l.Component, l.Amount.Currency})] += l.Amount.Minor
		}
	}
	return out
}

// editTiny changes a tiny company before the close of its k-th month.
func editTiny(t *rapid.T, c *tiny, k int) {
	day := func(label string) string {
		return (on("2026-01-01") + comp.Date(rapid.IntRange(0, 31*(k+1)).Draw(t, label))).String()
	}
	who := func() string { return rapid.SampledFrom([]string{"ada", "bob", "cleo"}).Draw(t, "owner") }
	currency := func() string { return rapid.SampledFrom([]string{"EUR", "USD"}).Draw(t, "currency") }
	for _, table := range []string{"crm.deals", "crm.refunds"} {
		var rows []cells
		seen := map[string]bool{}
		for range rapid.IntRange(0, 4).Draw(t, table) {
			id := fmt.Sprintf("%s%d", table, rapid.IntRange(0, 9).Draw(t, "id"))
			if !seen[id] {
				seen[id] = true
				rows = append(rows, tinyDeal(id, who(), rapid.IntRange(1, 99999).Draw(t, "amount"), currency(), day("day")))
			}
		}
		c.give(table, rows...)
	}
	if rapid.Bool().Draw(t, "quotas") || k == 0 {
		var rows []cells
		for _, e := range []string{"E1", "E2", "E3"} {
			if k == 0 || rapid.IntRange(0, 5).Draw(t, "has a quota") > 0 {
				rows = append(rows, cells{e, "2026-01-01", nil, rapid.IntRange(1, 200000).Draw(t, "quota"), currency()})
			}
		}
		c.give("ref.quotas", rows...)
	}
	if rapid.Bool().Draw(t, "rates") {
		c.give("ref.fx", cells{"2025-12-01", "USD", "EUR", rapid.IntRange(4000, 9999).Draw(t, "rate")}, cells{"2025-12-01", "EUR", "USD", 20000})
	}
	if rapid.Bool().Draw(t, "jobs") {
		rows := []cells{{"E3", "2025-01-01", "Sales", "US01", "1", nil}}
		for _, e := range []string{"E1", "E2"} {
			rows = append(rows, cells{e, "2025-01-01", "Sales", "DE01", "1", nil})
			if d := day("moves"); rapid.Bool().Draw(t, "does") && d > "2026-01-01" {
				rows = append(rows, cells{e, d, rapid.SampledFrom([]string{"Sales", "Service"}).Draw(t, "department"), "DE01", rapid.SampledFrom([]string{"1", "0.5"}).Draw(t, "fte"), nil})
			}
		}
		c.give("hr.jobs", rows...)
	}
	if rapid.Bool().Draw(t, "status") {
		c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E2", day("joins"), "Active"}, cells{"E3", "2025-01-01", "Active"}, cells{"E3", day("leaves"), "Terminated"})
	}
	if rapid.IntRange(0, 3).Draw(t, "plan") == 0 {
		p := c.in.Plans[0]
		p.Version, p.Digest = fmt.Sprint("v", k), fmt.Sprint("p", k)
		p.Components = slices.Clone(p.Components)
		p.Components[0].Curve.Rate = comp.Scaled(rapid.Int64Range(1, 30).Draw(t, "percent"), 2)
		c.in.Plans = []comp.Plan{p}
	}
}
