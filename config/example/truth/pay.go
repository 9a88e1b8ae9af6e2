package truth

import (
	"math/big"
	"sort"

	"carrot/transform/comp"
)

// restate is how many earlier pay periods a close computes again.
const restate = 14

// Pay is what a payee is paid in a pay period, in minor units. A payee and month that are missing are paid nothing.
type Pay struct {
	Payee, Month string
	Amount       int64
	Currency     comp.Currency
}

// Entitlement is what one component gives a payee for one pay period, as one close knows it.
type Entitlement struct {
	Payee, Plan, Component string
	Month                  string // the pay period in which the measuring period ends
	Currency               comp.Currency
	Amount                 int64    // rounded, in minor units
	Exact                  *big.Rat // before rounding, in whole units; of a component paid to date: of the whole year so far
	Value                  *big.Rat // nil: missing
	N                      int64
	Quota, Target          *big.Rat // after proration; nil where there is none
	Days                   int      // of participation in the measuring period
	Shown                  bool     // pays nothing
}

// Pay is the pay of every payee and month: what the month's close finds for the month and all earlier ones, less what the
// closes before it paid for them, plus adjustments. It is sorted by payee, then month.
func (w *World) Pay() []Pay { return w.PayUntil(w.Months - 1) }

// PayUntil is Pay of the pay periods up to number last.
func (w *World) PayUntil(last int) []Pay {
	type account struct{ payee, plan, component, month string }
	type cell struct{ payee, month string }
	posted := map[account]int64{}
	paid := map[cell]int64{}
	for k := 0; k <= last; k++ {
		now := map[account]int64{}
		for _, e := range w.Entitlements(k) {
			if e.Shown {
				continue
			}
			now[account{e.Payee, e.Plan, e.Component, e.Month}] += e.Amount
			if e.Month == w.Month(k) {
				paid[cell{e.Payee, e.Month}] += 0
			}
		}
		for a := range posted {
			if number, _ := w.Number(a.month); number >= k-restate {
				now[a] += 0
			}
		}
		for a, amount := range now {
			if amount != posted[a] {
				paid[cell{a.payee, w.Month(k)}] += amount - posted[a]
				posted[a] = amount
			}
		}
	}
	for _, a := range w.Adjustments {
		if k, ok := w.Number(a.Month); ok && k <= last {
			paid[cell{a.Payee, a.Month}] += a.Minor
		}
	}
	currency := map[string]comp.Currency{}
	for i := range w.People {
		currency[w.People[i].ID] = w.People[i].Currency
	}
	out := make([]Pay, 0, len(paid))
	for c, amount := range paid {
		out = append(out, Pay{c.payee, c.month, amount, currency[c.payee]})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Payee != out[j].Payee {
			return out[i].Payee < out[j].Payee
		}
		return out[i].Month < out[j].Month
	})
	return out
}

// Entitlements are what close number k finds for its own month and the earlier ones that it computes again, sorted by
// payee, month, plan and component. Components that are only shown are among them.
func (w *World) Entitlements(k int) []Entitlement {
	v := w.view(k)
	sums := v.count()
	var out []Entitlement
	list := terms()
	for p := range w.People {
		for m := max(0, k-restate); m <= k; m++ {
			for i := range list {
				if e, ok := v.entitlement(sums, &list[i], p, m); ok {
					out = append(out, e)
				}
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		for _, c := range [][2]string{{a.Payee, b.Payee}, {a.Month, b.Month}, {a.Plan, b.Plan}, {a.Component, b.Component}} {
			if c[0] != c[1] {
				return c[0] < c[1]
			}
		}
		return false
	})
	return out
}

// span is the months [from, to] of the measuring period that ends with month m; false where none ends there.
func (v *view) span(t *term, m int) (from, to int, ok bool) {
	calendar := int(v.w.First.AddMonths(m).Time().Month())
	return m - t.months + 1, m, calendar%t.months == 0
}

// presence is the days of a measuring period on which the person takes part in the plan, over all its days, and the last
// one of them.
func (v *view) presence(t *term, p, from, to int) (days, all int, last comp.Date) {
	start, end := v.w.First.AddMonths(from), v.w.First.AddMonths(to+1)
	for d := start; d < end; d++ {
		if v.at(p, d).plan == t.plan {
			days, last = days+1, d
		}
	}
	return days, int(end - start), last
}

// sum joins the rows of the months [from, to] for whoever the measure is about.
func (v *view) sum(sums tallies, t *term, p int, last comp.Date, from, to int) *tally {
	whose := ""
	switch t.pool {
	case "payee":
		whose = v.w.People[p].ID
	case "department":
		whose = v.at(p, last).department
	case "entity":
		whose = v.w.People[p].Entity
	}
	out := &tally{}
	for m := max(0, from); m <= to; m++ {
		out.add(sums[slot{t.measure, whose, m}])
	}
	return out
}

// entitlement is what term t gives person p in pay period m; false where no measuring period ends there or the person
// took no part in it.
func (v *view) entitlement(sums tallies, t *term, p, m int) (Entitlement, bool) {
	from, to, ok := v.span(t, m)
	if !ok {
		return Entitlement{}, false
	}
	days, all, last := v.presence(t, p, from, to)
	if days == 0 {
		return Entitlement{}, false
	}
	person := &v.w.People[p]
	e := Entitlement{Payee: person.ID, Plan: t.plan, Component: t.id, Month: v.w.Month(m), Currency: person.Currency, Days: days, Shown: t.shown}
	if t.yearToDate {
		v.cumulate(sums, t, p, m, &e)
		return e, true
	}
	factor := big.NewRat(1, 1)
	if t.prorated {
		factor.Mul(factor, big.NewRat(int64(days), int64(all)))
	}
	if t.hours {
		factor.Mul(factor, big.NewRat(v.at(p, last).fte, 100))
	}
	start := v.w.First.AddMonths(from)
	e.Target, e.Quota = new(big.Rat), new(big.Rat)
	if t.target != nil {
		e.Target.Mul(inYear(t.target, start).in(person.Currency), factor)
	}
	if t.quota != nil {
		e.Quota.Set(inYear(t.quota, start).in(person.Currency))
		if t.pool == "payee" { // what all are held against has no part for one of them
			e.Quota.Mul(e.Quota, factor)
		}
	}
	windows := max(1, t.window)
	rows := v.sum(sums, t, p, last, from-(windows-1)*t.months, to)
	e.N = rows.n
	e.Value = v.value(t, rows, person.Currency, to)
	if e.Value == nil {
		e.Exact = new(big.Rat).Set(e.Target)
	} else {
		e.Exact = t.curve(e.Value, e.Quota, e.Target)
	}
	if t.gate != "" && !v.gate(sums, t.gate, from, to) {
		e.Exact = new(big.Rat)
	}
	if t.limit.eur != "" {
		if most := new(big.Rat).Mul(t.limit.in(person.Currency), factor); e.Exact.Cmp(most) > 0 {
			e.Exact = most
		}
	}
	e.Amount = round(e.Exact, t.bankers)
	return e, true
}

// value is the measure; nil where it is missing.
func (v *view) value(t *term, rows *tally, c comp.Currency, to int) *big.Rat {
	switch t.kind {
	case "money":
		return v.w.worth(rows, c, v.w.First.AddMonths(to+1)-1)
	case "count":
		return big.NewRat(rows.n, 1)
	}
	if rows.n == 0 || rows.n < t.least {
		return nil
	}
	if t.kind == "mean" {
		return big.NewRat(rows.score, rows.n)
	}
	return big.NewRat(rows.hits, rows.n)
}

// gate says whether three quarters of the rows of a company-wide measure hit.
func (v *view) gate(sums tallies, measure string, from, to int) bool {
	var rows tally
	for m := max(0, from); m <= to; m++ {
		rows.add(sums[slot{measure, "", m}])
	}
	return rows.n > 0 && big.NewRat(rows.hits, rows.n).Cmp(big.NewRat(3, 4)) >= 0
}

// cumulate pays the year so far less the year up to the month before: each month's money at its own last day's rate,
// each month's quota by the days on the plan.
func (v *view) cumulate(sums tallies, t *term, p, m int, e *Entitlement) {
	person := &v.w.People[p]
	january := m - (int(v.w.First.AddMonths(m).Time().Month()) - 1)
	value, quota, before := new(big.Rat), new(big.Rat), int64(0)
	for i := max(0, january); i <= m; i++ {
		before = e.Amount
		days, all, last := v.presence(t, p, i, i)
		if days > 0 {
			value.Add(value, v.w.worth(v.sum(sums, t, p, last, i, i), person.Currency, v.w.First.AddMonths(i+1)-1))
			share := new(big.Rat).SetFrac64(v.w.quota(p, i)*int64(days), int64(all)*100)
			quota.Add(quota, share)
		}
		e.Exact = t.curve(value, quota, nil)
		e.Amount = round(e.Exact, t.bankers)
	}
	e.Amount -= before
	e.Value, e.Quota = new(big.Rat).Set(value), new(big.Rat).Set(quota)
}

// quota is a person's revenue to attain in a month, in minor units.
func (w *World) quota(p, month int) int64 {
	i := sort.Search(len(w.Quotas), func(i int) bool {
		q := w.Quotas[i]
		return q.Person > p || (q.Person == p && q.Month >= month)
	})
	if i == len(w.Quotas) || w.Quotas[i].Person != p || w.Quotas[i].Month != month {
		panic("truth: no quota for " + w.People[p].ID + " in " + w.Month(month))
	}
	return w.Quotas[i].Minor
}

// round is an exact amount in cents: half away from zero, or half to even.
func round(exact *big.Rat, bankers bool) int64 {
	cents := new(big.Rat).Mul(exact, big.NewRat(100, 1))
	whole := new(big.Int).Quo(cents.Num(), cents.Denom()) // toward zero
	rest := new(big.Rat).Sub(cents, new(big.Rat).SetInt(whole))
	half := rest.Abs(rest).Cmp(big.NewRat(1, 2))
	out := whole.Int64()
	if half > 0 || (half == 0 && (!bankers || out%2 != 0)) {
		if cents.Sign() < 0 {
			return out - 1
		}
		return out + 1
	}
	return out
}
