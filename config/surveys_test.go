package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// edited loads the big config after edits, each of a file, an old text and a new one.
func edited(t *testing.T, edits ...[3]string) (*Config, []string) {
	t.Helper()
	files := memory(t, "big")
	for _, e := range edits {
		f, ok := files[e[0]]
		if !ok || !strings.Contains(string(f.Data), e[1]) {
			t.Fatalf("%s does not hold %q", e[0], e[1])
		}
		f.Data = []byte(strings.Replace(string(f.Data), e[1], e[2], 1))
	}
	c, mistakes := Load(files, "carrot.yaml", environment)
	return c, texts(mistakes)
}

// TestSurveysOfTables: a table of answers tells kind, promise and floor; what does not fit together is refused with its place.
func TestSurveysOfTables(t *testing.T) {
	const zendesk, measures = "sources/zendesk.yaml", "measures/service.yaml"
	survey := func(s string) [3]string {
		return [3]string{zendesk, "class: sealed\n", "class: sealed\n    survey: " + s + "\n"}
	}
	open := [3]string{zendesk, "    class: sealed\n", ""}
	deals := [3]string{"sources/salesforce.yaml", "    class: open\n", "    class: open\n    survey: {kind: transactional, promise: named}\n"}
	for name, x := range map[string]struct {
		edits [][3]string
		want  []string
	}{
		"team, with the usual floor": {[][3]string{survey("{kind: relationship, promise: team}")}, nil},
		"floor below five": {[][3]string{survey("{kind: relationship, promise: team, floor: 4}")},
			[]string{"sources/zendesk.yaml:10:56: the number 4, expected a whole number from 5 to 1000; write 5 or more, up to 1000"}},
		"floor of named answers": {[][3]string{survey("{kind: relationship, promise: named, floor: 8}")},
			[]string{"sources/zendesk.yaml:10:50: the key floor, expected floor with promise team or anonymous only; remove it"}},
		"team without class": {[][3]string{survey("{kind: relationship, promise: team}"), {zendesk, "    class: sealed\n", ""}},
			[]string{"sources/zendesk.yaml:9:43: promise team of a table of class open, expected class: sealed, so that no answer is ever shown; add class: sealed"}},
		"kind and promise missing": {[][3]string{survey("{}")},
			[]string{"sources/zendesk.yaml:10:13: a survey without the key kind; add kind:", "sources/zendesk.yaml:10:13: a survey without the key promise; add promise:"}},
		"measure of another kind": {[][3]string{survey("{kind: relationship, promise: team}"), {measures, "unit: share\n", "unit: share\nabout: satisfaction\nsurvey: transactional\n"}},
			[]string{"measures/service.yaml:7:9: survey transactional of answers to a relationship survey, expected the kind that the table's source tells; write survey: relationship"}},
		"measure that keeps the kind to itself": {[][3]string{survey("{kind: relationship, promise: team}"), {measures, "unit: share\n", "unit: share\nabout: satisfaction\n"}},
			[]string{"measures/service.yaml:6:8: a measure about satisfaction of answers to a relationship survey without survey; add survey: relationship"}},
		"both kinds in one measure": {[][3]string{survey("{kind: relationship, promise: named}"), open, deals,
			{measures, "pool: company\nwindow: 3\ntable: salesforce.deals\nhit: |\n  delivered_on != null\n  && delivered_on <= close_date\ndate: close_date\n",
				"pool: company\nrows:\n  - {table: salesforce.deals, hit: delivered_on != null, date: close_date}\n  - {table: zendesk.ratings, hit: survey_score > 5, date: rated_at}\n"}},
			[]string{"measures/service.yaml:22:1: answers to a transactional survey and to a relationship survey in one measure, expected one kind of survey in a measure; measure each by itself"}},
		"both kinds in one formula": {[][3]string{survey("{kind: relationship, promise: named}"), open, deals,
			{measures, "title: Promises kept\nfamily: action\nunit: share\naggregate: rate\npool: company\nwindow: 3\ntable: salesforce.deals\nhit: |\n  delivered_on != null\n  && delivered_on <= close_date\ndate: close_date\n",
				"title: Promises kept\nfamily: action\nunit: share\naggregate: formula\npool: company\nformula: a / b\nn: b\ninputs:\n" +
					"  a: {aggregate: count, table: salesforce.deals, date: close_date}\n  b: {aggregate: count, table: zendesk.ratings, date: rated_at}\n"}},
			[]string{"measures/service.yaml:24:1: inputs that rest on answers to a transactional survey and to a relationship survey, expected one kind of survey in a measure; measure each by itself"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, got := edited(t, x.edits...)
			if d := cmp.Diff(x.want, got); d != "" {
				t.Errorf("mistakes differ (- want, + got):\n%s", d)
			}
			if x.want != nil {
				return
			}
			for _, k := range c.Contracts {
				if k.Name() == "zendesk.ratings" && (k.Survey == nil || k.Survey.Kind != "relationship" || k.Survey.Promise != "team" || k.Survey.Floor != 8) {
					t.Errorf("the survey is %+v, a team's relationship survey with a floor of 8 was expected", k.Survey)
				}
			}
		})
	}
}
