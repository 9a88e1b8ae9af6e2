package plans

import (
	"fmt"
	"slices"

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
			comp.Column{Name: "value", Type: comp.Decimal, Scale: 2}, comp.Column{Name: "currency", Type: comp.Category}, comp.Column{Name: "hit", Type: comp.Bool})
		for k, x := range f.Facts {
			w.fact(t, m, k, x)
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

// termOf is the term that reads a measure's facts.
func termOf(m *comp.Measure, table string) comp.Term {
	column := func(name string, k comp.Kind) *comp.Expr {
		return &comp.Expr{Op: comp.Name, Kind: k, Name: name, Text: name}
	}
	x := comp.Term{Table: table, Date: "on", Sign: 1}
	if m.Pool != comp.PoolCompany {
		x.Owner = comp.Owner{Column: "payee"}
	}
	switch m.Aggregate {
	case comp.Sum, comp.Mean:
		x.Value = column("value", comp.KindNumber)
	case comp.Share, comp.Rate:
		x.Hit = column("hit", comp.KindBool)
	}
	if m.Unit == "money" {
		x.Currency = "currency"
	}
	return x
}

// fact adds the rows of a fact.
func (w *world) fact(t *table, m *comp.Measure, n int, x config.ExampleFact) {
	key := x.Key
	if key == "" {
		key = fmt.Sprintf("%s-%d", m.ID, n+1)
	}
	w.payee(x.Payee, x.Where)
	share := m.Aggregate == comp.Share || m.Aggregate == comp.Rate
	switch {
	case x.Payee == "" && m.Pool != comp.PoolCompany:
		w.wrong(x.Where, "a fact without payee", "whose it is: "+m.ID+" is measured per "+string(m.Pool), "add payee:")
	case share && x.Of == 0:
		w.wrong(x.Where, "a fact of "+m.ID+" without hits and of", "how many rows there are, and how many of them are hits", "add hits: 86, of: 100")
	case !share && x.Of > 0:
		w.wrong(x.Where, "hits of "+m.ID+", which is no share", "a value", "write value:")
	case !share && m.Aggregate != comp.Count && x.Value == nil:
		w.wrong(x.Where, "a fact of "+m.ID+" without value", "its value", `add value: "100.00"`)
	case m.Unit == "money" && x.Currency == "":
		w.wrong(x.Where, "money without currency", "the currency of the value", "add currency: "+string(w.c.Settings.Entities[0].Currency))
	}
	times, width := x.Times, len(fmt.Sprint(x.Times))
	if share {
		times, width = x.Of, len(fmt.Sprint(x.Of))
	}
	for i := range times {
		id := key
		if times > 1 {
			id = fmt.Sprintf("%s-%0*d", key, width, i+1)
		}
		hit := comp.Value{}
		if share {
			hit = comp.BoolValue(i < x.Hits)
		}
		t.row(x.Known, comp.TextValue(id), textOrNull(x.Payee), comp.DateValue(x.On), numberOrNull(x.Value), textOrNull(string(x.Currency)), hit)
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
			for _, c := range r.Cells {
				i := t.contract.Index(c.Column)
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
			t.row(r.Known, cells...)
		}
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
