package transform

import (
	"slices"

	"carrot/transform/comp"
)

// usual is the order of steps where a plan gives none: the cap is for a whole period and prorated with the target.
var usual = []comp.Step{comp.GateStep, comp.MultiplyStep, comp.CapStep, comp.ProrateStep}

// capIsProrated says whether an order prorates the cap: whether prorating comes after it.
func capIsProrated(order []comp.Step) bool {
	if order == nil {
		order = usual
	}
	return slices.Index(order, comp.ProrateStep) > slices.Index(order, comp.CapStep)
}

// steps leads from the curve's pay to what the component pays, in the plan's order. Numbers are prorated already, since that
// comes to the same wherever it stands, but for the cap.
func (x *calc) steps(pay comp.Number, t terms, g gated) comp.Number {
	order := x.c.Order
	if order == nil {
		order = usual
	}
	for _, step := range order {
		switch step {
		case comp.GateStep:
			x.w.result.Working = append(x.w.result.Working, g.late...)
			pay = pay.Mul(g.share)
			x.then = append(x.then, g.share.Mul)
		case comp.MultiplyStep:
			for i := range x.c.Multiply {
				var factor comp.Number
				pay, factor = x.multiply(&x.c.Multiply[i], pay)
				x.then = append(x.then, factor.Mul)
			}
		case comp.CapStep:
			pay = x.capped(pay, t)
			if t.hasCap && !carries(x.c) {
				x.then = append(x.then, func(n comp.Number) comp.Number { return x.v.Cap(n, t.cap) })
			}
		}
	}
	return pay
}

// after does to another pay of the curve what steps did.
func (x *calc) after(pay comp.Number) comp.Number {
	for _, step := range x.then {
		pay = step(pay)
	}
	return pay
}

// capped is pay up to the cap. What is above it is left where it is carried: the payee's account caps it.
func (x *calc) capped(pay comp.Number, t terms) comp.Number {
	switch {
	case !t.hasCap:
		return pay
	case carries(x.c):
		x.w.ceiling = &t.cap
		return pay
	}
	out := x.v.Cap(pay, t.cap)
	if out.Cmp(pay) != 0 && !x.w.silent {
		x.w.say("%s", t.caps.sum("Capped", money(t.cap, x.currency), true))
	}
	return out
}
