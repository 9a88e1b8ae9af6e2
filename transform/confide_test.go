package transform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// pulsed is the tiny company with an anonymous survey, paid by its net score in the department and in the company.
func pulsed(t *testing.T) *tiny {
	c := newTiny(t)
	contract := comp.Contract{Source: "hr", Table: "pulse", Mode: comp.Delta, Keys: []string{"id"}, Class: comp.Sealed,
		Survey:  &comp.Survey{Kind: "relationship", Promise: comp.Anonymous, Floor: 8},
		Columns: []comp.Column{{Name: "id", Type: comp.ID}, {Name: "who", Type: comp.ID}, {Name: "score", Type: comp.Integer}, {Name: "day", Type: comp.DateType}}}
	at := slices.IndexFunc(c.in.Contracts, func(x comp.Contract) bool { return x.Name() == "hr.status" })
	c.in.Contracts = slices.Insert(c.in.Contracts, at, contract)
	score := func(op comp.Op, bar int64) *comp.Expr {
		return &comp.Expr{Op: op, Kind: comp.KindBool, Args: []*comp.Expr{name("score", comp.KindNumber), {Op: comp.Lit, Kind: comp.KindNumber, Lit: comp.NumberValue(comp.Int(bar))}}}
	}
	term := comp.Term{Table: "hr.pulse", Hit: score(comp.Ge, 9), Miss: score(comp.Le, 6), Date: "day"}
	owned := term
	owned.Owner = comp.Owner{Column: "who"}
	c.in.Measures = append(c.in.Measures, comp.Measure{ID: "we", Title: "We", Unit: "points", Digits: 2, Aggregate: comp.Net, Pool: comp.PoolCompany, Window: 1, Digest: "m", Terms: []comp.Term{term}},
		comp.Measure{ID: "we_here", Title: "We here", Unit: "points", Digits: 2, Aggregate: comp.Net, Pool: comp.PoolDepartment, Window: 1, Digest: "m", Terms: []comp.Term{owned}})
	curve := comp.Curve{Kind: comp.Interpolate, Of: "value", Points: []comp.Band{{From: comp.Int(0), Pays: comp.Int(0)}, {From: comp.Int(100), Pays: comp.Int(2)}}}
	c.component(comp.Component{ID: "company", Measure: "we", Missing: "neutral", Target: dated(100, 100), Curve: curve})
	c.component(comp.Component{ID: "department", Measure: "we_here", Missing: "neutral", Target: dated(100, 100), Curve: curve})
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", "E1"},
		cells{"E3", "2025-01-01", "Support", "DE01", "1", "E1"})
	return c
}

// answers are rows of the survey, all of one day and person.
func answers(first int, who, day string, scores ...int) (out []cells) {
	for i, s := range scores {
		out = append(out, cells{fmt.Sprint("R", first+i), who, s, day})
	}
	return out
}

// seen is what a payee is shown of a component: value, n, pay, and two sentences of the working, after that of the target.
func seen(r *comp.Result, payee, component string) string {
	for _, s := range r.Statements {
		for _, c := range s.Components {
			if s.Payee == payee && c.Component == component {
				value := "hidden"
				if c.Value != nil {
					value = c.Value.String()
				}
				return fmt.Sprintf("%s, n %d, %s: %s", value, c.N, c.Amount, strings.Join(c.Working[1:3], "; "))
			}
		}
	}
	return "nothing"
}

// TestAnonymousResults is worked by hand: eight answer in January, five promoters and one detractor, so that the net score is 50;
// seven of them are of Sales, whose 57.14 beside it would tell that the eighth was neither.
func TestAnonymousResults(t *testing.T) {
	c := pulsed(t)
	c.give("hr.pulse", append(answers(1, "E1", "2026-01-12", 9, 9, 10, 10, 9, 3, 8), answers(8, "E3", "2026-01-13", 7)...)...)
	want := func(when string, r *comp.Result, component, text string) {
		t.Helper()
		if d := cmp.Diff(text, seen(r, "E1", component)); d != "" {
			t.Errorf("%s, %s (-want +got):\n%s", when, component, d)
		}
	}
	const neutral = "there is no result: the component is neutral and pays its target, 100.00 EUR"
	early := c.inputs("2026-01")
	early.Run.Kind = comp.Preview
	r, _, err := Compute(early, nil)
	if err != nil {
		t.Fatal(err)
	}
	want("preview", r, "company", "hidden, n 0, 100.00 EUR: We: of anonymous answers nothing is worked out before the close; We: "+neutral)
	if len(r.Confided) > 0 {
		t.Errorf("a preview made known %+v", r.Confided)
	}
	tried := c.inputs("2026-01")
	tried.Discreet = true // a plan is tried
	if r, _, err = Compute(tried, nil); err != nil || len(r.Confided) > 0 {
		t.Errorf("trying a plan made known %+v: %v", r.Confided, err)
	}
	want("trying a plan", r, "company", "hidden, n 0, 100.00 EUR: We: fewer than 8 people answered, or another group could be worked out; We: "+neutral)
	january := c.close("2026-01")
	c.in.Confided = january.Confided
	want("close", january, "company", "50, n 8, 100.00 EUR: We: 100 × (5 − 1) / 8 = 50 (95 %: 1.00 to 99.00); At 50, on the line from 0 (pays 0 %) to 100 (pays 200 %), the plan pays 100 % of the target")
	want("close", january, "department", "hidden, n 0, 100.00 EUR: We here: fewer than 8 people answered, or another group could be worked out; We here: "+neutral)
	if n := january.Credits.Len(); n > 0 {
		t.Errorf("%d credits of anonymous answers are kept", n)
	}
	// Later a ninth answer of January comes, one is changed, and E3 turns out to have been in Sales: January stays as it was.
	c.give("hr.pulse", cells{"R9", "E3", 1, "2026-01-20"}, cells{"R1", "E1", 1, "2026-01-12"})
	c.give("hr.pulse", append(answers(21, "E1", "2026-02-10", 9, 9, 9, 9, 9, 9, 9, 9), answers(31, "E3", "2026-02-11", 9, 9, 9, 9, 9, 9, 9, 6)...)...)
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", "E1"},
		cells{"E3", "2025-01-01", "Sales", "DE01", "1", "E1"}, cells{"E3", "2026-02-01", "Support", "DE01", "1", "E1"})
	february := c.close("2026-02")
	c.want(february, "E1", "earning company 2026-02 175.00 EUR", "earning department 2026-02 200.00 EUR")
	c.found(february, "late_in_confidence holds nothing: answers to hr.pulse that came after the result of January 2026 was made known enter no result: 1; nothing: the difference of two results would tell what one person answered")
	for _, x := range january.Confided {
		if !slices.ContainsFunc(february.Confided, func(y comp.Confided) bool {
			return cmp.Equal(x, y, cmp.Comparer(func(a, b comp.Number) bool { return a.Cmp(b) == 0 }))
		}) {
			t.Errorf("February does not keep %+v", x)
		}
	}
}
