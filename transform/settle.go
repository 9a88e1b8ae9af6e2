package transform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// entitlement is what a payee has earned under one component in one measuring period, as presently known.
type entitlement struct {
	payee  int
	duty   duty
	result comp.ComponentResult
	series string // the rows behind it, for Lineage.Rows
	// component is the id that the ledger posts against where it is no component of the plan: "commission:release", "draw".
	component string
	account   string        // whose account it is: hold, clawback, draw, legal; "" for what a component pays itself
	of        string        // the plan's id where it is no plan of the config: legal
	kind      comp.LineKind // what its line is called; "" is an earning
	inKind    *comp.InKind  // what it gives that is no money
	ceiling   *comp.Number  // the cap, of a component that carries what is above it; its result is not capped yet
	earned    []stretch     // of a release: when what it pays was earned; nil otherwise
	known     bool          // false: something that it needs is missing, and a finding holds the payee; the amount is then 0 and means nothing
}

// plan is the id of the plan that an entitlement belongs to.
func (e *entitlement) plan(in *Inputs) string {
	if e.of != "" {
		return e.of
	}
	return in.Plans[e.duty.plan].ID
}

func (e *entitlement) say(format string, args ...any) {
	e.result.Working = append(slices.Clip(e.result.Working), fmt.Sprintf(format, args...))
}

// key names what the ledger posts against: payee, plan (whatever its version), component, the pay period it belongs to,
// and the currency.
func (e *entitlement) key(in *Inputs, company *comp.Company) ledgerKey {
	component := e.component
	if component == "" {
		component = in.Plans[e.duty.plan].Components[e.duty.component].ID
	}
	return ledgerKey{company.People[e.payee].ID, e.duty.pay.Name(), e.plan(in), component, e.result.Amount.Currency}
}

// settler works off duties for one payee after another. It reads the tally and keeps nothing between payees but findings.
type settler struct {
	in       *Inputs
	v        *Verbs
	company  *comp.Company
	part     *participation
	grid     *grid
	tally    *tally
	measures map[string]int
	quotas   map[[2]string][]comp.QuotaRow  // by payee and name; read by key only
	systems  map[string][]comp.Span[string] // payee to the systems in which they hold a login, and when
	findings []comp.Finding
	seen     map[string]int                  // findings already made, by ID: their places
	opening  map[string]map[accountKey]int64 // by payee: what each account held before the horizon, as posted; read by key only
	moves    map[string][]movement           // by payee: how their accounts moved within the horizon
	blind    map[[2]string]bool              // payees and pay periods whose accounts cannot be told
	applied  map[[2]string]bool              // legal rules and the legal entities of whom anybody came under them
	waiting  map[place]dealtRow              // rows whose pay is held; read by key, or summed
	costs    []comp.CostEntry
	dealt    dealtCredits
	confided *confided
	spent    map[spending]spent // of budgets: what each deal took; read by key only
	untold   map[[2]string]bool // payees and pay periods of which nobody reads how pay came about; read by key only
	failed   error              // what was spilled cannot be read
}

func newSettler(in *Inputs, v *Verbs, company *comp.Company, part *participation, g *grid, t *tally) *settler {
	s := &settler{in: in, v: v, company: company, part: part, grid: g, tally: t, measures: measureIndex(in),
		quotas: map[[2]string][]comp.QuotaRow{}, systems: map[string][]comp.Span[string]{}, seen: map[string]int{},
		opening: openings(in), moves: map[string][]movement{}, blind: map[[2]string]bool{}, applied: map[[2]string]bool{}, waiting: map[place]dealtRow{}}
	for _, q := range company.Quotas {
		k := [2]string{q.Payee, q.Name}
		s.quotas[k] = append(s.quotas[k], q)
	}
	for login, t := range company.Crosswalk.Logins { // the lists are only searched for any match: their order leaves no trace
		for _, span := range t.Spans() {
			s.systems[span.Value] = append(s.systems[span.Value], comp.Span[string]{Period: span.Period, Value: login.System})
		}
	}
	return s
}

// wanted are the payees and months that a stage of true-ups asks for; nil wants all.
type wanted map[[2]string]bool

// want adds a payee's pay period; under the empty period it notes the payee.
func (w wanted) want(payee, month string) {
	w[[2]string{payee, month}], w[[2]string{payee, ""}] = true, true
}

func (w wanted) payee(id string) bool { return w[[2]string{id, ""}] }

// settle works off every duty of every payee: the whole horizon, at present knowledge.
func (s *settler) settle(ds []duty, only wanted) []entitlement {
	var all [][]entitlement
	s.confided = newConfided(s, ds)
	s.spend(ds)
	months := make([]string, len(ds))
	for k := range ds {
		months[k] = ds[k].pay.Name()
	}
	var own []earned // of one payee; what comes of it is copied
	for i := range s.company.People {
		id, whole := s.company.People[i].ID, only == nil || s.keeps(i) // of an account one pay period cannot be told alone
		if only != nil && !only.payee(id) {
			continue
		}
		own = own[:0]
		for k, d := range ds {
			month := [2]string{id, months[k]}
			if !whole && !only[month] {
				continue
			}
			if s.v.Participated(s.part.spans[i][d.plan], d.period) == 0 || (d.memo && !s.lasting(&d)) || s.past(&d) {
				continue
			}
			if e, ok := s.earn(i, d, d.memo || s.untold[month] || only != nil && !only[month]); ok {
				own = append(own, e)
			}
		}
		all = append(all, slices.DeleteFunc(s.accounts(i, own), func(e entitlement) bool {
			return e.duty.memo || only != nil && !only[[2]string{id, e.duty.pay.Name()}]
		}))
	}
	return slices.Concat(all...)
}

// past says of a component that only shows that its month is over: nobody reads it again, and nothing was posted to correct.
func (s *settler) past(d *duty) bool {
	return s.in.Plans[d.plan].Components[d.component].Shown && d.pay != s.in.Run.Period
}

func (s *settler) find(f comp.Finding) string {
	if f.Table == "" {
		f.Table = "roster"
	}
	id := f.ID()
	if i, seen := s.seen[id]; seen { // of a component that pays and one that only shows the one that pays counts
		s.findings[i].Reach = max(s.findings[i].Reach, f.Reach)
		return id
	}
	s.seen[id] = len(s.findings)
	s.findings = append(s.findings, f)
	return id
}

// earn computes one component for one payee and measuring period. To date, it is the cumulative pay up to this
// period less that up to the one before, each rounded, so that a year's postings sum to the year's pay.
func (s *settler) earn(payee int, d duty, silent bool) (earned, bool) {
	plan, c := &s.in.Plans[d.plan], &s.in.Plans[d.plan].Components[d.component]
	paidIn, ok := s.payCurrency(&s.company.People[payee], d.period)
	if !ok {
		return earned{}, false
	}
	r := &rounder{s: s, payee: payee, plan: plan, c: c, d: d, from: cmp.Or(plan.Currency, paidIn), to: paidIn}
	w := s.work(payee, d, r.from, d.periods, silent)
	r.round(&w)
	if n := len(d.periods); !w.held && n > 1 && s.tookPart(payee, d.plan, d.periods[:n-1]) {
		b := s.work(payee, d, r.from, d.periods[:n-1], true)
		r.round(&b)
		r.less(&w, &b)
		w.deals = less(w.deals, b.deals)
	}
	r.finish(&w)
	if w.held {
		w.result.Amount, w.result.Exact = comp.Money{Currency: paidIn}, comp.Amount{Currency: paidIn}
		w.say("Not known: %s", strings.Join(w.result.Held, ", "))
	}
	if silent {
		w.unsaid()
	}
	s.name(&w.result, plan, c, &d)
	return earned{entitlement: entitlement{payee: payee, duty: d, result: w.result, series: strings.Join(w.series, ";"), ceiling: w.ceiling, known: !w.held}, deals: w.deals, full: w.result.Amount}, true
}

// name says what a result is about.
func (s *settler) name(r *comp.ComponentResult, plan *comp.Plan, c *comp.Component, d *duty) {
	r.Plan, r.Component, r.Title, r.Clause = plan.ID, c.ID, c.Title, c.Clause
	r.Period, r.Shown, r.Shared = d.period, c.Shown, c.Shared
	r.Sealed = slices.ContainsFunc(s.in.behind(c.Pays()), s.sealed)
	if len(d.periods) > 1 {
		r.Cumulated = whole(d.periods)
	}
	if m, ok := s.measures[c.Measure]; ok {
		r.Measure, r.MeasureTitle, r.Unit, r.Digits = c.Measure, s.in.Measures[m].Title, s.in.Measures[m].Unit, s.in.Measures[m].Digits
	}
}

// tookPart says whether a payee took part in a plan on any day of some periods: without that there is nothing before.
func (s *settler) tookPart(payee, plan int, periods []comp.Period) bool {
	for _, p := range periods {
		if s.v.Participated(s.part.spans[payee][plan], p) > 0 {
			return true
		}
	}
	return false
}

// payCurrency is the currency of the legal entity on the last employed day of a measuring period.
func (s *settler) payCurrency(p *comp.Person, period comp.Period) (comp.Currency, bool) {
	day, ok := lastDay(p.Employed, period)
	if !ok {
		return "", false
	}
	id, ok := p.Attr(comp.AttrEntity, day)
	if e, known := entityOf(s.in, id); ok && known {
		return e.Currency, true
	}
	s.find(comp.Finding{Code: "no_entity", Reach: comp.ReachPayee, Payee: p.ID, Key: p.ID, Column: comp.AttrEntity, Text: id, Origin: firstOrigin(p),
		Message: fmt.Sprintf("%s belongs to no legal entity on %s (found %q)", p.ID, day, id), Hint: "set the entity in the source, or add it to entities in carrot.yaml"})
	return "", false
}

func entityOf(in *Inputs, id string) (comp.LegalEntity, bool) {
	for _, e := range in.Settings.Entities {
		if e.ID == id {
			return e, true
		}
	}
	return comp.LegalEntity{}, false
}

// payeeFinding makes a finding that holds one payee, and gives its id. A component that only shows holds nobody.
func (s *settler) payeeFinding(payee int, c *comp.Component, code, message, hint string) string {
	p, reach := &s.company.People[payee], comp.ReachPayee
	if c.Shown {
		reach = comp.ReachNone
	}
	return s.find(comp.Finding{Code: code, Reach: reach, Payee: p.ID, Key: p.ID, Column: c.ID, Message: message, Hint: hint, Origin: firstOrigin(p)})
}
