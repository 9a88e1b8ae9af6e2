package plans

import (
	"slices"

	"carrot/transform/comp"
)

// counted is L18 for a version that begins within a measuring period: each version pays its own part of the rows, and what is not
// prorated counts whole in both.
func (k *linter) counted(before, p *comp.Plan) {
	for i := range p.Components {
		x := &p.Components[i]
		at := slices.IndexFunc(before.Components, func(c comp.Component) bool { return c.ID == x.ID })
		if at < 0 || x.Shown || before.Components[at].Shown || before.Components[at].Every != x.Every || prorates(x) && prorates(&before.Components[at]) {
			continue
		}
		what := k.wholeOf(x)
		in, known := k.around(x.Every, p.Effective.Start)
		if what == "" || !known || in.Start == p.Effective.Start {
			continue
		}
		k.x = x
		k.say("L18", LintWarning, x.Where, "write prorate: days in both versions, or let this one begin on "+in.End.String(),
			"version %s begins on %s, within %s: %s counts the whole %s of it in both versions", p.Version, p.Effective.Start, in.Words(), x.ID, what)
	}
	k.x = nil
}

func prorates(x *comp.Component) bool { return x.Prorate != "" && x.Prorate != "none" }

// wholeOf is what of a component is for a whole measuring period, however short a part of it somebody takes part; "" nothing.
func (k *linter) wholeOf(x *comp.Component) string {
	m := k.measures[x.Measure]
	switch {
	case len(x.Target) > 0 || x.TargetName != "":
		return "target"
	case x.Quota != nil && m != nil && m.Aggregate.Adds():
		return "quota"
	case len(x.Cap) > 0 || x.CapName != "":
		return "cap"
	}
	return ""
}

// calendarAround is the month, quarter, half or year that a day lies in; false for other words.
func calendarAround(every string, d comp.Date) (comp.Period, bool) {
	n := map[string]int{"month": 1, "quarter": 3, "half": 6, "year": 12}[every]
	if n == 0 {
		return comp.Period{}, false
	}
	year, month, _ := d.Time().Date()
	first := comp.Day(year, 1, 1).AddMonths((int(month) - 1) / n * n)
	return comp.Period{Start: first, End: first.AddMonths(n)}, true
}

// around is the measuring period in which a day lies, as far as the config tells.
func (k *linter) around(every string, d comp.Date) (comp.Period, bool) {
	if p, ok := calendarAround(every, d); ok {
		return p, true
	}
	for _, c := range k.c.Mapping.Calendars {
		if c.Name != every || len(c.Starts) == 0 || d < c.Starts[0] || d >= c.Until {
			continue
		}
		at, exact := slices.BinarySearch(c.Starts, d)
		if !exact {
			at--
		}
		return comp.Period{Start: c.Starts[at], End: append(slices.Clone(c.Starts), c.Until)[at+1]}, true
	}
	return comp.Period{}, false
}
