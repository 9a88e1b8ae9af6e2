package transform

import (
	"slices"
	"strings"

	"carrot/transform/comp"
)

// Rated is what a component reads of customers' ratings: of everybody whom it pays, the rows that rate them.
type Rated struct {
	Plan, Component, Measure string
	Where                    comp.Place // of the component
	Mode                     string     // how the component's measure rates: share, mean, net
	Rows                     []RatedRow // by payee and stratum
}

// RatedRow is N rows of one value that rate a payee. Of a share the value is 1 for a hit and 0 otherwise, of a net 1, 0 or -1.
type RatedRow struct {
	Payee, Stratum string
	Value          comp.Number
	N              int64
}

// Ratings are the rows behind every component that pays by how a payee's own customers rate them (about satisfaction or the brand),
// as the calculation credits them: those of days within a span on which the plan takes the payee in. Rows are told apart by the
// columns named, as far as a measure's tables have them. Nothing is settled, and what is wrong with rows is for runs to tell.
func Ratings(in Inputs, within comp.Period, columns []string) ([]Rated, error) {
	in.lean = true
	in.Measures = slices.Clone(in.Measures)
	for i := range in.Measures {
		if m := &in.Measures[i]; rates(m) {
			in.stratify(m, columns)
		}
	}
	company, _, err := conform(&in)
	if err != nil {
		return nil, err
	}
	v := DefaultVerbs()
	part, _ := participate(&in, company)
	g := newGrid(&in, company, part, duties(&in, &v, company))
	t, _, err := scan(&in, company, g)
	if err != nil {
		return nil, err
	}
	var out []Rated
	measures := measureIndex(&in)
	for p := range in.Plans {
		for c := range in.Plans[p].Components {
			x := &in.Plans[p].Components[c]
			for _, id := range x.Measures() {
				m, ok := measures[id]
				if !ok || !rates(&in.Measures[m]) {
					continue
				}
				r := Rated{Plan: in.Plans[p].ID, Component: x.ID, Measure: id, Where: x.Where, Mode: string(in.Measures[m].Aggregate)}
				for i := range company.People {
					r.Rows = append(r.Rows, t.rated(&in.Measures[m], m, int32(i), company.People[i].ID, within, part.spans[i][p])...)
				}
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// rates says whether a measure is how customers rate a payee, row by row.
func rates(m *comp.Measure) bool {
	rated := m.Aggregate == comp.Share || m.Aggregate == comp.Rate || m.Aggregate == comp.Mean || m.Aggregate == comp.Net
	return rated && (m.About == "satisfaction" || m.About == "brand") && pooledBy(m) == comp.PoolPayee
}

// stratify lets a measure keep its rows apart by columns.
func (in *Inputs) stratify(m *comp.Measure, columns []string) {
	m.Spread, m.Strata, m.Cluster = true, nil, ""
	m.Terms = slices.Clone(m.Terms)
	for k := range m.Terms {
		t := &m.Terms[k]
		t.Group = nil
		for i := range in.Contracts {
			if in.Contracts[i].Name() != t.Table {
				continue
			}
			for _, c := range columns {
				if in.Contracts[i].Index(c) >= 0 {
					t.Group = append(t.Group, c)
				}
			}
		}
	}
}

// rated are a payee's rows of a measure on days of some spans.
func (t *tally) rated(m *comp.Measure, at int, subject int32, payee string, within comp.Period, spans []comp.Period) (out []RatedRow) {
	all := spread{}
	bounds := t.cells.grid.bounds[subject]
	for a := range t.cells.atoms(subject) {
		atom := comp.Period{Start: bounds[a], End: bounds[a+1]}
		if atom.Start < within.Start || atom.End > within.End || !slices.ContainsFunc(spans, func(p comp.Period) bool { return p.Start <= atom.Start && atom.End <= p.End }) {
			continue
		}
		for _, s := range t.sums(at, subject, a) {
			all.merge(s.spread)
		}
	}
	for _, b := range all.sorted() {
		r := RatedRow{Payee: payee, Stratum: strings.Join(b.groups(), " | "), Value: b.value(), N: b.n}
		if m.Aggregate != comp.Mean {
			r.Value = comp.Int(one(b.hit) - one(b.miss))
		}
		out = append(out, r)
	}
	return out
}
