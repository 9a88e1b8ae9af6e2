package transform

import (
	"cmp"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// earned is what one component gives in one measuring period before the accounts of its payee: what is held back, carried,
// taken back or advanced.
type earned struct {
	entitlement
	deals []dealPay  // of components that read deals; sum of pay is the exact pay
	full  comp.Money // what was earned, before any of it is held back
}

// The accounts of a payee. Each is a pseudo-component of the ledger: the component's id and the account's name, or the
// account's name alone where it is a plan's.
const (
	carryAccount = "carry"
	drawAccount  = "draw"
)

// accountKey is one account of a payee.
type accountKey struct {
	plan, component string // component: "commission:carry", "draw"
	currency        comp.Currency
}

func (k accountKey) compare(o accountKey) int {
	return cmp.Or(cmp.Compare(k.plan, o.plan), cmp.Compare(k.component, o.component), cmp.Compare(k.currency, o.currency))
}

// account is the name of the account that a ledger component stands for; "" for a component of a plan.
func account(component string) string {
	if _, name, ok := strings.Cut(component, ":"); ok {
		return name
	}
	switch component {
	case drawAccount:
		return drawAccount
	case capComponent:
		return carryAccount
	}
	return ""
}

// movement is how one account of a payee moved in one pay period, as presently known.
type movement struct {
	key              accountKey
	month            comp.Period
	title            string
	in, out, written int64 // in minor units
	reasons          []string
}

func (m *movement) net() int64 { return m.in - m.out - m.written }

// keeper keeps the accounts of one payee, pay period after pay period, oldest first.
type keeper struct {
	s        *settler
	payee    int
	all      []earned
	out      []entitlement
	balances map[accountKey]int64 // read by key only
	// unknown are accounts whose earnings could not be computed in this pay period or one before it: what they hold is not
	// known either.
	unknown map[accountKey]bool
	blind   bool // some component could not be computed, in this pay period or before: nothing is advanced or taken on a guess
}

// keeps says whether a payee has, or had, any account: all pay periods of such a payee hang together.
func (s *settler) keeps(payee int) bool {
	for i := range s.in.Plans {
		if len(s.part.spans[payee][i]) > 0 && hasAccounts(&s.in.Plans[i]) {
			return true
		}
	}
	return len(s.opening[s.company.People[payee].ID]) > 0 || len(s.in.Settings.Legal) > 0
}

func hasAccounts(p *comp.Plan) bool {
	return p.Draw != nil || p.Limit != nil || p.RoundAt == "plan" || slices.ContainsFunc(p.Components, func(c comp.Component) bool {
		return carries(&c) || c.Award != nil || c.Release != nil || c.Clawback != nil || c.Cost != nil
	})
}

// accounts turns what a payee has earned, in order of plan, component and period, into entitlements, pay period after pay
// period: what is rounded together, awards, carried caps, what is held and released, the cap of a plan, what is taken back, draws, and what the law adds.
func (s *settler) accounts(payee int, all []earned) []entitlement {
	out := make([]entitlement, len(all))
	if !s.keeps(payee) {
		for i := range all {
			out[i] = all[i].entitlement
		}
		return out
	}
	k := &keeper{s: s, payee: payee, all: all, balances: map[accountKey]int64{}, unknown: map[accountKey]bool{}}
	for key, minor := range s.opening[s.company.People[payee].ID] { // each on its own
		k.balances[key] = minor
	}
	k.together()
	k.cost()
	k.awards()
	for i := range k.all {
		k.all[i].full = k.all[i].result.Amount
	}
	for _, month := range horizon(s.in) {
		k.carry(month)
		k.look(month)
		k.hold(month)
		k.limit(month)
		k.clawback(month)
		k.draws(month)
		k.legal(month)
	}
	k.leftOpen()
	out = out[:0]
	for i := range all { // of what is older, only what moves within the horizon counts
		if all[i].duty.pay.Start >= horizon(s.in)[0].Start {
			out = append(out, all[i].entitlement)
		}
	}
	return append(out, k.out...)
}

// look notices components of a pay period that could not be computed.
func (k *keeper) look(month comp.Period) {
	for i := range k.all {
		e := &k.all[i]
		k.blind = k.blind || (e.duty.pay == month && !e.known && !e.result.Shown)
	}
	if k.blind {
		k.s.blind[[2]string{k.s.company.People[k.payee].ID, month.Name()}] = true
	}
}

// move notes how an account moved and keeps its balance.
func (k *keeper) move(m movement) {
	if m.in == 0 && m.out == 0 && m.written == 0 && len(m.reasons) == 0 {
		return
	}
	k.balances[m.key] += m.net()
	id := k.s.company.People[k.payee].ID
	k.s.moves[id] = append(k.s.moves[id], m)
}

// pseudo adds an entitlement that no component of a plan gives by itself. One of 0 is none, unless it is not known.
func (k *keeper) pseudo(e entitlement, kind comp.LineKind) {
	if e.result.Amount.Minor == 0 && e.known {
		return
	}
	e.payee, e.kind = k.payee, kind
	e.duty.period, e.duty.periods, e.duty.reads = e.duty.pay, []comp.Period{e.duty.pay}, e.duty.pay
	e.result.Period, e.result.Component, e.result.Exact = e.duty.pay, e.component, e.result.Amount.Amount()
	k.out = append(k.out, e)
}

// cash is what a plan's entitlements of a pay period come to, in minor units of a currency; of "" those of all plans.
func (k *keeper) cash(plan string, month comp.Period, currency comp.Currency) int64 {
	var sum int64
	add := func(e *entitlement) {
		if e.duty.pay == month && !e.result.Shown && e.result.Amount.Currency == currency && (plan == "" || e.plan(k.s.in) == plan) {
			sum += e.result.Amount.Minor
		}
	}
	for i := range k.all {
		add(&k.all[i].entitlement)
	}
	for i := range k.out {
		add(&k.out[i])
	}
	return sum
}

// planIDs are the plans by id, each once, in their order.
func (s *settler) planIDs() []string {
	var out []string
	for i := range s.in.Plans {
		if id := s.in.Plans[i].ID; !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// standing is a payee's time on a plan, whatever its versions.
type standing struct {
	version  int         // the one of the last day on the plan in the pay period; else the last one before; -1: none so far
	on       int         // days on the plan in the pay period
	first    comp.Period // the pay period of the first day on it
	last     bool        // no day on it comes after this pay period, as presently known
	employed bool        // in the pay period
	final    bool        // employment ends with this pay period, or ended before
}

func (s *settler) standing(payee int, plan string, month comp.Period) standing {
	x := standing{version: -1, last: true}
	from, seen := comp.Forever, comp.NoDate
	for i := range s.in.Plans {
		if s.in.Plans[i].ID != plan {
			continue
		}
		for _, sp := range s.part.spans[payee][i] {
			from = min(from, sp.Start)
			x.last = x.last && sp.End <= month.End
			x.on += sp.Intersect(month).Days()
			if day := min(sp.End, month.End); sp.Start < month.End && day > seen {
				seen, x.version = day, i
			}
		}
	}
	if from != comp.Forever {
		x.first = comp.Month(from)
	}
	spells := s.company.People[payee].Employed
	x.employed = participated(spells, month) > 0
	x.final = len(spells) == 0 || spells[len(spells)-1].End <= month.End
	return x
}

// monthsBetween counts pay periods from one to another, both included.
func monthsBetween(first, last comp.Period) int {
	y1, m1, _ := first.Start.Time().Date()
	y2, m2, _ := last.Start.Time().Date()
	return (y2-y1)*12 + int(m2-m1) + 1
}
