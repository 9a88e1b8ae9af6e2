package transform

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"carrot/transform/comp"
)

// recency is when there was contact with each account, both ways, by what the config counts as such.
type recency struct {
	*comp.Contact
	days  map[string][]comp.Date // of contact, by account, ascending; read by key only
	since map[string]comp.Date   // from when on it is a customer, NoDate where nothing says it; read by key only
	names []string               // of the accounts, sorted
}

// recencyShown is the recency of accounts, where a list or the report shows it.
func (a *assessment) recencyShown() (*recency, error) {
	m := a.in.Mapping.Accounts
	listed := slices.ContainsFunc(a.in.Mapping.Lists, func(l comp.Listing) bool {
		return l.Dormant != "" || slices.ContainsFunc(l.Columns, func(c comp.Shown) bool { return c.Contact || c.Quiet })
	})
	told := slices.ContainsFunc(a.in.Settings.Sections, func(s comp.SectionSpec) bool { return s.Kind == "contact" })
	if m == nil || m.Contact == nil || !listed && !told || a.recent != nil {
		return a.recent, nil
	}
	r := &recency{Contact: m.Contact, days: map[string][]comp.Date{}, since: map[string]comp.Date{}}
	if err := r.accounts(a.in, m); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(a.in.Measures, func(x comp.Measure) bool { return x.ID == m.Contact.Measure })
	if i < 0 {
		return nil, fmt.Errorf("the measure %s of what counts as contact is not there", m.Contact.Measure)
	}
	for _, t := range a.in.Measures[i].Terms {
		if err := r.read(a.in, m, &t); err != nil {
			return nil, err
		}
	}
	for _, name := range r.names {
		slices.Sort(r.days[name])
	}
	a.recent = r
	return r, nil
}

// accounts reads who the customers are.
func (r *recency) accounts(in *Inputs, m *comp.AccountMap) error {
	rows, err := accountRows{table: m.Table, account: m.Account, value: r.Since, where: r.Where}.rows(in)
	for _, x := range rows {
		day := comp.NoDate
		if x.value.Kind == comp.KindDate {
			day = x.value.Date
		}
		r.since[x.account] = day
	}
	r.names = sortedKeys(r.since)
	return err
}

// read adds the contacts that one of the measure's terms counts.
func (r *recency) read(in *Inputs, m *comp.AccountMap, t *comp.Term) error {
	for _, c := range m.In {
		if c.Table != t.Table {
			continue
		}
		span := comp.Period{Start: in.Run.Period.Start.AddMonths(-r.Months), End: in.Run.Period.End}
		rows, err := accountRows{table: t.Table, account: c.Column, date: t.Date, value: t.Date, where: t.Where, span: span}.rows(in)
		if err != nil {
			return err
		}
		for _, x := range rows {
			r.days[x.account] = append(r.days[x.account], x.value.Date)
		}
	}
	return nil
}

// quietness is how long nothing was heard of an account.
type quietness struct {
	last    comp.Date // the day of the last contact; NoDate: none
	days    int       // since then, or since it became a customer
	known   bool      // false: no contact within the months that are looked at, and nothing says since when it is a customer
	dormant bool
}

// quiet is how long nothing was heard of an account at the end of a day; false for one that is none yet, or none at all. What came
// later counts for nothing, and a customer who has just come is not dormant.
func (r *recency) quiet(account string, on comp.Date) (q quietness, ok bool) {
	since, ok := r.since[account]
	if !ok || since != comp.NoDate && since > on {
		return q, false
	}
	q.last = comp.NoDate
	days := r.days[account]
	if k, _ := slices.BinarySearch(days, on+1); k > 0 {
		q.last = days[k-1]
	}
	from := q.last
	if since != comp.NoDate && (from == comp.NoDate || since > from) {
		from = since
	}
	if q.known = from != comp.NoDate; q.known {
		q.days = int(on - from)
	}
	q.dormant = !q.known || q.days > r.Dormant
	return q, true
}

// today is the day by whose end a run looks: the last of its period, or that of a preview before it.
func (a *assessment) today() comp.Date {
	last := a.in.Run.Period.End - 1
	if b := a.in.Run.Business; b >= a.in.Run.Period.Start && b < last {
		return b
	}
	return last
}

// cell is what a column of a list says of an account.
func (r *recency) cell(c *comp.Shown, account string, on comp.Date) string {
	q, ok := r.quiet(account, on)
	switch {
	case !ok:
		return ""
	case c.Contact && q.last == comp.NoDate, c.Quiet && !q.known:
		return "none known"
	case c.Contact:
		return q.last.String()
	}
	return strconv.Itoa(q.days)
}

// contact tells by period of how many customers nothing was heard for too long.
func (l *looker) contact(spec *comp.SectionSpec, s *comp.Section) {
	s.Columns = []comp.SectionColumn{{Title: "Period"}, {Title: "Customers", Right: true}, {Title: "In contact", Right: true}, {Title: "Dormant", Right: true},
		{Title: "Share dormant", Right: true}, {Title: "Median days", Right: true}}
	r := l.a.recent
	if r == nil {
		return
	}
	for _, p := range l.periods(spec, spec.Periods) {
		var all []quietness
		dormant := 0
		for _, name := range r.names {
			if q, ok := r.quiet(name, p.End-1); ok {
				all = append(all, q)
				dormant += int(one(q.dormant))
			}
		}
		if len(all) == 0 {
			continue
		}
		share := over(comp.Int(int64(dormant)), comp.Int(int64(len(all))))
		s.Rows = append(s.Rows, []string{p.Words(), comp.Grouped(strconv.Itoa(len(all))), comp.Grouped(strconv.Itoa(len(all) - dormant)), comp.Grouped(strconv.Itoa(dormant)),
			share.Mul(hundred).Fixed(2, comp.HalfAway) + " %", middle(all)})
	}
	s.After = append(s.After, fmt.Sprintf("Nothing was heard of a dormant customer for more than %d days. What is heard: %s.", r.Dormant, l.title(r.Measure)))
}

// middle is the median of the days; that of nobody known is the longest of all.
func middle(all []quietness) string {
	slices.SortFunc(all, func(a, b quietness) int {
		return cmp.Or(cmp.Compare(one(b.known), one(a.known)), cmp.Compare(a.days, b.days))
	})
	a, b := all[(len(all)-1)/2], all[len(all)/2]
	switch {
	case !b.known:
		return "-"
	case (a.days+b.days)%2 == 1:
		return strconv.Itoa((a.days+b.days)/2) + ".5"
	}
	return strconv.Itoa((a.days + b.days) / 2)
}
