package transform

import (
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/transform/comp"
)

// foldable keeps the term's rows that have an entity and an order. The others are held: nothing tells which row is last.
func (w *tableWorker) foldable(t *termRun) {
	k := 0
rows:
	for _, i := range t.rows {
		for _, c := range append(t.fold.by[:len(t.fold.by):len(t.fold.by)], t.fold.order) {
			if w.cols.value(c, int(i)).Kind == comp.Null {
				w.problem(nil, i, holdHard, w.absent("absent_value", c))
				continue rows
			}
		}
		t.rows[k] = i
		k++
	}
	t.rows = t.rows[:k]
	t.matched = append(t.matched[:0], t.rows...)
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
	entity  hash
	term    int
	pos     int64
	place   place
	order   wide
	hold    uint8 // what other measures or the row itself hold it for
	trouble uint8 // what this term holds it for
	day     comp.Date
	hit     bool
	money   string
	value   string // exact
	control wide
	cash    string // the control column's currency
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
	for _, i := range t.matched {
		r := foldedRow{term: term, pos: w.pos[i], place: place{w.split, w.rows + uint32(i)}, order: w.orderAt(t.fold.order, int(i)),
			hold: w.hold[i], trouble: t.trouble[i], control: w.seen.value(int(i)), cash: string(w.sum.currencies[w.seen.money[i]])}
		w.key = binary.AppendUvarint(w.key[:0], uint64(term))
		for _, c := range t.fold.by {
			w.key = append(append(w.key, valueText(w.cols.value(c, int(i)))...), '|')
		}
		r.entity = hashBytes(w.key)
		present := false
		for ; k < len(t.rows) && t.rows[k] == i; k++ {
			e := foldedEntry{subject: t.subject[k]}
			if s := t.share(k); s != nil {
				e.percent = s.percent.String()
			}
			r.entries = append(r.entries, e)
			r.day, r.money, r.value = comp.Date(t.days[k]), string(w.sum.currencies[t.money[k]]), t.rowValue(i).String()
			r.hit = t.rated && t.hits[i] == yes
			if e.subject >= 0 {
				cell := w.s.cells.cell(t.measure, e.subject, r.day)
				present = present || (cell >= 0 && w.s.cells.state[cell] == atPresent)
			}
		}
		if present && w.t.contract.Class != comp.Sealed {
			r.key, r.label = w.cutKey(i), w.cutLabel(t.labels, i)
		}
		w.record = r.append(w.record[:0])
		binary.LittleEndian.PutUint32(w.record[16:], uint32(len(w.record)))
		w.folded.put(w.record)
	}
}

func (r *foldedRow) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, r.entity.a)
	b = binary.LittleEndian.AppendUint64(b, r.entity.b)
	b = append(b, 0, 0, 0, 0) // the record's length, once it is known
	for _, n := range [...]uint64{uint64(r.term), uint64(r.pos), uint64(r.place.split), uint64(r.place.row), uint64(r.order.hi), r.order.lo,
		uint64(r.hold), uint64(r.trouble), uint64(uint32(r.day)), uint64(truth(r.hit)), uint64(r.control.hi), r.control.lo, uint64(len(r.entries))} {
		b = binary.AppendUvarint(b, n)
	}
	for _, e := range r.entries {
		b = binary.AppendVarint(b, int64(e.subject))
		b = append(binary.AppendUvarint(b, uint64(len(e.percent))), e.percent...)
	}
	for _, t := range [...]string{r.money, r.value, r.cash, r.key, r.label} {
		b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
	}
	return b
}

func readFolded(b []byte) (foldedRow, error) {
	r := reader{b: b[20:]}
	f := foldedRow{entity: hash{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}}
	f.term, f.pos = int(r.uint()), int64(r.uint())
	f.place = place{uint32(r.uint()), uint32(r.uint())}
	f.order.hi, f.order.lo = int64(r.uint()), r.uint()
	f.hold, f.trouble, f.day, f.hit = uint8(r.uint()), uint8(r.uint()), comp.Date(uint32(r.uint())), r.uint() == 1
	f.control.hi, f.control.lo = int64(r.uint()), r.uint()
	for range r.count() {
		e := foldedEntry{subject: int32(r.int())}
		e.percent = r.text()
		f.entries = append(f.entries, e)
	}
	f.money, f.value, f.cash, f.key, f.label = r.text(), r.text(), r.text(), r.text(), r.text()
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
	return f.t.folded.each(func(partition []byte) error {
		best := map[hash]foldedRow{}
		var order []hash // of first appearance: a map is not ranged over
		for len(partition) > 0 {
			n := binary.LittleEndian.Uint32(partition[16:])
			r, err := readFolded(partition[:n])
			if err != nil {
				return fmt.Errorf("fold of %s: %w", f.t.name, err)
			}
			if partition = partition[n:]; f.t.verdicts.gone(r.place) {
				continue
			}
			old, ok := best[r.entity]
			if !ok {
				order = append(order, r.entity)
			}
			if !ok || f.wins(&r, &old) {
				best[r.entity] = r
			}
		}
		for _, e := range order {
			r := best[e]
			if err := f.count(&r); err != nil {
				return err
			}
		}
		return nil
	})
}

// wins says whether a is taken before b: the later (or earlier) by order, file and position.
func (f *folding) wins(a, b *foldedRow) bool {
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
		f.trouble[r.place][r.term] = true
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
	value, err := comp.ParseExact(orZero(r.value))
	if err != nil {
		return err
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
	from := f.s.pieceOf(r.place.split)
	if f.links[from] == nil {
		f.links[from] = &links{bits: f.s.bits, piece: from, file: f.s.fileRank[from.File]}
	}
	f.links[from].add(cell, r.pos)
	switch cells.state[cell] {
	case atPresent:
		f.raise(r, fateCredited, e.subject)
		f.sum.credits.add(creditRow{term: t, subject: e.subject, day: r.day, entry: int32(k), pos: r.pos, place: r.place, value: value, share: share,
			currency: comp.Currency(r.money), key: r.key, label: r.label, hit: r.hit})
	case nobodyPaid:
		f.raise(r, fateException, 0)
	default:
		f.raise(r, fateOther, 0)
	}
	return nil
}

// raise moves the row to a stronger fate.
func (f *folding) raise(r *foldedRow, fate uint8, subject int32) {
	kept := f.s.splits[r.place.split].fates
	old := kept[r.place.row]
	c := &f.sum.controls[f.t.number]
	money := f.sum.currency(r.cash)
	if first, ok := f.firsts[r.place]; ok && fate == fateCredited && r.term < first.term {
		at(at(&c.dense, first.subject), money).add(-1, r.control.negated(), c.scale)
		at(at(&c.dense, subject), money).add(1, r.control, c.scale)
		f.firsts[r.place] = firstOwner{r.term, subject}
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
		f.firsts[r.place] = firstOwner{r.term, subject}
		at(at(&c.dense, subject), money).add(1, r.control, c.scale)
		return
	}
	at(&c.by[fate], money).add(1, r.control, c.scale)
}
