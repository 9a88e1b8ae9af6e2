package config

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// anonymous is the table of anonymous answers that a measure's own terms read; "" for none.
func (l *loader) anonymous(m *comp.Measure) string {
	for _, t := range m.Terms {
		if known := l.tables[t.Table]; known != nil && known.survey != nil && known.survey.Promise == comp.Anonymous {
			return t.Table
		}
	}
	return ""
}

// answersBehind are the tables of anonymous answers that a measure's value rests on, by way of its inputs too.
func (l *loader) answersBehind(id string, seen map[string]bool) (out []string) {
	m := l.measures[id]
	if m == nil || seen[id] {
		return nil
	}
	seen[id] = true
	if table := l.anonymous(&m.Measure); table != "" {
		out = append(out, table)
	}
	for _, in := range m.Inputs {
		out = append(out, l.answersBehind(in.Measure, seen)...)
	}
	if m.Standing != nil {
		out = append(out, l.answersBehind(m.Standing.Measure, seen)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// anonymity refuses what would let somebody work out few people's answers from results that reach the floor: measures and
// components whose results overlap in time or in part.
func (l *loader) anonymity() {
	dates := map[string]*comp.Measure{}
	for i := range l.config.Measures {
		m := &l.config.Measures[i]
		table := l.anonymous(m)
		if table == "" {
			continue
		}
		l.confided(m, table)
		if first := dates[table]; first != nil && first.Terms[0].Date != m.Terms[0].Date {
			l.wrongAt(m.Where, m.ID+" dates anonymous answers by "+m.Terms[0].Date+", "+first.ID+" by "+first.Terms[0].Date, "one date for all measures of "+table, "write date: "+first.Terms[0].Date)
		} else {
			dates[table] = m
		}
	}
	every := map[string]*comp.Component{}
	for i := range l.config.Plans {
		for k := range l.config.Plans[i].Components {
			l.confidedTo(&l.config.Plans[i].Components[k], every)
		}
	}
}

// confided holds a measure of anonymous answers against what it may be.
func (l *loader) confided(m *comp.Measure, table string) {
	t := &m.Terms[0]
	for _, x := range []struct {
		wrong             bool
		found, want, next string
	}{
		{len(m.Terms) > 1, "several terms", "one term", "measure each by itself"},
		{m.Pool == comp.PoolPayee, "pool payee", "pool company, entity or department", "write pool: department"},
		{m.Window > 1, "a window of several periods", "window 1: two windows that overlap tell apart what lies between", "remove window"},
		{!slices.Contains([]comp.Aggregate{comp.Share, comp.Rate, comp.Mean, comp.Net, ""}, m.Aggregate), "aggregate " + string(m.Aggregate), "share, rate, mean or net", "write one of them"},
		{m.Unit == "money", "unit money", "another unit", "write unit: score"},
		{t.Fold != nil, "a fold", "every answer counted once", "give the table keys, so that a later answer replaces an earlier one"},
		{t.Owner.Split != nil || t.Owner.Rollup != "", "shared or rolled up answers", "each answer in one group", "remove split and rollup"},
		{len(m.Strata) > 0 || m.Cluster != "", "strata or a cluster", "none: a weighted value beside a plain one tells groups apart", "remove them"},
	} {
		if x.wrong {
			l.wrongAt(m.Where, m.ID+", of anonymous answers to "+table+", with "+x.found, x.want, x.next)
		}
	}
}

// confidedTo holds a component that reads anonymous answers against the others that do, and against what it may do where there
// is no result. A component in shadow pays nothing, whatever its rule.
func (l *loader) confidedTo(c *comp.Component, every map[string]*comp.Component) {
	behind := func(measure string) bool { return len(l.answersBehind(measure, map[string]bool{})) > 0 }
	for _, r := range c.Reads() {
		for _, table := range l.answersBehind(r.Measure, map[string]bool{}) {
			if r.ToDate != "" {
				l.wrongAt(c.Where, r.Measure+", of anonymous answers, to date of a "+r.ToDate, "each period by itself: two results to date tell apart what lies between", "remove to_date")
			}
			if first := every[table]; first != nil && first.Every != c.Every && c.Every != "" {
				l.wrongAt(c.Where, "anonymous answers to "+table+" every "+c.Every+", and every "+first.Every+" in "+first.ID, "one measuring period for all that reads them", "write every: "+first.Every)
			} else {
				every[table] = c
			}
		}
	}
	if c.Shown {
		return
	}
	neutral := func(p comp.Place, measure, missing string) {
		if own := l.measures[measure]; missing != "neutral" && behind(measure) && (missing == "closed" || l.anonymous(&own.Measure) == "") {
			l.wrongAt(p, "missing: "+cmp.Or(missing, "hold")+" for "+measure+", of anonymous answers", "missing: neutral, for too few answers are nobody's fault", "write it")
		}
	}
	neutral(c.Where, c.Measure, c.Missing)
	matrix := func(m *comp.Matrix) {
		if m != nil {
			neutral(c.Where, m.Part.Measure, m.Part.Missing)
		}
	}
	gates := func(gs []comp.Gate) {
		for _, g := range gs {
			if g.Missing == "closed" && behind(g.Measure) {
				neutral(g.Where, g.Measure, "closed")
			}
		}
	}
	matrix(c.Curve.Matrix)
	gates(c.Gates)
	for _, parts := range [][]comp.Part{c.Parts, c.Multiply} {
		for i := range parts {
			neutral(parts[i].Where, parts[i].Measure, parts[i].Missing)
			matrix(parts[i].Curve.Matrix)
			gates(parts[i].Gates)
		}
	}
}
