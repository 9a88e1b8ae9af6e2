package connectors

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep a JSON value may nest.
const maxDepth = 200

// jsonError is a mistake in JSON at an offset of the text that was parsed.
type jsonError struct {
	at   int
	want string
	cut  bool // the text ends before the value does
}

// Error says what was expected.
func (e *jsonError) Error() string {
	if e.cut {
		return "the text ends before " + e.want
	}
	return "expected " + e.want
}

// jsonText is RFC 8259 text. Numbers stay text: an id above 2^53 is exact.
type jsonText struct{ b []byte }

func (t jsonText) fail(at int, want string) error {
	return &jsonError{at: min(at, len(t.b)), want: want, cut: at >= len(t.b)}
}

// space is the index of the next byte that is no white space.
func (t jsonText) space(i int) int {
	for i < len(t.b) && (t.b[i] == ' ' || t.b[i] == '\n' || t.b[i] == '\r' || t.b[i] == '\t') {
		i++
	}
	return i
}

// value is the index after the value that starts at i.
func (t jsonText) value(i, depth int) (int, error) {
	if i >= len(t.b) {
		return i, t.fail(i, "a value")
	}
	switch c := t.b[i]; {
	case depth > maxDepth:
		return i, &jsonError{at: i, want: fmt.Sprintf("a value nested at most %d deep", maxDepth)}
	case c == '"':
		return t.str(i)
	case c == '{':
		return t.object(i, depth, nil)
	case c == '[':
		return t.array(i, depth, nil)
	case c == '-' || c >= '0' && c <= '9':
		return t.number(i)
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(t.b[i:], []byte(word)) {
			return i + len(word), nil
		}
		if len(t.b)-i < len(word) && bytes.HasPrefix([]byte(word), t.b[i:]) {
			return i, t.fail(len(t.b), word)
		}
	}
	return i, t.fail(i, "a value")
}

// str is the index after the string that starts at i.
func (t jsonText) str(i int) (int, error) {
	start := i
	for i++; i < len(t.b); i++ {
		switch c := t.b[i]; {
		case c == '"':
			if !utf8.Valid(t.b[start:i]) {
				return start, &jsonError{at: start, want: "a string in UTF-8"}
			}
			return i + 1, nil
		case c == '\\':
			i++
			if i < len(t.b) && t.b[i] == 'u' {
				if i+4 >= len(t.b) {
					return i, t.fail(len(t.b), "the end of a string")
				}
				if _, ok := hex4(t.b[i+1:]); !ok {
					return i, t.fail(i, "four hex digits after \\u")
				}
				i += 4
			} else if i < len(t.b) && bytes.IndexByte([]byte(`"\/bfnrt`), t.b[i]) < 0 {
				return i, t.fail(i, "an escape of JSON after the backslash")
			}
		case c < 0x20:
			return i, t.fail(i, "a string without control characters")
		}
	}
	return i, t.fail(len(t.b), "the end of a string")
}

func hex4(b []byte) (rune, bool) {
	var r rune
	for _, c := range b[:4] {
		if !isHex(c) {
			return 0, false
		}
		switch {
		case c >= 'a':
			c -= 'a' - 10
		case c >= 'A':
			c -= 'A' - 10
		default:
			c -= '0'
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// number is the index after the number that starts at i.
func (t jsonText) number(i int) (int, error) {
	digits := func() bool {
		start := i
		for i < len(t.b) && t.b[i]-'0' <= 9 {
			i++
		}
		return i > start
	}
	if t.b[i] == '-' {
		i++
	}
	if zero := i; !digits() || (t.b[zero] == '0' && i > zero+1) {
		return i, t.fail(i, "a number of JSON")
	}
	if i < len(t.b) && t.b[i] == '.' {
		if i++; !digits() {
			return i, t.fail(i, "digits after the point")
		}
	}
	if i < len(t.b) && (t.b[i] == 'e' || t.b[i] == 'E') {
		if i++; i < len(t.b) && (t.b[i] == '+' || t.b[i] == '-') {
			i++
		}
		if !digits() {
			return i, t.fail(i, "digits of the exponent")
		}
	}
	return i, nil
}

// object is the index after the object that starts at i. Each member is given to visit, where it is not nil: the indexes
// of its key and of its value.
func (t jsonText) object(i, depth int, visit func(key, keyEnd, value, valueEnd int) error) (int, error) {
	for i = t.space(i + 1); ; i = t.space(i + 1) {
		if i < len(t.b) && t.b[i] == '}' && t.b[t.back(i)] == '{' {
			return i + 1, nil
		}
		if i >= len(t.b) || t.b[i] != '"' {
			return i, t.fail(i, "a key in quotes")
		}
		key := i
		keyEnd, err := t.str(i)
		if err != nil {
			return keyEnd, err
		}
		if i = t.space(keyEnd); i >= len(t.b) || t.b[i] != ':' {
			return i, t.fail(i, "a colon after the key")
		}
		start := t.space(i + 1)
		if i, err = t.value(start, depth+1); err != nil {
			return i, err
		}
		if visit != nil {
			if err := visit(key, keyEnd, start, i); err != nil {
				return i, err
			}
		}
		if i = t.space(i); i >= len(t.b) || t.b[i] != ',' && t.b[i] != '}' {
			return i, t.fail(i, "a comma or } after a member")
		}
		if t.b[i] == '}' {
			return i + 1, nil
		}
	}
}

// back is the index of the byte before i that is no white space.
func (t jsonText) back(i int) int {
	for i--; i > 0 && (t.b[i] == ' ' || t.b[i] == '\n' || t.b[i] == '\r' || t.b[i] == '\t'); i-- {
	}
	return max(i, 0)
}

// array is the index after the array that starts at i. Each element is given to visit, where it is not nil.
func (t jsonText) array(i, depth int, visit func(value, valueEnd int) error) (int, error) {
	if i = t.space(i + 1); i < len(t.b) && t.b[i] == ']' {
		return i + 1, nil
	}
	for {
		start := i
		end, err := t.value(i, depth+1)
		if err != nil {
			return end, err
		}
		if visit != nil {
			if err := visit(start, end); err != nil {
				return end, err
			}
		}
		if i = t.space(end); i >= len(t.b) || t.b[i] != ',' && t.b[i] != ']' {
			return i, t.fail(i, "a comma or ] after an element")
		}
		if t.b[i] == ']' {
			return i + 1, nil
		}
		i = t.space(i + 1)
	}
}

// unquote appends what a valid string means, without its quotes.
func unquote(out, s []byte) []byte {
	s = s[1 : len(s)-1]
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, _ := hex4(s[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				second := rune(0)
				if i+6 < len(s) && s[i+1] == '\\' && s[i+2] == 'u' {
					second, _ = hex4(s[i+3:])
				}
				if both := utf16.DecodeRune(r, second); both != utf8.RuneError {
					r = both
					i += 6
				} else {
					out = append(out, undecodable)
					continue
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, s[i])
		}
	}
	return out
}
