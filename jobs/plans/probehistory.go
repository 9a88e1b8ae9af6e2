package plans

import (
	"fmt"
	"hash/fnv"
	"slices"
	"sort"
	"strings"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
)

// Past is what was found over the history of a company: of real people's months, with one real row written down otherwise.
type Past struct {
	From, To string
	Months   int       // payee-months in which a plan that is probed takes the payee in and a row of the payee's own counts
	Tried    int       // of them, those of which every way was tried
	Ways     int       // rows written down otherwise
	Found    int       // payee-months in which one of them pays more
	Held     int       // payees who are left out, since findings hold their pay
	Exploits []Exploit // the largest of each class and component, the dearest first
}

// Months is where ProbeMonths finds real rows: inputs at the newest knowledge, the months that are looked at, how many whole
// calculations may be made, and the day by which waivers end.
type Months struct {
	In   transform.Inputs
	Span comp.Period
	Most int
	On   comp.Date
}

// ProbeMonths looks for exploits of every plan of a config over real rows. Each way to write a row down is paid by the whole
// calculation, of many payees at once where none has a share in another's row; what is reported was then paid alone. Rows that
// were answered in confidence, and rows of managers' teams, are left as they are.
func ProbeMonths(c *config.Config, h Months) (Past, error) {
	h.In.Plans = slices.Clone(c.Plans)
	for i := range h.In.Plans {
		p := &h.In.Plans[i]
		p.Components = slices.DeleteFunc(slices.Clone(p.Components), func(x comp.Component) bool { return x.Shown })
	}
	h.In.Measures = needed(c.Measures, h.In.Plans)
	h.In.Detectors, h.In.Settings.Sections, h.In.Settings.Expect = nil, nil, nil
	company, _, err := transform.Conform(h.In)
	if err != nil {
		return Past{}, err
	}
	x := &pastProber{c: c, h: h, company: company, own: map[string]*comp.Measure{}, rows: map[rowKey]*pastRow{}, months: map[payeeMonth]*picked{},
		days: map[string][][]comp.Period{}, edgesOf: map[string][][]spanOf{}}
	x.ownMeasures()
	if err := x.daysOn(); err != nil {
		return Past{}, err
	}
	if err := x.pickRows(); err != nil {
		return Past{}, err
	}
	before, held, err := transform.Entitlements(h.In)
	if err != nil {
		return Past{}, err
	}
	x.before, x.held = byPayee(before), held
	if err := x.play(); err != nil {
		return Past{}, err
	}
	return x.out, x.report()
}

// needed are the measures that some plans read, with what their formulas and standings look at.
func needed(all []comp.Measure, plans []comp.Plan) []comp.Measure {
	seen := map[string]bool{}
	var need func(id string)
	need = func(id string) {
		i := slices.IndexFunc(all, func(m comp.Measure) bool { return m.ID == id })
		if i < 0 || seen[id] {
			return
		}
		seen[id] = true
		for _, y := range all[i].Inputs {
			need(y.Measure)
		}
		if s := all[i].Standing; s != nil {
			need(s.Measure)
		}
	}
	for i := range plans {
		for k := range plans[i].Components {
			for _, id := range plans[i].Components[k].Measures() {
				need(id)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(m comp.Measure) bool { return !seen[m.ID] })
}

// payeeMonth is one person's calendar month.
type payeeMonth struct {
	payee string
	month comp.Date // its first day
}

// rowKey is a row of a table.
type rowKey struct{ table, key string }

// pastProber plays with one company's history.
type pastProber struct {
	c       *config.Config
	h       Months
	company *comp.Company
	own     map[string]*comp.Measure   // by id: those that pay somebody by their own rows; read by key only
	days    map[string][][]comp.Period // by payee, then as the plans: on which each takes the payee in; read by key only
	edgesOf map[string][][]spanOf      // by measure; read by key only
	months  map[payeeMonth]*picked
	rows    map[rowKey]*pastRow
	before  map[string][]transform.Entitled
	held    []string
	ways    []way // in the order in which they are tried
	hits    []hit
	again   int // ways that were paid alone because others' rows could have a part
	out     Past
}

// hit is a way that pays more, as far as the payee's own measures tell.
type hit struct {
	way  *way
	gain gain
}

// ownMeasures are those by which a plan pays somebody for rows of their own.
func (x *pastProber) ownMeasures() {
	for i := range x.h.In.Plans {
		p := &prober{c: x.c, plan: &x.h.In.Plans[i]}
		for _, m := range p.measures() {
			rolled := slices.ContainsFunc(m.Terms, func(t comp.Term) bool { return t.Owner.Rollup != "" })
			if m.Standing == nil && !rolled {
				x.own[m.ID] = m
			}
		}
	}
}

// byPayee are entitlements by payee.
func byPayee(all []transform.Entitled) map[string][]transform.Entitled {
	out := map[string][]transform.Entitled{}
	for _, e := range all {
		out[e.Payee] = append(out[e.Payee], e)
	}
	return out
}

// order is where a payee's month comes in turn: no month and no team goes first, and the same company always in the same turn.
func (m payeeMonth) order() string {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s %s", m.payee, m.month) // a hash never errs
	return fmt.Sprintf("%016x %s %s", h.Sum64(), m.payee, m.month)
}

// play tries the ways, so many at once as there are payees who have nothing to do with each other's.
func (x *pastProber) play() error {
	var turn []payeeMonth
	for m := range x.months { // in any order: sorted below
		if slices.Contains(x.held, m.payee) {
			continue
		}
		turn = append(turn, m)
	}
	sort.Slice(turn, func(i, j int) bool { return turn[i].order() < turn[j].order() })
	left := map[payeeMonth]int{}
	for _, m := range turn {
		ways := x.waysOf(m)
		left[m] = len(ways)
		x.ways = append(x.ways, ways...)
	}
	x.out.Months, x.out.Held = len(x.months), x.heldOfMonths()
	todo := make([]*way, len(x.ways))
	for i := range x.ways {
		todo[i] = &x.ways[i]
	}
	for range x.h.Most {
		if len(todo) == 0 {
			break
		}
		now, later := together(todo)
		if err := x.round(now); err != nil {
			return err
		}
		for _, w := range now {
			left[w.of]--
		}
		x.out.Ways += len(now)
		todo = later
	}
	for _, m := range turn {
		if left[m] == 0 {
			x.out.Tried++
		}
	}
	return nil
}

// heldOfMonths is how many payees of the months are held.
func (x *pastProber) heldOfMonths() int {
	n := 0
	for _, id := range x.held {
		for m := range x.months { // only asked whether there is one
			if m.payee == id {
				n++
				break
			}
		}
	}
	return n
}

// together are the first ways of which no two touch one payee's rows, and those that are left.
func together(todo []*way) (now, later []*way) {
	busy := map[string]bool{}
	for _, w := range todo {
		if slices.ContainsFunc(w.touches, func(id string) bool { return busy[id] }) {
			later = append(later, w)
			continue
		}
		for _, id := range w.touches {
			busy[id] = true
		}
		now = append(now, w)
	}
	return now, later
}

// round pays some ways at once.
func (x *pastProber) round(now []*way) error {
	var edits []rowEdit
	for _, w := range now {
		edits = append(edits, w.edits...)
	}
	list, held, err := transform.Entitlements(withEdits(x.h.In, edits))
	if err != nil {
		return err
	}
	after := byPayee(list)
	for _, w := range now {
		if slices.Contains(held, w.of.payee) {
			continue
		}
		g, ok := x.gained(w.of.payee, after[w.of.payee], false)
		if !ok || !g.worth() {
			continue
		}
		if g.mixed && len(now) > 1 {
			if x.again++; x.again > x.h.Most {
				continue
			}
			if g, ok, err = x.alone(w); err != nil {
				return err
			}
		}
		if ok {
			x.hits = append(x.hits, hit{w, g})
		}
	}
	return nil
}

// alone pays a way while everything else is as it was; not ok where it pays no more.
func (x *pastProber) alone(w *way) (g gain, ok bool, err error) {
	list, held, err := transform.Entitlements(withEdits(x.h.In, w.edits))
	if err != nil || slices.Contains(held, w.of.payee) {
		return g, false, err
	}
	g, ok = x.gained(w.of.payee, byPayee(list)[w.of.payee], true)
	return g, ok && g.worth(), nil
}

// report pays what pays most alone, class by class and component by component, and keeps what then still pays more.
func (x *pastProber) report() error {
	sort.SliceStable(x.hits, func(i, j int) bool { return x.hits[i].gain.more() > x.hits[j].gain.more() })
	found := map[payeeMonth]bool{}
	var list []Exploit
	in := map[string]map[payeeMonth]bool{}
	for _, h := range x.hits {
		found[h.way.of] = true
		name := h.name()
		if in[name] == nil {
			in[name] = map[payeeMonth]bool{}
		}
		in[name][h.way.of] = true
	}
	done, failed := map[string]bool{}, map[string]int{}
	for _, h := range x.hits {
		name := h.name()
		if done[name] || failed[name] == mostAgain {
			continue
		}
		g, ok, err := x.alone(h.way)
		if err != nil {
			return err
		}
		if !ok {
			failed[name]++
			continue
		}
		done[name] = true
		e := x.exploit(h, g)
		e.Months = len(in[name])
		list = append(list, e)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Gain.Minor > list[j].Gain.Minor })
	x.out.Exploits, x.out.Found = list, len(found)
	x.out.From, x.out.To = comp.Month(x.h.Span.Start).Name(), comp.Month(x.h.Span.End-1).Name()
	return nil
}

// mostAgain is how many ways of a class and component are paid alone until one still pays more.
const mostAgain = 3

// name is the class, plan and component of a hit.
func (h *hit) name() string {
	return strings.Join([]string{h.way.class, h.gain.plan, h.gain.component}, " ")
}
