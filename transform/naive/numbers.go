package naive

import (
	"math/big"
	"time"

	"carrot/transform/comp"
)

// declared are a component's numbers for the periods of a matter, prorated and added up; nil where there are none. away says
// that the payee was on unpaid leave all of the time, so that they are 0.
type declared struct {
	quota, target, cap *big.Rat
	away               bool
}

// numeral looks a number up for a period, by its last day.
type numeral func(p comp.Period) *big.Rat

// numbers reads quota, target and cap of each period in which the payee takes part.
func (e *engine) numbers(c *matter) (out declared) {
	x := c.component
	out.away = true
	if x.Quota != nil {
		out.quota = e.quotaOf(c, x.Quota, x.Measure, x.ToDate, x.Numbers)
	}
	if x.TargetName != "" || len(x.Target) > 0 {
		out.target = new(big.Rat)
	}
	if x.CapName != "" || len(x.Cap) > 0 {
		out.cap = new(big.Rat)
	}
	prorates, caps := stepAt(x.Order, comp.ProrateStep), stepAt(x.Order, comp.CapStep)
	for _, p := range e.numbered(c, x.ToDate, x.Numbers) {
		if days, _ := e.daysOn(c.person, c.plan, p); days == 0 {
			continue
		}
		worked, _ := e.atWork(c, p)
		out.away = out.away && worked == 0
		if out.target != nil {
			out.target.Add(out.target, e.prorated(c, p, x.TargetName, e.money(c, x.TargetName, x.Target, "target"), nil, nil))
		}
		switch {
		case out.cap == nil:
		case prorates < caps:
			out.cap.Add(out.cap, e.written(c, p, x.CapName, e.money(c, x.CapName, x.Cap, "cap")))
		default:
			out.cap.Add(out.cap, e.prorated(c, p, x.CapName, e.money(c, x.CapName, x.Cap, "cap"), nil, nil))
		}
	}
	return out
}

// quotaOf is the number to attain with a measure: of the payee's own rows the payee's part; of a pool's rows the pool's whole
// number for all that is read; of a share, a mean or a score, of which nobody has a part, the number of the last day.
func (e *engine) quotaOf(c *matter, f *comp.Figure, measure, toDate, numbers string) *big.Rat {
	find := e.quota(c, f, measure)
	m := e.measure(measure)
	if m == nil || (m.Aggregate != comp.Sum && m.Aggregate != comp.Count) {
		return find(c.periods[len(c.periods)-1])
	}
	q := new(big.Rat)
	for _, p := range e.numbered(c, toDate, numbers) {
		switch n, _ := e.daysOn(c.person, c.plan, p); {
		case poolKind(m) == comp.PoolCompany:
			q.Add(q, e.pooledQuota(c, p, find, f, nil))
		case n == 0:
		case poolKind(m) == comp.PoolPayee:
			q.Add(q, e.prorated(c, p, f.Name, find, f.Season, f.Ramp))
		default:
			q.Add(q, e.pooledQuota(c, p, find, f, e.over(c, toDate)))
		}
	}
	return q
}

// pooledQuota is a pool's number for a period, whoever asks: less the days of those of some periods in which the payee takes
// no part, of which the pool is not read.
func (e *engine) pooledQuota(c *matter, p comp.Period, find numeral, f *comp.Figure, some []comp.Period) *big.Rat {
	reads := func(d comp.Date) bool {
		for _, other := range some {
			if n, _ := e.daysOn(c.person, c.plan, other); n == 0 && other.Contains(d) {
				return false
			}
		}
		return true
	}
	mode := c.component.Prorate
	if mode == "daily" {
		mode = "days"
	}
	out := new(big.Rat)
	if e.monthly(c, f.Name, p) {
		for _, m := range calendarMonths(p) {
			n := new(big.Rat).Mul(find(m.base), fraction(m, mode, true, reads))
			out.Add(out, n.Mul(n, e.ramped(c, m.within, f.Ramp)))
		}
		return out
	}
	for _, one := range pieces(f.Season, p) {
		n := new(big.Rat).Mul(find(c.deciding(p)), one.share)
		out.Add(out, n.Mul(n, fraction(one, mode, len(f.Season) > 0, reads)))
	}
	return out.Mul(out, e.ramped(c, p, f.Ramp))
}

// stepAt is the place of a step; without an order the cap comes before prorating.
func stepAt(order []comp.Step, step comp.Step) int {
	for i, s := range order {
		if s == step {
			return i
		}
	}
	return map[comp.Step]int{comp.CapStep: 1, comp.ProrateStep: 2}[step]
}

// deciding is the period whose last day says which number is in force: not one that lies after the matter.
func (c *matter) deciding(p comp.Period) comp.Period {
	if last := c.periods[len(c.periods)-1]; p.End > last.End {
		return last
	}
	return p
}

// numbered are the periods that numbers are for.
func (e *engine) numbered(c *matter, toDate, numbers string) []comp.Period {
	if numbers == "whole" {
		if p, ok := e.holding(toDate, c.periods[len(c.periods)-1].End-1); ok {
			return []comp.Period{p}
		}
	}
	return e.over(c, toDate)
}

// over are the periods that a measure is read in.
func (e *engine) over(c *matter, toDate string) []comp.Period {
	if toDate == c.component.ToDate {
		return c.periods
	}
	return e.toDate(toDate, c.component.Every, c.periods[len(c.periods)-1])
}

// piece is a part of a number: share of it is for base, of which within lies in the period that is asked about.
type piece struct {
	base, within comp.Period
	share        *big.Rat
}

func pieces(season []comp.Number, p comp.Period) []piece {
	if len(season) == 0 {
		return []piece{{p, p, big.NewRat(1, 1)}}
	}
	var out []piece
	for d := p.Start; d < p.End; d++ {
		year, month, _ := d.Time().Date()
		i := (int(month) - 1) * len(season) / 12
		first := comp.Day(year, time.Month(i*12/len(season)+1), 1)
		base := comp.Period{Start: first, End: first.AddMonths(12 / len(season))}
		if k := len(out) - 1; k < 0 || out[k].base != base {
			out = append(out, piece{base, comp.Period{Start: d, End: d}, season[i].Rat()})
		}
		out[len(out)-1].within.End = d + 1
	}
	return out
}

// prorated is the payee's part of a number for a period.
func (e *engine) prorated(c *matter, p comp.Period, name string, find numeral, season, ramp []comp.Number) *big.Rat {
	if e.monthly(c, name, p) {
		return e.byMonth(c, p, find, ramp)
	}
	at, out := c.deciding(p), new(big.Rat)
	for _, one := range pieces(season, p) {
		if c.component.Prorate == "daily" {
			for d := one.within.Start; d < one.within.End; d++ {
				if e.works(c, d) {
					n := new(big.Rat).Mul(find(comp.Period{Start: d, End: d + 1}), e.fte(c, d))
					n.Mul(n, one.share)
					out.Add(out, n.Quo(n, days(one.base)))
				}
			}
			continue
		}
		n := new(big.Rat).Mul(find(at), one.share)
		n.Mul(n, fraction(one, c.component.Prorate, len(season) > 0, func(d comp.Date) bool { return e.works(c, d) }))
		_, last := e.daysOn(c.person, c.plan, comp.Period{Start: p.Start, End: at.End})
		out.Add(out, n.Mul(n, e.fte(c, last)))
	}
	return out.Mul(out, e.ramped(c, p, ramp))
}

func days(p comp.Period) *big.Rat { return big.NewRat(int64(p.End-p.Start), 1) }

// fraction is how much of a piece lies on days that count.
func fraction(one piece, mode string, season bool, counts func(comp.Date) bool) *big.Rat {
	all, own := new(big.Rat), new(big.Rat)
	one1 := big.NewRat(1, 1)
	for d := one.base.Start; d < one.base.End; d++ {
		weight, inside := one1, one.within.Contains(d)
		switch {
		case mode == "weekdays":
			if day := d.Time().Weekday(); day == time.Saturday || day == time.Sunday {
				continue
			}
		case mode == "months" || (season && mode != "days"):
			month := comp.Month(d)
			month = comp.Period{Start: max(month.Start, one.base.Start), End: min(month.End, one.base.End)}
			weight = new(big.Rat).Inv(days(month))
		}
		all.Add(all, weight)
		if inside && (mode == "none" || mode == "" || counts(d)) {
			own.Add(own, weight)
		}
	}
	return own.Quo(own, all)
}

// works says whether a day counts for the payee's numbers: on the plan, and not on unpaid leave.
func (e *engine) works(c *matter, d comp.Date) bool {
	if !e.on(c.person, c.plan, d) {
		return false
	}
	leave, _ := c.person.Attr(comp.AttrLeave, d)
	return leave != "unpaid" || c.component.Leave == "ignore"
}

func (e *engine) atWork(c *matter, p comp.Period) (n int64, last comp.Date) {
	for d := p.Start; d < p.End; d++ {
		if e.works(c, d) {
			n, last = n+1, d
		}
	}
	return n, last
}

// fte is a payee's share of full time on a day.
func (e *engine) fte(c *matter, d comp.Date) *big.Rat {
	if !c.component.FTE {
		return big.NewRat(1, 1)
	}
	text, _ := c.person.Attr(comp.AttrFTE, d)
	n, err := comp.ParseNumber(text, 6)
	if err != nil || n.Sign() < 0 || n.Cmp(comp.Int(2)) > 0 {
		e.lack(c, "missing_fte")
		return new(big.Rat)
	}
	return n.Rat()
}

// ramped is the mean of the shares of those months of a period in which the payee's spell of employment lasts.
func (e *engine) ramped(c *matter, p comp.Period, shares []comp.Number) *big.Rat {
	_, day := e.daysOn(c.person, c.plan, p)
	sum, n := new(big.Rat), int64(0)
	for _, spell := range c.person.Employed {
		if len(shares) == 0 || !spell.Contains(day) {
			continue
		}
		k := 0
		for m := comp.Month(spell.Start); m.Start < min(p.End, spell.End); m = comp.Month(m.End) {
			if m.End > p.Start {
				sum.Add(sum, shares[min(k, len(shares)-1)].Rat())
				n++
			}
			k++
		}
	}
	if n == 0 {
		return big.NewRat(1, 1)
	}
	return sum.Quo(sum, big.NewRat(n, 1))
}

// dated is the value in a currency that came into force last before a period ended; nil where there is none.
func dated(values []comp.Dated, currency comp.Currency, p comp.Period) *big.Rat {
	var best *comp.Dated
	for i := range values {
		v := &values[i]
		if _, has := v.By[currency]; has && v.From < p.End && (best == nil || v.From >= best.From) {
			best = v
		}
	}
	if best == nil {
		return nil
	}
	return best.By[currency].Rat()
}

// row is the row of the number table in force on the last day of a period.
func (e *engine) row(p *comp.Person, name string, at comp.Period) *comp.QuotaRow {
	for i, row := range e.company.Quotas {
		if row.Payee == p.ID && row.Name == name && row.Period.Contains(at.End-1) {
			return &e.company.Quotas[i]
		}
	}
	return nil
}

// money is a target or a cap.
func (e *engine) money(c *matter, name string, values []comp.Dated, what string) numeral {
	return func(p comp.Period) *big.Rat { return e.number(c, name, values, c.currency, p, "missing_"+what) }
}

// quota is a number to attain with a measure.
func (e *engine) quota(c *matter, f *comp.Figure, measure string) numeral {
	unit := comp.Currency("")
	if m := e.measure(measure); m != nil && isMoney(m) {
		unit = c.currency
	}
	return func(p comp.Period) *big.Rat { return e.number(c, f.Name, f.Dated, unit, p, "missing_quota") }
}

func (e *engine) number(c *matter, name string, values []comp.Dated, unit comp.Currency, p comp.Period, code string) *big.Rat {
	n := dated(values, unit, p)
	if name != "" {
		n = nil
		if row := e.row(c.person, name, p); row != nil {
			n = e.convert(c, row.Amount.Number.Rat(), row.Amount.Currency, p.End-1)
		}
	}
	if n == nil {
		e.lack(c, code)
		return new(big.Rat)
	}
	return n
}
