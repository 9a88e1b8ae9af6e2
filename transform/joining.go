package transform

import (
	"slices"

	"carrot/transform/comp"
)

// sinceJoining is what a curve pays of the company's total to date, without what the company came to before the payee took
// part. Where there is a target, its proration sees to that; a curve that pays by the value alone would hand who comes in July
// all that was earned since January. The tiers are those that the whole company has reached. Each department's total begins
// with the payee's stay anyway, and a mean or a ratio is no sum that could be taken apart.
func (x *calc) sinceJoining(in CurveInput, t terms, paid comp.Number) comp.Number {
	k := 0
	for k < len(x.periods) && x.v.Participated(x.spans, x.periods[k]) == 0 {
		k++
	}
	if k == 0 || k == len(x.periods) || t.hasTarget || !x.sumsCompany() {
		return paid
	}
	y, w := *x, worked{silent: true}
	y.periods, y.last, y.w = x.periods[:k], x.periods[k-1], &w
	before := y.measureOf(x.c.Measure, x.c.ToDate, 0, &w)
	x.w.take(&worked{held: w.held, result: comp.ComponentResult{Held: w.result.Held}})
	if before.missing || before.value.IsZero() {
		return paid
	}
	own := ofLater(x.c.Curve, in, before.value, paid, x.v.Pay)
	x.w.say("Of it %s is of %s, before %s took part: %s is paid instead of %s", in.value(before.value), whole(y.periods), x.person.ID, money(own, x.currency), money(paid, x.currency))
	return own
}

// sumsCompany says whether a component's own measure adds something up over the company, or is money worked out of what does.
func (x *calc) sumsCompany() bool {
	i, ok := x.measures[x.c.Measure]
	if !ok || x.c.ToDate == "" {
		return false
	}
	if m := &x.in.Measures[i]; !m.Accrues() {
		return false
	}
	return slices.ContainsFunc(x.in.behind([]string{x.c.Measure}), func(id string) bool {
		m := &x.in.Measures[x.measures[id]]
		return m.Aggregate.Adds() && pooledBy(m) == comp.PoolCompany
	})
}

// ofLater is the part of a curve's pay that is of the value above an earlier one: at the one rate that the whole is paid at, or
// what pay rises by, and what is paid for no value at all.
func ofLater(c comp.Curve, in CurveInput, earlier, paid comp.Number, pay func(comp.Curve, CurveInput) CurveResult) comp.Number {
	oneRate := c.Kind == comp.RateCurve || c.Kind == comp.Retroactive || (c.Kind == comp.Grid && c.Matrix.Rates)
	if share, ok := in.Value.Sub(earlier).Quo(in.Value); ok && oneRate {
		return paid.Mul(share)
	}
	at := rated(c, in, pay)
	return paid.Sub(at(earlier)).Add(at(comp.Number{}))
}
