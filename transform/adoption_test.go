package transform

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// accountsContract is a table with one row for each account.
var accountsContract = comp.Contract{Source: "crm", Table: "accounts", Mode: comp.Snapshot, Keys: []string{"id"}, Columns: []comp.Column{{Name: "id", Type: comp.ID}, {Name: "stage", Type: comp.Integer}}}

// staged is a company whose deals name their account as their owner does: adler, bach and cohn.
func staged(t *testing.T, m comp.AccountMap, accounts ...cells) *tiny {
	c := newTiny(t)
	c.in.Contracts = append([]comp.Contract{accountsContract}, c.in.Contracts...)
	c.give("crm.accounts", accounts...)
	c.give("crm.deals", tinyDeal("D1", "bach", 1, "EUR", "2025-02-01"), tinyDeal("D2", "bach", 1, "EUR", "2026-01-31"), tinyDeal("D3", "cohn", 1, "EUR", "2025-01-31"),
		tinyDeal("D4", "cohn", 1, "EUR", "2026-02-01"), tinyDeal("D5", "adler", 1, "EUR", "2026-01-01"))
	c.give("crm.deals", tinyDeal("D5", "dorn", 1, "EUR", "2026-01-01")) // as known now
	c.give("desk.tickets", cells{"T1", "bach", true, "2026-01-10"}, cells{"T2", "adler", true, "2026-01-10"}, cells{"T3", "bach", false, "2026-01-10"})
	c.in.Mapping.Accounts = &m
	return c
}

// TestAccountStages: an account is in the highest stage of which it has done what that and all before it ask, in the months that
// each looks back, as its rows are known last; what nobody did, or declared, is stage 1.
func TestAccountStages(t *testing.T) {
	deals := comp.Reaching{Stage: 2, Table: "crm.deals", Account: "owner", Date: "day", Months: 12, AtLeast: 1}
	good := comp.Reaching{Stage: 3, Table: "desk.tickets", Account: "owner", Where: name("good", comp.KindBool), Date: "day", Months: 1, AtLeast: 1}
	twice, both := deals, good
	twice.AtLeast, both.Where, both.AtLeast, both.Stage = 2, nil, 2, 4
	all := []cells{{"cohn", nil}, {"adler", nil}, {"bach", nil}}
	is := func(adler, bach, cohn int) []comp.AccountStage {
		return []comp.AccountStage{{Account: "adler", Stage: adler}, {Account: "bach", Stage: bach}, {Account: "cohn", Stage: cohn}}
	}
	for name, x := range map[string]struct {
		m        comp.AccountMap
		accounts []cells
		want     []comp.AccountStage
	}{
		// adler's only deal became dorn's; bach's lie on the first and the last day of twelve months, cohn's a day outside
		"one deal in a year":       {comp.AccountMap{Reach: []comp.Reaching{deals}}, all, is(1, 2, 1)},
		"two":                      {comp.AccountMap{Reach: []comp.Reaching{twice}}, all, is(1, 2, 1)},
		"and a good ticket":        {comp.AccountMap{Reach: []comp.Reaching{deals, good}}, all, is(1, 3, 1)},
		"without deals of adler":   {comp.AccountMap{Reach: []comp.Reaching{good}}, all, is(3, 3, 1)},
		"two tickets of any sort":  {comp.AccountMap{Reach: []comp.Reaching{deals, both}}, all, is(1, 4, 1)},
		"declared":                 {comp.AccountMap{Stage: "stage"}, []cells{{"adler", 4}, {"bach", 0}, {"cohn", 2}}, is(4, 1, 2)},
		"declared beyond, and not": {comp.AccountMap{Stage: "stage"}, []cells{{"adler", 5}, {"bach", nil}, {"cohn", 3}}, is(1, 1, 3)},
	} {
		x.m.Table, x.m.Account = "crm.accounts", "id"
		c := staged(t, x.m, x.accounts...)
		got, err := AccountStages(c.inputs("2026-01"), period("2026-01-01", "2026-01-31"))
		if d := cmp.Diff(x.want, got); err != nil || d != "" {
			t.Errorf("%s (-want +got): %v\n%s", name, err, d)
		}
	}
}

// TestAccountsOf: the accounts of a measure are those of its rows in twelve months, where its table says whose they are.
func TestAccountsOf(t *testing.T) {
	c := staged(t, comp.AccountMap{Table: "crm.accounts", Account: "id", In: []comp.AccountColumn{{Table: "desk.tickets", Column: "owner"}}})
	in := c.inputs("2026-01")
	for id, want := range map[string][]string{"good": {"adler", "bach"}, "sold": nil} {
		for i := range in.Measures {
			if in.Measures[i].ID == id {
				got, err := AccountsOf(in, &in.Measures[i], in.Run.Period)
				if d := cmp.Diff(want, got); err != nil || d != "" {
					t.Errorf("%s (-want +got): %v\n%s", id, err, d)
				}
			}
		}
	}
	in.Measures[1].Terms[0].Where = not(name("good", comp.KindBool))
	if got, err := AccountsOf(in, &in.Measures[1], in.Run.Period); err != nil || cmp.Diff([]string{"bach"}, got) != "" {
		t.Errorf("with a condition: %v, %v", got, err)
	}
}

// TestListsShowTheStage: beside a row stands how far its account has come; nothing beside one that is not known.
func TestListsShowTheStage(t *testing.T) {
	c := staged(t, comp.AccountMap{Table: "crm.accounts", Account: "id", Stage: "stage"}, cells{"D1", 3})
	c.component(tenPercent)
	c.in.Mapping.Lists = []comp.Listing{{ID: "x", Title: "X", Section: "moved", Table: "crm.deals", Owner: comp.Owner{Column: "owner", System: "crm"}, Date: "day", Months: 1,
		Columns: []comp.Shown{{Title: "Deal", Column: "id"}, {Title: "Stage", Column: "id", Stage: true}}, Most: 5}}
	c.give("crm.deals", tinyDeal("D1", "ada", 1, "EUR", "2026-01-03"), tinyDeal("D2", "ada", 1, "EUR", "2026-01-02"))
	want := []comp.List{{ID: "x", Title: "X", Section: "moved", Columns: []string{"Deal", "Stage"}, Rows: [][]string{{"D1", "3"}, {"D2", ""}}}}
	if d := cmp.Diff(want, theirs(t, c.try("2026-01"), "E1").Lists); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestListsShowTheName: an account is shown by the name that the newest version of its row gives it, or as the row says where it
// has none.
func TestListsShowTheName(t *testing.T) {
	c := newTiny(t)
	named := comp.Contract{Source: "crm", Table: "accounts", Mode: comp.Delta, Keys: []string{"id"}, Columns: []comp.Column{{Name: "id", Type: comp.ID}, {Name: "name", Type: comp.Text}}}
	c.in.Contracts = append([]comp.Contract{named}, c.in.Contracts...)
	c.give("crm.accounts", cells{"D1", "Zoo"}, cells{"D2", nil})
	c.give("crm.accounts", cells{"D1", "Ahrens & Co"})
	c.in.Mapping.Accounts = &comp.AccountMap{Table: "crm.accounts", Account: "id", Name: "name"}
	c.component(tenPercent)
	c.in.Mapping.Lists = []comp.Listing{{ID: "x", Title: "X", Section: "moved", Table: "crm.deals", Owner: comp.Owner{Column: "owner", System: "crm"}, Date: "day", Months: 1,
		Columns: []comp.Shown{{Title: "Deal", Column: "id"}, {Title: "Customer", Column: "id", Name: true}}, Most: 5}}
	c.give("crm.deals", tinyDeal("D1", "ada", 1, "EUR", "2026-01-03"), tinyDeal("D2", "ada", 1, "EUR", "2026-01-02"), tinyDeal("D3", "ada", 1, "EUR", "2026-01-01"))
	want := []comp.List{{ID: "x", Title: "X", Section: "moved", Columns: []string{"Deal", "Customer"}, Rows: [][]string{{"D1", "Ahrens & Co"}, {"D2", "D2"}, {"D3", "D3"}}}}
	if d := cmp.Diff(want, theirs(t, c.try("2026-01"), "E1").Lists); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
