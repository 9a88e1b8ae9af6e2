package transform

import (
	"slices"
	"testing"

	"carrot/transform/comp"
)

// TestRoundedTogether: case GC-31 a. Three components of 10 % of 101.25: each rounded by itself 30.39 or, half to even, 30.36; all
// together 30.375, which is 30.38 both ways.
func TestRoundedTogether(t *testing.T) {
	for _, x := range []struct {
		at   string
		mode comp.Rounding
		want string
	}{{"component", comp.HalfAway, "30.39 EUR"}, {"plan", comp.HalfAway, "30.38 EUR"}, {"component", comp.HalfEven, "30.36 EUR"}, {"plan", comp.HalfEven, "30.38 EUR"}} {
		c := newTiny(t)
		c.in.Plans[0].RoundAt, c.in.Plans[0].Rounding = x.at, x.mode
		for _, id := range []string{"a", "b", "c"} {
			one := tenPercent
			one.ID = id
			c.component(one)
		}
		c.give("crm.deals", tinyDeal("D1", "ada", 10125, "EUR", "2026-01-15"))
		r := c.close("2026-01")
		if got := total(r, "E1"); got != x.want {
			t.Errorf("rounded %s at the %s: %s, want %s: %v", x.mode, x.at, got, x.want, lines(r, "E1"))
		}
		if x.at == "plan" {
			c.want(r, "E1", "earning a 2026-01 10.13 EUR", "earning b 2026-01 10.13 EUR", "earning c 2026-01 10.12 EUR")
		}
	}
}

// TestShares: parts in whole cents sum to the rounded sum, whatever their signs.
func TestShares(t *testing.T) {
	for _, x := range []struct {
		exact []string
		total int64
		want  []int64
	}{
		{[]string{"0.333", "0.333", "0.334"}, 100, []int64{33, 33, 34}},
		{[]string{"-0.333", "-0.333", "-0.334"}, -100, []int64{-33, -33, -34}},
		{[]string{"1.999", "-0.995"}, 100, []int64{199, -99}}, // 1.004: the parts toward zero sum to it already
		{[]string{"5", "0"}, 500, []int64{500, 0}},
	} {
		var exact []comp.Number
		for _, n := range x.exact {
			exact = append(exact, num(t, n))
		}
		if got := shares(exact, comp.Money{Minor: x.total, Currency: "EUR"}); !slices.Equal(got, x.want) {
			t.Errorf("%v: %v, want %v", x.exact, got, x.want)
		}
	}
}
