package reports

import (
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// grouped puts a comma before every third digit left of the point: 1234567.50 becomes 1,234,567.50.
func grouped(decimal string) string { return comp.Grouped(decimal) }

// money is for people: "1,234.50 EUR".
func money(m comp.Money) string {
	return strings.TrimRight(grouped(m.Decimal())+" "+string(m.Currency), " ")
}

// signed is money with a plus where it is above zero: for differences.
func signed(m comp.Money) string {
	if m.Minor > 0 {
		return "+" + money(m)
	}
	return money(m)
}

// amount is an exact amount for people: with the currency's digits where they suffice, else with all of its digits up
// to six and then an ellipsis, so that nobody takes a cut number for the whole.
func amount(a comp.Amount) string {
	digits, ok := a.Currency.Digits()
	if !ok {
		digits = 0
	}
	return strings.TrimRight(exact(a.Number, digits)+" "+string(a.Currency), " ")
}

// exact is a number with at least the given digits, more where it has more, and at most six or the given ones.
func exact(n comp.Number, digits int) string {
	for d := digits; d <= max(digits, 6); d++ {
		text := n.Fixed(d, comp.TowardZero)
		if back, err := comp.ParseExact(text); err == nil && back.Cmp(n) == 0 {
			return grouped(text)
		}
	}
	return grouped(n.Fixed(max(digits, 6), comp.TowardZero)) + "…"
}

// percent is a share of one as people read it. It never rounds up to 100 what is below it: bands and gates would seem
// to be reached.
func percent(n comp.Number, digits int) string {
	hundred := n.Mul(comp.Int(100))
	text := hundred.Fixed(digits, comp.HalfAway)
	for d := digits + 1; d <= 6 && n.Cmp(comp.Int(1)) < 0 && hundred.Abs().Cmp(comp.Int(99)) > 0; d++ {
		shown, err := comp.ParseExact(text)
		if err != nil || shown.Cmp(comp.Int(100)) < 0 {
			break
		}
		text = hundred.Fixed(d, comp.HalfAway)
	}
	return grouped(text) + " %"
}

// measured is a measure's value in its unit: money in the currency of pay, shares in percent.
func measured(n *comp.Number, unit string, digits int, cur comp.Currency) string {
	switch {
	case n == nil:
		return "no value"
	case unit == "money":
		if d, ok := cur.Digits(); ok {
			digits = d
		}
		return strings.TrimRight(grouped(n.Fixed(digits, comp.HalfAway))+" "+string(cur), " ")
	case unit == "share":
		return percent(*n, digits)
	}
	return grouped(n.Fixed(digits, comp.HalfAway))
}

// day is "25 March 2026"; "" for an absent date.
func day(d comp.Date) string { return d.Words() }

// span is a period in words, both ends inclusive: "February 2026", "January to March 2026", or two dates.
func span(p comp.Period) string { return p.Words() }

// plural is "1 row" or "12 rows".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(strconv.Itoa(n)) + " " + noun + "s"
}

// standing says in one line what an outcome may be used for; "" for an approved close.
func standing(run comp.RunFacts) string {
	switch {
	case run.Kind == comp.Preview && !run.Approved:
		return "PREVIEW · NOT APPROVED · not for payment"
	case run.Kind == comp.Preview:
		return "PREVIEW · not for payment"
	case !run.Approved:
		return "NOT APPROVED"
	}
	return ""
}
