package transform

import (
	"encoding/binary"
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// addSignatures counts the batch's anonymous answers by the cells that they entered: answers of one signature are told apart by
// no result.
func (w *tableWorker) addSignatures() {
	entered := make([][]int32, w.cols.n)
	for _, t := range w.terms {
		for k, cell := range t.cells {
			if cell >= 0 {
				entered[t.rows[k]] = append(entered[t.rows[k]], cell)
			}
		}
	}
	for _, cells := range entered {
		if len(cells) == 0 {
			continue
		}
		slices.Sort(cells)
		w.key = w.key[:0]
		for _, c := range cells {
			w.key = binary.LittleEndian.AppendUint32(w.key, uint32(c))
		}
		w.sum.signatures[string(w.key)] += w.sign
	}
}

// confided is what is known of anonymous answers: what closes made known of them, and in a close what this one does.
type confided struct {
	floors  map[string]int64 // of measures, by id
	known   map[confidedKey]*comp.Confided
	answers []alike
	fresh   []comp.Confided // of this close, in order
	late    []comp.Finding
}

// confidedKey names what a result is about.
type confidedKey struct {
	measure, group string
	period         comp.Period
}

func floorOf(in *Inputs, m *comp.Measure) int64 {
	for _, t := range m.Terms {
		if c, err := contractOf(in, t.Table); err == nil && c.Floor() > 0 {
			return c.Floor()
		}
	}
	return 0
}

// newConfided takes in what earlier closes made known, and in a close works out what this one may.
func newConfided(s *settler, ds []duty) *confided {
	c := &confided{floors: map[string]int64{}, known: map[confidedKey]*comp.Confided{}}
	for i := range s.in.Measures {
		if n := floorOf(s.in, &s.in.Measures[i]); n > 0 {
			c.floors[s.in.Measures[i].ID] = n
		}
	}
	if len(c.floors) == 0 {
		return c
	}
	for i := range s.in.Confided {
		x := &s.in.Confided[i]
		c.known[confidedKey{x.Measure, x.Group, x.Period}] = x
	}
	c.read(s.tally)
	c.come(s)
	if s.in.Run.Kind != comp.Close || s.in.Discreet {
		return c
	}
	for i := range s.in.Contracts {
		if t := &s.in.Contracts[i]; t.Floor() > 0 {
			for _, p := range c.spans(s, ds, t.Name()) {
				c.work(s, t, p)
			}
		}
	}
	for i := range c.fresh {
		x := &c.fresh[i]
		c.known[confidedKey{x.Measure, x.Group, x.Period}] = x
	}
	return c
}

// spans are the measuring periods of a table that pay in this run and of which nothing was made known yet, in order of time. The
// periods of another table are none of it: a half year beside a year would tell the other half.
func (c *confided) spans(s *settler, ds []duty, table string) (out []comp.Period) {
	done := map[comp.Period]bool{}
	for _, x := range s.in.Confided {
		if x.Table == table {
			done[x.Period] = true
		}
	}
	for i := range ds {
		if ds[i].pay != s.in.Run.Period {
			continue
		}
		for _, r := range ds[i].readings {
			if c.floors[r.Measure] > 0 && r.Back == 0 && !done[r.span] && s.in.Measures[s.measures[r.Measure]].Terms[0].Table == table {
				done[r.span] = true
				out = append(out, r.span)
			}
		}
	}
	slices.SortFunc(out, func(a, b comp.Period) int { return int(a.Start) - int(b.Start) })
	return out
}

// group is a set of answers on its way: of a measure and a subject.
type group struct {
	measure, subject int32
}

// alike are answers that entered the same cells.
type alike struct {
	n  int64
	in []seriesAt
}

// read finds what the signatures stand for.
func (c *confided) read(t *tally) {
	var cells []uint32
	keys := sortedKeys(t.sum.signatures)
	for _, key := range keys {
		for k := 0; k < len(key); k += 4 {
			cells = append(cells, binary.LittleEndian.Uint32([]byte(key[k:k+4])))
		}
	}
	at := map[uint32]seriesAt{}
	slices.Sort(cells)
	w := t.cells.walk()
	for _, cell := range slices.Compact(cells) {
		at[cell] = w.seek(cell)
	}
	for _, key := range keys {
		a := alike{n: t.sum.signatures[key]}
		for k := 0; k < len(key) && a.n != 0; k += 4 {
			a.in = append(a.in, at[binary.LittleEndian.Uint32([]byte(key[k:k+4]))])
		}
		c.answers = append(c.answers, a)
	}
}

// blocks are the answers of a table in a period: those alike in what they entered, by the groups that they belong to.
func (c *confided) blocks(s *settler, table string, p comp.Period) (in map[group][]int, all []lump) {
	in = map[group][]int{}
	for _, a := range c.answers {
		b := lump{n: a.n}
		for _, x := range a.in {
			if x.period.Intersect(p) == x.period && s.in.Measures[x.measure].Terms[0].Table == table {
				g := group{x.measure, x.subject}
				in[g], b.month = append(in[g], len(all)), comp.Month(x.period.Start) // atoms are a month at most
			}
		}
		if b.month.Days() > 0 {
			all = append(all, b)
		}
	}
	return in, all
}

// ranks are the pools in the order in which their results are kept.
var ranks = []comp.Pool{comp.PoolCompany, comp.PoolEntity, comp.PoolDepartment}

// work finds what of a table's answers in a period can be made known.
func (c *confided) work(s *settler, t *comp.Contract, p comp.Period) {
	in, all := c.blocks(s, t.Name(), p)
	groups := make([]group, 0, len(in))
	for g := range in { // sorted below
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b group) int {
		if a.measure != b.measure {
			return int(a.measure - b.measure)
		}
		return int(a.subject - b.subject)
	})
	sets := make([]answerSet, len(groups))
	for i, g := range groups {
		m := &s.in.Measures[g.measure]
		sets[i] = answerSet{name: s.grid.subjects[g.subject] + "\x00" + m.ID, rank: slices.Index(ranks, pooledBy(m)), blocks: in[g]}
	}
	c.fresh = append(c.fresh, comp.Confided{Table: t.Name(), Period: p, N: answersOf(all)})
	for i, ok := range shown(sets, all, t.Floor(), s.v.Suppress) {
		x := comp.Confided{Table: t.Name(), Measure: s.in.Measures[groups[i].measure].ID, Group: s.grid.subjects[groups[i].subject], Period: p, Hidden: !ok}
		if ok {
			s.disclose(&x, groups[i])
		}
		c.fresh = append(c.fresh, x)
	}
}

// disclose adds what a group's answers come to.
func (s *settler) disclose(x *comp.Confided, g group) {
	for _, sm := range s.sums(int(g.measure), g.subject, []comp.Period{x.Period}) { // they have no currency: it is one
		x.N, x.Hits, x.Misses, x.Value = sm.n, sm.hits, sm.misses, sm.value
		for _, b := range sm.spread.sorted() {
			x.Answers = append(x.Answers, comp.Answered{Value: b.value(), Hit: b.hit, Miss: b.miss, N: b.n})
		}
	}
}

// come counts the answers that came too late for what was made known of their period.
func (c *confided) come(s *settler) {
	for i := range s.in.Confided {
		x := &s.in.Confided[i]
		if x.Measure != "" || s.in.lean {
			continue
		}
		_, all := c.blocks(s, x.Table, x.Period)
		if now := answersOf(all); now > x.N {
			c.late = append(c.late, comp.Finding{Code: "late_in_confidence", Reach: comp.ReachNone, Table: "confidence", Key: x.Table + "|" + x.Period.Start.String(), Count: int(now - x.N),
				Message: fmt.Sprintf("answers to %s that came after the result of %s was made known enter no result: %d", x.Table, x.Period.Words(), now-x.N),
				Hint:    "nothing: the difference of two results would tell what one person answered"})
		}
	}
}

// anonymous says whether a measure is worked out of anonymous answers.
func (s *settler) anonymous(measure string) bool {
	return slices.ContainsFunc(s.in.behind([]string{measure}), func(id string) bool { return s.confided.floors[id] > 0 })
}

// inConfidence is the value of a measure of anonymous answers: what a close made known of it, or nothing. The answers of one
// period are known to all who read it alike.
func (x *calc) inConfidence(m *comp.Measure, src source, floor int64, w *worked) measured {
	out := measured{unit: x.unitOf(m.ID), missing: true}
	p := back(x.last, src.Back)
	span := x.d.span(comp.Reads{Measure: m.ID, ToDate: src.ToDate, Back: src.Back})
	subject, _ := x.about(m, back(p, -src.Back), p, span, w)
	if subject < 0 {
		return out
	}
	k, ok := x.confided.known[confidedKey{m.ID, x.grid.subjects[subject], span}]
	switch {
	case !ok && x.d.pay == x.in.Run.Period && src.Back == 0 && x.in.Run.Kind != comp.Close:
		w.say("%s: of anonymous answers nothing is worked out before the close", m.Title)
		return out
	case !ok || k.Hidden:
		w.say("%s: fewer than %d people answered, or another group could be worked out", m.Title, floor)
		return out
	}
	g := disclosed(k)
	value, est, ok := (&estimator{m: m, v: x.v, seed: m.ID + "|" + k.Group + "|" + span.String()}).value(&g)
	out.value, out.n, out.estimate, out.missing = value, g.n, est, !ok || x.few(g.n, src)
	if out.missing {
		return out
	}
	x.stand(m, src, &out, w)
	if !w.silent {
		w.say("%s", x.found(m, &out, &g, nil, []comp.Period{p}))
	}
	return out
}

// disclosed is what was made known, as a measure's rows come to it.
func disclosed(k *comp.Confided) gathered {
	g := gathered{value: k.Value, hits: k.Hits, misses: k.Misses, n: k.N}
	for _, a := range k.Answers {
		if g.spread == nil {
			g.spread = spread{}
		}
		b := bin{hit: a.Hit, miss: a.Miss}
		b.valued(a.Value)
		g.spread[b] += a.N
	}
	return g
}

// untold leaves of the tables of anonymous answers how many rows there are, and nothing of what became of them: one more row
// among those that a condition excludes would tell what the newest answer is.
func untold(in *Inputs, all []disposition) []disposition {
	for i := range all {
		if c, err := contractOf(in, all[i].table); err == nil && c.Floor() > 0 {
			rows := bucket{rows: all[i].in.rows}
			all[i] = disposition{table: all[i].table, in: rows, other: rows}
		}
	}
	return all
}
