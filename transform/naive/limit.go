package naive

import (
	"slices"

	"carrot/transform/comp"
)

// limits hold what each plan pays in a month to the plan's cap.
func (l *ledger) limits(month comp.Period) {
	done := map[string]bool{}
	for i := range l.e.in.Plans {
		id := l.e.in.Plans[i].ID
		if done[id] || !slices.ContainsFunc(l.e.in.Plans, func(p comp.Plan) bool { return p.ID == id && p.Limit != nil }) {
			continue
		}
		done[id] = true
		version, _, _ := l.standing(id, month)
		if version != nil {
			l.limit(version, month)
		}
	}
}

func (l *ledger) limit(plan *comp.Plan, month comp.Period) {
	e, x := l.e, plan.Limit
	if x == nil {
		x = &comp.Limit{} // what was carried is paid
	}
	c, ok := l.whole(plan, month)
	if !ok {
		return
	}
	k := account{plan.ID, "cap", c.paid}
	most := l.cash(plan.ID, c.paid) + l.balance[k]
	if plan.Limit != nil && !l.blind && !l.unknown[k] {
		most = e.round(c, e.payment(c, e.number(c, x.Amount.Name, x.Amount.Dated, c.currency, month, "missing_cap")))
	}
	l.blind = l.blind || c.unknown
	if l.blind || l.unknown[k] {
		l.unknown[k] = true
		l.pay(line{plan, "cap", c.paid, 0, month, true})
		return
	}
	cash := l.cash(plan.ID, c.paid)
	pays := min(cash+l.balance[k], most)
	if pays > cash || x.Excess == "carry" {
		l.balance[k] -= pays - cash
		l.move(k, max(0, cash-pays), max(0, pays-cash), 0)
	}
	if !l.onAny(plan.ID, comp.Period{Start: month.End, End: month.End + 1000}) {
		l.move(k, 0, 0, l.balance[k])
		l.balance[k] = 0
	}
	if pays != cash {
		l.pay(line{plan, "cap", c.paid, pays - cash, month, false})
	}
}
