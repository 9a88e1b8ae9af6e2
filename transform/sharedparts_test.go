package transform

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"carrot/transform/comp"
)

// TestSharedComponentPartsProperty: whatever the company sold, the scorecards of two plans that use one part, each with a weight of its
// own, show its value, n, factor and digest alike on every statement; what the part pays follows its weight.
func TestSharedComponentPartsProperty(t *testing.T) {
	points := comp.Curve{Kind: comp.Interpolate, Of: "value", Points: []comp.Band{{From: num(t, "0"), Pays: num(t, "0")}, {From: num(t, "100000"), Pays: num(t, "1")}}}
	for seed := range uint64(40) {
		chance := rand.New(rand.NewPCG(seed, 7))
		c := newTiny(t)
		card := func(weight string) comp.Component {
			reach := comp.Part{ID: "reach", Title: "Reach", Measure: "everybody", Shared: "one definition", Weight: num(t, weight), Curve: points}
			own := comp.Part{ID: "own", Measure: "net", Weight: comp.Int(1).Sub(num(t, weight)), Curve: comp.Curve{Kind: comp.Interpolate, Of: "value", Points: []comp.Band{{From: num(t, "0")}, {From: num(t, "1")}}}}
			return comp.Component{ID: "card", Title: "Card", Every: "month", Target: dated(100, 100), Parts: []comp.Part{reach, own}}
		}
		c.component(card("0.4"))
		other := c.in.Plans[0]
		other.ID, other.Title, other.Eligible, other.Components = "care", "Care", isText("department", "Care"), []comp.Component{card("0.8")}
		c.in.Plans = []comp.Plan{other, c.in.Plans[0]}
		c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Care", "DE01", "1", "E1"}, cells{"E3", "2025-01-01", "Sales", "DE01", "1", "E1"})
		for i := range 1 + chance.IntN(6) {
			c.give("crm.deals", tinyDeal(fmt.Sprint("D", i), []string{"ada", "bob", "cleo"}[chance.IntN(3)], 1+chance.IntN(3e6), "EUR", "2026-01-15"))
		}
		said, paid := "", map[string]comp.Number{}
		for _, s := range c.try("2026-01").Statements {
			x := s.Components[0]
			p := x.Parts[0]
			got := fmt.Sprint(p.Value, " n = ", p.N, " factor ", p.Factor, " by ", p.Shared)
			if p.Shared != "one definition" || said != "" && got != said {
				t.Errorf("seed %d: %s shows %s, others %s", seed, s.Payee, got, said)
			}
			said, paid[s.Payee] = got, x.Exact.Number
		}
		if len(paid) != 3 || paid["E1"].Sign() <= 0 || paid["E1"].Cmp(paid["E3"]) != 0 || paid["E1"].Add(paid["E1"]).Cmp(paid["E2"]) != 0 {
			t.Errorf("seed %d: paid %v, expected the half of 80 %% for those with 40 %%", seed, paid)
		}
	}
}
