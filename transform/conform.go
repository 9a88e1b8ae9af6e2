package transform

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// conform turns the reference tables into the company: people, logins, rates, quotas and calendars, everything dated.
// What is wrong with a row is a finding; the row is then left out, never repaired. What a person's row does not tell
// holds that person; a row that might concern anybody stops the run.
func conform(in *Inputs) (*comp.Company, []comp.Finding, error) {
	c := &conformer{in: in, company: &comp.Company{Name: in.Settings.Company, Entities: in.Settings.Entities},
		rows: map[string][]row{}, lookups: map[[3]string]map[string]taken{}, decides: decisive(in), since: oldest(in).AddMonths(-12)}
	for _, step := range []func() error{c.people, c.crosswalk, c.fx, c.calendars, c.quotas, c.hours, c.acceptances, c.events} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	c.managerCycles()
	c.widen()
	return c.company, append(c.refused, c.findings...), nil
}

type conformer struct {
	in       *Inputs
	company  *comp.Company
	rows     map[string][]row               // by table; read by key only
	lookups  map[[3]string]map[string]taken // by table, key and taken column; read by key only
	decides  map[string]bool                // attributes that pay depends on; the others are for information
	since    comp.Date                      // what held before this day can no longer change pay: the horizon, and a year for windows and to-date
	refused  []comp.Finding                 // what reading the tables found
	findings []comp.Finding
}

// decisive are the attributes that pay depends on: whom a plan takes in, in which currency, how much and to which number.
func decisive(in *Inputs) map[string]bool {
	d := map[string]bool{comp.AttrDepartment: true, comp.AttrEntity: true, comp.AttrFTE: true, comp.AttrPayroll: true}
	for i := range in.Plans {
		for _, name := range in.Plans[i].Eligible.Names() {
			d[name] = true
		}
		for j := range in.Plans[i].Components {
			d[in.Plans[i].Components[j].Curve.RateAttribute] = true
		}
	}
	for i := range in.Measures {
		for _, t := range in.Measures[i].Terms {
			d[comp.AttrManager] = d[comp.AttrManager] || t.Owner.Rollup != ""
		}
	}
	return d
}

// table reads a reference table once, however many mappings name it.
func (c *conformer) table(name string) ([]row, error) {
	if rows, ok := c.rows[name]; ok {
		return rows, nil
	}
	rows, findings, err := readTable(c.in, name)
	if err != nil {
		return nil, err
	}
	c.rows[name] = rows
	c.refused = append(c.refused, findings...)
	return rows, nil
}

func (c *conformer) find(r row, f comp.Finding) {
	f.Table, f.Key, f.Origin = r.contract.Name(), r.key(), r.origin
	c.findings = append(c.findings, f)
}

// hold makes a finding about a row that holds a payee.
func (c *conformer) hold(r row, payee string, f comp.Finding) {
	f.Reach, f.Payee = comp.ReachPayee, payee
	c.find(r, f)
}

// widen gives rows that decoding refused their reach: a refused row of a reference table is a fact that the run does not
// know. It holds the payee whom its key names; where the key names none, it might concern anybody and stops the run.
func (c *conformer) widen() {
	for i := range c.refused {
		f := &c.refused[i]
		contract, err := contractOf(c.in, f.Table)
		if f.Reach != comp.ReachRow || err != nil {
			continue
		}
		for _, payeeColumn := range c.readers(f.Table) {
			payee := keyPart(contract, f.Key, payeeColumn)
			if payee == "" {
				f.Reach, f.Payee = comp.ReachSource, ""
				break
			}
			f.Reach, f.Payee = comp.ReachPayee, payee
		}
	}
}

// readers are the columns that hold the employee id in each mapping that pay depends on and that reads a table; "" for a
// mapping whose rows concern everybody. A table that is only looked up in holds whom the lookup fails for.
func (c *conformer) readers(table string) []string {
	var out []string
	for _, m := range c.in.Mapping.Roster {
		if m.Table == table && c.rosterDecides(m) {
			out = append(out, m.ID)
		}
	}
	for _, m := range c.in.Mapping.Quotas {
		if m.Table == table {
			out = append(out, m.Employee)
		}
	}
	for _, m := range c.in.Mapping.Hours {
		if m.Table == table {
			out = append(out, m.Employee)
		}
	}
	for _, m := range c.in.Mapping.Crosswalk {
		if m.Table == table {
			out = append(out, "")
		}
	}
	for _, m := range c.in.Mapping.FX {
		if m.Table == table {
			out = append(out, "")
		}
	}
	for _, m := range c.in.Mapping.Calendars {
		if m.Table == table {
			out = append(out, "")
		}
	}
	return out
}

// keyPart is the text of one key column in a key; "" where the key does not tell it for certain.
func keyPart(contract *comp.Contract, key, column string) string {
	parts := strings.Split(key, "|")
	i := slices.Index(contract.Keys, column)
	if i < 0 || len(parts) != len(contract.Keys) {
		return ""
	}
	return parts[i]
}

// text is a value as an attribute's text; false for null.
func text(v comp.Value) (string, bool) {
	s := valueText(v)
	return s, s != ""
}

// matches says whether a row passes a mapping's condition. Where that cannot be told, the row's payee is held, or the run
// where the row has none.
func (c *conformer) matches(r row, e *comp.Expr, payee string) bool {
	if e == nil {
		return true
	}
	v, err := e.Eval(r.get)
	if err != nil {
		f := comp.Finding{Code: "bad_condition", Reach: comp.ReachSource, Text: e.Text, Message: err.Error(), Hint: "correct the row in the source, or the condition in the config"}
		if payee != "" {
			f.Reach, f.Payee = comp.ReachPayee, payee
		}
		c.find(r, f)
	}
	return err == nil && v.True()
}

// span is the days of a row: From to To inclusive, without an end where To is null or not mapped. A null From is an
// error, since it could be any day. The payee is held; without one the row alone is.
func (c *conformer) span(r row, from, to, payee string) (comp.Period, bool) {
	p := always
	if from != "" {
		if p.Start = r.get(from).Date; r.get(from).Kind != comp.KindDate {
			c.doubt(r, payee, comp.Finding{Code: "absent_date", Column: from, Message: "the first day is empty", Hint: "fill it in the source"})
			return p, false
		}
	}
	if v := r.get(to); to != "" && v.Kind == comp.KindDate {
		p.End = v.Date + 1
	}
	if p.Days() == 0 {
		c.doubt(r, payee, comp.Finding{Code: "empty_span", Column: to, Text: (p.End - 1).String(),
			Message: fmt.Sprintf("the last day %s lies before the first day %s", p.End-1, p.Start), Hint: "correct one of the two dates in the source"})
		return p, false
	}
	return p, true
}

func (c *conformer) doubt(r row, payee string, f comp.Finding) {
	if payee != "" {
		c.hold(r, payee, f)
		return
	}
	f.Reach = comp.ReachRow
	c.find(r, f)
}

// crosswalk reads logins. On days on which two people hold a login it leads to nobody, so that its rows are held.
func (c *conformer) crosswalk() error {
	spans := map[comp.Login][]comp.Span[string]{}
	at := map[comp.Login]row{}
	var order []comp.Login
	for _, m := range c.in.Mapping.Crosswalk {
		rows, err := c.table(m.Table)
		if err != nil {
			return err
		}
		for _, r := range rows {
			key, s, ok := c.login(r, m)
			if !ok {
				continue
			}
			if _, seen := at[key]; !seen {
				order = append(order, key)
			}
			at[key] = r
			spans[key] = append(spans[key], s)
		}
	}
	c.company.Crosswalk.Logins = make(map[comp.Login]comp.Timeline[string], len(order))
	for _, key := range order {
		t, clashes := agree(spans[key])
		for _, x := range clashes {
			c.find(at[key], comp.Finding{Code: "login_overlap", Text: key.Name,
				Message: fmt.Sprintf("the %s login %s belongs to two people, %s and %s, from %s to %s", key.System, key.Name, x.one.Value, x.other.Value, firstOf(x.Period), lastOf(x.Period)),
				Hint:    "end the first holder's row the day before the next begins; until then rows of these days are held"})
		}
		c.company.Crosswalk.Logins[key] = t
	}
	return nil
}

// login reads a row of a crosswalk. A row without a login is a person without an account; one without an employee or a
// system leads to nobody and is told.
func (c *conformer) login(r row, m comp.CrosswalkMap) (comp.Login, comp.Span[string], bool) {
	system, from := m.SystemIs, m.From
	if m.System != "" {
		system, _ = text(r.get(m.System))
	}
	login, ok := text(r.get(m.Login))
	if !ok {
		return comp.Login{}, comp.Span[string]{}, false
	}
	employee, ok := text(r.get(m.Employee))
	if !ok || system == "" {
		c.find(r, comp.Finding{Code: "incomplete_row", Text: login, Message: fmt.Sprintf("the login %s names no employee or no system, and so leads to nobody", login),
			Hint: "complete the row; until then the login's rows are held"})
		return comp.Login{}, comp.Span[string]{}, false
	}
	if r.get(m.From).Kind == comp.Null {
		from = "" // a login that was always theirs
	}
	p, ok := c.span(r, from, m.To, "")
	return comp.Login{System: system, Name: strings.ToLower(login)}, comp.Span[string]{Period: p, Value: employee, Origin: r.origin}, ok
}

// lastOf is the last day of a period in words; "further on" where it has no known end.
func lastOf(p comp.Period) string {
	if p.End >= comp.Forever {
		return "further on"
	}
	return (p.End - 1).String()
}

// firstOf is the first day of a period in words; "ever" where it has no known start.
func firstOf(p comp.Period) string {
	if p.Start == comp.NoDate {
		return "ever"
	}
	return p.Start.String()
}
