package plans

import (
	"strings"

	"carrot/transform/comp"
)

// shape reads a curve as pay over what it is read against. Scale is how much value one unit of the abscissa is: the quota
// where the abscissa is attainment. Base is the target of curves that pay one, else 1.
type shape struct {
	c           *comp.Curve
	measure     *comp.Measure // nil: a score
	scale, base comp.Number
	currency    comp.Currency
}

// targeted says whether the curve pays a target times a factor.
func (s shape) targeted() bool {
	return s.c.Kind == comp.StepCurve || s.c.Kind == comp.Interpolate || s.c.Kind == comp.Linear
}

// pays is what a band pays, as a factor or in money of the shape's currency.
func (s shape) pays(b comp.Band) comp.Number {
	if n, ok := b.By[s.currency]; ok {
		return n
	}
	return b.Pays
}

// bounds are where the pay may jump or bend, above 0.
func (s shape) bounds() (out []comp.Number) {
	list := s.c.Bands
	if s.c.Kind == comp.Interpolate {
		list = s.c.Points
	}
	for _, b := range list {
		if b.From.Sign() > 0 {
			out = append(out, b.From)
		}
	}
	return out
}

// in is pay at x as one who is in band k is paid.
func (s shape) in(k int, x comp.Number) comp.Number {
	switch s.c.Kind {
	case comp.Marginal:
		start := 0
		for i := 1; i <= k; i++ {
			if s.c.Bands[i].Back {
				start = i
			}
		}
		upTo := x
		if k > start {
			upTo = s.c.Bands[start+1].From
		}
		sum := s.unit(upTo).Mul(s.pays(s.c.Bands[start]))
		for i := start + 1; i <= k; i++ {
			end := x
			if i < k {
				end = s.c.Bands[i+1].From
			}
			sum = sum.Add(s.unit(end.Sub(s.c.Bands[i].From)).Mul(s.pays(s.c.Bands[i])))
		}
		return sum
	case comp.Retroactive:
		return s.unit(x).Mul(s.pays(s.c.Bands[k]))
	}
	return s.base.Mul(s.pays(s.c.Bands[k]))
}

// unit is what a length of the abscissa is paid on.
func (s shape) unit(x comp.Number) comp.Number { return x.Mul(s.scale).Mul(s.base) }

// band is the index of the band that a point well inside lies in.
func (s shape) band(x comp.Number) int {
	k := 0
	for i, b := range s.c.Bands {
		if x.Cmp(b.From) > 0 || x.Cmp(b.From) == 0 && !s.c.UpperEdge {
			k = i
		}
	}
	return k
}

// at is pay at x.
func (s shape) at(x comp.Number) comp.Number {
	switch s.c.Kind {
	case comp.RateCurve:
		return s.unit(x).Mul(s.c.Rate)
	case comp.Linear:
		return s.base.Mul(x)
	case comp.Interpolate:
		ps := s.c.Points
		if x.Cmp(ps[0].From) < 0 && s.c.Below != nil {
			return s.base.Mul(*s.c.Below)
		}
		for i := 1; i < len(ps); i++ {
			if x.Cmp(ps[i].From) <= 0 && x.Cmp(ps[i-1].From) >= 0 {
				t, _ := x.Sub(ps[i-1].From).Quo(ps[i].From.Sub(ps[i-1].From))
				return s.base.Mul(s.pays(ps[i-1]).Add(t.Mul(s.pays(ps[i]).Sub(s.pays(ps[i-1])))))
			}
		}
		if x.Cmp(ps[0].From) < 0 {
			return s.base.Mul(s.pays(ps[0]))
		}
		return s.base.Mul(s.pays(ps[len(ps)-1]))
	}
	if len(s.c.Bands) == 0 {
		return comp.Number{}
	}
	return s.in(s.band(x), x)
}

// jump is how much more is paid just above bound i than just below it.
func (s shape) jump(b comp.Number) comp.Number {
	if s.c.Kind == comp.Interpolate {
		if s.c.Below != nil && b.Cmp(s.c.Points[0].From) == 0 {
			return s.base.Mul(s.pays(s.c.Points[0]).Sub(*s.c.Below))
		}
		return comp.Number{}
	}
	for i := 1; i < len(s.c.Bands); i++ {
		if s.c.Bands[i].From.Cmp(b) == 0 {
			return s.in(i, b).Sub(s.in(i-1, b))
		}
	}
	return comp.Number{}
}

// percent is a share as people write it: 4 %, 12.5 %; at most four digits after the point.
func percent(n comp.Number) string {
	s := n.Mul(comp.Int(100)).Fixed(4, comp.HalfAway)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + " %"
}

// figureText is a plain number as people write it.
func figureText(n comp.Number) string {
	s := n.Fixed(4, comp.HalfAway)
	return comp.Grouped(strings.TrimSuffix(strings.TrimRight(s, "0"), "."))
}
