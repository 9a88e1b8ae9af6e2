package plans

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// stageLints are the texts of one lint of a plan of testdata/lint under these lines of carrot.yaml, without the plan's file.
func stageLints(t *testing.T, id, file, lines string, h History) []string {
	t.Helper()
	c, mistakes := lintConfig(t, "plans/"+file, lines)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	var got []string
	for _, l := range Check(c, h, comp.Day(2026, 3, 1)) {
		if l.ID == id {
			got = append(got, strings.TrimPrefix(l.String(), "plans/"+file+":"))
		}
	}
	return got
}

// TestLintStages: what a plan pays is held against how far the company has come on the days on which the plan is in force: no
// score in stage 1, and no more than 40 % of scores without the response rate and action. The plans are in force to the end of
// 2026.
func TestLintStages(t *testing.T) {
	const (
		only   = "1:1: L8 error: satisfaction scores are paid in stage 1, in which they are only shown; show them with mode: shadow, or write stage: 3 in carrot.yaml"
		weighs = "1:1: L8 error: satisfaction scores are 60 % of the plan and neither the response rate nor action is paid; pay the response rate and what is done with the answers as well, or let scores weigh 40 % at most"
		score  = "14:9: L8 warning: component commission pays for Satisfaction, a score of stage 3, in stage 2; show them with mode: shadow, or write stage: 3 in carrot.yaml"
		acted  = "16:9: L8 warning: component commission pays for Answers acted on, what is done with answers of stage 2, in stage 1; show them with mode: shadow, or write stage: 2 in carrot.yaml"
	)
	for _, test := range []struct {
		file, lines string
		want        []string
	}{
		{"L8.bad.yaml", "stage: 1", []string{only}}, {"L8.bad.yaml", "stage: 2", []string{weighs, score}}, {"L8.bad.yaml", "stage: 3", []string{weighs}}, {"L8.bad.yaml", "stage: 4", []string{weighs}}, {"L8.bad.yaml", "", []string{weighs}},
		{"L8.good.yaml", "stage: 1", []string{only, acted}}, {"L8.good.yaml", "stage: 2", []string{score}}, {"L8.good.yaml", "stage: 3", nil}, {"L8.good.yaml", "stage: 4", nil}, {"L8.good.yaml", "", nil},
		{"L20.good.yaml", "stage: 1", nil}, // pays no score
		// by day: those of the plan, from the day of the lint on
		{"L8.good.yaml", "stage: [{from: 2024-01-01, stage: 1}, {from: 2026-03-01, stage: 3}]", nil},
		{"L8.good.yaml", "stage: [{from: 2024-01-01, stage: 3}, {from: 2027-01-01, stage: 1}]", nil},
		{"L8.good.yaml", "stage: [{from: 2024-01-01, stage: 2}, {from: 2026-06-01, stage: 3}]", []string{
			"14:9: L8 warning: component commission pays for Satisfaction, a score of stage 3, in stage 2, from 2026-03-01 to 2026-05-31; show them with mode: shadow in a version of the plan that ends on 2026-05-31, or write - {from: 2026-03-01, stage: 3} under stage in carrot.yaml"}},
		{"L8.good.yaml", "stage: [{from: 2024-01-01, stage: 2}, {from: 2026-10-01, stage: 1}]", []string{
			"1:1: L8 error: satisfaction scores are paid in stage 1, from 2026-10-01 to 2026-12-31, in which they are only shown; show them with mode: shadow, or write - {from: 2026-10-01, stage: 3} under stage in carrot.yaml",
			"14:9: L8 warning: component commission pays for Satisfaction, a score of stage 3, in stage 2, from 2026-03-01 to 2026-09-30; show them with mode: shadow in a version of the plan that ends on 2026-09-30, or write - {from: 2026-03-01, stage: 3} under stage in carrot.yaml",
			"16:9: L8 warning: component commission pays for Answers acted on, what is done with answers of stage 2, in stage 1, from 2026-10-01 to 2026-12-31; show them with mode: shadow, or write - {from: 2026-10-01, stage: 2} under stage in carrot.yaml"}},
	} {
		if d := cmp.Diff(test.want, stageLints(t, "L8", test.file, test.lines, History{})); d != "" {
			t.Errorf("%s with %q (-want +got):\n%s", test.file, test.lines, d)
		}
	}
}

// TestLintStagesAtTheClose: a month is refused for the stage of its own days, whatever came before and after.
func TestLintStagesAtTheClose(t *testing.T) {
	c, mistakes := lintConfig(t, "plans/L8.good.yaml", "stage: [{from: 2024-01-01, stage: 1}, {from: 2026-02-01, stage: 3}]")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for month, want := range map[int]int{1: 1, 2: 0} {
		if got := Refusals(c, comp.Month(comp.Day(2026, time.Month(month), 1))); len(got) != want {
			t.Errorf("month %d: %v, expected %d", month, got, want)
		}
	}
}

// TestLintLifetimeValue: what customers are worth over the years is for stage 4.
func TestLintLifetimeValue(t *testing.T) {
	c, mistakes := lintConfig(t, "plans/L20.good.yaml", "stage: 3")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for i := range c.Measures {
		c.Measures[i].About = "lifetime_value"
	}
	var got []string
	for _, l := range Check(c, History{}, comp.Day(2026, 3, 1)) {
		if l.ID == "L8" {
			got = append(got, l.String())
		}
	}
	want := []string{"plans/L20.good.yaml:8:5: L8 warning: component commission pays for Sold, what customers are worth over the years of stage 4, in stage 3; show them with mode: shadow, or write stage: 4 in carrot.yaml"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestLintEarlyAccounts: a component that pays for what accounts say warns of those that have not come so far, in words.
func TestLintEarlyAccounts(t *testing.T) {
	at := func(stages ...int) History {
		var list []comp.AccountStage
		for i, s := range stages {
			list = append(list, comp.AccountStage{Account: "A" + string(rune('1'+i)), Stage: s})
		}
		return History{Accounts: map[string][]comp.AccountStage{"csat": list, "response": list, "acted": list}}
	}
	const (
		csat = "14:9: L8 warning: component commission pays for Satisfaction, a score of stage 3, of "
		says = "; leave them out in where: of measures/measures.yaml, and pay for their response and for what is done with it"
		done = "16:9: L8 warning: component commission pays for Answers acted on, what is done with answers of stage 2, of "
	)
	for _, test := range []struct {
		h    History
		want []string
	}{
		{at(3, 4, 3), nil},
		{at(3, 1, 4), []string{csat + "an account that is in an earlier stage: A2 in stage 1" + says, done + "an account that is in an earlier stage: A2 in stage 1" + says}},
		{at(2, 2, 3, 2, 2, 2), []string{csat + "5 accounts that are in an earlier stage: A1 in stage 2, A2 in stage 2, A4 in stage 2, 2 more" + says}},
	} {
		if d := cmp.Diff(test.want, stageLints(t, "L8", "L8.good.yaml", "stage: 3", test.h)); d != "" {
			t.Errorf("%v (-want +got):\n%s", test.h.Accounts["csat"], d)
		}
	}
}
