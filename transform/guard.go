package transform

import (
	"fmt"

	"carrot/transform/comp"
)

// amendments refuse to pay by plans that changed behind what was posted: a version that was posted by keeps its bytes, and
// the days that it was posted for stay in some version of the plan. A change is a new version, in a file of its own.
func (a *assessment) amendments(prev *Inputs) {
	if prev == nil {
		return
	}
	closed := comp.Period{Start: horizon(a.in)[0].Start, End: a.in.Run.Period.Start}
	for i := range prev.Plans {
		p := &prev.Plans[i]
		days := p.Effective.Intersect(closed)
		if days.Days() == 0 {
			continue
		}
		f := comp.Finding{Code: "plan_changed", Reach: comp.ReachRun, Table: "plans", Key: p.ID, Column: p.Version, Origin: comp.Origin{Name: p.Where.File}, Line: p.Where.Line, Col: p.Where.Col}
		covered := 0
		for j := range a.in.Plans {
			q := &a.in.Plans[j]
			if q.ID != p.ID {
				continue
			}
			covered += q.Effective.Intersect(days).Days()
			if q.Version == p.Version && q.Digest != p.Digest {
				f.Text, f.Origin.Name, f.Line, f.Col = q.Digest, q.Where.File, q.Where.Line, q.Where.Col
				f.Message = fmt.Sprintf("plan %s version %s has paid months that are posted, and its file is another one now", p.ID, p.Version)
				f.Hint = "put the old file back; write the change as a new version, from the day on which it is agreed, in a file of its own"
				a.findings = append(a.findings, f)
			}
		}
		if covered < days.Days() {
			f.Code = "plan_removed"
			f.Message = fmt.Sprintf("plan %s version %s has paid for %s, and no version of it covers all of these days any more", p.ID, p.Version, days)
			f.Hint = "put its file back, ended by effective to; what was posted would be taken back else"
			a.findings = append(a.findings, f)
		}
	}
}

// vanished tells of people whom the ledger paid within the horizon and whom the roster does not know any more. What they
// were paid is not taken back: whose absence it is must not be guessed.
func (a *assessment) vanished() {
	known := map[string]bool{}
	for i := range a.company.People {
		known[a.company.People[i].ID] = true
	}
	paid := map[string]string{}
	for k, minor := range a.posted(horizon(a.in)[0].Name()).at { // the greatest month is kept, whatever the order
		if minor != 0 && !known[k.payee] {
			paid[k.payee] = max(paid[k.payee], k.month)
		}
	}
	for _, id := range sortedKeys(paid) {
		a.findings = append(a.findings, comp.Finding{Code: "payee_vanished", Reach: comp.ReachPayee, Table: "roster", Key: id, Payee: id,
			Message: fmt.Sprintf("%s was paid for %s and is not on the roster any more", id, paid[id]), Hint: "export people who left as well, with their last day"})
	}
}

// calendars tell of components whose calendar has ended, or not begun, while their plan is in effect: they pay nothing, and
// that must not look like a result.
func (a *assessment) calendars() {
	for i := range a.in.Plans {
		p := &a.in.Plans[i]
		day := max(p.Effective.Start, a.in.Run.Period.Start)
		if !p.Effective.Contains(day) || !a.in.Run.Period.Contains(day) {
			continue
		}
		for j := range p.Components {
			c := &p.Components[j]
			for _, word := range []string{c.Every, c.ToDate} {
				if _, ok := holding(word, day, a.company.Calendars); word == "" || ok {
					continue
				}
				a.findings = append(a.findings, comp.Finding{Code: "calendar_ended", Table: "plans", Key: p.ID, Column: c.ID, Text: word,
					Origin: comp.Origin{Name: c.Where.File}, Line: c.Where.Line, Col: c.Where.Col,
					Message: fmt.Sprintf("the calendar %s has no period on %s, so component %s of plan %s pays nothing for that day", word, day, c.ID, p.ID),
					Hint:    "move the calendar's until, or end the plan with it"})
			}
		}
	}
}

// tooOld compares posted months that lie before the horizon with what is known now. They stay as they are; a difference
// is told at the close, so that somebody may settle it.
func (a *assessment) tooOld(v *Verbs) error {
	if a.in.Run.Kind != comp.Close {
		return nil // it would read everything once more every night
	}
	first := horizon(a.in)[0]
	oldest := first.Name()
	for _, l := range a.in.Ledger {
		if l.Plan != "" && l.Kind != comp.AdjustmentLine && l.Kind != comp.BalanceEntry {
			oldest = min(oldest, l.For)
		}
	}
	if oldest >= first.Name() {
		return nil
	}
	long := *a.in
	long.lean = true
	for long.Settings.Restate = a.in.Settings.Restate; horizon(&long)[0].Name() > oldest && horizon(&long)[0].Start > long.Settings.First; {
		long.Settings.Restate++
	}
	b, err := assess(&long, v, nil)
	if err != nil {
		return err
	}
	now, posted := b.entitled(), a.posted(oldest)
	for _, k := range open(v, now, posted) {
		if k.month >= first.Name() {
			continue
		}
		is, was := comp.Money{Minor: now.at[k], Currency: k.currency}, comp.Money{Minor: posted.at[k], Currency: k.currency}
		a.tell(comp.Finding{Code: "restated_too_old", Table: "ledger", Key: k.payee, Payee: k.payee, Column: k.plan + "/" + k.component, Text: k.month,
			Amount:  comp.Money{Minor: is.Minor - was.Minor, Currency: k.currency}.String(),
			Message: fmt.Sprintf("%s of %s for %s is %s as known now, %s was posted, and months older than %d stay as they are", k.component, k.payee, k.month, is, was, a.in.Settings.Restate),
			Hint:    "pay or take back the difference by an adjustment, or let it be"})
	}
	return nil
}
