package transform

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// capComponent is what the ledger posts a plan's cap against: it takes off what is above it, and pays what was carried.
const capComponent = "cap"

// limit holds what a plan pays in a pay period, all of its components together, to the plan's cap. What is above it is
// carried to later pay periods, as long as the payee is on the plan, or forfeited. What was carried under a version with a cap
// is paid under one without. What events take back and what is drawn comes after it.
func (k *keeper) limit(month comp.Period) {
	for _, id := range k.s.planIDs() {
		at := k.s.standing(k.payee, id, month)
		if at.version >= 0 && slices.ContainsFunc(k.s.in.Plans, func(p comp.Plan) bool { return p.ID == id && p.Limit != nil }) {
			k.limitOne(id, month, at)
		}
	}
}

func (k *keeper) limitOne(id string, month comp.Period, at standing) {
	p := &k.s.in.Plans[at.version]
	currency, ok := k.drawCurrency(month)
	if !ok {
		return
	}
	key := accountKey{id, capComponent, currency}
	e := entitlement{component: capComponent, account: carryAccount, duty: duty{plan: at.version, component: -1, pay: month}, known: true}
	e.result = comp.ComponentResult{Plan: id, Title: "Cap of the plan", Amount: comp.Money{Currency: currency}}
	most, fine := comp.Money{Minor: k.cash(id, month, currency) + k.balances[key], Currency: currency}, true
	if p.Limit != nil && !k.blind && !k.unknown[key] {
		most, fine = k.most(p, month, currency, &e)
	}
	k.blind = k.blind || !fine
	if k.blind || k.unknown[key] {
		k.unknown[key] = true
		e.known = false
		k.pseudo(e, comp.CapLine)
		return
	}
	k.settleLimit(p, key, e, at, most.Minor)
}

// settleLimit moves what is carried above a plan's cap.
func (k *keeper) settleLimit(p *comp.Plan, key accountKey, e entitlement, at standing, most int64) {
	cash, open := k.cash(p.ID, e.duty.pay, key.currency), k.balances[key]
	pay := min(cash+open, most)
	say := func(minor int64) string { return paid(comp.Money{Minor: minor, Currency: key.currency}) }
	m := movement{key: key, month: e.duty.pay, title: e.result.Title}
	switch over, more := cash-pay, pay-cash; {
	case over > 0 && p.Limit.Excess == "carry":
		m.in = over
		e.say("All components together: %s; cap of the plan: %s; the %s above it are carried: %s + %s = %s", say(cash), say(most), say(over), say(open), say(over), say(open+over))
	case over > 0:
		e.say("All components together: %s; cap of the plan: %s; the %s above it are not paid", say(cash), say(most), say(over))
	case more > 0:
		m.out = more
		e.say("All components together: %s; carried from earlier pay periods: %s, of which %s are paid: %s + %s = %s, and %s stay carried", say(cash), say(open), say(more), say(cash), say(more), say(pay), say(open-more))
	}
	if at.last {
		m.written = open + m.in - m.out
	}
	e.result.Amount.Minor = pay - cash
	k.pseudo(e, comp.CapLine)
	k.move(m)
}

// most is a plan's cap in one pay period; false where it cannot be told, which holds the payee.
func (k *keeper) most(p *comp.Plan, month comp.Period, currency comp.Currency, e *entitlement) (comp.Money, bool) {
	n, text, ok := k.figure(p, &p.Limit.Amount, "cap", month, currency)
	if !ok {
		return comp.Money{}, false
	}
	_, e.result.Clause, _ = k.s.v.InForce(p.Limit.Amount.Dated, cmp.Or(p.Currency, currency), month)
	m, err := k.s.v.Round(comp.Amount{Number: n, Currency: currency}, p.Rounding)
	if err != nil {
		k.find(p, "cannot_round", err.Error(), "check the plan's cap")
		return m, false
	}
	if text != paid(m) {
		e.say("Cap of the plan: %s = %s", text, paid(m))
	}
	return m, true
}
