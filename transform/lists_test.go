package transform

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// theirs is a payee's statement.
func theirs(t *testing.T, r *comp.Result, payee string) comp.Statement {
	t.Helper()
	for _, s := range r.Statements {
		if s.Payee == payee {
			return s
		}
	}
	t.Fatalf("no statement of %s", payee)
	return comp.Statement{}
}

func not(e *comp.Expr) *comp.Expr {
	return &comp.Expr{Op: comp.Not, Kind: comp.KindBool, Args: []*comp.Expr{e}}
}

// TestLists: rows of whom they name, the newest first, as known last; others are counted; for a manager those of everybody
// below with a name; a row without consent is nobody's. What is paid, found and controlled stays what it was.
func TestLists(t *testing.T) {
	make := func(lists ...comp.Listing) *comp.Result {
		c := newTiny(t)
		c.component(tenPercent)
		c.in.Mapping.Lists = lists
		c.give("desk.tickets", cells{"T1", "E2", false, "2026-01-10"}, cells{"T2", "E2", false, "2025-12-31"}, cells{"T3", "E2", false, "2026-01-20"},
			cells{"T4", "E2", false, "2026-01-20"}, cells{"T5", "E2", false, "2025-11-30"}, cells{"T6", "E2", false, "2026-02-01"}, cells{"T7", "E9", false, "2026-01-20"})
		c.give("desk.tickets", cells{"T1", "E2", true, "2026-01-10"}, cells{"T8", "E1", true, "2026-01-05"})
		c.give("crm.deals", tinyDeal("D1", "Bob", 500, "EUR", "2026-01-10"), tinyDeal("D2", "cleo", 90000, "USD", "2026-01-02"), tinyDeal("D3", "bob", 700, "EUR", "2026-01-03"))
		return c.try("2026-01")
	}
	shown := []comp.Shown{{Title: "Ticket", Column: "id"}, {Title: "On", Column: "day"}}
	open := comp.Listing{ID: "open", Title: "Not solved", Section: "at_risk", Table: "desk.tickets", Where: not(name("good", comp.KindBool)),
		Owner: comp.Owner{Column: "owner"}, Date: "day", Months: 2, Columns: shown, Most: 2}
	solved := comp.Listing{ID: "solved", Title: "Solved", Section: "recognition", Table: "desk.tickets", Owner: comp.Owner{Column: "owner"}, Date: "day", Months: 1,
		Columns: shown[:1], Most: 10, OptIn: "good"}
	team := comp.Listing{ID: "team", Title: "Deals of your people", Section: "moved", Table: "crm.deals", Owner: comp.Owner{Column: "owner", System: "crm"}, Date: "day", Months: 1,
		Columns: []comp.Shown{{Title: "Deal", Column: "id"}, {Title: "Amount", Column: "amount"}}, Order: "amount", Most: 10, Managers: true}
	plain, r := make(), make(open, team, solved)
	want := []comp.List{{ID: "open", Title: "Not solved", Section: "at_risk", Columns: []string{"Ticket", "On"}, Rows: [][]string{{"T3", "2026-01-20"}, {"T4", "2026-01-20"}}, More: 1},
		{ID: "solved", Title: "Solved", Section: "recognition", Columns: []string{"Ticket"}, Rows: [][]string{{"T1"}}}}
	if d := cmp.Diff(want, theirs(t, r, "E2").Lists); d != "" {
		t.Errorf("Bob's lists (-want +got):\n%s", d)
	}
	want = []comp.List{{ID: "team", Title: "Deals of your people", Section: "moved", Columns: []string{"Person", "Deal", "Amount"},
		Rows: [][]string{{"Cleo", "D2", "900"}, {"Bob", "D3", "7"}, {"Bob", "D1", "5"}}}, {ID: "solved", Title: "Solved", Section: "recognition", Columns: []string{"Ticket"}, Rows: [][]string{{"T8"}}}}
	if d := cmp.Diff(want, theirs(t, r, "E1").Lists); d != "" {
		t.Errorf("Ada's lists (-want +got):\n%s", d)
	}
	for i := range r.Statements {
		r.Statements[i].Lists = nil
	}
	if !reflect.DeepEqual(plain.Statements, r.Statements) || !reflect.DeepEqual(plain.Ledger, r.Ledger) {
		t.Error("lists change what statements say beside them, or what is posted")
	}
	if !reflect.DeepEqual(plain.Controls, r.Controls) || !slices.Equal(findings(plain.Findings), findings(r.Findings)) {
		t.Error("lists change what is found or controlled")
	}
}

// TestListsOfContradictions: of two rows of one key in one file the first counts, whichever of them a list asks for; before a file
// stands what a later one says.
func TestListsOfContradictions(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	c.in.Mapping.Lists = []comp.Listing{{ID: "open", Title: "Not solved", Section: "at_risk", Table: "desk.tickets", Where: not(name("good", comp.KindBool)),
		Owner: comp.Owner{Column: "owner"}, Date: "day", Months: 1, Columns: []comp.Shown{{Title: "Ticket", Column: "id"}}, Most: 10}}
	ticket := func(id string, good bool) cells { return cells{id, "E2", good, "2026-01-10"} }
	c.give("desk.tickets", ticket("T1", true), ticket("T1", false), ticket("T2", false), ticket("T2", true), ticket("T3", false), ticket("T4", true), ticket("T5", false))
	c.give("desk.tickets", ticket("T3", true), ticket("T3", false), ticket("T4", false), ticket("T5", true))
	got := theirs(t, c.try("2026-01"), "E2").Lists[0].Rows
	if d := cmp.Diff([][]string{{"T2"}, {"T4"}}, got); d != "" {
		t.Errorf("Bob's list (-want +got):\n%s", d)
	}
}

// TestNextTier: sold 87,600 of a tier that begins at 100,000: 12,400 are missing; of the quota of 100,000 at 90 % with a tier at
// 95 %, 5,000. Nothing is told of a tier that is reached, that is over, that pays less, or of what people answered.
func TestNextTier(t *testing.T) {
	tiers := bands(t, [3]string{"0", "100000", "0.04"}, [3]string{"100000", "", "0.06"})
	quota := &comp.Quota{Dated: []comp.Dated{{From: on("2020-01-01"), By: map[comp.Currency]comp.Number{"EUR": num(t, "100000"), "USD": num(t, "100000")}}}}
	steps := comp.Curve{Kind: comp.StepCurve, Of: "attainment", Bands: bands(t, [3]string{"0", "0.95", "0.5"}, [3]string{"0.95", "", "1.2"})}
	year := func(c comp.Curve) comp.Component {
		return comp.Component{ID: "x", Measure: "sold", ToDate: "year", Curve: c}
	}
	month := comp.Component{ID: "x", Measure: "sold", Quota: quota, Target: dated(1000, 1000), Curve: steps}
	marginal := comp.Curve{Kind: comp.Marginal, Of: "value", Bands: tiers}
	after := marginal
	after.UpperEdge = true
	shadow := year(marginal)
	shadow.Shown = true
	for what, x := range map[string]struct {
		c     comp.Component
		sold  int
		about string
		late  bool
		want  string
	}{
		"marginal":            {year(marginal), 87600, "", true, "12400 EUR until 2026-12-31: what is above it pays 6 %"},
		"all of it":           {year(comp.Curve{Kind: comp.Retroactive, Of: "value", Bands: tiers}), 99999, "", true, "1 EUR until 2026-12-31: all of it pays 6 %"},
		"on the edge":         {year(after), 100000, "", true, "0 EUR until 2026-12-31, above it: what is above it pays 6 %"},
		"reached":             {year(marginal), 100000, "", true, ""},
		"in the month":        {month, 90000, "", false, "5000 EUR until 2026-01-31: the pay is 120 % of the target"},
		"the month is over":   {month, 90000, "", true, ""},
		"a survey":            {year(marginal), 87600, "satisfaction", true, ""},
		"how many answered":   {year(marginal), 87600, "response", true, ""},
		"computed and shadow": {shadow, 87600, "", true, ""},
		"points": {comp.Component{ID: "x", Measure: "sold", ToDate: "year", Target: dated(1000, 1000), Curve: comp.Curve{Kind: comp.Interpolate, Of: "value",
			Points: points(t, [2]string{"0", "0"}, [2]string{"90000", "1"}, [2]string{"120000", "1.5"})}}, 87600, "", true, "2400 EUR until 2026-12-31: the pay is 100 % of the target"},
	} {
		c := newTiny(t)
		c.in.Measures = slices.Clone(c.in.Measures)
		for i := range c.in.Measures {
			c.in.Measures[i].About = x.about
		}
		c.component(x.c)
		c.give("crm.deals", tinyDeal("D1", "ada", x.sold*100, "EUR", "2026-01-10"))
		in := c.inputs("2026-01")
		if !x.late {
			in.Run.Kind, in.Run.Business = comp.Preview, on("2026-01-20")
		}
		r, _, err := Compute(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if n := result(t, r, "x").Next; n != nil {
			got = strings.TrimSpace(n.Missing.Number.String()+" "+string(n.Missing.Currency)) + " until " + n.Until.String()
			if n.Above {
				got += ", above it"
			}
			got += ": " + n.Pays
		}
		if got != x.want {
			t.Errorf("%s: %q, expected %q", what, got, x.want)
		}
	}
}

// TestContributions: the text of the job, the last that holds; a job without one is told and nobody is held.
func TestContributions(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	c.in.Mapping.Roster[2].Set = append(c.in.Mapping.Roster[2].Set, comp.AttrMap{Attr: comp.AttrJob, Columns: []string{"department"}})
	c.in.Mapping.Contributions = []comp.ContributionMap{{Table: "hr.departments", Job: "id", Text: "name"}}
	c.give("hr.departments", cells{"Sales", "You promise what we can keep."})
	if got := theirs(t, c.try("2026-01"), "E1").Contribution; got != "You promise what we can keep." {
		t.Errorf("the statement says %q", got)
	}
	c.give("hr.departments", cells{"Care", "You answer."})
	r := c.try("2026-01")
	c.found(r, `role_without_contribution holds nothing: nobody says what the job "Sales" does for the customer; it is that of 3 with a statement; add a row for it to the table of contributions`)
	if s := theirs(t, r, "E1"); s.Contribution != "" || len(s.HeldFor) > 0 {
		t.Errorf("the statement says %q and is held for %v", s.Contribution, s.HeldFor)
	}
}

// TestDefinitionChanged: a measure whose digest differs from the close before says so; another does not.
func TestDefinitionChanged(t *testing.T) {
	c := newTiny(t)
	c.component(tenPercent)
	c.component(comp.Component{ID: "n", Measure: "net", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", RateBy: map[comp.Currency]comp.Number{"EUR": num(t, "1"), "USD": num(t, "1")}}})
	c.close("2026-01")
	c.in.Measures = slices.Clone(c.in.Measures)
	for i := range c.in.Measures {
		if c.in.Measures[i].ID == "sold" {
			c.in.Measures[i].Digest = "other"
		}
	}
	want := []comp.Definition{{Measure: "net", Title: "Deals less refunds", Digest: "m", Unit: "count"}, {Measure: "sold", Title: "Sold", Digest: "other", Unit: "money", Changed: "2026-01"}}
	if d := cmp.Diff(want, c.try("2026-02").Definitions); d != "" {
		t.Errorf("definitions (-want +got):\n%s", d)
	}
}
