package example

import (
	"bufio"
	"io"
	"strings"

	"carrot/transform/comp"
)

// sheet writes one delimited file, record by record, in the dialect of the system that it stands for.
type sheet struct {
	out       *bufio.Writer
	record    []byte
	started   bool
	delimiter byte
	end1      string // record end
	quoteAll  bool
	western   bool // Windows-1252 instead of UTF-8
	err       error
}

func newSheet(w io.Writer) *sheet {
	return &sheet{out: bufio.NewWriterSize(w, 1<<16), delimiter: ',', end1: "\n"}
}

// cells adds cells to the record.
func (s *sheet) cells(texts ...string) {
	for _, t := range texts {
		s.cell(t)
	}
}

// cell adds one cell, quoted where the dialect or the text asks for it.
func (s *sheet) cell(text string) {
	if s.started {
		s.record = append(s.record, s.delimiter)
	}
	s.started = true
	if !s.quoteAll && strings.IndexByte(text, s.delimiter) < 0 && !strings.ContainsAny(text, "\"\r\n") {
		s.record = append(s.record, text...)
		return
	}
	s.record = append(s.record, '"')
	for i := 0; i < len(text); i++ {
		if text[i] == '"' {
			s.record = append(s.record, '"')
		}
		s.record = append(s.record, text[i])
	}
	s.record = append(s.record, '"')
}

// end writes the record.
func (s *sheet) end() {
	s.record = append(s.record, s.end1...)
	s.flush()
}

// raw writes text as it stands.
func (s *sheet) raw(text string) {
	s.record = append(s.record, text...)
	s.flush()
}

func (s *sheet) flush() {
	if s.western {
		s.record = western(s.record)
	}
	if _, err := s.out.Write(s.record); err != nil && s.err == nil {
		s.err = err
	}
	s.record, s.started = s.record[:0], false
}

func (s *sheet) close() error {
	if s.err != nil {
		return s.err
	}
	return s.out.Flush()
}

// western is UTF-8 text in Windows-1252, in place: no character takes more bytes there.
func western(text []byte) []byte {
	ascii := true
	for _, b := range text {
		ascii = ascii && b < 0x80
	}
	if ascii {
		return text
	}
	out := text[:0]
	for _, r := range string(text) {
		switch {
		case r <= 0xff:
			out = append(out, byte(r))
		case r == '–':
			out = append(out, 0x96)
		case r == '€':
			out = append(out, 0x80)
		default:
			out = append(out, '?')
		}
	}
	return out
}

// iso adds a date as YYYY-MM-DD to the record without a cell of its own.
func (s *sheet) iso(d comp.Date) {
	s.record = d.Time().AppendFormat(s.record, "2006-01-02")
}

// moment adds a cell YYYY-MM-DD hh:mm.
func (s *sheet) moment(d comp.Date, m minute) {
	s.cell("")
	s.iso(d)
	s.record = append(s.record, ' ')
	s.clock(m)
}

func (s *sheet) clock(m minute) {
	s.record = append(s.record, byte('0'+m/600), byte('0'+m/60%10), ':', byte('0'+m%60/10), byte('0'+m%10))
}

// second adds a cell YYYY-MM-DD hh:mm:ss.
func (s *sheet) second(d comp.Date, m minute, sec int) {
	s.moment(d, m)
	s.record = append(s.record, ':', byte('0'+sec/10), byte('0'+sec%10))
}

// utc adds a cell YYYY-MM-DDThh:mm:ssZ for a time of day in Berlin.
func (s *sheet) utc(d comp.Date, m minute, sec int) {
	m -= berlin(d, m)
	if m < 0 {
		d, m = d-1, m+24*60
	}
	s.cell("")
	s.iso(d)
	s.record = append(s.record, 'T')
	s.clock(m)
	s.record = append(s.record, ':', byte('0'+sec/10), byte('0'+sec%10), 'Z')
}

// berlin is how far Berlin's clocks are ahead of UTC, in minutes: an hour, and two from the last Sunday of March to the
// last Sunday of October, three in the morning each.
func berlin(d comp.Date, m minute) minute {
	y, _, _ := d.Time().Date()
	on, off := sundayBefore(comp.Day(y, 4, 1)), sundayBefore(comp.Day(y, 11, 1))
	summer := (d > on || (d == on && m >= 180)) && (d < off || (d == off && m < 180))
	if summer {
		return 120
	}
	return 60
}

// sundayBefore is the last Sunday before a day. 1970-01-01 was a Thursday.
func sundayBefore(d comp.Date) comp.Date {
	d--
	return d - comp.Date((int(d)+4)%7)
}
