package transform

import (
	"math/bits"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// wide is an exact 128-bit sum.
type wide struct {
	hi int64
	lo uint64
}

// add adds unless that leaves 128 bits.
func (w *wide) add(hi int64, lo uint64) bool {
	l, carry := bits.Add64(w.lo, lo, 0)
	h, _ := bits.Add64(uint64(w.hi), uint64(hi), carry)
	if (w.hi >= 0) == (hi >= 0) && (int64(h) >= 0) != (w.hi >= 0) {
		return false
	}
	w.lo, w.hi = l, int64(h)
	return true
}

func (w wide) number(scale int) comp.Number { return comp.FromInt128(w.hi, w.lo, scale) }

// mark counts the rows of a cell, and those that are hits and misses.
type mark struct{ n, hits, misses int64 }

// amassed sums the values of a cell, and counts its rows.
type amassed struct {
	sum wide
	n   int64
}

// pageCells is how many neighbouring cells lie together.
const pageCells = 256

// page holds the sums of some neighbouring cells: marks where a measure only counts, sums where it has values.
type page struct {
	marks []mark
	sums  []amassed
}

// book holds one measure's sums in one currency, page by page, where rows fell.
type book struct {
	pages []page
}

// oddKey names a cell whose value left 128 bits or has no fixed number of digits.
type oddKey struct {
	measure, currency int32
	cell              int32
}

// partial is what some of the splits add up to. Adding partials is exact and commutative: any order gives one result.
type partial struct {
	plan       []measurePlan
	books      [][]book // [measure][currency of this partial]
	currencies []comp.Currency
	index      map[string]int32 // of currencies
	last       int32            // that was asked for by its code
	odd        map[oddKey]comp.Number
	spreads    map[oddKey]spread
	controls   []control // by table
	credits    creditPile
	deals      creditPile // of deals; empty where no component reads any
	findings   []located
	lineage    []*block
	names      []string         // keys of vanished rows
	signatures map[string]int64 // anonymous answers by the cells that they entered
}

// measurePlan is how a measure's sums are kept.
type measurePlan struct {
	scale  int  // of values: digits after the point that every term and share fits in
	exact  bool // no such number: every value is an exact number of its own
	values bool // values are summed; else rows are counted only
	hits   bool
	spread bool  // how a cell's rows are spread is kept beside
	base   int32 // the first cell of the measure
	cells  int32
}

func newPartial(s *scanner) *partial {
	p := &partial{plan: s.measures, books: make([][]book, len(s.measures)), index: map[string]int32{}, odd: map[oddKey]comp.Number{}, spreads: map[oddKey]spread{}, signatures: map[string]int64{},
		controls: make([]control, len(s.tables)), credits: creditPile{book: s.credits}, deals: creditPile{book: s.deals}}
	p.currency("")
	return p
}

// currency is the number of a currency in this partial.
func (p *partial) currency(code string) int32 {
	if i, ok := p.index[code]; ok {
		return i
	}
	code = strings.Clone(code)
	p.index[code] = int32(len(p.currencies))
	p.currencies = append(p.currencies, comp.Currency(code))
	return p.index[code]
}

// currencyOf is the number of a currency whose code was written down.
func (p *partial) currencyOf(code []byte) int32 {
	if string(code) == string(p.currencies[p.last]) {
		return p.last
	}
	p.last = p.currency(string(code))
	return p.last
}

// pages are a measure's pages in a currency, made at need.
func (p *partial) pages(measure int, currency int32) []page {
	for int(currency) >= len(p.books[measure]) {
		p.books[measure] = append(p.books[measure], book{pages: make([]page, p.plan[measure].cells/pageCells+1)})
	}
	return p.books[measure][currency].pages
}

// page is where a cell's sums lie, made at need.
func (p *partial) page(measure int, currency, cell int32) (*page, int) {
	plan := &p.plan[measure]
	at := cell - plan.base
	g := &p.pages(measure, currency)[at/pageCells]
	if g.marks == nil && g.sums == nil {
		plan.open(g)
	}
	return g, int(at % pageCells)
}

func (m *measurePlan) open(g *page) {
	if m.values {
		g.sums = make([]amassed, pageCells)
	} else {
		g.marks = make([]mark, pageCells)
	}
}

// addValue adds coef*weight at the measure's scale, or moves what leaves 128 bits to an exact number.
func (p *partial) addValue(to *amassed, measure int, currency, cell int32, coef, weight int64) {
	hi, lo := mul128(coef, weight)
	if !to.sum.add(hi, lo) {
		p.addOdd(measure, currency, cell, comp.FromInt128(hi, lo, p.plan[measure].scale))
	}
}

// addNumber adds an exact number, to the 128-bit sum where it has the measure's digits.
func (p *partial) addNumber(to *amassed, measure int, currency, cell int32, n comp.Number) {
	plan := &p.plan[measure]
	if coef, scale, small := n.Small(); !plan.exact && small && scale <= plan.scale {
		p.addValue(to, measure, currency, cell, coef, tens[plan.scale-scale])
		return
	}
	p.addOdd(measure, currency, cell, n)
}

func (p *partial) addOdd(measure int, currency, cell int32, n comp.Number) {
	k := oddKey{int32(measure), currency, cell}
	p.odd[k] = p.odd[k].Add(n)
}

// merge adds q to p; q is empty afterwards.
func (p *partial) merge(q *partial) {
	as := make([]int32, len(q.currencies))
	for i, c := range q.currencies {
		as[i] = p.currency(string(c))
	}
	for m, books := range q.books {
		for c, l := range books {
			for k, g := range l.pages {
				if g.marks != nil || g.sums != nil {
					p.mergePage(m, as[c], p.plan[m].base+int32(k)*pageCells, &g)
				}
			}
		}
		q.books[m] = nil
	}
	for k, n := range q.odd { // sums do not depend on the order
		p.addOdd(int(k.measure), as[k.currency], k.cell, n)
	}
	for k, from := range q.spreads { // nor here
		p.spreadOf(int(k.measure), as[k.currency], k.cell).merge(from)
	}
	q.spreads = nil
	for t := range q.controls {
		p.controls[t].merge(&q.controls[t], as)
	}
	for k, n := range q.signatures { // nor here
		p.signatures[k] += n
	}
	q.signatures = nil
	p.credits.merge(&q.credits)
	p.deals.merge(&q.deals)
	p.findings = append(p.findings, q.findings...)
	p.lineage = append(p.lineage, q.lineage...)
	p.names = append(p.names, q.names...)
	q.findings, q.lineage, q.names = nil, nil, nil
}

func (p *partial) mergePage(measure int, currency, first int32, g *page) {
	into, _ := p.page(measure, currency, first)
	for i, m := range g.marks {
		into.marks[i].n += m.n
		into.marks[i].hits += m.hits
		into.marks[i].misses += m.misses
	}
	for i, v := range g.sums {
		into.sums[i].n += v.n
		if !into.sums[i].sum.add(v.sum.hi, v.sum.lo) {
			p.addOdd(measure, currency, first+int32(i), v.sum.number(p.plan[measure].scale))
		}
	}
}

// tally is the outcome of a scan: exact sums per measure, subject and atom, credits, controls and lineage.
type tally struct {
	credits  *comp.Credits // of this pay period
	deals    *creditStore  // credits of measures that are read by deal, over all that is recomputed; nil: none
	controls []disposition // by table, sorted
	lineage  *Lineage
	cells    *cellMap
	sum      *partial
	byCode   []int32 // sum's currencies in order of their codes
}

// sum is one currency's share of a measure: value is exact, signed and weighted by splits; hits and n count rows.
type sum struct {
	currency comp.Currency
	value    comp.Number
	hits, n  int64
	misses   int64
	spread   spread // nil where the measure keeps none
}

// newTally sorts what is left to sort.
func newTally(cells *cellMap, p *partial) *tally {
	t := &tally{cells: cells, sum: p, byCode: make([]int32, len(p.currencies))}
	for i := range t.byCode {
		t.byCode[i] = int32(i)
	}
	sort.Slice(t.byCode, func(i, j int) bool { return p.currencies[t.byCode[i]] < p.currencies[t.byCode[j]] })
	return t
}

// sums are a measure's sums for a subject's atom, sorted by currency; none where no row fell.
func (t *tally) sums(measure int, subject int32, atom int) []sum {
	if t.sum == nil || measure >= len(t.sum.books) {
		return nil
	}
	base := t.cells.base[measure*t.cells.subjects+int(subject)]
	if base < 0 || atom < 0 || atom >= t.cells.atoms(subject) {
		return nil
	}
	cell, plan := base+int32(atom), &t.sum.plan[measure]
	at := cell - plan.base
	var out []sum
	for _, c := range t.byCode {
		if int(c) >= len(t.sum.books[measure]) {
			continue
		}
		g, i := &t.sum.books[measure][c].pages[at/pageCells], at%pageCells
		s := sum{currency: t.sum.currencies[c]}
		switch {
		case g.sums != nil:
			s.n, s.value = g.sums[i].n, g.sums[i].sum.number(plan.scale).Add(t.sum.odd[oddKey{int32(measure), c, cell}])
		case g.marks != nil:
			s.n, s.hits, s.misses = g.marks[i].n, g.marks[i].hits, g.marks[i].misses
			if s.value = comp.Int(s.n); plan.hits {
				s.value = comp.Int(s.hits)
			}
		}
		if s.n == 0 {
			continue
		}
		s.spread = t.sum.spreads[oddKey{int32(measure), c, cell}]
		out = append(out, s)
	}
	return out
}

// disposition says where the rows of one table went; every row is in exactly one bucket beside in.
//
//   - held: a finding of reach row holds it
//   - excluded: no measure takes it, or a waiver settled its finding
//   - exception: a measure takes it in this pay period, but nobody takes part for it: its owner is on no plan that day
//   - other: it belongs to other pay periods
//   - superseded: a later row of its key, or a later window, replaced it
//   - credited: it counts in this pay period, by the subject of its first owner
type disposition struct {
	table                                            string
	in, held, excluded, exception, other, superseded bucket
	waived                                           bucket           // of excluded
	credited                                         map[int32]bucket // read by key or sorted
}

// bucket counts rows, with the sums of the contract's Control column per currency ("" where the term names none).
type bucket struct {
	rows int64
	sums map[comp.Currency]comp.Number
}
