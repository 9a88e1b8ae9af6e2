package transform

import (
	"cmp"
	"fmt"
	"sort"

	"carrot/transform/comp"
)

// measured is a measure's value in the currency that is worked in, or a score.
type measured struct {
	value   comp.Number
	n       int64
	unit    string
	missing bool
}

// own is the component's own measure with its smallest n, or its score. A scorecard has neither.
func (x *calc) own() measured {
	if x.c.Measure == "" && x.c.Score == "" {
		return measured{}
	}
	m := x.read(&comp.Part{Measure: x.c.Measure, Score: x.c.Score, MinN: x.c.MinN}, x.w)
	if !m.missing {
		v := m.value
		x.w.result.Value = &v
	}
	return m
}

// read is the value of a part's measure over the calculation's periods, or its score.
func (x *calc) read(p *comp.Part, w *worked) measured {
	if p.Score != "" {
		return x.score(p.Score, w)
	}
	return x.measureOf(p.Measure, x.c.ToDate, p.MinN, w)
}

// score is the number that was approved for a payee, on the last day of the last period.
func (x *calc) score(name string, w *worked) measured {
	q, has := x.v.Quota(x.quotas[[2]string{x.person.ID, name}], x.last)
	if !has {
		return measured{missing: true}
	}
	w.say("Score %s: %s", name, about(figure(q.Amount.Number, 0)))
	return measured{value: q.Amount.Number}
}

// over are the periods that a measure is read in one by one: those of the calculation, or for a gate with a larger period of
// its own all up to the last of them.
func (x *calc) over(toDate string) []comp.Period {
	if toDate == x.c.ToDate {
		return x.periods
	}
	return x.v.ToDate(toDate, x.c.Every, x.last, x.company.Calendars)
}

// measureOf sums what the tally holds for the payee (on days of participation) or for the payee's pool, over what the
// measure reads. To date, each period is read by itself and a measure's window has no meaning.
func (x *calc) measureOf(id, toDate string, minN int, w *worked) measured {
	m := &x.in.Measures[x.measures[id]]
	var value comp.Number
	var hits, n int64
	var parts addends
	periods := x.over(toDate)
	for _, p := range periods {
		span := x.d.span(id, toDate)
		if toDate != "" {
			span = p // the others are read already
		}
		subject, ranges := x.about(m, p, span, w)
		if subject < 0 {
			continue
		}
		var own comp.Number
		parts = nil
		for _, sm := range x.gather(x.measures[id], subject, p, ranges, w) {
			hits, n = hits+sm.hits, n+sm.n
			v, text, ok := x.converted(sm.value, sm.currency, sm.on, w)
			if !ok {
				continue
			}
			own, parts = own.Add(v), append(parts, text)
		}
		value = value.Add(own)
		if x.money(id) && len(periods) > 1 && len(parts) > 0 {
			text, whole := cash(own, x.currency)
			w.say("%s", parts.sum(p.Words(), text, whole))
			parts = nil
		}
	}
	w.result.N += n
	out, ok := x.v.Combine(m.Aggregate, value, hits, n)
	if !ok || (minN > 0 && !x.v.Enough(n, minN)) {
		return measured{n: n, unit: x.unitOf(id), missing: true}
	}
	w.say("%s", x.found(m, out, value, hits, n, x.currency, parts, periods))
	return measured{value: out, n: n, unit: x.unitOf(id)}
}

// converted is an amount in the currency that is worked in, and how a person writes it.
func (x *calc) converted(n comp.Number, from comp.Currency, p comp.Period, w *worked) (comp.Number, string, bool) {
	if from == "" || from == x.currency {
		return n, money(n, from), true
	}
	rate, ok := x.rate(from, x.currency, p)
	if !ok {
		x.noRate(w, x.plan.FX.Credit, from, x.currency, p.End-1)
		return comp.Number{}, "", false
	}
	return n.Mul(rate), fmt.Sprintf("%s × %s (%s)", money(n, from), rate, rateName(x.plan.FX.Credit, p.End-1)), true
}

// sight is a value with its attainment of a quota.
type sight struct {
	measured
	attainment comp.Number
	attains    bool
	quota      comp.Number
	failed     bool // a number that it needs is missing: a finding holds the payee
}

// view is what a part, a multiplier or the columns of a grid see: the value and, where it is held against a quota, its
// attainment.
func (x *calc) view(p *comp.Part, w *worked) sight {
	v := sight{measured: x.read(p, w)}
	if p.Quota == nil || v.missing {
		return v
	}
	q, _, ok := x.quotaOf(p.Quota, p.Measure, x.c.ToDate, x.c.Numbers, w)
	if !ok {
		v.failed = true
		return v
	}
	a, ok := x.v.Attain(v.value, q)
	if !ok || q.Sign() < 0 {
		x.hold(w, "zero_quota", fmt.Sprintf("the quota of %s for %s of %s is %s, and a number above zero was expected", x.person.ID, cmp.Or(p.Measure, p.Score), x.c.ID, q), "correct the quota")
		v.failed = true
		return v
	}
	w.say("Attainment: %s / %s %s", about(inUnit(v.value, v.unit, x.currency)), about(inUnit(q, v.unit, x.currency)), equals(hundredths(a)))
	v.attainment, v.attains, v.quota = a, true, q
	return v
}

// found says what a measure came to, and from what.
func (x *calc) found(m *comp.Measure, out, sum comp.Number, hits, n int64, currency comp.Currency, parts addends, periods []comp.Period) string {
	title, rows := m.Title+overAll(periods), comp.Grouped(fmt.Sprint(n))
	switch m.Aggregate {
	case comp.Share, comp.Rate:
		return fmt.Sprintf("%s: %s of %s %s", title, comp.Grouped(fmt.Sprint(hits)), rows, equals(hundredths(out)))
	case comp.Mean:
		return fmt.Sprintf("%s: %s / %s %s", title, written(sum, 0), rows, equals(inUnit(out, x.unitOf(m.ID), currency)))
	case comp.Count:
		return title + ": " + about(figure(out, 0))
	}
	text, whole := inUnit(out, x.unitOf(m.ID), currency)
	if len(parts) == 0 {
		parts = addends{text}
	}
	return parts.sum(title, text, whole) + " (n = " + rows + ")"
}

// about is whose tally a measure reads for a payee and the days of it: the payee's own on days of participation, or the
// pool's that the payee belongs to on the last participating day. The subject is -1 where there is none: the payee does
// not take part in p, or is in no such pool, and is then held.
func (x *calc) about(m *comp.Measure, p, span comp.Period, w *worked) (int32, []comp.Period) {
	switch m.Pool {
	case comp.PoolPayee:
		var ranges []comp.Period
		for _, sp := range x.spans {
			if r := sp.Intersect(span); r.Days() > 0 {
				ranges = append(ranges, r)
			}
		}
		return int32(x.payee), ranges
	case comp.PoolCompany:
		return x.grid.index[poolName(comp.PoolCompany, "")], []comp.Period{span}
	}
	day, ok := lastDay(x.spans, p)
	if !ok {
		return -1, nil
	}
	subject, ok := x.grid.poolOf(int32(x.payee), m.Pool, day)
	if !ok {
		x.hold(w, "missing_pool", fmt.Sprintf("%s has no %s on %s, and %s is measured by it", x.person.ID, m.Pool, day, m.ID), "set it in the source")
		return -1, nil
	}
	return subject, []comp.Period{span}
}

// datedSum is what some days come to in one currency, which is turned by the rate that ends on.
type datedSum struct {
	sum
	on comp.Period
}

// gather joins the atoms of some ranges into one sum per currency, sorted by currency, and notes the lineage series. By daily
// rates, each day has its own sums.
func (x *calc) gather(measure int, subject int32, p comp.Period, ranges []comp.Period, w *worked) (out []datedSum) {
	for _, r := range ranges {
		w.series = append(w.series, fmt.Sprintf("%s|%s|%s|%s", x.in.Measures[measure].ID, x.grid.subjects[subject], r.Start, r.End-1))
	}
	if x.plan.FX.Credit != "daily" || !x.money(x.in.Measures[measure].ID) {
		for _, sm := range x.sums(measure, subject, ranges) {
			out = append(out, datedSum{sm, p})
		}
		return out
	}
	for _, r := range ranges {
		for d := r.Start; d < r.End; d++ {
			day := comp.Period{Start: d, End: d + 1}
			for _, sm := range x.sums(measure, subject, []comp.Period{day}) {
				out = append(out, datedSum{sm, day})
			}
		}
	}
	return out
}

// sums joins the atoms of some ranges into one sum per currency, sorted by currency.
func (s *settler) sums(measure int, subject int32, ranges []comp.Period) []sum {
	by := map[comp.Currency]sum{}
	bounds := s.grid.bounds[subject]
	for _, r := range ranges {
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
