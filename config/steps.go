package config

import (
	"slices"
	"strings"

	"carrot/transform/comp"
)

// stepNames are what is done to exact pay after the curve.
var stepNames = []string{string(comp.GateStep), string(comp.MultiplyStep), string(comp.ProrateStep), string(comp.CapStep)}

// steps reads the order of what is done to pay: each step once.
func (f fields) steps() (out []comp.Step) {
	sound := f.at("order").isList()
	for _, n := range f.optional("order", "steps") {
		s, ok := n.choice(stepNames)
		sound = sound && ok
		if ok && slices.Contains(out, comp.Step(s)) {
			n.wrong(s+" a second time", "each step once", "remove it")
		}
		if ok {
			out = append(out, comp.Step(s))
		}
	}
	var lacks []string
	for _, s := range stepNames {
		if !slices.Contains(out, comp.Step(s)) {
			lacks = append(lacks, s)
		}
	}
	if sound && len(lacks) > 0 {
		f.keyNode("order").wrong("order without "+strings.Join(lacks, " and "), "gate, multiply, prorate and cap, each once", "add it")
	}
	return out
}

// carried holds excess against the cap that it is above.
func (f fields) carried(c comp.Component) {
	if !f.has("excess") {
		return
	}
	key := f.keyNode("excess")
	if !f.has("cap") {
		key.wrong("excess without cap", "the cap that it is above", "add cap:")
	}
	if c.Excess != "carry" {
		return
	}
	if f.has("to_date") {
		key.wrong("excess: carry with to_date", "a cap of each period", "remove one")
	}
	for _, k := range []string{"release", "clawback"} { // older deals would be released without the cap of their month
		if f.has(k) {
			key.wrong("excess: carry with "+k, "one of them: what is above the cap is carried to later periods without its deal, so that no event of a deal could move it",
				"write excess: forfeit, or pay a part of it by a component of its own without "+k)
		}
	}
	if i := slices.Index(c.Order, comp.CapStep); i >= 0 {
		for _, s := range c.Order[i+1:] {
			if s != comp.ProrateStep && s != comp.CapStep {
				key.wrong("excess: carry with "+string(s)+" after cap", "cap last", "reorder")
				return
			}
		}
	}
}
