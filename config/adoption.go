package config

import (
	"cmp"
	"slices"
	"strconv"

	"carrot/transform/comp"
)

// adoption reads how far the company has come: a number, or one from each of several days on.
func (f fields) adoption(first comp.Date) (out []comp.Adoption) {
	n := f.at("stage")
	if !n.ok() {
		return nil
	}
	if !n.isList() {
		if v, ok := n.integer(1, 4); ok {
			out = append(out, comp.Adoption{From: comp.NoDate, Stage: v})
		}
		return out
	}
	items := n.items("stages by day")
	if len(items) == 0 {
		n.wrong("an empty list", "at least one stage", "write stage: 1, or - {from: YYYY-MM-DD, stage: 1}")
	}
	for _, item := range items {
		s, ok := item.fields("a stage", "from! stage!")
		if !ok {
			continue
		}
		from, ok := s.at("from").date()
		a := comp.Adoption{From: from, Stage: s.integer("stage", 0, 1, 4)}
		switch {
		case !ok || a.Stage == 0:
			continue
		case len(out) == 0 && first != 0 && from > first:
			s.at("from").wrong("a first stage from "+from.String(), "one that holds on "+first.String()+", the first day that is paid", "write from: "+first.String()+", or add the stage before it")
		case len(out) > 0 && from <= out[len(out)-1].From:
			s.at("from").wrong("a stage from "+from.String()+" after one from "+out[len(out)-1].From.String(), "days that ascend", "sort the list, each day once")
		}
		out = append(out, a)
	}
	return out
}

// accounts reads how far each customer has come.
func (l *loader) accounts(f fields) {
	if !f.has("accounts") {
		return
	}
	a, ok := f.at("accounts").fields("accounts", "table! account! name stage reach in contact")
	if !ok {
		return
	}
	t := l.table(a.at("table"))
	l.readable(a, t)
	out := &comp.AccountMap{Table: a.text("table"), Account: l.column(t, a.at("account"), words...)}
	if a.has("name") {
		out.Name = l.column(t, a.at("name"), words...)
	}
	switch a.onlyOne(true, "stage", "reach") {
	case "stage":
		out.Stage = l.column(t, a.at("stage"), comp.Integer)
	case "reach":
		l.reached(a, out)
	}
	if in, ok := a.at("in").entries("tables with the column that names the account"); ok {
		for _, name := range in.order() {
			if t := l.table(in.keyNode(name)); t != nil {
				if t.sealed {
					in.keyNode(name).wrong("accounts of the sealed table "+name, "a table whose rows may be shown", "remove it")
				}
				out.In = append(out.In, comp.AccountColumn{Table: name, Column: l.column(t, in.at(name), words...)})
			}
		}
	}
	l.contact(a, t, out)
	slices.SortFunc(out.In, func(x, y comp.AccountColumn) int { return cmp.Compare(x.Table, y.Table) })
	l.config.Mapping.Accounts = out
}

// reached reads what accounts must have done, by stage.
func (l *loader) reached(a fields, out *comp.AccountMap) {
	items := a.at("reach").items("stages that are reached")
	if a.at("reach").isList() && len(items) == 0 {
		a.at("reach").wrong("an empty list", "at least one stage", "add - {stage: 2, table: …, account: …, date: …}")
	}
	last := 1
	for _, item := range items {
		r, ok := item.fields("a stage that is reached", "stage! table! account! where date! months at_least")
		if !ok {
			continue
		}
		t := l.table(r.at("table"))
		l.readable(r, t)
		x := comp.Reaching{Stage: r.integer("stage", 0, 2, 4), Table: r.text("table"), Account: l.column(t, r.at("account"), words...), Where: l.condition(t, r.at("where")),
			Date: l.column(t, r.at("date"), daily...), Months: r.integer("months", 12, 1, 120), AtLeast: r.integer("at_least", 1, 1, 1_000_000)}
		if x.Stage != 0 && x.Stage <= last {
			r.at("stage").wrong("stage "+strconv.Itoa(x.Stage)+" after stage "+strconv.Itoa(last), "stages that ascend from 2 on", "sort the list, each stage once")
		}
		last = max(last, x.Stage)
		out.Reach = append(out.Reach, x)
	}
}

// readable refuses rows that are never shown.
func (l *loader) readable(f fields, t *table) {
	if t != nil && t.sealed {
		f.at("table").wrong("accounts of the sealed table "+f.text("table"), "a table whose rows may be shown", "name another table")
	}
}

// shownColumn is what stands under a title of a list: a column, or what is known of the account that one names.
func (l *loader) shownColumn(t *table, n node) comp.Shown {
	if !n.isMap() {
		return comp.Shown{Column: l.column(t, n)}
	}
	s, ok := n.fields("a column of a list", "name_of stage_of last_contact_of days_quiet_of")
	if !ok {
		return comp.Shown{}
	}
	key := s.onlyOne(true, "name_of", "stage_of", "last_contact_of", "days_quiet_of")
	accounts := l.config.Mapping.Accounts
	switch {
	case key == "":
		return comp.Shown{}
	case accounts == nil:
		s.keyNode(key).wrong(key+" in a config without accounts", "accounts:, which says how far each has come", "add accounts: to carrot.yaml")
	case key == "name_of" && accounts.Name == "":
		s.keyNode(key).wrong("name_of in a config whose accounts have no name", "name:, the column that people know them by", "add name: to accounts in carrot.yaml")
	case key != "name_of" && key != "stage_of" && accounts.Contact == nil:
		s.keyNode(key).wrong(key+" in a config whose accounts have no contact", "contact:, which says what counts as such", "add contact: to accounts in carrot.yaml")
	}
	return comp.Shown{Column: l.column(t, s.at(key), words...), Name: key == "name_of", Stage: key == "stage_of", Contact: key == "last_contact_of", Quiet: key == "days_quiet_of"}
}
