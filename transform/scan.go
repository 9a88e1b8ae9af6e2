package transform

import (
	"errors"
	"fmt"
	"sort"
	"sync"
	"sync/atomic"

	"carrot/transform/comp"
)

// grid says who and when. Its functions are asked by several goroutines and must only read.
type grid struct {
	subjects []string         // payee ids sorted, then pool names "company", "department:Sales", "entity:DE01", sorted
	index    map[string]int32 // read by key only
	bounds   [][]comp.Date    // per subject: sorted boundaries; atom i is [bounds[i], bounds[i+1]); many subjects share one slice
	// current: the day belongs to a measuring period that pays in this run, for a component of that subject (payee level:
	// and a day of participation). Within an atom its answer, and that of inPeriod, does not change.
	current  func(measure int, subject int32, d comp.Date) bool
	inPeriod func(measure int, d comp.Date) bool                                     // the day belongs to a measuring period of that measure that pays in this run
	poolOf   func(payee int32, pool comp.Pool, d comp.Date) (subject int32, ok bool) // department or entity pool of a payee on a day
	measured func(measure int, d comp.Date) comp.Period                              // the measuring period that a row of that day enters
	kept     [][]comp.Period                                                         // by measure: the days whose rows are kept as deals; nil where no component reads deals
}

// scanner is one scan: what it reads, how it counts, and what it found.
type scanner struct {
	in        *Inputs
	company   *comp.Company
	grid      *grid
	cells     *cellMap
	memory    *budget
	measures  []measurePlan
	tables    []*tableScan
	splits    []splitAt
	files     []comp.File       // in the order of name and digest
	fileRank  []uint32          // by index into Inputs.Files
	waivers   map[string]string // read by key only
	resolvers map[string]*resolver
	pools     map[comp.Pool]*timelines
	shared    map[splitKey]*splitTable // read by key only
	ladder    *ladder                  // nil: nothing is rolled up
	findings  []comp.Finding
	sum       *partial
	credits   *creditBook
	deals     *creditBook          // nil: no component reads deals
	firsts    map[place]firstOwner // whom the rows count for that only folds credit; read by key only, empty where no component reads deals
	bits      linkBits
}

// errTooFar would take a file of terabytes.
var errTooFar = errors.New("a file is too large for the positions of its rows to be kept beside so many cells: split the export")

// splitAt is one split with its place in the order of knowledge.
type splitAt struct {
	table  *tableScan
	piece  *piece
	run    func(out func(Batch) error) []comp.Finding
	before bool // of the snapshot before the last: read for its keys only
	fates  []uint8
	bad    []badRow
	undone []int64 // positions of rows that were taken out again
}

// badRow is a row that decoding refused. It has a place after the split's good rows.
type badRow struct {
	place place
	fate  uint8
}

// scan reads every fact table once and adds up what the measures ask for. Rows that a later version of their key
// replaced, or that contradict another, are found while reading; their splits are read once more and the rows are taken
// out again, which exact sums allow. Nothing depends on the order or number of splits, or on the number of workers.
func scan(in *Inputs, company *comp.Company, g *grid) (*tally, []comp.Finding, error) {
	s := &scanner{firsts: map[place]firstOwner{}, in: in, company: company, grid: g, cells: newCells(in, company, g), memory: newBudget(in),
		measures: make([]measurePlan, len(in.Measures)), waivers: waiversInForce(in), resolvers: map[string]*resolver{},
		pools: map[comp.Pool]*timelines{}, shared: map[splitKey]*splitTable{}}
	s.bits = newLinkBits(s.cells.total)
	s.rankFiles()
	if err := s.planTables(); err != nil {
		return nil, nil, err
	}
	s.planCells()
	s.planSplits()
	s.credits = s.newCreditBook("credits", false)
	if g.kept != nil {
		s.deals = s.newCreditBook(in.spillName("deals"), true)
	}
	s.sum = newPartial(s)
	if err := s.each(s.allSplits(), nil); err != nil {
		return nil, nil, err
	}
	for _, t := range s.tables {
		if err := s.settleTable(t); err != nil {
			return nil, nil, err
		}
	}
	t := newTally(s.cells, s.sum)
	var err error
	if !in.lean {
		if t.lineage, err = s.joinBlocks(s.sum.lineage); err != nil {
			return nil, nil, err
		}
	}
	s.sum.lineage = nil
	t.controls = untold(in, s.dispositions(s.sum))
	s.sum.controls = nil
	if t.credits, err = s.allCredits(); err != nil || s.deals == nil {
		return t, s.allFindings(), err
	}
	t.deals, err = s.store(&s.sum.deals)
	return t, s.allFindings(), err
}

// rankFiles orders the files by name and digest, whatever their order in the inputs.
func (s *scanner) rankFiles() {
	order := make([]int, len(s.in.Files))
	for i := range order {
		order[i] = i
	}
	at := func(i int) comp.File { return s.in.Files[order[i]] }
	sort.SliceStable(order, func(i, j int) bool {
		return at(i).Name < at(j).Name || (at(i).Name == at(j).Name && at(i).Digest < at(j).Digest)
	})
	s.fileRank = make([]uint32, len(order))
	for i, k := range order {
		if i == 0 || at(i) != at(i-1) {
			s.files = append(s.files, at(i))
		}
		s.fileRank[k] = uint32(len(s.files) - 1)
	}
}

// planCells gives each measure its range of cells.
func (s *scanner) planCells() {
	next := int32(s.cells.total)
	for m := len(s.measures) - 1; m >= 0; m-- {
		first := next
		for subject := s.cells.subjects - 1; subject >= 0; subject-- {
			if b := s.cells.base[m*s.cells.subjects+subject]; b >= 0 {
				first = b
			}
		}
		s.measures[m].base, s.measures[m].cells = first, next-first
		next = first
	}
}

// planSplits lists what is read: of each table in turn the newest piece, then of each the one before it, and so on. So a
// piece is nearly always done when an older one of its table begins, and rows that it replaces are known; see recent.
func (s *scanner) planSplits() {
	add := func(t *tableScan, p *piece, before bool) {
		for _, run := range p.Splits {
			s.splits = append(s.splits, splitAt{table: t, piece: p, run: run, before: before})
		}
	}
	for age, any := 1, true; any; age++ {
		any = false
		for _, t := range s.tables {
			if age <= len(t.now) {
				add(t, &t.now[len(t.now)-age], false)
				any = true
			}
		}
	}
	for _, t := range s.tables {
		if t.keys != nil {
			for i := range t.before {
				add(t, &t.before[i], true)
			}
		}
	}
}

func (s *scanner) allSplits() []uint32 {
	all := make([]uint32, len(s.splits))
	for i := range all {
		all[i] = uint32(i)
	}
	return all
}

// each runs the workers over splits and merges what they add up. With back, rows are taken out instead.
func (s *scanner) each(splits []uint32, back *verdicts) error {
	n := min(max(1, s.in.Workers), max(1, len(splits)))
	partials, errs := make([]*partial, n), make([]error, len(splits))
	var next atomic.Int64
	var failed atomic.Bool
	var wait sync.WaitGroup
	for k := range n {
		partials[k] = newPartial(s)
		wait.Add(1)
		go func() {
			defer wait.Done()
			w := &scanWorker{s: s, sum: partials[k], tables: make([]*tableWorker, len(s.tables)), links: links{bits: s.bits}, back: back}
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= len(splits) {
					break
				}
				if errs[i] = w.split(splits[i]); errs[i] != nil {
					failed.Store(true)
				}
			}
			w.finish()
		}()
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	for _, p := range partials {
		s.sum.merge(p)
	}
	return nil
}

// scanWorker is one goroutine of a scan.
type scanWorker struct {
	s      *scanner
	sum    *partial
	tables []*tableWorker
	links  links
	back   *verdicts // not nil: rows are taken out again
}

func (w *scanWorker) split(split uint32) error {
	at := &w.s.splits[split]
	t := w.tables[at.table.number]
	if t == nil {
		var err error
		if t, err = w.s.newTableWorker(at.table, w.sum); err != nil {
			return err
		}
		if t.links = &w.links; w.back != nil {
			t.back, t.sign = w.back, -1
		}
		w.tables[at.table.number] = t
	}
	t.begin(split)
	take := t.batch
	if at.before {
		take = t.keysOnly
	}
	var broken error
	found := at.run(func(b Batch) error {
		broken = take(b)
		return broken
	})
	if broken != nil {
		return fmt.Errorf("%s: %w", w.s.in.Files[at.piece.File].Name, broken)
	}
	if t.links.tooFar {
		return errTooFar
	}
	if w.back == nil && !at.before {
		t.refused(found)
	}
	return nil
}

// finish hands over what the goroutine still holds.
func (w *scanWorker) finish() {
	for _, t := range w.tables {
		if t == nil {
			continue
		}
		if t.keys != nil {
			t.keys.flush()
		}
		if t.folded != nil {
			t.folded.flush()
		}
	}
	if w.links.flush(); w.back == nil {
		w.sum.lineage = append(w.sum.lineage, w.links.out...)
	}
}
