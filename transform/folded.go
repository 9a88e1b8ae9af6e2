package transform

import (
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/transform/comp"
)

// foldable keeps the term's rows that have an entity and an order. The others are held: nothing tells which row is last.
func (w *tableWorker) foldable(t *termRun) {
	for _, c := range t.fold.by {
		w.dropAbsent(t, c)
	}
	w.dropAbsent(t, t.fold.order)
	t.matched = append(t.matched[:0], t.rows...)
}

// dropAbsent takes the rows out in which a column is empty, and holds them.
func (w *tableWorker) dropAbsent(t *termRun, col int) {
	v := w.cols.vec(col)
	if v.null == nil {
		return
	}
	k := 0
	for _, i := range t.rows {
		if v.null[i] {
			w.problem(nil, i, holdHard, w.absent("absent_value", col))
			continue
		}
		t.rows[k] = i
		k++
	}
	t.rows = t.rows[:k]
}

// orderAt is a row's order: instants by the second, dates by the day, numbers by their value.
func (w *tableWorker) orderAt(col int, i int) wide {
	switch a := w.cols.rec.Column(col).(type) {
	case *array.Timestamp:
		return wideOf(int64(a.Value(i)))
	case *array.Decimal128:
		return wide{a.Value(i).HighBits(), a.Value(i).LowBits()}
	}
	return wideOf(w.cols.vec(col).ints[i])
}

func wideOf(n int64) wide { return wide{n >> 63, uint64(n)} }

func (a wide) less(b wide) bool { return a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo) }

// folded is a fold's row as it is kept: everything that is needed to count it, should it be the one of its entity.
type foldedRow struct {
	foldedHead
	hold    uint8 // what other measures or the row itself hold it for
	trouble uint8 // what this term holds it for
	day     comp.Date
	hit     bool
	money   string
	value   string // exact; "" where rows are only counted
	control wide
	cash    string // the control column's currency
	deal    string // of a measure that is read by deal, as the next
	at      int64
	key     string
	label   string
	entries []foldedEntry
}

type foldedEntry struct {
	subject int32
	percent string // "" for the whole row
}

// putFolded hands the term's rows to the fold.
func (w *tableWorker) putFolded(t *termRun) {
	if w.back != nil {
		return
	}
	w.loadControl()
	term, k := w.number(t), 0
	r := foldedRow{}
	for _, i := range t.matched {
		r = foldedRow{foldedHead: foldedHead{term: uint32(term), pos: w.pos[i], place: place{w.split, w.rows + uint32(i)}, order: w.orderAt(t.fold.order, int(i))},
			hold: w.hold[i], control: w.seen.value(int(i)), cash: string(w.sum.currencies[w.seen.money[i]]), entries: r.entries[:0]}
		if len(t.trouble) > 0 {
			r.trouble = t.trouble[i]
		}
		r.entity = w.entity(t, term, i)
		present := false
		for ; k < len(t.rows) && t.rows[k] == i; k++ {
			e := foldedEntry{subject: t.subject[k]}
			if t.apart || t.share(k) != nil {
				e.percent = t.portion(k).Mul(hundred).String()
			}
			r.entries = append(r.entries, e)
			if r.day, r.money = comp.Date(t.days[k]), string(w.sum.currencies[t.money[k]]); !t.counts {
				r.value = t.rowValue(i).String()
			}
			r.hit = t.rated && t.hits[i] == yes
			if e.subject >= 0 {
				cell := w.s.cells.cell(t.measure, e.subject, r.day)
				present = present || (cell >= 0 && w.s.cells.state[cell] == atPresent)
			}
		}
		if t.dealt {
			r.deal, r.at = string(w.dealOf(t, i)), w.instantOf(t, i)
		}
		if (t.dealt || present && !w.s.in.lean) && w.t.contract.Class != comp.Sealed {
			r.key, r.label = string(w.appendKey(nil, i)), string(w.appendLabel(nil, t.labels, i))
		}
		w.record = r.append(w.record[:0])
		w.folded.put(w.record)
	}
}

// entity is the hash of what a term folds row i by.
func (w *tableWorker) entity(t *termRun, term int, i int32) hash {
	w.key = binary.AppendUvarint(w.key[:0], uint64(term))
	for _, c := range t.fold.by {
		if v := w.cols.vec(c); v.kind == comp.KindText {
			w.key = append(w.key, v.textAt(int(i))...)
		} else {
			w.key = append(w.key, valueText(w.cols.value(c, int(i)))...)
		}
		w.key = append(w.key, '|')
	}
	return hashBytes(w.key)
}

// foldedDeal marks a record that names a deal.
const foldedDeal uint8 = 4

// append writes the record, whose length it fills in, to the empty b.
func (r *foldedRow) append(b []byte) []byte {
	flags := truth(r.hit)
	if r.deal != "" {
		flags |= foldedDeal
	}
	b = append(r.foldedHead.append(b), r.hold, r.trouble, flags)
	b = binary.AppendVarint(b, int64(r.day))
	b = binary.AppendVarint(b, r.control.hi)
	b = binary.AppendUvarint(b, r.control.lo)
	b = binary.AppendUvarint(b, uint64(len(r.entries)))
	for _, e := range r.entries {
		b = binary.AppendVarint(b, int64(e.subject))
		b = append(binary.AppendUvarint(b, uint64(len(e.percent))), e.percent...)
	}
	for _, t := range [...]string{r.money, r.value, r.cash, r.key, r.label} {
		b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
	}
	if r.deal != "" {
		b = append(binary.AppendUvarint(binary.AppendVarint(b, r.at), uint64(len(r.deal))), r.deal...)
	}
	binary.LittleEndian.PutUint32(b[16:], uint32(len(b)))
	return b
}

func readFolded(b []byte) (foldedRow, error) {
	f, rest := foldedRow{foldedHead: headOf(b)}, b[foldedHeadBytes:]
	f.hold, f.trouble, f.hit = rest[0], rest[1], rest[2]&yes != 0
	r := reader{b: rest[3:]}
	f.day = comp.Date(r.int())
	f.control.hi, f.control.lo = r.int(), r.uint()
	for range r.count() {
		e := foldedEntry{subject: int32(r.int())}
		e.percent = r.text()
		f.entries = append(f.entries, e)
	}
	f.money, f.value, f.cash, f.key, f.label = r.text(), r.text(), r.text(), r.text(), r.text()
	if rest[2]&foldedDeal != 0 {
		f.at, f.deal = r.int(), r.text()
	}
	return f, r.err
}

// folding counts the rows that folds take.
type folding struct {
	s       *scanner
	t       *tableScan
	sum     *partial
	links   map[*piece]*links      // read by key only
	trouble map[place]map[int]bool // rows taken that something holds, by term
	firsts  map[place]firstOwner   // rows that a fold credits first
	raised  map[place]bool         // rows that only a fold's own finding holds
}

// firstOwner is the owner that a row is counted for: the one whom the first term credits, in whatever order they come.
type firstOwner struct {
	term    int
	subject int32
}

// takeFolded finds each entity's row, partition by partition, and counts it.
func (f *folding) takeFolded() error {
	e := entities{}
	return f.t.folded.each(func(partition []byte) error {
		n := 0
		for at := 0; at < len(partition); at += int(lengthOf(partition[at:])) {
			n++
		}
		e.reset(n)
		for at := 0; at < len(partition); at += int(lengthOf(partition[at:])) {
			if !f.t.verdicts.gone(headOf(partition[at:]).place) {
				e.add(partition, at, f.wins)
			}
		}
		for _, at := range e.best {
			r, err := readFolded(partition[at:][:lengthOf(partition[at:])])
			if err != nil {
				return fmt.Errorf("fold of %s: %w", f.t.name, err)
			}
			if err := f.count(&r); err != nil {
				return err
			}
		}
		return nil
	})
}

// wins says whether a is taken before b: the later (or earlier) by order, file and position.
func (f *folding) wins(a, b foldedHead) bool {
	if f.t.terms[a.term].fold.first {
		a, b = b, a
	}
	switch {
	case b.order.less(a.order):
		return true
	case a.order.less(b.order):
		return false
	}
	p, q := f.s.pieceOf(a.place.split).rank, f.s.pieceOf(b.place.split).rank
	return p > q || (p == q && a.pos > b.pos)
}

// count does for one row what apply does for a batch's.
func (f *folding) count(r *foldedRow) error {
	t := f.t.terms[r.term]
	switch {
	case r.trouble != 0:
		if f.trouble[r.place] == nil {
			f.trouble[r.place] = map[int]bool{}
		}
		f.trouble[r.place][int(r.term)] = true
		if r.trouble&holdOpen != 0 {
			f.raise(r, fateHeld, 0)
		}
		if (r.trouble|r.hold)&holdHard != 0 {
			return nil
		}
	case r.hold&holdHard != 0:
		return nil
	case len(r.entries) == 0:
		f.raise(r, fateOther, 0)
	}
	value := comp.Int(t.sign())
	if !t.counts {
		var err error
		if value, err = comp.ParseExact(orZero(r.value)); err != nil {
			return err
		}
	}
	for k, e := range r.entries {
		if err := f.enter(t, r, k, e, value); err != nil {
			return err
		}
	}
	return nil
}

func orZero(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

func (f *folding) enter(t *termPlan, r *foldedRow, k int, e foldedEntry, value comp.Number) error {
	cells := f.s.cells
	if e.subject < 0 && (r.hold|r.trouble) != 0 && t.pool != comp.PoolCompany {
		return nil // an unknown owner holds that owner's share
	}
	if e.subject < 0 {
		f.raise(r, missed(cells.pays[t.measure][r.day-cells.lo]), 0)
		return nil
	}
	cell := cells.cell(t.measure, e.subject, r.day)
	if cell < 0 {
		f.raise(r, fateOther, 0)
		return nil
	}
	share := comp.Int(1)
	if e.percent != "" {
		percent, err := comp.ParseExact(e.percent)
		if err != nil {
			return err
		}
		share, _ = percent.Quo(hundred)
	}
	money := f.sum.currency(r.money)
	page, at := f.sum.page(t.measure, money, cell)
	if f.sum.plan[t.measure].values {
		page.sums[at].n++
		f.sum.addNumber(&page.sums[at], t.measure, money, cell, value.Mul(share))
	} else {
		page.marks[at].n++
		if r.hit {
			page.marks[at].hits++
		}
	}
	f.link(r, cell)
	c := func() *creditRow {
		return &creditRow{term: t, subject: e.subject, day: r.day, entry: int32(k), pos: r.pos, place: r.place, value: value, share: share,
			currency: comp.Currency(r.money), key: []byte(r.key), label: []byte(r.label), hit: r.hit,
			deal: []byte(r.deal), at: r.at, control: comp.Amount{Number: r.control.number(f.t.controlScale()), Currency: comp.Currency(r.cash)}}
	}
	if t.dealt && within(f.s.grid.kept[t.measure], r.day) {
		f.sum.deals.add(c())
	}
	switch cells.state[cell] {
	case atPresent:
		f.raise(r, fateCredited, e.subject)
		if f.s.in.lean {
			break
		}
		f.sum.credits.add(c())
	case nobodyPaid:
		f.raise(r, fateException, 0)
	default:
		f.raise(r, fateOther, 0)
	}
	return nil
}

// link notes that the row entered a cell.
func (f *folding) link(r *foldedRow, cell int32) {
	if f.s.in.lean {
		return
	}
	from := f.s.pieceOf(r.place.split)
	if f.links[from] == nil {
		f.links[from] = &links{bits: f.s.bits, piece: from, file: f.s.fileRank[from.File]}
	}
	f.links[from].add(cell, r.pos)
}

// raise moves the row to a stronger fate.
func (f *folding) raise(r *foldedRow, fate uint8, subject int32) {
	kept := f.s.splits[r.place.split].fates
	old := kept[r.place.row]
	c := &f.sum.controls[f.t.number]
	money := f.sum.currency(r.cash)
	if first, ok := f.firsts[r.place]; ok && fate == fateCredited && int(r.term) < first.term {
		at(at(&c.dense, first.subject), money).add(-1, r.control.negated(), c.scale)
		at(at(&c.dense, subject), money).add(1, r.control, c.scale)
		f.firsts[r.place] = firstOwner{int(r.term), subject}
	}
	undo := old == fateHeld && fate == fateCredited && f.raised[r.place] // another measure that takes the row pays it
	if !undo && (old >= fate || old >= fateCredited) {
		return
	}
	kept[r.place.row] = fate
	if delete(f.raised, r.place); fate == fateHeld {
		f.raised[r.place] = true
	}
	at(&c.by[old], money).add(-1, r.control.negated(), c.scale)
	if fate == fateCredited {
		f.firsts[r.place] = firstOwner{int(r.term), subject}
		at(at(&c.dense, subject), money).add(1, r.control, c.scale)
		return
	}
	at(&c.by[fate], money).add(1, r.control, c.scale)
}
