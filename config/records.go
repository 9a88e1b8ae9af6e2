package config

import (
	"slices"
	"strconv"

	"carrot/transform/comp"
)

// records reads what is known of records and people beside the roster: events, hours worked, plan documents signed.
func (l *loader) records(f fields) {
	l.contributions(f)
	for _, n := range f.optional("events", "tables of events") {
		e, ok := n.fields("a table of events", "table! of! key! event! date! amount score where")
		if !ok {
			continue
		}
		t, of := l.table(e.at("table")), l.table(e.at("of"))
		m := comp.EventMap{Table: e.text("table"), Of: e.text("of"), Key: l.column(t, e.at("key")), Event: e.name("event"), Date: l.column(t, e.at("date"), daily...),
			Amount: l.column(t, e.at("amount"), numeric...), Score: l.column(t, e.at("score"), numeric...), Where: l.condition(t, e.at("where"))}
		if m.Event == "credit" {
			e.at("event").wrong("the event credit", "a name other than credit, which is a deal's own day", "rename it")
		}
		if of != nil && len(of.columns) > 0 && len(of.keys) == 0 {
			e.at("of").wrong("the table "+of.name+" has no key", "keys: of the records that events are about", "add keys")
		}
		if t != nil && t.sealed {
			e.at("table").wrong("events from a sealed table", "answers that may be shown with the deal", "name another table")
		}
		l.config.Mapping.Events = append(l.config.Mapping.Events, m)
	}
	for _, n := range f.optional("hours", "tables of hours") {
		if h, ok := n.fields("a table of hours", "table! employee! week! hours!"); ok {
			t := l.table(h.at("table"))
			l.config.Mapping.Hours = append(l.config.Mapping.Hours, comp.HoursMap{Table: h.text("table"), Employee: l.column(t, h.at("employee"), words...),
				Week: l.column(t, h.at("week"), daily...), Hours: l.column(t, h.at("hours"), numeric...)})
		}
	}
	for _, n := range f.optional("acceptances", "tables of acceptances") {
		if a, ok := n.fields("a table of acceptances", "table! employee! digest! date!"); ok {
			t := l.table(a.at("table"))
			l.config.Mapping.Acceptances = append(l.config.Mapping.Acceptances, comp.AcceptanceMap{Table: a.text("table"), Employee: l.column(t, a.at("employee"), words...),
				Digest: l.column(t, a.at("digest"), words...), Date: l.column(t, a.at("date"), daily...)})
		}
	}
}

// rateKinds are the kinds of rates that a table can hold.
var rateKinds = []string{"daily", "plan", "average"}

// rateKind reads the kind of a table's rates: a column of kinds, or one for all rows.
func (l *loader) rateKind(t *table, x fields, m *comp.FXMap) {
	switch x.onlyOne(false, "kind", "kind_is") {
	case "kind":
		m.Kind = l.column(t, x.at("kind"), words...)
	case "kind_is":
		m.KindIs = x.choice("kind_is", "", rateKinds...)
	}
}

// hasRates refuses a plan that names a kind of rates that no table gives.
func (l *loader) hasRates(n node, key, kind string) {
	if kind != "plan" && kind != "average" || slices.ContainsFunc(l.config.Mapping.FX, func(m comp.FXMap) bool { return m.KindIs == kind || m.Kind != "" }) {
		return
	}
	n.wrong(key+": "+kind+" in a config without rates of kind "+kind, "a table of them", "add kind_is: "+kind+" to fx")
}

// payroll reads the layout of an entity's payroll file.
func (f fields) payroll(e *comp.LegalEntity) {
	e.Payroll = f.unless("payroll", "neutral", "adp", "gusto")
	f.at("payroll").later("payroll:"+e.Payroll, "payroll: "+e.Payroll)
	e.CompanyCode = f.text("company_code")
	switch {
	case e.Payroll == "adp" && !f.has("company_code"):
		f.keyNode("payroll").wrong("payroll: adp without company_code", "the code of the company there", "add company_code:")
	case e.Payroll == "adp" && f.at("company_code").ok() && len(e.CompanyCode) != 3 && e.CompanyCode != "":
		f.at("company_code").wrong("the company code "+strconv.Quote(short(e.CompanyCode)), "three characters, as payroll knows the company", "correct it")
	case e.Payroll == "adp" && len(e.PayCode) > 2:
		f.at("pay_code").wrong("the pay code "+strconv.Quote(short(e.PayCode))+" with payroll: adp", "one or two characters, as ADP knows the earnings", "correct it")
	case e.Payroll != "adp" && f.has("company_code"):
		f.keyNode("company_code").wrong("company_code without payroll: adp", "it with payroll: adp only", "remove it")
	}
}

// lintName is the name of a lint that a person may waive: L1 to L20 without those that are refusals, or P- and a class of probe.
func (f fields) lintName() string {
	n := f.at("lint")
	s, ok := n.text(false)
	if !ok || len(s) > 2 && s[:2] == "P-" {
		return s
	}
	v := 0
	if len(s) > 1 && s[0] == 'L' {
		v, _ = strconv.Atoi(s[1:])
	}
	switch {
	case v < 1 || v > 20 || s != "L"+strconv.Itoa(v):
		n.wrong("the lint "+strconv.Quote(short(s)), "L1 to L20", "write one of them")
	case v == 2:
		n.wrong("a waiver of L2", "a lint that may be waived: correct the bands", "remove it")
	case v == 17:
		n.wrong("a waiver of L17", "a lint that may be waived: correct the weights", "remove it")
	}
	return s
}
