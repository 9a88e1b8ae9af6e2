package config

import (
	"slices"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// amounts reads one amount per currency, or a dated list of such. Undated ones hold from NoDate, always.
func (l *loader) amounts(n node, there bool) (out []comp.Dated) {
	if !there {
		return nil
	}
	if !n.isList() {
		if d, ok := l.amount(n, "from", "clause"); ok {
			out = append(out, d)
		}
		return out
	}
	items := n.items("dated amounts")
	if len(items) == 0 {
		n.wrong("an empty list", "at least one dated amount", "write {"+l.currencyExample()+"}")
	}
	for _, c := range items {
		d, ok := l.amount(c, "from", "clause")
		if dated, _ := c.entries("amounts"); c.isMap() && !dated.has("from") {
			dated.wrong("dated amounts without from", "", "add from: the first day")
			ok = false
		}
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

// amount reads {EUR: "10000", USD: "11000"}, with those of the keys from and clause that it may have beside the
// currencies: clause names what set it.
func (l *loader) amount(n node, beside ...string) (comp.Dated, bool) {
	d := comp.Dated{From: comp.NoDate, By: map[comp.Currency]comp.Number{}}
	if !n.isMap() {
		n.wrong(n.says(), "an amount for each currency of pay", "write {"+l.currencyExample()+"}")
		return d, false
	}
	f, _ := n.entries("amounts")
	good, foreign := true, false
	for _, k := range f.order() {
		switch {
		case k == "clause" && slices.Contains(beside, k):
			d.Clause = f.text(k)
		case k == "from" && slices.Contains(beside, k):
			from, ok := f.at(k).date()
			if d.From = from; !ok {
				good = false
			}
		case slices.Contains(beside, k):
		default:
			if !f.keyNode(k).knownCurrency(k) {
				continue
			}
			if l.currency != "" && k != string(l.currency) {
				f.keyNode(k).wrong("an amount in "+k+" in a plan of "+string(l.currency), "amounts in "+string(l.currency)+" alone", "convert it or remove currency:")
				foreign = true
			}
			v, ok := f.at(k).number()
			if ok && v.Sign() < 0 {
				f.at(k).wrong("the amount "+v.String(), "an amount from 0 on", "write one")
			} else if ok && len(beside) > 0 { // a rate of money may have parts of a cent
				f.at(k).payable(comp.Currency(k))
			}
			d.By[comp.Currency(k)] = v
		}
	}
	for _, c := range l.currencies() {
		if f.has(c) || foreign {
			continue
		}
		want := "one for each currency that entities pay in"
		if l.currency != "" {
			want = "one in the currency of the plan"
		}
		f.wrong("amounts without "+c, want, "add "+c+`: "…"`)
	}
	return d, good
}

// payable refuses an amount with more digits after the point than its currency has: "360.000" is 360,000 to some and 360 to others.
func (n node) payable(c comp.Currency) {
	digits, _ := c.Digits()
	whole, part, _ := strings.Cut(n.y.Value, ".")
	if len(part) <= digits {
		return
	}
	has := "at most " + strconv.Itoa(digits) + " digits after the point"
	if digits == 0 {
		has = "whole " + string(c)
	}
	next := "write as many"
	if len(part) == 3 {
		next = "write " + strconv.Quote(whole+part) + " if the point is one between thousands"
	}
	n.wrong("an amount in "+string(c)+" of "+n.says(), has, next)
}

// moneyAlways reads amounts that hold always, of something that needs no clause.
func (l *loader) moneyAlways(n node) map[comp.Currency]comp.Number {
	d, _ := l.amount(n)
	return d.By
}

// figure reads amounts, dated amounts, or the name of a number in the number table.
func (l *loader) figure(n node) ([]comp.Dated, string) {
	if name, ok := l.byName(n); ok {
		return nil, name
	}
	return l.amounts(n, n.ok()), ""
}

// byName reads {name: …}; ok says whether the value has this form.
func (l *loader) byName(n node) (string, bool) {
	for i := 0; n.isMap() && i < len(n.y.Content); i += 2 {
		if n.y.Content[i].Value == "name" {
			return l.named(n), true
		}
	}
	return "", false
}

// named reads {name: …}, a number of the number table.
func (l *loader) named(n node) string {
	k, ok := n.keyed("named")
	if !ok {
		return ""
	}
	return l.quotaName(k.at("name"), "number")
}

// percent is a share as messages write it.
func percent(n comp.Number) string { return n.Mul(comp.Int(100)).String() + " %" }

// shares reads a list of shares with what they total.
func (f fields) shares(key, want string) (out []comp.Number, total comp.Number, ok bool) {
	ok = true
	for _, n := range f.optional(key, want) {
		v, good := n.ratio()
		out, total, ok = append(out, v), total.Add(v), ok && good
	}
	return out, total, ok && f.at(key).isList()
}

// overTime reads how a number is spread over a year, and how it grows with employment.
func (f fields) overTime(q *comp.Figure) {
	season, total, ok := f.shares("season", "shares of a year")
	if q.Season = season; ok && f.has("season") {
		switch n := len(season); {
		case n != 2 && n != 4 && n != 12:
			f.at("season").wrong("a season of "+strconv.Itoa(n)+" shares", "2, 4 or 12", "add shares that total 100 %")
		case total.Cmp(comp.Int(1)) != 0:
			f.at("season").wrong("a season that totals "+percent(total), "100 %", "correct a share")
		}
	}
	q.Ramp, _, _ = f.shares("ramp", "shares by month of employment")
	for i, n := range f.optional("ramp", "shares by month of employment") {
		if v := q.Ramp[i]; v.Sign() < 0 || v.Cmp(comp.Int(1)) > 0 {
			n.wrong("a ramp of "+percent(v), "shares from 0 % to 100 %", "correct it")
		}
	}
	if f.at("ramp").isList() && len(q.Ramp) == 0 {
		f.at("ramp").wrong("an empty list", "at least one share", `write ["50%", "100%"]`)
	}
}

// quota reads where the number to attain comes from: the quota table, amounts in the plan, or a plain number.
func (l *loader) quota(f fields, m *measured) *comp.Quota {
	if !f.has("quota") {
		return nil
	}
	k, ok := f.at("quota").keyed("quota")
	if !ok {
		return nil
	}
	q := &comp.Quota{}
	money := m == nil || m.Unit == "money" || m.Unit == ""
	plain := m == nil || m.Unit != "money"
	switch k.onlyOne(true, "name", "amounts", "number") {
	case "name":
		q.Name = l.quotaName(k.at("name"), "quota")
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
			k.at("number").ofShare("value", m)
		}
		if !plain {
			k.keyNode("number").wrong("a quota without currency of "+m.ID+", which is money", "amounts by currency, or a name in the quota table", "write amounts: {"+l.currencyExample()+"}")
		}
	}
	k.overTime(q)
	for _, m := range l.config.Mapping.Quotas {
		if q.Name != "" && len(q.Season) > 0 && m.Each == "month" && (m.NameIs == q.Name || m.Name != "") {
			k.keyNode("season").wrong("a season of "+q.Name+", whose rows are each for a month", "a number of a whole year", "remove season, or write each: period in the config, under quotas")
			break
		}
	}
	what := "a score"
	if m != nil {
		what = m.ID + ", a " + string(m.Aggregate)
	}
	for _, key := range []string{"season", "ramp"} {
		if k.has(key) && (ratio(m) || f.has("score")) {
			k.keyNode(key).wrong(key+" with "+what, "it with what adds up over time, a measure of aggregate sum or count", "remove it, or name a number of the quota table, which may change from day to day")
		}
	}
	return q
}

// quotaName is a name in the quota table, where the names are known.
func (l *loader) quotaName(n node, noun string) string {
	s, ok := n.text(false)
	switch {
	case !ok || l.quotaNamed || slices.Contains(l.quotas, s):
	case len(l.quotas) == 0:
		n.wrong("the "+noun+" "+strconv.Quote(short(s))+" in a config without quotas", "a table of quotas", "add quotas: to the config, or write amounts: here")
	default:
		n.wrong("the "+noun+" "+strconv.Quote(short(s)), "a "+noun+" that a table gives", suggest(s, l.quotas))
	}
	return s
}
