package transform

import (
	"slices"
	"sync/atomic"

	"carrot/transform/comp"
)

// Version is the version of the calculation: it rises whenever equal inputs may give another value.
const Version = "1"

// Compute is the whole calculation of one run. prev is what the posted close before it was computed from, at the present
// run's horizon; it tells true-ups their causes and may be nil for the first close.
func Compute(now Inputs, prev *Inputs) (*comp.Result, *Lineage, error) {
	return ComputeWith(DefaultVerbs(), now, prev)
}

// ComputeWith is Compute with some verbs replaced; only tests do so.
func ComputeWith(v Verbs, now Inputs, prev *Inputs) (*comp.Result, *Lineage, error) {
	now.spills = new(atomic.Int64)
	a, err := assess(&now, &v, nil)
	if err != nil {
		return nil, nil, err
	}
	a.amendments(prev)
	a.vanished()
	a.calendars()
	if err := a.expect(); err != nil {
		return nil, nil, err
	}
	a.hold()
	owed, err := a.trueUps(&v, prev)
	if err != nil {
		return nil, nil, err
	}
	if err := a.tooOld(&v); err != nil {
		return nil, nil, err
	}
	r, err := a.result(owed)
	if err != nil {
		return nil, nil, err
	}
	r.Definitions = a.definitions(r.Statements, prev)
	return r, a.tally.lineage, nil
}

// assessment is every payee's entitlement over the horizon, at one state of knowledge.
type assessment struct {
	in           *Inputs
	company      *comp.Company
	part         *participation
	grid         *grid
	tally        *tally
	duties       []duty
	entitlements []entitlement         // sorted by payee; of each plan, component, period, then the accounts
	moves        map[string][]movement // by payee: how their accounts moved within the horizon; read by key only
	blind        map[[2]string]bool    // payees and pay periods whose accounts cannot be told
	applied      map[[2]string]bool    // legal rules and the legal entities of whom anybody came under them
	waiting      map[place]dealtRow    // rows whose pay is held
	costs        []comp.CostEntry
	confided     []comp.Confided // what is made known of anonymous answers by this close
	findings     []comp.Finding
	held         map[string][]string // payee to the findings that hold the statement; read by key only
	expectations []comp.Expectation
	recent       *recency // when there was contact with accounts; nil where nothing shows it
}

// assess walks each fact through each verb once: conform the reference tables, see who takes part when, scan the fact
// rows (assemble, resolve, credit, measure), and settle per payee: everything, or what is wanted alone.
func assess(in *Inputs, v *Verbs, only wanted) (*assessment, error) {
	in.index = measureIndex(in)
	company, findings, err := conform(in)
	if err != nil {
		return nil, err
	}
	part, notices := participate(in, company)
	ds := duties(in, v, company)
	g := newGrid(in, company, part, ds)
	t, facts, err := scan(in, company, g)
	if err != nil {
		return nil, err
	}
	s := newSettler(in, v, company, part, g, t)
	if only == nil {
		s.untold = postedMonths(in)
		s.logins(ds)
	} else {
		s.untold = only // their amounts are all that is asked for
	}
	a := &assessment{in: in, company: company, part: part, grid: g, tally: t, duties: ds, entitlements: s.settle(ds, only), moves: s.moves, blind: s.blind, applied: s.applied, waiting: s.waiting, costs: s.costs}
	if s.failed != nil {
		return nil, s.failed
	}
	a.confided = s.confided.fresh
	a.findings = slices.Concat(in.Found, findings, notices, facts, s.findings, s.confided.late)
	return a, nil
}
