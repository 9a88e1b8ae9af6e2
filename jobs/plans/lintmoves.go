package plans

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
)

// Move is that somebody leaves one plan and comes under another: Left is the first day on which the old one no longer takes them in,
// On the first day of the new one.
type Move struct {
	Payee, From, To string // plans by id
	Left, On        comp.Date
}

// moves is L18 for people who change plans within a measuring period: what is not prorated counts whole, although it is theirs for a
// part of the period, and where both plans do so it counts twice.
func (k *linter) moves() {
	for i := range k.c.Plans {
		if k.p = &k.c.Plans[i]; !k.looks(k.p) {
			continue
		}
		for j := range k.p.Components {
			k.x = &k.p.Components[j]
			if what := k.wholeOf(k.x); what != "" && !k.x.Shown && !prorates(k.x) {
				k.moved(what)
			}
		}
	}
	k.p, k.x = nil, nil
}

// moved tells the first of those who change into or out of the plan within a measuring period of a component, and how many others do.
func (k *linter) moved(what string) {
	var first Move
	var in comp.Period
	var who []string
	for _, m := range k.h.Moves {
		day := m.On // of the plan's own days, the one next to the change
		if m.From == k.p.ID {
			day = m.Left - 1
		} else if m.To != k.p.ID {
			continue
		}
		p, known := k.around(k.x.Every, m.On)
		if !known || !k.p.Effective.Contains(day) || m.Left-1 < p.Start || m.On == p.Start {
			continue
		}
		if len(who) == 0 {
			first, in = m, p
		}
		if !slices.Contains(who, m.Payee) {
			who = append(who, m.Payee)
		}
	}
	if len(who) == 0 {
		return
	}
	others := ""
	switch n := len(who) - 1; {
	case n == 1:
		others = " (1 other changes so as well)"
	case n > 1:
		others = fmt.Sprintf(" (%d others change so as well)", n)
	}
	k.say("L18", LintWarning, k.x.Where, "write prorate: days in both plans, or let the change take effect on "+in.End.String(),
		"%s changes from %s to %s on %s, within %s: %s counts the whole %s of it%s", first.Payee, first.From, first.To, first.On, in.Words(), k.x.ID, what, others)
}
