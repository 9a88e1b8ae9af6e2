package transform

import (
	"slices"

	"carrot/transform/comp"
)

// rounder makes cents of exact pay: each component's by itself, after the plan's own currency has become that of pay, or all
// of a plan's together.
type rounder struct {
	s        *settler
	payee    int
	plan     *comp.Plan
	c        *comp.Component
	d        duty
	from, to comp.Currency // that is worked out in; that is paid in
}

// late says whether cents are made only of the difference to what was before, not of each cumulative pay.
func (r *rounder) late() bool { return r.from != r.to || r.plan.RoundAt == "plan" }

// round makes cents of one calculation.
func (r *rounder) round(w *worked) {
	w.result.Amount.Currency = r.from
	if w.lost || r.late() {
		return
	}
	r.cents(w)
}

func (r *rounder) cents(w *worked) {
	rounded, err := r.s.v.Round(w.result.Exact, r.plan.Rounding)
	if err != nil {
		w.hold(r.s.payeeFinding(r.payee, r.c, "cannot_round", err.Error(), "check the plan's rates"))
		rounded = comp.Money{Currency: w.result.Exact.Currency}
	}
	r.s.rounds(r.payee, &r.d, w.result.Exact)
	w.result.Amount = rounded
	w.say("Rounded %s: %s", roundings[r.plan.Rounding], paid(rounded))
}

// less takes off what was earned to date before.
func (r *rounder) less(w, before *worked) {
	w.held, w.result.Held = before.held, before.result.Held
	earlier := whole(r.d.periods[:len(r.d.periods)-1]).Words()
	if r.late() {
		n := w.result.Exact.Number.Sub(before.result.Exact.Number)
		w.say("Less %s for %s %s", money(before.result.Exact.Number, r.from), earlier, equals(cash(n, r.from)))
		w.result.Exact.Number = n
		return
	}
	b := before.result.Amount
	w.say("Less %s for %s = %s", paid(b), earlier, paid(comp.Money{Minor: w.result.Amount.Minor - b.Minor, Currency: r.from}))
	w.result.Exact.Number = w.result.Exact.Number.Sub(b.Amount().Number)
	w.result.Amount.Minor -= b.Minor
}

// finish turns the plan's currency into that of pay, and rounds what was not rounded yet.
func (r *rounder) finish(w *worked) {
	if w.held || w.lost || !r.late() {
		return
	}
	if r.from != r.to && !r.convert(w) {
		return
	}
	if r.plan.RoundAt == "deal" && len(w.deals) > 0 && r.from != r.to {
		r.byDeal(w)
	}
	if r.plan.RoundAt != "plan" {
		r.cents(w)
	}
}

// byDeal makes cents of each deal in the currency of pay: once, and not of the plan's currency before. To date there may be
// pay of earlier periods that no deal was the reason of: it stays taken off.
func (r *rounder) byDeal(w *worked) {
	rest := w.result.Exact.Number
	for i := range w.deals {
		rest = rest.Sub(w.deals[i].pay)
	}
	sum, err := r.s.roundEach(r.payee, &r.d, w.deals, r.to)
	if err != nil { // which cents says, of all of it
		return
	}
	sum = sum.Add(rest)
	w.result.Exact.Number = sum
	w.say("Rounded %s, deal by deal: %s", roundings[r.plan.Rounding], about(cash(sum, r.to)))
}

// payRate is the rate by which a plan pays, and the day that it is of: the last of the period that is paid for, or payday.
func (s *settler) payRate(p *comp.Plan, from, to comp.Currency, period, pay comp.Period) (rate comp.Number, day comp.Date, ok bool) {
	day = period.End - 1
	if p.FX.Pay == "payday" {
		month := comp.Month(pay.End)
		day = min(month.Start+comp.Date(s.in.Settings.PayDay)-1, month.End-1)
	}
	rate, ok = s.v.Rate(ratesOf(s.company.FX, p.FX.Pay), from, to, comp.Period{Start: day, End: day + 1})
	return rate, day, ok
}

// convert is pay by the plan's rate of payment.
func (r *rounder) convert(w *worked) bool {
	rate, day, ok := r.s.payRate(r.plan, r.from, r.to, r.d.period, r.d.pay)
	kind := r.plan.FX.Pay
	if !ok {
		r.s.calc(r.payee, r.d, r.from, r.d.periods, w).noRate(w, kind, r.from, r.to, day)
		return false
	}
	n := w.result.Exact.Number.Mul(rate)
	w.say("%s × %s (%s) %s", money(w.result.Exact.Number, r.from), rate, rateName(kind, day), equals(cash(n, r.to)))
	w.result.Exact = comp.Amount{Number: n, Currency: r.to}
	for i := range w.deals {
		d := &w.deals[i]
		d.pay = d.pay.Mul(rate)
		d.undone = slices.Clone(d.undone)
		for k := range d.undone {
			d.undone[k].worth = d.undone[k].worth.Mul(rate)
		}
	}
	if w.ceiling != nil {
		c := w.ceiling.Mul(rate)
		w.ceiling = &c
	}
	return true
}
