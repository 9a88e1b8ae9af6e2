package naive

import (
	"math/big"

	"carrot/transform/comp"
)

// declared are a component's numbers for the periods of a case, prorated and added up; nil where there are none.
type declared struct{ quota, target, cap *big.Rat }

// numbers reads quota, target and cap of each period in which the payee takes part.
func (e *engine) numbers(c *matter) (out declared) {
	if c.component.Quota != nil {
		out.quota = new(big.Rat)
	}
	if len(c.component.Target) > 0 {
		out.target = new(big.Rat)
	}
	if len(c.component.Cap) > 0 {
		out.cap = new(big.Rat)
	}
	for _, p := range c.periods {
		days, last := e.daysOn(c.person, c.plan, p)
		if days == 0 {
			continue
		}
		part := e.part(c, p, days, last)
		if out.quota != nil {
			out.quota.Add(out.quota, part.times(e.quota(c, p)))
		}
		if out.target != nil {
			out.target.Add(out.target, part.times(e.dated(c, c.component.Target, c.currency, p, "missing_target")))
		}
		if out.cap != nil {
			out.cap.Add(out.cap, part.times(e.dated(c, c.component.Cap, c.currency, p, "missing_cap")))
		}
	}
	return out
}

// fraction is how much of a whole period's number is a payee's.
type fraction struct{ r *big.Rat }

func (f fraction) times(n *big.Rat) *big.Rat { return new(big.Rat).Mul(n, f.r) }

// part is the fraction by days on the plan and by part time.
func (e *engine) part(c *matter, p comp.Period, days int64, last comp.Date) fraction {
	f := big.NewRat(1, 1)
	if c.component.Prorate == "days" {
		f.SetFrac64(days, int64(p.End-p.Start))
	}
	if c.component.FTE {
		text, _ := c.person.Attr(comp.AttrFTE, last)
		n, err := comp.ParseNumber(text, 6)
		if err != nil || n.Sign() < 0 || n.Cmp(comp.Int(2)) > 0 {
			e.lack(c, "missing_fte")
			return fraction{f}
		}
		f.Mul(f, n.Rat())
	}
	return fraction{f}
}

// dated is the value in a currency that came into force last before a period ended.
func (e *engine) dated(c *matter, values []comp.Dated, currency comp.Currency, p comp.Period, code string) *big.Rat {
	var best *comp.Dated
	for i := range values {
		v := &values[i]
		if _, has := v.By[currency]; has && v.From < p.End && (best == nil || v.From >= best.From) {
			best = v
		}
	}
	if best == nil {
		e.lack(c, code)
		return new(big.Rat)
	}
	return best.By[currency].Rat()
}

// quota is the number to attain in a whole period.
func (e *engine) quota(c *matter, p comp.Period) *big.Rat {
	q := c.component.Quota
	if q.Name == "" {
		unit := comp.Currency("")
		if isMoney(e.measure(c.component.Measure)) {
			unit = c.currency
		}
		return e.dated(c, q.Dated, unit, p, "missing_quota")
	}
	for _, row := range e.company.Quotas {
		if row.Payee == c.person.ID && row.Name == q.Name && row.Period.Contains(p.End-1) {
			return e.convert(c, row.Amount.Number.Rat(), row.Amount.Currency, p)
		}
	}
	e.lack(c, "missing_quota")
	return new(big.Rat)
}
