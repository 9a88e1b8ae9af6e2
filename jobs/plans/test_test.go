package plans

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
)

// parse reads examples that are written in a test.
func parse(t *testing.T, text string) []config.Example {
	t.Helper()
	list, mistakes := config.ParseExamples("plans/try.test.yaml", []byte(text))
	for _, m := range mistakes {
		t.Fatal(m)
	}
	return list
}

// An example that expects what the plan does not pay must fail, say what was paid, and how it came about.
func TestWrongExpectationsFail(t *testing.T) {
	c := load(t, filepath.Join("testdata", "golden"))
	e := parse(t, `test: gc-06.yaml
examples:
  - name: one cent less
    close: [2026-01, 2026-03]
    only: true
    people: [{id: ann, entity: DE01, plan: gc-06, from: 2023-01-01}, {id: bob, entity: DE01, plan: none, from: 2023-01-01}]
    numbers: [{payee: ann, name: revenue, from: 2026-01-01, to: 2026-03-31, amount: "100000", currency: EUR}]
    facts: {sold: [{payee: ann, key: D1, on: 2026-02-10, value: "150000", currency: EUR}]}
    expect:
      - {payee: ann, component: commission, pays: "8249.99"}
      - {payee: ann, component: commission, pays: "8250.00"}
      - {payee: ann, total: "8250.01"}
      - {payee: ann, component: commission, attainment: "151%", quota: "100000.00"}
      - {payee: ann, component: commission, kind: clawback, pays: "1.00"}
      - {payee: ann, component: commission, working: "Gate"}
      - {payee: ann, finding: split_total}
      - {payee: ann, balance: draw, closes: "5.00"}
      - {payee: bob, total: "1.00"}
      - {in: 2026-02, payee: ann, total: "1.00"}
`)
	got, err := Test(c, e[0])
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range got.Failures {
		lines = append(lines, f.String())
	}
	var heads []string
	for _, l := range lines {
		head, _, _ := strings.Cut(l, "\n")
		heads = append(heads, head)
	}
	want := []string{
		"plans/try.test.yaml:10:9: one cent less: ann commission 2026-03: expected 8,249.99 EUR, paid 8,250.00 EUR",
		"plans/try.test.yaml:12:9: one cent less: ann in total 2026-03: expected 8,250.01 EUR, paid 8,250.00 EUR",
		"plans/try.test.yaml:13:9: one cent less: ann commission 2026-03: expected attainment 151%, found 150%",
		"plans/try.test.yaml:14:9: one cent less: ann commission clawback 2026-03: expected 1.00 EUR, paid 0.00 EUR",
		`plans/try.test.yaml:15:9: one cent less: ann commission 2026-03: expected a sentence with "Gate", found none`,
		"plans/try.test.yaml:16:9: one cent less: 2026-03: expected the finding split_total, found worker_without_plan",
		"plans/try.test.yaml:17:9: one cent less: ann draw balance 2026-03: expected closes 5.00, found 0.00",
		"plans/try.test.yaml:18:9: one cent less: bob in total 2026-03: expected 1.00 EUR, paid 0.00 EUR",
		"plans/try.test.yaml:19:9: one cent less: 2026-02 is not closed, expected one of 2026-01, 2026-03; correct in:, or add it to close:",
	}
	if diff := cmp.Diff(want, heads); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	working := `
     line: earning commission 8,250.00 EUR for 2026-03
     commission: Quota: 100,000.00 EUR
     commission: Sold: 150,000.00 EUR (n = 1)
     commission: Attainment: 150,000.00 EUR / 100,000.00 EUR = 150 %
     commission: Up to 100,000.00 EUR (0 % to 100 % of the quota): 100,000.00 EUR × 5 % = 5,000.00 EUR
     commission: From 100,000.00 EUR to 125,000.00 EUR (100 % to 125 % of the quota): 25,000.00 EUR × 6 % = 1,500.00 EUR
     commission: What is above 125,000.00 EUR (from 125 % of the quota): 25,000.00 EUR × 7 % = 1,750.00 EUR
     commission: Together: 8,250.00 EUR
     commission: Rounded half away from zero: 8,250.00 EUR`
	if diff := cmp.Diff(want[0]+working, lines[0]); diff != "" {
		t.Errorf("the working (-want +got):\n%s", diff)
	}
}

// What the config does not know is refused where it stands, all of it at once.
func TestExamplesOfAnotherConfigAreRefused(t *testing.T) {
	c := load(t, filepath.Join("testdata", "golden"))
	e := parse(t, `test: [gc-01.yaml, gc-1.yaml]
examples:
  - name: unknown names
    close: 2026-01
    people: [{id: ann, entity: DE01, plan: gc-01, colour: red, from: 2023-01-01}]
    numbers: [{payee: eve, name: revenue, from: 2026-01-01, amount: "1", currency: EUR}]
    facts:
      solt: [{payee: ann, on: 2026-01-10, value: "1", currency: EUR}]
      sold: [{payee: ann, on: 2026-01-10, value: "1"}]
      csat: [{payee: ann, on: 2026-01-10, hits: 1, of: 2}]
    tables:
      crm.deal: [{id: D1}]
      crm.deals: [{id: D1, amuont: "1"}, {id: D2, amount: "1.234", booked_on: 2026-13-01}]
    expect: [{payee: ann, total: "0.00"}]
`)
	_, err := Test(c, e[0])
	if err == nil {
		t.Fatal("the example ran")
	}
	want := strings.TrimSpace(`
plans/try.test.yaml:1:20: the plan file "gc-1.yaml", expected a file of plans of the config, beside this one; write gc-01.yaml
plans/try.test.yaml:5:14: the attribute "colour", expected an attribute that the roster sets; write department, entity, fte, job, law, leave, manager, name, plan or payroll_number
plans/try.test.yaml:6:15: the payee "eve", expected somebody of people:; add {id: eve, …} there, or correct the id
plans/try.test.yaml:8:7: the measure "solt", expected a measure that is defined; write sold
plans/try.test.yaml:9:14: money without currency, expected the currency of the value; add currency: EUR
plans/try.test.yaml:10:14: hits of csat, which is no share, expected a value; write value:
plans/try.test.yaml:12:7: the table "crm.deal", expected source.table of a source; write crm.deals
plans/try.test.yaml:13:36: the column "amuont", expected a column of crm.deals; write amount
plans/try.test.yaml:13:59: "1.234", expected a number in plain digits, at most 2 after the point; correct it
plans/try.test.yaml:13:79: "2026-13-01", expected a day such as 2026-01-31; correct it
`)
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
