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
	Target     comp.Number // after proration
	Rate       comp.Number // of a rate curve
}

// CurveResult is exact pay, with how it came about: the rate or factor in words and one sentence a step.
type CurveResult struct {
	Pay     comp.Number
	Rate    string
	Working []string
}

// percent prints 0.055 as "5.5 %" and a number without a finite decimal, such as 1/3, rounded to six digits with "≈".
func percent(n comp.Number) string {
	p := n.Mul(comp.Int(100))
	if s := p.String(); !strings.Contains(s, "/") && len(s) <= 12 {
		return s + " %"
	}
	return "≈" + p.Fixed(4, comp.HalfAway) + " %"
}

// plain prints a number for a sentence: exact where that is short, else rounded with "≈".
func plain(n comp.Number) string {
	if s := n.String(); !strings.Contains(s, "/") && len(s) <= 18 {
		return s
	}
	return "≈" + n.Fixed(6, comp.HalfAway)
}

// pay leads from a measure's value to exact pay by the curve's shape.
func pay(c comp.Curve, in CurveInput) CurveResult {
	switch c.Kind {
	case comp.RateCurve:
		p := in.Value.Mul(in.Rate)
		return CurveResult{p, percent(in.Rate), []string{fmt.Sprintf("%s × %s = %s", plain(in.Value), percent(in.Rate), plain(p))}}
	case comp.Marginal:
		return marginal(c, in)
	case comp.Linear:
		p := in.Target.Mul(in.Attainment)
		return CurveResult{p, "factor " + percent(in.Attainment),
			[]string{fmt.Sprintf("target %s × attainment %s = %s", plain(in.Target), percent(in.Attainment), plain(p))}}
	case comp.Interpolate:
		f := interpolate(c.Points, abscissa(c, in))
		p := in.Target.Mul(f)
		return CurveResult{p, "factor " + percent(f), []string{fmt.Sprintf("at %s the factor is %s; target %s × factor = %s",
			percent(abscissa(c, in)), percent(f), plain(in.Target), plain(p))}}
	}
	return banded(c, in)
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
		r.Working = append(r.Working, fmt.Sprintf("from %s: %s × %s = %s", plain(from), plain(slice), percent(b.Pays), plain(part)))
	}
	r.Rate = strings.Join(rates, " / ")
	return r
}

// banded pays by the one band that the value or attainment reaches: Retroactive the whole value at its rate, StepCurve
// the target at its factor. Below the first band nothing is paid.
func banded(c comp.Curve, in CurveInput) CurveResult {
	x := abscissa(c, in)
	b, ok := bandAt(c, x)
	if !ok {
		return CurveResult{Rate: "below the first band", Working: []string{percent(x) + " is below the first band: nothing is paid"}}
	}
	base, word := in.Target, "factor"
	if c.Kind == comp.Retroactive {
		base, word = in.Value, "rate"
	}
	p := base.Mul(b.Pays)
	return CurveResult{p, word + " " + percent(b.Pays),
		[]string{fmt.Sprintf("the band from %s is reached: %s × %s %s = %s", plain(b.From), plain(base), word, percent(b.Pays), plain(p))}}
}

// bandAt is the band that holds x: [From, To) by default, (From, To] with UpperEdge, where the first also holds its From.
func bandAt(c comp.Curve, x comp.Number) (comp.Band, bool) {
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
