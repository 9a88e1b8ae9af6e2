package transform

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/transform/comp"
)

// foldable keeps the term's rows that have an entity and an order. The others are held: nothing tells which row is last.
func (w *tableWorker) foldable(t *termRun) {
	for _, c := range t.fold.by {
		w.dropAbsent(t, c)
	}
	w.dropAbsent(t, t.fold.order)
	if t.fold.per != "" {
		w.dropAbsent(t, t.date)
		w.dropLate(t)
	}
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

// dropLate takes the rows out that came when the period of their date was over, or whose date no period holds: what an earlier
// period counted stays. They are as rows of which another is taken.
func (w *tableWorker) dropLate(t *termRun) {
	day, order := w.cols.vec(t.date), w.cols.vec(t.fold.order)
	k := 0
	for _, i := range t.rows {
		p, ok := w.periodOf(t, comp.Date(day.ints[i]))
		if ok && (!t.fold.timed || comp.Date(order.ints[i]) < p.End) {
			t.rows[k] = i
			k++
		}
	}
	t.rows = t.rows[:k]
}

// periodOf is the period of a fold that holds a day.
func (w *tableWorker) periodOf(t *termRun, d comp.Date) (comp.Period, bool) {
	p, known := t.spans[d]
	if !known {
		p, _ = holding(t.fold.per, d, w.s.company.Calendars)
		if t.spans == nil {
			t.spans = map[comp.Date]comp.Period{}
		}
		t.spans[d] = p
	}
	return p, p.Days() > 0
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

// foldedRow is a fold's row as it is kept: everything that is needed to count it, should it be the one of its entity.
type foldedRow struct {
	foldedHead
	hold    uint8 // what other measures or the row itself hold it for
	trouble uint8 // what this term holds it for
	hit     bool
	miss    bool
	after   bool // not counted: it only comes after others
	day     comp.Date
	money   int32       // currency of the value, by its number in the partial that the row is written from or counted in
	cash    int32       // that of the control column, likewise
	value   comp.Number // of the whole row, signed; 1 where rows are only counted
	control wide
	entries []foldedEntry
	group   []byte // of a measure that keeps how its rows are spread
	key     []byte
	label   []byte
	deal    []byte // of a measure that is read by deal, as the next
	at      int64
	first   int32 // as of a creditRow, by the terms that fold nothing
}

type foldedEntry struct {
	subject int32
	share   comp.Number
}

// putFolded hands the term's rows to the fold.
func (w *tableWorker) putFolded(t *termRun) error {
	if w.back != nil {
		return nil
	}
	var counts []uint8
	if t.counted != nil {
		var err error
		if counts, err = t.counted.truths(t.matched); err != nil {
			return err
		}
	}
	w.loadControl()
	term, k := w.number(t), 0
	for _, i := range t.matched {
		from := k
		for k < len(t.rows) && t.rows[k] == i {
			k++
		}
		r := w.fillFolded(t, i, from, k)
		r.term, r.entity = uint32(term), w.entity(t, term, i)
		r.after = from < k && counts != nil && counts[i] != yes
		w.record = r.append(w.record[:0], w.sum)
		w.folded.put(w.record)
	}
	return nil
}

// fillFolded is row i with its entries from one up to another, in the memory of the row before.
func (w *tableWorker) fillFolded(t *termRun, i int32, from, to int) *foldedRow {
	r := &w.folding
	r.empty()
	r.pos, r.place, r.order = w.pos[i], place{w.split, w.rows + uint32(i)}, w.orderAt(t.fold.order, int(i))
	r.hold, r.trouble, r.control, r.cash = w.hold[i], 0, w.seen.value(int(i)), w.seen.money[i]
	if len(t.trouble) > 0 {
		r.trouble = t.trouble[i]
	}
	present := false
	for k := from; k < to; k++ {
		e := foldedEntry{t.subject[k], t.portion(k)}
		if r.entries = append(r.entries, e); e.subject >= 0 {
			cell := w.s.cells.cell(t.measure, e.subject, comp.Date(t.days[k]))
			present = present || (cell >= 0 && w.s.cells.state[cell] == atPresent)
		}
	}
	if from < to {
		r.day, r.money, r.value = comp.Date(t.days[to-1]), t.money[to-1], t.rowValue(i)
		r.hit, r.miss = t.rated && t.hits[i] == yes, t.missed && t.misses[i] == yes
	}
	if len(t.group) > 0 {
		r.group = w.appendGroups(r.group, t, i)
	}
	if t.dealt {
		r.deal, r.at, r.first = w.dealOf(t, i), w.instantOf(t, i), w.countsFor(i)
	}
	if (t.dealt || present && !w.s.in.lean) && w.t.contract.Class != comp.Sealed {
		r.key, r.label = w.appendKey(r.key, i), w.appendLabel(r.label, t.labels, i)
	}
	return r
}

// empty takes out what not every row has. Its memory stays.
func (r *foldedRow) empty() {
	r.hit, r.miss, r.after, r.day, r.money, r.value = false, false, false, 0, 0, comp.Number{}
	r.entries, r.group, r.key, r.label = r.entries[:0], r.group[:0], r.key[:0], r.label[:0]
	r.deal, r.at, r.first = nil, 0, 0
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
	if t.fold.per != "" {
		p, _ := w.periodOf(t, comp.Date(w.cols.vec(t.date).ints[i]))
		w.key = binary.AppendVarint(w.key, int64(p.Start))
	}
	return hashBytes(w.key)
}

// What a record's flags say beside the hit.
const (
	foldedMiss  uint8 = 2
	foldedDeal  uint8 = 4  // it names a deal
	foldedAfter uint8 = 8  // it is not counted; it only comes after others of its entity
	foldedShown uint8 = 16 // it has a key, a label or groups
)

// append writes the record, whose length it fills in, to the empty b. Currencies are those of a partial.
func (r *foldedRow) append(b []byte, sum *partial) []byte {
	flags := truth(r.hit)
	if r.miss {
		flags |= foldedMiss
	}
	if r.after {
		flags |= foldedAfter
	}
	if len(r.deal) > 0 {
		flags |= foldedDeal
	}
	if len(r.key)+len(r.label)+len(r.group) > 0 {
		flags |= foldedShown
	}
	b = append(r.foldedHead.append(b), r.hold, r.trouble, flags)
	b = binary.AppendVarint(b, int64(r.day))
	b = binary.AppendVarint(b, r.control.hi)
	b = binary.AppendUvarint(b, r.control.lo)
	b = putNumber(b, r.value)
	b = appendText(appendText(b, sum.currencies[r.money]), sum.currencies[r.cash])
	b = binary.AppendUvarint(b, uint64(len(r.entries)))
	for _, e := range r.entries {
		b = putNumber(binary.AppendVarint(b, int64(e.subject)), e.share)
	}
	if flags&foldedShown != 0 {
		b = appendText(appendText(appendText(b, r.key), r.label), r.group)
	}
	if flags&foldedDeal != 0 {
		b = appendText(binary.AppendVarint(binary.AppendVarint(b, r.at), int64(r.first)), r.deal)
	}
	binary.LittleEndian.PutUint32(b[16:], uint32(len(b)))
	return b
}

// read reads the record at the beginning of b. Its texts are those of b. Its currencies are numbered by a partial.
func (r *foldedRow) read(b []byte, sum *partial) {
	r.empty()
	r.foldedHead = headOf(b)
	r.hold, r.trouble = b[foldedHeadBytes], b[foldedHeadBytes+1]
	flags := b[foldedHeadBytes+2]
	r.hit, r.miss, r.after = flags&yes != 0, flags&foldedMiss != 0, flags&foldedAfter != 0
	u := unpacker(b[foldedHeadBytes+3:])
	r.day = comp.Date(u.varint())
	r.control.hi, r.control.lo = u.varint(), u.uvarint()
	r.value = u.number()
	r.money, r.cash = sum.currencyOf(u.counted()), sum.currencyOf(u.counted())
	for range u.uvarint() {
		e := foldedEntry{subject: int32(u.varint())}
		e.share = u.number()
		r.entries = append(r.entries, e)
	}
	if r.key, r.label, r.group = nil, nil, nil; flags&foldedShown != 0 {
		r.key, r.label, r.group = u.counted(), u.counted(), u.counted()
	}
	if flags&foldedDeal != 0 {
		r.at, r.first, r.deal = u.varint(), int32(u.varint()), u.counted()
	}
}
