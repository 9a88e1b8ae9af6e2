package transform

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// folding counts the rows that folds take.
type folding struct {
	s       *scanner
	t       *tableScan
	sum     *partial
	links   map[*piece]*links      // read by key only
	trouble map[place]map[int]bool // rows taken that something holds, by term
	firsts  map[place]firstOwner   // rows that a fold credits first
	raised  map[place]bool         // rows that only a fold's own finding holds
	row     foldedRow              // that is counted
	heads   []foldedHead
	order   []int32
}

// firstOwner is the owner that a row is counted for: the one whom the first term credits, in whatever order they come.
type firstOwner struct {
	term    int
	subject int32
}

// takeFolded finds each entity's row, partition by partition, and counts it.
func (f *folding) takeFolded() error {
	e := entities{}
	var rows []int
	return f.t.folded.each(func(partition []byte) error {
		n := 0
		rows = rows[:0]
		for at := 0; at < len(partition); at += int(lengthOf(partition[at:])) {
			n++
		}
		e.reset(n)
		for at := 0; at < len(partition); at += int(lengthOf(partition[at:])) {
			h := headOf(partition[at:])
			switch {
			case f.t.verdicts.gone(h.place):
			case f.t.terms[h.term].fold.each:
				rows = append(rows, at)
			default:
				e.add(partition, at, f.wins)
			}
		}
		f.countEach(partition, rows)
		for _, at := range e.best {
			f.row.read(partition[at:], f.sum)
			f.count(&f.row)
		}
		return nil
	})
}

// countEach counts every row of the terms that take each: a row is a hit only if no other of its entity comes soon after it.
func (f *folding) countEach(partition []byte, rows []int) {
	f.heads, f.order = grow(f.heads, len(rows)), grow(f.order, len(rows))
	for i, at := range rows {
		f.heads[i], f.order[i] = headOf(partition[at:]), int32(i)
	}
	slices.SortFunc(f.order, func(i, j int32) int {
		a, b := &f.heads[i], &f.heads[j]
		switch {
		case a.entity.a != b.entity.a:
			return cmp.Compare(a.entity.a, b.entity.a)
		case a.entity.b != b.entity.b:
			return cmp.Compare(a.entity.b, b.entity.b)
		case f.earlier(a, b):
			return -1
		}
		return 1
	})
	for k, i := range f.order {
		head := &f.heads[i]
		f.row.read(partition[rows[i]:], f.sum)
		if f.row.after {
			f.raise(&f.row, fateOther, 0)
			continue
		}
		if quiet := f.t.terms[head.term].fold.quiet; quiet != (wide{}) && k+1 < len(f.order) {
			end := head.order
			end.add(quiet.hi, quiet.lo)
			if next := &f.heads[f.order[k+1]]; next.entity == head.entity && !end.less(next.order) {
				f.row.hit = false
			}
		}
		f.count(&f.row)
	}
}

// earlier says whether a comes before b: by order, file and position.
func (f *folding) earlier(a, b *foldedHead) bool {
	if a.order != b.order {
		return a.order.less(b.order)
	}
	p, q := f.s.pieceOf(a.place.split).rank, f.s.pieceOf(b.place.split).rank
	return p < q || (p == q && a.pos < b.pos)
}

// wins says whether a is taken before b: the later, or the earlier one.
func (f *folding) wins(a, b foldedHead) bool {
	if f.t.terms[a.term].fold.first {
		a, b = b, a
	}
	return f.earlier(&b, &a)
}

// count does for one row what apply does for a batch's.
func (f *folding) count(r *foldedRow) {
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
			return
		}
	case r.hold&holdHard != 0:
		return
	case len(r.entries) == 0:
		f.raise(r, fateOther, 0)
	}
	for k := range r.entries {
		f.enter(t, r, k)
	}
}

// enter counts one entry of the row.
func (f *folding) enter(t *termPlan, r *foldedRow, k int) {
	cells, e := f.s.cells, &r.entries[k]
	if e.subject < 0 && (r.hold|r.trouble) != 0 && t.pool != comp.PoolCompany {
		return // an unknown owner holds that owner's share
	}
	if e.subject < 0 {
		f.raise(r, missed(cells.pays[t.measure][r.day-cells.lo]), 0)
		return
	}
	cell := cells.cell(t.measure, e.subject, r.day)
	if cell < 0 {
		f.raise(r, fateOther, 0)
		return
	}
	f.tally(t, r, cell, e)
	f.link(r, cell)
	if t.dealt && within(f.s.grid.kept[t.measure], r.day) {
		c := f.credit(t, r, k)
		f.sum.deals.add(&c)
	}
	switch cells.state[cell] {
	case atPresent:
		f.raise(r, fateCredited, e.subject)
		if !f.s.in.lean {
			c := f.credit(t, r, k)
			f.sum.credits.add(&c)
		}
	case nobodyPaid:
		f.raise(r, fateException, 0)
	default:
		f.raise(r, fateOther, 0)
	}
}

// credit is an entry of the row as it will be shown.
func (f *folding) credit(t *termPlan, r *foldedRow, k int) creditRow {
	e := &r.entries[k]
	return creditRow{term: t, subject: e.subject, day: r.day, entry: int32(k), pos: r.pos, place: r.place, value: r.value, share: e.share,
		currency: f.sum.currencies[r.money], first: r.first, key: r.key, label: r.label, hit: r.hit, deal: r.deal, at: r.at,
		control: comp.Amount{Number: r.control.number(f.t.controlScale()), Currency: f.sum.currencies[r.cash]}}
}

// tally counts an entry in its cell.
func (f *folding) tally(t *termPlan, r *foldedRow, cell int32, e *foldedEntry) {
	value := r.value.Mul(e.share)
	page, at := f.sum.page(t.measure, r.money, cell)
	if f.sum.plan[t.measure].values {
		page.sums[at].n++
		f.sum.addNumber(&page.sums[at], t.measure, r.money, cell, value)
	} else {
		page.marks[at].n++
		page.marks[at].hits += one(r.hit)
		page.marks[at].misses += one(r.miss)
	}
	if f.sum.plan[t.measure].spread {
		b := bin{group: string(r.group), hit: r.hit, miss: r.miss}
		b.valued(value)
		f.sum.spreadOf(t.measure, r.money, cell)[b]++
	}
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
	l := f.links[from]
	if l.add(cell, r.pos); len(l.all) >= linksFew {
		l.flush()
	}
}

// raise moves the row to a stronger fate.
func (f *folding) raise(r *foldedRow, fate uint8, subject int32) {
	kept := f.s.splits[r.place.split].fates
	old := kept[r.place.row]
	c := &f.sum.controls[f.t.number]
	if fate == fateCredited {
		if first, ok := f.firsts[r.place]; ok && int(r.term) < first.term {
			at(at(&c.dense, first.subject), r.cash).add(-1, r.control.negated(), c.scale)
			at(at(&c.dense, subject), r.cash).add(1, r.control, c.scale)
			f.firsts[r.place] = firstOwner{int(r.term), subject}
		}
	}
	undo := old == fateHeld && fate == fateCredited && f.raised[r.place] // another measure that takes the row pays it
	if !undo && (old >= fate || old >= fateCredited) {
		return
	}
	kept[r.place.row] = fate
	if delete(f.raised, r.place); fate == fateHeld {
		f.raised[r.place] = true
	}
	at(&c.by[old], r.cash).add(-1, r.control.negated(), c.scale)
	if fate == fateCredited {
		f.firsts[r.place] = firstOwner{int(r.term), subject}
		at(at(&c.dense, subject), r.cash).add(1, r.control, c.scale)
		return
	}
	at(&c.by[fate], r.cash).add(1, r.control, c.scale)
}
