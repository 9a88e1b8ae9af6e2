package transform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// TestFigures writes numbers as a person reads them; what is rounded says so.
func TestFigures(t *testing.T) {
	third, _ := comp.Int(200000).Quo(comp.Int(3))
	for _, c := range []struct{ got, want string }{
		{money(num(t, "69960"), "EUR"), "69,960.00 EUR"},
		{money(num(t, "-1234567.5"), "EUR"), "-1,234,567.50 EUR"},
		{money(num(t, "11066.27576671"), "EUR"), "11,066.27576671 EUR"},
		{money(num(t, "5000"), "JPY"), "5,000 JPY"},
		{money(third, "USD"), "≈66,666.666667 USD"},
		{percent(num(t, "0.055")), "5.5 %"},
		{percent(num(t, "0.00006")), "0.006 %"},
		{percent(third), "≈6,666,666.6667 %"},
		{about(inUnit(num(t, "3.9"), "score", "EUR")), "3.9"},
		{about(inUnit(num(t, "0.9"), "share", "EUR")), "90 %"},
		{equals(hundredths(num(t, "0.75"))), "= 75 %"},
		{addends{"1.00 EUR", "2.00 EUR"}.sum("Target pay", "3.00 EUR", true), "Target pay: 1.00 EUR + 2.00 EUR = 3.00 EUR"},
		{addends{"3.00 EUR"}.sum("Target pay", "3.00 EUR", true), "Target pay: 3.00 EUR"},
		{addends{"1.00 EUR × 1/3"}.sum("Cap", "0.333333 EUR", false), "Cap: 1.00 EUR × 1/3 ≈ 0.333333 EUR"},
	} {
		if c.got != c.want {
			t.Errorf("%q, expected %q", c.got, c.want)
		}
	}
}

// TestCurvesSay pins the sentences of each curve: units, which end of a band belongs to it, and sums that a reader can
// repeat. None holds "; ", which parts one sentence from the next.
func TestCurvesSay(t *testing.T) {
	bands := func(upper bool, kind comp.CurveKind, of string) comp.Curve {
		return comp.Curve{Kind: kind, Of: of, UpperEdge: upper, Bands: []comp.Band{{From: num(t, "0"), To: num(t, "0.9"), Pays: num(t, "0.02")},
			{From: num(t, "0.9"), To: num(t, "1"), Pays: num(t, "0.5")}, {From: num(t, "1"), Open: true, Pays: num(t, "1.2")}}}
	}
	in := CurveInput{Value: num(t, "0.95"), Target: num(t, "1080"), Currency: "EUR", Unit: "share"}
	sold := CurveInput{Value: num(t, "1100"), Quota: num(t, "1000"), HasQuota: true, Attainment: num(t, "1.1"), Currency: "EUR", Unit: "money"}
	line := comp.Curve{Kind: comp.Interpolate, Of: "value", Points: []comp.Band{{From: num(t, "3"), Pays: num(t, "0")}, {From: num(t, "4"), Pays: num(t, "1")}}}
	score := func(v string) CurveInput {
		return CurveInput{Value: num(t, v), Target: num(t, "400"), Currency: "EUR", Unit: "score"}
	}
	for name, c := range map[string]struct {
		curve comp.Curve
		in    CurveInput
		want  []string
	}{
		"lower edge":  {bands(false, comp.StepCurve, "value"), in, []string{"95 % lies in the band from 90 % to below 100 %, which pays 50 % of the target", "1,080.00 EUR × 50 % = 540.00 EUR"}},
		"upper edge":  {bands(true, comp.StepCurve, "value"), in, []string{"95 % lies in the band above 90 % up to 100 %, which pays 50 % of the target", "1,080.00 EUR × 50 % = 540.00 EUR"}},
		"retroactive": {bands(false, comp.Retroactive, "attainment"), sold, []string{"110 % lies in the band from 100 %, which pays 120 %", "1,100.00 EUR × 120 % = 1,320.00 EUR"}},
		"marginal": {bands(false, comp.Marginal, "attainment"), sold, []string{"Up to 900.00 EUR (0 % to 90 % of the quota): 900.00 EUR × 2 % = 18.00 EUR",
			"From 900.00 EUR to 1,000.00 EUR (90 % to 100 % of the quota): 100.00 EUR × 50 % = 50.00 EUR",
			"What is above 1,000.00 EUR (from 100 % of the quota): 100.00 EUR × 120 % = 120.00 EUR", "Together: 188.00 EUR"}},
		"score":       {line, score("3.75"), []string{"At 3.75, on the line from 3 (pays 0 %) to 4 (pays 100 %), the plan pays 75 % of the target", "400.00 EUR × 75 % = 300.00 EUR"}},
		"score below": {line, score("2"), []string{"At 2, at or below 3, the plan pays 0 % of the target", "400.00 EUR × 0 % = 0.00 EUR"}},
		"score above": {line, score("4"), []string{"At 4, at or above 4, the plan pays 100 % of the target", "400.00 EUR × 100 % = 400.00 EUR"}},
	} {
		got := pay(c.curve, c.in).Working
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if strings.Contains(strings.Join(got, ""), "; ") {
			t.Errorf("%s: a sentence holds what parts sentences: %q", name, got)
		}
	}
}
