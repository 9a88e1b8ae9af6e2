package transform

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// quarterDeals are those of GC-03 and GC-04, all of Ada.
var quarterDeals = []cells{tinyDeal("J1", "ada", 20000, "EUR", "2026-01-05"), tinyDeal("J2", "ada", 30000, "EUR", "2026-01-06"), tinyDeal("J3", "ada", 150000, "EUR", "2026-01-07"),
	tinyDeal("F1", "ada", 120000, "EUR", "2026-02-05"), tinyDeal("F2", "ada", 200000, "EUR", "2026-02-06"), tinyDeal("M1", "ada", 450000, "EUR", "2026-03-05")}

// pays closes months one after the other and gives what E1 is paid in each.
func (c *tiny) pays(months ...string) string {
	c.t.Helper()
	var out []string
	for _, m := range months {
		out = append(out, strings.TrimSuffix(total(c.close(m), "E1"), " EUR"))
	}
	return strings.Join(out, " ")
}

// TestTiersPerDealPeriodAndToDate is GC-03, and GC-04 by deal and by period.
func TestTiersPerDealPeriodAndToDate(t *testing.T) {
	step := tiersOf(t, comp.Marginal, "0", "0.01", "1000", "0.02", "3000", "0.03", "8000", "0.05")
	line := comp.Curve{Kind: comp.Interpolate, Of: "value"}
	for _, p := range [][2]string{{"0", "0"}, {"1000", "10"}, {"3000", "50"}, {"8000", "150"}} {
		line.Points = append(line.Points, comp.Band{From: exactOf(t, p[0]), By: map[comp.Currency]comp.Number{"EUR": exactOf(t, p[1]), "USD": exactOf(t, p[1])}})
	}
	for _, x := range []struct {
		name, per, toDate string
		curve             comp.Curve
		want              string
	}{
		{"bands by deal", "deal", "", step, "25.00 44.00 95.00"},
		{"bands by period", "", "", step, "30.00 56.00 95.00"},
		{"bands to date", "", "quarter", step, "30.00 86.00 169.00"},
		{"points by deal", "deal", "", line, "25.00 44.00 80.00"},
		{"points by period", "", "", line, "30.00 54.00 80.00"},
	} {
		c := newTiny(t)
		c.component(comp.Component{ID: "commission", Measure: "sold", Per: x.per, ToDate: x.toDate, Curve: x.curve})
		c.give("crm.deals", quarterDeals...)
		if got := c.pays("2026-01", "2026-02", "2026-03"); got != x.want {
			t.Errorf("%s: got %s, want %s", x.name, got, x.want)
		}
	}
}

// TestPerDealIsTold names each deal and what it pays.
func TestPerDealIsTold(t *testing.T) {
	c := newTiny(t)
	c.component(comp.Component{ID: "commission", Measure: "sold", Per: "deal", Curve: tiersOf(t, comp.Marginal, "0", "0.01", "1000", "0.02")})
	c.give("crm.deals", quarterDeals[:3]...)
	r := c.try("2026-01")
	want := []string{"Sold: 2,000.00 EUR (n = 3)", "Deal J1 of 5 January 2026, 200.00 EUR: 2.00 EUR", "Deal J2 of 6 January 2026, 300.00 EUR: 3.00 EUR",
		"Deal J3 of 7 January 2026, 1,500.00 EUR: 20.00 EUR", "Deal by deal, together: 25.00 EUR", "Rounded half away from zero: 25.00 EUR"}
	if d := cmp.Diff(want, r.Statements[0].Components[0].Working); d != "" {
		t.Error(d)
	}
}

// TestRoundedByDeal makes cents of each deal: GC-31, three lines of 10.125.
func TestRoundedByDeal(t *testing.T) {
	for _, x := range []struct {
		at   string
		mode comp.Rounding
		want string
	}{{"deal", comp.HalfAway, "30.39"}, {"component", comp.HalfAway, "30.38"}, {"deal", comp.HalfEven, "30.36"}, {"component", comp.HalfEven, "30.38"}} {
		c := newTiny(t)
		c.component(tenPercent)
		c.in.Plans[0].RoundAt, c.in.Plans[0].Rounding = x.at, x.mode
		c.give("crm.deals", tinyDeal("D1", "ada", 10125, "EUR", "2026-01-05"), tinyDeal("D2", "ada", 10125, "EUR", "2026-01-05"), tinyDeal("D3", "ada", 10125, "EUR", "2026-01-06"))
		if got := c.pays("2026-01"); got != x.want {
			t.Errorf("at %s, %s: got %s, want %s", x.at, x.mode, got, x.want)
		}
	}
}

// TestCrossingDeal names the deal that took the value past a band's end.
func TestCrossingDeal(t *testing.T) {
	c := newTiny(t)
	c.component(comp.Component{ID: "commission", Measure: "sold", Release: &comp.Release{Parts: []comp.Slice{{Share: comp.Int(1), On: "credit"}}},
		Curve: tiersOf(t, comp.Marginal, "0", "0.01", "1000", "0.02")})
	c.give("crm.deals", quarterDeals[:3]...)
	crossed := c.try("2026-01").Statements[0].Components[0].Crossed
	if len(crossed) != 1 || crossed[0].Deal != "J3" || crossed[0].Value.String() != "2000" || crossed[0].Date != on("2026-01-07") {
		t.Errorf("got %+v", crossed)
	}
}

// spiffOf is GC-29: 150.00 for each of 34 deals of January, sold in turn by Ada, Bob and Cleo, in an order of instants that
// is not that of the rows.
func spiffOf(t testing.TB, b comp.Budget) *tiny {
	c := dealCompany(t)
	b.From, b.To = on("2026-01-01"), on("2026-01-31")
	c.component(comp.Component{ID: "spiff", Measure: "net", Per: "deal", Budget: &b,
		Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", RateBy: map[comp.Currency]comp.Number{"EUR": comp.Int(150)}}})
	var rows []cells
	for i := range 34 {
		k := (i * 13) % 34
		rows = append(rows, cells{fmt.Sprintf("D%02d", k), []string{"ada", "bob", "cleo"}[k%3], 100, "EUR", "2026-01-15", 1768500000 + k})
	}
	rows = append(rows, cells{"D99", "ada", 100, "EUR", "2026-02-01", nil}, cells{"D98", "ada", 100, "EUR", "2025-12-31", nil}) // outside of its days
	c.give("crm.deals", rows...)
	return c
}

// TestSpiffOrder draws on a budget in the order of instants: 33 of 34 units of 150.00 fit into 5,000.00, and with partials the
// last one has what is left. Cleo is paid in USD at 2.
func TestSpiffOrder(t *testing.T) {
	budget := comp.Amount{Number: comp.Int(5000), Currency: "EUR"}
	for _, x := range []struct {
		name   string
		budget comp.Budget
		want   string
	}{
		{"no partials", comp.Budget{Amount: budget}, "1650.00 EUR, 1650.00 EUR, 3300.00 USD"},                            // 33 x 150 = 4,950
		{"partials", comp.Budget{Amount: budget, Partial: true}, "1700.00 EUR, 1650.00 EUR, 3300.00 USD"},                // 5,000
		{"at most 1,000 each", comp.Budget{Amount: budget, Each: comp.Int(1000)}, "900.00 EUR, 900.00 EUR, 1800.00 USD"}, // 6 x 150: the seventh does not fit whole
		{"at most 1,600 each, partials", comp.Budget{Amount: budget, Each: comp.Int(1600), Partial: true}, "1600.00 EUR, 1600.00 EUR, 3200.00 USD"},
		{"one that ends it ends it for all", comp.Budget{Amount: comp.Amount{Number: comp.Int(310), Currency: "EUR"}}, "150.00 EUR, 150.00 EUR, 0.00 USD"},
	} {
		c := spiffOf(t, x.budget)
		r := c.try("2026-01")
		if got := totals(r); got != x.want {
			t.Errorf("%s: got %s, want %s: %s", x.name, got, x.want, strings.Join(findings(r.Findings), "\n"))
		}
	}
	c := spiffOf(t, comp.Budget{Amount: budget})
	c.close("2026-01")
	c.want(c.try("2026-02"), "E1", "earning spiff 2026-02 0.00 EUR") // February's deal lies outside of its days
	r := c.try("2026-01")
	if w := r.Statements[0].Components[0].Working; !strings.Contains(strings.Join(w, "\n"), "Deal D33 of 15 January 2026, 1: 0.00 EUR, of 150.00 EUR: the budget of 5,000.00 EUR is spent") {
		t.Errorf("the deal that did not fit is not told: %s", strings.Join(w, "\n"))
	}
}

// TestSpiffOverMonths spends a budget of two months once, also where the first of them is posted and no longer recomputed.
func TestSpiffOverMonths(t *testing.T) {
	c := newTiny(t)
	c.in.Settings.Restate = 0
	c.component(comp.Component{ID: "spiff", Measure: "sold", Per: "deal", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", Rate: comp.Scaled(10, 2)},
		Budget: &comp.Budget{Amount: comp.Amount{Number: comp.Int(100), Currency: "EUR"}, Partial: true, From: on("2026-01-10"), To: on("2026-02-10")}})
	c.give("crm.deals", tinyDeal("D0", "ada", 100000, "EUR", "2026-01-09"), tinyDeal("D1", "ada", 60000, "EUR", "2026-01-10"), tinyDeal("D2", "ada", 60000, "EUR", "2026-02-10"),
		tinyDeal("D3", "ada", 60000, "EUR", "2026-02-11"))
	if got := c.pays("2026-01", "2026-02"); got != "60.00 40.00" {
		t.Errorf("got %s, want 60.00 40.00", got)
	}
}

// TestReleaseAfterTheHorizon releases in May what was earned in January, though May's close recomputes April alone, and takes
// it back in June.
func TestReleaseAfterTheHorizon(t *testing.T) {
	c := newEvents(t)
	c.in.Settings.Restate = 1
	c.in.Mapping.Events = c.in.Mapping.Events[:2]
	c.component(comp.Component{ID: "commission", Measure: "sold", Curve: tenPercent.Curve,
		Release:  &comp.Release{Parts: []comp.Slice{{Share: comp.Scaled(5, 1), On: "credit"}, {Share: comp.Scaled(5, 1), On: "satisfaction"}}},
		Clawback: &comp.Clawback{On: "cash", Within: comp.Length{Months: 12}, Takes: "full", Most: comp.Int(1), AtExit: "write_off"}})
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-10"), tinyDeal("D2", "ada", 500000, "EUR", "2026-06-10"))
	c.want(c.close("2026-01"), "E1", "earning commission 2026-01 50.00 EUR")
	for _, m := range []string{"2026-02", "2026-03", "2026-04"} {
		if got := total(c.close(m), "E1"); got != "0.00 EUR" {
			t.Errorf("%s: %s", m, got)
		}
	}
	c.give("survey.after", cells{"S1", "D1", "2026-05-03", 4})
	c.want(c.close("2026-05"), "E1", "earning commission 2026-05 0.00 EUR", "release commission:release 2026-05 50.00 EUR")
	c.give("bill.payments", cells{"P1", "D1", "2026-06-01", 100000})
	c.want(c.close("2026-06"), "E1", "earning commission 2026-06 250.00 EUR", "clawback commission:clawback 2026-06 -100.00 EUR")
}

// TestReleaseToDate releases deal by deal what a year's tiers pay for each.
func TestReleaseToDate(t *testing.T) {
	c := newEvents(t)
	c.component(comp.Component{ID: "commission", Measure: "sold", ToDate: "year", Curve: tiersOf(t, comp.Marginal, "0", "0.04", "1500", "0.06"),
		Release: &comp.Release{Parts: []comp.Slice{{Share: comp.Int(1), On: "cash"}}}})
	c.give("crm.deals", tinyDeal("D1", "ada", 145000, "EUR", "2026-01-10"), tinyDeal("D2", "ada", 20000, "EUR", "2026-02-10"))
	c.give("bill.payments", cells{"P1", "D2", "2026-02-20", 10000}, cells{"P2", "D1", "2026-03-01", 145000}, cells{"P3", "D2", "2026-03-02", 10000})
	c.want(c.close("2026-01"), "E1", "earning commission 2026-01 0.00 EUR")
	c.want(c.close("2026-02"), "E1", "earning commission 2026-02 5.50 EUR") // half of 50 x 4 % + 150 x 6 % = 11.00
	c.want(c.close("2026-03"), "E1", "earning commission 2026-03 0.00 EUR", "release commission:release 2026-03 63.50 EUR")
}
