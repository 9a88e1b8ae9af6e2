package reports

import (
	"fmt"

	"carrot/transform/comp"
)

// The sample is an outcome with everything in it that a statement or a workbook may meet: two months of two offices,
// currencies of none, two and three digits, a held payee, a held row, true-ups, a release, an adjustment, a waiver, 200
// credits, sealed answers, missing values, hostile text, and names in several scripts. Its numbers are written by hand.

func num(s string) comp.Number {
	n, err := comp.ParseExact(s)
	if err != nil {
		panic(err)
	}
	return n
}

func ptr(s string) *comp.Number { n := num(s); return &n }

func eur(minor int64) comp.Money { return comp.Money{Minor: minor, Currency: "EUR"} }

func amt(s string, c comp.Currency) comp.Amount { return comp.Amount{Number: num(s), Currency: c} }

func amtPtr(s string, c comp.Currency) *comp.Amount { a := amt(s, c); return &a }

func month(s string) comp.Period {
	p, err := comp.ParseMonth(s)
	if err != nil {
		panic(err)
	}
	return p
}

const sha = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

var (
	feb, jan  = month("2026-02"), month("2026-01")
	salesPlan = comp.NamedDigest{Name: "sales", Version: "2025.1", Digest: sha}
	carePlan  = comp.NamedDigest{Name: "service", Version: "3", Digest: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"}
)

func sampleRun() comp.RunFacts {
	return comp.RunFacts{ID: "QXN3K5VJ2M7TSE4LRZPAH6WBYD", Kind: comp.Close, Period: feb, PayDate: comp.Day(2026, 3, 25),
		Business: comp.Day(2026, 3, 3), KnownAt: comp.Day(2026, 3, 3), Program: "carrot 0.1.0", RequestDigest: sha,
		Measures: []comp.NamedDigest{{Name: "delivered_revenue", Version: "1", Digest: sha}, {Name: "csat", Version: "2", Digest: sha}},
		Plans:    []comp.NamedDigest{salesPlan, carePlan},
		Inputs: []comp.NamedDigest{{Name: "pull salesforce.deals 14", Digest: sha}, {Name: "pull zendesk.tickets 14", Digest: sha},
			{Name: "config/carrot.yaml", Digest: sha}, {Name: "waivers.csv", Digest: sha}, {Name: "fonts", Digest: FontDigest()}}}
}

func sample() *comp.Result {
	r := &comp.Result{Run: sampleRun(), Company: "Nordlicht Instruments",
		Question: "Write to payroll@nordlicht.example with the line number within 30 days of the pay date.",
		Entities: []comp.LegalEntity{{ID: "DE01", Name: "Nordlicht Instruments GmbH", Country: "DE", Currency: "EUR", PayCode: "3100"},
			{ID: "JP01", Name: "ノルトリヒト株式会社", Country: "JP", Currency: "JPY", PayCode: "V1"},
			{ID: "KW01", Name: "Nordlicht Kuwait W.L.L.", Country: "KW", Currency: "KWD", PayCode: "VP"},
			{ID: "US01", Name: "Nordlicht Instruments Inc.", Country: "US", Currency: "USD", PayCode: "COMM"}}}
	sampleFindings(r)
	var credits []comp.Credit
	r.Statements = append(r.Statements, sellerStatement(r, &credits), serviceStatement(r, &credits), heldStatement(), refundStatement(r))
	r.Credits, r.Sealed = comp.ListCredits(credits), []string{"qualtrics.pulse"}
	r.Statements[0].Lines[0].Credits = creditsWhere(r, "E001", func(c *comp.Credit) bool { return c.Measure == "delivered_revenue" && c.Period == feb })
	r.Statements[0].Lines[1].Credits = creditsWhere(r, "E001", func(c *comp.Credit) bool { return c.Table == "billing.refunds" })
	r.Statements[1].Lines[0].Credits = creditsWhere(r, "E002", func(*comp.Credit) bool { return true })
	r.Statements = append(r.Statements, smallStatements()...)
	r.Controls = []comp.Control{{Table: "salesforce.deals", Parts: []comp.ControlPart{
		{Name: "in", Rows: 1240, Sums: []comp.Amount{amt("1234567.50", "EUR"), amt("20500", "USD")}},
		{Name: "paid", Rows: 203, Sums: []comp.Amount{amt("234567.50", "EUR"), amt("500", "USD")}},
		{Name: "held", Rows: 1, Sums: []comp.Amount{amt("118250", "EUR")}},
		{Name: "excluded", Rows: 30, Sums: []comp.Amount{amt("81750", "EUR")}},
		{Name: "exception", Rows: 1}, {Name: "other periods", Rows: 1000, Sums: []comp.Amount{amt("800000", "EUR"), amt("20000", "USD")}},
		{Name: "superseded", Rows: 5}}},
		{Table: "zendesk.tickets", Parts: []comp.ControlPart{{Name: "in", Rows: 90}, {Name: "paid", Rows: 88}, {Name: "held", Rows: 1}}}}
	r.Expectations = []comp.Expectation{{Name: "head count", Want: "60", Got: "60", Met: true}, {Name: "invoiced", Want: "123456.78", Got: "123456.77"}}
	return r
}

// creditsWhere are the numbers of some of a payee's credits.
func creditsWhere(r *comp.Result, payee string, is func(*comp.Credit) bool) (out []int) {
	_ = r.Credits.Each(payee, func(i int, c *comp.Credit) error { // in memory
		if is(c) {
			out = append(out, i)
		}
		return nil
	})
	return out
}

func sampleFindings(r *comp.Result) {
	deal := comp.Origin{File: sha, Name: "exports/2026-03-03/Deals closed 2026-02.csv", Pos: 8123}
	owner := comp.Finding{Code: "unknown_owner", Reach: comp.ReachRow, Table: "salesforce.deals", Key: "006D000000Kx9", Column: "owner_login",
		Text: "m.nobody@nordlicht.example", Message: `owner "m.nobody@nordlicht.example" is no login of salesforce on 2026-02-14`,
		Hint: "add the login to the crosswalk from 2026-02-14, or waive the finding", Origin: deal, Line: 77, Col: 31}
	login := comp.Finding{Code: "payee_without_login", Reach: comp.ReachPayee, Table: "reference.crosswalk", Payee: "E003",
		Message: "E003 has no login of zendesk on any day of 2026-02-01..2026-02-28, but the plan service pays on csat",
		Hint:    "add the login to reference.crosswalk"}
	bad := comp.Finding{Code: "bad_number", Reach: comp.ReachRow, Table: "salesforce.deals", Key: "006D000000Kz2", Column: "amount", Text: "1,005",
		Message: `"1,005" is 1005 or 1.005: a plain number was expected`, Hint: `declare thousands: "," or decimal: ","`, Origin: deal, Line: 80, Col: 12,
		Waived: "K. Vogt: test deal"}
	hostile := comp.Finding{Code: "hostile", Table: "salesforce.deals", Key: "=cmd|'/C calc'!A0", Column: "name", Text: "@SUM(1+1)*cmd|' /C calc'!A0",
		Message: "+formula", Hint: "-1+1", Origin: deal}
	r.Findings = []comp.Finding{owner, login, bad, hostile}
	r.Held = []comp.Held{{Kind: "row", Table: "salesforce.deals", Key: "006D000000Kx9", Label: "Aurora Labs · Microscopes", Amount: "118250 EUR",
		Findings: []string{owner.ID()}, Reason: "its owner is not known"},
		{Kind: "row", Payee: "E001", Name: "Jana Krüger", Table: "salesforce.deals", Key: "006D000000Kz2", Label: "=HYPERLINK(\"http://x\")", Amount: "1005.5 EUR",
			Findings: []string{bad.ID()}, Reason: "amount is ambiguous"},
		{Kind: "payee", Payee: "E003", Name: "Юлия Ковалёва", Amount: "310 EUR", Findings: []string{login.ID()}, Reason: "no login in zendesk"}}
	r.Waivers = []comp.Waiver{{Finding: bad.ID(), Reason: "test deal", By: "K. Vogt", Until: comp.Day(2026, 6, 30)}}
	r.Adjustments = []comp.Adjustment{{ID: "A-17", Payee: "E001", Period: "2026-02", Amount: eur(-5000), Reason: "Advance of January recovered, as agreed",
		Evidence: "mail of 2026-02-20", By: "K. Vogt"}}
}

// sellerStatement has 200 credits, a true-up, an adjustment and a month before.
func sellerStatement(r *comp.Result, credits *[]comp.Credit) comp.Statement {
	for i := range 200 {
		share, credited := "1", fmt.Sprintf("%d.25", 300+i)
		if k := i % 7; k == 3 || k == 5 {
			share, credited = "1/2", fmt.Sprintf("%d/8", (300+i)*4+1)
		}
		*credits = append(*credits, comp.Credit{Payee: "E001", Measure: "delivered_revenue", Table: "salesforce.deals", Key: fmt.Sprintf("006D00000%04d", i),
			Date: comp.Day(2026, 2, 1+i%28), Label: fmt.Sprintf("Customer %d · Spectrometer", i), Value: amt(fmt.Sprintf("%d.25", 300+i), "EUR"), Share: num(share),
			Credited: amt(credited, "EUR"), Period: feb, Origin: comp.Origin{File: sha, Name: "exports/2026-03-03/Deals closed 2026-02.csv", Pos: int64(100 * i)}, Line: i + 2})
	}
	*credits = append(*credits, comp.Credit{Payee: "E001", Measure: "delivered_revenue", Table: "billing.refunds", Key: "R-5", Date: comp.Day(2026, 1, 12),
		Label: "Refund · \"Helios, Inc.\" · lamp", Value: amt("-2500", "EUR"), Share: num("1"), Credited: amt("-2500", "EUR"), Period: jan,
		Origin: comp.Origin{File: sha, Name: "exports/2026-03-03/refunds.csv", Pos: 40}, Line: 3})
	commission := comp.ComponentResult{Plan: "sales", Component: "commission", Title: "Commission on delivered deals", Clause: "2.1", Measure: "delivered_revenue",
		MeasureTitle: "Delivered revenue", Unit: "money", Digits: 2, Period: feb, Value: ptr("74152.333"), N: 200, Quota: amtPtr("50000", "EUR"), Attainment: ptr("1.48304666"),
		Rate: "4 % up to 100 % of quota, 6 % above", Exact: amt("3449.13998", "EUR"), Amount: eur(344914), Working: []string{
			"200 deals delivered in February 2026, 74,152.33 EUR credited to you.",
			"Quota 50,000.00 EUR for the month, 28 of 28 days on the plan.",
			"50,000.00 EUR at 4 % is 2,000.00 EUR; 24,152.333 EUR at 6 % is 1,449.13998 EUR.",
			"Together 3,449.13998 EUR, rounded half away from zero to 3,449.14 EUR."},
		Next: &comp.Next{Missing: amt("25847.667", "EUR"), Pays: "what is above it pays 8 %", Until: comp.Day(2026, 12, 31)}}
	shown := comp.ComponentResult{Plan: "sales", Component: "csat", Title: "Customer satisfaction", Clause: "2.4", Measure: "csat", MeasureTitle: "Satisfied share",
		Unit: "share", Digits: 1, Period: feb, Value: ptr("9/11"), N: 11, Shown: true, Working: []string{"9 of 11 answers were Good."}}
	for i := range 11 {
		*credits = append(*credits, comp.Credit{Payee: "E001", Measure: "csat", Table: "qualtrics.pulse", Key: fmt.Sprintf("SECRET-%d", i), Label: "secret words",
			Date: comp.Day(2026, 2, 3), Value: amt("1", ""), Share: num("1"), Credited: amt("1", ""), Hit: i < 9, Period: feb, Sealed: true,
			Origin: comp.Origin{File: sha, Name: "secret-file.csv", Pos: int64(i)}, Line: 9})
	}
	r.Scorecards = append(r.Scorecards, comp.Score{Payee: "E001", Period: feb, Plan: "sales", Component: "commission", Measure: "delivered_revenue", N: 200,
		Value: ptr("74152.333"), Unit: "money", Quota: ptr("50000"), Attainment: ptr("1.48304666"), PlanDigest: sha},
		comp.Score{Payee: "E001", Period: feb, Plan: "sales", Component: "csat", Measure: "csat", N: 11, Value: ptr("9/11"), Unit: "share", PlanDigest: sha})
	return comp.Statement{ID: "E001:2026-02", Payee: "E001", Name: "Jana Krüger", PayrollNumber: "100417", Entity: "DE01", PayCode: "3100", Department: "Sales",
		Job: "Account Executive", Manager: "Dr. Élise Fournier-Østergård", Currency: "EUR", BasePay: "5,400.00 EUR a month",
		Components: []comp.ComponentResult{commission, shown},
		Lines: []comp.Line{
			{Number: 1, Kind: comp.Earning, Plan: "sales", Component: "commission", Clause: "2.1", Title: "Commission on delivered deals", For: feb,
				Exact: amt("3449.13998", "EUR"), Amount: eur(344914), Working: "50,000.00 at 4 % + 24,152.333 at 6 % = 3,449.13998", Series: "s1"},
			{Number: 2, Kind: comp.TrueUp, Plan: "sales", Component: "commission", Clause: "2.1", Title: "Commission on delivered deals", For: jan, Cause: "refund",
				Exact: amt("-100", "EUR"), Amount: eur(-10000), Working: "January now 1,260.00 EUR, posted 1,360.00 EUR: refund R-5 of 2,500.00 EUR at 4 %"},
			{Number: 3, Kind: comp.AdjustmentLine, Title: "Adjustment A-17", For: feb, Exact: amt("-50", "EUR"), Amount: eur(-5000), Working: "Advance of January recovered, as agreed"}},
		Total: eur(329914), YearToDate: eur(465914), Plans: []comp.NamedDigest{salesPlan},
		Previous: &comp.PreviousStatement{Period: jan, Total: eur(136000), ByComponent: []comp.ComponentDelta{
			{Component: "commission", Title: "Commission on delivered deals", Before: eur(136000), Now: eur(344914)}}}}
}

// serviceStatement is paid on ratings with a target, a gate and a measure without a value.
func serviceStatement(r *comp.Result, credits *[]comp.Credit) comp.Statement {
	quarter := comp.Period{Start: comp.Day(2025, 12, 1), End: comp.Day(2026, 3, 1)}
	for i := range 6 {
		*credits = append(*credits, comp.Credit{Payee: "E002", Measure: "csat_tickets", Table: "zendesk.tickets", Key: fmt.Sprint(90210 + i), Date: comp.Day(2026, 1, 4+i),
			Label: "=cmd|'/C calc'!A0", Value: amt("1", ""), Share: num("1"), Credited: amt("1", ""), Hit: i != 2, Period: quarter,
			Origin: comp.Origin{File: sha, Name: "exports/2026-03-03/tickets.csv", Pos: int64(i)}, Line: i + 4})
	}
	r.Scorecards = append(r.Scorecards, comp.Score{Payee: "E002", Period: quarter, Plan: "service", Component: "csat", Measure: "csat_tickets", N: 6, Value: ptr("5/6"),
		Unit: "share", Quota: ptr("0.9"), Attainment: ptr("25/27"), PlanDigest: carePlan.Digest, Estimate: sixRatings()})
	r.Definitions = []comp.Definition{{Measure: "csat_tickets", Title: "Satisfied share", Version: "2", Digest: sha, Unit: "share", Digits: 1, Changed: "2026-01",
		Prior: "pulled toward 34 of 40, as if so many more had answered: the fewer answers, the more"}, {Measure: "nps", Title: "Mean recommendation", Version: "1", Digest: sha, Unit: "score", Digits: 2}}
	return comp.Statement{ID: "E002:2026-02", Payee: "E002", Name: "Nguyễn Thị Minh Khai-Papadopoulou Παπαδοπούλου von und zu Hohenzollern-Sigmaringen",
		PayrollNumber: "=100418", Entity: "DE01", PayCode: "3100", Department: "Customer Service", Job: "Team lead", Manager: "Юлия Ковалёва", Currency: "EUR",
		Components: []comp.ComponentResult{
			{Plan: "service", Component: "csat", Title: "Customer satisfaction", Clause: "4", Measure: "csat_tickets", MeasureTitle: "Satisfied share", Unit: "share", Digits: 1,
				Period: quarter, Value: ptr("5/6"), N: 6, Quota: amtPtr("0.9", ""), Attainment: ptr("25/27"), Target: amtPtr("300", "EUR"), Rate: "factor 0.9753, between 85 % and 95 % of quota",
				Exact: amt("79000/270", "EUR"), Amount: eur(29259), Working: []string{"5 of 6 ratings were Good.", "83.3 % against 90 %: attainment 92.59 %."}, Estimate: sixRatings()},
			{Plan: "service", Component: "nps", Title: "Recommendation", Clause: "5", Measure: "nps", MeasureTitle: "Mean recommendation", Unit: "score", Digits: 2, Period: feb, N: 2,
				Target: amtPtr("100", "EUR"), Rate: "neutral: fewer than 5 answers", Exact: amt("100", "EUR"), Amount: eur(10000), Working: []string{"2 answers are fewer than 5: the target is paid."}}},
		Lines: []comp.Line{
			{Number: 1, Kind: comp.Earning, Plan: "service", Component: "csat", Clause: "4", Title: "Customer satisfaction", For: feb, Exact: amt("79000/270", "EUR"), Amount: eur(29259), Working: "300.00 × 0.9753"},
			{Number: 2, Kind: comp.Earning, Plan: "service", Component: "nps", Clause: "5", Title: "Recommendation", For: feb, Exact: amt("100", "EUR"), Amount: eur(10000), Working: "neutral"},
			{Number: 3, Kind: comp.ReleaseLine, Plan: "service", Component: "csat", Clause: "4", Title: "Customer satisfaction", For: jan, Exact: amt("12.5", "EUR"), Amount: eur(1250), Working: "held in January, settled on 2026-02-20"}},
		Lists: sampleLists(), Contribution: "You are the voice that customers hear when something does not work.",
		Total: eur(40509), YearToDate: eur(40509), Plans: []comp.NamedDigest{carePlan, salesPlan}}
}

// sixRatings is Wilson's interval of 5 of 6, worked out by hand: the centre is .703222, half of its width .266726.
func sixRatings() *comp.Estimate {
	return &comp.Estimate{Method: "wilson", Level: num("0.95"), Low: ptr("0.436496"), High: ptr("0.969948")}
}

func sampleLists() []comp.List {
	return []comp.List{{ID: "open", Title: "Unhappy and not yet called", Section: "at_risk", Columns: []string{"Customer", "Score", "Said"}, More: 3,
		Rows: [][]string{{"Aurora Labs", "3", "=HYPERLINK(\"http://x\") the microscope came without its lens, and nobody called us back for nine days although we wrote four times"}, {"Borealis AG", "5", ""}}},
		{ID: "promoters", Title: "Happy customers to call", Section: "promoters", Columns: []string{"Customer", "Score"}, Rows: [][]string{{"Cirrus SA", "10"}}},
		{ID: "said", Title: "In their words", Section: "feedback", Columns: []string{"Customer", "Said"}, Rows: [][]string{{"Cirrus SA", "Khai solved it in one call."}}},
		{ID: "thanks", Title: "Thanks from colleagues", Section: "recognition", Columns: []string{"On", "From", "For"}, Rows: [][]string{{"2026-02-10", "Jana Krüger", "helping with Aurora Labs"}}}}
}

func heldStatement() comp.Statement {
	login := comp.Finding{Code: "payee_without_login", Table: "reference.crosswalk", Payee: "E003"}
	return comp.Statement{ID: "E003:2026-02", Payee: "E003", Name: "Юлия Ковалёва", Entity: "DE01", PayCode: "3100", Department: "Customer Service", Currency: "EUR",
		Components: []comp.ComponentResult{{Plan: "service", Component: "csat", Title: "Customer satisfaction", Clause: "4", Measure: "csat_tickets", MeasureTitle: "Satisfied share",
			Unit: "share", Digits: 1, Period: feb, Target: amtPtr("310", "EUR"), Exact: amt("310", "EUR"), Amount: eur(31000), Held: []string{login.ID()}}},
		Total: eur(0), HeldTotal: eur(31000), YearToDate: eur(52000), HeldFor: []string{login.ID()}, Plans: []comp.NamedDigest{carePlan},
		Previous: &comp.PreviousStatement{Period: jan, Total: eur(52000), ByComponent: []comp.ComponentDelta{{Component: "csat", Title: "Customer satisfaction", Before: eur(52000), Now: eur(0)}}}}
}

// refundStatement owes money: its total is below zero.
func refundStatement(r *comp.Result) comp.Statement {
	usd := comp.Money{Minor: -1234567, Currency: "USD"}
	return comp.Statement{ID: "U001:2026-02", Payee: "U001", Name: "Robert O'Neil \"Bob\" Smith", PayrollNumber: "+55", Entity: "US01", PayCode: "COMM", Currency: "USD", Job: "=1+1",
		Lines: []comp.Line{{Number: 1, Kind: comp.TrueUp, Plan: "sales", Component: "commission", Clause: "2.1", Title: "Commission", For: jan, Cause: "reassignment",
			Exact: amt("-12345.67", "USD"), Amount: usd, Working: "-12,345.67 USD: the deal is now U002's"}},
		Total: usd, YearToDate: usd, Plans: []comp.NamedDigest{salesPlan},
		Previous: &comp.PreviousStatement{Period: jan, Total: comp.Money{Minor: 1234567, Currency: "USD"}}}
}

// smallStatements are in currencies without minor digits and with three, one of them with nothing in it.
func smallStatements() []comp.Statement {
	yen, dinar := comp.Money{Minor: 123456789, Currency: "JPY"}, comp.Money{Minor: 1234567, Currency: "KWD"}
	pool := func(m comp.Money) []comp.ComponentResult {
		return []comp.ComponentResult{{Plan: "sales", Component: "bonus", Title: "Company bonus", Clause: "9", Measure: "bookings", MeasureTitle: "Bookings", Unit: "count", Period: feb,
			Value: ptr("1200"), N: 1200, Quota: amtPtr("240", ""), Attainment: ptr("5"), Exact: m.Amount(), Amount: m, Working: []string{"1,200 bookings against 240."}}}
	}
	line := func(m comp.Money) []comp.Line {
		return []comp.Line{{Number: 1, Kind: comp.Earning, Plan: "sales", Component: "bonus", Clause: "9", Title: "Company bonus", For: feb, Exact: m.Amount(), Amount: m, Working: "five times"}}
	}
	return []comp.Statement{
		{ID: "J001:2026-02", Payee: "J001", Name: "山田 太郎 😀", PayrollNumber: "J-1", Entity: "JP01", PayCode: "V1", Currency: "JPY", Components: pool(yen), Lines: line(yen), Total: yen, YearToDate: yen},
		{ID: "K001:2026-02", Payee: "K001", Name: "יוסי כהן (Yossi)", PayrollNumber: "K-1", Entity: "KW01", PayCode: "VP", Currency: "KWD", Components: pool(dinar), Lines: line(dinar), Total: dinar, YearToDate: dinar},
		{ID: "K002:2026-02", Payee: "K002", Name: "Nobody Yet", Entity: "KW01", Currency: "KWD", Total: comp.Money{Currency: "KWD"}, YearToDate: comp.Money{Currency: "KWD"}},
	}
}
