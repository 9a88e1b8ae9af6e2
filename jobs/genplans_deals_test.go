package jobs

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"carrot/transform"
	"carrot/transform/comp"
)

// What generated plans say over time, and of what becomes of the pay of single deals.

// planOfDeals is the text of one generated plan that may hold back the pay of deals, take it back or share a budget.
func (d dice) planOfDeals(n int) string { return d.versions(n, true) }

// versions are one version of a plan, or two whose days do not overlap: perhaps there are days between that neither covers.
func (d dice) versions(n int, deals bool) string {
	from := d.one("2023-01-01", "2024-01-15")
	if !d.chance(25) {
		return d.version(n, 1, "{from: "+from+"}", deals)
	}
	next := comp.Day(2024, 2, 1) + comp.Date(d(100))
	last := next - 1
	if d.chance(20) {
		last -= comp.Date(1 + d(15))
	}
	return d.version(n, 1, fmt.Sprintf("{from: %s, to: %s}", from, last), deals) + "---\n" + d.version(n, 2, fmt.Sprintf("{from: %s}", next), deals)
}

// some is one of the measures; where deals count, one whose refunds take from their deal as well.
func (c *component) some(measures ...string) string {
	if c.deals && c.chance(25) {
		return "netted_sold"
	}
	return c.one(measures...)
}

// afterwards writes what becomes of the pay of deals.
func (c *component) afterwards() {
	if !c.deals || c.ratio || slices.Contains(pooledSums, c.measure) {
		return
	}
	if c.perDeal && c.chance(30) {
		c.say("budget: %s", c.budget())
	}
	if !c.carries && c.chance(40) {
		c.say("release: %s", c.release())
	}
	if !c.carries && c.chance(40) {
		c.say("clawback: %s", c.clawback())
	}
}

func (c *component) budget() string {
	each := ""
	if c.chance(40) {
		each = `, each: {EUR: "333.33"}`
	}
	from := comp.Day(2024, 1, 1) + comp.Date(c.dice(60))
	return fmt.Sprintf(`{EUR: %s%s, partial: %s, from: %s, to: %s}`, c.one(`"500"`, `"2000.01"`, `"10000"`), each, c.one("true", "false"), from, from+comp.Date(c.dice(120)))
}

func (c *component) release() string {
	bar := `if: {event: satisfaction, at_least: "4", reason: low}`
	parts := c.one(`{share: "100%", on: accepted}`, `{share: "50%", on: credit}, {share: "50%", on: accepted}`, `{share: "33.33%", on: credit, after: 20 days}, {share: "66.67%", on: accepted, after: 1 month}`,
		`{share: "75%", on: accepted, `+bar+`}, {share: "25%", on: accepted, after: 40 days, `+bar+`}`)
	more := ""
	if c.chance(80) {
		more += ", longest: " + c.one("2 months", "40 days", "12 months")
	}
	more += ", silence: " + c.one("pay", "forfeit")
	if len(parts) > 100 {
		more += ", failed: " + c.one("pay", "forfeit")
	}
	return "{parts: [" + parts + "]" + more + "}"
}

func (c *component) clawback() string {
	within := c.one("12 months", "60 days", "3 months")
	more := ""
	if c.chance(30) {
		more = `, most: "50%"`
	}
	return fmt.Sprintf(`{on: refunded, within: %s, takes: %s, rate: %s%s, at_exit: %s}`, within,
		c.one("full", "full", "months", "days", `[{until: 1 month, takes: "100%"}, {until: 2 months, takes: "50%"}]`), c.one("original", "re-rated"), more, c.one("recover", "write_off"))
}

// TestPlansOfDealsReachAccounts: what generated plans say of single deals comes about in generated worlds.
func TestPlansOfDealsReachAccounts(t *testing.T) {
	left := []string{"earning", "true-up", "draw", "recovery", "balance", "carry balance", "hold balance", "release release", "release true-up", "clawback balance",
		"clawback clawback", "clawback true-up"}
	for seed := int64(0); seed < 60 && len(left) > 0; seed++ {
		d := dice(rand.New(rand.NewSource(seed)).Intn)
		c := plangenBatch(t, d.batch(dice.planOfDeals))
		for range 4 {
			closeAll(t, c, d.world(plansABatch), transform.DefaultVerbs(), func(_ transform.Inputs, r *comp.Result) bool {
				for _, l := range r.Ledger {
					_, account, _ := strings.Cut(l.Component, ":")
					kind := strings.TrimPrefix(account+" ", " ") + string(l.Kind)
					left = slices.DeleteFunc(left, func(s string) bool { return s == kind })
				}
				return true
			})
		}
	}
	if len(left) > 0 {
		t.Errorf("no entries of %v", left)
	}
}
