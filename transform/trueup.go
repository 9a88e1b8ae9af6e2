package transform

import (
	"sort"

	"carrot/transform/comp"
)

// ledgerKey is what postings add up by.
type ledgerKey struct{ payee, plan, component, month string }

// causes is the order in which the parts of the previous close's inputs are replaced by the present ones. The
// differences telescope: whatever the order, they sum to the whole true-up.
var causes = []string{"late data", "reassignment", "refund", "hierarchy", "fx", "quota", "plan"}

// releaseCause is what was earned under the previous close's own inputs and yet not posted: it was held.
const releaseCause = "release"

// owed is one cause of one true-up.
type owed struct {
	key    ledgerKey
	cause  string
	amount comp.Money   // after less before
	before comp.Money   // posted, with the causes ahead of this one
	after  comp.Money   // and with this one
	now    *entitlement // the entitlement at present knowledge, nil where there is none any more
}

// byKey adds up entitlements of the months before the run's own. A component that only shows pays nothing.
func (a *assessment) byKey() map[ledgerKey]comp.Money {
	out := map[ledgerKey]comp.Money{}
	for i := range a.entitlements {
		e := &a.entitlements[i]
		if e.duty.pay == a.in.Run.Period || e.result.Shown {
			continue
		}
		k := e.key(a.in, a.company)
		m := out[k]
		out[k] = comp.Money{Minor: m.Minor + e.result.Amount.Minor, Currency: e.result.Amount.Currency}
	}
	return out
}

// posted adds up the ledger of the months within the horizon.
func (a *assessment) posted() map[ledgerKey]comp.Money {
	first := horizon(a.in)[0].Name()
	out := map[ledgerKey]comp.Money{}
	for _, l := range a.in.Ledger {
		if l.Kind == comp.AdjustmentLine || l.For < first {
			continue
		}
		k := ledgerKey{l.Payee, l.Plan, l.Component, l.For}
		m := out[k]
		out[k] = comp.Money{Minor: m.Minor + l.Amount.Minor, Currency: l.Amount.Currency}
	}
	return out
}

// trueUps compares entitlement at present knowledge with what was posted, month by month, and tells causes apart by
// replacing the previous inputs part by part. Held payees are left out: theirs stays owed.
func (a *assessment) trueUps(v *Verbs, prev *Inputs) ([]owed, error) {
	now, posted := a.byKey(), a.posted()
	open := a.openKeys(v, now, posted)
	if len(open) == 0 {
		return nil, nil
	}
	stages, err := a.stages(v, prev)
	if err != nil {
		return nil, err
	}
	stages = append(stages, stage{"", now})
	present := a.index()
	var out []owed
	for _, k := range open {
		before := posted[k].Minor
		for i, st := range stages {
			cause := releaseCause
			if i > 0 {
				cause = stages[i-1].next
			}
			amount := st.at[k].Minor
			if delta := v.TrueUp(amount, before); delta != 0 {
				c := a.currencyOf(k, now, posted)
				out = append(out, owed{key: k, cause: cause, amount: comp.Money{Minor: delta, Currency: c}, before: comp.Money{Minor: before, Currency: c},
					after: comp.Money{Minor: amount, Currency: c}, now: present[k]})
			}
			before = amount
		}
	}
	return out, nil
}

// openKeys are the keys of unheld payees whose entitlement differs from what was posted, sorted.
func (a *assessment) openKeys(v *Verbs, now, posted map[ledgerKey]comp.Money) []ledgerKey {
	set := map[ledgerKey]bool{}
	for k, m := range now {
		set[k] = v.TrueUp(m.Minor, posted[k].Minor) != 0
	}
	for k, m := range posted {
		if _, ok := now[k]; !ok {
			set[k] = v.TrueUp(0, m.Minor) != 0
		}
	}
	var open []ledgerKey
	for k, differs := range set {
		if differs && len(a.held[k.payee]) == 0 {
			open = append(open, k)
		}
	}
	sort.Slice(open, func(i, j int) bool { return open[i].less(open[j]) })
	return open
}

func (k ledgerKey) less(o ledgerKey) bool {
	if k.payee != o.payee {
		return k.payee < o.payee
	}
	if k.month != o.month {
		return k.month < o.month
	}
	if k.plan != o.plan {
		return k.plan < o.plan
	}
	return k.component < o.component
}

func (a *assessment) currencyOf(k ledgerKey, now, posted map[ledgerKey]comp.Money) comp.Currency {
	if m, ok := now[k]; ok {
		return m.Currency
	}
	return posted[k].Currency
}

// index leads from a ledger key to the latest entitlement under it.
func (a *assessment) index() map[ledgerKey]*entitlement {
	out := make(map[ledgerKey]*entitlement, len(a.entitlements))
	for i := range a.entitlements {
		out[a.entitlements[i].key(a.in, a.company)] = &a.entitlements[i]
	}
	return out
}

// stage is the entitlements after replacing some parts; next names the cause that the following stage replaces.
type stage struct {
	next string
	at   map[ledgerKey]comp.Money
}

// stages recomputes the earlier months under the previous inputs, then once more for each cause whose parts changed. The
// last, all parts replaced, is the present assessment, which the caller has.
func (a *assessment) stages(v *Verbs, prev *Inputs) ([]stage, error) {
	if prev == nil {
		return nil, nil
	}
	mixed := *prev
	mixed.Run, mixed.Waivers, mixed.Adjustments, mixed.Ledger, mixed.Workers, mixed.Files = a.in.Run, a.in.Waivers, a.in.Adjustments, a.in.Ledger, a.in.Workers, a.in.Files
	mixed.Settings.Expect = nil
	var changed []string
	for _, c := range causes {
		if differs(prev, a.in, c) {
			changed = append(changed, c)
		}
	}
	var out []stage
	for i := 0; i < len(changed) || i == 0; i++ {
		b, err := assess(&mixed, v)
		if err != nil {
			return nil, err
		}
		next := "late data" // nothing changed that we can name: the horizon itself moved
		if i < len(changed) {
			next = changed[i]
			replace(&mixed, a.in, next)
		}
		out = append(out, stage{next, b.byKey()})
	}
	return out, nil
}

// causeOf is the cause that a table's changes are called.
func causeOf(in *Inputs, table string) string {
	for i := range in.Contracts {
		if in.Contracts[i].Name() == table && in.Contracts[i].Cause != "" {
			return in.Contracts[i].Cause
		}
	}
	return causes[0]
}

// differs says whether the parts of one cause differ between two inputs.
func differs(prev, now *Inputs, cause string) bool {
	if cause == "plan" {
		return !sameDefinitions(prev, now)
	}
	for _, name := range sortedKeys(now.Tables) {
		if causeOf(now, name) == cause && !sameParts(prev, now, name) {
			return true
		}
	}
	return false
}

func sameParts(prev, now *Inputs, table string) bool {
	p, n := prev.Tables[table], now.Tables[table]
	if len(p) != len(n) {
		return false
	}
	for i := range p {
		if p[i].Seq != n[i].Seq || prev.Files[p[i].File].Digest != now.Files[n[i].File].Digest {
			return false
		}
	}
	return true
}

func sameDefinitions(prev, now *Inputs) bool {
	if len(prev.Plans) != len(now.Plans) || len(prev.Measures) != len(now.Measures) {
		return false
	}
	for i := range prev.Plans {
		if prev.Plans[i].Digest != now.Plans[i].Digest {
			return false
		}
	}
	for i := range prev.Measures {
		if prev.Measures[i].Digest != now.Measures[i].Digest {
			return false
		}
	}
	return true
}

// replace puts the present parts of one cause into mixed inputs.
func replace(mixed, now *Inputs, cause string) {
	if cause == "plan" {
		mixed.Plans, mixed.Measures, mixed.Settings, mixed.Mapping, mixed.Contracts = now.Plans, now.Measures, now.Settings, now.Mapping, now.Contracts
		mixed.Settings.Expect = nil
		return
	}
	tables := make(map[string][]Part, len(now.Tables))
	for name, parts := range mixed.Tables {
		tables[name] = parts
	}
	for name, parts := range now.Tables {
		if causeOf(now, name) == cause {
			tables[name] = parts
		}
	}
	mixed.Tables = tables
}
