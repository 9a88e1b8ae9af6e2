package jobs

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carrot/config"
	"carrot/config/example"
	"carrot/jobs/plans"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// What a component of satisfaction pays is drawn by lot as far as chance moves the share of satisfied customers. These tests
// draw 1,000 pairs of agents and close a quarter of theirs by the template of customer service: its measure, its curve, the whole
// calculation. An agent has 120 rated tickets in the quarter, two for each working day.
const ratedTickets = 120

// agent is somebody whose customers are satisfied with so many tickets of 100.
type agent struct {
	id string
	of float64
}

// surveyed closes quarters of companies of agents by the plan and gives what the scorecard of each pays, in cents.
type surveyed struct {
	t      *testing.T
	c      *config.Config
	random *rand.Rand
}

// newSurveyed is the example company with the template in place of its plan of customer service, edited.
func newSurveyed(t *testing.T, seed uint64, edits ...string) *surveyed {
	t.Helper()
	c := newCompany(t, example.Size{People: 5, Months: 1, Tickets: 2, Deals: 2, Responses: 2}, func(dir string) {
		install(t, dir, []string{"customer-service"})
		file := filepath.Join(dir, "plans", "customer-service.yaml")
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		for i := 0; i < len(edits); i += 2 {
			if !strings.Contains(text, edits[i]) {
				t.Fatalf("no %q in the template", edits[i])
			}
			text = strings.Replace(text, edits[i], edits[i+1], 1)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	return &surveyed{t: t, c: c.house.Config, random: rand.New(rand.NewPCG(seed, 4))}
}

// pay draws each agent's quarter and closes it.
func (s *surveyed) pay(agents []agent, both bool) map[string]int64 {
	s.t.Helper()
	e := config.Example{File: "plans/drawn", Name: "drawn", Plans: []config.Named{{Name: "customer-service.yaml"}}, Closes: []string{"2026-03"}, First: "2026-01"}
	tickets := config.ExampleTable{Table: config.Named{Name: "zendesk.tickets"}}
	for _, a := range agents {
		e.People = append(e.People, config.ExamplePerson{ID: a.id, From: comp.Day(2025, 1, 1), To: comp.NoDate, Known: comp.NoDate, Attrs: []config.ExampleAttr{
			{Name: "entity", Value: "DE01"}, {Name: "department", Value: "Customer Service"}, {Name: "job", Value: "Service Agent"}}})
		hits := 0
		for range ratedTickets {
			if s.random.Float64()*100 < a.of {
				hits++
			}
		}
		for score, n := range map[string]int{"Good": hits, "Bad": ratedTickets - hits} { // the order of rows is nobody's pay
			if n == 0 {
				continue
			}
			row := config.ExampleRow{Known: comp.NoDate}
			for _, x := range [][2]string{{"id", a.id + score}, {"assignee", a.id}, {"score", score}, {"solved_at", "2026-02-10"}, {"reopens", "0"}, {"times", fmt.Sprint(n)}} {
				row.Cells = append(row.Cells, config.ExampleCell{Column: x[0], Text: x[1]})
			}
			tickets.Rows = append(tickets.Rows, row)
		}
	}
	e.Tables = []config.ExampleTable{tickets}
	company, err := plans.Company(s.c, e)
	if err != nil {
		s.t.Fatal(err)
	}
	in := company("2026-03", nil)
	r, _, err := transform.Compute(in, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if both {
		x := Plain{}
		again, err := x.Inputs(&in)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, d := range disagreements("2026-03", posted(paidLines(r), nil, r), naive.Statements(again)) {
			s.t.Error(d)
		}
	}
	out := map[string]int64{}
	for _, st := range r.Statements {
		if len(st.HeldFor) > 0 {
			s.t.Fatalf("%s is held for %v", st.Payee, st.HeldFor)
		}
		for _, l := range st.Lines {
			if l.Component == "service" {
				out[st.Payee] += l.Amount.Minor
			}
		}
	}
	if len(out) != len(agents) {
		s.t.Fatalf("%d of %d agents are paid", len(out), len(agents))
	}
	return out
}

// alike draws pairs in departments of the given size, whose first two agents are each a pair; the others do as well as the
// first. It counts the pairs that are paid the same.
func (s *surveyed) alike(pairs, size int, first, second float64) int {
	s.t.Helper()
	same := 0
	const most = 20 // departments' worth of people in one: the department is all of them
	for done := 0; done < pairs; done += most {
		var agents []agent
		for p := range most {
			for k := range size {
				a := agent{id: fmt.Sprintf("a%02d-%02d", p, k), of: first}
				if k == 1 {
					a.of = second
				}
				agents = append(agents, a)
			}
		}
		paid := s.pay(agents, done == 0)
		for p := range most {
			if paid[fmt.Sprintf("a%02d-00", p)] == paid[fmt.Sprintf("a%02d-01", p)] {
				same++
			}
		}
	}
	return same
}

// TestEqualAgentsGetEqualPay: whatever the rate at which a department satisfies, agents who do equally well are paid the same. A
// curve through the share itself tells nearly all of them apart.
func TestEqualAgentsGetEqualPay(t *testing.T) {
	s := newSurveyed(t, 1)
	all := 0
	for _, of := range []float64{70, 80, 85, 90, 95} {
		same := s.alike(200, 2, of, of)
		t.Logf("%.0f %%: %d of 200 pairs are paid the same", of, same)
		if all += same; same < 190 {
			t.Errorf("%.0f %%: %d of 200 pairs are paid the same, fewer than 95 %%", of, same)
		}
	}
	if all < 950 {
		t.Errorf("%d of 1,000 pairs of equally good agents are paid the same", all)
	}
	naive := newSurveyed(t, 1, "measure: satisfied_standing #", "measure: csat #", `points: [{at: "-1", pays: "75%"}, {at: "0", pays: "100%"}, {at: "1", pays: "125%"}]`,
		`points: [{at: "70%", pays: "0%"}, {at: "85%", pays: "100%"}, {at: "95%", pays: "150%"}]`)
	if same := naive.alike(100, 2, 85, 85); same > 20 {
		t.Errorf("a curve through the share pays %d of 100 pairs the same: it should tell apart what differs by chance", same)
	} else {
		t.Logf("a curve through the share pays %d of 100 pairs the same", same)
	}
}

// TestPlantedGapIsSeen: one of five agents satisfies 20 customers of 100 less than the four others, and is paid otherwise.
func TestPlantedGapIsSeen(t *testing.T) {
	s := newSurveyed(t, 2)
	same := s.alike(1000, 5, 85, 65)
	t.Logf("%d of 1,000 pairs with a gap of 20 points are paid the same", same)
	if same > 100 {
		t.Errorf("%d of 1,000 pairs with a gap of 20 points are paid the same", same)
	}
}
