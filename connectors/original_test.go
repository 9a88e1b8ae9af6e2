package connectors

import (
	"bytes"
	"io"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// TestOriginalGivesTheBytesBack: what the transcoder made UTF-8 becomes the very bytes again; x/text, a second way, made
// the bytes.
func TestOriginalGivesTheBytesBack(t *testing.T) {
	others := map[string]encoding.Encoding{
		"windows-1252": charmap.Windows1252, "latin-1": charmap.ISO8859_1,
		"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"windows-1252", "latin-1", "utf-16le", "utf-16be"}).Draw(t, "encoding")
		letters := []rune("aZ09 ;\"äöüßéñ¿")
		if name != "latin-1" {
			letters = append(letters, '€', '„', '“', '–')
		}
		if name == "utf-16le" || name == "utf-16be" {
			letters = append(letters, '中', 'Ж', '🥕')
		}
		text := string(rapid.SliceOf(rapid.SampledFrom(letters)).Draw(t, "text"))
		want, err := others[name].NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(newTranscoder(bytes.NewReader(want), name))
		if err != nil {
			t.Fatal(err)
		}
		in := Input{Format: Format{Kind: "csv", Dialect: Dialect{Encoding: name}}}
		if got, ok := in.Original(raw); !ok || !bytes.Equal(got, want) {
			t.Fatalf("%s of %q: % x, %v; want % x", name, text, got, ok, want)
		}
	})
	in := Input{Format: Format{Kind: "csv", Dialect: Dialect{Encoding: "windows-1252"}}}
	if got, ok := in.Original([]byte{'a', undecodable}); ok {
		t.Errorf("a byte that is no character was given back as % x", got)
	}
}
