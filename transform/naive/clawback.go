package naive

import (
	"cmp"
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// undoing is what an event takes back of a deal's pay.
type undoing struct {
	day   comp.Date
	share *big.Rat // of the deal
	takes *big.Rat // of pay, were all of it released
}

// undo notes on each deal what events take back: of what the deal brought, or, rated again, of what all deals bring less
// what they bring without it. Rated again, the first event leaves less for the next.
func (e *engine) undo(c *matter, deals []dealt, rated func([]deal) *big.Rat) {
	claw := c.component.Clawback
	if claw == nil {
		return
	}
	type happening struct {
		deal  int
		day   comp.Date
		part  *big.Rat // of the deal
		takes *big.Rat // of that
	}
	var all []happening
	var rest []deal
	for i, d := range deals {
		rest = append(rest, d.deal)
		events := e.events(d.deal, claw.On)
		for k, part := range d.parts(events) {
			if takes := takesBack(claw, d.day, events[k].Date); takes.Sign() > 0 && part.Sign() > 0 {
				all = append(all, happening{i, events[k].Date, part, takes})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.deal, b.deal)) })
	for _, h := range all {
		brought := times(deals[h.deal].pay, h.part)
		if before := rated(rest); claw.Rate == "re-rated" && before != nil {
			rest[h.deal].value = new(big.Rat).Sub(rest[h.deal].value, times(deals[h.deal].value, h.part))
			brought = new(big.Rat).Sub(before, rated(rest))
		}
		deals[h.deal].undone = append(deals[h.deal].undone, undoing{h.day, times(h.part, h.takes), times(brought, h.takes)})
	}
}

// takesBack is the share that an event on a day takes of a deal, by how much of the window has gone by.
func takesBack(claw *comp.Clawback, from, day comp.Date) *big.Rat {
	within := claw.Within
	if within.IsZero() {
		within = comp.Length{Months: 36}
	}
	end := within.After(from)
	if day > end {
		return new(big.Rat)
	}
	switch claw.Takes {
	case "months":
		all := months(from, end)
		return big.NewRat(all-months(from, day), max(1, all))
	case "days":
		return big.NewRat(int64(end-max(day, from)), int64(end-from))
	case "tiers":
		for _, t := range claw.Tiers {
			if t.Until.After(from) > day {
				return t.Takes.Rat()
			}
		}
		return new(big.Rat)
	}
	return big.NewRat(1, 1)
}

// months are the whole ones from a day to another.
func months(from, to comp.Date) (n int64) {
	for from.AddMonths(int(n)+1) <= to {
		n++
	}
	return n
}

// charged is what was taken back of a deal by the end of a day: of what had been released when the event came.
func (e *engine) charged(r *comp.Release, d dealt, day comp.Date) *big.Rat {
	out := new(big.Rat)
	for _, u := range d.undone {
		if u.day > day {
			continue
		}
		for _, x := range e.released(r, d.deal) {
			if x.day <= u.day && !x.forfeit {
				out.Add(out, times(u.takes, x.share))
			}
		}
	}
	return out
}

// takeBack charges what events of a month undid, out of the plan's pay; what that does not reach for is carried.
func (l *ledger) takeBack(month comp.Period) {
	done := map[account]bool{}
	plan := map[account]int64{} // the plan's pay before anything is taken
	for i := range l.past {
		c, k := l.past[i].matter, account{l.past[i].plan.ID, "", l.past[i].matter.paid}
		for _, x := range l.past { // the latest version says how much is taken
			if x.plan.ID == k.plan && x.matter.component.ID == c.component.ID && x.matter.paid == k.currency && x.matter.component.Clawback != nil {
				c = x.matter
			}
		}
		if c.component.Clawback == nil {
			continue
		}
		if _, known := plan[k]; !known {
			plan[k] = l.cash(k.plan, k.currency)
		}
		whole := k.plan
		k.component = c.component.ID + ":clawback"
		if done[k] {
			continue
		}
		done[k] = true
		if l.blind || l.unknown[k] {
			l.unknown[k] = true
			l.pay(line{l.past[i].plan, k.component, k.currency, 0, month, true})
			continue
		}
		fresh := l.newCharges(k, month)
		open := l.balance[k] + fresh
		takes := l.takes(open, c, plan[account{whole, "", k.currency}], month)
		l.balance[k] = open - takes
		l.move(k, max(0, fresh), max(0, -fresh)+takes, 0)
		if l.leaves(month) {
			l.move(k, 0, 0, open-takes)
			l.balance[k] = 0 // written off
		}
		if takes != 0 {
			l.pay(line{l.past[i].plan, k.component, k.currency, -takes, month, false})
		}
	}
}

// newCharges are what a month adds to an account: of pay of the month itself everything that was ever undone.
func (l *ledger) newCharges(k account, month comp.Period) (sum int64) {
	for _, x := range l.past {
		c := x.matter.component
		if x.plan.ID != k.plan || c.ID+":clawback" != k.component || x.matter.paid != k.currency || x.matter.unknown || x.brought().Sign() == 0 {
			continue
		}
		by := func(day comp.Date) int64 {
			return x.share(l.e, func(d dealt) *big.Rat { return l.e.charged(c.Release, d, day) })
		}
		if sum += by(month.End - 1); !month.Contains(x.matter.period.End - 1) {
			sum -= by(month.Start - 1)
		}
	}
	return sum
}

// takes is how much of an account is taken of a month's pay.
func (l *ledger) takes(open int64, c *matter, plan int64, month comp.Period) int64 {
	claw := c.component.Clawback
	if open <= 0 {
		return open // what was taken too much comes back
	}
	if l.leaves(month) && (claw.AtExit != "recover" || l.free(month)) {
		return 0
	}
	most := plan
	if !claw.Most.IsZero() && !l.leaves(month) {
		exact := times(big.NewRat(max(0, plan), 1), claw.Most.Rat())
		most = new(big.Int).Quo(exact.Num(), exact.Denom()).Int64() // no more than that
	}
	id := l.e.in.Plans[c.plan].ID
	return min(open, max(0, min(most, l.room(id, c.paid, month))))
}

// leaves says whether the last known employment ends in a month or before it.
func (l *ledger) leaves(month comp.Period) bool {
	return l.person.Employed[len(l.person.Employed)-1].End <= month.End
}
