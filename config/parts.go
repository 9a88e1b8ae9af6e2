package config

import (
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// parts reads a scorecard: measures and approved scores, each turned into a factor, with weights that total 100 %.
func (l *loader) parts(f fields) (out []comp.Part) {
	items := f.at("parts").items("parts")
	if f.at("parts").isList() && len(items) == 0 {
		f.at("parts").wrong("an empty list", "at least one part", `add - {id: …, measure: …, weight: "100%", curve: …}`)
	}
	total, sound := comp.Number{}, len(items) > 0
	ids := map[string]int{}
	for _, n := range items {
		k, digest, ok := l.partOf(n)
		if !ok {
			sound = false
			continue
		}
		p := l.part(f, k)
		p.Shared = digest
		if line, twice := ids[p.ID]; twice && p.ID != "" {
			k.at("id").wrong("part "+p.ID+" a second time", "each id once in a component", "rename it; the first is in line "+strconv.Itoa(line))
		}
		ids[p.ID] = k.at("id").place().Line
		if p.Weight, ok = k.at("weight").ratio(); ok && p.Weight.Sign() <= 0 {
			k.at("weight").wrong("a weight of "+percent(p.Weight), "one above 0 %", "correct it or remove the part")
			ok = false
		}
		sound = sound && ok
		total = total.Add(p.Weight)
		out = append(out, p)
	}
	if sound && total.Cmp(comp.Int(1)) != 0 {
		f.keyNode("parts").wrong("weights that total "+percent(total), "100 %", "correct a weight (lint L17)")
	}
	return out
}

// partOf is an entry of a scorecard's parts: its own, or a shared one with the digest of its definition.
func (l *loader) partOf(n node) (f fields, digest string, ok bool) {
	if n.hasKey("use") {
		return l.usePart(n)
	}
	f, ok = n.keyed("part")
	return f, "", ok
}

// multipliers reads the factors that multiply a component's pay.
func (l *loader) multipliers(f fields) (out []comp.Part) {
	for _, n := range f.optional("multiply", "multipliers") {
		if k, ok := n.keyed("multiplier"); ok {
			out = append(out, l.part(f, k))
		}
	}
	return out
}

// part reads a measure or a score that is turned into a factor.
func (l *loader) part(component, f fields) comp.Part {
	p := comp.Part{ID: f.name("id"), Title: f.text("title"), Where: f.place()}
	var m *measured
	switch f.onlyOne(true, "measure", "score") {
	case "measure":
		m = l.measureNamed(f.at("measure"))
		p.Measure = f.text("measure")
	case "score":
		p.Score = l.named(f.at("score"))
		f.never("it with measure only", "remove it", "min_n")
	}
	p.Quota = l.quota(f, m)
	if k, ok := f.at("curve").keyed("factor"); ok {
		p.Curve = l.curve(k, factorKinds)
		k.ofShares(p.Curve, m)
		if p.Curve.Of == "attainment" && !f.has("quota") {
			k.at("kind").wrong("kind "+string(p.Curve.Kind)+" of attainment without quota", "the number to attain", "add quota: {name: …} or write of: value")
		}
		if inMoney(p.Curve) {
			k.inMoney().wrong("pays in money in "+f.what, "a factor", "write a share")
		}
	}
	p.MinN = f.integer("min_n", 0, 1, 1_000_000)
	l.absentPart(f, &p, m)
	p.Gates = l.gates(component, f, &p.Curve)
	if v, ok := f.at("floor").ratio(); ok {
		p.Floor = &v
	}
	if v, ok := f.at("cap").ratio(); ok {
		p.Cap = &v
	}
	if p.Floor != nil && p.Cap != nil && p.Floor.Cmp(*p.Cap) > 0 {
		f.at("floor").wrong("a floor of "+f.at("floor").shown()+" above the cap of "+f.at("cap").shown(), "one at or below it", "correct one")
	}
	return p
}

// absentPart reads what a part without a value does. A multiplier may leave it open.
func (l *loader) absentPart(f fields, p *comp.Part, m *measured) {
	rules := []string{"renormalise", "zero", "neutral", "hold"}
	if f.what == planSpecs["multiplier"].what {
		rules = []string{"neutral", "zero", "hold"}
	}
	p.Missing = f.choice("missing", "", rules...)
	switch {
	case f.has("missing") || f.what == planSpecs["multiplier"].what:
	case f.has("min_n"):
		f.keyNode("min_n").wrong("min_n without missing", "what a measure with fewer rows does", "add missing: "+list(rules))
	case ratio(m):
		f.at("measure").wrong("a measure of aggregate "+string(m.Aggregate)+" without missing", "what it does without a row", "add missing: "+list(rules))
	}
	l.neutral(f, m)
}

// ratio says whether a measure has no value without a row.
func ratio(m *measured) bool {
	return m != nil && m.Aggregate != "" && !m.Aggregate.Adds()
}

// trimPercent is the digits of a share.
func trimPercent(s string) string { return strings.TrimSuffix(s, "%") }
