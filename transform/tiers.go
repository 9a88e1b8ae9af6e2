package transform

import (
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// reachedBands gives the bands that decide pay: below a band with back that is reached there is only that band, and under a closed
// gate only the first. The sentences say so.
func reachedBands(c comp.Curve, in CurveInput) (comp.Curve, []string) {
	if len(c.Bands) == 0 {
		return c, nil
	}
	if in.Base {
		first := c.Bands[0]
		first.Open = true
		c.Bands = []comp.Band{first}
		return c, []string{"A gate is closed: everything is paid as in the first band, " + in.bandPays(c, first)}
	}
	if c.Kind != comp.Marginal {
		return c, nil
	}
	x := abscissa(c, in)
	for j := len(c.Bands) - 1; j > 0; j-- {
		if b := c.Bands[j]; b.Back && reaches(c, j, x) {
			merged := b
			merged.From = c.Bands[0].From
			said := fmt.Sprintf("%s is reached, so that everything below it is paid at %s as well", in.bound(c, b.From), in.rate(b.Pays))
			c.Bands = append([]comp.Band{merged}, c.Bands[j+1:]...)
			return c, []string{said}
		}
	}
	return c, nil
}

// bound is an end of a band as a person writes it.
func (in CurveInput) bound(c comp.Curve, n comp.Number) string {
	if c.Of == "attainment" {
		return in.percent(n) + " of the quota"
	}
	return in.value(n)
}

// bandPays is what a band pays as a person writes it.
func (in CurveInput) bandPays(c comp.Curve, b comp.Band) string {
	if c.Kind == comp.StepCurve {
		return in.ofTarget(b.Pays)
	}
	return in.rate(b.Pays)
}

// reaches says whether x lies in a band or above it: at its lower end by the curve's edge; the first band holds its own.
func reaches(c comp.Curve, band int, x comp.Number) bool {
	side := x.Cmp(c.Bands[band].From)
	return side > 0 || (side == 0 && (!c.UpperEdge || band == 0))
}

// crossed are the ends of bands that x has passed.
func crossed(c comp.Curve, in CurveInput) (out []comp.Crossing) {
	x := abscissa(c, in)
	for i := 1; i < len(c.Bands); i++ {
		if reaches(c, i, x) {
			out = append(out, comp.Crossing{Bound: c.Bands[i].From, Value: x})
		}
	}
	return out
}

// marginal pays each slice of the value at its own band's rate. Bands of attainment become amounts by the quota; with a target
// the slices are of attainment, and each pays its factor of the target.
func marginal(c comp.Curve, in CurveInput) CurveResult {
	scale, of := comp.Int(1), in.Value
	switch {
	case in.HasTarget:
		of = abscissa(c, in)
	case c.Of == "attainment":
		scale = in.Quota
	}
	var r CurveResult
	var rates []string
	for _, b := range c.Bands {
		from := b.From.Mul(scale)
		slice := of.Sub(from)
		if !b.Open {
			slice = slice.Min(b.To.Mul(scale).Sub(from))
		}
		if slice.Sign() <= 0 && !(from.IsZero() && of.Sign() < 0) {
			continue
		}
		part, text := slice.Mul(b.Pays), in.value(slice)
		if in.HasTarget {
			part, text = part.Mul(in.Target), in.money(in.Target)+" × "+in.at(c, slice)
		}
		r.Pay = r.Pay.Add(part)
		rates = append(rates, in.rate(b.Pays))
		r.Working = append(r.Working, fmt.Sprintf("%s: %s × %s %s", sliceWords(c, in, b, scale), text, in.rate(b.Pays), in.is(part)))
	}
	if len(rates) > 1 {
		r.Working = append(r.Working, "Together: "+in.money(r.Pay))
	}
	r.Rate = strings.Join(rates, ", then ")
	return r
}

// sliceWords names the part of the value that one band pays for.
func sliceWords(c comp.Curve, in CurveInput, b comp.Band, scale comp.Number) string {
	from, to := in.value(b.From.Mul(scale)), in.value(b.To.Mul(scale))
	of := ""
	switch {
	case in.HasTarget:
		from, to = in.at(c, b.From), in.at(c, b.To)
	case c.Of == "attainment":
		of = " (from " + in.percent(b.From) + " of the quota)"
		if !b.Open {
			of = " (" + in.percent(b.From) + " to " + in.percent(b.To) + " of the quota)"
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
	said := fmt.Sprintf("%s lies in the band %s, which pays %s", in.at(c, x), bandWords(c, in, b), in.bandPays(c, b))
	if c.Kind != comp.Retroactive {
		return in.times(b.Pays, said)
	}
	base, text := in.Value, in.value(in.Value)
	if in.HasTarget {
		base, text = in.Target.Mul(x), in.money(in.Target)+" × "+in.at(c, x)
	}
	p := base.Mul(b.Pays)
	return CurveResult{p, in.rate(b.Pays), []string{said, fmt.Sprintf("%s × %s %s", text, in.rate(b.Pays), in.is(p))}}
}

// bandWords names a band and says which of its ends belong to it.
func bandWords(c comp.Curve, in CurveInput, b comp.Band) string {
	from, to := in.at(c, b.From), in.at(c, b.To)
	first := b.From.Cmp(c.Bands[0].From) == 0 && !c.Bands[0].Down
	switch {
	case b.Down && b.Open:
		return "of any value"
	case b.Down && c.UpperEdge:
		return "up to " + to
	case b.Down:
		return "below " + to
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
		if b.Down {
			lo = 1
		}
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
