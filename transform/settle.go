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
	dealt    dealtCredits
	failed   error // what was spilled cannot be read
}

func newSettler(in *Inputs, v *Verbs, company *comp.Company, part *participation, g *grid, t *tally) *settler {
	s := &settler{in: in, v: v, company: company, part: part, grid: g, tally: t, measures: measureIndex(in),
		quotas: map[[2]string][]comp.QuotaRow{}, systems: map[string][]comp.Span[string]{}, seen: map[string]int{},
		opening: openings(in), moves: map[string][]movement{}, blind: map[[2]string]bool{}, applied: map[[2]string]bool{}}
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
	var out []entitlement
	for i := range s.company.People {
		id, whole := s.company.People[i].ID, only == nil || s.keeps(i) // of an account one pay period cannot be told alone
		if only != nil && !only.payee(id) {
			continue
		}
		var own []earned
		for _, d := range ds {
			if !whole && !only[[2]string{id, d.pay.Name()}] {
				continue
			}
			if s.v.Participated(s.part.spans[i][d.plan], d.period) == 0 {
				continue
			}
			if e, ok := s.entitle(i, d); ok {
				own = append(own, earned{entitlement: e})
			}
		}
		for _, e := range s.accounts(i, own) {
			if only == nil || only[[2]string{id, e.duty.pay.Name()}] {
				out = append(out, e)
			}
		}
	}
	return out
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

// entitle computes one component for one payee and measuring period. To date, it is the cumulative pay up to this
// period less that up to the one before, each rounded, so that a year's postings sum to the year's pay.
func (s *settler) entitle(payee int, d duty) (entitlement, bool) {
	person := &s.company.People[payee]
	plan, c := &s.in.Plans[d.plan], &s.in.Plans[d.plan].Components[d.component]
	currency, ok := s.payCurrency(person, d.period)
	if !ok {
		return entitlement{}, false
	}
	periods := d.periods
	w := s.work(payee, d, currency, periods)
	before := comp.Money{Currency: currency}
	if n := len(periods); !w.held && n > 1 && s.tookPart(payee, d.plan, periods[:n-1]) {
		b := s.work(payee, d, currency, periods[:n-1])
		before = b.result.Amount
		w.held, w.result.Held = b.held, b.result.Held
		w.say("Less %s for %s = %s", paid(before), whole(periods[:n-1]).Words(), paid(comp.Money{Minor: w.result.Amount.Minor - before.Minor, Currency: currency}))
		w.result.Exact.Number = w.result.Exact.Number.Sub(before.Amount().Number)
	}
	w.result.Amount.Minor -= before.Minor
	if w.held {
		w.result.Amount, w.result.Exact = comp.Money{Currency: currency}, comp.Amount{Currency: currency}
		w.say("Not known: %s", strings.Join(w.result.Held, ", "))
	}
	w.result.Plan, w.result.Component, w.result.Title, w.result.Clause = plan.ID, c.ID, c.Title, c.Clause
	w.result.Period, w.result.Shown = d.period, c.Shown
	w.result.Sealed = s.sealed(c.Measure)
	if len(periods) > 1 {
		w.result.Cumulated = whole(periods)
	}
	if m, ok := s.measures[c.Measure]; ok {
		w.result.Measure, w.result.MeasureTitle, w.result.Unit, w.result.Digits = c.Measure, s.in.Measures[m].Title, s.in.Measures[m].Unit, s.in.Measures[m].Digits
	}
	return entitlement{payee: payee, duty: d, result: w.result, series: strings.Join(w.series, ";"), ceiling: w.ceiling, known: !w.held}, true
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

// worked is one calculation over one or, to date, several measuring periods.
type worked struct {
	result comp.ComponentResult
	series []string
	held   bool
	// ceiling is the cap of a component that carries what is above it.
	ceiling *comp.Number
}

// work is the order of one calculation: prorate, measure, attain, curve, gate, cap, round.
func (s *settler) work(payee int, d duty, currency comp.Currency, periods []comp.Period) worked {
	c := &s.in.Plans[d.plan].Components[d.component]
	w := worked{}
	terms, ok := s.terms(payee, d, currency, periods, &w)
	if !ok {
		return w
	}
	m := s.measure(payee, d, currency, periods, &w)
	if m.missing {
		w.result.Exact = comp.Amount{Number: s.missing(payee, c, currency, terms, &w), Currency: currency}
	} else {
		w.result.Exact = comp.Amount{Number: s.curve(payee, d, currency, terms, m, &w), Currency: currency}
	}
	w.result.Exact.Number = s.gates(payee, d, currency, periods, w.result.Exact.Number, &w)
	switch {
	case !terms.hasCap:
	case carries(c):
		w.ceiling = &terms.cap
	default:
		if capped := s.v.Cap(w.result.Exact.Number, terms.cap); capped.Cmp(w.result.Exact.Number) != 0 {
			w.say("%s", terms.caps.sum("Capped", money(terms.cap, currency), true))
			w.result.Exact.Number = capped
		}
	}
	rounded, err := s.v.Round(w.result.Exact, s.in.Plans[d.plan].Rounding)
	if err != nil {
		w.hold(s.payeeFinding(payee, c, "cannot_round", err.Error(), "check the plan's rates"))
		rounded = comp.Money{Currency: currency}
	}
	w.result.Amount = rounded
	w.say("Rounded %s: %s", roundings[s.in.Plans[d.plan].Rounding], paid(rounded))
	return w
}

func (w *worked) say(format string, args ...any) {
	w.result.Working = append(w.result.Working, fmt.Sprintf(format, args...))
}

func (w *worked) hold(id string) {
	w.held = true
	if !slices.Contains(w.result.Held, id) {
		w.result.Held = append(w.result.Held, id)
	}
}

// payeeFinding makes a finding that holds one payee, and gives its id. A component that only shows holds nobody.
func (s *settler) payeeFinding(payee int, c *comp.Component, code, message, hint string) string {
	p, reach := &s.company.People[payee], comp.ReachPayee
	if c.Shown {
		reach = comp.ReachNone
	}
	return s.find(comp.Finding{Code: code, Reach: reach, Payee: p.ID, Key: p.ID, Column: c.ID, Message: message, Hint: hint, Origin: firstOrigin(p)})
}

// missing is the pay of a component whose measure is missing, by the plan's declared rule.
func (s *settler) missing(payee int, c *comp.Component, currency comp.Currency, t terms, w *worked) comp.Number {
	switch c.Missing {
	case "neutral":
		n := s.v.Neutral(t.target)
		w.result.Rate = "neutral, the target is paid"
		w.say("%s: the component is neutral and pays its target, %s", s.tooFew(c, w), money(n, currency))
		return n
	case "zero":
	default:
		w.hold(s.payeeFinding(payee, c, "measure_missing", fmt.Sprintf("%s has no value of %s and the plan holds the component", s.company.People[payee].ID, c.Measure),
			"wait for the data, or settle it with a waiver"))
	}
	w.result.Rate = "no value"
	w.say("%s: nothing is paid", s.tooFew(c, w))
	return comp.Number{}
}

// tooFew says why a measure is missing.
func (s *settler) tooFew(c *comp.Component, w *worked) string {
	title := s.in.Measures[s.measures[c.Measure]].Title
	if w.result.N == 0 {
		return title + ": there is no row to count"
	}
	return fmt.Sprintf("%s: n = %d, and fewer than %d are too few to tell", title, w.result.N, c.MinN)
}

// curve is exact pay from value, attainment and target.
func (s *settler) curve(payee int, d duty, currency comp.Currency, t terms, m measured, w *worked) comp.Number {
	c := &s.in.Plans[d.plan].Components[d.component]
	in := CurveInput{Value: m.value, Target: t.target, Quota: t.quota, HasQuota: t.hasQuota, Rate: c.Curve.Rate, Currency: currency, Unit: s.unitOf(c.Measure)}
	if t.hasQuota {
		a, ok := s.v.Attain(m.value, t.quota)
		if !ok && t.hasTarget && t.target.IsZero() {
			w.say("Quota and target are 0: nothing is paid")
			return comp.Number{}
		}
		if !ok || t.quota.Sign() < 0 {
			w.hold(s.payeeFinding(payee, c, "zero_quota", fmt.Sprintf("the quota of %s for %s is %s, and a number above zero was expected", s.company.People[payee].ID, c.ID, t.quota),
				"correct the quota"))
			return comp.Number{}
		}
		in.Attainment = a
		w.result.Attainment = &a
		w.say("Attainment: %s / %s %s", about(inUnit(m.value, in.Unit, currency)), about(inUnit(t.quota, in.Unit, currency)), equals(hundredths(a)))
	}
	switch {
	case c.Shown && c.Curve.Kind == "":
		return comp.Number{}
	case c.Award != nil && c.Curve.Kind == "":
		return t.target
	}
	if c.Curve.RateAttribute != "" {
		r, ok := s.personalRate(payee, d, w)
		if !ok {
			return comp.Number{}
		}
		in.Rate = r
	}
	r := s.v.Pay(c.Curve, in)
	w.result.Rate = r.Rate
	w.result.Working = append(w.result.Working, r.Working...)
	return r.Pay
}

// personalRate is the rate that a person's own attribute gives, on the last participating day.
func (s *settler) personalRate(payee int, d duty, w *worked) (comp.Number, bool) {
	c := &s.in.Plans[d.plan].Components[d.component]
	day, _ := lastDay(s.part.spans[payee][d.plan], d.period)
	text, ok := s.company.People[payee].Attr(c.Curve.RateAttribute, day)
	n, err := comp.ParseNumber(text, 18)
	if !ok || err != nil {
		w.hold(s.payeeFinding(payee, c, "missing_rate", fmt.Sprintf("%s has no plain %s on %s (found %q)", s.company.People[payee].ID, c.Curve.RateAttribute, day, text),
			"set it in the source"))
		return comp.Number{}, false
	}
	return n, true
}

// gates pays nothing where a gate's measure is known and below its bar; a gate without a value does not close.
func (s *settler) gates(payee int, d duty, currency comp.Currency, periods []comp.Period, pay comp.Number, w *worked) comp.Number {
	c := &s.in.Plans[d.plan].Components[d.component]
	for _, g := range c.Gates {
		gw := worked{}
		m := s.measureOf(g.Measure, payee, d, d.span(g.Measure, cmp.Or(g.ToDate, c.ToDate)), currency, periods, &gw, 0)
		w.held, w.result.Held = w.held || gw.held, append(w.result.Held, gw.result.Held...)
		gate, unit := s.in.Measures[s.measures[g.Measure]].Title, s.unitOf(g.Measure)
		if n := len(gw.result.Working); n > 0 {
			gate = gw.result.Working[n-1]
		}
		bar := about(inUnit(g.AtLeast, unit, currency))
		switch {
		case m.missing:
			w.say("Gate: %s: no value, so the gate stays open", gate)
		case !s.v.Gate(m.value, g.AtLeast):
			w.say("Gate: %s, below the %s needed: nothing is paid", gate, bar)
			pay = comp.Number{}
		default:
			w.say("Gate: %s, which reaches the %s needed", gate, bar)
		}
		w.series = append(w.series, gw.series...)
	}
	return pay
}
