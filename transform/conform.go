package transform

import (
	"fmt"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// always is the span of a fact that a source gives without dates.
var always = comp.Period{Start: comp.NoDate, End: comp.Forever}

// conform turns the reference tables into the company: people, logins, rates, quotas and calendars, everything dated.
// What is wrong with a row is a finding; the row is then left out, never repaired.
func conform(in *Inputs) (*comp.Company, []comp.Finding, error) {
	c := &conformer{in: in, company: &comp.Company{Name: in.Settings.Company, Entities: in.Settings.Entities}, rows: map[string][]row{}}
	steps := []func() error{c.people, c.crosswalk, c.fx, c.calendars, c.quotas}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	c.managerCycles()
	return c.company, c.findings, nil
}

type conformer struct {
	in       *Inputs
	company  *comp.Company
	rows     map[string][]row // by table; read by key only
	findings []comp.Finding
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
	c.findings = append(c.findings, findings...)
	return rows, nil
}

func (c *conformer) find(r row, f comp.Finding) {
	f.Table, f.Key, f.Origin = r.contract.Name(), r.key(), r.origin
	c.findings = append(c.findings, f)
}

// text is a value as an attribute's text; false for null.
func text(v comp.Value) (string, bool) {
	switch v.Kind {
	case comp.KindText:
		return v.Text, v.Text != ""
	case comp.KindNumber:
		return v.Number.String(), true
	case comp.KindDate:
		return v.Date.String(), true
	case comp.KindBool:
		return fmt.Sprint(v.Bool), true
	}
	return "", false
}

// matches says whether a row passes a mapping's condition; an error in it is a finding on the row.
func (c *conformer) matches(r row, e *comp.Expr) bool {
	if e == nil {
		return true
	}
	v, err := e.Eval(r.get)
	if err != nil {
		c.find(r, comp.Finding{Code: "bad_condition", Reach: comp.ReachRow, Text: e.Text, Message: err.Error()})
	}
	return err == nil && v.True()
}

// dates is the span of a row: From to To inclusive; without To open (dated false says that the next row ends it).
func (c *conformer) dates(r row, from, to string) (p comp.Period, dated bool, ok bool) {
	p = always
	if from != "" {
		v := r.get(from)
		if v.Kind == comp.KindDate {
			p.Start = v.Date
		}
	}
	if to != "" {
		dated = true
		if v := r.get(to); v.Kind == comp.KindDate {
			p.End = v.Date + 1
		}
	}
	if p.End <= p.Start {
		c.find(r, comp.Finding{Code: "empty_span", Reach: comp.ReachRow, Column: to, Text: (p.End - 1).String(),
			Message: fmt.Sprintf("the last day %s lies before the first day %s", p.End-1, p.Start), Hint: "correct one of the two dates in the source"})
		return p, dated, false
	}
	return p, dated, true
}

// crosswalk reads logins. A login that two people hold on one day is left out, so that its rows are held as unknown.
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
			system := m.SystemIs
			if m.System != "" {
				system, _ = text(r.get(m.System))
			}
			login, okL := text(r.get(m.Login))
			employee, okE := text(r.get(m.Employee))
			p, _, okP := c.dates(r, m.From, m.To)
			if !okL || !okE || !okP {
				continue
			}
			key := comp.Login{System: system, Name: strings.ToLower(login)}
			if _, seen := at[key]; !seen {
				order = append(order, key)
			}
			at[key] = r
			spans[key] = append(spans[key], comp.Span[string]{Period: p, Value: employee, Origin: r.origin})
		}
	}
	c.company.Crosswalk.Logins = make(map[comp.Login]comp.Timeline[string], len(order))
	for _, key := range order {
		t, err := comp.NewTimeline(spans[key])
		if err != nil {
			c.find(at[key], comp.Finding{Code: "login_overlap", Text: key.Name,
				Message: fmt.Sprintf("the %s login %s belongs to two people on one day: %s", key.System, key.Name, err),
				Hint:    "end the first holder's row the day before the next begins; until then its rows are held"})
			continue
		}
		c.company.Crosswalk.Logins[key] = t
	}
	return nil
}

// fx reads rates: each holds until the pair's next.
func (c *conformer) fx() error {
	spans := map[[2]comp.Currency][]comp.Span[comp.Number]{}
	for _, m := range c.in.Mapping.FX {
		rows, err := c.table(m.Table)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if !c.matches(r, m.Where) {
				continue
			}
			from, okF := text(r.get(m.FromCurrency))
			to, okT := text(r.get(m.ToCurrency))
			day, rate := r.get(m.Date), r.get(m.Rate)
			if !okF || !okT || day.Kind != comp.KindDate || rate.Kind != comp.KindNumber {
				continue
			}
			if rate.Number.Sign() <= 0 {
				c.find(r, comp.Finding{Code: "bad_rate", Reach: comp.ReachRow, Column: m.Rate, Text: rate.Number.String(), Message: "a rate must be above zero"})
				continue
			}
			key := [2]comp.Currency{comp.Currency(from), comp.Currency(to)}
			spans[key] = append(spans[key], comp.Span[comp.Number]{Period: comp.Period{Start: day.Date}, Value: rate.Number, Origin: r.origin})
		}
	}
	c.company.FX.Rates = make(map[[2]comp.Currency]comp.Timeline[comp.Number], len(spans))
	for key, s := range spans { // each key is set on its own: the order leaves no trace
		c.company.FX.Rates[key] = comp.Steps(s, comp.NoDate)
	}
	return nil
}

// calendars reads declared measuring periods.
func (c *conformer) calendars() error {
	for _, m := range c.in.Mapping.Calendars {
		starts := append([]comp.Date(nil), m.Starts...)
		if m.Table != "" {
			rows, err := c.table(m.Table)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if v := r.get(m.Column); v.Kind == comp.KindDate {
					starts = append(starts, v.Date)
				}
			}
		}
		sort.Slice(starts, func(i, j int) bool { return starts[i] < starts[j] })
		cal := comp.Calendar{Name: m.Name}
		for i, s := range starts {
			if i > 0 && s == starts[i-1] {
				continue
			}
			if n := len(cal.Periods); n > 0 {
				cal.Periods[n-1].End = s
			}
			if s < m.Until {
				cal.Periods = append(cal.Periods, comp.Period{Start: s, End: m.Until})
			}
		}
		c.company.Calendars = append(c.company.Calendars, cal)
	}
	sort.Slice(c.company.Calendars, func(i, j int) bool { return c.company.Calendars[i].Name < c.company.Calendars[j].Name })
	return nil
}

// quotas reads numbers to attain; a row without a last day holds until the next row of the same person and name.
func (c *conformer) quotas() error {
	for _, m := range c.in.Mapping.Quotas {
		rows, err := c.table(m.Table)
		if err != nil {
			return err
		}
		first := len(c.company.Quotas)
		for _, r := range rows {
			if q, ok := c.quota(r, m); ok {
				c.company.Quotas = append(c.company.Quotas, q)
			}
		}
		part := c.company.Quotas[first:]
		sortQuotas(part)
		for i := range part {
			if part[i].Period.End != comp.Forever {
				continue
			}
			if m.Until != comp.NoDate && m.Until != 0 {
				part[i].Period.End = m.Until
			}
			if i+1 < len(part) && part[i+1].Payee == part[i].Payee && part[i+1].Name == part[i].Name {
				part[i].Period.End = part[i+1].Period.Start
			}
		}
	}
	sortQuotas(c.company.Quotas)
	return nil
}

func sortQuotas(q []comp.QuotaRow) {
	sort.SliceStable(q, func(i, j int) bool {
		a, b := q[i], q[j]
		if a.Payee != b.Payee {
			return a.Payee < b.Payee
		}
		if a.Name != b.Name {
			return a.Name < b.Name
		}
		return a.Period.Start < b.Period.Start
	})
}

func (c *conformer) quota(r row, m comp.QuotaMap) (comp.QuotaRow, bool) {
	if !c.matches(r, m.Where) {
		return comp.QuotaRow{}, false
	}
	employee, okE := text(r.get(m.Employee))
	amount := r.get(m.Amount)
	p, _, okP := c.dates(r, m.From, m.To)
	if !okE || amount.Kind != comp.KindNumber || !okP {
		return comp.QuotaRow{}, false
	}
	name, currency := m.NameIs, m.CurrencyIs
	if m.Name != "" {
		name, _ = text(r.get(m.Name))
	}
	if m.Currency != "" {
		t, _ := text(r.get(m.Currency))
		currency = comp.Currency(t)
	}
	if _, known := currency.Digits(); currency != "" && !known {
		c.find(r, comp.Finding{Code: "unknown_currency", Reach: comp.ReachPayee, Payee: employee, Column: m.Currency, Text: string(currency),
			Message: fmt.Sprintf("%q is not an ISO 4217 currency", currency), Hint: "write a code such as EUR"})
		return comp.QuotaRow{}, false
	}
	return comp.QuotaRow{Payee: employee, Name: name, Period: p, Amount: comp.Amount{Number: amount.Number, Currency: currency}, Origin: r.origin}, true
}
