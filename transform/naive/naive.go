// Package naive computes what people are paid a second time, one row and one day after the other, in big rationals. It
// shares nothing with the engine but the nouns of package comp: it has no Arrow, no intervals, no atoms and no fold, so
// that a mistake of the one is not a mistake of the other. It is slow, and says no word about how pay came about.
package naive

import (
	"maps"
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// Inputs are everything that pay is computed from. The reference tables come decoded, as the company; the tables of
// facts and of shares come as rows.
type Inputs struct {
	Run         comp.RunFacts
	Settings    comp.Settings
	Mapping     comp.Mapping
	Contracts   []comp.Contract
	Measures    []comp.Measure
	Plans       []comp.Plan
	Ledger      []comp.LedgerEntry
	Waivers     []comp.Waiver
	Adjustments []comp.Adjustment
	Company     *comp.Company
	Confided    []comp.Confided   // what earlier closes made known of anonymous answers
	Found       []comp.Finding    // what reading the files and the reference tables found
	Tables      map[string][]Drop // by Contract.Name
}

// Drop is one file of one pull of a table.
type Drop struct {
	Seq          int
	Mode         comp.Mode
	Covers       comp.Period
	Name, Digest string
	Rows         []Row // in any order
}

// Row is a record as plain values.
type Row struct {
	Values  []comp.Value // beside the contract's columns
	Seconds []int64      // beside Values: an instant in Unix seconds
	Pos     int64
	Key     string // of a refused record: its key, as far as it could be read
	Refused bool   // decoding refused it, so that Values are not known
}

// Line is what one payee is paid for one component and month, all causes together.
type Line struct {
	Payee, Plan, Component, For string
	Currency                    comp.Currency
}

// Outcome is what a close pays, and whom it holds.
type Outcome struct {
	Lines    map[Line]int64 // minor units; lines of 0 are left out
	Held     map[string]bool
	Balances map[Line]int64    // what accounts hold at the end, For left out; of who is held nothing is told
	InKind   map[Kind][2]int64 // value, and with the tax that is borne
	Costs    map[Cost]int64    // of contracts, in minor units
	Moves    map[Line]Move     // of accounts in the run's month; those that neither open with anything nor move are left out
}

// Move is what an account held as posted, and what came, went and was written off since: corrections of earlier months come or
// go as their sum.
type Move struct{ Open, In, Out, Written int64 }

// Statements computes one run.
func Statements(in Inputs) Outcome {
	e := &engine{in: in, company: in.Company, credits: map[[2]string][]credit{}, rows: map[string][]*fact{}, split: map[comp.Split]map[string][]*fact{},
		held: map[string]bool{}, balances: map[Line]int64{}, days: map[presence]bool{}, pools: map[pooled]map[dayMoney]sums{}, calendars: map[string][]comp.Period{},
		people: map[string]*comp.Person{}, kind: map[Kind][2]int64{}, costs: map[Cost]int64{}, moves: map[Line]Move{}, dark: map[[2]string]bool{}, rough: map[*big.Rat]bool{}}
	for i := range in.Company.People {
		e.people[in.Company.People[i].ID] = &in.Company.People[i]
	}
	for _, c := range e.company.Calendars {
		e.calendars[c.Name] = c.Periods
	}
	for _, f := range in.Found {
		e.raise(f)
	}
	for _, m := range in.Measures {
		e.credit(m)
	}
	e.withoutLogin()
	return e.pay()
}

// engine is one run on its way.
type engine struct {
	in        Inputs
	company   *comp.Company
	people    map[string]*comp.Person
	rows      map[string][]*fact // by table: present ones
	split     map[comp.Split]map[string][]*fact
	credits   map[[2]string][]credit // by measure and whom they are given to
	held      map[string]bool
	balances  map[Line]int64
	days      map[presence]bool
	pools     map[pooled]map[dayMoney]sums
	calendars map[string][]comp.Period
	grants    map[grant]*big.Rat // of budgets; nil until somebody asks
	kind      map[Kind][2]int64
	costs     map[Cost]int64
	moves     map[Line]Move                          // by month
	dark      map[[2]string]bool                     // payee and month that something was not known in
	rough     map[*big.Rat]bool                      // numbers that floating point worked out
	shown     map[confidence]map[confidence][]credit // of tables of anonymous answers and periods
}

// raise holds whom a finding reaches, unless a waiver in force settles it.
func (e *engine) raise(f comp.Finding) {
	if f.Reach != comp.ReachPayee || f.Waived != "" || e.waived(f) {
		return
	}
	e.held[f.Payee] = true
}

func (e *engine) waived(f comp.Finding) bool {
	return slices.ContainsFunc(e.in.Waivers, func(w comp.Waiver) bool { return w.Finding == f.ID() && e.in.Run.Business <= w.Until })
}

// trouble is a finding about one person.
func (e *engine) trouble(code string, person *comp.Person, column, text string) {
	e.raise(comp.Finding{Code: code, Reach: comp.ReachPayee, Table: "roster", Key: person.ID, Payee: person.ID, Column: column, Text: text})
}

// months are the pay periods that are computed again, the run's own last.
func (e *engine) months() []comp.Period {
	out := []comp.Period{e.in.Run.Period}
	for m := comp.Month(e.in.Run.Period.Start - 1); len(out) <= e.in.Settings.Restate && m.Start >= e.in.Settings.First; m = comp.Month(m.Start - 1) {
		out = slices.Insert(out, 0, m)
	}
	return out
}

// book is what somebody is owed, by line.
type book struct {
	at      map[Line]int64
	unknown map[Line]bool // without currency
}

// pay settles everybody and compares with what was posted.
func (e *engine) pay() Outcome {
	owed := book{map[Line]int64{}, map[Line]bool{}}
	concerned := map[string]bool{} // who has a component in the run's own month
	for i := range e.company.People {
		e.settle(&e.company.People[i], owed, concerned)
	}
	return e.compare(owed, concerned)
}

// compare takes from what is owed what was posted. Of the run's own month nothing is.
func (e *engine) compare(owed book, concerned map[string]bool) Outcome {
	due := maps.Clone(owed.at)
	now, first := e.in.Run.Period.Name(), e.months()[0].Name()
	for _, l := range e.in.Ledger {
		if l.Kind != comp.AdjustmentLine && l.Kind != comp.BalanceEntry && l.Plan != "" && l.For >= first && l.For < now {
			due[Line{l.Payee, l.Plan, l.Component, l.For, l.Amount.Currency}] -= l.Amount.Minor
		}
	}
	for l := range due {
		plain := l
		plain.Currency = ""
		if owed.unknown[plain] && l.For < now {
			delete(due, l)
		}
	}
	for _, a := range e.adjustments() {
		due[Line{a.Payee, "", a.ID, a.Period, a.Amount.Currency}] += a.Amount.Minor
	}
	out := Outcome{map[Line]int64{}, map[string]bool{}, map[Line]int64{}, map[Kind][2]int64{}, map[Cost]int64{}, e.accounts()}
	for i := range e.company.People {
		p := &e.company.People[i]
		own := map[Line]int64{}
		lines := false
		for l, minor := range due {
			if _, earned := owed.at[l]; l.Payee == p.ID && (minor != 0 || (earned && l.For == now)) {
				own[l], lines = minor, true
			}
		}
		e.statement(p, own, concerned[p.ID] || lines, out)
	}
	for l, minor := range e.balances {
		if !out.Held[l.Payee] {
			out.Balances[l] = minor
		}
	}
	for k, v := range e.kind {
		if !out.Held[k.Payee] {
			out.InKind[k] = v
		}
	}
	for k, minor := range e.costs {
		if !out.Held[k.Payee] && minor != 0 {
			out.Costs[k] = minor
		}
	}
	return out
}

// adjustments are those of the run's month, and older ones that nobody posted.
func (e *engine) adjustments() []comp.Adjustment {
	now, first := e.in.Run.Period.Name(), e.in.Settings.First.String()[:7]
	var out []comp.Adjustment
	for _, a := range e.in.Adjustments {
		posted := slices.ContainsFunc(e.in.Ledger, func(l comp.LedgerEntry) bool {
			return l.Kind == comp.AdjustmentLine && l.Payee == a.Payee && l.Component == a.ID && l.For == a.Period
		})
		if a.Period == now || (a.Period < now && a.Period >= first && !posted) {
			out = append(out, a)
		}
	}
	return out
}
