package config

import (
	"slices"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// draw reads money in advance of pay, or a guarantee.
func (l *loader) draw(f fields) *comp.Draw {
	k, ok := f.at("draw").keyed("draw")
	if !ok {
		return nil
	}
	d := &comp.Draw{Kind: k.choice("kind", "", "recoverable", "advance", "guarantee"), Periods: k.integer("periods", 0, 1, 1200),
		Prorate: k.choice("prorate", "none", "days", "none"), Clause: k.text("clause"), Where: k.place()}
	d.Amount.Dated, d.Amount.Name = l.figure(k.at("amount"))
	first := map[string]int{"recoverable": 1, "advance": 2}[d.Kind]
	d.RecoverFrom = k.integer("recover_from", first, 1, 1200)
	if d.Kind == "guarantee" {
		k.neverSaid("recover_from with kind guarantee", "it with recoverable or advance", "remove it", "recover_from")
		k.neverSaid("at_exit with kind guarantee", "it with recoverable or advance", "remove it", "at_exit")
		return d
	}
	d.AtExit = k.atExit(f.keyNode("draw"), "a draw")
	return d
}

// limit reads the most that a plan pays in a pay period.
func (l *loader) limit(f fields) *comp.Limit {
	if f.has("excess") && !f.has("cap") {
		f.keyNode("excess").wrong("excess without cap", "the cap that it is above", "add cap:")
	}
	excess := f.unless("excess", "forfeit", "carry")
	if !f.has("cap") {
		return nil
	}
	x := &comp.Limit{Excess: excess, Where: f.keyNode("cap").place()}
	x.Amount.Dated, x.Amount.Name = l.figure(f.at("cap"))
	return x
}

// budget reads what a SPIFF may pay in all: one amount, beside its other keys.
func (l *loader) budget(f fields, c *comp.Component) *comp.Budget {
	if !f.has("budget") {
		return nil
	}
	key := f.keyNode("budget")
	if c.Per != "deal" {
		key.wrong("budget without per: deal", "it with per: deal", "add it")
	}
	k, ok := f.at("budget").entries("a budget")
	if !ok {
		return nil
	}
	k.what = planSpecs["budget"].what
	for _, must := range []string{"from", "to"} {
		if !k.has(must) {
			k.wrong("a budget without the key "+must, "", "add "+must+":")
		}
	}
	b := &comp.Budget{Partial: k.boolean("partial"), Clause: k.text("clause"), Where: k.place()}
	b.Amount = k.oneCurrency(l, key, "a budget", budgetKeys)
	if k.has("each") {
		if e, ok := k.at("each").entries("amounts"); ok {
			each := e.oneCurrency(l, k.keyNode("each"), "each", nil)
			b.Each = each.Number
			switch {
			case each.Currency != "" && b.Amount.Currency != "" && each.Currency != b.Amount.Currency:
				k.keyNode("each").wrong("each in "+string(each.Currency)+" of a budget in "+string(b.Amount.Currency), "one currency", "convert it")
			case b.Each.Cmp(b.Amount.Number) > 0 && b.Amount.Currency != "":
				k.keyNode("each").wrong("each above the budget of "+b.Amount.Number.String(), "an amount at or below it", "correct one")
			}
		}
	}
	from, ok := k.at("from").date()
	b.From, b.To = from, comp.Forever-1
	if to, good := k.at("to").date(); good {
		if b.To = to; ok && to < from {
			k.at("to").wrong("the last day "+to.String()+" before the first, "+from.String(), "a day from "+from.String()+" on", "swap them")
		}
	}
	return b
}

// budgetKeys are a budget's keys beside its currency.
var budgetKeys = planSpecs["budget"].names()

// names are a spec's keys alone.
func (s spec) names() (out []string) {
	for _, k := range strings.Fields(s.keys) {
		k, _, _ = strings.Cut(k, ":")
		out = append(out, strings.TrimSuffix(k, "!"))
	}
	return out
}

// oneCurrency reads the one amount of a mapping with these keys beside it.
func (f fields) oneCurrency(l *loader, key node, what string, beside []string) (a comp.Amount) {
	var found []string
	for _, k := range f.order() {
		if _, money := comp.Currency(k).Digits(); !money && nearest(k, beside) != "" && !slices.Contains(beside, k) {
			f.keyNode(k).wrong("unknown key "+strconv.Quote(short(k)), "a key of "+what, suggest(k, beside))
			continue
		}
		if slices.Contains(beside, k) || !f.keyNode(k).knownCurrency(k) {
			continue
		}
		found = append(found, k)
		if l.currency != "" && k != string(l.currency) {
			f.keyNode(k).wrong("an amount in "+k+" in a plan of "+string(l.currency), "amounts in "+string(l.currency)+" alone", "convert it or remove currency:")
		}
		v, ok := f.at(k).number()
		if ok && v.Sign() < 0 {
			f.at(k).wrong("the amount "+v.String(), "an amount from 0 on", "write one")
		}
		a = comp.Amount{Number: v, Currency: comp.Currency(k)}
	}
	switch {
	case len(found) > 1:
		key.wrong(what+" in "+strings.Join(found, " and "), "one currency", "remove one")
	case len(found) == 0:
		key.wrong(what+" without an amount", "one in its currency", `add EUR: "…"`)
	}
	return a
}

// award reads pay in kind.
func (l *loader) award(f fields) *comp.Award {
	k, ok := f.at("award").keyed("award")
	if !ok {
		return nil
	}
	a := &comp.Award{What: k.text("what")}
	if k.has("value") {
		a.Value = l.moneyAlways(k.at("value"))
	}
	if f.has("target") {
		f.keyNode("award").wrong("award with target", "one", "remove target")
	}
	if !f.has("curve") && !f.typos["curve"] && !f.has("gates") && !f.typos["gates"] {
		f.keyNode("award").wrong("award without curve or gates", "what it is given for: with gates one for each period in which they are open, with a curve as many as it gives",
			"add gates:, or curve: {kind: linear, of: value} for one for each unit of the measure")
	}
	if s := f.at("prorate"); s.ok() && s.y.Value != "none" {
		s.wrong("prorate: "+s.y.Value+" with award", "what is given in kind whole", "remove it")
	}
	if f.boolean("fte") {
		f.at("fte").wrong("fte: true with award", "what is given in kind whole", "remove it")
	}
	if s, ok := k.at("gross_up").text(false); ok {
		a.GrossUp = s
		var ids []string
		for _, x := range l.config.Settings.Legal {
			if x.Rule == "gross_up" {
				ids = append(ids, x.ID)
			}
		}
		if !slices.Contains(ids, s) && !l.broken["legal"] {
			k.at("gross_up").wrong("gross_up "+short(s), "a legal overlay of rule gross_up", suggest(s, ids))
		}
	}
	return a
}

// cost reads how pay is accounted for as the cost of obtaining a contract.
func (l *loader) cost(f fields, c *comp.Component, m *measured) *comp.Cost {
	k, ok := f.at("cost").keyed("cost")
	if !ok {
		return nil
	}
	l.dealt(f.keyNode("cost"), "cost", c, m)
	x := &comp.Cost{Months: k.integer("months", 0, 1, 1200), Benefit: k.integer("benefit", 0, 1, 1200), Renewals: k.choice("renewals", "", "commensurate")}
	x.Fringe, _ = k.at("fringe").ratio()
	if k.has("ends") {
		x.Ends = l.event(k.at("ends"), m)
	}
	return x
}
