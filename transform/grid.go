package transform

import (
	"cmp"
	"slices"
	"sort"

	"carrot/transform/comp"
)

// horizon is the pay periods that are recomputed, oldest first; the last is the run's own.
func horizon(in *Inputs) []comp.Period {
	var out []comp.Period
	for k := in.Settings.Restate; k >= 0; k-- {
		start := in.Run.Period.Start.AddMonths(-k)
		if start >= in.Settings.First || k == 0 {
			out = append(out, comp.Month(start))
		}
	}
	return out
}

// duty is one component in one measuring period: what settle works off for a payee.
type duty struct {
	plan, component int
	pay             comp.Period   // the pay period that it pays in
	period          comp.Period   // the measuring period
	periods         []comp.Period // those that are calculated together: to date all up to period, else period alone
	reads           comp.Period   // what its own measure reads: the window, or everything since the larger period's start
	readings        []reading     // of every measure that the component reads, in the order of its Reads
	memo            bool          // it pays before the horizon: computed because its deals can still move pay, and never compared with what was posted
}

// reading is what a duty reads of one measure.
type reading struct {
	comp.Reads
	span    comp.Period   // the window, or everything since the larger period's start
	periods []comp.Period // to date, those of the span
}

// readings are what is read where a component reads a measure: that, and what a formula and a standing look at.
func (in *Inputs) readings(measures map[string]int, r comp.Reads) []comp.Reads {
	out := []comp.Reads{r}
	m, ok := measures[r.Measure]
	if !ok {
		return out
	}
	def := &in.Measures[m]
	for _, y := range def.Inputs {
		out = append(out, in.readings(measures, comp.Reads{Measure: y.Measure, ToDate: r.ToDate, Back: r.Back + y.Back})...)
	}
	if s := def.Standing; s != nil && s.Measure != "" {
		out = append(out, in.readings(measures, comp.Reads{Measure: s.Measure, ToDate: r.ToDate, Back: r.Back})...)
	}
	return out
}

// behind are measures with all that their formulas are worked out of, each once.
func (in *Inputs) behind(ids []string) (out []string) {
	measures := in.index
	if measures == nil {
		measures = measureIndex(in)
	}
	for _, id := range ids {
		for _, r := range in.readings(measures, comp.Reads{Measure: id}) {
			if !slices.Contains(out, r.Measure) {
				out = append(out, r.Measure)
			}
		}
	}
	return out
}

// span is what a duty reads of a measure.
func (d *duty) span(of comp.Reads) comp.Period {
	for _, r := range d.readings {
		if r.Reads == of {
			return r.span
		}
	}
	return d.period
}

// duties are all components' measuring periods that pay within the horizon, in order of plan, component and time.
func duties(in *Inputs, v *Verbs, company *comp.Company) []duty {
	measures := measureIndex(in)
	var out []duty
	for i := range in.Plans {
		for j := range in.Plans[i].Components {
			c := &in.Plans[i].Components[j]
			read := func(r comp.Reads, p comp.Period) reading {
				p = back(p, r.Back)
				if r.ToDate != "" {
					all := v.ToDate(r.ToDate, c.Every, p, company.Calendars)
					return reading{r, comp.Period{Start: all[0].Start, End: p.End}, all}
				}
				k := 1
				if m, ok := measures[r.Measure]; ok {
					k = max(1, in.Measures[m].Window)
				}
				return reading{r, v.Window(c.Every, p, k, company.Calendars), nil}
			}
			months, memos := remembered(in, c)
			for k, pay := range months {
				for _, p := range v.Measuring(c.Every, pay, company.Calendars) {
					d := duty{plan: i, component: j, pay: pay, period: p, periods: []comp.Period{p}, memo: k < memos}
					if c.ToDate != "" {
						d.periods = v.ToDate(c.ToDate, c.Every, p, company.Calendars)
					}
					d.reads = read(comp.Reads{Measure: c.Measure, ToDate: c.ToDate}, p).span
					for _, r := range c.Reads() {
						for _, y := range in.readings(measures, r) {
							d.readings = append(d.readings, read(y, p))
						}
					}
					out = append(out, d)
				}
			}
		}
	}
	return out
}

// allReads is everything that a duty reads, with every bound at which a part of it ends.
func (d *duty) allReads() []comp.Period {
	out := append([]comp.Period{d.reads}, d.periods...)
	for _, r := range d.readings {
		out = append(append(out, r.span), r.periods...)
	}
	return out
}

func measureIndex(in *Inputs) map[string]int {
	m := make(map[string]int, len(in.Measures))
	for i := range in.Measures {
		m[in.Measures[i].ID] = i
	}
	return m
}

// poolName is the subject that stands for a pool.
func poolName(pool comp.Pool, of string) string {
	if pool == comp.PoolCompany {
		return string(comp.PoolCompany)
	}
	return string(pool) + ":" + of
}

// newGrid says who and when for scan: the subjects, and the boundaries at which anything changes for them: every
// measuring period's ends, and for a payee the days on which participation begins or ends.
func newGrid(in *Inputs, company *comp.Company, part *participation, ds []duty) *grid {
	g := &grid{index: map[string]int32{}}
	for i := range company.People {
		g.subjects = append(g.subjects, company.People[i].ID)
	}
	pools := map[string]bool{poolName(comp.PoolCompany, ""): true}
	for i := range company.People {
		for attr, pool := range map[string]comp.Pool{comp.AttrDepartment: comp.PoolDepartment, comp.AttrEntity: comp.PoolEntity} { // a set: order leaves no trace
			for _, s := range company.People[i].Attrs[attr].Spans() {
				pools[poolName(pool, s.Value)] = true
			}
		}
	}
	g.subjects = append(g.subjects, sortedKeys(pools)...)
	for i, s := range g.subjects {
		g.index[s] = int32(i)
	}
	common := boundaries(ds)
	g.bounds = make([][]comp.Date, len(g.subjects))
	for i := range g.subjects {
		g.bounds[i] = common
		if i < len(part.spans) {
			g.bounds[i] = ownBoundaries(common, part.spans[i])
		}
	}
	g.everyDay(in, part, ds)
	g.poolOf = func(payee int32, pool comp.Pool, d comp.Date) (int32, bool) {
		attr := comp.AttrDepartment
		if pool == comp.PoolEntity {
			attr = comp.AttrEntity
		}
		v, ok := company.People[payee].Attr(attr, d)
		if !ok {
			return 0, false
		}
		i, ok := g.index[poolName(pool, v)]
		return i, ok
	}
	g.measured = measuredIn(in, ds)
	g.kept = keptDays(in, ds)
	g.presentPeriods(in, part, ds)
	return g
}

func boundaries(ds []duty) []comp.Date {
	set := map[comp.Date]bool{}
	for i := range ds {
		for _, r := range ds[i].allReads() {
			for m := comp.Month(r.Start).Start; m <= r.End; m = m.AddMonths(1) { // months keep atoms small; windows and years are unions of them
				if m >= r.Start {
					set[m] = true
				}
			}
			set[r.Start], set[r.End] = true, true
		}
	}
	out := make([]comp.Date, 0, len(set))
	for d := range set {
		out = append(out, d)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

// ownBoundaries adds the days within the common range on which a payee joins or leaves a plan; common itself where none.
func ownBoundaries(common []comp.Date, plans [][]comp.Period) []comp.Date {
	if len(common) == 0 {
		return common
	}
	var own []comp.Date
	for _, spans := range plans {
		for _, s := range spans {
			for _, d := range [2]comp.Date{s.Start, s.End} {
				i := sort.Search(len(common), func(i int) bool { return common[i] >= d })
				if i > 0 && i < len(common) && common[i] != d {
					own = append(own, d)
				}
			}
		}
	}
	if len(own) == 0 {
		return common
	}
	own = append(own, common...)
	sort.Slice(own, func(i, j int) bool { return own[i] < own[j] })
	out := own[:1]
	for _, d := range own[1:] {
		if d != out[len(out)-1] {
			out = append(out, d)
		}
	}
	return out
}

// presentPeriods prepares current and inPeriod: which rows pay in this very run, as a measure's or as a gate's.
func (g *grid) presentPeriods(in *Inputs, part *participation, ds []duty) {
	measures := measureIndex(in)
	all := make([][]comp.Period, len(in.Measures))
	own := make([][]comp.Period, len(in.Measures)*len(g.subjects))
	for k := range ds {
		d := &ds[k]
		if d.pay != in.Run.Period {
			continue
		}
		for _, r := range d.readings {
			if r.Back > 0 {
				continue // what a formula looks back to was paid in its time
			}
			g.present(measures, r.Measure, r.span, d.plan, part, all, own)
		}
	}
	for i := range all {
		all[i] = joinSpans(all[i])
	}
	for i := range own {
		own[i] = joinSpans(own[i])
	}
	g.inPeriod = func(measure int, d comp.Date) bool { return within(all[measure], d) }
	g.current = func(measure int, subject int32, d comp.Date) bool {
		return within(own[measure*len(g.subjects)+int(subject)], d)
	}
}

// present notes that a plan's component reads a measure on some days: for everyone, for each pool, and for each payee on
// the days of participation.
func (g *grid) present(measures map[string]int, measure string, reads comp.Period, plan int, part *participation, all, own [][]comp.Period) {
	m, ok := measures[measure]
	if !ok {
		return
	}
	all[m] = append(all[m], reads)
	for i := range g.subjects {
		at := m*len(g.subjects) + i
		if i >= len(part.spans) {
			own[at] = append(own[at], reads)
			continue
		}
		for _, s := range part.spans[i][plan] {
			if p := s.Intersect(reads); p.Days() > 0 {
				own[at] = append(own[at], p)
			}
		}
	}
}

// measuredIn says which measuring period a row enters: of those that its measure is read in, the shortest that holds its
// day. To date and over windows, rows are read that lie before every period that is computed again.
func measuredIn(in *Inputs, ds []duty) func(measure int, d comp.Date) comp.Period {
	measures := measureIndex(in)
	read := make([][]comp.Period, len(in.Measures)) // the shortest first
	for _, d := range ds {
		for _, r := range d.readings {
			m, ok := measures[r.Measure]
			if !ok {
				continue
			}
			for _, p := range append([]comp.Period{d.period, r.span}, r.periods...) {
				i, found := slices.BinarySearchFunc(read[m], p, func(x, y comp.Period) int {
					return cmp.Or(cmp.Compare(x.Days(), y.Days()), cmp.Compare(x.Start, y.Start))
				})
				if !found {
					read[m] = slices.Insert(read[m], i, p)
				}
			}
		}
	}
	return func(measure int, d comp.Date) comp.Period {
		for _, p := range read[measure] {
			if p.Contains(d) {
				return p
			}
		}
		return comp.Period{}
	}
}
