package config

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestSectionsRefuse: sections that tell rows apart are read as they stand, or refused with their place.
func TestSectionsRefuse(t *testing.T) {
	const more = `measure: sealed_share
version: "1"
title: Sealed
family: outcome
unit: share
aggregate: share
pool: company
table: zendesk.ratings
hit: 'score == "good"'
date: rated_at
---
measure: closed
version: "1"
title: Closed
family: outcome
unit: count
aggregate: count
pool: company
table: salesforce.deals
date: close_date
---
measure: amount_of_deals
version: "1"
title: Amount
family: outcome
unit: score
aggregate: mean
pool: company
table: salesforce.deals
value: amount
date: close_date
---
measure: amount_weighted
version: "1"
title: Amount by stage
family: outcome
unit: score
aggregate: mean
pool: company
table: salesforce.deals
value: amount
date: close_date
strata: {by: stage, weights: {Open: "50%", Won: "50%"}}
---
measure: each
version: "1"
title: Each
family: outcome
unit: score
aggregate: formula
pool: company
formula: 'all / closed'
inputs: {all: {measure: amount_of_deals}, closed: {measure: closed}, sealed: {measure: sealed_share}}
n: closed
---
measure: grown
version: "1"
title: Grown
family: outcome
unit: score
aggregate: formula
pool: company
formula: 'a + b'
inputs: {a: {measure: closed}, b: {measure: closed}}
n: a
change: {since: 3}
---
measure: seven
version: "1"
title: Seven
family: outcome
unit: score
aggregate: formula
pool: company
formula: 'a + b'
inputs: {a: {measure: closed}, b: {measure: closed}, c: {measure: closed}, d: {measure: closed}, e: {measure: closed}, f: {measure: closed}, g: {measure: closed}}
n: a
`
	for name, x := range map[string]struct {
		section string
		want    []string
	}{
		"as it should be":           {"table, title: T, measures: [closed, amount_of_deals], apart: stage, least: 20", nil},
		"drivers as they should be": {"drivers, title: T, measure: amount_of_deals, items: {One: amount, Two: amount}, statements: true, by: department", nil},
		"a change of a change":      {"change, title: T, measure: grown", []string{"grown, which is a change itself, expected the formula that changes; name one without change"}},
		"a change of seven":         {"change, title: T, measure: seven", []string{"seven of 7 inputs, expected at most 6; work some of them out in a measure of their own"}},
		"apart by nothing":          {"table, title: T, measures: [closed], apart: stag", []string{`the column "stag", expected a column of salesforce.deals; write stage`}},
		"apart by days":             {"table, title: T, measures: [closed], apart: close_date", []string{"the column close_date of type date, expected a column of type integer, boolean, text, category or id; write "}},
		"least without apart":       {"table, title: T, measures: [closed], least: 20", []string{"the key least, expected least in a section with apart; remove it, or write apart: a column"}},
		"few":                       {"table, title: T, measures: [closed], apart: stage, least: 4", []string{"the number 4, expected a whole number from 5 to 100000; write 5 or more, up to 100000"}},
		"sealed answers apart": {"table, title: T, measures: [sealed_share], apart: assignee",
			[]string{"sealed_share of the sealed table zendesk.ratings, told apart, expected a measure of a table whose rows may be told apart; name another one"}},
		"sealed answers apart in a formula": {"table, title: T, measures: [each], apart: stage",
			[]string{"sealed_share of the sealed table zendesk.ratings, told apart, expected a measure of a table whose rows may be told apart; name another one"}},
		"keys of others": {"table, title: T, measures: [closed], items: {A: amount}, statements: true", []string{"the key items, expected items in a section of kind drivers; remove it",
			"the key statements, expected statements in a section of kind drivers; remove it"}},
		"drivers of a count": {"drivers, title: T, measure: closed, items: {One: amount, Two: amount}",
			[]string{"closed of aggregate count in a section of drivers, expected a score of answers: aggregate mean, share, rate or net; name one"}},
		"drivers of weighted groups": {"drivers, title: T, measure: amount_weighted, items: {One: amount, Two: amount}",
			[]string{"amount_weighted, which weights groups, in a section of drivers, expected a score in which every answer counts alike; name one without strata"}},
		"drivers without items":    {"drivers, title: T, measure: amount_of_deals", []string{"a section without the key items; add items:"}},
		"one driver":               {"drivers, title: T, measure: amount_of_deals, items: {One: amount}", []string{"1 items, expected two to 6; write Title: column for each"}},
		"drivers that are words":   {"drivers, title: T, measure: amount_of_deals, items: {One: amount, Two: stage}", []string{"the column stage of type category, expected a column of type decimal or integer; write "}},
		"red tape as it should be": {"red_tape, title: T, minutes: {questions: 20, findings: 7.5}", nil},
		"red tape by periods": {"red_tape, title: T, periods: 2, by: department, minutes: {questions: 0, finding: 7}", []string{
			"the key periods, expected periods in a section that is told by periods; remove it: the month of the run is told",
			"the key by, expected by in a section that is told by periods; remove it: the month of the run is told",
			"the number 0, expected minutes above 0, at most 1440; correct it, or remove it: then the count alone is told",
			"unknown key \"finding\", expected a key of minutes; write findings"}},
		"minutes of a table":      {"table, title: T, measures: [closed], minutes: {questions: 20}", []string{"the key minutes, expected minutes in a section of kind red_tape; remove it"}},
		"cases without detectors": {"cases, title: T, by: department, least: 10", []string{"a section of cases in a config without detectors, expected what opens them; add detectors: [detectors/*.yaml]"}},
		"cases of periods": {"cases, title: T, every: month, periods: 2, measures: [closed]", []string{
			"a section of cases in a config without detectors, expected what opens them; add detectors: [detectors/*.yaml]",
			"the key every, expected every in a section that is told by periods; remove it: each detector has windows of its own",
			"the key periods, expected periods in a section that is told by periods; remove it: each detector has windows of its own",
			"the key measures, expected measures in a section of kind table; remove it"}},
		"drivers in confidence": {"drivers, title: T, measure: sealed_share, items: {One: survey_score, Two: survey_score}",
			[]string{"sealed_share of the sealed table zendesk.ratings, told apart, expected a measure of a table whose rows may be told apart; name another one"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := memory(t, "big")
			files["measures/more.yaml"] = &fstest.MapFile{Data: []byte(more)}
			text := string(files["carrot.yaml"].Data)
			at := strings.Index(text, "management:\n")
			files["carrot.yaml"].Data = []byte(text[:at] + "management:\n  - {section: " + x.section + "}\n")
			_, mistakes := Load(files, "carrot.yaml", environment)
			var got []string
			for i, m := range mistakes {
				_, text, _ := strings.Cut(texts(mistakes)[i], ": ")
				if m.File != "carrot.yaml" || m.Line != strings.Count(string(files["carrot.yaml"].Data), "\n") {
					t.Errorf("a mistake elsewhere: %s", texts(mistakes)[i])
				}
				if k := slices.IndexFunc(x.want, func(w string) bool { return strings.HasSuffix(w, "; write ") && strings.HasPrefix(text, w) }); k >= 0 {
					text = x.want[k]
				}
				got = append(got, text)
			}
			if d := cmp.Diff(x.want, got); d != "" {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
		})
	}
}
