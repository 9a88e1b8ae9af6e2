package connectors

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"carrot/transform"
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

// paths finds the columns of a contract in an object: by a key, or by keys joined with points for objects in objects.
type paths struct {
	from  []string
	index map[string][]int // read by key only
	met   []bool
	path  []byte
}

func newPaths(c comp.Contract) *paths {
	p := &paths{index: map[string][]int{}, met: make([]bool, len(c.Columns)), from: make([]string, len(c.Columns))}
	for i, col := range c.Columns {
		p.from[i] = strings.TrimSpace(or(col.From, col.Name))
		p.index[p.from[i]] = append(p.index[p.from[i]], i)
	}
	return p
}

// walk gives every member of the object at start to visit, those of inner objects too: its path, the column that it
// belongs to or -1, and where the value is.
func (p *paths) walk(t jsonText, start int, visit func(path []byte, col, value, end int) error) (int, error) {
	base := len(p.path)
	defer func() { p.path = p.path[:base] }()
	return t.object(start, 0, func(key, keyEnd, value, end int) error {
		p.path = p.path[:base]
		if base > 0 {
			p.path = append(p.path, '.')
		}
		p.path = unquote(p.path, t.b[key:keyEnd])
		cols := p.index[string(p.path)]
		for _, c := range cols {
			p.met[c] = true
			if err := visit(p.path, c, value, end); err != nil {
				return err
			}
		}
		if t.b[value] == '{' && len(cols) == 0 {
			_, err := p.walk(t, value, visit)
			return err
		}
		if len(cols) == 0 {
			return visit(p.path, -1, value, end)
		}
		return nil
	})
}

// lineReader gives physical lines with their positions.
type lineReader struct {
	r     *bufio.Reader
	text  []byte // without its line feed; good until the next call
	at    cut
	after cut
	ended bool // a line feed stood after it
	err   error
}

func newLines(r io.Reader, at cut) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(r, chunkSize), after: at}
}

func (l *lineReader) next() bool {
	l.at, l.text = l.after, l.text[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		l.text = append(l.text, part...)
		switch {
		case err == bufio.ErrBufferFull && len(l.text) < maxRecord:
			continue
		case err == bufio.ErrBufferFull:
			err = &fault{"too_large", "a line is longer than 64 MiB", "correct `format:` of the table"}
		}
		if err != nil && err != io.EOF {
			l.err = err
			return false
		}
		l.ended = err == nil
		l.after = cut{l.at.pos + int64(len(l.text)), l.at.line + 1}
		if len(l.text) == 0 {
			return false
		}
		l.text = bytes.TrimSuffix(l.text, []byte("\n"))
		return true
	}
}

// decodeJSON turns a split of JSON into batches.
func decodeJSON(s Split, out func(transform.Batch) error) []comp.Finding {
	w, err := newRows(s.in, (s.end-s.start)/16, out)
	if err != nil {
		return s.in.stops(err)
	}
	d := &jsonDecoder{rows: w, paths: newPaths(s.in.Contract), seen: make([]bool, len(s.in.Contract.Columns))}
	if s.in.Format.Kind == JSONL {
		err = d.lines(s)
	} else {
		err = d.elements(s)
	}
	if err != nil && !w.stopped {
		w.stop(asFault(err), s.start, 0)
	}
	w.flush()
	return w.findings
}

type jsonDecoder struct {
	*rows
	paths   *paths
	seen    []bool
	scratch []byte
}

func (d *jsonDecoder) lines(s Split) error {
	r, err := s.in.text(s.start)
	if err != nil {
		return err
	}
	lr := newLines(io.LimitReader(r, s.end-s.start), cut{s.start, s.line})
	for !d.stopped && lr.next() {
		t := jsonText{lr.text}
		if start := t.space(0); start < len(t.b) {
			d.row(t, start, lr.at, 0)
		}
	}
	return lr.err
}

func (d *jsonDecoder) elements(s Split) error {
	b, err := s.in.document()
	if err != nil {
		return err
	}
	t := jsonText{b}
	mark := 0
	if markOf(b) == "utf-8" {
		mark = 3
	}
	array, err := s.in.rowsOf(t, t.space(mark))
	if err != nil {
		return err
	}
	line, counted := 1, 0
	_, err = t.array(array, 0, func(value, end int) error {
		if d.stopped {
			return io.EOF
		}
		line += bytes.Count(b[counted:value], []byte{'\n'})
		counted = value
		d.row(jsonText{b[:end]}, value, cut{int64(value), line}, value)
		return nil
	})
	if err == io.EOF {
		err = nil
	}
	return err
}

// row puts the object at start into the batch. at is the position of the row, which is at index from of the text.
func (d *jsonDecoder) row(t jsonText, start int, at cut, from int) {
	clear(d.seen)
	where := func(i int) comp.Finding {
		nl := bytes.LastIndexByte(t.b[:i], '\n') + 1
		return comp.Finding{Origin: d.in.origin(at.pos), Line: at.line + bytes.Count(t.b[from:i], []byte{'\n'}), Col: 1 + len([]rune(string(t.b[nl:i])))}
	}
	end, err := d.object(t, start, where)
	if err == nil {
		if end = t.space(end); end < len(t.b) {
			err = t.fail(end, "nothing after the object")
		}
	}
	if err != nil {
		f := where(min(end, len(t.b)))
		f.Code, f.Message, f.Hint = "bad_json", "the row is no JSON object: "+err.Error(), "export it again, or correct `format:` of the table"
		d.wrong = d.wrong[:0]
		for _, k := range d.keys {
			d.cols[k].clear(d.n)
		}
		d.add(f, nil, t.b[start:])
		d.keep(at.pos)
		return
	}
	for i, c := range d.cols {
		if !d.seen[i] {
			if p := c.null(d.n); p != fine {
				c.clear(d.n)
				d.wrongCell(p, c, nil, where(start))
			}
		}
	}
	d.keep(at.pos)
}

func (d *jsonDecoder) object(t jsonText, start int, where func(int) comp.Finding) (int, error) {
	if t.b[start] != '{' {
		return start, t.fail(start, "{")
	}
	return d.paths.walk(t, start, func(_ []byte, col, value, end int) error {
		if col < 0 {
			return nil
		}
		c := d.cols[col]
		if d.seen[col] {
			f := where(value)
			f.Code, f.Message, f.Hint = "duplicate_key", "the key occurs twice in one object, expected once", "export it again"
			d.add(f, c, t.b[value:end])
			return nil
		}
		d.seen[col] = true
		if p := d.cell(c, t.b[value:end]); p != fine {
			c.clear(d.n)
			d.wrongCell(p, c, t.b[value:end], where(value))
		}
		return nil
	})
}

// cell writes one JSON value.
func (d *jsonDecoder) cell(c *column, v []byte) problem {
	switch v[0] {
	case '"':
		d.scratch = unquote(d.scratch[:0], v)
		if !cleanText(d.scratch, true) {
			return badNative
		}
		return c.put(d.n, d.scratch)
	case 'n':
		return c.null(d.n)
	case 't', 'f':
		return c.boolean(d.n, v[0] == 't')
	case '{', '[':
		if c.kind != kText && c.kind != kCategory {
			return badNative
		}
		return c.parse(d.n, v)
	}
	return c.number(d.n, v)
}

// number writes a number that its format knows to be one: with a point, whatever the dialect says of texts.
func (c *column) number(r int, b []byte) problem {
	if c.kind != kInteger && c.kind != kDecimal {
		return c.put(r, b)
	}
	declared := c.marks
	c.marks = plainMarks
	p := c.parse(r, b)
	c.marks = declared
	return p
}

var plainMarks = &marks{point: '.'}

// boolean writes a truth value that its format knows to be one.
func (c *column) boolean(r int, v bool) problem {
	if c.kind != kBool {
		return c.put(r, []byte(fmt.Sprint(v)))
	}
	c.data[r>>3] &^= 1 << (r & 7)
	if v {
		c.data[r>>3] |= 1 << (r & 7)
	}
	return fine
}
