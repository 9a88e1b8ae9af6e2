package config

import (
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

// behind are a measure and those that its value rests on: its inputs and what it is held against, and theirs.
func (l *loader) behind(id string, seen map[string]bool) (out []*measured) {
	m := l.measures[id]
	if m == nil || seen[id] {
		return nil
	}
	seen[id] = true
	out = append(out, m)
	for _, needs := range m.needs() {
		out = append(out, l.behind(needs, seen)...)
	}
	return out
}

// answersBehind are the tables of anonymous answers that a measure's value rests on.
func (l *loader) answersBehind(id string) (out []string) {
	for _, m := range l.behind(id, map[string]bool{}) {
		if table := l.anonymous(&m.Measure); table != "" {
			out = append(out, table)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// inConfidence says of a measure whose value rests on answers given in confidence, by way of others too, that it does; "" of others.
func (l *loader) inConfidence(m *measured) string {
	if m == nil {
		return ""
	}
	for i, b := range l.behind(m.ID, map[string]bool{}) {
		for _, t := range b.Terms {
			known := l.tables[t.Table]
			switch {
			case known == nil || !known.sealed:
			case i == 0:
				return m.ID + ", whose answers were given in confidence"
			default:
				return m.ID + ", which rests on answers given in confidence"
			}
		}
	}
	return ""
}

// neutral refuses that too few answers given in confidence pay more or less than an average would: they are nobody's fault, and
// what is paid for them would tell how many they were.
func (l *loader) neutral(f fields, m *measured) {
	whose := l.inConfidence(m)
	if whose == "" {
		return
	}
	switch n := f.at("missing"); {
	case n.ok() && slices.Contains([]string{"zero", "hold", "renormalise"}, n.y.Value):
		n.wrong("missing: "+n.y.Value+" for "+whose, "missing: neutral", "write it")
	case n.ok() && n.y.Value == "closed":
		n.wrong("missing: closed for "+whose, "missing: open", "write it")
	case !f.has("missing") && f.what == planSpecs["multiplier"].what:
		f.at("measure").wrong("a multiplier without missing for "+whose, "missing: neutral", "add it")
	}
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

// confidedTo holds a component that reads anonymous answers against the others that do.
func (l *loader) confidedTo(c *comp.Component, every map[string]*comp.Component) {
	for _, r := range c.Reads() {
		for _, table := range l.answersBehind(r.Measure) {
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
}
