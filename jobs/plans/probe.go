package plans

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"carrot/config"
	"carrot/transform/comp"
)

// Exploit is a way to be paid more without doing better: two ways to write down what one person did, or what they did and
// less of it, of which the second pays Gain more.
type Exploit struct {
	Class     string // one of ExploitClasses
	Plan      string
	Component string     // whose pay differs most
	Where     comp.Place // of the component
	What      string     // the move, such as "a deal of 20,000.00 EUR entered as 3 pays more"
	Before    comp.Money // pay of all months that the plan's first year has, without the move
	After     comp.Money
	Gain      comp.Money
	Waived    string // by whom and why, where the plan waives the class; "" not
	Payee     string // over a company's history: whose real row it is, in which month, and in how many payee-months the class pays more; "" a row made up
	Month     string
	Months    int
}

// ExploitClasses are the classes in the order in which they are searched.
var ExploitClasses = []string{"P-better", "P-split", "P-day", "P-quicksale", "P-survey", "P-refund"}

// String is "class file:line component: what: before → after, gain more".
func (x Exploit) String() string {
	what := x.What
	if x.Payee != "" {
		what = x.Payee + " in " + x.Month + ": " + what
	}
	s := fmt.Sprintf("%s %s:%d %s/%s: %s pays %s more: %s → %s", x.Class, x.Where.File, x.Where.Line, x.Plan, x.Component, what, said(x.Gain), said(x.Before), said(x.After))
	if x.Months > 1 {
		s += fmt.Sprintf(", the most of %d payee-months", x.Months)
	}
	if x.Waived != "" {
		s += " (waived by " + x.Waived + ")"
	}
	return s
}

// Probe looks for exploits of every plan of a config over the plan's own bounds, the largest of each class and component.
// What differs between plays of one move is computed by the whole calculation. Pools are nobody's own and are not probed;
// numbers by name are taken as those of probeNumber. On is the day by which waivers end.
func Probe(c *config.Config, on comp.Date) ([]Exploit, error) {
	var out []Exploit
	for i := range c.Plans {
		p, err := newProber(c, &c.Plans[i])
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		for _, m := range p.measures() {
			if err := p.search(m); err != nil {
				return nil, err
			}
		}
		for _, x := range p.found {
			x.Waived = p.waived(x, on)
			out = append(out, x)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Gain.Minor > out[j].Gain.Minor })
	return out, nil
}

// waived says who lets an exploit stand.
func (p *prober) waived(x Exploit, on comp.Date) string {
	for _, w := range p.plan.Waive {
		if w.Lint == x.Class && (w.Component == "" || w.Component == x.Component) && on <= w.Until {
			return w.By + ": " + w.Reason
		}
	}
	return ""
}

// prober plays with one plan.
type prober struct {
	c        *config.Config
	plan     *comp.Plan
	currency comp.Currency
	attrs    []config.ExampleAttr
	first    comp.Period // the first month of the year that is played
	last     comp.Period
	found    []Exploit
}

// newProber finds somebody whom a plan takes in, and a year in which it is in force; nil where nobody can be found.
func newProber(c *config.Config, plan *comp.Plan) (*prober, error) {
	one := *c
	one.Plans = []comp.Plan{*plan}
	p := &prober{c: &one, plan: &one.Plans[0]}
	start := plan.Effective.Start
	if start == comp.NoDate || start.Time().Year() < 2000 {
		start = c.Settings.First
	}
	p.first = comp.Month(start)
	year := comp.Day(start.Time().Year()+1, 1, 1)
	p.last = comp.Month(min(year, plan.Effective.End) - 1)
	for _, e := range c.Settings.Entities {
		if attrs, ok := takenIn(plan, e); ok {
			p.attrs, p.currency = attrs, e.Currency
			return p, nil
		}
	}
	return nil, nil
}

// takenIn finds attributes by which a plan takes somebody in, among the words of its own condition.
func takenIn(plan *comp.Plan, e comp.LegalEntity) ([]config.ExampleAttr, bool) {
	words := []string{"probe"}
	var collect func(x *comp.Expr)
	collect = func(x *comp.Expr) {
		if x == nil {
			return
		}
		if x.Op == comp.Lit && x.Lit.Kind == comp.KindText && !slices.Contains(words, x.Lit.Text) {
			words = append(words, x.Lit.Text, "probe"+x.Lit.Text)
		}
		for _, a := range x.Args {
			collect(a)
		}
	}
	collect(plan.Eligible)
	attrs := map[string]string{comp.AttrEntity: e.ID}
	var free []string
	for _, n := range plan.Eligible.Names() {
		switch {
		case n == comp.AttrEntity || n == "country" || n == "id":
		case n == comp.AttrFTE:
			attrs[n] = "1"
		case strings.HasSuffix(n, "_rate"):
			attrs[n] = "0.05"
		default:
			free = append(free, n)
		}
	}
	for i := range plan.Components {
		if r := plan.Components[i].Curve.RateAttribute; r != "" {
			attrs[r] = "0.05"
		}
	}
	if !assign(plan, e, attrs, free, words) {
		return nil, false
	}
	var out []config.ExampleAttr
	for n, v := range attrs { // in any order: sorted below
		out = append(out, config.ExampleAttr{Name: n, Value: v})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, true
}

// assign tries words for the attributes that are free until the plan's condition holds.
func assign(plan *comp.Plan, e comp.LegalEntity, attrs map[string]string, free, words []string) bool {
	if len(free) > 0 {
		return slices.ContainsFunc(words, func(w string) bool {
			attrs[free[0]] = w
			return assign(plan, e, attrs, free[1:], words)
		})
	}
	if plan.Eligible == nil {
		return true
	}
	v, err := plan.Eligible.Eval(func(name string) comp.Value {
		switch name {
		case "country":
			return comp.TextValue(e.Country)
		case "id":
			return comp.TextValue("p0")
		}
		if n, err := comp.ParseNumber(attrs[name], 18); err == nil && (name == comp.AttrFTE || strings.HasSuffix(name, "_rate")) {
			return comp.NumberValue(n)
		}
		return comp.TextValue(attrs[name])
	})
	return err == nil && v.True()
}

// probeNumber is what a number by name is taken as: 100,000 to attain, 1,000 of money to be paid, 5 % where it is a rate.
func (p *prober) probeNumber(name string) comp.Number {
	for i := range p.plan.Components {
		c := &p.plan.Components[i]
		switch name {
		case c.TargetName, c.CapName:
			return comp.Int(1000)
		case c.Curve.RateName:
			return comp.Scaled(5, 2)
		}
	}
	for _, f := range p.ofPlan() {
		if f.Name == name {
			return comp.Int(1000)
		}
	}
	return comp.Int(100_000)
}

// names are the names in the number table that the plan reads, sorted.
func (p *prober) names() []string {
	seen := map[string]bool{}
	add := func(qs ...*comp.Quota) {
		for _, q := range qs {
			if q != nil {
				seen[q.Name] = true
			}
		}
	}
	add(p.ofPlan()...)
	for i := range p.plan.Components {
		c := &p.plan.Components[i]
		add(c.Quota)
		for _, n := range []string{c.TargetName, c.CapName, c.Curve.RateName, c.Score} {
			seen[n] = true
		}
		for _, g := range c.Gates {
			add(g.Quota)
		}
		for _, parts := range [][]comp.Part{c.Parts, c.Multiply} {
			for k := range parts {
				add(parts[k].Quota)
				seen[parts[k].Score] = true
			}
		}
		if c.Curve.Matrix != nil {
			add(c.Curve.Matrix.Part.Quota)
		}
	}
	delete(seen, "")
	var out []string
	for n := range seen { // in any order: sorted below
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// play is what one person did.
type play []deed

// deed is rows of a measure: a value, or hits of some rows.
type deed struct {
	measure  string
	on       comp.Date
	value    comp.Number
	hits, of int    // of a net all others are misses
	times    int    // rows alike; 0 is one, below 0 none
	event    string // instead of rows: what happened to the play's first deal
}

// paid is what a play comes to.
type paid struct {
	total int64
	by    map[string]int64 // by component
	known bool             // not held
}

// most is how many people one calculation has.
const most = 300

// pay computes plays, each as a person of a company of its own plan.
func (p *prober) pay(plays []play) ([]paid, error) {
	size := most
	if slices.ContainsFunc(p.plan.Components, func(c comp.Component) bool { return c.Budget != nil }) {
		size = 1 // a budget is for all together
	}
	var out []paid
	for len(plays) > 0 {
		n := min(size, len(plays))
		part, err := p.batch(plays[:n])
		if err != nil {
			return nil, err
		}
		out, plays = append(out, part...), plays[n:]
	}
	return out, nil
}

// example is a company of one person for each play.
func (p *prober) example(plays []play) config.Example {
	e := config.Example{File: path.Join(path.Dir(p.plan.Where.File), "probe"), Plans: []config.Named{{Name: path.Base(p.plan.Where.File)}}, Name: "probe " + p.plan.ID,
		Closes: p.closes(), First: p.first.Name()}
	facts := map[string][]config.ExampleFact{}
	names := p.names()
	for i, one := range plays {
		id := fmt.Sprintf("p%05d", i)
		e.People = append(e.People, config.ExamplePerson{ID: id, Known: comp.NoDate, From: p.first.Start.AddMonths(-36), To: comp.NoDate, Attrs: p.attrs})
		for _, n := range names {
			currency := p.currency
			if !p.money(n) {
				currency = ""
			}
			e.Numbers = append(e.Numbers, config.ExampleNumber{Payee: id, Name: n, From: p.first.Start.AddMonths(-36), To: comp.NoDate, Known: comp.NoDate, Amount: p.probeNumber(n), Currency: currency})
		}
		for k, d := range one {
			if d.event != "" {
				e.Events = append(e.Events, config.ExampleEvent{Of: id + "-000", Event: d.event, On: d.on, Known: comp.NoDate})
			}
			if d.times < 0 || d.event != "" {
				continue // nothing was done
			}
			f := config.ExampleFact{Payee: id, Key: fmt.Sprintf("%s-%03d", id, k), On: d.on, Known: comp.NoDate, Hits: d.hits, Of: d.of, Times: max(1, d.times)}
			switch m := p.measure(d.measure); m.Aggregate {
			case comp.Net:
				f.Misses = d.of - d.hits
			case comp.Sum, comp.Mean, comp.Median:
				f.Value = &d.value
				if m.Unit == "money" {
					f.Currency = p.currency
				}
			}
			facts[d.measure] = append(facts[d.measure], f)
		}
	}
	p.beside(facts, e.People[0].ID)
	for _, m := range p.c.Measures {
		if list, ok := facts[m.ID]; ok {
			e.Facts = append(e.Facts, config.ExampleFacts{Measure: config.Named{Name: m.ID}, Facts: list})
		}
	}
	return e
}

func (p *prober) batch(plays []play) ([]paid, error) {
	months, err := Close(p.c, p.example(plays))
	if err != nil {
		return nil, err
	}
	out := make([]paid, len(plays))
	for i := range out {
		out[i] = paid{by: map[string]int64{}, known: true}
	}
	for _, r := range months {
		for _, s := range r.Statements {
			var i int
			if _, err := fmt.Sscanf(s.Payee, "p%05d", &i); err != nil || i >= len(out) {
				continue
			}
			out[i].known = out[i].known && len(s.HeldFor) == 0
			for _, l := range s.Lines {
				component, _, _ := strings.Cut(l.Component, ":")
				out[i].by[component] += l.Amount.Minor
				out[i].total += l.Amount.Minor
			}
		}
	}
	return out, nil
}

// closes are the months that are closed: the last one alone, which pays all before it too, or one after the other where an
// account goes from month to month.
func (p *prober) closes() []string {
	account := func(c comp.Component) bool { return c.Clawback != nil || c.Release != nil || c.Excess == "carry" }
	if p.plan.Draw == nil && p.plan.Limit == nil && !slices.ContainsFunc(p.plan.Components, account) {
		return []string{p.last.Name()}
	}
	var out []string
	for m := p.first; m.Start <= p.last.Start; m = comp.Month(m.End) {
		out = append(out, m.Name())
	}
	return out
}

// money says whether a number by name is money.
func (p *prober) money(name string) bool {
	for i := range p.plan.Components {
		c := &p.plan.Components[i]
		if c.Curve.RateName == name || c.Score == name {
			return false
		}
		if m := p.measure(c.Measure); c.Quota != nil && c.Quota.Name == name && m != nil && m.Unit != "money" {
			return false
		}
	}
	return true
}
