package jobs

import (
	"slices"
	"strings"
	"testing"
)

const touched = `measure: first_touch
version: "1"
title: First touch
family: outcome
unit: money
aggregate: sum
pool: company
table: crm.touches
value: amount
currency: currency
fold: {by: [deal], order: touched_on, take: first}
date: won_on
---
measure: last_touch
version: "1"
title: Last touch
family: outcome
unit: money
aggregate: sum
pool: company
table: crm.touches
value: amount
currency: currency
fold: {by: [deal], order: touched_on, take: last}
date: won_on
---
measure: equal_touch
version: "1"
title: Equal touch
family: outcome
unit: money
aggregate: sum
pool: company
table: crm.touches
value: amount / touches
currency: currency
date: won_on
`

const touches = `  touches:
    files: touches*.csv
    mode: delta
    keys: [deal, campaign]
    format: csv
    columns:
      deal: {type: id}
      campaign: {type: category}
      touched_on: {type: date}
      won_on: {type: date}
      amount: {type: decimal, scale: 2}
      currency: {type: category}
      touches: {type: integer}
`

// TestAttributionIsData: which campaign won a deal is what a rule says, and a rule is a measure. Six deals of 900 each came by the
// fair, a mail and a call, and six of 600 by a mail and the fair: the fair was the first touch of 5,400, the last of 3,600, and has a
// third of the ones and a half of the others where all touches count alike. By every rule the campaigns sum to the 9,000.
func TestAttributionIsData(t *testing.T) {
	rows := "      crm.touches:\n"
	for _, deal := range []string{"A", "B", "C", "D", "E", "F"} {
		for _, x := range []string{"deal: " + deal + "1, campaign: fair, touched_on: 2026-01-05, amount: \"900\", touches: \"3\"", "deal: " + deal + "1, campaign: mail, touched_on: 2026-01-20, amount: \"900\", touches: \"3\"",
			"deal: " + deal + "1, campaign: call, touched_on: 2026-02-01, amount: \"900\", touches: \"3\"", "deal: " + deal + "2, campaign: mail, touched_on: 2026-01-07, amount: \"600\", touches: \"2\"",
			"deal: " + deal + "2, campaign: fair, touched_on: 2026-02-02, amount: \"600\", touches: \"2\""} {
			rows += "        - {" + x + ", won_on: 2026-02-10, currency: EUR}\n"
		}
	}
	r := sections(t, "management:\n  - {section: table, title: Campaigns, measures: [first_touch, last_touch, equal_touch], apart: campaign, least: 5, every: month, periods: 1}\n", rows)
	want := []string{
		"First touch | fair | February 2026 | 5,400.00 EUR | - | 6",
		"First touch | mail | February 2026 | 3,600.00 EUR | - | 6",
		"Last touch | call | February 2026 | 5,400.00 EUR | - | 6",
		"Last touch | fair | February 2026 | 3,600.00 EUR | - | 6",
		"Equal touch | call | February 2026 | 1,800.00 EUR | - | 6",
		"Equal touch | fair | February 2026 | 3,600.00 EUR | - | 12",
		"Equal touch | mail | February 2026 | 3,600.00 EUR | - | 12",
	}
	if got := sectionLines(&r.Management[0]); !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
