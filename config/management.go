package config

import (
	"fmt"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// measuresOf are the keys of a section that name measures, by its kind, in the order that the report reads them.
var measuresOf = map[string]string{"mirror": "employees customers", "equity": "opening acquired retained lost", "change": "measure", "funnel": "steps", "table": "measures", "pay_ratio": ""}

// management reads the sections of the management report.
func (l *loader) management(f fields) {
	for _, n := range f.optional("management", "sections") {
		s, ok := n.fields("a section", "section! title! note every periods by lags employees customers opening acquired retained lost steps measure measures")
		if !ok {
			continue
		}
		spec := comp.SectionSpec{Kind: s.choice("section", "", "mirror", "equity", "change", "funnel", "table", "pay_ratio"), Title: s.text("title"), Note: s.text("note"), Where: n.place()}
		spec.Every = s.choice("every", "quarter", "month", "quarter", "year")
		spec.Periods = s.integer("periods", 4, 1, 60)
		spec.By = comp.Pool(s.choice("by", "company", "company", "department", "entity"))
		if spec.Lags = s.integer("lags", 0, 1, 24); spec.Kind != "mirror" && spec.Kind != "" {
			s.never("it in a mirror only", "remove it", "lags")
		}
		keys := strings.Fields(measuresOf[spec.Kind])
		s.need(strings.Join(keys, " "))
		for kind, others := range measuresOf {
			for _, k := range strings.Fields(others) {
				if kind != spec.Kind && spec.Kind != "" {
					s.never("it in a section of kind "+kind, "remove it", k)
				}
			}
		}
		for _, k := range keys {
			nodes := []node{s.at(k)}
			if k == "steps" || k == "measures" {
				_, nodes = s.texts(k)
			}
			for _, at := range nodes {
				if m := l.measureNamed(at); m != nil {
					spec.Measures = append(spec.Measures, m.ID)
					l.reported(at, &m.Measure, spec.By)
					if spec.Kind == "change" {
						shareable(at, &m.Measure)
					}
				}
			}
		}
		l.config.Settings.Sections = append(l.config.Settings.Sections, spec)
	}
}

// shareable refuses a measure of whose change no parts can be told.
func shareable(n node, m *comp.Measure) {
	switch {
	case m.Aggregate == "":
	case m.Aggregate != comp.Formula:
		n.wrong(m.ID+" of aggregate "+string(m.Aggregate)+" in a section of what changed", "a formula, whose inputs are what it changes by", "name one")
	case m.Change != nil:
		n.wrong(m.ID+", which is a change itself", "the formula that changes", "name one without change")
	case len(m.Inputs) > comp.MostCauses:
		n.wrong(m.ID+" of "+strconv.Itoa(len(m.Inputs))+" inputs", "at most "+strconv.Itoa(comp.MostCauses), "work some of them out in a measure of their own")
	}
}

// reported holds a measure against the pool that a section tells it of: what belongs to one person is no management's.
func (l *loader) reported(n node, m *comp.Measure, by comp.Pool) {
	if m.Pool == comp.PoolCompany || (by != "" && m.Pool == by) {
		return
	}
	want := "a measure per company"
	if by != "" && by != comp.PoolCompany {
		want = fmt.Sprintf("a measure per %s or company", by)
	}
	if m.Pool != "" {
		n.wrong(fmt.Sprintf("%s per %s in a section by %s", m.ID, m.Pool, by), want, "name one")
	}
}
