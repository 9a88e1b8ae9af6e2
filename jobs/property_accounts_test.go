package jobs

import (
	"slices"
	"strings"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
)

// What accounts hold, from the entries of the ledger alone.

// accountOf is the account that a component of the ledger stands for.
func accountOf(component string) string {
	if _, account, ok := strings.Cut(component, ":"); ok {
		return account
	}
	if component == "draw" {
		return component
	}
	return ""
}

// accountAs is one account of one payee.
type accountAs struct {
	payee, plan, component string
	currency               comp.Currency
}

// book is what a ledger says of an account and of what is paid from it.
type book struct {
	cash, moved int64
	byMonth     map[string]int64 // how it moved, by the month that it is for
}

func books(ledger []comp.LedgerEntry) map[accountAs]*book {
	out := map[accountAs]*book{}
	for _, l := range ledger {
		k := accountAs{l.Payee, l.Plan, l.Component, l.Amount.Currency}
		if out[k] == nil {
			out[k] = &book{byMonth: map[string]int64{}}
		}
		if l.Kind == comp.BalanceEntry {
			out[k].moved += l.Held.Minor
			out[k].byMonth[l.For] += l.Held.Minor
		} else {
			out[k].cash += l.Amount.Minor
		}
	}
	return out
}

// months are the months in which an account moved, sorted.
func (b *book) months() (out []string) {
	for m := range b.byMonth { // sorted below
		out = append(out, m)
	}
	slices.Sort(out)
	return out
}

// told holds what statements tell of accounts against the ledger: each opens as it was posted, and closes to what came in less
// what went out less what was written off.
func (p *trial) told(account string, r *comp.Result, before, after map[accountAs]*book) {
	for _, s := range r.Statements {
		for _, b := range s.Balances {
			k := accountAs{s.Payee, b.Plan, b.Component, b.Close.Currency}
			if b.Account != account || len(s.HeldFor) > 0 {
				continue
			}
			was, is := &book{}, &book{}
			if x := before[k]; x != nil {
				was = x
			}
			if x := after[k]; x != nil {
				is = x
			}
			if b.Open.Minor != was.moved || b.Close.Minor != is.moved || b.Open.Minor+b.In.Minor-b.Out.Minor-b.WrittenOff.Minor != b.Close.Minor {
				p.Errorf("%s: %+v, but the ledger came from %d to %d", s.ID, b, was.moved, is.moved)
			}
		}
	}
}

// drawsClose: what is open of a draw is never less than nothing, and is what was advanced less what was recovered; where
// employment ended, less what was written off as well, so that nothing stays open.
func drawsClose(p *trial) {
	ends := map[string]bool{}
	for _, x := range p.e.People {
		ends[x.ID] = ends[x.ID] || x.To != comp.NoDate
	}
	p.close(p.e, func(now transform.Inputs, r *comp.Result) bool {
		before, after := books(now.Ledger), books(slices.Concat(now.Ledger, r.Ledger))
		p.told("draw", r, before, after)
		for k, b := range after { // each on its own
			guarantees := slices.ContainsFunc(p.c.Plans, func(x comp.Plan) bool { return x.ID == k.plan && x.Draw != nil && x.Draw.Kind == "guarantee" })
			if k.component != "draw" || guarantees {
				continue
			}
			p.seen++
			written := b.cash - b.moved
			if written < 0 || (written > 0 && !ends[k.payee]) {
				p.Errorf("%s %v: %d advanced less recovered, %d open, %d written off", now.Run.Period.Name(), k, b.cash, b.moved, written)
			}
			open := int64(0)
			for _, m := range b.months() {
				if open += b.byMonth[m]; open < 0 {
					p.Errorf("%s %v: %d open after %s", now.Run.Period.Name(), k, open, m)
				}
			}
		}
		return true
	})
}

// holdsClose: what is held is what was earned and not paid at once, less what was released, less what was forfeited. What was
// earned is what the same plans pay that hold nothing back.
func holdsClose(p *trial) {
	e := p.e
	late := p.d.chance(50)
	if !late {
		e = knownAtOnce(e)
	}
	free := *p.c
	free.Plans = slices.Clone(p.c.Plans)
	for i := range free.Plans {
		free.Plans[i].Components = slices.Clone(free.Plans[i].Components)
		for k := range free.Plans[i].Components {
			free.Plans[i].Components[k].Release = nil
		}
	}
	at := *p
	at.c, at.fault = &free, flaw{}
	earned, forfeited := at.post(e), map[accountAs]int64{}
	p.close(e, func(now transform.Inputs, r *comp.Result) bool {
		after := books(slices.Concat(now.Ledger, r.Ledger))
		p.told("hold", r, books(now.Ledger), after)
		for _, s := range r.Statements {
			for _, b := range s.Balances {
				if b.Account == "hold" {
					forfeited[accountAs{s.Payee, b.Plan, b.Component, b.Close.Currency}] += b.WrittenOff.Minor
				}
			}
		}
		if now.Run.Period.Name() == e.Closes[len(e.Closes)-1] {
			p.holds(r, after, earned, forfeited, late)
		}
		return true
	})
}

// holds compares the accounts of held pay after the last close.
func (p *trial) holds(r *comp.Result, after map[accountAs]*book, earned postings, forfeited map[accountAs]int64, late bool) {
	for _, s := range r.Statements {
		earned.free[s.Payee] = earned.free[s.Payee] && len(s.HeldFor) == 0
	}
	for k, all := range earned.cash { // each on its own
		of := paidFor{k.Payee, k.Plan, k.Component}
		if !earned.free[k.Payee] || !every(p.c, of, func(x *comp.Component) bool { return x.Release != nil }) {
			continue
		}
		b := func(component string) *book {
			if x := after[accountAs{k.Payee, k.Plan, component, k.Currency}]; x != nil {
				return x
			}
			return &book{}
		}
		held := accountAs{k.Payee, k.Plan, k.Component + ":hold", k.Currency}
		created := all - b(k.Component).cash
		lost := created - b(k.Component+":release").cash - b(held.component).moved
		if created != 0 {
			p.seen++
		}
		never := every(p.c, of, func(x *comp.Component) bool {
			return x.Release.Silence == "pay" && x.Release.Failed != "forfeit" && x.Clawback == nil
		})
		if (never && lost != 0) || (!late && lost != forfeited[held]) {
			p.Errorf("%v: %d created, %d released, %d held: %d are missing, %d were forfeited", held, created, b(k.Component+":release").cash, b(held.component).moved, lost, forfeited[held])
		}
	}
}

// knownAtOnce is a world of which everything was known from the first day on.
func knownAtOnce(e config.Example) config.Example {
	e.People, e.Numbers, e.Tables, e.Events = slices.Clone(e.People), slices.Clone(e.Numbers), slices.Clone(e.Tables), slices.Clone(e.Events)
	for i := range e.People {
		e.People[i].Known, e.People[i].Then = comp.NoDate, slices.Clone(e.People[i].Then)
		for k := range e.People[i].Then {
			e.People[i].Then[k].Known = comp.NoDate
		}
	}
	for i := range e.Numbers {
		e.Numbers[i].Known = comp.NoDate
	}
	for i := range e.Tables {
		e.Tables[i].Rows = slices.Clone(e.Tables[i].Rows)
		keys := map[string]bool{}
		e.Tables[i].Rows = slices.DeleteFunc(e.Tables[i].Rows, func(r config.ExampleRow) bool { // a correction would be the same deal twice
			twice := e.Tables[i].Table.Name == "crm.deals" && keys[cellText(r, "id")]
			keys[cellText(r, "id")] = true
			return twice
		})
		for k := range e.Tables[i].Rows {
			e.Tables[i].Rows[k].Known = comp.NoDate
		}
	}
	for i := range e.Events {
		e.Events[i].Known = comp.NoDate
	}
	return e
}
