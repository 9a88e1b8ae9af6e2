package config

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// people reads how reference tables become the company: roster, crosswalk, rates, quotas, calendars.
func (l *loader) people(f fields) {
	l.roster(f)
	l.crosswalk(f)
	l.fx(f)
	l.quotaMaps(f)
	l.calendarMaps(f)
	l.records(f)
}

func (l *loader) roster(f fields) {
	var employed []node
	items := f.at("roster").items("roster tables")
	for _, n := range items {
		r, ok := n.fields("a roster table", "table! id! where from to employed set")
		if !ok {
			continue
		}
		t := l.table(r.at("table"))
		m := comp.RosterMap{Table: r.text("table"), ID: l.column(t, r.at("id"), words...),
			From: l.column(t, r.at("from"), daily...), To: l.column(t, r.at("to"), daily...)}
		m.Where = l.condition(t, r.at("where"))
		m.Employed = l.condition(t, r.at("employed"))
		if r.has("to") && !r.has("from") {
			r.keyNode("to").wrong("to without from", "the column of the first day", "add from:")
		}
		if r.has("employed") {
			employed = append(employed, r.keyNode("employed"))
		} else if !r.has("set") {
			r.wrong("a roster table with neither employed nor set", "", "add set: {attribute: column}")
		}
		m.Set = l.attributeMaps(t, r)
		l.config.Mapping.Roster = append(l.config.Mapping.Roster, m)
	}
	switch {
	case len(employed) == 0 && f.at("roster").isList():
		f.keyNode("roster").wrong("a roster without employed", "one table that says who is employed", `add employed: 'status != "Terminated"' to it`)
	case len(employed) > 1:
		for _, e := range employed[1:] {
			e.wrong("employed a second time", "one table that says who is employed", "remove it here or in line "+strconv.Itoa(employed[0].y.Line))
		}
	}
}

// attributeMaps reads the set: of a roster table.
func (l *loader) attributeMaps(t *table, r fields) (out []comp.AttrMap) {
	if !r.has("set") {
		return nil
	}
	set, ok := r.at("set").entries("attributes")
	if !ok {
		return nil
	}
	for _, attr := range set.order() {
		if !isColumn(attr) {
			set.keyNode(attr).wrong("the attribute name "+strconv.Quote(short(attr)), nameWanted, "write "+columnFrom(attr))
			continue
		}
		l.attributes[attr] = true
		out = append(out, l.attribute(t, attr, set.at(attr)))
	}
	return out
}

// attribute reads one attribute: a column's name, or the long form.
func (l *loader) attribute(t *table, attr string, n node) comp.AttrMap {
	m := comp.AttrMap{Attr: attr}
	if !n.isMap() {
		if c := l.column(t, n); c != "" {
			m.Columns = []string{c}
		}
		return m
	}
	f, ok := n.fields("the attribute "+attr, "column columns const in key take parent values")
	if !ok {
		return m
	}
	switch f.onlyOne(true, "column", "columns", "const") {
	case "const":
		m.Const = f.text("const")
		l.entity(attr, f.at("const"), m.Const)
		f.never("it with a column only", "remove it or write column:", "in", "key", "take", "parent", "values")
		return m
	case "column":
		if c := l.column(t, f.at("column")); c != "" {
			m.Columns = []string{c}
		}
	case "columns":
		_, nodes := f.texts("columns")
		for _, c := range nodes {
			if s := l.column(t, c); s != "" {
				m.Columns = append(m.Columns, s)
			}
		}
	}
	l.lookup(f, &m)
	if m.Parent = f.boolean("parent"); m.Parent {
		l.column(t, f.at("column"), comp.Node, comp.Text)
		f.never("it without parent", "remove it", "in", "columns", "values")
	}
	l.translations(attr, f, &m)
	return m
}

// lookup reads in, key and take, which stand together.
func (l *loader) lookup(f fields, m *comp.AttrMap) {
	if !f.has("in") {
		f.never("it together with in", "add in: source.table or remove it", "key", "take")
		return
	}
	t := l.table(f.at("in"))
	m.In = f.text("in")
	for _, k := range []string{"key", "take"} {
		if !f.has(k) {
			f.keyNode("in").wrong("in without "+k, "in, key and take together", "add "+k+": a column of "+m.In)
		}
	}
	m.Key, m.Take = l.column(t, f.at("key")), l.column(t, f.at("take"))
}

func (l *loader) translations(attr string, f fields, m *comp.AttrMap) {
	if !f.has("values") {
		return
	}
	v, ok := f.at("values").entries("values")
	if !ok {
		return
	}
	m.Values = map[string]string{}
	for _, k := range v.order() {
		m.Values[k] = v.text(k)
		l.entity(attr, v.at(k), m.Values[k])
	}
}

// entity checks a written value of the attribute entity.
func (l *loader) entity(attr string, n node, id string) {
	if attr != comp.AttrEntity || id == "" {
		return
	}
	var ids []string
	for _, e := range l.config.Settings.Entities {
		if e.ID == id {
			return
		}
		if e.ID != "" {
			ids = append(ids, e.ID)
		}
	}
	n.wrong("the entity "+strconv.Quote(short(id)), "an id under entities", suggest(id, ids))
}

// optional are the entries of a list that may be absent.
func (f fields) optional(key, want string) []node {
	if !f.has(key) {
		return nil
	}
	return f.at(key).items(want)
}

func (l *loader) crosswalk(f fields) {
	for _, n := range f.optional("crosswalk", "crosswalk tables") {
		c, ok := n.fields("a crosswalk", "table! system system_is login! employee! from to")
		if !ok {
			continue
		}
		t := l.table(c.at("table"))
		m := comp.CrosswalkMap{Table: c.text("table"), Login: l.column(t, c.at("login"), words...), Employee: l.column(t, c.at("employee"), words...),
			From: l.column(t, c.at("from"), daily...), To: l.column(t, c.at("to"), daily...)}
		switch c.onlyOne(true, "system", "system_is") {
		case "system":
			m.System = l.systemColumn(t, c.at("system"))
			l.crossed = true
		case "system_is":
			m.SystemIs = c.text("system_is")
			l.systems[m.SystemIs] = true
		default:
			l.crossed = true // a mistake already; do not call every system unknown for it
		}
		l.config.Mapping.Crosswalk = append(l.config.Mapping.Crosswalk, m)
	}
}

// systemColumn is the column that names each row's system. What is no column and like none is taken for a system itself.
func (l *loader) systemColumn(t *table, n node) string {
	s, ok := n.text(false)
	if !ok || t == nil || len(t.columns) == 0 || slices.Contains(t.columns, s) {
		return l.column(t, n, words...)
	}
	if _, source := l.sources[s]; !source && nearest(s, t.columns) != "" {
		return l.column(t, n, words...)
	}
	n.wrong("the column "+strconv.Quote(short(s)), "a column of "+t.name+" that names each row's system", "write system_is: "+short(s)+" where all rows are of that system")
	l.systems[s] = true // a mistake already; measures that name it are right
	return ""
}

func (l *loader) fx(f fields) {
	for _, n := range f.optional("fx", "tables of rates") {
		x, ok := n.fields("a table of rates", "table! date! from! to! rate! kind kind_is where")
		if !ok {
			continue
		}
		t := l.table(x.at("table"))
		m := comp.FXMap{Table: x.text("table"), Date: l.column(t, x.at("date"), daily...),
			FromCurrency: l.column(t, x.at("from"), words...), ToCurrency: l.column(t, x.at("to"), words...),
			Rate: l.column(t, x.at("rate"), numeric...), Where: l.condition(t, x.at("where"))}
		l.rateKind(t, x, &m)
		l.config.Mapping.FX = append(l.config.Mapping.FX, m)
	}
}

func (l *loader) quotaMaps(f fields) {
	for _, n := range f.optional("quotas", "tables of quotas") {
		q, ok := n.fields("a table of quotas", "table! employee! name name_is each from! to until amount! currency currency_is where")
		if !ok {
			continue
		}
		t := l.table(q.at("table"))
		m := comp.QuotaMap{Table: q.text("table"), Employee: l.column(t, q.at("employee"), words...), From: l.column(t, q.at("from"), daily...),
			To: l.column(t, q.at("to"), daily...), Amount: l.column(t, q.at("amount"), numeric...), Until: comp.NoDate,
			Where: l.condition(t, q.at("where")), Each: q.choice("each", "", "month", "period")}
		switch q.onlyOne(true, "name", "name_is") {
		case "name":
			m.Name = l.column(t, q.at("name"), words...)
			l.quotaNamed = true
		case "name_is":
			m.NameIs = q.text("name_is")
			l.quotas = append(l.quotas, m.NameIs)
		}
		for _, o := range l.config.Mapping.Quotas {
			if o.NameIs == m.NameIs && o.Name == m.Name && o.Each != m.Each {
				key := "name_is"
				if m.Name != "" {
					key = "name"
				}
				q.keyNode(key).wrong("rows of the same name that are not all for the same time", "one each: for all of them", "write the same each: as above")
			}
		}
		switch q.onlyOne(false, "currency", "currency_is") {
		case "currency":
			m.Currency = l.column(t, q.at("currency"), words...)
		case "currency_is":
			m.CurrencyIs = q.currency("currency_is")
		}
		if q.onlyOne(false, "to", "until") == "until" {
			m.Until, _ = q.at("until").date()
		}
		l.config.Mapping.Quotas = append(l.config.Mapping.Quotas, m)
	}
}

// fixedPeriods are the measuring periods that need no calendar.
var fixedPeriods = []string{"month", "quarter", "half", "year"}

func (l *loader) calendarMaps(f fields) {
	for _, n := range f.optional("calendars", "calendars") {
		c, ok := n.fields("a calendar", "name! starts table column until!")
		if !ok {
			continue
		}
		m := comp.CalendarMap{Name: c.name("name")}
		m.Until, _ = c.at("until").date()
		if slices.Contains(fixedPeriods, m.Name) {
			c.at("name").wrong("the calendar name "+m.Name, "a name other than "+list(fixedPeriods), "rename it")
		}
		if l.calendars[m.Name] && m.Name != "" {
			c.at("name").wrong("the calendar "+m.Name+" a second time", "each name once", "rename it")
		}
		if !slices.Contains(fixedPeriods, m.Name) {
			l.calendars[m.Name] = true
		}
		switch c.onlyOne(true, "starts", "table") {
		case "starts":
			m.Starts = c.starts(m.Until)
			c.never("column with table only", "remove it", "column")
		case "table":
			t := l.table(c.at("table"))
			m.Table = c.text("table")
			if !c.has("column") {
				c.keyNode("table").wrong("table without column", "the column of first days", "add column:")
			}
			m.Column = l.column(t, c.at("column"), daily...)
		}
		l.config.Mapping.Calendars = append(l.config.Mapping.Calendars, m)
	}
	ms := l.config.Mapping.Calendars
	sort.SliceStable(ms, func(i, j int) bool { return ms[i].Name < ms[j].Name })
}

// starts are a calendar's first days: ascending, before until.
func (f fields) starts(until comp.Date) (out []comp.Date) {
	items := f.at("starts").items("first days")
	if f.at("starts").isList() && len(items) == 0 {
		f.at("starts").wrong("an empty list", "at least one first day", "write one such as 2025-01-01")
	}
	for _, n := range items {
		d, ok := n.date()
		switch {
		case !ok:
			continue
		case len(out) > 0 && d <= out[len(out)-1]:
			n.wrong("the day "+d.String()+" after "+out[len(out)-1].String(), "first days in ascending order", "sort them")
		case until != 0 && d >= until:
			n.wrong("the first day "+d.String(), "a day before until, "+until.String(), "remove it or move until")
		}
		out = append(out, d)
	}
	return out
}

// attributeNames are the attributes that the roster sets, sorted.
func (l *loader) attributeNames() (names []string) {
	for a := range l.attributes {
		names = append(names, a)
	}
	sort.Strings(names)
	return names
}

// numericAttribute says whether an attribute is a number in conditions: fte, and any that ends in _rate.
func numericAttribute(name string) bool {
	return name == comp.AttrFTE || strings.HasSuffix(name, "_rate")
}
