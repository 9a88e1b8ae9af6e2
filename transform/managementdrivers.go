package transform

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
	"carrot/transform/stat"
)

// driverDraws are the resamples of the intervals of drivers.
const driverDraws = 500

// driven is a score of a pool with what the same people said of the items.
type driven struct {
	drivers   []stat.Driver
	explained comp.Number
	n, part   int64 // answers to all items, and those to some of them only
	now, then means
	ok        bool
}

// means are those of the items and, last, of the score, in one period.
type means struct {
	of []comp.Number
	n  int64
}

// drivers tell how much each item weighs in a score, over all periods together, and what of the score's last change goes with each.
// Statements that show the score show that as well, where the section says so.
func (l *looker) drivers(spec *comp.SectionSpec, s *comp.Section, r *comp.Result) {
	i, known := l.s.measures[spec.Measures[0]]
	periods := slices.DeleteFunc(l.periods(spec, spec.Periods), func(p comp.Period) bool { return p.Start < l.a.grid.lowest() }) // read in part only
	if !known || len(periods) == 0 {
		return
	}
	m, several := &l.a.in.Measures[i], spec.By != "" && spec.By != comp.PoolCompany
	if several {
		s.Columns = []comp.SectionColumn{{Title: capital(string(spec.By))}}
	}
	s.Columns = append(s.Columns, comp.SectionColumn{Title: "Item"}, comp.SectionColumn{Title: "Weighs", Right: true}, comp.SectionColumn{Title: "95 % interval", Right: true},
		comp.SectionColumn{Title: "Mean before", Right: true}, comp.SectionColumn{Title: "Mean", Right: true}, comp.SectionColumn{Title: "Moved the score by", Right: true},
		comp.SectionColumn{Title: "n", Right: true})
	of, sizes := map[string]driven{}, map[string]look{}
	for _, pool := range l.pools(spec.By) {
		x := l.weigh(m, spec, pool, periods)
		of[pool], sizes[pool] = x, look{n: x.n}
	}
	hidden := tooFew(sizes, int64(spec.Least))
	for _, pool := range l.pools(spec.By) {
		x := of[pool]
		if hidden[pool] || !x.ok {
			if x.n > 0 {
				s.After = append(s.After, fmt.Sprintf("Of %s too few answered all items, or all alike: under %d answers nothing is told.", poolTitle(pool), spec.Least))
			}
			continue
		}
		rows := l.driverRows(m, spec, &x)
		for _, row := range rows {
			if several {
				row = append([]string{poolTitle(pool)}, row...)
			}
			s.Rows = append(s.Rows, row)
		}
		s.After = append(s.After, l.saidOfDrivers(m, &x, pool, periods))
		if spec.Statements && x.told(spec) {
			l.onStatements(spec, m, pool, rows, l.movement(m, &x, periods), r)
		}
	}
	s.After = append(s.After, "An item's weight is its share of what the items together explain of how scores differ, whatever order they are looked at in. It says what goes together, not what causes what, and never pays anything.")
}

// told says whether the last change of the score can be told: enough answered in both periods.
func (x *driven) told(spec *comp.SectionSpec) bool {
	return x.now.n >= int64(spec.Least) && x.then.n >= int64(spec.Least)
}

// weigh reads a pool's answers.
func (l *looker) weigh(m *comp.Measure, spec *comp.SectionSpec, pool string, periods []comp.Period) (x driven) {
	var columns []string
	for _, it := range spec.Items {
		columns = append(columns, it.Column)
	}
	i, known := l.s.measures[comp.Parted(m.ID, columns...)]
	k, here := l.a.grid.index[pool]
	if m.Pool == comp.PoolCompany {
		k, here = l.a.grid.index[poolName(comp.PoolCompany, "")]
	}
	if !known || !here {
		return x
	}
	var all []stat.Answer
	for at, p := range periods {
		g, ok := l.gathered(i, k, p, p)
		if !ok {
			return x
		}
		answers, part := l.answers(m, len(columns), g.spread)
		all, x.part = append(all, answers...), x.part+part
		switch at {
		case len(periods) - 1:
			x.now = meansOf(answers, len(columns))
		case len(periods) - 2:
			x.then = meansOf(answers, len(columns))
		}
	}
	for _, a := range all {
		x.n += a.N
	}
	if x.n < int64(spec.Least) {
		return x
	}
	x.drivers, x.explained, x.ok = stat.Drivers(all, sureness, driverDraws, m.ID+"|"+pool+"|"+periods[len(periods)-1].String())
	return x
}

// answers are those that have a score and every item, and how many miss an item.
func (l *looker) answers(m *comp.Measure, items int, s spread) (out []stat.Answer, part int64) {
	e := &estimator{m: m, v: l.v}
	for _, b := range s.sorted() {
		a := stat.Answer{Score: e.scored(&b.bin), N: b.n}
		for _, cell := range b.groups() {
			if n, err := comp.ParseExact(cell); err == nil {
				a.Items = append(a.Items, n)
			}
		}
		if len(a.Items) != items {
			part += b.n
			continue
		}
		out = append(out, a)
	}
	return out, part
}

func meansOf(answers []stat.Answer, items int) (out means) {
	out.of = make([]comp.Number, items+1)
	for _, a := range answers {
		out.n += a.N
		for i, v := range append(slices.Clone(a.Items), a.Score) {
			out.of[i] = out.of[i].Add(v.Mul(comp.Int(a.N)))
		}
	}
	for i := range out.of {
		out.of[i] = over(out.of[i], comp.Int(out.n))
	}
	return out
}

// moved are how far each item moved the score between the two periods, and last what none of them did: they sum to its change.
func (x *driven) moved() (out []comp.Number) {
	last := len(x.drivers)
	rest := x.now.of[last].Sub(x.then.of[last])
	for i, d := range x.drivers {
		part := d.Slope.Mul(x.now.of[i].Sub(x.then.of[i]))
		out, rest = append(out, part), rest.Sub(part)
	}
	return append(out, rest)
}

// driverRows are the rows of one pool: item, weight, interval, means, what it moved, n.
func (l *looker) driverRows(m *comp.Measure, spec *comp.SectionSpec, x *driven) (rows [][]string) {
	told, digits, moved := x.told(spec), m.Digits, []string{}
	if m.Unit == "share" {
		digits += 2
	}
	if told {
		last := len(x.drivers)
		change := rounded(x.now.of[last], digits).Sub(rounded(x.then.of[last], digits))
		for _, p := range addingUp(x.moved(), change, digits) {
			text := l.written(m.ID, look{value: p, ok: true})
			if p.Sign() > 0 {
				text = "+" + text
			}
			moved = append(moved, text)
		}
	}
	whole := func(n comp.Number) string { return n.Mul(hundred).Fixed(0, comp.HalfEven) + " %" }
	for i, d := range x.drivers {
		row := []string{spec.Items[i].Title, whole(d.Share), whole(d.Low) + " to " + whole(d.High), "-", d.Mean.Fixed(2, comp.HalfEven), "-", comp.Grouped(fmt.Sprint(x.n))}
		if told {
			row[3], row[4], row[5] = x.then.of[i].Fixed(2, comp.HalfEven), x.now.of[i].Fixed(2, comp.HalfEven), moved[i]
		}
		rows = append(rows, row)
	}
	if told {
		rows = append(rows, []string{"Anything else", "-", "-", "-", "-", moved[len(moved)-1], "-"})
	}
	return rows
}

// saidOfDrivers says what a pool's rows rest on.
func (l *looker) saidOfDrivers(m *comp.Measure, x *driven, pool string, periods []comp.Period) string {
	text := fmt.Sprintf("%s, %s, %s: the items explain %s of how scores differ (n = %s", m.Title, poolTitle(pool), comp.Period{Start: periods[0].Start, End: periods[len(periods)-1].End}.Words(),
		percent(rounded(x.explained, 3)), comp.Grouped(fmt.Sprint(x.n)))
	if x.part > 0 {
		text += fmt.Sprintf("; %s who left an item out do not count", comp.Grouped(fmt.Sprint(x.part)))
	}
	text += ")."
	if x.now.n > 0 && x.then.n > 0 {
		text += " " + l.movement(m, x, periods) + "."
	}
	return text
}

// movement is the score's last change in words.
func (l *looker) movement(m *comp.Measure, x *driven, periods []comp.Period) string {
	last := len(x.drivers)
	return fmt.Sprintf("%s: from %s (n = %d) to %s (n = %d)", periods[len(periods)-1].Words(), l.written(m.ID, look{value: x.then.of[last], ok: true}), x.then.n,
		l.written(m.ID, look{value: x.now.of[last], ok: true}), x.now.n)
}

// onStatements shows what moved a score to those of a pool whose statement shows it.
func (l *looker) onStatements(spec *comp.SectionSpec, m *comp.Measure, pool string, rows [][]string, movement string, r *comp.Result) {
	list := comp.List{ID: comp.Parted(m.ID, "drivers"), Title: m.Title + ", " + movement, Section: "moved", Columns: []string{"What", "Weighs", "Before", "Now", "Moved the score by"}}
	for _, row := range rows {
		list.Rows = append(list.Rows, []string{row[0], row[1], row[3], row[4], row[5]})
	}
	kind, name, _ := strings.Cut(pool, ":")
	for i := range r.Statements {
		st := &r.Statements[i]
		if kind == string(comp.PoolDepartment) && st.Department != name || kind == string(comp.PoolEntity) && st.Entity != name || !l.showsScore(st, m) {
			continue
		}
		at := len(st.Lists)
		for k, x := range st.Lists {
			if slices.Index(comp.Sections, x.Section) > slices.Index(comp.Sections, "moved") {
				at = min(at, k)
			}
		}
		st.Lists = slices.Insert(slices.Clone(st.Lists), at, list)
	}
}

// showsScore says whether a statement shows a score, or what is worked out of it.
func (l *looker) showsScore(st *comp.Statement, m *comp.Measure) bool {
	shows := func(id string) bool { return slices.Contains(l.a.in.behind([]string{id}), m.ID) }
	for i := range st.Components {
		c := &st.Components[i]
		if shows(c.Measure) || slices.ContainsFunc(c.Parts, func(p comp.PartResult) bool { return shows(p.Measure) }) {
			return true
		}
	}
	return false
}
