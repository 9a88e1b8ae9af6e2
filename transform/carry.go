package transform

import "carrot/transform/comp"

// carries says whether what a component earns above its cap is carried to later periods. What only shows is not paid later
// either.
func carries(c *comp.Component) bool { return c.Excess == "carry" && !c.Shown }

// carry pays each capped component of a pay period from what it earned in its measuring periods and what was carried
// before: at most the cap, the rest is carried on. When nobody can earn under the plan any more, what is left is forfeited.
func (k *keeper) carry(month comp.Period) {
	for i := range k.all {
		e := &k.all[i]
		if e.duty.pay != month || !carries(&k.s.in.Plans[e.duty.plan].Components[e.duty.component]) {
			continue
		}
		key := k.carryKey(e)
		if k.unknown[key] = k.unknown[key] || !e.known; k.unknown[key] {
			e.known, e.result.Amount.Minor, e.result.Exact.Number = false, 0, comp.Number{}
			continue
		}
		k.carryOne(e, key)
	}
	k.forfeit(month)
}

func (k *keeper) carryKey(e *earned) accountKey {
	p := &k.s.in.Plans[e.duty.plan]
	return accountKey{p.ID, p.Components[e.duty.component].ID + ":" + carryAccount, e.result.Amount.Currency}
}

func (k *keeper) carryOne(e *earned, key accountKey) {
	if e.ceiling == nil {
		return
	}
	p := &k.s.in.Plans[e.duty.plan]
	most, err := k.s.v.Round(comp.Amount{Number: *e.ceiling, Currency: key.currency}, p.Rounding)
	if err != nil { // the pay itself was rounded in this currency
		return
	}
	open, own := k.balances[key], e.result.Amount.Minor
	pay := min(own+open, most.Minor)
	m := movement{key: key, month: e.duty.pay, title: p.Components[e.duty.component].Title, in: max(0, own-pay), out: max(0, pay-own)}
	if m.in == 0 && m.out == 0 {
		return
	}
	say := func(minor int64) string { return paid(comp.Money{Minor: minor, Currency: key.currency}) }
	if m.in > 0 {
		e.say("Cap: %s; the %s above it are carried: %s + %s = %s", say(most.Minor), say(m.in), say(open), say(m.in), say(open+m.in))
	} else {
		e.say("Carried from earlier periods: %s, up to the cap of %s; %s + %s = %s, and %s stay carried", say(open), say(most.Minor), say(own), say(m.out), say(pay), say(open-m.out))
	}
	e.result.Amount.Minor = pay
	e.result.Exact = e.result.Amount.Amount()
	k.move(m)
}

// forfeit ends the carried amounts of plans on which the payee's last day has come.
func (k *keeper) forfeit(month comp.Period) {
	for i := range k.s.in.Plans {
		p := &k.s.in.Plans[i]
		for j := range p.Components {
			if !carries(&p.Components[j]) {
				continue
			}
			for _, e := range k.s.in.Settings.Entities {
				key := accountKey{p.ID, p.Components[j].ID + ":" + carryAccount, e.Currency}
				if k.unknown[key] || k.balances[key] == 0 || !k.s.standing(k.payee, p.ID, month).last {
					continue
				}
				m := movement{key: key, month: month, title: p.Components[j].Title, written: k.balances[key]}
				m.endedWith(k, month)
				k.move(m)
			}
		}
	}
}
