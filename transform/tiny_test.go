package transform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// tiny is a company of a few rows, written as literal cells, that is closed month after month. It pays from 2026-01 on.
type tiny struct {
	*tables
	t      testing.TB
	seq    int
	ledger []comp.LedgerEntry
	prev   *Inputs
	closed map[string]int64 // what each account held when the last close was posted
}

var tinyContracts = []comp.Contract{
	{Source: "crm", Table: "deals", Mode: comp.Delta, Keys: []string{"id"}, Cause: "late data", Columns: []comp.Column{{Name: "id", Type: comp.ID},
		{Name: "owner", Type: comp.Category}, {Name: "amount", Type: comp.Decimal, Scale: 2}, {Name: "currency", Type: comp.Category}, {Name: "day", Type: comp.DateType}}},
	{Source: "crm", Table: "refunds", Mode: comp.Delta, Keys: []string{"id"}, Cause: "refund", Columns: []comp.Column{{Name: "id", Type: comp.ID},
		{Name: "owner", Type: comp.Category}, {Name: "amount", Type: comp.Decimal, Scale: 2}, {Name: "currency", Type: comp.Category}, {Name: "day", Type: comp.DateType}}},
	{Source: "desk", Table: "tickets", Mode: comp.Delta, Keys: []string{"id"}, Columns: []comp.Column{{Name: "id", Type: comp.ID}, {Name: "owner", Type: comp.Category},
		{Name: "good", Type: comp.Bool}, {Name: "day", Type: comp.DateType}}},
	{Source: "hr", Table: "departments", Mode: comp.Snapshot, Columns: []comp.Column{{Name: "id", Type: comp.ID}, {Name: "name", Type: comp.Text}}},
	{Source: "hr", Table: "jobs", Mode: comp.Snapshot, Cause: "hierarchy", Columns: []comp.Column{{Name: "id", Type: comp.ID}, {Name: "from", Type: comp.DateType},
		{Name: "department", Type: comp.Category}, {Name: "entity", Type: comp.Category}, {Name: "fte", Type: comp.Text}, {Name: "manager", Type: comp.ID}}},
	{Source: "hr", Table: "people", Mode: comp.Snapshot, Columns: []comp.Column{{Name: "id", Type: comp.ID}, {Name: "name", Type: comp.Text}, {Name: "payroll", Type: comp.ID}}},
	{Source: "hr", Table: "status", Mode: comp.Snapshot, Columns: []comp.Column{{Name: "id", Type: comp.ID}, {Name: "from", Type: comp.DateType}, {Name: "status", Type: comp.Category}}},
	{Source: "ref", Table: "fx", Mode: comp.Snapshot, Cause: "fx", Columns: []comp.Column{{Name: "day", Type: comp.DateType}, {Name: "from", Type: comp.Category},
		{Name: "to", Type: comp.Category}, {Name: "rate", Type: comp.Decimal, Scale: 4}}},
	{Source: "ref", Table: "logins", Mode: comp.Snapshot, Cause: "reassignment", Columns: []comp.Column{{Name: "system", Type: comp.Category}, {Name: "login", Type: comp.Text},
		{Name: "employee", Type: comp.ID}, {Name: "from", Type: comp.DateType}, {Name: "to", Type: comp.DateType}}},
	{Source: "ref", Table: "quotas", Mode: comp.Snapshot, Cause: "quota", Columns: []comp.Column{{Name: "employee", Type: comp.ID}, {Name: "from", Type: comp.DateType},
		{Name: "to", Type: comp.DateType}, {Name: "amount", Type: comp.Decimal, Scale: 2}, {Name: "currency", Type: comp.Category}}},
}

// newTiny has Ada (E1) and Bob (E2) in Sales of DE01, Cleo (E3) in Sales of US01, all since 2025 and full time, with a
// login in crm by their first name, and a plan "sales" without components.
func newTiny(t testing.TB) *tiny {
	c := &tiny{tables: newTables(t, slices.Clone(tinyContracts)...), t: t}
	in := &c.in
	in.Settings = comp.Settings{Company: "Tiny", First: on("2026-01-01"), Restate: 14, PayDay: 25, Entities: []comp.LegalEntity{
		{ID: "DE01", Name: "Tiny GmbH", Currency: "EUR", PayCode: "3100"}, {ID: "US01", Name: "Tiny Inc.", Currency: "USD", PayCode: "COMM"}}}
	employed := &comp.Expr{Op: comp.Ne, Kind: comp.KindBool, Text: `status != "Terminated"`,
		Args: []*comp.Expr{name("status", comp.KindText), {Op: comp.Lit, Kind: comp.KindText, Lit: comp.TextValue("Terminated")}}}
	in.Mapping = comp.Mapping{
		Roster: []comp.RosterMap{
			{Table: "hr.people", ID: "id", Set: []comp.AttrMap{{Attr: comp.AttrName, Columns: []string{"name"}}}},
			{Table: "hr.status", ID: "id", From: "from", Employed: employed},
			{Table: "hr.jobs", ID: "id", From: "from", Set: []comp.AttrMap{{Attr: comp.AttrDepartment, Columns: []string{"department"}},
				{Attr: comp.AttrEntity, Columns: []string{"entity"}}, {Attr: comp.AttrFTE, Columns: []string{"fte"}}, {Attr: comp.AttrManager, Columns: []string{"manager"}}}},
		},
		Crosswalk: []comp.CrosswalkMap{{Table: "ref.logins", System: "system", Login: "login", Employee: "employee", From: "from", To: "to"}},
		FX:        []comp.FXMap{{Table: "ref.fx", Date: "day", FromCurrency: "from", ToCurrency: "to", Rate: "rate"}},
		Quotas:    []comp.QuotaMap{{Table: "ref.quotas", Employee: "employee", NameIs: "revenue", From: "from", To: "to", Amount: "amount", Currency: "currency", Until: comp.NoDate}},
	}
	owner := comp.Owner{Column: "owner", System: "crm"}
	amount := name("amount", comp.KindNumber)
	deals := comp.Term{Table: "crm.deals", Owner: owner, Value: amount, Currency: "currency", Date: "day"}
	refunds := comp.Term{Table: "crm.refunds", Owner: owner, Value: amount, Currency: "currency", Date: "day", Sign: -1}
	tickets := comp.Term{Table: "desk.tickets", Owner: comp.Owner{Column: "owner"}, Hit: name("good", comp.KindBool), Date: "day"}
	in.Measures = []comp.Measure{
		{ID: "everybody", Title: "Revenue of the company", Unit: "money", Aggregate: comp.Sum, Pool: comp.PoolCompany, Window: 1, Digest: "m", Terms: []comp.Term{deals}},
		{ID: "good", Title: "Good tickets", Unit: "share", Aggregate: comp.Share, Pool: comp.PoolPayee, Window: 1, Digest: "m", Terms: []comp.Term{tickets}},
		{ID: "net", Title: "Deals less refunds", Unit: "count", Aggregate: comp.Count, Pool: comp.PoolPayee, Window: 1, Digest: "m", Terms: []comp.Term{
			{Table: "crm.deals", Owner: owner, Date: "day"}, {Table: "crm.refunds", Owner: owner, Date: "day", Sign: -1}}},
		{ID: "sold", Title: "Sold", Unit: "money", Aggregate: comp.Sum, Pool: comp.PoolPayee, Window: 1, Digest: "m", Terms: []comp.Term{deals, refunds}},
		{ID: "team", Title: "Good tickets of the department", Unit: "share", Aggregate: comp.Share, Pool: comp.PoolDepartment, Window: 1, Digest: "m", Terms: []comp.Term{tickets}},
	}
	in.Plans = []comp.Plan{{ID: "sales", Version: "1", Title: "Sales", Effective: period("2025-01-01", "2030-12-31"), Eligible: isText("department", "Sales"), Digest: "p1"}}
	c.give("hr.people", cells{"E1", "Ada", "1"}, cells{"E2", "Bob", "2"}, cells{"E3", "Cleo", "3"})
	c.give("hr.status", cells{"E1", "2025-01-01", "Active"}, cells{"E2", "2025-01-01", "Active"}, cells{"E3", "2025-01-01", "Active"})
	c.give("hr.jobs", cells{"E1", "2025-01-01", "Sales", "DE01", "1", nil}, cells{"E2", "2025-01-01", "Sales", "DE01", "1", "E1"},
		cells{"E3", "2025-01-01", "Sales", "US01", "1", "E1"})
	c.give("ref.logins", cells{"crm", "ada", "E1", nil, nil}, cells{"crm", "bob", "E2", nil, nil}, cells{"crm", "cleo", "E3", nil, nil})
	c.give("ref.fx", cells{"2025-12-01", "USD", "EUR", 5000}, cells{"2025-12-01", "EUR", "USD", 20000})
	for _, table := range []string{"crm.deals", "crm.refunds", "desk.tickets", "hr.departments", "ref.quotas"} {
		c.give(table)
	}
	return c
}

// give adds a drop to a table, known from now on. Of a snapshot the last counts.
func (c *tiny) give(table string, rows ...cells) {
	c.t.Helper()
	c.seq++
	c.in.Tables = cloneTables(c.in.Tables) // earlier inputs keep what they knew
	c.add(table, drop{seq: c.seq, rows: rows})
}

func cloneTables(in map[string][]Part) map[string][]Part {
	out := map[string][]Part{}
	for name, parts := range in {
		out[name] = slices.Clone(parts)
	}
	return out
}

// deal is a row of crm.deals or crm.refunds; the amount is in hundredths.
func tinyDeal(id, owner string, amount int, currency, day string) cells {
	return cells{id, owner, amount, currency, day}
}

// component puts a component into the first plan.
func (c *tiny) component(x comp.Component) {
	if x.Every == "" {
		x.Every = "month"
	}
	if x.Title == "" {
		x.Title = x.ID
	}
	plans := slices.Clone(c.in.Plans)
	plans[0].Components = append(slices.Clone(plans[0].Components), x)
	c.in.Plans = plans
}

// tenPercent is a component that pays 10 % of what is sold.
var tenPercent = comp.Component{ID: "commission", Measure: "sold", Curve: comp.Curve{Kind: comp.RateCurve, Of: "value", Rate: comp.Scaled(10, 2)}}

// dated is money from always on.
func dated(eur, usd int64) []comp.Dated {
	return []comp.Dated{{From: on("2020-01-01"), By: map[comp.Currency]comp.Number{"EUR": comp.Int(eur), "USD": comp.Int(usd)}}}
}

// inputs are those of a close of a month on the third of the next.
func (c *tiny) inputs(month string) Inputs {
	p, err := comp.ParseMonth(month)
	if err != nil {
		c.t.Fatal(err)
	}
	in := c.in
	in.Run = comp.RunFacts{Kind: comp.Close, Period: p, Business: p.End + 2, KnownAt: p.End + 2}
	in.Ledger = c.ledger
	return in
}

// try computes a month and posts nothing.
func (c *tiny) try(month string) *comp.Result {
	c.t.Helper()
	prev := c.prev
	if prev != nil {
		p := *prev
		p.Files = c.in.Files
		prev = &p
	}
	r, _, err := Compute(c.inputs(month), prev)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// close computes a month and posts it.
func (c *tiny) close(month string) *comp.Result {
	c.t.Helper()
	r := c.try(month)
	in := c.inputs(month)
	c.prev = &in
	c.opens(r)
	c.ledger = append(slices.Clone(c.ledger), r.Ledger...)
	return r
}

// opens fails where an account does not open with what it closed with in the last close, or does not tie.
func (c *tiny) opens(r *comp.Result) {
	c.t.Helper()
	before := c.closed
	c.closed = map[string]int64{}
	for _, b := range r.Balances {
		key := b.Payee + " " + b.Plan + " " + b.Component + " " + string(b.Close.Currency)
		if b.Open.Minor != before[key] || b.Open.Minor+b.In.Minor-b.Out.Minor-b.WrittenOff.Minor != b.Close.Minor {
			c.t.Errorf("%s: %s: %d + %d - %d - %d = %d, and it closed with %d before", r.Run.Period.Name(), key, b.Open.Minor, b.In.Minor, b.Out.Minor,
				b.WrittenOff.Minor, b.Close.Minor, before[key])
		}
		c.closed[key] = b.Close.Minor
		delete(before, key)
	}
	for key, minor := range before { // whatever the order, it fails
		if minor != 0 {
			c.t.Errorf("%s: %s closed with %d before and is gone", r.Run.Period.Name(), key, minor)
		}
	}
}

// lines are a payee's lines as text: kind, component, month, cause, amount; "held" stands before what is held.
func lines(r *comp.Result, payee string) []string {
	for _, s := range r.Statements {
		if s.Payee != payee {
			continue
		}
		out := []string{}
		for _, l := range s.Lines {
			out = append(out, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s", l.Kind, l.Component, l.For.Name(), l.Cause, l.Amount)), " "))
		}
		if len(s.HeldFor) > 0 {
			out = append(out, "held "+s.HeldTotal.String())
		}
		return out
	}
	return nil
}

func (c *tiny) want(r *comp.Result, payee string, want ...string) {
	c.t.Helper()
	if diff := cmp.Diff(want, lines(r, payee)); diff != "" {
		c.t.Errorf("%s in %s (-want +got):\n%s\nfindings: %s", payee, r.Run.Period.Name(), diff, strings.Join(findings(r.Findings), "\n"))
	}
}

// findings as text: code, reach, payee, column, message; hint. Notices of workers without a plan are left out.
func findings(fs []comp.Finding) []string {
	var out []string
	for _, f := range fs {
		if f.Code != "worker_without_plan" {
			out = append(out, fmt.Sprintf("%s holds %s: %s; %s", f.Code, f.Reach, f.Message, f.Hint))
		}
	}
	return out
}

func (c *tiny) found(r *comp.Result, want ...string) {
	c.t.Helper()
	if diff := cmp.Diff(want, findings(r.Findings)); diff != "" {
		c.t.Errorf("findings of %s (-want +got):\n%s", r.Run.Period.Name(), diff)
	}
}

// total is a statement's total; "" for nobody.
func total(r *comp.Result, payee string) string {
	for _, s := range r.Statements {
		if s.Payee == payee {
			return s.Total.String()
		}
	}
	return ""
}
