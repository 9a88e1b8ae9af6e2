package connectors

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Original is a row's text as it stood in the unpacked file, in the encoding that its dialect declares. ok is false where
// the text holds bytes that were no character of the encoding: the raw file alone has those.
func (in Input) Original(raw []byte) (original []byte, ok bool) {
	encoding := in.Format.Dialect.Encoding
	if in.Format.Kind != "csv" || encoding == "" || encoding == "utf-8" {
		return raw, true
	}
	var out []byte
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		if r == utf8.RuneError && n == 1 {
			return nil, false
		}
		if out, ok = appendEncoded(out, encoding, r); !ok {
			return nil, false
		}
		raw = raw[n:]
	}
	return out, true
}

func appendEncoded(out []byte, encoding string, r rune) ([]byte, bool) {
	switch encoding {
	case "utf-16le", "utf-16be":
		for _, u := range utf16.AppendRune(nil, r) {
			if encoding == "utf-16be" {
				out = append(out, byte(u>>8), byte(u))
			} else {
				out = append(out, byte(u), byte(u>>8))
			}
		}
		return out, true
	case "windows-1252":
		for i, w := range windows1252 {
			if w == r && w != 0 {
				return append(out, byte(0x80+i)), true
			}
		}
		if r >= 0x80 && r < 0xA0 {
			return nil, false
		}
	}
	if r > 0xFF {
		return nil, false
	}
	return append(out, byte(r)), true
}
