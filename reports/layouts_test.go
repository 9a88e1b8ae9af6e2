package reports

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// paidBy is an outcome of one office whose people are paid amounts in cents; their ids, names and numbers are made up.
func paidBy(e comp.LegalEntity, minor ...int64) *comp.Result {
	e.ID, e.Currency = "US01", "USD"
	r := &comp.Result{Run: sampleRun(), Entities: []comp.LegalEntity{e}}
	names := []string{"Ada Lovelace", "Bob Mary Smith", "Cleo Smith"}
	for i, m := range minor {
		total := comp.Money{Minor: m, Currency: "USD"}
		r.Statements = append(r.Statements, comp.Statement{ID: "E" + names[i][:1], Payee: "E" + names[i][:1], Name: names[i], PayrollNumber: []string{"51", "417", "999999"}[i],
			Entity: "US01", PayCode: e.PayCode, Currency: "USD", Total: total, YearToDate: total})
	}
	return r
}

// TestADPRows: case GC-40. 150,000.00 does not fit one row; nor does a large sum below zero. Who gets nothing has no row.
func TestADPRows(t *testing.T) {
	adp := comp.LegalEntity{Payroll: "adp", CompanyCode: "ABC", PayCode: "C"}
	files := render(t, paidBy(adp, 15000000, 0, -9000000), Options{})
	want := "Co Code,Batch ID,File #,Earnings 3 Code,Earnings 3 Amount\r\n" +
		"ABC,202602,000051,C,99999.99\r\nABC,202602,000051,C,50000.01\r\n" +
		"ABC,202602,999999,C,-40500.00\r\nABC,202602,999999,C,-40500.00\r\nABC,202602,999999,C,-9000.00\r\n"
	if d := cmp.Diff(want, string(byPath(t, files, "payroll/US01/EPIABC02.csv"))); d != "" {
		t.Error(d)
	}
	control := string(byPath(t, files, "payroll/US01/pay-2026-02.control"))
	if !strings.Contains(control, sum256([]byte(want))+"  EPIABC02.csv\n") {
		t.Errorf("the control file does not name it:\n%s", control)
	}
}

// TestGustoNoZero: case GC-40. A zero would overwrite what was keyed in: who is paid nothing has no row, and no cell is 0.
func TestGustoNoZero(t *testing.T) {
	files := render(t, paidBy(comp.LegalEntity{Payroll: "gusto"}, 15000000, 0, 120050), Options{})
	want := "last_name,first_name,gusto_employee_id,commission\nLovelace,Ada,51,150000.00\nSmith,Cleo,999999,1200.50\n"
	if d := cmp.Diff(want, string(byPath(t, files, "payroll/US01/gusto-2026-02.csv"))); d != "" {
		t.Error(d)
	}
}

// TestLayoutsRefuse: what a payroll system would book wrongly is not written.
func TestLayoutsRefuse(t *testing.T) {
	adp := comp.LegalEntity{Payroll: "adp", CompanyCode: "ABC", PayCode: "C"}
	for _, x := range []struct {
		want   string
		entity comp.LegalEntity
		change func(r *comp.Result)
	}{
		{`payroll file of US01: the company code "AB", expected three characters`, comp.LegalEntity{Payroll: "adp", CompanyCode: "AB", PayCode: "C"}, nil},
		{`payroll file of US01: the pay code "COMM", expected one or two characters`, comp.LegalEntity{Payroll: "adp", CompanyCode: "ABC", PayCode: "COMM"}, nil},
		{`payroll file of US01: the payroll number "50" of EA, expected a file number from 51 to 999999`, adp, func(r *comp.Result) { r.Statements[0].PayrollNumber = "50" }},
		{`payroll file of US01: the payroll number "E-1" of EA, expected a file number from 51 to 999999`, adp, func(r *comp.Result) { r.Statements[0].PayrollNumber = "E-1" }},
		{`payroll file of US01: the name "Ada" of EA, expected a first and a last name`, comp.LegalEntity{Payroll: "gusto"}, func(r *comp.Result) { r.Statements[0].Name = "Ada" }},
		{`payroll file of US01: EA and EB have one name, Bob Mary Smith, and one payroll number`, comp.LegalEntity{Payroll: "gusto"},
			func(r *comp.Result) { r.Statements[0].Name, r.Statements[0].PayrollNumber = "Bob Mary Smith", "417" }},
	} {
		r := paidBy(x.entity, 100, 200)
		if x.change != nil {
			x.change(r)
		}
		err := Render(r, Options{}, func(File) error { return nil })
		if err == nil || err.Error() != x.want {
			t.Errorf("%v, want %s", err, x.want)
		}
	}
}

// TestWaivedIsKeyedInByHand: whom the system does not take has no row there when somebody waived it; everybody else has theirs,
// and the neutral file has all.
func TestWaivedIsKeyedInByHand(t *testing.T) {
	for _, x := range []struct {
		entity     comp.LegalEntity
		path, want string
		change     func(s *comp.Statement)
	}{
		{comp.LegalEntity{Payroll: "adp", CompanyCode: "ABC", PayCode: "C"}, "EPIABC02.csv",
			"Co Code,Batch ID,File #,Earnings 3 Code,Earnings 3 Amount\r\nABC,202602,000417,C,2.00\r\n", func(s *comp.Statement) { s.PayrollNumber = "50" }},
		{comp.LegalEntity{Payroll: "gusto"}, "gusto-2026-02.csv", "last_name,first_name,gusto_employee_id,commission\nSmith,Bob Mary,417,2.00\n", func(s *comp.Statement) { s.Name = "Ada" }},
	} {
		r := paidBy(x.entity, 100, 200)
		x.change(&r.Statements[0])
		r.Findings = append(r.Findings, comp.Finding{Code: "payroll_cannot_take", Reach: comp.ReachPayee, Payee: "EA", Waived: "keyed in, by Ann"})
		files := render(t, r, Options{})
		if d := cmp.Diff(x.want, string(byPath(t, files, "payroll/US01/"+x.path))); d != "" {
			t.Error(d)
		}
		if neutral := string(byPath(t, files, "payroll/US01/pay-2026-02.csv")); !strings.Contains(neutral, "EA") {
			t.Errorf("%s: the neutral file has no EA:\n%s", x.path, neutral)
		}
		r.Findings[len(r.Findings)-1].Waived = ""
		if err := Render(r, Options{}, func(File) error { return nil }); err == nil {
			t.Errorf("%s: written though nobody waived it", x.path)
		}
	}
}

// TestAlikeAreKeyedInByHand: two people of one name and, by a waiver, one payroll number cannot be told apart by Gusto: neither has a
// row there, both have theirs in the neutral file. Of different names each has a row. Without the waiver nothing is written.
func TestAlikeAreKeyedInByHand(t *testing.T) {
	for _, x := range []struct{ name, want string }{
		{"Bob Mary Smith", "last_name,first_name,gusto_employee_id,commission\n"},
		{"Ann Smith", "last_name,first_name,gusto_employee_id,commission\nSmith,Ann,417,1.00\nSmith,Bob Mary,417,2.00\n"},
	} {
		r := paidBy(comp.LegalEntity{Payroll: "gusto"}, 100, 200)
		r.Statements[0].Name, r.Statements[0].PayrollNumber = x.name, "417"
		for _, payee := range []string{"EA", "EB"} {
			r.Findings = append(r.Findings, comp.Finding{Code: "payroll_number_twice", Reach: comp.ReachPayee, Payee: payee, Waived: "twins of one office, by Ann"})
		}
		files := render(t, r, Options{})
		if d := cmp.Diff(x.want, string(byPath(t, files, "payroll/US01/gusto-2026-02.csv"))); d != "" {
			t.Errorf("%s: %s", x.name, d)
		}
		if neutral := string(byPath(t, files, "payroll/US01/pay-2026-02.csv")); !strings.Contains(neutral, "EA") || !strings.Contains(neutral, "EB") {
			t.Errorf("%s: the neutral file lacks somebody:\n%s", x.name, neutral)
		}
	}
}

// TestCorrectionsFile: one row per correction, with what was posted and what is due; its sum is that of the lines.
func TestCorrectionsFile(t *testing.T) {
	r := paidBy(comp.LegalEntity{}, 0)
	usd := func(minor int64) comp.Money { return comp.Money{Minor: minor, Currency: "USD"} }
	line := func(cause string, before, after int64) comp.Line {
		return comp.Line{Kind: comp.TrueUp, Plan: "sales", Component: "commission", Cause: cause, For: jan, Before: usd(before), After: usd(after), Amount: usd(after - before),
			Working: "Correction for " + cause + ": it was, so it is; January 2026 as known now"}
	}
	r.Statements[0].Lines = []comp.Line{line("late data", 10000, 13000), line("refund", 13000, 12500), {Kind: comp.Earning, Amount: usd(500), For: feb}}
	files := render(t, r, Options{})
	want := "employee_id,period_corrected,plan,component,cause,posted,now,difference,currency,reason\n" +
		"EA,2026-01,sales,commission,late data,100.00,130.00,30.00,USD,\"Correction for late data: it was, so it is\"\n" +
		"EA,2026-01,sales,commission,refund,130.00,125.00,-5.00,USD,\"Correction for refund: it was, so it is\"\n"
	if d := cmp.Diff(want, string(byPath(t, files, "payroll/US01/corrections-2026-02.csv"))); d != "" {
		t.Error(d)
	}
	if control := string(byPath(t, files, "payroll/US01/pay-2026-02.control")); !strings.Contains(control, "# corrections USD 25.00\n") {
		t.Errorf("the control file does not say 25.00:\n%s", control)
	}
	r.Statements[0].Lines = nil
	for _, f := range render(t, r, Options{}) {
		if strings.Contains(f.Path, "corrections") {
			t.Errorf("nothing was corrected, and there is %s", f.Path)
		}
	}
}

// TestCostsFile: the accountants' file stands where a plan accounts for costs, and only there.
func TestCostsFile(t *testing.T) {
	r := paidBy(comp.LegalEntity{}, 0)
	r.Costs = []comp.CostEntry{{Payee: "EA", Component: "commission", Deal: "=D1", Month: "2026-10", Kind: "amortised", Amount: comp.Money{Minor: 10000, Currency: "USD"}}}
	want := "employee_id,component,deal,month,kind,amount,currency\nEA,commission,'=D1,2026-10,amortised,100.00,USD\n"
	if d := cmp.Diff(want, string(byPath(t, render(t, r, Options{}), "audit/tables/costs.csv"))); d != "" {
		t.Error(d)
	}
	r.Costs = nil
	for _, f := range render(t, r, Options{}) {
		if strings.Contains(f.Path, "costs") {
			t.Errorf("nothing is accounted for, and there is %s", f.Path)
		}
	}
}

// balanced is the sample with accounts, pay in kind, legal rules and exclusions.
func balanced() *comp.Result {
	r := sample()
	s := &r.Statements[0]
	s.Balances = []comp.Balance{
		{Account: "draw", Plan: "sales", Component: "draw", Title: "Draw", Open: eur(80000), In: eur(60000), Out: eur(0), WrittenOff: eur(0), Close: eur(140000)},
		{Account: "hold", Plan: "sales", Component: "commission:hold", Title: "Commission on delivered deals, hold", Open: eur(0), In: eur(800000), Out: eur(600000), WrittenOff: eur(0),
			Close: eur(200000), Reasons: []string{"waits until 2026-05-11", "csat_below_bar"}}}
	for _, b := range s.Balances {
		r.Balances = append(r.Balances, comp.PayeeBalance{Payee: s.Payee, Name: s.Name, Entity: s.Entity, Balance: b})
	}
	r.Balances = append(r.Balances, comp.PayeeBalance{Payee: "E009", Name: "Left long ago", Entity: "DE01", Balance: comp.Balance{Account: "hold", Plan: "sales",
		Component: "commission:hold", Open: eur(5050), In: eur(0), Out: eur(0), WrittenOff: eur(0), Close: eur(5050)}})
	s.InKind = []comp.InKind{{What: "Weekend for two", Clause: "8", Value: eur(10000), Gross: eur(14215)}}
	s.Lines = append(s.Lines, comp.Line{Number: 4, Kind: comp.DrawLine, Plan: "sales", Component: "draw", Clause: "7.1", Title: "Draw", For: feb, Exact: amt("600", "EUR"), Amount: eur(60000),
		Working: "Draw of 1,000.00 EUR, earned 400.00 EUR: 600.00 EUR are advanced; advanced so far 800.00 EUR + 600.00 EUR = 1,400.00 EUR"})
	s.Total.Minor += 60000
	r.Legal = []comp.LegalCheck{{Entity: "DE01", State: "not configured"}, {Rule: "us_minimum", Entity: "US01", State: "applied"}}
	r.Exclusions = []comp.Exclusion{{Table: "salesforce.deals", Reason: "where", Clause: `delivered_revenue: stage == "won"`, Rows: 30, Sums: []comp.Amount{amt("81750", "EUR")}}}
	return r
}

// TestBalancesOnStatement: each account opens and closes on the statement, with what it waits for; pay in kind stands by
// itself; a line of an account asks nobody to look for rows.
func TestBalancesOnStatement(t *testing.T) {
	files := render(t, balanced(), all())
	text := strings.Join(pages(t, byPath(t, files, "people/E001/statement-2026-02.pdf")), "\n")
	squeezed := strings.Join(strings.Fields(text), " ")
	for _, want := range []string{
		"Account Opening In Out Written off Closing", "Advanced, to be recovered 800.00 EUR 600.00 EUR 0.00 EUR 0.00 EUR 1,400.00 EUR", "waits until 2026-05-11; csat_below_bar",
		"0.00 EUR 8,000.00 EUR 6,000.00 EUR 0.00 EUR 2,000.00 EUR", "Weekend for two 8 100.00 EUR 142.15 EUR",
		"Draw of 1,000.00 EUR, earned 400.00 EUR: 600.00 EUR are advanced",
	} {
		if !strings.Contains(squeezed, want) {
			t.Errorf("the statement lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(squeezed, "--line 4") {
		t.Error("the draw's line asks to look for rows behind it")
	}
	certificate := string(byPath(t, files, "audit/run.txt"))
	for _, want := range []string{"\nLEGAL RULES (rule, legal entity, state)\n", "us_minimum  US01  applied\n", "-           DE01  not configured\n",
		"\nBALANCES: open + in - out - written off = close; open is the close of the month before\n",
		"draw     EUR            1  800.00    600.00      0.00         0.00  1,400.00\n",
		"hold     EUR            2   50.50  8,000.00  6,000.00         0.00  2,050.50\n",
		"salesforce.deals  30  81,750.00 EUR  where  delivered_revenue: stage == \"won\"\n"} {
		if !strings.Contains(certificate, want) {
			t.Errorf("the certificate lacks %q:\n%s", want, certificate)
		}
	}
}
