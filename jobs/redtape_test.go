package jobs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carrot/transform"
	"carrot/transform/comp"
)

// TestRedTape: the report tells how much work the program itself makes. Of 40 people seven signed a document in March, and one of
// them the same again; of two adjustments one is of March. The first person does what the checks look for, so that those that are
// opened by the close of March ask a question each: this is counted from the cases that the person reads.
func TestRedTape(t *testing.T) {
	c, h := detectorConfig(t), newHonest(7, true)
	for i := range 9 {
		day := comp.Day(2026, 3, 5)
		if i >= 7 {
			day = comp.Day(2026, 2, 28) + comp.Date(i-7)*32 // the day before March, and the first after it
		}
		h.add("crm.signed", fmt.Sprintf("P%02d", i), "d1", day)
	}
	h.add("crm.signed", "P00", "d1", comp.Day(2026, 3, 20))
	say := func(month string, edit func(in *transform.Inputs)) (*comp.Result, []string) {
		t.Helper()
		in := h.inputs(t, c, month)
		in.Settings.Sections = []comp.SectionSpec{{Kind: "red_tape", Title: "Work", Minutes: []comp.Chore{{Kind: "acceptances", Minutes: comp.Int(10)},
			{Kind: "questions", Minutes: comp.Int(30)}, {Kind: "reviews", Minutes: comp.Scaled(75, 1)}, {Kind: "adjustments", Minutes: comp.Int(20)}}}}
		in.Adjustments = []comp.Adjustment{{ID: "A1", Payee: "P03", Period: "2026-03", Amount: comp.Money{Minor: 100, Currency: "USD"}}, {ID: "A2", Payee: "P04", Period: "2026-07", Amount: comp.Money{Minor: 100, Currency: "USD"}}}
		in.Waivers = []comp.Waiver{{Finding: "F-1", Until: comp.Day(2026, 12, 31)}, {Finding: "F-2", Until: comp.Day(2026, 1, 31)}}
		if edit != nil {
			edit(&in)
		}
		r := h.computed(t, in)
		return r, sectionLines(&r.Management[0])
	}
	r, got := say("2026-03", nil)
	asked := 0
	for _, x := range r.Cases {
		asked += int(one(x.Payee == "P00" && x.State == comp.CaseWaiting))
	}
	if asked < 5 || len(r.Statements) != honestPeople {
		t.Fatalf("%d questions, %d statements", asked, len(r.Statements))
	}
	minutes := 7*10 + asked*30 + 20
	hundredths := func(n int) string { return fmt.Sprintf("%d.%02d", n/40, (n%40*100+20)/40) } // no half to round in these
	want := []string{
		"Plan documents that people signed | 7 | 10 | 70 | 1.75",
		fmt.Sprintf("Questions of checks that people were asked | %d | 30 | %d | %s", asked, asked*30, hundredths(asked*30)),
		"Answers that were read, and cases closed | 0 | 7.5 | 0 | 0.00",
		"Adjustments decided by hand | 1 | 20 | 20 | 0.50",
		"Waivers in force | 1 | - | - | -",
		"Findings that hold something until somebody settles them | 0 | - | - | -",
		"Approvals of the close | 0 | - | - | -",
		fmt.Sprintf("Together | %d | - | %d | %s", 7+asked+1+1, minutes, hundredths(minutes)),
		"In March 2026, for 40 people with a statement. Questions and cases are those of checks that looked at 8 people or more.",
		"Minutes each are what the company assumes, and were not measured.",
		"Without minutes, and so in no minutes above: waivers, findings, approvals.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	// A month later the questions are no new ones, one of them was answered and closed, and the close has to be approved.
	x := r.Cases[slices.IndexFunc(r.Cases, func(x comp.Case) bool { return x.Payee == "P00" })]
	h.rows["crm.reviews"] = [][]any{{x.ID, comp.Day(2026, 4, 9), "Budgets ended", comp.Day(2026, 4, 20), "K. Vogt", "explained"}}
	again, got := say("2026-04", func(in *transform.Inputs) { in.Settings.Approval = true })
	fresh := 0
	for _, y := range again.Cases {
		fresh += int(one(y.Payee != "" && !slices.ContainsFunc(r.Cases, func(old comp.Case) bool { return old.ID == y.ID })))
	}
	for i, want := range map[int]string{0: "Plan documents that people signed | 1 | 10 | 10 | 0.25",
		1: fmt.Sprintf("Questions of checks that people were asked | %d | 30 | %d | %s", fresh, fresh*30, hundredths(fresh*30)),
		2: "Answers that were read, and cases closed | 1 | 7.5 | 7.5 | 0.19", 6: "Approvals of the close | 1 | - | - | -"} {
		if got[i] != want {
			t.Errorf("in April: %s, want %s", got[i], want)
		}
	}

	// Without minutes there are counts alone; and a check that looked at few people tells nothing.
	_, got = say("2026-03", func(in *transform.Inputs) { in.Settings.Sections[0].Minutes = nil })
	if got[0] != "Plan documents that people signed | 7 | - | - | -" || !strings.HasPrefix(got[8], "Nobody has said how many minutes") || len(got) != 9 {
		t.Errorf("without minutes: %q", got)
	}
	for _, p := range h.rows["crm.people"][7:] {
		p[1] = "DE01"
	}
	r, got = say("2026-03", nil)
	if !slices.ContainsFunc(r.Cases, func(x comp.Case) bool { return x.Payee == "P00" }) || !strings.HasPrefix(got[1], "Questions of checks that people were asked | 0 |") {
		t.Errorf("of seven people: %s", got[1])
	}
}
