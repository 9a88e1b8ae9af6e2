package config

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"carrot/transform/comp"
)

// What each kind of curve reads.
var (
	curveKinds  = []string{string(comp.RateCurve), string(comp.Marginal), string(comp.Retroactive), string(comp.StepCurve), string(comp.Interpolate), string(comp.Linear)}
	bandCurves  = []comp.CurveKind{comp.Marginal, comp.Retroactive, comp.StepCurve}
	valueCurves = []comp.CurveKind{comp.RateCurve, comp.Marginal, comp.Retroactive} // pay on the value itself
	paidTargets = []comp.CurveKind{comp.StepCurve, comp.Interpolate, comp.Linear}   // pay a target times a factor
)

// curve reads the shape of pay.
func (l *loader) curve(f fields) comp.Curve {
	c := comp.Curve{Kind: comp.CurveKind(f.choice("kind", "", curveKinds...))}
	if c.Kind == "" {
		return c
	}
	c.Of = f.of(c.Kind)
	if c.Kind == comp.RateCurve {
		l.rate(f, &c)
	} else {
		f.never("it with kind rate only", "remove it", "rate", "rate_attribute")
	}
	if slices.Contains(bandCurves, c.Kind) {
		if !f.has("bands") {
			f.wrong("kind "+string(c.Kind)+" without bands", "", `add bands: [{from: "0%", pays: …}]`)
		}
		c.Bands = f.bands()
	} else {
		f.never("it with kind marginal, retroactive or steps only", "remove it", "bands", "edge")
	}
	if f.has("bands") && !f.has("edge") && slices.Contains(bandCurves, c.Kind) {
		f.keyNode("bands").wrong("bands without edge", `whether a bound belongs to the band above it, "[lo,hi)", or below it, "(lo,hi]"`, `add edge: "[lo,hi)"`)
	}
	c.UpperEdge = f.choice("edge", "[lo,hi)", "[lo,hi)", "(lo,hi]") == "(lo,hi]"
	if c.Kind == comp.Interpolate {
		if !f.has("points") {
			f.wrong("kind interpolate without points", "", `add points: [{at: "70%", pays: "0%"}, {at: "100%", pays: "100%"}]`)
		}
		c.Points = f.points()
	} else {
		f.never("it with kind interpolate only", "remove it", "points")
	}
	return c
}

// of is what bands and points are read against; rate reads the value and linear the attainment, so that they need not say.
func (f fields) of(kind comp.CurveKind) string {
	only := map[comp.CurveKind]string{comp.RateCurve: "value", comp.Linear: "attainment"}[kind]
	if only == "" && !f.has("of") {
		f.wrong("kind "+string(kind)+" without of", "", "add of: attainment or of: value")
	}
	of := f.choice("of", only, "attainment", "value")
	if only != "" && of != only {
		f.at("of").wrong("of: "+of+" with kind "+string(kind), "of: "+only, "remove it")
		return only
	}
	return of
}

// rate reads a flat rate: written, or a person's attribute.
func (l *loader) rate(f fields, c *comp.Curve) {
	switch f.onlyOne(true, "rate", "rate_attribute") {
	case "rate":
		c.Rate, _ = f.at("rate").ratio()
	case "rate_attribute":
		n := f.at("rate_attribute")
		s, ok := n.text(false)
		if !ok {
			return
		}
		c.RateAttribute = s
		names := l.attributeNames()
		if !slices.Contains(names, s) {
			n.wrong("the attribute "+strconv.Quote(short(s)), "an attribute that the roster sets", suggest(s, names))
		} else if !numericAttribute(s) {
			n.wrong("the attribute "+s+", which is text", "fte, or an attribute whose name ends in _rate", "rename it to "+s+"_rate in the roster's set")
		}
	}
}

// tier is a band with its bounds as they are written, for messages.
type tier struct {
	comp.Band
	fields
	from, to string
}

// bands reads tiers: from 0 on, each beginning where the one before ends, the last one open.
func (f fields) bands() (out []comp.Band) {
	items := f.optional("bands", "bands")
	if f.at("bands").isList() && len(items) == 0 {
		f.at("bands").wrong("an empty list", "at least one band", `add {from: "0%", pays: …}`)
	}
	var before *tier
	sound := true // bounds were read, so that they can be held against each other
	for i, n := range items {
		k, ok := n.fields("a band", "from! to pays!")
		if !ok {
			sound = false
			continue
		}
		b := tier{Band: comp.Band{Open: !k.has("to"), Where: n.place()}, fields: k}
		var fromOK, toOK bool
		b.From, fromOK = k.at("from").ratio()
		b.To, toOK = k.at("to").ratio()
		b.Pays, _ = k.at("pays").ratio()
		sound = sound && fromOK && (toOK || b.Open)
		if sound {
			b.from = k.at("from").y.Value
			b.starts(before)
			b.ends(i == len(items)-1)
		}
		before = &b
		out = append(out, b.Band)
	}
	return out
}

// starts holds a band's lower bound against the band before it.
func (b *tier) starts(before *tier) {
	at := b.at("from")
	switch {
	case before == nil && !b.From.IsZero():
		at.wrong("a first band from "+b.from, "bands that start at 0", `add {from: "0%", to: "`+b.from+`", pays: "0%"} before it`)
	case before == nil:
	case b.From.Cmp(before.From) <= 0:
		at.wrong("a band from "+b.from+" after one from "+before.from, "bands in ascending order", "sort them")
	case before.Open || b.From.Cmp(before.To) == 0:
	case b.From.Cmp(before.To) > 0:
		at.wrong("a gap between "+before.to+" and "+b.from, "a band that starts where the one before ends", `write from: "`+before.to+`"`)
	default:
		at.wrong("an overlap from "+b.from+" to "+before.to, "a band that starts where the one before ends", `write from: "`+before.to+`"`)
	}
}

// ends holds a band's upper bound against the lower one: every band but the last has one.
func (b *tier) ends(last bool) {
	if b.Open {
		if !last {
			b.wrong("a band without to before the last one", "an end for every band but the last", `add to:`)
		}
		return
	}
	b.to = b.at("to").y.Value
	switch {
	case last:
		b.at("to").wrong("a last band that ends at "+b.to, "a last band without an end", "remove to")
	case b.To.Cmp(b.From) <= 0:
		b.at("to").wrong("a band from "+b.from+" to "+b.to, "an end above the start", "swap or correct them")
		b.Open = true // its end says nothing about where the next band starts
	}
}

// points reads the corners of a line: at least two, ascending.
func (f fields) points() (out []comp.Band) {
	items := f.optional("points", "points")
	if f.at("points").isList() && len(items) < 2 {
		f.at("points").wrong([]string{"no points", "one point"}[len(items)], "at least two points", "add one; before the first and after the last the line is flat")
	}
	last := ""
	for _, n := range items {
		k, ok := n.fields("a point", "at! pays!")
		if !ok {
			continue
		}
		b := comp.Band{Where: n.place()}
		at, good := k.at("at").ratio()
		b.Pays, _ = k.at("pays").ratio()
		if b.From = at; good && len(out) > 0 && at.Cmp(out[len(out)-1].From) <= 0 {
			k.at("at").wrong("a point at "+k.at("at").y.Value+" after one at "+last, "points in ascending order", "sort them")
		}
		if good {
			out, last = append(out, b), k.at("at").y.Value
		}
	}
	return out
}

// needs holds target and quota against the curve, and the curve against the measure.
func (l *loader) needs(f, k fields, c comp.Component, m *measured) {
	kind := c.Curve.Kind
	if slices.Contains(paidTargets, kind) && !f.has("target") {
		k.at("kind").wrong("kind "+string(kind)+" without target", "the target pay that its factor multiplies", "add target: {"+l.currencyExample()+"}")
	}
	if slices.Contains(valueCurves, kind) {
		f.never("target with kind steps, interpolate or linear only", "remove it: kind "+string(kind)+" pays on the value itself", "target")
	}
	if c.Curve.Of == "attainment" && !f.has("quota") {
		k.at("kind").wrong("kind "+string(kind)+" of attainment without quota", "the number to attain", "add quota: {name: …} or write of: value")
	}
	if m != nil && m.Unit == "money" && slices.Contains(valueCurves, kind) {
		k.percents(m)
	}
	if m != nil && m.Unit != "money" && m.Unit != "" && slices.Contains(valueCurves, kind) && len(l.currencies()) > 1 && !c.Shown {
		k.at("kind").wrong("kind "+string(kind)+" on "+m.ID+", which is a "+m.Unit, "a measure of unit money, or a curve that pays a target: the company pays in "+list(l.currencies()), "write kind: steps, interpolate or linear with a target")
	}
}

// percents refuses plain numbers from 1 on as a part of money that is paid: whoever writes 5 means 5 % more often than 500 %.
func (f fields) percents(m *measured) {
	parts := []node{f.at("rate")}
	for _, n := range f.optional("bands", "bands") {
		if b, ok := n.entries("a band"); ok {
			parts = append(parts, b.at("pays"))
		}
	}
	one := comp.Int(1)
	for _, n := range parts {
		v, ok := n.ratio()
		if !ok || strings.HasSuffix(n.y.Value, "%") || v.Abs().Cmp(one) < 0 {
			continue
		}
		n.wrong(n.says()+" as a rate on "+m.ID+", which is money", `a percentage such as "4%", or a number below 1`,
			"write "+strconv.Quote(v.String()+"%")+", or "+strconv.Quote(v.Mul(comp.Int(100)).String()+"%")+" if all of that is meant")
	}
}

// currencies are those of the legal entities, sorted, each once.
func (l *loader) currencies() (out []string) {
	for _, e := range l.config.Settings.Entities {
		if c := string(e.Currency); c != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	sort.Strings(out)
	return out
}

func (l *loader) currencyExample() string {
	var parts []string
	for _, c := range l.currencies() {
		parts = append(parts, c+`: "…"`)
	}
	return strings.Join(parts, ", ")
}
