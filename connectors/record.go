package connectors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"carrot/transform/comp"
)

// Record is one source row as it stands in the file.
type Record struct {
	Raw    []byte   // the row's text in UTF-8, without its record end; for sheets and Parquet its cells joined by tabs
	Line   int      // of its first byte; the row in a sheet; 0 in Parquet
	Fields []string // cells, unquoted; for JSON the values of the contract's columns
	Header []string // the labels of Fields; #1, #2, … where the file has none
}

// ErrSealed is returned for rows of sealed tables, which nobody is shown.
var ErrSealed = errors.New("the table is sealed: its rows are not shown")

// RecordAt is the source row at a position that Decode gave (comp.Origin.Pos). A position where no record starts gives
// some text or an error. Rows of a sealed table are refused with ErrSealed.
func RecordAt(in Input, pos int64) (Record, error) {
	if in.sealed() {
		return Record{}, ErrSealed
	}
	var rec Record
	var err error
	switch in.Format.Kind {
	case CSV:
		rec, err = csvRecord(in, pos)
	case JSONL, JSON:
		rec, err = jsonRecord(in, pos)
	case XLSX:
		return sheetRecord(in, pos)
	default:
		return parquetRecord(in, pos)
	}
	if err != nil {
		return Record{}, err
	}
	rec.Line, err = LineOf(in, pos)
	return rec, err
}

// LineOf is the line, from 1, on which the byte at a position stands; the row's number in a sheet; 0 in Parquet. Repeated
// calls on a file with a Digest are cheap: counts of lines are kept for the files asked about last.
func LineOf(in Input, pos int64) (int, error) {
	switch in.Format.Kind {
	case XLSX:
		return int(pos), nil
	case Parquet:
		return 0, nil
	}
	return indexOf(in).line(in, pos)
}

// indexEvery is the distance of the positions whose line an index keeps.
const indexEvery = 1 << 20

// keepText is the most decoded text that an index keeps of a file that cannot be read from the middle.
const keepText = 32 << 20

// lineIndex counts the lines of one file, as far as it was asked.
type lineIndex struct {
	mu     sync.Mutex
	before []int  // line feeds before k*indexEvery
	text   []byte // the decoded text of a packed or transcoded file, where it is small enough
	tried  bool
	header []string
}

var indexes = struct {
	sync.Mutex
	byFile map[string]*lineIndex
	order  []string // the one asked about last comes last
}{byFile: map[string]*lineIndex{}}

// indexOf is the index of a file, kept for the last few files that have a digest.
func indexOf(in Input) *lineIndex {
	if in.Digest == "" {
		return &lineIndex{before: []int{0}}
	}
	key := fmt.Sprint(in.Digest, in.Size, in.Format)
	indexes.Lock()
	defer indexes.Unlock()
	x, ok := indexes.byFile[key]
	if !ok {
		x = &lineIndex{before: []int{0}}
		indexes.byFile[key] = x
	}
	for i, k := range indexes.order {
		if k == key {
			indexes.order = append(indexes.order[:i], indexes.order[i+1:]...)
			break
		}
	}
	if indexes.order = append(indexes.order, key); len(indexes.order) > 8 {
		delete(indexes.byFile, indexes.order[0])
		indexes.order = indexes.order[1:]
	}
	return x
}

// from is the decoded stream from a position on.
func (x *lineIndex) from(in Input, pos int64) (io.Reader, error) {
	if in.plain() {
		return in.text(pos)
	}
	if !x.tried {
		x.tried = true
		r, err := in.text(0)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(r, keepText+1))
		if err != nil {
			return nil, err
		}
		if len(b) <= keepText {
			x.text = b
		}
	}
	if x.text != nil {
		return bytes.NewReader(x.text[min(pos, int64(len(x.text))):]), nil
	}
	return in.text(pos)
}

func (x *lineIndex) line(in Input, pos int64) (int, error) {
	newline := byte('\n')
	if in.Format.Kind == CSV {
		s, err := in.Format.Dialect.compile()
		if err != nil {
			return 0, err
		}
		newline = s.newline()
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	k := min(int(pos/indexEvery), len(x.before)-1)
	at, lines := int64(k)*indexEvery, x.before[k]
	r, err := x.from(in, at)
	if err != nil {
		return 0, err
	}
	buf := make([]byte, 64<<10)
	for at < pos {
		n, err := io.ReadFull(r, buf[:min(int64(len(buf)), pos-at, (at/indexEvery+1)*indexEvery-at)])
		lines += bytes.Count(buf[:n], []byte{newline})
		at += int64(n)
		if at == int64(len(x.before))*indexEvery {
			x.before = append(x.before, lines)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return 0, fmt.Errorf("%s ends at %d, before position %d", in.Name, at, pos)
		}
		if err != nil {
			return 0, err
		}
	}
	return lines + 1, nil
}

func csvRecord(in Input, pos int64) (Record, error) {
	s, err := in.Format.Dialect.compile()
	if err != nil {
		return Record{}, err
	}
	x := indexOf(in)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.header == nil {
		h, err := readHeading(in, s)
		if err != nil {
			return Record{}, err
		}
		if h != nil {
			x.header = names(h.labels)
		}
	}
	r, err := x.from(in, pos)
	if err != nil {
		return Record{}, err
	}
	sc := newScanner(s, r, cut{pos, 1}, 16<<10)
	if !sc.next() || sc.pos() != pos {
		return Record{}, fmt.Errorf("%s has no record at position %d", in.Name, pos)
	}
	rec := Record{Raw: bytes.Clone(sc.raw()), Header: x.header}
	for _, c := range sc.cells {
		rec.Fields = append(rec.Fields, string(sc.content(c, nil)))
	}
	return rec, sc.err
}

func jsonRecord(in Input, pos int64) (Record, error) {
	x := indexOf(in)
	x.mu.Lock()
	defer x.mu.Unlock()
	r, err := x.from(in, pos)
	if err != nil {
		return Record{}, err
	}
	var t jsonText
	if in.Format.Kind == JSONL {
		lr := newLines(r, cut{pos, 1})
		if !lr.next() {
			return Record{}, fmt.Errorf("%s has no record at position %d", in.Name, pos)
		}
		t.b = bytes.TrimRight(bytes.Clone(lr.text), " \t\r")
	} else {
		b, err := io.ReadAll(io.LimitReader(r, maxRecord))
		if err != nil {
			return Record{}, err
		}
		end, err := jsonText{b}.value(0, 0)
		if err != nil {
			return Record{}, fmt.Errorf("%s has no record at position %d", in.Name, pos)
		}
		t.b = b[:end]
	}
	rec := Record{Raw: t.b}
	p := newPaths(in.Contract)
	rec.Header, rec.Fields = p.from, make([]string, len(p.from))
	if start := t.space(0); start < len(t.b) && t.b[start] == '{' {
		_, _ = p.walk(t, start, func(_ []byte, col, value, end int) error {
			if col >= 0 {
				rec.Fields[col] = jsonField(t.b[value:end])
			}
			return nil
		})
	}
	return rec, nil
}

// jsonField is a value as a cell shows it.
func jsonField(v []byte) string {
	switch v[0] {
	case '"':
		return string(unquote(nil, v))
	case 'n':
		return ""
	}
	return string(v)
}

func sheetRecord(in Input, pos int64) (Record, error) {
	w, err := openWorkbook(in)
	if err != nil {
		return Record{}, err
	}
	s, err := in.Format.Dialect.compile()
	if err != nil {
		return Record{}, err
	}
	h := &sheetHeading{syntax: s}
	var rec *Record
	err = w.rows(func(r *sheetRow) error {
		h.row(r)
		if int64(r.number) != pos {
			return nil
		}
		rec = &Record{Line: r.number}
		for _, c := range r.cells {
			for len(rec.Fields) < c.col {
				rec.Fields = append(rec.Fields, "")
			}
			rec.Fields = append(rec.Fields, w.shownCell(c))
		}
		return errEnough
	})
	if err != nil && err != errEnough {
		return Record{}, err
	}
	if rec == nil {
		return Record{}, fmt.Errorf("%s has no row %d", in.Name, pos)
	}
	rec.Header = names(h.names())
	rec.Raw = joinCells(rec.Fields)
	return *rec, nil
}

// shownCell is a stored value as a person reads it: dates as ISO, numbers as plain digits.
func (w *workbook) shownCell(c sheetCell) string {
	if c.kind != "n" {
		return c.text
	}
	if c.format.date {
		if day, second, ok := w.serial(c.text); ok {
			text := comp.Date(day).String()
			if second > 0 {
				text += fmt.Sprintf(" %02d:%02d:%02d", second/3600, second/60%60, second%60)
			}
			return text
		}
	}
	if plain, ok := plainValue(c.text); ok {
		return plain
	}
	return c.text
}

func joinCells(fields []string) []byte {
	var b bytes.Buffer
	for i, f := range fields {
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(f)
	}
	return b.Bytes()
}

// parquetRecord reads the file again up to the row.
func parquetRecord(in Input, pos int64) (Record, error) {
	head, err := startChild(in, nil)
	if err != nil {
		return Record{}, err
	}
	wanted := make([]int, len(head.cols))
	for i := range wanted {
		wanted[i] = i
	}
	_ = head.end(errEnough)
	c, err := startChild(in, wanted)
	if err != nil {
		return Record{}, err
	}
	rec := Record{Fields: make([]string, len(wanted))}
	for _, col := range c.cols {
		rec.Header = append(rec.Header, col.name)
	}
	for row := int64(0); ; row++ {
		more, err := c.row(len(wanted), func(i int, text []byte, _ bool) {
			if row == pos {
				rec.Fields[i] = string(text)
			}
		})
		if err != nil || !more {
			if err == nil {
				err = fmt.Errorf("%s has no row %d", in.Name, pos)
			}
			return Record{}, errors.Join(err, c.end(err))
		}
		if row == pos {
			_ = c.end(errEnough)
			rec.Raw = joinCells(rec.Fields)
			return rec, nil
		}
	}
}
