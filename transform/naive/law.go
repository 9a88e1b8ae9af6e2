package naive

import (
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// under are the rules of a kind that the person comes under on a day: of the legal entity's country, under the rule's own
// condition.
func (l *ledger) under(rule string, d comp.Date) (out []comp.Legal) {
	id, _ := l.person.Attr(comp.AttrEntity, d)
	for _, law := range l.e.in.Settings.Legal {
		for _, x := range l.e.in.Settings.Entities {
			if law.Rule == rule && x.ID == id && x.Country == law.Country && (law.Eligible == nil || l.e.meets(l.person, law.Eligible, d)) {
				out = append(out, law)
			}
		}
	}
	return out
}

// inForce are a rule's numbers on a day.
func inForce(law comp.Legal, d comp.Date) (out *comp.LegalValue) {
	for i := range law.Values {
		if law.Values[i].From <= d {
			out = &law.Values[i]
		}
	}
	return out
}

// lastEmployed is the last employed day up to the end of a month.
func (l *ledger) lastEmployed(month comp.Period) comp.Date {
	d := month.End - 1
	for !employed(l.person, d) && d > month.End-20000 {
		d--
	}
	return d
}

// floor is the variable pay of a month that recoveries leave.
func (l *ledger) floor(currency comp.Currency, month comp.Period) (most int64) {
	for _, law := range l.under("floor", l.lastEmployed(month)) {
		if v := inForce(law, month.End-1); v != nil {
			if n, has := v.By[currency]; has {
				least := n.Rat()
				for digits, _ := currency.Digits(); digits > 0; digits-- {
					least = times(least, big.NewRat(10, 1))
				}
				up := new(big.Int).Add(least.Num(), new(big.Int).Sub(least.Denom(), big.NewInt(1)))
				most = max(most, up.Quo(up, least.Denom()).Int64())
			}
		}
	}
	return most
}

// room is how much of a plan's pay of a month may be taken: all pay of the month stays at the legal floor.
func (l *ledger) room(plan string, currency comp.Currency, month comp.Period) int64 {
	room := l.cash(plan, currency)
	if floor := l.floor(currency, month); floor > 0 {
		room = min(room, l.cash("", currency)-floor)
	}
	return max(0, room)
}

// free says whether the law lets nothing be taken any more: employment ended before the month.
func (l *ledger) free(month comp.Period) bool {
	return l.person.Employed[len(l.person.Employed)-1].End <= month.Start && len(l.under("no_recovery", l.lastEmployed(month))) > 0
}

// legal pays what the law asks for the hours of the weeks that end in a month; of earlier weeks the overtime of what they
// earned and the month pays.
func (l *ledger) legal(month comp.Period) {
	earned := append([]line{}, l.lines...)
	last := l.lastEmployed(month)
	paid, ok := l.e.currencyOf(l.person, comp.Period{Start: last, End: month.End})
	for _, worked := range l.e.company.Hours[l.person.ID] {
		week := comp.Period{Start: worked.Week, End: worked.Week + 7}
		if d := l.lastEmployed(week); !ok || week.End > month.End || !week.Contains(d) || !l.onAnyPlan(week) {
			continue
		}
		weekly := weekly(earned, week, paid)
		for _, rule := range []string{"minimum", "overtime"} {
			if rule == "minimum" && !month.Contains(week.End-1) {
				continue
			}
			d := l.lastEmployed(week)
			for _, law := range l.under(rule, d) {
				v := inForce(law, week.End-1)
				if v == nil {
					continue
				}
				if more := asked(rule, v, worked.Hours.Rat(), weekly); more.Sign() > 0 || l.blind {
					minor, _ := roundIn(paid, more, comp.HalfAway)
					l.pay(line{nil, law.ID, paid, minor, comp.Period{}, l.blind})
				}
			}
		}
	}
}

// asked is what a rule adds to the pay of a week.
func asked(rule string, v *comp.LegalValue, hours, weekly *big.Rat) *big.Rat {
	n := func(name string, absent int64) *big.Rat {
		if x, has := v.N[name]; has {
			return x.Rat()
		}
		return big.NewRat(absent, 1)
	}
	if rule == "minimum" {
		least := times(times(hours, n("rate", 0)), n("times", 1))
		return least.Sub(least, weekly)
	}
	over := new(big.Rat).Sub(hours, n("hours", 40))
	if over.Sign() <= 0 {
		return new(big.Rat)
	}
	return over.Quo(times(weekly, over), times(n("divisor", 2), hours))
}

// weekly is the variable pay of a week: what is measured over exactly this week, and of what is earned over the months in
// which it ends its share, a month's being twelve fifty-seconds; of other lengths by their days.
func weekly(lines []line, week comp.Period, currency comp.Currency) *big.Rat {
	sum := new(big.Rat)
	for _, x := range lines {
		if x.currency != currency || !x.period.Contains(week.End-1) || (x.period.End-x.period.Start <= 7 && x.period != week) {
			continue
		}
		pay := big.NewRat(x.minor, 1)
		switch whole := comp.Month(x.period.Start).Start == x.period.Start && comp.Month(x.period.End).Start == x.period.End; {
		case x.period == week:
		case whole:
			pay.Mul(pay, big.NewRat(12, 52*months(x.period.Start, x.period.End)))
		default:
			pay.Mul(pay, big.NewRat(7, int64(x.period.End-x.period.Start)))
		}
		sum.Add(sum, pay)
	}
	digits, _ := currency.Digits()
	for range digits {
		sum.Quo(sum, big.NewRat(10, 1))
	}
	return sum
}

// onAnyPlan says whether the person takes part in any plan on a day of a period.
func (l *ledger) onAnyPlan(p comp.Period) bool {
	return slices.ContainsFunc(l.e.in.Plans, func(x comp.Plan) bool { return l.onAny(x.ID, p) })
}
