package connectors

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"carrot/transform"
	"carrot/transform/comp"
)

// fuzzColumns have every type.
var fuzzColumns = []comp.Column{
	{Name: "a", From: "#1", Type: comp.Text}, {Name: "b", From: "#2", Type: comp.Category}, {Name: "c", From: "#1", Type: comp.Decimal, Scale: 2},
	{Name: "d", From: "#1", Type: comp.DateType, Layout: "D.M.YY hh:mm:ss AM Z"}, {Name: "e", From: "#2", Type: comp.Instant, Zone: "Europe/Berlin"},
	{Name: "f", From: "#1", Type: comp.Bool}, {Name: "g", From: "#2", Type: comp.Integer}, {Name: "h", From: "#1", Type: comp.Node},
}

// FuzzCSV: no bytes make the reader panic, and splits never change what it says.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b\n\"1\"\"\",2\r\n"), uint8(0), uint16(3))
	f.Add([]byte("a+|b&|\r\n1+|2&|\r\n"), uint8(3), uint16(1))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"), uint8(7), uint16(1))
	f.Fuzz(func(t *testing.T, b []byte, which uint8, target uint16) {
		defer smallStride()()
		d := DefaultDialect()
		if int(which) < len(dialects) {
			d = dialects[which]
		} else {
			d.Encoding = encodings[int(which)%len(encodings)]
		}
		d.HeaderRows, d.Footer, d.OpenEnd = 0, []string{"Total"}, which%2 == 0
		for _, cols := range [][]comp.Column{fuzzColumns[:2], fuzzColumns} {
			in := input("f.csv", string(b), Format{Kind: CSV, Dialect: d}, cols...)
			one, many := decodeAllRapid(t, in, 0), decodeAllRapid(t, in, int64(target)+1)
			if diff := cmp.Diff(fmt.Sprint(one.rows, one.pos, lines(one.findings)), fmt.Sprint(many.rows, many.pos, lines(many.findings))); diff != "" {
				t.Fatal(diff)
			}
			for _, p := range one.pos {
				if rec, err := RecordAt(in, p); err != nil || len(rec.Fields) < 1 {
					t.Fatal(p, err, rec)
				}
			}
		}
	})
}

// FuzzJSON: no bytes make the reader panic.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"#1":1,"#2":{"x":null}}` + "\n" + `{"#1":"\ud83d\ude00","#2":-1.5e3}`))
	f.Add([]byte(`[{"#1":[],"#2":true}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, kind := range []string{JSONL, JSON} {
			in := input("f.json", string(b), Format{Kind: kind, Dialect: DefaultDialect()}, fuzzColumns...)
			got := decodeAllRapid(t, in, 0)
			for _, p := range got.pos {
				if _, err := RecordAt(in, p); err != nil {
					t.Fatal(p, err)
				}
			}
		}
	})
}

// FuzzXLSX: no bytes, and no sheet inside a good workbook, make the reader panic.
func FuzzXLSX(f *testing.F) {
	book := sheetBook(f, func(b *excelize.File) { fillSheet(f, b, "Sheet1", false) })
	f.Add(book, []byte(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`))
	f.Add([]byte("PK\x03\x04"), []byte(`<worksheet><sheetData><row><c t="inlineStr"><is><t>x</t></is></c><c><f>1</f></c></row></sheetData></worksheet>`))
	f.Fuzz(func(t *testing.T, raw, sheet []byte) {
		dialect := DefaultDialect()
		dialect.HeaderRows = 0
		for _, b := range [][]byte{raw, rezip(t, book, "xl/worksheets/sheet1.xml", func(string) string { return string(sheet) })} {
			in := bytesInput("f.xlsx", b, Format{Kind: XLSX, Dialect: dialect}, fuzzColumns...)
			got := decodeAllRapid(t, in, 0)
			for _, p := range got.pos {
				if _, err := RecordAt(in, p); err != nil {
					t.Fatal(p, err)
				}
			}
		}
	})
}

// FuzzPropose: no bytes make it panic.
func FuzzPropose(f *testing.F) {
	f.Add([]byte("a;b\n1,5;2026-01-02\n"))
	f.Add([]byte(`[{"a":1}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.HasPrefix(b, []byte("PAR1")) || bytes.HasPrefix(b, []byte{0x1F, 0x8B}) || bytes.HasPrefix(b, []byte("PK")) {
			return // a child for every try would be slow
		}
		if p, err := Propose(input("f", string(b), Format{})); err == nil && p.YAML == "" {
			t.Fatal("no proposal and no error")
		}
	})
}

// FuzzFrames: whatever a child writes, the parent ends with rows or an error.
func FuzzFrames(f *testing.F) {
	f.Add([]byte(frameMagic + "\x04\x01n\x01a\x01\x02" + "5" + "\x02\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := newFrames(bytes.NewReader(b))
		if err := c.header(); err != nil {
			return
		}
		w, err := newRows(input("f", "", Format{Dialect: DefaultDialect()}, fuzzColumns...), 0, func(transform.Batch) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			more, err := c.row(len(c.cols), func(i int, text []byte, null bool) {
				w.fromChild(w.cols[i%len(w.cols)], c.cols[i].kind, text, null)
			})
			if err != nil || !more {
				return
			}
		}
	})
}
