package transform

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"carrot/transform/comp"
)

// measured is a measure's value in the currency that is worked in, or a score.
type measured struct {
	value    comp.Number
	n        int64
	unit     string
	missing  bool
	estimate *comp.Estimate // nil: a plain sum
}

// raw is the value before it was weighted or shrunk.
func (m *measured) raw() comp.Number {
	if m.estimate != nil && m.estimate.Raw != nil {
		return *m.estimate.Raw
	}
	return m.value
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
	x.w.result.Estimate = m.estimate
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

// measureOf is a measure over what it reads, for the payee (on days of participation) or for the payee's pool. To date, each
// period is read by itself and a measure's window has no meaning.
func (x *calc) measureOf(id, toDate string, minN int, w *worked) measured {
	out := x.measureAt(source{Measure: id, ToDate: toDate, Least: minN}, w)
	w.result.N += out.n
	return out
}

// source is what of a measure is looked at: to date of a larger period or not, so many months back, with the exchange rates of
// so many months back.
type source struct {
	Measure, ToDate string
	Back, Rates     int
	Least           int // the smallest n that is enough to tell; 0 for any
}

// few says whether n is too small to tell anything.
func (x *calc) few(n int64, src source) bool { return src.Least > 0 && !x.v.Enough(n, src.Least) }

// measureAt is a measure's value, with its n; missing where the rows give none.
func (x *calc) measureAt(src source, w *worked) measured {
	m := &x.in.Measures[x.measures[src.Measure]]
	out := measured{unit: x.unitOf(m.ID)}
	if m.Aggregate == comp.Formula {
		return x.formula(m, src, w)
	}
	if floor := x.confided.floors[m.ID]; floor > 0 {
		return x.inConfidence(m, src, floor, w)
	}
	g, parts, about := x.gathered(m, src, w)
	value, est, ok := (&estimator{m: m, v: x.v, seed: about}).value(&g)
	out.value, out.n, out.estimate, out.missing = value, g.n, est, !ok || x.few(g.n, src)
	if out.missing {
		return out
	}
	x.stand(m, src, &out, w)
	if !w.silent {
		w.say("%s", x.found(m, &out, &g, parts, x.over(src.ToDate)))
	}
	x.provisional(m, &g, w)
	return out
}

// gathered adds up what the tally holds, in the currency that is worked in, with how that is written and, where chance may be
// asked, what it is about.
func (x *calc) gathered(m *comp.Measure, src source, w *worked) (g gathered, parts addends, about string) {
	periods := x.over(src.ToDate)
	about = m.ID
	for _, p := range periods {
		p = back(p, src.Back)
		span := x.d.span(comp.Reads{Measure: m.ID, ToDate: src.ToDate, Back: src.Back})
		if src.ToDate != "" {
			span = p // the others are read already
		}
		subject, ranges := x.about(m, back(p, -src.Back), p, span, w)
		if subject < 0 {
			continue
		}
		g.end = max(g.end, span.End)
		if m.Uncertainty != nil {
			about += "|" + x.grid.subjects[subject] + "|" + span.String()
		}
		var own comp.Number
		parts = nil
		for _, sm := range x.gather(x.measures[m.ID], subject, p, ranges, w) {
			g.hits, g.misses, g.n = g.hits+sm.hits, g.misses+sm.misses, g.n+sm.n
			v, text, ok := x.converted(sm.value, sm.currency, back(sm.on, src.Rates), w)
			if !ok {
				continue
			}
			own, parts = own.Add(v), append(parts, text)
			x.spreadOut(&g, &sm, back(sm.on, src.Rates), w)
		}
		g.value = g.value.Add(own)
		if !w.silent && x.money(m.ID) && len(periods) > 1 && len(parts) > 0 {
			text, whole := cash(own, x.currency)
			w.say("%s", parts.sum(p.Words(), text, whole))
			parts = nil
		}
	}
	return g, parts, about
}

// back is a period some months earlier.
func back(p comp.Period, months int) comp.Period {
	if months == 0 {
		return p
	}
	return comp.Period{Start: p.Start.AddMonths(-months), End: p.End.AddMonths(-months)}
}

// spreadOut adds how a sum's rows are spread, in the currency that is worked in.
func (x *calc) spreadOut(g *gathered, sm *datedSum, on comp.Period, w *worked) {
	if sm.spread == nil {
		return
	}
	if g.spread == nil {
		g.spread = spread{}
	}
	if sm.currency == "" || sm.currency == x.currency {
		g.spread.merge(sm.spread)
		return
	}
	for b, n := range sm.spread { // sums
		v, _, ok := x.converted(b.value(), sm.currency, on, w)
		if ok {
			b.valued(v)
			g.spread[b] += n
		}
	}
}

// converted is an amount in the currency that is worked in, and how a person writes it.
func (x *calc) converted(n comp.Number, from comp.Currency, p comp.Period, w *worked) (comp.Number, string, bool) {
	if from == "" {
		return n, x.spelt(n, ""), true
	}
	if from == x.currency {
		return n, x.spelt(n, "money"), true
	}
	rate, ok := x.rate(from, x.currency, p)
	if !ok {
		x.noRate(w, x.plan.FX.Credit, from, x.currency, p.End-1)
		return comp.Number{}, "", false
	}
	if w.silent {
		return n.Mul(rate), "", true
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
	x.attained(w, "Attainment: ", v.value, q, a, v.unit)
	v.attainment, v.attains, v.quota = a, true, q
	return v
}

// found says what a measure came to, from what, and how far that can be relied on.
func (x *calc) found(m *comp.Measure, out *measured, g *gathered, parts addends, periods []comp.Period) string {
	title, rows := m.Title+overAll(periods), comp.Grouped(fmt.Sprint(g.n))
	switch raw := out.raw(); m.Aggregate {
	case comp.Share, comp.Rate:
		return fmt.Sprintf("%s: %s of %s %s", title, comp.Grouped(fmt.Sprint(g.hits)), rows, equals(hundredths(raw))) + x.relied(m, out)
	case comp.Net:
		return fmt.Sprintf("%s: 100 × (%d − %d) / %s %s", title, g.hits, g.misses, rows, equals(inUnit(raw, m.Unit, x.currency))) + x.relied(m, out)
	case comp.Mean:
		return fmt.Sprintf("%s: %s / %s %s", title, written(g.value, 0), rows, equals(inUnit(raw, x.unitOf(m.ID), x.currency))) + x.relied(m, out)
	case comp.Median, comp.Evenness, comp.Effect:
		return fmt.Sprintf("%s: %s (n = %s)", title, about(inUnit(raw, m.Unit, x.currency)), rows) + x.relied(m, out)
	case comp.Count:
		return title + ": " + about(figure(out.value, 0))
	}
	text, whole := inUnit(out.value, x.unitOf(m.ID), x.currency)
	if len(parts) == 0 || m.NetBy != "" {
		parts = addends{text}
	}
	return parts.sum(title, text, whole) + " (n = " + rows + ")"
}

// about is whose tally a measure reads for a payee and the days of it: the payee's own on days of participation, or the
// pool's that the payee belongs to on the last participating day. The subject is -1 where there is none: the payee does
// not take part in p, or is in no such pool, and is then held.
func (x *calc) about(m *comp.Measure, now, p, span comp.Period, w *worked) (int32, []comp.Period) {
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
	day, ok := lastDay(x.spans, now)
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
	if !w.silent {
		for _, r := range ranges {
			w.series = append(w.series, fmt.Sprintf("%s|%s|%s|%s", x.in.Measures[measure].ID, x.grid.subjects[subject], r.Start, r.End-1))
		}
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
func (s *settler) sums(measure int, subject int32, ranges []comp.Period) (out []sum) {
	bounds := s.grid.bounds[subject]
	for _, r := range ranges {
		first := sort.Search(len(bounds), func(i int) bool { return bounds[i] >= r.Start })
		for a := first; a+1 < len(bounds) && bounds[a+1] <= r.End; a++ {
			for _, x := range s.tally.sums(measure, subject, a) {
				k := slices.IndexFunc(out, func(t sum) bool { return t.currency == x.currency })
				if k < 0 {
					k = len(out)
					out = append(out, sum{currency: x.currency})
				}
				t := &out[k]
				t.value, t.hits, t.n, t.misses = t.value.Add(x.value), t.hits+x.hits, t.n+x.n, t.misses+x.misses
				if x.spread != nil {
					if t.spread == nil {
						t.spread = spread{}
					}
					t.spread.merge(x.spread)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b sum) int { return cmp.Compare(a.currency, b.currency) })
	return out
}
