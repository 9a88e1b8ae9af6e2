package plans

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// TestLintMoves: who changes plans within a measuring period has the whole of what is not prorated, in the plan they leave and in the
// one they come to; at the end of a period, or where it is prorated, nothing is to be told.
func TestLintMoves(t *testing.T) {
	bonus := `  - {id: bonus, title: Bonus, clause: "1", measure: csat, every: quarter, target: {EUR: "300.00"}, min_n: 5, missing: neutral, curve: {kind: interpolate, of: value, points: [{at: "70%", pays: "0%"}, {at: "90%", pays: "100%"}]}PRORATE}
`
	other := Move{Payee: "bob", From: "q", To: "p", Left: comp.Day(2026, 3, 2), On: comp.Day(2026, 3, 2)}
	for _, x := range []struct {
		name, prorate string
		moves         []Move
		want          string
	}{
		{"into it", "", []Move{{"ann", "q", "p", comp.Day(2026, 2, 15), comp.Day(2026, 2, 15)}},
			"plan.yaml:8:5: L18 warning: ann changes from q to p on 2026-02-15, within January to March 2026: bonus counts the whole target of it; write prorate: days in both plans, or let the change take effect on 2026-04-01"},
		{"out of it", "", []Move{{"ann", "p", "q", comp.Day(2026, 2, 15), comp.Day(2026, 2, 15)}},
			"plan.yaml:8:5: L18 warning: ann changes from p to q on 2026-02-15, within January to March 2026: bonus counts the whole target of it; write prorate: days in both plans, or let the change take effect on 2026-04-01"},
		{"two people", "", []Move{{"ann", "q", "p", comp.Day(2026, 2, 15), comp.Day(2026, 2, 15)}, other},
			"plan.yaml:8:5: L18 warning: ann changes from q to p on 2026-02-15, within January to March 2026: bonus counts the whole target of it (1 other changes so as well); write prorate: days in both plans, or let the change take effect on 2026-04-01"},
		{"prorated", ", prorate: days", []Move{other}, ""},
		{"at the end of the quarter", "", []Move{{"ann", "q", "p", comp.Day(2026, 4, 1), comp.Day(2026, 4, 1)}}, ""},
		{"out of an earlier quarter", "", []Move{{"ann", "q", "p", comp.Day(2026, 3, 20), comp.Day(2026, 4, 10)}}, ""},
		{"between others", "", []Move{{"ann", "q", "r", comp.Day(2026, 2, 15), comp.Day(2026, 2, 15)}}, ""},
		{"before the plan", "", []Move{{"ann", "q", "p", comp.Day(2025, 2, 15), comp.Day(2025, 2, 15)}}, ""},
	} {
		got := ""
		for _, l := range Check(probePlan(t, strings.Replace(bonus, "PRORATE", x.prorate, 1)), History{Moves: x.moves}, comp.Day(2026, 3, 1)) {
			if l.ID == "L18" {
				got += l.String()
			}
		}
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, d)
		}
	}
}
