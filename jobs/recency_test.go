package jobs

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"carrot/config/example"
	"carrot/transform"
	"carrot/transform/comp"
)

// TestDormantAccounts holds what the example shows of customers of whom nothing is heard against its written files: the last talk
// with each account is the latest of accepted meetings, two-way calls after answers, and tickets in which the customer came back to a
// reply. More than 60 days without one, on the last day of March, and an account stands on the statement of its owner, the longest
// silence first; and the management report counts them.
func TestDormantAccounts(t *testing.T) {
	files, tickets := map[string][]byte{}, []string{}
	if _, err := example.Generate(example.Default(), func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		err := write(&b)
		if files[name] = b.Bytes(); strings.Contains(name, "zendesk_explore_contacts_") {
			tickets = append(tickets, name) // by day
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var talks [][2]string // account and day
	for _, r := range exported(t, files, tickets, ',', "Ticket ID") {
		if r["Ticket solved"] != "" && r["Customer contacts"] > "1" && r["Agent replies"] > "1" { // of one digit each
			talks = append(talks, [2]string{r["Account ID"], r["Ticket solved"][:10]})
		}
	}
	for _, r := range exported(t, files, []string{"reference/commitments.csv"}, ',', "commitment") {
		if r["two_way"] == "true" {
			talks = append(talks, [2]string{r["account"], r["first_contact_on"]})
		}
	}
	for _, r := range exported(t, files, []string{"reference/calendar_hours.csv"}, ',', "entry") {
		if r["accepted_by_customer"] == "true" {
			talks = append(talks, [2]string{r["account"], r["on"]})
		}
	}
	accounts := exported(t, files, []string{"reference/accounts.csv"}, ',', "account")
	at := func(end string) (silences []int, dormant map[string][]string) {
		last, lists := map[string]string{}, map[string][][2]string{}
		for _, x := range talks {
			if x[1] <= end {
				last[x[0]] = max(last[x[0]], x[1])
			}
		}
		for id, a := range accounts {
			if a["customer_since"] > end {
				continue
			}
			days := daysBetween(t, max(last[id], a["customer_since"]), end)
			if silences = append(silences, days); days > 60 {
				lists[a["owner"]] = append(lists[a["owner"]], [2]string{fmt.Sprintf("%05d %s", 99999-days, id), a["name"] + " " + last[id] + " " + fmt.Sprint(days)})
			}
		}
		dormant = map[string][]string{}
		for owner, list := range lists {
			slices.SortFunc(list, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
			for _, x := range list {
				dormant[owner] = append(dormant[owner], x[1])
			}
		}
		slices.Sort(silences)
		return silences, dormant
	}

	c := newCompany(t, example.Default(), nil)
	months := c.months(t, c.world.Months)
	r, _, err := transform.ComputeWith(transform.DefaultVerbs(), months[len(months)-1], &months[len(months)-2])
	if err != nil {
		t.Fatal(err)
	}
	_, want := at("2026-03-31")
	if len(want) < 5 {
		t.Fatalf("only %d people have dormant accounts", len(want))
	}
	for i := range r.Statements {
		s := &r.Statements[i]
		k := slices.IndexFunc(s.Lists, func(l comp.List) bool { return l.ID == "dormant" })
		var got []string
		if k >= 0 {
			for _, row := range s.Lists[k].Rows {
				got = append(got, row[0]+" "+row[2]+" "+row[3])
			}
		}
		if !slices.Equal(got, want[s.Payee]) {
			t.Errorf("%s is shown %q, expected %q", s.Payee, got, want[s.Payee])
		}
		delete(want, s.Payee)
	}
	if len(want) > 0 {
		t.Errorf("no statement shows %v", want)
	}
	var rows []string
	for _, m := range [][2]string{{"January 2026", "2026-01-31"}, {"February 2026", "2026-02-28"}, {"March 2026", "2026-03-31"}} {
		silences, _ := at(m[1])
		n, dormant := len(silences), 0
		for _, days := range silences {
			if days > 60 {
				dormant++
			}
		}
		middle := fmt.Sprint(float64(silences[(n-1)/2]+silences[n/2]) / 2)
		rows = append(rows, fmt.Sprintf("%s | %d | %d | %d | %.2f %% | %s", m[0], n, n-dormant, dormant, float64(dormant)*100/float64(n), middle))
	}
	k := slices.IndexFunc(r.Management, func(s comp.Section) bool { return s.Title == "Customers of whom nothing is heard" })
	got := sectionLines(&r.Management[k])
	if rows = append(rows, "Nothing was heard of a dormant customer for more than 60 days. What is heard: Talks with customers."); !slices.Equal(got, rows) {
		t.Errorf("the report tells\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(rows, "\n"))
	}
}

func daysBetween(t *testing.T, from, to string) int {
	t.Helper()
	a, err := time.Parse(time.DateOnly, from)
	b, also := time.Parse(time.DateOnly, to)
	if err != nil || also != nil {
		t.Fatal(err, also)
	}
	return int(b.Sub(a).Hours() / 24)
}
