package plans

import (
	"slices"
	"strings"

	"carrot/transform"
	"carrot/transform/comp"
)

// gain is what another way pays somebody, over the pay periods and components that it changes.
type gain struct {
	before, after   int64
	currency        comp.Currency
	plan, component string // whose pay it raises most
	mixed           bool   // it rests on others' rows too
}

func (g gain) more() int64 { return g.after - g.before }

// worth says whether a gain is more than rounding: more than five minor units and one percent of what it touches.
func (g gain) worth() bool { return g.more() > 5 && g.more()*100 > g.before }

// entry is what a payee gets for a component in a month.
type entry struct {
	plan, component, month string
	currency               comp.Currency
}

// gained compares what a payee is entitled to in two calculations, in all, or as far as rows of
// their own decide; not ok where one does not know it all, or more than one currency moves.
func (x *pastProber) gained(payee string, after []transform.Entitled, all bool) (g gain, ok bool) {
	sums, unknown, mixed := map[entry][2]int64{}, map[entry]bool{}, map[entry]bool{}
	for i, list := range [][]transform.Entitled{x.before[payee], after} {
		for _, e := range list {
			k := entry{e.Plan, e.Component, e.Month.Name(), e.Amount.Currency}
			own, alone := x.ownPart(e)
			if !own && !all {
				continue
			}
			s := sums[k]
			s[i] += e.Amount.Minor
			sums[k], unknown[k], mixed[k] = s, unknown[k] || !e.Known, !alone
		}
	}
	by := map[[2]string]int64{}
	for k, s := range sums { // sums alone, and one currency of all: any order
		if s[0] == s[1] {
			continue
		}
		if unknown[k] || g.currency != "" && g.currency != k.currency {
			return g, false
		}
		component, _, _ := strings.Cut(k.component, ":")
		g.before, g.after, g.currency, g.mixed = g.before+s[0], g.after+s[1], k.currency, g.mixed || mixed[k]
		by[[2]string{k.plan, component}] += s[1] - s[0]
	}
	var names [][2]string
	for k := range by { // in any order: sorted below
		names = append(names, k)
	}
	slices.SortFunc(names, func(a, b [2]string) int { return strings.Compare(a[0]+" "+a[1], b[0]+" "+b[1]) })
	for i, k := range names {
		if i == 0 || by[k] > by[[2]string{g.plan, g.component}] {
			g.plan, g.component = k[0], k[1]
		}
	}
	return g, g.currency != ""
}

// ownPart says whether an entitlement rests on rows of the payee's own; alone, whether on nothing else, so that no other payee's
// way moves it.
func (x *pastProber) ownPart(e transform.Entitled) (own, alone bool) {
	name, _, _ := strings.Cut(e.Component, ":")
	alone = true
	for i := range x.h.In.Plans {
		p := &x.h.In.Plans[i]
		if p.ID != e.Plan {
			continue
		}
		one := slices.ContainsFunc(p.Components, func(c comp.Component) bool { return c.ID == name })
		for k := range p.Components { // of what a plan pays as a whole, such as its draw, all of them
			if c := &p.Components[k]; !one || c.ID == name {
				for _, id := range c.Measures() {
					own, alone = own || x.own[id] != nil, alone && x.own[id] != nil
				}
			}
		}
	}
	return own, alone
}

// exploit is a hit in words.
func (x *pastProber) exploit(h hit, g gain) Exploit {
	e := Exploit{Class: h.way.class, Plan: g.plan, Component: g.component, What: h.way.what, Payee: h.way.of.payee, Month: comp.Month(h.way.of.month).Name(),
		Before: comp.Money{Minor: g.before, Currency: g.currency}, After: comp.Money{Minor: g.after, Currency: g.currency}, Gain: comp.Money{Minor: g.more(), Currency: g.currency}}
	for i := range x.h.In.Plans {
		p := &x.h.In.Plans[i]
		if p.ID != g.plan || !p.Effective.Contains(h.way.of.month) && e.Where.File != "" {
			continue
		}
		e.Where = p.Where
		for k := range p.Components {
			if p.Components[k].ID == g.component {
				e.Where = p.Components[k].Where
			}
		}
		e.Waived = (&prober{plan: p}).waived(e, x.h.On)
	}
	return e
}
