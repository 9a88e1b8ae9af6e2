package connectors

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"carrot/transform/comp"
)

// expect compares rows and findings.
func expect(t *testing.T, in Input, rows [][]string, findings ...string) {
	t.Helper()
	got := decodeAll(t, in, 0)
	if d := cmp.Diff(rows, got.rows); d != "" {
		t.Errorf("rows: %s", d)
	}
	if d := cmp.Diff(append([]string{}, findings...), lines(got.findings)); d != "" {
		t.Errorf("findings: %s", d)
	}
}

func TestJSONLines(t *testing.T) {
	cols := []comp.Column{
		{Name: "id", From: "id", Type: comp.ID},
		{Name: "name", From: "attributes.name.value", Type: comp.Text},
		{Name: "amount", From: "amount", Type: comp.Decimal, Scale: 2},
		{Name: "on", From: "on", Type: comp.DateType},
		{Name: "ok", From: "ok", Type: comp.Bool},
	}
	in := input("d.jsonl", `{"id":9007199254740993,"attributes":{"name":{"label":"N","value":"Zo\u00eb \ud83d\ude00"}},"amount":12.5,"on":"2026-03-04","ok":true}
{"id":"007","amount":"7.25","ok":false,"more":[1,{"x":2}]}

{"id":"8","amount":1e3}
{"id":"9","amount":1.005}
{"id":"10",}
{"id":"11","id":"12"}
[1]
`, Format{Kind: JSONL, Dialect: DefaultDialect()}, cols...)
	expect(t, in, [][]string{
		{"9007199254740993", "Zoë 😀", "12.50", "2026-03-04", "true"},
		{"007", "∅", "7.25", "∅", "false"},
	},
		`row d.jsonl:4:20: amount: "1e3" is written with an exponent and may have lost digits, expected plain digits; export the column as plain digits, such as 1234.50 [bad_number]`,
		`row d.jsonl:5:20: amount: "1.005" has 3 digits after the point, at most 2 are declared; write `+"`scale: 3`"+` for column amount if all of them count [bad_number]`,
		`row d.jsonl:6:12: the row is no JSON object: expected a key in quotes; export it again, or correct `+"`format:`"+` of the table [bad_json]`,
		`row d.jsonl:7:17: id: the key occurs twice in one object, expected once; export it again [duplicate_key]`,
		`row d.jsonl:8:1: the row is no JSON object: expected {; export it again, or correct `+"`format:`"+` of the table [bad_json]`)
}

func TestJSONDocuments(t *testing.T) {
	cols := []comp.Column{{Name: "id", From: "id", Type: comp.ID}, {Name: "n", From: "n", Type: comp.Integer}}
	f := Format{Kind: JSON, Dialect: DefaultDialect()}
	expect(t, input("a.json", "\uFEFF [ {\"id\": \"a\", \"n\": 1},\n {\"id\": \"b\", \"n\": -2} ] ", f, cols...), [][]string{{"a", "1"}, {"b", "-2"}})
	expect(t, input("b.json", `{"success":true,"data":[{"id":"a","n":1}]}`, f, cols...), [][]string{{"a", "1"}})
	expect(t, input("c.json", `{"fields":[{"x":1}],"employees":[{"id":"a","n":1}]}`, f, cols...), nil,
		`source c.json: the document has several arrays: "fields", "employees"; name the one with the rows, as in `+"`sheet: employees`"+` [no_rows_found]`)
	f.Sheet = "employees"
	expect(t, input("c.json", `{"fields":[{"x":1}],"employees":[{"id":"a","n":1}]}`, f, cols...), [][]string{{"a", "1"}})
	f.Sheet = ""
	expect(t, input("d.json", "[{\"id\": \"a\",\n \"n\": 1}, {\"id\"", f, cols...), nil,
		`source d.json:2:16: the document ends before a colon after the key: the file was cut; pull the file again [cut_file]`)
	expect(t, input("e.json", "[{\"id\": \"a\",\n \"number\": 1}]", f, cols...), nil,
		`source e.json:1:1: n: no row has "n"; there are "id", "number"; correct `+"`from:`"+` of column n, or export the file again with "n" [missing_column]`)
	expect(t, input("f.json", "[]", f, cols...), nil, `source f.json:1: the file has a header and no row; check the export's filter if rows were expected [no_rows]`)
	expect(t, input("g.json", " \n", f, cols...), nil, `source g.json:1:1: the file is empty, expected at least a header; pull the file again; if the system had nothing to export, remove the file from its drop [empty_file]`)
}

// sheetBook writes a workbook with excelize, which knows nothing of ours.
func sheetBook(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func bytesInput(name string, b []byte, f Format, cols ...comp.Column) Input {
	return input(name, string(b), f, cols...)
}

var sheetColumns = []comp.Column{
	{Name: "id", From: "Employee #", Type: comp.ID},
	{Name: "amount", From: "Amount", Type: comp.Decimal, Scale: 2},
	{Name: "on", From: "Date", Type: comp.DateType},
	{Name: "at", From: "Solved", Type: comp.Instant, Zone: "Europe/Berlin"},
	{Name: "ok", From: "OK", Type: comp.Bool},
	{Name: "note", From: "Note", Type: comp.Text},
}

func fillSheet(t testing.TB, f *excelize.File, sheet string, epoch04 bool) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &epoch04}))
	zeros, err := f.NewStyle(&excelize.Style{CustomNumFmt: ptr("0000")})
	must(err)
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: ptr(`[$-409]d\-mmm\-yy;@`)})
	must(err)
	moment, err := f.NewStyle(&excelize.Style{NumFmt: 22})
	must(err)
	money, err := f.NewStyle(&excelize.Style{CustomNumFmt: ptr(`#,##0.0" days"`)})
	must(err)
	must(f.SetSheetRow(sheet, "A1", &[]any{"Amount", "Employee #", "Date ", "Solved", "OK", "Note"}))
	serial := 46085.0 // 2026-03-04 in the 1900 calendar: 46085 days after 1899-12-30
	if epoch04 {
		serial -= 1462
	}
	must(f.SetSheetRow(sheet, "A2", &[]any{1234.5599999999999, 31, serial, serial + 0.5, true, "é, \"x\"\n_x000D_"}))
	must(f.SetSheetRow(sheet, "A4", &[]any{"7.25", "0032", "2026-03-05", "2026-03-05 10:00", "false"}))
	must(f.SetCellStyle(sheet, "A2", "A2", money))
	must(f.SetCellStyle(sheet, "B2", "B2", zeros))
	must(f.SetCellStyle(sheet, "C2", "C2", date))
	must(f.SetCellStyle(sheet, "D2", "D2", moment))
}

func ptr[T any](v T) *T { return &v }

func TestWorkbook(t *testing.T) {
	for _, epoch04 := range []bool{false, true} {
		b := sheetBook(t, func(f *excelize.File) {
			fillSheet(t, f, "Sheet1", epoch04)
		})
		got := decodeAll(t, bytesInput("w.xlsx", b, Format{Kind: XLSX, Dialect: DefaultDialect()}, sheetColumns...), 0)
		want := [][]string{
			{"0031", "1234.56", "2026-03-04", "2026-03-04T11:00:00Z", "true", "é, \"x\"\n\r"},
			{"0032", "7.25", "2026-03-05", "2026-03-05T09:00:00Z", "false", "∅"},
		}
		if d := cmp.Diff(want, got.rows); d != "" {
			t.Errorf("1904 %v: %s %v", epoch04, d, lines(got.findings))
		}
		if d := cmp.Diff([]int64{2, 4}, got.pos); d != "" {
			t.Error(d)
		}
	}
}

func TestHiddenAndNamedSheets(t *testing.T) {
	b := sheetBook(t, func(f *excelize.File) {
		_, err := f.NewSheet("Data")
		if err != nil {
			t.Fatal(err)
		}
		fillSheet(t, f, "Data", false)
		if err := f.SetSheetVisible("Data", false); err != nil {
			t.Fatal(err)
		}
	})
	f := Format{Kind: XLSX, Dialect: DefaultDialect(), Sheet: "Data"}
	if got := decodeAll(t, bytesInput("w.xlsx", b, f, sheetColumns...), 0); len(got.rows) != 2 || len(got.findings) != 0 {
		t.Error(got)
	}
	f.Sheet = ""
	expect(t, bytesInput("w.xlsx", b, f, sheetColumns...), nil, `source w.xlsx: the workbook has several sheets: "Sheet1", "Data"; name the one to read with `+"`sheet:`"+` [missing_sheet]`)
	f.Sheet = "data"
	expect(t, bytesInput("w.xlsx", b, f, sheetColumns...), nil, `source w.xlsx: the workbook has no sheet "data"; it has "Sheet1", "Data"; write `+"`sheet: \"Data\"`"+` if that is meant [missing_sheet]`)
}

// rezip rewrites one entry of a workbook, with a right checksum.
func rezip(t testing.TB, book []byte, name string, change func(string) string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			b = []byte(change(string(b)))
		}
		e, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDamagedWorkbooks(t *testing.T) {
	book := sheetBook(t, func(f *excelize.File) { fillSheet(t, f, "Sheet1", false) })
	f := Format{Kind: XLSX, Dialect: DefaultDialect()}
	again := "; export the workbook again, or open it in Excel, save it and archive that file [damaged_workbook]"
	cut := rezip(t, book, "xl/worksheets/sheet1.xml", func(s string) string { return s[:strings.Index(s, "</row>")+6] })
	expect(t, bytesInput("cut.xlsx", cut, f, sheetColumns...), nil,
		`source cut.xlsx: the sheet "xl/worksheets/sheet1.xml" does not reach its closing tag: XML syntax error on line 2: unexpected EOF`+again)
	pointer := rezip(t, book, "xl/worksheets/sheet1.xml", func(s string) string { return strings.Replace(s, `t="s"><v>0</v>`, `t="s"><v>99</v>`, 1) })
	expect(t, bytesInput("pointer.xlsx", pointer, f, sheetColumns...), nil, `source pointer.xlsx: row 1 points to shared string "99" of 12`+again)
	twice := rezip(t, book, "xl/worksheets/sheet1.xml", func(s string) string { return strings.Replace(s, `<row r="4"`, `<row r="2"`, 1) })
	expect(t, bytesInput("twice.xlsx", twice, f, sheetColumns...), nil, `source twice.xlsx: row "2" follows row 2`+again)
	expect(t, bytesInput("half.xlsx", book[:len(book)/2], f, sheetColumns...), nil,
		`source half.xlsx: the xlsx file ends before its end mark: it was cut, or is no xlsx; pull the file again, or correct `+"`pack:`"+` [cut_file]`)
	whole := decodeAll(t, bytesInput("w.xlsx", book, f, sheetColumns...), 0)
	for i := 0; i < len(book); i += 11 {
		flipped := bytes.Clone(book)
		flipped[i] ^= 0x10
		got := decodeAll(t, bytesInput("flip.xlsx", flipped, f, sheetColumns...), 0)
		if stopped(got.findings) {
			continue
		}
		if d := cmp.Diff(whole.rows, got.rows); d != "" || len(got.findings) > 0 {
			t.Errorf("byte %d flipped: other rows without a finding: %s %v", i, d, lines(got.findings))
		}
	}
}

func stopped(fs []comp.Finding) bool {
	for _, f := range fs {
		if f.Reach >= comp.ReachSource {
			return true
		}
	}
	return false
}

func gz(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zipped(t testing.TB, names ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(names); i += 2 {
		e, err := w.Create(names[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(e, names[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPacked(t *testing.T) {
	cols := []comp.Column{{Name: "a", From: "a", Type: comp.Integer}}
	f := csvFormat()
	f.Pack = "gzip"
	packed := gz(t, []byte("a\n1\n2\n"))
	expect(t, bytesInput("a.csv.gz", packed, f, cols...), [][]string{{"1"}, {"2"}})
	again := "; pull the file again, or correct `pack:` "
	expect(t, bytesInput("cut.gz", packed[:len(packed)-6], f, cols...), nil, "source cut.gz: the gzip file ends before its end mark: it was cut, or is no gzip"+again+"[cut_file]")
	wrong := bytes.Clone(packed)
	wrong[len(wrong)-6] ^= 1
	expect(t, bytesInput("crc.gz", wrong, f, cols...), nil, "source crc.gz: the gzip file is damaged: gzip: invalid checksum"+again+"[damaged_pack]")
	bomb := gz(t, append([]byte("a\n"), bytes.Repeat([]byte("1\n"), 10<<20)...))
	expect(t, bytesInput("bomb.gz", bomb, f, cols...), nil, fmt.Sprintf("source bomb.gz: the gzip file expands to more than %d bytes, over 200 times its own size; check where it comes from; if it is right, unpack it and set `pack: none` [too_large]", max(16<<20, 200*len(bomb))))
	f.Pack = "zip"
	expect(t, bytesInput("a.zip", zipped(t, "x/a.csv", "a\n1\n"), f, cols...), [][]string{{"1"}})
	two := zipped(t, "a.csv", "a\n1\n", "b.csv", "a\n2\n")
	expect(t, bytesInput("two.zip", two, f, cols...), nil, "source two.zip: the zip holds \"a.csv\", \"b.csv\", expected a single member; name the one to read with `member:` [zip_members]")
	f.Member = "b*.csv"
	expect(t, bytesInput("two.zip", two, f, cols...), [][]string{{"2"}})
	f.Member = ""
	big := zipped(t, "a.csv", "a\n"+strings.Repeat("1\n", 10<<20))
	expect(t, bytesInput("bomb.zip", big, f, cols...), nil, fmt.Sprintf("source bomb.zip: the zip file expands to more than %d bytes, over 200 times its own size; check where it comes from; if it is right, unpack it and set `pack: none` [too_large]", max(16<<20, 200*len(big))))
	f.Kind, f.Pack = XLSX, "none"
	defer func(old int64) { inMemoryMost = old }(inMemoryMost)
	inMemoryMost = 1 << 20
	huge := zipped(t, "xl/workbook.xml", strings.Repeat("0", 2<<20))
	expect(t, bytesInput("bomb.xlsx", huge, f, cols...), nil, "source bomb.xlsx: the workbook expands to more than 1048576 bytes; check where it comes from; export large tables as csv [too_large]")
}

// parquetFile writes a Parquet file whose pages carry checksums (zstd frames do).
func parquetFile(t testing.TB, rows int) []byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "note", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "amount", Type: &arrow.Decimal128Type{Precision: 18, Scale: 4}, Nullable: true},
		{Name: "on", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
		{Name: "at", Type: arrow.FixedWidthTypes.Timestamp_us, Nullable: true},
		{Name: "ok", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "share", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i := range rows {
		b.Field(0).(*array.StringBuilder).Append(fmt.Sprint("note ", i))
		b.Field(1).(*array.Int64Builder).Append(9007199254740993 + int64(i))
		b.Field(2).(*array.Decimal128Builder).Append(decimal128.FromI64(12345600 + int64(i)*100))
		b.Field(3).(*array.Date32Builder).Append(arrow.Date32FromTime(time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)))
		b.Field(4).(*array.TimestampBuilder).Append(arrow.Timestamp(time.Date(2026, 3, 4, 9, 30, 0, 5000, time.UTC).UnixMicro()))
		b.Field(5).(*array.BooleanBuilder).Append(i%2 == 0)
		if i == 1 {
			b.Field(6).AppendNull()
		} else {
			b.Field(6).(*array.Float64Builder).Append(0.1)
		}
	}
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDictionaryDefault(false)), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(b.NewRecord()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var parquetColumns = []comp.Column{
	{Name: "id", From: "id", Type: comp.ID},
	{Name: "amount", From: "amount", Type: comp.Decimal, Scale: 2},
	{Name: "on", From: "on", Type: comp.DateType},
	{Name: "at", From: "at", Type: comp.Instant},
	{Name: "ok", From: "ok", Type: comp.Bool},
	{Name: "share", From: "share", Type: comp.Decimal, Scale: 4},
	{Name: "note", From: "note", Type: comp.Category},
}

func TestParquet(t *testing.T) {
	b := parquetFile(t, 2)
	f := Format{Kind: Parquet, Dialect: DefaultDialect()}
	expect(t, bytesInput("a.parquet", b, f, parquetColumns...), [][]string{
		{"9007199254740993", "1234.56", "2026-03-04", "2026-03-04T09:30:00Z", "true", "0.1000", "note 0"},
		{"9007199254740994", "1234.57", "2026-03-04", "2026-03-04T09:30:00Z", "false", "∅", "note 1"},
	})
	f.Pack = "gzip"
	if got := decodeAll(t, bytesInput("a.parquet.gz", gz(t, b), f, parquetColumns...), 0); len(got.rows) != 2 {
		t.Error(got)
	}
	f.Pack = ""
	expect(t, bytesInput("cut.parquet", b[:len(b)-9], f, parquetColumns...), nil,
		"source cut.parquet: the Parquet file cannot be read: parquet: file is smaller than indicated metadata size; pull the file again, or export it as csv [damaged_parquet]")
}

// TestDamagedParquet flips every 7th byte in turn: a finding or the right rows, and this process lives on.
func TestDamagedParquet(t *testing.T) {
	b := parquetFile(t, 3)
	f := Format{Kind: Parquet, Dialect: DefaultDialect()}
	whole := decodeAll(t, bytesInput("a.parquet", b, f, parquetColumns...), 0)
	if len(whole.rows) != 3 {
		t.Fatal(lines(whole.findings))
	}
	found := 0
	for i := 0; i < len(b); i += 7 {
		flipped := bytes.Clone(b)
		flipped[i] ^= 0x20
		got := decodeAll(t, bytesInput("flip.parquet", flipped, f, parquetColumns...), 0)
		if len(got.findings) > 0 {
			found++
			continue
		}
		if d := cmp.Diff(whole.rows, got.rows); d != "" {
			t.Errorf("byte %d of %d flipped (%q): other rows without a finding: %s", i, len(b), b[max(0, i-20):min(len(b), i+20)], d)
		}
	}
	if found == 0 {
		t.Error("no flip was found: the test flips nothing that matters")
	}
	t.Logf("%d bytes, %d flips found", len(b), found)
}
