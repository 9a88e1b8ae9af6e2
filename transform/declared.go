package transform

import (
	"fmt"
	"sort"

	"carrot/transform/comp"
)

// terms are a component's declared numbers for the periods of one calculation, prorated and summed, in pay currency.
type terms struct {
	quota, target, cap comp.Number
	hasQuota, hasCap   bool
}

// terms reads quota, target and cap of each period, prorated by the days of participation. ok is false where one that is
// needed is missing; the payee is then held.
func (s *settler) terms(payee int, d duty, currency comp.Currency, periods []comp.Period, w *worked) (t terms, ok bool) {
	c := &s.in.Plans[d.plan].Components[d.component]
	ok = true
	t.hasQuota, t.hasCap = c.Quota != nil, len(c.Cap) > 0
	for _, p := range periods {
		days := s.v.Participated(s.part.spans[payee][d.plan], p)
		if days == 0 {
			continue
		}
		f, fine := s.factor(payee, d, p, days, w)
		ok = ok && fine
		if t.hasQuota {
			q, fine := s.quotaFor(payee, c, currency, p, w)
			t.quota, ok = t.quota.Add(f(q)), ok && fine
		}
		for _, x := range []struct {
			values []comp.Dated
			into   *comp.Number
			what   string
		}{{c.Target, &t.target, "target"}, {c.Cap, &t.cap, "cap"}} {
			if len(x.values) == 0 {
				continue
			}
			n, _, has := s.v.InForce(x.values, currency, p)
			if !has {
				w.hold(s.payeeFinding(payee, c, "missing_"+x.what, fmt.Sprintf("component %s has no %s in %s on %s", c.ID, x.what, currency, p.End-1),
					"add it to the plan"))
				ok = false
			}
			*x.into = x.into.Add(f(n))
		}
	}
	if t.hasQuota && ok {
		unit := currency
		if !s.money(c.Measure) {
			unit = ""
		}
		w.result.Quota = &comp.Amount{Number: t.quota, Currency: unit}
		w.say("quota %s", w.result.Quota)
	}
	if len(c.Target) > 0 && ok {
		w.result.Target = &comp.Amount{Number: t.target, Currency: currency}
		w.say("target %s", w.result.Target)
	}
	return t, ok
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

// factor is how a whole period's number becomes this payee's: by days of participation and by fte, as the plan declares.
func (s *settler) factor(payee int, d duty, p comp.Period, days int, w *worked) (func(comp.Number) comp.Number, bool) {
	c := &s.in.Plans[d.plan].Components[d.component]
	fte := comp.Int(1)
	if c.FTE {
		day, _ := lastDay(s.part.spans[payee][d.plan], p)
		text, has := s.company.People[payee].Attr(comp.AttrFTE, day)
		n, err := comp.ParseNumber(text, 6)
		if !has || err != nil {
			w.hold(s.payeeFinding(payee, c, "missing_fte", fmt.Sprintf("%s has no plain fte on %s (found %q)", s.company.People[payee].ID, day, text), "set it in the source"))
			return func(n comp.Number) comp.Number { return n }, false
		}
		fte = n
		if n.Cmp(comp.Int(1)) != 0 {
			w.say("full-time equivalent %s", plain(n))
		}
	}
	if c.Prorate != "days" {
		days = p.Days()
	}
	if days != p.Days() {
		w.say("%d of %d days on the plan in %s", days, p.Days(), p)
	}
	return func(n comp.Number) comp.Number { return s.v.Prorate(n, days, p.Days()).Mul(fte) }, true
}

// quotaFor is the number to attain in one whole period: from the quota table by name, or from the plan's dated values.
func (s *settler) quotaFor(payee int, c *comp.Component, currency comp.Currency, p comp.Period, w *worked) (comp.Number, bool) {
	id := s.company.People[payee].ID
	if c.Quota.Name == "" {
		unit := currency
		if !s.money(c.Measure) {
			unit = ""
		}
		n, _, has := s.v.InForce(c.Quota.Dated, unit, p)
		if !has {
			w.hold(s.payeeFinding(payee, c, "missing_quota", fmt.Sprintf("component %s has no quota in %q on %s", c.ID, unit, p.End-1), "add it to the plan"))
		}
		return n, has
	}
	q, has := s.v.Quota(s.quotas[[2]string{id, c.Quota.Name}], p)
	if !has {
		w.hold(s.payeeFinding(payee, c, "missing_quota", fmt.Sprintf("%s has no quota %q on %s", id, c.Quota.Name, p.End-1), "add a row to the quota table"))
		return comp.Number{}, false
	}
	if q.Amount.Currency == "" || q.Amount.Currency == currency {
		return q.Amount.Number, true
	}
	rate, has := s.v.Rate(s.company.FX, q.Amount.Currency, currency, p)
	if !has {
		w.hold(s.missingRate(payee, c, q.Amount.Currency, currency, p))
		return comp.Number{}, false
	}
	return q.Amount.Number.Mul(rate), true
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
	m := s.measureOf(c.Measure, payee, d, currency, periods, w, c.MinN)
	if !m.missing {
		v := m.value
		w.result.Value = &v
	}
	return m
}

// measureOf sums what the tally holds for the payee (on days of participation) or for the payee's pool. The last period
// reaches back over the measure's window.
func (s *settler) measureOf(id string, payee int, d duty, currency comp.Currency, periods []comp.Period, w *worked, minN int) measured {
	m := &s.in.Measures[s.measures[id]]
	var value comp.Number
	var hits, n int64
	for _, p := range periods {
		span := s.v.Window(s.in.Plans[d.plan].Components[d.component].Every, p, max(1, m.Window), s.company.Calendars)
		subject, ranges := s.about(m, payee, d, p, span)
		if subject < 0 {
			continue
		}
		for _, sm := range s.gather(s.measures[id], subject, ranges, w) {
			hits, n = hits+sm.hits, n+sm.n
			v := sm.value
			if sm.currency != "" && sm.currency != currency {
				rate, ok := s.v.Rate(s.company.FX, sm.currency, currency, p)
				if !ok {
					w.hold(s.missingRate(payee, &s.in.Plans[d.plan].Components[d.component], sm.currency, currency, p))
					continue
				}
				w.say("%s %s × %s = %s %s, rate of %s", plain(v), sm.currency, rate, plain(v.Mul(rate)), currency, p.End-1)
				v = v.Mul(rate)
			}
			value = value.Add(v)
		}
	}
	w.result.N += n
	out, ok := s.v.Combine(m.Aggregate, value, hits, n)
	if !ok || (minN > 0 && !s.v.Enough(n, minN)) {
		return measured{missing: true}
	}
	switch m.Aggregate {
	case comp.Share, comp.Rate:
		w.say("%s: %d of %d = %s", m.Title, hits, n, percent(out))
	default:
		w.say("%s: %s (n = %d)", m.Title, plain(out), n)
	}
	return measured{value: out}
}

// about is whose tally a measure reads for a payee and the days of it: the payee's own on days of participation, or the
// pool's that the payee belongs to on the last participating day. The subject is -1 where there is none.
func (s *settler) about(m *comp.Measure, payee int, d duty, p, span comp.Period) (int32, []comp.Period) {
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
