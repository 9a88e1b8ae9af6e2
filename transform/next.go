package transform

import (
	"slices"

	"carrot/transform/comp"
)

// next is the nearest tier above a value of money or of a count, as long as it can still be reached. Of what people answered
// it is never told: whoever knows how many good answers are missing begs for them.
func (x *calc) next(in CurveInput, t terms, paid comp.Number) *comp.Next {
	m, ok := x.measures[x.c.Measure]
	if !ok || x.c.Shown || x.c.Per == "deal" || in.Base || t.hasCap && paid.Cmp(t.cap) >= 0 {
		return nil
	}
	measure := &x.in.Measures[m]
	if !measure.Aggregate.Adds() || measure.Surveys() || measure.Down || slices.ContainsFunc(measure.Terms, x.answers) {
		return nil
	}
	until := x.last.End - 1
	if x.c.ToDate != "" && (x.c.Curve.Of == "value" || x.c.Numbers == "whole") {
		if p, ok := holding(x.c.ToDate, until, x.company.Calendars); ok {
			until = p.End - 1
		}
	}
	if until < x.in.Run.Business {
		return nil
	}
	c, in := inMoney(x.c.Curve, in)
	tier := above(c, abscissa(c, in))
	if tier == nil {
		return nil
	}
	bound := tier.From
	if c.Of == "attainment" {
		bound = bound.Mul(in.Quota)
	}
	out := &comp.Next{Missing: comp.Amount{Number: bound.Sub(in.Value), Currency: x.quotaUnit(x.c.Measure)}, Above: c.UpperEdge, Until: until}
	switch c.Kind {
	case comp.Marginal:
		if out.Pays = "what is above it pays " + in.rate(tier.Pays); tier.Back {
			out.Pays = "everything in the tiers below it and above it pays " + in.rate(tier.Pays)
		}
	case comp.Retroactive:
		out.Pays = "all of it pays " + in.rate(tier.Pays)
	default:
		out.Pays = "the pay is " + in.ofTarget(tier.Pays)
	}
	return out
}

// above is the nearest tier, or point, above x that pays more than what x pays; nil where there is none.
func above(c comp.Curve, x comp.Number) *comp.Band {
	list := c.Bands
	if c.Kind == comp.Interpolate {
		list = c.Points
	}
	if c.Kind != comp.Interpolate && c.Kind != comp.Marginal && c.Kind != comp.Retroactive && c.Kind != comp.StepCurve {
		return nil
	}
	now := comp.Number{}
	for i := range list {
		side := list[i].From.Cmp(x)
		if reached := side < 0 || side == 0 && !c.UpperEdge || list[i].Down; reached {
			now = list[i].Pays
		} else if list[i].Pays.Cmp(now) > 0 {
			return &list[i]
		}
	}
	return nil
}

// answers says whether a term reads a table of answers.
func (x *calc) answers(t comp.Term) bool {
	return slices.ContainsFunc(x.in.Contracts, func(c comp.Contract) bool { return c.Survey != nil && c.Name() == t.Table })
}
