package transform

import (
	"cmp"
	"fmt"

	"carrot/transform/comp"
)

// termPlan is one term of one measure, ready to run over a table's columns. It is only read.
type termPlan struct {
	measure, index int // in Inputs.Measures and its Terms
	term           *comp.Term
	pool           comp.Pool
	counts         bool // no value: a row counts as 1
	rated          bool // rows count as hits over rows
	missed         bool // and as misses
	spread         bool // how the rows are spread is kept
	group          []int
	date           int // columns; -1 for none
	owner          int
	currency       int
	of             int
	kind           int // the column that tells a row's kind of survey; -1 where no row says it
	deal, order    int // of a measure that is read by deal: the columns that name and order deals; deal is -1 for the key
	dealt          bool
	labels         []int
	resolver       *resolver
	pools          *timelines // by payee, of department and entity measures
	split          *splitTable
	apart          bool    // each entry has a part of its own: by weight, in whole minor units, or rolled up
	ladder         *ladder // nil: rows are credited to their owners
	fold           *foldPlan
}

// foldPlan takes one row per entity before a term counts.
type foldPlan struct {
	by    []int
	order int
	first bool   // else the last
	per   string // a calendar word; "": of all time
	timed bool   // order is a day or an instant
	each  bool   // every row that counts, of which one is a hit only if its entity is quiet for quiet after it
	quiet wide   // in the unit of order; 0: no such demand
}

const secondsOfDay = 24 * 60 * 60

// tableScan is everything that a scan of one table needs and leaves behind.
type tableScan struct {
	number   int
	name     string
	contract *comp.Contract
	keyCols  []int
	control  int // the control column; -1
	covers   int // the column of a window's days; -1
	terms    []*termPlan
	now      []piece
	before   []piece
	keys     *fold     // of a keyed table
	recent   *recent   // of a keyed table with several files: keys of the files that were read last
	verdicts *verdicts // of a keyed table, once it was read: which rows count no longer
	folded   *fold     // rows of terms that take one per entity; nil where there is none
}

// planTables gathers the tables that measures read, in order of their names, each with its terms.
func (s *scanner) planTables() error {
	byName := map[string]*tableScan{}
	for m := range s.in.Measures {
		for k := range s.in.Measures[m].Terms {
			name := s.in.Measures[m].Terms[k].Table
			t, ok := byName[name]
			if !ok {
				contract, err := contractOf(s.in, name)
				if err != nil {
					return fmt.Errorf("measure %s: %w", s.in.Measures[m].ID, err)
				}
				if t, err = s.planTable(contract); err != nil {
					return err
				}
				byName[name] = t
			}
			term, err := s.planTerm(t, m, k)
			if err != nil {
				return err
			}
			t.terms = append(t.terms, term)
		}
	}
	for _, name := range sortedKeys(byName) {
		t := byName[name]
		t.number = len(s.tables)
		s.tables = append(s.tables, t)
	}
	return nil
}

func (s *scanner) planTable(contract *comp.Contract) (*tableScan, error) {
	t := &tableScan{name: contract.Name(), contract: contract, control: contract.Index(contract.Control), covers: contract.Index(contract.Covers)}
	if t.control >= 0 && contract.Columns[t.control].Type != comp.Decimal {
		t.control = -1
	}
	if contract.Covers != "" && (t.covers < 0 || kindOf(contract.Columns[t.covers].Type) != comp.KindDate) {
		return nil, fmt.Errorf("table %s: covers names %q, a date or instant column was expected", t.name, contract.Covers)
	}
	t.now, t.before = generation(s.in, t.name)
	if contract.Keyed() {
		for _, k := range contract.Keys {
			if contract.Index(k) < 0 {
				return nil, fmt.Errorf("table %s has no column %q that keys names", t.name, k)
			}
			t.keyCols = append(t.keyCols, contract.Index(k))
		}
		t.keys = newFold("keys-"+t.name, s.memory)
		if len(t.now) > 1 {
			t.recent = &recent{memory: s.memory}
		}
	}
	return t, nil
}

// planTerm resolves a term's names. A name that the contract lacks is an error: config reports it with line and column
// long before.
func (s *scanner) planTerm(t *tableScan, m, k int) (*termPlan, error) {
	measure := &s.in.Measures[m]
	term := &measure.Terms[k]
	p := &termPlan{measure: m, index: k, term: term, pool: pooledBy(measure), counts: term.Value == nil,
		rated: measure.Aggregate.Rated() && (term.Hit != nil || measure.Aggregate != comp.Median), missed: term.Miss != nil, spread: measure.Spread, date: -1, owner: -1, currency: -1, of: -1, kind: -1, deal: -1, order: -1,
		dealt: len(s.grid.kept) > 0 && len(s.grid.kept[m]) > 0}
	p.counts = p.counts || measure.Aggregate == comp.Count
	type need struct {
		to   *int
		name string
	}
	needs := []need{{&p.date, term.Date}, {&p.owner, term.Owner.Column}, {&p.currency, term.Currency}}
	if p.dealt {
		needs = append(needs, need{&p.deal, term.Deal}, need{&p.order, cmp.Or(term.Order, term.Date)})
	}
	if term.Owner.Split != nil {
		needs = append(needs, need{&p.of, term.Owner.Split.Of})
	}
	if survey := t.contract.Survey; survey != nil {
		needs = append(needs, need{&p.kind, survey.By})
	}
	p.group = make([]int, len(term.Group))
	for i := range term.Group {
		needs = append(needs, need{&p.group[i], term.Group[i]})
	}
	for _, l := range term.Label {
		p.labels = append(p.labels, t.contract.Index(l))
	}
	if f := term.Fold; f != nil {
		p.fold = &foldPlan{first: f.Take == "first", each: f.Take == "each", per: f.Per, by: make([]int, len(f.By))}
		for i := range f.By {
			needs = append(needs, need{&p.fold.by[i], f.By[i]})
		}
		needs = append(needs, need{&p.fold.order, f.Order})
		if t.folded == nil {
			t.folded = newFold("rows-"+t.name, s.memory)
		}
	}
	for _, n := range needs {
		if n.name == "" {
			continue
		}
		if *n.to = t.contract.Index(n.name); *n.to < 0 {
			return nil, fmt.Errorf("measure %s: table %s has no column %q", measure.ID, t.name, n.name)
		}
	}
	if f := p.fold; f != nil {
		kind := kindOf(t.contract.Columns[f.order].Type)
		if term.Fold.Order == "" || len(f.by) == 0 || (kind != comp.KindDate && kind != comp.KindNumber) {
			return nil, fmt.Errorf("measure %s: a fold needs columns in by and a date, an instant or a number in order", measure.ID)
		}
		f.timed = kind == comp.KindDate
		if f.quiet = wideOf(int64(term.Fold.Quiet)); t.contract.Columns[f.order].Type == comp.Instant {
			f.quiet = wideOf(int64(term.Fold.Quiet) * secondsOfDay)
		}
	}
	return p, s.planOwner(p, measure, t)
}

func (s *scanner) planOwner(p *termPlan, measure *comp.Measure, t *tableScan) error {
	what := fmt.Sprintf("measure %s, table %s", measure.ID, t.name)
	switch {
	case p.date < 0 || kindOf(t.contract.Columns[p.date].Type) != comp.KindDate:
		return fmt.Errorf("%s: the date must be a date or instant column", what)
	case p.pool == comp.PoolCompany:
		if s.cells.company < 0 {
			return fmt.Errorf("%s: the grid has no company pool", what)
		}
		return s.planValue(p, measure, t)
	case p.owner < 0:
		return fmt.Errorf("%s: a measure of pool %s needs an owner column", what, p.pool)
	case kindOf(t.contract.Columns[p.owner].Type) != comp.KindText:
		return fmt.Errorf("%s: the owner column must hold text", what)
	}
	r, ok := s.resolvers[p.term.Owner.System]
	if !ok {
		r = newResolver(s.company, s.grid, p.term.Owner.System)
		s.resolvers[p.term.Owner.System] = r
	}
	p.resolver = r
	if p.term.Owner.Split != nil {
		split, err := s.splitTable(&p.term.Owner, r)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		p.split = split
		p.apart = p.term.Owner.Split.Weight != "" || p.term.Owner.Split.Remainder != ""
	}
	if p.term.Owner.Rollup != "" && p.pool == comp.PoolPayee {
		if s.ladder == nil {
			s.ladder = newLadder(s.company)
		}
		p.ladder, p.apart = s.ladder, p.apart || p.split != nil
	}
	if p.pool == comp.PoolDepartment || p.pool == comp.PoolEntity {
		if s.pools[p.pool] == nil {
			s.pools[p.pool] = poolStays(s.company, s.cells, p.pool)
		}
		p.pools = s.pools[p.pool]
	}
	return s.planValue(p, measure, t)
}

// splitTable reads the split table of an owner, each once however many terms share by it.
func (s *scanner) splitTable(o *comp.Owner, r *resolver) (*splitTable, error) {
	k := splitKey{*o.Split, r}
	if t, ok := s.shared[k]; ok {
		return t, nil
	}
	t, findings, err := newSplits(s.in, o, r)
	if err != nil {
		return nil, err
	}
	s.shared[k] = t
	s.findings = append(s.findings, findings...)
	return t, nil
}

// planValue widens the measure's fixed number of digits to what this term's values and shares need.
func (s *scanner) planValue(p *termPlan, measure *comp.Measure, t *tableScan) error {
	plan := &s.measures[p.measure]
	plan.hits, plan.spread = plan.hits || p.rated, plan.spread || p.spread
	scale := 0
	if !p.counts {
		cols, err := newColumns(t.contract)
		if err != nil {
			return err
		}
		value := newProgram(p.term.Value, cols)
		plan.exact = plan.exact || value.root == nil || value.kind != comp.KindNumber
		scale = value.scale
	}
	if p.split != nil && !p.apart {
		scale += p.split.scale
	}
	plan.exact = plan.exact || p.apart
	plan.values = plan.values || !p.counts || (measure.Aggregate == comp.Count && (p.split != nil || p.term.Sign < 0))
	plan.scale = max(plan.scale, scale)
	plan.exact = plan.exact || plan.scale >= len(tens)
	return nil
}

// shareScale is the number of digits of the term's shares; a whole row is 10^shareScale.
func (p *termPlan) shareScale() int {
	if p.split == nil || p.apart {
		return 0
	}
	return p.split.scale
}

// sign is +1 unless the term takes away.
func (p *termPlan) sign() int64 {
	if p.term.Sign < 0 {
		return -1
	}
	return 1
}
