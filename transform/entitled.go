package transform

import (
	"slices"
	"sync/atomic"

	"carrot/transform/comp"
)

// Entitled is what a component of a plan comes to for a payee in a pay period.
type Entitled struct {
	Payee, Plan, Component string
	Month                  comp.Period
	Amount                 comp.Money
	Known                  bool // false: something that it needs is missing, and the amount means nothing
}

// Entitlements are what everybody is entitled to in every pay period of the run's horizon as presently known, whatever was
// posted, in the order of payees, plans and components: what components pay, what accounts move, and, as components of their
// own, what is kept for later ("commission:hold") less what is still to be paid back ("draw", "commission:clawback"). Held are
// those of whom a finding says that they are not paid, sorted.
func Entitlements(in Inputs) (out []Entitled, held []string, err error) {
	in.lean, in.spills = true, new(atomic.Int64)
	v := DefaultVerbs()
	a, err := assess(&in, &v, nil)
	if err != nil {
		return nil, nil, err
	}
	a.hold()
	for i := range a.entitlements {
		e := &a.entitlements[i]
		if e.result.Shown {
			continue
		}
		k := e.key(a.in, a.company)
		out = append(out, Entitled{k.payee, k.plan, k.component, e.duty.pay, e.result.Amount, e.known})
	}
	for i := range a.company.People {
		id := a.company.People[i].ID
		for _, m := range a.moves[id] {
			owed := m.net()
			switch account(m.key.component) {
			case holdAccount:
			case clawbackAccount, drawAccount:
				owed = -owed
			default:
				continue // what is carried is paid where there is room below a cap, which may never be
			}
			out = append(out, Entitled{id, m.key.plan, m.key.component, m.month, comp.Money{Minor: owed, Currency: m.key.currency}, true})
		}
		if len(a.held[id]) > 0 {
			held = append(held, id)
		}
	}
	slices.Sort(held)
	return out, held, nil
}

// CreditsOf are the rows that are credited in the measuring periods that pay in the run's own pay period.
func CreditsOf(in Inputs) (*comp.Credits, error) {
	in.spills = new(atomic.Int64)
	v := DefaultVerbs()
	a, err := assess(&in, &v, nil)
	if err != nil {
		return nil, err
	}
	return a.tally.credits, nil
}
