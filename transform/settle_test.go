package transform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// amounts are a payee's lines by component.
func amounts(r *comp.Result, payee string) map[string]string {
	out := map[string]string{}
	for _, s := range r.Statements {
		for _, l := range s.Lines {
			if s.Payee == payee {
				out[l.Component] += strings.TrimSpace(" " + l.Amount.Decimal())
			}
		}
	}
	return out
}

func points(t testing.TB, texts ...[2]string) []comp.Band {
	var out []comp.Band
	for _, p := range texts {
		out = append(out, comp.Band{From: num(t, p[0]), Pays: num(t, p[1])})
	}
	return out
}

// TestGC09: target 12,000; at 70 % half of it, straight to 100 %, two to one above, at most 200 %. Below 70 % the line is
// flat, since the language has no jump in a line: the case's 0.00 at 69.99 % cannot be said.
func TestGC09(t *testing.T) {
	for att, want := range map[int]string{700: "6000.00", 850: "9000.00", 1000: "12000.00", 1120: "14880.00", 1500: "24000.00", 1600: "24000.00"} {
		c := newTiny(t)
		c.component(comp.Component{ID: "x", Measure: "sold", Target: dated(12000, 12000), Quota: &comp.Quota{Dated: dated(1000, 1000)},
			Curve: comp.Curve{Kind: comp.Interpolate, Of: "attainment", Points: points(t, [2]string{"0.7", "0.5"}, [2]string{"1", "1"}, [2]string{"1.5", "2"})}})
		c.give("crm.deals", tinyDeal("D", "ada", att*100, "EUR", "2026-01-15"))
		if got := amounts(c.close("2026-01"), "E1")["x"]; got != want {
			t.Errorf("%d of 1000: paid %s, want %s", att, got, want)
		}
	}
}

// TestGC10: three products with quotas 1.0m, 0.2m, 0.4m and rates 2/8/5 %; what is above a quota earns 2/4/2 % more, but
// only if all three reach 95 %: 950,000, 190,000 and 380,000.
func TestGC10(t *testing.T) {
	for _, x := range []struct {
		sold int
		want map[string]string
	}{
		{320000, map[string]string{"a": "24000.00", "b": "19200.00", "c": "16000.00", "a+": "0.00", "b+": "0.00", "c+": "0.00"}},       // 59,200.00
		{380000, map[string]string{"a": "24000.00", "b": "19200.00", "c": "19000.00", "a+": "4000.00", "b+": "1600.00", "c+": "0.00"}}, // 67,800.00
	} {
		c := newTiny(t)
		c.in.Measures = nil
		products := []struct{ id, quota, rate, more, gate string }{{"a", "1000000", "0.02", "0.02", "950000"}, {"b", "200000", "0.08", "0.04", "190000"}, {"c", "400000", "0.05", "0.02", "380000"}}
		var gates []comp.Gate
		for _, p := range products {
			c.in.Measures = append(c.in.Measures, comp.Measure{ID: p.id, Title: p.id, Unit: "money", Aggregate: comp.Sum, Pool: comp.PoolPayee, Terms: []comp.Term{{Table: "crm.deals",
				Where: isText("id", p.id), Owner: comp.Owner{Column: "owner", System: "crm"}, Value: name("amount", comp.KindNumber), Currency: "currency", Date: "day"}}})
			gates = append(gates, comp.Gate{Measure: p.id, AtLeast: num(t, p.gate)})
		}
		for _, p := range products {
			q := &comp.Quota{Dated: []comp.Dated{{From: on("2020-01-01"), By: map[comp.Currency]comp.Number{"EUR": num(t, p.quota), "USD": num(t, p.quota)}}}}
			c.component(comp.Component{ID: p.id, Measure: p.id, Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", Rate: num(t, p.rate)}})
			c.component(comp.Component{ID: p.id + "+", Measure: p.id, Quota: q, Gates: gates, Curve: comp.Curve{Kind: comp.Marginal, Of: "attainment",
				Bands: bands(t, [3]string{"0", "1", "0"}, [3]string{"1", "", p.more})}})
		}
		c.give("crm.deals", tinyDeal("a", "ada", 120000000, "EUR", "2026-01-15"), tinyDeal("b", "ada", 24000000, "EUR", "2026-01-15"), tinyDeal("c", "ada", x.sold*100, "EUR", "2026-01-15"))
		if diff := cmp.Diff(x.want, amounts(c.close("2026-01"), "E1")); diff != "" {
			t.Errorf("C sold %d (-want +got):\n%s", x.sold, diff)
		}
	}
}

// TestGC12: weights 40/20/25/15 of 2,000 are targets of 800, 400, 500 and 300; factors 1.04, .93 and 1.60 capped at 1.50;
// 65 % lies below the threshold of 70 %. With the second missing: zero 1,582.00, neutral 1,982.00.
func TestGC12(t *testing.T) {
	for missing, want := range map[string][]string{"": {"832.00", "372.00", "750.00", "0.00"}, "zero": {"832.00", "0.00", "750.00", "0.00"}, "neutral": {"832.00", "400.00", "750.00", "0.00"}} {
		c := newTiny(t)
		linear := comp.Curve{Kind: comp.Linear, Of: "attainment"}
		q := func(n string) *comp.Quota {
			return &comp.Quota{Dated: []comp.Dated{{From: on("2020-01-01"), By: map[comp.Currency]comp.Number{"": num(t, n)}}}}
		}
		c.component(comp.Component{ID: "1", Measure: "good", Target: dated(800, 800), Missing: "zero", Quota: q("0.5"), Curve: linear}) // 52/100 over .5
		c.component(comp.Component{ID: "2", Measure: "other", Target: dated(400, 400), Missing: missing, Quota: q("1"), Curve: linear}) // 93/100 over 1
		c.component(comp.Component{ID: "3", Measure: "good", Target: dated(500, 500), Missing: "zero", Quota: q("0.325"), Curve: linear, Cap: dated(750, 750)})
		c.component(comp.Component{ID: "4", Measure: "good", Target: dated(300, 300), Missing: "zero", Quota: q("0.8"), Curve: comp.Curve{Kind: comp.StepCurve, Of: "attainment",
			Bands: bands(t, [3]string{"0", "0.7", "0"}, [3]string{"0.7", "", "1"})}}) // .52/.8 = 65 %
		other := c.in.Measures[1]
		other.ID, other.Title = "other", "Other"
		other.Terms = []comp.Term{other.Terms[0]}
		other.Terms[0].Table = "desk.tickets"
		other.Terms[0].Where = &comp.Expr{Op: comp.StartsWith, Kind: comp.KindBool, Args: []*comp.Expr{name("id", comp.KindText), {Op: comp.Lit, Kind: comp.KindText, Lit: comp.TextValue("O")}}}
		c.in.Measures = append(c.in.Measures[:3:3], append([]comp.Measure{other}, c.in.Measures[3:]...)...)
		c.in.Measures[1].Terms = []comp.Term{c.in.Measures[1].Terms[0]}
		c.in.Measures[1].Terms[0].Where = &comp.Expr{Op: comp.Not, Kind: comp.KindBool, Args: []*comp.Expr{other.Terms[0].Where}}
		var rows []cells
		for i := range 100 {
			rows = append(rows, cells{"T" + string(rune('0'+i/10)) + string(rune('0'+i%10)), "E1", i < 52, "2026-01-10"})
			if missing == "" {
				rows = append(rows, cells{"O" + string(rune('0'+i/10)) + string(rune('0'+i%10)), "E1", i < 93, "2026-01-10"})
			}
		}
		c.give("desk.tickets", rows...)
		got := amounts(c.close("2026-01"), "E1")
		if diff := cmp.Diff(want, []string{got["1"], got["2"], got["3"], got["4"]}); diff != "" {
			t.Errorf("missing %q (-want +got):\n%s", missing, diff)
		}
	}
}

// TestGC16: who starts on 1 June takes part on 214 of 365 days: 800,000 and 75,000 become 469,041.10 and 43,972.60.
func TestGC16(t *testing.T) {
	c := newTiny(t)
	c.in.Settings.First = on("2025-01-01")
	c.give("hr.status", cells{"E1", "2025-06-01", "Active"}, cells{"E2", "2025-01-01", "Active"}, cells{"E3", "2025-01-01", "Active"})
	c.component(comp.Component{ID: "x", Measure: "sold", Every: "year", Prorate: "days", Target: dated(75000, 1), Quota: &comp.Quota{Dated: dated(800000, 1)},
		Curve: comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: []comp.Band{{Open: true, Pays: comp.Int(1)}}}})
	r := c.close("2025-12")
	x := r.Statements[0].Components[0]
	if q := x.Quota.Fixed(2, comp.HalfAway); q != "469041.10" || x.Amount.String() != "43972.60 EUR" {
		t.Errorf("quota %s, pay %s; the case says 469041.10 and 43972.60", q, x.Amount)
	}
}

// TestGC26: released 3,000 and 4,500; the third month finds a cumulative entitlement of 12,150: 4,650 are due, whether as
// the month's own or as corrections. Here 10 % to date: sold 30,000 and 45,000, then 40,000 and a late 6,500 of January.
func TestGC26(t *testing.T) {
	c := newTiny(t)
	x := tenPercent
	x.ToDate = "year"
	c.component(x)
	c.give("crm.deals", tinyDeal("D1", "ada", 3000000, "EUR", "2026-01-15"))
	c.want(c.close("2026-01"), "E1", "earning commission 2026-01 3000.00 EUR")
	c.give("crm.deals", tinyDeal("D2", "ada", 4500000, "EUR", "2026-02-15"))
	c.want(c.close("2026-02"), "E1", "earning commission 2026-02 4500.00 EUR")
	c.give("crm.deals", tinyDeal("D3", "ada", 4000000, "EUR", "2026-03-15"), tinyDeal("D4", "ada", 650000, "EUR", "2026-01-20"))
	r := c.close("2026-03")
	c.want(r, "E1", "earning commission 2026-03 4000.00 EUR", "true-up commission 2026-01 late data 650.00 EUR")
	if got := total(r, "E1"); got != "4650.00 EUR" {
		t.Errorf("paid %s, the case says 4650.00", got)
	}
}

// TestGC28: a cap of 5,000 forfeits what is above it.
func TestGC28(t *testing.T) {
	c := newTiny(t)
	x := tenPercent
	x.Cap = dated(5000, 5000)
	c.component(x)
	for i, m := range []struct {
		month, want string
		sold        int
	}{{"2026-01", "5000.00", 7200000}, {"2026-02", "3100.00", 3100000}, {"2026-03", "4500.00", 4500000}} {
		c.give("crm.deals", tinyDeal("D"+m.month, "ada", m.sold, "EUR", m.month+"-15"))
		if got := amounts(c.close(m.month), "E1")["commission"]; got != m.want {
			t.Errorf("month %d: paid %s, the case says %s", i+1, got, m.want)
		}
	}
}

// TestGC31: three lines of 10.125 are 30.39 rounded half away from zero line by line, 30.36 half to even. Of 6.45 30 % are
// 1.935: 1.94.
func TestGC31(t *testing.T) {
	for mode, want := range map[comp.Rounding]string{comp.HalfAway: "30.39 EUR", comp.HalfEven: "30.36 EUR", comp.TowardZero: "30.36 EUR", comp.AwayFromZero: "30.39 EUR"} {
		c := newTiny(t)
		c.in.Plans[0].Rounding = mode
		for _, id := range []string{"1", "2", "3"} {
			x := tenPercent
			x.ID = id
			c.component(x)
		}
		c.give("crm.deals", tinyDeal("D", "ada", 10125, "EUR", "2026-01-15"), tinyDeal("E", "bob", 645, "EUR", "2026-01-15"))
		r := c.close("2026-01")
		if got := total(r, "E1"); got != want {
			t.Errorf("rounded %s: %s, want %s", mode, got, want)
		}
		if got := total(r, "E2"); mode == comp.HalfAway && got != "1.95 EUR" { // three lines of .645 are .65 each
			t.Errorf("three times 0.645: %s", got)
		}
	}
}

// TestOrderOfVerbs pins where the order decides. Sold 2,000 of a quota of 1,000 prorated to 16 of 31 days by a start on 16
// January, half time: the quota is 1,000 × 16/31 × 1/2 = 258.0645…, the target 310 × 16/31 / 2 = 80, so linear pay is
// 80 × 2,000 / 258.0645… = 620 and the cap 465 × 16/31 / 2 = 120 wins. A gate shut before the cap leaves nothing.
func TestOrderOfVerbs(t *testing.T) {
	c := newTiny(t)
	c.give("hr.status", cells{"E1", "2026-01-16", "Active"}, cells{"E2", "2025-01-01", "Active"}, cells{"E3", "2025-01-01", "Active"})
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "0.5", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E3", "2025-01-01", "Sales", "US01", "1", nil})
	x := comp.Component{ID: "x", Measure: "sold", Prorate: "days", FTE: true, Target: dated(310, 310), Quota: &comp.Quota{Dated: dated(1000, 1000)},
		Cap: dated(465, 465), Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}}
	c.component(x)
	x.ID, x.Cap = "uncapped", nil
	c.component(x)
	x.ID, x.Gates = "gated", []comp.Gate{{Measure: "good", AtLeast: num(t, "0.8")}}
	c.component(x)
	x.ID, x.Prorate, x.FTE = "whole", "none", false
	c.component(x) // gated as well
	c.give("crm.deals", tinyDeal("D", "ada", 200000, "EUR", "2026-01-20"), tinyDeal("too early", "ada", 900000, "EUR", "2026-01-15"))
	c.give("desk.tickets", cells{"T1", "E1", true, "2026-01-20"}, cells{"T2", "E1", false, "2026-01-20"})
	want := map[string]string{"x": "120.00", "uncapped": "620.00", "gated": "0.00", "whole": "0.00"}
	if diff := cmp.Diff(want, amounts(c.close("2026-01"), "E1")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestGateReadsItsOwnWindow: the gate's measure reads two months, the component's one. 1 of 2 good in December and 2 of 2
// in January are 3 of 4: below 80 %, though January alone is above.
func TestGateReadsItsOwnWindow(t *testing.T) {
	c := newTiny(t)
	c.in.Measures[1].Window = 2
	x := tenPercent
	x.Gates = []comp.Gate{{Measure: "good", AtLeast: num(t, "0.8")}}
	c.component(x)
	c.give("crm.deals", tinyDeal("D", "ada", 100000, "EUR", "2026-01-20"))
	c.give("desk.tickets", cells{"T1", "E1", true, "2025-12-20"}, cells{"T2", "E1", false, "2025-12-20"}, cells{"T3", "E1", true, "2026-01-20"}, cells{"T4", "E1", true, "2026-01-20"})
	r := c.close("2026-01")
	c.want(r, "E1", "earning commission 2026-01 0.00 EUR")
	for _, k := range r.Controls {
		if k.Table == "desk.tickets" && k.Parts[1].Rows != 4 {
			t.Errorf("the gate's four rows decide pay, the control says %+v", k.Parts)
		}
	}
}

// TestToDate: marginal to date, 10 % up to the cumulative quota and 20 % above; the quota is 1,000 a month, the second
// half of February off the plan. January 1,500: 100 + 100. February 400, 14 of 28 days: 1,900 of 1,500: 150 + 80 = 230,
// less 200. A window of the measure means nothing to date, and counts no row twice.
func TestToDate(t *testing.T) {
	c := newTiny(t)
	c.in.Measures[3].Window = 3
	c.component(comp.Component{ID: "x", Measure: "sold", ToDate: "year", Prorate: "days", Quota: &comp.Quota{Dated: dated(1000, 1000)},
		Curve: comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: bands(t, [3]string{"0", "1", "0.1"}, [3]string{"1", "", "0.2"})}})
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E1", "2026-02-15", "Service", "DE01", "1", nil}, cells{"E1", "2026-03-01", "Sales", "DE01", "1", nil},
		cells{"E2", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E3", "2025-01-01", "Sales", "US01", "1", nil})
	c.give("crm.deals", tinyDeal("D0", "ada", 77700, "EUR", "2025-12-31"), tinyDeal("D1", "ada", 150000, "EUR", "2026-01-20"), tinyDeal("D2", "ada", 40000, "EUR", "2026-02-10"),
		tinyDeal("D3", "ada", 99900, "EUR", "2026-02-20"))
	c.want(c.close("2026-01"), "E1", "earning x 2026-01 200.00 EUR")
	c.want(c.close("2026-02"), "E1", "earning x 2026-02 30.00 EUR")
	// March: 600, so 2,500 of 2,500: 250, less 230. The year restarts in January.
	c.give("crm.deals", tinyDeal("D4", "ada", 60000, "EUR", "2026-03-20"))
	c.want(c.close("2026-03"), "E1", "earning x 2026-03 20.00 EUR")
}

// TestCountsTakeAway: three deals less one refund are two.
func TestCountsTakeAway(t *testing.T) {
	c := newTiny(t)
	c.component(comp.Component{ID: "x", Measure: "net", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", Rate: comp.Int(7)}})
	c.give("crm.deals", tinyDeal("D1", "ada", 1, "EUR", "2026-01-20"), tinyDeal("D2", "ada", 1, "EUR", "2026-01-20"), tinyDeal("D3", "ada", 1, "EUR", "2026-01-20"))
	c.give("crm.refunds", tinyDeal("D1", "ada", 1, "EUR", "2026-01-20"))
	c.want(c.close("2026-01"), "E1", "earning x 2026-01 14.00 EUR")
}

// TestNegativeValues: a month of refunds alone takes back at the first band's rate, marginal and retroactive alike; a
// refund that leaves the month positive lowers the slice it was in.
func TestNegativeValues(t *testing.T) {
	bs := bands(t, [3]string{"0", "1000", "0.1"}, [3]string{"1000", "", "0.2"})
	for _, x := range []struct {
		kind   comp.CurveKind
		refund int
		want   string
	}{{comp.Marginal, 50000, "200.00"}, {comp.Marginal, 250000, "-50.00"}, {comp.Retroactive, 50000, "300.00"}, {comp.Retroactive, 250000, "-50.00"}} {
		c := newTiny(t)
		c.component(comp.Component{ID: "x", Measure: "sold", Curve: comp.Curve{Kind: x.kind, Of: "value", Bands: bs}})
		c.give("crm.deals", tinyDeal("D1", "ada", 200000, "EUR", "2026-01-20"))
		c.give("crm.refunds", tinyDeal("R1", "ada", x.refund, "EUR", "2026-01-21"))
		if got := amounts(c.close("2026-01"), "E1")["x"]; got != x.want {
			t.Errorf("%s, 2000.00 less %d cents: paid %s, want %s", x.kind, x.refund, got, x.want)
		}
	}
}

// TestShownHoldsNobody: a component that only shows lacks its quota; the other one is paid.
func TestShownHoldsNobody(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	x := comp.Component{ID: "shown", Measure: "sold", Shown: true, Quota: &comp.Quota{Name: "revenue"}, Target: dated(1, 1), Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}}
	c.component(x)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-20"))
	r := c.close("2026-01")
	c.want(r, "E1", "earning commission 2026-01 100.00 EUR")
	if n := len(r.Statements[0].Components); n != 2 {
		t.Errorf("%d components are shown, want 2", n)
	}
}

// TestQuotas: what is missing, zero or said twice holds whom it reaches, and nobody else.
func TestQuotas(t *testing.T) {
	q := func(e, from string, amount any) cells { return cells{e, from, nil, amount, "EUR"} }
	for _, x := range []struct {
		name     string
		quotas   []cells
		ada, bob string
		found    string
	}{
		{"both", []cells{q("E1", "2026-01-01", 100000), q("E2", "2026-01-01", 50000)}, "100.00 EUR", "200.00 EUR", ""},
		{"until the next", []cells{q("E1", "2025-01-01", 100), q("E1", "2026-01-31", 100000), q("E2", "2025-01-01", 50000)}, "100.00 EUR", "200.00 EUR", ""},
		{"in dollars", []cells{{"E1", "2026-01-01", nil, 200000, "USD"}, q("E2", "2026-01-01", 50000)}, "100.00 EUR", "200.00 EUR", ""},
		{"missing", []cells{q("E1", "2026-01-01", 100000)}, "100.00 EUR", "", `missing_quota holds payee: E2 has no quota "revenue" on 2026-01-31; add a row to the quota table`},
		{"begins too late", []cells{q("E1", "2026-02-01", 100000), q("E2", "2026-01-01", 50000)}, "", "200.00 EUR", `missing_quota holds payee: E1 has no quota "revenue" on 2026-01-31; add a row to the quota table`},
		{"empty: the one before does not stand in", []cells{q("E1", "2025-01-01", 100000), q("E1", "2026-01-10", nil), q("E2", "2026-01-01", 50000)}, "", "200.00 EUR",
			`missing_quota holds payee: E1 has no quota "revenue" on 2026-01-31; add a row to the quota table`},
		{"twice", []cells{q("E1", "2026-01-01", 100000), q("E1", "2026-01-01", 90000), q("E2", "2026-01-01", 50000)}, "", "200.00 EUR",
			`quota_twice holds nothing: E1 has two quotas "revenue", 1000 EUR and 900 EUR, from 2026-01-01 to further on; end the first row the day before the second begins; until then the quota of these days is not known`},
		{"twice the same", []cells{q("E1", "2026-01-01", 100000), q("E1", "2026-01-01", 100000), q("E2", "2026-01-01", 50000)}, "100.00 EUR", "200.00 EUR", ""},
		{"zero", []cells{q("E1", "2026-01-01", 0), q("E2", "2026-01-01", 50000)}, "", "200.00 EUR", "zero_quota holds payee: the quota of E1 for x is 0, and a number above zero was expected; correct the quota"},
		{"negative", []cells{q("E1", "2026-01-01", -100), q("E2", "2026-01-01", 50000)}, "", "200.00 EUR", "zero_quota holds payee: the quota of E1 for x is -1, and a number above zero was expected; correct the quota"},
		{"a currency that does not exist", []cells{{"E1", "2026-01-01", nil, 100000, "EUX"}, q("E2", "2026-01-01", 50000)}, "", "200.00 EUR", `unknown_currency holds payee: "EUX" is not an ISO 4217 currency; write a code such as EUR`},
		{"without a rate", []cells{{"E1", "2026-01-01", nil, 100000, "CHF"}, q("E2", "2026-01-01", 50000)}, "", "200.00 EUR", "missing_fx_rate holds payee: no rate from CHF to EUR is known on 2026-01-31; add a row to the fx table"},
		{"ends before it begins", []cells{{"E1", "2026-01-10", "2026-01-09", 100000, "EUR"}, q("E2", "2026-01-01", 50000)}, "", "200.00 EUR",
			"empty_span holds payee: the last day 2026-01-09 lies before the first day 2026-01-10; correct one of the two dates in the source"},
	} {
		c := newTiny(t)
		c.component(comp.Component{ID: "x", Measure: "sold", Quota: &comp.Quota{Name: "revenue"}, Target: dated(100, 100), Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}})
		c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E2", "2025-01-01", "Active"}, cells{"E3", "2025-01-01", "Terminated"})
		c.give("ref.quotas", x.quotas...)
		c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-20"), tinyDeal("D2", "bob", 100000, "EUR", "2026-01-20"))
		r := c.close("2026-01")
		for payee, want := range map[string]string{"E1": x.ada, "E2": x.bob} {
			got := total(r, payee)
			if held := len(lines(r, payee)) == 1 && strings.HasPrefix(lines(r, payee)[0], "held"); held != (want == "") || (!held && got != want) {
				t.Errorf("%s: %s is paid %s, held %v; want %q", x.name, payee, got, held, want)
			}
		}
		if all := strings.Join(findings(r.Findings), "\n"); !strings.Contains(all, x.found) || (x.found == "") != (all == "") {
			t.Errorf("%s: found %q, want %q", x.name, all, x.found)
		}
	}
}

// TestRates: a deal of 1,000.00 USD is 500.00 EUR at 0.5; only the rate in force on the month's last day decides, and what
// is no rate is not replaced by an older one.
func TestRates(t *testing.T) {
	for _, x := range []struct {
		name  string
		rates []cells
		want  string // "" held
	}{
		{"the last day's", []cells{{"2025-12-01", "USD", "EUR", 9000}, {"2026-01-31", "USD", "EUR", 5000}, {"2026-02-01", "USD", "EUR", 7000}}, "50.00 EUR"},
		{"none", nil, ""},
		{"only the other way round", []cells{{"2025-12-01", "EUR", "USD", 20000}}, ""},
		{"only later", []cells{{"2026-02-01", "USD", "EUR", 5000}}, ""},
		{"an empty one after a good one", []cells{{"2025-12-01", "USD", "EUR", 5000}, {"2026-01-31", "USD", "EUR", nil}}, ""},
		{"a zero after a good one", []cells{{"2025-12-01", "USD", "EUR", 5000}, {"2026-01-31", "USD", "EUR", 0}}, ""},
		{"two on one day", []cells{{"2026-01-31", "USD", "EUR", 5000}, {"2026-01-31", "USD", "EUR", 5001}}, ""},
		{"the same twice", []cells{{"2026-01-31", "USD", "EUR", 5000}, {"2026-01-31", "USD", "EUR", 5000}}, "50.00 EUR"},
		{"an empty line", []cells{{"2025-12-01", "USD", "EUR", 5000}, {nil, nil, nil, nil}}, "50.00 EUR"},
		{"of no day", []cells{{"2025-12-01", "USD", "EUR", 5000}, {nil, "USD", "EUR", 6000}}, "stopped"},
	} {
		c := newTiny(t)
		c.component(tenPercent)
		c.give("ref.fx", x.rates...)
		c.give("crm.deals", tinyDeal("D1", "ada", 100000, "USD", "2026-01-20"))
		r := c.close("2026-01")
		got := total(r, "E1")
		if strings.HasPrefix(lines(r, "E1")[0], "held") {
			got = ""
		}
		if Stops(r.Findings) {
			got = "stopped"
		}
		if got != x.want {
			t.Errorf("%s: %q, want %q; findings %v", x.name, got, x.want, findings(r.Findings))
		}
	}
}

// TestPools: a department's share is that of the rows its people own on the row's day, for whoever is in it on the last
// participating day; who is in none is held.
func TestPools(t *testing.T) {
	c := newTiny(t)
	c.in.Plans[0].Eligible = nil
	c.component(comp.Component{ID: "team", Measure: "team", Missing: "zero", Target: dated(100, 100), Curve: comp.Curve{Kind: comp.Interpolate, Of: "value",
		Points: points(t, [2]string{"0", "0"}, [2]string{"1", "1"})}})
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E1", "2026-01-20", "Service", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", nil},
		cells{"E3", "2025-01-01", nil, "US01", "1", nil})
	c.give("desk.tickets", cells{"T1", "E1", true, "2026-01-10"}, cells{"T2", "E2", false, "2026-01-25"}, cells{"T3", "E1", true, "2026-01-25"})
	r := c.close("2026-01")
	c.want(r, "E1", "earning team 2026-01 100.00 EUR") // Service: T3
	c.want(r, "E2", "earning team 2026-01 50.00 EUR")  // Sales: T1 and T2
	c.want(r, "E3", "held 0.00 USD")
	c.found(r, "missing_pool holds payee: E3 has no department on 2026-01-31, and team is measured by it; set it in the source")
}
