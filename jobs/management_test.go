package jobs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
)

const asked = `measure: stays
version: "1"
title: Would stay
family: outcome
about: employees
survey: relationship
unit: score
aggregate: mean
pool: company
table: desk.staff_answers
where: 'stay != null'
value: stay
date: answered_on
---
measure: heard
version: "1"
title: Answered
family: participation
about: response
survey: relationship
unit: share
digits: 2
aggregate: rate
pool: company
table: desk.invitations
where: 'status != "NE"'
hit: 'status == "I"'
date: invited_on
---
measure: heard_of_known
version: "1"
title: Answered in full, of those known
family: participation
about: response
survey: relationship
unit: share
digits: 2
aggregate: formula
pool: company
formula: 'full / (full + silent)'
inputs:
  full: {aggregate: count, table: desk.invitations, where: 'status == "I"', date: invited_on}
  silent: {aggregate: count, table: desk.invitations, where: 'status == "UO"', date: invited_on}
n: full
`

// sections closes the worked company's month over some rows and gives its management report.
func sections(t *testing.T, management, tables string) *comp.Result {
	t.Helper()
	dir, from := fstest.MapFS{}, os.DirFS(filepath.Join("plans", "testdata", "measures"))
	for _, pattern := range []string{"carrot.yaml", "sources/*", "measures/*", "plans/surveys.yaml"} {
		names, err := fs.Glob(from, pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range names {
			b, err := fs.ReadFile(from, name)
			if err != nil {
				t.Fatal(err)
			}
			dir[name] = &fstest.MapFile{Data: b}
		}
	}
	dir["carrot.yaml"].Data = append(dir["carrot.yaml"].Data, management...)
	dir["measures/asked.yaml"] = &fstest.MapFile{Data: []byte(asked + "---\n" + touched)}
	dir["sources/crm.yaml"].Data = append(dir["sources/crm.yaml"].Data, touches...)
	plan := string(dir["plans/surveys.yaml"].Data) + "  - {id: stays, title: stays, clause: \"90\", measure: stays, every: month, missing: zero, mode: shadow, curve: {kind: rate, rate: {EUR: \"1\", USD: \"1\"}}}\n" +
		"  - {id: heard, title: heard, clause: \"91\", measure: heard, every: month, missing: zero, mode: shadow, curve: {kind: rate, rate: {EUR: \"1\", USD: \"1\"}}}\n"
	dir["plans/surveys.yaml"].Data = []byte(plan)
	c, mistakes := config.Load(dir, "carrot.yaml", func(string) (string, bool) { return "", true })
	for _, m := range mistakes {
		t.Fatal(m)
	}
	list, mistakes := config.ParseExamples("plans/surveys.test.yaml", []byte("test: surveys.yaml\nexamples:\n  - name: one\n    close: 2026-02\n    first: 2026-01\n"+
		"    people: [{id: ann, entity: DE, department: Care, plan: surveys, from: 2023-01-01}, {id: bob, entity: DE, department: Sales, plan: other, from: 2023-01-01}]\n    tables:\n"+tables+"    expect: []\n"))
	for _, m := range mistakes {
		t.Fatal(m)
	}
	var got *comp.Result
	closeAll(t, c, list[0], transform.DefaultVerbs(), func(_ transform.Inputs, r *comp.Result) bool {
		got = r
		return true
	})
	return got
}

func sectionLines(s *comp.Section) (out []string) {
	for _, r := range s.Rows {
		out = append(out, strings.Join(r, " | "))
	}
	return append(out, s.After...)
}

// staff are answers of which each counts so many times, on a day of a month: two items and the score.
func staff(month string, rows ...[4]int) string {
	out := ""
	for _, r := range rows {
		out += fmt.Sprintf("        - {department: Care, content: \"%d\", energy: \"%d\", stay: \"%d\", answered_on: %s-10, times: \"%d\"}\n", r[0], r[1], r[2], month, r[3])
	}
	return out
}

// TestDriversOfAScore: the score is twice the one item and once the other, which go together with a correlation of 1/2. Alone the
// first explains 25/28 of the score's variance and the second 16/28; in either order, then, the first has the mean of 25/28 and
// 12/28, which is 37/56 or 66 %, and the second 19/56 or 34 %. From January to February either item falls from 5/8 to 3/8: of the
// score's fall from 1.875 to 1.125 half a point goes with the first and a quarter with the second, which are printed so that they
// sum to the fall from 1.88 to 1.12.
func TestDriversOfAScore(t *testing.T) {
	const section = "management:\n  - {section: drivers, title: Moves, measure: stays, items: {Content: content, Energy: energy}, every: month, periods: 2, statements: true"
	rows := "      desk.staff_answers:\n" + staff("2026-01", [4]int{0, 0, 0, 10}, [4]int{1, 1, 3, 20}, [4]int{0, 1, 1, 5}, [4]int{1, 0, 2, 5}) +
		staff("2026-02", [4]int{0, 0, 0, 20}, [4]int{1, 1, 3, 10}, [4]int{0, 1, 1, 5}, [4]int{1, 0, 2, 5}) +
		"        - {department: Care, energy: \"1\", stay: \"9\", answered_on: 2026-02-10, times: \"3\"}\n"
	r := sections(t, section+"}\n", rows)
	got := sectionLines(&r.Management[0])
	var shares []string
	for i, want := range [][]string{{"Content", "66 %", "", "0.62", "0.38", "-0.51", "80"}, {"Energy", "34 %", "", "0.62", "0.38", "-0.25", "80"}, {"Anything else", "-", "-", "-", "-", "0.00", "-"}} {
		row := slices.Clone(r.Management[0].Rows[i])
		if row[2] != "-" {
			shares, row[2] = append(shares, row[2]), ""
		}
		if !slices.Equal(row, want) {
			t.Errorf("row %d is %q, want %q", i+1, row, want)
		}
	}
	var low, high int
	if n, err := fmt.Sscanf(strings.Join(shares[:1], ""), "%d %% to %d %%", &low, &high); n != 2 || err != nil || low < 50 || low >= 66 || high <= 66 || high > 85 {
		t.Errorf("the interval of 66 %% of 80 answers is %q", shares)
	}
	want := "Would stay, the company, January to February 2026: the items explain 100 % of how scores differ (n = 80; 3 who left an item out do not count). February 2026: from 1.88 (n = 40) to 1.12 (n = 40)."
	if !slices.Contains(got, want) {
		t.Errorf("%q says not %q", got, want)
	}

	// It stands on the statement that shows the score, and on nobody else's.
	for _, s := range r.Statements {
		if s.Payee != "ann" {
			if len(s.Lists) > 0 {
				t.Errorf("%s is shown %v", s.Payee, s.Lists)
			}
			continue
		}
		if len(s.Lists) != 1 || s.Lists[0].Section != "moved" || strings.Join(s.Lists[0].Rows[0], " ") != "Content 66 % 0.62 0.38 -0.51" ||
			s.Lists[0].Title != "Would stay, February 2026: from 1.88 (n = 40) to 1.12 (n = 40)" {
			t.Errorf("%+v", s.Lists)
		}
	}

	// Fewer answers than the least say nothing: neither what weighs, nor what moved, anywhere.
	r = sections(t, section+", least: 81}\n", rows)
	if got := sectionLines(&r.Management[0]); len(r.Management[0].Rows) > 0 || !strings.HasPrefix(got[0], "Of the company too few answered") {
		t.Errorf("80 answers, where 81 are the least: %q", got)
	}
	r = sections(t, section+", least: 41}\n", rows)
	if row := r.Management[0].Rows[0]; row[1] != "66 %" || row[3] != "-" || row[4] != "0.50" || row[5] != "-" {
		t.Errorf("of 40 answers a month, where 41 are the least: %q", row)
	}
	for _, s := range r.Statements {
		if len(s.Lists) > 0 {
			t.Errorf("%s is shown what moved 40 answers: %v", s.Payee, s.Lists)
		}
	}
}

// TestTableApart: answers told apart by a column sum to the whole; what rests on few rows is left out, and so is another that would
// tell it by subtraction.
func TestTableApart(t *testing.T) {
	const section = "management:\n  - {section: table, title: By segment, measures: [heard, heard_of_known], apart: segment, every: month, periods: 1}\n"
	invited := func(segment, status string, times int) string {
		return fmt.Sprintf("        - {invitee: %s %[2]s, segment: %[1]s, status: %s, invited_on: 2026-02-10, times: \"%d\"}\n", segment, status, times)
	}
	rows := "      desk.invitations:\n" + invited("SMB", "I", 16) + invited("SMB", "UO", 64) + invited("ENT", "I", 18) + invited("ENT", "UO", 2) + invited("ENT", "NE", 5) +
		invited("GOV", "UO", 11) + invited("EDU", "I", 3) + invited("EDU", "UO", 4)
	r := sections(t, section, rows)
	want := []string{
		"Answered | EDU | February 2026 | - | - | under 10",
		"Answered | ENT | February 2026 | 90.00 % | 69.90 % to 97.21 % | 20", // Wilson's interval of 18 of 20
		"Answered | GOV | February 2026 | - | - | under 10",
		"Answered | SMB | February 2026 | 20.00 % | 12.70 % to 30.05 % | 80", // of 16 of 80
		"Answered in full, of those known | EDU | February 2026 | - | - | under 10",
		"Answered in full, of those known | ENT | February 2026 | 90.00 % | - | 18",
		"Answered in full, of those known | GOV | February 2026 | - | - | under 10",
		"Answered in full, of those known | SMB | February 2026 | - | - | under 10", // 16: with it, all that is left out is 19
		"What rests on fewer than 10 rows is not told, nor is another value that would tell it: 5 are left out.",
	}
	if got := sectionLines(&r.Management[0]); !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
