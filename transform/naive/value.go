package naive

import (
	"math/big"

	"carrot/transform/comp"
)

// sums are what credits of one currency come to.
type sums struct {
	value   *big.Rat
	hits, n int64
	rows    []credit
}

// dayMoney is what sums are kept apart by.
type dayMoney struct {
	day      comp.Date
	currency comp.Currency
}

// pooled is a question about a pool.
type pooled struct {
	measure, pool string
	span          comp.Period
}

// matter is one component of one payee in one measuring period.
type matter struct {
	person    *comp.Person
	plan      int
	component *comp.Component
	currency  comp.Currency // that it is worked out in: the plan's, or that of pay
	paid      comp.Currency // of pay
	period    comp.Period
	periods   []comp.Period // that are computed together: to date all up to period
	unknown   bool
	rough     bool     // something read was worked out by floating point
	nudge     *big.Rat // what is added to all that was; nil: nothing
	ceiling   *int64   // the cap of a component that carries what is above it, in minor units
}

// lack notes that something is missing without which the component cannot be paid, and holds the payee unless it only shows.
func (e *engine) lack(c *matter, code string) {
	c.unknown = true
	if !c.component.Shown {
		e.trouble(code, c.person, c.component.ID, "")
	}
}

// value is a measure over the periods that it is read in, with how many rows stand behind it; nil where it is missing.
func (e *engine) value(c *matter, id, toDate string) (*big.Rat, int64) {
	r := e.readAt(c, id, toDate, 0, 0)
	return r.value, r.n
}

// readout is a measure's value, nil where it is missing, with its number of rows and the ends of its interval, nil where it has none.
type readout struct {
	value, low, high *big.Rat
	n                int64
}

// readAt is a measure so many months back, at the exchange rates of so many months back.
func (e *engine) readAt(c *matter, id, toDate string, back, rates int) readout {
	m := e.measure(id)
	if m.Aggregate == comp.Formula {
		return e.formula(c, m, toDate, back, rates)
	}
	out := readout{}
	var rows []credit
	seed := m.ID
	for _, now := range e.over(c, toDate) {
		p := earlier(now, back)
		span := p
		if toDate == "" {
			span = e.window(c.component.Every, p, max(1, m.Window))
		}
		if subject := e.subject(c, m, now); subject != "" {
			seed += "|" + subject + "|" + span.String()
		}
		if e.floor(m) > 0 {
			rows = e.inConfidence(c, m, back)
			continue
		}
		for of, s := range e.credited(c, m, now, span) {
			day := e.rateDay(c, of.day, p)
			if rates > 0 {
				day = (day + 1).AddMonths(-rates) - 1
			}
			for _, r := range s.rows {
				r.value = e.convert(c, r.value, of.currency, day)
				rows = append(rows, r)
			}
		}
	}
	if out.n = int64(len(rows)); out.n == 0 && !m.Aggregate.Adds() {
		return out
	}
	e.statistic(m, rows, seed, &out)
	out.value, out.low, out.high = e.moved(c, out.value), e.moved(c, out.low), e.moved(c, out.high)
	e.stand(c, m, toDate, back, &out)
	return out
}

// subject is whom a measure is about: the payee, or the payee's pool.
func (e *engine) subject(c *matter, m *comp.Measure, p comp.Period) string {
	switch poolKind(m) {
	case comp.PoolPayee:
		return c.person.ID
	case comp.PoolCompany:
		return "company"
	}
	days, last := e.daysOn(c.person, c.plan, p)
	if days == 0 {
		return ""
	}
	return poolOf(poolKind(m), c.person, last)
}

// credited adds up what a payee, or the payee's pool, was given in a span: a payee on the days on the plan alone, a pool
// whatever its members did; who takes part on no day of the measuring period reads nothing of a pool.
func (e *engine) credited(c *matter, m *comp.Measure, p, span comp.Period) map[dayMoney]sums {
	if poolKind(m) == comp.PoolPayee {
		return add(e.credits[[2]string{m.ID, c.person.ID}], func(d comp.Date) bool { return span.Contains(d) && e.on(c.person, c.plan, d) })
	}
	pool := "company"
	if poolKind(m) != comp.PoolCompany {
		days, last := e.daysOn(c.person, c.plan, p)
		if days == 0 {
			return nil
		}
		if pool = poolOf(poolKind(m), c.person, last); pool == "" {
			e.lack(c, "missing_pool")
			return nil
		}
	}
	k := pooled{m.ID, pool, span}
	if _, done := e.pools[k]; !done {
		e.pools[k] = add(e.credits[[2]string{m.ID, pool}], span.Contains)
	}
	return e.pools[k]
}

// add sums credits up by currency and day.
func add(credits []credit, counts func(comp.Date) bool) map[dayMoney]sums {
	out := map[dayMoney]sums{}
	for _, c := range credits {
		if !counts(c.day) {
			continue
		}
		k := dayMoney{c.day, c.currency}
		s := out[k]
		if s.value == nil {
			s.value = new(big.Rat)
		}
		s.value.Add(s.value, c.value)
		s.n++
		s.rows = append(s.rows, c)
		if c.hit {
			s.hits++
		}
		out[k] = s
	}
	return out
}

// isMoney says whether a measure's value is money.
func isMoney(m *comp.Measure) bool {
	for _, t := range m.Terms {
		if t.Currency != "" || t.Fixed != "" {
			return true
		}
	}
	return false
}
