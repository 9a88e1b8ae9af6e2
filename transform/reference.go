package transform

import (
	"fmt"
	"slices"
	"sort"

	"carrot/transform/comp"
)

// fxPair names rates of one kind from one currency to another.
type fxPair struct {
	kind string // plan, average; "" is daily
	pair [2]comp.Currency
}

// fx reads rates: each holds until the pair's next row. A row that gives no rate, and a day with two different ones, leave
// the days until the next row without a rate: who needs one then is held, and no older rate stands in for it.
func (c *conformer) fx() error {
	spans := map[fxPair][]comp.Span[string]{}
	at := map[fxPair]row{}
	var order []fxPair
	for _, m := range c.in.Mapping.FX {
		rows, err := c.table(m.Table)
		if err != nil {
			return err
		}
		for _, r := range rows {
			pair, s, ok := c.rate(r, m)
			if !ok {
				continue
			}
			kind, ok := c.rateKind(r, m)
			if !ok {
				continue
			}
			k := fxPair{kind, pair}
			if _, seen := at[k]; !seen {
				order = append(order, k)
			}
			at[k] = r
			spans[k] = append(spans[k], s)
		}
	}
	c.company.FX.Rates = make(map[[2]comp.Currency]comp.Timeline[comp.Number], len(order))
	for _, k := range order {
		t, clashes := agree(closeOpen(spans[k], comp.Forever))
		for _, x := range clashes {
			c.find(at[k], comp.Finding{Code: "rate_twice", Text: fmt.Sprintf("%s %s %s", k.pair[0], k.pair[1], x.Start),
				Message: fmt.Sprintf("one %s is %s %s and %s %s on %s", k.pair[0], said(x.one.Value), k.pair[1], said(x.other.Value), k.pair[1], x.Start),
				Hint:    "leave one rate a day; until then nothing is converted by it"})
		}
		if k.kind == "" {
			c.company.FX.Rates[k.pair] = numbers(t)
			continue
		}
		if c.company.FX.Kinds == nil {
			c.company.FX.Kinds = map[string]map[[2]comp.Currency]comp.Timeline[comp.Number]{}
		}
		if c.company.FX.Kinds[k.kind] == nil {
			c.company.FX.Kinds[k.kind] = map[[2]comp.Currency]comp.Timeline[comp.Number]{}
		}
		c.company.FX.Kinds[k.kind][k.pair] = numbers(t)
	}
	return nil
}

// rateKind is which rate a row gives: plan, average, or "" for daily.
func (c *conformer) rateKind(r row, m comp.FXMap) (string, bool) {
	kind := m.KindIs
	if m.Kind != "" {
		kind, _ = text(r.get(m.Kind))
		if kind == "" {
			kind = "none"
		}
	}
	switch kind {
	case "", "daily":
		return "", true
	case "plan", "average":
		return kind, true
	}
	c.find(r, comp.Finding{Code: "unknown_rate_kind", Reach: comp.ReachRow, Column: m.Kind, Text: kind,
		Message: fmt.Sprintf("the kind of a rate is %s, daily, plan or average was expected", kind), Hint: "correct the kind in the source; until then nothing is converted by it"})
	return "", false
}

func said(value string) string {
	if value == "" {
		return "no known"
	}
	return value
}

// numbers turns exact texts into numbers and leaves out the empty ones, which stand for "not known".
func numbers(t comp.Timeline[string]) comp.Timeline[comp.Number] {
	var out []comp.Span[comp.Number]
	for _, s := range t.Spans() {
		if n, err := comp.ParseExact(s.Value); err == nil {
			out = append(out, comp.Span[comp.Number]{Period: s.Period, Value: n, Origin: s.Origin})
		}
	}
	line, _ := comp.NewTimeline(out) // spans of a timeline do not overlap
	return line
}

// rate reads a row of rates as a span from its day on; the value is empty where the row gives no rate. A row that says
// nothing at all is passed over. Currencies that are no more are rates like others: nothing can ask for them.
func (c *conformer) rate(r row, m comp.FXMap) (pair [2]comp.Currency, s comp.Span[string], ok bool) {
	if !c.matches(r, m.Where, "") {
		return pair, s, false
	}
	from, okF := text(r.get(m.FromCurrency))
	to, okT := text(r.get(m.ToCurrency))
	day, rate := r.get(m.Date), r.get(m.Rate)
	if !okF || !okT || day.Kind != comp.KindDate {
		if okF || okT || day.Kind != comp.Null || rate.Kind != comp.Null {
			c.find(r, comp.Finding{Code: "incomplete_row", Reach: comp.ReachSource, Message: "a rate without its day or one of its currencies may concern any of them",
				Hint: "complete the row, or remove it"})
		}
		return pair, s, false
	}
	pair = [2]comp.Currency{comp.Currency(from), comp.Currency(to)}
	s = comp.Span[string]{Period: comp.Period{Start: day.Date}, Origin: r.origin}
	if rate.Kind == comp.KindNumber && rate.Number.Sign() > 0 {
		s.Value = rate.Number.String()
		return pair, s, true
	}
	c.find(r, comp.Finding{Code: "bad_rate", Reach: comp.ReachRow, Column: m.Rate, Text: valueText(rate), Message: "a rate must be above zero",
		Hint: "correct the rate; until then nothing is converted from that day to the pair's next row"})
	return pair, s, true
}

// calendars reads declared measuring periods.
func (c *conformer) calendars() error {
	for _, m := range c.in.Mapping.Calendars {
		starts := slices.Clone(m.Starts)
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
		slices.Sort(starts)
		starts = slices.Compact(starts)
		cal := comp.Calendar{Name: m.Name}
		for i, s := range starts {
			p := comp.Period{Start: s, End: m.Until}
			if i+1 < len(starts) {
				p.End = min(p.End, starts[i+1])
			}
			if p.Days() > 0 {
				cal.Periods = append(cal.Periods, p)
			}
		}
		c.company.Calendars = append(c.company.Calendars, cal)
	}
	sort.Slice(c.company.Calendars, func(i, j int) bool { return c.company.Calendars[i].Name < c.company.Calendars[j].Name })
	return nil
}

// quotaSeries is what the tables say of one person's quota of one name, as exact texts.
type quotaSeries struct {
	spans   []comp.Span[string]
	amounts map[string]comp.Amount // by text; read by key only
	last    row
	each    string
}

// quotas reads numbers to attain; a row without a last day holds until the next row of the same person and name. A row
// without an amount, and days with two different ones, leave the days without a quota: who needs one then is held.
func (c *conformer) quotas() error {
	all := map[[2]string]*quotaSeries{}
	for _, m := range c.in.Mapping.Quotas {
		rows, err := c.table(m.Table)
		if err != nil {
			return err
		}
		open := map[[2]string][]comp.Span[string]{}
		for _, r := range rows {
			key, s, amount, ok := c.quota(r, m)
			if !ok {
				continue
			}
			q := all[key]
			if q == nil {
				q = &quotaSeries{amounts: map[string]comp.Amount{}}
				all[key] = q
			}
			if q.amounts[s.Value], q.last = amount, r; q.each != "month" && m.Each != "" {
				q.each = m.Each
			}
			if s.End == comp.Forever {
				open[key] = append(open[key], s)
			} else {
				q.spans = append(q.spans, s)
			}
		}
		until := comp.Forever
		if m.Until != comp.NoDate && m.Until != 0 {
			until = m.Until
		}
		for key, spans := range open { // each goes to a series of its own: the order leaves no trace
			all[key].spans = append(all[key].spans, endBefore(closeOpen(spans, until), all[key].spans)...)
		}
	}
	keys := make([][2]string, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool { return slices.Compare(keys[i][:], keys[j][:]) < 0 })
	for _, key := range keys {
		c.settleQuota(key, all[key])
	}
	return nil
}

// endBefore ends spans without a last day where a dated span begins within them.
func endBefore(open, dated []comp.Span[string]) []comp.Span[string] {
	for i := range open {
		for _, d := range dated {
			if d.Start > open[i].Start && d.Start < open[i].End {
				open[i].End = d.Start
			}
		}
	}
	return open
}

func (c *conformer) settleQuota(key [2]string, q *quotaSeries) {
	t, clashes := agree(q.spans)
	for _, x := range clashes {
		c.find(q.last, comp.Finding{Code: "quota_twice", Payee: key[0], Text: key[1],
			Message: fmt.Sprintf("%s has two quotas %q, %s and %s, from %s to %s", key[0], key[1], said(x.one.Value), said(x.other.Value), firstOf(x.Period), lastOf(x.Period)),
			Hint:    "end the first row the day before the second begins; until then the quota of these days is not known"})
	}
	for _, s := range t.Spans() {
		if s.Value != "" {
			c.company.Quotas = append(c.company.Quotas, comp.QuotaRow{Payee: key[0], Name: key[1], Period: s.Period, Amount: q.amounts[s.Value], Origin: s.Origin,
				Each: q.each, Months: q.months(s)})
		}
	}
}

// months are the rows within a span, and of its number, that were written for one calendar month each.
func (q *quotaSeries) months(s comp.Span[string]) (out []comp.Period) {
	for _, one := range q.spans {
		if q.each == "" && one.Value == s.Value && one.Start >= s.Start && one.End <= s.End && one.Period == comp.Month(one.Start) && !slices.Contains(out, one.Period) {
			out = append(out, one.Period)
		}
	}
	return out
}

// quota reads a row of quotas; the span's value is the amount's exact text, empty where the row gives none.
func (c *conformer) quota(r row, m comp.QuotaMap) (key [2]string, s comp.Span[string], amount comp.Amount, ok bool) {
	employee, known := text(r.get(m.Employee))
	if !c.matches(r, m.Where, employee) {
		return key, s, amount, false
	}
	if !known {
		c.find(r, comp.Finding{Code: "absent_id", Reach: comp.ReachSource, Column: m.Employee, Message: "the employee id is empty: whose quota this is cannot be told", Hint: "fill it in the source"})
		return key, s, amount, false
	}
	name, currency := m.NameIs, m.CurrencyIs
	if m.Name != "" {
		name, _ = text(r.get(m.Name))
	}
	if m.Currency != "" {
		t, _ := text(r.get(m.Currency))
		currency = comp.Currency(t)
	}
	p, ok := c.span(r, m.From, m.To, employee)
	if !ok {
		return key, s, amount, false
	}
	s = comp.Span[string]{Period: p, Origin: r.origin}
	v := r.get(m.Amount)
	if _, valid := currency.Digits(); currency != "" && !valid {
		c.hold(r, employee, comp.Finding{Code: "unknown_currency", Column: m.Currency, Text: string(currency),
			Message: fmt.Sprintf("%q is not an ISO 4217 currency", currency), Hint: "write a code such as EUR"})
	} else if v.Kind != comp.KindNumber {
		c.find(r, comp.Finding{Code: "incomplete_row", Payee: employee, Column: m.Amount, Message: fmt.Sprintf("the quota %q of %s is empty", name, employee),
			Hint: "fill it in the source; until then there is none from that day on"})
	} else {
		amount = comp.Amount{Number: v.Number, Currency: currency}
		s.Value = amount.String()
	}
	return [2]string{employee, name}, s, amount, true
}
