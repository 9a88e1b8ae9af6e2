package transform

import (
	"cmp"
	"fmt"

	"carrot/transform/comp"
)

// draws advances money to a payee, or guarantees it, and recovers what was advanced, plan by plan. It comes after
// everything that the plan's components pay in the pay period.
func (k *keeper) draws(month comp.Period) {
	for _, id := range k.s.planIDs() {
		at := k.s.standing(k.payee, id, month)
		if at.version < 0 || k.s.in.Plans[at.version].Draw == nil {
			continue
		}
		k.draw(id, month, at)
	}
}

// draw is one plan's draw in one pay period.
func (k *keeper) draw(id string, month comp.Period, at standing) {
	p := &k.s.in.Plans[at.version]
	d := p.Draw
	currency, ok := k.drawCurrency(month)
	if !ok {
		return
	}
	key := accountKey{id, drawAccount, currency}
	e := entitlement{component: drawAccount, account: drawAccount, duty: duty{plan: at.version, component: -1, pay: month}, known: true}
	e.result = comp.ComponentResult{Plan: id, Title: "Draw", Clause: d.Clause, Amount: comp.Money{Currency: currency}}
	amount, fine := int64(0), true
	if at.on > 0 && (d.Periods == 0 || monthsBetween(at.first, month) <= d.Periods) {
		amount, fine = k.drawAmount(p, month, currency, at, &e)
	}
	k.blind = k.blind || !fine
	if k.blind || k.unknown[key] {
		k.unknown[key] = true
		e.known = false
		k.pseudo(e, comp.DrawLine)
		return
	}
	k.settleDraw(p, key, e, at, amount)
}

// settleDraw moves the account of a draw whose amount in this pay period is known; 0 where none is due any more.
func (k *keeper) settleDraw(p *comp.Plan, key accountKey, e entitlement, at standing, amount int64) {
	d, month := p.Draw, e.duty.pay
	cash, open := k.cash(p.ID, month, key.currency), k.balances[key]
	say := func(minor int64) string { return paid(comp.Money{Minor: minor, Currency: key.currency}) }
	m := movement{key: key, month: month, title: e.result.Title}
	switch {
	case d.Kind == "guarantee":
		if top := amount - cash; amount > 0 && top > 0 {
			e.result.Title = "Guarantee"
			e.say("Guarantee of %s, earned %s: %s - %s = %s are added and not recovered", say(amount), say(cash), say(amount), say(cash), say(top))
			e.result.Amount.Minor = top
			k.pseudo(e, comp.DrawLine)
		}
		return
	case at.final:
		if d.AtExit == "recover" && !k.free(month, at) {
			m.out = min(open, k.room(p.ID, month, key.currency))
		}
		m.written = open - m.out
		m.endedWith(k, month)
	default:
		m.in, m.out = drawn(d, open, cash, amount, monthsBetween(at.first, month))
		m.out = min(m.out, k.room(p.ID, month, key.currency))
	}
	if m.in > 0 {
		in := e
		in.say("Draw of %s, earned %s: %s are advanced; advanced so far %s + %s = %s", say(amount), say(cash), say(m.in), say(open), say(m.in), say(open+m.in))
		in.result.Amount.Minor = m.in
		k.pseudo(in, comp.DrawLine)
	}
	if m.out > 0 {
		e.result.Title = "Recovery of the draw"
		e.result.Working = nil
		above := ""
		if d.Kind == "recoverable" && amount > 0 && m.out == cash-amount {
			above = ", what is earned above the draw of " + say(amount)
		}
		e.say("Earned %s, advanced before %s: %s are recovered%s", say(cash), say(open), say(m.out), above)
		if m.written > 0 {
			e.say("The other %s are written off, since employment ends", say(m.written))
		}
		e.result.Amount.Minor = -m.out
		k.pseudo(e, comp.RecoveryLine)
	}
	k.move(m)
}

// drawn is what a draw advances and recovers in a pay period that is not the last. n counts pay periods on the plan.
func drawn(d *comp.Draw, open, cash, amount int64, n int) (in, out int64) {
	from := d.RecoverFrom
	if d.Kind == "advance" {
		if from == 0 {
			from = 2
		}
		if n >= from {
			out = min(open, max(0, cash))
		}
		return amount, out
	}
	in = max(0, amount-cash)
	if amount == 0 {
		in = 0
	}
	if n >= max(1, from) {
		out = min(open, max(0, cash-amount))
	}
	return in, out
}

// drawAmount is what a draw is for in one pay period, in minor units; false where it cannot be told, which holds the payee.
func (k *keeper) drawAmount(p *comp.Plan, month comp.Period, currency comp.Currency, at standing, e *entitlement) (int64, bool) {
	n, text, ok := k.figure(p, &p.Draw.Amount, "draw", month, currency)
	if !ok {
		return 0, false
	}
	if p.Draw.Prorate == "days" && at.on != month.Days() {
		text += fmt.Sprintf(" × %d/%d days on the plan", at.on, month.Days())
		n = k.s.v.Prorate(n, at.on, month.Days())
	}
	m, err := k.s.v.Round(comp.Amount{Number: n, Currency: currency}, p.Rounding)
	if err != nil {
		k.find(p, "cannot_round", err.Error(), "check the plan's draw")
		return 0, false
	}
	if text != paid(m) {
		e.say("Draw: %s = %s", text, paid(m))
	}
	return m.Minor, true
}

// figure is a plan's draw or cap for a whole pay period, from the plan or from the number table, in the currency of pay.
func (k *keeper) figure(p *comp.Plan, f *comp.Figure, what string, month comp.Period, currency comp.Currency) (n comp.Number, text string, ok bool) {
	id := k.s.company.People[k.payee].ID
	from := cmp.Or(p.Currency, currency)
	if f.Name == "" {
		n, _, ok = k.s.v.InForce(f.Dated, from, month)
		if !ok {
			k.find(p, "missing_"+what, fmt.Sprintf("the %s of plan %s has no amount in %s on %s", what, p.ID, from, month.End-1), "add it to the plan")
			return n, "", false
		}
	} else {
		q, has := k.s.v.Quota(k.s.quotas[[2]string{id, f.Name}], month)
		if !has {
			k.find(p, "missing_"+what, fmt.Sprintf("%s has no %q on %s, the %s of plan %s", id, f.Name, month.End-1, what, p.ID), "add a row to the number table")
			return n, "", false
		}
		n, from = q.Amount.Number, cmp.Or(q.Amount.Currency, from)
	}
	if text = money(n, from); from == currency {
		return n, text, true
	}
	rate, day, ok := k.s.payRate(p, from, currency, month, month)
	if !ok {
		k.find(p, "missing_fx_rate", fmt.Sprintf("no rate from %s to %s is known on %s", from, currency, day), "add a row to the fx table")
	}
	return n.Mul(rate), text + " × " + rate.String(), ok
}

// find holds the payee for what an account of a plan lacks.
func (k *keeper) find(p *comp.Plan, code, message, hint string) {
	person := &k.s.company.People[k.payee]
	k.s.find(comp.Finding{Code: code, Reach: comp.ReachPayee, Payee: person.ID, Key: person.ID, Column: p.ID, Message: message, Hint: hint, Origin: firstOrigin(person)})
}

// drawCurrency is the currency of pay on the last employed day up to the end of a pay period.
func (k *keeper) drawCurrency(month comp.Period) (comp.Currency, bool) {
	return k.s.payCurrency(&k.s.company.People[k.payee], comp.Period{Start: comp.NoDate, End: month.End})
}
