package transform

import (
	"strings"

	"carrot/transform/comp"
)

// apply adds a term's entries up, but for those of rows that something holds.
func (w *tableWorker) apply(t *termRun) {
	cells, company := w.s.cells, t.pool == comp.PoolCompany
	base := cells.base[t.measure*cells.subjects:][:cells.subjects]
	pays := cells.pays[t.measure]
	plan := &w.sum.plan[t.measure]
	w.weigh(t, plan)
	for k, i := range t.rows {
		subject, day := t.subject[k], t.days[k]
		if h := w.hold[i]; h&holdHard != 0 || (h != 0 && !company && subject < 0) {
			continue // an unknown owner holds that owner's share, and nobody else's
		}
		if subject < 0 {
			w.become(t, i, missed(pays[comp.Date(day)-cells.lo]))
			continue
		}
		atom := cells.days[subject].at(comp.Date(day))
		if atom < 0 {
			w.become(t, i, fateOther)
			continue
		}
		cell := base[subject] + atom
		page, at := w.sum.page(t.measure, t.money[k], cell)
		page.n[at] += w.sign
		if plan.values {
			w.addValue(t, page, at, cell, k)
		}
		if plan.hits && t.hits[i] == yes {
			page.hits[at] += w.sign
		}
		if w.back == nil {
			w.links.add(cell, w.pos[i])
		}
		switch cells.state[cell] {
		case atPresent:
			if w.fate[i] != fateCredited {
				w.fate[i], w.first[i] = fateCredited, subject
			}
			if w.back == nil {
				w.sum.credits.add(w.credit(t, k))
			}
		case nobodyPaid:
			w.become(t, i, fateException)
		default:
			w.become(t, i, fateOther)
		}
	}
	if len(w.links.all) >= linksMost {
		w.links.flush()
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
	if t.odd || !plan.values {
		return
	}
	t.unit = t.sign() * w.sign * tens[plan.scale-t.scale-t.shareScale()]
	t.whole = t.unit * tens[t.shareScale()]
}

// addValue adds an entry's value: as a 128-bit product where it has the measure's digits, else as an exact number.
func (w *tableWorker) addValue(t *termRun, page *page, at int, cell int32, k int) {
	i, s := t.rows[k], t.share(k)
	coef, weight, ok := int64(1), t.whole, !t.odd
	if !t.counts && ok {
		coef = t.coefs[i]
	}
	if s != nil && ok {
		weight, ok = times(t.unit, s.coef)
	}
	if ok {
		w.sum.addValue(page, at, t.measure, t.money[k], cell, coef, weight)
		return
	}
	w.sum.addOdd(t.measure, t.money[k], cell, t.rowValue(i).Mul(shareNumber(s)).Mul(comp.Int(w.sign)))
}

// share is an entry's share; nil where its row is whole.
func (t *termRun) share(k int) *share {
	if len(t.shares) == 0 {
		return nil
	}
	return t.shares[k]
}

func shareNumber(s *share) comp.Number {
	if s == nil {
		return comp.Int(1)
	}
	n, _ := s.percent.Quo(hundred)
	return n
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
		value: t.rowValue(i), currency: w.sum.currencies[t.money[k]], share: shareNumber(t.share(k)), hit: t.rated && t.hits[i] == yes}
	if w.t.contract.Class != comp.Sealed {
		c.key, c.label = w.cols.key(w.t.keyCols, int(i)), w.label(t.labels, i)
	}
	return c
}

// label is what a statement shows of a row.
func (w *tableWorker) label(cols []int, i int32) string {
	w.labels = w.labels[:0]
	for _, c := range cols {
		if c < 0 {
			continue
		}
		if text := valueText(w.cols.value(c, int(i))); text != "" {
			w.labels = append(w.labels, text)
		}
	}
	return strings.Clone(strings.Join(w.labels, " · "))
}

func (w *tableWorker) origin(i int32) comp.Origin {
	f := w.s.in.Files[w.piece.File]
	return comp.Origin{File: f.Digest, Name: f.Name, Pos: w.pos[i]}
}
