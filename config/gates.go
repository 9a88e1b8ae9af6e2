package config

import (
	"slices"

	"carrot/transform/comp"
)

// gateTests are how a gate's measure is held against its bar.
var gateTests = []string{"at_least", "above", "at_most", "below"}

// gates reads the conditions of a component, or of a part of it, with the curve that a closed one keeps in its first band.
func (l *loader) gates(component, f fields, curve *comp.Curve) (out []comp.Gate) {
	for _, n := range f.optional("gates", "gates") {
		if g, ok := n.keyed("gate"); ok {
			out = append(out, l.gate(component, g, curve))
		}
	}
	return out
}

func (l *loader) gate(component, f fields, curve *comp.Curve) comp.Gate {
	m := l.measureNamed(f.at("measure"))
	component.wholeToDate(f.at("measure"), m)
	f.wholeToDate(f.keyNode("to_date"), m)
	g := comp.Gate{Measure: f.text("measure"), Of: f.unless("of", "value", "attainment"), Where: f.place()}
	if test := f.onlyOne(true, gateTests...); test != "" {
		g.Test = test
		if test == "at_least" {
			g.Test = ""
		}
		g.AtLeast, _ = f.at(test).ratio()
		f.at(test).ofShare(g.Of, m)
	}
	g.Quota = l.quota(f, m)
	if g.Of == "attainment" && !f.has("quota") {
		f.wrong("of: attainment without quota", "the number to attain", "add quota: {name: …}")
	}
	if g.Of == "" && f.has("quota") {
		f.keyNode("quota").wrong("quota without of: attainment", "it with of: attainment only", "add of: attainment or remove it")
	}
	every, _ := component.at("every").text(true)
	g.ToDate = l.toDate(f, every)
	g.Numbers = f.unless("numbers", "each", "whole")
	if !component.has("to_date") { // which the gate would be read to as well
		f.wholeOf(g.ToDate)
	}
	f.otherwise(&g, curve)
	g.MinN = f.integer("min_n", 0, 1, 1_000_000)
	g.Missing = f.choice("missing", "", "open", "closed")
	l.neutral(f, m)
	return g
}

// otherwise reads what is paid where the gate is closed: nothing, everything at the first band's rate, or a share.
func (f fields) otherwise(g *comp.Gate, c *comp.Curve) {
	n := f.at("otherwise")
	const want = `nothing, base or a share such as "50%"`
	if !n.ok() || !n.scalar(want) || n.y.Value == "nothing" {
		return
	}
	if g.Base = n.y.Value == "base"; g.Base {
		if c.Kind != "" && !slices.Contains(bandCurves, c.Kind) {
			n.wrong("otherwise: base with kind "+string(c.Kind), "a curve of bands", "write nothing or a share")
		}
		return
	}
	if _, err := comp.ParseNumber(trimPercent(n.y.Value), maxDigits); err != nil {
		n.wrong(n.says(), want, "write one of them")
		return
	}
	v, _ := n.ratio()
	if g.Share = v; v.Sign() < 0 || v.Cmp(comp.Int(1)) > 0 {
		n.wrong("a share of "+percent(v), "one from 0 % to 100 %", "correct it")
	}
}
