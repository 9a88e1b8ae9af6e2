package plans

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// tried says whether a component may pay for a behaviour because a registered experiment tries it: on every day that is looked at,
// in treated cohorts alone, and to everybody there alike. Where an experiment tries it and any of that does not hold, what does
// not is said here.
func (k *linter) tried(u use) bool {
	var of []*comp.Experiment
	for i := range k.c.Settings.Experiments {
		if e := &k.c.Settings.Experiments[i]; e.Behaviour == u.measure {
			of = append(of, e)
		}
	}
	if len(of) == 0 || u.role == "gate" {
		return false
	}
	days := k.p.Effective.Intersect(k.in)
	slices.SortStableFunc(of, func(a, b *comp.Experiment) int { return int(a.Period.Start - b.Period.Start) })
	open, last := days.Start, of[0]
	for _, e := range of {
		if e.Period.Start <= open && e.Period.End > open {
			k.alike(e, u)
			k.cohorts(e, u)
			open, last = e.Period.End, e
		} else if e.Period.End <= open {
			last = e
		}
	}
	switch {
	case open >= days.End:
	case last.Period.Start > open:
		k.say("L1", LintError, u.where, fmt.Sprintf("write from: %s under effective, or show it with mode: shadow until then", last.Period.Start),
			"component %s pays for %s, a measure of activity, before experiment %s begins on %s", k.x.ID, k.title(u.measure), last.ID, last.Period.Start)
	default:
		end := last.Period.End - 1
		k.say("L1", LintError, u.where, fmt.Sprintf("write to: %s under effective, show it with mode: shadow from then on, or register another experiment", end),
			"component %s pays for %s, a measure of activity, after experiment %s ended on %s", k.x.ID, k.title(u.measure), last.ID, end)
	}
	return true
}

// cohorts holds whom a plan takes in against where the behaviour is tried.
func (k *linter) cohorts(e *comp.Experiment, u use) {
	hint := fmt.Sprintf("write eligible: '%s in [%s]'", e.By, quotedList(e.Treated))
	takes, ok := k.p.Eligible.Admits(string(e.By))
	if !ok {
		k.say("L1", LintError, u.where, hint, "component %s pays for %s outside of the cohorts in which experiment %s tries it", k.x.ID, k.title(u.measure), e.ID)
		return
	}
	for _, t := range takes {
		if !slices.Contains(e.Treated, t) {
			k.say("L1", LintError, u.where, hint, "component %s pays for %s in %s, in which experiment %s does not try it", k.x.ID, k.title(u.measure), t, e.ID)
		}
	}
}

func quotedList(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%q", s))
	}
	return strings.Join(out, ", ")
}

// alike tells what pays one of a cohort otherwise than another.
func (k *linter) alike(e *comp.Experiment, u use) {
	if m := k.measures[u.measure]; m.Pool != e.By {
		k.say("L1", LintError, u.where, fmt.Sprintf("name a measure with pool: %s", e.By),
			"component %s pays each person for their own %s, and experiment %s pays a cohort alike", k.x.ID, k.title(u.measure), e.ID)
		return
	}
	for _, why := range k.differs(e) {
		k.say("L1", LintError, u.where, "remove it", "component %s pays for %s by %s, and experiment %s pays a cohort alike", k.x.ID, k.title(u.measure), why, e.ID)
	}
}

// differs are the keys of a component by which two people of one cohort may be paid differently for the same days.
func (k *linter) differs(e *comp.Experiment) (out []string) {
	x := k.x
	add := func(is bool, why string) {
		if is && !slices.Contains(out, why) {
			out = append(out, why)
		}
	}
	figure := func(f *comp.Figure) {
		add(f != nil && f.Name != "", "quota: {name: …}")
		add(f != nil && f.Ramp != nil, "ramp")
	}
	curve := func(c *comp.Curve) {
		add(c.RateName != "", "rate: {name: …}")
		add(c.RateAttribute != "", "rate_attribute")
	}
	add(x.FTE, "fte")
	add(x.Score != "", "score")
	add(x.TargetName != "", "target: {name: …}")
	add(x.CapName != "", "cap: {name: …}")
	figure(x.Quota)
	curve(&x.Curve)
	for _, list := range [][]comp.Part{x.Parts, x.Multiply} {
		for i := range list {
			add(list[i].Score != "", "score")
			figure(list[i].Quota)
			curve(&list[i].Curve)
		}
	}
	for _, id := range x.Measures() {
		if m := k.measures[id]; m != nil && m.Pool != e.By && m.Pool != comp.PoolCompany {
			add(true, k.title(id))
		}
	}
	return out
}
