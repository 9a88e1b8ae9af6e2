package config

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
	"strconv"

	"carrot/transform/comp"
)

// legalRules are what overlays can do, each with the numbers that it needs.
var legalRules = map[string][]string{"minimum": {"rate"}, "overtime": {"hours", "divisor"}, "gross_up": {"rate"}, "no_recovery": nil, "floor": nil}

// legalNames are the rules in the order of messages.
var legalNames = []string{"minimum", "overtime", "gross_up", "no_recovery", "floor"}

// legal reads one legal document.
func (l *loader) legal(n node, file []byte) {
	f, ok := n.fields("a legal overlay", "legal! title! country! where rule! source! values")
	if !ok {
		return
	}
	sum := sha256.Sum256(file)
	x := comp.Legal{ID: f.name("legal"), Title: f.text("title"), Country: f.text("country"), Source: f.text("source"), Digest: hex.EncodeToString(sum[:]), Where: n.place()}
	if x.Country != "" && !country.MatchString(x.Country) {
		f.at("country").wrong(f.at("country").says(), "a country of two capitals", "write one such as DE")
	}
	for _, other := range l.config.Settings.Legal {
		if other.ID == x.ID && x.ID != "" {
			f.at("legal").wrong("the legal overlay "+x.ID+" a second time", "each id once", "rename it; the first is "+other.Where.File+":"+strconv.Itoa(other.Where.Line))
		}
	}
	x.Eligible = l.expr(l.peopleScope(), f.at("where"), comp.KindBool)
	if s, ok := f.at("rule").text(false); ok {
		if x.Rule = s; !slices.Contains(legalNames, s) {
			f.at("rule").wrong("rule "+strconv.Quote(short(s)), list(legalNames), suggestOr(s, legalNames, "write one of them"))
			x.Rule = ""
		}
	}
	items := f.optional("values", "dated values")
	if x.Rule != "" && x.Rule != "no_recovery" && len(items) == 0 && (!f.has("values") || f.at("values").isList()) {
		f.wrong("rule "+x.Rule+" without values", "what the law gives, from a day on", "add values: [{from: …}]")
	}
	for _, c := range items {
		v, ok := l.legalValue(c, x.Rule)
		if !ok {
			continue
		}
		if k := len(x.Values); k > 0 && v.From <= x.Values[k-1].From {
			c.wrong("values from "+v.From.String()+" after those from "+x.Values[k-1].From.String(), "dated values in ascending order", "sort them")
		}
		x.Values = append(x.Values, v)
	}
	l.config.Settings.Legal = append(l.config.Settings.Legal, x)
}

// legalKeys are the keys of a dated value beside currencies.
var legalKeys = []string{"from", "clause", "excess", "rate", "times", "hours", "divisor"}

// legalValue reads an overlay's numbers from a day on: those of its rule.
func (l *loader) legalValue(n node, rule string) (comp.LegalValue, bool) {
	v := comp.LegalValue{N: map[string]comp.Number{}}
	f, ok := n.entries("dated values")
	if !ok {
		return v, false
	}
	if !f.has("from") {
		f.wrong("dated values without from", "", "add from: the first day")
	}
	v.From, ok = f.at("from").date()
	v.Clause, v.Excess = f.text("clause"), f.boolean("excess")
	for _, k := range f.order() {
		switch {
		case k == "from" || k == "clause" || k == "excess":
		case slices.Contains(legalKeys, k):
			x, good := f.at(k).ratio()
			if v.N[k] = x; good && x.Sign() <= 0 {
				f.at(k).wrong("the "+k+" "+f.at(k).shown(), "a number above 0", "write one")
			}
		case rule == "floor" && f.keyNode(k).knownCurrency(k):
			x, good := f.at(k).number()
			if good && x.Sign() < 0 {
				f.at(k).wrong("the amount "+x.String(), "an amount from 0 on", "write one")
			}
			if v.By == nil {
				v.By = map[comp.Currency]comp.Number{}
			}
			v.By[comp.Currency(k)] = x
		case rule != "floor":
			f.keyNode(k).wrong("unknown key "+strconv.Quote(short(k)), "a key of dated values", suggest(k, legalKeys))
		}
	}
	l.ruleNumbers(f, rule, &v)
	return v, ok
}

// ruleNumbers holds dated values against their rule: the numbers that it needs, and no others.
func (l *loader) ruleNumbers(f fields, rule string, v *comp.LegalValue) {
	if rule == "" {
		return
	}
	for _, k := range legalRules[rule] {
		if !f.has(k) {
			f.wrong("values without "+k+" for rule "+rule, k, "add it")
		}
	}
	for _, k := range legalKeys[2:] {
		if f.has(k) && !slices.Contains(legalRules[rule], k) && (rule != "minimum" || k != "times" && k != "excess") {
			f.keyNode(k).wrong("the key "+k+" for rule "+rule, "it with another rule", "remove it")
		}
	}
	if rule == "minimum" && !f.has("times") {
		v.N["times"] = comp.Int(1)
	}
	if rule == "floor" && v.By == nil {
		f.wrong("values without an amount for rule floor", "one in the currency of pay", `add EUR: "…"`)
	}
	if rate, ok := v.N["rate"]; ok && rule == "gross_up" && rate.Cmp(comp.Int(1)) >= 0 {
		f.at("rate").wrong("a rate of "+percent(rate), "one below 100 %", "correct it")
	}
}

func (l *loader) endLegal() {
	all := l.config.Settings.Legal
	sort.SliceStable(all, func(i, j int) bool { return all[i].ID < all[j].ID })
}
