package config

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

const oneExperiment = `experiments:
  - experiment: EX-7
    hypothesis: Who calls back keeps customers
    behaviour: calls
    outcome: delivered_revenue
    by: department
    treated: [Sales]
    control: [Care]
    from: 2026-01-01
    to: 2026-06-30
    owner: Maren Costa
    review: 2026-07-15
`

// TestExperimentsRefuse: an experiment says what is tried, for what, where, when, who answers for it and when it is looked at.
func TestExperimentsRefuse(t *testing.T) {
	for name, x := range map[string]struct {
		edits []string
		want  []string
	}{
		"as it should be":       {nil, nil},
		"an outcome as a trial": {[]string{"behaviour: calls", "behaviour: delivered_revenue"}, []string{"4:16: the behaviour delivered_revenue, a measure of outcome, expected a measure of activity or action; name one, or pay delivered_revenue without an experiment"}},
		"a trial as an outcome": {[]string{"outcome: delivered_revenue", "outcome: calls"}, []string{"5:14: the outcome calls, a measure of activity, expected a measure of outcome: what customers got out of it; name one"}},
		"unknown measures":      {[]string{"behaviour: calls", "behaviour: cals"}, []string{`4:16: the measure "cals", expected a measure that is defined; write calls`}},
		"per person":            {[]string{"by: department", "by: payee"}, []string{`6:9: "payee", expected department or entity; write one of them`}},
		"in both":               {[]string{"[Care]", "[Care, Sales]"}, []string{"8:21: Sales as control, which is treated, expected each in one of the two; remove it from one"}},
		"without a control":     {[]string{"[Care]", "[]"}, []string{"8:14: an empty list, expected at least one department; write one; without control nothing can be told"}},
		"backwards":             {[]string{"to: 2026-06-30", "to: 2025-06-30"}, []string{"10:9: the last day 2025-06-30 before the first, 2026-01-01, expected a day from 2026-01-01 on; swap them"}},
		"without end":           {[]string{"to: 2026-06-30", "to: 2028-01-01", "review: 2026", "review: 2029"}, []string{"10:9: an experiment of more than 24 months, expected an end by 2027-12-31; write to: 2027-12-31, and register another one then"}},
		"looked at too early":   {[]string{"review: 2026-07-15", "review: 2026-06-30"}, []string{"12:13: a review on 2026-06-30, before the experiment is over, expected a day after 2026-06-30; write one such as 2026-07-15"}},
		"nobody, never":         {[]string{"    owner: Maren Costa\n    review: 2026-07-15\n", ""}, []string{"2:5: an experiment without the key owner; add owner:", "2:5: an experiment without the key review; add review:"}},
		"twice":                 {[]string{"    review: 2026-07-15\n", "    review: 2026-07-15\n" + strings.Replace(oneExperiment, "experiments:\n", "", 1)}, []string{"13:17: experiment EX-7 a second time, expected each experiment once; rename it; the first is carrot.yaml:LINE"}},
	} {
		files := memory(t, "big")
		before := strings.Count(string(files["carrot.yaml"].Data), "\n")
		text := oneExperiment
		for i := 0; i < len(x.edits); i += 2 {
			text = strings.Replace(text, x.edits[i], x.edits[i+1], 1)
		}
		files["carrot.yaml"].Data = append(files["carrot.yaml"].Data, text...)
		files["measures/calls.yaml"] = &fstest.MapFile{Data: []byte("measure: calls\nversion: \"1\"\ntitle: Calls back\nfamily: activity\nunit: count\naggregate: count\npool: company\ntable: salesforce.deals\ndate: close_date\n")}
		c, mistakes := Load(files, "carrot.yaml", environment)
		var got []string
		for _, m := range mistakes {
			m.Line -= before
			got = append(got, strings.TrimPrefix(m.String(), "carrot.yaml:"))
		}
		if len(got) == 1 && name == "twice" {
			got[0] = got[0][:strings.LastIndex(got[0], ":")+1] + "LINE"
		}
		slices.Sort(got)
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if x.want != nil || name != "as it should be" {
			continue
		}
		e := c.Settings.Experiments[0]
		e.Where = comp.Place{}
		want := comp.Experiment{ID: "EX-7", Hypothesis: "Who calls back keeps customers", Behaviour: "calls", Outcome: "delivered_revenue", By: comp.PoolDepartment, Treated: []string{"Sales"},
			Control: []string{"Care"}, Period: comp.Period{Start: comp.Day(2026, 1, 1), End: comp.Day(2026, 7, 1)}, Owner: "Maren Costa", Review: comp.Day(2026, 7, 15)}
		if d := cmp.Diff(want, e); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

// TestExperimentsToldRefuse: a report of experiments needs some, of measures by which their cohorts can be told apart.
func TestExperimentsToldRefuse(t *testing.T) {
	const measures = "measure: calls\nversion: \"1\"\ntitle: Calls\nfamily: action\nunit: share\naggregate: share\npool: entity\ntable: salesforce.deals\nhit: 'amount > 10'\nowner: {column: owner_login, system: salesforce}\ndate: close_date\n" +
		"---\nmeasure: likes\nversion: \"1\"\ntitle: Likes\nfamily: outcome\nunit: share\naggregate: share\npool: entity\ntable: salesforce.deals\nhit: 'amount > 99'\nowner: {column: owner_login, system: salesforce}\ndate: close_date\n"
	register := strings.NewReplacer("outcome: delivered_revenue", "outcome: likes", "by: department", "by: entity", "[Sales]", "[DE01]", "[Care]", "[US01]").Replace(oneExperiment)
	at := "a section of experiments"
	for name, x := range map[string]struct {
		register string
		edits    []string
		want     []string
	}{
		"as it should be": {register, nil, nil},
		"none":            {"", nil, []string{at + " in a config without any, expected experiments:, the register of them; add experiments: to carrot.yaml, or remove the section"}},
		"per department":  {strings.Replace(register, "by: entity", "by: department", 1), nil, []string{at + ", of which EX-7 has calls per entity, expected measures per department, as its cohorts are; write pool: department there, or name another measure", at + ", of which EX-7 has likes per entity, expected measures per department, as its cohorts are; write pool: department there, or name another measure"}},
		"a count": {register, []string{"unit: share\naggregate: share", "unit: count\naggregate: count", "hit: 'amount > 10'\n", ""}, []string{
			at + ", of which EX-7 has calls of aggregate count, expected measures of aggregate share, rate, net or mean, which two arms can be told apart by; name another one there"}},
		"sealed": {register, []string{"table: salesforce.deals\nhit: 'amount > 99'\nowner: {column: owner_login, system: salesforce}\ndate: close_date", "table: zendesk.ratings\nhit: 'score == \"Good\"'\nowner: {column: assignee, system: zendesk}\ndate: rated_at"}, []string{
			"likes of the sealed table zendesk.ratings, told apart, expected a measure of a table whose rows may be told apart; name another one"}},
	} {
		files := memory(t, "big")
		text := string(files["carrot.yaml"].Data)
		files["carrot.yaml"].Data = []byte(text[:strings.Index(text, "management:\n")] + x.register + "management:\n  - {section: experiments, title: Tried}\n")
		told := measures
		for i := 0; i < len(x.edits); i += 2 {
			told = strings.Replace(told, x.edits[i], x.edits[i+1], 1)
		}
		files["measures/told.yaml"] = &fstest.MapFile{Data: []byte(told)}
		c, mistakes := Load(files, "carrot.yaml", environment)
		var got []string
		for i, m := range mistakes {
			_, text, _ := strings.Cut(texts(mistakes)[i], ": ")
			if m.File != "carrot.yaml" || m.Line != strings.Count(string(files["carrot.yaml"].Data), "\n") {
				t.Errorf("%s: a mistake elsewhere: %s", name, texts(mistakes)[i])
			}
			got = append(got, text)
		}
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if x.want == nil && !slices.Equal(c.Settings.Sections[0].Measures, []string{"calls", "likes"}) {
			t.Errorf("the section reads %v", c.Settings.Sections[0].Measures)
		}
	}
}
