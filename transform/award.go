package transform

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// targetPay is a component's target pay; of an award, its fair value at factor 1.
func targetPay(c *comp.Component) []comp.Dated {
	if c.Award != nil && len(c.Target) == 0 {
		return []comp.Dated{{From: comp.NoDate, By: c.Award.Value}}
	}
	return c.Target
}

// awards turn what a component gives in kind into the one thing of it that is paid in money: the tax that is borne. The
// value itself is told, not paid.
func (k *keeper) awards() {
	for i := range k.all {
		e := &k.all[i]
		c := &k.s.in.Plans[e.duty.plan].Components[e.duty.component]
		if c.Award != nil && e.known {
			k.award(e, c)
		}
	}
}

func (k *keeper) award(e *earned, c *comp.Component) {
	value := e.result.Amount
	gross := value
	switch {
	case c.Award.GrossUp != "":
		rate, ok := k.grossUp(e, c)
		left := comp.Int(1).Sub(rate)
		if !ok || left.Sign() <= 0 {
			e.known, e.result.Amount.Minor, e.result.Exact.Number = false, 0, comp.Number{}
			return
		}
		n, _ := value.Amount().Number.Quo(left)
		gross, _ = k.s.v.Round(comp.Amount{Number: n, Currency: value.Currency}, k.s.in.Plans[e.duty.plan].Rounding)
		e.say("%s is worth %s; with the tax that is borne: %s / (1 - %s) ≈ %s", c.Award.What, paid(value), paid(value), percent(rate), paid(gross))
	case value.Minor == 0:
		e.say("%s: not given", c.Award.What)
	default:
		e.say("%s is worth %s, and no tax on it is borne", c.Award.What, paid(value))
	}
	e.kind = comp.AwardLine
	if value.Minor != 0 {
		e.inKind = &comp.InKind{What: c.Award.What, Clause: c.Clause, Value: value, Gross: gross}
	}
	e.result.Amount.Minor = gross.Minor - value.Minor
	e.result.Exact = e.result.Amount.Amount()
}

// grossUp is the rate of tax that is borne on an award, on the last day of its pay period.
func (k *keeper) grossUp(e *earned, c *comp.Component) (comp.Number, bool) {
	i := slices.IndexFunc(k.s.in.Settings.Legal, func(l comp.Legal) bool { return l.ID == c.Award.GrossUp })
	if i >= 0 {
		if v := lawOn(&k.s.in.Settings.Legal[i], e.duty.pay.End-1); v != nil {
			k.s.applied[[2]string{c.Award.GrossUp, k.entity(e.duty.pay)}] = true
			return v.N["rate"], true
		}
	}
	k.s.payeeFinding(k.payee, c, "missing_gross_up", fmt.Sprintf("%s has no rate of %s on %s", c.ID, c.Award.GrossUp, e.duty.pay.End-1), "add it to the legal overlay")
	return comp.Number{}, false
}

func (k *keeper) entity(month comp.Period) string {
	id, _ := k.s.company.People[k.payee].Attr(comp.AttrEntity, k.lastDay(month))
	return id
}
