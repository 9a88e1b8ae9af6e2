package transform

import (
	"cmp"
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// weighed is a part's factor, or what became of it.
type weighed struct {
	factor  comp.Number
	out     bool // the part is left out: the others share its weight
	unknown bool // a finding holds the payee
}

// scorecard is the target times the weighted sum of the parts' factors.
func (x *calc) scorecard(t terms) comp.Number {
	var sum, weights comp.Number
	var said addends
	known, silent := true, x.w.silent
	for i := range x.c.Parts {
		p := &x.c.Parts[i]
		f := x.factor(p)
		known = known && !f.unknown
		if f.out {
			continue
		}
		sum, weights = sum.Add(p.Weight.Mul(f.factor)), weights.Add(p.Weight)
		if !silent {
			said = append(said, percent(p.Weight)+" × "+percent(f.factor))
		}
	}
	if !known {
		return comp.Number{}
	}
	factor := sum
	if weights.Cmp(comp.Int(1)) != 0 {
		q, ok := sum.Quo(weights)
		if !ok {
			x.hold(x.w, "measure_missing", fmt.Sprintf("%s has no value of any part of %s", x.person.ID, x.c.ID), "wait for the data, or settle it with a waiver")
			x.w.say("No part has a value: nothing is paid")
			return comp.Number{}
		}
		factor = q
	}
	pay := t.target.Mul(factor)
	if silent {
		return pay
	}
	if text, whole := hundredths(factor); weights.Cmp(comp.Int(1)) != 0 {
		x.w.say("Factor: (%s) / %s %s", strings.Join(said, " + "), percent(weights), equals(text, whole))
	} else {
		x.w.say("%s", said.sum("Factor", text, whole))
	}
	x.w.result.Rate = percent(factor) + " of the target"
	x.w.say("%s × %s %s", money(t.target, x.currency), percent(factor), equals(cash(pay, x.currency)))
	return pay
}

// multiply is pay times a multiplier's factor.
func (x *calc) multiply(p *comp.Part, pay comp.Number) (out, factor comp.Number) {
	f := x.factor(p)
	if f.unknown || f.out {
		return comp.Number{}, comp.Number{}
	}
	out = pay.Mul(f.factor)
	if !x.w.silent {
		x.w.say("%s × %s %s", money(pay, x.currency), percent(f.factor), equals(cash(out, x.currency)))
	}
	return out, f.factor
}

// factor turns a part's measure into its factor: the curve's, within floor and cap, and what its gates leave of it.
func (x *calc) factor(p *comp.Part) (f weighed) {
	w := &worked{silent: x.w.silent}
	v := x.view(p, w)
	r := comp.PartResult{ID: p.ID, Title: x.partTitle(p), Measure: p.Measure, N: v.n, Weight: p.Weight, Estimate: v.estimate, Shared: p.Shared}
	switch {
	case v.failed:
		f.unknown = true
	case v.missing:
		f = x.absent(p, v, w)
	default:
		f = x.seen(p, v, w, &r)
		value := v.value
		r.Value = &value
	}
	if v.attains {
		a := v.attainment
		r.Attainment = &a
	}
	r.Factor = f.factor
	x.w.result.Parts = append(x.w.result.Parts, r)
	x.w.result.Working = append(x.w.result.Working, w.result.Working...)
	x.w.take(w)
	return f
}

// seen is the factor of a part that has a value.
func (x *calc) seen(p *comp.Part, v sight, w *worked, r *comp.PartResult) (f weighed) {
	y := *x
	y.w = w
	g := y.gates(p.Gates)
	w.result.Working = append(w.result.Working, g.early...)
	in := CurveInput{Value: v.value, Attainment: v.attainment, HasQuota: v.attains, Quota: v.quota, Target: comp.Int(1), HasTarget: true, Factor: true, Base: g.base,
		Currency: x.currency, Unit: v.unit, Silent: w.silent}
	if !y.column(&p.Curve, &in, w) {
		f.unknown = w.held
		return f
	}
	y.tiers(&p.Curve, &in, p.Measure)
	c := x.v.Pay(p.Curve, in)
	w.result.Working = append(w.result.Working, c.Working...)
	r.Rate, f.factor = c.Rate, c.Pay
	if p.Floor != nil && f.factor.Cmp(*p.Floor) < 0 {
		w.say("At least %s", percent(*p.Floor))
		f.factor = *p.Floor
	}
	if p.Cap != nil {
		if most := x.v.Cap(f.factor, *p.Cap); most.Cmp(f.factor) != 0 {
			w.say("At most %s", percent(*p.Cap))
			f.factor = most
		}
	}
	w.result.Working = append(w.result.Working, g.late...)
	x.w.result.Gated = append(x.w.result.Gated, w.result.Gated...)
	f.factor = f.factor.Mul(g.share)
	w.say("%s: factor %s", r.Title, y.spelt(f.factor, "share"))
	return f
}

// absent is what a part without a value does.
func (x *calc) absent(p *comp.Part, v sight, w *worked) (f weighed) {
	why := x.tooFew(p.Measure, p.Score, p.MinN, v.n)
	switch p.Missing {
	case "renormalise":
		w.say("%s: the other parts share its weight", why)
		f.out = true
	case "neutral":
		w.say("%s: neutral, factor 100 %%", why)
		f.factor = x.v.Neutral(comp.Int(1))
	case "zero":
		w.say("%s: factor 0 %%", why)
	default:
		w.say("%s", why)
		x.noValue(w, p.Measure, p.Score)
		f.unknown = true
	}
	return f
}

// partTitle is what a part is called.
func (x *calc) partTitle(p *comp.Part) string {
	if m, ok := x.measures[p.Measure]; ok {
		return cmp.Or(p.Title, x.in.Measures[m].Title)
	}
	return cmp.Or(p.Title, p.Score, p.ID)
}
