package plans

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/transform/comp"
)

const (
	trial = `experiments:
  - experiment: EX-7
    hypothesis: Who calls back the same day keeps customers
    behaviour: calls
    outcome: kept
    by: department
    treated: [Sales, Care]
    control: [Service]
    from: 2026-01-01
    to: 2026-06-30
    owner: Maren Costa
    review: 2026-07-15
`
	calls = `---
measure: calls
version: "1"
title: Calls back
family: activity
unit: count
aggregate: count
pool: department
table: crm.deals
owner: {column: owner, system: crm}
date: booked_on
---
measure: kept
version: "1"
title: Kept
family: outcome
unit: count
aggregate: count
pool: company
table: crm.deals
date: booked_on
`
	paysCalls = `plan: sales
version: "1"
title: Sales plan
effective: {from: 2026-01-01, to: 2026-06-30}
eligible: 'department == "Sales"'
rounding: half-away
components:
  - id: calls
    title: Calls
    clause: "1"
    measure: calls
    every: month
    quota: {number: "100"}
    target: {EUR: "50"}
    curve: {kind: linear}
`
)

// experimenting is the company of testdata/lint with a register of experiments, edited: old text and new, one after another.
func experimenting(t *testing.T, edits ...string) (*config.Config, []config.Mistake) {
	t.Helper()
	over := fstest.MapFS{}
	for _, name := range []string{"carrot.yaml", "measures/measures.yaml", "sources/crm.yaml", "sources/hr.yaml"} {
		b, err := os.ReadFile(filepath.Join("testdata", "lint", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		over[name] = &fstest.MapFile{Data: b}
	}
	texts := map[string]string{"carrot.yaml": trial, "measures/measures.yaml": calls, "plans/sales.yaml": paysCalls}
	for name, text := range texts {
		for i := 0; i < len(edits); i += 2 {
			text = strings.Replace(text, edits[i], edits[i+1], 1)
		}
		if over[name] == nil {
			over[name] = &fstest.MapFile{}
		}
		over[name].Data = append(over[name].Data, text...)
	}
	return config.Load(over, "carrot.yaml", func(string) (string, bool) { return "", true })
}

// TestExperimentPaysACohort: a behaviour that a registered experiment tries is paid to the cohorts where it is tried, to everybody
// alike, while it is tried; anything else is an error, which says what to type.
func TestExperimentPaysACohort(t *testing.T) {
	const pays = "plans/sales.yaml:8:5: L1 error: component calls pays for Calls back"
	for name, x := range map[string]struct {
		edits []string
		on    comp.Date // 0 is 2026-03-01
		want  []string
	}{
		"as it should be":      {nil, 0, nil},
		"several cohorts":      {[]string{`department == "Sales"`, `fte != null && department in ["Care", "Sales"]`}, 0, nil},
		"one that goes on":     {[]string{"to: 2026-06-30}", "to: 2026-12-31}", "    review: 2026-07-15\n", "    review: 2026-07-15\n" + strings.NewReplacer("experiments:\n", "", "EX-7", "EX-8", "2026-01-01", "2026-07-01", "2026-06-30", "2026-12-31", "2026-07-15", "2027-01-15").Replace(trial)}, 0, nil},
		"after its end":        {[]string{"to: 2026-06-30}", "to: 2026-12-31}"}, 0, []string{pays + ", a measure of activity, after experiment EX-7 ended on 2026-06-30; write to: 2026-06-30 under effective, show it with mode: shadow from then on, or register another experiment"}},
		"long after its end":   {[]string{"to: 2026-06-30}", "to: 2026-12-31}"}, comp.Day(2026, 8, 1), []string{pays + ", a measure of activity, after experiment EX-7 ended on 2026-06-30; write to: 2026-06-30 under effective, show it with mode: shadow from then on, or register another experiment"}},
		"before its beginning": {[]string{"from: 2026-01-01\n", "from: 2026-04-01\n"}, 0, []string{pays + ", a measure of activity, before experiment EX-7 begins on 2026-04-01; write from: 2026-04-01 under effective, or show it with mode: shadow until then"}},
		"outside of cohorts":   {[]string{`department == "Sales"`, `department != "Service"`}, 0, []string{pays + ` outside of the cohorts in which experiment EX-7 tries it; write eligible: 'department in ["Sales", "Care"]'`}},
		"in the control":       {[]string{`department == "Sales"`, `department == "Sales" || department == "Service"`}, 0, []string{pays + ` in Service, in which experiment EX-7 does not try it; write eligible: 'department in ["Sales", "Care"]'`}},
		"per person":           {[]string{"pool: department", "pool: payee"}, 0, []string{"plans/sales.yaml:8:5: L1 error: component calls pays each person for their own Calls back, and experiment EX-7 pays a cohort alike; name a measure with pool: department"}},
		"by what people differ": {[]string{`{number: "100"}`, `{number: "100", ramp: ["50%", "100%"]}` + "\n    fte: true\n    gates: [{measure: kept, at_least: \"1\", missing: open}, {measure: response, at_least: \"1%\", missing: open}]"}, 0, []string{
			pays + " by fte, and experiment EX-7 pays a cohort alike; remove it", pays + " by ramp, and experiment EX-7 pays a cohort alike; remove it", pays + " by Response rate, and experiment EX-7 pays a cohort alike; remove it"}},
		"another behaviour": {[]string{"behaviour: calls", "behaviour: busy"}, 0, []string{`plans/sales.yaml:11:14: pay for calls, a measure of activity, expected a measure of outcome, participation or action: pay never rewards being busy (lint L1); write mode: shadow to show it without pay, or name another measure`}},
		"as a gate": {[]string{"measure: calls\n    every", "measure: sold\n    every", `    curve: {kind: linear}`, `    gates: [{measure: calls, at_least: "1", missing: open}]` + "\n    curve: {kind: linear}", `{number: "100"}`, `{amounts: [{from: 2026-01-01, EUR: "100"}]}`}, 0, []string{
			"plans/sales.yaml:15:13: L1 error: component calls pays nothing unless Calls back, which is keeping records; show it with mode: shadow in a component of its own, or pay what customers got out of it"}},
	} {
		c, mistakes := experimenting(t, x.edits...)
		var got []string
		for _, m := range mistakes {
			got = append(got, m.String())
		}
		on := max(x.on, comp.Day(2026, 3, 1))
		if len(mistakes) == 0 {
			for _, l := range Check(c, History{}, on) {
				if l.ID == "L1" {
					got = append(got, l.String())
				}
			}
		}
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestExperimentExpires: the months of the experiment are closed; the one after it is refused, and before it as well.
func TestExperimentExpires(t *testing.T) {
	c, mistakes := experimenting(t, "effective: {from: 2026-01-01, to: 2026-06-30}", "effective: {from: 2025-12-01}")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for month, refused := range map[string]int{"2025-12": 1, "2026-01": 0, "2026-06": 0, "2026-07": 1} {
		p, err := comp.ParseMonth(month)
		if err != nil {
			t.Fatal(err)
		}
		if got := Refusals(c, p); len(got) != refused {
			t.Errorf("%s: %v, expected %d", month, got, refused)
		}
	}
}

// TestExperimentInTheDocument: who is paid for a behaviour that is tried reads so, and for how long.
func TestExperimentInTheDocument(t *testing.T) {
	const says = "Experiment EX-7 tries it from 2026-01-01 to 2026-06-30: Who calls back the same day keeps customers. Everybody of a department is paid alike. " +
		"Maren Costa answers for it and looks on 2026-07-15 at what came of it.\n"
	for edit, want := range map[string]bool{"": true, "measure: calls\n    every": false} {
		c, mistakes := experimenting(t, edit, strings.Replace(edit, "calls", "told", 1))
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		if got := strings.Contains(Write(c, &c.Plans[0]).Text, says); got != want {
			t.Errorf("%q: the document says so: %v, expected %v\n%s", edit, got, want, Write(c, &c.Plans[0]).Text)
		}
	}
}
