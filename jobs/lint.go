package jobs

import (
	"fmt"
	"strings"

	"carrot/jobs/plans"
	"carrot/transform/comp"
)

// lintErrors are what a close of a period would be refused for. They are asked of the config before a run, never in a
// replay: what was closed under the lints of its day stays closed under stricter ones.
func (h *House) lintErrors(period comp.Period) []plans.Lint { return plans.Refusals(h.Config, period) }

// refuseLints tells all errors at once, and both ways out.
func refuseLints(list []plans.Lint, period comp.Period) error {
	var lines []string
	for _, l := range list {
		lines = append(lines, l.String())
	}
	errs := fmt.Sprintf("%d lint errors", len(list))
	if len(list) == 1 {
		errs = "1 lint error"
	}
	return refuse("%s cannot be closed: %s in plans that are in force in it\n%s\ncorrect each, or let somebody who may decide it waive it by name in the plan's file, such as\n  waive: [%s]\na preview runs all the same: carrot run --preview --period %s",
		period.Name(), errs, strings.Join(lines, "\n"), waiverOf(list[0]), period.Name())
}

// waiverOf is the line that waives a lint, with what a person must fill in.
func waiverOf(l plans.Lint) string {
	if l.Component == "" {
		return fmt.Sprintf("{lint: %s, by: NAME, reason: WHY, until: YYYY-MM-DD}", l.ID)
	}
	return fmt.Sprintf("{lint: %s, component: %s, by: NAME, reason: WHY, until: YYYY-MM-DD}", l.ID, l.Component)
}
