package config

import (
	"slices"
	"sort"
	"strconv"

	"carrot/transform/comp"
)

// component reads one thing that a plan pays for.
func (l *loader) component(f fields) comp.Component {
	c := comp.Component{ID: f.name("id"), Title: f.text("title"), Clause: f.text("clause"), Where: f.place(),
		Shown: f.unless("mode", "paid", "shadow") == "shadow", FTE: f.boolean("fte"), Prorate: l.prorate(f)}
	m := l.subject(f, &c)
	l.periods(f, &c)
	f.wholeToDate(f.keyNode("to_date"), m)
	c.Numbers = f.unless("numbers", "each", "whole")
	f.wholeOf(c.ToDate)
	c.Quota = l.quota(f, m)
	c.Target, c.TargetName = l.figure(f.at("target"))
	c.Cap, c.CapName = l.figure(f.at("cap"))
	if f.has("parts") {
		c.Parts = l.parts(f)
	} else if k, ok := f.at("curve").keyed("curve"); ok {
		c.Curve = l.curve(k, curveKinds)
		l.needs(f, k, c, m)
	} else if !f.has("curve") && !f.typos["curve"] && !f.has("award") {
		f.wrong("a component without the key curve", "", "add curve:")
	}
	l.perDeal(f, &c, m)
	c.Budget = l.budget(f, &c)
	c.Release = l.release(f, &c, m)
	c.Clawback = l.clawback(f, &c, m)
	c.Award = l.award(f)
	c.Cost = l.cost(f, &c, m)
	l.missing(f, &c, m)
	c.Gates = l.gates(f, f, &c.Curve)
	c.Multiply = l.multipliers(f)
	c.Order = f.steps()
	c.Excess = f.unless("excess", "forfeit", "carry")
	f.carried(c)
	c.Leave = f.unless("leave", "prorate", "ignore")
	if f.has("fte") && c.FTE && !l.attributes[comp.AttrFTE] {
		f.at("fte").wrong("fte: true in a config whose roster sets no fte", "the attribute fte", "add fte: to a roster table's set, or remove it")
	}
	if m != nil && m.Family == comp.Activity && !c.Shown && !l.waived("L1", c.ID) && !l.registered(c.Measure) {
		f.at("measure").wrong("pay for "+c.Measure+", a measure of activity", "a measure of outcome, participation or action: pay never rewards being busy (lint L1)",
			"write mode: shadow to show it without pay, or name another measure")
	}
	return c
}

// waived says whether a person settled a lint of a component of the plan that is being read.
func (l *loader) waived(lint, id string) bool {
	return slices.ContainsFunc(l.waivers, func(w comp.LintWaiver) bool { return w.Lint == lint && (w.Component == "" || w.Component == id) })
}

// subject reads what a component is about: a measure, a number that somebody approved, or the parts of a scorecard.
func (l *loader) subject(f fields, c *comp.Component) *measured {
	switch f.onlyOne(true, "measure", "score", "parts") {
	case "measure":
		c.Measure = f.text("measure")
		return l.measureNamed(f.at("measure"))
	case "score":
		c.Score = l.named(f.at("score"))
		f.never("it with measure only", "remove it", "min_n")
	case "parts":
		f.neverSaid("curve with parts", "the curves in the parts", "remove it", "curve")
		f.never("it in the parts", "move it", "quota", "min_n", "missing")
		if !f.has("target") && !f.typos["target"] {
			f.keyNode("parts").wrong("parts without target", "the target pay that they share", "add target:")
		}
	}
	return nil
}

// prorate reads how the numbers of a part of a period are found.
func (l *loader) prorate(f fields) string {
	s := f.choice("prorate", "none", "none", "days", "weekdays", "months", "daily")
	f.at("prorate").later("prorate:"+s, "prorate: "+s)
	return s
}

// wholeOf holds numbers: whole against the larger period that they are for.
func (f fields) wholeOf(toDate string) {
	if f.has("numbers") && f.at("numbers").y.Value == "whole" && toDate == "" && !f.has("to_date") {
		f.keyNode("numbers").wrong("numbers: whole without to_date", "to_date, the period that they are for", "add to_date: year")
	}
}

// perDeal reads whether the curve reads each deal by itself.
func (l *loader) perDeal(f fields, c *comp.Component, m *measured) {
	if c.Per = f.unless("per", "period", "deal"); c.Per == "" {
		return
	}
	key := f.keyNode("per")
	if f.has("to_date") {
		key.wrong("per: deal with to_date", "one of them", "remove to_date")
	}
	if c.Curve.Of == "attainment" {
		key.wrong("per: deal of attainment", "of: value", "write it")
	}
	if m != nil && m.Window > 1 {
		key.wrong("per: deal on "+m.ID+", which looks back over a window of "+strconv.Itoa(m.Window)+" periods, so that each deal would be paid as often",
			"a measure without window", "name one")
	}
	l.dealt(key, "per: deal", c, m)
}

// dealt holds a measure against a key that reads deals: those of one payee each, summed or counted, with a name.
func (l *loader) dealt(key node, what string, c *comp.Component, m *measured) {
	switch {
	case c.Score != "" || c.Parts != nil:
		key.wrong(what+" without measure", "a measure of deals", "remove it")
	case m == nil || m.Aggregate == "":
	case m.Pool != comp.PoolPayee:
		key.wrong(what+" on a pooled measure", "pool: payee", "name another measure")
	case m.Aggregate != comp.Sum && m.Aggregate != comp.Count:
		key.wrong(what+" on "+m.ID+", a "+string(m.Aggregate), "aggregate sum or count", "name another measure")
	default:
		for _, t := range m.Terms {
			if known := l.tables[t.Table]; known != nil && t.Deal == "" && len(known.keys) != 1 {
				key.wrong(what+" on "+m.ID+", whose rows of "+t.Table+" name no deal", "a column that does", "add deal: to the measure's term")
			}
		}
	}
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
	c.ToDate = l.toDate(f, c.Every)
}

// toDate reads the period, larger than every, within which something is read to date.
func (l *loader) toDate(f fields, every string) string {
	if !f.has("to_date") {
		return ""
	}
	toDate := l.calendar(f.at("to_date"), fixedPeriods[1:])
	small, large := slices.Index(fixedPeriods, every), slices.Index(fixedPeriods, toDate)
	if toDate != "" && (toDate == every || small >= 0 && large >= 0 && large <= small) {
		f.at("to_date").wrong("to_date "+toDate+" with every "+every, "a period larger than every", "write year, or remove it")
	}
	return toDate
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
	l.neutral(f, m)
	c.MinN = f.integer("min_n", 0, 1, 1_000_000)
	if !f.has("missing") || f.at("missing").y.Value != "renormalise" {
		c.Missing = f.choice("missing", "", "neutral", "zero", "hold")
	}
	switch {
	case f.has("min_n") && !f.has("missing"):
		f.keyNode("min_n").wrong("min_n without missing", "what a measure with fewer rows does", "add missing: neutral, zero or hold")
	case ratio(m) && !f.has("missing"):
		f.at("measure").wrong("a measure of aggregate "+string(m.Aggregate)+" without missing", "what it does without a row", "add missing: neutral, zero or hold")
	case m != nil && m.Aggregate != "" && !ratio(m) && m.Aggregate != comp.Net && f.has("missing") && !f.has("min_n"):
		f.keyNode("missing").wrong("missing without min_n for aggregate "+string(m.Aggregate), "it with min_n, or with a measure that may have no value", "add min_n: or remove it")
	case f.has("missing") && f.at("missing").y.Value == "renormalise" && !f.has("parts"):
		f.at("missing").wrong("missing: renormalise in a component without parts", "neutral, zero or hold", "write one of them")
	case c.Missing == "neutral" && !f.has("target") && !slices.Contains(paidTargets, c.Curve.Kind):
		f.at("missing").wrong("missing: neutral without target", "a target, which neutral pays", "add target: or write zero or hold")
	}
}
