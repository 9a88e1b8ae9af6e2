package connectors

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// syntax is a Dialect made ready for scanning.
type syntax struct {
	encoding   string
	delim      []byte
	end        []byte // record end
	lax        bool   // end is "\n", and "\r\n" ends a record as well
	quoting    bool
	quote, esc byte
	skip       int
	header     int
	footer     []string
	openEnd    bool
	plain      bool   // one-byte delimiter, lines as records, quotes doubled: the scanner's short way
	look       int    // bytes needed at a terminator to tell what it is
	pd, pe, pq uint64 // first byte of delim and of end, and the quote, in every byte of a word
}

// encodings are the names that a dialect may use.
var encodings = []string{"utf-8", "utf-16le", "utf-16be", "windows-1252", "latin-1"}

func badDialect(key, found, want string) error {
	return &fault{"bad_dialect", fmt.Sprintf("the dialect's %s is %s, expected %s", key, shown(found), want), "correct `" + key + ":` in the table's dialect"}
}

// compile checks a dialect and makes it ready.
func (d Dialect) compile() (*syntax, error) {
	def := DefaultDialect()
	s := &syntax{encoding: or(d.Encoding, def.Encoding), delim: []byte(or(d.Delimiter, def.Delimiter)), end: []byte(or(d.RecordEnd, def.RecordEnd)),
		skip: d.SkipRows, header: d.HeaderRows, footer: d.Footer, openEnd: d.OpenEnd}
	if err := checkEncoding(s.encoding); err != nil {
		return nil, err
	}
	delim, end := string(s.delim), string(s.end)
	if strings.Contains(delim, end) || strings.Contains(end, delim) || strings.ContainsAny(delim, "\r\n\x00") {
		return nil, badDialect("delimiter", delim, "characters that the record end "+shown(end)+" does not hold, and no line break")
	}
	if d.SkipRows < 0 {
		return nil, badDialect("skip_rows", fmt.Sprint(d.SkipRows), "0 or more")
	}
	if d.HeaderRows < 0 || d.HeaderRows > 3 {
		return nil, badDialect("header_rows", fmt.Sprint(d.HeaderRows), "0 to 3")
	}
	if err := s.quotes(d); err != nil {
		return nil, err
	}
	s.lax = end == "\n"
	s.plain = s.lax && len(s.delim) == 1 && s.esc == s.quote
	s.look = max(len(s.delim), len(s.end))
	if s.lax {
		s.look = max(2, s.look)
	}
	s.pd, s.pe, s.pq = everyByte(s.delim[0]), everyByte(s.end[0]), everyByte(s.end[0])
	if s.quoting {
		s.pq = everyByte(s.quote)
	}
	return s, nil
}

func (s *syntax) quotes(d Dialect) error {
	if d.Quote == "" {
		return nil
	}
	escape := or(d.Escape, d.Quote)
	for _, c := range [][2]string{{"quote", d.Quote}, {"escape", escape}} {
		if len(c[1]) != 1 || c[1][0] >= 0x80 || strings.ContainsAny(c[1], "\r\n\x00") || strings.Contains(string(s.delim)+string(s.end), c[1]) {
			return badDialect(c[0], c[1], "one ASCII character that neither delimiter nor record end holds")
		}
	}
	s.quoting, s.quote, s.esc = true, d.Quote[0], escape[0]
	return nil
}

func checkEncoding(name string) error {
	for _, e := range encodings {
		if e == name {
			return nil
		}
	}
	return badDialect("encoding", name, "one of "+strings.Join(encodings, ", "))
}

func everyByte(b byte) uint64 {
	return binary.LittleEndian.Uint64([]byte{b, b, b, b, b, b, b, b})
}

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
