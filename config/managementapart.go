package config

import (
	"slices"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// toldApart reads what a section tells measures apart by: the values of a column, or items of the same answers.
func (l *loader) toldApart(s fields, spec *comp.SectionSpec) {
	spec.Apart, spec.Statements = s.text("apart"), s.boolean("statements")
	spec.Least = s.integer("least", map[string]int{"table": 10, "drivers": 30, "cases": 8}[spec.Kind], 5, 100_000)
	if spec.Kind == "table" && spec.Apart == "" {
		s.never("it in a section with apart", "remove it, or write apart: a column", "least")
	}
	if spec.Kind != "drivers" {
		return
	}
	if s.need("items") {
		if e, ok := s.at("items").entries("items"); ok {
			for _, title := range e.order() {
				spec.Items = append(spec.Items, comp.Shown{Title: title, Column: e.text(title)})
			}
			if n := len(spec.Items); n < 2 || n > comp.MostCauses {
				s.at("items").wrong(strconv.Itoa(n)+" items", "two to "+strconv.Itoa(comp.MostCauses), "write Title: column for each")
			}
		}
	}
}

// driven holds a score against the items of which a section tells how much they weigh in it.
func (l *loader) driven(at node, s fields, spec *comp.SectionSpec, m *comp.Measure) {
	scored := []comp.Aggregate{comp.Mean, comp.Share, comp.Rate, comp.Net, ""}
	if !slices.Contains(scored, m.Aggregate) {
		at.wrong(m.ID+" of aggregate "+string(m.Aggregate)+" in a section of drivers", "a score of answers: aggregate mean, share, rate or net", "name one")
		return
	}
	if len(m.Strata) > 0 {
		at.wrong(m.ID+", which weights groups, in a section of drivers", "a score in which every answer counts alike", "name one without strata")
		return
	}
	items, _ := s.at("items").entries("items")
	var columns []string
	for _, x := range spec.Items {
		for _, t := range m.Terms {
			l.column(l.tables[t.Table], items.at(x.Title), numeric...)
		}
		columns = append(columns, x.Column)
	}
	if m.Terms != nil && !l.inTheOpen(at, m) {
		return
	}
	twin := *m
	twin.Strata, twin.Trim, twin.Cluster, twin.Shrink, twin.Standing, twin.Pays, twin.Uncertainty = nil, comp.Number{}, "", nil, nil, "", nil
	twin.Terms = slices.Clone(twin.Terms)
	for i := range twin.Terms {
		twin.Terms[i].Group = nil
	}
	l.parted(&twin, columns)
}

// apart makes a measure, or what its formula is worked out of, known by the values of a column.
func (l *loader) apart(at, key node, m *comp.Measure, column string) {
	switch {
	case m.Aggregate == comp.Formula:
		for _, in := range m.Inputs {
			i, ok := slices.BinarySearchFunc(l.config.Measures, in.Measure, func(x comp.Measure, id string) int { return strings.Compare(x.ID, id) })
			if ok {
				x := l.config.Measures[i]
				l.apart(at, key, &x, column)
			}
		}
		return
	case m.Aggregate == comp.Effect:
		at.wrong(m.ID+" of aggregate effect, told apart by a column", "another aggregate", "write a measure for each value, with where")
		return
	case !l.inTheOpen(at, m):
		return
	}
	for _, t := range m.Terms {
		l.column(l.tables[t.Table], key, append([]comp.Type{comp.Integer, comp.Bool}, words...)...)
	}
	l.parted(m, []string{column})
}

// inTheOpen refuses to tell answers apart that were given in confidence: a group of them may be a person.
func (l *loader) inTheOpen(at node, m *comp.Measure) bool {
	for _, t := range m.Terms {
		if known := l.tables[t.Table]; known != nil && known.sealed {
			at.wrong(m.ID+" of the sealed table "+t.Table+", told apart", "a measure of a table whose rows may be told apart", "name another one")
			return false
		}
	}
	return true
}

// parted adds a hidden measure beside one: the same rows, kept apart by some columns.
func (l *loader) parted(m *comp.Measure, columns []string) {
	h := *m
	h.ID, h.Hidden, h.Spread = comp.Parted(m.ID, columns...), true, true
	h.Terms = slices.Clone(h.Terms)
	for i := range h.Terms {
		h.Terms[i].Group = append(slices.Clip(h.Terms[i].Group), columns...)
	}
	h.Digest = measureDigest(h)
	at, there := slices.BinarySearchFunc(l.config.Measures, h.ID, func(x comp.Measure, id string) int { return strings.Compare(x.ID, id) })
	if !there {
		l.config.Measures = slices.Insert(l.config.Measures, at, h)
	}
}
