package transform

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// legalPlan is the plan under which the ledger keeps what the law adds; the components are the rules' ids.
const legalPlan = "legal"

// legalAccount marks what the law adds. It has no balance.
const legalAccount = "legal"

// week is the length of the weeks that hours are worked and pay is measured against the law in.
const week = 7

// lawful are the rules of a kind that a payee comes under on a day: of the country of the legal entity, under the rule's
// own condition.
func (s *settler) lawful(rule string, payee int, day comp.Date) []*comp.Legal {
	var out []*comp.Legal
	p := &s.company.People[payee]
	for i := range s.in.Settings.Legal {
		l := &s.in.Settings.Legal[i]
		if l.Rule != rule {
			continue
		}
		id, _ := p.Attr(comp.AttrEntity, day)
		if e, known := entityOf(s.in, id); !known || e.Country != l.Country {
			continue
		}
		fits, err := takesIn(&comp.Plan{Eligible: l.Eligible}, p, day)
		if err != nil {
			s.find(comp.Finding{Code: "bad_attribute", Reach: comp.ReachPayee, Payee: p.ID, Key: p.ID, Text: l.Eligible.Text, Origin: firstOrigin(p),
				Message: fmt.Sprintf("whether %s comes under %s cannot be told: %s", p.ID, l.ID, err), Hint: "correct the attribute in the source"})
		}
		if fits {
			out = append(out, l)
			s.applied[[2]string{l.ID, id}] = true
		}
	}
	return out
}

// lawOn is a rule's numbers in force on a day; nil before the first.
func lawOn(l *comp.Legal, day comp.Date) *comp.LegalValue {
	var out *comp.LegalValue
	for i := range l.Values {
		if l.Values[i].From <= day {
			out = &l.Values[i]
		}
	}
	return out
}

// floor is the least variable pay of a month that recoveries must leave, in minor units; 0 where no law says.
func (k *keeper) floor(month comp.Period, currency comp.Currency) int64 {
	most := comp.Number{}
	for _, l := range k.s.lawful("floor", k.payee, k.lastDay(month)) {
		if v := lawOn(l, month.End-1); v != nil {
			most = most.Max(v.By[currency])
		}
	}
	m, err := k.s.v.Round(comp.Amount{Number: most, Currency: currency}, comp.AwayFromZero)
	if err != nil {
		return 0
	}
	return m.Minor
}

// room is how much of a plan's pay of a month may be taken: what it pays, as far as the month's pay of all plans stays at
// the legal floor.
func (k *keeper) room(plan string, month comp.Period, currency comp.Currency) int64 {
	room := max(0, k.cash(plan, month, currency))
	if floor := k.floor(month, currency); floor > 0 {
		room = min(room, max(0, k.cash("", month, currency)-floor))
	}
	return room
}

// free says whether the law forbids to take anything from a payee in a month: employment ended before it.
func (k *keeper) free(month comp.Period, at standing) bool {
	return at.final && !at.employed && len(k.s.lawful("no_recovery", k.payee, k.lastDay(month))) > 0
}

// lastDay is the last employed day up to the end of a month.
func (k *keeper) lastDay(month comp.Period) comp.Date {
	day, _ := lastDay(k.s.company.People[k.payee].Employed, comp.Period{Start: comp.NoDate, End: month.End})
	return day
}

// legal adds to a month's pay what the law asks for the hours of its weeks, and for those of earlier weeks whose pay comes
// only now.
func (k *keeper) legal(month comp.Period) {
	currency, ok := k.drawCurrency(month)
	if !ok {
		return
	}
	id := k.s.company.People[k.payee].ID
	now := k.stretches(month, currency)
	var deferred []stretch
	first := month.Start
	for _, p := range now {
		if p.over.Start < month.Start && p.over.Days() != week {
			deferred, first = append(deferred, p), min(first, p.over.Start)
		}
	}
	by := map[string]*entitlement{} // by rule; read by key only
	var order []string
	weeks := 0
	for _, h := range k.s.company.Hours[id] {
		w := comp.Period{Start: h.Week, End: h.Week + week}
		if w.End <= first || w.End > month.End || !k.working(w) {
			continue
		}
		rules, stretches := []string{"overtime"}, deferred
		if w.End > month.Start {
			rules, stretches = []string{"minimum", "overtime"}, now
			weeks++
		}
		pay, text := weekPay(stretches, w, currency)
		for _, l := range k.lawsOf(rules, w) {
			e := by[l.ID]
			if e == nil {
				e = &entitlement{of: legalPlan, component: l.ID, account: legalAccount, known: !k.blind, duty: duty{plan: -1, component: -1, pay: month}}
				e.result = comp.ComponentResult{Plan: legalPlan, Title: l.Title, Amount: comp.Money{Currency: currency}}
				by[l.ID], order = e, append(order, l.ID)
			}
			if v := lawOn(l, w.End-1); v != nil && e.known {
				k.weekly(l, v, h, pay, text, e)
			}
		}
	}
	slices.Sort(order)
	for _, rule := range order {
		k.pseudo(*by[rule], comp.LegalLine)
	}
	if weeks == 0 && month == k.s.in.Run.Period {
		k.unclocked(month)
	}
}

// lawsOf are the rules of some kinds that the payee comes under in a week, on its last employed day.
func (k *keeper) lawsOf(rules []string, w comp.Period) (out []*comp.Legal) {
	day, ok := lastDay(k.s.company.People[k.payee].Employed, w)
	if !ok {
		return nil
	}
	for _, rule := range rules {
		out = append(out, k.s.lawful(rule, k.payee, day)...)
	}
	return out
}

// weekly adds what a rule asks for one week, whose variable pay text tells.
func (k *keeper) weekly(l *comp.Legal, v *comp.LegalValue, h comp.Hours, pay comp.Number, text string, e *entitlement) {
	c := e.result.Amount.Currency
	more := comp.Number{}
	switch l.Rule {
	case "minimum":
		times := comp.Int(1)
		if n, ok := v.N["times"]; ok {
			times = n
		}
		floor := h.Hours.Mul(v.N["rate"]).Mul(times)
		more = floor.Sub(pay).Max(comp.Number{})
		if v.Excess && pay.Cmp(floor) <= 0 {
			k.s.find(comp.Finding{Code: "not_in_excess", Payee: k.s.company.People[k.payee].ID, Key: k.s.company.People[k.payee].ID, Column: l.ID, Text: h.Week.String(), Origin: h.Origin,
				Message: fmt.Sprintf("%s is paid exactly %s for the week of %s, and %s asks for more than that", k.s.company.People[k.payee].ID, money(floor, c), h.Week, l.Title),
				Hint:    "check whether the exemption holds"})
		}
		if more.Sign() > 0 {
			e.say("Week of %s: %s hours × %s × %s = %s at least; %s is %s", h.Week.Words(), h.Hours, money(v.N["rate"], c), times, money(floor, c), text, money(pay, c))
		}
	case "overtime":
		over := h.Hours.Sub(v.N["hours"])
		if over.Sign() <= 0 || pay.Sign() <= 0 {
			return
		}
		more, _ = pay.Mul(over).Quo(v.N["divisor"].Mul(h.Hours))
		e.say("Week of %s: %s is %s; × %s / (%s × %s) = %s", h.Week.Words(), text, money(pay, c), over, v.N["divisor"], h.Hours, money(more, c))
	}
	m, err := k.s.v.Round(comp.Amount{Number: more, Currency: c}, comp.HalfAway)
	if err != nil {
		return
	}
	e.result.Amount.Minor += m.Minor
	if v.Clause != "" {
		e.result.Clause = v.Clause
	}
}

// working says whether the payee takes part in any plan on a day of p.
func (k *keeper) working(p comp.Period) bool {
	return slices.ContainsFunc(k.s.part.spans[k.payee], func(spans []comp.Period) bool { return participated(spans, p) > 0 })
}

// unclocked tells of a payee whom the law wants hours of and who has none in the pay period.
func (k *keeper) unclocked(month comp.Period) {
	if !k.working(month) {
		return
	}
	p := &k.s.company.People[k.payee]
	for _, rule := range []string{"minimum", "overtime"} {
		for _, l := range k.s.lawful(rule, k.payee, k.lastDay(month)) {
			k.s.find(comp.Finding{Code: "hours_missing", Payee: p.ID, Key: p.ID, Column: l.ID, Origin: firstOrigin(p),
				Message: fmt.Sprintf("%s asks for the hours of %s, and no week that ends in %s has any", l.Title, p.ID, month.Name()), Hint: "add the weeks to the table of hours"})
		}
	}
}

// legalChecks say of every rule and legal entity of its country whether anybody came under it, and of legal entities for
// whose country nothing is configured that. Without rules there is nothing to say.
func (a *assessment) legalChecks() []comp.LegalCheck {
	var out []comp.LegalCheck
	if len(a.in.Settings.Legal) == 0 {
		return nil
	}
	for _, e := range a.in.Settings.Entities {
		found := false
		for i := range a.in.Settings.Legal {
			l := &a.in.Settings.Legal[i]
			if l.Country != e.Country {
				continue
			}
			found = true
			state := "nobody comes under it"
			if a.applied[[2]string{l.ID, e.ID}] {
				state = "applied"
			}
			out = append(out, comp.LegalCheck{Rule: l.ID, Entity: e.ID, State: state})
		}
		if !found {
			out = append(out, comp.LegalCheck{Entity: e.ID, State: "not configured"})
		}
	}
	return out
}
