package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNoMeasureMixesSurveys: answers to a relationship survey and to a transactional one never come together in a measure, by
// whatever way their rows would come in.
func TestNoMeasureMixesSurveys(t *testing.T) {
	const (
		last          = "value: survey_score * 0.5\ndate: rated_at\n" // the end of the file
		relationship  = "survey: {kind: relationship, promise: named}\n"
		byRow         = "survey: {kind: {column: score}, promise: named}\n"
		transactional = "survey: {kind: transactional, promise: named}\n"
		head          = "---\nmeasure: extra\nversion: \"1\"\ntitle: Extra\nfamily: outcome\n"
		ratings       = "table: zendesk.ratings\nowner: {column: assignee, system: zendesk}\ndate: rated_at\n"
		share         = "unit: share\naggregate: share\n"
		kept          = "  - {table: salesforce.deals, hit: won, owner: {column: owner_login, system: salesforce}, date: close_date}\n"
		rated         = "  - {table: zendesk.ratings, hit: survey_score > 5, owner: {column: assignee, system: zendesk}, date: rated_at}\n"
		bridge        = "---\nmeasure: bridge\nversion: \"1\"\ntitle: Bridge\nfamily: outcome\nunit: score\naggregate: formula\npool: company\nformula: x\nn: x\ninputs: {x: {measure: promise_kept}}\n"
		apart         = ", expected one kind of survey in a measure; measure each by itself"
		sharers       = " shared by salesforce.splits, whose column owner tells each row's kind of survey, expected shares from another table; share by a table of its own"
		unsaid        = "a measure of zendesk.ratings, whose rows tell their kind of survey, without survey, expected the kind that it takes: rows of the other are refused; add survey: relationship, or survey: transactional"
		others        = "1:10: " + unsaid + "|29:10: " + unsaid + "|39:10: " + unsaid + "|"
		both          = "answers to a relationship survey and to a transactional survey"
	)
	for name, x := range map[string]struct {
		survey, extra string
		refused       string // mistakes, apart by |
		edits         [][3]string
	}{
		"rows": {relationship, head + share + "rows:\n" + rated + kept, "57:1: " + both + " in one measure" + apart, nil},
		"rows of a fold": {relationship, head + share + "rows:\n" + strings.Replace(rated, "}\n", ", fold: {by: [ticket_id], order: rated_at, take: last}}\n", 1) + kept,
			"57:1: " + both + " in one measure" + apart, nil},
		"rows in strata": {relationship, head + share + "strata: {by: won, weights: {\"true\": \"50%\", \"false\": \"50%\"}}\nrows:\n" + kept + rated,
			"58:1: answers to a transactional survey and to a relationship survey in one measure" + apart + "|60:13: the column \"won\" of strata, which zendesk.ratings does not have, expected a column of each table that the measure reads; write ticket_id, assignee, score, rated_at, solved_at or survey_score", nil},
		"shares of rows": {relationship, head + share + strings.Replace(ratings, "zendesk}", "zendesk, split: {table: salesforce.splits, key: deal_id, of: ticket_id, owner: owner, percent: percent}}", 1) + "hit: survey_score > 5\n",
			"58:8: " + both + " in one measure" + apart, [][3]string{{"sources/salesforce.yaml", "    cause: reassignment\n", "    cause: reassignment\n    " + transactional}}},
		"a standing": {relationship, head + share + "pays: standing\nstanding: {against: {measure: promise_kept}}\nuncertainty: {method: wilson}\n" + ratings + "hit: survey_score > 5\n",
			"58:31: held against promise_kept, a measure that rests on " + both + apart, nil},
		"a standing beside a formula": {relationship, head + share + "pays: standing\nstanding: {against: {measure: bridge}}\nuncertainty: {method: wilson}\n" + ratings + "hit: survey_score > 5\n" + bridge,
			"58:31: held against bridge, a measure that rests on " + both + apart, nil},
		"a formula of a standing": {relationship, head + "unit: score\naggregate: formula\nformula: x\nn: x\ninputs: {x: {measure: stands}, y: {measure: promise_kept}}\n" +
			"---\nmeasure: stands\nversion: \"1\"\ntitle: Stands\nfamily: outcome\n" + share + "pays: standing\nstanding: {against: 0.5}\nuncertainty: {method: wilson}\n" + ratings + "hit: survey_score > 5\n",
			"59:1: inputs that rest on " + both + apart, nil},
		"a formula over a standing that mixes": {relationship, head + share + "pays: standing\nstanding: {against: {measure: promise_kept}}\nuncertainty: {method: wilson}\n" + ratings + "hit: survey_score > 5\n" +
			strings.NewReplacer("promise_kept", "extra", "pool: company\n", "").Replace(bridge), "58:31: held against promise_kept, a measure that rests on " + both + apart, nil},
		"inputs": {relationship, head + "unit: score\naggregate: formula\nformula: a / b\nn: b\ninputs:\n  a: {measure: survey_score}\n  b: {measure: promise_kept}\n",
			"59:1: inputs that rest on " + both + apart, nil},
		"rows of an input": {relationship, head + "unit: score\naggregate: formula\nformula: a\nn: a\ninputs:\n  a:\n    aggregate: share\n    rows:\n    " + rated + "    " + kept,
			"59:1: inputs that rest on " + both + apart, nil},
		"an input of another formula": {relationship, head + "unit: score\naggregate: formula\nformula: a / b\nn: b\ninputs: {a: {measure: survey_score}, b: {measure: bridge}}\n" + bridge,
			"59:1: inputs that rest on " + both + apart, nil},
		"what its rows are said to be": {relationship, head + "about: satisfaction\nsurvey: transactional\n" + share + ratings + "hit: survey_score > 5\n",
			"56:9: survey transactional of answers to a relationship survey, expected the kind that the table's source tells; write survey: relationship", nil},
		"rows that tell their kind": {byRow, head + share + ratings + "hit: survey_score > 5\n",
			others + "51:10: " + unsaid, nil},
		"rows of an input that tell their kind": {byRow, head + "unit: score\naggregate: formula\nformula: a\nn: a\ninputs:\n  a: {aggregate: count, table: zendesk.ratings, owner: {column: assignee, system: zendesk}, date: rated_at}\n",
			others + "60:25: " + unsaid, nil},
		"rows that tell their kind, and some that are of another": {byRow, head + "about: satisfaction\nsurvey: relationship\n" + share + "rows:\n" + rated + kept,
			others + "56:9: survey relationship of answers to a transactional survey, expected the kind that the table's source tells; write survey: transactional", nil},
		"a kind that no column tells": {"survey: {kind: {column: scores}, promise: named}\n", "", `sources/zendesk.yaml:9:29: the column "scores", expected a column of zendesk.ratings; write score`, nil},
		"shares that tell their kind": {relationship, head + share + strings.Replace(ratings, "zendesk}", "zendesk, split: {table: salesforce.splits, key: deal_id, of: ticket_id, owner: owner, percent: percent}}", 1) + "hit: survey_score > 5\n",
			"measures/delivered_revenue.yaml:1:1: rows of salesforce.deals" + sharers + "|51:1: rows of zendesk.ratings" + sharers,
			[][3]string{{"sources/salesforce.yaml", "    cause: reassignment\n", "    cause: reassignment\n    " + strings.Replace(byRow, "score", "owner", 1)}}},
	} {
		t.Run(name, func(t *testing.T) {
			edits := append([][3]string{{"sources/zendesk.yaml", "    class: sealed\n", "    " + x.survey}, {"sources/salesforce.yaml", "    class: open\n", "    class: open\n    " + transactional}}, x.edits...)
			edits = append(edits, [3]string{"measures/service.yaml", last, last + x.extra})
			_, got := edited(t, edits...)
			var want []string
			for _, said := range strings.Split(x.refused, "|") {
				if !strings.Contains(said, ".yaml:") {
					said = "measures/service.yaml:" + said
				}
				want = append(want, said)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
		})
	}
}
