package transform

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// ledgerKey is what postings add up by. Its currency keeps amounts apart that cannot be added: where a posted month's
// legal entity changes, the old currency is taken back and the new one is owed.
type ledgerKey struct {
	payee, month, plan, component string
	currency                      comp.Currency
}

func (k ledgerKey) compare(o ledgerKey) int {
	return cmp.Or(cmp.Compare(k.payee, o.payee), cmp.Compare(k.month, o.month), cmp.Compare(k.plan, o.plan), cmp.Compare(k.component, o.component),
		cmp.Compare(k.currency, o.currency))
}

// anyCurrency is the key without its currency.
func (k ledgerKey) anyCurrency() ledgerKey {
	k.currency = ""
	return k
}

// books are amounts by what the ledger adds up by, in minor units of the key's currency.
type books struct {
	at      map[ledgerKey]int64 // read by key or sorted
	unknown map[ledgerKey]bool  // without currency: what could not be computed; 0 would be a guess
}

func (b books) add(k ledgerKey, minor int64) { b.at[k] += minor }

func (b books) knows(k ledgerKey) bool { return !b.unknown[k.anyCurrency()] }

// owed is one cause of one true-up.
type owed struct {
	key    ledgerKey
	cause  string
	amount comp.Money   // after less before
	before comp.Money   // posted, with the causes ahead of this one
	after  comp.Money   // and with this one
	now    *entitlement // the entitlement at present knowledge, nil where there is none any more
}

// entitled adds up entitlements of the months before the run's own. A component that only shows pays nothing.
func (a *assessment) entitled() books {
	out := books{map[ledgerKey]int64{}, map[ledgerKey]bool{}}
	for i := range a.entitlements {
		e := &a.entitlements[i]
		if e.duty.pay == a.in.Run.Period || e.result.Shown {
			continue
		}
		k := e.key(a.in, a.company)
		if out.add(k, e.result.Amount.Minor); !e.known {
			out.unknown[k.anyCurrency()] = true
		}
	}
	return out
}

// posted adds up the ledger of the months from first to the one before the run's.
func (a *assessment) posted(first string) books {
	out := books{map[ledgerKey]int64{}, nil}
	for _, l := range a.in.Ledger {
		if l.Kind != comp.AdjustmentLine && l.Kind != comp.BalanceEntry && l.Plan != "" && l.For >= first && l.For < a.in.Run.Period.Name() {
			out.add(ledgerKey{l.Payee, l.For, l.Plan, l.Component, l.Amount.Currency}, l.Amount.Minor)
		}
	}
	return out
}

// open are the keys whose entitlement differs from what was posted, sorted, but for those that are not known now.
func open(v *Verbs, now, posted books) []ledgerKey {
	var out []ledgerKey
	for _, b := range []books{now, posted} {
		for k := range b.at { // sorted below
			if now.knows(k) && v.TrueUp(now.at[k], posted.at[k]) != 0 {
				out = append(out, k)
			}
		}
	}
	slices.SortFunc(out, ledgerKey.compare)
	return slices.Compact(out)
}

// trueUps compares entitlement at present knowledge with what was posted, month by month, and tells causes apart by
// replacing the previous inputs part by part. Held payees are left out: theirs stays owed.
func (a *assessment) trueUps(v *Verbs, prev *Inputs) ([]owed, error) {
	now, posted := a.entitled(), a.posted(horizon(a.in)[0].Name())
	keys := slices.DeleteFunc(open(v, now, posted), func(k ledgerKey) bool { return len(a.held[k.payee]) > 0 })
	if len(keys) == 0 {
		return nil, nil
	}
	only := wanted{}
	for _, k := range keys {
		only.want(k.payee, k.month)
	}
	stages, err := a.stages(v, prev, only)
	if err != nil {
		return nil, err
	}
	stages = append(stages, stage{"", now})
	present, err := a.told(v, keys)
	if err != nil {
		return nil, err
	}
	var out []owed
	for _, k := range keys {
		before := posted.at[k]
		cause := a.firstCause(k)
		for _, st := range stages {
			if !st.at.knows(k) {
				cause = st.next // what made it known is the cause of the whole
				continue
			}
			if delta := v.TrueUp(st.at.at[k], before); delta != 0 {
				out = append(out, owed{key: k, cause: cause, amount: comp.Money{Minor: delta, Currency: k.currency}, before: comp.Money{Minor: before, Currency: k.currency},
					after: comp.Money{Minor: st.at.at[k], Currency: k.currency}, now: present[k]})
			}
			before, cause = st.at.at[k], st.next
		}
	}
	return out, nil
}

// firstCause names what was earned under the previous close's own inputs and yet not posted: it was held, if the payee
// was held then or later, or never paid for that month; else this program computes otherwise than the one that posted.
func (a *assessment) firstCause(k ledgerKey) string {
	paid := false
	for _, l := range a.in.Ledger {
		if l.Payee != k.payee || l.Paid < k.month || l.Kind == comp.BalanceEntry {
			continue
		}
		if l.Plan == "" && l.Kind != comp.AdjustmentLine {
			return releaseCause
		}
		paid = paid || l.Paid == k.month
	}
	if !paid {
		return releaseCause
	}
	return "recalculation"
}

// told leads from each key to the latest entitlement under it, with its sentences: a pay period that had been posted is worked
// out once more for them.
func (a *assessment) told(v *Verbs, keys []ledgerKey) (map[ledgerKey]*entitlement, error) {
	posted, again := postedMonths(a.in), wanted{}
	out := make(map[ledgerKey]*entitlement, len(keys))
	for _, k := range keys {
		if out[k] = nil; posted[[2]string{k.payee, k.month}] {
			again.want(k.payee, k.month)
		}
	}
	s := newSettler(a.in, v, a.company, a.part, a.grid, a.tally)
	for _, list := range [][]entitlement{a.entitlements, s.settle(a.duties, again)} {
		for i := range list {
			k := list[i].key(a.in, a.company)
			if _, open := out[k]; open {
				out[k] = &list[i]
			}
		}
	}
	return out, s.failed
}

// postedMonths are the payees and pay periods of which anything was posted. Of what they come to now only the amount is asked,
// unless it differs: sentences would be written for nobody.
func postedMonths(in *Inputs) map[[2]string]bool {
	out := map[[2]string]bool{}
	for _, l := range in.Ledger {
		if l.For < in.Run.Period.Name() && l.Plan != "" {
			out[[2]string{l.Payee, l.For}] = true
		}
	}
	return out
}
