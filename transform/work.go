package transform

import (
	"cmp"
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// worked is one calculation over one or, to date, several measuring periods.
type worked struct {
	silent bool // nobody reads its sentences: none is written
	result comp.ComponentResult
	series []string
	held   bool
	lost   bool // a number that it needs is missing: nothing was computed
	// ceiling is the cap of a component that carries what is above it.
	ceiling *comp.Number
	deals   []dealPay // of a component that reads deals: what of the exact pay is of each
}

func (w *worked) say(format string, args ...any) {
	if !w.silent {
		w.result.Working = append(w.result.Working, fmt.Sprintf(format, args...))
	}
}

// unsaid drops the words that came up though nobody reads them.
func (w *worked) unsaid() {
	r := &w.result
	r.Working, r.Gated, r.Rate, r.Next, r.Crossed = nil, nil, "", nil, nil
}

func (w *worked) hold(id string) {
	w.held = true
	if !slices.Contains(w.result.Held, id) {
		w.result.Held = append(w.result.Held, id)
	}
}

// take adds what was found out on the way: rows and what is held.
func (w *worked) take(o *worked) {
	w.series = append(w.series, o.series...)
	w.held = w.held || o.held
	for _, id := range o.result.Held {
		w.hold(id)
	}
}

// calc is one calculation on the way: a component for a payee over some periods.
type calc struct {
	*settler
	payee    int
	person   *comp.Person
	d        duty
	plan     *comp.Plan
	c        *comp.Component
	currency comp.Currency // that it is worked out in
	periods  []comp.Period
	last     comp.Period // of periods
	spans    []comp.Period
	present  []comp.Period // spans without unpaid leave
	w        *worked
	curved   *CurveInput                     // what the curve was asked
	then     []func(comp.Number) comp.Number // what steps did to pay after the curve
}

// work is the order of one calculation: numbers, value, gates, curve or scorecard, and the steps that the plan orders. Exact
// pay comes of it; cents are made of it later.
func (s *settler) work(payee int, d duty, currency comp.Currency, periods []comp.Period, silent bool) worked {
	w := worked{silent: silent}
	x := s.calc(payee, d, currency, periods, &w)
	w.result.Exact.Currency = currency
	t, ok := x.terms()
	if !ok {
		w.lost = true
		return w
	}
	m := x.own()
	g := x.gates(x.c.Gates)
	w.result.Working = append(w.result.Working, g.early...)
	w.result.Exact.Number = x.byDeal(x.steps(x.pay(t, m, g.base), t, g))
	return w
}

func (s *settler) calc(payee int, d duty, currency comp.Currency, periods []comp.Period, w *worked) *calc {
	plan := &s.in.Plans[d.plan]
	x := &calc{settler: s, payee: payee, person: &s.company.People[payee], d: d, plan: plan, c: &plan.Components[d.component],
		currency: currency, periods: periods, last: periods[len(periods)-1], spans: s.part.spans[payee][d.plan], w: w}
	x.present = x.atWork()
	return x
}

// pay is exact pay before any step: of the scorecard, of the curve, or by the rule for a missing measure.
func (x *calc) pay(t terms, m measured, base bool) comp.Number {
	switch {
	case x.c.Budget != nil && x.spent != nil:
		return x.fromBudget()
	case len(x.c.Parts) > 0:
		return x.scorecard(t)
	case m.missing:
		return x.missing(t)
	}
	return x.curve(t, m, base)
}

// hold holds the payee with a finding about the component.
func (x *calc) hold(w *worked, code, message, hint string) {
	w.hold(x.payeeFinding(x.payee, x.c, code, message, hint))
}

// missing is the pay of a component whose measure is missing, by the plan's declared rule.
func (x *calc) missing(t terms) comp.Number {
	switch x.c.Missing {
	case "neutral":
		n := x.v.Neutral(t.target)
		x.w.result.Rate = "neutral, the target is paid"
		x.w.say("%s: the component is neutral and pays its target, %s", x.tooFew(x.c.Measure, x.c.Score, x.c.MinN, x.w.result.N), money(n, x.currency))
		return n
	case "zero":
	default:
		x.noValue(x.w, x.c.Measure, x.c.Score)
	}
	x.w.result.Rate = "no value"
	x.w.say("%s: nothing is paid", x.tooFew(x.c.Measure, x.c.Score, x.c.MinN, x.w.result.N))
	return comp.Number{}
}

// noValue holds the payee because a measure, or a score, that must have a value has none.
func (x *calc) noValue(w *worked, measure, score string) {
	what := measure
	if score != "" {
		what = fmt.Sprintf("the score %q", score)
	}
	x.hold(w, "measure_missing", fmt.Sprintf("%s has no value of %s and the plan holds the component", x.person.ID, what), "wait for the data, or settle it with a waiver")
}

// tooFew says why a measure or a score is missing.
func (x *calc) tooFew(measure, score string, minN int, n int64) string {
	if score != "" {
		return fmt.Sprintf("Score %s: there is none on %s", score, (x.last.End - 1).Words())
	}
	title := x.in.Measures[x.measures[measure]].Title
	if n == 0 && x.anonymous(measure) {
		return title + ": there is no result"
	}
	if n == 0 {
		return title + ": there is no row to count"
	}
	return fmt.Sprintf("%s: n = %d, and fewer than %d are too few to tell", title, n, minN)
}

// curve is exact pay from value, attainment and target.
func (x *calc) curve(t terms, m measured, base bool) comp.Number {
	c, w := x.c, x.w
	in := CurveInput{Value: m.value, Target: t.target, HasTarget: t.hasTarget, Quota: t.quota, HasQuota: t.hasQuota, Rate: c.Curve.Rate,
		Currency: x.currency, Unit: m.unit, Base: base, Silent: w.silent}
	if t.hasQuota {
		a, ok := x.attain(m.value, t, in.Unit)
		if !ok {
			return comp.Number{}
		}
		in.Attainment = a
		w.result.Attainment = &a
	}
	switch {
	case c.Shown && c.Curve.Kind == "":
		return comp.Number{}
	case c.Award != nil && c.Curve.Kind == "":
		return t.target
	}
	if !x.rates(&c.Curve, &in) || !x.column(&c.Curve, &in, w) {
		return comp.Number{}
	}
	if x.curved = &in; c.Per == "deal" {
		return x.each()
	}
	x.tiers(&c.Curve, &in, cmp.Or(c.Measure, c.Score))
	r := x.v.Pay(c.Curve, in)
	if !w.silent {
		w.result.Rate, w.result.Crossed = r.Rate, crossed(c.Curve, in)
		w.result.Working = append(w.result.Working, r.Working...)
		w.result.Next = x.next(in, t, r.Pay)
	}
	return x.sinceJoining(in, t, r.Pay)
}

// attain is the component's attainment; false where nothing can be paid: everything is 0, or a finding holds the payee.
func (x *calc) attain(value comp.Number, t terms, unit string) (comp.Number, bool) {
	a, ok := x.v.Attain(value, t.quota)
	switch {
	case !ok && t.hasTarget && t.target.IsZero():
		x.w.say("Quota and target are 0: nothing is paid")
		return a, false
	case !ok && t.away && value.IsZero():
		x.w.say("On leave all of the time, the quota and the value are 0: nothing is paid")
		return a, false
	case !ok || t.quota.Sign() < 0:
		x.hold(x.w, "zero_quota", fmt.Sprintf("the quota of %s for %s is %s, and a number above zero was expected", x.person.ID, x.c.ID, t.quota), "correct the quota")
		return a, false
	}
	x.attained(x.w, "Attainment: ", value, t.quota, a, unit)
	return a, true
}

// attained says what of a quota a value comes to.
func (x *calc) attained(w *worked, what string, value, quota, a comp.Number, unit string) {
	if !w.silent {
		w.say("%s%s / %s %s", what, x.spelt(value, unit), x.spelt(quota, unit), equals(hundredths(a)))
	}
}

// spelt is a number in a measure's unit as a person writes it; nothing where nobody reads it.
func (x *calc) spelt(n comp.Number, unit string) string {
	if x.w.silent {
		return ""
	}
	return about(inUnit(n, unit, x.currency))
}
