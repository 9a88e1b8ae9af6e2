package example

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carrot/config/example/truth"
	"carrot/transform/comp"
)

// These tests read the written files back with other code and hold every fact of the truth against them, as each close
// knows it.

func date(t *testing.T, layout, text string) comp.Date {
	t.Helper()
	if text == "" {
		return comp.NoDate
	}
	d, err := time.Parse(layout, text)
	if err != nil {
		t.Fatal(err)
	}
	return comp.Date(d.Unix() / 86400)
}

func cents(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(strings.Replace(text, ".", "", 1), 10, 64)
	if err != nil || !strings.Contains(text, ".") {
		t.Fatalf("%q is no amount", text)
	}
	return n
}

// closes are the closes that the tests look at: the first, one in the middle and the last.
func closes(w *truth.World) []int { return []int{0, w.Months / 2, w.Months - 1} }

func compare(t *testing.T, what string, close int, exported, known []string) {
	t.Helper()
	sort.Strings(exported)
	sort.Strings(known)
	if len(known) == 0 {
		t.Errorf("%s at close %d: the truth knows none", what, close)
	}
	if diff := cmp.Diff(exported, known); diff != "" {
		t.Errorf("%s at close %d (-exported +truth):\n%.2000s", what, close, diff)
	}
}

func TestDealsEqualTheTruth(t *testing.T) {
	f, w := whole()
	for _, k := range closes(w) {
		var exported, known []string
		s, rows := union(t, f, w, k, "Opportunities Deutschland", "Opportunity-ID")
		for id, row := range rows {
			if delivered := date(t, "02.01.2006", s.get(row, "Geliefert am")); s.get(row, "Phase") == "Geschlossen und gewonnen" && delivered != comp.NoDate {
				amount := strings.ReplaceAll(strings.ReplaceAll(s.get(row, "Betrag"), ".", ""), ",", ".")
				exported = append(exported, fmt.Sprint(id, s.get(row, "Betrag Währung"), cents(t, amount), delivered,
					delivered <= date(t, "02.01.2006", s.get(row, "Zugesagt am")), s.get(row, "Typ") == "Neugeschäft",
					strings.ToLower(s.get(row, "Opportunity-Inhaber: Benutzername"))))
			}
		}
		s, rows = union(t, f, w, k, "Opportunities US", "Opportunity ID")
		for id, row := range rows {
			if delivered := date(t, "1/2/2006", s.get(row, "Delivered On")); s.get(row, "Stage") == "Closed Won" && delivered != comp.NoDate {
				exported = append(exported, fmt.Sprint(id, s.get(row, "Amount Currency"), cents(t, s.get(row, "Amount")), delivered,
					delivered <= date(t, "1/2/2006", s.get(row, "Promised On")), s.get(row, "Type") == "New Customer",
					strings.ToLower(s.get(row, "Opportunity Owner: Username"))))
			}
		}
		for _, d := range w.Deals {
			if d.At(k) {
				known = append(known, fmt.Sprint(d.ID, d.Currency, d.Minor, d.Delivered, d.Kept, d.New, w.Logins[d.Login].Name))
			}
		}
		compare(t, "deals", k, exported, known)
	}
}

func TestSplitsEqualTheTruth(t *testing.T) {
	f, w := whole()
	for _, k := range closes(w) {
		var exported, known []string
		sums := map[string]int64{}
		s, rows := union(t, f, w, k, "Opportunity Splits", "Opportunity ID", "Split Owner: Username")
		for _, row := range rows {
			exported = append(exported, fmt.Sprint(s.get(row, "Opportunity ID"), strings.ToLower(s.get(row, "Split Owner: Username")), cents(t, s.get(row, "Split (%)"))))
			sums[s.get(row, "Opportunity ID")] += cents(t, s.get(row, "Split (%)"))
		}
		for id, list := range w.Splits {
			for _, x := range list {
				if int(x.From) <= k {
					known = append(known, fmt.Sprint(id, w.Logins[x.Login].Name, x.Percent*100))
				}
			}
		}
		compare(t, "splits", k, exported, known)
		for id, sum := range sums {
			if sum != 10000 {
				t.Errorf("the shares of %s sum to %d", id, sum)
			}
		}
	}
}

func TestCreditMemosEqualTheTruth(t *testing.T) {
	f, w := whole()
	for _, k := range closes(w) {
		var exported, known []string
		s, rows := union(t, f, w, k, "Credit Memos", "Credit Memo Number")
		for id, row := range rows {
			exported = append(exported, fmt.Sprint(id, s.get(row, "Opportunity ID"), s.get(row, "Amount Currency"), cents(t, s.get(row, "Amount")),
				date(t, "1/2/2006", s.get(row, "Delivered On")), s.get(row, "Type") == "New Customer", strings.ToLower(s.get(row, "Opportunity Owner: Username"))))
		}
		for _, m := range w.Memos {
			if m.At(k) {
				known = append(known, fmt.Sprint(m.ID, m.Deal, m.Currency, m.Minor, m.Delivered, m.New, w.Logins[m.Login].Name))
			}
		}
		compare(t, "credit memos", k, exported, known)
	}
}

func TestTicketsEqualTheTruth(t *testing.T) {
	f, w := whole()
	words := map[string]bool{}
	for _, k := range closes(w) {
		var exported, known []string
		s, rows := union(t, f, w, k, "zendesk_tickets", "Id")
		for id, row := range rows {
			score, solved := s.get(row, "Satisfaction Score"), s.get(row, "Solved at")
			words[score] = true
			if solved != "" {
				exported = append(exported, fmt.Sprint(id, s.get(row, "Assignee"), date(t, "2006-01-02", solved[:10]), strings.HasPrefix(score, "Good"),
					score != "Offered" && score != "Not Offered", s.get(row, "Reopens") != "0"))
			}
			if created := s.get(row, "Created at"); solved != "" && solved < created {
				t.Errorf("ticket %s: solved %s, created %s", id, solved, created)
			}
		}
		for _, x := range w.Tickets {
			if x.At(k) {
				known = append(known, fmt.Sprint(x.Number, w.Logins[x.Login].Name, x.Solved, x.Good, x.Rated, x.Reopened))
			}
		}
		compare(t, "tickets", k, exported, known)
	}
	for _, word := range []string{"Good", "Good with comment", "Bad", "Bad with comment", "Offered", "Not Offered"} {
		if !words[word] {
			t.Errorf("no ticket is %q", word)
		}
	}
}

func TestSurveysEqualTheTruth(t *testing.T) {
	f, w := whole()
	for _, k := range closes(w) {
		var exported, known []string
		s, rows := union(t, f, w, k, "Product Experience", "ResponseId")
		for _, row := range rows {
			if s.get(row, "Status") == "IP Address" && s.get(row, "Finished") == "True" {
				exported = append(exported, fmt.Sprint(date(t, "2006-01-02", s.get(row, "EndDate")[:10]), "/", s.get(row, "Q1"), "/", s.get(row, "Q2")))
			}
		}
		for _, r := range w.Responses {
			if r.At(k) {
				known = append(known, fmt.Sprint(r.Ended, "/", item(int(r.Recommend)), "/", item(int(r.Usage))))
			}
		}
		compare(t, "product survey", k, exported, known)

		exported, known = nil, nil
		s, rows = union(t, f, w, k, "Employee Pulse", "ResponseId")
		for _, row := range rows {
			if s.get(row, "Status") == "IP Address" && s.get(row, "Finished") == "True" {
				exported = append(exported, fmt.Sprint(date(t, "2006-01-02", s.get(row, "EndDate")[:10]), "/", s.get(row, "Q1"), "/", s.get(row, "Q2")))
			}
		}
		for _, a := range w.Answers {
			if a.At(k) {
				known = append(known, fmt.Sprint(a.Ended, "/", a.Work, "/", item(int(a.Finance))))
			}
		}
		compare(t, "employee survey", k, exported, known)
	}
}

func TestInvitationsEqualTheTruth(t *testing.T) {
	f, w := whole()
	zone, err := comp.Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	otherDay := 0
	for _, k := range closes(w) {
		s, rows := union(t, f, w, k, "distribution_history", "distributionId", "contactId")
		last := map[string][]string{} // by contact, the row of the last message
		for _, row := range rows {
			if status := s.get(row, "status"); status == "Skipped" || status == "Blocked" {
				continue
			}
			contact := s.get(row, "contactId")
			if before, ok := last[contact]; !ok || s.get(before, "sentAt") < s.get(row, "sentAt") {
				last[contact] = row
			}
		}
		var exported, known []string
		for _, row := range last {
			sent, err := time.Parse(time.RFC3339, s.get(row, "sentAt"))
			if err != nil {
				t.Fatal(err)
			}
			day := comp.DateIn(sent.Unix(), zone)
			if day.String() != s.get(row, "sentAt")[:10] {
				otherDay++
			}
			exported = append(exported, fmt.Sprint(s.get(row, "agent_email"), day, s.get(row, "status") == "SurveyFinished"))
		}
		for _, i := range w.Invitations {
			if i.At(k) {
				known = append(known, fmt.Sprint(w.Logins[i.Login].Name, i.Sent, i.Finished))
			}
		}
		compare(t, "invitations", k, exported, known)
		if len(last) == len(rows) {
			t.Error("no reminders")
		}
	}
	if otherDay == 0 {
		t.Error("no invitation was sent on another day in Berlin than in UTC")
	}
}

func TestRosterEqualsTheTruth(t *testing.T) {
	f, w := whole()
	for _, k := range closes(w) {
		day, _ := w.CloseDates(w.Month(k))
		drop := "exports/" + day.String() + "/BambooHR "
		var exported, known []string
		s := table(t, f, drop+"Employment Status History.csv")
		for _, row := range s.rows {
			exported = append(exported, fmt.Sprint(s.get(row, "Employee #"), date(t, "01/02/2006", s.get(row, "Employment Status: Date")), s.get(row, "Employment Status")))
		}
		s = table(t, f, drop+"Job Information History.csv")
		for _, row := range s.rows {
			effective := date(t, "01/02/2006", s.get(row, "Job Information: Date"))
			if effective >= day {
				t.Errorf("the drop of %s knows what takes effect on %s", day, effective)
			}
			exported = append(exported, fmt.Sprint(s.get(row, "Employee #"), effective, s.get(row, "Department"), s.get(row, "Job Title"),
				s.get(row, "Reporting to: Employee #"), cents(t, s.get(row, "FTE")), s.get(row, "Division") == "Germany"))
		}
		s = table(t, f, drop+"Compensation History.csv")
		for _, row := range s.rows {
			exported = append(exported, fmt.Sprint(s.get(row, "Employee #"), date(t, "01/02/2006", s.get(row, "Compensation: Date")), s.get(row, "Pay rate"),
				s.get(row, "Pay rate - Currency code")))
		}
		s = table(t, f, drop+"Employees.csv")
		for _, row := range s.rows {
			exported = append(exported, fmt.Sprint(s.get(row, "Employee #"), s.get(row, "First Name"), s.get(row, "Last Name"), s.get(row, "Payroll #")))
		}
		for _, p := range w.People {
			there := false
			for _, x := range p.Status {
				if x.At(k) {
					known, there = append(known, fmt.Sprint(p.ID, x.Effective, x.Status)), true
				}
			}
			for _, x := range p.Jobs {
				if x.At(k) {
					known = append(known, fmt.Sprint(p.ID, x.Effective, x.Department, x.Title, x.Manager, x.FTE, p.Entity == "DE01"))
				}
			}
			for _, x := range p.Salaries {
				if x.At(k) {
					known = append(known, fmt.Sprint(p.ID, x.Effective, x.Rate, p.Currency))
				}
			}
			if there {
				known = append(known, fmt.Sprint(p.ID, p.First, p.Last, p.Payroll))
			}
		}
		compare(t, "roster", k, exported, known)
	}
}

func TestReferenceTablesEqualTheTruth(t *testing.T) {
	f, w := whole()
	var exported, known []string
	s := table(t, f, "reference/crosswalk.csv")
	for _, row := range s.rows {
		exported = append(exported, fmt.Sprint(row))
	}
	for _, l := range w.Logins {
		for _, o := range l.Owners {
			known = append(known, fmt.Sprint([]string{l.System, l.Name, w.People[o.Person].ID, o.From.String(), o.To.String()}))
		}
	}
	s = table(t, f, "reference/fx.csv")
	for _, row := range s.rows {
		exported = append(exported, fmt.Sprint(row))
	}
	for _, r := range w.Rates {
		known = append(known, fmt.Sprint([]string{r.Date.String(), string(r.From), string(r.To), r.Value.FloatString(6)}))
	}
	s = table(t, f, "reference/quotas.csv")
	for _, row := range s.rows {
		exported = append(exported, fmt.Sprint(s.get(row, "employee_id"), s.get(row, "from"), s.get(row, "to"), cents(t, s.get(row, "amount")), s.get(row, "currency")))
	}
	after := 0
	for _, q := range w.Quotas {
		if q.Month == w.Months {
			after++
		}
		month := comp.Month(w.First.AddMonths(q.Month))
		p := w.People[q.Person]
		known = append(known, fmt.Sprint(p.ID, month.Start.String(), (month.End-1).String(), q.Minor, p.Currency))
	}
	compare(t, "reference tables", 0, exported, known)
	if after == 0 || after*(w.Months+1) != len(w.Quotas) {
		t.Errorf("%d quotas for the month after the last, of %d: every seller has one, so that a preview holds nobody", after, len(w.Quotas))
	}
}

func TestEveryCaseIsPlanted(t *testing.T) {
	_, w := whole()
	for _, kind := range []string{truth.KindSplit, truth.KindLateSplit, truth.KindRefund, truth.KindLateDeal, truth.KindCorrection, truth.KindUnknownOwner,
		truth.KindTransfer, truth.KindLeaver, truth.KindRehire, truth.KindSharedLogin, truth.KindBackdated, truth.KindVanished, truth.KindEdge,
		truth.KindBoundary, truth.KindHostile} {
		c, ok := w.Case(kind)
		if !ok {
			t.Errorf("no %s", kind)
			continue
		}
		month, ok1 := w.Number(c.Month)
		known, ok2 := w.Number(c.Known)
		if !ok1 || !ok2 || known < month || len(c.Payees) == 0 {
			t.Errorf("%s: %+v", kind, c)
		}
	}
}

// found is a payee's entitlement at a close.
func found(t *testing.T, w *truth.World, close int, payee, component, month string) truth.Entitlement {
	t.Helper()
	for _, e := range w.Entitlements(close) {
		if e.Payee == payee && e.Component == component && e.Month == month {
			return e
		}
	}
	t.Fatalf("%s has no %s for %s at close %d", payee, component, month, close)
	return truth.Entitlement{}
}

// A case that becomes known later changes what its month is worth at that close, in the direction that it should.
func TestLateFactsMoveEarlierMonths(t *testing.T) {
	_, w := whole()
	for _, c := range []struct {
		kind, component, month string
		up                     bool
	}{
		{truth.KindRefund, "commission", "2025-04", false},
		{truth.KindLateDeal, "commission", "2025-07", true},
		{truth.KindCorrection, "commission", "2025-10", false},
		{truth.KindLateSplit, "commission", "2025-06", false},
	} {
		planted, _ := w.Case(c.kind)
		known, _ := w.Number(planted.Known)
		before := found(t, w, known-1, planted.Payees[0], c.component, c.month)
		after := found(t, w, known, planted.Payees[0], c.component, c.month)
		if (after.Amount > before.Amount) != c.up || after.Amount == before.Amount {
			t.Errorf("%s: %d before, %d after", c.kind, before.Amount, after.Amount)
		}
	}
	backdated, _ := w.Case(truth.KindBackdated)
	full := found(t, w, 8, backdated.Payees[0], "first_line", "2025-09").Target
	less := found(t, w, 9, backdated.Payees[0], "first_line", "2025-09").Target
	if full.FloatString(2) != "88.00" || less.FloatString(2) != "70.40" {
		t.Errorf("targets %s and %s, want 88.00 and 0.8 of it", full.FloatString(2), less.FloatString(2))
	}
}

func TestPlantedPeople(t *testing.T) {
	_, w := whole()
	last := w.Months - 1
	edge, _ := w.Case(truth.KindEdge)
	if e := found(t, w, last, edge.Payees[0], "new_business", "2025-06"); e.Value.Cmp(e.Quota) != 0 || e.Amount != 75000 {
		t.Errorf("value %s, quota %s, pay %d: want the quota exactly and 2.5 %% of 30,000.00", e.Value, e.Quota, e.Amount)
	}
	transfer, _ := w.Case(truth.KindTransfer)
	if e := found(t, w, last, transfer.Payees[0], "commission", "2025-05"); e.Days != 15 {
		t.Errorf("the transferred seller has %d days in Sales, want 15", e.Days)
	}
	if e := found(t, w, last, transfer.Payees[0], "response_rate", "2025-05"); e.Days != 16 {
		t.Errorf("and %d in Customer Service, want 16", e.Days)
	}
	leaver, _ := w.Case(truth.KindLeaver)
	if e := found(t, w, last, leaver.Payees[0], "commission", "2025-09"); e.Days != 19 {
		t.Errorf("the leaver has %d days, want 19", e.Days)
	}
	rehire, _ := w.Case(truth.KindRehire)
	if e := found(t, w, last, rehire.Payees[0], "first_line", "2025-10"); e.Days != 17 {
		t.Errorf("the rehired agent has %d days in October, want 17", e.Days)
	}
	for _, e := range w.Entitlements(last) {
		if e.Payee == rehire.Payees[0] && (e.Month == "2025-07" || e.Month == "2025-08") {
			t.Errorf("the rehired agent is paid for %s, when away", e.Month)
		}
		if e.Payee == leaver.Payees[0] && e.Month > "2025-09" {
			t.Errorf("the leaver is paid for %s", e.Month)
		}
	}
}

// Settling the unknown owner moves the pay of one payee, from that month on, and nobody else's.
func TestUnknownOwnerMovesOnePayee(t *testing.T) {
	_, w := whole()
	c, _ := w.Case(truth.KindUnknownOwner)
	settled := w.WithLogin("salesforce", c.Note, c.Payees[0])
	before, after := map[string]int64{}, map[string]int64{}
	for _, p := range w.Pay() {
		before[p.Payee+" "+p.Month] = p.Amount
	}
	for _, p := range settled.Pay() {
		after[p.Payee+" "+p.Month] = p.Amount
		if moved := p.Amount != before[p.Payee+" "+p.Month]; moved && (p.Payee != c.Payees[0] || p.Month < c.Month) {
			t.Errorf("%s moved in %s", p.Payee, p.Month)
		}
	}
	if key := c.Payees[0] + " " + c.Month; after[key] <= before[key] {
		t.Errorf("%s: %d before, %d after", key, before[key], after[key])
	}
	if len(after) != len(before) {
		t.Errorf("%d entries, then %d", len(before), len(after))
	}
	plain := Default()
	plain.Known = true
	_, without := generate(t, plain)
	if _, ok := without.Case(truth.KindUnknownOwner); ok {
		t.Error("Size.Known still plants an unknown owner")
	}
}

func TestPayIsSane(t *testing.T) {
	_, w := whole()
	employed := map[string]bool{}
	for _, p := range w.Pay() {
		if p.Currency != "EUR" && p.Currency != "USD" {
			t.Errorf("%+v", p)
		}
		if p.Amount < -500_000 || p.Amount > 2_000_000 {
			t.Errorf("a month's pay of %d for %s in %s", p.Amount, p.Payee, p.Month)
		}
		employed[p.Payee] = true
	}
	if len(employed) != len(w.People) {
		t.Errorf("%d people are paid something, want all %d", len(employed), len(w.People))
	}
	missing, capped, closed := 0, 0, 0
	for _, e := range w.Entitlements(w.Months - 1) {
		switch {
		case e.Value == nil:
			missing++
		case e.Component == "company_growth" && e.Exact.Cmp(e.Target) > 0:
			capped++
		case e.Component == "satisfaction" && e.Plan == "sales" && e.Amount == 0:
			closed++
		}
	}
	if missing == 0 || capped == 0 || closed == 0 {
		t.Errorf("%d neutral for too few answers, %d above target, %d closed gates: want some of each", missing, capped, closed)
	}
}
