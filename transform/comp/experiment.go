package comp

import "slices"

// Experiment is an entry of the register of experiments: a behaviour that is tried in some departments or entities, and paid there
// to everybody alike while it is tried, to see what comes of it.
type Experiment struct {
	ID, Hypothesis     string
	Behaviour, Outcome string // measures
	By                 Pool   // department or entity: what a cohort is
	Treated, Control   []string
	Period             Period
	Owner              string // who answers for it
	Review             Date   // when what came of it is looked at
	Where              Place
}

// Tries says whether an experiment tries a behaviour on any day of a period.
func (e *Experiment) Tries(measure string, p Period) bool {
	return e.Behaviour == measure && e.Period.Intersect(p).Days() > 0
}

// Admits are the texts of which a condition asks that an attribute be one; false where it may hold for others as well.
func (e *Expr) Admits(attribute string) (texts []string, ok bool) {
	if e == nil || len(e.Args) < 2 {
		return nil, false
	}
	switch e.Op {
	case And:
		for _, a := range e.Args {
			if t, one := a.Admits(attribute); one {
				texts, ok = t, true
			}
		}
		return texts, ok
	case Or:
		for _, a := range e.Args {
			t, one := a.Admits(attribute)
			if !one {
				return nil, false
			}
			texts = append(texts, t...)
		}
		return texts, true
	case Eq, In:
		args := slices.Clone(e.Args)
		if e.Op == Eq && args[0].Op == Lit {
			slices.Reverse(args)
		}
		if args[0].Op != Name || args[0].Name != attribute {
			return nil, false
		}
		for _, a := range args[1:] {
			if a.Op != Lit || a.Lit.Kind != KindText {
				return nil, false
			}
			texts = append(texts, a.Lit.Text)
		}
		return texts, true
	}
	return nil, false
}
