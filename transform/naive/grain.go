package naive

import (
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// monthly says whether the number table has a number for each month of a name, for a payee and a period. Where nobody said so, rows of
// single months within a longer period leave it open.
func (e *engine) monthly(c *matter, name string, p comp.Period) bool {
	yes, open := false, false
	for _, row := range e.company.Quotas {
		if name == "" || row.Payee != c.person.ID || row.Name != name || row.Period.Start >= p.End || row.Period.End <= p.Start {
			continue
		}
		yes = yes || row.Each == "month"
		open = open || slices.ContainsFunc(row.Months, func(m comp.Period) bool { return m != p && m.Start >= p.Start && m.End <= p.End })
	}
	if open && !yes {
		e.lack(c, "quota_of_months")
	}
	return yes
}

// calendarMonths are the months of a period.
func calendarMonths(p comp.Period) (out []piece) {
	for d := p.Start; d < p.End; d++ {
		if k := len(out) - 1; k < 0 || !out[k].base.Contains(d) {
			out = append(out, piece{comp.Month(d), comp.Period{Start: d, End: d}, big.NewRat(1, 1)})
		}
		out[len(out)-1].within.End = d + 1
	}
	return out
}

// byMonth is the payee's part of the numbers of those months in which the payee is on the plan.
func (e *engine) byMonth(c *matter, p comp.Period, find numeral, ramp []comp.Number) *big.Rat {
	out, mode := new(big.Rat), c.component.Prorate
	for _, m := range calendarMonths(p) {
		sum := new(big.Rat)
		on, last := e.daysOn(c.person, c.plan, m.within)
		switch {
		case on == 0:
			continue
		case mode == "daily":
			for d := m.within.Start; d < m.within.End; d++ {
				if e.works(c, d) {
					n := new(big.Rat).Mul(find(comp.Period{Start: d, End: d + 1}), e.fte(c, d))
					sum.Add(sum, n.Quo(n, days(m.base)))
				}
			}
		default:
			if end := c.periods[len(c.periods)-1].End; m.within.End > end { // still to come: as it stands so far
				_, last = e.daysOn(c.person, c.plan, comp.Period{Start: p.Start, End: end})
			}
			sum.Mul(find(m.base), fraction(m, mode, true, func(d comp.Date) bool { return e.works(c, d) }))
			sum.Mul(sum, e.fte(c, last))
		}
		out.Add(out, sum.Mul(sum, e.ramped(c, m.within, ramp)))
	}
	return out
}

// written is a cap as it stands, whatever part of a period the payee has: of months, that of each month on the plan.
func (e *engine) written(c *matter, p comp.Period, name string, find numeral) *big.Rat {
	if !e.monthly(c, name, p) {
		return find(c.deciding(p))
	}
	out := new(big.Rat)
	for _, m := range calendarMonths(p) {
		if on, _ := e.daysOn(c.person, c.plan, m.within); on > 0 {
			n := new(big.Rat).Mul(find(m.base), days(m.within))
			out.Add(out, n.Quo(n, days(m.base)))
		}
	}
	return out
}
