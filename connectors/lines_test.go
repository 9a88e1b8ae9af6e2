package connectors

import (
	"math/rand"
	"testing"

	"carrot/transform/comp"
)

// TestLinesOfEqualsLineOf asks for many positions at once, in any order and with repetitions, and for each alone.
func TestLinesOfEqualsLineOf(t *testing.T) {
	text, cols := bulk(3000, false)
	r := rand.New(rand.NewSource(1))
	windows := csvFormat()
	windows.Dialect.Encoding = "windows-1252"
	lined := csvFormat()
	lined.Kind = JSONL
	for _, f := range []Format{csvFormat(), windows, lined} {
		in := input("t.csv", text, f, cols...)
		pos := []int64{0, int64(len(text)), 1, 0}
		for range 500 {
			pos = append(pos, int64(r.Intn(len(text))))
		}
		lines, err := LinesOf(in, pos)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range pos {
			if want, err := LineOf(in, p); err != nil || lines[i] != want {
				t.Fatalf("%s, %s: position %d is on line %d, alone it is %d (%v)", f.Kind, f.Dialect.Encoding, p, lines[i], want, err)
			}
		}
		if lines, err := LinesOf(in, []int64{int64(len(text)) + 1, 0}); err == nil || lines[0] != 0 || lines[1] != 1 {
			t.Errorf("beyond the end: got %v, %v, expected lines 0 and 1 with an error", lines, err)
		}
	}
	sheet := Input{Format: Format{Kind: XLSX}, Contract: comp.Contract{}}
	if lines, err := LinesOf(sheet, []int64{7, 3}); err != nil || lines[0] != 7 || lines[1] != 3 {
		t.Errorf("rows of a sheet: got %v, %v", lines, err)
	}
}
