package jobs

import (
	"errors"
	"strings"

	"carrot/transform/comp"
)

// unread are the mistakes of a candidate against the config that one close archived.
type unread struct{ lines []string }

func (u *unread) Error() string { return strings.Join(u.lines, "\n") }

// with are every month's plans with a candidate among them. What a close had archived of measures and tables is all that it can be tried
// over: what the candidate reads beyond that is refused, with the closes that lack it.
func (ms *months) with(c Candidate) ([][]comp.Plan, error) {
	var out [][]comp.Plan
	var lines []string
	in := map[string][]string{} // the closes in which a line is a mistake; read by key only
	for i := range ms.all {
		plans, err := c.plans(ms.ctx, ms.store, ms.all[i].m, ms.all[i].k)
		var no *unread
		switch {
		case errors.As(err, &no):
			for _, l := range no.lines {
				if len(in[l]) == 0 {
					lines = append(lines, l)
				}
				in[l] = append(in[l], ms.all[i].m.Period)
			}
		case err != nil:
			return nil, err
		}
		out = append(out, plans)
	}
	if len(lines) == 0 {
		return out, nil
	}
	for i, l := range lines {
		if n := len(in[l]); n < len(ms.all) || strings.Contains(l, "a measure that is defined") { // else it is a slip of the file itself
			lines[i] += " (in what the closes of " + strings.Join(in[l], ", ") + " archived; try the plan over others with --from and --to)"
		}
	}
	return nil, refuse("%s", strings.Join(lines, "\n"))
}
