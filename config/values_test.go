package config

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/connectors"
	"carrot/transform/comp"
)

// equal compares values that hold numbers by what they say.
var equal = cmp.Options{
	cmp.Comparer(func(a, b comp.Number) bool { return a.Cmp(b) == 0 }),
	cmp.Comparer(func(a, b *comp.Expr) bool { return exprText(a) == exprText(b) }),
}

func number(t *testing.T, s string) comp.Number {
	t.Helper()
	n, err := comp.ParseExact(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func loadBig(t *testing.T) *Config {
	t.Helper()
	c, mistakes := Load(os.DirFS("testdata/big"), "carrot.yaml", environment)
	if len(mistakes) > 0 {
		t.Fatal(strings.Join(texts(mistakes), "\n"))
	}
	return c
}

func TestSettingsAndSchedule(t *testing.T) {
	c := loadBig(t)
	want := comp.Settings{Company: "Nordlicht Instruments", Zone: "Europe/Berlin", First: comp.Day(2025, 1, 1), PayDay: 25, Restate: 14, PeopleBy: "id",
		Question: "Write to payroll@nordlicht.example with the line number within 30 days of the pay date.",
		Entities: []comp.LegalEntity{
			{ID: "DE01", Name: "Nordlicht Instruments GmbH", Country: "DE", Currency: "EUR", PayCode: "3100"},
			{ID: "US01", Name: "Nordlicht Instruments Inc.", Country: "US", Currency: "USD", PayCode: "COMM"}},
		Expect: []comp.Expect{
			{Name: "head count", People: true, Period: "2026-03", Want: comp.Int(60), Where: comp.Place{File: "carrot.yaml", Line: 54, Col: 5}},
			{Name: "invoiced", Table: "salesforce.deals", Column: "amount", Period: "2026-03", Want: number(t, "123456.78"), Where: comp.Place{File: "carrot.yaml", Line: 55, Col: 5}},
			{Name: "roster rows", Table: "bamboohr.job", Want: comp.Int(75), Where: comp.Place{File: "carrot.yaml", Line: 56, Col: 5}}}}
	at := func(line int) comp.Place { return comp.Place{File: "carrot.yaml", Line: line, Col: 5} }
	four := comp.SectionSpec{Every: "quarter", Periods: 4, By: comp.PoolCompany}
	section := func(line int, kind, title string, of comp.SectionSpec, measures ...string) comp.SectionSpec {
		of.Kind, of.Title, of.Measures, of.Where = kind, title, measures, at(line)
		return of
	}
	noted, counted := four, four
	counted.Least = 10
	noted.Note = "Of those who are paid."
	kept := "promise_kept"
	want.Sections = []comp.SectionSpec{section(59, "table", "Promises", counted, kept),
		section(60, "table", "By department", comp.SectionSpec{Every: "month", Periods: 2, By: comp.PoolDepartment, Least: 10}, kept),
		section(61, "mirror", "Mirror", comp.SectionSpec{Every: "quarter", Periods: 8, By: comp.PoolDepartment, Lags: 4}, kept, kept),
		section(62, "funnel", "Funnel", four, kept, kept), section(63, "equity", "Customers' worth", four, kept, kept, kept, kept), section(64, "pay_ratio", "Pay", noted)}
	if d := cmp.Diff(want, c.Settings, equal); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Schedule{Nightly: &Clock{2, 30}, CloseDay: 3, CloseAt: Clock{4, 0}, Zone: "Europe/Berlin"}, c.Schedule); d != "" {
		t.Error(d)
	}
	if got := []string{c.Archive, c.Published, c.Waivers, c.Adjustments}; !reflect.DeepEqual(got, []string{"archive", "/srv/pay", "waivers.csv", "adjustments.csv"}) {
		t.Error(got)
	}
	var names []string
	for _, f := range c.Files {
		disk, err := os.ReadFile("testdata/big/" + f.Name)
		if err != nil || string(disk) != string(f.Bytes) {
			t.Errorf("%s is not what lies on disk: %v", f.Name, err)
		}
		names = append(names, f.Name)
	}
	if d := cmp.Diff(strings.Fields("carrot.yaml measures/delivered_revenue.yaml measures/service.yaml plans/sales.yaml plans/service.yaml "+
		"sources/hris.yaml sources/reference.yaml sources/salesforce.yaml sources/zendesk.yaml"), names); d != "" {
		t.Error(d)
	}
}

func TestMapping(t *testing.T) {
	m := loadBig(t).Mapping
	status := func(text string) *comp.Expr {
		return &comp.Expr{Op: comp.Ne, Args: []*comp.Expr{{Op: comp.Name, Name: "status"}, {Op: comp.Lit, Lit: comp.TextValue(text)}}}
	}
	want := comp.Mapping{
		Roster: []comp.RosterMap{
			{Table: "bamboohr.status", ID: "employee", From: "effective", Employed: status("Terminated")},
			{Table: "bamboohr.job", ID: "employee", From: "effective", Set: []comp.AttrMap{
				{Attr: "department", Columns: []string{"department"}}, {Attr: "job", Columns: []string{"title"}},
				{Attr: "entity", Columns: []string{"division"}, Values: map[string]string{"Germany": "DE01", "United States": "US01"}},
				{Attr: "manager", Columns: []string{"manager_id"}}, {Attr: "fte", Columns: []string{"fte"}}, {Attr: "commission_rate", Columns: []string{"commission"}}}},
			{Table: "adventureworks.departments_history", ID: "employee", From: "start", To: "end", Set: []comp.AttrMap{
				{Attr: "department", Columns: []string{"department_id"}, In: "adventureworks.departments", Key: "id", Take: "name"},
				{Attr: "name", Columns: []string{"first", "last"}}, {Attr: "manager", Columns: []string{"node"}, Parent: true}, {Attr: "entity", Const: "US01"}}},
		},
		Crosswalk: []comp.CrosswalkMap{
			{Table: "reference.crosswalk", System: "system", Login: "login", Employee: "employee_id", From: "from", To: "to"},
			{Table: "reference.crosswalk", SystemIs: "salesforce", Login: "login", Employee: "employee_id"}},
		FX: []comp.FXMap{{Table: "reference.fx", Date: "date", FromCurrency: "from", ToCurrency: "to", Rate: "rate"}},
		Quotas: []comp.QuotaMap{
			{Table: "reference.quotas", Employee: "employee_id", Name: "name", From: "from", To: "to", Amount: "amount", Currency: "currency", Until: comp.NoDate},
			{Table: "adventureworks.quota_history", Employee: "employee", NameIs: "sales", From: "start", Amount: "quota", CurrencyIs: "USD", Until: comp.Day(2014, 5, 30)}},
		Calendars: []comp.CalendarMap{
			{Name: "fiscal", Starts: []comp.Date{comp.Day(2013, 5, 30)}, Until: comp.Day(2014, 5, 30)},
			{Name: "quota_periods", Table: "adventureworks.quota_history", Column: "start", Until: comp.Day(2014, 5, 30)}},
	}
	if d := cmp.Diff(want, m, equal); d != "" {
		t.Error(d)
	}
}

func TestTables(t *testing.T) {
	c := loadBig(t)
	tables := map[string]Table{}
	for _, s := range c.Sources {
		for _, x := range s.Tables {
			tables[x.Contract.Name()] = x
		}
	}
	plain := connectors.DefaultDialect()
	deals := plain
	deals.Footer, deals.Nulls = []string{"Grand Totals", "Confidential Information", "Copyright (c)"}, []string{"", "N/A"}
	want := Table{Files: "{drop}/Deals closed*.csv", Format: connectors.Format{Kind: "csv", Pack: "none", Dialect: deals}, Contract: comp.Contract{
		Source: "salesforce", Table: "deals", Mode: comp.Window, Keys: []string{"id"}, Covers: "close_date", Cause: "late data", Class: comp.Open, Control: "amount",
		Columns: []comp.Column{
			{Name: "id", From: "Opportunity ID", Type: comp.ID}, {Name: "account", From: "Account Name", Type: comp.Text},
			{Name: "name", From: "Opportunity Name", Type: comp.Text}, {Name: "stage", From: "Stage", Type: comp.Category},
			{Name: "owner_login", From: "Owner", Type: comp.Category}, {Name: "amount", From: "Amount", Type: comp.Decimal, Scale: 2},
			{Name: "currency", From: "Amount Currency", Type: comp.Category},
			{Name: "close_date", From: "Close Date", Type: comp.DateType, Layout: "DD.MM.YYYY"},
			{Name: "delivered_on", From: "Delivered On", Type: comp.DateType, Layout: "DD.MM.YYYY"}, {Name: "won", From: "Won", Type: comp.Bool}}}}
	if d := cmp.Diff(want, tables["salesforce.deals"]); d != "" {
		t.Error(d)
	}
	ratings := plain
	ratings.Nulls, ratings.Decimal, ratings.Thousands = []string{"", "-"}, ",", "."
	want = Table{Files: "{drop}/ratings.jsonl.gz", Format: connectors.Format{Kind: "jsonl", Pack: "gzip", Dialect: ratings}, Contract: comp.Contract{
		Source: "zendesk", Table: "ratings", Mode: comp.Delta, Keys: []string{"ticket_id", "rated_at"}, Cause: "late data", Class: comp.Sealed,
		Columns: []comp.Column{
			{Name: "ticket_id", From: "id", Type: comp.ID}, {Name: "assignee", From: "assignee", Type: comp.Category}, {Name: "score", From: "score", Type: comp.Category},
			{Name: "rated_at", From: "rated", Type: comp.Instant, Layout: "YYYY-MM-DD hh:mm", Zone: "Europe/Berlin"},
			{Name: "solved_at", From: "Solved at", Type: comp.Instant, Zone: "Europe/Berlin"}, {Name: "survey_score", From: "survey_score", Type: comp.Integer}}}}
	if d := cmp.Diff(want, tables["zendesk.ratings"]); d != "" {
		t.Error(d)
	}
	refunds := plain
	refunds.Encoding, refunds.Delimiter, refunds.RecordEnd, refunds.Quote, refunds.Escape, refunds.HeaderRows = "utf-16le", "||", "~\r\n", "", "", 0
	if d := cmp.Diff(refunds, tables["billing.refunds"].Format.Dialect); d != "" {
		t.Error(d)
	}
	for _, s := range c.Sources {
		if s.Name == "zendesk" && s.Folder != "/mnt/exports/zendesk" {
			t.Errorf("folder %s", s.Folder)
		}
	}
	for i := range c.Contracts[1:] {
		if c.Contracts[i].Name() >= c.Contracts[i+1].Name() {
			t.Errorf("%s before %s", c.Contracts[i].Name(), c.Contracts[i+1].Name())
		}
	}
}

func TestMeasuresAndPlans(t *testing.T) {
	c := loadBig(t)
	m := c.Measures[1]
	if d := cmp.Diff(comp.Owner{Column: "owner_login", System: "salesforce", Split: &comp.Split{Table: "salesforce.splits", Key: "deal_id", Of: "id", Owner: "owner", Percent: "percent"}},
		m.Terms[0].Owner); d != "" {
		t.Error(d)
	}
	if m.ID != "delivered_revenue" || m.Terms[1].Sign != -1 || m.Terms[1].Fixed != "EUR" || m.Terms[0].Currency != "currency" || m.Terms[0].Sign != 1 {
		t.Errorf("%+v", m)
	}
	both := func(eur, usd string) map[comp.Currency]comp.Number {
		return map[comp.Currency]comp.Number{"EUR": number(t, eur), "USD": number(t, usd)}
	}
	at := func(line, col int) comp.Place { return comp.Place{File: "plans/sales.yaml", Line: line, Col: col} }
	want := []comp.Component{
		{ID: "commission", Title: "Commission on delivered deals", Clause: "2.1", Measure: "delivered_revenue", Every: "month", ToDate: "year",
			Quota: &comp.Quota{Name: "revenue"}, Prorate: "none", Where: at(8, 5),
			Cap: []comp.Dated{{From: comp.NoDate, By: both("10000", "11000")}},
			Curve: comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: []comp.Band{
				{From: number(t, "0"), To: number(t, "1"), Pays: number(t, "0.04"), Where: at(20, 11)},
				{From: number(t, "1"), Open: true, Pays: number(t, "0.06"), Where: at(21, 11)}}}},
		{ID: "csat", Title: "Customer satisfaction", Clause: "2.2", Measure: "csat", Every: "quarter", MinN: 5, Missing: "neutral", Prorate: "days", FTE: true,
			Target: []comp.Dated{{From: comp.NoDate, By: both("300", "330")}}, Where: at(23, 5),
			Gates: []comp.Gate{{Measure: "promise_kept", AtLeast: number(t, "4/5"), Where: at(35, 13)}},
			Curve: comp.Curve{Kind: comp.Interpolate, Of: "value", Points: []comp.Band{
				{From: number(t, "0.7"), Pays: number(t, "0"), Where: at(34, 16)}, {From: number(t, "0.85"), Pays: number(t, "1"), Where: at(34, 41)},
				{From: number(t, "0.95"), Pays: number(t, "1.5"), Where: at(34, 68)}}}},
	}
	p := c.Plans[0]
	if d := cmp.Diff(want, p.Components, equal); d != "" {
		t.Error(d)
	}
	file, err := os.ReadFile("testdata/big/plans/sales.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if p.Digest != hexDigest(file) {
		t.Error("the plan's digest is not that of its file")
	}
	if p.Effective != (comp.Period{Start: comp.Day(2025, 1, 1), End: comp.Day(2027, 1, 1)}) || p.Rounding != comp.HalfAway {
		t.Errorf("%s, %s", p.Effective, p.Rounding)
	}
	if two := c.Plans[2]; two.Version != "2" || two.Effective.End != comp.Forever || c.Plans[1].Rounding != comp.HalfEven || two.Digest != c.Plans[1].Digest {
		t.Errorf("%+v", two)
	}
	dated := c.Plans[1].Components[0].Target
	if d := cmp.Diff([]comp.Dated{{From: comp.Day(2025, 1, 1), By: both("500", "550"), Clause: "A1"}, {From: comp.Day(2025, 7, 1), By: both("600", "660.5")}}, dated, equal); d != "" {
		t.Error(d)
	}
}

// TestMeasureDigest changes with what a measure says and not with how it is written.
func TestMeasureDigest(t *testing.T) {
	digest := func(edits ...string) string {
		files := memory(t, "small")
		f := files["measures/orders.yaml"]
		for i := 0; i < len(edits); i += 2 {
			if !strings.Contains(string(f.Data), edits[i]) {
				t.Fatalf("no %q", edits[i])
			}
			f.Data = []byte(strings.Replace(string(f.Data), edits[i], edits[i+1], 1))
		}
		c, mistakes := Load(files, "carrot.yaml", environment)
		if len(mistakes) > 0 {
			t.Fatal(texts(mistakes))
		}
		return c.Measures[0].Digest
	}
	const text = "carrot measure 1\nid \"orders\"\nversion \"1\"\ntitle \"Orders\"\nfamily \"outcome\"\nunit \"money\"\ndigits 2\naggregate \"sum\"\npool \"payee\"\nwindow 1\n" +
		"term 1\ntable \"hr.orders\"\nwhere -\nowner \"seller\" \"\"\nvalue (name \"net\")\nhit -\ncurrency \"\" \"EUR\"\ndate \"day\"\nsign 1\nlabel -\n"
	base := digest()
	if base != hexDigest([]byte(text)) {
		t.Error("the digest is not that of the documented text")
	}
	for name, edits := range map[string][]string{
		"comment": {"value: net", "value: net # net of tax"}, "quotes": {"value: net", `value: " net "`}, "order": {"fixed: EUR\ndate: day", "date: day\nfixed: EUR"},
		"default": {"value: net", "value: net\nsign: 1\npool: payee\nwindow: 1\ndigits: 2"},
	} {
		if digest(edits...) != base {
			t.Errorf("%s changes the digest", name)
		}
	}
	for name, edits := range map[string][]string{
		"value": {"value: net", "value: net * 1"}, "where": {"value: net", "value: net\nwhere: net > 0"}, "sign": {"value: net", "value: net\nsign: -1"},
		"label": {"value: net", "value: net\nlabel: [number]"}, "version": {`version: "1"`, `version: "2"`}, "title": {"Orders", "Orders won"},
	} {
		if digest(edits...) == base {
			t.Errorf("%s does not change the digest", name)
		}
	}
}

func TestDescribe(t *testing.T) {
	c, mistakes := Load(os.DirFS("testdata/small"), "carrot.yaml", environment)
	if len(mistakes) > 0 {
		t.Fatal(texts(mistakes))
	}
	want := `Halm & Sohn, zone Europe/Berlin, pay periods from 2026-01, paid on day 31 of the following month
  entity 01: Halm & Sohn KG, DE, pays in EUR under 200
source hr: files in .
  table hr.orders: csv {drop}/orders.csv, snapshot, keys number
    number id, seller id, net decimal, day date
  table hr.people: csv people.csv, snapshot, keys none
    id id, name text, entry date, exit date
people: attributes entity, name
measure orders version 1: Orders; sum of money per payee, outcome
  rows of hr.orders by day
plan all version 1: Everybody; from 2026-01-01, for name != null
  orders (clause 1): Orders, every month, rate of orders
`
	if d := cmp.Diff(want, Describe(c)); d != "" {
		t.Error(d)
	}
}
