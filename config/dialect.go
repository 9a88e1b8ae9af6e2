package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"carrot/connectors"
	"carrot/transform/comp"
)

// Limits of a file's head. The decoders read three header rows at most: survey exports have them.
const (
	maxHeaderRows = 3
	maxSkipRows   = 1000
)

// dialect reads how text is written, over the defaults that d holds.
func (l *loader) dialect(n node, kind string, d *connectors.Dialect) {
	f, ok := n.fields("a dialect", "encoding delimiter record_end quote escape skip_rows header_rows footer open_end nulls decimal thousands dates booleans")
	if !ok {
		return
	}
	if kind != connectors.CSV && kind != "" {
		f.never("it with format csv only", "remove it", "encoding", "delimiter", "record_end", "quote", "escape", "open_end")
	}
	if kind == connectors.JSON || kind == connectors.JSONL || kind == connectors.Parquet {
		f.never("it with format csv or xlsx only", "remove it", "skip_rows", "header_rows", "footer")
	}
	d.Encoding = f.choice("encoding", d.Encoding, "utf-8", "utf-16le", "utf-16be", "windows-1252", "latin-1")
	d.SkipRows = f.integer("skip_rows", d.SkipRows, 0, maxSkipRows)
	d.HeaderRows = f.integer("header_rows", d.HeaderRows, 0, maxHeaderRows)
	d.Footer, _ = f.texts("footer")
	d.Nulls = f.rawTexts("nulls", d.Nulls)
	if f.has("open_end") {
		d.OpenEnd = f.boolean("open_end")
	}
	f.marks(d)
	if kind == connectors.CSV || kind == "" {
		f.clashes(d)
	}
	if f.has("dates") {
		d.Dates = f.layout("dates", comp.DateType)
	}
	if b, ok := f.at("booleans").fields("booleans", "true! false!"); f.has("booleans") && ok {
		d.True, d.False = b.rawTexts("true", nil), b.rawTexts("false", nil)
		for _, w := range d.True {
			if slices.Contains(d.False, w) {
				b.wrong("the word "+strconv.Quote(short(w))+" for both true and false", "one meaning for each word", "remove it from one list")
			}
		}
	}
}

// marks reads the characters that separate cells, records, digits.
func (f fields) marks(d *connectors.Dialect) {
	d.Delimiter = f.mark("delimiter", d.Delimiter)
	d.RecordEnd = f.mark("record_end", d.RecordEnd)
	d.Quote, d.Escape = f.raw("quote", d.Quote), f.raw("escape", f.raw("quote", d.Escape))
	for _, m := range []struct{ key, value string }{{"quote", d.Quote}, {"escape", d.Escape}} {
		if f.has(m.key) && (len(m.value) > 1 || m.value == "" && m.key == "escape" && d.Quote != "") {
			f.at(m.key).wrong(f.at(m.key).says(), "one ASCII character", `write one such as "\""`)
		}
	}
	d.Decimal = f.choice("decimal", d.Decimal, ".", ",")
	if t := f.raw("thousands", d.Thousands); t == "" || utf8.RuneCountInString(t) == 1 && !strings.ContainsAny(t, "0123456789-+") {
		d.Thousands = t
	} else {
		f.at("thousands").wrong(f.at("thousands").says(), "one character or none", `write one such as "."`)
	}
	if d.Thousands == d.Decimal {
		f.at("thousands").wrong("the mark "+strconv.Quote(d.Thousands)+" for both thousands and decimals", "two different marks", "change decimal or thousands")
	}
}

// clashes refuses marks of a csv that hold each other.
func (f fields) clashes(d *connectors.Dialect) {
	switch {
	case d.Quote != "" && strings.Contains(d.Delimiter, d.Quote):
		f.clash("delimiter", "quote", d.Delimiter)
	case d.Quote != "" && strings.Contains(d.RecordEnd, d.Quote):
		f.clash("record_end", "quote", d.RecordEnd)
	case d.Delimiter != "" && strings.Contains(d.RecordEnd, d.Delimiter):
		f.clash("record_end", "delimiter", d.RecordEnd)
	}
}

// clash says that two marks cannot be told apart, at whichever of them is written.
func (f fields) clash(key, other, value string) {
	n := f.at(key)
	if !n.ok() {
		n = f.at(other)
	}
	n.wrong(key+" "+strconv.Quote(value)+" that holds the "+other, "marks that can be told apart", "change one of them")
}

// mark is a text of one or several characters, blanks and line ends among them.
func (f fields) mark(key, fallback string) string {
	s := f.raw(key, fallback)
	if s == "" {
		if y := f.at(key).y; y.Tag == "!!str" {
			f.at(key).wrong("an empty text", "one or several characters", "write them in double quotes")
		}
		return fallback
	}
	return s
}

// columns reads a table's columns into the contract, and into known even where one has a mistake.
func (l *loader) columns(f fields, format connectors.Format, c *comp.Contract, known *table) {
	m, ok := f.at("columns").entries("columns")
	if !ok {
		return
	}
	if len(m.vals) == 0 {
		m.wrong("no columns", "at least one column", "add name: {from: …, type: …}")
	}
	for _, name := range m.order() {
		if !isColumn(name) {
			m.keyNode(name).wrong("the column name "+strconv.Quote(short(name)), nameWanted, "write "+columnFrom(name))
			continue
		}
		known.columns = append(known.columns, name)
		known.types[name] = ""
		col, ok := l.oneColumn(name, m.at(name))
		if !ok {
			continue
		}
		known.types[name] = col.Type
		if format.Dialect.HeaderRows == 0 && !position(col.From) {
			at := m.at(name)
			at.wrong("the column label "+strconv.Quote(short(col.From))+" where the file has no header", "a position such as #3", "write from: \"#3\"")
		}
		c.Columns = append(c.Columns, col)
	}
}

// position says whether a label is "#" and a number from 1 on.
func position(label string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(label, "#"))
	return err == nil && n > 0 && strings.HasPrefix(label, "#")
}

// columnTypes are the types that a column may have.
var columnTypes = []string{string(comp.Text), string(comp.Category), string(comp.ID), string(comp.Integer), string(comp.Decimal),
	string(comp.DateType), string(comp.Instant), string(comp.Bool), string(comp.Node)}

// oneColumn reads a column; ok is false where its type is not known.
func (l *loader) oneColumn(name string, n node) (comp.Column, bool) {
	f, ok := n.fields("a column", "from type! scale layout zone required default")
	if !ok {
		return comp.Column{}, false
	}
	col := comp.Column{Name: name, From: f.raw("from", name), Required: f.boolean("required")}
	if f.has("from") && col.From == "" {
		f.at("from").wrong("an empty label", "the label in the file's header", "write it, or a position such as \"#3\"")
	}
	col.Type = comp.Type(f.choice("type", "", columnTypes...))
	if col.Type == "" {
		return col, false
	}
	isDay := col.Type == comp.DateType || col.Type == comp.Instant
	switch {
	case col.Type == comp.Decimal && !f.has("scale"):
		f.wrong("a decimal without scale", "the digits after the point, 0 to 18", "add scale: 2")
	case col.Type != comp.Decimal:
		f.never("scale with type decimal only", "remove it or write type: decimal", "scale")
	default:
		col.Scale = f.integer("scale", 0, 0, 18)
	}
	if !isDay {
		f.never("layout with type date or instant only", "remove it", "layout")
	} else if f.has("layout") {
		col.Layout = f.layout("layout", col.Type)
	}
	if col.Type != comp.Instant {
		f.never("zone with type instant only", "remove it or write type: instant", "zone")
	} else {
		col.Zone = f.zone("zone", l.config.Settings.Zone)
	}
	if f.has("default") {
		if col.Type != comp.Text && col.Type != comp.Category && col.Type != comp.Bool {
			f.keyNode("default").wrong("a default for type "+string(col.Type), "a default for text, category or boolean only", "remove it: an absent "+name+" is a finding, never a value")
		} else {
			col.Default = f.text("default")
		}
	}
	return col, true
}
