package transform

import (
	"strings"
	"testing"

	"carrot/transform/comp"
)

// payCase is a curve held against one value; quota and target are "" where there is none.
type payCase struct {
	name, value, quota, target, want string
}

func (x payCase) in(t testing.TB) CurveInput {
	in := CurveInput{Value: num(t, x.value), Currency: "EUR"}
	if x.quota != "" {
		in.Quota, in.HasQuota = num(t, x.quota), true
		in.Attainment, _ = attain(in.Value, in.Quota)
	}
	if x.target != "" {
		in.Target, in.HasTarget = num(t, x.target), true
	}
	return in
}

func (x payCase) hold(t testing.TB, c comp.Curve, in CurveInput) CurveResult {
	t.Helper()
	r := pay(c, in)
	got, err := comp.Amount{Number: r.Pay, Currency: "EUR"}.Round(comp.HalfAway)
	if err != nil || got.Decimal() != x.want {
		t.Errorf("%s: %s pays %s (%v), want %s: %q", x.name, x.value, got.Decimal(), err, x.want, r.Working)
	}
	return r
}

// TestTiersWithBack: a band with back re-rates everything below it once it is reached, and only then; where a bound belongs
// to the band below, it is not reached at the bound.
func TestTiersWithBack(t *testing.T) {
	gc07 := comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: bands(t, [3]string{"0", "0.5", "0.05"}, [3]string{"0.5", "1", "0.10"}, [3]string{"1", "", "0.20"})}
	gc07.Bands[1].Back = true
	for _, x := range []payCase{
		{"GC-07", "15000", "33000", "", "750.00"}, {"GC-07", "16499.99", "33000", "", "825.00"}, {"GC-07", "16500", "33000", "", "1650.00"},
		{"GC-07", "20000", "33000", "", "2000.00"}, {"GC-07", "33000", "33000", "", "3300.00"}, {"GC-07", "40000", "33000", "", "4700.00"},
		{"a refund", "-1000", "33000", "", "-50.00"},
	} {
		x.hold(t, gc07, x.in(t))
	}
	upper := gc07
	upper.UpperEdge = true
	for _, x := range []payCase{{"upper edge", "16500", "33000", "", "825.00"}, {"upper edge", "16500.01", "33000", "", "1650.00"}} {
		x.hold(t, upper, x.in(t))
	}
	last := comp.Curve{Kind: comp.Marginal, Of: "value", Bands: bands(t, [3]string{"0", "100", "0.01"}, [3]string{"100", "200", "0.02"}, [3]string{"200", "", "0.03"})}
	for i := range last.Bands {
		last.Bands[i].Back = i > 0 // all bands back: retroactive
	}
	retro := last
	retro.Kind = comp.Retroactive
	for _, x := range []payCase{{"all back", "50", "", "", "0.50"}, {"all back", "150", "", "", "3.00"}, {"all back", "300", "", "", "9.00"}} {
		x.hold(t, last, x.in(t))
		x.hold(t, retro, x.in(t))
	}
	said := strings.Join(pay(gc07, payCase{value: "40000", quota: "33000"}.in(t)).Working, "; ")
	if want := "50 % of the quota is reached, so that everything below it is paid at 10 % as well; Up to 33,000 (0 % to 100 % of the quota): 33,000 × 10 % = 3,300.00 EUR; " +
		"What is above 33,000 (from 100 % of the quota): 7,000 × 20 % = 1,400.00 EUR; Together: 4,700.00 EUR"; said != want {
		t.Errorf("said %q, want %q", said, want)
	}
}

// TestTiersOfATarget: slices of attainment pay their factor of the target. The decelerator is paid below 50 % alone.
func TestTiersOfATarget(t *testing.T) {
	gc08 := comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: bands(t, [3]string{"0", "0.5", "0.5"}, [3]string{"0.5", "1", "1"}, [3]string{"1", "1.3", "1.5"}, [3]string{"1.3", "", "2"})}
	gc08.Bands[1].Back = true
	for _, x := range []payCase{{"GC-08", "130", "100", "100000", "145000.00"}, {"GC-08", "137.5", "100", "100000", "160000.00"}, {"GC-08", "40", "100", "100000", "20000.00"},
		{"half is reached", "50", "100", "100000", "50000.00"}} {
		x.hold(t, gc08, x.in(t))
	}
	retro := gc08
	retro.Kind = comp.Retroactive // 90 % × 1 and 120 % × 1.5 of 1,000
	for _, x := range []payCase{{"retroactive", "90", "100", "1000", "900.00"}, {"retroactive", "120", "100", "1000", "1800.00"}} {
		x.hold(t, retro, x.in(t))
	}
}

// TestPayInMoney: bands, points and rates that are amounts need no target; another currency has its own amounts.
func TestPayInMoney(t *testing.T) {
	eur := func(s string) map[comp.Currency]comp.Number {
		return map[comp.Currency]comp.Number{"EUR": num(t, s), "USD": comp.Int(7)}
	}
	points := []comp.Band{{From: num(t, "0"), By: eur("0")}, {From: num(t, "1000"), By: eur("10")}, {From: num(t, "3000"), By: eur("50")}, {From: num(t, "8000"), By: eur("150")}}
	gc04 := comp.Curve{Kind: comp.Interpolate, Of: "value", Points: points}
	// GC-04 deal by deal 2 + 3 + 20 + 14 + 30 + 80 = 149, by the month 30 + 54 + 80 = 164
	for _, x := range []payCase{{"GC-04", "200", "", "", "2.00"}, {"GC-04", "300", "", "", "3.00"}, {"GC-04", "1500", "", "", "20.00"}, {"GC-04", "1200", "", "", "14.00"},
		{"GC-04", "2000", "", "", "30.00"}, {"GC-04", "4500", "", "", "80.00"}, {"GC-04", "3200", "", "", "54.00"}, {"above", "9000", "", "", "150.00"}} {
		x.hold(t, gc04, x.in(t))
	}
	kicker := comp.Curve{Kind: comp.StepCurve, Of: "attainment", Bands: []comp.Band{{To: num(t, "1"), By: eur("0")}, {From: num(t, "1"), Open: true, By: eur("500")}}}
	for _, x := range []payCase{{"kicker", "99.99", "100", "", "0.00"}, {"kicker", "100", "100", "", "500.00"}} {
		x.hold(t, kicker, x.in(t))
	}
	unit := comp.Curve{Kind: comp.RateCurve, Of: "value", RateBy: eur("150")}
	for _, x := range []payCase{{"per unit", "33", "", "", "4950.00"}} {
		r := x.hold(t, unit, x.in(t))
		if want := "33 × 150.00 EUR = 4,950.00 EUR"; r.Working[0] != want || r.Rate != "150.00 EUR" {
			t.Errorf("said %q and %q", r.Working, r.Rate)
		}
		in := x.in(t)
		in.Currency = "USD"
		if got := pay(unit, in).Pay; got.Cmp(comp.Int(231)) != 0 {
			t.Errorf("in USD 33 × 7 is paid as %s", got)
		}
	}
	steps := comp.Curve{Kind: comp.Marginal, Of: "value", Bands: []comp.Band{{To: num(t, "10"), By: eur("2")}, {From: num(t, "10"), Open: true, By: eur("3")}}}
	for _, x := range []payCase{{"10 at 2 and 5 at 3", "15", "", "", "35.00"}} {
		x.hold(t, steps, x.in(t))
	}
}

// TestLinesBelow: GC-09, with nothing below 70 %; GC-35, (g - 4 %) / 4 % × 1.2 of 40,000; and a value that is the factor.
func TestLinesBelow(t *testing.T) {
	nothing := comp.Int(0)
	gc09 := comp.Curve{Kind: comp.Interpolate, Of: "attainment", Below: &nothing, Points: points(t, [2]string{"0.7", "0.5"}, [2]string{"1", "1"}, [2]string{"1.5", "2"})}
	for _, x := range []payCase{{"GC-09", "69.99", "100", "12000", "0.00"}, {"GC-09", "70", "100", "12000", "6000.00"}, {"GC-09", "85", "100", "12000", "9000.00"},
		{"GC-09", "100", "100", "12000", "12000.00"}, {"GC-09", "112", "100", "12000", "14880.00"}, {"GC-09", "150", "100", "12000", "24000.00"}, {"GC-09", "160", "100", "12000", "24000.00"}} {
		x.hold(t, gc09, x.in(t))
	}
	if said := pay(gc09, payCase{value: "69", quota: "100", target: "1"}.in(t)).Working[0]; said != "At 69 %, below 70 %, the plan pays 0 % of the target" {
		t.Errorf("said %q", said)
	}
	gc35 := comp.Curve{Kind: comp.Interpolate, Of: "value", Points: points(t, [2]string{"0.04", "0"}, [2]string{"0.08", "1.2"})}
	for _, x := range []payCase{{"GC-35", "0.08", "", "40000", "48000.00"}, {"GC-35 restated", "0.065", "", "40000", "30000.00"}} {
		x.hold(t, gc35, x.in(t))
	}
	for _, x := range []payCase{{"the value is the factor", "0.9", "", "2000", "1800.00"}} {
		x.hold(t, comp.Curve{Kind: comp.Linear, Of: "value"}, x.in(t))
	}
}

// TestBase: behind a closed gate everything is paid as in the first band.
func TestBase(t *testing.T) {
	gc10 := comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: bands(t, [3]string{"0", "1", "0.02"}, [3]string{"1", "", "0.04"})}
	for want, base := range map[string]bool{"24000.00": true, "28000.00": false} {
		x := payCase{"GC-10", "1200000", "1000000", "", want}
		in := x.in(t)
		in.Base = base
		x.hold(t, gc10, in)
	}
	steps := comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: bands(t, [3]string{"0", "10", "0.5"}, [3]string{"10", "", "2"})}
	x := payCase{"steps", "20", "", "1000", "500.00"}
	in := x.in(t)
	in.Base = true
	x.hold(t, steps, in)
}

// TestMatrix: rows by attainment, columns by margin; each bound belongs to the cell above it or below it, by the edge.
func TestMatrix(t *testing.T) {
	m := &comp.Matrix{Of: "attainment", Rows: []comp.Number{num(t, "0"), num(t, "0.8"), num(t, "1")}, Columns: []comp.Number{num(t, "0"), num(t, "0.2"), num(t, "0.3")}}
	for _, row := range [][]string{{"0", "0.1", "0.2"}, {"0.5", "0.75", "1"}, {"0.8", "1", "1.3"}} {
		var cells []comp.Number
		for _, c := range row {
			cells = append(cells, num(t, c))
		}
		m.Pays = append(m.Pays, cells)
	}
	c := comp.Curve{Kind: comp.Grid, Matrix: m}
	for _, x := range []struct{ value, margin, lower, upper string }{
		{"79.99", "0.5", "200.00", "200.00"}, {"80", "0.19", "500.00", "0.00"}, {"80", "0.2", "750.00", "0.00"}, {"99", "0.3", "1000.00", "750.00"},
		{"100", "0.29", "1000.00", "750.00"}, {"130", "0.31", "1300.00", "1300.00"}, {"-5", "-0.1", "0.00", "0.00"},
	} {
		column := num(t, x.margin)
		for want, upper := range map[string]bool{x.lower + " ": false, x.upper: true} { // two cases: the order leaves no trace
			p := payCase{"matrix at " + x.margin, x.value, "100", "1000", strings.TrimSpace(want)}
			in, c := p.in(t), c
			in.Column, in.ColumnUnit, c.UpperEdge = &column, "share", upper
			p.hold(t, c, in)
		}
	}
	p := payCase{"rates", "90", "100", "", "67.50"} // 90 × 75 %
	in, column := p.in(t), num(t, "0.25")
	m.Rates, in.Column, in.ColumnUnit = true, &column, "share"
	if said := p.hold(t, c, in).Working; strings.Join(said, "; ") != "90 % and 25 %: row 2 and column 2 of the grid pay 75 %; 90 × 75 % = 67.50 EUR" {
		t.Errorf("said %q", said)
	}
	m.Rates, in.Column, in.Target, in.HasTarget = false, nil, num(t, "1000"), true
	if got := pay(c, in).Pay; got.Cmp(comp.Int(1000)) != 0 {
		t.Errorf("without a margin %s is paid, want the target", got)
	}
}
