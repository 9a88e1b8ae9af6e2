package transform

import (
	"cmp"
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// events reads what happened to records of fact tables. A row without a day, or without the score that it is asked for, says
// that nothing has happened yet.
func (c *conformer) events() error {
	for _, m := range c.in.Mapping.Events {
		rows, err := c.eventTable(m.Table)
		if err != nil {
			return err
		}
		for _, r := range rows {
			key, e, ok := c.event(r, m)
			if !ok {
				continue
			}
			if c.company.Events == nil {
				c.company.Events = map[comp.EventKey][]comp.Event{}
			}
			c.company.Events[key] = append(c.company.Events[key], e)
		}
	}
	for _, list := range c.company.Events { // each is sorted by itself
		slices.SortStableFunc(list, func(a, b comp.Event) int {
			return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Origin.Name, b.Origin.Name), cmp.Compare(a.Origin.File, b.Origin.File),
				cmp.Compare(a.Origin.Pos, b.Origin.Pos))
		})
	}
	return nil
}

// eventTable is table, but what decoding refuses of a table that a measure reads is told by the scan alone.
func (c *conformer) eventTable(name string) ([]row, error) {
	before := len(c.refused)
	rows, err := c.table(name)
	if err == nil && isFact(c.in, name) {
		c.refused = c.refused[:before]
	}
	return rows, err
}

func isFact(in *Inputs, table string) bool {
	for i := range in.Measures {
		if slices.ContainsFunc(in.Measures[i].Terms, func(t comp.Term) bool { return t.Table == table }) {
			return true
		}
	}
	return false
}

// event reads one row. A table that gives both amounts and scores is of several events: its rows need neither.
func (c *conformer) event(r row, m comp.EventMap) (key comp.EventKey, e comp.Event, ok bool) {
	day := r.get(m.Date)
	if !c.matches(r, m.Where, "") || day.Kind != comp.KindDate {
		return key, e, false
	}
	record, known := text(r.get(m.Key))
	e = comp.Event{Date: day.Date, Origin: r.origin}
	e.Score, e.Amount = numberOf(r.get(m.Score)), numberOf(r.get(m.Amount))
	switch {
	case m.Score != "" && m.Amount != "":
	case m.Score != "" && e.Score == nil:
		return key, e, false
	case m.Amount != "" && e.Amount == nil:
		known = false
	}
	if !known {
		c.find(r, comp.Finding{Code: "incomplete_row", Reach: comp.ReachRow, Column: m.Key, Text: record,
			Message: fmt.Sprintf("the event %s of %s lacks its record or its amount", m.Event, m.Of), Hint: "complete the row; until then the event counts as not happened"})
	}
	return comp.EventKey{Table: m.Of, Key: record, Event: m.Event}, e, known
}

// hours reads hours worked. A week that a person has twice holds the person.
func (c *conformer) hours() error {
	for _, m := range c.in.Mapping.Hours {
		rows, err := c.table(m.Table)
		if err != nil {
			return err
		}
		for _, r := range rows {
			employee, known := text(r.get(m.Employee))
			week, hours := r.get(m.Week), r.get(m.Hours)
			switch {
			case !known:
				c.find(r, comp.Finding{Code: "absent_id", Reach: comp.ReachSource, Column: m.Employee, Message: "the employee id is empty: whose hours these are cannot be told",
					Hint: "fill it in the source"})
				continue
			case week.Kind != comp.KindDate || hours.Kind != comp.KindNumber || hours.Number.Sign() < 0:
				c.hold(r, employee, comp.Finding{Code: "incomplete_row", Column: m.Hours, Text: valueText(hours),
					Message: fmt.Sprintf("the hours of %s lack their week, or are no number from 0 on", employee), Hint: "complete the row in the source"})
				continue
			}
			if c.company.Hours == nil {
				c.company.Hours = map[string][]comp.Hours{}
			}
			c.addHours(r, employee, comp.Hours{Week: week.Date, Hours: hours.Number, Origin: r.origin})
		}
	}
	return nil
}

func (c *conformer) addHours(r row, employee string, h comp.Hours) {
	list := c.company.Hours[employee]
	i, found := slices.BinarySearchFunc(list, h.Week, func(x comp.Hours, d comp.Date) int { return cmp.Compare(x.Week, d) })
	if !found {
		c.company.Hours[employee] = slices.Insert(list, i, h)
		return
	}
	if list[i].Hours.Cmp(h.Hours) != 0 {
		c.hold(r, employee, comp.Finding{Code: "hours_twice", Text: h.Week.String(),
			Message: fmt.Sprintf("%s has two numbers of hours in the week of %s, %s and %s", employee, h.Week, list[i].Hours, h.Hours), Hint: "leave one row a week"})
	}
}

// acceptances reads who accepted which plan document; of several days the first counts.
func (c *conformer) acceptances() error {
	for _, m := range c.in.Mapping.Acceptances {
		rows, err := c.table(m.Table)
		if err != nil {
			return err
		}
		for _, r := range rows {
			employee, known := text(r.get(m.Employee))
			digest, named := text(r.get(m.Digest))
			day := r.get(m.Date)
			if !known || !named || day.Kind != comp.KindDate {
				c.find(r, comp.Finding{Code: "incomplete_row", Reach: comp.ReachRow, Message: "an acceptance without its employee, document or day accepts nothing",
					Hint: "complete the row"})
				continue
			}
			if c.company.Accepted == nil {
				c.company.Accepted = map[[2]string]comp.Date{}
			}
			k := [2]string{employee, digest}
			if first, ok := c.company.Accepted[k]; !ok || day.Date < first {
				c.company.Accepted[k] = day.Date
			}
		}
	}
	return nil
}

// numberOf is a value's number; nil where it has none.
func numberOf(v comp.Value) *comp.Number {
	if v.Kind != comp.KindNumber {
		return nil
	}
	return &v.Number
}
