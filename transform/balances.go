package transform

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// A balance is never stored: it is the sum of the movements of its account. A close posts how each account moved in each
// pay period of the horizon, less what was posted of that already; Held carries it, since the entry pays nothing.

// accountMonth is one account in one pay period.
type accountMonth struct {
	accountKey
	month string
}

func (k accountMonth) compare(o accountMonth) int {
	return cmp.Or(cmp.Compare(k.month, o.month), k.accountKey.compare(o.accountKey))
}

func entryKey(l *comp.LedgerEntry) accountMonth {
	return accountMonth{accountKey{l.Plan, l.Component, l.Amount.Currency}, l.For}
}

// openings are what each payee's accounts held before the horizon, as posted; accounts that held nothing are left out.
func openings(in *Inputs) map[string]map[accountKey]int64 {
	first := horizon(in)[0].Name()
	out := map[string]map[accountKey]int64{}
	for i := range in.Ledger {
		l := &in.Ledger[i]
		if l.Kind != comp.BalanceEntry {
			continue
		}
		if out[l.Payee] == nil {
			out[l.Payee] = map[accountKey]int64{}
		}
		held := int64(0)
		if l.For < first {
			held = l.Held.Minor
		}
		out[l.Payee][entryKey(l).accountKey] += held // of one that held nothing the payee has an account nevertheless
	}
	return out
}

// movedNow are the movements of a payee's accounts as presently known, one sum a pay period.
func (b *builder) movedNow(id string) map[accountMonth]int64 {
	out := map[accountMonth]int64{}
	for i := range b.a.moves[id] {
		m := &b.a.moves[id][i]
		out[accountMonth{m.key, m.month.Name()}] += m.net()
	}
	return out
}

// movements are the ledger's balance entries of a close: for each account and pay period the difference from what was
// posted. What is not known stays as posted.
func (b *builder) movements(payee int) []comp.LedgerEntry {
	id, run := b.a.company.People[payee].ID, b.a.in.Run.Period.Name()
	now, first := b.movedNow(id), horizon(b.a.in)[0].Name()
	for i := range b.posted[id] {
		if l := &b.posted[id][i]; l.Kind == comp.BalanceEntry && l.For >= first {
			now[entryKey(l)] -= l.Held.Minor
		}
	}
	var keys []accountMonth
	for k, minor := range now { // sorted below
		if minor != 0 && !b.a.blind[[2]string{id, k.month}] {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, accountMonth.compare)
	out := make([]comp.LedgerEntry, 0, len(keys))
	for _, k := range keys {
		out = append(out, comp.LedgerEntry{Payee: id, Plan: k.plan, Component: k.component, Paid: run, For: k.month, Kind: comp.BalanceEntry,
			Amount: comp.Money{Currency: k.currency}, Held: comp.Money{Minor: now[k], Currency: k.currency}})
	}
	return out
}

// balances are a payee's accounts over this pay period: what was posted before opens them, corrections of earlier periods
// and this period's own movements follow. Of whom a close posts nothing, nothing moves.
func (b *builder) balances(payee int, posts bool) []comp.Balance {
	id, run := b.a.company.People[payee].ID, b.a.in.Run.Period
	by := map[accountKey]*comp.Balance{}
	at := func(k accountKey) *comp.Balance {
		if by[k] == nil {
			zero := comp.Money{Currency: k.currency}
			by[k] = &comp.Balance{Account: account(k.component), Plan: k.plan, Component: k.component, Open: zero, In: zero, Out: zero, WrittenOff: zero, Close: zero}
			_, by[k].Title = b.deltaName(comp.Earning, k.plan, k.component)
		}
		return by[k]
	}
	for i := range b.posted[id] {
		if l := &b.posted[id][i]; l.Kind == comp.BalanceEntry {
			at(entryKey(l).accountKey).Open.Minor += l.Held.Minor
		}
	}
	for i := range b.a.moves[id] {
		if m := &b.a.moves[id][i]; posts && m.month == run && !b.a.blind[[2]string{id, run.Name()}] {
			x := at(m.key)
			x.In.Minor, x.Out.Minor, x.WrittenOff.Minor = x.In.Minor+m.in, x.Out.Minor+m.out, x.WrittenOff.Minor+m.written
			x.Reasons = append(x.Reasons, m.reasons...)
		}
	}
	for _, l := range b.movements(payee) {
		if !posts || l.For == run.Name() {
			continue
		}
		x := at(accountKey{l.Plan, l.Component, l.Amount.Currency})
		if l.Held.Minor > 0 {
			x.In.Minor += l.Held.Minor
		} else {
			x.Out.Minor -= l.Held.Minor
		}
		month, _ := comp.ParseMonth(l.For)
		x.Reasons = append(x.Reasons, "correction of "+month.Words()+": "+paid(l.Held))
	}
	var keys []accountKey
	for k := range by { // sorted below
		keys = append(keys, k)
	}
	slices.SortFunc(keys, accountKey.compare)
	var out []comp.Balance
	for _, k := range keys {
		x := by[k]
		x.Close.Minor = x.Open.Minor + x.In.Minor - x.Out.Minor - x.WrittenOff.Minor
		if x.Open.Minor != 0 || x.In.Minor != 0 || x.Out.Minor != 0 || x.WrittenOff.Minor != 0 {
			out = append(out, *x)
		}
	}
	return out
}

// moved says whether any account moved in this pay period.
func moved(bs []comp.Balance) bool {
	return slices.ContainsFunc(bs, func(b comp.Balance) bool { return b.In.Minor != 0 || b.Out.Minor != 0 || b.WrittenOff.Minor != 0 })
}
