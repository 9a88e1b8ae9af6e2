package transform

import (
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// stretch is a part of a month's pay and the time that it was earned in. Pay that waited was earned in the month whose pay
// waited, and that of a quarter in the quarter: the law spreads both over the weeks of then.
type stretch struct {
	minor int64
	over  comp.Period
}

// stretches are those of a month's pay, but for what the law adds, in a currency.
func (k *keeper) stretches(month comp.Period, currency comp.Currency) []stretch {
	var out []stretch
	add := func(e *entitlement) {
		switch {
		case e.duty.pay != month || e.result.Shown || e.account == legalAccount || e.result.Amount.Currency != currency:
		case e.earned != nil:
			out = append(out, e.earned...)
		default:
			out = append(out, stretch{e.result.Amount.Minor, e.duty.period})
		}
	}
	for i := range k.all {
		add(&k.all[i].entitlement)
	}
	for i := range k.out {
		add(&k.out[i])
	}
	return out
}

// weeksOf is how much of what is earned over a period is a week's: of months their share of a year's 52 weeks.
func weeksOf(over comp.Period) (of, in int) {
	if over.Start.AddMonths(1) > over.End || over.Start != comp.Month(over.Start).Start || over.End != comp.Month(over.End).Start {
		return week, over.Days()
	}
	n := elapsed(over.Start, over.End)
	if 12%n == 0 {
		return 12 / n, 52
	}
	return 12, 52 * n
}

// weekPay is the variable pay of one week: of each stretch that it lies in, the week's share.
func weekPay(stretches []stretch, w comp.Period, currency comp.Currency) (n comp.Number, text string) {
	say := func(minor int64) string { return paid(comp.Money{Minor: minor, Currency: currency}) }
	var own int64
	var spread []stretch
	for _, p := range stretches {
		switch {
		case p.minor == 0:
		case p.over == w:
			own += p.minor
		case p.over.Days() == week || !p.over.Contains(w.End-1):
		case len(spread) > 0 && spread[len(spread)-1].over == p.over:
			spread[len(spread)-1].minor += p.minor
		default:
			spread = append(spread, p)
		}
	}
	n = comp.Money{Minor: own, Currency: currency}.Amount().Number
	var parts []string
	if own != 0 {
		parts = append(parts, say(own))
	}
	for _, p := range spread {
		of, in := weeksOf(p.over)
		share, _ := comp.Money{Minor: p.minor, Currency: currency}.Amount().Number.Mul(comp.Int(int64(of))).Quo(comp.Int(int64(in)))
		n = n.Add(share)
		parts = append(parts, fmt.Sprintf("%s × %d/%d", say(p.minor), of, in))
	}
	if len(spread) == 0 {
		return n, "variable pay of the week"
	}
	return n, "variable pay of the week, " + strings.Join(parts, " + ") + ","
}
