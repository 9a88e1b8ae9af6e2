package transform

import (
	"fmt"
	"sort"

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
		if err := f.countEach(partition, rows); err != nil {
			return err
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

// countEach counts every row of the terms that take each: a row is a hit only if no other of its entity comes soon after it.
func (f *folding) countEach(partition []byte, rows []int) error {
	heads := make([]foldedHead, len(rows))
	order := make([]int, len(rows))
	for i, at := range rows {
		heads[i], order[i] = headOf(partition[at:]), i
	}
	sort.Slice(order, func(i, j int) bool {
		a, b := &heads[order[i]], &heads[order[j]]
		switch {
		case a.entity != b.entity:
			return a.entity.a < b.entity.a || (a.entity.a == b.entity.a && a.entity.b < b.entity.b)
		case a.order != b.order:
			return a.order.less(b.order)
		}
		p, q := f.s.pieceOf(a.place.split).rank, f.s.pieceOf(b.place.split).rank
		return p < q || (p == q && a.pos < b.pos)
	})
	for k, i := range order {
		r, err := readFolded(partition[rows[i]:][:lengthOf(partition[rows[i]:])])
		if err != nil {
			return fmt.Errorf("fold of %s: %w", f.t.name, err)
		}
		if r.after {
			f.raise(&r, fateOther, 0)
			continue
		}
		if quiet := f.t.terms[r.term].fold.quiet; quiet != (wide{}) && k+1 < len(order) {
			end := heads[i].order
			end.add(quiet.hi, quiet.lo)
			if next := &heads[order[k+1]]; next.entity == heads[i].entity && !end.less(next.order) {
				r.hit = false
			}
		}
		if err := f.count(&r); err != nil {
			return err
		}
	}
	return nil
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
	f.tally(t, r, money, cell, value.Mul(share))
	f.link(r, cell)
	c := func() *creditRow {
		return &creditRow{term: t, subject: e.subject, day: r.day, entry: int32(k), pos: r.pos, place: r.place, value: value, share: share,
			currency: comp.Currency(r.money), first: r.first, key: []byte(r.key), label: []byte(r.label), hit: r.hit,
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

// tally counts an entry in its cell.
func (f *folding) tally(t *termPlan, r *foldedRow, money, cell int32, value comp.Number) {
	page, at := f.sum.page(t.measure, money, cell)
	if f.sum.plan[t.measure].values {
		page.sums[at].n++
		f.sum.addNumber(&page.sums[at], t.measure, money, cell, value)
	} else {
		page.marks[at].n++
		page.marks[at].hits += one(r.hit)
		page.marks[at].misses += one(r.miss)
	}
	if f.sum.plan[t.measure].spread {
		b := bin{group: r.group, hit: r.hit, miss: r.miss}
		b.valued(value)
		f.sum.spreadOf(t.measure, money, cell)[b]++
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
