package connectors

import (
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// undecodable stands in the UTF-8 stream for bytes that are no character of the declared encoding. It is never valid in
// UTF-8, so that the cell's check finds it.
const undecodable = 0xFF

// windows1252 are the characters of bytes 0x80 to 0x9F; 0 is none.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ'}

// transcoder reads another encoding as UTF-8. A file that ends within a character is a fault.
type transcoder struct {
	r        io.Reader
	encoding string
	raw      []byte // read but not yet converted: at most 3 bytes between reads
	out      []byte // converted but not yet handed on
	done     error
	inBuf    []byte
	outBuf   []byte
}

func newTranscoder(r io.Reader, encoding string) io.Reader {
	if encoding == "" || encoding == "utf-8" {
		return r
	}
	return &transcoder{r: r, encoding: encoding, inBuf: make([]byte, 32<<10), outBuf: make([]byte, 0, 100<<10)}
}

// Read gives UTF-8.
func (t *transcoder) Read(p []byte) (int, error) {
	for len(t.out) == 0 {
		if t.done != nil {
			return 0, t.done
		}
		k := copy(t.inBuf, t.raw)
		n, err := t.r.Read(t.inBuf[k:])
		t.done = err
		t.convert(t.inBuf[:k+n], err == io.EOF)
	}
	n := copy(p, t.out)
	t.out = t.out[n:]
	return n, nil
}

func (t *transcoder) convert(in []byte, last bool) {
	out := t.outBuf[:0]
	switch t.encoding {
	case "latin-1", "windows-1252":
		out, in = t.bytes(out, in), nil
	default:
		out, in = t.words(out, in, last)
		if last && len(in) > 0 {
			t.done = &fault{"cut_file", "the file ends within a character of " + t.encoding + ": it was cut", "pull the file again"}
			in = nil
		}
	}
	t.out, t.outBuf, t.raw = out, out, in
}

func (t *transcoder) bytes(out, in []byte) []byte {
	for _, b := range in {
		switch {
		case b < 0x80:
			out = append(out, b)
		case b < 0xA0 && t.encoding == "windows-1252":
			if r := windows1252[b-0x80]; r != 0 {
				out = utf8.AppendRune(out, r)
			} else {
				out = append(out, undecodable)
			}
		default:
			out = utf8.AppendRune(out, rune(b))
		}
	}
	return out
}

// words converts UTF-16 and returns what is left over: half a unit, or a first surrogate whose second has not come yet.
func (t *transcoder) words(out, in []byte, last bool) (converted, rest []byte) {
	lo, hi := 0, 1
	if t.encoding == "utf-16be" {
		lo, hi = 1, 0
	}
	for len(in) >= 2 {
		u := rune(in[lo]) | rune(in[hi])<<8
		if !utf16.IsSurrogate(u) {
			out, in = utf8.AppendRune(out, u), in[2:]
			continue
		}
		if len(in) < 4 && !last {
			break
		}
		r := rune(utf8.RuneError)
		if len(in) >= 4 {
			r = utf16.DecodeRune(u, rune(in[2+lo])|rune(in[2+hi])<<8)
		}
		if r == utf8.RuneError {
			out, in = append(out, undecodable), in[2:]
		} else {
			out, in = utf8.AppendRune(out, r), in[4:]
		}
	}
	return out, in
}
