package naive

import (
	"math/big"

	"carrot/transform/comp"
)

// piecemeal is a share of a deal's pay that is released on a day, or forfeited.
type piecemeal struct {
	day     comp.Date
	share   *big.Rat
	forfeit bool
}

// released are the shares of a deal, by what is known today. What nothing releases is decided at the end of the longest
// time.
func (e *engine) released(r *comp.Release, d deal) (out []piecemeal) {
	if r == nil {
		return []piecemeal{{share: big.NewRat(1, 1)}}
	}
	longest := r.Longest
	if longest.IsZero() {
		longest = comp.Length{Months: 36}
	}
	end := longest.After(d.day)
	for _, part := range r.Parts {
		passed, answered := comp.NoDate, false
		if part.If != nil {
			for _, x := range e.events(d, part.If.Event) {
				if x.Date > end || x.Score == nil {
					continue
				}
				answered = true
				if passed == comp.NoDate && x.Score.Cmp(part.If.AtLeast) >= 0 {
					passed = x.Date
				}
			}
		}
		decision := piecemeal{day: end, forfeit: r.Silence == "forfeit"}
		if part.If != nil && answered && passed == comp.NoDate {
			decision.forfeit = r.Failed != "pay"
		}
		left := big.NewRat(1, 1)
		if part.If == nil || passed != comp.NoDate {
			happened := e.happened(d, part.On, end)
			for i, share := range d.parts(happened) {
				x := happened[i]
				due := min(part.After.After(x.Date), end)
				if part.If != nil {
					due = max(due, passed)
				}
				left = new(big.Rat).Sub(left, share)
				out = append(out, piecemeal{due, times(share, part.Share.Rat()), false})
			}
		}
		decision.share = times(left, part.Share.Rat())
		out = append(out, decision)
	}
	return out
}

// happened are the events that release a part: the deal itself, or what carrot.yaml says that happened to it in time.
func (e *engine) happened(d deal, on string, end comp.Date) (out []comp.Event) {
	if on == "credit" {
		return []comp.Event{{Date: d.day}}
	}
	for _, x := range e.events(d, on) {
		if x.Date <= end {
			out = append(out, x)
		}
	}
	return out
}

// state is what became of a deal's pay by the end of a day. What was undone before it was released is forfeited.
func (e *engine) state(r *comp.Release, d dealt, day comp.Date) (paid, forfeited *big.Rat) {
	paid, forfeited = new(big.Rat), new(big.Rat)
	for _, x := range e.released(r, d.deal) {
		left := new(big.Rat).Set(d.pay)
		for _, u := range d.undone {
			if u.day < x.day {
				lost := times(d.pay, u.share)
				left = new(big.Rat).Sub(left, lost)
				if u.day <= day {
					forfeited.Add(forfeited, times(lost, x.share))
				}
			}
		}
		switch left = times(left, x.share); {
		case x.day > day:
		case x.forfeit:
			forfeited.Add(forfeited, left)
		default:
			paid.Add(paid, left)
		}
	}
	return paid, forfeited
}

// sorted is what a component has paid, and what is held of it, by the end of a day.
func (l *ledger) sorted(x *earning, day comp.Date) (paid, held int64) {
	r := x.matter.component.Release
	if x.brought().Sign() == 0 {
		return x.minor, 0
	}
	paid = x.share(l.e, func(d dealt) *big.Rat { p, _ := l.e.state(r, d, day); return p })
	return paid, x.minor - x.share(l.e, func(d dealt) *big.Rat { p, f := l.e.state(r, d, day); return p.Add(p, f) })
}

// hold keeps back what a month's own deals have to wait for, and pays what older ones waited for.
func (l *ledger) hold(month comp.Period) {
	for i := range l.past {
		x := l.past[i]
		c := x.matter.component
		if c.Release == nil {
			continue
		}
		k := account{x.plan.ID, c.ID + ":hold", x.matter.paid}
		own := month.Contains(x.matter.period.End - 1)
		if x.matter.unknown {
			l.unknown[k] = true
		}
		paid, held := l.sorted(x, month.End-1)
		switch {
		case own:
			x.now = paid
			l.move(k, x.minor-paid, 0, x.minor-paid-held)
		case l.unknown[k]:
			l.pay(line{x.plan, c.ID + ":release", x.matter.paid, 0, x.matter.period, true})
		default:
			was, before := l.sorted(x, month.Start-1)
			l.move(k, 0, paid-was, before-held-(paid-was))
			if held -= before; paid != was {
				l.pay(line{x.plan, c.ID + ":release", x.matter.paid, paid - was, x.matter.period, false})
			}
		}
		l.balance[k] += held
	}
}
