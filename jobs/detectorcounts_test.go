package jobs

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carrot/config"
	"carrot/transform/comp"
)

// counted closes a month of a company with sections of cases, and gives them.
func (h *honest) counted(t *testing.T, c *config.Config, month string, by ...comp.Pool) (*comp.Result, []comp.Section) {
	t.Helper()
	in := h.inputs(t, c, month)
	in.Settings.Sections = nil
	for _, b := range by {
		in.Settings.Sections = append(in.Settings.Sections, comp.SectionSpec{Kind: "cases", Title: "Questions", By: b, Least: 8})
	}
	r := h.computed(t, in)
	return r, r.Management
}

// countRow is the row of a check and a group, without both and the period; "" where there is none.
func countRow(s *comp.Section, check, group string) string {
	for _, row := range s.Rows {
		if row[0] == check && (group == "" || row[1] == group) {
			return strings.Join(row[len(row)-6:], " | ")
		}
	}
	return ""
}

// TestManagersCountCases: those who lead read how many people each check looked at and what became of the cases, never of whom, and
// nothing of few people nor what would tell it. The company is 40 people; the first, of North, does what the checks look for, and the
// last has too few deals to be looked at by those of deals.
func TestManagersCountCases(t *testing.T) {
	c, h := detectorConfig(t), newHonest(7, true)
	title := map[string]string{}
	for _, d := range c.Detectors {
		title[d.ID] = d.Title
	}
	departments := func(of func(i int) string) {
		for i, p := range h.rows["crm.people"] {
			p[3] = of(i)
		}
	}
	h.rows["crm.deals"] = h.rows["crm.deals"][:39*honestRows+2]
	departments(func(i int) string { return map[bool]string{true: "North", false: "South"}[i < 12] })
	r, s := h.counted(t, c, "2026-03", comp.PoolCompany, comp.PoolDepartment)
	bunching := title["quarter-end-bunching"]
	for _, x := range []struct {
		section            int
		check, group, want string
	}{
		{0, bunching, "", "39 | 1 | 0 | 1 | 0 | 0.0256 (1 in 3,900)"},
		{1, bunching, "the company", "39 | 1 | 0 | 1 | 0 | 0.0256 (1 in 3,900)"},
		{1, bunching, "North", "12 | 1 | 0 | 1 | 0 | 0.0256 (1 in 3,900)"},
		{1, bunching, "South", "27 | 0 | 0 | 0 | 0 | 0.0256 (1 in 3,900)"},
		{0, title["self-response"], "", "40 | 1 | 0 | 1 | 0 | 0.025 (1 in 4,000)"},
		{1, title["threshold-bunching"], "the company", "40 | 1 | 0 | 1 | 0 | 1 (1 in 100)"},
		{1, title["threshold-bunching"], "North", ""},
	} {
		if got := countRow(&s[x.section], x.check, x.group); got != x.want {
			t.Errorf("%s of %q: %s, want %s", x.check, x.group, got, x.want)
		}
	}
	countsAgree(t, r, h, &s[1])
	countsAgree(t, r, h, &s[0])

	// Its first person has answered; then the case is closed; then it is gone.
	x := r.Cases[slices.IndexFunc(r.Cases, func(x comp.Case) bool { return x.Detector == "quarter-end-bunching" })]
	h.rows["crm.reviews"] = [][]any{{x.ID, comp.Day(2026, 4, 9), "Budgets ended", nil, nil, nil}}
	for month, want := range map[string]string{"2026-04": "12 | 1 | 1 | 0 | 0 | 0.0256 (1 in 3,900)", "2026-06": "12 | 1 | 0 | 0 | 1 | 0.0256 (1 in 3,900)"} {
		r, s = h.counted(t, c, month, comp.PoolDepartment)
		if got := countRow(&s[0], bunching, "North"); got != want {
			t.Errorf("in %s: %s, want %s", month, got, want)
		}
		countsAgree(t, r, h, &s[0])
	}

	// Four people are too few, and so are those who would tell of them: the company less South is 16 people, less North as well four.
	departments(func(i int) string { return []string{"North", "South", "Far"}[int(one(i >= 12)+one(i >= 36))] })
	r, s = h.counted(t, c, "2026-03", comp.PoolDepartment)
	for group, want := range map[string]string{"North": "not told | - | - | - | - | -", "Far": "not told | - | - | - | - | -", "South": "24 | 0 | 0 | 0 | 0 | 0.0256 (1 in 3,900)"} {
		if got := countRow(&s[0], bunching, group); got != want {
			t.Errorf("%s beside few: %s, want %s", group, got, want)
		}
	}
	countsAgree(t, r, h, &s[0])

	// A group of one kind tells what another hides: six of North belong to the other legal entity, whom nobody may look at, so that of
	// North six are left.
	for i, p := range h.rows["crm.people"] {
		p[1] = map[bool]string{true: "DE01", false: "US01"}[i >= 6 && i < 12]
	}
	r, s = h.counted(t, c, "2026-03", comp.PoolEntity, comp.PoolDepartment)
	if got, want := countRow(&s[1], bunching, "North"), "not told | - | - | - | - | -"; got != want {
		t.Errorf("six of North: %s, want %s", got, want)
	}
	countsAgree(t, r, h, &s[1])
	if len(s[0].Rows) == 0 || strings.Contains(fmt.Sprint(s[0].Rows), "DE01") {
		t.Errorf("by legal entity: %v", s[0].Rows)
	}
}

var aPerson = regexp.MustCompile(`\bP\d\d\b|C-[A-Z2-7]{12}`)

// countsAgree counts anew from the cases and the roster, and holds what a section tells against it.
func countsAgree(t *testing.T, r *comp.Result, h *honest, s *comp.Section) {
	t.Helper()
	if found := aPerson.FindString(fmt.Sprint(s.Rows, s.After, s.Note, s.Title)); found != "" || len(s.Rows) < len(r.Looked) {
		t.Errorf("%d rows, among them %q", len(s.Rows), found)
	}
	several, works := s.Columns[1].Title == "Department", map[string]string{}
	for _, p := range h.rows["crm.people"] {
		works[p[0].(string)] = p[3].(string)
	}
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for i := range r.Looked {
		l := &r.Looked[i]
		told, whole, rows := 0, 0, 0
		for _, row := range s.Rows {
			group := "the company"
			if several {
				group = row[1]
			}
			cells := row[len(row)-6:]
			if row[0] != l.Title || row[len(row)-7] != l.Period.Words() {
				continue
			}
			rows++
			if cells[0] == "not told" {
				continue
			}
			var cases, answered, gone int
			for k := range r.Cases {
				x := &r.Cases[k]
				if x.Detector != l.Detector || x.Period != l.Period || group != "the company" && x.State != comp.CaseExpired && works[x.Payee] != group {
					continue
				}
				cases++
				switch x.State {
				case comp.CaseAnswered, comp.CaseClosed:
					answered++
				case comp.CaseExpired:
					gone++
				}
			}
			if group != "the company" && gone > 0 { // nobody's name is left
				cases, gone = cases-gone+number(cells[4]), number(cells[4])
			}
			people := number(cells[0])
			if got := []int{number(cells[1]), number(cells[2]), number(cells[3]), number(cells[4])}; !slices.Equal(got, []int{cases, answered, cases - answered - gone, gone}) {
				t.Errorf("%s, %s: told %v, counted %d cases, %d answered and %d gone", l.Title, group, got, cases, answered, gone)
			}
			if people < 8 && l.People > 0 {
				t.Errorf("%s, %s: %d people are told of", l.Title, group, people)
			}
			if group == "the company" {
				whole = people
			} else {
				told += people
			}
		}
		if rest := whole - told; rows == 0 || several && told > 0 && rest > 0 && rest < 8 {
			t.Errorf("%s: %d rows; of %d people %d are told of by group: %d can be worked out", l.Title, rows, whole, told, rest)
		}
	}
}
