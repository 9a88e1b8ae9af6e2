package config

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
	"strconv"

	"carrot/transform/comp"
)

// plan reads one plans document.
func (l *loader) plan(n node, file []byte) {
	f, ok := n.fields("a plan", "plan! version! title! effective! eligible! rounding components!")
	if !ok {
		return
	}
	sum := sha256.Sum256(file)
	p := comp.Plan{ID: f.name("plan"), Version: f.text("version"), Title: f.text("title"), Digest: hex.EncodeToString(sum[:]), Where: n.place()}
	p.Effective = f.effective()
	p.Eligible = l.expr(l.peopleScope(), f.at("eligible"), comp.KindBool)
	p.Rounding = comp.Rounding(max(0, slices.Index(comp.Roundings[:], f.choice("rounding", comp.HalfAway.String(), comp.Roundings[:]...))))
	items := f.at("components").items("components")
	if f.at("components").isList() && len(items) == 0 {
		f.at("components").wrong("an empty list", "at least one component", "add - {id: …, title: …, clause: …, measure: …, every: month, curve: …}")
	}
	ids := map[string]int{}
	for _, c := range items {
		k, ok := c.fields("a component", "id! title! clause! measure! every! to_date quota target curve! min_n missing gates cap prorate fte shown")
		if !ok {
			continue
		}
		x := l.component(k)
		if line, twice := ids[x.ID]; twice && x.ID != "" {
			k.at("id").wrong("component "+x.ID+" a second time", "each id once in a plan", "rename it; the first is in line "+strconv.Itoa(line))
		}
		ids[x.ID] = k.at("id").place().Line
		p.Components = append(p.Components, x)
	}
	l.overlap(f, p)
	l.config.Plans = append(l.config.Plans, p)
}

// effective is from … to, both inclusive; without to it has no end.
func (f fields) effective() comp.Period {
	e, ok := f.at("effective").fields("effective", "from! to")
	if !ok {
		return comp.Period{}
	}
	from, good := e.at("from").date()
	p := comp.Period{Start: from, End: comp.Forever}
	if to, ok := e.at("to").date(); ok {
		p.End = to + 1
		if good && to < from {
			e.at("to").wrong("the last day "+to.String()+" before the first, "+from.String(), "a day from "+from.String()+" on", "swap them")
		}
	}
	return p
}

// overlap refuses two versions of one plan on one day.
func (l *loader) overlap(f fields, p comp.Plan) {
	for _, q := range l.config.Plans {
		if q.ID == p.ID && p.ID != "" && p.Effective.Intersect(q.Effective).Days() > 0 {
			f.at("plan").wrong("plan "+p.ID+" version "+p.Version+", in force "+period(p.Effective),
				"no day in common with version "+q.Version+" ("+q.Where.File+":"+strconv.Itoa(q.Where.Line)+"), in force "+period(q.Effective),
				"end one the day before the other begins")
		}
	}
}

// period is a span as people write it, with an open end where it has none.
func period(p comp.Period) string {
	if p.End == comp.Forever {
		return "from " + p.Start.String()
	}
	return p.String()
}

func (l *loader) endPlans() {
	ps := l.config.Plans
	sort.SliceStable(ps, func(i, j int) bool {
		if ps[i].ID != ps[j].ID {
			return ps[i].ID < ps[j].ID
		}
		return ps[i].Effective.Start < ps[j].Effective.Start
	})
}

// component reads one thing that a plan pays for.
func (l *loader) component(f fields) comp.Component {
	c := comp.Component{ID: f.name("id"), Title: f.text("title"), Clause: f.text("clause"), Where: f.place(),
		Shown: f.boolean("shown"), FTE: f.boolean("fte"), Prorate: f.choice("prorate", "none", "days", "none")}
	m := l.measureNamed(f.at("measure"))
	c.Measure = f.text("measure")
	l.periods(f, &c)
	f.wholeToDate(f.keyNode("to_date"), m)
	c.Quota = l.quota(f, m)
	c.Target = l.amounts(f.at("target"), f.has("target"))
	c.Cap = l.amounts(f.at("cap"), f.has("cap"))
	if k, ok := f.at("curve").fields("a curve", "kind! of edge bands rate rate_attribute points"); ok {
		c.Curve = l.curve(k)
		l.needs(f, k, c, m)
	}
	l.missing(f, &c, m)
	for _, n := range f.optional("gates", "gates") {
		if g, ok := n.fields("a gate", "measure! at_least!"); ok {
			f.wholeToDate(g.at("measure"), l.measureNamed(g.at("measure")))
			x := comp.Gate{Measure: g.text("measure")}
			x.AtLeast, _ = g.at("at_least").ratio()
			c.Gates = append(c.Gates, x)
		}
	}
	if f.has("fte") && c.FTE && !l.attributes[comp.AttrFTE] {
		f.at("fte").wrong("fte: true in a config whose roster sets no fte", "the attribute fte", "add fte: to a roster table's set, or remove it")
	}
	if m != nil && m.Family == comp.Activity && !c.Shown {
		f.at("measure").wrong("pay for "+c.Measure+", a measure of activity", "a measure of outcome, participation or action: pay never rewards being busy (lint L1)",
			"write shown: true to show it without pay, or name another measure")
	}
	return c
}

// measureNamed is the declared measure that the value names; nil after a mistake, and where its file could not be read.
func (l *loader) measureNamed(n node) *measured {
	s, ok := n.text(false)
	if !ok {
		return nil
	}
	if m, ok := l.measures[s]; ok {
		return m
	}
	if !l.broken["measures"] {
		var ids []string
		for id := range l.measures {
			if id != "" {
				ids = append(ids, id)
			}
		}
		sort.Strings(ids)
		n.wrong("the measure "+strconv.Quote(short(s)), "a measure that is defined", suggest(s, ids))
	}
	return nil
}

// periods reads every and to_date.
func (l *loader) periods(f fields, c *comp.Component) {
	c.Every = l.calendar(f.at("every"), fixedPeriods)
	if !f.has("to_date") {
		return
	}
	c.ToDate = l.calendar(f.at("to_date"), fixedPeriods[1:])
	small, large := slices.Index(fixedPeriods, c.Every), slices.Index(fixedPeriods, c.ToDate)
	if c.ToDate != "" && (c.ToDate == c.Every || small >= 0 && large >= 0 && large <= small) {
		f.at("to_date").wrong("to_date "+c.ToDate+" with every "+c.Every, "a period larger than every", "write year, or remove it")
	}
}

// wholeToDate refuses, at n, a measure with a window in a component to date: that counts everything since its period began,
// so that the window would say nothing.
func (f fields) wholeToDate(n node, m *measured) {
	if f.has("to_date") && m != nil && m.Window > 1 {
		n.wrong("to_date with the measure "+m.ID+", which looks back over a window of "+strconv.Itoa(m.Window)+" periods",
			"a measure without window, since to date counts all since its period began", "remove to_date, or name a measure without window:")
	}
}

// calendar is one of the fixed periods or a declared calendar's name.
func (l *loader) calendar(n node, fixed []string) string {
	s, ok := n.text(false)
	if !ok || slices.Contains(fixed, s) || l.calendars[s] {
		return s
	}
	names := append([]string(nil), fixed...)
	for name := range l.calendars {
		if name != "" {
			names = append(names, name)
		}
	}
	sort.Strings(names[len(fixed):])
	n.wrong("the calendar "+strconv.Quote(short(s)), list(fixed)+", or a calendar that is declared", suggest(s, names))
	return ""
}

// missing reads min_n and what happens below it.
func (l *loader) missing(f fields, c *comp.Component, m *measured) {
	c.MinN = f.integer("min_n", 0, 1, 1_000_000)
	c.Missing = f.choice("missing", "", "neutral", "zero", "hold")
	ratio := m != nil && (m.Aggregate == comp.Share || m.Aggregate == comp.Rate || m.Aggregate == comp.Mean)
	switch {
	case f.has("min_n") && !f.has("missing"):
		f.keyNode("min_n").wrong("min_n without missing", "what a measure with fewer rows does", "add missing: neutral, zero or hold")
	case ratio && !f.has("missing"):
		f.at("measure").wrong("a measure of aggregate "+string(m.Aggregate)+" without missing", "what it does without a row", "add missing: neutral, zero or hold")
	case m != nil && m.Aggregate != "" && !ratio && f.has("missing") && !f.has("min_n"):
		f.keyNode("missing").wrong("missing without min_n for aggregate "+string(m.Aggregate), "it with min_n, or with aggregate share, rate or mean", "add min_n: or remove it")
	case c.Missing == "neutral" && !f.has("target") && !slices.Contains(paidTargets, c.Curve.Kind):
		f.at("missing").wrong("missing: neutral without target", "a target, which neutral pays", "add target: or write zero or hold")
	}
}
