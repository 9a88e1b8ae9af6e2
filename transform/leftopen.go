package transform

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// leftOpen tells of each balance that is open at the end of the run's pay period and that nothing moves any more: in a currency in
// which the payee is paid no more, of a plan that the payee has left, or of an account that the plan keeps no more. It holds nobody:
// what the period pays is what the plans say with or without it, and no plan says at which rate, or out of which other plan's pay, it
// would be settled. It is told in every run until somebody settles it.
func (k *keeper) leftOpen() {
	if k.blind {
		return // nothing was moved on a guess
	}
	month := k.s.in.Run.Period
	var keys []accountKey
	for key, minor := range k.balances { // sorted below
		if minor != 0 && !k.unknown[key] {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, accountKey.compare)
	person := &k.s.company.People[k.payee]
	for _, key := range keys {
		why := k.stuck(key, month)
		if why == "" {
			continue
		}
		open := paid(comp.Money{Minor: k.balances[key], Currency: key.currency})
		k.s.find(comp.Finding{Code: "balance_left_open", Reach: comp.ReachNone, Payee: person.ID, Key: person.ID, Column: key.plan + " " + key.component, Text: open,
			Origin:  firstOrigin(person),
			Message: fmt.Sprintf("%s are open in the account %s of plan %s, and nothing settles them: %s", open, key.component, key.plan, why),
			Hint:    "agree with " + person.ID + " what becomes of them, pay or take it by a row in the adjustments, and waive this finding"})
	}
}

// stuck says why nothing moves an account any more; "" where something may.
func (k *keeper) stuck(key accountKey, month comp.Period) string {
	id, at, name := k.s.company.People[k.payee].ID, k.s.standing(k.payee, key.plan, month), account(key.component)
	if name == holdAccount { // released, or forfeited, whatever became of the payee
		at.on, at.last = 1, false
	} else if currency, ok := k.drawCurrency(month); ok && currency != key.currency {
		return fmt.Sprintf("%s is paid in %s", id, currency)
	}
	switch {
	case at.on == 0 && at.last:
		return fmt.Sprintf("%s is on the plan no more", id)
	case !k.kept(key, at):
		return "the plan keeps no such account any more"
	}
	return ""
}

// kept says whether some version of a plan that the payee was on still keeps an account.
func (k *keeper) kept(key accountKey, at standing) bool {
	if key.component == drawAccount {
		return at.version >= 0 && k.s.in.Plans[at.version].Draw != nil && k.s.in.Plans[at.version].Draw.Kind != "guarantee"
	}
	if key.component == capComponent {
		return at.version >= 0 && slices.ContainsFunc(k.s.in.Plans, func(p comp.Plan) bool { return p.ID == key.plan && p.Limit != nil })
	}
	return slices.ContainsFunc(k.all, func(e earned) bool {
		c := k.component(&e)
		switch name := account(key.component); {
		case e.result.Shown || k.accountOf(&e, name) != key:
			return false
		case name == holdAccount:
			return c.Release != nil
		case name == clawbackAccount:
			return c.Clawback != nil
		}
		return carries(c)
	})
}
