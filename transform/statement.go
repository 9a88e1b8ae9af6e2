package transform

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"carrot/transform/comp"
)

// builder makes statements from one assessment.
type builder struct {
	a      *assessment
	posted map[string][]comp.LedgerEntry // by payee, in the ledger's order
	at     int                           // the next entitlement: both lists are sorted by payee
	// numbers are who has a payroll number of a legal entity among the people who work in the pay period; read by key only.
	numbers  map[[2]string][]string
	numbered bool // the roster gives payroll numbers; else employee ids stand for them
}

// newBuilder indexes what statements are written from.
func newBuilder(a *assessment) *builder {
	b := &builder{a: a, posted: map[string][]comp.LedgerEntry{}, numbers: map[[2]string][]string{}}
	for _, l := range a.in.Ledger {
		b.posted[l.Payee] = append(b.posted[l.Payee], l)
	}
	for _, m := range a.in.Mapping.Roster {
		b.numbered = b.numbered || slices.ContainsFunc(m.Set, func(x comp.AttrMap) bool { return x.Attr == comp.AttrPayroll })
	}
	for i := range a.company.People {
		p := &a.company.People[i]
		if day, ok := lastDay(p.Employed, a.in.Run.Period); ok && b.numbered {
			entity, _ := p.Attr(comp.AttrEntity, day)
			if number, ok := p.Attr(comp.AttrPayroll, day); ok {
				k := [2]string{entity, number}
				b.numbers[k] = append(b.numbers[k], p.ID)
			}
		}
	}
	return b
}

// statement is what one payee is paid in this run and why; false where there is nothing to say to that person.
func (b *builder) statement(payee int, due []owed, adjustments []comp.Adjustment) (comp.Statement, bool, error) {
	p := &b.a.company.People[payee]
	s := comp.Statement{ID: p.ID + ":" + b.a.in.Run.Period.Name(), Payee: p.ID, HeldFor: b.a.held[p.ID]}
	day, ok := lastDay(p.Employed, comp.Period{Start: comp.NoDate, End: b.a.in.Run.Period.End})
	if !ok { // not employed so far, as known now: what was posted before that became known is taken back
		day = b.a.in.Run.Period.End - 1
	}
	b.describe(&s, p, day)
	if err := b.earnings(payee, &s); err != nil {
		return s, false, err
	}
	b.corrections(&s, due)
	for _, x := range adjustments {
		if x.Payee == p.ID {
			month, _ := comp.ParseMonth(x.Period)
			b.add(&s, comp.Line{Kind: comp.AdjustmentLine, Component: x.ID, Title: "Adjustment " + x.ID, Clause: x.ID, For: month, Exact: x.Amount.Amount(), Amount: x.Amount,
				Working: x.Reason + ", decided by " + x.By})
		}
	}
	s.Balances = b.balances(payee, len(s.HeldFor) == 0 && s.Currency != "")
	if len(s.Components) == 0 && len(s.Lines) == 0 && (len(s.HeldFor) == 0 || !ok) && !moved(s.Balances) {
		return s, false, nil
	}
	b.total(&s)
	return s, true, nil
}

// describe fills who the statement is for, as of the last employed day up to the end of the pay period.
func (b *builder) describe(s *comp.Statement, p *comp.Person, day comp.Date) {
	get := func(attr string) string { v, _ := p.Attr(attr, day); return v }
	s.Name, s.PayrollNumber, s.Department, s.Job = get(comp.AttrName), get(comp.AttrPayroll), get(comp.AttrDepartment), get(comp.AttrJob)
	if s.Name == "" {
		s.Name = p.ID
	}
	if s.PayrollNumber == "" && !b.numbered {
		s.PayrollNumber = p.ID
	}
	e, _ := entityOf(b.a.in, get(comp.AttrEntity))
	s.Entity, s.PayCode, s.Currency = e.ID, e.PayCode, e.Currency
	s.Total.Currency, s.HeldTotal.Currency, s.YearToDate.Currency = s.Currency, s.Currency, s.Currency
	if boss := get(comp.AttrManager); boss != "" {
		s.Manager = boss
		i := sort.Search(len(b.a.company.People), func(i int) bool { return b.a.company.People[i].ID >= boss })
		if i < len(b.a.company.People) && b.a.company.People[i].ID == boss {
			if name, ok := b.a.company.People[i].Attr(comp.AttrName, day); ok {
				s.Manager = name
			}
		}
	}
	if base := get(comp.AttrBasePay); base != "" {
		cur := comp.Currency(get(comp.AttrBaseCur))
		s.BasePay = strings.TrimSpace(base + " " + string(cur))
		if n, err := comp.ParseNumber(base, 18); err == nil {
			s.BasePay = money(n, cur)
		}
		if per := get(comp.AttrBasePer); per != "" {
			s.BasePay += " per " + strings.ToLower(per)
		}
	}
}

// earnings adds this pay period's components and their lines.
func (b *builder) earnings(payee int, s *comp.Statement) error {
	behind, err := b.behind(payee)
	if err != nil {
		return err
	}
	es := b.a.entitlements
	for ; b.at < len(es) && es[b.at].payee < payee; b.at++ {
	}
	plans := map[string]bool{}
	for i := b.at; i < len(es) && es[i].payee == payee; i++ {
		e := &es[i]
		if e.duty.pay != b.a.in.Run.Period {
			continue
		}
		if e.account == "" {
			s.Components = append(s.Components, e.result)
		} else if e.result.Amount.Minor == 0 {
			continue
		}
		if e.of == "" {
			plan := &b.a.in.Plans[e.duty.plan]
			if !plans[plan.ID+plan.Version] {
				plans[plan.ID+plan.Version] = true
				s.Plans = append(s.Plans, comp.NamedDigest{Name: plan.Title, Version: plan.Version, Digest: plan.Digest})
			}
		}
		if e.inKind != nil {
			s.InKind = append(s.InKind, *e.inKind)
		}
		if e.result.Shown {
			continue
		}
		b.add(s, comp.Line{Kind: cmp.Or(e.kind, comp.Earning), Plan: e.plan(b.a.in), Component: e.result.Component, Clause: e.result.Clause, Title: e.result.Title, For: b.a.in.Run.Period,
			Exact: e.result.Exact, Amount: e.result.Amount, Working: strings.Join(e.result.Working, "; "), Credits: b.rows(e, behind), Series: e.series})
	}
	return nil
}

// dayOf is one of a payee's credits, as lines refer to it.
type dayOf struct {
	number int
	day    comp.Date
}

// behind are a payee's credits by measure.
func (b *builder) behind(payee int) (map[string][]dayOf, error) {
	out := map[string][]dayOf{}
	err := b.a.tally.credits.Each(b.a.company.People[payee].ID, func(i int, c *comp.Credit) error {
		out[c.Measure] = append(out[c.Measure], dayOf{i, c.Date})
		return nil
	})
	return out, err
}

// rows are the credits behind the payee's measures that pay, in what they read. A pooled measure's rows are the pool's, shown once
// in tables/credits and not on every statement.
func (b *builder) rows(e *entitlement, behind map[string][]dayOf) []int {
	if e.account != "" {
		return nil
	}
	c := &b.a.in.Plans[e.duty.plan].Components[e.duty.component]
	paid := b.a.in.behind(c.Pays())
	var out []int
	for _, r := range e.duty.readings {
		m := b.a.measure(r.Measure)
		if m == nil || m.Pool != comp.PoolPayee || r.ToDate != c.ToDate || !slices.Contains(paid, r.Measure) {
			continue
		}
		for _, x := range behind[r.Measure] {
			if r.span.Contains(x.day) && within(b.a.part.spans[e.payee][e.duty.plan], x.day) {
				out = append(out, x.number)
			}
		}
	}
	slices.Sort(out)
	return out
}

// corrections adds what earlier months are still owed, one line a cause.
func (b *builder) corrections(s *comp.Statement, due []owed) {
	first := sort.Search(len(due), func(i int) bool { return due[i].key.payee >= s.Payee })
	for _, o := range due[first:] {
		if o.key.payee != s.Payee {
			return
		}
		month, _ := comp.ParseMonth(o.key.month)
		l := comp.Line{Kind: comp.TrueUp, Plan: o.key.plan, Component: o.key.component, Cause: o.cause, For: month, Exact: o.amount.Amount(), Amount: o.amount,
			Before: o.before, After: o.after}
		_, title := b.deltaName(comp.Earning, o.key.plan, o.key.component)
		what := "Correction for " + o.cause
		l.Title = fmt.Sprintf("%s, correction of %s", title, month.Words())
		if o.cause == releaseCause {
			what, l.Kind, l.Title = "Release of held pay", comp.ReleaseLine, fmt.Sprintf("%s, release of held pay of %s", title, month.Words())
		}
		steps := []string{fmt.Sprintf("%s: %s less %s before it = %s", what, paid(o.after), paid(o.before), paid(o.amount))}
		if o.now != nil {
			l.Clause, l.Series = o.now.result.Clause, o.now.series
			steps = append(append(steps, o.now.result.Period.Words()+" as known now"), o.now.result.Working...)
		} else {
			steps = append(steps, fmt.Sprintf("Nothing is due for %s any more", month.Words()))
		}
		l.Working = strings.Join(steps, "; ")
		b.add(s, l)
	}
}

func (b *builder) add(s *comp.Statement, l comp.Line) {
	l.Number = len(s.Lines) + 1
	s.Lines = append(s.Lines, l)
}

// total sums the lines. A held payee's lines move to HeldTotal: nothing of them is paid or posted.
func (b *builder) total(s *comp.Statement) {
	if len(s.Lines) > 0 {
		b.nameless(s)
		b.mixed(s)
	}
	for _, l := range s.Lines {
		sum, err := s.Total.Plus(l.Amount)
		if err == nil {
			s.Total = sum
		} else if l.Amount.Currency == s.Currency {
			b.hold(s, comp.Finding{Code: "cannot_add", Message: err.Error(), Hint: "look at the lines of this statement"})
		}
	}
	if s.Total.Minor != 0 {
		b.unfit(s)
	}
	if len(s.HeldFor) > 0 {
		s.HeldTotal, s.Total, s.Lines = s.Total, comp.Money{Currency: s.Currency}, nil
	}
	b.history(s)
}

// hold holds a payee for what came up while the statement was written. It says whether no waiver settles it.
func (b *builder) hold(s *comp.Statement, f comp.Finding) bool {
	f.Reach, f.Payee, f.Table, f.Key = comp.ReachPayee, s.Payee, "roster", s.Payee
	if !b.a.tell(f) {
		return false
	}
	b.a.holdPayee(s.Payee, f.ID())
	s.HeldFor = b.a.held[s.Payee]
	return true
}

// nameless holds a payee whose payroll number is missing though the roster gives such numbers, or is somebody else's too:
// payroll would pay nobody, or the wrong person.
func (b *builder) nameless(s *comp.Statement) {
	switch others := b.numbers[[2]string{s.Entity, s.PayrollNumber}]; {
	case !b.numbered:
	case s.PayrollNumber == "":
		b.hold(s, comp.Finding{Code: "missing_payroll_number", Column: comp.AttrPayroll, Message: s.Payee + " has no payroll number", Hint: "set it in the source"})
	case len(others) > 1 && slices.Contains(others, s.Payee):
		b.hold(s, comp.Finding{Code: "payroll_number_twice", Column: comp.AttrPayroll, Text: s.PayrollNumber,
			Message: fmt.Sprintf("the payroll number %s of %s belongs to %s", s.PayrollNumber, s.Entity, strings.Join(others, " and ")), Hint: "correct it in the source"})
	}
	if s.PayrollNumber == "" {
		s.PayrollNumber = s.Payee
	}
}

// unfit holds a payee whom the payroll system of the legal entity would not take: else its file could not be written for
// anybody.
func (b *builder) unfit(s *comp.Statement) {
	e, _ := entityOf(b.a.in, s.Entity)
	if found, want := e.Unfit(s.Name, s.PayrollNumber); found != "" {
		b.hold(s, comp.Finding{Code: "payroll_cannot_take", Column: e.Payroll, Text: s.PayrollNumber,
			Message: fmt.Sprintf("%s of %s cannot be given to the payroll system %s, which expects %s", found, s.Payee, e.Payroll, want),
			Hint:    "correct it in the source, or waive it and key the pay in by hand: that system's file then has no row for it"})
	}
}

// mixed holds a payee whose lines are in two currencies: a sum of them would be a wrong cent. Where a waiver settles it,
// the lines in another currency than the legal entity's are left out; they stay owed.
func (b *builder) mixed(s *comp.Statement) {
	foreign := func(l comp.Line) bool { return l.Amount.Currency != s.Currency }
	i := slices.IndexFunc(s.Lines, foreign)
	if i < 0 {
		return
	}
	held := b.hold(s, comp.Finding{Code: "mixed_currencies", Column: comp.AttrEntity,
		Message: fmt.Sprintf("%s is paid in %s and has a line in another currency: %s, %s", s.Payee, cmp.Or(string(s.Currency), "no known currency"), s.Lines[i].Title, s.Lines[i].Amount),
		Hint:    "settle the lines in another currency through that legal entity's payroll, and waive this: they are then left out"})
	if !held {
		s.Lines = slices.DeleteFunc(s.Lines, foreign)
		for k := range s.Lines {
			s.Lines[k].Number = k + 1
		}
	}
}

// history fills year to date and the difference from the month before, from the ledger.
func (b *builder) history(s *comp.Statement) {
	year, last := b.a.in.Run.Period.Name()[:4], b.a.in.Run.Period.Start.AddMonths(-1)
	s.YearToDate = s.Total
	prev := &comp.PreviousStatement{Period: comp.Month(last), Total: comp.Money{Currency: s.Currency}}
	deltas := map[string]*comp.ComponentDelta{}
	at := func(component, title string) *comp.ComponentDelta {
		if deltas[component] == nil {
			zero := comp.Money{Currency: s.Currency}
			deltas[component] = &comp.ComponentDelta{Component: component, Title: title, Before: zero, Now: zero}
		}
		return deltas[component]
	}
	found := false
	for _, l := range b.posted[s.Payee] {
		if l.Amount.Currency != s.Currency || l.Kind == comp.BalanceEntry {
			continue
		}
		if strings.HasPrefix(l.Paid, year) {
			s.YearToDate.Minor += l.Amount.Minor
		}
		if l.Paid == prev.Period.Name() {
			found = true
			if l.Plan == "" && l.Kind != comp.AdjustmentLine {
				continue // the mark of a held payee: nothing of any component
			}
			prev.Total.Minor += l.Amount.Minor
			id, title := b.deltaName(l.Kind, l.Plan, l.Component)
			at(id, title).Before.Minor += l.Amount.Minor
		}
	}
	if !found {
		return
	}
	for _, l := range s.Lines {
		id, title := b.deltaName(l.Kind, l.Plan, l.Component)
		at(id, title).Now.Minor += l.Amount.Minor
	}
	for _, id := range sortedKeys(deltas) {
		prev.ByComponent = append(prev.ByComponent, *deltas[id])
	}
	s.Previous = prev
}

// deltaName groups lines for the difference from last month: each component by itself, corrections and adjustments apart.
func (b *builder) deltaName(kind comp.LineKind, plan, component string) (id, title string) {
	switch kind {
	case comp.AdjustmentLine:
		return "~adjustments", "Adjustments"
	case comp.TrueUp, comp.ReleaseLine:
		return "~corrections", "Corrections of earlier months"
	}
	id, title = plan+"/"+component, component
	own, name, _ := strings.Cut(component, ":")
	for i := range b.a.in.Plans {
		if b.a.in.Plans[i].ID != plan {
			continue
		}
		for _, c := range b.a.in.Plans[i].Components {
			if c.ID == own {
				return id, strings.TrimSuffix(c.Title+", "+name, ", ")
			}
		}
	}
	switch component {
	case drawAccount:
		title = "Draw"
	case capComponent:
		title = "Cap of the plan"
	}
	for i := range b.a.in.Settings.Legal {
		if l := &b.a.in.Settings.Legal[i]; plan == legalPlan && l.ID == component {
			title = l.Title
		}
	}
	return id, title
}

// ledger is what a close posts for a statement. A held payee is posted with nothing, and with what is held. Without a
// legal entity there is no currency to post in, and nothing is.
func (b *builder) ledger(payee int, s *comp.Statement) []comp.LedgerEntry {
	paid := b.a.in.Run.Period.Name()
	if s.Currency == "" {
		return nil
	}
	if len(s.HeldFor) > 0 {
		return []comp.LedgerEntry{{Payee: s.Payee, Paid: paid, For: paid, Kind: comp.Earning, Amount: comp.Money{Currency: s.Currency}, Held: s.HeldTotal}}
	}
	var out []comp.LedgerEntry
	for _, l := range s.Lines {
		out = append(out, comp.LedgerEntry{Payee: s.Payee, Plan: l.Plan, Component: l.Component, Paid: paid, For: l.For.Name(), Kind: l.Kind,
			Cause: l.Cause, Amount: l.Amount, Held: comp.Money{Currency: l.Amount.Currency}})
	}
	return append(out, b.movements(payee)...)
}
