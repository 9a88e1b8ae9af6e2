package plans

import (
	"fmt"
	"slices"

	"carrot/config"
	"carrot/transform/comp"
)

func textOrNull(s string) comp.Value {
	if s == "" {
		return comp.Value{}
	}
	return comp.TextValue(s)
}

func dateOrNull(d comp.Date) comp.Value {
	if d == comp.NoDate {
		return comp.Value{}
	}
	return comp.DateValue(d)
}

func numberOrNull(n *comp.Number) comp.Value {
	if n == nil {
		return comp.Value{}
	}
	return comp.NumberValue(*n)
}

// attributes are the names that the config's roster sets.
func attributes(c *config.Config) []string {
	var out []string
	for _, m := range c.Mapping.Roster {
		for _, a := range m.Set {
			if !slices.Contains(out, a.Attr) {
				out = append(out, a.Attr)
			}
		}
	}
	slices.Sort(out)
	return out
}

// people are a table of spans: a row for each stretch of days on which nothing about a person changes. What the example
// leaves out is filled in where it decides nothing: the name and the payroll number are the id, the entity is the company's
// where it has one only, and people work full time.
func (w *world) people() {
	known := attributes(w.c)
	columns := []comp.Column{{Name: "id", Type: comp.ID}, {Name: "from", Type: comp.DateType}, {Name: "to", Type: comp.DateType}}
	set := []comp.AttrMap{}
	names := known
	for _, n := range []string{comp.AttrEntity, comp.AttrName, comp.AttrPayroll} {
		if !slices.Contains(names, n) {
			names = append(slices.Clone(names), n)
		}
	}
	for i, n := range names {
		column := fmt.Sprintf("a%d", i)
		columns = append(columns, comp.Column{Name: column, Type: comp.Text})
		set = append(set, comp.AttrMap{Attr: n, Columns: []string{column}})
	}
	t := w.own("people", "hierarchy", []string{"id", "from"}, columns...)
	for _, p := range w.e.People {
		w.person(t, p, names, known)
	}
	w.base.Mapping.Roster = []comp.RosterMap{{Table: t.contract.Name(), ID: "id", From: "from", To: "to", Set: set}}
	w.logins()
}

func (w *world) person(t *table, p config.ExamplePerson, names, known []string) {
	attrs := map[string]string{comp.AttrName: p.ID, comp.AttrPayroll: p.ID}
	if len(w.c.Settings.Entities) == 1 {
		attrs[comp.AttrEntity] = w.c.Settings.Entities[0].ID
	}
	if slices.Contains(known, comp.AttrFTE) {
		attrs[comp.AttrFTE] = "1"
	}
	w.set(attrs, p.Attrs, names, p.Where)
	if attrs[comp.AttrEntity] == "" {
		w.wrong(p.Where, p.ID+" without entity", "the legal entity that employs "+p.ID, "add entity: "+w.c.Settings.Entities[0].ID)
	}
	add := func(from, to, since comp.Date) {
		cells := []comp.Value{comp.TextValue(p.ID), comp.DateValue(from), dateOrNull(to)}
		for _, n := range names {
			cells = append(cells, textOrNull(attrs[n]))
		}
		t.row(since, cells...)
	}
	from, since := p.From, p.Known
	for _, c := range p.Then {
		if c.Known > since { // until then the days after are as those before
			add(from, p.To, since)
			since = c.Known
		}
		add(from, c.From-1, since)
		w.set(attrs, c.Attrs, names, p.Where)
		from = c.From
	}
	add(from, p.To, since)
}

// set notes attributes, and refuses those that the roster does not know and legal entities that the company has not.
func (w *world) set(attrs map[string]string, given []config.ExampleAttr, known []string, at comp.Place) {
	for _, a := range given {
		if !slices.Contains(known, a.Name) {
			w.wrong(at, fmt.Sprintf("the attribute %q", a.Name), "an attribute that the roster sets", config.Suggest(a.Name, known))
		}
		attrs[a.Name] = a.Value
		if a.Name != comp.AttrEntity || a.Value == "" {
			continue
		}
		var ids []string
		for _, e := range w.c.Settings.Entities {
			ids = append(ids, e.ID)
		}
		if !slices.Contains(ids, a.Value) {
			w.wrong(at, fmt.Sprintf("the entity %q", a.Value), "a legal entity of carrot.yaml", config.Suggest(a.Value, ids))
		}
	}
}

// logins make everybody's id their login in every system.
func (w *world) logins() {
	t := w.own("logins", "reassignment", nil, comp.Column{Name: "system", Type: comp.Category}, comp.Column{Name: "login", Type: comp.ID}, comp.Column{Name: "employee", Type: comp.ID})
	var systems, people []string
	for _, m := range w.c.Measures {
		for _, x := range m.Terms {
			if x.Owner.System != "" && !slices.Contains(systems, x.Owner.System) {
				systems = append(systems, x.Owner.System)
			}
		}
	}
	for _, p := range w.e.People {
		if slices.Contains(people, p.ID) {
			continue
		}
		people = append(people, p.ID)
		for _, s := range systems {
			t.row(comp.NoDate, comp.TextValue(s), comp.TextValue(p.ID), comp.TextValue(p.ID))
		}
	}
	w.base.Mapping.Crosswalk = []comp.CrosswalkMap{{Table: t.contract.Name(), System: "system", Login: "login", Employee: "employee"}}
}

// numbers are quotas and every other number per person.
func (w *world) numbers() {
	w.base.Mapping.Quotas = nil
	for _, each := range []string{"", "month", "period"} {
		t := w.own("numbers"+each, "quota", []string{"payee", "name", "from"}, comp.Column{Name: "payee", Type: comp.ID}, comp.Column{Name: "name", Type: comp.Category},
			comp.Column{Name: "from", Type: comp.DateType}, comp.Column{Name: "to", Type: comp.DateType}, comp.Column{Name: "amount", Type: comp.Decimal, Scale: 2},
			comp.Column{Name: "currency", Type: comp.Category})
		for _, n := range w.e.Numbers {
			if w.each(n.Name) == each {
				t.row(n.Known, comp.TextValue(n.Payee), comp.TextValue(n.Name), comp.DateValue(n.From), dateOrNull(n.To), comp.NumberValue(n.Amount), textOrNull(string(n.Currency)))
				w.payee(n.Payee, n.Where)
			}
		}
		w.base.Mapping.Quotas = append(w.base.Mapping.Quotas, comp.QuotaMap{Table: t.contract.Name(), Employee: "payee", Name: "name", From: "from", To: "to", Amount: "amount",
			Currency: "currency", Until: comp.NoDate, Each: each})
	}
}

// each is what the config says that a number of a name is for.
func (w *world) each(name string) string {
	each := ""
	for _, m := range w.c.Mapping.Quotas {
		if m.NameIs == name {
			return m.Each
		}
		if m.Name != "" {
			each = m.Each
		}
	}
	return each
}

// payee refuses somebody who is not among the example's people.
func (w *world) payee(id string, at comp.Place) {
	if id != "" && !slices.ContainsFunc(w.e.People, func(p config.ExamplePerson) bool { return p.ID == id }) {
		w.wrong(at, fmt.Sprintf("the payee %q", id), "somebody of people:", "add {id: "+id+", …} there, or correct the id")
	}
}

func (w *world) rates() {
	t := w.own("fx", "fx", []string{"date", "from", "to", "kind"}, comp.Column{Name: "date", Type: comp.DateType}, comp.Column{Name: "from", Type: comp.Category},
		comp.Column{Name: "to", Type: comp.Category}, comp.Column{Name: "rate", Type: comp.Decimal, Scale: 4}, comp.Column{Name: "kind", Type: comp.Category})
	m := comp.FXMap{Table: t.contract.Name(), Date: "date", FromCurrency: "from", ToCurrency: "to", Rate: "rate"}
	for _, r := range w.e.FX {
		t.row(r.Known, comp.DateValue(r.Date), comp.TextValue(string(r.From)), comp.TextValue(string(r.To)), comp.NumberValue(r.Rate), comp.TextValue(r.Kind))
		if r.Kind != "daily" {
			m.Kind = "kind"
		}
	}
	w.base.Mapping.FX = []comp.FXMap{m}
}

// hours are those worked by week.
func (w *world) hours() {
	t := w.own("hours", "late data", []string{"payee", "week"}, comp.Column{Name: "payee", Type: comp.ID}, comp.Column{Name: "week", Type: comp.DateType}, comp.Column{Name: "hours", Type: comp.Decimal, Scale: 2})
	for _, h := range w.e.Hours {
		w.payee(h.Payee, h.Where)
		t.row(h.Known, comp.TextValue(h.Payee), comp.DateValue(h.Week), comp.NumberValue(h.Hours))
	}
	w.base.Mapping.Hours = []comp.HoursMap{{Table: t.contract.Name(), Employee: "payee", Week: "week", Hours: "hours"}}
}

func (w *world) adjustments() {
	for i, a := range w.e.Adjust {
		w.payee(a.Payee, a.Where)
		m, err := comp.Amount{Number: a.Amount, Currency: a.Currency}.Round(comp.HalfAway)
		if err != nil {
			w.wrong(a.Where, "the amount "+a.Amount.String(), "an amount of "+string(a.Currency), err.Error())
			continue
		}
		w.base.Adjustments = append(w.base.Adjustments, comp.Adjustment{ID: fmt.Sprintf("A%d", i+1), Payee: a.Payee, Period: a.In, Amount: m, Reason: a.Reason, Evidence: "example", By: "example"})
	}
}
