package plans

import (
	"slices"
	"strings"
	"testing"

	"carrot/config"
	"carrot/transform/comp"
)

// probedPast probes a plan over rows of the sources' own tables, of the first half of 2026.
func probedPast(t *testing.T, components, tables string, most int) Past {
	t.Helper()
	c := probePlan(t, components)
	list, mistakes := config.ParseExamples("plan.test.yaml", []byte(`test: plan.yaml
examples:
  - name: past
    first: 2026-01
    close: 2026-06
    people:
      - {id: ann, entity: DE01, department: Sales, from: 2025-01-01}
      - {id: bob, entity: DE01, department: Sales, from: 2025-01-01}
    tables:
`+tables+"    expect: [{payee: ann, total: \"0\"}]\n"))
	for _, m := range mistakes {
		t.Fatal(m)
	}
	company, err := Company(c, list[0])
	if err != nil {
		t.Fatal(err)
	}
	in := company("2026-06", nil)
	in.Mapping.Events = c.Mapping.Events // what happened to deals stands in the sources' own tables here
	out, err := ProbeMonths(c, Months{In: in, Span: comp.Period{Start: comp.Day(2026, 1, 1), End: comp.Day(2026, 7, 1)}, Most: most, On: comp.Day(2026, 7, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestProbePastFindsPlanted probes real rows of plans with one planted exploit each; what it is worth was worked out by hand.
func TestProbePastFindsPlanted(t *testing.T) {
	for _, x := range []struct{ name, components, tables, class, gain, what string }{
		// Three customers pay the target of 300; Ann has two, of whom one entered as two is a third.
		{"split", `  - id: new
    title: New customers
    clause: "1"
    measure: customers
    every: month
    target: {EUR: "300.00"}
    curve: {kind: steps, of: value, edge: "[lo,hi)", bands: [{from: "0", to: "3", pays: "0%"}, {from: "3", pays: "100%"}]}
`, `      crm.deals: [{id: D1, owner: ann, amount: "100.00", day: 2026-01-10}, {id: D2, owner: ann, amount: "100.00", day: 2026-01-20}]
`, "P-split", "300.00", "crm.deals/D2 entered as 2 of the same day"},
		// One customer pays 300, two pay nothing: one of the two is better left undone.
		{"less pays more", `  - id: new
    title: New customers
    clause: "1"
    measure: customers
    every: month
    target: {EUR: "300.00"}
    curve: {kind: steps, of: value, edge: "[lo,hi)", bands: [{from: "0", to: "1", pays: "0%"}, {from: "1", to: "2", pays: "100%"}, {from: "2", pays: "0%"}]}
`, `      crm.deals: [{id: D1, owner: ann, amount: "100.00", day: 2026-01-10}, {id: D2, owner: ann, amount: "100.00", day: 2026-01-20}]
`, "P-better", "300.00", "crm.deals/D2 left undone"},
		// 20,000.00 earn 5 %, as three deals below 10,000.00 10 %: 2,000.00 instead of 1,000.00, once each part is paid as the whole was.
		{"split per deal, paid when the customer pays", `  - id: commission
    title: Commission
    clause: "1"
    measure: taken
    every: month
    per: deal
    curve: {kind: retroactive, of: value, edge: "[lo,hi)", bands: [{from: "0", to: "10000", pays: "10%"}, {from: "10000", pays: "5%"}]}
    release: {parts: [{share: "100%", on: paid}], longest: 3 months, silence: forfeit}
`, `      crm.deals: [{id: D1, owner: ann, amount: "20000.00", day: 2026-01-10}]
      crm.payments: [{number: Z1, deal: D1, day: 2026-03-10}]
`, "P-split", "1000.00", "crm.deals/D1 of 20,000.00 EUR entered as 3 of the same day"},
		// All of 500.00 is taken back within three months, and half of it from then on: on 10 April instead of 10 March.
		{"clawback", `  - id: commission
    title: Commission
    clause: "1"
    measure: taken
    every: month
    curve: {kind: rate, of: value, rate: "5%"}
    clawback: {on: refunded, within: 12 months, takes: [{until: 3 months, takes: "100%"}, {until: 12 months, takes: "50%"}], rate: original, at_exit: write_off}
`, `      crm.deals: [{id: D1, owner: ann, amount: "10000.00", day: 2026-01-10}, {id: D2, owner: ann, amount: "9000.00", day: 2026-03-20}, {id: D3, owner: ann, amount: "9000.00", day: 2026-04-20}]
      crm.refunds: [{id: D1, owner: ann, amount: "10000.00", day: 2026-03-10}]
`, "P-refund", "250.00", "crm.deals/D1 of 10,000.00 EUR undone (refunded) on 2026-04-10 instead of 2026-03-10"},
		// 100,000.00 is taken as the quota: 20,000.00 of 1 April are above it in March, at 8 % instead of 5 %.
		{"a day", `  - id: commission
    title: Commission
    clause: "1"
    measure: taken
    every: quarter
    quota: {amounts: {EUR: "100000"}}
    curve: {kind: marginal, of: attainment, edge: "[lo,hi)", bands: [{from: "0%", to: "100%", pays: "5%"}, {from: "100%", pays: "8%"}]}
`, `      crm.deals: [{id: D1, owner: ann, amount: "120000.00", day: 2026-02-10}, {id: D2, owner: ann, amount: "20000.00", day: 2026-04-01}]
`, "P-day", "600.00", "crm.deals/D2 of 20,000.00 EUR on 2026-03-31 instead of 2026-04-01"},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := probedPast(t, x.components, x.tables, 24)
			i := slices.IndexFunc(p.Exploits, func(e Exploit) bool { return e.Class == x.class })
			if i < 0 {
				t.Fatalf("%s is not found among %v", x.class, p.Exploits)
			}
			if e := p.Exploits[i]; e.Payee != "ann" || e.Gain.Decimal() != x.gain || e.What != x.what || e.After.Minor-e.Before.Minor != e.Gain.Minor {
				t.Errorf("found %s, expected %s: %s", e, x.gain, x.what)
			}
			if p.Tried != p.Months || p.Found == 0 {
				t.Errorf("%d of %d payee-months tried, %d found", p.Tried, p.Months, p.Found)
			}
		})
	}
}

// TestProbePastKnowsItsEnd: a deal of July that June's plan would pay more for is not known to be worth less there, and the year to
// date of which half is over not either.
func TestProbePastKnowsItsEnd(t *testing.T) {
	p := probedPast(t, strings.ReplaceAll(accelerated, "quota: {name: revenue}", `quota: {amounts: {EUR: "1000"}}`), `      crm.deals:
        - {id: D1, owner: ann, amount: "5000.00", day: 2026-06-30}
        - {id: D2, owner: ann, amount: "5000.00", day: 2026-07-01}
`, 24)
	for _, e := range p.Exploits {
		t.Errorf("found %s", e)
	}
	if p.Months != 1 || p.Tried != 1 || p.Ways == 0 {
		t.Errorf("%d of %d payee-months tried in %d ways, expected June's alone", p.Tried, p.Months, p.Ways)
	}
}

// TestProbePastIsBounded: with one calculation one way of each of two people is tried, and no month is called tried.
func TestProbePastIsBounded(t *testing.T) {
	tables := `      crm.deals:
        - {id: D1, owner: ann, amount: "5000.00", day: 2026-01-30}
        - {id: D2, owner: bob, amount: "5000.00", day: 2026-01-30}
        - {id: D3, owner: bob, amount: "5000.00", day: 2026-02-20}
`
	p := probedPast(t, strings.ReplaceAll(accelerated, "quota: {name: revenue}", `quota: {amounts: {EUR: "1000"}}`), tables, 1)
	if p.Months != 3 || p.Tried != 0 || p.Ways != 2 {
		t.Errorf("%d of %d payee-months tried in %d ways, expected none of 3 in 2", p.Tried, p.Months, p.Ways)
	}
}
