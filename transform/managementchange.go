package transform

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// change tells what each input of a formula changed of its value from period to period. The parts are shares that prefer no order
// of the inputs; as they are printed they sum to the change as it is printed.
func (l *looker) change(spec *comp.SectionSpec, s *comp.Section) {
	i, known := l.s.measures[spec.Measures[0]]
	if !known {
		return
	}
	m := &l.a.in.Measures[i]
	several := spec.By != "" && spec.By != comp.PoolCompany
	if s.Columns = []comp.SectionColumn{{Title: "Period"}}; several {
		s.Columns = append(s.Columns, comp.SectionColumn{Title: capital(string(spec.By))})
	}
	s.Columns = append(s.Columns, comp.SectionColumn{Title: "Before", Right: true})
	for _, in := range m.Causes() {
		s.Columns = append(s.Columns, comp.SectionColumn{Title: l.cause(m, in), Right: true})
	}
	s.Columns = append(s.Columns, comp.SectionColumn{Title: "After", Right: true}, comp.SectionColumn{Title: "n", Right: true})
	periods := l.periods(spec, spec.Periods+1)
	for _, pool := range l.pools(spec.By) {
		for k := 1; k < len(periods); k++ {
			cells, ok := l.changed(m, pool, periods[k-1], periods[k], spec.Every)
			if !ok {
				continue
			}
			row := []string{periods[k].Words()}
			if several {
				row = append(row, poolTitle(pool))
			}
			s.Rows = append(s.Rows, append(row, cells...))
		}
	}
	money := ""
	if l.s.money(m.ID) {
		money = "In " + string(l.currency) + ". "
	}
	s.After = append(s.After, fmt.Sprintf("%s%s = %s. Each column says what of the change came of it: the mean over every order in which they may have changed, so that the parts sum to the change.",
		money, m.Title, m.Formula.Text))
}

// cause is what an input is called at the head of its column.
func (l *looker) cause(m *comp.Measure, in comp.Input) string {
	if in.Measure != m.ID+"."+in.Name {
		return l.title(in.Measure)
	}
	return capital(in.Name)
}

// changed are the cells of one change: before, the parts, after, n.
func (l *looker) changed(m *comp.Measure, pool string, from, to comp.Period, every string) ([]string, bool) {
	values, n := map[string]comp.Value{}, int64(0)
	for _, in := range m.Causes() {
		now, then := l.read(in.Measure, pool, back(to, in.Back), every), l.read(in.Measure, pool, back(from, in.Back), every)
		now.named(in.Name, values)
		then.named(comp.BeforeName(in.Name), values)
		if in.Name == m.Counted {
			n = now.n
		}
	}
	parts, then, now, ok, err := m.Changed(values)
	if !ok || err != nil {
		return nil, false
	}
	digits := m.Digits
	if m.Unit == "share" {
		digits += 2
	}
	whole := func(x comp.Number) comp.Number { return rounded(x, digits) }
	write := func(x comp.Number) string {
		if m.Unit == "share" {
			return l.written(m.ID, look{value: x, ok: true})
		}
		return comp.Grouped(x.Fixed(digits, comp.HalfEven))
	}
	cells := []string{write(then)}
	for _, p := range addingUp(parts, whole(now).Sub(whole(then)), digits) {
		sign := ""
		if p.Sign() > 0 {
			sign = "+"
		}
		cells = append(cells, sign+write(p))
	}
	return append(cells, write(now), comp.Grouped(fmt.Sprint(n))), true
}

// rounded is a number of so many digits.
func rounded(n comp.Number, digits int) comp.Number {
	out, err := comp.ParseExact(n.Fixed(digits, comp.HalfEven))
	if err != nil {
		return n
	}
	return out
}

// addingUp rounds parts so that they sum to their rounded total: those that rounding took most from have a unit more, those that
// it gave most to one less.
func addingUp(parts []comp.Number, total comp.Number, digits int) []comp.Number {
	out, order, unit := make([]comp.Number, len(parts)), make([]int, len(parts)), comp.Scaled(1, digits)
	for i, p := range parts {
		out[i], order[i] = rounded(p, digits), i
		total = total.Sub(out[i])
	}
	if total.Sign() < 0 {
		unit = unit.Neg()
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return unit.Mul(parts[b].Sub(out[b])).Cmp(unit.Mul(parts[a].Sub(out[a])))
	})
	for _, i := range order {
		if total.Sign() != 0 {
			out[i], total = out[i].Add(unit), total.Sub(unit)
		}
	}
	return out
}
