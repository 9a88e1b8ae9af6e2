package transform

import (
	"slices"

	"carrot/transform/comp"
)

// together makes cents of the components of plans that round once: of what a plan's components pay in a pay period the sum
// is rounded, and each gets its share in whole cents, the largest remainders the cents that are left.
func (k *keeper) together() {
	for i := range k.all {
		if k.atPlan(&k.all[i]) == nil {
			continue
		}
		var group []*earned
		for j := range k.all {
			if o := &k.all[j]; k.atPlan(o) != nil && o.duty.plan == k.all[i].duty.plan && o.duty.pay == k.all[i].duty.pay && o.result.Exact.Currency == k.all[i].result.Exact.Currency {
				group = append(group, o)
			}
		}
		if group[0] == &k.all[i] { // each group once
			k.round(group)
		}
	}
}

// atPlan is the plan of what is rounded with its plan's other components; nil for anything else.
func (k *keeper) atPlan(e *earned) *comp.Plan {
	if p := &k.s.in.Plans[e.duty.plan]; p.RoundAt == "plan" && e.known && !e.result.Shown && e.kind == "" {
		return p
	}
	return nil
}

func (k *keeper) round(group []*earned) {
	p, currency := k.atPlan(group[0]), group[0].result.Exact.Currency
	sum := comp.Number{}
	exact := make([]comp.Number, len(group))
	for i, e := range group {
		exact[i] = e.result.Exact.Number
		sum = sum.Add(exact[i])
	}
	k.s.rounds(k.payee, &group[0].duty, comp.Amount{Number: sum, Currency: currency})
	total, err := k.s.v.Round(comp.Amount{Number: sum, Currency: currency}, p.Rounding)
	if err != nil {
		k.find(p, "cannot_round", err.Error(), "check the plan's rates")
		return
	}
	for i, minor := range shares(exact, total) {
		e := group[i]
		e.result.Amount = comp.Money{Minor: minor, Currency: currency}
		e.say("Rounded %s with the plan's other components, together %s: %s", roundings[p.Rounding], paid(total), paid(e.result.Amount))
	}
}

// shares are exact parts in whole minor units that sum to total, which is the rounded sum of the parts. What rounding toward
// zero leaves goes, a unit each, to the largest remainders; of equal ones to the first.
func shares(exact []comp.Number, total comp.Money) []int64 {
	out, rest, order := make([]int64, len(exact)), make([]comp.Number, len(exact)), make([]int, len(exact))
	left := total.Minor
	for i, n := range exact {
		m, err := comp.Amount{Number: n, Currency: total.Currency}.Round(comp.TowardZero)
		if err != nil { // their sum was rounded in this currency
			return out
		}
		out[i], rest[i], order[i] = m.Minor, n.Sub(m.Amount().Number), i
		left -= m.Minor
	}
	sign := int64(1)
	if left < 0 {
		sign = -1
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(sign) * rest[b].Cmp(rest[a]) })
	for i := 0; left != 0; i++ {
		out[order[i%len(order)]] += sign
		left -= sign
	}
	return out
}
