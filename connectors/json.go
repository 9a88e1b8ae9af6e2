package connectors

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"carrot/transform/comp"
)

// jsonSplits checks a jsonl file or a JSON document to its end and cuts jsonl at lines. Every column of the contract must
// occur in some row.
func jsonSplits(in Input, target int64) ([]Split, []comp.Finding) {
	if err := checkEncoding(or(in.Format.Dialect.Encoding, "utf-8")); err != nil {
		return nil, in.stops(err)
	}
	mark, err := in.byteOrder()
	if err != nil {
		return nil, in.stops(err)
	}
	v := &jsonSurvey{in: in, paths: newPaths(in.Contract), target: max(target, stride)}
	if in.Format.Kind == JSONL {
		err = v.lines(mark)
	} else {
		err = v.document(mark)
	}
	if f, ok := err.(*placed); ok {
		return nil, []comp.Finding{in.stop(f.fault, f.pos, f.line, f.col)}
	}
	if err != nil {
		return nil, in.stops(err)
	}
	if v.records == 0 {
		if v.blank {
			return nil, []comp.Finding{emptyFile(in)}
		}
		return nil, []comp.Finding{headerOnly(in, 1)}
	}
	if missing := v.missing(); len(missing) > 0 {
		return nil, missing
	}
	for i := range v.splits {
		v.splits[i].end = v.end
		if i+1 < len(v.splits) {
			v.splits[i].end = v.splits[i+1].start
		}
	}
	return v.splits, nil
}

// placed is a fault at a known place.
type placed struct {
	*fault
	pos       int64
	line, col int
}

// jsonSurvey is what one pass over JSON learns.
type jsonSurvey struct {
	in      Input
	paths   *paths
	target  int64
	records int
	blank   bool // nothing but white space
	splits  []Split
	end     int64
	names   []string // paths that occur, in order of appearance, at most 1000
	known   map[string]bool
}

func (v *jsonSurvey) lines(mark int64) error {
	r, err := v.in.text(mark)
	if err != nil {
		return err
	}
	lr := newLines(r, cut{mark, 1})
	v.blank = true
	for lr.next() {
		t := jsonText{lr.text}
		start := t.space(0)
		if start == len(t.b) {
			continue
		}
		v.blank = false
		if n := len(v.splits); n == 0 || lr.at.pos >= v.splits[n-1].start+v.target {
			v.splits = append(v.splits, Split{in: v.in, start: lr.at.pos, line: lr.at.line})
		}
		v.records++
		_, err := v.note(t, start)
		var je *jsonError
		if errors.As(err, &je) && je.cut && !lr.ended {
			return &placed{&fault{"cut_file", "the last line ends within its JSON value: the file was cut", "pull the file again"}, lr.at.pos, lr.at.line, 0}
		}
	}
	v.end = lr.after.pos
	return lr.err
}

// document is one JSON document: an array of rows, or an object one member of which is.
func (v *jsonSurvey) document(mark int64) error {
	b, err := v.in.document()
	if err != nil {
		return err
	}
	t := jsonText{b}
	start := t.space(int(mark))
	if v.blank = start == len(b); v.blank {
		return nil
	}
	end, err := t.value(start, 0)
	if err == nil {
		if end = t.space(end); end < len(b) {
			err = t.fail(end, "nothing after the document")
		}
	}
	if err != nil {
		return v.in.jsonFault(b, err)
	}
	array, err := v.in.rowsOf(t, start)
	if err != nil {
		return err
	}
	v.end, err = int64(len(b)), nil
	_, err = t.array(array, 0, func(value, _ int) error {
		if v.records == 0 {
			line, _ := place(b, value, '\n')
			v.splits = []Split{{in: v.in, start: int64(value), line: line + 1}}
		}
		v.records++
		if b[value] == '{' {
			_, _ = v.note(t, value)
		}
		return nil
	})
	return err
}

// document is the whole decoded text of a JSON document.
func (in Input) document() ([]byte, error) {
	r, err := in.text(0)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, inMemoryMost+1))
	if err == nil && int64(len(b)) > inMemoryMost {
		err = &fault{"too_large", fmt.Sprintf("the document is larger than %d bytes, which one JSON document may not be", inMemoryMost), "export it as jsonl and write `format: jsonl`"}
	}
	return b, err
}

// jsonFault is a mistake in a document, with its place.
func (in Input) jsonFault(b []byte, err error) error {
	var je *jsonError
	if !errors.As(err, &je) {
		return err
	}
	line, col := place(b, je.at, '\n')
	f := &fault{"damaged_json", "the document is no JSON: " + je.Error(), "pull the file again, or correct `format:` of the table"}
	if je.cut {
		f = &fault{"cut_file", "the document " + strings.TrimPrefix(je.Error(), "the text ") + ": the file was cut", "pull the file again"}
	}
	return &placed{f, int64(je.at), line + 1, col}
}

// rowsOf is the index of the array that holds the rows of a valid document.
func (in Input) rowsOf(t jsonText, start int) (int, error) {
	if t.b[start] == '[' {
		return start, nil
	}
	var found, names = []int{}, []string{}
	if t.b[start] == '{' {
		_, _ = t.object(start, 0, func(key, keyEnd, value, _ int) error {
			name := string(unquote(nil, t.b[key:keyEnd]))
			inside := t.space(value + 1)
			if t.b[value] == '[' && (in.Format.Sheet == name || in.Format.Sheet == "" && (t.b[inside] == '{' || t.b[inside] == ']')) {
				found, names = append(found, value), append(names, name)
			}
			return nil
		})
	}
	if len(found) == 1 {
		return found[0], nil
	}
	f := &fault{"no_rows_found", "the document is no array of objects, and none of its members is", "export it as a JSON array or as jsonl"}
	if len(found) > 1 {
		f.message, f.hint = "the document has several arrays: "+listed(names), "name the one with the rows, as in `sheet: "+names[len(names)-1]+"`"
	} else if in.Format.Sheet != "" {
		f.message, f.hint = "the document has no array "+shown(in.Format.Sheet), "correct `sheet:` of the table"
	}
	return 0, f
}

// note remembers which columns occur.
func (v *jsonSurvey) note(t jsonText, start int) (int, error) {
	if t.b[start] != '{' {
		return start, nil
	}
	return v.paths.walk(t, start, func(path []byte, _ int, _, _ int) error {
		if len(v.names) < 1000 && !v.known[string(path)] {
			if v.known == nil {
				v.known = map[string]bool{}
			}
			v.known[string(path)] = true
			v.names = append(v.names, string(path))
		}
		return nil
	})
}

func (v *jsonSurvey) missing() (findings []comp.Finding) {
	labels := make([]label, len(v.names))
	for i, n := range v.names {
		labels[i] = label{text: n, line: 1, col: 1}
	}
	for i, c := range v.in.Contract.Columns {
		if v.paths.met[i] || c.Default != "" {
			continue
		}
		f := missingColumn(v.in, labels, c.Name, v.paths.from[i])
		f.Message = strings.Replace(f.Message, "the header has no", "no row has", 1)
		f.Message = strings.Replace(f.Message, "; it has", "; there are", 1)
		if j := strings.LastIndex(f.Message, " in column "); j > 0 {
			f.Message = f.Message[:j]
		}
		f.Line, f.Col = 1, 1
		findings = append(findings, f)
	}
	return findings
}
