package transform

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// scored is a part whose value is an approved score.
func scored(t testing.TB, id, weight string, curve comp.Curve) comp.Part {
	return comp.Part{ID: id, Title: id, Score: id, Weight: num(t, weight), Missing: "zero", Curve: curve}
}

// newGC12 is case GC-12: CSAT .40 × 1.04, FCR .20 × .93, delta-CLV .25 × 1.60 capped at 1.50, and a loop of 65 % below its
// threshold of 70 %. FCR has no row where missing says what that does.
func newGC12(t testing.TB, missing string) *tiny {
	c := newTiny(t)
	c.in.Settings.First = on("2026-09-01")
	value, most := comp.Curve{Kind: comp.Linear, Of: "value"}, num(t, "1.5")
	parts := []comp.Part{scored(t, "CSAT", "0.4", value), scored(t, "FCR", "0.2", value), scored(t, "CLV", "0.25", value),
		scored(t, "loop", "0.15", comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: bands(t, [3]string{"0", "0.7", "0"}, [3]string{"0.7", "", "1"})})}
	parts[2].Cap = &most
	row := func(name string, n int) cells { return cells{"E1", name, "2026-07-01", "2026-09-30", n, nil} }
	rows := []cells{row("CSAT", 1040000), row("CLV", 1600000), row("loop", 650000)}
	if parts[1].Missing = missing; missing == "" {
		rows = append(rows, row("FCR", 930000))
	}
	c.numbers(rows...)
	c.component(comp.Component{ID: "x", Every: "quarter", Prorate: "days", Target: dated(2000, 2000), Parts: parts})
	return c
}

// TestGC12Scorecard: a) whole, b) 47 of 92 days, c) without FCR.
func TestGC12Scorecard(t *testing.T) {
	for missing, want := range map[string]string{"": "1954.00", "renormalise": "1977.50", "zero": "1582.00", "neutral": "1982.00"} {
		c := newGC12(t, missing)
		if got := amounts(c.close("2026-09"), "E1")["x"]; got != want {
			t.Errorf("missing %q: paid %s, the case says %s", missing, got, want)
		}
	}
	c := newGC12(t, "")
	c.starts("2026-08-15")
	r := c.close("2026-09")
	c.want(r, "E1", "earning x 2026-09 998.24 EUR")
	x := result(t, r, "x")
	want := []string{"CSAT 2/5 26/25", "FCR 1/5 93/100", "CLV 1/4 3/2", "loop 3/20 0"}
	var got []string
	for _, p := range x.Parts {
		got = append(got, strings.Join([]string{p.ID, fraction(p.Weight), fraction(p.Factor)}, " "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if said := "Factor: 40 % × 104 % + 20 % × 93 % + 25 % × 150 % + 15 % × 0 % = 97.7 %"; !slices.Contains(x.Working, said) {
		t.Errorf("%q is not said: %q", said, x.Working)
	}
}

func fraction(n comp.Number) string {
	num, den := n.Fraction()
	if den == "1" {
		return num
	}
	return num + "/" + den
}

// TestScorecardMissing: what cannot be told holds the payee: a part that says so, and a scorecard none of whose parts is there.
func TestScorecardMissing(t *testing.T) {
	c := newGC12(t, "hold")
	c.alone()
	c.found(c.close("2026-09"), `measure_missing holds payee: E1 has no value of the score "FCR" and the plan holds the component; wait for the data, or settle it with a waiver`)
	c = newGC12(t, "renormalise")
	c.alone()
	c.in.Plans[0].Components[0].Parts = c.in.Plans[0].Components[0].Parts[1:2]
	c.found(c.close("2026-09"), `measure_missing holds payee: E1 has no value of any part of x; wait for the data, or settle it with a waiver`)
}

// TestGC38: growth is exact, 10.43/9.7 - 1, so that its factor is .881443…; a guard takes growth out.
func TestGC38(t *testing.T) {
	for fired, want := range map[int]string{0: "18977.22", 1: "14570.00"} {
		c := newTiny(t)
		value := comp.Curve{Kind: comp.Linear, Of: "value"}
		growth := scored(t, "growth", "0.25", comp.Curve{Kind: comp.Interpolate, Of: "attainment", Points: points(t, [2]string{"1.04", "0"}, [2]string{"1.08", "1"})})
		growth.Quota = &comp.Quota{Name: "before"}
		growth.Gates = []comp.Gate{{Measure: "net", Test: "at_most"}}
		row := func(name string, n int) cells { return cells{"E1", name, "2026-01-01", "2026-12-31", n, nil} }
		c.numbers(row("CSAT", 1020000), row("ESAT", 900000), row("growth", 10430000), row("before", 9700000), row("innovation", 1100000), row("time", 850000))
		c.component(comp.Component{ID: "x", Every: "year", Target: dated(20000, 20000), Parts: []comp.Part{scored(t, "CSAT", "0.3", value), scored(t, "ESAT", "0.3", value), growth,
			scored(t, "innovation", "0.1", value), scored(t, "time", "0.05", value)}})
		for range fired {
			c.give("crm.deals", tinyDeal("D1", "ada", 100, "EUR", "2026-05-05"))
		}
		r := c.close("2026-12")
		if got := amounts(r, "E1")["x"]; got != want {
			t.Errorf("%d fired: paid %s, the case says %s: %q", fired, got, want, result(t, r, "x").Working)
		}
		if f := result(t, r, "x").Parts[2].Factor; fired == 0 && f.Fixed(6, comp.HalfAway) != "0.881443" {
			t.Errorf("the factor of growth is %s", f)
		}
	}
}

// TestGC11Multiplier: 3.5 million at 2 % to 3 million and 3 % above, times the margin's factor. Without a margin the rule decides.
func TestGC11Multiplier(t *testing.T) {
	margin := bands(t, [3]string{"0", "0.05", "0.50"}, [3]string{"0.05", "0.10", "0.75"}, [3]string{"0.10", "0.20", "1.00"}, [3]string{"0.20", "0.30", "1.15"}, [3]string{"0.30", "", "1.25"})
	for _, x := range []struct {
		margin  int
		missing string
		want    string
	}{{300000, "", "93750.00"}, {220000, "", "86250.00"}, {100000, "", "75000.00"}, {50000, "", "56250.00"}, {49000, "", "37500.00"}, {0, "neutral", "75000.00"}, {0, "zero", "0.00"}} {
		c := newTiny(t)
		if x.missing == "" {
			c.numbers(cells{"E1", "margin", "2026-01-01", "2026-01-31", x.margin, nil})
		}
		m := scored(t, "margin", "0", comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: margin})
		m.Missing = x.missing
		c.component(comp.Component{ID: "x", Measure: "sold", Multiply: []comp.Part{m}, Curve: comp.Curve{Kind: comp.Marginal, Of: "value",
			Bands: bands(t, [3]string{"0", "3000000", "0.02"}, [3]string{"3000000", "", "0.03"})}})
		c.give("crm.deals", tinyDeal("D1", "ada", 350000000, "EUR", "2026-01-05"))
		r := c.close("2026-01")
		if got := amounts(r, "E1")["x"]; got != x.want {
			t.Errorf("margin %d: paid %s, the case says %s", x.margin, got, x.want)
		}
		if said := "75,000.00 EUR × 115 % = 86,250.00 EUR"; x.margin == 220000 && !slices.Contains(result(t, r, "x").Working, said) {
			t.Errorf("%q is not said", said)
		}
	}
}

// TestMatrixOfTwoMeasures: the columns read a measure of their own: 120 % of the quota and 4 of 5 tickets good pay 130 %.
func TestMatrixOfTwoMeasures(t *testing.T) {
	for _, x := range []struct {
		tickets         int
		missing, want   string
		column, columns string
	}{{5, "zero", "1300.00", "value", "0.8"}, {0, "zero", "0.00", "value", "0.8"}, {0, "neutral", "1000.00", "value", "0.8"}, {5, "zero", "1300.00", "attainment", "1.6"}, {5, "zero", "500.00", "attainment", "1.61"}} {
		c := newTiny(t)
		m := &comp.Matrix{Of: "attainment", Rows: []comp.Number{{}, comp.Int(1)}, Columns: []comp.Number{{}, num(t, x.columns)},
			Pays: [][]comp.Number{{{}, comp.Int(1)}, {num(t, "0.5"), num(t, "1.3")}}, Part: comp.Part{Measure: "good", Missing: x.missing}}
		if m.Part.Curve.Of = x.column; x.column == "attainment" {
			m.Part.Quota = &comp.Quota{Dated: []comp.Dated{{From: on("2020-01-01"), By: map[comp.Currency]comp.Number{"": num(t, "0.5")}}}}
		}
		c.component(comp.Component{ID: "x", Measure: "sold", Quota: &comp.Quota{Dated: dated(1000, 1)}, Target: dated(1000, 1), Curve: comp.Curve{Kind: comp.Grid, Matrix: m}})
		c.give("crm.deals", tinyDeal("D1", "ada", 120000, "EUR", "2026-01-05"))
		for i := range x.tickets {
			c.give("desk.tickets", cells{"T" + string(rune('0'+i)), "E1", i > 0, "2026-01-20"})
		}
		r := c.close("2026-01")
		if got := amounts(r, "E1")["x"]; got != x.want {
			t.Errorf("%+v: paid %s: %q", x, got, result(t, r, "x").Working)
		}
	}
}

// TestScorecardShowsItsMeasures: each part has a row among the scorecards and its rows behind the line.
func TestScorecardShowsItsMeasures(t *testing.T) {
	c := newTiny(t)
	value := comp.Curve{Kind: comp.Linear, Of: "value"}
	c.component(comp.Component{ID: "x", Target: dated(1000, 1000), Parts: []comp.Part{{ID: "good", Measure: "good", Weight: num(t, "0.5"), Missing: "zero", Curve: value},
		{ID: "done", Measure: "net", Weight: num(t, "0.5"), Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}, Quota: &comp.Quota{Dated: []comp.Dated{{From: on("2020-01-01"), By: map[comp.Currency]comp.Number{"": comp.Int(4)}}}}}}})
	c.give("crm.deals", tinyDeal("D1", "ada", 100, "EUR", "2026-01-05"))
	c.give("desk.tickets", cells{"T1", "E1", true, "2026-01-20"})
	r := c.close("2026-01")
	c.want(r, "E1", "earning x 2026-01 625.00 EUR") // half of 100 % and half of 1/4
	var got []string
	for _, s := range r.Scorecards {
		if s.Payee == "E1" {
			got = append(got, s.Measure+" "+s.Value.String()+" "+s.Unit)
		}
	}
	if diff := cmp.Diff([]string{"good 1 share", "net 1 count"}, got); diff != "" {
		t.Errorf("scorecards (-want +got):\n%s", diff)
	}
	if n := len(r.Statements[0].Lines[0].Credits); n != 2 {
		t.Errorf("%d rows are behind the line, want the deal and the ticket", n)
	}
	for _, k := range r.Controls {
		if k.Table == "desk.tickets" && (k.Parts[1].Name != "paid" || k.Parts[1].Rows != 1) {
			t.Errorf("the ticket decides pay, the control says %+v", k.Parts)
		}
	}
}

// TestOrders: Ada sells 2,000 and takes part on 16 of 31 days: quota 1,000 and target 400 shrink alike, so 800 is earned.
// The gate is shut and leaves half, the multiplier is 1.5, the cap 465, and 240 for 16 days.
func TestOrders(t *testing.T) {
	for order, want := range map[string]string{"": "240.00", "gate multiply cap prorate": "240.00", "gate multiply prorate cap": "465.00", "cap gate multiply prorate": "180.00",
		"gate cap multiply prorate": "360.00", "prorate cap gate multiply": "348.75", "multiply prorate gate cap": "465.00"} {
		c := newTiny(t)
		c.starts("2026-01-16")
		var steps []comp.Step
		for _, s := range strings.Fields(order) {
			steps = append(steps, comp.Step(s))
		}
		c.component(comp.Component{ID: "x", Measure: "sold", Prorate: "days", Target: dated(400, 400), Quota: &comp.Quota{Dated: dated(1000, 1000)}, Cap: dated(465, 465),
			Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}, Order: steps, Gates: []comp.Gate{{Measure: "net", AtLeast: comp.Int(2), Share: num(t, "0.5")}},
			Multiply: []comp.Part{{Measure: "net", Curve: comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: bands(t, [3]string{"0", "", "1.5"})}}}})
		c.give("crm.deals", tinyDeal("D1", "ada", 200000, "EUR", "2026-01-20"))
		if got := amounts(c.close("2026-01"), "E1")["x"]; got != want {
			t.Errorf("order %q: paid %s, want %s", order, got, want)
		}
	}
}
