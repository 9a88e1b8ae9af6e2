package jobs

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"carrot/config/example"
	"carrot/transform"
	"carrot/transform/comp"
)

// TestExperimentOfTheExample holds what the management report tells of the example's experiment against its written files: who was
// called within a day and who would recommend us, by the legal entity in which the owner worked that day, from January to September
// and in the two quarters since; the difference of the differences, and its interval by the variance of four shares.
func TestExperimentOfTheExample(t *testing.T) {
	files, answers, jobs := map[string][]byte{}, []string{}, ""
	if _, err := example.Generate(example.Default(), func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		err := write(&b)
		files[name] = b.Bytes()
		if strings.Contains(name, "Relationship Survey_") {
			answers = append(answers, name)
		}
		if strings.Contains(name, "Job Information History") {
			jobs = max(jobs, name) // the last one
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	worked := map[string][][2]string{} // by person: from, division
	for _, line := range strings.Split(strings.TrimSpace(string(files[jobs])), "\r\n")[1:] {
		head, rest, _ := strings.Cut(line, ",\"")
		_, rest, _ = strings.Cut(rest, "\",")
		cells := strings.Split(rest, ",")
		day := cells[0][6:] + "-" + cells[0][:2] + "-" + cells[0][3:5]
		worked[head] = append(worked[head], [2]string{day, cells[2]})
	}
	treated := func(person, day string) int {
		last, division := "", ""
		for _, w := range worked[person] {
			if w[0] <= day && w[0] > last {
				last, division = w[0], w[1]
			}
		}
		return map[string]int{"Germany": 0, "United States": 1}[division]
	}
	type counts [2][2][2]int // by arm, before or since: rows, hits
	count := func(c *counts, person, day string, hit bool) {
		if day < "2025-01-01" || day > "2026-03-31" {
			return
		}
		at, k := &c[treated(person, day)], 0
		if day >= "2025-10-01" {
			k = 1
		}
		if at[k][0]++; hit {
			at[k][1]++
		}
	}
	var called, liked counts
	for _, r := range exported(t, files, []string{"reference/commitments.csv"}, ',', "commitment") {
		count(&called, r["owner"], r["answered_on"], r["two_way"] == "true" && (len(r["hours"]) == 1 || len(r["hours"]) == 2 && r["hours"] <= "24"))
	}
	for _, r := range exported(t, files, answers, ',', "ResponseId") {
		if r["Finished"] == "True" && r["Q1"] != "" {
			count(&liked, r["account_owner"], r["EndDate"][:10], r["Q1"] == "9" || r["Q1"] == "10")
		}
	}
	var rows, words []string
	for _, m := range []struct {
		title string
		c     *counts
	}{{"Dissatisfied customers called within a day", &called}, {"Customers who would recommend us", &liked}} {
		change, variance := [2]float64{}, 0.0
		for arm, name := range []string{"treated", "control"} {
			p := [2]float64{}
			for k, x := range m.c[arm] {
				p[k] = float64(x[1]) / float64(x[0])
				variance += p[k] * (1 - p[k]) / float64(x[0])
			}
			change[arm] = p[1] - p[0]
			rows = append(rows, fmt.Sprintf("EX-2 | %s | %s | %.2f %% | %d | %.2f %% | %d | %.2f points", m.title, name, 100*p[0], m.c[arm][0][0], 100*p[1], m.c[arm][1][0], 100*change[arm]))
		}
		more, half := 100*(change[0]-change[1]), 100*1.959963984540054*math.Sqrt(variance)
		than := map[bool]string{true: "more", false: "less"}[more >= 0]
		words = append(words, fmt.Sprintf("%s: the change among the treated is %.2f points %s than in the control (95 %% interval: %.2f points to %.2f points).",
			m.title, math.Abs(more), than, more-half, more+half))
	}
	if liked[0][1][0] < 50 || called[1][0][0] < 10 {
		t.Fatalf("too few to tell: %v, %v", liked, called)
	}

	c := newCompany(t, example.Default(), nil)
	months := c.months(t, c.world.Months)
	r, _, err := transform.ComputeWith(transform.DefaultVerbs(), months[len(months)-1], &months[len(months)-2])
	if err != nil {
		t.Fatal(err)
	}
	s := &r.Management[slices.IndexFunc(r.Management, func(s comp.Section) bool { return s.Title == "What is tried, and what came of it" })]
	want := append(rows, "EX-2: Who is called within a day will recommend us half a year later. Before is January to September 2025, since is October 2025 to March 2026; it is looked at on 2026-10-15.")
	if got := sectionLines(s); !slices.Equal(got, append(want, words...)) {
		t.Errorf("the report tells\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(append(want, words...), "\n"))
	}
	months[2].Settings.Sections = slices.DeleteFunc(slices.Clone(months[2].Settings.Sections), func(s comp.SectionSpec) bool { return s.Kind != "experiments" })
	if r, _, err = transform.ComputeWith(transform.DefaultVerbs(), months[2], &months[1]); err != nil {
		t.Fatal(err)
	}
	if got := sectionLines(&r.Management[0]); !slices.Equal(got, []string{"Of EX-2 nothing can be told yet: there is no whole quarter before it began, or none since."}) {
		t.Errorf("before it begins: %q", got)
	}
}
