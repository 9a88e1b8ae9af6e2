package plans

import (
	"cmp"
	"fmt"
	"slices"

	"carrot/config"
	"carrot/transform/comp"
)

// The severities of a lint. A close of a plan with an error that nobody waived is refused.
const (
	LintError   = "error"
	LintWarning = "warning"
)

// Lint is something that a plan says and should not, or leaves open. It is no mistake: the plan can be computed.
type Lint struct {
	ID        string // L1 to L20; L0 is about a waiver
	Severity  string
	Plan      string
	Version   string
	Component string // "" the whole plan
	Where     comp.Place
	Message   string // what it is, without a final point
	Hint      string // what to type next
	Waived    string // by whom, until when and why, where a person settled it; "" not
}

// String is "file:line:column: L3 warning: message; hint", with who waived it.
func (l Lint) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s %s: %s; %s", l.Where.File, l.Where.Line, l.Where.Col, l.ID, l.Severity, l.Message, l.Hint)
	if l.Waived != "" {
		s += " (" + l.Waived + ")"
	}
	return s
}

// History is what was paid and agreed so far, as far as somebody looked it up; its zero value knows nothing.
type History struct {
	Best     map[string]Reached             // by "plan/component", and "plan/component/part"
	Numbers  map[string]comp.Number         // by name in the number table: the median
	Accepts  bool                           // the config has acceptances
	Unsigned []Unsigned                     // sorted
	Moves    []Move                         // sorted by payee and day
	Accounts map[string][]comp.AccountStage // by measure: whose rows it reads, and how far each has come; sorted by account
}

// Reached is the highest attainment of anybody, and in how many months.
type Reached struct {
	Most   comp.Number
	Months int
}

// Unsigned is somebody who takes part in a plan and has not accepted its document.
type Unsigned struct{ Payee, Plan, Version, State string }

// Check looks through every plan that is in force on a day or later. A waiver must be in force on that day, or on the first
// day of a plan that is still to come. Lints are sorted by place.
func Check(c *config.Config, h History, on comp.Date) []Lint {
	return check(c, h, comp.Period{Start: on, End: comp.Forever}, func(p *comp.Plan) comp.Date { return max(on, p.Effective.Start) })
}

// Refusals are the errors for which a close of a pay period is refused: those that nobody waived, of the plans that are in
// force in the period. A waiver must be in force on the last day of it on which the plan is, so that the day on which
// somebody closes changes nothing.
func Refusals(c *config.Config, period comp.Period) []Lint {
	return Errors(check(c, History{}, period, func(p *comp.Plan) comp.Date { return min(period.End, p.Effective.End) - 1 }))
}

// check looks through the plans that are in force in a period; by says on which day a plan's waivers must be.
func check(c *config.Config, h History, in comp.Period, by func(*comp.Plan) comp.Date) []Lint {
	k := &linter{c: c, h: h, in: in, by: by, measures: map[string]*comp.Measure{}}
	for i := range c.Measures {
		k.measures[c.Measures[i].ID] = &c.Measures[i]
	}
	for i := range c.Plans {
		if k.p = &c.Plans[i]; k.looks(k.p) {
			k.plan()
		}
	}
	k.versions()
	k.moves()
	k.acceptances()
	k.waivers()
	slices.SortStableFunc(k.out, func(a, b Lint) int {
		return cmp.Or(cmp.Compare(a.Where.File, b.Where.File), cmp.Compare(a.Where.Line, b.Where.Line), cmp.Compare(a.Where.Col, b.Where.Col), cmp.Compare(number(a.ID), number(b.ID)))
	})
	return slices.Compact(k.out)
}

// number is 12 for L12.
func number(id string) (n int) {
	_, _ = fmt.Sscanf(id, "L%d", &n) // ids are ours
	return n
}

// Errors are those that nobody waived.
func Errors(list []Lint) (out []Lint) {
	for _, l := range list {
		if l.Severity == LintError && l.Waived == "" {
			out = append(out, l)
		}
	}
	return out
}

// linter looks at one plan and one component at a time.
type linter struct {
	c        *config.Config
	h        History
	in       comp.Period                // plans that are in force in it are looked at
	by       func(*comp.Plan) comp.Date // the day on which a plan's waivers must be in force
	measures map[string]*comp.Measure   // by id; read by key only
	p        *comp.Plan
	x        *comp.Component // nil: the plan itself
	out      []Lint
}

func (k *linter) looks(p *comp.Plan) bool { return p.Effective.Intersect(k.in).Days() > 0 }

func (k *linter) say(id, severity string, at comp.Place, hint, format string, args ...any) {
	l := Lint{ID: id, Severity: severity, Where: at, Message: fmt.Sprintf(format, args...), Hint: hint}
	if k.p != nil {
		l.Plan, l.Version = k.p.ID, k.p.Version
	}
	if k.x != nil {
		l.Component = k.x.ID
	}
	k.out = append(k.out, l)
}

func (k *linter) plan() {
	k.x = nil
	if !k.p.RoundingSet {
		k.say("L20", LintWarning, k.p.Where, "add rounding: half-away", "the rounding is not stated")
	}
	for i := range k.p.Components {
		k.x = &k.p.Components[i]
		k.activity()
		if k.x.Shown {
			continue
		}
		k.curves()
		k.reach()
		k.uses()
		k.topManagement()
		k.accounts()
		k.early()
	}
	k.x = nil
	k.weights()
	k.surveys()
	k.twice()
}

// title is how a message names a measure.
func (k *linter) title(measure string) string {
	if m, ok := k.measures[measure]; ok && m.Title != "" {
		return m.Title
	}
	return measure
}

// use is a measure or a score that a component reads, and how.
type use struct {
	measure string
	role    string // component, part, multiplier, column, gate
	part    *comp.Part
	gate    *comp.Gate
	curve   *comp.Curve
	gates   []comp.Gate // that stand with it
	minN    int
	missing string
	where   comp.Place
}

// uses are all measures that a component reads, in the order of the file.
func usesOf(x *comp.Component) (out []use) {
	gates := func(list []comp.Gate) {
		for i := range list {
			g := &list[i]
			out = append(out, use{measure: g.Measure, role: "gate", gate: g, minN: g.MinN, missing: g.Missing, where: g.Where})
		}
	}
	if x.Measure != "" {
		out = append(out, use{measure: x.Measure, role: "component", curve: &x.Curve, gates: x.Gates, minN: x.MinN, missing: x.Missing, where: x.Where})
	}
	parts := func(list []comp.Part, role string) {
		for i := range list {
			p := &list[i]
			out = append(out, use{measure: p.Measure, role: role, part: p, curve: &p.Curve, gates: slices.Concat(x.Gates, p.Gates), minN: p.MinN, missing: p.Missing, where: p.Where})
			gates(p.Gates)
		}
	}
	if m := x.Curve.Matrix; m != nil {
		out = append(out, use{measure: m.Part.Measure, role: "column", part: &m.Part, gates: x.Gates, minN: m.Part.MinN, missing: m.Part.Missing, where: m.Part.Where})
	}
	parts(x.Parts, "part")
	parts(x.Multiply, "multiplier")
	gates(x.Gates)
	return out
}

// waivers settle lints: each by a named person, with a reason, until a day. One that settles nothing is told.
func (k *linter) waivers() {
	var extra []Lint
	for i := range k.c.Plans {
		p := &k.c.Plans[i]
		if !k.looks(p) {
			continue
		}
		on := k.by(p)
		for _, w := range p.Waive {
			used := false
			for j := range k.out {
				l := &k.out[j]
				if l.ID != w.Lint || l.Plan != p.ID || l.Version != p.Version || w.Component != "" && l.Component != w.Component {
					continue
				}
				used = true
				if on <= w.Until {
					l.Waived = fmt.Sprintf("waived by %s until %s: %s", w.By, w.Until, w.Reason)
				}
			}
			l := Lint{ID: "L0", Severity: LintWarning, Plan: p.ID, Version: p.Version, Component: w.Component, Where: w.Where}
			switch {
			case used && on > w.Until:
				l.Message, l.Hint = fmt.Sprintf("the waiver of %s ended on %s", w.Lint, w.Until), "correct the plan, or agree on a later until:"
			case !used && k.known(w.Lint):
				l.Message, l.Hint = fmt.Sprintf("the waiver of %s settles nothing", w.Lint), "remove it"
			default:
				continue
			}
			extra = append(extra, l)
		}
	}
	k.out = append(k.out, extra...)
}

// known says whether a lint would have fired if there were anything to tell: some need a past, those of carrot plan probe
// its search.
func (k *linter) known(id string) bool {
	switch id {
	case "L6":
		return len(k.h.Best) > 0
	case "L19":
		return k.h.Accepts
	case "L8":
		return k.c.Mapping.Accounts == nil || len(k.h.Accounts) > 0
	}
	return !slices.Contains(ExploitClasses, id)
}

// versions tells days between two versions of a plan on which neither is in force, and what both would count whole.
func (k *linter) versions() {
	k.x = nil
	for i := range k.c.Plans {
		p := &k.c.Plans[i]
		k.p = p
		if i == 0 || k.c.Plans[i-1].ID != p.ID || !k.looks(p) {
			continue
		}
		if gap := (comp.Period{Start: k.c.Plans[i-1].Effective.End, End: p.Effective.Start}); gap.Days() > 0 {
			k.say("L18", LintWarning, p.Where, "move effective: of one of the two versions", "plan %s is not in force from %s to %s", p.ID, gap.Start, gap.End-1)
		}
		k.counted(&k.c.Plans[i-1], p)
	}
}

// acceptances tells who takes part in a plan without having accepted its document.
func (k *linter) acceptances() {
	for _, u := range k.h.Unsigned {
		for i := range k.c.Plans {
			k.p, k.x = &k.c.Plans[i], nil
			if k.p.ID != u.Plan || k.p.Version != u.Version {
				continue
			}
			severity := LintWarning
			if u.State == "CA" { // Labor Code 2751 wants a signed contract
				severity = LintError
			}
			k.say("L19", severity, k.p.Where, "let them sign what carrot plan document "+u.Plan+" --payee "+u.Payee+" prints", "%s has not accepted %s %s", u.Payee, u.Plan, u.Version)
		}
	}
}
