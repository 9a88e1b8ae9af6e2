package connectors

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
	"unicode/utf8"
)

// maxRecord is the longest record, in bytes; more means that a quote was never closed.
const maxRecord = 64 << 20

const wordSlack = 16 // bytes after the buffer's content that hold the record end's first byte, so that a word can be loaded

// cell is a field of the present record: the bytes between start and end in the scanner's buffer.
type cell struct {
	start, end int32
	quoted     bool // start and end leave the quotes out
	escaped    bool // holds an escape that must be undone
	broken     bool // a quote where none may be: inside an unquoted cell, or text after the closing quote
}

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

// newScanner scans r, whose first byte is at a position and line, with a buffer of at least size bytes.
func newScanner(s *syntax, r io.Reader, at cut, size int) *scanner {
	return &scanner{syntax: s, r: r, base: at.pos, lines: at.line, buf: make([]byte, max(size, leastBuffer)+wordSlack), cells: make([]cell, 0, 64)}
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
		for !s.record() {
			if s.err != nil || !s.fill() {
				return false
			}
		}
		if s.start == s.n {
			return false
		}
		if len(s.cells) != 1 || s.cells[0].end > s.cells[0].start || s.cells[0].quoted {
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
		c := cell{start: int32(at)}
		if s.quoting && at < s.n && s.buf[at] == s.quote {
			after, ok := s.quotedCell(&c, at)
			if !ok {
				return false
			}
			at = after
		}
		end, next, last, ok := s.terminator(&c, at)
		if !ok {
			return false
		}
		if !c.quoted || c.broken {
			c.end = int32(end)
		}
		if last && s.lax && !c.quoted && c.end > c.start && !s.unfinished && s.buf[c.end-1] == '\r' {
			c.end--
			end--
		}
		s.cells = append(s.cells, c)
		s.bad = s.bad || c.broken
		if last {
			s.tail, s.p = end, next
			return true
		}
		at = next
	}
}

// quotedCell finds the closing quote of the cell that opens at at, and gives the position after it.
func (s *scanner) quotedCell(c *cell, at int) (after int, ok bool) {
	b := s.buf[:s.n]
	c.quoted, c.start = true, int32(at+1)
	for p := at + 1; ; {
		i := bytes.IndexByte(b[p:], s.quote)
		if s.esc != s.quote {
			j := bytes.IndexByte(b[p:][:max(i, 0)], s.esc)
			if i < 0 {
				j = bytes.IndexByte(b[p:], s.esc)
			}
			if j >= 0 && p+j+1 < len(b) {
				c.escaped = true
				p += j + 2
				continue
			}
		}
		if i < 0 {
			if !s.eof {
				return 0, false
			}
			s.open = true
			c.end = int32(len(b))
			return len(b), true
		}
		p += i
		if p+1 >= len(b) && !s.eof {
			return 0, false
		}
		if s.esc == s.quote && p+1 < len(b) && b[p+1] == s.quote {
			c.escaped = true
			p += 2
			continue
		}
		c.end = int32(p)
		return p + 1, true
	}
}

// terminator finds the delimiter or record end from at on, where an unquoted cell goes on or a quoted one has ended.
func (s *scanner) terminator(c *cell, at int) (end, next int, last, ok bool) {
	b, n, from := s.buf, s.n, at
	for {
		w := binary.LittleEndian.Uint64(b[at:])
		m := matches(w, s.pd) | matches(w, s.pe) | matches(w, s.pq)
		if m == 0 {
			at += 8
			continue
		}
		at += bits.TrailingZeros64(m) >> 3
		if at+s.look > n && !s.eof {
			return 0, 0, false, false
		}
		if at >= n {
			s.unfinished = true
			s.junk(c, from, n)
			return n, n, true, true
		}
		if (len(s.end) == 1 && b[at] == s.end[0]) || (len(s.end) > 1 && bytes.HasPrefix(b[at:n], s.end)) {
			end = at
			if s.lax && c.quoted && at > from && b[at-1] == '\r' {
				end--
			}
			s.junk(c, from, end)
			return end, at + len(s.end), true, true
		}
		if (len(s.delim) == 1 && b[at] == s.delim[0]) || (len(s.delim) > 1 && bytes.HasPrefix(b[at:n], s.delim)) {
			s.junk(c, from, at)
			return at, at + len(s.delim), false, true
		}
		if s.quoting && b[at] == s.quote && !c.quoted {
			c.broken = true
		}
		at++
	}
}

// junk marks a quoted cell after whose closing quote more text stands: it is shown as it is written.
func (s *scanner) junk(c *cell, from, end int) {
	if c.quoted && end > from {
		c.quoted, c.escaped, c.broken = false, false, true
		c.start--
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
	b := s.buf[c.start:c.end]
	if !c.escaped {
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
