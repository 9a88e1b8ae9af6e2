package connectors

import (
	"bytes"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"carrot/transform/comp"
)

// TestClockChanges: known hours of known nights. In Berlin clocks skip 02:00 to 03:00 on 29 March 2026 and repeat it on
// 25 October; in New York on 8 March and 1 November; Lord Howe Island moves by half an hour.
func TestClockChanges(t *testing.T) {
	for _, c := range []struct{ zone, local, want string }{
		{"Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29T00:59:59Z"},
		{"Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29T01:30:00Z"}, // never was: moved forward to 03:30
		{"Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "2026-10-25 01:59:59", "2026-10-24T23:59:59Z"},
		{"Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00Z"}, // twice: the first
		{"Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25T02:00:00Z"},
		{"America/New_York", "2026-03-08 02:30:00", "2026-03-08T07:30:00Z"},
		{"America/New_York", "2026-11-01 01:30:00", "2026-11-01T05:30:00Z"},
		{"Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04T14:45:00Z"},
		{"Asia/Kolkata", "2026-01-01 00:00:00", "2025-12-31T18:30:00Z"},
		{"UTC", "2026-01-01T00:00:00", "2026-01-01T00:00:00Z"},
		{"Europe/Berlin", "2026-01-01T00:00:00.999-0300", "2026-01-01T03:00:00Z"},
		{"Europe/Berlin", "2026-01-01 00:00:00 GMT", ""},
		{"Europe/Berlin", "2026-01-01 00:00", "2025-12-31T23:00:00Z"},
		{"Europe/Berlin", "2026-01-01T00:00Z", "2026-01-01T00:00:00Z"},
		{"Europe/Berlin", "2026-01-01 00:60", ""},
		{"Europe/Berlin", "2026-01-01", ""},
	} {
		z, err := newZone(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // with an empty memory and a filled one
			col := &column{Column: comp.Column{Type: comp.Instant}, zone: z}
			unix, ok := col.instant([]byte(c.local))
			got := ""
			if ok {
				got = time.Unix(unix, 0).UTC().Format(time.RFC3339)
			}
			if got != c.want {
				t.Errorf("%s %s is %s, want %s", c.zone, c.local, got, c.want)
			}
		}
	}
}

// TestInstantsEqualTheStandardLibrary, wherever a local time has one meaning.
func TestInstantsEqualTheStandardLibrary(t *testing.T) {
	loc, err := comp.Zone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	z, err := newZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		want := time.Unix(rapid.Int64Range(-1<<31, 1<<33).Draw(t, "unix"), 0).In(loc)
		_, offset := want.Zone()
		if _, o := want.Add(3 * time.Hour).Zone(); o != offset {
			t.Skip()
		}
		if _, o := want.Add(-3 * time.Hour).Zone(); o != offset {
			t.Skip()
		}
		if got := z.unix(want.Unix() + int64(offset)); got != want.Unix() {
			t.Fatalf("%s: %d", want, got-want.Unix())
		}
		d, ok := isoDate([]byte(want.Format("2006-01-02")))
		if !ok || comp.Date(d) != comp.Day(want.Year(), want.Month(), want.Day()) {
			t.Fatal(want, d)
		}
	})
}

// TestShortWaysReadAlike: texts that are read by a short way are read, or refused, as the general one does.
func TestShortWaysReadAlike(t *testing.T) {
	clock, err := compileLayout("YYYY-MM-DD hh:mm")
	if err != nil {
		t.Fatal(err)
	}
	general := *clock
	general.clock = false
	z, err := newZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	written := regexp.MustCompile(`^-?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+)(,[0-9]{1,2})?$`) // of scale 2
	amount := &column{Column: comp.Column{Scale: 2}, marks: &marks{point: ',', thousands: []byte(".")}}
	instant := func(c column, text string) string {
		v, ok := c.instant([]byte(text))
		return fmt.Sprint(v, ok)
	}
	rapid.Check(t, func(t *rapid.T) {
		two := func(most int, name string) string {
			return fmt.Sprintf("%02d", rapid.IntRange(0, most).Draw(t, name))
		}
		text := two(99, "century") + two(99, "year") + "-" + two(13, "month") + "-" + two(32, "day") + rapid.SampledFrom([]string{" ", "T", "x"}).Draw(t, "between") +
			two(25, "hour") + rapid.SampledFrom([]string{":", "."}).Draw(t, "colon") + two(61, "minute")
		if short, long := instant(column{layout: clock, zone: z}, text), instant(column{layout: &general, zone: z}, text); short != long {
			t.Fatalf("%q: %s, by the layout %s", text, short, long)
		}
		text += ":" + two(61, "second") // an offset of nothing is what Z means
		if short, long := instant(column{zone: z}, text+"Z"), instant(column{zone: z}, text+"+00:00"); short != long {
			t.Fatalf("%q: %s, with an offset of zero %s", text, short, long)
		}

		digits := rapid.StringMatching(`-?[0-9]{1,2}(\.?[0-9]{3}){0,4}(\.[0-9]{0,4})?(,[0-9]{0,3})?x?`).Draw(t, "digits")
		ok := written.MatchString(digits)
		want, fits := new(big.Rat).SetString(strings.ReplaceAll(strings.ReplaceAll(digits, ".", ""), ",", "."))
		ok = ok && fits
		got, read := amount.longDecimal([]byte(digits))
		if read != ok || ok && new(big.Rat).SetFrac(got.BigInt(), big.NewInt(100)).Cmp(want) != 0 {
			t.Fatalf("%q: %v %v, expected %v", digits, got, read, ok)
		}
	})
}

func TestLayouts(t *testing.T) {
	for _, c := range []struct{ layout, text, want string }{
		{"DD.MM.YYYY", "31.03.2026", "2026-03-31"}, {"DD.MM.YYYY", "1.3.2026", ""}, {"D.M.YYYY", "1.3.2026", "2026-03-01"}, {"D.M.YYYY", "01.03.2026", "2026-03-01"},
		{"MM/DD/YY", "12/31/25", "2025-12-31"}, {"M/D/YYYY h:mm AM", "3/4/2026 12:05 am", "2026-03-04"}, {"M/D/YYYY h:mm AM", "3/4/2026 13:05 PM", ""},
		{"YYYYMMDD", "20260304", "2026-03-04"}, {"DD/MMM/YY", "02/Jan/26", "2026-01-02"}, {"DD.MM.YYYY", "29.02.2026", ""}, {"DD.MM.YYYY", "29.02.2028", "2028-02-29"},
		{"YYYY-MM-DD hh:mm:ss", "2026-03-04 00:00:00.1234567", "2026-03-04"}, {"DD.MM.YYYY", "31.03.2026 ", ""}, {"DD.MM.YYYY", "32.03.2026", ""},
	} {
		l, err := compileLayout(c.layout)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if d, ok := l.date([]byte(c.text)); ok {
			got = comp.Date(d).String()
		}
		if got != c.want {
			t.Errorf("%s by %s is %s, want %s", c.text, c.layout, got, c.want)
		}
	}
	for _, bad := range []string{"DD.MM", "YYYY-MM-DD YY", "", "today"} {
		if _, err := compileLayout(bad); err == nil {
			t.Errorf("layout %q was accepted", bad)
		}
	}
}

// TestDecimalsEqualParseNumber: the reader of cells accepts and means what comp.ParseNumber does.
func TestDecimalsEqualParseNumber(t *testing.T) {
	c, err := newColumn(comp.Column{Name: "a", Type: comp.Decimal, Scale: 3}, plainMarks, false)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`-?[0-9]{1,24}(\.[0-9]{0,4})?`), rapid.StringMatching(`[-+0-9.,eE]{0,6}`)).Draw(t, "text")
		c.room(1)
		want, err := comp.ParseNumber(text, 3)
		p := c.put(0, []byte(text))
		if (p == fine) != (err == nil) {
			t.Fatalf("%q: %v, %v", text, p, err)
		}
		if err == nil && c.show(0) != want.String() {
			t.Fatalf("%q: %s, want %s", text, c.show(0), want)
		}
	})
}

// TestTranscoding: text in another encoding reads as it was written, through buffers of any size.
func TestTranscoding(t *testing.T) {
	text := "a€é😀\uFEFF\r\nß"
	units := utf16.Encode([]rune(text))
	var le, be []byte
	for _, u := range units {
		le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
	}
	for _, c := range []struct {
		encoding string
		raw      []byte
		want     string
	}{
		{"utf-16le", le, text}, {"utf-16be", be, text}, {"latin-1", []byte("a\xe9\x80"), "aé\u0080"}, {"windows-1252", []byte("a\xe9\x80\x81"), "aé€\xff"},
		{"utf-16le", []byte{0x3d, 0xd8, 'a', 0}, "\xffa"}, {"utf-16be", []byte{0xdc, 0, 0, 'a'}, "\xffa"},
	} {
		for _, r := range []io.Reader{bytes.NewReader(c.raw), iotest.OneByteReader(bytes.NewReader(c.raw)), iotest.DataErrReader(bytes.NewReader(c.raw))} {
			got, err := io.ReadAll(iotest.OneByteReader(newTranscoder(r, c.encoding)))
			if err != nil || string(got) != c.want {
				t.Errorf("%s: %q %v, want %q", c.encoding, got, err, c.want)
			}
		}
	}
	var all []byte
	for i := range 256 {
		if i < 0x80 || i >= 0xA0 || windows1252[i-0x80] != 0 {
			all = append(all, byte(i))
		}
	}
	want, err := charmap.Windows1252.NewDecoder().Bytes(all)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(newTranscoder(bytes.NewReader(all), "windows-1252"))
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Error(err, d)
	}
}

// TestDictionaryIsStable: codes never change between batches of a split, and every batch can be read on its own.
func TestDictionaryIsStable(t *testing.T) {
	words := newInterner()
	for i := range 5000 {
		text := fmt.Sprintf("w%d", i*i%977)
		code := words.code([]byte(text))
		if got := string(words.text(code)); got != text {
			t.Fatal(got, text)
		}
		if again := words.code([]byte(text)); again != code {
			t.Fatal(again, code)
		}
	}
	if n := words.data().Len(); n != 489 { // squares modulo the prime 977: (977+1)/2
		t.Error(n)
	}
}
