package connectors

import (
	"bytes"
	"fmt"
	"io"

	"carrot/transform"
	"carrot/transform/comp"
)

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
	return w.finish()
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
