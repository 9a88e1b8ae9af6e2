package transform

import (
	"carrot/transform/comp"
)

// Why a row is held, as bits.
const (
	holdHard  uint8 = 1 << iota // it enters no measure
	holdOwner                   // nobody knows an owner of it: that owner's share enters no measure but those of the company's pool
	holdOpen                    // some finding of it is not waived: it shows as held, else as excluded
)

// tableWorker is one goroutine's way through a table's batches. Its scratch memory is kept from batch to batch.
type tableWorker struct {
	s       *scanner
	t       *tableScan
	sum     *partial
	cols    *columns
	terms   []*termRun
	links   *links
	keys    *folder
	folded  *folder
	folding foldedRow // the one that was put last, for its memory

	split  uint32
	piece  *piece
	rows   uint32    // rows of the split before this batch
	pos    []int64   // of the batch
	back   *verdicts // not nil: rows that count no longer are taken out again
	sign   int64     // -1 then
	sel    []int32   // rows that count
	dead   []bool    // rows that a later window or a later row of their key replaced; empty where none is
	hashes []hash    // of the rows' keys; hash{} for a row without one
	hold   []uint8
	fate   []uint8 // what became of a row
	first  []int32 // the first owner of a credited row
	said   map[saying]bool
	key    []byte
	label  []byte
	deal   []byte
	chain  []int32
	record []byte
	seen   controlColumns
}

// saying is a finding of a row of the batch, so that two measures do not say the same twice.
type saying struct {
	row                int32
	term               int // of a fold, whose row may yet go; -1
	code, column, text string
}

// termRun is a term's programs and what it finds in a batch: entries (row, day, subject, …), side by side.
type termRun struct {
	*termPlan
	where, value, hit, miss, counted *program
	owners                           *ownerColumn
	byCode                           []int32 // currency by dictionary code; -1 unknown

	entries
	other   entries                   // the memory that splitting writes to
	matched []int32                   // of a fold: every row that where takes
	trouble map[int32]uint8           // of a fold: why a row is held, should it be the one
	spans   map[comp.Date]comp.Period // of a fold by periods: those of the days that were asked for; read by key only
	spare   []int32

	coefs  []int64 // values of the batch's rows: coefficients of 10^-scale …
	scale  int
	exact  []comp.Number // … or exact numbers
	hits   []uint8
	misses []uint8
	odd    bool // values are added as exact numbers
	cells  []int32
	unit   int64 // the weight of a share of 10^-shareScale …
	whole  int64 // … and of a whole row
}

// entries are a term's rows, one per owner, side by side.
type entries struct {
	rows    []int32
	days    []int32
	subject []int32
	money   []int32       // currency
	shares  []*share      // nil where the row is whole; empty where all are
	parts   []comp.Number // of a term whose entries have parts of their own: of each row, what is the entry's
}

func (s *scanner) newTableWorker(t *tableScan, sum *partial) (*tableWorker, error) {
	cols, err := newColumns(t.contract)
	if err != nil {
		return nil, err
	}
	w := &tableWorker{s: s, t: t, sum: sum, cols: cols, sign: 1, said: map[saying]bool{}}
	if t.keys != nil {
		w.keys = &folder{fold: t.keys}
	}
	if t.folded != nil {
		w.folded = &folder{fold: t.folded}
	}
	for _, p := range t.terms {
		r := &termRun{termPlan: p, owners: w.ownersOf(p), hit: newProgram(p.term.Hit, cols), miss: newProgram(p.term.Miss, cols), trouble: map[int32]uint8{}}
		if p.fold != nil && p.term.Fold.Counts != nil {
			r.counted = newProgram(p.term.Fold.Counts, cols)
		}
		if p.term.Where != nil {
			r.where = newProgram(p.term.Where, cols)
		}
		if !p.counts {
			r.value = newProgram(p.term.Value, cols)
		}
		w.terms = append(w.terms, r)
	}
	return w, nil
}

// ownersOf is the column of a term's owners, one for all terms that read it.
func (w *tableWorker) ownersOf(p *termPlan) *ownerColumn {
	for _, t := range w.terms {
		if t.owners.r == p.resolver && t.owners.col == p.owner {
			t.owners.users++
			return t.owners
		}
	}
	return &ownerColumn{r: p.resolver, col: p.owner, users: 1}
}

// begin starts a split.
func (w *tableWorker) begin(split uint32) {
	w.split, w.piece, w.rows = split, w.s.pieceOf(split), 0
	w.links.open(w.piece, w.s.fileRank[w.piece.File])
}

// batch takes one batch in: first every term finds its rows and what is wrong with them, then the rows that nothing
// holds are added up, because a row that one measure cannot read enters none.
func (w *tableWorker) batch(b Batch) error {
	if err := w.cols.bind(b.Rec); err != nil {
		return err
	}
	n := w.cols.n
	w.pos = b.Pos
	w.hold, w.fate, w.first = grow(w.hold, n), grow(w.fate, n), grow(w.first, n)
	clear(w.hold)
	clear(w.fate)
	clear(w.said)
	if w.keys != nil && w.back == nil {
		w.hashKeys()
	}
	w.choose()
	w.keyProblems()
	for _, t := range w.terms {
		t.owners.known = false
	}
	for _, t := range w.terms {
		if err := w.match(t); err != nil {
			return err
		}
	}
	for _, t := range w.terms {
		if t.fold == nil {
			w.apply(t)
		}
	}
	for _, t := range w.terms {
		if t.fold != nil {
			if err := w.putFolded(t); err != nil {
				return err
			}
		}
	}
	w.putDeals()
	if w.t.contract.Floor() > 0 {
		w.addSignatures()
	}
	w.settleRows()
	if w.keys != nil && w.back == nil {
		w.putKeys()
	}
	w.rows += uint32(n)
	return nil
}

// choose fills sel with the rows that count: all but those that a later window or row is known to have replaced, or,
// taking back, those that merging by key found to count no longer.
func (w *tableWorker) choose() {
	n := w.cols.n
	w.sel, w.dead = grow(w.sel, n)[:0], w.dead[:0]
	if w.t.covers >= 0 && len(w.piece.replaced) > 0 {
		w.dead = grow(w.dead, n)
		day := w.cols.vec(w.t.covers)
		for i := range w.dead {
			w.dead[i] = !day.isNull(i) && covered(w.piece.replaced, comp.Date(day.ints[i]))
		}
	}
	w.chooseByKey()
	for i := range int32(n) {
		switch {
		case len(w.dead) > 0 && w.dead[i]:
		case w.back == nil || w.back.gone(place{w.split, w.rows + uint32(i)}):
			w.sel = append(w.sel, i)
		}
	}
}

// chooseByKey adds to dead the rows that a later row of their key replaced, as far as that is known already, and makes the
// others known.
func (w *tableWorker) chooseByKey() {
	if w.t.recent == nil || w.back != nil {
		return
	}
	windows := len(w.dead) > 0
	if !windows {
		w.dead = grow(w.dead, w.cols.n)
		clear(w.dead)
	}
	if any := w.t.recent.meet(w.hashes, w.piece, w.t.now, w.dead); !any && !windows {
		w.dead = w.dead[:0]
	}
}

// match finds a term's rows in the batch, and for each its day, value, currency and owners.
func (w *tableWorker) match(t *termRun) error {
	clear(t.trouble)
	if t.rows = t.rows[:0]; t.where == nil {
		t.rows = append(t.rows, w.sel...)
	} else {
		truths, err := t.where.truths(w.sel)
		if err != nil {
			return err
		}
		for _, i := range w.sel {
			if truths[i] == yes {
				t.rows = append(t.rows, i)
			}
		}
	}
	if t.kind >= 0 {
		w.matchKinds(t)
	}
	if t.fold != nil {
		w.foldable(t)
	}
	w.matchDays(t)
	if err := w.matchValues(t); err != nil {
		return err
	}
	w.matchCurrencies(t)
	w.matchOwners(t)
	if t.ladder != nil {
		w.rollUp(t)
	}
	return nil
}

// matchDays finds each row's day. A row without one is held; a row outside of all measured time belongs to other periods,
// and nothing else is asked of it.
func (w *tableWorker) matchDays(t *termRun) {
	day := w.cols.vec(t.date)
	t.days = grow(t.days, len(t.rows))
	k := 0
	for _, i := range t.rows {
		if day.isNull(int(i)) {
			w.problem(t, i, holdHard, w.absent("absent_date", t.date))
			continue
		}
		d := day.ints[i]
		if !w.s.cells.inRange(comp.Date(d)) {
			w.become(t, i, fateOther)
			continue
		}
		t.rows[k], t.days[k] = i, int32(d)
		k++
	}
	t.rows, t.days = t.rows[:k], t.days[:k]
}

// matchValues finds each row's value and whether it is a hit. A row without a value is held.
func (w *tableWorker) matchValues(t *termRun) error {
	if t.rated {
		var err error
		if t.hits, err = t.hit.truths(t.rows); err != nil {
			return err
		}
	}
	if t.missed {
		var err error
		if t.misses, err = t.miss.truths(t.rows); err != nil {
			return err
		}
	}
	if t.counts {
		return nil
	}
	v, exact, null, err := t.value.numbers(t.rows)
	if err != nil {
		return err
	}
	t.exact, t.coefs = exact, nil
	if v != nil {
		t.coefs, t.scale = v.ints, v.scale
	}
	if null == nil {
		return nil
	}
	k := 0
	for j, i := range t.rows {
		if null[i] {
			w.problem(t, i, holdHard, w.absentValue(t))
			continue
		}
		t.rows[k], t.days[k] = i, t.days[j]
		k++
	}
	t.rows, t.days = t.rows[:k], t.days[:k]
	return nil
}

// matchCurrencies finds the currency of each row's value, by dictionary code where it can.
func (w *tableWorker) matchCurrencies(t *termRun) {
	t.money = grow(t.money, len(t.rows))
	if t.counts || t.currency < 0 {
		code := ""
		if !t.counts {
			code = string(t.term.Fixed)
		}
		fillWith(t.money, w.sum.currency(code))
		return
	}
	v := w.cols.vec(t.currency)
	if v.dict != nil && v.arr == nil {
		t.byCode = grow(t.byCode, v.dict.Len())
		for c := range t.byCode {
			t.byCode[c] = w.currencyNumber(v.dict.Value(c))
		}
	}
	k := 0
	for j, i := range t.rows {
		money := int32(-1)
		switch {
		case v.isNull(int(i)):
			w.problem(t, i, holdHard, w.absent("absent_value", t.currency))
			continue
		case v.arr == nil:
			money = t.byCode[v.codes[i]]
		default:
			money = w.currencyNumber(v.arr.Value(int(i)))
		}
		if money < 0 {
			w.problem(t, i, holdHard, w.unknownCurrency(t.currency, i))
			continue
		}
		t.rows[k], t.days[k], t.money[k] = i, t.days[j], money
		k++
	}
	t.rows, t.days, t.money = t.rows[:k], t.days[:k], t.money[:k]
}

// currencyNumber is the partial's number of a currency; -1 for a text that is none.
func (w *tableWorker) currencyNumber(code string) int32 {
	if i, ok := w.sum.index[code]; ok {
		if _, known := comp.Currency(code).Digits(); known {
			return i
		}
		return -1
	}
	if _, known := comp.Currency(code).Digits(); !known {
		return -1
	}
	return w.sum.currency(code)
}
