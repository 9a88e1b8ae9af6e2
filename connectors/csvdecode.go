package connectors

import (
	"fmt"
	"io"

	"carrot/transform"
	"carrot/transform/comp"
)

// decodeCSV turns a split of a csv file into batches.
func decodeCSV(s Split, out func(transform.Batch) error) []comp.Finding {
	syn, err := s.in.Format.Dialect.compile()
	if err != nil {
		return s.in.stops(err)
	}
	r, err := s.in.text(s.start)
	if err != nil {
		return s.in.stops(err)
	}
	w, err := newRows(s.in, (s.end-s.start)/int64(s.fields+1), out)
	if err != nil {
		return s.in.stops(err)
	}
	size := int(min(int64(chunkSize), s.end-s.start))
	d := &csvDecoder{rows: w, sc: newScanner(syn, io.LimitReader(r, s.end-s.start), cut{s.start, s.line}, size), split: s}
	defer d.sc.done()
	for !w.stopped && d.sc.next() {
		d.row()
	}
	if d.sc.err != nil && !w.stopped {
		w.stop(asFault(d.sc.err), d.sc.pos(), 0)
	}
	return w.finish()
}

type csvDecoder struct {
	*rows
	sc      *scanner
	split   Split
	scratch []byte
}

// row puts the present record into the batch.
func (d *csvDecoder) row() {
	sc := d.sc
	if len(sc.cells) != d.split.fields {
		d.ragged()
		d.keep(sc.pos())
		return
	}
	if sc.dirty || sc.bad {
		d.inspect()
	}
	cells, buf, at, r := sc.cells, sc.buf, d.split.cols, d.n
	for i, c := range d.cols {
		cell := cells[at[i]]
		text := buf[cell.start():cell.end()]
		if cell.is(escaped) {
			d.scratch = sc.content(cell, d.scratch)
			text = d.scratch
		}
		var p problem
		if len(text) == 0 || len(c.nulls) > 0 {
			p = c.put(r, text)
		} else {
			p = c.parse(r, text)
		}
		if p != fine {
			c.clear(r)
			if !d.flagged(c) {
				d.wrongCell(p, c, text, d.at(cell))
			}
		}
	}
	d.keep(sc.pos())
}

// at is where a cell stands.
func (d *csvDecoder) at(c cell) comp.Finding {
	f := comp.Finding{Origin: d.in.origin(d.sc.pos())}
	off := c.start() - d.sc.start
	if c.is(quoted) {
		off--
	}
	line, col := place(d.sc.raw(), off, d.sc.newline())
	f.Line, f.Col = d.sc.here().line+line, col
	return f
}

// ragged notes a record with too few or too many cells.
func (d *csvDecoder) ragged() {
	f := comp.Finding{Code: "ragged_row", Origin: d.in.origin(d.sc.pos()), Line: d.sc.here().line, Col: 1,
		Message: fmt.Sprintf("the record has %d cells, expected %d as in the header", len(d.sc.cells), d.split.fields),
		Hint:    "quote cells that hold the delimiter, or correct `delimiter:` and `quote:` of the dialect"}
	d.blank()
	d.add(f, nil, d.sc.raw())
}

// blank clears the row's cells, so that a finding shows no key of the row before.
func (d *csvDecoder) blank() {
	for _, k := range d.keys {
		d.cols[k].clear(d.n)
	}
}

// inspect looks at each cell of a record with a broken quote or in a buffer with undecodable bytes. Cells that no column
// wants may be broken text, but a broken quote anywhere makes the record's cells uncertain.
func (d *csvDecoder) inspect() {
	if d.sc.bad {
		for _, c := range d.sc.cells {
			if c.is(broken) {
				f := d.at(c)
				f.Code, f.Message = "broken_quote", "the cell has a quote in the middle, expected it doubled inside a quoted cell"
				f.Hint = "export the file again; if it does not quote cells, write `quote: \"\"` in the dialect, or correct `escape:`"
				d.add(f, nil, d.sc.buf[c.start():c.end()])
			}
		}
	}
	if !d.sc.dirty || cleanText(d.sc.raw(), true) {
		return
	}
	for i, c := range d.cols {
		cell := d.sc.cells[d.split.cols[i]]
		if text := d.sc.buf[cell.start():cell.end()]; !cleanText(text, true) {
			f, at := dirtyText(d.in, text), d.at(cell)
			at.Code, at.Message, at.Hint = f.code, f.message, f.hint
			d.add(at, c, text)
		}
	}
}
