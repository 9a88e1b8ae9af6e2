package config

import (
	"slices"

	"carrot/transform/comp"
)

// survey reads what a table of answers says of the survey: its kind, and what those who answer are promised.
func (f fields) survey(class comp.Class) *comp.Survey {
	if !f.has("survey") {
		return nil
	}
	s, ok := f.at("survey").fields("a survey", "kind! promise! floor")
	if !ok {
		return nil
	}
	out := &comp.Survey{Kind: s.choice("kind", "", "relationship", "transactional"), Promise: s.choice("promise", "", comp.Named, comp.OfTeam, comp.Anonymous)}
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

// surveyed are the tables of answers among a measure's terms.
func (l *loader) surveyed(m *comp.Measure) (kinds []string) {
	for _, t := range m.Terms {
		if known := l.tables[t.Table]; known != nil && known.survey != nil && known.survey.Kind != "" && !slices.Contains(kinds, known.survey.Kind) {
			kinds = append(kinds, known.survey.Kind)
		}
	}
	return kinds
}

// answers holds a measure against the surveys whose answers its terms read: one kind in a measure, and its own.
func (l *loader) answers(f fields, m *comp.Measure) {
	kinds := l.surveyed(m)
	switch {
	case len(kinds) == 0:
	case len(kinds) > 1:
		f.keyNode("rows").wrong("answers to a "+kinds[0]+" survey and to a "+kinds[1]+" survey in one measure", "one kind of survey in a measure", "measure each by itself")
	case m.Survey != "" && m.Survey != kinds[0]:
		f.at("survey").wrong("survey "+m.Survey+" of answers to a "+kinds[0]+" survey", "the kind that the table's source tells", "write survey: "+kinds[0])
	case m.Survey == "" && slices.Contains(surveyed, m.About):
		f.at("about").wrong("a measure about "+m.About+" of answers to a "+kinds[0]+" survey without survey", "", "add survey: "+kinds[0])
	}
}

// kindsOf are the kinds of surveys whose answers a measure rests on, by way of its inputs too.
func (l *loader) kindsOf(id string, seen map[string]bool) (kinds []string) {
	m := l.measures[id]
	if m == nil || seen[id] {
		return nil
	}
	seen[id] = true
	add := func(more ...string) {
		for _, k := range more {
			if k != "" && !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
	}
	add(m.Survey)
	add(l.surveyed(&m.Measure)...)
	for _, in := range m.Inputs {
		add(l.kindsOf(in.Measure, seen)...)
	}
	return kinds
}

// kindsApart refuses formulas that rest on answers to surveys of both kinds, where no input was refused for it.
func (l *loader) kindsApart() {
	for _, d := range l.derived {
		m := l.measures[d.m.ID]
		if m == nil || slices.ContainsFunc(m.Inputs, func(in comp.Input) bool {
			return m.Survey != "" && l.measures[in.Measure] != nil && l.measures[in.Measure].Survey != "" && l.measures[in.Measure].Survey != m.Survey
		}) {
			continue
		}
		if kinds := l.kindsOf(m.ID, map[string]bool{}); len(kinds) > 1 {
			d.f.keyNode("inputs").wrong("inputs that rest on answers to a "+kinds[0]+" survey and to a "+kinds[1]+" survey", "one kind of survey in a measure", "measure each by itself")
		}
	}
}
