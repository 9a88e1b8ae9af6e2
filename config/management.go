package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// measuresOf are the keys of a section that name measures, by its kind, in the order that the report reads them.
var measuresOf = map[string]string{"mirror": "employees customers", "equity": "opening acquired retained lost", "change": "measure", "drivers": "measure", "funnel": "steps", "table": "measures", "contact": "", "pay_ratio": "", "cases": "", "red_tape": "", "experiments": ""}

// kindsOfSection are the kinds of sections, as a config may list them.
var kindsOfSection = []string{"mirror", "equity", "change", "drivers", "funnel", "table", "contact", "pay_ratio", "cases", "red_tape", "experiments"}

// management reads the sections of the management report.
func (l *loader) management(f fields) {
	for _, n := range f.optional("management", "sections") {
		s, ok := n.fields("a section", "section! title! note every periods by lags employees customers opening acquired retained lost steps measure measures apart least items statements minutes")
		if !ok {
			continue
		}
		spec := comp.SectionSpec{Kind: s.choice("section", "", kindsOfSection...), Title: s.text("title"), Note: s.text("note"), Where: n.place()}
		spec.Every = s.choice("every", "quarter", "month", "quarter", "year")
		spec.Periods = s.integer("periods", 4, 1, 60)
		spec.By = comp.Pool(s.choice("by", "company", "company", "department", "entity"))
		if spec.Kind == "experiments" {
			l.trials(s.at("section"), &spec)
		}
		keys := strings.Fields(measuresOf[spec.Kind])
		s.need(strings.Join(keys, " "))
		s.elsewhere(spec.Kind, keys)
		spec.Lags = s.integer("lags", 0, 1, 24)
		l.toldApart(s, &spec)
		if a := l.config.Mapping.Accounts; spec.Kind == "contact" && (a == nil || a.Contact == nil) {
			s.at("section").wrong("a section of contact in a config that does not say what counts as such", "contact: in accounts", "add contact: to accounts in carrot.yaml")
		}
		s.toldAtOnce(f, &spec)
		for _, k := range keys {
			nodes := []node{s.at(k)}
			if k == "steps" || k == "measures" {
				_, nodes = s.texts(k)
			}
			for _, at := range nodes {
				if m := l.measureNamed(at); m != nil {
					spec.Measures = append(spec.Measures, m.ID)
					l.reported(at, &m.Measure, spec.By)
					l.fit(at, s, &spec, &m.Measure)
				}
			}
		}
		l.config.Settings.Sections = append(l.config.Settings.Sections, spec)
	}
}

// toldAtOnce reads sections that are not told by periods: of cases, which detectors open in windows of their own, and of red tape.
func (f fields) toldAtOnce(config fields, spec *comp.SectionSpec) {
	switch spec.Kind {
	case "cases":
		f.never("it in a section that is told by periods", "remove it: each detector has windows of its own", "every", "periods")
	case "red_tape":
		f.never("it in a section that is told by periods", "remove it: the month of the run is told", "every", "periods", "by")
		spec.Minutes = f.minutes()
	}
	if spec.Kind == "cases" && !config.has("detectors") {
		f.at("section").wrong("a section of cases in a config without detectors", "what opens them", "add detectors: [detectors/*.yaml]")
	}
}

// minutes are how long each kind of work takes that the program makes.
func (f fields) minutes() (out []comp.Chore) {
	m, ok := f.at("minutes").fields("minutes", "acceptances questions reviews adjustments waivers findings approvals")
	if !ok {
		return nil
	}
	for _, kind := range comp.Chores {
		v, ok := m.at(kind).number()
		switch {
		case !ok:
		case v.Sign() <= 0 || v.Cmp(comp.Int(1440)) > 0:
			m.at(kind).wrong(m.at(kind).says(), "minutes above 0, at most 1440", "correct it, or remove it: then the count alone is told")
		default:
			out = append(out, comp.Chore{Kind: kind, Minutes: v})
		}
	}
	return out
}

// elsewhere refuses keys that another kind of section has.
func (f fields) elsewhere(kind string, own []string) {
	if kind == "" {
		return
	}
	of := map[string][]string{"lags": {"mirror"}, "apart": {"table"}, "least": {"table", "drivers", "cases"}, "items": {"drivers"}, "statements": {"drivers"}, "minutes": {"red_tape"}}
	for _, k := range kindsOfSection {
		for _, key := range strings.Fields(measuresOf[k]) {
			of[key] = append(of[key], k)
		}
	}
	for _, key := range f.order() {
		if kinds := of[key]; len(kinds) > 0 && !slices.Contains(kinds, kind) && !slices.Contains(own, key) {
			f.never("it in a section of kind "+list(kinds), "remove it", key)
		}
	}
}

// fit holds a measure against the kind of section that reads it.
func (l *loader) fit(at node, s fields, spec *comp.SectionSpec, m *comp.Measure) {
	switch {
	case spec.Kind == "change":
		shareable(at, m)
	case spec.Kind == "drivers":
		l.driven(at, s, spec, m)
	case spec.Apart != "":
		l.apart(at, s.at("apart"), m, spec.Apart)
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
