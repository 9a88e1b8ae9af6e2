package transform

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// exclusions say by which clause rows are paid to nobody, table by table: the conditions of the measures that read the table,
// those of the plans that pay by these measures, or a waiver. Rows and sums are those of the certificate's parts excluded and
// exception, told apart.
func (a *assessment) exclusions() []comp.Exclusion {
	var out []comp.Exclusion
	for _, d := range a.tally.controls {
		for _, x := range []struct {
			reason, clause string
			b              bucket
		}{
			{"no measure takes it", a.conditions(d.table), d.excluded.minus(d.waived)},
			{"waived", "a waiver settles what was found", d.waived},
			{"its owner is on no plan that day", a.eligibility(d.table), d.exception},
		} {
			if x.b.rows != 0 {
				out = append(out, comp.Exclusion{Table: d.table, Reason: x.reason, Clause: x.clause, Rows: x.b.rows, Sums: x.b.amounts()})
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Table < out[j].Table })
	return out
}

// minus takes a part out of a bucket.
func (b bucket) minus(o bucket) bucket {
	out := bucket{rows: b.rows - o.rows, sums: map[comp.Currency]comp.Number{}}
	for c, n := range b.sums {
		if rest := n.Sub(o.sums[c]); out.rows != 0 || !rest.IsZero() {
			out.sums[c] = rest
		}
	}
	return out
}

// conditions are those under which the measures that read a table take a row, each with its place.
func (a *assessment) conditions(table string) string {
	var out []string
	for i := range a.in.Measures {
		m := &a.in.Measures[i]
		for j := range m.Terms {
			if m.Terms[j].Table != table {
				continue
			}
			text := "every row that has a date and an owner"
			if w := m.Terms[j].Where; w != nil {
				text = "where '" + w.Text + "'"
			}
			if text = m.ID + ": " + text + placed(m.Where); !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return strings.Join(out, "; ")
}

// eligibility are the conditions of the plans that pay by any measure of a table.
func (a *assessment) eligibility(table string) string {
	var out []string
	for i := range a.in.Plans {
		p := &a.in.Plans[i]
		if !slices.ContainsFunc(p.Components, func(c comp.Component) bool {
			return slices.ContainsFunc(a.in.behind(c.Pays()), func(m string) bool { return a.reads(m, table) })
		}) {
			continue
		}
		text := "everybody"
		if p.Eligible != nil {
			text = "eligible '" + p.Eligible.Text + "'"
		}
		out = append(out, fmt.Sprintf("%s %s: %s%s", p.ID, p.Version, text, placed(p.Where)))
	}
	if len(out) == 0 {
		return "no plan pays by it"
	}
	return strings.Join(out, "; ")
}

func (a *assessment) reads(measure, table string) bool {
	m := a.measure(measure)
	return m != nil && slices.ContainsFunc(m.Terms, func(t comp.Term) bool { return t.Table == table })
}

// placed is where a definition stands, in brackets; nothing where it stands in no file.
func placed(p comp.Place) string {
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", p.File, p.Line)
}
