package transform

import (
	"fmt"
	"sort"

	"carrot/transform/comp"
)

// terms are a component's declared numbers for the periods of one calculation, prorated and summed, in pay currency. caps
// is how the cap came about.
type terms struct {
	quota, target, cap comp.Number
	caps               addends

	hasQuota, hasTarget, hasCap bool
}

// terms reads quota, target and cap of each period, prorated by the days of participation. ok is false where one that is
// needed is missing; the payee is then held.
func (s *settler) terms(payee int, d duty, currency comp.Currency, periods []comp.Period, w *worked) (t terms, ok bool) {
	c := &s.in.Plans[d.plan].Components[d.component]
	ok = true
	t.hasQuota, t.hasTarget, t.hasCap = c.Quota != nil, len(targetPay(c)) > 0, len(c.Cap) > 0
	unit := s.unitOf(c.Measure)
	var quotas, targets addends
	for _, p := range periods {
		days := s.v.Participated(s.part.spans[payee][d.plan], p)
		if days == 0 {
			continue
		}
		f, fine := s.factor(payee, d, p, days, w)
		ok = ok && fine
		if t.hasQuota {
			q, text, fine := s.quotaFor(payee, c, currency, p, w)
			t.quota, ok = t.quota.Add(f.of(q)), ok && fine
			quotas = append(quotas, text+f.text)
		}
		for _, x := range []struct {
			values []comp.Dated
			into   *comp.Number
			said   *addends
			what   string
		}{{targetPay(c), &t.target, &targets, "target"}, {c.Cap, &t.cap, &t.caps, "cap"}} {
			if len(x.values) == 0 {
				continue
			}
			n, _, has := s.v.InForce(x.values, currency, p)
			if !has {
				w.hold(s.payeeFinding(payee, c, "missing_"+x.what, fmt.Sprintf("component %s has no %s in %s on %s", c.ID, x.what, currency, p.End-1),
					"add it to the plan"))
				ok = false
			}
			*x.into = x.into.Add(f.of(n))
			*x.said = append(*x.said, money(n, currency)+f.text)
		}
	}
	if t.hasQuota && ok {
		w.result.Quota = &comp.Amount{Number: t.quota, Currency: s.quotaUnit(c, currency)}
		text, whole := inUnit(t.quota, unit, currency)
		w.say("%s", quotas.sum("Quota"+overAll(periods), text, whole))
	}
	if t.hasTarget && ok {
		w.result.Target = &comp.Amount{Number: t.target, Currency: currency}
		text, whole := cash(t.target, currency)
		w.say("%s", targets.sum("Target pay"+overAll(periods), text, whole))
	}
	return t, ok
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

// unitOf is a measure's unit.
func (s *settler) unitOf(measure string) string {
	if s.money(measure) {
		return "money"
	}
	return s.in.Measures[s.measures[measure]].Unit
}

// quotaUnit is the currency of a quota; "" where the measure is no money.
func (s *settler) quotaUnit(c *comp.Component, currency comp.Currency) comp.Currency {
	if s.money(c.Measure) {
		return currency
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
	for _, t := range s.in.Measures[m].Terms {
		if t.Currency != "" || t.Fixed != "" {
			return true
		}
	}
	return false
}

// factor is how a whole period's number becomes one payee's, and how a person writes that down.
type factor struct {
	of   func(comp.Number) comp.Number
	text string // such as " × 17/31 days × 0.8 full-time"; "" for the whole
}

// factor is by days of participation and by fte, as the plan declares.
func (s *settler) factor(payee int, d duty, p comp.Period, days int, w *worked) (factor, bool) {
	c := &s.in.Plans[d.plan].Components[d.component]
	f := factor{}
	if c.Prorate != "days" {
		days = p.Days()
	}
	if days != p.Days() {
		f.text = fmt.Sprintf(" × %d/%d days on the plan", days, p.Days())
	}
	fte := comp.Int(1)
	if c.FTE {
		day, _ := lastDay(s.part.spans[payee][d.plan], p)
		text, has := s.company.People[payee].Attr(comp.AttrFTE, day)
		n, err := comp.ParseNumber(text, 6)
		if !has || err != nil || n.Sign() < 0 || n.Cmp(comp.Int(2)) > 0 {
			w.hold(s.payeeFinding(payee, c, "missing_fte", fmt.Sprintf("%s has no fte from 0 to 2 on %s (found %q)", s.company.People[payee].ID, day, text),
				"set it in the source, 1 for full time"))
			return factor{of: func(n comp.Number) comp.Number { return n }}, false
		}
		fte = n
		if n.Cmp(comp.Int(1)) != 0 {
			f.text += " × " + n.String() + " of full time"
		}
	}
	f.of = func(n comp.Number) comp.Number { return s.v.Prorate(n, days, p.Days()).Mul(fte) }
	return f, true
}

// quotaFor is the number to attain in one whole period: from the quota table by name, or from the plan's dated values. The
// text is how a person writes it.
func (s *settler) quotaFor(payee int, c *comp.Component, currency comp.Currency, p comp.Period, w *worked) (n comp.Number, text string, ok bool) {
	id := s.company.People[payee].ID
	if c.Quota.Name == "" {
		unit := s.quotaUnit(c, currency)
		n, _, has := s.v.InForce(c.Quota.Dated, unit, p)
		if !has {
			w.hold(s.payeeFinding(payee, c, "missing_quota", fmt.Sprintf("component %s has no quota in %q on %s", c.ID, unit, p.End-1), "add it to the plan"))
		}
		return n, about(inUnit(n, s.unitOf(c.Measure), currency)), has
	}
	q, has := s.v.Quota(s.quotas[[2]string{id, c.Quota.Name}], p)
	if !has {
		w.hold(s.payeeFinding(payee, c, "missing_quota", fmt.Sprintf("%s has no quota %q on %s", id, c.Quota.Name, p.End-1), "add a row to the quota table"))
		return comp.Number{}, "", false
	}
	if q.Amount.Currency == "" || q.Amount.Currency == currency {
		return q.Amount.Number, about(inUnit(q.Amount.Number, s.unitOf(c.Measure), currency)), true
	}
	rate, has := s.v.Rate(s.company.FX, q.Amount.Currency, currency, p)
	if !has {
		w.hold(s.missingRate(payee, c, q.Amount.Currency, currency, p))
		return comp.Number{}, "", false
	}
	return q.Amount.Number.Mul(rate), money(q.Amount.Number, q.Amount.Currency) + " × " + rate.String(), true
}

func (s *settler) missingRate(payee int, c *comp.Component, from, to comp.Currency, p comp.Period) string {
	return s.payeeFinding(payee, c, "missing_fx_rate", fmt.Sprintf("no rate from %s to %s is known on %s", from, to, p.End-1), "add a row to the fx table")
}

// measured is a measure's value in pay currency.
type measured struct {
	value   comp.Number
	missing bool
}

// measure is the component's own measure, with its smallest n.
func (s *settler) measure(payee int, d duty, currency comp.Currency, periods []comp.Period, w *worked) measured {
	c := &s.in.Plans[d.plan].Components[d.component]
	m := s.measureOf(c.Measure, payee, d, d.reads, currency, periods, w, c.MinN)
	if !m.missing {
		v := m.value
		w.result.Value = &v
	}
	return m
}

// measureOf sums what the tally holds for the payee (on days of participation) or for the payee's pool, over what the
// measure reads. To date, each period is read by itself and a measure's window has no meaning.
func (s *settler) measureOf(id string, payee int, d duty, reads comp.Period, currency comp.Currency, periods []comp.Period, w *worked, minN int) measured {
	m, c := &s.in.Measures[s.measures[id]], &s.in.Plans[d.plan].Components[d.component]
	var value comp.Number
	var hits, n int64
	var parts addends
	for _, p := range periods {
		span := reads
		if c.ToDate != "" {
			span = p // the others are read already
		}
		subject, ranges := s.about(m, payee, d, p, span, w)
		if subject < 0 {
			continue
		}
		var own comp.Number
		parts = nil
		for _, sm := range s.gather(s.measures[id], subject, ranges, w) {
			hits, n = hits+sm.hits, n+sm.n
			v, text := sm.value, money(sm.value, sm.currency)
			if sm.currency != "" && sm.currency != currency {
				rate, ok := s.v.Rate(s.company.FX, sm.currency, currency, p)
				if !ok {
					w.hold(s.missingRate(payee, c, sm.currency, currency, p))
					continue
				}
				v, text = v.Mul(rate), fmt.Sprintf("%s × %s (rate of %s)", text, rate, (p.End-1).Words())
			}
			own, parts = own.Add(v), append(parts, text)
		}
		value = value.Add(own)
		if s.money(id) && len(periods) > 1 && len(parts) > 0 {
			text, whole := cash(own, currency)
			w.say("%s", parts.sum(p.Words(), text, whole))
			parts = nil
		}
	}
	w.result.N += n
	out, ok := s.v.Combine(m.Aggregate, value, hits, n)
	if !ok || (minN > 0 && !s.v.Enough(n, minN)) {
		return measured{missing: true}
	}
	w.say("%s", s.found(m, out, value, hits, n, currency, parts, periods))
	return measured{value: out}
}

// found says what a measure came to, and from what.
func (s *settler) found(m *comp.Measure, out, sum comp.Number, hits, n int64, currency comp.Currency, parts addends, periods []comp.Period) string {
	title, rows := m.Title+overAll(periods), comp.Grouped(fmt.Sprint(n))
	switch m.Aggregate {
	case comp.Share, comp.Rate:
		return fmt.Sprintf("%s: %s of %s %s", title, comp.Grouped(fmt.Sprint(hits)), rows, equals(hundredths(out)))
	case comp.Mean:
		return fmt.Sprintf("%s: %s / %s %s", title, written(sum, 0), rows, equals(inUnit(out, s.unitOf(m.ID), currency)))
	case comp.Count:
		return title + ": " + about(figure(out, 0))
	}
	text, whole := inUnit(out, s.unitOf(m.ID), currency)
	if len(parts) == 0 {
		parts = addends{text}
	}
	return parts.sum(title, text, whole) + " (n = " + rows + ")"
}

// about is whose tally a measure reads for a payee and the days of it: the payee's own on days of participation, or the
// pool's that the payee belongs to on the last participating day. The subject is -1 where there is none: the payee does
// not take part in p, or is in no such pool, and is then held.
func (s *settler) about(m *comp.Measure, payee int, d duty, p, span comp.Period, w *worked) (int32, []comp.Period) {
	spans := s.part.spans[payee][d.plan]
	switch m.Pool {
	case comp.PoolPayee:
		var ranges []comp.Period
		for _, sp := range spans {
			if r := sp.Intersect(span); r.Days() > 0 {
				ranges = append(ranges, r)
			}
		}
		return int32(payee), ranges
	case comp.PoolCompany:
		return s.grid.index[poolName(comp.PoolCompany, "")], []comp.Period{span}
	}
	day, ok := lastDay(spans, p)
	if !ok {
		return -1, nil
	}
	subject, ok := s.grid.poolOf(int32(payee), m.Pool, day)
	if !ok {
		c := &s.in.Plans[d.plan].Components[d.component]
		w.hold(s.payeeFinding(payee, c, "missing_pool", fmt.Sprintf("%s has no %s on %s, and %s is measured by it", s.company.People[payee].ID, m.Pool, day, m.ID),
			"set it in the source"))
		return -1, nil
	}
	return subject, []comp.Period{span}
}

// gather joins the atoms of some ranges into one sum per currency, sorted by currency, and notes the lineage series.
func (s *settler) gather(measure int, subject int32, ranges []comp.Period, w *worked) []sum {
	by := map[comp.Currency]sum{}
	bounds := s.grid.bounds[subject]
	for _, r := range ranges {
		w.series = append(w.series, fmt.Sprintf("%s|%s|%s|%s", s.in.Measures[measure].ID, s.grid.subjects[subject], r.Start, r.End-1))
		first := sort.Search(len(bounds), func(i int) bool { return bounds[i] >= r.Start })
		for a := first; a+1 < len(bounds) && bounds[a+1] <= r.End; a++ {
			for _, x := range s.tally.sums(measure, subject, a) {
				t := by[x.currency]
				by[x.currency] = sum{x.currency, t.value.Add(x.value), t.hits + x.hits, t.n + x.n}
			}
		}
	}
	out := make([]sum, 0, len(by))
	for _, x := range by {
		out = append(out, x)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].currency < out[j].currency })
	return out
}
