package naive

import (
	"strings"

	"carrot/transform/comp"
)

// account is one of a payee's: what is carried above a cap, held, taken back, or advanced by a draw.
type account struct {
	plan, component string
	currency        comp.Currency
}

// earning is what a component pays for a measuring period.
type earning struct {
	matter *matter
	plan   *comp.Plan
	pay    outcome // exact, in the currency of pay
	minor  int64   // earned
	now    int64   // paid in the month itself
}

// line is money of one month.
type line struct {
	plan      *comp.Plan
	component string
	currency  comp.Currency
	minor     int64
	period    comp.Period // that it was earned in: the measuring period, or the month
	unknown   bool
}

// ledger is one person's way through the months.
type ledger struct {
	e        *engine
	person   *comp.Person
	owed     book
	balance  map[account]int64
	unknown  map[account]bool
	blind    bool       // something could not be computed: nothing is advanced or taken on a guess
	earnings []earning  // of the month
	past     []*earning // of this month and all before, where deals are held or taken back
	lines    []line     // of the month
	moved    map[account]Move
}

// settle computes everything that one person is owed, month after month. The months before those that are computed again
// matter for deals alone, whose pay may still be released or taken back.
func (e *engine) settle(p *comp.Person, owed book, concerned map[string]bool) {
	l := &ledger{e: e, person: p, owed: owed, balance: map[account]int64{}, unknown: map[account]bool{}}
	first := e.months()[0]
	for _, x := range e.in.Ledger {
		if x.Kind == comp.BalanceEntry && x.Payee == p.ID && x.For < first.Name() {
			l.balance[account{x.Plan, x.Component, x.Amount.Currency}] += x.Held.Minor
		}
	}
	for m := comp.Month(e.in.Settings.First); m.Start < first.Start; m = comp.Month(m.End) {
		l.earn(m, true)
		for i := range l.earnings {
			e.account(&l.earnings[i])
		}
	}
	for _, month := range e.months() {
		l.earn(month, false)
		if len(l.earnings) > 0 && month == e.in.Run.Period {
			concerned[p.ID] = true
		}
		l.month(month)
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

// month pays a month: what was earned, as far as it is not carried or held, what older pay is released and taken back, what
// a draw advances, and what the law adds.
func (l *ledger) month(month comp.Period) {
	l.lines, l.moved = nil, map[account]Move{}
	l.carry(month)
	l.hold(month)
	for _, x := range l.earnings {
		if c := x.matter; !c.component.Shown {
			l.blind = l.blind || c.unknown
		}
	}
	for i := range l.earnings {
		if x := &l.earnings[i]; !x.matter.component.Shown {
			l.pay(line{x.plan, x.matter.component.ID, x.matter.paid, x.now, x.matter.period, x.matter.unknown})
			l.e.account(x)
		}
	}
	l.limits(month)
	l.takeBack(month)
	l.draws(month)
	l.legal(month)
	l.post(month)
	for _, x := range l.lines {
		k := Line{l.person.ID, "legal", x.component, month.Name(), x.currency}
		if x.plan != nil {
			k.Plan = x.plan.ID
		}
		l.owed.at[k] += x.minor
		if k.Currency = ""; x.unknown {
			l.owed.unknown[k] = true
		}
	}
}

func (l *ledger) pay(x line) { l.lines = append(l.lines, x) }

// cash is what a plan has paid so far in the month; all plans where none is named.
func (l *ledger) cash(plan string, currency comp.Currency) (sum int64) {
	for _, x := range l.lines {
		if x.currency == currency && x.plan != nil && (plan == "" || x.plan.ID == plan) {
			sum += x.minor
		}
	}
	return sum
}

// earn computes the components that pay in a month; deals says that only those with deals matter.
func (l *ledger) earn(month comp.Period, deals bool) {
	e, p := l.e, l.person
	l.earnings = nil
	for i := range e.in.Plans {
		plan := &e.in.Plans[i]
		for k := range plan.Components {
			component := &plan.Components[k]
			keeps := (component.Release != nil || component.Clawback != nil || component.Cost != nil) && !component.Shown
			for _, period := range e.measuring(component.Every, month) {
				if days, _ := e.daysOn(p, i, period); days == 0 || (deals && !keeps) {
					continue
				}
				work, paid, ok := e.currencies(p, plan, period)
				if !ok {
					continue
				}
				c := &matter{person: p, plan: i, component: component, currency: work, paid: paid, period: period, periods: []comp.Period{period}}
				pay, minor := e.earned(c)
				l.earnings = append(l.earnings, earning{matter: c, plan: plan, pay: pay, minor: minor})
			}
		}
	}
	l.roundPlans()
	for i := range l.earnings {
		x := &l.earnings[i]
		if x.matter.component.Award != nil {
			e.award(x, month)
		}
		x.now = x.minor
		if c := x.matter.component; (c.Release != nil || c.Clawback != nil) && !c.Shown {
			l.past = append(l.past, x)
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
		k := account{x.plan.ID, c.component.ID + ":carry", c.paid}
		l.unknown[k] = l.unknown[k] || c.unknown
		if c.unknown = l.unknown[k]; c.unknown {
			x.minor, x.now = 0, 0
		}
		if c.unknown || c.ceiling == nil {
			continue
		}
		all, own := x.minor+l.balance[k], x.minor
		x.minor = min(all, *c.ceiling)
		l.move(k, max(0, own-x.minor), max(0, x.minor-own), 0)
		x.now = x.minor
		l.balance[k] = all - x.minor
	}
	for k := range l.balance {
		if carried(k.component) && !l.unknown[k] && !l.onAny(k.plan, comp.Period{Start: month.End, End: month.End + 1000}) {
			l.move(k, 0, 0, l.balance[k])
			l.balance[k] = 0
		}
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

// carries says whether what a component earns above its cap is kept. What only shows keeps nothing.
func carries(c *comp.Component) bool { return c.Excess == "carry" && !c.Shown }

func carried(component string) bool { return strings.HasSuffix(component, ":carry") }
