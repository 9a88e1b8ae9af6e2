package plans

import (
	"slices"

	"carrot/transform"
	"carrot/transform/comp"
)

// spanOf is a component's measuring period, and to date what it is a part of.
type spanOf struct{ period, whole comp.Period }

// spans are the measuring periods of components that read a measure, component by component, that pay in the months that are
// looked at. Where a component counts to date of more than these months, its periods are left out: what a row is worth in them
// is not known yet.
func (x *pastProber) spans(measure string) [][]spanOf {
	if s, ok := x.edgesOf[measure]; ok {
		return s
	}
	v := transform.DefaultVerbs()
	var out [][]spanOf
	for i := range x.h.In.Plans {
		for k := range x.h.In.Plans[i].Components {
			c := &x.h.In.Plans[i].Components[k]
			if !slices.Contains(c.Measures(), measure) {
				continue
			}
			var own []spanOf
			for pay := comp.Month(x.h.In.Settings.First); pay.Start < x.h.Span.End; pay = comp.Month(pay.End) {
				for _, p := range v.Measuring(c.Every, pay, x.company.Calendars) {
					one := spanOf{p, p}
					if c.ToDate != "" {
						one.whole = whole(c.ToDate, p)
					}
					own = append(own, one)
				}
			}
			out = append(out, own)
		}
	}
	x.edgesOf[measure] = out
	return out
}

// whole is the calendar period that holds another.
func whole(word string, p comp.Period) comp.Period {
	if around, ok := calendarAround(word, p.Start); ok {
		return around
	}
	return comp.Period{Start: p.Start, End: comp.Forever}
}

// edges are the last day of one and the first of another measuring period beside a day: the beginning of its own shortest period, and
// of the one after; NoDate where there is none.
func (x *pastProber) edges(measure string, d comp.Date) (before, after comp.Date) {
	before, after = comp.NoDate, comp.NoDate
	for _, own := range x.spans(measure) {
		for _, s := range own {
			if s.period.Contains(d) {
				if before == comp.NoDate || s.period.Start > before {
					before = s.period.Start
				}
				if after == comp.NoDate || s.period.End < after {
					after = s.period.End
				}
			}
		}
	}
	return before, after
}

// crosses says whether a row that moves from one day to another leaves a measuring period, and every component that reads it
// has paid both sides.
func (x *pastProber) crosses(measure string, from, to comp.Date) bool {
	crosses := false
	for _, own := range x.spans(measure) {
		at := func(d comp.Date) int {
			return slices.IndexFunc(own, func(s spanOf) bool { return s.period.Contains(d) })
		}
		a, b := at(from), at(to)
		switch {
		case a < 0 || b < 0:
			return false
		case a == b:
			continue
		}
		if own[a].whole != own[b].whole && (own[a].whole.End > x.h.Span.End || own[b].whole.End > x.h.Span.End) {
			return false
		}
		crosses = true
	}
	return crosses
}
