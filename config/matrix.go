package config

import (
	"strconv"

	"carrot/transform/comp"
)

// matrix reads a grid of factors, or of rates, by the component's own measure and a second one.
func (l *loader) matrix(f fields, c *comp.Curve) {
	f.never("it in rows", "move it", "of")
	f.never("it with other kinds", "remove it", "bands", "points", "rate", "rate_attribute")
	f.neverSaid("below with kind matrix", "it with kind interpolate only", "remove it", "below")
	c.UpperEdge = f.choice("edge", "[lo,hi)", "[lo,hi)", "(lo,hi]") == "(lo,hi]"
	m := &comp.Matrix{Rates: f.boolean("rates")}
	c.Matrix = m
	kind := f.keyNode("kind")
	if !f.has("rows") && !f.typos["rows"] {
		kind.wrong("kind matrix without rows", "the bounds of the component's own measure", `add rows: {of: attainment, from: ["0%", …]}`)
	}
	if !f.has("columns") && !f.typos["columns"] {
		kind.wrong("kind matrix without columns", "the second measure", `add columns: {measure: …, of: value, from: ["0%", …]}`)
	}
	if !f.has("pays") && !f.typos["pays"] {
		kind.wrong("kind matrix without pays", "a list of numbers for each row", `add pays: [["0%", …], …]`)
	}
	if f.has("rows") && !f.has("edge") && !f.typos["edge"] {
		f.keyNode("rows").wrong("rows without edge", `whether a bound belongs to the row above it, "[lo,hi)", or below it, "(lo,hi]"`, `add edge: "[lo,hi)"`)
	}
	if r, ok := f.at("rows").keyed("rows"); ok {
		m.Of = r.choice("of", "", "attainment", "value")
		c.Of = m.Of
		m.Rows = r.bounds("from")
	}
	if k, ok := f.at("columns").keyed("columns"); ok {
		l.columnsOf(k, m)
	}
	f.grid(m)
}

// columnsOf reads the second measure and its bounds.
func (l *loader) columnsOf(f fields, m *comp.Matrix) {
	column := l.measureNamed(f.at("measure"))
	m.Part = comp.Part{Measure: f.text("measure"), MinN: f.integer("min_n", 0, 1, 1_000_000), Where: f.place()}
	m.Part.Curve.Of = f.choice("of", "value", "attainment", "value")
	m.Part.Quota = l.quota(f, column)
	if m.Part.Curve.Of == "attainment" && !f.has("quota") {
		f.at("of").wrong("of: attainment without quota", "the number to attain", "add quota: {name: …}")
	}
	m.Part.Missing = f.choice("missing", "", "neutral", "zero", "hold")
	if ratio(column) && !f.has("missing") {
		f.at("measure").wrong("a measure of aggregate "+string(column.Aggregate)+" without missing", "what it does without a row", "add missing: neutral, zero or hold")
	}
	l.neutral(f, column)
	m.Columns = f.bounds("from")
	for _, n := range f.optional("from", "bounds") {
		n.ofShare(m.Part.Curve.Of, column)
	}
}

// bounds reads lower ends: from 0 on, ascending.
func (f fields) bounds(key string) (out []comp.Number) {
	items := f.optional(key, "bounds")
	if f.at(key).isList() && len(items) == 0 {
		f.at(key).wrong("an empty list", "at least one bound", `write ["0%"]`)
	}
	last := ""
	for i, n := range items {
		v, ok := n.ratio()
		switch {
		case !ok:
			return nil
		case i == 0 && !v.IsZero():
			n.wrong("a first bound of "+n.shown(), "0", `write "0%"`)
		case i > 0 && v.Cmp(out[i-1]) <= 0:
			n.wrong("a bound of "+n.shown()+" after "+last, "bounds in ascending order", "sort them")
		}
		out, last = append(out, v), n.shown()
	}
	return out
}

// grid reads a number for each row and column.
func (f fields) grid(m *comp.Matrix) {
	rows := f.optional("pays", "rows")
	if f.has("pays") && f.at("pays").isList() && m.Rows != nil && len(rows) != len(m.Rows) {
		f.at("pays").wrong(strconv.Itoa(len(rows))+" rows for "+strconv.Itoa(len(m.Rows))+" bounds", strconv.Itoa(len(m.Rows)), more(len(rows), len(m.Rows)))
	}
	for _, n := range rows {
		var row []comp.Number
		for _, c := range n.items("numbers") {
			v, _ := c.ratio()
			row = append(row, v)
		}
		if n.isList() && m.Columns != nil && len(row) != len(m.Columns) {
			n.wrong(strconv.Itoa(len(row))+" numbers in a row of a matrix with "+strconv.Itoa(len(m.Columns))+" columns", strconv.Itoa(len(m.Columns)), more(len(row), len(m.Columns)))
		}
		m.Pays = append(m.Pays, row)
	}
}

// more says what to do with a number of things of which another is wanted.
func more(have, want int) string {
	if have < want {
		return "add one"
	}
	return "remove one"
}
