package transform

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// ofAll is a component held against a quota of the whole company, or of the department, in days and by hours.
func ofAll(measure string) comp.Component {
	return comp.Component{ID: "x", Measure: measure, Quota: &comp.Quota{Dated: dated(1000, 2000)}, Prorate: "days", FTE: true,
		Target: dated(100, 200), Cap: dated(150, 300), Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}}
}

// joins has Bob come on a day, at half time.
func (c *tiny) joins(day string) {
	c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E2", day, "Active"}, cells{"E3", "2025-01-01", "Active"})
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "0.5", nil},
		cells{"E3", "2025-01-01", "Sales", "DE01", "1", nil})
}

// department measures what the payee's department sold.
func (c *tiny) department() {
	for _, m := range c.in.Measures {
		if m.ID == "everybody" {
			m.ID, m.Title, m.Pool = "ours", "Revenue of the department", comp.PoolDepartment
			m.Terms = append([]comp.Term(nil), m.Terms...)
			c.in.Measures = append(c.in.Measures, m)
			return
		}
	}
}

// statementOf is the calculation of a payee's component x.
func statementOf(t *testing.T, r *comp.Result, payee string) comp.ComponentResult {
	t.Helper()
	for _, s := range r.Statements {
		for _, x := range s.Components {
			if s.Payee == payee && x.Component == "x" {
				return x
			}
		}
	}
	t.Fatalf("no calculation of %s", payee)
	return comp.ComponentResult{}
}

// TestPoolsAttainAlike: Ada is there all of April and full time, Bob from the 16th and half time, Cleo is on unpaid leave for 15
// days of it. All hold 1,200 against 1,000, whatever the plan prorates by: 120 %, and of a target of 100 Bob gets 1/2 × 1/2.
func TestPoolsAttainAlike(t *testing.T) {
	for _, measure := range []string{"everybody", "ours"} {
		for _, x := range []struct{ mode, bob, cleo string }{{"none", "60.00", "120.00"}, {"days", "30.00", "60.00"}, {"weekdays", "30.00", "60.00"},
			{"months", "30.00", "60.00"}, {"daily", "30.00", "60.00"}} {
			c := newTiny(t)
			c.department()
			c.in.Settings.First = on("2026-04-01")
			c.joins("2026-04-16")
			c.leave(cells{"E3", "2026-04-01", "unpaid"}, cells{"E3", "2026-04-16", ""})
			c.give("crm.deals", tinyDeal("D1", "ada", 120000, "EUR", "2026-04-10"))
			y := ofAll(measure)
			y.Prorate = x.mode
			c.component(y)
			r := c.close("2026-04")
			for payee, want := range map[string]string{"E1": "120.00", "E2": x.bob, "E3": x.cleo} {
				got := statementOf(t, r, payee)
				if a := got.Attainment; a == nil || a.Cmp(num(t, "1.2")) != 0 || got.Quota.Number.Cmp(comp.Int(1000)) != 0 {
					t.Errorf("%s by %s: %s attains %v of %v, want 1.2 of 1000", measure, x.mode, payee, a, got.Quota)
				}
				if p := amounts(r, payee)["x"]; p != want {
					t.Errorf("%s by %s: %s is paid %s, want %s", measure, x.mode, payee, p, want)
				}
			}
		}
	}
}

// TestPoolsToDate: 1,000 a month are to be reached and 1,000, 1,000 and 3,000 are. Who comes on 10 February is held against as
// much as is read: of the company that of everybody, 5,000 of 3,000; of the department, to which nobody belongs before they
// come, 4,000 of 2,000. Of 12,000 for the whole year 334 of 365 days are left for them.
func TestPoolsToDate(t *testing.T) {
	for _, x := range []struct{ measure, numbers, ada, bob string }{
		{"everybody", "", "5000 / 3000", "5000 / 3000"}, {"ours", "", "5000 / 3000", "4000 / 2000"},
		{"everybody", "whole", "5000 / 12000", "5000 / 12000"}, {"ours", "whole", "5000 / 12000", "4000 / 10980.821918"},
	} {
		c := newTiny(t)
		c.department()
		c.joins("2026-02-10")
		y := ofAll(x.measure)
		y.ToDate, y.Numbers, y.Cap = "year", x.numbers, nil
		if x.numbers == "whole" {
			y.Quota = &comp.Quota{Dated: dated(12000, 1)}
		}
		c.component(y)
		for _, d := range [][2]string{{"D1", "2026-01-10"}, {"D2", "2026-02-05"}, {"D3", "2026-03-10"}} {
			amount := 100000
			if d[0] == "D3" {
				amount = 300000
			}
			c.give("crm.deals", tinyDeal(d[0], "ada", amount, "EUR", d[1]))
		}
		r := c.close("2026-03")
		for payee, want := range map[string]string{"E1": x.ada, "E2": x.bob} {
			y := statementOf(t, r, payee)
			quota := y.Quota.Number.Fixed(6, comp.HalfAway)
			if got := y.Value.String() + " / " + strings.TrimSuffix(quota, ".000000"); got != want {
				t.Errorf("%s %s: %s holds %s, want %s", x.measure, x.numbers, payee, got, want)
			}
		}
	}
}

// TestPoolsToDateByValue: the company sells 1,000 in January, 1,000 in February and 3,000 in March. A share of it to date pays
// who comes on 10 February nothing of January, at the tiers that the company has reached: of 10 % up to 1,500 and 20 % above,
// 250 less 100 and then 600; where the tier reached counts for all, 20 % of 1,000 and then of 3,000. What
// is paid for nothing sold, here 10, everybody gets.
func TestPoolsToDateByValue(t *testing.T) {
	eur := func(n int64) map[comp.Currency]comp.Number { return map[comp.Currency]comp.Number{"EUR": comp.Int(n)} }
	steps := []comp.Band{{To: comp.Int(1500), By: eur(10)}, {From: comp.Int(1500), To: comp.Int(4000), By: eur(30)}, {From: comp.Int(4000), Open: true, By: eur(60)}}
	half := &comp.Expr{Op: comp.MulOp, Kind: comp.KindNumber, Text: "all * 0.5", Args: []*comp.Expr{name("all", comp.KindNumber), {Op: comp.Lit, Kind: comp.KindNumber, Lit: comp.NumberValue(num(t, "0.5"))}}}
	tiers := bands(t, [3]string{"0", "1500", "0.1"}, [3]string{"1500", "", "0.2"})
	for _, x := range []struct {
		name     string
		curve    comp.Curve
		ada, bob []string
		measure  string
	}{
		{"rate", comp.Curve{Kind: comp.RateCurve, Of: "value", Rate: num(t, "0.1")}, []string{"100.00", "100.00", "300.00"}, []string{"", "100.00", "300.00"}, "everybody"},
		{"marginal", comp.Curve{Kind: comp.Marginal, Of: "value", Bands: tiers}, []string{"100.00", "150.00", "600.00"}, []string{"", "150.00", "600.00"}, "everybody"},
		{"retroactive", comp.Curve{Kind: comp.Retroactive, Of: "value", Bands: tiers}, []string{"100.00", "300.00", "600.00"}, []string{"", "200.00", "600.00"}, "everybody"},
		{"steps in money", comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: steps}, []string{"10.00", "20.00", "30.00"}, []string{"", "30.00", "30.00"}, "everybody"},
		{"of a formula", comp.Curve{Kind: comp.RateCurve, Of: "value", Rate: num(t, "0.2")}, []string{"100.00", "100.00", "300.00"}, []string{"", "100.00", "300.00"}, "half"},
	} {
		c := newTiny(t)
		c.joins("2026-02-10")
		c.in.Measures = append(slices.Clone(c.in.Measures), comp.Measure{ID: "half", Title: "Half of it", Unit: "money", Aggregate: comp.Formula, Pool: comp.PoolCompany, Counted: "all",
			Inputs: []comp.Input{{Name: "all", Measure: "everybody"}}, Formula: half})
		slices.SortFunc(c.in.Measures, func(a, b comp.Measure) int { return strings.Compare(a.ID, b.ID) })
		c.component(comp.Component{ID: "x", Measure: x.measure, ToDate: "year", Curve: x.curve})
		for i, month := range []string{"2026-01", "2026-02", "2026-03"} {
			c.give("crm.deals", tinyDeal("D"+month, "ada", []int{100000, 100000, 300000}[i], "EUR", month+"-05"))
			r := c.close(month)
			for payee, want := range map[string]string{"E1": x.ada[i], "E2": x.bob[i]} {
				if got := amounts(r, payee)["x"]; got != want {
					t.Errorf("%s in %s: %s is paid %q, want %q", x.name, month, payee, got, want)
				}
			}
		}
	}
}

// TestGatesOfPools: 800 of 1,000 close a gate at 100 % for a joiner at half time as for everybody, as a part's and a
// multiplier's factor is theirs.
func TestGatesOfPools(t *testing.T) {
	c := newTiny(t)
	c.joins("2026-01-17")
	quota := &comp.Quota{Dated: dated(1000, 2000)}
	gated := flat("gated", 100)
	gated.Prorate, gated.FTE = "days", true
	gated.Gates = []comp.Gate{{Measure: "everybody", Of: "attainment", Quota: quota, AtLeast: comp.Int(1)}}
	part := comp.Part{ID: "all", Measure: "everybody", Weight: comp.Int(1), Quota: quota, Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}}
	card := comp.Component{ID: "card", Target: dated(100, 200), Prorate: "none", FTE: true, Parts: []comp.Part{part}}
	times := flat("times", 100)
	times.FTE, times.Multiply = true, []comp.Part{part}
	for _, x := range []comp.Component{gated, card, times} {
		c.component(x)
	}
	c.give("crm.deals", tinyDeal("D1", "ada", 80000, "EUR", "2026-01-10"))
	r := c.close("2026-01")
	for payee, want := range map[string]map[string]string{"E1": {"gated": "0.00", "card": "80.00", "times": "80.00"}, "E2": {"gated": "0.00", "card": "40.00", "times": "40.00"}} {
		if diff := cmp.Diff(want, amounts(r, payee)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", payee, diff)
		}
	}
}
