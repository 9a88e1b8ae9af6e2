package plans

import (
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// stageOf is the stage of adoption from which on a measure may be paid, with what it is.
func stageOf(m *comp.Measure) (stage int, what string) {
	switch {
	case m.About == "lifetime_value":
		return comp.StageValue, "what customers are worth over the years"
	case isScore(m):
		return comp.StageScores, "a score"
	case m.About == "action" || m.Family == comp.Action:
		return comp.StageLoop, "what is done with answers"
	}
	return comp.StageResponse, ""
}

// stages is the half of L8 that compares a plan with how far the company and its customers have come. It says whether anything is
// left to be weighed: in stage 1 no score is paid.
func (k *linter) stages() bool {
	days := k.p.Effective.Intersect(k.in)
	left, told := days.Days(), map[string]bool{}
	for _, s := range k.c.Settings.StagesIn(days) {
		scored := false
		for i := range k.p.Components {
			k.x = &k.p.Components[i]
			if k.x.Shown {
				continue
			}
			for _, u := range usesOf(k.x) {
				m := k.measures[u.measure]
				if m == nil {
					continue
				}
				need, what := stageOf(m)
				if isScore(m) && s.Stage == comp.StageResponse {
					scored = true
					continue
				}
				if key := fmt.Sprint(i, u.measure, s.Period); need > s.Stage && !told[key] {
					told[key] = true
					k.say("L8", LintWarning, u.where, k.toType(s, need), "component %s pays for %s, %s of stage %d, in stage %d%s", k.x.ID, k.title(u.measure), what, need, s.Stage, k.when(s))
				}
			}
		}
		k.x = nil
		if scored {
			left -= s.Period.Days()
			k.say("L8", LintError, k.p.Where, k.toType(s, comp.StageScores), "satisfaction scores are paid in stage 1%s, in which they are only shown", k.when(s))
		}
	}
	return left > 0
}

// when are the days on which a stage is in force, where the config tells days.
func (k *linter) when(s comp.StagePeriod) string {
	switch {
	case len(k.c.Settings.Adoption) < 2:
		return ""
	case s.Period.End == comp.Forever:
		return ", from " + s.Period.Start.String() + " on"
	}
	return ", from " + s.Period.Start.String() + " to " + (s.Period.End - 1).String()
}

// toType is the next thing to type where a plan pays for what the stage of some days does not have yet.
func (k *linter) toType(s comp.StagePeriod, need int) string {
	if len(k.c.Settings.Adoption) < 2 {
		return fmt.Sprintf("show them with mode: shadow, or write stage: %d in carrot.yaml", need)
	}
	if s.Period.End >= k.p.Effective.End {
		return fmt.Sprintf("show them with mode: shadow, or write - {from: %s, stage: %d} under stage in carrot.yaml", s.Period.Start, need)
	}
	return fmt.Sprintf("show them with mode: shadow in a version of the plan that ends on %s, or write - {from: %s, stage: %d} under stage in carrot.yaml", s.Period.End-1, s.Period.Start, need)
}

// early is the half of L8 that looks at customers: paid for what those say who have not come so far.
func (k *linter) early() {
	told := map[string]bool{}
	for _, u := range usesOf(k.x) {
		m := k.measures[u.measure]
		if m == nil || told[u.measure] {
			continue
		}
		told[u.measure] = true
		need, what := stageOf(m)
		var names []string
		for _, a := range k.h.Accounts[u.measure] {
			if a.Stage < need {
				names = append(names, fmt.Sprintf("%s in stage %d", a.Account, a.Stage))
			}
		}
		if len(names) == 0 {
			continue
		}
		n := fmt.Sprintf("%d accounts that are in an earlier stage", len(names))
		if len(names) == 1 {
			n = "an account that is in an earlier stage"
		}
		if more := len(names) - 3; more > 0 {
			names = append(names[:3], fmt.Sprintf("%d more", more))
		}
		k.say("L8", LintWarning, u.where, "leave them out in where: of "+m.Where.File+", and pay for their response and for what is done with it",
			"component %s pays for %s, %s of stage %d, of %s: %s", k.x.ID, k.title(u.measure), what, need, n, strings.Join(names, ", "))
	}
}
