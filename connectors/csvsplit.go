package connectors

import (
	"bytes"
	"fmt"
	"io"

	"carrot/transform/comp"
)

// heading is what stands before the first record of a csv file.
type heading struct {
	labels []label
	body   cut
	cols   []int
}

// csvSplits checks and cuts a csv file.
func csvSplits(in Input, target int64) ([]Split, []comp.Finding) {
	s, err := in.Format.Dialect.compile()
	if err != nil {
		return nil, in.stops(err)
	}
	h, err := readHeading(in, s)
	if err != nil {
		return nil, in.stops(err)
	}
	if h == nil {
		return nil, []comp.Finding{emptyFile(in)}
	}
	var findings []comp.Finding
	if h.cols, findings = matchColumns(in, h.labels, 0); len(findings) > 0 {
		return nil, findings
	}
	v, err := surveyText(in, s, h.body, target)
	if err != nil {
		return nil, in.stops(err)
	}
	v.fields, v.told = len(h.labels), toldBy(in, h.cols)
	end, whole, last, err := v.ending(in)
	if err != nil {
		return nil, in.stops(err)
	}
	if f := v.cutShort(in, whole, last); f != nil {
		return nil, []comp.Finding{*f}
	}
	if end == h.body.pos {
		return nil, []comp.Finding{headerOnly(in, max(1, h.body.line-1))}
	}
	var splits []Split
	for i, c := range v.cuts {
		if c.pos >= end {
			break
		}
		sp := Split{in: in, start: c.pos, end: end, line: c.line, fields: len(h.labels), cols: h.cols}
		if i+1 < len(v.cuts) {
			sp.end = min(end, v.cuts[i+1].pos)
		}
		splits = append(splits, sp)
	}
	return splits, nil
}

// cutShort is the finding of a file that ends within a record; nil where it does not.
func (v *survey) cutShort(in Input, whole bool, last cut) *comp.Finding {
	switch {
	case v.open:
		line, _ := lineAt(in, v.openPos)
		f := in.stop(&fault{"cut_file", "a quote opens here and is still open at the end of the file: the file was cut, or the quote is text",
			"pull the file again; if the file does not quote its cells, write `quote: \"\"` in the dialect"}, v.openPos, line, 0)
		return &f
	case !whole && !v.openEnd:
		f := in.stop(&fault{"cut_file", "the last record has no record end: the file was cut",
			"pull the file again; if the program that wrote it never ends the last line, write `open_end: true` in the dialect"}, last.pos, last.line, 0)
		return &f
	}
	return nil
}

// readHeading reads what stands before the records; nil for a file with nothing in it.
func readHeading(in Input, s *syntax) (*heading, error) {
	mark, err := in.byteOrder()
	if err != nil {
		return nil, err
	}
	r, err := in.text(mark)
	if err != nil {
		return nil, err
	}
	sc := newScanner(s, r, cut{mark, 1}, chunkSize/4)
	defer sc.done()
	if any, err := skipLines(sc, s.skip); err != nil || !any {
		return nil, err
	}
	h := &heading{body: cut{sc.base + int64(sc.p), sc.lineOf(sc.p)}}
	if s.header == 0 {
		if !sc.next() {
			return nil, sc.err
		}
		h.labels = numbered(len(sc.cells))
		return h, nil
	}
	var further [][]string
	for row := 0; row < s.header; row++ {
		if !sc.next() {
			return nil, headerFault(sc, row, s.header)
		}
		if sc.open {
			return nil, headerFault(sc, row, s.header)
		}
		if row == 0 {
			h.labels = headerLabels(sc, sc.here().line)
		} else {
			further = append(further, headerTexts(sc))
		}
		h.body = cut{sc.base + int64(sc.p), sc.lineOf(sc.p)}
	}
	if len(further) > 0 {
		h.labels = joinHeaders(h.labels, further)
	}
	return h, nil
}

func headerFault(sc *scanner, row, want int) error {
	if sc.err != nil {
		return sc.err
	}
	if sc.open {
		return &fault{"cut_file", "a quote that opens in the header is never closed", "pull the file again, or correct `quote:` of the dialect"}
	}
	if row == 0 {
		return nil
	}
	return &fault{"cut_file", fmt.Sprintf("the file ends after %d of %d header rows", row, want), "pull the file again, or correct `header_rows:`"}
}

// skipLines passes over physical lines; false where nothing stands after them.
func skipLines(sc *scanner, n int) (any bool, err error) {
	for {
		for n > 0 {
			i := bytes.Index(sc.buf[sc.p:sc.n], sc.syntax.end)
			if i < 0 {
				break
			}
			sc.p += i + len(sc.syntax.end)
			n--
		}
		if n == 0 && sc.p < sc.n {
			return true, nil
		}
		if !sc.fill() {
			return false, sc.err
		}
	}
}

func headerLabels(sc *scanner, line int) []label {
	labels := make([]label, len(sc.cells))
	raw := sc.buf[sc.start:sc.tail]
	for i, c := range sc.cells {
		off := c.start() - sc.start
		if c.is(quoted) {
			off--
		}
		dl, col := place(raw, off, sc.newline())
		labels[i] = label{text: trimLabel(sc.content(c, nil)), line: line + dl, col: col}
	}
	return labels
}

func headerTexts(sc *scanner) []string {
	texts := make([]string, len(sc.cells))
	for i, c := range sc.cells {
		texts[i] = trimLabel(sc.content(c, nil))
	}
	return texts
}

// lineAt counts lines up to a position by reading the stream from its beginning.
func lineAt(in Input, pos int64) (int, error) {
	s, err := in.Format.Dialect.compile()
	if err != nil {
		return 0, err
	}
	r, err := in.text(0)
	if err != nil {
		return 0, err
	}
	line, buf, nl := 1, make([]byte, 64<<10), []byte{s.newline()}
	for r = io.LimitReader(r, pos); ; {
		n, err := r.Read(buf)
		line += bytes.Count(buf[:n], nl)
		if err == io.EOF {
			return line, nil
		}
		if err != nil {
			return 0, err
		}
	}
}
