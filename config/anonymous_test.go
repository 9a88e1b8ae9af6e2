package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAnonymousAnswers: what would let somebody work few answers out of many is refused, with its place.
func TestAnonymousAnswers(t *testing.T) {
	const sources, measures, plan, main = "sources.yaml", "measures.yaml", "plan.yaml", "carrot.yaml"
	enps := func(what string) string {
		return "measures.yaml:1:1: enps, of anonymous answers to hr.pulse, with " + what
	}
	const twice = "---\nmeasure: twice\nversion: \"1\"\ntitle: Twice\nfamily: outcome\nabout: employees\nsurvey: relationship\nunit: points\naggregate: formula\npool: department\nformula: 2 * x\ninputs: {x: {measure: enps}}\nn: x\n---\n" +
		"measure: thrice\nversion: \"1\"\ntitle: Thrice\nfamily: outcome\nabout: employees\nsurvey: relationship\nunit: points\naggregate: formula\npool: department\nformula: 2 * x\ninputs: {x: {measure: twice}}\nn: x\n---\n"
	for name, x := range map[string]struct {
		edits [][3]string
		want  []string
	}{
		"departments and the company": {nil, nil},
		"per payee": {[][3]string{{measures, "pool: department\n", ""}},
			[]string{enps("pool payee, expected pool company, entity or department; write pool: department")}},
		"windows": {[][3]string{{measures, "pool: department\n", "pool: department\nwindow: 3\n"}},
			[]string{enps("a window of several periods, expected window 1: two windows that overlap tell apart what lies between; remove window")}},
		"counts and folds": {[][3]string{{measures, "unit: points\naggregate: net\n", "unit: count\naggregate: count\n"}, {measures, "hit: score >= 9\nmiss: score <= 6\n", "fold: {by: [who], order: day, take: last}\n"},
			{plan, "    missing: neutral\n", "    min_n: 8\n    missing: neutral\n"}},
			[]string{enps("a fold, expected every answer counted once; give the table keys, so that a later answer replaces an earlier one"),
				enps("aggregate count, expected share, rate, mean or net; write one of them")}},
		"rolled up": {[][3]string{{measures, "owner: {column: who}", "owner: {column: who, rollup: team}"}, {measures, "pool: department\n", ""}},
			[]string{enps("pool payee, expected pool company, entity or department; write pool: department"),
				enps("shared or rolled up answers, expected each answer in one group; remove split and rollup"),
				"measures.yaml:10:22: rollup in a config whose roster sets no manager, expected the attribute manager; add manager: to a roster table's set, or remove it"}},
		"two dates": {[][3]string{{measures, "value: score\ndate: day\n", "value: score\ndate: sent\n"}},
			[]string{"measures.yaml:16:1: mood dates anonymous answers by sent, enps by day, expected one date for all measures of hr.pulse; write date: day"}},
		"two measuring periods": {[][3]string{{plan, "measure: mood\n    every: month\n", "measure: mood\n    every: quarter\n"}},
			[]string{"plan.yaml:17:5: anonymous answers to hr.pulse every quarter, and every month in team, expected one measuring period for all that reads them; write every: month"}},
		"to date": {[][3]string{{plan, "measure: mood\n    every: month\n", "measure: mood\n    every: month\n    to_date: year\n"}},
			[]string{"plan.yaml:17:5: mood, of anonymous answers, to date of a year, expected each period by itself: two results to date tell apart what lies between; remove to_date"}},
		"not neutral": {[][3]string{{plan, "    missing: neutral\n", "    missing: zero\n"}},
			[]string{"plan.yaml:14:14: missing: zero for enps, whose answers were given in confidence, expected missing: neutral; write it"}},
		"not neutral by way of a formula, and behind a gate": {[][3]string{{measures, "---\n", twice},
			{plan, "measure: enps", "measure: twice"}, {plan, "    missing: neutral\n", "    min_n: 8\n    missing: hold\n    gates: [{measure: mood, at_least: \"5\", otherwise: \"0%\", missing: closed}]\n"}},
			[]string{"plan.yaml:15:14: missing: hold for twice, which rests on answers given in confidence, expected missing: neutral; write it",
				"plan.yaml:16:70: missing: closed for mood, whose answers were given in confidence, expected missing: open; write it"}},
		"not neutral by way of a formula, of sealed answers that nobody promised anything": {[][3]string{{sources, "    survey: {kind: relationship, promise: anonymous}\n", ""}, {measures, "---\n", twice},
			{plan, "measure: enps", "measure: thrice"}, {plan, "    missing: neutral\n", "    missing: zero\n"},
			{plan, "curve: {kind: interpolate, of: value, points: [{at: \"0\", pays: \"0%\"}, {at: \"10\", pays: \"200%\"}]}",
				"parts: [{id: a, measure: twice, weight: \"100%\", missing: renormalise, curve: {kind: interpolate, of: value, points: [{at: \"0\", pays: \"0%\"}, {at: \"10\", pays: \"200%\"}]}}]\n" +
					"    multiply: [{id: b, measure: thrice, curve: {kind: interpolate, of: value, points: [{at: \"0\", pays: \"0%\"}, {at: \"10\", pays: \"200%\"}]}}]"},
			{plan, "    measure: mood\n", ""}, {plan, "    missing: neutral\n", ""}},
			[]string{"plan.yaml:14:14: missing: zero for thrice, which rests on answers given in confidence, expected missing: neutral; write it",
				"plan.yaml:22:62: missing: renormalise for twice, which rests on answers given in confidence, expected missing: neutral; write it",
				"plan.yaml:23:33: a multiplier without missing for thrice, which rests on answers given in confidence, expected missing: neutral; add it"}},
		"a multiplier without missing": {[][3]string{{plan, "    prorate: none\n", "    multiply: [{id: b, measure: mood, curve: {kind: interpolate, of: value, points: [{at: \"0\", pays: \"0%\"}, {at: \"10\", pays: \"200%\"}]}}]\n    prorate: none\n"}},
			[]string{"plan.yaml:16:33: a multiplier without missing for mood, whose answers were given in confidence, expected missing: neutral; add it"}},
		"a standing against them, not neutral": {[][3]string{{measures, "---\n", "---\nmeasure: beside\nversion: \"1\"\ntitle: Beside\nfamily: outcome\nabout: other\nunit: score\naggregate: mean\npool: company\ntable: hr.people\nvalue: size\ndate: since\n" +
			"uncertainty: {method: normal}\nstanding: {against: {measure: mood}}\npays: standing\n---\n"},
			{sources, "      since: {from: since, type: date}\n", "      since: {from: since, type: date}\n      size: {from: size, type: integer}\n"},
			{plan, "measure: mood", "measure: beside"}, {plan, "missing: neutral\n    curve: {kind: interpolate, of: value, points: [{at: \"0\"", "missing: hold\n    curve: {kind: interpolate, of: value, points: [{at: \"0\""}},
			[]string{"plan.yaml:23:14: missing: hold for beside, which rests on answers given in confidence, expected missing: neutral; write it"}},
		"a sum among the totals": {[][3]string{{sources, "    class: sealed\n", "    class: sealed\n    control: weight\n"}, {main, "rows: 3", "column: weight, sum: 3"}},
			[]string{"carrot.yaml:21:46: a sum of anonymous answers, expected rows: two sums tell the answer that came between; write rows:",
				"sources.yaml:21:14: control of anonymous answers, expected none: two sums tell the answer that came between; remove it"}},
		"a team's promise is another": {[][3]string{{sources, "promise: anonymous", "promise: team"}, {measures, "pool: department\n", ""}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			files := memory(t, "pulse")
			for _, e := range x.edits {
				if f := files[e[0]]; f == nil || !strings.Contains(string(f.Data), e[1]) {
					t.Fatalf("%s does not hold %q", e[0], e[1])
				} else {
					f.Data = []byte(strings.Replace(string(f.Data), e[1], e[2], 1))
				}
			}
			_, mistakes := Load(files, main, environment)
			if d := cmp.Diff(x.want, texts(mistakes)); d != "" {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
		})
	}
}
