package transform

import (
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// fewestPaid are the fewest people of a job whose mean pay is told.
const fewestPaid = 8

// management is the report's sections, in the order in which the config asks for them.
func (a *assessment) management(r *comp.Result) []comp.Section {
	if len(a.in.Settings.Sections) == 0 {
		return nil
	}
	v := DefaultVerbs()
	l := &looker{a: a, v: &v, s: &settler{in: a.in, v: &v, company: a.company, grid: a.grid, tally: a.tally, measures: measureIndex(a.in)}}
	l.read = l.at
	if len(a.in.Settings.Entities) > 0 {
		l.currency = a.in.Settings.Entities[0].Currency
	}
	var out []comp.Section
	for _, spec := range a.in.Settings.Sections {
		s := comp.Section{Title: spec.Title, Note: spec.Note}
		switch spec.Kind {
		case "mirror":
			l.mirror(&spec, &s)
		case "equity":
			l.equity(&spec, &s, r)
		case "change":
			l.change(&spec, &s)
		case "drivers":
			l.drivers(&spec, &s, r)
		case "funnel":
			l.funnel(&spec, &s)
		case "table":
			l.table(&spec, &s)
		case "contact":
			l.contact(&spec, &s)
		case "experiments":
			l.trials(&spec, &s)
		case "pay_ratio":
			l.payRatio(&s, r)
		case "cases":
			l.cases(&spec, &s, r)
		case "red_tape":
			l.redTape(&spec, &s, r)
		}
		out = append(out, s)
	}
	return out
}

// looker reads measures of pools for the report.
type looker struct {
	a        *assessment
	v        *Verbs
	s        *settler
	currency comp.Currency // the first legal entity's
	read     func(measure, pool string, p comp.Period, every string) look
}

// look is a measure of a pool in a period.
type look struct {
	value comp.Number
	n     int64
	est   *comp.Estimate
	ok    bool
}

// periods are a section's, oldest first: those that are over by the end of the pay period.
func (l *looker) periods(spec *comp.SectionSpec, count int) (out []comp.Period) {
	end := l.a.in.Run.Period.End
	for d := end - 1; len(out) < count; {
		p, ok := holding(spec.Every, d, l.a.company.Calendars)
		if !ok {
			break
		}
		if p.End <= end {
			out = append(out, p)
		}
		d = p.Start - 1
		if len(l.a.grid.bounds) == 0 || d < l.a.grid.lowest() {
			break
		}
	}
	slices.Reverse(out)
	return out
}

// lowest is the first day that anything is measured on.
func (g *grid) lowest() comp.Date {
	for _, b := range g.bounds {
		if len(b) > 0 {
			return b[0]
		}
	}
	return comp.NoDate
}

// at is a measure of a pool in a period. Money is in the report's currency, at the rates of the period's end.
func (l *looker) at(id, subject string, p comp.Period, every string) look {
	i, known := l.s.measures[id]
	k, here := l.a.grid.index[subject]
	if !known || !here {
		return look{}
	}
	m := &l.a.in.Measures[i]
	if m.Aggregate == comp.Formula {
		return l.formula(m, subject, p, every)
	}
	if pooledBy(m) == comp.PoolCompany {
		k = l.a.grid.index[poolName(comp.PoolCompany, "")]
	}
	span := l.v.Window(every, p, max(1, m.Window), l.a.company.Calendars)
	if span.Start < l.a.grid.lowest() {
		return look{}
	}
	if l.s.sealed(id) {
		return l.inConfidence(m, subject, span)
	}
	g, ok := l.gathered(i, k, span, p)
	if !ok {
		return look{}
	}
	value, est, ok := (&estimator{m: m, v: l.v, seed: id + "|" + subject + "|" + span.String()}).value(&g)
	return look{value, g.n, est, ok}
}

// gathered adds up a measure's rows of some days, money at the rates of the end of p.
func (l *looker) gathered(measure int, subject int32, span, p comp.Period) (g gathered, ok bool) {
	for _, sm := range l.s.sums(measure, subject, []comp.Period{span}) {
		rate := comp.Int(1)
		if sm.currency != "" {
			r, ok := l.v.Rate(l.a.company.FX, sm.currency, l.currency, p)
			if !ok {
				return g, false
			}
			rate = r
		}
		g.value, g.hits, g.misses, g.n = g.value.Add(sm.value.Mul(rate)), g.hits+sm.hits, g.misses+sm.misses, g.n+sm.n
		for b, n := range sm.spread { // sums
			if g.spread == nil {
				g.spread = spread{}
			}
			b.valued(b.value().Mul(rate))
			g.spread[b] += n
		}
	}
	return g, true
}

// inConfidence is what closes made known of anonymous answers; nothing else is ever told of them.
func (l *looker) inConfidence(m *comp.Measure, subject string, span comp.Period) look {
	if pooledBy(m) == comp.PoolCompany {
		subject = poolName(comp.PoolCompany, "")
	}
	for _, all := range [][]comp.Confided{l.a.in.Confided, l.a.confided} {
		for i := range all {
			if k := &all[i]; k.Measure == m.ID && k.Group == subject && k.Period == span && !k.Hidden {
				g := disclosed(k)
				value, est, ok := (&estimator{m: m, v: l.v, seed: m.ID + "|" + subject + "|" + span.String()}).value(&g)
				return look{value, g.n, est, ok}
			}
		}
	}
	return look{}
}

func (l *looker) formula(m *comp.Measure, subject string, p comp.Period, every string) look {
	out, values := look{}, map[string]comp.Value{}
	for _, in := range m.Inputs {
		v := l.read(in.Measure, subject, back(p, in.Back), every)
		if in.Name == m.Counted {
			out.n = v.n
		}
		v.named(in.Name, values)
	}
	v, err := m.Worked(values)
	out.value, out.ok = v.Number, err == nil && v.Kind == comp.KindNumber
	return out
}

// named gives a formula what it calls by a name.
func (v *look) named(name string, values map[string]comp.Value) {
	values[name+"_n"] = comp.NumberValue(comp.Int(v.n))
	if !v.ok {
		return
	}
	values[name] = comp.NumberValue(v.value)
	if v.est != nil && v.est.Low != nil {
		values[name+"_low"], values[name+"_high"] = comp.NumberValue(*v.est.Low), comp.NumberValue(*v.est.High)
	}
}

// pools are the names of a kind of pool, sorted; of the company alone its one.
func (l *looker) pools(by comp.Pool) (out []string) {
	if by == "" || by == comp.PoolCompany {
		return []string{poolName(comp.PoolCompany, "")}
	}
	for _, s := range l.a.grid.subjects {
		if strings.HasPrefix(s, string(by)+":") {
			out = append(out, s)
		}
	}
	return out
}

// capital is a name of the config as a heading.
func capital(name string) string {
	name = strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(name[:1]) + name[1:]
}

// poolTitle is a pool as a person calls it.
func poolTitle(subject string) string {
	if _, name, ok := strings.Cut(subject, ":"); ok {
		return name
	}
	return "the company"
}

// written is a value with the digits of its measure.
func (l *looker) written(id string, x look) string {
	i, known := l.s.measures[id]
	if !known || !x.ok {
		return "-"
	}
	m := &l.a.in.Measures[i]
	c := &calc{settler: l.s, currency: l.currency}
	return c.roughly(m, x.value)
}

// title is what a measure is called.
func (l *looker) title(id string) string {
	if i, ok := l.s.measures[id]; ok {
		return l.a.in.Measures[i].Title
	}
	return id
}

// table lists measures: a row for each measure, pool and period, every value with its interval and its n.
func (l *looker) table(spec *comp.SectionSpec, s *comp.Section) {
	if spec.Apart != "" {
		l.apart(spec, s)
		return
	}
	several := spec.By != "" && spec.By != comp.PoolCompany
	s.Columns = []comp.SectionColumn{{Title: "Measure"}}
	if several {
		s.Columns = append(s.Columns, comp.SectionColumn{Title: capital(string(spec.By))})
	}
	s.Columns = append(s.Columns, comp.SectionColumn{Title: "Period"}, comp.SectionColumn{Title: "Value", Right: true}, comp.SectionColumn{Title: "95 % interval", Right: true},
		comp.SectionColumn{Title: "n", Right: true})
	for _, id := range spec.Measures {
		for _, pool := range l.pools(spec.By) {
			for _, p := range l.periods(spec, spec.Periods) {
				x := l.read(id, pool, p, spec.Every)
				if !x.ok && x.n == 0 {
					continue
				}
				row := []string{l.title(id)}
				if several {
					row = append(row, poolTitle(pool))
				}
				s.Rows = append(s.Rows, append(row, p.Words(), l.written(id, x), l.interval(id, x), comp.Grouped(fmt.Sprint(x.n))))
			}
		}
	}
}

// interval is a value's, or - where it has none.
func (l *looker) interval(id string, x look) string {
	if i, known := l.s.measures[id]; known && x.ok && x.est != nil && x.est.Low != nil {
		c := &calc{settler: l.s, currency: l.currency}
		return c.roughly(&l.a.in.Measures[i], *x.est.Low) + " to " + c.roughly(&l.a.in.Measures[i], *x.est.High)
	}
	return "-"
}
