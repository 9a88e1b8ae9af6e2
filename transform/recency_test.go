package transform

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// TestQuietAccounts: a contact is a row that the measure counts, on its day, as known last. Ada's list shows her accounts of whom
// nothing was heard for more than ten days: not eleven days after a contact in a row that now says something else, not on the tenth,
// and a customer of today is not dormant. A row of a later day counts for nothing yet, nor does one before the months looked at.
func TestQuietAccounts(t *testing.T) {
	contract := comp.Contract{Source: "crm", Table: "accounts", Mode: comp.Snapshot, Keys: []string{"id"}, Columns: []comp.Column{{Name: "id", Type: comp.ID},
		{Name: "owner", Type: comp.ID}, {Name: "since", Type: comp.DateType}, {Name: "left", Type: comp.Bool}}}
	c := newTiny(t)
	c.component(tenPercent)
	c.in.Contracts = append([]comp.Contract{contract}, c.in.Contracts...)
	c.give("crm.accounts", cells{"tenth", "E1", "2020-01-01", false}, cells{"eleventh", "E1", "2020-01-01", false}, cells{"corrected", "E1", "2020-01-01", false},
		cells{"later", "E1", "2026-01-02", false}, cells{"new", "E1", "2026-01-31", false}, cells{"next", "E1", "2026-02-01", false}, cells{"gone", "E1", "2020-01-01", true},
		cells{"silent", "E1", nil, false}, cells{"longago", "E1", nil, false}, cells{"bobs", "E2", "2025-12-01", false})
	c.give("desk.tickets", cells{"T1", "tenth", true, "2026-01-21"}, cells{"T2", "eleventh", true, "2026-01-20"}, cells{"T3", "corrected", true, "2026-01-25"},
		cells{"T4", "later", true, "2026-02-01"}, cells{"T5", "eleventh", false, "2026-01-30"}, cells{"T6", "longago", true, "2025-11-30"}, cells{"T7", "eleventh", true, "2026-01-02"})
	c.give("desk.tickets", cells{"T3", "corrected", true, "2026-01-05"})
	c.in.Mapping.Accounts = &comp.AccountMap{Table: "crm.accounts", Account: "id", In: []comp.AccountColumn{{Table: "desk.tickets", Column: "owner"}},
		Contact: &comp.Contact{Measure: "talks", Dormant: 10, Since: "since", Where: not(name("left", comp.KindBool)), Months: 1}}
	c.in.Mapping.Lists = []comp.Listing{{ID: "quiet", Title: "Quiet", Section: "at_risk", Table: "crm.accounts", Owner: comp.Owner{Column: "owner"}, Dormant: "id", Months: 1, Most: 10,
		Columns: []comp.Shown{{Title: "Customer", Column: "id"}, {Title: "Last", Column: "id", Contact: true}, {Title: "Days", Column: "id", Quiet: true}}}}
	c.in.Measures = append(c.in.Measures, comp.Measure{ID: "talks", Title: "Talks", Family: comp.Activity, Aggregate: comp.Count, Unit: "count", Pool: comp.PoolCompany, Window: 1,
		Terms: []comp.Term{{Table: "desk.tickets", Where: name("good", comp.KindBool), Date: "day", Sign: 1}}})
	c.in.Settings.Sections = []comp.SectionSpec{{Kind: "contact", Title: "Contact", Every: "month", Periods: 1}}
	r := c.try("2026-01")
	if d := cmp.Diff([][]string{{"longago", "none known", "none known"}, {"silent", "none known", "none known"}, {"later", "none known", "29"}, {"corrected", "2026-01-05", "26"},
		{"eleventh", "2026-01-20", "11"}}, theirs(t, r, "E1").Lists[0].Rows); d != "" {
		t.Errorf("Ada's list (-want +got):\n%s", d)
	}
	if d := cmp.Diff([][]string{{"bobs", "none known", "61"}}, theirs(t, r, "E2").Lists[0].Rows); d != "" {
		t.Errorf("Bob's list (-want +got):\n%s", d)
	}
	// 0, 10, 11, 26, 29, 61 and two of whom nothing is known: the middle of eight lies between 26 and 29.
	if d := cmp.Diff([][]string{{"January 2026", "8", "2", "6", "75.00 %", "27.5"}}, r.Management[0].Rows); d != "" {
		t.Errorf("the report (-want +got):\n%s", d)
	}
	in := c.inputs("2026-01")
	in.Run.Kind, in.Run.Business = comp.Preview, on("2026-01-29")
	preview, _, err := Compute(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Two days earlier nobody is dormant who is heard of on the nineteenth or later; the tickets of the twentieth and the twenty-first are.
	if d := cmp.Diff([][]string{{"longago", "none known", "none known"}, {"silent", "none known", "none known"}, {"later", "none known", "27"}, {"corrected", "2026-01-05", "24"}},
		theirs(t, preview, "E1").Lists[0].Rows); d != "" {
		t.Errorf("Ada's list of a preview (-want +got):\n%s", d)
	}
}
