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
	curveKinds  = []string{string(comp.RateCurve), string(comp.Marginal), string(comp.Retroactive), string(comp.StepCurve), string(comp.Interpolate), string(comp.Linear), string(comp.Grid)}
	factorKinds = curveKinds[3:] // give a factor, as parts and multipliers need one
	bandCurves  = []comp.CurveKind{comp.Marginal, comp.Retroactive, comp.StepCurve}
	valueCurves = []comp.CurveKind{comp.RateCurve, comp.Marginal, comp.Retroactive} // pay on the value itself
	paidTargets = []comp.CurveKind{comp.StepCurve, comp.Interpolate, comp.Linear}   // pay a target times a factor
)

// curve reads the shape of pay, of one of the kinds.
func (l *loader) curve(f fields, kinds []string) comp.Curve {
	c := comp.Curve{Kind: comp.CurveKind(f.choice("kind", "", kinds...))}
	if c.Kind == "" {
		return c
	}
	if c.Kind == comp.Grid {
		l.matrix(f, &c)
		return c
	}
	f.never("it with kind matrix only", "remove it", "rows", "columns", "pays", "rates")
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
		c.Bands = l.bands(f, c.Kind)
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
		c.Points = l.points(f)
		if v, ok := f.at("below").ratio(); ok {
			c.Below = &v
			if len(c.Points) > 0 && c.Points[0].By != nil && !v.IsZero() {
				f.at("below").wrong("below "+f.at("below").shown()+" with points that pay money", "0", `write "0"`)
			}
		}
	} else {
		f.never("it with kind interpolate only", "remove it", "points")
		f.neverSaid("below with kind "+string(c.Kind), "it with kind interpolate only", "remove it", "below")
	}
	return c
}

// shown is a number as it is written, with a blank before %.
func (n node) shown() string { return strings.Replace(n.y.Value, "%", " %", 1) }

// of is what bands and points are read against; rate reads the value and linear the attainment, so that they need not say.
func (f fields) of(kind comp.CurveKind) string {
	usual := map[comp.CurveKind]string{comp.RateCurve: "value", comp.Linear: "attainment"}[kind]
	if usual == "" && !f.has("of") {
		f.wrong("kind "+string(kind)+" without of", "", "add of: attainment or of: value")
	}
	of := f.choice("of", usual, "attainment", "value")
	if kind == comp.RateCurve && of != usual {
		f.at("of").wrong("of: "+of+" with kind "+string(kind), "of: "+usual, "remove it")
		return usual
	}
	if kind == comp.Linear && of != usual {
		f.at("of").later("linear:value", "of: value with kind linear")
	}
	return of
}

// rate reads a flat rate: written as a share or as money for each unit, a person's number by name, or a person's attribute.
func (l *loader) rate(f fields, c *comp.Curve) {
	switch f.onlyOne(true, "rate", "rate_attribute") {
	case "rate":
		n := f.at("rate")
		if name, ok := l.byName(n); ok {
			c.RateName = name
		} else if n.isMap() {
			n.later("pays:money", "a rate in money")
			c.RateBy = l.moneyAlways(n)
		} else {
			c.Rate, _ = n.ratio()
		}
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

// bands reads tiers: from 0 on, each beginning where the one before ends, the last one open. The first of steps may have no lower end.
func (l *loader) bands(f fields, kind comp.CurveKind) (out []comp.Band) {
	items := f.optional("bands", "bands")
	if f.at("bands").isList() && len(items) == 0 {
		f.at("bands").wrong("an empty list", "at least one band", `add {from: "0%", pays: …}`)
	}
	var before *tier
	sound := true // bounds were read, so that they can be held against each other
	for i, n := range items {
		k, ok := n.keyed("band")
		if !ok {
			sound = false
			continue
		}
		b := tier{Band: comp.Band{Open: !k.has("to"), Where: n.place()}, fields: k}
		var fromOK, toOK bool
		if b.From, fromOK = k.at("from").ratio(); !k.has("from") {
			b.Down = kind == comp.StepCurve && i == 0
			if fromOK = b.Down; !b.Down {
				k.wrong("a band without the key from", "", "add from:")
			}
		}
		b.To, toOK = k.at("to").ratio()
		l.pays(k, &b.Band, out, kind)
		k.back(&b.Band, kind, i == 0)
		sound = sound && fromOK && (toOK || b.Open)
		if sound {
			if !b.Down {
				b.from = k.at("from").y.Value
				b.starts(before)
			}
			b.ends(i == len(items)-1)
		}
		before = &b
		out = append(out, b.Band)
	}
	return out
}

// pays reads what a band or a point pays: a share, or money where all those before it do as well.
func (l *loader) pays(k fields, b *comp.Band, before []comp.Band, kind comp.CurveKind) {
	n, noun := k.at("pays"), strings.TrimPrefix(k.what, "a ")
	if !n.isMap() {
		b.Pays, _ = n.ratio()
		if len(before) > 0 && before[0].By != nil && n.ok() {
			n.wrong("pays a factor after a "+noun+" that pays in money", "one or the other", "write all in the same way")
		}
		return
	}
	n.later("pays:money", "pays in money")
	b.By = l.moneyAlways(n)
	switch {
	case len(before) > 0 && before[0].By == nil:
		n.wrong("pays in money after a "+noun+" that pays a factor", "one or the other", "write all in the same way")
	}
}

// back reads whether reaching a band re-rates everything below it.
func (k fields) back(b *comp.Band, kind comp.CurveKind, first bool) {
	b.Back = k.boolean("back")
	switch {
	case !k.has("back"):
	case kind != comp.Marginal:
		k.keyNode("back").wrong("back with kind "+string(kind), "kind marginal", "remove it")
	case first:
		k.keyNode("back").wrong("back on the first band", "it on a later one: there is nothing below it", "remove it")
	}
}

// starts holds a band's lower bound against the band before it.
func (b *tier) starts(before *tier) {
	at := b.at("from")
	switch {
	case before == nil && !b.From.IsZero():
		at.wrong("a first band from "+b.from, "bands that start at 0", `add {from: "0%", to: "`+b.from+`", pays: "0%"} before it`)
	case before == nil:
	case b.From.Cmp(before.From) <= 0 && !before.Down:
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
	case b.To.Cmp(b.From) <= 0 && !b.Down:
		b.at("to").wrong("a band from "+b.from+" to "+b.to, "an end above the start", "swap or correct them")
		b.Open = true // its end says nothing about where the next band starts
	}
}

// points reads the corners of a line: at least two, ascending.
func (l *loader) points(f fields) (out []comp.Band) {
	items := f.optional("points", "points")
	if f.at("points").isList() && len(items) < 2 {
		f.at("points").wrong([]string{"no points", "one point"}[len(items)], "at least two points", "add one; before the first and after the last the line is flat")
	}
	last := ""
	for _, n := range items {
		k, ok := n.keyed("point")
		if !ok {
			continue
		}
		b := comp.Band{Where: n.place()}
		at, good := k.at("at").ratio()
		l.pays(k, &b, out, comp.Interpolate)
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
	money := inMoney(c.Curve)
	k.ofShares(c.Curve, m)
	switch {
	case takesTarget(c.Curve) && !money && !f.has("target") && !f.has("award"):
		k.at("kind").wrong("kind "+string(kind)+" without target", "the target pay that its factor multiplies", "add target: {"+l.currencyExample()+"}")
	case money && f.has("target"):
		k.inMoney().wrong("pays in money with target", "no target", "remove one")
	case kind == comp.Grid && !takesTarget(c.Curve):
		f.never("it without rates: true", "remove one", "target")
	case slices.Contains(valueCurves, kind) && (c.Curve.Of != "attainment" || kind == comp.RateCurve):
		f.never("target with kind steps, interpolate or linear only", "remove it: kind "+string(kind)+" pays on the value itself", "target")
	case slices.Contains(valueCurves, kind) && f.has("target"):
		f.keyNode("target").later("marginal:target", "a target with kind "+string(kind))
	}
	if c.Curve.Of == "attainment" && !f.has("quota") {
		k.at("kind").wrong("kind "+string(kind)+" of attainment without quota", "the number to attain", "add quota: {name: …} or write of: value")
	}
	if m != nil && m.Unit == "money" && slices.Contains(valueCurves, kind) && !f.has("target") {
		k.percents(m)
	}
	if money && c.Curve.RateBy == nil && m != nil && m.Unit == "money" && slices.Contains(valueCurves, kind) {
		k.inMoney().wrong("pays in money on "+m.ID+", which is money", "a share; or kind steps or interpolate, which pay whole amounts", `write one such as "5%"`)
	}
	if m != nil && m.Unit == "money" && c.Curve.RateBy != nil {
		k.at("rate").wrong("a rate in money on "+m.ID+", which is money", "a share", `write one such as "5%"`)
	}
	if m != nil && m.Unit != "money" && m.Unit != "" && !takesTarget(c.Curve) && !money && len(l.currencies()) > 1 && !c.Shown && !f.has("target") {
		k.at("kind").wrong("kind "+string(kind)+" on "+m.ID+", which is a "+m.Unit, "a measure of unit money, or a curve that pays a target: the company pays in "+list(l.currencies()), "write kind: steps, interpolate or linear with a target")
	}
}

// isShare says whether a measure's value is a part of a whole.
func isShare(m *measured) bool {
	return m != nil && (m.Unit == "share" || m.Aggregate == comp.Share || m.Aggregate == comp.Rate)
}

// ofShares holds the bounds of a curve's bands, points and rows against what they are read: a share, or an attainment.
func (k fields) ofShares(c comp.Curve, m *measured) {
	var bounds []node
	for _, n := range append(k.optional("bands", "bands"), k.optional("points", "points")...) {
		if !n.isMap() {
			continue // where it is read this is said
		}
		if b, ok := n.entries("a band"); ok {
			bounds = append(bounds, b.at("from"), b.at("to"), b.at("at"))
		}
	}
	if r, ok := k.at("rows").entries("rows"); ok && k.at("rows").isMap() {
		bounds = append(bounds, r.optional("from", "bounds")...)
	}
	for _, n := range bounds {
		n.ofShare(c.Of, m)
	}
}

// ofShare refuses a plain number above 1 that a share or an attainment is held against: whoever writes 80 means 80 %, and
// not 8000 %.
func (n node) ofShare(of string, m *measured) {
	what := "attainment"
	if of != what {
		if !isShare(m) {
			return
		}
		what = m.ID + ", which is a share"
	}
	if !n.ok() || n.isMap() || n.isList() || strings.HasSuffix(n.y.Value, "%") {
		return
	}
	v, err := comp.ParseNumber(n.y.Value, maxDigits)
	if err != nil || v.Abs().Cmp(comp.Int(1)) <= 0 {
		return
	}
	n.wrong(n.says()+" held against "+what, `a percentage such as "80%", or a number up to 1`,
		"write "+strconv.Quote(v.String()+"%")+", or "+strconv.Quote(v.Mul(comp.Int(100)).String()+"%")+" if all of that is meant")
}

// percents refuses plain numbers from 1 on as a part of money that is paid: whoever writes 5 means 5 % more often than 500 %.
func (f fields) percents(m *measured) {
	parts := []node{f.at("rate")}
	for _, n := range f.optional("bands", "bands") {
		if !n.isMap() {
			continue // where it is read this is said
		}
		if b, ok := n.entries("a band"); ok {
			parts = append(parts, b.at("pays"))
		}
	}
	one := comp.Int(1)
	for _, n := range parts {
		if n.isMap() {
			continue
		}
		v, ok := n.ratio()
		if !ok || strings.HasSuffix(n.y.Value, "%") || v.Abs().Cmp(one) < 0 {
			continue
		}
		n.wrong(n.says()+" as a rate on "+m.ID+", which is money", `a percentage such as "4%", or a number below 1`,
			"write "+strconv.Quote(v.String()+"%")+", or "+strconv.Quote(v.Mul(comp.Int(100)).String()+"%")+" if all of that is meant")
	}
}

// currencies are those that amounts are in, sorted, each once: the plan's, or those of the legal entities.
func (l *loader) currencies() (out []string) {
	if l.currency != "" {
		return []string{string(l.currency)}
	}
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

// takesTarget says whether a curve gives a factor of a target.
func takesTarget(c comp.Curve) bool {
	return slices.Contains(paidTargets, c.Kind) || c.Kind == comp.Grid && (c.Matrix == nil || !c.Matrix.Rates)
}

// inMoney says whether a curve pays money for a band, a point or a unit.
func inMoney(c comp.Curve) bool {
	return c.RateBy != nil || len(c.Bands) > 0 && c.Bands[0].By != nil || len(c.Points) > 0 && c.Points[0].By != nil
}

// inMoney is where a curve first says that it pays money.
func (k fields) inMoney() node {
	for _, key := range []string{"bands", "points"} {
		for _, n := range k.optional(key, key) {
			if b, ok := n.entries(key); ok {
				return b.at("pays")
			}
		}
	}
	return k.at("rate")
}
