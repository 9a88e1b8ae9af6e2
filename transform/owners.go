package transform

import (
	"fmt"
	"sort"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/transform/comp"
)

// Subjects below zero say why nobody can be credited.
const (
	nobody      int32 = -1 // a person without a subject: never an error, never paid
	neverKnown  int32 = -2 // the login stands in no crosswalk
	notThatDay  int32 = -3 // the login is known, but not on the row's day
	notOnRoster int32 = -4 // the login leads to an employee id that the roster lacks
)

// stay says that a login or a payee's pool leads to a subject in a period.
type stay struct {
	comp.Period
	subject int32
	id      string // the employee id
}

// timelines are stays of many, one after the other: those of i are all[first[i]:first[i+1]].
type timelines struct {
	first []int32
	all   []stay
}

func (t *timelines) add(s []stay) {
	if len(t.first) == 0 {
		t.first = append(t.first, 0)
	}
	t.all = append(t.all, s...)
	t.first = append(t.first, int32(len(t.all)))
}

// at is the subject of entry i on a day; notThatDay where none holds.
func (t *timelines) at(i int32, d comp.Date) int32 {
	for k := t.first[i]; k < t.first[i+1]; k++ {
		if t.all[k].Contains(d) {
			return t.all[k].subject
		}
	}
	return notThatDay
}

// resolver leads from a system's logins, or from employee ids where system is "", to subjects. It is only read.
type resolver struct {
	system string
	index  map[string]int32 // lower-cased login, or employee id, to an entry of stays; read by key only
	table  hashTable        // index again, for rows
	stays  timelines
}

func newResolver(company *comp.Company, g *grid, system string) *resolver {
	r := &resolver{system: system, index: map[string]int32{}}
	subject := func(id string) int32 {
		if s, ok := g.index[id]; ok && int(s) < len(company.People) {
			return s
		}
		i := sort.Search(len(company.People), func(i int) bool { return company.People[i].ID >= id })
		if i < len(company.People) && company.People[i].ID == id {
			return nobody
		}
		return notOnRoster
	}
	defer func() {
		r.table = newHashTable(len(r.index))
		for text, i := range r.index { // the table's answers do not depend on the order
			r.table.put(hashOf(text), i)
		}
	}()
	if system == "" {
		for i := range company.People {
			id := company.People[i].ID
			r.index[id] = int32(i)
			r.stays.add([]stay{{always, subject(id), id}})
		}
		return r
	}
	var logins []comp.Login
	for l := range company.Crosswalk.Logins { // sorted below
		if l.System == system {
			logins = append(logins, l)
		}
	}
	sort.Slice(logins, func(i, j int) bool { return logins[i].Name < logins[j].Name })
	for i, l := range logins {
		var stays []stay
		for _, s := range company.Crosswalk.Logins[l].Spans() {
			stays = append(stays, stay{s.Period, subject(s.Value), s.Value})
		}
		r.index[strings.ToLower(l.Name)] = int32(i)
		r.stays.add(stays)
	}
	return r
}

// entry is the place of a login in stays; -1 where it is unknown. Logins compare lower-cased, employee ids as they are.
func (r *resolver) entry(text string) int32 {
	if i, ok := r.index[text]; ok {
		return i
	}
	if r.system != "" {
		if i, ok := r.index[strings.ToLower(text)]; ok {
			return i
		}
	}
	return -1
}

func (r *resolver) subject(entry int32, d comp.Date) int32 {
	if entry < 0 {
		return neverKnown
	}
	return r.stays.at(entry, d)
}

// ownerColumn resolves a column's logins, once per distinct text of a dictionary, else once per row. Each scanning
// goroutine has its own; terms that read the same column share it.
type ownerColumn struct {
	r      *resolver
	col    int
	users  int // how many terms read it
	byCode []int32
	byRow  []int32          // by row of the batch, where several terms ask
	known  bool             // byRow is of this batch
	mixed  map[string]int32 // texts that are not lower-cased, so that each costs one conversion
}

// entries puts the entry of each row's login in out; -1 for unknown ones, and for null. All are the batch's rows that
// any term may ask for.
func (o *ownerColumn) entries(v *vec, all, rows, out []int32, n int) {
	switch {
	case v.arr == nil:
		o.byCode = grow(o.byCode, v.dict.Len())
		for code := range o.byCode {
			o.byCode[code] = o.entry(v.dict, code)
		}
		for k, i := range rows {
			out[k] = -1
			if !v.isNull(int(i)) {
				out[k] = o.byCode[v.codes[i]]
			}
		}
		return
	case o.users > 1 && !o.known:
		o.byRow = grow(o.byRow, n)
		for _, i := range all {
			o.byRow[i] = o.at(v, i)
		}
		o.known = true
	}
	for k, i := range rows {
		if o.known {
			out[k] = o.byRow[i]
		} else {
			out[k] = o.at(v, i)
		}
	}
}

func (o *ownerColumn) at(v *vec, i int32) int32 {
	if v.isNull(int(i)) {
		return -1
	}
	return o.entry(v.arr, int(i))
}

// mixedMost bounds what ownerColumn remembers.
const mixedMost = 1 << 16

func (o *ownerColumn) entry(a *array.String, i int) int32 {
	text := a.Value(i)
	if e := o.r.table.find(hashOf(text)); e >= 0 {
		return e
	}
	if e, ok := o.mixed[text]; ok {
		return e
	}
	e := o.r.entry(text)
	if len(o.mixed) < mixedMost {
		if o.mixed == nil {
			o.mixed = map[string]int32{}
		}
		o.mixed[strings.Clone(text)] = e
	}
	return e
}

// hashTable finds entries by the hash of their text, without touching the text.
type hashTable struct {
	slots []hashSlot
}

type hashSlot struct {
	hash
	entry int32 // and one; 0 is free
}

func newHashTable(n int) hashTable {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return hashTable{make([]hashSlot, size)}
}

func (t hashTable) slot(h hash) *hashSlot {
	for at := int(h.b) & (len(t.slots) - 1); ; at = (at + 1) & (len(t.slots) - 1) {
		if s := &t.slots[at]; s.entry == 0 || s.hash == h {
			return s
		}
	}
}

func (t hashTable) put(h hash, entry int32) { *t.slot(h) = hashSlot{h, entry + 1} }

// find is the entry; -1 where there is none.
func (t hashTable) find(h hash) int32 { return t.slot(h).entry - 1 }

// ownerFinding says why a login leads to nobody, with the crosswalk's line to add.
func (s *scanner) ownerFinding(r *resolver, subject int32, text string, d comp.Date) comp.Finding {
	f := comp.Finding{Code: "unknown_owner", Reach: comp.ReachRow, Text: text}
	switch {
	case text == "":
		f.Message, f.Hint = "nobody owns the row, a login was expected", "give the row an owner in the source"
		return f
	case subject == notOnRoster:
		id := r.idAt(text, d)
		f.Code, f.Message = "owner_not_on_roster", fmt.Sprintf("%s belongs to the employee id %s, which is not on the roster", text, id)
		f.Hint = fmt.Sprintf("add %s to the roster's source, or correct the crosswalk", id)
		return f
	case r.system == "":
		f.Message = fmt.Sprintf("no employee has the id %q", text)
		f.Hint = fmt.Sprintf("correct the owner in the source, or add %s to the roster's source; if the column holds logins, add a crosswalk and write its system under owner", text)
		return f
	case subject == notThatDay && len(r.spans(text)) == 0:
		f.Message = fmt.Sprintf("the %s login %s leads to nobody: the crosswalk gives it to two people at once", r.system, text)
		f.Hint = "correct the crosswalk, so that a login is one person's on each day"
		return f
	case subject == notThatDay:
		f.Message = fmt.Sprintf("the %s login %s is not known on %s; it is known %s", r.system, text, d, r.known(text))
	default:
		f.Message = fmt.Sprintf("the %s login %s is in no crosswalk", r.system, text)
	}
	f.Hint = s.crosswalkLine(r.system, text, d)
	return f
}

func (r *resolver) spans(text string) []stay {
	e := r.entry(text)
	if e < 0 {
		return nil
	}
	return r.stays.all[r.stays.first[e]:r.stays.first[e+1]]
}

func (r *resolver) idAt(text string, d comp.Date) string {
	for _, s := range r.spans(text) {
		if s.Contains(d) {
			return s.id
		}
	}
	return text
}

// known is when a login is known, in words.
func (r *resolver) known(text string) string {
	var out []string
	for _, s := range r.spans(text) {
		switch {
		case s.End >= comp.Forever:
			out = append(out, fmt.Sprintf("as %s from %s", s.id, s.Start))
		case s.Start == comp.NoDate:
			out = append(out, fmt.Sprintf("as %s until %s", s.id, s.End-1))
		default:
			out = append(out, fmt.Sprintf("as %s from %s to %s", s.id, s.Start, s.End-1))
		}
	}
	return strings.Join(out, ", ")
}

// crosswalkLine is the hint with the line to add to the table that the crosswalk of a system is read from.
func (s *scanner) crosswalkLine(system, login string, d comp.Date) string {
	for _, m := range s.in.Mapping.Crosswalk {
		if m.SystemIs != "" && m.SystemIs != system {
			continue
		}
		c, err := contractOf(s.in, m.Table)
		if err != nil {
			continue
		}
		cells := make([]string, len(c.Columns))
		for i, col := range c.Columns {
			switch col.Name {
			case m.System:
				cells[i] = system
			case m.Login:
				cells[i] = login
			case m.Employee:
				cells[i] = "EMPLOYEE_ID"
			case m.From:
				cells[i] = d.String()
			}
		}
		return fmt.Sprintf("add the line %s to %s, with the employee id", strings.Join(cells, ","), m.Table)
	}
	return fmt.Sprintf("give the crosswalk a row for the %s login %s", system, login)
}
