package transform

import (
	"fmt"

	"carrot/transform/comp"
)

// terms are a component's declared numbers for the periods of one calculation, prorated and summed, in the currency that is
// worked in. caps is how the cap came about.
type terms struct {
	quota, target, cap comp.Number
	caps               addends

	hasQuota, hasTarget, hasCap bool
	away                        bool // on unpaid leave on every day: the numbers are 0
}

// numeral looks a number up for a period: by the period's last day.
type numeral func(p comp.Period) (n comp.Number, text string, ok bool)

// terms reads quota, target and cap of each period, prorated by the days of participation. A quota of a pool, of a share, a
// mean or a score is the same for whoever is there for a part of the time. ok is false where one that is needed is missing;
// the payee is then held.
func (x *calc) terms() (t terms, ok bool) {
	c := x.c
	ok = true
	t.hasQuota, t.hasTarget, t.hasCap = c.Quota != nil, len(targetPay(c)) > 0 || c.TargetName != "", len(c.Cap) > 0 || c.CapName != ""
	var quotas, targets addends
	if t.hasQuota {
		t.quota, quotas, ok = x.quotaOf(c.Quota, c.Measure, c.ToDate, c.Numbers, x.w)
	}
	if t.hasTarget && c.Award != nil { // what is given in kind is given whole, once in all of the periods
		n, text, fine := x.moneyFigure("target", targetPay(c), "").find(x.last)
		t.target, targets, ok = n, addends{text}, ok && fine
	}
	t.away = true
	for _, p := range x.numbered(c.ToDate, c.Numbers) {
		if x.v.Participated(x.spans, p) == 0 {
			continue
		}
		t.away = t.away && x.v.Participated(x.present, p) == 0
		_, _, fine := x.fte(x.upTo(p), x.w)
		ok = ok && fine
		for _, y := range []struct {
			has  bool
			what string
			sought
			into *comp.Number
			said *addends
		}{{t.hasTarget && c.Award == nil, "target", x.moneyFigure("target", targetPay(c), c.TargetName), &t.target, &targets},
			{t.hasCap, "cap", x.capFigure(), &t.cap, &t.caps}} {
			if !y.has {
				continue
			}
			n, text, fine := x.prorated(y.sought, p)
			*y.into, *y.said, ok = y.into.Add(n), append(*y.said, text...), ok && fine
		}
	}
	unit := x.unitOf(c.Measure)
	if t.hasQuota && ok {
		x.w.result.Quota = &comp.Amount{Number: t.quota, Currency: x.quotaUnit(c.Measure)}
		x.summed("Quota", quotas, t.quota, unit)
	}
	if t.hasTarget && ok {
		x.w.result.Target = &comp.Amount{Number: t.target, Currency: x.currency}
		x.summed("Target pay", targets, t.target, "money")
	}
	return t, ok
}

// summed says what the addends of a declared number come to.
func (x *calc) summed(what string, parts addends, total comp.Number, unit string) {
	if !x.w.silent {
		text, whole := inUnit(total, unit, x.currency)
		x.w.say("%s", parts.sum(what+overAll(x.periods), text, whole))
	}
}

// numbered are the periods that numbers are for: each measuring period, or, with numbers: whole, the larger one.
func (x *calc) numbered(toDate, numbers string) []comp.Period {
	if numbers != "whole" {
		return x.over(toDate)
	}
	if p, ok := holding(toDate, x.last.End-1, x.company.Calendars); ok {
		return []comp.Period{p}
	}
	return x.periods
}

// overAll names the time that a sum over several periods is about; nothing for one period, which the component names.
func overAll(periods []comp.Period) string {
	if len(periods) < 2 {
		return ""
	}
	return ", " + whole(periods).Words()
}

// whole is the time from the first of some periods to the last.
func whole(periods []comp.Period) comp.Period {
	return comp.Period{Start: periods[0].Start, End: periods[len(periods)-1].End}
}

// sought is a number of the plan or of the number table, and how it is cut to a payee's time.
type sought struct {
	find         numeral
	season, ramp []comp.Number
	written      bool   // as it stands: neither prorated nor by fte
	name         string // of the number table; "" where the plan says the number
	pooled       bool   // of a pool: nobody's own
}

// quotaFigure is a number to attain.
func (x *calc) quotaFigure(f *comp.Figure, measure string) sought {
	if f == nil {
		return sought{}
	}
	out := sought{season: f.Season, ramp: f.Ramp, name: f.Name}
	unit, currency := x.unitOf(measure), x.quotaUnit(measure)
	if f.Name != "" {
		out.find = func(p comp.Period) (comp.Number, string, bool) {
			a, text, ok := x.named(f.Name, "quota", p, x.w)
			if ok && text == "" {
				text = x.spelt(a.Number, unit)
			}
			return a.Number, text, ok
		}
		return out
	}
	out.find = func(p comp.Period) (comp.Number, string, bool) {
		n, _, has := x.v.InForce(f.Dated, currency, p)
		if !has {
			x.hold(x.w, "missing_quota", fmt.Sprintf("component %s has no quota in %q on %s", x.c.ID, currency, p.End-1), "add it to the plan")
		}
		return n, x.spelt(n, unit), has
	}
	return out
}

// moneyFigure is a target or a cap.
func (x *calc) moneyFigure(what string, values []comp.Dated, name string) sought {
	return sought{name: name, find: func(p comp.Period) (comp.Number, string, bool) {
		if name != "" {
			a, text, ok := x.named(name, what, p, x.w)
			if ok && text == "" {
				text = x.spelt(a.Number, "money")
			}
			return a.Number, text, ok
		}
		n, _, has := x.v.InForce(values, x.currency, p)
		if !has {
			x.hold(x.w, "missing_"+what, fmt.Sprintf("component %s has no %s in %s on %s", x.c.ID, what, x.currency, p.End-1), "add it to the plan")
		}
		return n, x.spelt(n, "money"), has
	}}
}

// capFigure is the cap: prorated, unless the plan orders to cap after prorating.
func (x *calc) capFigure() sought {
	f := x.moneyFigure("cap", x.c.Cap, x.c.CapName)
	f.written = !capIsProrated(x.c.Order)
	return f
}

// named is a payee's number in the number table, in the currency that is worked in. The text is how a conversion is written;
// "" where there is none.
func (x *calc) named(name, what string, p comp.Period, w *worked) (a comp.Amount, text string, ok bool) {
	q, has := x.v.Quota(x.quotas[[2]string{x.person.ID, name}], p)
	if !has {
		x.hold(w, "missing_"+what, fmt.Sprintf("%s has no %s %q on %s", x.person.ID, what, name, p.End-1), "add a row to the quota table")
		return a, "", false
	}
	if q.Amount.Currency == "" || q.Amount.Currency == x.currency {
		return q.Amount, "", true
	}
	rate, has := x.rate(q.Amount.Currency, x.currency, p)
	if !has {
		x.noRate(w, x.plan.FX.Credit, q.Amount.Currency, x.currency, p.End-1)
		return a, "", false
	}
	return comp.Amount{Number: q.Amount.Number.Mul(rate), Currency: x.currency}, money(q.Amount.Number, q.Amount.Currency) + " × " + rate.String(), true
}

// quotaOf is the number to attain with a measure. Of what rows of the payee's own add up to it is prorated and added up. What
// rows of a pool add up to is nobody's own: it is added up over the measuring periods that are read, and neither the days, nor
// the leave, nor the hours of one of the pool take off of it. A share, a mean or a score is not divided: what holds on the
// last day holds.
func (x *calc) quotaOf(f *comp.Figure, measure, toDate, numbers string, w *worked) (n comp.Number, said addends, ok bool) {
	y := *x
	y.w = w
	fig := y.quotaFigure(f, measure)
	if !x.adds(measure) {
		n, text, ok := fig.find(x.last)
		return n, addends{text}, ok
	}
	pool := x.poolOf(measure)
	if fig.pooled = pool != comp.PoolPayee; fig.pooled {
		y.ofPool(pool, toDate)
	}
	ok = true
	for _, p := range x.numbered(toDate, numbers) {
		if pool != comp.PoolCompany && x.v.Participated(x.spans, p) == 0 {
			continue
		}
		m, text, fine := y.prorated(fig, p)
		n, said, ok = n.Add(m), append(said, text...), ok && fine
	}
	return n, said, ok
}

// ofPool makes the calculation that of a pool's number: of full time, on every day of what is read. Of the whole company
// everything is read; of a department or an entity the measuring periods in which the payee takes part.
func (x *calc) ofPool(pool comp.Pool, toDate string) {
	c := *x.c
	if c.FTE = false; c.Prorate == "daily" { // one number for all: that of the last day
		c.Prorate = "days"
	}
	x.c, x.present = &c, []comp.Period{{Start: comp.NoDate, End: comp.Forever}}
	if pool == comp.PoolCompany {
		return
	}
	for _, p := range x.over(toDate) {
		if x.v.Participated(x.spans, p) == 0 {
			x.present = without(x.present, p)
		}
	}
}

// poolOf is whom a measure is about.
func (s *settler) poolOf(measure string) comp.Pool {
	return pooledBy(&s.in.Measures[s.measures[measure]])
}

// adds says whether a measure is a sum or a count of rows, so that a part of the time has a part of it.
func (x *calc) adds(measure string) bool {
	m, ok := x.measures[measure]
	return ok && x.in.Measures[m].Aggregate.Adds()
}

// unitOf is a measure's unit; "" for a score.
func (s *settler) unitOf(measure string) string {
	m, ok := s.measures[measure]
	switch {
	case !ok:
		return ""
	case s.money(measure):
		return "money"
	}
	return s.in.Measures[m].Unit
}

// quotaUnit is the currency of a quota; "" where the measure is no money.
func (x *calc) quotaUnit(measure string) comp.Currency {
	if x.money(measure) {
		return x.currency
	}
	return ""
}

// sealed says whether a measure reads a sealed table.
func (s *settler) sealed(measure string) bool {
	m, ok := s.measures[measure]
	if !ok {
		return false
	}
	for _, t := range s.in.Measures[m].Terms {
		for i := range s.in.Contracts {
			if s.in.Contracts[i].Class == comp.Sealed && s.in.Contracts[i].Name() == t.Table {
				return true
			}
		}
	}
	return false
}

// money says whether a measure's value is money.
func (s *settler) money(measure string) bool {
	m, ok := s.measures[measure]
	if !ok {
		return false
	}
	if s.in.Measures[m].Aggregate == comp.Formula {
		return s.in.Measures[m].Unit == "money"
	}
	for _, t := range s.in.Measures[m].Terms {
		if t.Currency != "" || t.Fixed != "" {
			return true
		}
	}
	return false
}
