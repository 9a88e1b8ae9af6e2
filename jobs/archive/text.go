package archive

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The structured files are lines of fields, parted by one blank and ended by one line feed. There is one way only to
// write a content: a decoder encodes what it understood and refuses the file where one byte differs.

// escape makes a text one field: "-" stands for the empty text; a byte of a character that does not print, a blank, a
// percent sign, a byte that is not UTF-8, and a lone "-" become % and two capital hex digits.
func escape(s string) string {
	if s == "" {
		return "-"
	}
	if s == "-" {
		return "%2D"
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == ' ' || r == '%' || !unicode.IsPrint(r) || (r == utf8.RuneError && n <= 1) {
			for _, c := range []byte(s[i : i+n]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// unescape undoes escape. It is lenient: the comparison of whole files refuses every other spelling.
func unescape(field string) string {
	if field == "-" {
		return ""
	}
	if !strings.Contains(field, "%") {
		return field
	}
	var b strings.Builder
	for i := 0; i < len(field); i++ {
		if field[i] == '%' && i+2 < len(field) {
			if c, err := strconv.ParseUint(field[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(field[i])
	}
	return b.String()
}

// writer builds a structured file.
type writer struct{ bytes.Buffer }

func (w *writer) line(word string, fields ...string) {
	w.WriteString(word)
	for _, f := range fields {
		w.WriteByte(' ')
		w.WriteString(escape(f))
	}
	w.WriteByte('\n')
}

func (w *writer) object(word string, o Object) {
	w.line(word, o.Key, o.Digest, itoa(o.Size), itoa(o.StoredSize), o.Encoding, o.Media, string(o.Class), o.Name)
}

// seal ends the file with a line that holds the sha256 of everything before it, and gives that digest.
func (w *writer) seal() (text []byte, digest string) {
	digest = digestOf(w.Bytes())
	w.line("sha256", digest)
	return w.Bytes(), digest
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// reader takes a structured file apart and keeps the first mistake.
type reader struct {
	lines []string
	n     int // lines taken
	err   error
}

func newReader(b []byte) *reader {
	lines := strings.Split(string(b), "\n")
	return &reader{lines: lines[:len(lines)-1]} // without a last line feed the comparison of whole files fails
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("line %d: "+format, append([]any{max(1, r.n)}, args...)...)
	}
}

// is says whether the next line starts with the word.
func (r *reader) is(word string) bool {
	return r.err == nil && r.n < len(r.lines) && (r.lines[r.n] == word || strings.HasPrefix(r.lines[r.n], word+" "))
}

// atLeast and anyFields are numbers of fields for take.
func atLeast(n int) int { return -1 - n }

var anyFields = atLeast(0)

// take gives the fields of the next line, which must start with word and have n of them, or at least as many as atLeast
// says. After a mistake it gives as many empty ones.
func (r *reader) take(word string, n int) []string {
	least, exact := n, n >= 0
	if !exact {
		least = -1 - n
	}
	out := make([]string, least)
	if r.err != nil {
		return out
	}
	if r.n >= len(r.lines) {
		r.n++
		r.fail("found the end, expected %q", word)
		return out
	}
	line := r.lines[r.n]
	r.n++
	fields := strings.Split(line, " ")
	if fields[0] != word || len(fields)-1 < least || (exact && len(fields)-1 != least) {
		r.fail("found %q, expected %q and %d fields", shorten(line), word, least)
		return out
	}
	out = fields[1:]
	for i := range out {
		out[i] = unescape(out[i])
	}
	return out
}

// version takes the first line: the program refuses what a later one wrote.
func (r *reader) version(kind string) {
	if r.err == nil && len(r.lines) > 0 && strings.HasPrefix(r.lines[0], "carrot "+kind+" ") && r.lines[0] != "carrot "+kind+" 1" {
		r.n++
		r.fail("found %q, this program knows version 1; use the program that wrote it or a later one", shorten(r.lines[0]))
	}
	if f := r.take("carrot", 2); r.err == nil && (f[0] != kind || f[1] != "1") {
		r.fail("found %q, expected %q", shorten(r.lines[0]), "carrot "+kind+" 1")
	}
}

func (r *reader) text(word string) string { return r.take(word, 1)[0] }

func (r *reader) number(word string) int64 { return r.int(r.text(word)) }

func (r *reader) int(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		r.fail("found %q, expected a whole number", shorten(s))
	}
	return n
}

func (r *reader) digest(word string) string {
	s := r.text(word)
	if r.err == nil && !isDigest(s) {
		r.fail("found %q, expected the 64 hex digits of a sha256", shorten(s))
	}
	return s
}

func (r *reader) time(word string) time.Time {
	t, err := time.Parse(time.RFC3339, r.text(word))
	if err != nil {
		r.fail("%v", err)
	}
	return t.UTC()
}

func (r *reader) object(word string) Object {
	f := r.take(word, 8)
	if r.err != nil {
		return Object{}
	}
	o := Object{Key: f[0], Digest: f[1], Size: r.int(f[2]), StoredSize: r.int(f[3]), Encoding: f[4], Media: f[5], Class: class(f[6]), Name: f[7]}
	if err := o.check(); err != nil {
		r.fail("%v", err)
	}
	return o
}

func (r *reader) objects(word string) []Object {
	var out []Object
	for r.is(word) {
		out = append(out, r.object(word))
	}
	return out
}

// seal takes the last line and gives the digest in it.
func (r *reader) seal() string { return r.digest("sha256") }

// done says what is wrong with the file, comparing it with the encoding of what was understood.
func (r *reader) done(b []byte, encode func() ([]byte, error)) error {
	if r.err != nil {
		return r.err
	}
	if r.n < len(r.lines) {
		r.n++
		r.fail("found %q, expected the end", shorten(r.lines[r.n-1]))
		return r.err
	}
	again, err := encode()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, b) {
		return notCanonical(b, again)
	}
	return nil
}

// notCanonical names the first line that is not written in the one way it should be.
func notCanonical(found, want []byte) error {
	f, w := strings.Split(string(found), "\n"), strings.Split(string(want), "\n")
	for i := range f {
		if i >= len(w) || f[i] != w[i] {
			exp := "the end"
			if i < len(w) {
				exp = shorten(w[i])
			}
			return fmt.Errorf("line %d: found %q, expected %q", i+1, shorten(f[i]), exp)
		}
	}
	return fmt.Errorf("line %d: found the end, expected %q", len(f), shorten(w[len(f)]))
}
