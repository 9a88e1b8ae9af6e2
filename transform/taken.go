package transform

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// clawbackAccount is what events took back and pay has not settled yet.
const clawbackAccount = "clawback"

// clawback charges what events of this pay period take back of pay of this one and earlier ones, plan by plan, out of the
// plan's pay; what is left is carried.
func (k *keeper) clawback(month comp.Period) {
	for _, id := range k.s.planIDs() {
		var base map[comp.Currency]int64 // what the plan pays before anything is taken
		var done []accountKey
		for i := range k.all {
			e := &k.all[i]
			if e.duty.pay.Start > month.Start || k.component(e).Clawback == nil || e.result.Shown || e.plan(k.s.in) != id {
				continue
			}
			key := k.accountOf(e, clawbackAccount)
			if slices.Contains(done, key) {
				continue
			}
			done = append(done, key)
			if base == nil {
				base = map[comp.Currency]int64{}
			}
			if _, has := base[key.currency]; !has {
				base[key.currency] = max(0, k.cash(id, month, key.currency))
			}
			k.charge(key, month, base[key.currency])
		}
	}
}

// charge moves one account of what was taken back.
func (k *keeper) charge(key accountKey, month comp.Period, base int64) {
	var c *comp.Component
	out := entitlement{component: key.component, account: clawbackAccount, known: true, result: comp.ComponentResult{Amount: comp.Money{Currency: key.currency}}}
	say := func(minor int64) string { return paid(comp.Money{Minor: minor, Currency: key.currency}) }
	fresh := int64(0)
	for i := range k.all {
		e := &k.all[i]
		if e.duty.pay.Start > month.Start || k.component(e).Clawback == nil || e.result.Shown || k.accountOf(e, clawbackAccount) != key {
			continue
		}
		c = k.component(e)
		out.duty = duty{plan: e.duty.plan, component: e.duty.component, pay: month}
		if !e.known {
			k.unknown[key] = true
			continue
		}
		if more := k.undoneIn(e, month); more != 0 {
			fresh += more
			out.say("Taken back of pay of %s (%s%s): %s", e.duty.pay.Words(), c.Clawback.On, k.undoneDeals(e, month), say(more))
		}
	}
	out.result.Plan, out.result.Clause, out.result.Title = key.plan, c.Clause, c.Title+", taken back"
	if out.known = !k.unknown[key]; !out.known {
		k.pseudo(out, comp.ClawbackLine)
		return
	}
	open := k.balances[key]
	m := movement{key: key, month: month, in: max(0, fresh), out: max(0, -fresh)}
	due := open + fresh
	take := min(due, k.takes(c, key, month, base, due))
	if at := k.s.standing(k.payee, key.plan, month); at.final {
		m.written = due - take
		m.endedWith(k, month)
	}
	if take != 0 {
		most := ""
		if !c.Clawback.Most.IsZero() && take < due && base > 0 {
			most = fmt.Sprintf(", at most %s of the %s that the plan pays", percent(c.Clawback.Most), say(base))
		}
		out.say("Due %s + %s; this pay period takes %s%s, and %s stay due", say(open), say(fresh), say(take), most, say(due-take-m.written))
		m.out += take
		out.result.Amount.Minor = -take
	}
	k.move(m)
	k.pseudo(out, comp.ClawbackLine)
}

// takes is the most that may be taken in a pay period: a share of the plan's pay, above what the law leaves. When
// employment ends the plan says whether anything is taken at all.
func (k *keeper) takes(c *comp.Component, key accountKey, month comp.Period, base, due int64) int64 {
	if due <= 0 {
		return due
	}
	room := k.room(key.plan, month, key.currency)
	at := k.s.standing(k.payee, key.plan, month)
	if at.final {
		if c.Clawback.AtExit != "recover" || k.free(month, at) {
			return 0
		}
		return room
	}
	if c.Clawback.Most.IsZero() {
		return room
	}
	most, err := k.s.v.Round(comp.Amount{Number: comp.Money{Minor: base, Currency: key.currency}.Amount().Number.Mul(c.Clawback.Most), Currency: key.currency}, comp.TowardZero)
	if err != nil {
		return 0
	}
	return min(room, most.Minor)
}

// undoneDeals names the deals of which the events of a pay period took something back, with the share of their pay.
func (k *keeper) undoneDeals(e *earned, month comp.Period) string {
	var said []string
	n := 0
	for i := range e.deals {
		for _, u := range e.deals[i].undone {
			if u.day >= month.End || (u.day < month.Start && e.duty.pay != month) {
				continue
			}
			if n++; n > shownDeals {
				continue
			}
			num, den := u.share.Fraction()
			of := num + "/" + den
			if den == "1" {
				of = "all"
			}
			said = append(said, fmt.Sprintf("%s on %s, %s of %s", e.deals[i].key, u.day.Words(), of, about(cash(u.worth, e.full.Currency))))
		}
	}
	if n > shownDeals {
		said = append(said, fmt.Sprintf("and %d more", n-shownDeals))
	}
	if n == 0 {
		return ""
	}
	return ": " + strings.Join(said, "; ")
}

// endedWith says why a movement writes something off.
func (m *movement) endedWith(k *keeper, month comp.Period) {
	if m.written != 0 {
		m.reasons = append(m.reasons, fmt.Sprintf("%s written off, since %s was the last day of employment", paid(comp.Money{Minor: m.written, Currency: m.key.currency}),
			k.lastDay(month).Words()))
	}
}

// undoneIn is what the events of one pay period take back of what a component paid. In the pay period of the pay itself, it
// is all that events took up to its end.
func (k *keeper) undoneIn(e *earned, month comp.Period) int64 {
	upTo := func(until comp.Date) int64 {
		total, sum := comp.Number{}, comp.Number{}
		for i := range e.deals {
			total = total.Add(e.deals[i].pay)
			sum = sum.Add(clawedBack(k.component(e), &e.deals[i], k.s.company, until))
		}
		if total.IsZero() {
			return 0
		}
		return k.cents(e, total, sum)
	}
	if e.duty.pay == month {
		return upTo(month.End - 1)
	}
	return upTo(month.End-1) - upTo(month.Start-1)
}
