package connectors

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
)

// cut is a record start.
type cut struct {
	pos  int64
	line int // of the record, from 1
}

// survey is what one pass over the text learns before anything is decoded: where records start, and how the text ends.
type survey struct {
	*syntax
	body    int64 // position of the first record after the header
	size    int64 // of the decoded stream
	cuts    []cut // the first is the body; then one about every target bytes
	recent  [2]cut
	ended   bool // the last record has its record end
	open    bool // a quote is open at the end …
	openPos int64
	vague   bool // openPos may be too early: quotes were followed without noting where they open
	target  int64
	fields  int   // of a row
	told    []int // see toldBy

	base            int64
	inQuote         bool
	prevClosed      bool // the chunk before ended with a closing quote; another one now makes it a doubled one
	outside, closed int  // in the chunk: where the text outside quotes began, and the last closing quote
	prev            [2]byte
	lines           int // line of the next byte
	counted         int // of the chunk
}

// stride is how often the survey notes a record start for itself, and the least size of a split. Tests lower it.
var stride int64 = 64 << 10

// chunkSize is how much is read at once, and leastBuffer the smallest buffer of a scanner. Tests lower them.
var chunkSize, leastBuffer = 128 << 10, 4 << 10

// newline is the byte that ends a physical line.
func (s *syntax) newline() byte {
	if bytes.IndexByte(s.end, '\n') < 0 && bytes.IndexByte(s.end, '\r') >= 0 {
		return '\r'
	}
	return '\n'
}

// simple says that quotes alone tell where a record can start, so that cells need not be cut for it.
func (s *syntax) simple() bool {
	return len(s.delim) == 1 && (s.lax || string(s.end) == "\r\n") && (!s.quoting || s.esc == s.quote)
}

// surveyText passes once over the text from the body on.
func surveyText(in Input, s *syntax, body cut, target int64) (*survey, error) {
	v := &survey{syntax: s, body: body.pos, cuts: []cut{body}, recent: [2]cut{body, body}, base: body.pos, lines: body.line, target: max(target, stride)}
	r, err := in.text(body.pos)
	if err != nil {
		return nil, err
	}
	if s.simple() {
		err = v.walk(r)
	} else {
		err = v.scan(r)
	}
	if err == nil && v.open && v.vague {
		err = v.findOpen(in)
	}
	if err != nil {
		return nil, err
	}
	if last := len(v.cuts) - 1; last > 0 && v.cuts[last].pos >= v.size {
		v.cuts = v.cuts[:last]
	}
	return v, nil
}

func (v *survey) walk(r io.Reader) error {
	buf := newBuffer(chunkSize)
	defer giveBack(&buf, &spareBuffers)
	for {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			v.chunk(buf[:n])
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return err
		}
	}
	v.size = v.base
	v.open = v.inQuote
	v.ended = v.prev[1] == '\n' && (v.lax || v.prev[0] == '\r') && !v.open
	return nil
}

// findOpen finds the quote that is still open at the end, from the last record start that is known.
func (v *survey) findOpen(in Input) error {
	r, err := in.text(v.recent[0].pos)
	if err != nil {
		return err
	}
	sc := newScanner(v.syntax, r, v.recent[0], chunkSize)
	for sc.next() {
		if sc.open {
			v.openPos = sc.base + int64(sc.cells[len(sc.cells)-1].start()) - 1
		}
	}
	return sc.err
}

// chunk follows the quotes through b and notes record starts outside them.
func (v *survey) chunk(b []byte) {
	v.outside, v.closed = 0, -2
	if v.prevClosed {
		v.closed = -1
	}
	if v.quoting {
		v.quotes(b)
	}
	if !v.inQuote {
		v.starts(b, v.outside, len(b))
	}
	v.prevClosed = v.closed == len(b)-1
	v.lines += bytes.Count(b[v.counted:], []byte{v.newline()})
	v.counted = 0
	v.base += int64(len(b))
	if len(b) > 1 {
		v.prev[0] = b[len(b)-2]
	} else {
		v.prev[0] = v.prev[1]
	}
	v.prev[1] = b[len(b)-1]
}

// quotes follows every quote of the chunk. Where they are rare the library's search is quicker than looking at each word.
func (v *survey) quotes(b []byte) {
	if !v.lax || bytes.Count(b, []byte{v.quote}) < len(b)/64 {
		for p := 0; p < len(b); p++ {
			i := bytes.IndexByte(b[p:], v.quote)
			if i < 0 {
				return
			}
			p += i
			v.atQuote(b, p)
		}
		return
	}
	for p := 0; p < len(b); {
		p = v.dense(b, p)
		for stop := min(p+8, len(b)); p < stop; p++ { // a word with something unusual, by the exact rules
			if b[p] == v.quote {
				v.atQuote(b, p)
			}
		}
	}
}

// dense goes through words in which every quote opens a cell, closes it or is doubled, without a branch per quote: a bit
// is inside quotes where the quotes up to it are odd. It stops at the first word where that does not hold, or where a
// record start is to be noted.
func (v *survey) dense(b []byte, p int) int {
	const each = 0x0101010101010101
	in, seen := uint64(0), false
	if v.inQuote {
		in = each
	}
	stop := int(min(v.recent[1].pos+stride-v.base, int64(len(b)-7)))
	pd, pe, pq := v.pd, v.pe, v.pq
	from := p
	for ; p < stop; p += 8 {
		w := binary.LittleEndian.Uint64(b[p:])
		q := matches(w, pq) >> 7
		if q == 0 {
			continue
		}
		x := q ^ q<<8
		x ^= x << 16
		x = x ^ x<<32 ^ in
		fits := ((matches(w, pd)|matches(w, pe))>>7 | q) << 8
		if p > from {
			if c := b[p-1]; c == v.delim[0] || c == '\n' || c == v.quote {
				fits |= 1
			}
		} else if p > 0 && (b[p-1] == v.delim[0] || b[p-1] == '\n') || v.closed == p-1 {
			fits |= 1
		}
		if q&x&^fits != 0 {
			break
		}
		in, seen = x>>56*each, true
	}
	if p > from && seen {
		v.inQuote, v.vague = in != 0, true
		v.closed = -2
		if in == 0 && b[p-1] == v.quote {
			v.closed = p - 1
		}
	}
	v.outside = max(v.outside, p)
	return p
}

// atQuote goes out of quotes, or in, or out and in again where the quote is doubled.
func (v *survey) atQuote(b []byte, i int) {
	if v.inQuote {
		v.inQuote, v.closed, v.outside = false, i, i+1
	} else if v.closed == i-1 {
		v.inQuote = true
	} else {
		v.opens(b, i)
	}
}

// opens looks at a quote outside quotes: at the start of a cell it opens one, elsewhere it is text.
func (v *survey) opens(b []byte, i int) {
	if v.recent[1].pos+stride <= v.base+int64(i) {
		v.starts(b, v.outside, i)
	}
	if i > 0 && b[i-1] == v.delim[0] || v.cellStart(b, i) {
		v.inQuote, v.vague, v.openPos = true, false, v.base+int64(i)
	}
}

// before is the byte k before index i of the chunk, reaching into the chunk before.
func (v *survey) before(b []byte, i, k int) byte {
	if i-k >= 0 {
		return b[i-k]
	}
	return v.prev[2+i-k]
}

func (v *survey) cellStart(b []byte, i int) bool {
	if v.base+int64(i) == v.body {
		return true
	}
	switch v.before(b, i, 1) {
	case v.delim[0]:
		return true
	case '\n':
		return v.lax || v.before(b, i, 2) == '\r'
	}
	return false
}

// starts notes record starts in b[from:to], which lies outside quotes.
func (v *survey) starts(b []byte, from, to int) {
	for {
		at := max(from, int(min(v.recent[1].pos+stride-1-v.base, int64(to))))
		i := bytes.IndexByte(b[at:to], '\n')
		if i < 0 {
			return
		}
		at += i
		from = at + 1
		if !v.lax && v.before(b, at, 1) != '\r' {
			continue
		}
		v.lines += bytes.Count(b[v.counted:from], []byte{v.newline()})
		v.counted = from
		v.note(cut{v.base + int64(from), v.lines})
	}
}

func (v *survey) note(c cut) {
	v.recent[0], v.recent[1] = v.recent[1], c
	if c.pos >= v.cuts[len(v.cuts)-1].pos+v.target {
		v.cuts = append(v.cuts, c)
	}
}

// scan does the same with the record scanner, for dialects where quotes alone do not tell.
func (v *survey) scan(r io.Reader) error {
	sc := newScanner(v.syntax, r, v.cuts[0], chunkSize)
	defer sc.done()
	v.ended = true
	for sc.next() {
		if sc.pos() >= v.recent[1].pos+stride {
			v.note(sc.here())
		}
		v.ended, v.open = !sc.unfinished, sc.open
		if sc.open {
			v.openPos = sc.base + int64(sc.cells[len(sc.cells)-1].start()) - 1
		}
	}
	v.size = sc.base + int64(sc.n)
	return sc.err
}

// ending looks at the last records: where the footer begins, and whether the last record of the data is whole.
func (v *survey) ending(in Input) (end int64, whole bool, last cut, err error) {
	if len(v.footer) == 0 && v.ended || v.size == v.body {
		return v.size, true, cut{}, nil
	}
	for _, from := range []cut{v.recent[0], v.cuts[0]} {
		r, err := in.text(from.pos)
		if err != nil {
			return 0, false, cut{}, err
		}
		sc := newScanner(v.syntax, r, from, chunkSize/4)
		end, whole, last = v.size, true, from
		data, footer := false, false
		for sc.next() {
			if v.isFooter(sc) {
				if !footer {
					footer, end = true, sc.pos()
				}
				continue
			}
			data, footer, end = true, false, v.size
			last, whole = sc.here(), !sc.unfinished
		}
		sc.done()
		if sc.err != nil {
			return 0, false, cut{}, sc.err
		}
		if data || from == v.cuts[0] {
			break
		}
	}
	return end, whole, last, nil
}

// toldBy are the columns, beside the first, that a row of data never leaves empty: keys and required ones. A record that
// has text in all of them is data, whatever its first cell starts with.
func toldBy(in Input, cols []int) (told []int) {
	for i, c := range in.Contract.Columns {
		if cols[i] > 0 && (c.Required || slices.Contains(in.Contract.Keys, c.Name)) {
			told = append(told, cols[i])
		}
	}
	return told
}

// isRow says that the present record is as wide as the table and has text in every column that rows always fill.
func (v *survey) isRow(sc *scanner) bool {
	if len(v.told) == 0 || len(sc.cells) != v.fields {
		return false
	}
	for _, i := range v.told {
		if c := sc.cells[i]; c.end() == c.start() {
			return false
		}
	}
	return true
}

// isFooter says that the present record may be cut from the end: blank, or its first cell starts like a footer and it is
// no row of data. A customer may be called like a footer.
func (v *survey) isFooter(sc *scanner) bool {
	if len(v.footer) == 0 {
		return false
	}
	first := sc.content(sc.cells[0], nil)
	for _, f := range v.footer {
		if f != "" && bytes.HasPrefix(first, []byte(f)) && !v.isRow(sc) {
			return true
		}
	}
	for _, c := range sc.cells {
		if c.end() > c.start() {
			return false
		}
	}
	return true
}
