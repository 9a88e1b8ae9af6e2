package transform

import "carrot/transform/comp"

// apply adds a term's entries up, but for those of rows that something holds: it finds each entry's cell, then goes over
// the cells in tight loops.
func (w *tableWorker) apply(t *termRun) {
	plan := &w.sum.plan[t.measure]
	w.findCells(t)
	if plan.values {
		w.weigh(t, plan)
		w.addValues(t, plan)
	} else {
		w.addMarks(t, plan)
	}
	if plan.spread {
		w.addSpread(t)
	}
	keep := w.back == nil && !w.s.in.lean && w.t.contract.Floor() == 0
	if keep {
		w.links.addAll(t, w.pos)
	}
	pays, lo := w.s.cells.pays[t.measure], w.s.cells.lo
	for k, cell := range t.cells {
		if cell < 0 {
			continue
		}
		i := t.rows[k]
		if !pays[comp.Date(t.days[k])-lo] {
			w.become(t, i, fateOther)
			continue
		}
		switch w.s.cells.state[cell] {
		case atPresent:
			if w.fate[i] != fateCredited {
				w.fate[i], w.first[i] = fateCredited, t.subject[k]
			}
			if keep {
				c := w.credit(t, k)
				w.sum.credits.add(&c)
			}
		case nobodyPaid:
			w.become(t, i, fateException)
		default:
			w.become(t, i, fateOther)
		}
	}
}

// findCells finds each entry's cell; -1 where there is none, or where the row is held. An unknown owner holds that
// owner's share, and nobody else's.
func (w *tableWorker) findCells(t *termRun) {
	cells, company := w.s.cells, t.pool == comp.PoolCompany
	base := cells.base[t.measure*cells.subjects:][:cells.subjects]
	pays := cells.pays[t.measure]
	t.cells = grow(t.cells, len(t.rows))
	for k, i := range t.rows {
		t.cells[k] = -1
		subject, day := t.subject[k], comp.Date(t.days[k])
		if h := w.hold[i]; h != 0 && (h&holdHard != 0 || (!company && subject < 0)) {
			continue
		}
		if subject < 0 {
			w.become(t, i, missed(pays[day-cells.lo]))
			continue
		}
		atom := cells.days[subject].at(day)
		if atom < 0 {
			w.become(t, i, fateOther)
			continue
		}
		t.cells[k] = base[subject] + atom
	}
}

// addMarks counts rows and hits.
func (w *tableWorker) addMarks(t *termRun, plan *measurePlan) {
	if len(t.rows) == 0 {
		return
	}
	pages := w.sum.pages(t.measure, t.money[0]) // what is only counted has no currency
	for k, cell := range t.cells {
		if cell < 0 {
			continue
		}
		at := uint32(cell - plan.base)
		g := &pages[at/pageCells]
		if g.marks == nil {
			plan.open(g)
		}
		m := &g.marks[at%pageCells]
		m.n += w.sign
		if plan.hits && t.hits[t.rows[k]] == yes {
			m.hits += w.sign
		}
		if t.missed && t.misses[t.rows[k]] == yes {
			m.misses += w.sign
		}
	}
}

// addValues sums values: as 128-bit products where they have the measure's digits, else as exact numbers.
func (w *tableWorker) addValues(t *termRun, plan *measurePlan) {
	var pages []page
	money := int32(-1)
	plain := !t.odd && !t.counts && len(t.shares) == 0 && !t.apart
	for k, cell := range t.cells {
		if cell < 0 {
			continue
		}
		if t.money[k] != money {
			money = t.money[k]
			pages = w.sum.pages(t.measure, money)
		}
		at := uint32(cell - plan.base)
		g := &pages[at/pageCells]
		if g.sums == nil {
			plan.open(g)
		}
		to := &g.sums[at%pageCells]
		to.n += w.sign
		if plain {
			w.sum.addValue(to, t.measure, money, cell, t.coefs[t.rows[k]], t.whole)
			continue
		}
		w.addShare(t, to, cell, k)
	}
}

// missed is the fate of a row that nobody is paid for.
func missed(pays bool) uint8 {
	if pays {
		return fateException
	}
	return fateOther
}

// weigh finds what a row's coefficient is multiplied by to reach the measure's number of digits.
func (w *tableWorker) weigh(t *termRun, plan *measurePlan) {
	t.odd = plan.exact || (t.exact != nil && !t.counts)
	if t.counts {
		t.scale = 0
	}
	if t.odd {
		return
	}
	t.unit = t.sign() * w.sign * tens[plan.scale-t.scale-t.shareScale()]
	t.whole = t.unit * tens[t.shareScale()]
}

// addShare adds an entry's value in its general form: a count, a share, an exact number.
func (w *tableWorker) addShare(t *termRun, to *amassed, cell int32, k int) {
	i, s := t.rows[k], t.share(k)
	coef, weight, ok := int64(1), t.whole, !t.odd
	if !t.counts && ok {
		coef = t.coefs[i]
	}
	if s != nil && ok {
		weight, ok = times(t.unit, s.coef)
	}
	if ok {
		w.sum.addValue(to, t.measure, t.money[k], cell, coef, weight)
		return
	}
	w.sum.addOdd(t.measure, t.money[k], cell, t.rowValue(i).Mul(t.portion(k)).Mul(comp.Int(w.sign)))
}

// share is an entry's share; nil where its row is whole.
func (t *termRun) share(k int) *share {
	if len(t.shares) == 0 {
		return nil
	}
	return t.shares[k]
}

// portion is an entry's share as a number: 1 where its row is whole.
func (t *termRun) portion(k int) comp.Number {
	if t.apart {
		return t.parts[k]
	}
	if s := t.share(k); s != nil {
		return comp.Scaled(s.coef, t.split.scale)
	}
	return comp.Int(1)
}

// rowValue is the signed value of a whole row; 1 for counts.
func (t *termRun) rowValue(i int32) comp.Number {
	n := comp.Int(1)
	switch {
	case t.counts:
	case t.exact != nil:
		n = t.exact[i]
	default:
		n = comp.Scaled(t.coefs[i], t.scale)
	}
	if t.sign() < 0 {
		return n.Neg()
	}
	return n
}

// credit is entry k as it will be shown to a person. A sealed row shows nothing of itself.
func (w *tableWorker) credit(t *termRun, k int) creditRow {
	i := t.rows[k]
	c := creditRow{term: t.termPlan, subject: t.subject[k], day: comp.Date(t.days[k]), entry: int32(k), pos: w.pos[i], place: place{w.split, w.rows + uint32(i)},
		value: t.rowValue(i), currency: w.sum.currencies[t.money[k]], share: t.portion(k), hit: t.rated && t.hits[i] == yes}
	if w.t.contract.Class != comp.Sealed {
		w.key, w.label = w.appendKey(w.key[:0], i), w.appendLabel(w.label[:0], t.labels, i)
		c.key, c.label = w.key, w.label
	}
	return c
}

// appendKey adds a row's key to b.
func (w *tableWorker) appendKey(b []byte, i int32) []byte {
	for k, col := range w.t.keyCols {
		if k > 0 {
			b = append(b, '|')
		}
		b = append(b, valueText(w.cols.value(col, int(i)))...)
	}
	return b
}

// appendLabel adds what a statement shows of a row to b.
func (w *tableWorker) appendLabel(b []byte, cols []int, i int32) []byte {
	start := len(b)
	for _, c := range cols {
		if c < 0 {
			continue
		}
		if text := valueText(w.cols.value(c, int(i))); text != "" {
			if len(b) > start {
				b = append(b, " · "...)
			}
			b = append(b, text...)
		}
	}
	return b
}

func (w *tableWorker) origin(i int32) comp.Origin {
	f := w.s.in.Files[w.piece.File]
	return comp.Origin{File: f.Digest, Name: f.Name, Pos: w.pos[i]}
}
