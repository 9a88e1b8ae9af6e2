package transform

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// TestExclusions: every deal is paid, held, excluded by a clause or an exception, in rows and in money. Ada's of 1,000 is paid;
// D2 of 20 meets no condition; D3 of 300 has an unknown owner, which a waiver settles; D4 of 4,000 is Cleo's, who is not in
// Sales any more; D5 is of December.
func TestExclusions(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	c.in.Measures = slices.Clone(c.in.Measures[3:4])
	c.in.Measures[0].Where = comp.Place{File: "measures/sold.yaml", Line: 4}
	c.in.Measures[0].Terms = slices.Clone(c.in.Measures[0].Terms[:1])
	c.in.Measures[0].Terms[0].Where = &comp.Expr{Op: comp.Ne, Kind: comp.KindBool, Text: `id != "D2"`,
		Args: []*comp.Expr{name("id", comp.KindText), {Op: comp.Lit, Kind: comp.KindText, Lit: comp.TextValue("D2")}}}
	sales := *c.in.Plans[0].Eligible
	sales.Text = `department == "Sales"`
	c.in.Plans[0].Eligible = &sales
	c.in.Contracts[0].Control = "amount"
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E3", "2025-01-01", "Service", "US01", "1", nil})
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"), tinyDeal("D2", "ada", 2000, "EUR", "2026-01-15"), tinyDeal("D3", "nobody", 30000, "EUR", "2026-01-15"),
		tinyDeal("D4", "cleo", 400000, "EUR", "2026-01-15"), tinyDeal("D5", "ada", 700, "EUR", "2025-12-31"))
	r := c.try("2026-01")
	i := slices.IndexFunc(r.Findings, func(f comp.Finding) bool { return f.Code == "unknown_owner" })
	if i < 0 {
		t.Fatalf("no unknown owner: %v", findings(r.Findings))
	}
	c.in.Waivers = []comp.Waiver{{Finding: r.Findings[i].ID(), Reason: "a test", By: "boss", Until: on("2026-12-31")}}
	r = c.try("2026-01")
	var got []string
	for _, x := range r.Exclusions {
		got = append(got, fmt.Sprintf("%s %d %v %s: %s", x.Table, x.Rows, x.Sums, x.Reason, x.Clause))
	}
	want := []string{`crm.deals 1 [20 EUR] no measure takes it: sold: where 'id != "D2"' (measures/sold.yaml:4)`,
		"crm.deals 1 [300 EUR] waived: a waiver settles what was found",
		`crm.deals 1 [4000 EUR] its owner is on no plan that day: sales 1: eligible 'department == "Sales"'`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, k := range r.Controls {
		if !k.Ties() {
			t.Errorf("%s does not tie: %+v", k.Table, k.Parts)
		}
		if k.Table == "crm.deals" && fmt.Sprint(k.Parts[1].Rows, k.Parts[3].Rows, k.Parts[4].Rows) != "1 2 1" {
			t.Errorf("paid, excluded, exception: %+v", k.Parts)
		}
	}
}
