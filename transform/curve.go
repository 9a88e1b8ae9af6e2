package transform

import (
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// CurveInput is what a curve reads: exact numbers, money ones in the currency of pay.
type CurveInput struct {
	Value      comp.Number
	Quota      comp.Number // after proration; bands of attainment scale with it
	HasQuota   bool
	Attainment comp.Number
	Target     comp.Number   // after proration
	Rate       comp.Number   // of a rate curve
	Currency   comp.Currency // of pay: for the sentences
	Unit       string        // of the measure: for the sentences
}

// value is a number of the measure's as a person writes it.
func (in CurveInput) value(n comp.Number) string { return about(inUnit(n, in.Unit, in.Currency)) }

// at is a point of the curve's bands as a person writes it.
func (in CurveInput) at(c comp.Curve, n comp.Number) string {
	if c.Of == "attainment" {
		return percent(n)
	}
	return in.value(n)
}

// is says what pay comes to.
func (in CurveInput) is(n comp.Number) string { return equals(cash(n, in.Currency)) }

// CurveResult is exact pay, with how it came about: the rate or factor in words and one sentence a step.
type CurveResult struct {
	Pay     comp.Number
	Rate    string
	Working []string
}

// pay leads from a measure's value to exact pay by the curve's shape.
func pay(c comp.Curve, in CurveInput) CurveResult {
	switch c.Kind {
	case comp.RateCurve:
		p := in.Value.Mul(in.Rate)
		return CurveResult{p, percent(in.Rate), []string{fmt.Sprintf("%s × %s %s", in.value(in.Value), percent(in.Rate), in.is(p))}}
	case comp.Marginal:
		return marginal(c, in)
	case comp.Linear:
		p := in.Target.Mul(in.Attainment)
		return CurveResult{p, percent(in.Attainment) + " of the target",
			[]string{fmt.Sprintf("%s × %s %s", money(in.Target, in.Currency), percent(in.Attainment), in.is(p))}}
	case comp.Interpolate:
		x := abscissa(c, in)
		f := interpolate(c.Points, x)
		p := in.Target.Mul(f)
		return CurveResult{p, percent(f) + " of the target", []string{
			fmt.Sprintf("At %s, %s, the plan pays %s of the target", in.at(c, x), neighbours(c, in, x), percent(f)),
			fmt.Sprintf("%s × %s %s", money(in.Target, in.Currency), percent(f), in.is(p))}}
	}
	return banded(c, in)
}

// neighbours says which points of a curve decide at x.
func neighbours(c comp.Curve, in CurveInput, x comp.Number) string {
	last := len(c.Points) - 1
	if x.Cmp(c.Points[0].From) <= 0 {
		return "at or below " + in.at(c, c.Points[0].From)
	}
	for i := 1; i <= last; i++ {
		if a, b := c.Points[i-1], c.Points[i]; x.Cmp(b.From) < 0 {
			return fmt.Sprintf("on the line from %s (pays %s) to %s (pays %s)", in.at(c, a.From), percent(a.Pays), in.at(c, b.From), percent(b.Pays))
		}
	}
	return "at or above " + in.at(c, c.Points[last].From)
}

// abscissa is what a curve's bands and points are read against.
func abscissa(c comp.Curve, in CurveInput) comp.Number {
	if c.Of == "attainment" {
		return in.Attainment
	}
	return in.Value
}

// marginal pays each slice of the value at its own band's rate. Bands of attainment become amounts by the quota.
func marginal(c comp.Curve, in CurveInput) CurveResult {
	scale := comp.Int(1)
	if c.Of == "attainment" {
		scale = in.Quota
	}
	var r CurveResult
	var rates []string
	for _, b := range c.Bands {
		from := b.From.Mul(scale)
		slice := in.Value.Sub(from)
		if !b.Open {
			slice = slice.Min(b.To.Mul(scale).Sub(from))
		}
		if slice.Sign() <= 0 && !(from.IsZero() && in.Value.Sign() < 0) {
			continue
		}
		part := slice.Mul(b.Pays)
		r.Pay = r.Pay.Add(part)
		rates = append(rates, percent(b.Pays))
		r.Working = append(r.Working, fmt.Sprintf("%s: %s × %s %s", sliceWords(c, in, b, scale), in.value(slice), percent(b.Pays), in.is(part)))
	}
	if len(rates) > 1 {
		r.Working = append(r.Working, "Together: "+about(cash(r.Pay, in.Currency)))
	}
	r.Rate = strings.Join(rates, ", then ")
	return r
}

// sliceWords names the part of the value that one band pays for.
func sliceWords(c comp.Curve, in CurveInput, b comp.Band, scale comp.Number) string {
	from, to := in.value(b.From.Mul(scale)), in.value(b.To.Mul(scale))
	of := ""
	if c.Of == "attainment" {
		of = " (from " + percent(b.From) + " of the quota)"
		if !b.Open {
			of = " (" + percent(b.From) + " to " + percent(b.To) + " of the quota)"
		}
	}
	switch {
	case b.Open && b.From.IsZero():
		return "On all of it" + of
	case b.Open:
		return "What is above " + from + of
	case b.From.IsZero():
		return "Up to " + to + of
	}
	return "From " + from + " to " + to + of
}

// banded pays by the one band that the value or attainment reaches: Retroactive the whole value at its rate, StepCurve
// the target at its factor. Below the first band nothing is paid.
func banded(c comp.Curve, in CurveInput) CurveResult {
	x := abscissa(c, in)
	b, ok := bandAt(c, x)
	if !ok {
		return CurveResult{Rate: "below the first band", Working: []string{in.at(c, x) + " is below the first band: nothing is paid"}}
	}
	base, rate := in.Target, percent(b.Pays)
	text, word := money(base, in.Currency), rate+" of the target"
	if c.Kind == comp.Retroactive {
		base, text, word = in.Value, in.value(in.Value), rate
	}
	p := base.Mul(b.Pays)
	return CurveResult{p, word, []string{fmt.Sprintf("%s lies in the band %s, which pays %s", in.at(c, x), bandWords(c, in, b), word),
		fmt.Sprintf("%s × %s %s", text, rate, in.is(p))}}
}

// bandWords names a band and says which of its ends belong to it.
func bandWords(c comp.Curve, in CurveInput, b comp.Band) string {
	from, to := in.at(c, b.From), in.at(c, b.To)
	first := b.From.Cmp(c.Bands[0].From) == 0
	switch {
	case b.Open && c.UpperEdge && !first:
		return "above " + from
	case b.Open:
		return "from " + from
	case c.UpperEdge && !first:
		return "above " + from + " up to " + to
	case c.UpperEdge:
		return "from " + from + " up to " + to
	}
	return "from " + from + " to below " + to
}

// bandAt is the band that holds x: [From, To) by default, (From, To] with UpperEdge, where the first also holds its From. A
// negative value, when more was refunded than sold, is taken back at the rate of a first band from 0, as Marginal does.
func bandAt(c comp.Curve, x comp.Number) (comp.Band, bool) {
	if c.Kind == comp.Retroactive && x.Sign() < 0 && len(c.Bands) > 0 && c.Bands[0].From.IsZero() {
		return c.Bands[0], true
	}
	for i, b := range c.Bands {
		lo, hi := x.Cmp(b.From), -1
		if !b.Open {
			hi = x.Cmp(b.To)
		}
		switch {
		case c.UpperEdge && (lo > 0 || (i == 0 && lo == 0)) && hi <= 0:
			return b, true
		case !c.UpperEdge && lo >= 0 && hi < 0:
			return b, true
		}
	}
	return comp.Band{}, false
}

// interpolate is the factor on straight lines between points (abscissa From, factor Pays), flat outside them.
func interpolate(points []comp.Band, x comp.Number) comp.Number {
	if x.Cmp(points[0].From) <= 0 {
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
