package transform

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// draft collects what the roster's tables say about one person.
type draft struct {
	attrs    map[string][]comp.Span[string]
	employed []comp.Span[bool]
	origins  []comp.Origin
	listed   bool // a row of the mapping that defines employment names the person
}

// fact is one row about a person, with the days on which it holds.
type fact = comp.Span[*row]

// people reads the roster. The people are those whom the mapping that defines employment names; what other tables say
// of somebody else is a notice.
func (c *conformer) people() error {
	drafts := map[string]*draft{}
	for i, m := range c.in.Mapping.Roster {
		facts, rows, err := c.facts(m)
		if err != nil {
			return err
		}
		defines := m.Employed != nil || (i == 0 && !c.definesEmployment())
		parents := parentIDs(rows, m)
		for _, id := range sortedKeys(facts) {
			if drafts[id] == nil {
				drafts[id] = &draft{attrs: map[string][]comp.Span[string]{}}
			}
			if m.From != "" && m.To == "" {
				facts[id] = closeOpen(facts[id], comp.Forever)
			}
			c.twice(id, m, facts[id])
			for _, f := range facts[id] {
				if err := c.draftRow(drafts[id], id, f, m, defines, parents); err != nil {
					return err
				}
			}
		}
	}
	c.gather(drafts)
	return nil
}

func (c *conformer) definesEmployment() bool {
	return slices.ContainsFunc(c.in.Mapping.Roster, func(m comp.RosterMap) bool { return m.Employed != nil })
}

// rosterDecides says whether pay depends on anything that a mapping tells.
func (c *conformer) rosterDecides(m comp.RosterMap) bool {
	return m.Employed != nil || !c.definesEmployment() || slices.ContainsFunc(m.Set, func(a comp.AttrMap) bool { return c.decides[a.Attr] })
}

// facts reads a mapping's rows by person. A row without an id is about nobody whom the run could pay.
func (c *conformer) facts(m comp.RosterMap) (map[string][]fact, []row, error) {
	rows, err := c.table(m.Table)
	if err != nil {
		return nil, nil, err
	}
	out := map[string][]fact{}
	for i := range rows {
		r := rows[i]
		id, known := text(r.get(m.ID))
		held := id
		if !c.rosterDecides(m) {
			held = ""
		}
		if !c.matches(r, m.Where, held) {
			continue
		}
		if !known {
			c.find(r, comp.Finding{Code: "absent_id", Reach: comp.ReachRow, Column: m.ID, Message: "the employee id is empty", Hint: "fill it in the source"})
			continue
		}
		if p, ok := c.span(r, m.From, m.To, held); ok {
			out[id] = append(out[id], fact{Period: p, Value: &rows[i], Origin: r.origin})
		}
	}
	return out, rows, nil
}

// twice holds a payee whose id stands in two rows of a table without dates that differ in anything: they may be two
// people, and which is meant must not be guessed. Rows that are equal count once.
func (c *conformer) twice(id string, m comp.RosterMap, facts []fact) {
	if m.From != "" || len(facts) < 2 {
		return
	}
	first := facts[0].Value
	for _, f := range facts[1:] {
		if slices.EqualFunc(first.values, f.Value.values, sameValue) {
			continue
		}
		x := comp.Finding{Code: "employee_twice", Column: m.ID, Text: id, Message: fmt.Sprintf("the employee id %s stands in two different rows of %s: are they two people?", id, m.Table),
			Hint: "give each person an id of their own, or remove the wrong row"}
		if c.rosterDecides(m) {
			c.hold(*f.Value, id, x)
		} else {
			c.find(*f.Value, x)
		}
		return
	}
}

// holdsNow says whether a doubt about some days can still change pay.
func (c *conformer) holdsNow(p comp.Period) bool {
	return p.Intersect(comp.Period{Start: c.since, End: c.in.Run.Period.End}).Days() > 0
}

func (c *conformer) draftRow(d *draft, id string, f fact, m comp.RosterMap, defines bool, parents map[string]string) error {
	d.origins = append(d.origins, f.Origin)
	if defines {
		d.listed = true
		d.employed = append(d.employed, comp.Span[bool]{Period: f.Period, Value: c.matches(*f.Value, m.Employed, id), Origin: f.Origin})
	}
	for _, a := range m.Set {
		v, ok, err := c.attribute(id, f, a, parents)
		if err != nil {
			return err
		}
		if ok {
			d.attrs[a.Attr] = append(d.attrs[a.Attr], comp.Span[string]{Period: f.Period, Value: v, Origin: f.Origin})
		}
	}
	return nil
}

// attribute is one mapped value of a row; false where it is null or its lookup finds nothing.
func (c *conformer) attribute(id string, f fact, a comp.AttrMap, parents map[string]string) (string, bool, error) {
	if len(a.Columns) == 0 {
		return a.Const, true, nil
	}
	var parts []string
	for _, col := range a.Columns {
		if s, ok := text(f.Value.get(col)); ok {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return "", false, nil
	}
	v := strings.Join(parts, " ")
	if a.Parent {
		id, ok := parents[parentPath(v)]
		return id, ok, nil
	}
	if a.In != "" {
		got, err := c.lookUp(a, v)
		if err != nil {
			return "", false, err
		}
		if got.wrong != "" {
			x := comp.Finding{Code: "lookup_missing", Column: a.Columns[0], Text: v, Message: got.wrong, Hint: "correct " + a.In + ", or the value here"}
			if c.decides[a.Attr] && c.holdsNow(f.Period) {
				x.Reach, x.Payee = comp.ReachPayee, id
			}
			c.find(*f.Value, x)
			return "", false, nil
		}
		v = got.value
	}
	if t, ok := a.Values[v]; ok {
		v = t
	}
	return v, true, nil
}

// taken is what a lookup gives: a value, or what is wrong.
type taken struct{ value, wrong string }

// lookUp finds the value that an attribute takes from another table.
func (c *conformer) lookUp(a comp.AttrMap, key string) (taken, error) {
	name := [3]string{a.In, a.Key, a.Take}
	index, ok := c.lookups[name]
	if !ok {
		rows, err := c.table(a.In)
		if err != nil {
			return taken{}, err
		}
		index = make(map[string]taken, len(rows))
		for _, r := range rows {
			k, ok := text(r.get(a.Key))
			v, given := text(r.get(a.Take))
			before, twice := index[k]
			switch {
			case !ok:
			case twice && before.value != v:
				index[k] = taken{wrong: fmt.Sprintf("%s %q has two rows in %s with different %s", a.Key, k, a.In, a.Take)}
			case !given:
				index[k] = taken{wrong: fmt.Sprintf("%s %q has no %s in %s", a.Key, k, a.Take, a.In)}
			case !twice:
				index[k] = taken{value: v}
			}
		}
		c.lookups[name] = index
	}
	if got, ok := index[key]; ok {
		return got, nil
	}
	return taken{wrong: fmt.Sprintf("%s %q has no row in %s", a.Columns[0], key, a.In)}, nil
}

// parentIDs leads from a path such as /1/2/ to the id of the person there, for mappings with a parent attribute.
func parentIDs(rows []row, m comp.RosterMap) map[string]string {
	ids := map[string]string{}
	for _, a := range m.Set {
		if !a.Parent {
			continue
		}
		for _, r := range rows {
			path, okP := text(r.get(a.Columns[0]))
			id, okI := text(r.get(m.ID))
			if okP && okI {
				ids[path] = id
			}
		}
	}
	return ids
}

// parentPath is /1/ for /1/2/; "" for the root.
func parentPath(path string) string {
	trimmed := strings.TrimSuffix(path, "/")
	i := strings.LastIndexByte(trimmed, '/')
	if i < 0 {
		return ""
	}
	return trimmed[:i+1]
}

// gather turns drafts into people, sorted by id.
func (c *conformer) gather(drafts map[string]*draft) {
	strangers := 0
	for _, id := range sortedKeys(drafts) {
		d := drafts[id]
		if !d.listed {
			strangers++
			continue
		}
		p := comp.Person{ID: id, Attrs: map[string]comp.Timeline[string]{}, Origins: d.origins}
		for _, attr := range sortedKeys(d.attrs) {
			t, clashes := agree(d.attrs[attr])
			for _, x := range clashes {
				c.overlap(id, attr, x.Period, x.one.Value, x.other.Value, x.other.Origin)
			}
			p.Attrs[attr] = t
		}
		t, clashes := agree(d.employed)
		for _, x := range clashes {
			c.overlap(id, "employment", x.Period, yesNo(x.one.Value), yesNo(x.other.Value), x.other.Origin)
		}
		var spells []comp.Period
		for _, s := range t.Spans() {
			if s.Value {
				spells = append(spells, s.Period)
			}
		}
		p.Employed = joinSpans(spells)
		c.known(&p)
		c.company.People = append(c.company.People, p)
	}
	if strangers > 0 {
		c.findings = append(c.findings, comp.Finding{Code: "not_on_roster", Table: "roster", Count: strangers,
			Message: fmt.Sprintf("ids with attributes and without an employment row: %d", strangers), Hint: "they are not payees; check the roster's id columns"})
	}
}

func yesNo(employed bool) string {
	if employed {
		return "yes"
	}
	return "no"
}

// overlap tells of days on which a person has two values of one attribute. On these days the attribute is not known; the
// payee is held where pay depends on it.
func (c *conformer) overlap(id, attr string, p comp.Period, one, other string, o comp.Origin) {
	f := comp.Finding{Code: "roster_overlap", Payee: id, Table: "roster", Key: id, Column: attr, Text: one + " / " + other, Origin: o,
		Message: fmt.Sprintf("%s has two values of %s, %s and %s, from %s to %s", id, attr, one, other, firstOf(p), lastOf(p)),
		Hint:    "end the first row the day before the second begins"}
	if (attr == "employment" || c.decides[attr]) && c.holdsNow(p) {
		f.Reach = comp.ReachPayee
	}
	c.findings = append(c.findings, f)
}

// managerCycles reports people whose managers lead back to themselves on the last day of the pay period. Nothing paid
// today depends on the hierarchy, so it holds nobody.
func (c *conformer) managerCycles() {
	day := c.in.Run.Period.End - 1
	boss := map[string]string{}
	for i := range c.company.People {
		if m, ok := c.company.People[i].Attr(comp.AttrManager, day); ok {
			boss[c.company.People[i].ID] = m
		}
	}
	seen := map[string]bool{} // on an earlier path: a cycle there is reported already
	for i := range c.company.People {
		p := &c.company.People[i]
		var path []string
		for id := p.ID; id != "" && !seen[id]; id = boss[id] {
			seen[id] = true
			path = append(path, id)
		}
		if len(path) == 0 {
			continue
		}
		start := slices.Index(path, boss[path[len(path)-1]])
		if start < 0 {
			continue
		}
		c.cycle(path[start:], day)
	}
}

// cycle reports one cycle, from its lowest id on.
func (c *conformer) cycle(ids []string, day comp.Date) {
	k := slices.Index(ids, slices.Min(ids))
	ids = append(append(slices.Clone(ids[k:]), ids[:k]...), ids[k])
	chain := strings.Join(ids, " > ")
	f := comp.Finding{Code: "manager_cycle", Table: "roster", Key: ids[0], Column: comp.AttrManager, Text: chain,
		Message: fmt.Sprintf("the managers of %s lead back to %s on %s: %s", ids[0], ids[0], day, chain), Hint: "correct one manager in the source"}
	if i, ok := slices.BinarySearchFunc(c.company.People, ids[0], func(p comp.Person, id string) int { return strings.Compare(p.ID, id) }); ok {
		f.Origin = firstOrigin(&c.company.People[i])
	}
	c.findings = append(c.findings, f)
}
