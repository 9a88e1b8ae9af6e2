package naive

import (
	"cmp"
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// deal is what a payee was given of the rows of one deal.
type deal struct {
	key   string
	table string
	day   comp.Date // of its first row
	at    int64
	value *big.Rat // in the currency that is worked in
	row   *big.Rat // what its rows are worth to all owners, in their own currency
}

// dealt is what a component pays for a deal.
type dealt struct {
	deal
	pay    *big.Rat
	undone []undoing // what events take back of it
}

// deals are what the payee was given of each deal in the periods of a matter, in order of time.
func (e *engine) deals(c *matter) []deal {
	m := e.measure(c.component.Measure)
	var rows []credit
	for _, p := range c.periods {
		span := p
		if c.component.ToDate == "" {
			span = e.window(c.component.Every, p, max(1, m.Window))
		}
		for _, x := range e.credits[[2]string{m.ID, c.person.ID}] {
			if span.Contains(x.day) && e.on(c.person, c.plan, x.day) {
				x.value = e.convert(c, x.value, x.currency, e.rateDay(c, x.day, p))
				rows = append(rows, x)
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b credit) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.deal, b.deal), cmp.Compare(a.table, b.table))
	})
	var out []deal
	for _, x := range rows {
		i := slices.IndexFunc(out, func(d deal) bool { return d.key == x.deal })
		if i < 0 {
			i = len(out)
			out = append(out, deal{key: x.deal, table: e.home(m, c.person.ID, x), day: x.day, at: x.at, value: new(big.Rat), row: new(big.Rat)})
		}
		out[i].value = e.moved(c, e.like(new(big.Rat).Add(out[i].value, x.value), modelled(m)))
		out[i].row = new(big.Rat).Add(out[i].row, x.row)
	}
	return out
}

// home is the table of the record that a credit is about. A refund that names its deal is about that deal.
func (e *engine) home(m *comp.Measure, payee string, x credit) string {
	adds := func(table string) bool {
		return slices.ContainsFunc(m.Terms, func(t comp.Term) bool { return t.Table == table && t.Sign >= 0 })
	}
	names := func(t comp.Term) bool { return t.Table == x.table && t.Deal != "" }
	if adds(x.table) || !slices.ContainsFunc(m.Terms, names) {
		return x.table
	}
	for _, y := range e.credits[[2]string{m.ID, payee}] {
		if y.deal == x.deal && adds(y.table) {
			return y.table
		}
	}
	for _, t := range m.Terms {
		if t.Sign >= 0 {
			return t.Table
		}
	}
	return x.table
}

// readsDeals says whether anything about a component is told deal by deal.
func (e *engine) readsDeals(c *matter) bool {
	x := c.component
	if e.in.Plans[c.plan].RoundAt == "deal" {
		m := e.measure(x.Measure)
		return m != nil && poolKind(m) == comp.PoolPayee && (m.Aggregate == comp.Sum || m.Aggregate == comp.Count)
	}
	return x.Per == "deal" || x.Budget != nil || x.Release != nil || x.Clawback != nil || x.Cost != nil
}

// reading is how a component's curve reads deals: all of them summed up, or each by itself.
type reading struct {
	sum  func(value *big.Rat) *big.Rat
	each func(d deal) *big.Rat // nil: they are summed up
}

func (r reading) pay(deals []deal) *big.Rat {
	value, pay := new(big.Rat), new(big.Rat)
	for _, d := range deals {
		value.Add(value, d.value)
		if r.each != nil {
			pay.Add(pay, r.each(d))
		}
	}
	if r.each != nil {
		return pay
	}
	return r.sum(value)
}

// shares tells what each deal brought of final pay: what the curve pays with it less what it pays without it and those after
// it, in order of time. What gates, multipliers and the cap make of all pay they make of each deal's alike; of pay that no deal explains the last is the reason.
func shares(deals []deal, r *reading, final *big.Rat) []dealt {
	var out []dealt
	before, all := new(big.Rat), new(big.Rat)
	for i, d := range deals {
		now := new(big.Rat)
		if r != nil {
			now = r.pay(deals[:i+1])
		}
		own := new(big.Rat).Sub(now, before)
		before = now
		all.Add(all, own)
		out = append(out, dealt{deal: d, pay: own})
	}
	switch last := len(out) - 1; {
	case all.Sign() == 0 && last >= 0:
		out[last].pay = new(big.Rat).Add(out[last].pay, final)
	case all.Sign() != 0:
		scale := new(big.Rat).Quo(final, all)
		for i := range out {
			out[i].pay = times(out[i].pay, scale)
		}
	}
	return out
}

// less takes off what each deal brought before.
func less(now, before []dealt) []dealt {
	out := slices.Clone(now)
	for _, b := range before {
		i := slices.IndexFunc(out, func(d dealt) bool { return d.key == b.key })
		gone := i < 0
		if gone {
			i = len(out)
			out = append(out, dealt{deal: b.deal, pay: new(big.Rat)})
		}
		out[i].pay = new(big.Rat).Sub(out[i].pay, b.pay)
		out[i].undone = append([]undoing{}, out[i].undone...)
		for _, u := range b.undone {
			if u.takes = new(big.Rat).Neg(u.takes); !gone {
				u.share = new(big.Rat) // it is told already
			}
			out[i].undone = append(out[i].undone, u)
		}
	}
	return out
}

// events are what happened to a deal, by day.
func (e *engine) events(d deal, name string) []comp.Event {
	out := slices.Clone(e.company.Events[comp.EventKey{Table: d.table, Key: d.key, Event: name}])
	slices.SortStableFunc(out, func(a, b comp.Event) int { return cmp.Compare(a.Date, b.Date) })
	return out
}

// parts are what events are about of a deal, one after the other: all that is left of it, or their amounts of the deal's worth.
// An amount that is paid back adds nothing until more than before has come.
func (d deal) parts(events []comp.Event) []*big.Rat {
	one := big.NewRat(1, 1)
	var out []*big.Rat
	sum, most := new(big.Rat), new(big.Rat)
	for _, x := range events {
		if x.Amount == nil || d.row.Sign() == 0 {
			sum = new(big.Rat).Set(one)
		} else {
			sum = new(big.Rat).Add(sum, new(big.Rat).Quo(x.Amount.Rat(), d.row))
		}
		now := sum
		if now.Cmp(one) > 0 {
			now = one
		}
		if now.Cmp(most) < 0 {
			now = most
		}
		out, most = append(out, new(big.Rat).Sub(now, most)), now
	}
	return out
}
