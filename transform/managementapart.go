package transform

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// among are a measure's values of a pool in a period, by the values of a column.
func (l *looker) among(m *comp.Measure, column, subject string, p comp.Period, every string) map[string]look {
	if m.Aggregate == comp.Formula {
		return l.formulaAmong(m, column, subject, p, every)
	}
	i, known := l.s.measures[comp.Parted(m.ID, column)]
	k, here := l.a.grid.index[subject]
	if pooledBy(m) == comp.PoolCompany {
		k, here = l.a.grid.index[poolName(comp.PoolCompany, "")]
	}
	span := l.v.Window(every, p, max(1, m.Window), l.a.company.Calendars)
	if !known || !here || span.Start < l.a.grid.lowest() {
		return nil
	}
	g, ok := l.gathered(i, k, span, p)
	if !ok {
		return nil
	}
	out := map[string]look{}
	for name, g := range split(g.spread) { // each by itself
		value, est, ok := (&estimator{m: m, v: l.v, seed: m.ID + "|" + subject + "|" + column + "|" + name + "|" + span.String()}).value(g)
		out[name] = look{value, g.n, est, ok}
	}
	return out
}

// split gives each value of the last group column what its rows come to.
func split(s spread) map[string]*gathered {
	out := map[string]*gathered{}
	for b, n := range s { // sums
		rest, last := b.group, ""
		if cells := b.groups(); len(cells) > 0 {
			last = cells[len(cells)-1]
			rest = strings.TrimSuffix(b.group, last+"\x00")
		}
		g := out[last]
		if g == nil {
			g = &gathered{spread: spread{}}
			out[last] = g
		}
		b.group = rest
		g.spread[b] += n
		g.value, g.n = g.value.Add(b.value().Mul(comp.Int(n))), g.n+n
		g.hits, g.misses = g.hits+n*one(b.hit), g.misses+n*one(b.miss)
	}
	return out
}

// formulaAmong works a formula out for each value of the column that any of its inputs has rows of.
func (l *looker) formulaAmong(m *comp.Measure, column, subject string, p comp.Period, every string) map[string]look {
	out, inputs := map[string]look{}, make([]map[string]look, len(m.Inputs))
	for i, in := range m.Inputs {
		k, known := l.s.measures[in.Measure]
		if !known {
			return nil
		}
		inputs[i] = l.among(&l.a.in.Measures[k], column, subject, back(p, in.Back), every)
		for name := range inputs[i] {
			out[name] = look{}
		}
	}
	for name := range out { // each by itself
		x, values := look{}, map[string]comp.Value{}
		for i, in := range m.Inputs {
			v, there := inputs[i][name]
			if !there { // no rows: a sum of none is 0, and a mean of none is unknown
				v.ok = l.a.in.Measures[l.s.measures[in.Measure]].Aggregate.Adds()
			}
			if in.Name == m.Counted {
				x.n = v.n
			}
			v.named(in.Name, values)
		}
		v, err := m.Worked(values)
		x.value, x.ok = v.Number, err == nil && v.Kind == comp.KindNumber
		out[name] = x
	}
	return out
}

// apart lists measures by the values of a column, each with its interval and its n. What rests on too few rows is not told, nor is
// what would tell it by subtraction.
func (l *looker) apart(spec *comp.SectionSpec, s *comp.Section) {
	several := spec.By != "" && spec.By != comp.PoolCompany
	if s.Columns = []comp.SectionColumn{{Title: "Measure"}}; several {
		s.Columns = append(s.Columns, comp.SectionColumn{Title: capital(string(spec.By))})
	}
	s.Columns = append(s.Columns, comp.SectionColumn{Title: capital(spec.Apart)}, comp.SectionColumn{Title: "Period"}, comp.SectionColumn{Title: "Value", Right: true},
		comp.SectionColumn{Title: "95 % interval", Right: true}, comp.SectionColumn{Title: "n", Right: true})
	few := 0
	for _, id := range spec.Measures {
		i, known := l.s.measures[id]
		if !known {
			continue
		}
		for _, pool := range l.pools(spec.By) {
			for _, p := range l.periods(spec, spec.Periods) {
				looks := l.among(&l.a.in.Measures[i], spec.Apart, pool, p, spec.Every)
				hidden := tooFew(looks, int64(spec.Least))
				for _, name := range inOrder(looks) {
					row := []string{l.title(id)}
					if several {
						row = append(row, poolTitle(pool))
					}
					x, shown := looks[name], name
					if shown == "" {
						shown = "not told"
					}
					if row = append(row, shown, p.Words()); hidden[name] {
						few++
						row = append(row, "-", "-", fmt.Sprintf("under %d", spec.Least))
					} else {
						row = append(row, l.written(id, x), l.interval(id, x), comp.Grouped(fmt.Sprint(x.n)))
					}
					s.Rows = append(s.Rows, row)
				}
			}
		}
	}
	if few > 0 {
		s.After = append(s.After, fmt.Sprintf("What rests on fewer than %d rows is not told, nor is another value that would tell it: %d are left out.", spec.Least, few))
	}
}

// inOrder are the values of a column: numbers by their size, then words.
func inOrder(looks map[string]look) []string {
	numbers, words := map[string]comp.Number{}, []string{}
	for _, name := range sortedKeys(looks) {
		if n, err := comp.ParseExact(name); err == nil {
			numbers[name] = n
		} else {
			words = append(words, name)
		}
	}
	names := sortedKeys(numbers)
	slices.SortStableFunc(names, func(a, b string) int { return numbers[a].Cmp(numbers[b]) })
	return append(names, words...)
}

// tooFew are the groups of too few rows. Where all of them together are too few as well, and so could be told from the whole, the
// next larger one is left out with them.
func tooFew(looks map[string]look, least int64) map[string]bool {
	names := sortedKeys(looks)
	slices.SortStableFunc(names, func(a, b string) int { return int(min(1, max(-1, looks[a].n-looks[b].n))) })
	out, sum := map[string]bool{}, int64(0)
	for _, name := range names {
		n := looks[name].n
		if n >= least && (sum == 0 || sum >= least) {
			break
		}
		out[name], sum = true, sum+n
	}
	return out
}
