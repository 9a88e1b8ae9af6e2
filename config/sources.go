package config

import (
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"carrot/connectors"
	"carrot/transform/comp"
)

// table is a declared table as later parts refer to it. Columns with a mistake are there too, so that one mistake is not
// reported again wherever the column is used.
type table struct {
	name    string // source.table
	columns []string
	types   map[string]comp.Type // "" where the type is not known
	keys    []string
	sealed  bool         // answers given in confidence
	survey  *comp.Survey // nil where it holds no answers
}

// numeric and daily are the column types that a number or a day needs.
var (
	numeric = []comp.Type{comp.Decimal, comp.Integer}
	daily   = []comp.Type{comp.DateType, comp.Instant}
	words   = []comp.Type{comp.Text, comp.Category, comp.ID}
)

// source reads one sources document.
func (l *loader) source(n node, _ []byte) {
	f, ok := n.fields("a source", "source! kind! folder! tables!")
	if !ok {
		return
	}
	s := Source{Name: f.column("source"), Kind: f.choice("kind", "", "files"), Folder: f.location("folder")}
	if first, twice := l.sources[s.Name]; twice && s.Name != "" {
		f.at("source").wrong("source "+s.Name+" a second time", "each source once", "join it with "+first.src.name+" or rename it")
	} else {
		l.sources[s.Name] = f.at("source")
	}
	tables, ok := f.at("tables").entries("tables")
	if !ok {
		return
	}
	for _, name := range tables.order() {
		if !isColumn(name) {
			tables.keyNode(name).wrong("the table name "+strconv.Quote(short(name)), nameWanted, "write "+columnFrom(name))
		}
		s.Tables = append(s.Tables, l.readTable(s.Name, name, tables.at(name)))
	}
	sort.SliceStable(s.Tables, func(i, j int) bool { return s.Tables[i].Contract.Table < s.Tables[j].Contract.Table })
	l.config.Sources = append(l.config.Sources, s)
}

// endSources sorts what the source files declared.
func (l *loader) endSources() {
	c := l.config
	sort.SliceStable(c.Sources, func(i, j int) bool { return c.Sources[i].Name < c.Sources[j].Name })
	for _, s := range c.Sources {
		for _, t := range s.Tables {
			c.Contracts = append(c.Contracts, t.Contract)
		}
	}
	sort.SliceStable(c.Contracts, func(i, j int) bool { return c.Contracts[i].Name() < c.Contracts[j].Name() })
}

func (l *loader) readTable(source, name string, n node) Table {
	t := Table{Contract: comp.Contract{Source: source, Table: name}}
	known := &table{name: t.Contract.Name(), types: map[string]comp.Type{}}
	if !isColumn(name) {
		known.name = source + "." + columnFrom(name)
	}
	l.tables[known.name] = known
	f, ok := n.fields("a table", "files! mode! covers keys cause class survey control format! sheet pack member dialect columns!")
	if !ok {
		return t
	}
	c := &t.Contract
	t.Files = f.pattern("files")
	t.Format = l.format(f)
	c.Mode = comp.Mode(f.choice("mode", "", string(comp.Snapshot), string(comp.Delta), string(comp.Window)))
	c.Cause = f.choice("cause", comp.Causes[0], comp.Causes[:]...)
	c.Class = comp.Class(f.choice("class", string(comp.Open), string(comp.Open), string(comp.Personal), string(comp.Sealed)))
	known.sealed = c.Class == comp.Sealed
	l.columns(f, t.Format, c, known)
	c.Survey = l.survey(f, c.Class, known)
	known.survey = c.Survey
	l.identity(f, c, known)
	return t
}

// identity reads keys, covers and control, which refer to the table's columns.
func (l *loader) identity(f fields, c *comp.Contract, known *table) {
	names, nodes := f.texts("keys")
	for i, k := range names {
		if slices.Contains(names[:i], k) {
			nodes[i].wrong("the key column "+k+" a second time", "each column once", "remove it")
		} else if l.column(known, nodes[i]) != "" {
			c.Keys = append(c.Keys, k)
		}
	}
	known.keys = c.Keys
	switch {
	case c.Mode == comp.Window && !f.has("covers"):
		f.keyNode("mode").wrong("mode window without covers", "the date column whose days a file covers", "add covers:")
	case c.Mode != comp.Window && c.Mode != "" && f.has("covers"):
		f.keyNode("covers").wrong("covers with mode "+string(c.Mode), "covers with mode window only", "remove it or write mode: window")
	case f.has("covers"):
		c.Covers = l.column(known, f.at("covers"), daily...)
	}
	if c.Mode == comp.Delta && !f.has("keys") {
		f.keyNode("mode").wrong("mode delta without keys", "the columns that identify a row, so that a later one replaces it", "add keys: [ ]")
	}
	if f.has("control") {
		c.Control = l.column(known, f.at("control"), comp.Decimal)
		if c.Floor() > 0 {
			f.at("control").wrong("control of anonymous answers", "none: two sums tell the answer that came between", "remove it")
		}
	}
}

// pattern is the glob of a table's files.
func (f fields) pattern(key string) string {
	s, ok := f.at(key).text(false)
	if !ok {
		return ""
	}
	plain := strings.ReplaceAll(s, "{drop}", "2025-01-31")
	_, err := path.Match(plain, "")
	switch {
	case err != nil:
		f.at(key).wrong(f.at(key).says(), "a pattern with *, ? and [ ] in pairs", "write one such as \"{drop}/Deals*.csv\"")
	case strings.Count(s, "{drop}") > 1:
		f.at(key).wrong(f.at(key).says(), "{drop} once", "remove one {drop}")
	case strings.ContainsAny(plain, "{}"):
		f.at(key).wrong(f.at(key).says(), "no braces but {drop}", "write {drop} where the day YYYY-MM-DD stands")
	case path.IsAbs(s) || slices.Contains(strings.Split(s, "/"), ".."):
		f.at(key).wrong(f.at(key).says(), "a pattern within the source's folder", "write it relative to folder")
	default:
		return s
	}
	return ""
}

// column is the name of a column of the table, of one of the types where any is given. It is "" after a mistake.
func (l *loader) column(t *table, n node, types ...comp.Type) string {
	s, ok := n.text(false)
	if !ok || t == nil {
		return ""
	}
	typ, known := t.types[s]
	switch {
	case len(t.columns) == 0: // a mistake already
		return ""
	case !known:
		n.wrong("the column "+strconv.Quote(short(s)), "a column of "+t.name, suggest(s, t.columns))
		return ""
	case typ != "" && len(types) > 0 && !slices.Contains(types, typ):
		n.wrong("the column "+s+" of type "+string(typ), "a column of type "+list(typeNames(types)), t.suggestTyped(types, s))
		return ""
	}
	return s
}

// suggestTyped names the columns that would fit, or the type to declare.
func (t *table) suggestTyped(types []comp.Type, name string) string {
	var fit []string
	for _, c := range t.columns {
		if slices.Contains(types, t.types[c]) {
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		return "declare " + name + " as " + string(types[0])
	}
	return "write " + list(fit)
}

func typeNames(types []comp.Type) (names []string) {
	for _, t := range types {
		names = append(names, string(t))
	}
	return names
}

// table is the declared table that the value names; nil after a mistake, and where its file could not be read.
func (l *loader) table(n node) *table {
	s, ok := n.text(false)
	if !ok {
		return nil
	}
	if t, ok := l.tables[s]; ok {
		return t
	}
	if l.broken["sources"] {
		return nil
	}
	var names []string
	for name := range l.tables {
		names = append(names, name)
	}
	sort.Strings(names)
	next := suggest(s, names)
	if source, _, dot := strings.Cut(s, "."); !dot && nearest(s, names) == "" {
		for _, name := range names {
			if strings.HasSuffix(name, "."+source) {
				next = "write " + name
			}
		}
	}
	n.wrong("the table "+strconv.Quote(short(s)), "a table that a source declares, as source.table", next)
	return nil
}

const nameWanted = "a name of letters, digits and _ that starts with a letter and is no word of the condition language"

// column is a name that conditions can use; after a mistake, the name that was suggested, so that references to it are
// held against something.
func (f fields) column(key string) string {
	s, ok := f.at(key).text(false)
	if ok && !isColumn(s) {
		f.at(key).wrong(strconv.Quote(short(s)), nameWanted, "write "+columnFrom(s))
		return columnFrom(s)
	}
	return s
}

// reserved are the words that the condition language keeps for itself.
var reserved = strings.Fields("as break const continue else false for function if import in let loop namespace null package return true var void while")

func isColumn(s string) bool {
	return isName(s) && letter(rune(s[0])) && !strings.Contains(s, "-") && !slices.Contains(reserved, s)
}

func columnFrom(s string) string {
	n := nameFrom(strings.ReplaceAll(s, "-", "_"))
	switch {
	case !letter(rune(n[0])):
		n = "c" + n
	case !isColumn(n):
		n += "_"
	}
	return n
}

// format reads how the files are written.
func (l *loader) format(f fields) connectors.Format {
	out := connectors.Format{
		Kind: f.choice("format", "", connectors.CSV, connectors.XLSX, connectors.JSONL, connectors.JSON, connectors.Parquet),
		Pack: f.choice("pack", "none", "none", "gzip", "zip"),
	}
	out.Sheet, out.Member = f.text("sheet"), f.text("member")
	if out.Kind != connectors.XLSX && out.Kind != connectors.JSON && out.Kind != "" {
		f.never("sheet with format xlsx or json only", "remove it", "sheet")
	}
	if out.Pack != "zip" {
		f.never("member with pack zip only", "remove it or write pack: zip", "member")
	}
	if _, err := path.Match(out.Member, ""); err != nil {
		f.at("member").wrong(f.at("member").says(), "a pattern with *, ? and [ ] in pairs", "write one such as \"*.csv\"")
	}
	out.Dialect = connectors.DefaultDialect()
	if f.has("dialect") {
		l.dialect(f.at("dialect"), out.Kind, &out.Dialect)
	}
	return out
}
