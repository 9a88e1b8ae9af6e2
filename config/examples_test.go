package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

func TestParseExamples(t *testing.T) {
	got, mistakes := ParseExamples("plans/sales.test.yaml", []byte(`test: sales.yaml
examples:
  - name: a good quarter
    close: [2026-01, 2026-02]
    people:
      - {id: ann, entity: DE01, fte: "0.5", from: 2025-01-01, to: 2026-03-31, then: [{from: 2026-02-01, manager: eva}]}
    numbers: [{payee: ann, name: revenue, from: 2026-01-01, amount: "100000", currency: EUR}]
    fx: [{date: 2026-01-01, from: USD, to: EUR, rate: "0.5", kind: plan}]
    facts:
      sold: [{payee: ann, key: D1, on: 2026-01-10, value: "600000.00", currency: EUR, known: 2026-02-05, times: 34}]
      csat: [{payee: ann, on: 2026-01-10, hits: 86, of: 100}]
    tables:
      crm.deals: [{id: D1, amount: "99.99", lost: null}]
    events: [{of: D1, event: satisfaction, on: 2026-02-03, score: "4"}]
    hours: [{payee: ann, week: 2026-01-05, hours: 48}]
    adjustments: [{payee: ann, in: 2026-01, amount: "-1125", currency: EUR, reason: agreed}]
    expect:
      - {in: 2026-01, payee: ann, component: commission, pays: "26000.00", attainment: "95.5%"}
      - {payee: ann, costs: {2026-10: "100.00", write_off: "2600.00"}}
`))
	if len(mistakes) > 0 || len(got) != 1 {
		t.Fatalf("%d examples, mistakes %v", len(got), mistakes)
	}
	x := got[0]
	if x.First != "2026-01" || x.Plans[0].Name != "sales.yaml" || x.People[0].Then[0].Attrs[0] != (ExampleAttr{"manager", "eva"}) || x.Facts[0].Facts[0].Times != 34 ||
		x.Facts[1].Facts[0].Of != 100 || x.Tables[0].Rows[0].Cells[2].Text != "" || x.Hours[0].Hours.Cmp(comp.Int(48)) != 0 || x.People[0].To.String() != "2026-03-31" {
		t.Errorf("read as %+v", x)
	}
	figure := x.Expect[0].Figures[0]
	if figure.Value.Cmp(comp.Scaled(955, 3)) != 0 || figure.Digits != 3 {
		t.Errorf("95.5%% is read as %s with %d digits", figure.Value, figure.Digits)
	}
	if x.Expect[1].Costs[1].Name != "write_off" {
		t.Errorf("costs are read as %+v", x.Expect[1].Costs)
	}
}

func TestParseExamplesRefuses(t *testing.T) {
	_, mistakes := ParseExamples("plans/sales.test.yaml", []byte(`test: sales.yaml
examples:
  - name: one
    close: [2026-02, 2026-01]
    people: [{entity: DE01, from: 2025-01-01}]
    facts:
      sold: [{payee: ann, on: 10.01.2026}]
      csat: [{payee: ann, on: 2026-01-10, hits: 3, of: 2}]
    expect:
      - {payee: ann, pays: "1.00"}
      - {payee: ann}
      - {component: commission, pays: "1.00"}
      - {payee: ann, component: commission, payz: "1.00"}
  - name: one
    close: 2026-01
    people: []
    expect: []
`))
	var got []string
	for _, m := range mistakes {
		got = append(got, m.String())
	}
	want := strings.Split(strings.TrimSpace(`
plans/sales.test.yaml:4:22: the close of 2026-01 after that of 2026-02, expected months in ascending order; sort them
plans/sales.test.yaml:5:14: an entry of people without the key id; add id:
plans/sales.test.yaml:7:31: "10.01.2026", expected a day such as 2025-01-31; write it as YYYY-MM-DD
plans/sales.test.yaml:8:49: 3 hits of 2 rows, expected at most as many hits as rows; correct one
plans/sales.test.yaml:10:22: pays without component, expected the component that pays; add component:, or write total:
plans/sales.test.yaml:11:9: an expectation that expects nothing, expected what is paid; add component: and pays:, or total:
plans/sales.test.yaml:12:9: an expectation of nobody, expected a payee; add payee:
plans/sales.test.yaml:13:45: unknown key "payz", expected a key of an expectation; write pays
plans/sales.test.yaml:14:11: the example "one" a second time, expected each name once; rename it; the first is in line 3
`), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
