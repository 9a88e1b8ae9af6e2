package transform

import (
	"slices"

	"carrot/transform/comp"
)

// everyDay adds each day that is read to the bounds of whom a plan with daily rates concerns, so that each day's money can be
// turned by the rate of that day: its participants, and the pools that its measures are about.
func (g *grid) everyDay(in *Inputs, part *participation, ds []duty) {
	measures := measureIndex(in)
	days := make([][]comp.Period, len(in.Plans))
	pooled := make([]bool, len(in.Plans))
	for i := range ds {
		d := &ds[i]
		if in.Plans[d.plan].FX.Credit != "daily" {
			continue
		}
		days[d.plan] = append(days[d.plan], d.allReads()...)
		for _, r := range d.readings {
			if m, ok := measures[r.Measure]; ok && in.Measures[m].Pool != comp.PoolPayee {
				pooled[d.plan] = true
			}
		}
	}
	for plan := range days {
		spans := joinSpans(days[plan])
		for i := range g.subjects {
			if person := i < len(part.spans); len(spans) == 0 || person && len(part.spans[i][plan]) == 0 || !person && !pooled[plan] {
				continue
			}
			bounds := slices.Clone(g.bounds[i])
			for _, s := range spans {
				for d := s.Start; d <= s.End; d++ {
					bounds = append(bounds, d)
				}
			}
			slices.Sort(bounds)
			g.bounds[i] = slices.Compact(bounds)
		}
	}
}
