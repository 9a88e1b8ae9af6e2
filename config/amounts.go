package config

import (
	"slices"
	"strconv"

	"carrot/transform/comp"
)

// amounts reads one amount per currency, or a dated list of such. Undated ones hold from NoDate, always.
func (l *loader) amounts(n node, there bool) (out []comp.Dated) {
	if !there {
		return nil
	}
	if !n.isList() {
		if d, ok := l.amount(n, false); ok {
			out = append(out, d)
		}
		return out
	}
	items := n.items("dated amounts")
	if len(items) == 0 {
		n.wrong("an empty list", "at least one dated amount", "write {"+l.currencyExample()+"}")
	}
	for _, c := range items {
		d, ok := l.amount(c, true)
		if !ok {
			continue
		}
		if len(out) > 0 && d.From <= out[len(out)-1].From {
			c.wrong("amounts from "+d.From.String()+" after those from "+out[len(out)-1].From.String(), "dated amounts in ascending order", "sort them")
		}
		out = append(out, d)
	}
	return out
}

// amount reads {EUR: "10000", USD: "11000"}, with from in a dated list; clause names what set it.
func (l *loader) amount(n node, dated bool) (comp.Dated, bool) {
	d := comp.Dated{From: comp.NoDate, By: map[comp.Currency]comp.Number{}}
	if !n.isMap() {
		n.wrong(n.says(), "an amount for each currency of pay", "write {"+l.currencyExample()+"}")
		return d, false
	}
	f, _ := n.entries("amounts")
	good := true
	for _, k := range f.order() {
		switch k {
		case "clause":
			d.Clause = f.text(k)
		case "from":
			from, ok := f.at(k).date()
			if d.From = from; !ok {
				good = false
			}
		default:
			if !f.keyNode(k).knownCurrency(k) {
				continue
			}
			v, ok := f.at(k).number()
			if ok && v.Sign() < 0 {
				f.at(k).wrong("the amount "+v.String(), "an amount from 0 on", "write one")
			}
			d.By[comp.Currency(k)] = v
		}
	}
	if dated && !f.has("from") {
		f.wrong("dated amounts without from", "", "add from: the first day")
		good = false
	}
	for _, c := range l.currencies() {
		if !f.has(c) {
			f.wrong("amounts without "+c, "one for each currency that entities pay in", "add "+c+`: "…"`)
		}
	}
	return d, good
}

// quota reads where the number to attain comes from: the quota table, amounts in the plan, or a plain number.
func (l *loader) quota(f fields, m *measured) *comp.Quota {
	if !f.has("quota") {
		return nil
	}
	k, ok := f.at("quota").fields("a quota", "name amounts number")
	if !ok {
		return nil
	}
	q := &comp.Quota{}
	money := m == nil || m.Unit == "money" || m.Unit == ""
	plain := m == nil || m.Unit != "money"
	switch k.onlyOne(true, "name", "amounts", "number") {
	case "name":
		q.Name = l.quotaName(k.at("name"))
	case "amounts":
		q.Dated = l.amounts(k.at("amounts"), true)
		if !money {
			k.keyNode("amounts").wrong("a quota in money of "+m.ID+", which is a "+m.Unit, "a plain number", "write number:")
		}
	case "number":
		if v, ok := k.at("number").ratio(); ok {
			if v.Sign() <= 0 {
				k.at("number").wrong("the quota "+k.at("number").y.Value, "a number above 0", "write one")
			}
			q.Dated = []comp.Dated{{From: comp.NoDate, By: map[comp.Currency]comp.Number{"": v}}}
		}
		if !plain {
			k.keyNode("number").wrong("a quota without currency of "+m.ID+", which is money", "amounts by currency, or a name in the quota table", "write amounts: {"+l.currencyExample()+"}")
		}
	}
	return q
}

// quotaName is a name in the quota table, where the names are known.
func (l *loader) quotaName(n node) string {
	s, ok := n.text(false)
	switch {
	case !ok || l.quotaNamed || slices.Contains(l.quotas, s):
	case len(l.quotas) == 0:
		n.wrong("the quota "+strconv.Quote(short(s))+" in a config without quotas", "a table of quotas", "add quotas: to the config, or write amounts: here")
	default:
		n.wrong("the quota "+strconv.Quote(short(s)), "a quota that a table gives", suggest(s, l.quotas))
	}
	return s
}
