package transform

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// CurveInput is what a curve reads: exact numbers, money ones in the currency of pay.
type CurveInput struct {
	Value      comp.Number
	Quota      comp.Number // after proration; bands of attainment scale with it
	HasQuota   bool
	Attainment comp.Number
	Target     comp.Number // after proration
	HasTarget  bool
	Factor     bool        // of a part: pay is the factor itself, and Target is 1
	Base       bool        // a gate is closed: everything is paid at the first band's rate
	Rate       comp.Number // of a rate curve
	RateMoney  bool        // Rate is money for each unit of value
	Column     *comp.Number
	Currency   comp.Currency // of pay: for the sentences
	Unit       string        // of the measure: for the sentences
	ColumnUnit string
	Silent     bool // nobody reads the sentences: no number in them is written
}

// inUnit is a number as a person writes it.
func (in CurveInput) inUnit(n comp.Number, unit string) string {
	if in.Silent {
		return ""
	}
	return about(inUnit(n, unit, in.Currency))
}

// money and percent are such numbers.
func (in CurveInput) money(n comp.Number) string { return in.inUnit(n, "money") }

func (in CurveInput) percent(n comp.Number) string { return in.inUnit(n, "share") }

// value is a number of the measure's as a person writes it.
func (in CurveInput) value(n comp.Number) string { return in.inUnit(n, in.Unit) }

// at is a point of the curve's bands as a person writes it.
func (in CurveInput) at(c comp.Curve, n comp.Number) string {
	if c.Of == "attainment" {
		return in.percent(n)
	}
	return in.value(n)
}

// is says what pay comes to.
func (in CurveInput) is(n comp.Number) string {
	if in.Silent {
		return ""
	}
	return equals(cash(n, in.Currency))
}

// rate is a rate as a person writes it: a share, or money for each unit.
func (in CurveInput) rate(n comp.Number) string {
	if in.RateMoney {
		return in.money(n)
	}
	return in.percent(n)
}

// ofTarget is a factor as a person writes it, or the money that stands instead of it.
func (in CurveInput) ofTarget(n comp.Number) string {
	if in.RateMoney {
		return in.money(n)
	}
	return in.percent(n) + " of the target"
}

// CurveResult is exact pay, with how it came about: the rate or factor in words and one sentence a step.
type CurveResult struct {
	Pay     comp.Number
	Rate    string
	Working []string
}

// pay leads from a measure's value to exact pay by the curve's shape.
func pay(c comp.Curve, in CurveInput) CurveResult {
	c, in = inMoney(c, in)
	c, said := reachedBands(c, in)
	var r CurveResult
	switch c.Kind {
	case comp.RateCurve:
		p := in.Value.Mul(in.Rate)
		r = CurveResult{p, in.rate(in.Rate), []string{fmt.Sprintf("%s × %s %s", in.value(in.Value), in.rate(in.Rate), in.is(p))}}
	case comp.Marginal:
		r = marginal(c, in)
	case comp.Linear:
		r = linear(c, in)
	case comp.Interpolate:
		x := abscissa(c, in)
		f := interpolate(c, x)
		r = in.times(f, fmt.Sprintf("At %s, %s, the plan pays %s", in.at(c, x), neighbours(c, in, x), in.ofTarget(f)))
	case comp.Grid:
		r = matrix(c, in)
	default:
		r = banded(c, in)
	}
	r.Working = append(said, r.Working...)
	return r
}

// inMoney puts a curve's amounts of money into the places of its factors: pay is then the amount, or the amount for each unit.
func inMoney(c comp.Curve, in CurveInput) (comp.Curve, CurveInput) {
	for _, list := range []*[]comp.Band{&c.Bands, &c.Points} {
		for i := range *list {
			if by := (*list)[i].By; by != nil {
				*list = slices.Clone(*list)
				(*list)[i].Pays = by[in.Currency]
				in.RateMoney, in.Target, in.HasTarget = true, comp.Int(1), false
			}
		}
	}
	if c.RateBy != nil {
		in.Rate, in.RateMoney = c.RateBy[in.Currency], true
	}
	return c, in
}

// times is the target times a factor, or the factor alone where that is asked for or money itself.
func (in CurveInput) times(f comp.Number, said string) CurveResult {
	p := in.Target.Mul(f)
	r := CurveResult{p, in.ofTarget(f), []string{said}}
	if !in.Factor && !in.RateMoney {
		r.Working = append(r.Working, fmt.Sprintf("%s × %s %s", in.money(in.Target), in.percent(f), in.is(p)))
	}
	return r
}

// abscissa is what a curve's bands and points are read against.
func abscissa(c comp.Curve, in CurveInput) comp.Number {
	if c.Of == "attainment" {
		return in.Attainment
	}
	return in.Value
}

// linear is the target times attainment, or times the value where the value is the factor.
func linear(c comp.Curve, in CurveInput) CurveResult {
	f := in.Attainment
	if c.Of == "value" {
		f = in.Value
	}
	r := in.times(f, "")
	r.Working = r.Working[1:]
	return r
}

// neighbours says which points of a curve decide at x.
func neighbours(c comp.Curve, in CurveInput, x comp.Number) string {
	last := len(c.Points) - 1
	switch side := x.Cmp(c.Points[0].From); {
	case side < 0 && c.Below != nil:
		return "below " + in.at(c, c.Points[0].From)
	case side <= 0:
		return "at or below " + in.at(c, c.Points[0].From)
	}
	for i := 1; i <= last; i++ {
		if a, b := c.Points[i-1], c.Points[i]; x.Cmp(b.From) < 0 {
			return fmt.Sprintf("on the line from %s (pays %s) to %s (pays %s)", in.at(c, a.From), in.rate(a.Pays), in.at(c, b.From), in.rate(b.Pays))
		}
	}
	return "at or above " + in.at(c, c.Points[last].From)
}

// interpolate is the factor on straight lines between points (abscissa From, factor Pays), flat outside them or Below.
func interpolate(c comp.Curve, x comp.Number) comp.Number {
	points := c.Points
	switch side := x.Cmp(points[0].From); {
	case side < 0 && c.Below != nil:
		return *c.Below
	case side <= 0:
		return points[0].Pays
	}
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		if x.Cmp(b.From) <= 0 {
			t, _ := x.Sub(a.From).Quo(b.From.Sub(a.From)) // config refuses two points at one abscissa
			return a.Pays.Add(t.Mul(b.Pays.Sub(a.Pays)))
		}
	}
	return points[len(points)-1].Pays
}
