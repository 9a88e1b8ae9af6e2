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

// DealStep is that a share of a deal's pay was released, forfeited or taken back on a day.
type DealStep struct {
	Day   comp.Date
	Share comp.Number
	What  string // released, forfeited, taken back
}

// DealStanding is what became of a deal's pay by the end of a day.
type DealStanding struct {
	Steps  []DealStep
	Held   comp.Number // the share that is held
	Waits  []string    // for what
	Last   comp.Date   // until when at the longest
	Lapses bool        // what is still held then is forfeited, as presently known
}

// DealPay says what became of a deal's pay under a component that holds pay back or takes it back, by the end of a day. whole
// is the deal's amount, of which amounts of events are parts.
func DealPay(c *comp.Component, company *comp.Company, table, key string, day comp.Date, whole comp.Number, until comp.Date) (p DealStanding) {
	d := dealPay{deal: deal{table: table, key: key, day: day, whole: whole}, pay: comp.Int(1)}
	if c.Clawback != nil {
		d.undone = undoings(c.Clawback, &d, company)
	}
	if c.Release != nil {
		p.Last = deadline(c.Release, &d.deal)
		for _, r := range releasings(c, &d.deal, company) {
			if r.day <= until && !r.share.IsZero() {
				what := "released"
				if r.forfeits {
					what = "forfeited"
				}
				p.Steps = append(p.Steps, DealStep{r.day, r.share, what})
			}
			p.Lapses = p.Lapses || r.forfeits && r.day == p.Last && !r.share.IsZero()
		}
	}
	for _, u := range d.undone {
		if u.day <= until {
			p.Steps = append(p.Steps, DealStep{u.day, u.share, "taken back"})
		}
	}
	_, p.Held, _, p.Waits = released(c, &d, company, until)
	return p
}
