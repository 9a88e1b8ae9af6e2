package plans

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// way is another way to write a real row down.
type way struct {
	class   string
	of      payeeMonth
	what    string
	touches []string // payees who have a part of the row
	edits   []rowEdit
}

// waysOf are the ways of a payee's month, in the order of the classes.
func (x *pastProber) waysOf(m payeeMonth) []way {
	p := x.months[m]
	var out []way
	add := func(class string, c *comp.Credit, what string, edits ...rowEdit) {
		if len(edits) == 0 {
			return
		}
		out = append(out, way{class: class, of: m, what: fmt.Sprintf("%s/%s %s", c.Table, c.Key, what), touches: x.touched(c), edits: edits})
	}
	for i, c := range []*comp.Credit{p.largest, p.smallest} {
		if c != nil && (i == 0 || c.Key != p.largest.Key) {
			add("P-better", c, x.worthOf(c)+"left undone", x.dropped(c)...)
		}
	}
	if c := p.largest; c != nil {
		for _, k := range []int{2, 3, 10} {
			add("P-split", c, fmt.Sprintf("%sentered as %d of the same day", x.worthOf(c), k), x.split(c, k)...)
		}
	}
	if c := p.late; c != nil {
		add("P-day", c, fmt.Sprintf("%son %s instead of %s", x.worthOf(c), p.lateEdge, c.Date), x.dated(c, p.lateEdge)...)
	}
	if c := p.early; c != nil {
		add("P-day", c, fmt.Sprintf("%son %s instead of %s", x.worthOf(c), p.earlyEdge-1, c.Date), x.dated(c, p.earlyEdge-1)...)
	}
	if c := p.quick; c != nil {
		for _, off := range []int64{5, 10, 20} {
			add("P-quicksale", c, fmt.Sprintf("%ssold quickly on %s at %d %% off instead of on %s", x.worthOf(c), p.quickEdge-1, off, c.Date), x.cheaper(c, off, p.quickEdge-1)...)
		}
	}
	for i := range p.bad {
		add("P-survey", &p.bad[i], fmt.Sprintf("of %s, not satisfied, left unasked", p.bad[i].Date), x.dropped(&p.bad[i])...)
	}
	if c := p.taken; c != nil {
		on := c.Date.AddMonths(1)
		add("P-refund", c, fmt.Sprintf("%staken off on %s instead of %s", x.worthOf(c), on, c.Date), x.dated(c, on)...)
	}
	return append(out, x.undone(m)...)
}

// worthOf is what a row is worth, in words that end with a blank.
func (x *pastProber) worthOf(c *comp.Credit) string {
	if m := x.own[c.Measure]; m.Unit != "money" || m.Aggregate != comp.Sum {
		return ""
	}
	return "of " + comp.Grouped(c.Value.Abs().Fixed(2, comp.HalfAway)) + " " + string(c.Value.Currency) + " "
}

// touched are the payees who have a part of a row, sorted.
func (x *pastProber) touched(c *comp.Credit) []string {
	out := []string{c.Payee}
	for _, o := range x.rows[rowKey{c.Table, c.Key}].credits {
		out = append(out, o.Payee)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// edit is the row's own edit.
func (x *pastProber) edit(c *comp.Credit, copies ...rowCopy) rowEdit {
	contract := x.contract(c.Table)
	return rowEdit{table: c.Table, column: contract.Index(contract.Keys[0]), match: c.Key, dated: -1, copies: copies}
}

func (x *pastProber) dropped(c *comp.Credit) []rowEdit { return []rowEdit{x.edit(c)} }

// dated moves the day by which a row counts.
func (x *pastProber) dated(c *comp.Credit, on comp.Date) []rowEdit {
	_, t, contract := x.term(c)
	i := contract.Index(t.Date)
	if i < 0 {
		return nil
	}
	return []rowEdit{x.edit(c, rowCopy{set: map[int]comp.Value{i: dayValue(contract.Columns[i], on)}})}
}

// dayValue is a day as a column has it; of an instant its noon in Greenwich, which is the same day in almost every zone.
func dayValue(col comp.Column, on comp.Date) comp.Value {
	if col.Type == comp.Instant {
		return comp.NumberValue(comp.Int(int64(on)*86400 + 43200))
	}
	return comp.DateValue(on)
}

// values are the columns that the payees' own measures add up of a row, with what stands in them; not ok where one is worked out
// of several columns.
func (x *pastProber) values(c *comp.Credit) (out map[int]comp.Number, ok bool) {
	out = map[int]comp.Number{}
	for i := range x.rows[rowKey{c.Table, c.Key}].credits {
		o := &x.rows[rowKey{c.Table, c.Key}].credits[i]
		m, t, contract := x.term(o)
		if m == nil || m.Aggregate != comp.Sum {
			continue
		}
		if t.Value == nil || t.Value.Op != comp.Name {
			return nil, false
		}
		k := contract.Index(t.Value.Name)
		if k < 0 || contract.Columns[k].Type != comp.Decimal && contract.Columns[k].Type != comp.Integer {
			return nil, false
		}
		out[k] = o.Value.Number
		if t.Sign < 0 {
			out[k] = o.Value.Number.Neg()
		}
	}
	return out, true
}

// scaled is a part of a column's number, with as many digits as the column has.
func scaled(col comp.Column, n, part comp.Number) comp.Number {
	digits := col.Scale
	if col.Type == comp.Integer {
		digits = 0
	}
	out, err := comp.ParseExact(n.Mul(part).Fixed(digits, comp.HalfAway))
	if err != nil {
		return n
	}
	return out
}

// cheaper is a row at so many percent off, on another day.
func (x *pastProber) cheaper(c *comp.Credit, off int64, on comp.Date) []rowEdit {
	values, ok := x.values(c)
	edits := x.dated(c, on)
	if !ok || len(values) == 0 || len(edits) == 0 {
		return nil
	}
	contract := x.contract(c.Table)
	for k, n := range values { // each to a cell of its own
		edits[0].copies[0].set[k] = comp.NumberValue(scaled(contract.Columns[k], n, comp.Scaled(100-off, 2)))
	}
	return edits
}

// split writes a row as so many, whose values total the same; what else names the row by its key names each of them.
func (x *pastProber) split(c *comp.Credit, times int) []rowEdit {
	values, ok := x.values(c)
	if !ok || x.inParts(c) {
		return nil
	}
	contract := x.contract(c.Table)
	part, _ := comp.Int(1).Quo(comp.Int(int64(times)))
	own := contract.Index(contract.Keys[0])
	copies := make([]rowCopy, times)
	for i := range copies {
		copies[i] = rowCopy{set: map[int]comp.Value{}, suffix: own, end: partOf(i)}
		for k, n := range values { // each to a cell of its own
			one := scaled(contract.Columns[k], n, part)
			if i == times-1 {
				one = n.Sub(one.Mul(comp.Int(int64(times - 1))))
			}
			copies[i].set[k] = comp.NumberValue(one)
		}
	}
	return append([]rowEdit{x.edit(c, copies...)}, x.children(c, times)...)
}

// partOf is what the key of a part ends with.
func partOf(i int) string {
	if i == 0 {
		return ""
	}
	return fmt.Sprintf("~%d", i+1)
}

// inParts says whether an event of a row has an amount: how much of it each part would have is not known.
func (x *pastProber) inParts(c *comp.Credit) bool {
	for i := range x.h.In.Mapping.Events {
		e := &x.h.In.Mapping.Events[i]
		if e.Of == c.Table && e.Amount != "" && len(x.company.Events[comp.EventKey{Table: c.Table, Key: c.Key, Event: e.Event}]) > 0 {
			return true
		}
	}
	return false
}

// children are the rows that name a row: its shares and what happened to it, of each part the same.
func (x *pastProber) children(c *comp.Credit, times int) (out []rowEdit) {
	add := func(table, column string) {
		contract := x.contract(table)
		if contract == nil || contract.Index(column) < 0 || slices.ContainsFunc(out, func(e rowEdit) bool { return e.table == table && e.column == contract.Index(column) }) {
			return
		}
		e := rowEdit{table: table, column: contract.Index(column), match: c.Key, dated: -1}
		for i := range times {
			one := rowCopy{set: map[int]comp.Value{e.column: comp.TextValue(c.Key + partOf(i))}}
			if len(contract.Keys) == 1 && contract.Keys[0] != column {
				one.suffix, one.end = contract.Index(contract.Keys[0]), partOf(i)
			}
			e.copies = append(e.copies, one)
		}
		out = append(out, e)
	}
	contract := x.contract(c.Table)
	for _, o := range x.rows[rowKey{c.Table, c.Key}].credits {
		if _, t, _ := x.term(&o); t != nil && t.Owner.Split != nil && t.Owner.Split.Of == contract.Keys[0] {
			add(t.Owner.Split.Table, t.Owner.Split.Key)
		}
	}
	for i := range x.h.In.Mapping.Events {
		if e := &x.h.In.Mapping.Events[i]; e.Of == c.Table && e.Table != c.Table {
			add(e.Table, e.Key)
		}
	}
	return out
}

// undone are events that take pay back, a month later than they were.
func (x *pastProber) undone(m payeeMonth) (out []way) {
	c := x.months[m].largest
	if c == nil {
		return nil
	}
	for _, event := range x.takesBack(c.Measure) {
		for i := range x.h.In.Mapping.Events {
			e := &x.h.In.Mapping.Events[i]
			contract := x.contract(e.Table)
			if e.Event != event || e.Of != c.Table || contract == nil || contract.Index(e.Key) < 0 || contract.Index(e.Date) < 0 {
				continue
			}
			if contract.Columns[contract.Index(e.Date)].Type != comp.DateType {
				continue
			}
			for _, was := range x.company.Events[comp.EventKey{Table: c.Table, Key: c.Key, Event: event}] {
				on := was.Date.AddMonths(1)
				if on >= x.h.Span.End {
					continue // what is taken after the last month cannot be seen
				}
				k := contract.Index(e.Date)
				out = append(out, way{class: "P-refund", of: m, touches: x.touched(c), what: fmt.Sprintf("%s/%s %sundone (%s) on %s instead of %s", c.Table, c.Key, x.worthOf(c), event, on, was.Date),
					edits: []rowEdit{{table: e.Table, column: contract.Index(e.Key), match: c.Key, dated: k, on: was.Date, copies: []rowCopy{{set: map[int]comp.Value{k: comp.DateValue(on)}}}}}})
			}
		}
	}
	return out
}

// takesBack are the events by which components that read a measure take pay back, each once.
func (x *pastProber) takesBack(measure string) (out []string) {
	for i := range x.h.In.Plans {
		for k := range x.h.In.Plans[i].Components {
			c := &x.h.In.Plans[i].Components[k]
			if c.Clawback != nil && slices.Contains(c.Measures(), measure) && !slices.Contains(out, c.Clawback.On) {
				out = append(out, c.Clawback.On)
			}
		}
	}
	return out
}
