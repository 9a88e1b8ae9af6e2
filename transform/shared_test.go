package transform

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"carrot/transform/comp"
)

// TestSharedComponentProperty: whatever the company sold, two plans that use one component show the same value, n and digest on
// every statement, and when what it measures changes, on all of them.
func TestSharedComponentProperty(t *testing.T) {
	for seed := range uint64(60) {
		chance := rand.New(rand.NewPCG(seed, 4))
		c := newTiny(t)
		growth := comp.Component{ID: "growth", Title: "Growth", Every: "month", Measure: "everybody", Shared: "one definition", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", Rate: num(t, "0.01")}}
		c.component(growth)
		other := c.in.Plans[0]
		other.ID, other.Title, other.Eligible = "care", "Care", isText("department", "Care")
		c.in.Plans = []comp.Plan{other, c.in.Plans[0]}
		c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Care", "DE01", "1", "E1"}, cells{"E3", "2025-01-01", "Sales", "DE01", "1", "E1"})
		said := ""
		for round := range 2 {
			for i := range 1 + chance.IntN(6) {
				c.give("crm.deals", tinyDeal(fmt.Sprintf("D%d-%d", round, i), []string{"ada", "bob", "cleo"}[chance.IntN(3)], 1+chance.IntN(1e7), []string{"EUR", "USD"}[chance.IntN(2)], "2026-01-15"))
			}
			r, now := c.try("2026-01"), ""
			if len(r.Statements) != 3 {
				t.Fatalf("seed %d: %d statements, expected three", seed, len(r.Statements))
			}
			for _, s := range r.Statements {
				x := s.Components[0]
				got := fmt.Sprint(x.Value, " n = ", x.N, " by ", x.Shared)
				if x.Shared != "one definition" || now != "" && got != now {
					t.Errorf("seed %d: %s shows %s, others %s", seed, s.Payee, got, now)
				}
				now = got
			}
			if now == said {
				t.Errorf("seed %d: more deals leave %s", seed, now)
			}
			said = now
		}
	}
}
