package transform

import (
	"fmt"
	"strings"

	"carrot/transform/comp"
	"carrot/transform/stat"
)

// trialled is what a measure came to in the cohorts of an arm.
type trialled struct {
	gathered
	look
}

// trials tells of each registered experiment what treated and control cohorts did and what came of it, before it began and since,
// and how much more changed among the treated. It is shown and never paid.
func (l *looker) trials(spec *comp.SectionSpec, s *comp.Section) {
	s.Columns = []comp.SectionColumn{{Title: "Experiment"}, {Title: "Measure"}, {Title: "Cohort"}, {Title: "Before", Right: true}, {Title: "n", Right: true},
		{Title: "Since", Right: true}, {Title: "n", Right: true}, {Title: "Change", Right: true}}
	for i := range l.a.in.Settings.Experiments {
		e := &l.a.in.Settings.Experiments[i]
		var before, since []comp.Period
		for _, p := range l.periods(spec, spec.Periods) {
			switch {
			case p.End <= e.Period.Start:
				before = append(before, p)
			case p.Start >= e.Period.Start && p.End <= e.Period.End:
				since = append(since, p)
			}
		}
		if len(before) == 0 || len(since) == 0 {
			s.After = append(s.After, fmt.Sprintf("Of %s nothing can be told yet: there is no whole %s before it began, or none since.", e.ID, spec.Every))
			continue
		}
		s.After = append(s.After, fmt.Sprintf("%s: %s Before is %s, since is %s; it is looked at on %s.", e.ID, e.Hypothesis, whole(before).Words(), whole(since).Words(), e.Review))
		for _, id := range []string{e.Behaviour, e.Outcome} {
			s.After = append(s.After, l.trial(e, id, before, since, s))
		}
	}
}

// trial adds the rows of one measure, and says how much more it changed among the treated.
func (l *looker) trial(e *comp.Experiment, id string, before, since []comp.Period, s *comp.Section) string {
	var change, variance comp.Number
	m, whole, sure := &l.a.in.Measures[l.s.measures[id]], true, true
	for arm, cohorts := range [][]string{e.Treated, e.Control} {
		a, b := l.cohorts(m, e.By, cohorts, before), l.cohorts(m, e.By, cohorts, since)
		diff := look{value: b.look.value.Sub(a.look.value), ok: a.ok && b.ok}
		name := []string{"treated", "control"}[arm]
		s.Rows = append(s.Rows, []string{e.ID, m.Title, name, l.written(id, a.look), comp.Grouped(fmt.Sprint(a.look.n)), l.written(id, b.look), comp.Grouped(fmt.Sprint(b.look.n)), l.inPoints(id, diff)})
		if arm == 1 {
			diff.value = diff.value.Neg()
		}
		change, whole = change.Add(diff.value), whole && diff.ok
		for _, x := range []*trialled{&a, &b} {
			if !whole {
				break
			}
			est := estimator{m: m, v: l.v}
			sure = sure && (m.Aggregate != comp.Mean || len(x.spread) > 0) && m.Cluster == "" && len(m.Strata) == 0
			if sure {
				variance = variance.Add(over(est.variance(&x.gathered), comp.Int(x.look.n)))
			}
		}
	}
	if !whole {
		return m.Title + ": not enough data."
	}
	than := "more"
	if change.Sign() < 0 {
		than = "less"
	}
	out := fmt.Sprintf("%s: the change among the treated is %s %s than in the control", m.Title, l.inPoints(id, look{value: change.Abs(), ok: true}), than)
	if sure {
		in := stat.Normal(change, variance, sureness)
		out += fmt.Sprintf(" (95 %% interval: %s to %s)", l.inPoints(id, look{value: in.Low, ok: true}), l.inPoints(id, look{value: in.High, ok: true}))
	}
	return out + "."
}

// inPoints is a difference of two values: that of two shares is told in percentage points, since a percentage would be of one.
func (l *looker) inPoints(id string, x look) string {
	if share, ok := strings.CutSuffix(l.written(id, x), " %"); ok {
		return share + " points"
	}
	return l.written(id, x)
}

// cohorts adds up a measure's rows of several pools and periods.
func (l *looker) cohorts(m *comp.Measure, by comp.Pool, names []string, periods []comp.Period) (out trialled) {
	for _, name := range names {
		k, here := l.a.grid.index[poolName(by, name)]
		if !here {
			continue
		}
		for _, p := range periods {
			g, ok := l.gathered(l.s.measures[m.ID], k, p, periods[len(periods)-1])
			if !ok {
				return trialled{}
			}
			out.gathered.value, out.hits, out.misses = out.gathered.value.Add(g.value), out.hits+g.hits, out.misses+g.misses
			out.gathered.n += g.n
			for b, n := range g.spread { // sums
				if out.spread == nil {
					out.spread = spread{}
				}
				out.spread[b] += n
			}
		}
	}
	out.look.n = out.gathered.n
	out.look.value, out.ok = (&estimator{m: m, v: l.v}).plain(&out.gathered)
	return out
}
