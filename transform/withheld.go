package transform

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// The accounts of what a component's pay waits for. "commission:release" is what is paid later than it was earned.
const (
	holdAccount    = "hold"
	releaseAccount = "release"
)

// sorting is what became of the pay of one component in one measuring period by the end of a day, in minor units. The three
// sum to what was earned.
type sorting struct {
	paid, forfeited, held int64
	reasons               []string
}

// sort tells released, forfeited and held pay apart, deal by deal, and makes cents of the sums: so that, when everything is
// released, what was paid sums to what was earned. Pay that no deal stands behind is paid at once.
func (k *keeper) sort(e *earned, until comp.Date) sorting {
	c := k.component(e)
	all := e.full.Minor
	total, out, gone := comp.Number{}, comp.Number{}, comp.Number{}
	var reasons []string
	for i := range e.deals {
		paid, _, forfeited, why := released(c, &e.deals[i], k.s.company, until)
		total, out, gone = total.Add(e.deals[i].pay), out.Add(paid), gone.Add(paid).Add(forfeited)
		reasons = append(reasons, why...)
	}
	if len(e.deals) == 0 || total.IsZero() {
		return sorting{paid: all}
	}
	paid := k.cents(e, total, out)
	lost := k.cents(e, total, gone) - paid
	slices.Sort(reasons)
	return sorting{paid, lost, all - paid - lost, slices.Compact(reasons)}
}

func (k *keeper) component(e *earned) *comp.Component {
	return &k.s.in.Plans[e.duty.plan].Components[e.duty.component]
}

// cents rounds a part of what the deals of a component come to. Where a cap or the plan's own rounding left another sum, the
// part is that of the other sum.
func (k *keeper) cents(e *earned, total, part comp.Number) int64 {
	rounding, currency := k.s.in.Plans[e.duty.plan].Rounding, e.full.Currency
	whole, err := k.s.v.Round(comp.Amount{Number: total, Currency: currency}, rounding)
	if err != nil {
		return 0 // the pay itself was rounded in this currency
	}
	if whole.Minor != e.full.Minor {
		part, _ = part.Mul(e.full.Amount().Number).Quo(total)
	} else {
		k.s.rounds(k.payee, &e.duty, comp.Amount{Number: part, Currency: currency})
	}
	m, err := k.s.v.Round(comp.Amount{Number: part, Currency: currency}, rounding)
	if err != nil {
		return 0
	}
	return m.Minor
}

// hold keeps back what waits for an event, of this pay period's components, and releases what waited before.
func (k *keeper) hold(month comp.Period) {
	for i := range k.all {
		if e := &k.all[i]; e.duty.pay == month {
			e.full = e.result.Amount
		}
	}
	var done []accountKey
	for i := range k.all {
		e := &k.all[i]
		if e.duty.pay.Start > month.Start || k.component(e).Release == nil || e.result.Shown {
			continue
		}
		if key := k.accountOf(e, holdAccount); !slices.Contains(done, key) {
			done = append(done, key)
			k.holdOne(key, month)
		}
	}
}

func (k *keeper) accountOf(e *earned, name string) accountKey {
	return accountKey{e.plan(k.s.in), k.component(e).ID + ":" + name, e.result.Amount.Currency}
}

// holdOne moves one account of held pay in a pay period.
func (k *keeper) holdOne(key accountKey, month comp.Period) {
	m := movement{key: key, month: month}
	out := entitlement{account: holdAccount, known: true, result: comp.ComponentResult{Amount: comp.Money{Currency: key.currency}}}
	for i := range k.all {
		e := &k.all[i]
		if e.duty.pay.Start > month.Start || k.component(e).Release == nil || e.result.Shown || k.accountOf(e, holdAccount) != key {
			continue
		}
		c := k.component(e)
		out.duty = duty{plan: e.duty.plan, component: e.duty.component, pay: month}
		out.component = c.ID + ":" + releaseAccount
		out.result.Plan, out.result.Clause, out.result.Title = key.plan, c.Clause, c.Title+", release of pay that waited"
		if !e.known {
			k.unknown[key] = true
			continue
		}
		if e.duty.pay == month {
			k.holdNew(e, &m)
			continue
		}
		now, before := k.sort(e, month.End-1), k.sort(e, month.Start-1)
		m.out += now.paid - before.paid
		m.written += now.forfeited - before.forfeited
		m.reasons = append(m.reasons, now.reasons...)
		out.earned = append(out.earned, stretch{now.paid - before.paid, e.duty.period})
		m.reasons = append(m.reasons, k.forfeits(e, month)...)
		if now.paid != before.paid {
			out.say("Earned in %s, waited for it: %s of %s%s", e.duty.pay.Words(), paid(comp.Money{Minor: now.paid - before.paid, Currency: key.currency}), paid(e.full), k.which(e, month))
		}
	}
	slices.Sort(m.reasons)
	m.reasons = slices.Compact(m.reasons)
	if out.known = !k.unknown[key]; out.known {
		out.result.Amount.Minor = m.out
		k.move(m)
	}
	k.pseudo(out, comp.ReleaseLine)
}

// holdNew pays of this pay period's own pay what is released already.
func (k *keeper) holdNew(e *earned, m *movement) {
	now := k.sort(e, m.month.End-1)
	m.in += e.full.Minor - now.paid
	m.written += now.forfeited
	m.reasons = append(m.reasons, now.reasons...)
	m.reasons = append(m.reasons, k.forfeits(e, m.month)...)
	if now.paid == e.full.Minor {
		return
	}
	k.wait(e, m.month)
	say := func(minor int64) string { return paid(comp.Money{Minor: minor, Currency: m.key.currency}) }
	e.say("Earned %s, released by %s: %s; held: %s%s", paid(e.full), (m.month.End - 1).Words(), say(now.paid), say(now.held), because(now.reasons))
	if now.forfeited != 0 {
		e.say("Forfeited: %s", say(now.forfeited))
	}
	e.result.Amount.Minor = now.paid
	e.result.Exact = e.result.Amount.Amount()
}

// wait notes the rows of the run's own pay period whose pay waits: the certificate counts them as held.
func (k *keeper) wait(e *earned, month comp.Period) {
	if month != k.s.in.Run.Period {
		return
	}
	for i := range e.deals {
		if _, held, _, _ := released(k.component(e), &e.deals[i], k.s.company, month.End-1); held.IsZero() {
			continue
		}
		for _, r := range e.deals[i].rows {
			if !e.duty.period.Contains(r.day) {
				continue
			}
			k.s.waiting[r.place] = r
		}
	}
}

// unreleased are the rows of a table that wait, but for those that are held anyway: by a finding of their own, or with the
// statement of the payee for whom they count.
func (a *assessment) unreleased(table string) bucket {
	out := bucket{sums: map[comp.Currency]comp.Number{}}
	for _, r := range a.waiting { // a sum: the order leaves no trace
		if r.table == table && r.first >= 0 && !a.heldFirst(r.first) {
			out.rows++
			out.sums[r.control.Currency] = out.sums[r.control.Currency].Add(r.control.Number)
		}
	}
	return out
}

func because(reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	return " (" + strings.Join(reasons, ", ") + ")"
}

// forfeits name the deals of which something is forfeited in a pay period, and what it waited for in vain.
func (k *keeper) forfeits(e *earned, month comp.Period) []string {
	var out []string
	for i := range e.deals {
		d := &e.deals[i]
		for _, r := range releasings(k.component(e), &d.deal, k.s.company) {
			if !r.forfeits || r.share.IsZero() || !month.Contains(r.day) {
				continue
			}
			_, held, _, why := released(k.component(e), d, k.s.company, r.day-1)
			if !held.IsZero() {
				out = append(out, fmt.Sprintf("%s is forfeited on %s%s", d.key, r.day.Words(), because(why)))
			}
		}
	}
	if len(out) > shownDeals {
		out = append(out[:shownDeals], fmt.Sprintf("and %d more deals are forfeited", len(out)-shownDeals))
	}
	return out
}

// shownDeals is how many deals a sentence names.
const shownDeals = 5

// which names the deals of which something was released in a pay period.
func (k *keeper) which(e *earned, month comp.Period) string {
	var keys []string
	for i := range e.deals {
		now, _, _, _ := released(k.component(e), &e.deals[i], k.s.company, month.End-1)
		before, _, _, _ := released(k.component(e), &e.deals[i], k.s.company, month.Start-1)
		if now.Cmp(before) != 0 {
			keys = append(keys, e.deals[i].key)
		}
	}
	if len(keys) > shownDeals {
		return fmt.Sprintf(" (%s and %d more)", strings.Join(keys[:shownDeals], ", "), len(keys)-shownDeals)
	}
	return " (" + strings.Join(keys, ", ") + ")"
}
