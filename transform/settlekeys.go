package transform

import (
	"slices"

	"carrot/transform/comp"
)

// settleTable finds what merging by key and folds leave of a table, once all of it was read.
func (s *scanner) settleTable(t *tableScan) error {
	if t.keys != nil {
		if t.recent != nil {
			t.recent.forget()
		}
		found, err := s.mergeKeys(t)
		if err != nil {
			return err
		}
		t.verdicts = found
		if err := s.takeBack(t, found); err != nil {
			return err
		}
		if err := s.nameVanished(t, found); err != nil {
			return err
		}
	}
	if t.folded == nil {
		return nil
	}
	f := &folding{s: s, t: t, sum: s.sum, links: map[*piece]*links{}, trouble: map[place]map[int]bool{},
		firsts: map[place]firstOwner{}, raised: map[place]bool{}}
	if err := f.takeFolded(); err != nil {
		return err
	}
	if s.deals != nil {
		for at, o := range f.firsts { // of each place one
			s.firsts[at] = o
		}
	}
	for i := range t.now {
		if l := f.links[&t.now[i]]; l != nil {
			if l.flush(); l.tooFar {
				return errTooFar
			}
			s.sum.lineage = append(s.sum.lineage, l.out...)
		}
	}
	s.dropFindings(func(x *located) bool {
		return x.term >= 0 && s.splits[x.place.split].table == t && !f.trouble[x.place][x.term]
	})
	return nil
}

func (s *scanner) dropFindings(gone func(*located) bool) {
	s.sum.findings = slices.DeleteFunc(s.sum.findings, func(x located) bool { return gone(&x) })
}

// takeBack takes a table's superseded and contradicting rows out of everything that was added up.
func (s *scanner) takeBack(t *tableScan, v *verdicts) error {
	var splits []uint32
	for i := range s.splits {
		if v.superseded[uint32(i)] != nil || v.rivals[uint32(i)] != nil {
			splits = append(splits, uint32(i))
		}
	}
	if len(splits) == 0 {
		return nil
	}
	s.dropFindings(func(x *located) bool { return v.superseded.has(x.place) })
	for _, split := range splits {
		s.moveBad(t, split, v)
	}
	if err := s.each(splits, v); err != nil {
		return err
	}
	s.unlink(splits)
	return nil
}

// moveBad moves refused rows that a later version replaced.
func (s *scanner) moveBad(t *tableScan, split uint32, v *verdicts) {
	c := &s.sum.controls[t.number]
	money := s.sum.currency("")
	for i := range s.splits[split].bad {
		b := &s.splits[split].bad[i]
		if v.superseded.has(b.place) {
			at(&c.by[b.fate], money).rows--
			at(&c.by[fateSuperseded], money).rows++
			b.fate = fateSuperseded
		}
	}
}

// unlink takes the rows out of the lineage: the blocks of their pieces are packed anew without them.
func (s *scanner) unlink(splits []uint32) {
	gone := map[*piece][]int64{}
	for _, split := range splits {
		at := &s.splits[split]
		gone[at.piece] = append(gone[at.piece], at.undone...)
		at.undone = nil
	}
	for _, pos := range gone { // each on its own
		slices.Sort(pos)
	}
	out := s.sum.lineage[:0]
	for _, b := range s.sum.lineage {
		if g := gone[b.piece]; g != nil {
			b = b.without(g, s.bits)
		}
		if b != nil {
			out = append(out, b)
		}
	}
	s.sum.lineage = out
}

// keysOnly takes in a batch of the snapshot before the last.
func (w *tableWorker) keysOnly(b Batch) error {
	if err := w.cols.bind(b.Rec); err != nil {
		return err
	}
	w.pos = b.Pos
	if w.back != nil {
		for i := range w.cols.n {
			if w.back.vanished.has(place{w.split, w.rows + uint32(i)}) {
				w.sum.names = append(w.sum.names, w.cols.key(w.t.keyCols, i))
			}
		}
	} else {
		w.dead = w.dead[:0]
		w.hashKeys()
		w.putKeys()
	}
	w.rows += uint32(w.cols.n)
	return nil
}

// nameVanished reads the splits with vanished rows once more, for their keys.
func (s *scanner) nameVanished(t *tableScan, v *verdicts) error {
	if v.lost == 0 {
		return nil
	}
	var splits []uint32
	for i := range s.splits {
		if v.vanished[uint32(i)] != nil {
			splits = append(splits, uint32(i))
		}
	}
	if err := s.each(splits, v); err != nil {
		return err
	}
	s.findings = append(s.findings, vanished(t.contract, s.sum.names, v.lost)...)
	s.sum.names = nil
	return nil
}

// refused takes in what decoding found: each refused row counts as held, or as excluded where all its findings are
// waived, and takes part in merging by key as any row.
func (w *tableWorker) refused(found []comp.Finding) {
	rows := map[comp.Origin]int{}
	here := &w.s.splits[w.split]
	for _, f := range found {
		origin, key := f.Origin, f.Key
		if w.t.contract.Class == comp.Sealed && f.Reach <= comp.ReachRow {
			f = seal(f)
		}
		waived := w.s.waive(&f)
		if f.Reach != comp.ReachRow {
			w.sum.findings = append(w.sum.findings, located{f, place{w.split, ^uint32(0)}, -1})
			continue
		}
		k, seen := rows[origin]
		if !seen {
			k = len(here.bad)
			rows[origin] = k
			b := badRow{place: place{w.split, w.rows + uint32(k)}, fate: fateWaived}
			here.bad = append(here.bad, b)
			if w.keys != nil && key != "" {
				putKey(w.keys, keyAt{hash: hashOf(key), place: b.place})
			}
		}
		if !waived {
			here.bad[k].fate = fateHeld
		}
		w.sum.findings = append(w.sum.findings, located{f, here.bad[k].place, -1})
	}
	c := &w.sum.controls[w.t.number]
	for _, b := range here.bad {
		at(&c.in, 0).rows++
		at(&c.by[b.fate], 0).rows++
	}
}

// allFindings are those of the whole scan. Those of a sealed table that say the same are one with their count.
func (s *scanner) allFindings() []comp.Finding {
	out := s.findings
	sealed := map[string]int{}
	for _, x := range s.sum.findings {
		c, err := contractOf(s.in, x.finding.Table)
		if err != nil || c.Class != comp.Sealed || x.finding.Reach > comp.ReachRow {
			out = append(out, x.finding)
			continue
		}
		id := x.finding.ID()
		if i, ok := sealed[id]; ok {
			out[i].Count += max(1, x.finding.Count)
			continue
		}
		sealed[id] = len(out)
		x.finding.Count = max(1, x.finding.Count)
		out = append(out, x.finding)
	}
	return sortedFindings(out)
}
