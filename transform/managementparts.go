package transform

import (
	"cmp"
	"fmt"
	"slices"

	"carrot/transform/comp"
	"carrot/transform/stat"
)

// funnel is how many reach each step, and what share of those of the first step.
func (l *looker) funnel(spec *comp.SectionSpec, s *comp.Section) {
	s.Columns = []comp.SectionColumn{{Title: "Step"}}
	periods := l.periods(spec, spec.Periods)
	for _, p := range periods {
		s.Columns = append(s.Columns, comp.SectionColumn{Title: p.Words(), Right: true}, comp.SectionColumn{Title: "of the first", Right: true})
	}
	for _, id := range spec.Measures {
		row := []string{l.title(id)}
		for _, p := range periods {
			pool := l.pools(comp.PoolCompany)[0]
			x, first := l.read(id, pool, p, spec.Every), l.read(spec.Measures[0], pool, p, spec.Every)
			share := "-"
			if q, ok := x.value.Quo(first.value); ok && x.ok && first.ok {
				share = near(q)
			}
			row = append(row, l.written(id, x), share)
		}
		s.Rows = append(s.Rows, row)
	}
}

// equity opens, gains and loses customers' worth, and says what pay cost for each unit of the change. Each part is rounded to the
// currency's digits first, so that a reader can add them up.
func (l *looker) equity(spec *comp.SectionSpec, s *comp.Section, r *comp.Result) {
	s.Columns = []comp.SectionColumn{{Title: "Period"}}
	for _, title := range []string{"Opening", "Acquired", "Stayed", "Lost", "Closing", "Variable pay", "Pay per unit"} {
		s.Columns = append(s.Columns, comp.SectionColumn{Title: title, Right: true})
	}
	digits, _ := l.currency.Digits()
	rounded := func(n comp.Number) comp.Number {
		m, err := comp.Amount{Number: n, Currency: l.currency}.Round(comp.HalfEven)
		if err != nil {
			return n
		}
		return m.Amount().Number
	}
	cents := func(n comp.Number) string { return comp.Grouped(n.Fixed(digits, comp.HalfEven)) }
	pool := l.pools(comp.PoolCompany)[0]
	for _, p := range l.periods(spec, spec.Periods) {
		var parts [4]comp.Number
		row, whole := []string{p.Words()}, true
		for i, id := range spec.Measures {
			x := l.read(id, pool, p, spec.Every)
			if parts[i], whole = rounded(x.value), whole && x.ok; x.ok {
				row = append(row, cents(parts[i]))
			} else {
				row = append(row, "-")
			}
		}
		change := parts[1].Add(parts[2]).Sub(parts[3])
		pay, known := l.pay(p, r)
		closing, cost, per := "-", "-", "-"
		if whole {
			closing = cents(parts[0].Add(change))
		}
		if known {
			cost = cents(pay)
		}
		if q, ok := pay.Quo(change); ok && whole && known && change.Sign() > 0 {
			per = q.Fixed(2, comp.HalfEven)
		}
		s.Rows = append(s.Rows, append(row, closing, cost, per))
	}
	s.After = append(s.After, "In "+string(l.currency)+". Closing = opening + acquired + stayed − lost, where stayed is what those who stayed bought more or less. "+
		"Variable pay is what was posted for the period's months, and what this run pays; it is held against a change that is above zero.")
}

// pay is what was posted for a period's months together with this run's statements, in the report's currency.
func (l *looker) pay(p comp.Period, r *comp.Result) (sum comp.Number, ok bool) {
	add := func(m comp.Money) {
		rate, has := l.v.Rate(l.a.company.FX, m.Currency, l.currency, p)
		ok = ok && has
		sum = sum.Add(m.Amount().Number.Mul(rate))
	}
	ok = true
	months := map[string]bool{}
	for m := comp.Month(p.Start); m.Start < p.End; m = comp.Month(m.End) {
		months[m.Name()] = p.Contains(m.Start)
	}
	for _, e := range l.a.in.Ledger {
		if months[e.Paid] && e.Kind != comp.BalanceEntry {
			add(e.Amount)
		}
	}
	if p.Contains(l.a.in.Run.Period.Start) {
		for i := range r.Statements {
			add(r.Statements[i].Total)
		}
	}
	return sum, ok
}

// payRatio is the mean variable pay of each job with enough people, and how often the lowest of them it is. Who is held counts
// with nothing: pay that is not known yet is no pay.
func (l *looker) payRatio(s *comp.Section, r *comp.Result) {
	s.Columns = []comp.SectionColumn{{Title: "Job"}, {Title: "People", Right: true}, {Title: "Mean variable pay", Right: true}, {Title: "Times the lowest", Right: true}}
	type job struct {
		name string
		n    int64
		sum  comp.Number
	}
	var jobs []job
	for i := range r.Statements {
		st := &r.Statements[i]
		rate, ok := l.v.Rate(l.a.company.FX, st.Total.Currency, l.currency, l.a.in.Run.Period)
		if len(st.HeldFor) > 0 || !ok {
			continue
		}
		k := slices.IndexFunc(jobs, func(j job) bool { return j.name == st.Job })
		if k < 0 {
			k, jobs = len(jobs), append(jobs, job{name: st.Job})
		}
		jobs[k].n, jobs[k].sum = jobs[k].n+1, jobs[k].sum.Add(st.Total.Amount().Number.Mul(rate))
	}
	slices.SortFunc(jobs, func(a, b job) int { return cmp.Compare(a.name, b.name) })
	few := slices.DeleteFunc(slices.Clone(jobs), func(j job) bool { return j.n >= fewestPaid })
	jobs = slices.DeleteFunc(jobs, func(j job) bool { return j.n < fewestPaid })
	var lowest comp.Number
	mean := func(j job) comp.Number { return over(j.sum, comp.Int(j.n)) }
	for i, j := range jobs {
		if m := mean(j); i == 0 || m.Cmp(lowest) < 0 {
			lowest = m
		}
	}
	for _, j := range jobs {
		times := "-"
		if q, ok := mean(j).Quo(lowest); ok {
			times = q.Fixed(2, comp.HalfEven)
		}
		s.Rows = append(s.Rows, []string{j.name, fmt.Sprint(j.n), comp.Grouped(mean(j).Fixed(2, comp.HalfEven)) + " " + string(l.currency), times})
	}
	if len(few) > 0 {
		s.After = append(s.After, fmt.Sprintf("%d jobs of fewer than %d people are not listed.", len(few), fewestPaid))
	}
}

// mirror holds what employees say against what customers say, pool by pool, at the same time and some periods later.
func (l *looker) mirror(spec *comp.SectionSpec, s *comp.Section) {
	employees, customers := spec.Measures[0], spec.Measures[1]
	s.Columns = []comp.SectionColumn{{Title: "Customers looked at"}, {Title: "Pairs (n)", Right: true}, {Title: "Rank correlation", Right: true}, {Title: "95 % interval", Right: true}}
	periods := l.periods(spec, spec.Periods+spec.Lags)
	best, told, strongest := -1, 0, comp.Number{}
	for lag := range spec.Lags + 1 {
		var x, y []comp.Number
		for i := range periods {
			if i+lag >= len(periods) {
				break
			}
			for _, pool := range l.pools(spec.By) {
				e, c := l.read(employees, pool, periods[i], spec.Every), l.read(customers, pool, periods[i+lag], spec.Every)
				if e.ok && c.ok {
					x, y = append(x, e.value), append(y, c.value)
				}
			}
		}
		when := "at the same time"
		if lag > 0 {
			if when = fmt.Sprintf("%d %ss later", lag, spec.Every); lag == 1 {
				when = "1 " + spec.Every + " later"
			}
		}
		in, rho, ok := stat.Correlation(x, y, sureness)
		if !ok {
			s.Rows = append(s.Rows, []string{when, fmt.Sprint(len(x)), "not enough data", "-"})
			continue
		}
		if told++; in.Low.Sign() == in.High.Sign() && rho.Abs().Cmp(strongest) > 0 {
			best, strongest = len(s.Rows), rho.Abs()
		}
		s.Rows = append(s.Rows, []string{when, fmt.Sprint(len(x)), rho.Fixed(3, comp.HalfEven), in.Low.Fixed(3, comp.HalfEven) + " to " + in.High.Fixed(3, comp.HalfEven)})
	}
	s.After = append(s.After, fmt.Sprintf("%s against %s, by %s. A correlation says nothing of causes, and never pays anything.", l.title(employees), l.title(customers), cmp.Or(string(spec.By), "company")))
	switch {
	case told == 0:
	case best < 0: // the largest of figures that may all be 0 is chance
		s.After = append(s.After, "Every interval holds 0: no connection can be told from these pairs.")
	case spec.Lags > 0:
		s.After = append(s.After, "It is strongest "+s.Rows[best][0]+".")
	}
}
