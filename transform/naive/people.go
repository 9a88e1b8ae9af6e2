package naive

import (
	"cmp"
	"slices"
	"strings"

	"carrot/transform/comp"
)

// presence is a question about a day.
type presence struct {
	person string
	plan   int
	day    comp.Date
}

func employed(p *comp.Person, d comp.Date) bool {
	return slices.ContainsFunc(p.Employed, func(s comp.Period) bool { return s.Contains(d) })
}

// on says whether a person takes part in a plan on a day: employed, with the plan in effect and its condition met.
func (e *engine) on(p *comp.Person, plan int, d comp.Date) bool {
	pl := &e.in.Plans[plan]
	if !pl.Effective.Contains(d) || !employed(p, d) {
		return false
	}
	k := presence{p.ID, plan, d}
	is, known := e.days[k]
	if !known {
		is = pl.Eligible == nil || e.meets(p, pl.Eligible, d)
		e.days[k] = is
	}
	return is
}

// meets says whether a condition about a person holds on a day. An attribute that should be a number and is none holds the
// person: nobody can tell.
func (e *engine) meets(p *comp.Person, condition *comp.Expr, d comp.Date) bool {
	v, err := condition.Eval(func(name string) comp.Value { return e.attribute(p, condition, name, d) })
	if err != nil {
		e.trouble("bad_attribute", p, "", condition.Text)
		return false
	}
	return v.True()
}

func (e *engine) attribute(p *comp.Person, condition *comp.Expr, name string, d comp.Date) comp.Value {
	text, ok := p.Attr(name, d)
	if !ok {
		return comp.Value{}
	}
	if name != comp.AttrFTE && !strings.HasSuffix(name, "_rate") {
		return comp.TextValue(text)
	}
	n, err := comp.ParseNumber(text, 18)
	if err != nil {
		e.trouble("bad_attribute", p, "", condition.Text)
		return comp.Value{}
	}
	return comp.NumberValue(n)
}

// daysOn counts the days of a period on which a person takes part in a plan, and names the last of them.
func (e *engine) daysOn(p *comp.Person, plan int, period comp.Period) (n int64, last comp.Date) {
	for d := period.Start; d < period.End; d++ {
		if e.on(p, plan, d) {
			n, last = n+1, d
		}
	}
	return n, last
}

// holder is whose login it is on a day; a system of "" is the employee ids themselves.
func (e *engine) holder(system, login string, d comp.Date) *comp.Person {
	if system == "" {
		return e.people[login]
	}
	id, ok := e.company.Crosswalk.Logins[comp.Login{System: system, Name: strings.ToLower(login)}].At(d)
	if !ok {
		return nil
	}
	return e.people[id]
}

// poolOf is whom a measure of a pool is about, for a person on a day; "" where there is none.
func poolOf(pool comp.Pool, p *comp.Person, d comp.Date) string {
	switch pool {
	case comp.PoolCompany:
		return "company"
	case comp.PoolDepartment, comp.PoolEntity:
		attr := comp.AttrDepartment
		if pool == comp.PoolEntity {
			attr = comp.AttrEntity
		}
		if name, ok := p.Attr(attr, d); ok {
			return string(pool) + ":" + name
		}
		return ""
	}
	return p.ID
}

// currencyOf is what a person is paid in for a period, by the legal entity on its last employed day.
func (e *engine) currencyOf(p *comp.Person, period comp.Period) (comp.Currency, bool) {
	for d := period.End - 1; d >= period.Start; d-- {
		if !employed(p, d) {
			continue
		}
		id, _ := p.Attr(comp.AttrEntity, d)
		for _, x := range e.in.Settings.Entities {
			if x.ID == id {
				return x.Currency, true
			}
		}
		e.trouble("no_entity", p, comp.AttrEntity, id)
		return "", false
	}
	return "", false
}

// withoutLogin holds whom this run pays by rows of a system in which they have no login.
func (e *engine) withoutLogin() {
	for i, plan := range e.in.Plans {
		for _, c := range plan.Components {
			if c.Shown {
				continue
			}
			for _, m := range e.behind(c.Pays()) {
				if poolKind(m) == comp.PoolPayee && len(m.Terms) > 0 {
					e.loginless(i, &c, m)
				}
			}
		}
	}
}

// loginless holds those on a plan to whom no row of a measure can be credited.
func (e *engine) loginless(plan int, c *comp.Component, m *comp.Measure) {
	for _, period := range e.measuring(c.Every, e.in.Run.Period) {
		for k := range e.company.People {
			p := &e.company.People[k]
			if n, _ := e.daysOn(p, plan, period); n > 0 && !e.reachable(p, m, period) {
				e.raise(comp.Finding{Code: "payee_without_login", Reach: comp.ReachPayee, Table: "crosswalk", Key: p.ID, Payee: p.ID, Column: m.Terms[0].Owner.System})
			}
		}
	}
}

// behind are measures with all that they are worked out of or held against.
func (e *engine) behind(ids []string) (out []*comp.Measure) {
	for _, id := range ids {
		m := e.measure(id)
		if m == nil {
			continue
		}
		out = append(out, m)
		for _, in := range m.Inputs {
			out = append(out, e.behind([]string{in.Measure})...)
		}
		if m.Standing != nil && m.Standing.Measure != "" {
			out = append(out, e.behind([]string{m.Standing.Measure})...)
		}
	}
	return out
}

func (e *engine) reachable(p *comp.Person, m *comp.Measure, period comp.Period) bool {
	for _, t := range m.Terms {
		if t.Owner.System == "" || t.Owner.Rollup != "" {
			return true
		}
		for login, line := range e.company.Crosswalk.Logins {
			for _, s := range line.Spans() {
				if login.System == t.Owner.System && s.Value == p.ID && s.Start < period.End && period.Start < s.End {
					return true
				}
			}
		}
	}
	return false
}

// statement writes down what one person is paid, unless something holds them.
func (e *engine) statement(p *comp.Person, own map[Line]int64, concerned bool, out Outcome) {
	day, ever := e.in.Run.Period.End-1, false
	for d := e.in.Run.Period.End - 1; d >= e.in.Run.Period.End-20000; d-- {
		if employed(p, d) {
			day, ever = d, true
			break
		}
	}
	entity, currency := "", comp.Currency("")
	id, _ := p.Attr(comp.AttrEntity, day)
	for _, x := range e.in.Settings.Entities {
		if x.ID == id {
			entity, currency = x.ID, x.Currency
		}
	}
	if !concerned && !ever {
		return
	}
	if len(own) > 0 {
		e.nameless(p, entity, day)
		foreign := func(l Line) bool { return l.Currency != currency }
		for l := range own {
			if foreign(l) {
				e.trouble("mixed_currencies", p, comp.AttrEntity, "")
				delete(own, l) // unless that holds everything
			}
		}
	}
	e.unfit(p, id, day, own, currency)
	if e.held[p.ID] {
		out.Held[p.ID] = true
		return
	}
	for l, minor := range own {
		if minor != 0 {
			out.Lines[l] = minor
		}
	}
}

// unfit holds who is paid something and cannot be given to the legal entity's payroll system.
func (e *engine) unfit(p *comp.Person, entity string, day comp.Date, own map[Line]int64, currency comp.Currency) {
	total := int64(0)
	for l, minor := range own {
		if l.Currency == currency {
			total += minor
		}
	}
	name, _ := p.Attr(comp.AttrName, day)
	number, _ := p.Attr(comp.AttrPayroll, day)
	for _, x := range e.in.Settings.Entities {
		if found, _ := x.Unfit(name, cmp.Or(number, p.ID)); x.ID == entity && total != 0 && found != "" {
			e.trouble("payroll_cannot_take", p, x.Payroll, cmp.Or(number, p.ID))
		}
	}
}

// nameless holds who has no payroll number though others have, or somebody else's.
func (e *engine) nameless(p *comp.Person, entity string, day comp.Date) {
	numbered := false
	for _, m := range e.in.Mapping.Roster {
		for _, s := range m.Set {
			numbered = numbered || s.Attr == comp.AttrPayroll
		}
	}
	number, _ := p.Attr(comp.AttrPayroll, day)
	if !numbered {
		return
	}
	if number == "" {
		e.trouble("missing_payroll_number", p, comp.AttrPayroll, "")
		return
	}
	same, own := 0, false
	for i := range e.company.People {
		q := &e.company.People[i]
		for d := e.in.Run.Period.End - 1; d >= e.in.Run.Period.Start; d-- {
			if employed(q, d) {
				x, _ := q.Attr(comp.AttrEntity, d)
				n, _ := q.Attr(comp.AttrPayroll, d)
				if x == entity && n == number {
					same, own = same+1, own || q == p
				}
				break
			}
		}
	}
	if same > 1 && own {
		e.trouble("payroll_number_twice", p, comp.AttrPayroll, number)
	}
}
