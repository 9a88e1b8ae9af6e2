package config

import (
	"regexp"
	"slices"
	"sort"
	"strconv"

	"carrot/transform/comp"
)

var lengthText = regexp.MustCompile(`^([1-9][0-9]{0,3}) (day|month)s?$`)

// length is a length of time in days or months, up to three years.
func (n node) length() (comp.Length, bool) {
	if !n.ok() || !n.scalar("days or months, such as 90 days") {
		return comp.Length{}, false
	}
	m := lengthText.FindStringSubmatch(n.y.Value)
	if m == nil {
		n.wrong("a length of "+strconv.Quote(short(n.y.Value)), "days or months, such as 90 days", "write one")
		return comp.Length{}, false
	}
	count, _ := strconv.Atoi(m[1])
	most, l := 36, comp.Length{Months: count}
	if m[2] == "day" {
		most, l = 1096, comp.Length{Days: count}
	}
	if count > most {
		n.wrong(n.y.Value, "at most "+strconv.Itoa(most), "shorten it")
		return comp.Length{}, false
	}
	n.mark()
	return l, true
}

// longer says whether a ends after b, counted from one day.
func longer(a, b comp.Length) bool {
	day := comp.Day(2001, 1, 1)
	return a.After(day) > b.After(day)
}

// event is the name of something that happens to the rows of a measure.
func (l *loader) event(n node, m *measured) string {
	s, ok := n.text(false)
	if !ok || m == nil || l.broken["sources"] {
		return s
	}
	var tables, names []string
	for _, t := range m.Terms {
		if !slices.Contains(tables, t.Table) {
			tables = append(tables, t.Table)
		}
		for _, e := range l.config.Mapping.Events {
			if e.Of == t.Table && !slices.Contains(names, e.Event) {
				names = append(names, e.Event)
			}
		}
	}
	if sort.Strings(names); !slices.Contains(names, s) && len(tables) > 0 {
		n.wrong("the event "+strconv.Quote(short(s)), "an event that carrot.yaml gives for "+list(tables), suggest(s, names))
	}
	return s
}

// release reads when the pay of a deal is released.
func (l *loader) release(f fields, c *comp.Component, m *measured) *comp.Release {
	k, ok := f.at("release").keyed("release")
	if !ok {
		return nil
	}
	l.dealt(f.keyNode("release"), "release", c, m)
	r := &comp.Release{Where: k.place(), Silence: k.choice("silence", "", "pay", "forfeit"), Failed: k.choice("failed", "", "forfeit", "pay")}
	r.Longest, _ = k.at("longest").length()
	total, sound := comp.Number{}, true
	var bar node
	for _, n := range k.optional("parts", "parts") {
		p, ok := n.keyed("slice")
		if !ok {
			sound = false
			continue
		}
		s := l.slice(p, m)
		_, ok = p.at("share").ratio()
		sound, total = sound && ok, total.Add(s.Share)
		if s.If != nil && !bar.ok() {
			bar = p.keyNode("if")
		}
		r.Parts = append(r.Parts, s)
	}
	if sound && k.at("parts").isList() && total.Cmp(comp.Int(1)) != 0 {
		k.keyNode("parts").wrong("shares that total "+percent(total), "100 %", "correct a share")
	}
	if bar.ok() && !k.has("failed") {
		bar.wrong("if without failed", "what happens below the bar", "add failed: forfeit")
	}
	if !bar.ok() && k.has("failed") && sound {
		k.keyNode("failed").wrong("failed without if", "it where a part has a bar", "remove it or add if: to a part")
	}
	return r
}

// slice reads a share of a deal's pay and what releases it.
func (l *loader) slice(f fields, m *measured) comp.Slice {
	s := comp.Slice{}
	s.Share, _ = f.at("share").ratio()
	if s.Share.Sign() < 0 {
		f.at("share").wrong("a share of "+percent(s.Share), "one from 0 % to 100 %", "correct it")
	}
	if s.On = f.text("on"); s.On != "credit" {
		s.On = l.event(f.at("on"), m)
	}
	s.After, _ = f.at("after").length()
	if b, ok := f.at("if").keyed("bar"); ok {
		s.If = &comp.Bar{Event: l.event(b.at("event"), m), Reason: b.name("reason")}
		s.If.AtLeast, _ = b.at("at_least").ratio()
	}
	return s
}

// clawback reads what an event takes back of a deal's pay.
func (l *loader) clawback(f fields, c *comp.Component, m *measured) *comp.Clawback {
	k, ok := f.at("clawback").keyed("clawback")
	if !ok {
		return nil
	}
	l.dealt(f.keyNode("clawback"), "clawback", c, m)
	x := &comp.Clawback{On: l.event(k.at("on"), m), Where: k.place(), Rate: k.choice("rate", "original", "original", "re-rated"), Most: comp.Int(1)}
	x.Within, _ = k.at("within").length()
	if k.at("takes").isList() {
		x.Takes, x.Tiers = "tiers", k.takes(x.Within)
	} else {
		x.Takes = k.choice("takes", "full", "full", "months", "days")
	}
	if v, ok := k.at("most").ratio(); ok {
		if x.Most = v; v.Sign() <= 0 || v.Cmp(comp.Int(1)) > 0 {
			k.at("most").wrong("a most of "+percent(v), "a share above 0 % up to 100 %", "correct it")
		}
	}
	x.AtExit = k.atExit(f.keyNode("clawback"), "clawback")
	return x
}

// atExit reads what happens to a balance when somebody leaves; key is where its absence is told.
func (f fields) atExit(key node, what string) string {
	if !f.has("at_exit") && !f.typos["at_exit"] {
		key.wrong(what+" without at_exit", "what happens to its balance when somebody leaves", "add at_exit: write_off")
	}
	return f.choice("at_exit", "", "recover", "write_off")
}

// takes reads tiers of what an event takes by how late it comes.
func (f fields) takes(within comp.Length) (out []comp.Tier) {
	items := f.at("takes").items("tiers")
	if len(items) == 0 {
		f.at("takes").wrong("an empty list", "at least one tier", `write [{until: 3 months, takes: "100%"}]`)
	}
	for _, n := range items {
		k, ok := n.keyed("tier")
		if !ok {
			continue
		}
		t := comp.Tier{}
		t.Takes, _ = k.at("takes").ratio()
		if t.Takes.Sign() < 0 || t.Takes.Cmp(comp.Int(1)) > 0 {
			k.at("takes").wrong("a tier that takes "+percent(t.Takes), "a share from 0 % to 100 %", "correct it")
		}
		if t.Until, ok = k.at("until").length(); !ok {
			continue
		}
		switch {
		case len(out) > 0 && !longer(t.Until, out[len(out)-1].Until):
			f.at("takes").wrong("takes tiers in descending order", "ascending", "sort them")
		case !within.IsZero() && longer(t.Until, within):
			k.at("until").wrong("tiers that end after within", "an end by "+f.at("within").y.Value, "shorten the last")
		}
		out = append(out, t)
	}
	return out
}
