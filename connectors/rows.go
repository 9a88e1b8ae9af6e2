package connectors

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"carrot/transform"
	"carrot/transform/comp"
)

// mostWrong is how many findings a split reports before it gives up: the file is then not what the contract says.
const mostWrong = 50_000

// rows collects the rows of a split into batches, whatever the format.
type rows struct {
	in       Input
	schema   *arrow.Schema
	cols     []*column
	keys     []int
	texts    []int // columns that may fill up with text
	n        int
	pos      []int64
	out      func(transform.Batch) error
	findings []comp.Finding
	wrong    []comp.Finding // of the present row
	room     int
	stopped  bool
}

// newRows makes ready for about expect rows; 0 is unknown.
func newRows(in Input, expect int64, out func(transform.Batch) error) (*rows, error) {
	m, err := in.Format.Dialect.marks()
	if err != nil {
		return nil, err
	}
	w := &rows{in: in, out: out, room: batchRows}
	if expect > 0 {
		w.room = int(min(batchRows, expect+1))
	}
	isKey := map[string]bool{}
	for _, k := range in.Contract.Keys {
		isKey[k] = true
		if i := in.Contract.Index(k); i >= 0 {
			w.keys = append(w.keys, i)
		}
	}
	var fields []arrow.Field
	for i, c := range in.Contract.Columns {
		col, err := newColumn(c, m, c.Required || isKey[c.Name])
		if err != nil {
			return nil, err
		}
		if col.kind == kText || col.kind == kNode {
			w.texts = append(w.texts, i)
		}
		w.cols = append(w.cols, col)
		fields = append(fields, arrow.Field{Name: c.Name, Type: col.dataType(), Nullable: true})
	}
	w.schema = arrow.NewSchema(fields, nil)
	w.fresh()
	return w, nil
}

// finish hands out the last batch and gives what was found.
func (w *rows) finish() []comp.Finding {
	w.flush()
	for _, c := range w.cols {
		c.done()
	}
	giveBack(&w.pos, &spareI64)
	return w.findings
}

// fresh makes room for a batch.
func (w *rows) fresh() {
	w.n, w.pos = 0, blank(w.pos, &spareI64, w.room)
	for _, c := range w.cols {
		c.room(w.room)
	}
}

// keep ends the present row: into the batch where it is right, out of it where findings were added.
func (w *rows) keep(pos int64) {
	if len(w.wrong) > 0 {
		key := w.key()
		for _, f := range w.wrong {
			f.Key = key
			w.findings = append(w.findings, f)
		}
		w.wrong = w.wrong[:0]
		for _, c := range w.cols {
			c.reset(w.n)
		}
		if len(w.findings) >= mostWrong {
			w.stop(&fault{"too_many_findings", fmt.Sprintf("%d wrong cells up to here, expected a file that keeps to its contract", len(w.findings)),
				"correct the table's columns and dialect; `carrot check` proposes them"}, pos, 0)
		}
		return
	}
	w.pos[w.n] = pos
	w.n++
	if w.n == w.room || w.overfull() {
		if w.flush(); !w.stopped {
			w.fresh()
		}
	}
}

func (w *rows) overfull() bool {
	for _, i := range w.texts {
		if w.cols[i].full() {
			return true
		}
	}
	return false
}

// stop ends the split.
func (w *rows) stop(f *fault, pos int64, line int) {
	w.findings = append(w.findings, w.in.stop(f, pos, line, 0))
	w.stopped = true
}

// key is the present row's key as findings show it.
func (w *rows) key() string {
	if w.in.sealed() {
		return ""
	}
	parts := make([]string, len(w.keys))
	for i, k := range w.keys {
		parts[i] = strings.ToValidUTF8(w.cols[k].show(w.n), "\uFFFD")
	}
	return strings.Join(parts, "|")
}

// flush hands the batch out.
func (w *rows) flush() {
	if w.n == 0 || w.stopped {
		return
	}
	arrays := make([]arrow.Array, len(w.cols))
	for i, c := range w.cols {
		arrays[i] = c.array(w.n)
	}
	rec := array.NewRecord(w.schema, arrays, int64(w.n))
	for _, a := range arrays {
		a.Release()
	}
	err := w.out(transform.Batch{Rec: rec, File: w.in.File, Pos: w.pos[:w.n]})
	rec.Release()
	if err != nil {
		f := w.in.stop(&fault{"decoding_stopped", err.Error(), "see the error above"}, w.pos[0], 0, 0)
		f.Reach = comp.ReachRun
		w.findings = append(w.findings, f)
		w.stopped = true
		return
	}
	w.n = 0
}

// add notes that a cell of the present row is wrong.
func (w *rows) add(f comp.Finding, c *column, text []byte) {
	f.Reach, f.Table = comp.ReachRow, w.in.Contract.Name()
	if c != nil {
		f.Column = c.Name
	}
	if !w.in.sealed() {
		f.Text = strings.ToValidUTF8(string(text[:min(len(text), 1000)]), "\uFFFD")
	}
	w.wrong = append(w.wrong, f)
}

// flagged says that the present row has a finding for the column already.
func (w *rows) flagged(c *column) bool {
	for _, f := range w.wrong {
		if f.Column == c.Name {
			return true
		}
	}
	return false
}

// wrongCell notes a cell that its column refused.
func (w *rows) wrongCell(p problem, c *column, text []byte, at comp.Finding) {
	if w.in.sealed() {
		f := c.explain(p, nil)
		at.Code, at.Message, at.Hint = f.code, sealedMessage(c), "look at the row in the source system, and correct the column's type or layout"
		if p == badMissing {
			at.Message, at.Hint = f.message, f.hint
		}
		w.add(at, c, nil)
		return
	}
	f := c.explain(p, text)
	at.Code, at.Message, at.Hint = f.code, f.message, f.hint
	w.add(at, c, text)
}

func sealedMessage(c *column) string {
	return fmt.Sprintf("the cell is no %s as declared; the table is sealed, so it is not shown", c.Type)
}

// dirtyText says why text is no clean UTF-8.
func dirtyText(in Input, text []byte) *fault {
	if bytes.IndexByte(text, 0) >= 0 {
		return &fault{"nul_character", "the cell holds a NUL character, expected text", "pull the file again; where it is UTF-16, write `encoding: utf-16le` in the dialect"}
	}
	enc := or(in.Format.Dialect.Encoding, "utf-8")
	hint := "correct `encoding:` of the dialect"
	if enc == "utf-8" {
		hint = "write `encoding: windows-1252` in the dialect if the file comes from Windows, or export it again as UTF-8"
	}
	return &fault{"bad_encoding", "the cell holds bytes that are not " + enc, hint}
}
