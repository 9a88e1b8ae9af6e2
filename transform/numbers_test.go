package transform

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// numbers gives rows of a number table: employee, name, first day, last day, number in millionths, currency.
func (c *tiny) numbers(rows ...cells) {
	c.t.Helper()
	if _, err := contractOf(&c.in, "ref.numbers"); err != nil {
		c.in.Contracts = append(slices.Clone(c.in.Contracts), comp.Contract{Source: "ref", Table: "numbers", Mode: comp.Delta, Columns: []comp.Column{{Name: "employee", Type: comp.ID},
			{Name: "name", Type: comp.Category}, {Name: "from", Type: comp.DateType}, {Name: "to", Type: comp.DateType}, {Name: "number", Type: comp.Decimal, Scale: 6}, {Name: "currency", Type: comp.Category}}})
		c.in.Mapping.Quotas = append(slices.Clone(c.in.Mapping.Quotas), comp.QuotaMap{Table: "ref.numbers", Employee: "employee", Name: "name", From: "from", To: "to", Amount: "number", Currency: "currency", Until: comp.NoDate})
	}
	c.give("ref.numbers", rows...)
}

// leave gives rows of who is on leave from which day: employee, day, reason.
func (c *tiny) leave(rows ...cells) {
	c.t.Helper()
	c.in.Contracts = append(slices.Clone(c.in.Contracts), comp.Contract{Source: "hr", Table: "leave", Mode: comp.Snapshot, Columns: []comp.Column{{Name: "id", Type: comp.ID},
		{Name: "from", Type: comp.DateType}, {Name: "leave", Type: comp.Category}}})
	c.in.Mapping.Roster = append(slices.Clone(c.in.Mapping.Roster), comp.RosterMap{Table: "hr.leave", ID: "id", From: "from", Set: []comp.AttrMap{{Attr: comp.AttrLeave, Columns: []string{"leave"}}}})
	c.give("hr.leave", rows...)
}

// starts has Ada begin on a day; Bob and Cleo as ever.
func (c *tiny) starts(day string) {
	c.t.Helper()
	c.give("hr.status", cells{"E1", day, "Active"}, cells{"E2", "2024-01-01", "Active"}, cells{"E3", "2024-01-01", "Active"})
}

// alone leaves Ada alone on the plan.
func (c *tiny) alone() {
	c.t.Helper()
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Service", "DE01", "1", nil}, cells{"E3", "2025-01-01", "Service", "US01", "1", nil})
}

// flat pays its target whatever is sold.
func flat(id string, target int64) comp.Component {
	return comp.Component{ID: id, Measure: "sold", Target: dated(target, target), Curve: comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: []comp.Band{{Open: true, Pays: comp.Int(1)}}}}
}

// result is the calculation of one of Ada's components.
func result(t testing.TB, r *comp.Result, component string) comp.ComponentResult {
	t.Helper()
	for _, x := range r.Statements[0].Components {
		if x.Component == component {
			return x
		}
	}
	t.Fatalf("no component %s", component)
	return comp.ComponentResult{}
}

func quotaOf(t testing.TB, r *comp.Result, component string) string {
	t.Helper()
	x := result(t, r, component)
	if x.Quota == nil {
		return "none"
	}
	return x.Quota.Number.Fixed(2, comp.HalfAway)
}

// TestProrationModes: Ada starts on Wednesday, 15 April 2026: on 16 of 30 days and 12 of 22 weekdays of April, on 77 of 91
// days and 55 of 65 weekdays of the quarter; of its months (16/30 + 1 + 1) / 3 = 38/45.
func TestProrationModes(t *testing.T) {
	for _, x := range []struct {
		every, month, mode string
		target             int64
		want               string
	}{
		{"month", "2026-04", "none", 3000, "3000.00"}, {"month", "2026-04", "days", 3000, "1600.00"}, {"month", "2026-04", "weekdays", 3000, "1636.36"},
		{"month", "2026-04", "months", 3000, "1600.00"}, {"month", "2026-04", "daily", 3000, "1600.00"}, {"month", "2026-05", "weekdays", 3000, "3000.00"},
		{"quarter", "2026-06", "days", 9100, "7700.00"}, {"quarter", "2026-06", "weekdays", 6500, "5500.00"}, {"quarter", "2026-06", "months", 9000, "7600.00"},
		{"quarter", "2026-06", "daily", 9100, "7700.00"}, {"quarter", "2026-06", "none", 9000, "9000.00"},
	} {
		c := newTiny(t)
		c.in.Settings.First = on(x.month + "-01")
		c.starts("2026-04-15")
		y := flat("x", x.target)
		y.Every, y.Prorate = x.every, x.mode
		c.component(y)
		if got := amounts(c.close(x.month), "E1")["x"]; got != x.want {
			t.Errorf("%s by %s: %s, want %s", x.every, x.mode, got, x.want)
		}
	}
}

// TestGC16LeapYearAndGoal: b) 214 of 366 days; c) a goal of 20 in a month of 30 days, from the 15th and from the 21st.
func TestGC16LeapYearAndGoal(t *testing.T) {
	for _, x := range []struct {
		start, every, month  string
		quota, target        int64
		wantQuota, wantsPaid string
	}{
		{"2024-06-01", "year", "2024-12", 800000, 75000, "467759.56", "43852.46"},
		{"2026-04-15", "month", "2026-04", 20, 20, "10.67", "10.67"},
		{"2026-04-21", "month", "2026-04", 20, 20, "6.67", "6.67"},
	} {
		c := newTiny(t)
		c.in.Settings.First = on("2024-01-01")
		c.in.Plans[0].Effective.Start = on("2024-01-01")
		c.give("hr.jobs", cells{"E1", "2024-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2024-01-01", "Service", "DE01", "1", nil}, cells{"E3", "2024-01-01", "Service", "US01", "1", nil})
		c.starts(x.start)
		y := flat("x", x.target)
		y.Every, y.Prorate, y.Quota = x.every, "days", &comp.Quota{Dated: dated(x.quota, x.quota)}
		c.component(y)
		r := c.close(x.month)
		if q, p := quotaOf(t, r, "x"), amounts(r, "E1")["x"]; q != x.wantQuota || p != x.wantsPaid {
			t.Errorf("from %s: quota %s, paid %s; want %s and %s", x.start, q, p, x.wantQuota, x.wantsPaid)
		}
	}
}

// TestGC17: 100,000 a year at 20/20/20/40 % by quarter, from 1 March: 20,000 × 1/3 + 20,000 + 20,000 + 40,000. By the quarter
// and, not prorated, by the month.
func TestGC17(t *testing.T) {
	season := []comp.Number{num(t, "0.2"), num(t, "0.2"), num(t, "0.2"), num(t, "0.4")}
	for _, x := range []struct{ every, mode, month, want, said string }{
		{"year", "months", "2026-12", "86666.67", "Quota: 100,000.00 EUR × 20 % × 1/3 of the months of the season + 100,000.00 EUR × 20 % + 100,000.00 EUR × 20 % + 100,000.00 EUR × 40 % ≈ 86,666.666667 EUR"},
		{"quarter", "months", "2026-03", "6666.67", ""}, {"quarter", "months", "2026-06", "20000.00", ""}, {"quarter", "months", "2026-12", "40000.00", ""},
		{"quarter", "days", "2026-03", "6888.89", ""}, // 31 of 90 days
		{"month", "none", "2026-03", "6666.67", ""}, {"month", "none", "2026-10", "13333.33", ""},
		{"year", "daily", "2026-12", "86888.89", ""}, // 20,000 × 31/90 + 80,000
	} {
		c := newTiny(t)
		c.starts("2026-03-01")
		c.numbers(cells{"E1", "annual", "2026-01-01", "2026-12-31", 100000000000, "EUR"})
		y := flat("x", 1)
		y.Every, y.Prorate, y.Quota = x.every, x.mode, &comp.Quota{Name: "annual", Season: season}
		c.component(y)
		r := c.close(x.month)
		if q := quotaOf(t, r, "x"); q != x.want {
			t.Errorf("%s by %s in %s: %s, want %s", x.every, x.mode, x.month, q, x.want)
		}
		if got := result(t, r, "x").Working[0]; x.said != "" && got != x.said {
			t.Errorf("said %q, want %q", got, x.said)
		}
	}
}

// TestRamp: 50/50/75/75/100 % by month of employment from January: March is the third month, June and later are the last
// share; the first quarter is (50 + 50 + 75) / 3.
func TestRamp(t *testing.T) {
	for _, x := range []struct{ every, month, want string }{{"month", "2026-01", "500.00"}, {"month", "2026-03", "750.00"}, {"month", "2026-06", "1000.00"}, {"quarter", "2026-03", "583.33"}} {
		c := newTiny(t)
		c.starts("2026-01-15")
		y := flat("x", 1)
		y.Every, y.Quota = x.every, &comp.Quota{Dated: dated(1000, 1000), Ramp: []comp.Number{num(t, "0.5"), num(t, "0.5"), num(t, "0.75"), num(t, "0.75"), num(t, "1")}}
		c.component(y)
		if q := quotaOf(t, c.close(x.month), "x"); q != x.want {
			t.Errorf("%s of %s: %s, want %s", x.every, x.month, q, x.want)
		}
	}
}

// TestDailySegments: 3,000 a month until 14 April and 6,000 after it, full time until the 19th and half after it, on unpaid
// leave on the 29th and 30th: 3,000 × 14/30 + 6,000 × 5/30 + 6,000 × 9/30 / 2 = 1,400 + 1,000 + 900.
func TestDailySegments(t *testing.T) {
	c := newTiny(t)
	c.in.Settings.First = on("2026-04-01")
	c.numbers(cells{"E1", "ote", "2026-01-01", "2026-04-14", 3000000000, "EUR"}, cells{"E1", "ote", "2026-04-15", "2026-12-31", 6000000000, "EUR"})
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E1", "2026-04-20", "Sales", "DE01", "0.5", nil}, cells{"E2", "2025-01-01", "Service", "DE01", "1", nil},
		cells{"E3", "2025-01-01", "Service", "US01", "1", nil})
	c.leave(cells{"E1", "2025-01-01", ""}, cells{"E1", "2026-04-29", "unpaid"}, cells{"E1", "2026-05-01", "paid"})
	x := flat("x", 0)
	x.Target, x.TargetName, x.Prorate, x.FTE = nil, "ote", "daily", true
	c.component(x)
	r := c.close("2026-04")
	c.want(r, "E1", "earning x 2026-04 3300.00 EUR")
	want := "Target pay: 3,000.00 EUR × 14/30 days + 6,000.00 EUR × 5/30 days + 6,000.00 EUR × 9/30 days × 0.5 of full time = 3,300.00 EUR"
	if got := result(t, r, "x").Working[0]; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	c.want(c.close("2026-05"), "E1", "earning x 2026-05 3000.00 EUR")
}

// TestLeave: ten days of unpaid leave in April lower quota and target to 20/30, unless leave is ignored; paid leave does not.
// What is sold on such a day counts. On leave for all of June there is nothing to attain and nothing is paid or held.
func TestLeave(t *testing.T) {
	c := newTiny(t)
	c.leave(cells{"E1", "2025-01-01", ""}, cells{"E1", "2026-04-01", "unpaid"}, cells{"E1", "2026-04-11", "paid"}, cells{"E1", "2026-06-01", "unpaid"})
	x := comp.Component{ID: "x", Measure: "sold", Prorate: "days", Target: dated(300, 300), Quota: &comp.Quota{Dated: dated(3000, 3000)}, Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}}
	c.component(x)
	x.ID, x.Leave = "ignored", "ignore"
	c.component(x)
	x = comp.Component{ID: "tiers", Measure: "sold", Prorate: "weekdays", Quota: &comp.Quota{Dated: dated(3000, 3000)}, Curve: comp.Curve{Kind: comp.Marginal, Of: "attainment",
		Bands: bands(t, [3]string{"0", "1", "0.1"}, [3]string{"1", "", "0.2"})}}
	c.component(x) // 1 to 10 April has 8 of 22 weekdays: a quota of 3,000 × 14/22 = 1,909.09…, so 3,000 × 20 % less 190.909…
	c.give("crm.deals", tinyDeal("D1", "ada", 300000, "EUR", "2026-04-05"))
	r := c.close("2026-04")
	want := map[string]string{"x": "300.00", "ignored": "300.00", "tiers": "409.09"}
	if diff := cmp.Diff(want, amounts(r, "E1")); diff != "" {
		t.Errorf("April (-want +got):\n%s", diff)
	}
	for id, want := range map[string]string{"x": "2000.00", "ignored": "3000.00", "tiers": "1909.09"} {
		if got := quotaOf(t, r, id); got != want {
			t.Errorf("%s: quota %s, want %s", id, got, want)
		}
	}
	r = c.close("2026-06")
	want = map[string]string{"x": "0.00", "ignored": "0.00", "tiers": "0.00"}
	if diff := cmp.Diff(want, amounts(r, "E1")); diff != "" {
		t.Errorf("June (-want +got):\n%s", diff)
	}
	c.found(r)
}

// TestGC27: numbers for the whole year. The opportunity is 21,000, paid in proportion up to the quota of 100,000 and 2 % of it
// for each 1 % above: 14,175 at 67.5 %, then 23,100 at 105 % and 27,300 at 115 %.
func TestGC27(t *testing.T) {
	c := newTiny(t)
	c.component(comp.Component{ID: "x", Measure: "sold", ToDate: "year", Numbers: "whole", Prorate: "days", Target: dated(21000, 1), Quota: &comp.Quota{Dated: dated(100000, 1)},
		Curve: comp.Curve{Kind: comp.Interpolate, Of: "attainment", Points: points(t, [2]string{"0", "0"}, [2]string{"1", "1"}, [2]string{"2", "3"})}})
	for i, x := range []struct {
		sold int
		want string
	}{{6750000, "14175.00"}, {3750000, "8925.00"}, {1000000, "4200.00"}} {
		month := months(3)[i]
		c.give("crm.deals", tinyDeal("D"+month, "ada", x.sold, "EUR", month+"-15"))
		if got := amounts(c.close(month), "E1")["x"]; got != x.want {
			t.Errorf("%s: paid %s, the case says %s", month, got, x.want)
		}
	}
}

// TestScore: the approved number is the value; without a row the rule for what is missing decides.
func TestScore(t *testing.T) {
	for rule, want := range map[string]string{"neutral": "2000.00", "zero": "0.00"} {
		c := newTiny(t)
		c.numbers(cells{"E1", "objectives", "2026-01-01", "2026-01-31", 900000, nil})
		c.component(comp.Component{ID: "x", Score: "objectives", Target: dated(2000, 2000), Missing: rule, Curve: comp.Curve{Kind: comp.Linear, Of: "value"}})
		r := c.close("2026-01")
		c.want(r, "E1", "earning x 2026-01 1800.00 EUR")
		if got := result(t, r, "x").Working; !slices.Contains(got, "Score objectives: 0.9") {
			t.Errorf("said %q", got)
		}
		c.want(c.close("2026-02"), "E1", "earning x 2026-02 "+want+" EUR")
	}
	c := newTiny(t)
	c.alone()
	c.component(comp.Component{ID: "x", Score: "objectives", Target: dated(2000, 2000), Missing: "hold", Curve: comp.Curve{Kind: comp.Linear, Of: "value"}})
	c.found(c.close("2026-01"), `measure_missing holds payee: E1 has no value of the score "objectives" and the plan holds the component; wait for the data, or settle it with a waiver`)
}

// TestNumbersByName: rates, targets and caps of the number table; one in another currency is converted, and a rate in money is
// for each unit.
func TestNumbersByName(t *testing.T) {
	c := newTiny(t)
	c.alone()
	all := func(name string, number int, currency any) cells {
		return cells{"E1", name, "2026-01-01", "2026-12-31", number, currency}
	}
	c.numbers(all("share", 70000, nil), all("unit", 150000000, "EUR"), all("ote", 500000000, "USD"), all("most", 240000000, "EUR"))
	c.component(comp.Component{ID: "share", Measure: "sold", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", RateName: "share"}})
	c.component(comp.Component{ID: "unit", Measure: "net", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", RateName: "unit"}})
	x := flat("target", 0)
	x.Target, x.TargetName = nil, "ote"
	c.component(x)
	x.ID, x.CapName = "capped", "most"
	c.component(x)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-05"), tinyDeal("D2", "ada", 100000, "EUR", "2026-01-05"), tinyDeal("D3", "ada", 100000, "EUR", "2026-01-05"))
	r := c.close("2026-01")
	want := map[string]string{"share": "210.00", "unit": "450.00", "target": "250.00", "capped": "240.00"}
	if diff := cmp.Diff(want, amounts(r, "E1")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	x.ID, x.TargetName, x.CapName = "absent", "nothing", ""
	c.component(x)
	c.found(c.try("2026-02"), `missing_target holds payee: E1 has no target "nothing" on 2026-01-31; add a row to the quota table`)
}
