package config

import (
	"slices"
	"strconv"

	"carrot/transform/comp"
)

// contact reads what counts as contact with an account, and when one is dormant. The measure is looked up later.
func (l *loader) contact(a fields, t *table, out *comp.AccountMap) {
	c, ok := a.at("contact").fields("contact", "measure! dormant! since where months")
	if !ok {
		return
	}
	out.Contact = &comp.Contact{Measure: c.text("measure"), Dormant: c.integer("dormant", 0, 1, 3660), Since: l.column(t, c.at("since"), daily...),
		Where: l.condition(t, c.at("where")), Months: c.integer("months", 24, 1, 120)}
	if longest := out.Contact.Months * 28; out.Contact.Dormant > longest {
		c.at("dormant").wrong("dormant: "+c.at("dormant").shown()+", longer than the months that are looked at", "a number of days within them", "write months: "+strconv.Itoa(out.Contact.Dormant/28+1)+" or fewer days")
	}
	l.contacted = c.at("measure")
}

// contacts holds the measure of what counts as contact against its tables: each must say whose its rows are.
func (l *loader) contacts() {
	a := l.config.Mapping.Accounts
	if a == nil || !l.contacted.ok() {
		return
	}
	m := l.measureNamed(l.contacted)
	switch {
	case m == nil:
		return
	case m.Aggregate == comp.Formula:
		l.contacted.wrong("the contact "+m.ID+" of aggregate formula", "a measure of rows, each of which is a contact", "name one of aggregate count")
	}
	for _, t := range m.Terms {
		said := slices.ContainsFunc(a.In, func(c comp.AccountColumn) bool { return c.Table == t.Table })
		if !said && l.tables[t.Table] != nil {
			l.contacted.wrong("the contact "+m.ID+" in "+t.Table+", which does not say whose its rows are", "the column that names the account", "add "+t.Table+": a column to in: of accounts")
		}
	}
}

// dormant reads the column of accounts of which a list shows those that are dormant, whatever day their rows are of.
func (l *loader) dormant(t *table, f fields) string {
	a := l.config.Mapping.Accounts
	switch {
	case !f.has("dormant"):
		f.need("date")
	case a == nil || a.Contact == nil:
		f.keyNode("dormant").wrong("dormant in a config that does not say what counts as contact", "contact: in accounts", "add contact: to accounts in carrot.yaml")
	case !f.has("date"):
		f.never("it in a list with date", "remove it", "months")
	}
	return l.column(t, f.at("dormant"), words...)
}
