package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/text/unicode/norm"
)

// FontDigest is the sha256, in hex, of the fonts that statements are set in (Liberation Sans, SIL Open Font License
// 1.1: regular and bold, one after the other). It is an input of every run: other fonts give other bytes.
var FontDigest = sync.OnceValue(func() string {
	h := sha256.New()
	h.Write(liberationsansregular.TTF)
	h.Write(liberationsansbold.TTF)
	return hex.EncodeToString(h.Sum(nil))
})

// fonts are TrueType bytes for one document.
type fonts struct{ regular, bold []byte }

// Parsing a font is most of the cost of a short PDF. Nearly every statement is written in the letters below, so the
// fonts are cut to them once; a statement with any other letter takes the whole fonts. The glyphs that end up in a
// document are the same either way.
var (
	wholeFonts  = fonts{liberationsansregular.TTF, liberationsansbold.TTF}
	commonFonts = sync.OnceValue(func() fonts {
		var b strings.Builder
		for _, r := range commonRunes {
			for c := r[0]; c <= r[1]; c++ {
				b.WriteRune(c)
			}
		}
		return fonts{fpdf.UTF8CutFont(wholeFonts.regular, b.String()), fpdf.UTF8CutFont(wholeFonts.bold, b.String())}
	})
)

// fontsFor are the whole fonts or the cut ones.
func fontsFor(uncommon bool) fonts {
	if uncommon {
		return wholeFonts
	}
	return commonFonts()
}

// commonRunes are Latin, Greek and Cyrillic letters and the signs that statements use, as ranges.
var commonRunes = [][2]rune{{0x20, 0x7E}, {0xA0, 0x17F}, {0x218, 0x21B}, {0x386, 0x3CE}, {0x400, 0x45F}, {0x490, 0x491},
	{0x1E80, 0x1E85}, {0x1EA0, 0x1EF9}, {0x2010, 0x2026}, {0x2030, 0x203A}, {0x20AC, 0x20AC}, {0x2212, 0x2212}, {0x25A1, 0x25A1}}

// common says whether the letters are all in commonFonts.
func common(s string) bool {
next:
	for _, c := range s {
		for _, r := range commonRunes {
			if r[0] <= c && c <= r[1] {
				continue next
			}
		}
		return false
	}
	return true
}

// missing stands for a character beyond the Basic Multilingual Plane, which the PDF's encoding does not reach.
const missing = '□'

// clean makes text from data fit to be set on one line: valid, composed (NFC), without control characters and without
// the invisible ones that turn the order of others around, right-to-left runs in the order in which they are drawn.
// A letter that the font lacks stays: it shows as a box and is still there when copied.
func clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, string(missing)))
	rtl := false
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r), r == 0xFFFE, r == 0xFFFF:
			return -1
		case r > 0xFFFF:
			return missing
		}
		rtl = rtl || rightToLeft(r)
		return r
	}, s)
	if rtl {
		return visual(s)
	}
	return s
}

// visual turns right-to-left parts of a line that runs left to right into the order in which they are drawn. A part
// begins and ends with a right-to-left letter and has no letter or digit of the other direction in it.
func visual(s string) string {
	runes := []rune(s)
	for i := 0; i < len(runes); i++ {
		if !rightToLeft(runes[i]) {
			continue
		}
		last := i
		for j := i + 1; j < len(runes) && (rightToLeft(runes[j]) || !unicode.IsLetter(runes[j]) && !unicode.IsDigit(runes[j])); j++ {
			if rightToLeft(runes[j]) {
				last = j
			}
		}
		slices.Reverse(runes[i : last+1])
		i = last
	}
	return string(runes)
}

func rightToLeft(r rune) bool { return unicode.In(r, unicode.Hebrew, unicode.Arabic) }

// unset says whether the fonts may lack letters of s: they have Latin, Greek, Cyrillic and Hebrew ones.
func unset(s string) bool {
	for _, r := range s {
		if r == missing || unicode.IsLetter(r) && !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hebrew, unicode.Common) {
			return true
		}
	}
	return false
}
