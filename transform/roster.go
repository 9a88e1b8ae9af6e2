package transform

import (
	"fmt"
	"sort"
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

// people reads the roster. The people are those whom the mapping that defines employment names; what other tables say
// of somebody else is a notice.
func (c *conformer) people() error {
	drafts := map[string]*draft{}
	for i, m := range c.in.Mapping.Roster {
		rows, err := c.table(m.Table)
		if err != nil {
			return err
		}
		defines := m.Employed != nil || (i == 0 && !c.definesEmployment())
		parents := parentIDs(rows, m)
		for _, r := range rows {
			if !c.matches(r, m.Where) {
				continue
			}
			id, ok := text(r.get(m.ID))
			if !ok {
				c.find(r, comp.Finding{Code: "absent_id", Reach: comp.ReachRow, Column: m.ID, Message: "the employee id is empty", Hint: "fill it in the source"})
				continue
			}
			d := drafts[id]
			if d == nil {
				d = &draft{attrs: map[string][]comp.Span[string]{}}
				drafts[id] = d
			}
			if err := c.draftRow(d, r, m, defines, parents); err != nil {
				return err
			}
		}
		for _, id := range sortedKeys(drafts) {
			drafts[id].settle(c, id, m)
		}
	}
	c.gather(drafts)
	return nil
}

func (c *conformer) definesEmployment() bool {
	for _, m := range c.in.Mapping.Roster {
		if m.Employed != nil {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// open marks a span that the person's next row of the same mapping ends; settle turns it into a closed one.
const open comp.Date = comp.Forever + 1

func (c *conformer) draftRow(d *draft, r row, m comp.RosterMap, defines bool, parents map[string]string) error {
	p, dated, ok := c.dates(r, m.From, m.To)
	if !ok {
		return nil
	}
	if m.From != "" && !dated {
		p.End = open
	}
	d.origins = append(d.origins, r.origin)
	if defines {
		d.listed = true
		d.employed = append(d.employed, comp.Span[bool]{Period: p, Value: m.Employed == nil || c.matches(r, m.Employed), Origin: r.origin})
	}
	for _, a := range m.Set {
		v, ok, err := c.attribute(r, a, parents)
		if err != nil {
			return err
		}
		if ok {
			d.attrs[a.Attr] = append(d.attrs[a.Attr], comp.Span[string]{Period: p, Value: v, Origin: r.origin})
		} else if p.End == open {
			d.attrs[a.Attr] = append(d.attrs[a.Attr], comp.Span[string]{Period: p, Value: "", Origin: r.origin}) // ends the value before; removed by settle
		}
	}
	return nil
}

// attribute is one mapped value of a row; false where it is null or its lookup finds nothing.
func (c *conformer) attribute(r row, a comp.AttrMap, parents map[string]string) (string, bool, error) {
	if len(a.Columns) == 0 {
		return a.Const, true, nil
	}
	var parts []string
	for _, col := range a.Columns {
		if s, ok := text(r.get(col)); ok {
			parts = append(parts, s)
		}
	}
	v := strings.Join(parts, " ")
	if len(parts) == 0 {
		return "", false, nil
	}
	if a.Parent {
		id, ok := parents[parentPath(v)]
		return id, ok, nil
	}
	if a.In != "" {
		rows, err := c.table(a.In)
		if err != nil {
			return "", false, err
		}
		found := false
		for _, o := range rows {
			if k, ok := text(o.get(a.Key)); ok && k == v {
				v, found = text(o.get(a.Take))
				break
			}
		}
		if !found {
			c.find(r, comp.Finding{Code: "lookup_missing", Column: a.Columns[0], Text: v,
				Message: fmt.Sprintf("%s %q has no row in %s", a.Columns[0], v, a.In), Hint: "add it there, or correct the value here"})
			return "", false, nil
		}
	}
	if t, ok := a.Values[v]; ok {
		v = t
	}
	return v, true, nil
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

// settle closes the open spans that the mapping just read has left: each holds until the next.
func (d *draft) settle(c *conformer, id string, m comp.RosterMap) {
	if m.From == "" || m.To != "" {
		return
	}
	d.employed = closeSpans(d.employed)
	for _, a := range m.Set {
		spans := closeSpans(d.attrs[a.Attr])
		kept := spans[:0:0]
		for _, s := range spans {
			if s.Value != "" {
				kept = append(kept, s)
			}
		}
		d.attrs[a.Attr] = kept
	}
}

func closeSpans[T any](spans []comp.Span[T]) []comp.Span[T] {
	var opened, rest []comp.Span[T]
	for _, s := range spans {
		if s.End == open {
			opened = append(opened, s)
		} else {
			rest = append(rest, s)
		}
	}
	return append(rest, comp.Steps(opened, comp.NoDate).Spans()...)
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
			t, err := comp.NewTimeline(d.attrs[attr])
			if err != nil {
				c.findings = append(c.findings, comp.Finding{Code: "roster_overlap", Reach: comp.ReachPayee, Payee: id, Table: "roster", Key: id, Column: attr,
					Message: fmt.Sprintf("%s has two values of %s on one day: %s", id, attr, err), Hint: "end the first row the day before the second begins",
					Origin: d.attrs[attr][0].Origin})
			}
			p.Attrs[attr] = t
		}
		p.Employed = spells(d.employed)
		c.company.People = append(c.company.People, p)
	}
	if strangers > 0 {
		c.findings = append(c.findings, comp.Finding{Code: "not_on_roster", Table: "roster", Count: strangers,
			Message: fmt.Sprintf("%d ids have attributes but no employment row", strangers), Hint: "they are not payees; check the roster's id columns"})
	}
}

// spells joins touching days of employment.
func spells(spans []comp.Span[bool]) []comp.Period {
	sort.SliceStable(spans, func(i, j int) bool { return spans[i].Start < spans[j].Start })
	var out []comp.Period
	for _, s := range spans {
		if !s.Value {
			continue
		}
		if n := len(out); n > 0 && out[n-1].End >= s.Start {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s.Period)
	}
	return out
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
	reported := map[string]bool{}
	for i := range c.company.People {
		id := c.company.People[i].ID
		path, seen := []string{id}, map[string]bool{id: true}
		for next, ok := boss[id]; ok && !seen[next]; next, ok = boss[next] {
			path, seen[next] = append(path, next), true
		}
		last := path[len(path)-1]
		if boss[last] != id || reported[id] {
			continue
		}
		for _, p := range path {
			reported[p] = true
		}
		c.findings = append(c.findings, comp.Finding{Code: "manager_cycle", Table: "roster", Key: id, Column: comp.AttrManager, Text: strings.Join(append(path, id), " > "),
			Message: fmt.Sprintf("the managers of %s lead back to %s on %s: %s", id, id, day, strings.Join(append(path, id), " > ")),
			Hint:    "correct one manager in the source", Origin: c.company.People[i].Origins[0]})
	}
}
