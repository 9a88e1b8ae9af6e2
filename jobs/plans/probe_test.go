package plans

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/transform/comp"
)

var probed = map[string]string{
	"carrot.yaml": `carrot: 1
company: Probed
zone: Europe/Berlin
pay: {first: 2026-01, day: 25, restate_months: 3, approval: none}
entities:
  - {id: DE01, name: Probed GmbH, country: DE, currency: EUR, pay_code: "3100"}
question: "Ask."
archive: archive
published: published
people_folders: id
sources: [sources.yaml]
measures: [measures.yaml]
plans: [plan.yaml]
roster:
  - {table: crm.people, id: id, from: since, employed: 'id != null', set: {name: name, department: department, entity: {const: DE01}}}
events:
  - {table: crm.refunds, of: crm.deals, key: id, event: refunded, date: day, amount: amount}
  - {table: crm.payments, of: crm.deals, key: deal, event: paid, date: day}
quotas:
  - {table: crm.quotas, employee: id, name: name, from: from, to: to, amount: amount, currency_is: EUR}
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
  quotas:
    files: quotas.csv
    mode: snapshot
    keys: [id, name, from]
    format: csv
    columns: {id: {from: id, type: id}, name: {from: name, type: category}, from: {from: from, type: date}, to: {from: to, type: date}, amount: {from: amount, type: decimal, scale: 2}}
  deals:
    files: deals.csv
    mode: delta
    keys: [id]
    format: csv
    columns: {id: {from: id, type: id}, owner: {from: owner, type: id}, amount: {from: amount, type: decimal, scale: 2}, day: {from: day, type: date}}
  refunds:
    files: refunds.csv
    mode: delta
    keys: [id]
    format: csv
    columns: {id: {from: id, type: id}, owner: {from: owner, type: id}, amount: {from: amount, type: decimal, scale: 2}, day: {from: day, type: date}}
  payments:
    files: payments.csv
    mode: delta
    keys: [number]
    format: csv
    columns: {number: {from: number, type: id}, deal: {from: deal, type: id}, day: {from: day, type: date}}
  answers:
    files: answers.csv
    mode: delta
    keys: [id]
    format: csv
    columns: {id: {from: id, type: id}, owner: {from: owner, type: id}, good: {from: good, type: boolean}, day: {from: day, type: date}}
`,
	"measures.yaml": `measure: sold
version: "1"
title: Sold
family: outcome
unit: money
aggregate: sum
pool: payee
rows:
  - {table: crm.deals, owner: {column: owner}, value: amount, currency: {fixed: EUR}, date: day}
  - {table: crm.refunds, owner: {column: owner}, value: amount, currency: {fixed: EUR}, date: day, sign: -1}
---
measure: taken
version: "1"
title: Taken
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
measure: customers
version: "1"
title: New customers
family: outcome
unit: count
aggregate: count
pool: payee
table: crm.deals
owner: {column: owner}
date: day
---
measure: csat
version: "1"
title: Satisfied customers
family: outcome
about: satisfaction
unit: share
aggregate: share
pool: payee
table: crm.answers
hit: good
owner: {column: owner}
date: day
---
measure: answered
version: "1"
title: Customers who answered
family: participation
about: response
unit: share
aggregate: share
pool: payee
table: crm.answers
hit: good
owner: {column: owner}
date: day
---
measure: promoters
version: "1"
title: Promoters less detractors
family: outcome
about: satisfaction
unit: points
aggregate: net
pool: payee
table: crm.answers
hit: good
miss: '!good'
owner: {column: owner}
date: day
---
measure: middle
version: "1"
title: Half of the deals are smaller
family: outcome
unit: score
aggregate: median
pool: payee
table: crm.deals
value: amount
owner: {column: owner}
date: day
---
measure: of_all
version: "1"
title: Satisfied less a tenth
family: outcome
unit: share
aggregate: formula
pool: payee
formula: 'satisfied - 0.1'
inputs: {satisfied: {measure: csat}}
n: satisfied
`,
}

// probePlan is a plan of some components in force in 2026.
func probePlan(t *testing.T, components string) *config.Config {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range probed {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	head := "plan: p\nversion: \"1\"\ntitle: P\neffective: {from: 2026-01-01, to: 2026-12-31}\neligible: 'department == \"Sales\"'\nrounding: half-away\n"
	if strings.HasPrefix(components, "waive:") {
		head, components, _ = strings.Cut(head+components, "components:\n")
	}
	fsys["plan.yaml"] = &fstest.MapFile{Data: []byte(head + "components:\n" + components)}
	c, mistakes := config.Load(fsys, "carrot.yaml", func(string) (string, bool) { return "", true })
	for _, m := range mistakes {
		t.Fatal(m)
	}
	return c
}

const accelerated = `  - id: commission
    title: Commission
    clause: "1"
    measure: sold
    every: month
    quota: {name: revenue}
    curve:
      kind: marginal
      of: attainment
      edge: "[lo,hi)"
      bands: [{from: "0%", to: "100%", pays: "5%"}, {from: "100%", pays: "8%"}]
`

// TestProbeFindsPlanted probes plans with one planted exploit each. The worths were worked out by hand: the quota is
// 100,000.00 EUR, as probe takes it.
func TestProbeFindsPlanted(t *testing.T) {
	for _, x := range []struct{ name, components, class, component, gain, what string }{
		// 119,999.99 is below 120 % and pays the target of 1,000; 120,000.00 pays 60 % of it.
		{"better pays less", `  - id: bonus
    title: Bonus
    clause: "1"
    measure: sold
    every: month
    target: {EUR: "1000.00"}
    quota: {name: revenue}
    curve:
      kind: steps
      of: attainment
      edge: "[lo,hi)"
      bands: [{from: "0%", to: "100%", pays: "0%"}, {from: "100%", to: "120%", pays: "100%"}, {from: "120%", pays: "60%"}]
`, "P-better", "bonus", "400.00", "119,999.99 EUR instead of 120,000.00 EUR"},
		// Three customers pay the target of 300; one customer entered as three does as well.
		{"split", `  - id: new
    title: New customers
    clause: "1"
    measure: customers
    every: month
    target: {EUR: "300.00"}
    curve:
      kind: steps
      of: value
      edge: "[lo,hi)"
      bands: [{from: "0", to: "3", pays: "0%"}, {from: "3", pays: "100%"}]
`, "P-split", "new", "300.00", "one row of New customers entered as 3"},
		// Beside 100,000 of one month another 100,000 earn 8 %, beside nothing 5 %.
		{"a day later", accelerated, "P-day", "commission", "3000.00", "100,000.00 EUR on 2026-02-01 instead of a day earlier"},
		// 100,000 now earn 8,000; 105,000 a day later earn 5,000 and 8 % of 5,000.
		{"quick sale", accelerated, "P-quicksale", "commission", "2600.00", "100,000.00 EUR sold quickly on 2026-01-31 instead of 105,000.00 EUR a day later"},
		// Five answers of which two are bad are 60 % and pay nothing; four are too few to tell and pay the target.
		{"unsurveyed", `  - id: csat
    title: Satisfaction
    clause: "1"
    measure: csat
    every: month
    target: {EUR: "200.00"}
    min_n: 5
    missing: neutral
    curve: {kind: interpolate, of: value, points: [{at: "70%", pays: "0%"}, {at: "90%", pays: "100%"}]}
`, "P-survey", "csat", "200.00", "dissatisfied customers among 5 left unasked"},
		// The same in points: three good and two bad are 20, which pays nothing; four answers are too few to tell.
		{"unsurveyed net", `  - id: nps
    title: Promoters
    clause: "1"
    measure: promoters
    every: month
    target: {EUR: "200.00"}
    min_n: 5
    missing: neutral
    curve: {kind: interpolate, of: value, points: [{at: "20", pays: "0%"}, {at: "80", pays: "100%"}]}
`, "P-survey", "nps", "200.00", "dissatisfied customers among 5 left unasked"},
		// A median of 9.99 pays the target of 1,000, one of 10 pays 60 % of it.
		{"better median pays less", `  - id: middle
    title: Middle
    clause: "1"
    measure: middle
    every: month
    target: {EUR: "1000.00"}
    missing: zero
    curve:
      kind: steps
      of: value
      edge: "[lo,hi)"
      bands: [{from: "0", to: "10", pays: "100%"}, {from: "10", pays: "60%"}]
`, "P-better", "middle", "400.00", "9.99 of Half of the deals are smaller instead of 10 of Half"},
		// Deals below 10,000.00 earn 10 %, others 5 % of all: 20,000.00 as three deals of 6,666.67 earn 2,000.00 instead of 1,000.00.
		{"split per deal", `  - id: commission
    title: Commission
    clause: "1"
    measure: taken
    every: month
    per: deal
    curve: {kind: retroactive, of: value, edge: "[lo,hi)", bands: [{from: "0", to: "10000", pays: "10%"}, {from: "10000", pays: "5%"}]}
`, "P-split", "commission", "1000.00", "a deal of 20,000.00 EUR entered as 3 of the same day"},
		// Undone within three months all of 500.00 is taken back, from then on half of it.
		{"clawback", `  - id: commission
    title: Commission
    clause: "1"
    measure: taken
    every: month
    curve: {kind: rate, of: value, rate: "5%"}
    clawback: {on: refunded, within: 12 months, takes: [{until: 3 months, takes: "100%"}, {until: 12 months, takes: "50%"}], rate: original, at_exit: write_off}
`, "P-refund", "commission", "250.00", "a deal of 10,000.00 EUR of 2026-01-10 undone (refunded) on 2026-04-10 instead of a day earlier"},
		// 20,000 taken from 150,000 cost 8 %, from next month's 100,000 only 5 %.
		{"refund", accelerated, "P-refund", "commission", "600.00", "a refund of 20,000.00 EUR booked on 2026-02-01 instead of a day earlier"},
	} {
		t.Run(x.name, func(t *testing.T) {
			found, err := Probe(probePlan(t, x.components), comp.Day(2026, 1, 1))
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(found, func(e Exploit) bool { return e.Class == x.class })
			if i < 0 {
				t.Fatalf("%s is not found among %v", x.class, found)
			}
			e := found[i]
			if e.Component != x.component || e.Gain.Decimal() != x.gain || !strings.Contains(e.What, x.what) || e.After.Minor-e.Before.Minor != e.Gain.Minor {
				t.Errorf("found %s, expected %s of %s: %s", e, x.gain, x.component, x.what)
			}
		})
	}
}

// TestProbeFindsNothing probes plans that give no reason to play: one rate to date of a year, tiers to date, satisfaction
// beside pay for being answered.
func TestProbeFindsNothing(t *testing.T) {
	for name, components := range map[string]string{
		"one rate": `  - {id: commission, title: Commission, clause: "1", measure: sold, every: month, curve: {kind: rate, of: value, rate: "5%"}}
`,
		"clawback by days": `  - id: commission
    title: Commission
    clause: "1"
    measure: taken
    every: month
    curve: {kind: rate, of: value, rate: "5%"}
    clawback: {on: refunded, within: 6 months, takes: days, rate: original, at_exit: write_off}
`,
		"tiers to date": strings.ReplaceAll(accelerated, "every: month\n", "every: month\n    to_date: year\n"),
		"answers are paid": `  - id: csat
    title: Satisfaction
    clause: "1"
    measure: csat
    every: month
    target: {EUR: "100.00"}
    min_n: 1
    missing: zero
    curve: {kind: interpolate, of: value, points: [{at: "0%", pays: "0%"}, {at: "100%", pays: "100%"}]}
  - id: answered
    title: Answers
    clause: "2"
    measure: answered
    every: month
    target: {EUR: "5000.00"}
    min_n: 1
    missing: zero
    curve: {kind: interpolate, of: value, points: [{at: "0%", pays: "0%"}, {at: "100%", pays: "100%"}]}
`} {
		found, err := Probe(probePlan(t, components), comp.Day(2026, 1, 1))
		if err != nil || len(found) > 0 {
			t.Errorf("%s: %v, found %v", name, err, found)
		}
	}
}

// TestProbeNamesWhatItCannotPlay: a formula has no rows of its own; the rest of its plan is probed.
func TestProbeNamesWhatItCannotPlay(t *testing.T) {
	c := probePlan(t, `  - id: less
    title: Less
    clause: "1"
    measure: of_all
    every: month
    target: {EUR: "200.00"}
    min_n: 5
    missing: neutral
    curve: {kind: interpolate, of: value, points: [{at: "70%", pays: "0%"}, {at: "90%", pays: "100%"}]}
`+accelerated)
	found, err := Probe(c, comp.Day(2026, 1, 1))
	if err != nil || len(found) != 3 {
		t.Errorf("%v, found %v, expected the three of the commission", err, found)
	}
	if d := cmp.Diff([]Unprobed{{"p", "of_all"}}, NotProbed(c)); d != "" {
		t.Errorf("not probed (-want +got):\n%s", d)
	}
}

// TestProbeIsWaived lets one class stand by name until a day.
func TestProbeIsWaived(t *testing.T) {
	c := probePlan(t, "waive:\n  - {lint: P-day, component: commission, by: Petra Lang, reason: one year only, until: 2026-06-30}\ncomponents:\n"+accelerated)
	for _, x := range []struct {
		on   comp.Date
		want string
	}{{comp.Day(2026, 6, 30), "Petra Lang: one year only"}, {comp.Day(2026, 7, 1), ""}} {
		found, err := Probe(c, x.on)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, e := range found {
			got[e.Class] = e.Waived
		}
		if d := cmp.Diff(map[string]string{"P-day": x.want, "P-quicksale": "", "P-refund": ""}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", x.on, d)
		}
	}
}
