package config

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

const bunchingDetector = `detector: late
version: "1"
title: Late deals
finds: closed late
otherwise: Budgets end then.
statistic: binomial
every: quarter
from: 2026-01-01
alarm: {p: "1%", least_n: 20}
expires_days: 90
jurisdictions: {US: none, DE: BV-2025-3}
table: salesforce.deals
owner: {column: owner_login, system: salesforce}
date: close_date
against: days
last_days: 5
`

// detected loads the big config with one detector after edits.
func detected(t *testing.T, reviews string, edits ...string) (*Config, []string) {
	t.Helper()
	files := memory(t, "big")
	text := bunchingDetector
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("the detector does not hold %q", edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	files["detectors/late.yaml"] = &fstest.MapFile{Data: []byte(text)}
	main := files["carrot.yaml"]
	main.Data = append([]byte("detectors: [detectors/*.yaml]\n"+reviews), main.Data...)
	c, mistakes := Load(files, "carrot.yaml", environment)
	return c, texts(mistakes)
}

// TestDetectors: what a detector's file says is what is computed, with 14 days to answer unless told.
func TestDetectors(t *testing.T) {
	c, mistakes := detected(t, "reviews: {table: salesforce.deals, case: id, answered: close_date, text: name}\n")
	if len(mistakes) > 0 || len(c.Detectors) != 1 {
		t.Fatalf("%d detectors, mistakes:\n%s", len(c.Detectors), strings.Join(mistakes, "\n"))
	}
	want := comp.Detector{ID: "late", Version: "1", Title: "Late deals", Finds: "closed late", Else: "Budgets end then.", Statistic: "binomial", Every: "quarter",
		From: comp.Day(2026, 1, 1), Against: "days", Peers: "company", P: comp.Scaled(1, 2), LeastN: 20, Expires: 90, Answer: 14,
		Agreements: []comp.Agreement{{Country: "US"}, {Country: "DE", ID: "BV-2025-3"}},
		Rows:       comp.DetectorRows{Table: "salesforce.deals", Date: "close_date", Owner: comp.Owner{Column: "owner_login", System: "salesforce"}, LastDays: 5},
		Where:      comp.Place{File: "detectors/late.yaml", Line: 1, Col: 1}}
	if d := cmp.Diff(want, c.Detectors[0], cmp.Comparer(func(a, b comp.Number) bool { return a.Cmp(b) == 0 })); d != "" {
		t.Errorf("the detector (- want, + got):\n%s", d)
	}
	if d := cmp.Diff(&comp.ReviewMap{Table: "salesforce.deals", Case: "id", Answered: "close_date", Text: "name"}, c.Mapping.Reviews); d != "" {
		t.Errorf("reviews (- want, + got):\n%s", d)
	}
}

// TestDetectorMistakes: each refusal with its exact text and place.
func TestDetectorMistakes(t *testing.T) {
	const at = "detectors/late.yaml:"
	for name, x := range map[string]struct {
		edits []string
		want  []string
	}{
		"no agreement where the law asks for one": {[]string{"DE: BV-2025-3", "DE: none"},
			[]string{at + `11:31: no agreement for DE, expected the id of one with the works council, which BetrVG section 87(1) no. 6 asks for; write its id, or remove DE: nobody there is looked at then`}},
		"no country": {[]string{"{US: none, DE: BV-2025-3}", "{}"},
			[]string{at + `11:16: no country, expected at least one, with the agreement or none; write {US: none}, or {DE: the agreement's id}`}},
		"a country in words": {[]string{"US: none", "America: none"},
			[]string{at + `11:17: the country "America", expected a country of two capitals; write one such as DE`}},
		"sealed answers": {[]string{"salesforce.deals", "zendesk.ratings", "owner_login", "assignee", "close_date", "rated_at"},
			[]string{at + `12:8: rows of a sealed table, expected rows that may be shown to the person whom a case is about; name another table`}},
		"against a share that is not there": {[]string{"against: days\nlast_days: 5", "against: share\nhit: won"},
			[]string{at + `1:1: a detector without the key share; add share:`}},
		"days without which": {[]string{"last_days: 5\n", ""},
			[]string{at + `1:1: against: days without last_days; add last_days: 5, how many working days at the end of the window are looked at`}},
		"own rows without which": {[]string{"binomial", "two_proportions", "against: days\nlast_days: 5", "against: own\nhit: won"},
			[]string{at + `1:1: a comparison with a person's own rows without which of them are held against the others, or with two ways to say it; write either those: a condition, or last_days:`}},
		"peers and those": {[]string{"binomial", "two_proportions", "against: days\nlast_days: 5", "against: peers\nhit: won\nthose: won"},
			[]string{at + `17:1: the key those, expected those with against: own only; remove it, or write against: own`}},
		"a key of another statistic": {[]string{"last_days: 5", "last_days: 5\nevent: delivered_on"},
			[]string{at + `17:1: the key event, expected event with statistic hazard only; remove it`}},
		"peers against days": {[]string{"last_days: 5", "last_days: 5\nshare: 2%"},
			[]string{at + `17:1: the key share, expected share with against: share only; remove it`}},
		"a permutation of nothing": {[]string{"binomial", "permutation", "against: days\n", ""},
			[]string{at + `1:1: a detector without the key value; add value:`}},
		"proportions of nothing": {[]string{"binomial", "two_proportions", "against: days\nlast_days: 5", "against: peers"},
			[]string{at + `1:1: statistic two_proportions without hit, later, again or per; add hit: a condition`}},
		"a hazard of nothing": {[]string{"binomial", "hazard", "against: days\nlast_days: 5\n", ""},
			[]string{at + `1:1: a detector without the key days; add days:`, at + `1:1: a detector without the key event; add event:`}},
		"bunching of rows": {[]string{"binomial", "bunching", "against: days\nlast_days: 5", "threshold: 100%\nwithin: 2%"},
			[]string{at + `12:1: the key table, expected table with other statistics: bunching looks at attainments; remove it`,
				at + `13:1: the key owner, expected owner with other statistics: bunching looks at attainments; remove it`,
				at + `14:1: the key date, expected date with other statistics: bunching looks at attainments; remove it`}},
		"no time to look at an answer": {[]string{"expires_days: 90", "expires_days: 20\nanswer_days: 20"},
			[]string{at + `10:15: a case that expires after 20 days, and 20 days to answer, expected time to look at an answer that came in time; let it expire later, or shorten answer_days`}},
		"an alarm at every turn": {[]string{`p: "1%"`, `p: "10%"`},
			[]string{at + `9:12: 10 %, expected a share from 0.0001 % to 5 %; correct it`}},
		"the same of nothing": {[]string{"binomial", "two_proportions", "against: days\nlast_days: 5", "against: peers\nagain: {by: [], within: 7}"},
			[]string{at + `16:13: an empty list, expected at least one column; write one`}},
		"a second time": {[]string{"last_days: 5\n", "last_days: 5\n---\n" + bunchingDetector},
			[]string{at + `18:11: detector late a second time, expected each detector once; rename it; the first is detectors/late.yaml:1`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := detected(t, "", x.edits...)
			if d := cmp.Diff(x.want, got); d != "" {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
		})
	}
	_, got := detected(t, "reviews: {table: zendesk.ratings, case: ticket_id, answered: rated_at, text: assignee}\n")
	if d := cmp.Diff([]string{"carrot.yaml:2:18: answers in a sealed table, expected a table of class personal; write class: personal"}, got); d != "" {
		t.Errorf("mistakes differ (- want, + got):\n%s", d)
	}
}
