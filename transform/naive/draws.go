package naive

import (
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// draws advances and recovers, plan by plan.
func (l *ledger) draws(month comp.Period) {
	done := map[string]bool{}
	for i := range l.e.in.Plans {
		id := l.e.in.Plans[i].ID
		if done[id] || !slices.ContainsFunc(l.e.in.Plans, func(p comp.Plan) bool { return p.ID == id && p.Draw != nil }) {
			continue
		}
		done[id] = true
		version, on, first := l.standing(id, month)
		if version != nil && version.Draw != nil {
			l.draw(version, month, on, first)
		}
	}
}

// standing is the version of a plan that the person was on last, the days on it in a month, and which month on it this is.
func (l *ledger) standing(plan string, month comp.Period) (version *comp.Plan, on, months int) {
	from := l.e.in.Settings.First - 1000
	for i := range l.e.in.Plans {
		if l.e.in.Plans[i].ID == plan && l.e.in.Plans[i].Effective.Start > from {
			from = min(from, l.e.in.Plans[i].Effective.Start)
		}
	}
	for m := comp.Month(from); m.Start <= month.Start; m = comp.Month(m.End) {
		for d := m.Start; d < m.End; d++ {
			for i := range l.e.in.Plans {
				if l.e.in.Plans[i].ID == plan && l.e.on(l.person, i, d) {
					version = &l.e.in.Plans[i]
					if m == month {
						on++
					}
				}
			}
		}
		if version != nil {
			months++
		}
	}
	return version, on, months
}

func (l *ledger) draw(plan *comp.Plan, month comp.Period, on, months int) {
	e, d := l.e, plan.Draw
	c, ok := l.whole(plan, month)
	if !ok {
		return
	}
	work, paid, amount := c.currency, c.paid, int64(0)
	if on > 0 && (d.Periods == 0 || months <= d.Periods) {
		n := new(big.Rat).Set(e.number(c, d.Amount.Name, d.Amount.Dated, work, month, "missing_draw"))
		if d.Prorate == "days" {
			n.Mul(n, big.NewRat(int64(on), int64(month.End-month.Start)))
		}
		amount = e.round(c, e.payment(c, n))
	}
	k := account{plan.ID, "draw", paid}
	l.blind = l.blind || c.unknown
	if l.blind || l.unknown[k] {
		l.unknown[k] = true
		l.pay(line{plan, "draw", paid, 0, month, true})
		return
	}
	cash := l.cash(plan.ID, paid)
	if d.Kind == "guarantee" {
		if amount > 0 && amount > cash {
			l.pay(line{plan, "draw", paid, amount - cash, month, false})
		}
		return
	}
	recoverable := *d
	if l.free(month) {
		recoverable.AtExit = "write_off"
	}
	open, in, out := moves(&recoverable, l.balance[k], cash, l.room(plan.ID, paid, month), amount, months, l.leaves(month))
	l.move(k, in, out, l.balance[k]-open)
	l.balance[k] = open + in - out
	if in != 0 || out != 0 {
		l.pay(line{plan, "draw", paid, in - out, month, false})
	}
}

// whole is a plan itself, in the currency of the person's last employed day.
func (l *ledger) whole(plan *comp.Plan, month comp.Period) (*matter, bool) {
	last := month.End - 1
	for !employed(l.person, last) && last > month.End-20000 {
		last--
	}
	work, paid, ok := l.e.currencies(l.person, plan, comp.Period{Start: last, End: month.End})
	c := &matter{person: l.person, component: &comp.Component{ID: plan.ID}, currency: work, paid: paid, period: month, periods: []comp.Period{month}}
	for i := range l.e.in.Plans {
		if &l.e.in.Plans[i] == plan {
			c.plan = i
		}
	}
	return c, ok
}

// moves is what a draw advances and takes back, and the balance before that, less what is written off. Room is how much of
// the plan's pay may be taken.
func moves(d *comp.Draw, open, cash, room, amount int64, months int, final bool) (left, in, out int64) {
	switch {
	case final && d.AtExit == "recover":
		out = min(open, room)
		return out, 0, out
	case final:
		return 0, 0, 0
	case d.Kind == "advance":
		in = amount
		if from := d.RecoverFrom; (from == 0 && months >= 2) || (from > 0 && months >= from) {
			out = min(open, room)
		}
	default:
		if amount > 0 {
			in = max(0, amount-cash)
		}
		if months >= d.RecoverFrom {
			out = min(open, max(0, cash-amount), room)
		}
	}
	return open, in, out
}
