package config

import (
	"strings"
	"testing"

	"testing/fstest"
)

// digestsOf are the digests of the measures in a file beside those of the company of testdata.
func digestsOf(t *testing.T, text string) map[string]string {
	t.Helper()
	files := memory(t, "company")
	files["measures/more.yaml"] = &fstest.MapFile{Data: []byte(text)}
	l := &loader{fsys: files, getenv: environment, config: &Config{}}
	l.load("carrot.yaml")
	for _, m := range l.sorted() {
		t.Fatalf("%s\n%s", m, text)
	}
	out := map[string]string{}
	for _, m := range l.config.Measures {
		out[m.ID] = m.Digest
	}
	return out
}

const definitions = `measure: x_net
version: "1"
title: Net
family: outcome
unit: points
aggregate: net
about: satisfaction
survey: relationship
responsible: Ann
direction: up
uncertainty: {method: normal, level: "90%"}
shrink: {n: "20", value: "33"}
pays: standing
standing: {against: "10"}
strata: {by: [kind, owner], weights: [{a: "60%", b: "40%"}, {x: "50%", y: "50%"}]}
trim: "5"
table: crm.deals
owner: {column: owner}
hit: 'amount >= 9'
miss: 'amount <= 6'
date: day
---
measure: x_share
version: "1"
title: Share
family: outcome
unit: share
aggregate: share
uncertainty: {method: bootstrap, draws: 500}
shrink: {hits: "34", misses: "6"}
pays: lower
table: crm.deals
owner: {column: owner}
hit: 'amount >= 9'
fold: {by: [kind], order: day, take: each, quiet: 7, counts: 'amount > 1'}
date: day
---
measure: x_weighted
version: "1"
title: Share
family: outcome
unit: share
aggregate: share
strata: {by: kind, weights: {a: "60%", b: "40%"}, empty: {a: b}}
table: crm.deals
owner: {column: owner}
hit: 'amount >= 9'
date: day
---
measure: x_effect
version: "1"
title: Effect
family: outcome
unit: score
aggregate: effect
cluster: owner
arm: kind
phase: currency
table: crm.deals
owner: {column: owner}
value: amount
date: day
---
measure: x_formula
version: "1"
title: Formula
family: outcome
unit: share
aggregate: formula
formula: 'min(a / b, 1)'
inputs:
  a: {aggregate: sum, table: crm.deals, owner: {column: owner}, value: amount, currency: currency, date: day, netted: {by: kind, takes: losses}, window: 2, back: 12}
  b: {measure: x_share, rates_back: 12}
n: b
---
measure: x_change
version: "1"
title: Change
family: outcome
unit: share
aggregate: formula
formula: 'a * b'
inputs:
  a: {measure: x_share}
  b: {measure: x_weighted, back: 1}
n: a
change: {since: 3, by: a}
`

// TestMeasureDigestsFollowDefinitions: whatever changes in what a measure says, its own digest changes and no other's does; what
// says the same keeps it.
func TestMeasureDigestsFollowDefinitions(t *testing.T) {
	before := digestsOf(t, definitions)
	for _, x := range []struct{ of, from, to string }{
		{"x_net", "responsible: Ann", "responsible: Bob"}, {"x_net", "direction: up", "direction: down"}, {"x_net", `"90%"`, `"95%"`}, {"x_net", `n: "20"`, `n: "21"`},
		{"x_net", `value: "33"`, `value: "34"`}, {"x_net", `against: "10"`, `against: "11"`}, {"x_net", `against: "10"`, `against: {measure: x_share}`},
		{"x_net", `a: "60%", b: "40%"}, {x`, `a: "50%", b: "50%"}, {x`}, {"x_net", `{x: "50%", y`, `{z: "50%", y`}, {"x_net", `by: [kind, owner]`, `by: [kind, id]`},
		{"x_net", `trim: "5"`, `trim: "6"`}, {"x_net", "trim: \"5\"\n", ""}, {"x_net", "miss: 'amount <= 6'", "miss: 'amount <= 5'"},
		{"x_net", "pays: standing\nstanding: {against: \"10\"}\n", "pays: upper\n"},
		{"x_share", "method: bootstrap, draws: 500", "method: bootstrap, draws: 501"}, {"x_share", "method: bootstrap, draws: 500", "method: wilson"},
		{"x_share", `hits: "34"`, `hits: "35"`}, {"x_share", `misses: "6"`, `misses: "7"`}, {"x_share", "pays: lower", "pays: upper"},
		{"x_share", "quiet: 7", "quiet: 8"}, {"x_share", "counts: 'amount > 1'", "counts: 'amount > 2'"},
		{"x_weighted", "empty: {a: b}", "empty: {b: a}"}, {"x_weighted", ", empty: {a: b}", ""}, {"x_weighted", "by: kind", "by: id"},
		{"x_effect", "cluster: owner", "cluster: id"}, {"x_effect", "arm: kind", "arm: id"}, {"x_effect", "phase: currency", "phase: id"},
		{"x_formula", "min(a / b, 1)", "min(a / b, 2)"}, {"x_formula", "back: 12}\n  b", "back: 11}\n  b"}, {"x_formula", "rates_back: 12", "rates_back: 11"},
		{"x_formula", "measure: x_share, ", "measure: x_net, "}, {"x_formula", "n: b", "n: a"}, {"x_change", "since: 3", "since: 4"}, {"x_change", "by: a}", "by: b}"}, {"x_change", ", by: a}", "}"}, {"x_formula", "takes: losses", "takes: gains"}, {"x_formula", "by: kind, takes", "by: id, takes"},
		{"x_formula", "window: 2", "window: 3"}, {"x_formula", "value: amount, currency: currency, date: day, netted", "value: 'amount * 2', currency: currency, date: day, netted"},
	} {
		text := strings.Replace(definitions, x.from, x.to, 1)
		if text == definitions {
			t.Fatalf("no %q", x.from)
		}
		// survey: relationship of one and of another in a formula are refused together, so what reads it says the same.
		if strings.Contains(x.to, "measure: x_net") {
			text = strings.Replace(text, "about: satisfaction\nsurvey: relationship\n", "", 1)
		}
		after := digestsOf(t, text)
		for id, digest := range before {
			owned := id == x.of || id == x.of+".a" || strings.Contains(x.to, "measure: x_net") && id == "x_net"
			if same := digest == after[id]; same && id == x.of || !same && !owned {
				t.Errorf("%q in place of %q: the digest of %s is the same: %v", x.to, x.from, id, same)
			}
		}
	}
	for _, x := range [][2]string{{"direction: up\n", ""}, {"miss: 'amount <= 6'", "miss: 'amount  <=  6'"}, {"responsible: Ann", "responsible: Ann # who"}, {`n: "20"`, `n: "20.0"`}, {`"60%"`, `"0.6"`}} {
		text := strings.Replace(definitions, x[0], x[1], 1)
		for id, digest := range digestsOf(t, text) {
			if digest != before[id] {
				t.Errorf("%q in place of %q changes the digest of %s", x[1], x[0], id)
			}
		}
	}
}
