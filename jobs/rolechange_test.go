package jobs

import (
	"testing"
	"testing/fstest"

	"carrot/config"
	"carrot/jobs/plans"
	"carrot/transform"
)

// roleChange is a company of two plans that measure quarters.
var roleChange = map[string]string{
	"carrot.yaml": `carrot: 1
company: Changing
zone: Europe/Berlin
pay: {first: 2026-01, day: 25, restate_months: 3, approval: none}
entities:
  - {id: DE01, name: Changing GmbH, country: DE, currency: EUR, pay_code: "3100"}
question: "Ask."
archive: archive
published: published
people_folders: id
sources: [sources.yaml]
measures: [measures.yaml]
plans: [plans.yaml]
roster:
  - {table: crm.people, id: id, from: since, employed: 'id != null', set: {name: name, department: department, entity: {const: DE01}}}
`,
	"sources.yaml": `source: crm
kind: files
folder: exports
tables:
  people:
    files: people.csv
    mode: snapshot
    keys: [id]
    format: csv
    columns: {id: {from: id, type: id}, name: {from: name, type: text}, department: {from: department, type: category}, since: {from: since, type: date}}
  deals:
    files: deals.csv
    mode: delta
    keys: [id]
    format: csv
    columns: {id: {from: id, type: id}, owner: {from: owner, type: id}, amount: {from: amount, type: decimal, scale: 2}, good: {from: good, type: boolean}, day: {from: day, type: date}}
`,
	"measures.yaml": `measure: sold
version: "1"
title: Sold
family: outcome
unit: money
aggregate: sum
pool: payee
table: crm.deals
owner: {column: owner}
value: amount
currency: {fixed: EUR}
date: day
---
measure: csat
version: "1"
title: Satisfied customers
family: outcome
about: satisfaction
survey: transactional
unit: share
aggregate: share
pool: payee
table: crm.deals
hit: good
owner: {column: owner}
date: day
`,
	"plans.yaml": `plan: sales
version: "1"
title: Sales
effective: {from: 2026-01-01, to: 2026-12-31}
eligible: 'department == "Sales"'
rounding: half-away
components:
  - id: quarter
    title: Quarter
    clause: "1"
    measure: sold
    every: quarter
    target: {EUR: "900.00"}
    quota: {amounts: {EUR: "90000"}}
    curve: {kind: linear, of: attainment}
    prorate: days
---
plan: support
version: "1"
title: Support
effective: {from: 2026-01-01, to: 2026-12-31}
eligible: 'department == "Support"'
rounding: half-away
components:
  - id: csat
    title: Satisfaction
    clause: "1"
    measure: csat
    every: quarter
    target: {EUR: "600.00"}
    min_n: 2
    missing: neutral
    curve: {kind: interpolate, of: value, points: [{at: "70%", pays: "0%"}, {at: "90%", pays: "100%"}]}
    prorate: days
`,
}

// TestRoleChangeWithinAQuarter pays somebody who goes from Sales to Support on 15 February by both plans, each for its own 45 of the
// quarter's 90 days, in both engines. By hand: of a quota of 45,000.00 Ann sold 36,000.00 by 14 February, 80 % of 450.00; what she sold
// later is no part of it. Of ten ratings from 15 February on eight are good: halfway from 70 % to 90 %, half of 300.00; the four bad
// ones before are no part of that.
func TestRoleChangeWithinAQuarter(t *testing.T) {
	fsys := fstest.MapFS{}
	for name, text := range roleChange {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, mistakes := config.Load(fsys, "carrot.yaml", func(string) (string, bool) { return "", true })
	for _, m := range mistakes {
		t.Fatal(m)
	}
	list, mistakes := config.ParseExamples("plans.test.yaml", []byte(`test: plans.yaml
examples:
  - name: from sales to support
    close: [2026-01, 2026-02, 2026-03]
    people: [{id: ann, entity: DE01, department: Sales, from: 2025-01-01, then: [{from: 2026-02-15, department: Support}]}]
    facts:
      sold:
        - {payee: ann, key: D1, on: 2026-02-14, value: "36000.00", currency: EUR}
        - {payee: ann, key: D2, on: 2026-02-15, value: "20000.00", currency: EUR}
      csat:
        - {payee: ann, key: B, on: 2026-02-10, hits: 0, of: 4}
        - {payee: ann, key: A, on: 2026-02-20, hits: 8, of: 10}
    expect:
      - {payee: ann, plan: sales, component: quarter, quota: "45000.00", target: "450.00", attainment: "80%", pays: "360.00"}
      - {payee: ann, plan: support, component: csat, target: "300.00", n: 10, value: "80%", pays: "150.00"}
      - {payee: ann, total: "510.00"}
`))
	for _, m := range mistakes {
		t.Fatal(m)
	}
	got, err := plans.Test(c, list[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range got.Failures {
		t.Error(f)
	}
	var n met
	for _, d := range n.both(t, c, list[0], func(*transform.Inputs) {}) {
		t.Error(d)
	}
	if n.closes != 3 || n.lines < 2 {
		t.Errorf("compared: %+v: too few to tell anything", n)
	}
}
