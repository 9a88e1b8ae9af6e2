package jobs

import (
	"maps"
	"math/rand"
	"reflect"
	"slices"
	"strings"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// anyOrder: the order of rows and the number of workers leave no trace.
func anyOrder(p *trial) {
	d, e := p.d, p.e
	one := p.present(e, nil)
	four := p.present(e, func(in *transform.Inputs) { in.Workers = 4 })
	one.Credits, four.Credits = nil, nil // they hold the function that reads them
	if a, b := asJSON(one), asJSON(four); a != b {
		p.Errorf("four workers give another outcome")
	}
	mixed := e
	mixed.Tables = slices.Clone(e.Tables)
	shuffle := rand.New(rand.NewSource(int64(d(1000))))
	for i := range mixed.Tables {
		rows := slices.Clone(mixed.Tables[i].Rows)
		shuffle.Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
		mixed.Tables[i].Rows = rows
	}
	other := p.present(mixed, nil)
	split := p.present(e, inTwoFiles)
	for _, x := range slices.Concat(disagreements("shuffled", paidLines(one), paidLines(other)), disagreements("in two files", paidLines(one), paidLines(split))) {
		p.Errorf("%s", x)
	}
	p.seen += len(one.Statements)
}

// inTwoFiles puts the second half of every file of deals into one of its own, which sorts before the first.
func inTwoFiles(in *transform.Inputs) {
	half := func(split func(func(transform.Batch) error) []comp.Finding, second bool, file uint32) func(func(transform.Batch) error) []comp.Finding {
		return func(out func(transform.Batch) error) []comp.Finding {
			return split(func(b transform.Batch) error {
				from, to := 0, len(b.Pos)/2
				if second {
					from, to = to, len(b.Pos)
				}
				return out(transform.Batch{Rec: b.Rec.NewSlice(int64(from), int64(to)), File: file, Pos: b.Pos[from:to]})
			})
		}
	}
	tables := maps.Clone(in.Tables)
	in.Files = slices.Clone(in.Files)
	for _, name := range []string{"crm.deals", "crm.answers"} {
		var parts []transform.Part
		for _, x := range tables[name] {
			f := in.Files[x.File]
			in.Files = append(in.Files, comp.File{Digest: strings.Repeat("0", 64), Name: "a " + f.Name})
			first, second := x, x
			second.File = uint32(len(in.Files) - 1)
			first.Splits = []func(func(transform.Batch) error) []comp.Finding{half(x.Splits[0], false, x.File)}
			second.Splits = []func(func(transform.Batch) error) []comp.Finding{half(x.Splits[0], true, second.File)}
			parts = append(parts, second, first)
		}
		tables[name] = parts
	}
	in.Tables = tables
}

// nobodyElse: somebody new and what they sell changes nothing for who is paid for their own rows alone.
func nobodyElse(p *trial) {
	c, d, e := p.c, p.d, p.e
	was := p.present(e, nil)
	more := withRow(e, "crm.deals", row(comp.NoDate, "id", "ZZ", "owner", "zz", "amount", "1234.56", "currency", "EUR", "kind", "new", "booked_at", someMonth(e, d).Start.String()+" 12:00:00"))
	someone := e.People[0]
	someone.ID, someone.Then = "zz", nil
	more.People = append(slices.Clone(e.People), someone)
	is := p.present(more, nil)
	pooled := map[string]bool{}
	for _, m := range c.Measures {
		pooled[m.ID] = m.Pool != comp.PoolPayee
	}
	for i := range was.Statements {
		s := &was.Statements[i]
		own := !slices.ContainsFunc(s.Components, func(x comp.ComponentResult) bool {
			return !every(c, paidFor{s.Payee, x.Plan, x.Component}, func(x *comp.Component) bool {
				return x.Budget == nil && !slices.ContainsFunc(x.Measures(), func(m string) bool { return pooled[m] })
			})
		}) && !slices.ContainsFunc(s.Lines, func(l comp.Line) bool { return l.Kind != comp.Earning })
		k := slices.IndexFunc(is.Statements, func(x comp.Statement) bool { return x.Payee == s.Payee })
		corrects := func(l comp.Line) bool { return l.Kind != comp.Earning } // of an earlier month, maybe of a pool
		if !own || k < 0 || slices.ContainsFunc(is.Statements[k].Lines, corrects) {
			continue
		}
		p.seen++
		if !reflect.DeepEqual(*s, is.Statements[k]) {
			p.Errorf("%s: the statement changes with somebody else's arrival", s.ID)
		}
	}
}

// namesMeanNothing: names mean nothing. With other employee ids, in another order, the same people are paid the same.
func namesMeanNothing(p *trial) {
	c, e := p.c, p.e
	was := p.present(e, nil)
	is := p.present(renamed(e), nil)
	a, b := paidLines(was), naive.Outcome{Lines: map[naive.Line]int64{}, Held: map[string]bool{}}
	ties := func(l naive.Line) bool { // equal remainders go by id, and equal deals of a budget; what draws add to such pay, and clawbacks take from it, as well
		base, account, _ := strings.Cut(l.Component, ":")
		return account == "clawback" || !every(c, paidFor{l.Payee, l.Plan, base}, func(x *comp.Component) bool {
			return x.Budget == nil && !slices.ContainsFunc(x.Measures(), func(m string) bool { return m == "cent_sold" || m == "weighed_sold" })
		})
	}
	for l, minor := range paidLines(is).Lines {
		if l.Payee = other(l.Payee); !ties(l) {
			b.Lines[l] = minor
		}
	}
	for l := range a.Lines {
		if ties(l) {
			delete(a.Lines, l)
		}
	}
	for p := range paidLines(is).Held {
		b.Held[other(p)] = true
	}
	p.seen += len(a.Lines)
	for _, x := range disagreements("renamed", a, b) {
		p.Errorf("%s", x)
	}
}

// hundredfold: with a hundred times the money everywhere, exactly a hundred times as much is paid, before rounding.
func hundredfold(p *trial) {
	c, e := p.c, p.e
	was := p.present(e, nil)
	is := p.present(times(e, 100), func(in *transform.Inputs) { in.Plans = dearer(c, in.Plans) })
	exact := exactOf(is)
	for k, x := range exactOf(was) {
		if !every(c, k, func(x *comp.Component) bool {
			return x.ToDate == "" && x.Excess == "" && x.Release == nil && !inCents(c, x)
		}) {
			continue // less what was rounded before, and in whole cents
		}
		p.seen++
		if y := exact[k]; x.Mul(comp.Int(100)).Cmp(y) != 0 {
			p.Errorf("%v: %s becomes %s with a hundred times the money", k, x, y)
		}
	}
}

// halfTime: who works half time, sells half as much and is measured by it is paid half, exactly.
func halfTime(p *trial) {
	c, e := p.c, p.e
	e.People = slices.Clone(e.People)
	for i := range e.People {
		e.People[i].Then = nil
	}
	hours := func(fte string) config.Example {
		out := e
		out.People = slices.Clone(e.People)
		for i := range out.People {
			out.People[i].Attrs = slices.Clone(out.People[i].Attrs)
			for k := range out.People[i].Attrs {
				if out.People[i].Attrs[k].Name == comp.AttrFTE {
					out.People[i].Attrs[k].Value = fte
				}
			}
		}
		return out
	}
	half := p.present(hours("0.5"), nil)
	twice := times(hours("1"), 2)
	twice.Numbers = e.Numbers
	whole := p.present(twice, nil)
	exact := exactOf(whole)
	for k, x := range exactOf(half) {
		if !every(c, k, func(p *comp.Component) bool {
			money := slices.ContainsFunc(c.Measures, func(m comp.Measure) bool { return m.ID == p.Measure && m.Unit == "money" && m.Divides() })
			paid := slices.ContainsFunc(slices.Concat(p.Curve.Bands, p.Curve.Points), func(b comp.Band) bool { return b.By != nil })
			return p.FTE && p.ToDate == "" && p.Curve.Of == "attainment" && p.Quota != nil && money && !paid && p.Excess == "" && p.Order == nil && len(p.Gates) == 0 && p.Release == nil
		}) {
			continue
		}
		p.seen++
		if y := exact[k]; x.Mul(comp.Int(2)).Cmp(y) != 0 {
			p.Errorf("%v: %s half time, %s full time", k, x, y)
		}
	}
}

// poolsAttainAlike: what all reach together is held against one number, whoever joins, leaves or works how much.
func poolsAttainAlike(p *trial) {
	c := p.c
	all := map[string]bool{}
	for _, m := range c.Measures {
		all[m.ID] = m.Aggregate.Adds() && m.Pool == comp.PoolCompany
	}
	type asked struct {
		plan, component, of string
		pays                comp.Currency
	}
	first := map[asked]comp.ComponentResult{}
	e := p.e
	for i := range c.Plans { // so that several are on a plan with a pool
		if slices.ContainsFunc(c.Plans[i].Components, func(x comp.Component) bool { return x.Quota != nil && x.Quota.Name == "" && all[x.Measure] }) {
			e = onPlan(e, c.Plans[i].ID)
			break
		}
	}
	for _, s := range p.present(e, nil).Statements {
		for _, x := range s.Components {
			alike := every(c, paidFor{s.Payee, x.Plan, x.Component}, func(x *comp.Component) bool {
				return x.Quota != nil && x.Quota.Name == "" && len(x.Quota.Ramp) == 0 && all[x.Measure]
			})
			if !alike || x.Attainment == nil || x.Quota == nil || len(x.Held) > 0 {
				continue
			}
			k := asked{x.Plan, x.Component, x.Measure + x.Period.String(), x.Quota.Currency}
			if y, seen := first[k]; !seen {
				first[k] = x
			} else if p.seen++; x.Attainment.Cmp(*y.Attainment) != 0 {
				p.Errorf("%s attains %s of %s, somebody else %s of %s", s.Payee, x.Attainment, x.Quota, y.Attainment, y.Quota)
			}
		}
	}
}

// onPlan puts everybody on one plan from the first day.
func onPlan(e config.Example, plan string) config.Example {
	e.People = slices.Clone(e.People)
	for i := range e.People {
		attrs := slices.Clone(e.People[i].Attrs)
		for k := range attrs {
			if attrs[k].Name == "plan" {
				attrs[k].Value = plan
			}
		}
		e.People[i].Attrs = attrs
	}
	return e
}

// leavesPayAlike: two leaves pay the same whatever they are called, and one that is paid as if there were none.
func leavesPayAlike(p *trial) {
	d, e := p.d, p.e
	i, from := d(len(e.People)), someMonth(e, d).Start+comp.Date(d(20))
	on := func(leave string) config.Example {
		out := e
		out.People = slices.Clone(e.People)
		p := &out.People[i]
		p.Then = []config.ExampleChange{{From: max(p.From+1, from), Known: comp.NoDate, Attrs: []config.ExampleAttr{{Name: comp.AttrLeave, Value: leave}}},
			{From: max(p.From+1, from) + 12, Known: comp.NoDate, Attrs: []config.ExampleAttr{{Name: comp.AttrLeave, Value: ""}}}}
		if p.To != comp.NoDate && p.To <= p.Then[1].From {
			p.To = comp.NoDate
		}
		return out
	}
	named := func(in *transform.Inputs) { in.Mapping.Roster = namedLeaves(in.Mapping.Roster) }
	parental := p.present(on("parental"), named)
	sick := p.present(on("sick"), named)
	council := p.present(on("works council"), named)
	none := p.present(on(""), nil)
	for _, x := range append(disagreements("parental and sick", paidLines(parental), paidLines(sick)), disagreements("duty and none", paidLines(council), paidLines(none))...) {
		p.Errorf("%s", x)
	}
	if len(disagreements("", paidLines(sick), paidLines(none))) > 0 {
		p.seen++
	}
}

// paidFor is a component of a payee.
type paidFor struct{ payee, plan, component string }

// paidOverall is what each component pays over all months, for payees who are not held.
func paidOverall(r *comp.Result) (map[paidFor]int64, map[string]bool) {
	sums, free := map[paidFor]int64{}, map[string]bool{}
	for _, s := range r.Statements {
		if free[s.Payee] = len(s.HeldFor) == 0; !free[s.Payee] {
			continue
		}
		for _, l := range s.Lines {
			sums[paidFor{s.Payee, l.Plan, l.Component}] += l.Amount.Minor
		}
	}
	return sums, free
}

// declaredAs are a component's declarations, one in each version of its plan that has it.
func declaredAs(c *config.Config, plan, id string) (out []*comp.Component) {
	for i := range c.Plans {
		for k := range c.Plans[i].Components {
			if x := &c.Plans[i].Components[k]; c.Plans[i].ID == plan && x.ID == id {
				out = append(out, x)
			}
		}
	}
	return out
}

// every says whether something holds of a component in all versions of its plan; not of what no plan declares.
func every(c *config.Config, k paidFor, holds func(x *comp.Component) bool) bool {
	all := declaredAs(c, k.plan, k.component)
	return len(all) > 0 && !slices.ContainsFunc(all, func(x *comp.Component) bool { return !holds(x) })
}

// inCents says whether a component reads a measure whose rows are shared in whole minor units.
func inCents(c *config.Config, x *comp.Component) bool {
	for _, m := range c.Measures {
		for _, t := range m.Terms {
			if t.Owner.Split != nil && t.Owner.Split.Remainder != "" && slices.Contains(x.Measures(), m.ID) {
				return true
			}
		}
	}
	return false
}

// exactOf is the exact pay of the components of a run.
func exactOf(r *comp.Result) map[paidFor]comp.Number {
	out := map[paidFor]comp.Number{}
	for _, s := range r.Statements {
		for _, x := range s.Components {
			out[paidFor{s.Payee, x.Plan, x.Component}] = x.Exact.Number
		}
	}
	return out
}
