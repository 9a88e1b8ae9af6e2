package config

import (
	"slices"

	"carrot/transform/comp"
)

// survey reads what a table of answers says of the survey: its kind, or the column that tells each row's, and what those who
// answer are promised.
func (l *loader) survey(f fields, class comp.Class, t *table) *comp.Survey {
	if !f.has("survey") {
		return nil
	}
	s, ok := f.at("survey").fields("a survey", "kind! promise! floor")
	if !ok {
		return nil
	}
	out := &comp.Survey{Promise: s.choice("promise", "", comp.Named, comp.OfTeam, comp.Anonymous)}
	if !s.at("kind").isMap() {
		out.Kind = s.choice("kind", "", "relationship", "transactional")
	} else if k, ok := s.at("kind").fields("a kind of survey", "column!"); ok {
		out.By = l.column(t, k.at("column"), words...)
	}
	switch {
	case out.Promise == comp.Named:
		s.never("floor with promise team or anonymous only", "remove it", "floor")
		return out
	case out.Promise != "" && class != comp.Sealed:
		s.at("promise").wrong("promise "+out.Promise+" of a table of class "+string(class), "class: sealed, so that no answer is ever shown", "add class: sealed")
	}
	out.Floor = s.integer("floor", 8, 5, 1_000)
	return out
}

// surveyed are the kinds of surveys among the tables that a measure's terms read, those that share its rows included. byRow is a
// table whose rows tell their kind themselves; "" for none.
func (l *loader) surveyed(m *comp.Measure) (kinds []string, byRow string) {
	at := func(table string) {
		switch known := l.tables[table]; {
		case known == nil || known.survey == nil:
		case known.survey.By != "":
			byRow = table
		case known.survey.Kind != "" && !slices.Contains(kinds, known.survey.Kind):
			kinds = append(kinds, known.survey.Kind)
		}
	}
	for _, t := range m.Terms {
		at(t.Table)
		if t.Owner.Split != nil {
			at(t.Owner.Split.Table)
		}
	}
	return kinds, byRow
}

// answers holds a measure against the surveys whose answers its terms read: one kind in a measure, and its own.
func (l *loader) answers(f fields, m *comp.Measure) {
	l.byRow(f, m)
	kinds, _ := l.surveyed(m)
	switch {
	case len(kinds) == 0:
	case len(kinds) > 1:
		n := f.keyNode("rows")
		if !f.has("rows") {
			n = f.at("owner") // shared by answers of another kind
		}
		n.wrong("answers to a "+kinds[0]+" survey and to a "+kinds[1]+" survey in one measure", "one kind of survey in a measure", "measure each by itself")
	case m.Survey != "" && m.Survey != kinds[0]:
		f.at("survey").wrong("survey "+m.Survey+" of answers to a "+kinds[0]+" survey", "the kind that the table's source tells", "write survey: "+kinds[0])
	case m.Survey == "" && slices.Contains(surveyed, m.About):
		f.at("about").wrong("a measure about "+m.About+" of answers to a "+kinds[0]+" survey without survey", "", "add survey: "+kinds[0])
	}
}

// byRow holds a measure against tables whose rows tell their kind of survey themselves: it says which kind it takes, so that a run
// can refuse the others, and shares of rows are of no kind.
func (l *loader) byRow(f fields, m *comp.Measure) {
	for _, t := range m.Terms {
		if t.Owner.Split == nil {
			continue
		}
		if known := l.tables[t.Owner.Split.Table]; known != nil && known.survey != nil && known.survey.By != "" {
			l.wrongAt(m.Where, "rows of "+t.Table+" shared by "+known.name+", whose column "+known.survey.By+" tells each row's kind of survey", "shares from another table", "share by a table of its own")
			return
		}
	}
	if _, table := l.surveyed(m); table != "" && m.Survey == "" {
		n := f.at("measure")
		for _, key := range []string{"table", "rows"} { // of an input of a formula
			if !n.ok() {
				n = f.keyNode(key)
			}
		}
		n.wrong("a measure of "+table+", whose rows tell their kind of survey, without survey", "the kind that it takes: rows of the other are refused", "add survey: relationship, or survey: transactional")
	}
}

// kindsOf are the kinds of surveys whose answers a measure rests on, by way of its inputs and of what it is held against too.
func (l *loader) kindsOf(id string) (kinds []string) {
	for _, m := range l.behind(id, map[string]bool{}) {
		own, _ := l.surveyed(&m.Measure)
		for _, k := range append([]string{m.Survey}, own...) {
			if k != "" && !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
	}
	return kinds
}

// kindsApart refuses formulas and standings that rest on answers to surveys of both kinds, each where it begins, and not where it
// was refused already.
func (l *loader) kindsApart() {
	refuse := func(id string, n node, what string) {
		m := l.measures[id]
		if m == nil {
			return
		}
		own, _ := l.surveyed(&m.Measure)
		known := len(own) > 1 || len(own) == 1 && m.Survey != "" && m.Survey != own[0] || slices.ContainsFunc(m.needs(), func(needs string) bool {
			in := l.measures[needs]
			return in != nil && !in.Hidden && (len(l.kindsOf(needs)) > 1 || m.Survey != "" && in.Survey != "" && in.Survey != m.Survey)
		})
		if kinds := l.kindsOf(id); len(kinds) > 1 && !known {
			n.wrong(what+" answers to a "+kinds[0]+" survey and to a "+kinds[1]+" survey", "one kind of survey in a measure", "measure each by itself")
		}
	}
	for _, d := range l.derived {
		refuse(d.m.ID, d.f.keyNode("inputs"), "inputs that rest on")
	}
	for _, h := range l.standings {
		refuse(h.id, h.n, "held against "+h.n.y.Value+", a measure that rests on")
	}
}
