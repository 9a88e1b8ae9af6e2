package transform

import (
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// The sentences of a working are read by the person who is paid: each can be computed again by hand. A number stands with all of
// its digits, or rounded and then with "≈" before it.

// figure is a number as people write it, with at least the given digits after the point: whole where it has at most twelve,
// else rounded to six; whole says which.
func figure(n comp.Number, digits int) (text string, whole bool) {
	s := n.String()
	_, frac, _ := strings.Cut(s, ".")
	if strings.Contains(s, "/") || len(frac) > 12 {
		return comp.Grouped(n.Fixed(max(6, digits), comp.HalfAway)), false
	}
	return comp.Grouped(n.Fixed(max(digits, len(frac)), comp.HalfAway)), true
}

// written is a figure with "≈" before it where it is rounded.
func written(n comp.Number, digits int) string { return about(figure(n, digits)) }

func about(text string, whole bool) string {
	if whole {
		return text
	}
	return "≈" + text
}

// equals is "= text", or "≈ text" where that is rounded.
func equals(text string, whole bool) string {
	if whole {
		return "= " + text
	}
	return "≈ " + text
}

// hundredths is a share of one in percent: 0.055 is "5.5 %", 1/3 is "33.3333 %" and not whole.
func hundredths(n comp.Number) (text string, whole bool) {
	p := n.Mul(comp.Int(100))
	s := p.String()
	_, frac, _ := strings.Cut(s, ".")
	if strings.Contains(s, "/") || len(frac) > 6 {
		return comp.Grouped(p.Fixed(4, comp.HalfAway)) + " %", false
	}
	return comp.Grouped(s) + " %", true
}

// percent is hundredths with "≈" before it where it is rounded.
func percent(n comp.Number) string { return about(hundredths(n)) }

// near is a share to a hundredth of a percent, for tables that are read and not worked with.
func near(n comp.Number) string {
	text, whole := hundredths(n)
	if !whole {
		text = n.Mul(hundred).Fixed(2, comp.HalfEven) + " %"
	}
	return text
}

// cash is an exact amount with the currency's digits or more.
func cash(n comp.Number, c comp.Currency) (text string, whole bool) {
	digits, _ := c.Digits()
	text, whole = figure(n, digits)
	return strings.TrimRight(text+" "+string(c), " "), whole
}

// money is cash with "≈" before it where it is rounded.
func money(n comp.Number, c comp.Currency) string { return about(cash(n, c)) }

// paid is a rounded amount.
func paid(m comp.Money) string { return comp.Grouped(m.Decimal()) + " " + string(m.Currency) }

// inUnit is a number in a measure's unit: money in the currency of pay, a share in percent, anything else plain.
func inUnit(n comp.Number, unit string, c comp.Currency) (text string, whole bool) {
	switch unit {
	case "money":
		return cash(n, c)
	case "share":
		return hundredths(n)
	}
	return figure(n, 0)
}

// roundings say in words what a plan's rounding does with a half.
var roundings = [...]string{comp.HalfAway: "half away from zero", comp.HalfEven: "half to the even digit", comp.TowardZero: "toward zero",
	comp.AwayFromZero: "away from zero"}

// addends are the parts of a sum, as a person would write them down before adding up.
type addends []string

// sum is "what: a + b = total", or "what: total" where the one part is the total.
func (a addends) sum(what, total string, whole bool) string {
	if len(a) == 1 && (a[0] == total) {
		return what + ": " + total
	}
	return fmt.Sprintf("%s: %s %s", what, strings.Join(a, " + "), equals(total, whole))
}

// roughly is the end of an interval, in the digits that the measure is printed with.
func (x *calc) roughly(m *comp.Measure, n comp.Number) string {
	if m.Unit == "share" {
		return n.Mul(hundred).Fixed(m.Digits, comp.HalfEven) + " %"
	}
	text := comp.Grouped(n.Fixed(m.Digits, comp.HalfEven))
	if x.money(m.ID) {
		text += " " + string(x.currency)
	}
	return text
}
