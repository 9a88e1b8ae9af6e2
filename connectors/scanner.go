package connectors

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
	"sync"
	"unicode/utf8"
)

// maxRecord is the longest record, in bytes; more means that a quote was never closed.
const maxRecord = 64 << 20

const wordSlack = 16 // bytes after the buffer's content that hold the record end's first byte, so that a word can be loaded

// cell is a field of the present record: where it starts and ends in the scanner's buffer, and what was special. It is one
// word because it is written for every cell of a file.
type cell uint64

const (
	quoted  cell = 1 << 60 // start and end leave the quotes out
	escaped cell = 1 << 61 // holds an escape that must be undone
	broken  cell = 1 << 62 // a quote where none may be: inside an unquoted cell, or text after the closing quote

	offsetBits = 30 // enough for any index of a buffer of at most 4*maxRecord bytes
	offsetMask = 1<<offsetBits - 1
)

func newCell(start, end int, flags cell) cell { return cell(start) | cell(end)<<offsetBits | flags }

func (c cell) start() int        { return int(c & offsetMask) }
func (c cell) end() int          { return int(c >> offsetBits & offsetMask) }
func (c cell) is(flag cell) bool { return c&flag != 0 }

// scanner cuts a stream into records and cells without copying them. A record is valid until the next call of next.
type scanner struct {
	*syntax
	r     io.Reader
	buf   []byte // buf[:n] is content
	n     int
	p     int   // where the next record starts
	base  int64 // decoded position of buf[0]
	eof   bool
	err   error // of reading
	dirty bool  // the buffer holds invalid UTF-8 or NUL: look at each cell

	lines   int // line of buf[counted]
	counted int

	cells      []cell
	start      int  // the record's first byte in buf
	tail       int  // the end of its content, before the record end
	unfinished bool // the record has no record end
	open       bool // … because a quote is still open
	bad        bool // a cell is broken
}

// newScanner scans r, whose first byte is at a position and line, with a buffer of at least size bytes. Whoever is done with
// it, and with every byte of its records, may call done.
func newScanner(s *syntax, r io.Reader, at cut, size int) *scanner {
	return &scanner{syntax: s, r: r, base: at.pos, lines: at.line, buf: newBuffer(max(size, leastBuffer) + wordSlack), cells: make([]cell, 0, 64)}
}

// done lets another scanner use the buffer.
func (s *scanner) done() { giveBack(&s.buf, &spareBuffers) }

// spareBuffers are those that scanners and surveys are done with: a company has thousands of small files.
var spareBuffers sync.Pool

// newBuffer is one of size bytes, whatever they are.
func newBuffer(size int) []byte {
	if b, ok := spareBuffers.Get().(*[]byte); ok && cap(*b) >= size {
		return (*b)[:size]
	}
	return make([]byte, size, max(size, chunkSize+wordSlack))
}

// lineOf is the line of an index of the buffer, which may not be before one asked for earlier.
func (s *scanner) lineOf(index int) int {
	s.lines += bytes.Count(s.buf[s.counted:index], []byte{s.newline()})
	s.counted = index
	return s.lines
}

// here is the position and line of the present record.
func (s *scanner) here() cut { return cut{s.pos(), s.lineOf(s.start)} }

// pos is the decoded position of the present record.
func (s *scanner) pos() int64 { return s.base + int64(s.start) }

// raw is the present record without its record end.
func (s *scanner) raw() []byte { return s.buf[s.start:s.tail] }

// next moves to the next record that is not blank; false at the end or with err.
func (s *scanner) next() bool {
	for {
		if s.plain && s.plainRecord() {
			if s.tail > s.start {
				return true
			}
			continue
		}
		for !s.record() {
			if s.err != nil || !s.fill() {
				return false
			}
		}
		if s.start == s.n {
			return false
		}
		if len(s.cells) != 1 || s.cells[0].end() > s.cells[0].start() || s.cells[0].is(quoted) {
			return true
		}
		if s.unfinished {
			return false
		}
	}
}

// fill brings more of the stream into the buffer, keeping the record that was begun.
func (s *scanner) fill() bool {
	if s.eof {
		return false
	}
	s.lineOf(s.p)
	keep := s.n - s.p
	if keep > maxRecord {
		s.err = &fault{"too_large", "a record is longer than 64 MiB: a quote was opened and never closed", "correct `quote:` and `escape:` of the dialect, or pull the file again"}
		return false
	}
	if keep > (len(s.buf)-wordSlack)/2 {
		grown := make([]byte, 2*len(s.buf))
		copy(grown, s.buf[s.p:s.n])
		s.buf = grown
	} else {
		copy(s.buf, s.buf[s.p:s.n])
	}
	s.base += int64(s.p)
	s.p, s.n, s.counted = 0, keep, 0
	for s.n < len(s.buf)-wordSlack && !s.eof {
		k, err := s.r.Read(s.buf[s.n : len(s.buf)-wordSlack])
		s.n += k
		if err == io.EOF {
			s.eof = true
		} else if err != nil {
			s.err = err
			return false
		}
	}
	for i := 0; i < wordSlack; i++ {
		s.buf[s.n+i] = s.end[0]
	}
	s.dirty = !cleanText(s.buf[:s.n], s.eof)
	return true
}

// cleanText says that b is UTF-8 without NUL; more may follow unless it is the last.
func cleanText(b []byte, last bool) bool {
	if bytes.IndexByte(b, 0) >= 0 {
		return false
	}
	if !last {
		for i := 1; i <= 3 && i <= len(b); i++ {
			if c := b[len(b)-i]; c >= 0xC0 { // the first byte of a character that may be cut here
				b = b[:len(b)-i]
				break
			} else if c < 0x80 {
				break
			}
		}
	}
	return utf8.Valid(b)
}

// record cuts the record at p; false where the buffer ends before it does and more is to come.
func (s *scanner) record() bool {
	s.cells, s.start = s.cells[:0], s.p
	s.unfinished, s.open, s.bad = false, false, false
	if s.n == 0 && !s.eof {
		return false
	}
	at := s.p
	for {
		start, end, flags, from := at, 0, cell(0), at
		if s.quoting && at < s.n && s.buf[at] == s.quote {
			var ok bool
			if end, from, flags, ok = s.quotedCell(at); !ok {
				return false
			}
			start++
		}
		stop, next, bare, last, ok := s.terminator(from, flags.is(quoted))
		if !ok {
			return false
		}
		content := stop
		if last && s.lax && stop > from && !s.unfinished && s.buf[stop-1] == '\r' {
			content--
		}
		switch {
		case !flags.is(quoted):
			end = content
			if bare {
				flags |= broken
			}
		case content > from: // text after the closing quote: the cell is shown as it is written
			start, end, flags = start-1, content, broken
		}
		s.cells = append(s.cells, newCell(start, end, flags))
		s.bad = s.bad || flags.is(broken)
		if last {
			s.tail, s.p = content, next
			return true
		}
		at = next
	}
}

// plainRecord cuts the record at p where the dialect is a common one and the record holds nothing unusual; false leaves
// it to record, which knows everything and is slower.
func (s *scanner) plainRecord() bool {
	b, n, at := s.buf, s.n, s.p
	cells := s.cells[:0]
	pd, pe, pq, quote, delim := s.pd, s.pe, s.pq, s.quote, s.delim[0]
	for at < n {
		start, end, flags := at, 0, cell(0)
		if b[at] == quote && s.quoting {
			at++
			start, flags = at, quoted
			for {
				m := matches(binary.LittleEndian.Uint64(b[at:]), pq)
				for ; m == 0 && at+8 < n; m = matches(binary.LittleEndian.Uint64(b[at:]), pq) {
					at += 8
				}
				at += bits.TrailingZeros64(m)>>3 + 1
				if m == 0 || at > n {
					return false
				}
				if b[at] != quote || at >= n {
					break
				}
				flags |= escaped
				at++
			}
			end = at - 1
		} else {
			for {
				w := binary.LittleEndian.Uint64(b[at:])
				x, y, z := w^pd, w^pe, w^pq
				m := ^((x&low7 + low7 | x) & (y&low7 + low7 | y) & (z&low7 + low7 | z)) & high1
				if m != 0 {
					at += bits.TrailingZeros64(m) >> 3
					break
				}
				at += 8
			}
			end = at
		}
		if at >= n {
			return false
		}
		switch b[at] {
		case delim:
			cells = append(cells, newCell(start, end, flags))
			at++
		case '\n':
			s.start, s.tail, s.p = s.p, at, at+1
			if flags == 0 && end > start && b[end-1] == '\r' {
				end--
				s.tail--
			}
			s.cells = append(cells, newCell(start, end, flags))
			s.unfinished, s.open, s.bad = false, false, false
			return true
		default:
			return false
		}
	}
	return false
}

// quotedCell finds the closing quote of the cell that opens at at: the end of its content, the index after the quote, and
// what is special; ok is false where the buffer ends before.
func (s *scanner) quotedCell(at int) (end, after int, flags cell, ok bool) {
	b := s.buf[:s.n]
	flags = quoted
	for p := at + 1; ; {
		i := bytes.IndexByte(b[p:], s.quote)
		if s.esc != s.quote {
			j := bytes.IndexByte(b[p:][:max(i, 0)], s.esc)
			if i < 0 {
				j = bytes.IndexByte(b[p:], s.esc)
			}
			if j >= 0 && p+j+1 < len(b) {
				flags |= escaped
				p += j + 2
				continue
			}
		}
		if i < 0 {
			s.open = s.eof
			return len(b), len(b), flags, s.eof
		}
		p += i
		if p+1 >= len(b) && !s.eof {
			return 0, 0, 0, false
		}
		if s.esc == s.quote && p+1 < len(b) && b[p+1] == s.quote {
			flags |= escaped
			p += 2
			continue
		}
		return p, p + 1, flags, true
	}
}

// terminator finds the delimiter or record end from at on, where an unquoted cell goes on or a quoted one has ended. bare
// says that a quote stands before it.
func (s *scanner) terminator(at int, inside bool) (end, next int, bare, last, ok bool) {
	b, n := s.buf, s.n
	for {
		w := binary.LittleEndian.Uint64(b[at:])
		m := matches(w, s.pd) | matches(w, s.pe) | matches(w, s.pq)
		if m == 0 {
			at += 8
			continue
		}
		at += bits.TrailingZeros64(m) >> 3
		if at+s.look > n && !s.eof {
			return 0, 0, false, false, false
		}
		if at >= n {
			s.unfinished = true
			return n, n, bare, true, true
		}
		if (len(s.end) == 1 && b[at] == s.end[0]) || (len(s.end) > 1 && bytes.HasPrefix(b[at:n], s.end)) {
			return at, at + len(s.end), bare, true, true
		}
		if (len(s.delim) == 1 && b[at] == s.delim[0]) || (len(s.delim) > 1 && bytes.HasPrefix(b[at:n], s.delim)) {
			return at, at + len(s.delim), bare, false, true
		}
		bare = bare || s.quoting && b[at] == s.quote && !inside
		at++
	}
}

const (
	low7  = 0x7F7F7F7F7F7F7F7F
	high1 = 0x8080808080808080
)

// matches has the high bit of every byte of w that equals the one repeated in pattern. Unlike the usual trick it has no
// false matches above a true one.
func matches(w, pattern uint64) uint64 {
	x := w ^ pattern
	return ^((x&low7 + low7) | x | low7) & high1
}

// content is a cell's text with its escapes undone; into is used for that and may be returned.
func (s *scanner) content(c cell, into []byte) []byte {
	b := s.buf[c.start():c.end()]
	if !c.is(escaped) {
		return b
	}
	out := into[:0]
	for i := 0; i < len(b); i++ {
		if b[i] == s.esc && i+1 < len(b) && (s.esc != s.quote || b[i+1] == s.quote) {
			i++
		}
		out = append(out, b[i])
	}
	return out
}
