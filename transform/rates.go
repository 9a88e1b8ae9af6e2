package transform

import (
	"fmt"

	"carrot/transform/comp"
)

// rates fills in the rate of a curve that is not written in the plan: a person's attribute, or a row of the number table.
func (x *calc) rates(c *comp.Curve, in *CurveInput) (ok bool) {
	switch {
	case c.RateAttribute != "":
		in.Rate, ok = x.personalRate(c)
		return ok
	case c.RateName != "":
		row, text, ok := x.named(c.RateName, "rate", x.d.period, x.w)
		if ok {
			in.Rate, in.RateMoney = row.Number, row.Currency != ""
			if in.RateMoney {
				x.w.say("Rate %s: %s", c.RateName, text)
			}
		}
		return ok
	}
	return x.priced(c)
}

// personalRate is the rate that a person's own attribute gives, on the last participating day.
func (x *calc) personalRate(c *comp.Curve) (comp.Number, bool) {
	day, _ := lastDay(x.spans, x.d.period)
	text, ok := x.person.Attr(c.RateAttribute, day)
	n, err := comp.ParseNumber(text, 18)
	if !ok || err != nil {
		x.hold(x.w, "missing_rate", fmt.Sprintf("%s has no plain %s on %s (found %q)", x.person.ID, c.RateAttribute, day, text), "set it in the source")
		return comp.Number{}, false
	}
	return n, true
}

// priced says whether a curve that pays in money has an amount in the currency.
func (x *calc) priced(c *comp.Curve) bool {
	by := []map[comp.Currency]comp.Number{c.RateBy}
	for _, list := range [][]comp.Band{c.Bands, c.Points} {
		for i := range list {
			by = append(by, list[i].By)
		}
	}
	for _, m := range by {
		if _, has := m[x.currency]; m != nil && !has {
			x.hold(x.w, "missing_rate", fmt.Sprintf("component %s pays no amount in %s", x.c.ID, x.currency), "add it to the plan")
			return false
		}
	}
	return true
}

// column reads the second measure of a grid. Without a value the rule of the columns decides: false pays nothing.
func (x *calc) column(c *comp.Curve, in *CurveInput, w *worked) bool {
	if c.Matrix == nil {
		return true
	}
	p := c.Matrix.Part
	v := x.view(&p, w)
	in.ColumnUnit = v.unit
	switch {
	case v.failed:
		return false
	case !v.missing && p.Curve.Of == "attainment":
		in.Column = &v.attainment
	case !v.missing:
		in.Column = &v.value
	case p.Missing == "neutral" && !c.Matrix.Rates:
	case p.Missing == "zero":
		w.say("%s: nothing is paid", x.tooFew(p.Measure, p.Score, p.MinN, v.n))
		return false
	default:
		x.noValue(w, p.Measure, p.Score)
		return false
	}
	return true
}

// rate is the FX rate by which a plan turns credits and numbers into the currency that it is worked out in.
func (x *calc) rate(from, to comp.Currency, p comp.Period) (comp.Number, bool) {
	return x.v.Rate(ratesOf(x.company.FX, x.plan.FX.Credit), from, to, p)
}

// ratesOf are the rates of a kind: those of the plan, of a period's average, or those of each day, which closing and payday
// rates are taken from.
func ratesOf(fx comp.FX, kind string) comp.FX {
	switch kind {
	case "plan", "average":
		return comp.FX{Rates: fx.Kinds[kind]}
	}
	return fx
}

// rateName names a rate of a kind on its day.
func rateName(kind string, day comp.Date) string {
	if kind == "" || kind == "closing" {
		return "rate of " + day.Words()
	}
	return kind + " rate of " + day.Words()
}

// noRate holds the payee for a rate that is not known.
func (x *calc) noRate(w *worked, kind string, from, to comp.Currency, day comp.Date) {
	what := "rate"
	if kind == "plan" || kind == "average" {
		what = kind + " rate"
	}
	x.hold(w, "missing_fx_rate", fmt.Sprintf("no %s from %s to %s is known on %s", what, from, to, day), "add a row to the fx table")
}
