package naive

import (
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// account is one of a payee's: what is carried above a cap, or what a draw advanced.
type account struct {
	plan, component string
	currency        comp.Currency
}

// earning is what a component pays in a month.
type earning struct {
	matter *matter
	plan   *comp.Plan
	minor  int64
}

// settle computes everything that one person is owed, month after month.
func (e *engine) settle(p *comp.Person, owed book, concerned map[string]bool) {
	l := &ledger{e: e, person: p, owed: owed, balance: map[account]int64{}, unknown: map[account]bool{}}
	first := e.months()[0]
	for _, x := range e.in.Ledger {
		if x.Kind == comp.BalanceEntry && x.Payee == p.ID && x.For < first.Name() {
			l.balance[account{x.Plan, x.Component, x.Amount.Currency}] += x.Held.Minor
		}
	}
	for _, month := range e.months() {
		l.earn(month)
		if len(l.earnings) > 0 && month == e.in.Run.Period {
			concerned[p.ID] = true
		}
		l.carry(month)
		l.draws(month)
		for _, x := range l.earnings {
			if !x.matter.component.Shown {
				l.post(month, x.plan.ID, x.matter.component.ID, x.matter.currency, x.minor, x.matter.unknown)
			}
		}
	}
	if l.blind {
		return
	}
	for k, minor := range l.balance {
		if minor != 0 {
			e.balances[Line{p.ID, k.plan, k.component, "", k.currency}] = minor
		}
	}
}

// ledger is one person's way through the months.
type ledger struct {
	e        *engine
	person   *comp.Person
	owed     book
	balance  map[account]int64
	unknown  map[account]bool
	blind    bool // something could not be computed: nothing is advanced or taken on a guess
	earnings []earning
}

// post notes what is owed for a month.
func (l *ledger) post(month comp.Period, plan, component string, currency comp.Currency, minor int64, unknown bool) {
	k := Line{l.person.ID, plan, component, month.Name(), currency}
	l.owed.at[k] += minor
	if k.Currency = ""; unknown {
		l.owed.unknown[k] = true
	}
}

// earn computes the components that pay in a month.
func (l *ledger) earn(month comp.Period) {
	e, p := l.e, l.person
	l.earnings = nil
	for i := range e.in.Plans {
		for k := range e.in.Plans[i].Components {
			component := &e.in.Plans[i].Components[k]
			for _, period := range e.measuring(component.Every, month) {
				if days, _ := e.daysOn(p, i, period); days == 0 {
					continue
				}
				currency, ok := e.currencyOf(p, period)
				if !ok {
					continue
				}
				c := &matter{person: p, plan: i, component: component, currency: currency, period: period, periods: []comp.Period{period}}
				l.earnings = append(l.earnings, earning{c, &e.in.Plans[i], e.earned(c)})
			}
		}
	}
}

// carry pays what was carried up to the cap, and carries on what is above it. Nothing is carried from a plan on which no day
// is to come.
func (l *ledger) carry(month comp.Period) {
	for i := range l.earnings {
		x := &l.earnings[i]
		c := x.matter
		if !carries(c.component) {
			continue
		}
		k := account{x.plan.ID, c.component.ID + ":carry", c.currency}
		l.unknown[k] = l.unknown[k] || c.unknown
		if c.unknown = l.unknown[k]; c.unknown {
			x.minor = 0
		}
		if c.unknown || c.ceiling == nil {
			continue
		}
		all := x.minor + l.balance[k]
		x.minor = min(all, *c.ceiling)
		l.balance[k] = all - x.minor
	}
	for k := range l.balance {
		if k.component != "draw" && !l.unknown[k] && !l.onAny(k.plan, comp.Period{Start: month.End, End: month.End + 1000}) {
			l.balance[k] = 0
		}
	}
	for _, x := range l.earnings {
		l.blind = l.blind || (x.matter.unknown && !x.matter.component.Shown)
	}
}

// onAny says whether the person takes part in any version of a plan on any day of a period.
func (l *ledger) onAny(plan string, p comp.Period) bool {
	for i := range l.e.in.Plans {
		if l.e.in.Plans[i].ID != plan {
			continue
		}
		for d := p.Start; d < p.End; d++ {
			if l.e.on(l.person, i, d) {
				return true
			}
		}
	}
	return false
}

// draws advances and recovers, plan by plan.
func (l *ledger) draws(month comp.Period) {
	done := map[string]bool{}
	for i := range l.e.in.Plans {
		id := l.e.in.Plans[i].ID
		if done[id] || !slices.ContainsFunc(l.e.in.Plans, func(p comp.Plan) bool { return p.ID == id && p.Draw != nil }) {
			continue
		}
		done[id] = true
		version, on, first := l.standing(id, month)
		if version != nil && version.Draw != nil {
			l.draw(version, month, on, first)
		}
	}
}

// standing is the version of a plan that the person was on last, the days on it in a month, and which month on it this is.
func (l *ledger) standing(plan string, month comp.Period) (version *comp.Plan, on, months int) {
	from := l.e.in.Settings.First - 1000
	for i := range l.e.in.Plans {
		if l.e.in.Plans[i].ID == plan && l.e.in.Plans[i].Effective.Start > from {
			from = min(from, l.e.in.Plans[i].Effective.Start)
		}
	}
	for m := comp.Month(from); m.Start <= month.Start; m = comp.Month(m.End) {
		for d := m.Start; d < m.End; d++ {
			for i := range l.e.in.Plans {
				if l.e.in.Plans[i].ID == plan && l.e.on(l.person, i, d) {
					version = &l.e.in.Plans[i]
					if m == month {
						on++
					}
				}
			}
		}
		if version != nil {
			months++
		}
	}
	return version, on, months
}

func (l *ledger) draw(plan *comp.Plan, month comp.Period, on, months int) {
	e, d := l.e, plan.Draw
	last := month.End - 1
	for !employed(l.person, last) && last > month.End-20000 {
		last--
	}
	currency, ok := e.currencyOf(l.person, comp.Period{Start: last, End: month.End})
	if !ok {
		return
	}
	c := &matter{person: l.person, component: &comp.Component{ID: plan.ID}, currency: currency, period: month, periods: []comp.Period{month}}
	for i := range e.in.Plans {
		if &e.in.Plans[i] == plan {
			c.plan = i
		}
	}
	amount := int64(0)
	if on > 0 && (d.Periods == 0 || months <= d.Periods) {
		n := new(big.Rat).Set(e.number(c, d.Amount.Name, d.Amount.Dated, currency, month, "missing_draw"))
		if d.Prorate == "days" {
			n.Mul(n, big.NewRat(int64(on), int64(month.End-month.Start)))
		}
		amount = e.round(c, n)
	}
	k := account{plan.ID, "draw", currency}
	l.blind = l.blind || c.unknown
	if l.blind || l.unknown[k] {
		l.unknown[k] = true
		l.post(month, plan.ID, "draw", currency, 0, true)
		return
	}
	cash := int64(0)
	for _, x := range l.earnings {
		if x.plan.ID == plan.ID && x.matter.currency == currency && !x.matter.component.Shown {
			cash += x.minor
		}
	}
	if d.Kind == "guarantee" {
		if amount > 0 && amount > cash {
			l.post(month, plan.ID, "draw", currency, amount-cash, false)
		}
		return
	}
	final := l.person.Employed[len(l.person.Employed)-1].End <= month.End
	open, in, out := moves(d, l.balance[k], cash, amount, months, final)
	l.balance[k] = open + in - out
	if in != 0 || out != 0 {
		l.post(month, plan.ID, "draw", currency, in-out, false)
	}
}

// moves is what a draw advances and takes back, and the balance before that, less what is written off.
func moves(d *comp.Draw, open, cash, amount int64, months int, final bool) (left, in, out int64) {
	switch {
	case final && d.AtExit == "recover":
		out = min(open, max(0, cash))
		return out, 0, out
	case final:
		return 0, 0, 0
	case d.Kind == "advance":
		in = amount
		if from := d.RecoverFrom; (from == 0 && months >= 2) || (from > 0 && months >= from) {
			out = min(open, max(0, cash))
		}
	default:
		if amount > 0 {
			in = max(0, amount-cash)
		}
		if months >= d.RecoverFrom {
			out = min(open, max(0, cash-amount))
		}
	}
	return open, in, out
}

// carries says whether what a component earns above its cap is kept. What only shows keeps nothing.
func carries(c *comp.Component) bool { return c.Excess == "carry" && !c.Shown }
