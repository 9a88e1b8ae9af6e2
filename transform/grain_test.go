package transform

import (
	"testing"

	"carrot/transform/comp"
)

// TestNumbersOfMonthsAreNotGuessed: rows of January, February and March of 1,000, 1,000 and 1,200 for what is measured by quarter.
// Whether 1,200 or 3,200 is to be attained is not stated, whether the rows have a last day or end with the next; said either way it is
// clear. One row from February on is the quarter's, and what is measured by month needs no word.
func TestNumbersOfMonthsAreNotGuessed(t *testing.T) {
	closed := []cells{{"E1", "2026-01-01", "2026-01-31", 100000, "EUR"}, {"E1", "2026-02-01", "2026-02-28", 100000, "EUR"}, {"E1", "2026-03-01", "2026-03-31", 120000, "EUR"}}
	open := []cells{{"E1", "2026-01-01", nil, 100000, "EUR"}, {"E1", "2026-02-01", nil, 100000, "EUR"}, {"E1", "2026-03-01", nil, 120000, "EUR"}}
	const doubt = `quota_of_months holds payee: the row of "revenue" of E1 for January 2026 is for a month, and x counts January to March 2026: whether the months' numbers ` +
		"are to be added up is not stated; write each: month in carrot.yaml under quotas to add them up, or each: period if the number of the last day is for all of it"
	for _, x := range []struct {
		name        string
		every, each string
		rows        []cells
		quota       string
	}{
		{"not stated", "quarter", "", closed, ""}, {"not stated, open rows", "quarter", "", open, ""},
		{"by month", "quarter", "month", closed, "3200.00"}, {"by month, open rows", "quarter", "month", open, "3200.00"},
		{"by period", "quarter", "period", closed, "1200.00"}, {"measured by month", "month", "", closed, "1200.00"}, {"measured by month, of months", "month", "month", closed, "1200.00"},
		{"one row", "quarter", "", []cells{{"E1", "2026-02-01", nil, 90000, "EUR"}}, "900.00"},
		{"a raise within the quarter", "quarter", "", []cells{{"E1", "2025-01-01", "2026-02-15", 90000, "EUR"}, {"E1", "2026-02-16", nil, 95000, "EUR"}}, "950.00"},
	} {
		c := newTiny(t)
		c.alone()
		c.in.Mapping.Quotas[0].Each = x.each
		c.component(comp.Component{ID: "x", Measure: "sold", Every: x.every, Quota: &comp.Quota{Name: "revenue"}, Target: dated(100, 100), Curve: comp.Curve{Kind: comp.Linear, Of: "attainment"}})
		c.give("ref.quotas", x.rows...)
		c.sell("2026-03", 32)
		r := c.try("2026-03")
		if x.quota == "" {
			c.found(r, doubt)
			continue
		}
		if got := quotaOf(t, r, "x"); got != x.quota {
			t.Errorf("%s: the quota is %s, want %s; %q", x.name, got, x.quota, findings(r.Findings))
		}
	}
}
