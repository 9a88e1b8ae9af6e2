package transform

import "carrot/transform/comp"

// Conform is the company that a run's reference tables tell, with what was found wrong in them: what the calculation
// itself starts from.
func Conform(in Inputs) (*comp.Company, []comp.Finding, error) { return conform(&in) }

// DaysOn are the days on which a plan takes in a person, as the calculation reads them: sorted, not overlapping.
func DaysOn(plan *comp.Plan, person *comp.Person) ([]comp.Period, error) {
	return eligible(person, plan)
}

// OnPlan says whether a plan takes in a person on a day: employed, the plan in effect, its condition met. It errs where
// an attribute that the condition reads is not of its kind.
func OnPlan(plan *comp.Plan, person *comp.Person, d comp.Date) (bool, error) {
	day := comp.Period{Start: d, End: d + 1}
	if participated(person.Employed, day) == 0 || !plan.Effective.Contains(d) {
		return false, nil
	}
	return takesIn(plan, person, d)
}
