package plans

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carrot/config"
	"carrot/transform/comp"
)

// facts replace the terms of the measures that the example gives facts of by one over a table of its own.
func (w *world) facts() {
	seen := map[string]bool{}
	for _, f := range w.e.Facts {
		i := slices.IndexFunc(w.base.Measures, func(m comp.Measure) bool { return m.ID == f.Measure.Name })
		if i < 0 {
			w.wrong(f.Measure.Where, fmt.Sprintf("the measure %q", f.Measure.Name), "a measure that is defined", config.Suggest(f.Measure.Name, w.measureNames()))
			continue
		}
		if seen[f.Measure.Name] {
			continue
		}
		seen[f.Measure.Name] = true
		m := &w.base.Measures[i]
		t := w.own(m.ID, "late data", []string{"key"}, comp.Column{Name: "key", Type: comp.ID}, comp.Column{Name: "payee", Type: comp.ID}, comp.Column{Name: "on", Type: comp.DateType},
			comp.Column{Name: "value", Type: comp.Decimal, Scale: 2}, comp.Column{Name: "currency", Type: comp.Category}, comp.Column{Name: "hit", Type: comp.Bool}, comp.Column{Name: "miss", Type: comp.Bool})
		groups := groupsOf(m)
		for _, g := range groups {
			t.contract.Columns = append(t.contract.Columns, comp.Column{Name: groupColumn(g), Type: comp.Text})
		}
		for k, x := range f.Facts {
			w.fact(t, m, k, x, groups)
		}
		m.Terms = []comp.Term{termOf(m, t.contract.Name())}
	}
}

func (w *world) measureNames() []string {
	var ids []string
	for _, m := range w.c.Measures {
		ids = append(ids, m.ID)
	}
	return ids
}

// groupsOf are the columns that a measure groups rows by, each once.
func groupsOf(m *comp.Measure) (out []string) {
	for _, t := range m.Terms {
		for _, g := range t.Group {
			if !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	return out
}

// groupColumn is such a column in the table of facts, where no column of its own has its name.
func groupColumn(g string) string { return "group " + g }

// termOf is the term that reads a measure's facts.
func termOf(m *comp.Measure, table string) comp.Term {
	column := func(name string, k comp.Kind) *comp.Expr {
		return &comp.Expr{Op: comp.Name, Kind: k, Name: name, Text: name}
	}
	x := comp.Term{Table: table, Date: "on", Sign: 1}
	if m.Pool != comp.PoolCompany {
		x.Owner = comp.Owner{Column: "payee"}
	}
	if len(m.Terms) > 0 {
		for _, g := range m.Terms[0].Group {
			x.Group = append(x.Group, groupColumn(g))
		}
	}
	switch m.Aggregate {
	case comp.Sum, comp.Mean, comp.Effect, comp.Median:
		x.Value = column("value", comp.KindNumber)
	}
	if m.Aggregate.Rated() {
		x.Hit = column("hit", comp.KindBool)
	}
	if m.Aggregate == comp.Net {
		x.Miss = column("miss", comp.KindBool)
	}
	if m.Unit == "money" {
		x.Currency = "currency"
	}
	return x
}

// fact adds the rows of a fact.
func (w *world) fact(t *table, m *comp.Measure, n int, x config.ExampleFact, groups []string) {
	key := x.Key
	if key == "" {
		key = fmt.Sprintf("%s-%d", m.ID, n+1)
	}
	w.payee(x.Payee, x.Where)
	w.factFits(m, x)
	cells := make([]comp.Value, len(groups))
	for _, g := range x.Groups {
		i := slices.Index(groups, g.Name)
		if i < 0 {
			w.wrong(x.Where, fmt.Sprintf("the group %q", g.Name), "a column that "+m.ID+" groups rows by", config.Suggest(g.Name, groups))
			continue
		}
		cells[i] = textOrNull(g.Value)
	}
	times := x.Times
	if x.Of > 0 {
		times = x.Of
	}
	for i := range times {
		id := key
		if times > 1 {
			id = fmt.Sprintf("%s-%0*d", key, len(fmt.Sprint(times)), i+1)
		}
		hit, miss := comp.Value{}, comp.Value{}
		if x.Of > 0 {
			hit, miss = comp.BoolValue(i < x.Hits), comp.BoolValue(i >= x.Hits && i < x.Hits+x.Misses)
		} else if m.Aggregate == comp.Median {
			hit = comp.BoolValue(true)
		}
		t.row(x.Known, append([]comp.Value{comp.TextValue(id), textOrNull(x.Payee), comp.DateValue(x.On), numberOrNull(x.Value), textOrNull(string(x.Currency)), hit, miss}, cells...)...)
	}
}

// factFits refuses a fact that lacks what its measure takes, or has what it does not.
func (w *world) factFits(m *comp.Measure, x config.ExampleFact) {
	counted := m.Aggregate.Rated() && m.Aggregate != comp.Median
	switch {
	case m.Aggregate == comp.Formula:
		w.wrong(x.Where, "a fact of the formula "+m.ID, "facts of what it is worked out of", fmt.Sprintf("write %q for the facts of an input", m.ID+".input"))
	case x.Payee == "" && m.Pool != comp.PoolCompany:
		w.wrong(x.Where, "a fact without payee", "whose it is: "+m.ID+" is measured per "+string(m.Pool), "add payee:")
	case counted && x.Of == 0:
		w.wrong(x.Where, "a fact of "+m.ID+" without hits and of", "how many rows there are, and how many of them are hits", "add hits: 86, of: 100")
	case !m.Aggregate.Rated() && x.Of > 0:
		w.wrong(x.Where, "hits of "+m.ID+", which is no share", "a value", "write value:")
	case x.Misses > 0 && m.Aggregate != comp.Net:
		w.wrong(x.Where, "misses of "+m.ID+", which nets nothing", "hits and of", "remove misses:")
	case !counted && m.Aggregate != comp.Count && x.Value == nil:
		w.wrong(x.Where, "a fact of "+m.ID+" without value", "its value", `add value: "100.00"`)
	case m.Unit == "money" && x.Currency == "":
		w.wrong(x.Where, "money without currency", "the currency of the value", "add currency: "+string(w.c.Settings.Entities[0].Currency))
	}
}

// rows fill the sources' own tables.
func (w *world) rows() {
	for _, x := range w.e.Tables {
		t, ok := w.tables[x.Table.Name]
		if !ok || t.contract.Source == system {
			w.wrong(x.Table.Where, fmt.Sprintf("the table %q", x.Table.Name), "source.table of a source", config.Suggest(x.Table.Name, w.tableNames()))
			continue
		}
		for _, r := range x.Rows {
			cells := make([]comp.Value, len(t.contract.Columns))
			times := 0
			for _, c := range r.Cells {
				i := t.contract.Index(c.Column)
				if i < 0 && c.Column == "times" {
					if times, _ = strconv.Atoi(c.Text); times < 1 || times > 100_000 {
						w.wrong(c.Where, fmt.Sprintf("%q", c.Text), "how many rows alike, 1 to 100000", "correct it")
					}
					continue
				}
				if i < 0 {
					w.wrong(c.Where, fmt.Sprintf("the column %q", c.Column), "a column of "+x.Table.Name, config.Suggest(c.Column, columnNames(t.contract)))
					continue
				}
				v, want := cellOf(t.contract.Columns[i], c.Text)
				if want != "" {
					w.wrong(c.Where, fmt.Sprintf("%q", c.Text), want, "correct it")
				}
				cells[i] = v
			}
			t.alike(r.Known, cells, times)
		}
	}
}

// alike adds so many rows that differ in their key, which is numbered, and in texts with #, which stands for the number; 0 for one
// row as it stands.
func (t *table) alike(known comp.Date, cells []comp.Value, times int) {
	if times == 0 {
		t.row(known, cells...)
		return
	}
	for i := range times {
		own := slices.Clone(cells)
		for c := range own {
			own[c].Text = strings.ReplaceAll(own[c].Text, "#", strconv.Itoa(i+1))
		}
		for _, k := range t.contract.Keys {
			c := t.contract.Index(k)
			if t.contract.Columns[c].Type != comp.ID && t.contract.Columns[c].Type != comp.Text {
				continue
			}
			own[c] = comp.TextValue(fmt.Sprintf("%s%d-%0*d", own[c].Text, len(t.rows)-i, len(fmt.Sprint(times)), i+1))
			break
		}
		t.row(known, own...)
	}
}

func columnNames(c comp.Contract) []string {
	var names []string
	for _, col := range c.Columns {
		names = append(names, col.Name)
	}
	return names
}

func (w *world) tableNames() []string {
	var names []string
	for _, n := range w.names() {
		if w.tables[n].contract.Source != system {
			names = append(names, n)
		}
	}
	return names
}

// events happen to records of whatever table has them: those of the example's facts, and those that the config gives events
// of.
func (w *world) events() {
	t := w.own("events", "late data", []string{"of", "event", "on"}, comp.Column{Name: "of", Type: comp.ID}, comp.Column{Name: "event", Type: comp.Category}, comp.Column{Name: "on", Type: comp.DateType},
		comp.Column{Name: "amount", Type: comp.Decimal, Scale: 2}, comp.Column{Name: "score", Type: comp.Decimal, Scale: 2})
	var of, names []string
	add := func(list *[]string, s string) {
		if !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	for _, m := range w.base.Mapping.Events {
		add(&of, m.Of)
		add(&names, m.Event)
	}
	for _, f := range w.e.Facts {
		add(&of, system+"."+f.Measure.Name)
	}
	for _, e := range w.e.Events {
		if !slices.Contains(names, e.Event) {
			w.wrong(e.Where, fmt.Sprintf("the event %q", e.Event), "an event that carrot.yaml gives", config.Suggest(e.Event, names))
		}
		t.row(e.Known, comp.TextValue(e.Of), comp.TextValue(e.Event), comp.DateValue(e.On), numberOrNull(e.Amount), numberOrNull(e.Score))
	}
	w.base.Mapping.Events = nil
	for _, table := range of {
		for _, n := range names {
			where := &comp.Expr{Op: comp.Eq, Kind: comp.KindBool, Text: `event == "` + n + `"`, Args: []*comp.Expr{
				{Op: comp.Name, Kind: comp.KindText, Name: "event", Text: "event"}, {Op: comp.Lit, Kind: comp.KindText, Lit: comp.TextValue(n)}}}
			w.base.Mapping.Events = append(w.base.Mapping.Events, comp.EventMap{Table: t.contract.Name(), Of: table, Key: "of", Event: n, Date: "on", Amount: "amount", Score: "score", Where: where})
		}
	}
}
