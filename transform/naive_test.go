package transform

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// naive is the scan again, one row at a time over maps, written from its contract and sharing nothing with it but the
// nouns, Expr.Eval and the grid. It takes rows as values, with the drop that brought each.
type naive struct {
	in       *Inputs
	company  *comp.Company
	grid     *grid
	drops    []drop
	lo, hi   comp.Date
	num      map[string]comp.Number // "measure|subject|atom|currency"
	hits, n  map[string]int64       // the same
	waived   map[string]bool
	lineage  map[string][]string // "measure|subject|atom" -> "file:pos"
	credits  []string
	findings []string
	fates    map[string]int                    // "table fate" -> rows
	control  map[string]comp.Number            // "table fate currency" -> sum
	rows     map[string][]*naiveRow            // by table
	splits   map[string][][2]string            // split key -> owner, percent
	owners   map[string]map[string][]ownedSpan // system -> lower login -> spans
}

type ownedSpan struct {
	comp.Period
	id string
}

type naiveRow struct {
	table    *comp.Contract
	vals     []comp.Value
	drop     *drop
	rank     int
	file     string
	pos      int64
	bad      bool // refused by decoding
	key      string
	dead     bool // replaced by a window
	gone     bool // superseded
	rival    bool
	hard     bool
	soft     bool
	open     bool
	fate     int // 0 excluded, 1 other, 2 exception, 3 credited
	first    string
	troubled bool // taken by a fold, with an open finding
}

func (r *naiveRow) get(name string) comp.Value {
	if i := r.table.Index(name); i >= 0 {
		return r.vals[i]
	}
	return comp.Value{}
}

// find notes a finding and says whether it is open, that is, not waived.
func (v *naive) find(r *naiveRow, code, column, text string) bool {
	f := comp.Finding{Code: code, Table: r.table.Name(), Key: r.key, Column: column, Text: text}
	v.findings = append(v.findings, fmt.Sprintf("%s|%s|%s|%s|%s|%s:%d|%v", code, r.table.Name(), r.key, column, text, r.file, r.pos, v.waived[f.ID()]))
	return !v.waived[f.ID()]
}

// assemble finds what counts of a table.
func (v *naive) assemble(rows []*naiveRow) {
	sort.SliceStable(rows, func(i, j int) bool {
		return rows[i].rank < rows[j].rank || (rows[i].rank == rows[j].rank && rows[i].pos < rows[j].pos)
	})
	byKey := map[string][]*naiveRow{}
	for _, r := range rows {
		if !r.bad && r.table.Covers != "" {
			d := r.get(r.table.Covers)
			for _, o := range v.windows(r) {
				if d.Kind == comp.KindDate && o.covers.Contains(d.Date) {
					r.dead = true
				}
			}
		}
		if r.table.Keyed() && r.key != "" {
			byKey[r.key] = append(byKey[r.key], r)
		}
	}
	for _, group := range byKey {
		last := group[len(group)-1]
		for _, r := range group {
			if r.rank == last.rank && !r.dead {
				last = r // in one file a row that counts goes before one that a window replaced
			}
		}
		for _, r := range group {
			if r == last {
				continue
			}
			same := r.rank == last.rank || (r.drop.seq == last.drop.seq && r.drop.mode == comp.Snapshot && last.drop.mode == comp.Snapshot)
			switch {
			case r.dead:
			case same && !last.dead:
				r.rival, last.rival = true, true
			default:
				r.gone = true
			}
		}
	}
}

func (v *naive) windows(r *naiveRow) (out []*drop) {
	for i := range v.drops {
		if o := &v.drops[i]; o.mode == comp.Window && o.seq > r.drop.seq {
			out = append(out, o)
		}
	}
	return out
}

// resolve leads from a login to an employee id; why says why not.
func (v *naive) resolve(system, login string, d comp.Date) (id, why string) {
	if system == "" {
		for _, p := range v.company.People {
			if p.ID == login {
				return login, ""
			}
		}
		return "", "unknown_owner"
	}
	for _, s := range v.owners[system][strings.ToLower(login)] {
		if s.Contains(d) {
			for _, p := range v.company.People {
				if p.ID == s.id {
					return s.id, ""
				}
			}
			return "", "owner_not_on_roster"
		}
	}
	return "", "unknown_owner"
}

type naiveEntry struct {
	row      *naiveRow
	m, k     int
	subject  string // "" nobody
	day      comp.Date
	currency string
	value    comp.Number
	share    comp.Number
	hit      bool
}

// term finds the entries of one term over the rows that count.
func (v *naive) term(m, k int, rows []*naiveRow) []naiveEntry {
	measure := &v.in.Measures[m]
	term := &measure.Terms[k]
	var taken []*naiveRow
	for _, r := range rows {
		if w, _ := term.Where.Eval(r.get); (term.Where == nil || w.True()) && !(r.rival && term.Fold != nil) {
			taken = append(taken, r)
		}
	}
	if term.Fold != nil {
		taken = v.takeOne(term, taken)
	}
	var out []naiveEntry
	for _, r := range taken {
		out = append(out, v.row(m, k, r)...)
	}
	return out
}

// foldless holds rows of a fold that lack entity or order.
func (v *naive) foldless(r *naiveRow, term *comp.Term) bool {
	return slices.ContainsFunc(foldNeeds(term), func(c string) bool { return r.get(c).Kind == comp.Null })
}

// foldNeeds are the columns without which a fold cannot take a row, in the order in which they are asked for.
func foldNeeds(term *comp.Term) []string {
	out := append(slices.Clone(term.Fold.By), term.Fold.Order)
	if term.Fold.Per != "" {
		out = append(out, term.Date)
	}
	return out
}

// monthOf is the year and month of a day, as 2026-03.
func monthOf(v comp.Value) string { return v.Date.String()[:7] }

func (v *naive) takeOne(term *comp.Term, rows []*naiveRow) []*naiveRow {
	best := map[string]*naiveRow{}
	for _, r := range rows {
		if v.foldless(r, term) {
			continue
		}
		id := ""
		for _, c := range term.Fold.By {
			id += valueText(r.get(c)) + "|"
		}
		if term.Fold.Per == "month" {
			if order := r.get(term.Fold.Order); order.Kind == comp.KindDate && monthOf(order) > monthOf(r.get(term.Date)) {
				continue
			}
			id += monthOf(r.get(term.Date))
		}
		old := best[id]
		if old == nil || v.before(term, old, r) == (term.Fold.Take != "first") {
			best[id] = r
		}
	}
	var out []*naiveRow
	for _, r := range rows {
		for _, b := range best {
			if b == r {
				out = append(out, r)
			}
		}
	}
	return out
}

func (v *naive) before(term *comp.Term, a, b *naiveRow) bool {
	x, y := a.get(term.Fold.Order), b.get(term.Fold.Order)
	if c := x.Number.Cmp(y.Number) + int(x.Date) - int(y.Date); c != 0 {
		return c < 0
	}
	return a.rank < b.rank || (a.rank == b.rank && a.pos < b.pos)
}

// hold marks a row; of a fold's row only the term itself is held.
func (v *naive) hold(r *naiveRow, fold, hard bool, code, column, text string) {
	open := v.find(r, code, column, text)
	if fold {
		r.troubled = r.troubled || open
		return
	}
	r.open = r.open || open
	r.hard, r.soft = r.hard || hard, r.soft || !hard
}

// row finds one row's entries in one term, or holds it.
func (v *naive) row(m, k int, r *naiveRow) []naiveEntry {
	measure := &v.in.Measures[m]
	term := &measure.Terms[k]
	fold := term.Fold != nil
	e := naiveEntry{row: r, m: m, k: k, value: comp.Int(1), share: comp.Int(1)}
	d := r.get(term.Date)
	if d.Kind == comp.Null {
		v.hold(r, fold, true, "absent_date", term.Date, "")
		return nil
	}
	if e.day = d.Date; e.day < v.lo || e.day >= v.hi {
		r.fate = max(r.fate, 1)
		return nil
	}
	switch measure.Aggregate {
	case comp.Share, comp.Rate:
		h, _ := term.Hit.Eval(r.get)
		e.hit = h.True()
	case comp.Count:
	default:
		val, _ := term.Value.Eval(r.get)
		if val.Kind == comp.Null {
			v.hold(r, fold, true, "absent_value", strings.Join(term.Value.Names(), ", "), "")
			return nil
		}
		e.value, e.currency = val.Number, string(term.Fixed)
		if term.Currency != "" {
			c := r.get(term.Currency)
			if c.Kind == comp.Null {
				v.hold(r, fold, true, "absent_value", term.Currency, "")
				return nil
			}
			if _, ok := comp.Currency(c.Text).Digits(); !ok {
				v.hold(r, fold, true, "unknown_currency", term.Currency, c.Text)
				return nil
			}
			e.currency = c.Text
		}
	}
	if term.Sign < 0 {
		e.value = e.value.Neg()
	}
	return v.owned(e, term, pooledBy(measure), fold)
}

// owned finds whom the row is credited to.
func (v *naive) owned(e naiveEntry, term *comp.Term, pool comp.Pool, fold bool) []naiveEntry {
	if pool == comp.PoolCompany {
		e.subject = "company"
		return []naiveEntry{e}
	}
	type part struct{ login, percent string }
	parts := []part{{valueText(e.row.get(term.Owner.Column)), "100"}}
	if s := term.Owner.Split; s != nil {
		of := e.row.get(s.Of)
		if split := v.splits[valueText(of)]; of.Kind != comp.Null && split != nil {
			total := comp.Int(0)
			parts = nil
			for _, p := range split {
				n, _ := comp.ParseExact(p[1])
				total = total.Add(n)
				parts = append(parts, part{p[0], p[1]})
			}
			if total.Cmp(comp.Int(100)) != 0 {
				v.hold(e.row, fold, true, "split_total", s.Of, total.String())
				return nil
			}
		}
	}
	var out []naiveEntry
	for _, p := range parts {
		id, why := v.resolve(term.Owner.System, p.login, e.day)
		if why != "" {
			v.hold(e.row, fold, false, why, term.Owner.Column, p.login)
			continue
		}
		n, _ := comp.ParseExact(p.percent)
		x := e
		x.share, _ = n.Quo(comp.Int(100))
		x.subject = id
		if pool != comp.PoolPayee {
			x.subject = ""
			if i, ok := v.grid.poolOf(v.grid.index[id], pool, e.day); ok {
				x.subject = v.grid.subjects[i]
			}
		}
		out = append(out, x)
	}
	return out
}

// add counts an entry, unless its row is held.
func (v *naive) add(e naiveEntry) {
	r := e.row
	pool := pooledBy(&v.in.Measures[e.m])
	if r.hard || r.rival || (r.soft && pool != comp.PoolCompany && e.subject == "") {
		return
	}
	fate := 1
	if v.grid.inPeriod(e.m, e.day) {
		fate = 2
	}
	defer func() { r.fate = max(r.fate, fate) }()
	s, ok := v.grid.index[e.subject]
	if !ok {
		return
	}
	b := v.grid.bounds[s]
	atom := sort.Search(len(b), func(i int) bool { return b[i] > e.day }) - 1
	if atom < 0 || atom >= len(b)-1 {
		fate = 1
		return
	}
	cell := fmt.Sprintf("%s|%s|%d", v.in.Measures[e.m].ID, e.subject, atom)
	key := cell + "|" + e.currency
	v.n[key]++
	if e.hit {
		v.hits[key]++
	}
	v.num[key] = v.num[key].Add(e.value.Mul(e.share))
	v.lineage[cell] = append(v.lineage[cell], fmt.Sprintf("%s:%09d", r.file, r.pos))
	if v.grid.current(e.m, s, e.day) {
		fate = 3
		if r.first == "" || (r.fate < 3) {
			r.first = e.subject
		}
		v.credits = append(v.credits, fmt.Sprintf("%s %s %s %d %s %s %s %s %v %s:%d", v.in.Measures[e.m].ID, e.subject, e.day, e.k, r.key,
			e.value, e.share, e.currency, e.hit, r.file, r.pos))
	}
}

// run scans everything: all terms find and hold first, then what is not held counts; folds come after the others.
func (v *naive) run() {
	for _, name := range sortedKeys(v.rows) {
		rows := v.rows[name]
		v.assemble(rows)
		var live []*naiveRow
		for _, r := range rows {
			switch {
			case r.gone || r.dead:
			case r.bad:
				r.open = v.find(r, "bad_cell", "amount", "1,005")
				r.hard = true
			default:
				live = append(live, r)
				v.rowAlone(r)
			}
		}
		var entries, folded []naiveEntry
		for m := range v.in.Measures {
			for k, term := range v.in.Measures[m].Terms {
				switch {
				case term.Table != name:
				case term.Fold != nil:
					folded = append(folded, v.term(m, k, live)...)
				default:
					entries = append(entries, v.term(m, k, live)...)
				}
			}
		}
		for _, e := range append(entries, folded...) {
			v.add(e)
		}
		for _, r := range rows {
			v.settle(r)
		}
	}
}

// rowAlone holds a row for what no term is needed to see.
func (v *naive) rowAlone(r *naiveRow) {
	if r.table.Keyed() && r.key == "" {
		v.hold(r, false, true, "absent_key", r.table.Keys[0], "")
	}
	if r.rival {
		r.open = v.find(r, "duplicate_key", strings.Join(r.table.Keys, ", "), r.key) || r.open
	}
	for m := range v.in.Measures {
		for _, term := range v.in.Measures[m].Terms {
			if term.Table != r.table.Name() || term.Fold == nil {
				continue
			}
			if w, _ := term.Where.Eval(r.get); term.Where != nil && !w.True() {
				continue
			}
			for _, c := range foldNeeds(&term) {
				if r.get(c).Kind == comp.Null {
					v.hold(r, false, true, "absent_value", c, "")
					break
				}
			}
		}
	}
}

var fateNames = []string{"excluded", "other", "exception", "credited", "held", "superseded"}

// settle counts the row by what became of it.
func (v *naive) settle(r *naiveRow) {
	fate := r.fate
	switch {
	case r.gone || r.dead:
		fate = 5
	case (r.hard || r.soft || r.rival) && (r.open || r.troubled):
		fate = 4
	case r.hard || r.soft || r.rival:
		fate = 0
	case r.troubled && fate < 3:
		fate = 4
	}
	name := fateNames[fate]
	if fate == 3 {
		name += " " + r.first
	}
	currency := ""
	if first := v.firstTerm(r.table.Name()); first != nil {
		currency = string(first.Fixed)
		if first.Currency != "" {
			currency = r.get(first.Currency).Text
		}
	}
	for _, n := range []string{"in", name} {
		v.fates[r.table.Name()+" "+n]++
		if r.table.Control != "" && !r.bad {
			k := r.table.Name() + " " + n + " " + currency
			v.control[k] = v.control[k].Add(r.get(r.table.Control).Number)
		}
	}
}

func (v *naive) firstTerm(table string) *comp.Term {
	for m := range v.in.Measures {
		for k := range v.in.Measures[m].Terms {
			if v.in.Measures[m].Terms[k].Table == table {
				return &v.in.Measures[m].Terms[k]
			}
		}
	}
	return nil
}
