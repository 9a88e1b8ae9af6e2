package jobs

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// Candidate is the file of a plan that is tried over archived months in place of the version that paid them.
type Candidate struct {
	Name  string // for messages
	Bytes []byte
}

// planKey finds the ids of the plans in a file.
var planKey = regexp.MustCompile(`(?m)^plan:[ \t]*"?([A-Za-z0-9_.-]+)"?`)

func (c Candidate) ids() []string {
	var out []string
	for _, m := range planKey.FindAllSubmatch(c.Bytes, -1) {
		out = append(out, string(m[1]))
	}
	return out
}

// at is a place in the candidate's file.
func (c Candidate) at(p comp.Place) string { return fmt.Sprintf("%s:%d", c.Name, p.Line) }

// plans are those of an archived close with the candidate in place of the versions whose time it overlaps.
func (c Candidate) plans(ctx context.Context, s archive.Store, m archive.Manifest, k *knowledge) ([]comp.Plan, error) {
	ids, files := c.ids(), map[string]bool{}
	var known []string
	for _, p := range k.config.Plans {
		files[p.Where.File] = files[p.Where.File] || slices.Contains(ids, p.ID)
		known = append(known, p.ID)
	}
	var old []string
	for name, hit := range files { // in any order: sorted below
		if hit {
			old = append(old, name)
		}
	}
	slices.Sort(old)
	if len(old) == 0 {
		if len(ids) == 0 {
			return nil, refuse("%s: no plan: the first line of a document of plans is plan: NAME; the plans of the close of %s are %s", c.Name, m.Period, firstFew(slices.Compact(known)))
		}
		return nil, refuse("%s: no plan of the close of %s is called %s; its plans are %s", c.Name, m.Period, firstFew(ids[:1]), firstFew(slices.Compact(known)))
	}
	for _, p := range k.config.Plans {
		if files[p.Where.File] && !slices.Contains(ids, p.ID) {
			return nil, refuse("%s: the archived %s holds the plan %s as well; put it into the file too", c.Name, p.Where.File, p.ID)
		}
	}
	got, err := c.load(ctx, s, m, old)
	if err != nil {
		return nil, err
	}
	keep := func(name string) bool { // a version of another time stays
		return !slices.ContainsFunc(k.config.Plans, func(p comp.Plan) bool {
			return p.Where.File == name && slices.ContainsFunc(got, func(q comp.Plan) bool {
				return q.Where.File == old[0] && q.ID == p.ID && q.Effective.Intersect(p.Effective).Days() > 0
			})
		})
	}
	if left := slices.DeleteFunc(slices.Clone(old), keep); len(left) > 0 && len(left) < len(old) {
		return c.load(ctx, s, m, left)
	}
	return got, nil
}

// load reads an archived config with the candidate's bytes instead of some of its files.
func (c Candidate) load(ctx context.Context, s archive.Store, m archive.Manifest, old []string) ([]comp.Plan, error) {
	k, _, err := recallWith(ctx, s, m, func(files []config.File) []config.File {
		out := slices.DeleteFunc(files, func(f config.File) bool { return slices.Contains(old, f.Name) })
		return append(out, config.File{Name: old[0], Bytes: c.Bytes})
	})
	var refused *refusedConfig
	if errors.As(err, &refused) {
		var lines []string
		for _, x := range refused.mistakes {
			if x.File == old[0] {
				x.File = path.Base(c.Name)
			}
			lines = append(lines, x.String())
		}
		return nil, &unread{lines}
	}
	if err != nil {
		return nil, err
	}
	return k.config.Plans, nil
}

// months are archived closes to try plans over, oldest first.
type months struct {
	ctx   context.Context
	store archive.Store
	tell  func(Step)
	bench *bench
	all   []pastMonth
}

// pastMonth is one posted close: what it knew.
type pastMonth struct {
	m     archive.Manifest
	k     *knowledge
	facts comp.RunFacts
	in    transform.Inputs
	found []comp.Finding
}

// openMonths lays out the posted closes from one month to another; "" is the first or the last.
func (h *House) openMonths(ctx context.Context, from, to string) (*months, error) {
	chain, err := h.Postings(ctx)
	if err != nil {
		return nil, err
	}
	out := &months{ctx: ctx, store: h.Archive, tell: h.Progress, bench: newBench(ctx, replayHouse(h.Archive, h.Temp, h.Progress))}
	for _, p := range chain {
		if p.Run == (archive.RunRef{}) || from != "" && p.Period < from || to != "" && p.Period > to {
			continue
		}
		if err := out.add(p.Run); err != nil {
			return nil, errors.Join(err, out.Close())
		}
	}
	if len(out.all) == 0 {
		return nil, errors.Join(h.unposted(from, to), out.Close())
	}
	for i := range out.all {
		out.all[i].in.Files = out.bench.files
	}
	return out, nil
}

func (ms *months) add(ref archive.RunRef) error {
	m, err := archive.ReadRun(ms.ctx, ms.store, ref)
	if err != nil {
		return err
	}
	k, req, err := recall(ms.ctx, ms.store, m)
	if err != nil {
		return err
	}
	p := pastMonth{m: m, k: k, facts: k.facts(req, m.Program.Version)}
	in, found, err := ms.bench.inputs(k, p.facts, nil)
	if err != nil {
		return err
	}
	if in.Confided, err = confided(ms.ctx, ms.store, m); err != nil {
		return err
	}
	in.Discreet = true // trying a plan makes nothing known that the close did not
	p.in, p.found = in, waive(append(found, k.findings...), k.waivers, p.facts.Business)
	ms.all = append(ms.all, p)
	return nil
}

// Close gives the opened files back.
func (ms *months) Close() error { return ms.bench.vault.Close() }

// tried is what some plans would have posted.
type tried struct {
	ledger     []comp.LedgerEntry
	names      map[string]string                 // by payee
	components map[string][]comp.ComponentResult // by payee, plan and component, month after month
	held       map[string]bool                   // payee and month
}

// try closes every month once more under other plans, each after the ones before it: what one posts the next one knows.
// Months before the first are not looked at again. plans gives those of a month.
func (ms *months) try(what string, plans func(i int) []comp.Plan) (*tried, error) {
	out := &tried{names: map[string]string{}, components: map[string][]comp.ComponentResult{}, held: map[string]bool{}}
	for i := range ms.all {
		p := &ms.all[i]
		if ms.tell != nil {
			ms.tell(Step{"computing", what + " " + p.m.Period, int64(i), int64(len(ms.all))})
		}
		in := p.in
		in.Plans, in.Ledger, in.Found = plans(i), out.ledger, slices.Clone(p.found)
		in.Settings.First, in.Settings.Expect = ms.all[0].in.Run.Period.Start, nil
		r, _, err := transform.Compute(in, nil)
		if err != nil {
			return nil, fmt.Errorf("computing %s: %w", p.m.Period, err)
		}
		for _, f := range r.Findings {
			if transform.Stops([]comp.Finding{f}) {
				return nil, refuse("%s of %s would stop: %s", what, p.m.Period, f)
			}
		}
		out.ledger = append(out.ledger, r.Ledger...)
		for _, s := range r.Statements {
			out.names[s.Payee] = s.Name
			out.held[s.Payee+" "+p.m.Period] = len(s.HeldFor) > 0
			for _, c := range s.Components {
				key := s.Payee + " " + c.Plan + "/" + c.Component
				out.components[key] = append(out.components[key], c)
			}
		}
		if err := ms.ctx.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Simulation is what a candidate plan would have posted over archived months, against the plans that were in force. Every
// sum is over the same ledger rows: those of people sum to the cost, those of components to their person's.
type Simulation struct {
	Plan   string        `json:"plan"`
	From   string        `json:"from"`
	To     string        `json:"to"`
	Months []MonthCost   `json:"months"` // by period and currency
	Cost   []MonthCost   `json:"cost"`   // in all, by currency
	People []PersonDelta `json:"people"` // whose pay differs, the largest difference first
	Same   int           `json:"same"`   // people whose pay is the same
	Held   int           `json:"held"`   // statements that would be held and are not, and the other way round
}

// MonthCost is what was posted in a month. Amounts are plain decimals.
type MonthCost struct {
	Period     string `json:"period,omitempty"`
	Currency   string `json:"currency"`
	Was        string `json:"was"`
	Now        string `json:"now"`
	Difference string `json:"difference"`
}

// PersonDelta is one person's difference, and which components make it.
type PersonDelta struct {
	Payee      string           `json:"payee"`
	Name       string           `json:"name"`
	Currency   string           `json:"currency"`
	Was        string           `json:"was"`
	Now        string           `json:"now"`
	Difference string           `json:"difference"`
	Why        []ComponentDelta `json:"why"`
}

// ComponentDelta is one component's difference for one person; Because is the first month in which the numbers differ.
type ComponentDelta struct {
	Component  string   `json:"component"`
	Was        string   `json:"was"`
	Now        string   `json:"now"`
	Difference string   `json:"difference"`
	Because    []string `json:"because,omitempty"`
}

// Simulate tries a candidate plan over the posted months from one to another.
func (h *House) Simulate(ctx context.Context, c Candidate, from, to string) (out Simulation, err error) {
	ms, err := h.openMonths(ctx, from, to)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, ms.Close()) }()
	was, err := ms.try("the archived plan", func(i int) []comp.Plan { return ms.all[i].k.config.Plans })
	if err != nil {
		return out, err
	}
	plans, err := ms.with(c)
	if err != nil {
		return out, err
	}
	now, err := ms.try(c.Name, func(i int) []comp.Plan { return plans[i] })
	if err != nil {
		return out, err
	}
	out = Simulation{Plan: strings.Join(slices.Compact(c.ids()), ", "), From: ms.all[0].m.Period, To: ms.all[len(ms.all)-1].m.Period}
	out.compare(was, now)
	return out, nil
}

// pair is a sum before and after.
type pair struct{ was, now int64 }

func (p pair) delta() int64 { return p.now - p.was }

// compare fills a simulation from two ledgers.
func (s *Simulation) compare(was, now *tried) {
	months, cost := map[[2]string]pair{}, map[[2]string]pair{}
	people, parts := map[[2]string]pair{}, map[[3]string]pair{}
	for i, t := range []*tried{was, now} {
		for _, l := range t.ledger {
			c := string(l.Amount.Currency)
			part := l.Plan + "/" + l.Component
			if l.Kind == comp.AdjustmentLine {
				part = "adjustments"
			}
			addTo(months, [2]string{l.Paid, c}, i, l.Amount.Minor)
			addTo(cost, [2]string{"", c}, i, l.Amount.Minor)
			addTo(people, [2]string{l.Payee, c}, i, l.Amount.Minor)
			addTo(parts, [3]string{l.Payee, c, part}, i, l.Amount.Minor)
		}
	}
	s.Months, s.Cost = costs(months), costs(cost)
	for k, p := range people { // in any order: sorted below
		if p.delta() == 0 {
			s.Same++
			continue
		}
		c := comp.Currency(k[1])
		d := PersonDelta{Payee: k[0], Name: now.names[k[0]], Currency: k[1], Was: decimal(p.was, c), Now: decimal(p.now, c), Difference: decimal(p.delta(), c)}
		if d.Name == "" {
			d.Name = was.names[k[0]]
		}
		for key, x := range parts { // in any order: sorted below
			if key[0] == k[0] && key[1] == k[1] && x.delta() != 0 {
				d.Why = append(d.Why, ComponentDelta{key[2], decimal(x.was, c), decimal(x.now, c), decimal(x.delta(), c), because(was, now, key[0]+" "+key[2])})
			}
		}
		sort.Slice(d.Why, func(i, j int) bool { return d.Why[i].Component < d.Why[j].Component })
		s.People = append(s.People, d)
	}
	sort.Slice(s.People, func(i, j int) bool {
		a, b := people[[2]string{s.People[i].Payee, s.People[i].Currency}], people[[2]string{s.People[j].Payee, s.People[j].Currency}]
		if x, y := max(a.delta(), -a.delta()), max(b.delta(), -b.delta()); x != y {
			return x > y
		}
		return s.People[i].Payee+s.People[i].Currency < s.People[j].Payee+s.People[j].Currency
	})
	for k, held := range now.held { // only counted
		if held != was.held[k] {
			s.Held++
		}
	}
}

func addTo[K comparable](m map[K]pair, k K, which int, minor int64) {
	p := m[k]
	if which == 0 {
		p.was += minor
	} else {
		p.now += minor
	}
	m[k] = p
}

// costs are sums by period and currency, sorted.
func costs(m map[[2]string]pair) []MonthCost {
	var out []MonthCost
	for k, p := range m { // in any order: sorted below
		c := comp.Currency(k[1])
		out = append(out, MonthCost{k[0], k[1], decimal(p.was, c), decimal(p.now, c), decimal(p.delta(), c)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Period+out[i].Currency < out[j].Period+out[j].Currency })
	return out
}

// because are the numbers that differ in the first month in which one component's calculation does.
func because(was, now *tried, key string) []string {
	a, b := was.components[key], now.components[key]
	for i := range min(len(a), len(b)) {
		x, y := componentOf(&a[i]), componentOf(&b[i])
		if x.Amount == y.Amount {
			continue
		}
		var out []string
		for _, line := range differing(&x, &y) {
			out = append(out, strings.TrimSpace(line))
		}
		return append([]string{fmt.Sprintf("%s: %s, was %s.", b[i].Period.Words(), cash(y.Amount, y.Currency), cash(x.Amount, x.Currency))}, out...)
	}
	return nil
}
