package transform

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// unclear is a company with one thing wrong, and what is found and paid. Ada and Bob sold 1,000.00 EUR each in January and
// are paid 10 %.
type unclear struct {
	name     string
	spoil    func(c *tiny)
	found    []string
	ada, bob []string
}

var paid100 = []string{"earning commission 2026-01 100.00 EUR"}
var held100 = []string{"held 100.00 EUR"}

var unclears = []unclear{
	{name: "nothing", spoil: func(*tiny) {}, ada: paid100, bob: paid100},
	{name: "one id, two people", spoil: func(c *tiny) {
		c.give("hr.people", cells{"E1", "Ada", "1"}, cells{"E2", "Bob", "2"}, cells{"E1", "Adam", "9"}, cells{"E3", "Cleo", "3"})
		c.in.Mapping.Roster[0].Set = append(c.in.Mapping.Roster[0].Set, comp.AttrMap{Attr: comp.AttrPayroll, Columns: []string{"payroll"}})
	}, found: []string{
		"employee_twice holds payee: the employee id E1 stands in two different rows of hr.people: are they two people?; give each person an id of their own, or remove the wrong row",
		"missing_payroll_number holds payee: E1 has no payroll number; set it in the source",
		"roster_overlap holds nothing: E1 has two values of name, Ada and Adam, from ever to further on; end the first row the day before the second begins",
		"roster_overlap holds payee: E1 has two values of payroll_number, 1 and 9, from ever to further on; end the first row the day before the second begins",
	}, ada: held100, bob: paid100},
	{name: "one id, two equal rows", spoil: func(c *tiny) {
		c.give("hr.people", cells{"E1", "Ada", "1"}, cells{"E2", "Bob", "2"}, cells{"E1", "Ada", "1"}, cells{"E3", "Cleo", "3"})
	}, ada: paid100, bob: paid100},
	{name: "two payees with one payroll number", spoil: func(c *tiny) {
		c.give("hr.people", cells{"E1", "Ada", "7"}, cells{"E2", "Bob", "7"}, cells{"E3", "Cleo", "7"}) // Cleo's is of another legal entity
		c.in.Mapping.Roster[0].Set = append(c.in.Mapping.Roster[0].Set, comp.AttrMap{Attr: comp.AttrPayroll, Columns: []string{"payroll"}})
	}, found: []string{
		"payroll_number_twice holds payee: the payroll number 7 of DE01 belongs to E1 and E2; correct it in the source",
		"payroll_number_twice holds payee: the payroll number 7 of DE01 belongs to E1 and E2; correct it in the source",
	}, ada: held100, bob: held100},
	{name: "two departments on one day", spoil: func(c *tiny) {
		c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E1", "2026-01-20", "Service", "DE01", "1", nil},
			cells{"E1", "2026-01-20", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", nil})
	}, found: []string{"roster_overlap holds payee: E1 has two values of department, Service and Sales, from 2026-01-20 to further on; end the first row the day before the second begins"},
		ada: held100, bob: paid100},
	{name: "active and terminated on one day", spoil: func(c *tiny) {
		c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E1", "2026-01-20", "Terminated"}, cells{"E1", "2026-01-20", "Active"}, cells{"E2", "2025-01-01", "Active"}, cells{"E3", "2025-01-01", "Active"})
	}, found: []string{"roster_overlap holds payee: E1 has two values of employment, no and yes, from 2026-01-20 to further on; end the first row the day before the second begins"},
		ada: held100, bob: paid100},
	{name: "two managers on one day decide nothing", spoil: func(c *tiny) {
		c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", "E1"}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", "E3"})
	}, found: []string{"roster_overlap holds nothing: E2 has two values of manager, E1 and E3, from 2025-01-01 to further on; end the first row the day before the second begins"},
		ada: paid100, bob: paid100},
	{name: "two departments long ago", spoil: func(c *tiny) {
		c.give("hr.jobs", cells{"E1", "2020-01-01", "Sales", "DE01", "1", nil}, cells{"E1", "2020-01-01", "Service", "DE01", "1", nil},
			cells{"E1", "2023-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", nil})
	}, found: []string{"roster_overlap holds nothing: E1 has two values of department, Sales and Service, from 2020-01-01 to 2022-12-31; end the first row the day before the second begins"},
		ada: paid100, bob: paid100},
	{name: "no first day", spoil: func(c *tiny) {
		c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E1", nil, "Service", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", nil})
	}, found: []string{"absent_date holds payee: the first day is empty; fill it in the source"}, ada: held100, bob: paid100},
	{name: "no entity", spoil: func(c *tiny) {
		c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "FR01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", nil})
	}, found: []string{`no_entity holds payee: E1 belongs to no legal entity on 2026-01-31 (found "FR01"); set the entity in the source, or add it to entities in carrot.yaml`},
		ada: []string{"held 0 "}, bob: paid100},
	{name: "no fte where the plan asks for it", spoil: func(c *tiny) {
		c.component(comp.Component{ID: "bonus", Measure: "sold", Target: dated(100, 100), FTE: true, Curve: comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: []comp.Band{{Open: true, Pays: comp.Int(1)}}}})
		c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "full", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", nil, nil})
	}, found: []string{
		`missing_fte holds payee: E1 has no fte from 0 to 2 on 2026-01-31 (found "full"); set it in the source, 1 for full time`,
		`missing_fte holds payee: E2 has no fte from 0 to 2 on 2026-01-31 (found ""); set it in the source, 1 for full time`,
	}, ada: held100, bob: held100},
	{name: "an fte in percent", spoil: func(c *tiny) {
		c.component(comp.Component{ID: "bonus", Measure: "sold", Target: dated(100, 100), FTE: true, Curve: comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: []comp.Band{{Open: true, Pays: comp.Int(1)}}}})
		c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "100", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "0.5", nil})
	}, found: []string{`missing_fte holds payee: E1 has no fte from 0 to 2 on 2026-01-31 (found "100"); set it in the source, 1 for full time`},
		ada: held100, bob: []string{paid100[0], "earning bonus 2026-01 50.00 EUR"}},
	{name: "a department that the lookup lacks", spoil: func(c *tiny) {
		c.in.Mapping.Roster[2].Set[0] = comp.AttrMap{Attr: comp.AttrDepartment, Columns: []string{"department"}, In: "hr.departments", Key: "id", Take: "name"}
		c.give("hr.departments", cells{"D1", "Sales"}, cells{"D2", "Service"}, cells{"D2", "Sales"})
		c.give("hr.jobs", cells{"E1", "2025-01-01", "D7", "DE01", "1", nil}, cells{"E2", "2025-01-01", "D1", "DE01", "1", nil}, cells{"E3", "2025-01-01", "D2", "US01", "1", nil})
	}, found: []string{
		`lookup_missing holds payee: id "D2" has two rows in hr.departments with different name; correct hr.departments, or the value here`,
		`lookup_missing holds payee: department "D7" has no row in hr.departments; correct hr.departments, or the value here`,
	}, ada: []string{"held 0.00 EUR"}, bob: paid100},
	{name: "managers in a circle", spoil: func(c *tiny) {
		c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", "E3"}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", "E1"}, cells{"E3", "2025-01-01", "Sales", "US01", "1", "E2"})
	}, found: []string{"manager_cycle holds nothing: the managers of E1 lead back to E1 on 2026-01-31: E1 > E3 > E2 > E1; correct one manager in the source"}, ada: paid100, bob: paid100},
	{name: "a login of two people for two weeks", spoil: func(c *tiny) {
		c.give("ref.logins", cells{"crm", "ada", "E1", nil, nil}, cells{"crm", "ada", "E2", "2025-12-01", "2025-12-14"}, cells{"crm", "bob", "E2", nil, nil}, cells{"crm", "cleo", "E3", nil, nil})
	}, found: []string{"login_overlap holds nothing: the crm login ada belongs to two people, E1 and E2, from 2025-12-01 to 2025-12-14; " +
		"end the first holder's row the day before the next begins; until then rows of these days are held"}, ada: paid100, bob: paid100},
	{name: "a login twice of one person", spoil: func(c *tiny) {
		c.give("ref.logins", cells{"crm", "ada", "E1", nil, nil}, cells{"crm", "ADA", "E1", "2025-12-01", nil}, cells{"crm", "bob", "E2", nil, nil}, cells{"crm", "cleo", "E3", nil, nil})
	}, ada: paid100, bob: paid100},
	{name: "a login of two people on the day of the deal", spoil: func(c *tiny) {
		c.give("ref.logins", cells{"crm", "ada", "E1", nil, nil}, cells{"crm", "ada", "E2", "2026-01-10", nil}, cells{"crm", "bob", "E2", nil, nil}, cells{"crm", "cleo", "E3", nil, nil})
	}, found: []string{"login_overlap holds nothing: the crm login ada belongs to two people, E1 and E2, from 2026-01-10 to further on; " +
		"end the first holder's row the day before the next begins; until then rows of these days are held",
		"unknown_owner holds row: the crm login ada is not known on 2026-01-15; it is known as E1 until 2026-01-09; add the line crm,ada,EMPLOYEE_ID,2026-01-15, to ref.logins, with the employee id"},
		ada: []string{"earning commission 2026-01 0.00 EUR"}, bob: paid100},
	{name: "no login in the month", spoil: func(c *tiny) {
		c.give("ref.logins", cells{"crm", "ada", "E1", nil, "2025-12-31"}, cells{"crm", "bob", "E2", nil, nil}, cells{"crm", "cleo", "E3", nil, nil})
	}, found: []string{"payee_without_login holds payee: E1 is paid by sold but has no crm login in 2026-01-01..2026-01-31; add a row to the crosswalk: crm,<login>,E1,2026-01-01,",
		"unknown_owner holds row: the crm login ada is not known on 2026-01-15; it is known as E1 until 2025-12-31; add the line crm,ada,EMPLOYEE_ID,2026-01-15, to ref.logins, with the employee id"},
		ada: []string{"held 0.00 EUR"}, bob: paid100},
	{name: "an adjustment for nobody", spoil: func(c *tiny) {
		c.in.Adjustments = []comp.Adjustment{{ID: "A1", Payee: "E99", Period: "2026-01", Amount: comp.Money{Minor: 100, Currency: "EUR"}}}
	}, found: []string{"adjustment_unknown_payee holds run: adjustment A1 names E99, who is not on the roster; correct employee_id in adjustments.csv"}, ada: paid100, bob: paid100},
	{name: "a head count that is not met", spoil: func(c *tiny) {
		c.in.Settings.Expect = []comp.Expect{{Name: "head count", People: true, Want: comp.Int(4)}, {Name: "of another month", Period: "2026-02", People: true, Want: comp.Int(9)},
			{Name: "sold", Table: "crm.deals", Column: "amount", Want: comp.Int(2000)}, {Name: "deals", Table: "crm.deals", Want: comp.Int(2)}}
	}, found: []string{"expectation_unmet holds run: head count: expected 4, found 3; complete the export, or correct expect in the config"}, ada: paid100, bob: paid100},
}

func TestUnclearInputs(t *testing.T) {
	for _, x := range unclears {
		t.Run(x.name, func(t *testing.T) {
			c := newTiny(t)
			c.component(tenPercent)
			c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-15"), tinyDeal("D2", "bob", 100000, "EUR", "2026-01-15"))
			x.spoil(c)
			r := c.close("2026-01")
			c.found(r, x.found...)
			c.want(r, "E1", x.ada...)
			c.want(r, "E2", x.bob...)
			for _, l := range r.Ledger {
				if l.Amount.Currency == "" {
					t.Errorf("an entry without currency is posted: %+v", l)
				}
			}
		})
	}
}

// TestRefusedRows: a row that decoding refused is a fact that is not known: it holds whom its key names, or stops the run.
func TestRefusedRows(t *testing.T) {
	for _, x := range []struct {
		name, table, key string
		keys             []string
		reach            comp.Reach
		payee            string
	}{
		{"a job", "hr.jobs", "E1|2026-01-10", []string{"id", "from"}, comp.ReachPayee, "E1"},
		{"a job of nobody", "hr.jobs", "", []string{"id", "from"}, comp.ReachSource, ""},
		{"a job without keys", "hr.jobs", "", nil, comp.ReachSource, ""},
		{"a quota", "ref.quotas", "E2|2026-01-01", []string{"employee", "from"}, comp.ReachPayee, "E2"},
		{"a rate", "ref.fx", "2026-01-01|USD|EUR", []string{"day", "from", "to"}, comp.ReachSource, ""},
		{"a login", "ref.logins", "crm|ada", []string{"system", "login"}, comp.ReachSource, ""},
		{"a name decides nothing", "hr.people", "E1", []string{"id"}, comp.ReachRow, ""},
		{"a deal", "crm.deals", "D1", []string{"id"}, comp.ReachRow, ""},
	} {
		c := newTiny(t)
		c.component(tenPercent)
		c.contract(x.table).Keys = x.keys
		c.seq++
		c.add(x.table, drop{seq: c.seq, mode: comp.Delta, findings: []comp.Finding{{Code: "bad_cell", Reach: comp.ReachRow, Table: x.table, Key: x.key, Column: "c", Text: "1,005", Origin: comp.Origin{Pos: 10}}}})
		for _, f := range c.try("2026-01").Findings {
			if f.Code == "bad_cell" && (f.Reach != x.reach || f.Payee != x.payee) {
				t.Errorf("%s: holds %s %q, want %s %q", x.name, f.Reach, f.Payee, x.reach, x.payee)
			}
		}
	}
}

// TestAgree: days of one value are known, days of two are not, however the spans lie.
func TestAgree(t *testing.T) {
	span := func(first, last, v string) comp.Span[string] {
		return comp.Span[string]{Period: period(first, last), Value: v}
	}
	line, clashes := agree([]comp.Span[string]{span("2026-01-01", "2026-01-31", "a"), span("2026-01-20", "2026-02-28", "a"), span("2026-02-10", "2026-02-12", "b"),
		span("2026-03-05", "2026-03-05", "c")})
	var got []string
	for _, s := range line.Spans() {
		got = append(got, s.Value+" "+s.String())
	}
	for _, x := range clashes {
		got = append(got, x.one.Value+"/"+x.other.Value+" "+x.String())
	}
	want := []string{"a 2026-01-01..2026-02-09", "a 2026-02-13..2026-02-28", "c 2026-03-05..2026-03-05", "a/b 2026-02-10..2026-02-12"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestCalendarsEnd: a start after the declared end does not stretch the period before it.
func TestCalendarsEnd(t *testing.T) {
	c := newTiny(t)
	c.in.Mapping.Calendars = []comp.CalendarMap{{Name: "fiscal", Starts: []comp.Date{on("2026-03-15"), on("2026-01-15"), on("2026-05-01"), on("2026-01-15")}, Until: on("2026-04-10")}}
	in := c.inputs("2026-01")
	company, _, err := conform(&in)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, p := range company.Calendars[0].Periods {
		got += p.String() + " "
	}
	if want := "2026-01-15..2026-03-14 2026-03-15..2026-04-09 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestCalendarEnded: a component whose calendar is over pays nothing, and says so.
func TestCalendarEnded(t *testing.T) {
	c := newTiny(t)
	c.in.Mapping.Calendars = []comp.CalendarMap{{Name: "fiscal", Starts: []comp.Date{on("2026-01-01")}, Until: on("2026-02-01")}}
	x := tenPercent
	x.Every = "fiscal"
	c.component(x)
	c.give("crm.deals", tinyDeal("D1", "ada", 100000, "EUR", "2026-01-31"), tinyDeal("D2", "ada", 100000, "EUR", "2026-02-01"))
	r := c.close("2026-01")
	c.want(r, "E1", "earning commission 2026-01 100.00 EUR")
	c.found(r)
	c.found(c.close("2026-02"), "calendar_ended holds nothing: the calendar fiscal has no period on 2026-02-01, so component commission of plan sales pays nothing for that day; "+
		"move the calendar's until, or end the plan with it")
}
