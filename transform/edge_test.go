package transform

import (
	"slices"
	"testing"

	"carrot/transform/comp"
)

// nineOfTen is the lower end of nine of ten at 95 %, which Wilson's formula gives by floating point.
const nineOfTen = "0.595849973205"

// newEdge is somebody of whose ten tickets nine are good: paid 1,000 where the gate is open, half of it elsewhere.
func newEdge(t *testing.T, bar string) *tiny {
	c := newTiny(t)
	for i := range c.in.Measures {
		if m := &c.in.Measures[i]; m.ID == "good" {
			m.Uncertainty, m.Pays = &comp.Uncertainty{Method: "wilson", Level: sureness}, "lower"
		}
	}
	y := flat("x", 1000)
	y.Gates = []comp.Gate{{Measure: "good", AtLeast: num(t, bar), Share: num(t, "0.5")}}
	c.component(y)
	for i := range 10 {
		c.give("desk.tickets", cells{"T" + string(rune('0'+i)), "E1", i > 0, "2026-01-20"})
	}
	return c
}

// TestOnTheEdge: what floating point puts within 0.000000001 of a gate holds the payee, with a sentence that says so; a waiver of
// the very finding pays what stands there, and one of another month nothing. The text of a finding is tested to the letter.
func TestOnTheEdge(t *testing.T) {
	c := newEdge(t, "0.595849973705")
	r := c.close("2026-01")
	c.found(r, "on_the_edge holds payee: x of E1: value of good is 0.595849973205 by floating point, and the gate is at 0.595849973705; more than 0.000000001 between them was expected; "+
		"settle it with a waiver, and what stands there is paid")
	i := slices.IndexFunc(r.Findings, func(f comp.Finding) bool { return f.Code == "on_the_edge" })
	c.in.Waivers = []comp.Waiver{{Finding: r.Findings[i].ID(), Reason: "seen", By: "boss", Until: on("2026-12-31")}}
	if r = c.close("2026-01"); total(r, "E1") != "500.00 EUR" || len(r.Held) != 0 {
		t.Errorf("waived: %s, held %v", total(r, "E1"), r.Held)
	}
	for bar, want := range map[string]string{"0.595849971205": "1000.00 EUR", "0.595849975205": "500.00 EUR", "0.9": "500.00 EUR"} {
		c := newEdge(t, bar)
		if r := c.close("2026-01"); total(r, "E1") != want || len(r.Held) != 0 {
			t.Errorf("a bar of %s: %s, want %s, held %v", bar, total(r, "E1"), want, r.Held)
		}
	}
}

// TestRoughNumbers: roughness goes with what depends on a rough number, and not with what does not.
func TestRoughNumbers(t *testing.T) {
	rough, two := num(t, nineOfTen).Roughly(), comp.Int(2)
	third, _ := comp.Int(1).Quo(comp.Int(3))
	half, _ := rough.Quo(two)
	inverse, _ := third.Quo(rough)
	none, _ := comp.Int(0).Quo(rough)
	for name, x := range map[string]struct {
		n    comp.Number
		want bool
	}{
		"sum": {rough.Add(two), true}, "sum of fractions": {third.Add(rough), true}, "difference": {two.Sub(rough), true}, "product": {rough.Mul(two), true}, "product of fractions": {third.Mul(rough), true},
		"quotient": {half, true}, "divisor": {inverse, true}, "sign": {rough.Neg(), true}, "size": {rough.Neg().Abs(), true},
		"exact": {third.Add(two), false}, "naught times it": {rough.Mul(comp.Int(0)), false}, "naught of it": {comp.Int(0).Mul(rough), false}, "naught over it": {none, false},
		"what a cap leaves": {rough.Min(third), false}, "what a floor lifts": {rough.Max(two), false}, "below the cap": {rough.Min(two), true},
	} {
		if x.n.Rough() != x.want {
			t.Errorf("%s: rough %v, want %v", name, x.n.Rough(), x.want)
		}
	}
}

// TestTouches: within 0.000000001, or a unit of the twelfth digit where that is more, and only of a rough number.
func TestTouches(t *testing.T) {
	for _, x := range []struct {
		n, bar string
		rough  bool
		want   bool
	}{
		{"0.75", "0.75", false, false}, {"0.75", "0.75", true, true}, {"0.7500000005", "0.75", true, true}, {"0.7499999995", "0.75", true, true},
		{"0.750000001", "0.75", true, true}, {"0.7500000010001", "0.75", true, false}, {"0.749999998", "0.75", true, false}, {"-0.0000000005", "0", true, true},
		{"120000.0000001", "120000", true, true}, {"120000.0000002", "120000", true, false}, {"120000.0000001", "120000", false, false},
	} {
		n := num(t, x.n)
		if x.rough {
			n = n.Roughly()
		}
		if bar := num(t, x.bar); n.Touches(bar) != x.want || bar.Touches(n) != x.want {
			t.Errorf("%s and %s, rough %v: want %v", x.n, x.bar, x.rough, x.want)
		}
	}
	for _, x := range []struct {
		n, currency string
		mode        comp.Rounding
		want        bool
	}{
		{"100.0050000005", "EUR", comp.HalfAway, true}, {"100.0049999995", "EUR", comp.HalfAway, true}, {"-100.0049999995", "EUR", comp.HalfEven, true},
		{"100.005000002", "EUR", comp.HalfAway, false}, {"100.0000000005", "EUR", comp.HalfAway, false}, {"100", "EUR", comp.HalfEven, false},
		{"100.0099999995", "EUR", comp.TowardZero, true}, {"100.0050000005", "EUR", comp.TowardZero, false}, {"100.0100000005", "EUR", comp.AwayFromZero, true},
		{"100.4999999995", "JPY", comp.HalfAway, true}, {"100.0050000005", "JPY", comp.HalfAway, false}, {"100.0050000005", "XXX", comp.HalfAway, false},
	} {
		a := comp.Amount{Number: num(t, x.n).Roughly(), Currency: comp.Currency(x.currency)}
		if a.Touches(x.mode) != x.want {
			t.Errorf("%s rounded %s: want %v", a, x.mode, x.want)
		}
		if a.Number = num(t, x.n); a.Touches(x.mode) {
			t.Errorf("%s is exact", a)
		}
	}
}

// TestJumps: pay jumps at the ends of steps but for the one that a first band open downwards does not have, of what is re-rated,
// and below the first point of a line where something else is paid; nowhere else.
func TestJumps(t *testing.T) {
	two := bands(t, [3]string{"0", "0.8", "0.1"}, [3]string{"0.8", "", "0.2"})
	open, back := slices.Clone(two), slices.Clone(two)
	open[0].Down, back[1].Back = true, true
	line := points(t, [2]string{"0.5", "0.5"}, [2]string{"1", "1"})
	below, same := num(t, "0"), num(t, "0.5")
	for name, x := range map[string]struct {
		c    comp.Curve
		base bool
		want string
	}{
		"steps": {comp.Curve{Kind: comp.StepCurve, Bands: two}, false, "0 0.8 "}, "steps, the first open downwards": {comp.Curve{Kind: comp.StepCurve, Bands: open}, false, "0.8 "},
		"steps under a closed gate": {comp.Curve{Kind: comp.StepCurve, Bands: two}, true, "0 "}, "retroactive": {comp.Curve{Kind: comp.Retroactive, Bands: two}, false, "0.8 "},
		"marginal": {comp.Curve{Kind: comp.Marginal, Bands: two}, false, ""}, "re-rated": {comp.Curve{Kind: comp.Marginal, Bands: back}, false, "0.8 "},
		"line": {comp.Curve{Kind: comp.Interpolate, Points: line}, false, ""}, "nothing below": {comp.Curve{Kind: comp.Interpolate, Points: line, Below: &below}, false, "0.5 "},
		"the same below": {comp.Curve{Kind: comp.Interpolate, Points: line, Below: &same}, false, ""}, "linear": {comp.Curve{Kind: comp.Linear}, false, ""},
	} {
		got := ""
		for _, n := range jumps(&x.c, x.base) {
			got += n.String() + " "
		}
		if got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}
