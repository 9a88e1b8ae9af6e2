package transform

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// leftOpen are the findings about Ada's balances that nothing settles.
func leftOpen(r *comp.Result) []string {
	return findings(slices.DeleteFunc(slices.Clone(r.Findings), func(f comp.Finding) bool { return f.Code != "balance_left_open" || f.Payee != "E1" }))
}

const leftHint = "; agree with E1 what becomes of them, pay or take it by a row in the adjustments, and waive this finding"

// moves has Ada in another department or legal entity from a day on.
func (c *tiny) moves(day, department, entity string) {
	c.t.Helper()
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E1", day, department, entity, "1", nil},
		cells{"E2", "2025-01-01", "Sales", "DE01", "1", "E1"}, cells{"E3", "2025-01-01", "Sales", "US01", "1", "E1"})
}

// TestDrawLeftOpen: 700 of a draw of 1,000 are advanced in January. In February the payee is paid by the other entity in USD, or
// has left the plan, or the plan has no draw any more: 700 EUR stay open in every month, are told in every month, and hold nobody.
func TestDrawLeftOpen(t *testing.T) {
	for _, x := range []struct {
		name string
		then func(c *tiny)
		why  string
	}{
		{"another currency", func(c *tiny) { c.moves("2026-02-01", "Sales", "US01") }, "E1 is paid in USD"},
		{"another plan", func(c *tiny) { c.moves("2026-02-01", "Support", "DE01") }, "E1 is on the plan no more"},
		{"a version without", func(c *tiny) {
			next := c.in.Plans[0]
			next.Version, next.Draw, next.Effective.Start = "2", nil, on("2026-02-01")
			c.in.Plans[0].Effective.End = on("2026-02-01")
			c.in.Plans = append(c.in.Plans, next)
		}, "the plan keeps no such account any more"},
		{"a guarantee now", func(c *tiny) {
			next := c.in.Plans[0]
			next.Version, next.Draw, next.Effective.Start = "2", &comp.Draw{Kind: "guarantee", Amount: next.Draw.Amount}, on("2026-02-01")
			c.in.Plans[0].Effective.End = on("2026-02-01")
			c.in.Plans = append(c.in.Plans, next)
		}, "the plan keeps no such account any more"},
		{"as before", func(*tiny) {}, ""},
	} {
		c := newDraw(t, comp.Draw{Kind: "recoverable", AtExit: "write_off"})
		c.sell("2026-01", 300)
		if got := leftOpen(c.close("2026-01")); got != nil {
			t.Errorf("%s: in January %q", x.name, got)
		}
		x.then(c)
		var want []string
		if x.why != "" {
			want = []string{"balance_left_open holds nothing: 700.00 EUR are open in the account draw of plan sales, and nothing settles them: " + x.why + leftHint}
		}
		for _, month := range []string{"2026-02", "2026-03"} {
			r := c.close(month)
			if diff := cmp.Diff(want, leftOpen(r)); diff != "" {
				t.Errorf("%s in %s (-want +got):\n%s", x.name, month, diff)
			}
			if len(r.Held) > 0 {
				t.Errorf("%s in %s holds %v", x.name, month, r.Held)
			}
		}
	}
}

// TestLeaverLeavesNothingOpen: what employment ends with is written off, and nothing is told of it; what stands in an old currency
// stays open beyond the end, and is told.
func TestLeaverLeavesNothingOpen(t *testing.T) {
	ends := func(c *tiny) {
		c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E1", "2026-03-01", "Terminated"}, cells{"E2", "2025-01-01", "Active"}, cells{"E3", "2025-01-01", "Active"})
	}
	for _, abroad := range []bool{false, true} {
		c := newDraw(t, comp.Draw{Kind: "recoverable", AtExit: "write_off"})
		c.sell("2026-01", 300)
		c.close("2026-01")
		if abroad {
			c.moves("2026-02-01", "Sales", "US01")
		}
		ends(c)
		c.close("2026-02")
		r := c.close("2026-03")
		if got := leftOpen(r); (len(got) == 1) != abroad || (abroad && !strings.Contains(got[0], ": 700.00 EUR are open")) {
			t.Errorf("abroad is %v: %q", abroad, got)
		}
	}
}

// TestOtherBalancesLeftOpen: 2,200 above a cap of 5,000 are carried, and the payee is paid in USD from then on; of a clawback of
// 500 nothing was taken when the payee leaves the plan; 500 that wait for an event do so whatever becomes of the payee.
func TestOtherBalancesLeftOpen(t *testing.T) {
	capped := tenPercent
	capped.Cap, capped.Excess = dated(5000, 5000), "carry"
	waits := tenPercent
	waits.Release = &comp.Release{Parts: []comp.Slice{{Share: comp.Int(1), On: "cash"}}}
	undone := tenPercent
	undone.Clawback = &comp.Clawback{On: "satisfaction", Takes: "full", Most: comp.Int(1), AtExit: "recover"}
	for _, x := range []struct {
		name string
		c    comp.Component
		earn int
		then func(c *tiny)
		want string
	}{
		{"carry", capped, 7200, func(c *tiny) { c.moves("2026-02-01", "Sales", "US01") },
			"2,200.00 EUR are open in the account commission:carry of plan sales, and nothing settles them: E1 is paid in USD"},
		{"clawback", undone, 500, func(c *tiny) { c.moves("2026-02-01", "Support", "DE01") },
			"500.00 EUR are open in the account commission:clawback of plan sales, and nothing settles them: E1 is on the plan no more"},
		{"clawback, still on the plan", undone, 500, func(*tiny) {}, ""},
		{"hold", waits, 500, func(c *tiny) { c.moves("2026-02-01", "Support", "US01") }, ""},
	} {
		c := newEvents(t)
		c.component(x.c)
		c.give("crm.deals", tinyDeal("D1", "ada", x.earn*1000, "EUR", "2026-01-15"))
		if got := leftOpen(c.close("2026-01")); got != nil {
			t.Errorf("%s: in January %q", x.name, got)
		}
		x.then(c)
		c.give("survey.after", cells{"S1", "D1", "2026-02-10", 4})
		var want []string
		if x.want != "" {
			want = []string{"balance_left_open holds nothing: " + x.want + leftHint}
		}
		r := c.close("2026-02")
		if diff := cmp.Diff(want, leftOpen(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%v", x.name, diff, r.Balances)
		}
	}
}
