package jobs

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/jobs/plans"
	"carrot/transform/comp"
)

// TestAccountsAsExportsTell: a plan that pays for a score warns of the customers who gave it and have not come so far, as the
// newest exports tell: who bought nothing large is in stage 1. Deals that are lost are no part of the measure.
func TestAccountsAsExportsTell(t *testing.T) {
	c := newTiny(t)
	c.write(t, "carrot.yaml", readAll(t, c, "carrot.yaml")+`stage: 3
accounts:
  table: crm.deals
  account: account
  reach: [{stage: 3, table: crm.deals, account: account, where: 'amount > 500', date: closed}]
  in: {crm.deals: account}
`)
	c.write(t, "measures/liked.yaml", strings.NewReplacer("revenue", "liked", "title: Revenue", "title: Liked", "outcome", "outcome\nabout: satisfaction", "unit: money", "unit: score",
		"aggregate: sum", "aggregate: mean", "currency: currency\n", "").Replace(readAll(t, c, "measures/revenue.yaml")))
	c.write(t, "plans/sales.yaml", readAll(t, c, "plans/sales.yaml")+`  - {id: liked, title: Liked, clause: "2", measure: liked, every: month, missing: neutral, min_n: 1, target: {EUR: "100"}, curve: {kind: linear, of: value}}
`)
	c.load(t)
	c.pull(t, comp.Day(2026, 3, 3))
	h, err := c.PlanHistory(context.Background(), nil, plans.History{}, comp.Day(2026, 3, 3))
	if err != nil {
		t.Fatal(err)
	}
	won := []comp.AccountStage{{Account: "Adler", Stage: 3}, {Account: "Bach\nand Sons", Stage: 3}, {Account: "Dorn", Stage: 1}}
	if d := cmp.Diff(map[string][]comp.AccountStage{"liked": won, "revenue": won}, h.Accounts); d != "" {
		t.Errorf("accounts by measure (-want +got):\n%s", d)
	}
	var got []string
	for _, l := range plans.Check(c.Config, h, comp.Day(2026, 3, 3)) {
		if l.ID == "L8" && l.Severity == plans.LintWarning {
			got = append(got, l.String())
		}
	}
	want := []string{"plans/sales.yaml:14:5: L8 warning: component liked pays for Liked, a score of stage 3, of an account that is in an earlier stage: Dorn in stage 1; leave them out in where: of measures/liked.yaml, and pay for their response and for what is done with it"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("lints (-want +got):\n%s", d)
	}
	if h, err = c.PlanHistory(context.Background(), nil, plans.History{}, comp.Day(2027, 3, 3)); err != nil || len(h.Accounts) > 0 {
		t.Errorf("a year later: %v, %v; expected no accounts of twelve months", h.Accounts, err)
	}
}
