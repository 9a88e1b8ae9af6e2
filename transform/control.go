package transform

import (
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"

	"carrot/transform/comp"
)

// What becomes of a row, from the weakest: of several measures the strongest decides.
const (
	fateExcluded uint8 = iota
	fateWaived         // excluded as well, by a person's decision
	fateOther
	fateException
	fateCredited
	fateHeld
	fateSuperseded
	fates
)

// count is a number of rows with the exact sum of their control column.
type count struct {
	rows int64
	sum  wide
	over comp.Number // what left 128 bits
}

func (c *count) add(rows int64, w wide, scale int) {
	c.rows += rows
	if !c.sum.add(w.hi, w.lo) {
		c.over = c.over.Add(w.number(scale))
	}
}

// control counts one table's rows by fate and currency, and all rows once more on their own, so that the certificate's
// equation can fail.
type control struct {
	scale int
	in    []count        // by the partial's number of the currency
	by    [fates][]count // as in
	dense [][]count      // credited rows: by first owner, as in
}

func at[T any](s *[]T, i int32) *T {
	for int(i) >= len(*s) {
		var zero T
		*s = append(*s, zero)
	}
	return &(*s)[i]
}

func (c *control) merge(d *control, as []int32) {
	c.scale = max(c.scale, d.scale)
	join := func(into *[]count, from []count) {
		for i := range from {
			if from[i].rows != 0 || from[i].sum != (wide{}) || !from[i].over.IsZero() {
				k := at(into, as[i])
				k.add(from[i].rows, from[i].sum, c.scale)
				k.over = k.over.Add(from[i].over)
			}
		}
	}
	join(&c.in, d.in)
	for f := range d.by {
		join(&c.by[f], d.by[f])
	}
	for s := range d.dense {
		join(at(&c.dense, int32(s)), d.dense[s])
	}
	*d = control{}
}

// controlColumns are the batch's control column and the currency of each row.
type controlColumns struct {
	values []decimal128.Num // nil: the table declares no control column
	null   []bool
	money  []int32
	byCode []int32
}

// loadControl reads the control column, and the currencies that the first term names.
func (w *tableWorker) loadControl() {
	c := &w.seen
	c.values, c.null = nil, nil
	c.money = grow(c.money, w.cols.n)
	first := w.terms[0]
	if w.t.control < 0 {
		fillWith(c.money, w.sum.currency(""))
		return
	}
	c.values = w.cols.rec.Column(w.t.control).(*array.Decimal128).Values()
	c.null = w.cols.vec(w.t.control).null
	if first.currency < 0 {
		fillWith(c.money, w.sum.currency(string(first.term.Fixed)))
		return
	}
	v := w.cols.vec(first.currency)
	if v.arr == nil {
		c.byCode = grow(c.byCode, v.dict.Len())
		for k := range c.byCode {
			c.byCode[k] = w.sum.currency(v.dict.Value(k))
		}
	}
	for i := range c.money {
		switch {
		case v.isNull(i):
			c.money[i] = w.sum.currency("")
		case v.arr == nil:
			c.money[i] = c.byCode[v.codes[i]]
		default:
			c.money[i] = w.sum.currency(v.arr.Value(i))
		}
	}
}

// value is the control column's value in row i; 0 where it is null.
func (c *controlColumns) value(i int) wide {
	if c.values == nil || (c.null != nil && c.null[i]) {
		return wide{}
	}
	return wide{c.values[i].HighBits(), c.values[i].LowBits()}
}

// become raises a row's fate. The fate of a fold's rows is decided when all are known.
func (w *tableWorker) become(t *termRun, i int32, fate uint8) {
	if t.fold == nil && w.fate[i] < fate {
		w.fate[i] = fate
	}
}

// finally is the row's fate with what holds it: held where a finding is open, excluded where all are waived.
func (w *tableWorker) finally(i int) uint8 {
	switch h := w.hold[i]; {
	case len(w.dead) > 0 && w.dead[i]:
		return fateSuperseded
	case h&holdOpen != 0:
		return fateHeld
	case h != 0:
		return fateWaived
	}
	return w.fate[i]
}

// settleRows counts every row of the batch once; taking back, it moves the rows that count no longer.
func (w *tableWorker) settleRows() {
	w.loadControl()
	c := &w.sum.controls[w.t.number]
	if w.t.control >= 0 {
		c.scale = w.t.contract.Columns[w.t.control].Scale
	}
	if w.back != nil {
		w.moveRows(c)
		return
	}
	if w.t.control < 0 {
		w.countRows(c)
	}
	for i := range w.cols.n {
		if w.t.control < 0 {
			break
		}
		v, money, fate := w.seen.value(i), w.seen.money[i], w.finally(i)
		at(&c.in, money).add(1, v, c.scale)
		w.tellFate(c, i, fate, money, 1, v)
	}
	if w.t.folded != nil {
		w.keepFates()
	}
}

// countRows counts a batch's rows by their fates where there is nothing to sum.
func (w *tableWorker) countRows(c *control) {
	money := w.sum.currency("")
	at(&c.in, money).rows += int64(w.cols.n)
	var by [fates]int64
	for i := range w.cols.n {
		fate := w.finally(i)
		if by[fate]++; fate == fateCredited {
			at(at(&c.dense, w.first[i]), money).rows++
		}
	}
	by[fateCredited] = 0 // counted by owner
	for fate, n := range by {
		at(&c.by[fate], money).rows += n
	}
}

// tellFate adds to, or with rows -1 takes from, the bucket of a fate.
func (w *tableWorker) tellFate(c *control, i int, fate uint8, money int32, rows int64, v wide) {
	if fate == fateCredited {
		at(at(&c.dense, w.first[i]), money).add(rows, v, c.scale)
		return
	}
	at(&c.by[fate], money).add(rows, v, c.scale)
}

func (v wide) negated() wide {
	n := wide{hi: ^v.hi, lo: ^v.lo}
	n.add(0, 1)
	return n
}

// moveRows takes rows out of the bucket that they were counted in, to where merging by key puts them.
func (w *tableWorker) moveRows(c *control) {
	undone := &w.s.splits[w.split].undone
	for _, i := range w.sel {
		*undone = append(*undone, w.pos[i])
		v, money := w.seen.value(int(i)), w.seen.money[i]
		w.tellFate(c, int(i), w.finally(int(i)), money, -1, v.negated())
		fate := fateSuperseded
		if at := (place{w.split, w.rows + uint32(i)}); w.back.rivals.has(at) {
			fate = w.rivalFate(i)
		}
		w.tellFate(c, int(i), fate, money, 1, v)
		w.s.fateOf(place{w.split, w.rows + uint32(i)}, fate)
	}
}

// keepFates remembers each row's fate where a fold may still change it.
func (w *tableWorker) keepFates() {
	kept := &w.s.splits[w.split].fates
	for i := range w.cols.n {
		*kept = append(*kept, w.finally(i))
	}
}

func (s *scanner) fateOf(at place, fate uint8) {
	if kept := s.splits[at.split].fates; int(at.row) < len(kept) {
		kept[at.row] = fate
	}
}

// dispositions are the counts of all tables, currencies by their codes.
func (s *scanner) dispositions(p *partial) []disposition {
	out := make([]disposition, len(s.tables))
	for i, t := range s.tables {
		c := &p.controls[i]
		bucketOf := func(counts []count) bucket {
			b := bucket{sums: map[comp.Currency]comp.Number{}}
			for k, n := range counts {
				b.rows += n.rows
				if sum := n.sum.number(c.scale).Add(n.over); t.control >= 0 && (n.rows != 0 || !sum.IsZero()) {
					b.sums[p.currencies[k]] = sum
				}
			}
			return b
		}
		waived := bucketOf(c.by[fateWaived])
		d := disposition{table: t.name, in: bucketOf(c.in), held: bucketOf(c.by[fateHeld]), excluded: bucketOf(c.by[fateExcluded]).plus(waived), waived: waived,
			exception: bucketOf(c.by[fateException]), other: bucketOf(c.by[fateOther]), superseded: bucketOf(c.by[fateSuperseded]),
			credited: map[int32]bucket{}}
		for subject, counts := range c.dense {
			if b := bucketOf(counts); b.rows != 0 {
				d.credited[int32(subject)] = b
			}
		}
		out[i] = d
	}
	return out
}
