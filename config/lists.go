package config

import (
	"slices"
	"sort"
	"strconv"

	"carrot/transform/comp"
)

// lists reads one lists document.
func (l *loader) list(n node, _ []byte) {
	f, ok := n.fields("a list", "list! title! section! table! where owner! date months columns! order most for opt_in dormant")
	if !ok {
		return
	}
	x := comp.Listing{ID: f.name("list"), Title: f.text("title"), Section: f.choice("section", "", comp.Sections...), Table: f.text("table"),
		Months: f.integer("months", 1, 1, 120), Most: f.integer("most", 10, 1, 100), Managers: f.choice("for", "payee", "payee", "manager") == "manager", Place: n.place()}
	for _, other := range l.config.Mapping.Lists {
		if other.ID == x.ID && x.ID != "" {
			f.at("list").wrong("list "+x.ID+" a second time", "each list once", "rename it; the first is "+other.Place.File+":"+strconv.Itoa(other.Place.Line))
		}
	}
	t := l.table(f.at("table"))
	l.shown(f, t, x.Section)
	x.Where = l.condition(t, f.at("where"))
	if o, ok := f.at("owner").fields("the owner of a list", "column! system"); ok {
		x.Owner.Column = l.column(t, o.at("column"), words...)
		if o.has("system") {
			x.Owner.System = l.system(o.at("system"))
		}
	}
	x.Date, x.Order = l.column(t, f.at("date"), daily...), l.column(t, f.at("order"))
	x.OptIn = l.column(t, f.at("opt_in"), comp.Bool)
	x.Dormant = l.dormant(t, f)
	if x.Managers && !l.attributes[comp.AttrManager] {
		f.at("for").wrong("for: manager in a config whose roster sets no manager", "the attribute manager", "add manager: to a roster table's set, or write for: payee")
	}
	if c, ok := f.at("columns").entries("columns"); ok {
		for _, title := range c.order() {
			if s := l.shownColumn(t, c.at(title)); s.Column != "" {
				s.Title = title
				x.Columns = append(x.Columns, s)
			}
		}
		if n := len(c.order()); n < 1 || n > 5 {
			f.at("columns").wrong(strconv.Itoa(n)+" columns", "one to five, which fit on a page", "write Title: column for each")
		}
	}
	l.config.Mapping.Lists = append(l.config.Mapping.Lists, x)
}

// shown refuses a list of rows that were never meant to be shown to anybody.
func (l *loader) shown(f fields, t *table, section string) {
	if section == "recognition" && !f.has("opt_in") {
		f.at("section").wrong("recognition without opt_in", "the column that says that whom it is about agreed", "add opt_in: a boolean column")
	}
	switch {
	case t == nil:
	case t.survey != nil && t.survey.Promise != comp.Named && t.survey.Promise != "":
		f.at("table").wrong("a list of "+t.name+", whose answers were promised to be "+map[string]string{comp.OfTeam: "shown of a team together only", comp.Anonymous: "anonymous"}[t.survey.Promise],
			"a table whose survey promises promise: named", "name another table, or use a measure of it")
	case t.sealed:
		f.at("table").wrong("a list of the sealed table "+t.name, "a table whose rows may be shown", "name another table")
	case t.survey == nil && section == "feedback":
		f.at("table").wrong("a list of feedback from "+t.name+", which does not say what was promised to those who answer", "a table with survey",
			"add survey: {kind: …, promise: named} to the table where its answers may be shown")
	}
}

// endLists sorts the lists as people read them.
func (l *loader) endLists() {
	x := l.config.Mapping.Lists
	sort.SliceStable(x, func(i, j int) bool {
		if a, b := slices.Index(comp.Sections, x[i].Section), slices.Index(comp.Sections, x[j].Section); a != b {
			return a < b
		}
		return x[i].ID < x[j].ID
	})
}

// contributions reads what each job does for the customer.
func (l *loader) contributions(f fields) {
	for _, n := range f.optional("contributions", "tables of contributions") {
		if c, ok := n.fields("a table of contributions", "table! job! text! from"); ok {
			t := l.table(c.at("table"))
			l.config.Mapping.Contributions = append(l.config.Mapping.Contributions, comp.ContributionMap{Table: c.text("table"), Job: l.column(t, c.at("job"), words...),
				Text: l.column(t, c.at("text"), words...), From: l.column(t, c.at("from"), daily...)})
		}
	}
}
