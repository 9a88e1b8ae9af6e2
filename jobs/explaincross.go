package jobs

import (
	"fmt"
	"sort"
	"strings"

	"carrot/transform"
	"carrot/transform/comp"
)

// crossing is one end of a band on the way of a value.
type crossing struct {
	bound comp.Number // of value
	words string      // as the plan writes it
}

// crossings say which deal took a value past which tier. The value of a to-date component starts where the months before
// left it. Only money and counts of a payee's own are walked: a share has no deal that crossed.
func (e *explainer) crossings(c *Component, def *comp.Component, credits []Credit) ([]string, error) {
	bounds, err := bounds(c, def)
	if err != nil || len(bounds) == 0 || c.Value == "" || c.Sealed {
		return nil, err
	}
	value, err := comp.ParseExact(c.Value)
	if err != nil {
		return nil, err
	}
	own, err := e.ownValues(c, credits)
	if err != nil || own == nil {
		return nil, err
	}
	if def.Per == "deal" {
		return aloneCrossings(c, def, bounds, own), nil
	}
	sum := comp.Number{}
	for _, o := range own {
		sum = sum.Add(o.value)
	}
	var out []string
	for _, b := range bounds {
		at, last := value.Sub(sum), -1
		var below comp.Number
		for i, o := range own {
			next := at.Add(o.value)
			if reaches(next, b.bound, def.Curve.UpperEdge) && !reaches(at, b.bound, def.Curve.UpperEdge) {
				last, below = i, b.bound.Sub(at)
			}
			at = next
		}
		if last < 0 || !reaches(value, b.bound, def.Curve.UpperEdge) {
			continue
		}
		o := own[last]
		out = append(out, fmt.Sprintf("  %s of %s took it past %s: %s of its %s lie below, %s above.", o.name, o.day, b.words, unitText(c, below),
			unitText(c, o.value), unitText(c, o.value.Sub(below))))
	}
	return out, nil
}

// aloneCrossings are those of deals that are paid each by itself.
func aloneCrossings(c *Component, def *comp.Component, bounds []crossing, own []ownValue) []string {
	var out []string
	for _, o := range own {
		for _, b := range bounds {
			if reaches(o.value, b.bound, def.Curve.UpperEdge) && len(out) < mostRows {
				out = append(out, fmt.Sprintf("  %s of %s passes %s by itself: %s of its %s lie below, %s above.", o.name, o.day, b.words, unitText(c, b.bound),
					unitText(c, o.value), unitText(c, o.value.Sub(b.bound))))
			}
		}
	}
	return out
}

// reaches says whether a value lies in the band above a bound.
func reaches(v, bound comp.Number, upperEdge bool) bool {
	if upperEdge {
		return v.Cmp(bound) > 0
	}
	return v.Cmp(bound) >= 0
}

// bounds are the ends of a component's bands above zero, as values.
func bounds(c *Component, def *comp.Component) ([]crossing, error) {
	var out []crossing
	for _, b := range def.Curve.Bands {
		if b.From.Sign() <= 0 {
			continue
		}
		x := crossing{bound: b.From, words: unitText(c, b.From)}
		if def.Curve.Of == "attainment" {
			if c.Quota == "" {
				return nil, nil
			}
			q, err := comp.ParseExact(c.Quota)
			if err != nil {
				return nil, err
			}
			x.bound = b.From.Mul(q)
			x.words = figured(b.From.Mul(comp.Int(100)).String()) + " % of the quota"
			if c.Since != "" {
				x.words += " to date"
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// ownValue is what one credit adds to a measure, in pay currency.
type ownValue struct {
	name, day string
	value     comp.Number
}

// ownValues are a measure's credits by day, in pay currency; nil where some cannot be told.
func (e *explainer) ownValues(c *Component, credits []Credit) ([]ownValue, error) {
	var list []Credit
	for _, x := range credits {
		if x.Measure == c.Measure {
			list = append(list, x)
		}
	}
	sort.SliceStable(list, func(i, j int) bool {
		return list[i].Date < list[j].Date || list[i].Date == list[j].Date && list[i].Key < list[j].Key
	})
	var out []ownValue
	for _, x := range list {
		text, currency, _ := strings.Cut(x.Credited, " ")
		n, err := comp.ParseExact(text)
		if err != nil {
			return nil, err
		}
		day, err := comp.ParseDate(x.Date)
		if err != nil {
			return nil, err
		}
		if c.Unit == "share" || c.Unit == "score" || (currency == "") == (c.Unit == "money") {
			return nil, nil
		}
		if currency != "" && currency != c.Currency {
			to, err := comp.ParseDate(x.To)
			if err != nil {
				return nil, err
			}
			company, err := e.people()
			if err != nil {
				return nil, err
			}
			v := transform.DefaultVerbs()
			rate, ok := v.Rate(company.FX, comp.Currency(currency), comp.Currency(c.Currency), comp.Period{Start: day, End: to + 1})
			if !ok {
				return nil, nil
			}
			n = n.Mul(rate)
		}
		name := strings.TrimSpace(x.Key + inBrackets(x.Label))
		if name == "" {
			name = fmt.Sprintf("%s:%d", x.File, x.Line)
		}
		out = append(out, ownValue{name, day.Words(), n})
	}
	return out, nil
}

// figured is an exact number with its thousands apart.
func figured(exact string) string {
	if strings.Contains(exact, "/") {
		return exact
	}
	return comp.Grouped(exact)
}

// unitText is a number in a component's unit.
func unitText(c *Component, n comp.Number) string {
	if c.Unit != "money" {
		return figured(n.String())
	}
	digits, _ := comp.Currency(c.Currency).Digits()
	text := n.String()
	_, frac, _ := strings.Cut(text, ".")
	if !strings.Contains(text, "/") && len(frac) <= 12 {
		return cash(n.Fixed(max(digits, len(frac)), comp.HalfAway), c.Currency)
	}
	return "≈" + cash(n.Fixed(6, comp.HalfAway), c.Currency)
}
