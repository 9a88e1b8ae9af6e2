package transform

import (
	"slices"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// sighting is a row that a detector looks at.
type sighting struct {
	comp.CaseRow
	payee      int32 // -1: nobody; it may still follow another row
	row        int32
	hit, those bool
	value      comp.Number
	group      string    // the cells of Again.By or of Per
	event      comp.Date // hazard; NoDate: it has not ended
}

// watcher evaluates one detector over the rows of its table.
type watcher struct {
	d                        *comp.Detector
	where, hit, those, value *program // nil: none
	date, owner              int
	later, event             int // -1: none
	group                    []int
	wanted                   []comp.Period
	found                    []sighting
}

// watch reads a table once for all detectors that look at it, and gives each the rows that count. Of the versions of a row the
// last known counts, as everywhere; the rows lie in the order of the files.
func (x *detection) watch(table string, ws []*watcher) error {
	contract, err := contractOf(x.in, table)
	if err != nil || contract.Class == comp.Sealed {
		return err // a sealed row is never read: the config refuses the detector
	}
	cols, err := newColumns(contract)
	if err != nil {
		return err
	}
	for _, w := range ws {
		w.prepare(contract, cols)
	}
	r := &pass{contract: contract, cols: cols, newest: map[hash]version{}}
	for _, k := range contract.Keys {
		r.keys = append(r.keys, contract.Index(k))
	}
	now, _ := generation(x.in, table)
	for i := range now {
		for _, split := range now[i].Splits {
			var broken error
			split(func(b Batch) error {
				broken = x.batch(r, i, now, b, ws)
				return broken
			})
			if broken != nil {
				return broken
			}
		}
	}
	for _, w := range ws {
		w.found = slices.DeleteFunc(w.found, func(s sighting) bool { return r.dead[s.row] })
	}
	return nil
}

// pass is how far a table has been read.
type pass struct {
	contract *comp.Contract
	cols     *columns
	keys     []int
	newest   map[hash]version // read by key only
	dead     []bool           // by row
	alive    []int32          // of the batch: rows that no other has replaced yet
}

type version struct{ row, piece int32 }

func (w *watcher) prepare(contract *comp.Contract, cols *columns) {
	program := func(e *comp.Expr) *program {
		if e == nil {
			return nil
		}
		return newProgram(e, cols)
	}
	r := &w.d.Rows
	w.where, w.hit, w.those, w.value = program(r.Where), program(r.Hit), program(r.Those), program(r.Value)
	w.date, w.owner, w.later, w.event = contract.Index(r.Date), contract.Index(r.Owner.Column), contract.Index(r.Later), contract.Index(r.Event)
	by := r.Per
	if r.Again != nil {
		by = r.Again.By
	}
	for _, c := range by {
		w.group = append(w.group, contract.Index(c))
	}
}

// batch takes a batch of the piece now[at].
func (x *detection) batch(r *pass, at int, now []piece, b Batch, ws []*watcher) error {
	p := &now[at]
	if err := r.cols.bind(b.Rec); err != nil {
		return err
	}
	first := int32(len(r.dead))
	r.alive = r.alive[:0]
	for i := range r.cols.n {
		row := first + int32(i)
		r.dead = append(r.dead, false)
		if len(r.keys) > 0 {
			h := hashOf(r.cols.key(r.keys, i))
			old, seen := r.newest[h]
			switch {
			case seen && rivals(&now[old.piece], p):
				r.dead[row] = true
				continue
			case seen:
				r.dead[old.row] = true
			}
			r.newest[h] = version{row, int32(at)}
		}
		if r.dead[row] = r.dead[row] || r.covered(p, i); !r.dead[row] {
			r.alive = append(r.alive, int32(i))
		}
	}
	for _, w := range ws {
		if err := x.see(r, w, b, first); err != nil {
			return err
		}
	}
	return nil
}

// covered says whether a later window has the row's day.
func (r *pass) covered(p *piece, i int) bool {
	c := r.contract.Index(r.contract.Covers)
	if c < 0 || len(p.replaced) == 0 {
		return false
	}
	v := r.cols.value(c, i)
	return v.Kind == comp.KindDate && covered(p.replaced, v.Date)
}

// see takes the rows of a batch that a detector looks at.
func (x *detection) see(r *pass, w *watcher, b Batch, first int32) error {
	sel := w.inTime(r)
	if w.where != nil && len(sel) > 0 {
		t, err := w.where.truths(sel)
		if err != nil {
			return err
		}
		sel = slices.DeleteFunc(sel, func(i int32) bool { return t[i] != yes })
	}
	if len(sel) == 0 {
		return nil
	}
	at := len(w.found)
	f := x.in.Files[b.File]
	for _, i := range sel {
		s := sighting{row: first + i, payee: -1, hit: true, event: comp.NoDate}
		s.Date = r.cols.value(w.date, int(i)).Date
		s.Key, s.Origin = r.cols.key(r.keys, int(i)), comp.Origin{File: f.Digest, Name: f.Name, Pos: b.Pos[i]}
		s.payee = x.owner(w.d, valueText(r.cols.value(w.owner, int(i))), s.Date)
		if len(w.group) > 0 {
			s.group = r.cols.key(w.group, int(i))
		}
		if w.event >= 0 {
			if v := r.cols.value(w.event, int(i)); v.Kind == comp.KindDate {
				s.event = v.Date
			}
		}
		if w.later >= 0 {
			v := r.cols.value(w.later, int(i))
			s.hit = v.Kind == comp.KindDate && comp.Month(v.Date).Start > comp.Month(s.Date).Start
		}
		w.found = append(w.found, s)
	}
	return w.rate(sel, w.found[at:])
}

// inTime are the rows whose day some window, or what follows it, has.
func (w *watcher) inTime(r *pass) []int32 {
	var out []int32
	for _, i := range r.alive {
		v := r.cols.value(w.date, int(i))
		if v.Kind == comp.KindDate && slices.ContainsFunc(w.wanted, func(p comp.Period) bool { return p.Contains(v.Date) }) {
			out = append(out, i)
		}
	}
	return out
}

// rate says of each row whether it is a hit, one of those, and what it is worth.
func (w *watcher) rate(sel []int32, found []sighting) error {
	for _, x := range []struct {
		p  *program
		to func(*sighting, bool)
	}{{w.hit, func(s *sighting, ok bool) { s.hit = s.hit && ok }}, {w.those, func(s *sighting, ok bool) { s.those = ok }}} {
		if x.p == nil {
			continue
		}
		t, err := x.p.truths(sel)
		if err != nil {
			return err
		}
		for k, i := range sel {
			x.to(&found[k], t[i] == yes)
		}
	}
	if w.value == nil {
		return nil
	}
	for k, i := range sel {
		v, err := w.value.row(int(i))
		if err != nil {
			return err
		}
		if found[k].value = v.Number; v.Kind != comp.KindNumber {
			found[k].payee = -1 // without a value it says nothing
		}
	}
	return nil
}

// owner is whose row it is; -1 for nobody known.
func (x *detection) owner(d *comp.Detector, text string, on comp.Date) int32 {
	if s := d.Rows.Owner.System; s != "" {
		id, ok := x.company.Crosswalk.Logins[comp.Login{System: s, Name: strings.ToLower(text)}].At(on)
		if !ok {
			return -1
		}
		text = id
	}
	i := sort.Search(len(x.company.People), func(i int) bool { return x.company.People[i].ID >= text })
	if i < len(x.company.People) && x.company.People[i].ID == text {
		return int32(i)
	}
	return -1
}

// follow marks as hits the rows after which another of their group comes soon.
func follow(found []sighting, days int) {
	at := make([]int, len(found))
	for i := range at {
		at[i] = i
	}
	sort.SliceStable(at, func(i, j int) bool {
		a, b := &found[at[i]], &found[at[j]]
		return a.group < b.group || a.group == b.group && a.Date < b.Date
	})
	for k, i := range at {
		s := &found[i]
		next := k+1 < len(at) && found[at[k+1]].group == s.group && found[at[k+1]].Date <= s.Date+comp.Date(days)
		s.hit = s.hit && next
	}
}

// gather makes one of a person's rows of one group: the first, a hit where there are several.
func gather(rows []sighting) []sighting {
	first := map[string]int{}
	var out []sighting
	for _, s := range rows {
		i, seen := first[s.group]
		if !seen {
			first[s.group] = len(out)
			s.hit = false
			out = append(out, s)
			continue
		}
		out[i].hit = true
	}
	return out
}
