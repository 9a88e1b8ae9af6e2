package config

import (
	"strconv"

	"carrot/transform/comp"
)

// Fairness says by which groups of people ratings are compared, and what of them is told apart before.
type Fairness struct {
	Table, Employee string      // who is of which groups
	Groups          []string    // its columns
	Category        string      // its column of categories of work of equal value; "" none
	Strata          []string    // columns of the rated rows
	Floor           int         // groups of fewer people are not shown
	Gap             comp.Number // from which on a difference matters, in the unit of one rating
	Countries       []string    // whose legal entities' people are compared
	Decisions       *Decisions
}

// Decisions are where it stands what somebody decided about a component in which groups differ.
type Decisions struct{ Table, Component, Who, On, Why string }

// fairness reads how ratings are compared. Measures and plans have been read.
func (l *loader) fairness(f fields) {
	if !f.has("fairness") {
		return
	}
	x, ok := f.at("fairness").fields("fairness", "table! employee! group! category strata floor gap! jurisdictions! decisions")
	if !ok {
		return
	}
	t := l.table(x.at("table"))
	out := &Fairness{Table: x.text("table"), Employee: l.column(t, x.at("employee"), words...), Groups: l.columnsNamed(t, x, "group"), Category: l.column(t, x.at("category"), words...), Floor: x.integer("floor", 8, 5, 1000)}
	for _, c := range l.config.Contracts {
		if c.Name() == out.Table && c.Class != comp.Personal && c.Class != comp.Sealed {
			x.at("table").wrong("the table "+out.Table+" of class "+string(c.Class), "class: personal or sealed: who is of which group is nobody's business", "add class: sealed to it")
		}
	}
	out.Strata, _ = x.texts("strata")
	l.strataOf(x)
	if g, ok := x.at("gap").ratio(); ok {
		if out.Gap = g; g.Sign() <= 0 {
			x.at("gap").wrong("a gap of "+x.at("gap").shown(), "a number above 0", `write "0.1"`)
		}
	}
	for _, a := range x.agreements() {
		out.Countries = append(out.Countries, a.Country)
	}
	if d, ok := x.at("decisions").fields("decisions", "table! component! who! on! why!"); ok {
		t := l.table(d.at("table"))
		out.Decisions = &Decisions{Table: d.text("table"), Component: l.column(t, d.at("component"), words...), Who: l.column(t, d.at("who"), words...),
			On: l.column(t, d.at("on"), comp.DateType), Why: l.column(t, d.at("why"), words...)}
	}
	l.config.Fairness = out
}

// strataOf refuses a stratum that no table of ratings has.
func (l *loader) strataOf(f fields) {
	names, nodes := f.texts("strata")
	var known []string
	for _, m := range l.config.Measures {
		for _, x := range m.Terms {
			if t := l.tables[x.Table]; t != nil && m.Surveys() {
				known = append(known, t.columns...)
			}
		}
	}
	for i, name := range names {
		found := false
		for _, k := range known {
			found = found || k == name
		}
		if !found {
			nodes[i].wrong("the column "+strconv.Quote(short(name))+" of strata, which no table of ratings has", "a column of the rows that are rated", suggest(name, known))
		}
	}
}
