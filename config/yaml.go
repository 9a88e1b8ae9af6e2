package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"carrot/transform/comp"
)

// Limits of one config file. People write these files, so that more than this is an accident or an attack.
const (
	maxFileBytes  = 4 << 20
	maxDepth      = 40
	maxComponents = 200 // of a plan; lints hold each against each
)

// loader collects what is read and every mistake.
type loader struct {
	fsys     fs.FS
	getenv   func(string) (string, bool)
	config   *Config
	mistakes []Mistake
	seen     map[string]bool // files read

	// What later parts refer to, filled as the parts are read.
	tables              map[string]*table // by source.table
	sources             map[string]node   // by name, where declared
	broken              map[string]bool   // roles ("source", "measure", …) of which a file could not be read: names of that role are then not called unknown
	calendars           map[string]bool
	quotas              []string // names of constant quota maps
	quotaNamed          bool     // some quota map takes names from a column
	attributes          map[string]bool
	systems             map[string]bool // crosswalk constants
	crossed             bool            // some crosswalk takes systems from a column
	measures            map[string]*measured
	shared, sharedParts map[string]*sharedComponent
	derived             []workedOut // formulas, which wait for the measures that they name
	standings           []heldAgainst
	working             map[string]*comp.WorkingHours // by name
	contacted           node                          // the measure of what counts as contact
	exprs               *compiler
	waivers             []comp.LintWaiver // of the plan that is being read
	pending             []string          // what plans can say and the engine does not compute yet
	effective           comp.Period       // of the plan that is being read
	currency            comp.Currency     // of the plan that is being read; "" where each currency of pay has its own amounts
}

// source text of one file, for places within it.
type text struct {
	name  string
	lines [][]rune // without line ends, as YAML splits lines
}

// inside is a place that the file has: the YAML reader ends every file with a line end, and may stop behind it.
func (s *text) inside(line, col int) (int, int) {
	if last := len(s.lines); line > last {
		return last, len(s.lines[last-1]) + 1
	}
	return line, col
}

// add records a mistake.
func (l *loader) add(m Mistake) { l.mistakes = append(l.mistakes, m) }

// A shared component is read for each plan that uses it: what is wrong with it is said once.
func (l *loader) sorted() []Mistake { return slices.Compact(sortMistakes(l.mistakes)) }

// read is a file's bytes, recorded for the archive; ok is false after a mistake.
func (l *loader) read(name string) ([]byte, bool) {
	f, err := l.fsys.Open(name)
	if err != nil {
		found := "the file cannot be read: " + err.Error()
		if errors.Is(err, fs.ErrNotExist) {
			found = "there is no such file"
		}
		l.add(Mistake{File: name, Found: found, Want: "a YAML file", Next: "check the name and where carrot was started"})
		return nil, false
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	switch {
	case err != nil:
		l.add(Mistake{File: name, Found: "the file cannot be read: " + err.Error(), Want: "a YAML file", Next: "check that it is a file and may be read"})
		return nil, false
	case len(b) > maxFileBytes:
		l.add(Mistake{File: name, Found: "the file is larger than 4 MiB", Want: "a config that a person wrote", Next: "keep data in a source's exports and name the table here"})
		return nil, false
	}
	if !l.seen[name] {
		l.seen[name] = true
		files := append(l.config.Files, File{Name: name, Bytes: b})
		sort.SliceStable(files, func(i, j int) bool { return files[i].Name < files[j].Name })
		l.config.Files = files
	}
	return b, true
}

// documents are the YAML documents of a file; ok is false after a mistake that keeps the whole file from being read.
func (l *loader) documents(name string) (docs []node, b []byte, ok bool) {
	b, ok = l.read(name)
	if !ok {
		return nil, nil, false
	}
	docs, ok = l.parse(name, b)
	return docs, b, ok
}

// parse is documents of bytes that are there already.
func (l *loader) parse(name string, b []byte) (docs []node, ok bool) {
	ok = true
	body := bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	src := &text{name: name, lines: splitLines(body)}
	if m, bad := unreadable(src, body); bad {
		l.add(m)
		return nil, false
	}
	var roots []yaml.Node
	err := yaml.Load(body, &roots, yaml.WithV4Defaults(), yaml.WithAllDocuments(), yaml.WithUniqueKeys(false),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		l.add(syntaxMistake(src, err))
		return nil, false
	}
	for i := range roots {
		for _, c := range roots[i].Content {
			n := node{l: l, src: src, y: c}
			if !n.plain() {
				ok = false
			}
			docs = append(docs, n)
		}
	}
	if len(docs) == 0 {
		l.add(Mistake{File: name, Line: 1, Col: 1, Found: "the file is empty", Want: "a YAML document", Next: "write one or remove the file"})
		return nil, false
	}
	return docs, ok
}

// unreadable refuses what a YAML reader would accept or describe badly: other encodings, tabs that indent.
func unreadable(src *text, b []byte) (Mistake, bool) {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return Mistake{File: src.name, Line: 1, Col: 1, Found: "the file is UTF-16", Want: "UTF-8", Next: "save it as UTF-8"}, true
	}
	for i, line := range src.lines {
		for j, r := range line {
			switch {
			case r == badByte:
				return Mistake{File: src.name, Line: i + 1, Col: j + 1, Found: "a byte that is not UTF-8", Want: "UTF-8 text", Next: "save the file as UTF-8"}, true
			case r < ' ' && r != '\t' || r == 0x7f:
				return Mistake{File: src.name, Line: i + 1, Col: j + 1, Found: fmt.Sprintf("the control character U+%04X", r), Want: "text", Next: "remove it"}, true
			}
		}
	}
	return Mistake{}, false
}

// syntaxMistake puts a YAML reader's error into our form.
func syntaxMistake(src *text, err error) Mistake {
	m := Mistake{File: src.name, Line: 1, Col: 1, Found: "this is not YAML: " + err.Error(), Want: "keys and values", Next: "check indentation, quotes and brackets here and on the line before"}
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return m
	}
	m.Found = "this is not YAML: " + e.Message
	if e.ContextMsg != "" {
		m.Found += " (" + e.ContextMsg + ")"
	}
	if e.Mark.Line > 0 {
		m.Line, m.Col = e.Mark.Line, max(1, e.Mark.Column)
	}
	m.Line, m.Col = src.inside(m.Line, m.Col)
	switch {
	case m.Line <= len(src.lines) && tabbed(src.lines[m.Line-1], m.Col):
		m.Found, m.Want, m.Next = "a tab", "blanks: YAML does not indent by tabs", "replace the tab by two blanks"
	case strings.Contains(e.Message, "max depth"):
		m.Found, m.Want, m.Next = fmt.Sprintf("more than %d levels of nesting", maxDepth), "a config that a person wrote", "remove the brackets"
	case strings.Contains(e.Message, "mapping values are not allowed"):
		m.Next = "put a text that holds a colon in quotes"
	case strings.Contains(e.Message, "unknown anchor"):
		m.Found, m.Want, m.Next = "an alias", "a value that is written out", "write the value itself"
	}
	return m
}

// tabbed says whether a tab stands at the column or in the indentation before it.
func tabbed(line []rune, col int) bool {
	for i, r := range line {
		if r == '\t' && i+1 <= col {
			return true
		}
		if r != ' ' && r != '\t' {
			return i+1 < col && col <= len(line) && line[col-1] == '\t'
		}
	}
	return false
}

// badByte stands in lines for a byte that is not UTF-8.
const badByte = rune(0x10ffff + 1)

// splitLines cuts at the line ends that YAML knows, each character one column.
func splitLines(b []byte) (lines [][]rune) {
	var line []rune
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			r = badByte
		}
		b = b[n:]
		switch r {
		case '\r', '\n', 0x85, 0x2028, 0x2029:
			if r == '\r' && len(b) > 0 && b[0] == '\n' {
				b = b[1:]
			}
			lines = append(lines, line)
			line = nil
		default:
			line = append(line, r)
		}
	}
	return append(lines, line)
}
