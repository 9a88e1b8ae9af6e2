package connectors

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carrot/transform/comp"
)

// write is a table in a dialect, every record with the position it starts at.
func write(d Dialect, table [][]string, quoteAll bool) (text string, pos []int64) {
	var b strings.Builder
	for _, row := range table {
		pos = append(pos, int64(b.Len()))
		for i, c := range row {
			if i > 0 {
				b.WriteString(d.Delimiter)
			}
			if d.Quote != "" && (quoteAll || i == 0 || strings.ContainsAny(c, d.Delimiter+d.RecordEnd+d.Quote+"\r\n")) {
				c = d.Quote + strings.NewReplacer(d.Quote, d.Escape+d.Quote, d.Escape, d.Escape+d.Escape).Replace(c) + d.Quote
			}
			b.WriteString(c)
		}
		b.WriteString(d.RecordEnd)
	}
	return b.String(), pos
}

var dialects = []Dialect{
	{Delimiter: ",", RecordEnd: "\n", Quote: `"`, Escape: `"`},
	{Delimiter: ";", RecordEnd: "\r\n", Quote: `"`, Escape: `"`},
	{Delimiter: "\t", RecordEnd: "\n"},
	{Delimiter: "+|", RecordEnd: "&|\r\n"},
	{Delimiter: ",", RecordEnd: "\n", Quote: `'`, Escape: `\`},
	{Delimiter: "||", RecordEnd: "\n", Quote: `"`, Escape: `"`},
	{Delimiter: ",", RecordEnd: "\r", Quote: `"`, Escape: `"`},
}

// TestDecodeEqualsWhatWasWritten: for random tables and dialects, decoding gives back every cell, at the position where
// its record was written, whatever the size of the splits.
func TestDecodeEqualsWhatWasWritten(t *testing.T) {
	defer smallStride()()
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(dialects).Draw(t, "dialect")
		d.HeaderRows = rapid.IntRange(0, 1).Draw(t, "header")
		alphabet := []rune{'a', 'b', '"', '\'', '\\', ',', ';', '\n', '\r', '|', '&', '+', 'é', '€', ' '}
		columns := rapid.IntRange(1, 4).Draw(t, "columns")
		cellOf := rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 9, -1).Filter(func(s string) bool {
			if d.Quote == "" { // what cannot be quoted must not hold the marks
				return !strings.ContainsAny(s, d.Delimiter+d.RecordEnd+"\r\n")
			}
			return true
		})
		table := rapid.SliceOfN(rapid.SliceOfN(cellOf, columns, columns), 1, 60).Draw(t, "table")
		quoteAll := rapid.Bool().Draw(t, "quote all")
		cols := make([]comp.Column, columns)
		var header []string
		for i := range cols {
			cols[i] = comp.Column{Name: fmt.Sprint("c", i), From: fmt.Sprint("h", i), Type: comp.Text}
			header = append(header, cols[i].From)
			if d.HeaderRows == 0 {
				cols[i].From = fmt.Sprintf("#%d", i+1)
			}
		}
		written := table
		if d.HeaderRows == 1 {
			written = append([][]string{header}, table...)
		}
		text, pos := write(d, written, quoteAll)
		pos = pos[d.HeaderRows:]
		var want [][]string
		var wantPos []int64
		for i, row := range table {
			if d.Quote == "" && columns == 1 && row[0] == "" {
				continue // a blank line is no record
			}
			want, wantPos = append(want, row), append(wantPos, pos[i])
		}
		if len(want) == 0 {
			return
		}
		in := input("t.csv", text, Format{Kind: CSV, Dialect: d}, cols...)
		target := int64(rapid.IntRange(0, 200).Draw(t, "target"))
		got := decodeAllRapid(t, in, target)
		if diff := cmp.Diff(want, got.rows); diff != "" {
			t.Fatalf("%q\n%s", text, diff)
		}
		if diff := cmp.Diff(wantPos, got.pos); diff != "" {
			t.Fatalf("%q\n%s", text, diff)
		}
	})
}

// TestDecodeEqualsEncodingCSV: the standard library's reader is the oracle, on text that it accepts.
func TestDecodeEqualsEncodingCSV(t *testing.T) {
	defer smallStride()()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab,,\"\"\n\n x")), 1, 80, -1).Draw(t, "text") + "\n"
		r := csv.NewReader(bytes.NewReader([]byte(text)))
		want, err := r.ReadAll()
		if err != nil || len(want) == 0 {
			t.Skip()
		}
		var cols []comp.Column
		for i := range want[0] {
			cols = append(cols, comp.Column{Name: fmt.Sprint("c", i), From: fmt.Sprintf("#%d", i+1), Type: comp.Text})
		}
		f := csvFormat(func(d *Dialect) { d.HeaderRows, d.Nulls = 0, nil })
		got := decodeAllRapid(t, input("t.csv", text, f, cols...), int64(rapid.IntRange(0, 40).Draw(t, "target")))
		if diff := cmp.Diff(want, got.rows); diff != "" {
			t.Fatalf("%q\n%s\n%v", text, diff, lines(got.findings))
		}
	})
}

// TestBrokenTextSplitsAlike: text with quotes in wrong places gives the same rows and findings in one split as in many.
func TestBrokenTextSplitsAlike(t *testing.T) {
	defer smallStride()()
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(dialects).Draw(t, "dialect")
		d.HeaderRows, d.OpenEnd = 0, true
		text := "x" + d.Delimiter + "y" + d.RecordEnd + rapid.StringOfN(rapid.SampledFrom([]rune("ab,;\"\"'\\\n\n\r|&+\t")), 0, 120, -1).Draw(t, "text")
		in := input("t.csv", text, Format{Kind: CSV, Dialect: d}, comp.Column{Name: "a", From: "#1", Type: comp.Text}, comp.Column{Name: "b", From: "#2", Type: comp.Text})
		one := decodeAllRapid(t, in, 0)
		many := decodeAllRapid(t, in, int64(rapid.IntRange(1, 60).Draw(t, "target")))
		if diff := cmp.Diff(one.rows, many.rows); diff != "" {
			t.Fatalf("%q\n%s", text, diff)
		}
		if diff := cmp.Diff(lines(one.findings), lines(many.findings)); diff != "" {
			t.Fatalf("%q\n%s", text, diff)
		}
	})
}
