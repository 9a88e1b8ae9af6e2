package connectors

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"carrot/transform"
	"carrot/transform/comp"
)

// badFile is a bad csv file and everything that is said about it, word for word.
type badFile struct {
	name, text string
	change     func(*Dialect)
	cols       []comp.Column
	rows       [][]string
	findings   []string
}

func col(name string, t comp.Type) comp.Column {
	return comp.Column{Name: strings.ToLower(name), From: name, Type: t, Scale: 2}
}

var badFiles = []badFile{
	{name: "empty", text: "", findings: []string{
		`source empty.csv:1:1: the file is empty, expected at least a header; pull the file again; if the system had nothing to export, remove the file from its drop [empty_file]`}},
	{name: "mark", text: "\uFEFF", findings: []string{
		`source mark.csv:1:1: the file is empty, expected at least a header; pull the file again; if the system had nothing to export, remove the file from its drop [empty_file]`}},
	{name: "header", text: "Id,Amount\n", findings: []string{
		`source header.csv:1: the file has a header and no row; check the export's filter if rows were expected [no_rows]`}},
	{name: "missing", text: "Id,Stage\n1,2\n", findings: []string{
		`source missing.csv:1:1: amount: the header has no "Amount"; it has "Id", "Stage"; correct ` + "`from:`" + ` of column amount, or export the file again with "Amount" [missing_column]`}},
	{name: "renamed", text: "Id,Amount (EUR)\n1,2\n", findings: []string{
		`source renamed.csv:1:4: amount: the header has no "Amount"; nearest is "Amount (EUR)" in column 2; write ` + "`from: \"Amount (EUR)\"`" + ` for column amount if that is meant, or export the file again with "Amount" [missing_column]`}},
	{name: "twice", text: "Id,Amount,Note,Amount\n1,2,3,4\n", findings: []string{
		`source twice.csv:1:16: amount: the header has "Amount" 2 times, first as column 2 and again as column 4, expected once; rename one of them in the export [duplicate_column]`}},
	{name: "unused twice", text: "Id,Note,Amount,Note\n1,a,2,b\n", rows: [][]string{{"1", "2.00"}}},
	{name: "swapped", text: " Amount ,extra,\"Id\"\n2,x,1\n", rows: [][]string{{"1", "2.00"}}},
	{name: "ragged", text: "Id,Amount\n1,2\n2\n3,4,5\n\n6,7\n", rows: [][]string{{"1", "2.00"}, {"6", "7.00"}}, findings: []string{
		`row ragged.csv:3:1: the record has 1 cells, expected 2 as in the header; quote cells that hold the delimiter, or correct ` + "`delimiter:` and `quote:`" + ` of the dialect [ragged_row]`,
		`row ragged.csv:4:1: the record has 3 cells, expected 2 as in the header; quote cells that hold the delimiter, or correct ` + "`delimiter:` and `quote:`" + ` of the dialect [ragged_row]`}},
	{name: "thousands", text: "Id,Amount\n1,\"1,005\"\n2,\"2,024,994\"\n3,\"1,234.56\"\n", findings: []string{
		`row thousands.csv:2:3: amount: "1,005" has two readings: 1005 with a comma between thousands, or 1.005 with a decimal comma; add ` + "`thousands: \",\"` or `decimal: \",\"`" + ` to the table's dialect [bad_number]`,
		`row thousands.csv:3:3: amount: "2,024,994" is no plain number; with a comma between thousands it reads 2024994; add ` + "`thousands: \",\"`" + ` to the table's dialect [bad_number]`,
		`row thousands.csv:4:3: amount: "1,234.56" is no plain number; with a comma between thousands it reads 1234.56; add ` + "`thousands: \",\"`" + ` to the table's dialect [bad_number]`}},
	{name: "declared", text: "Id;Amount\n1;1.005,5\n2;12\n3;1.00\n4;1,2,3\n", change: func(d *Dialect) { d.Delimiter, d.Decimal, d.Thousands = ";", ",", "." },
		rows: [][]string{{"1", "1005.50"}, {"2", "12.00"}}, findings: []string{
			`row declared.csv:4:3: amount: "1.00" is no plain number; with a decimal point it reads 1.00; add ` + "`decimal: \".\"`" + ` to the table's dialect [bad_number]`,
			`row declared.csv:5:3: amount: "1,2,3" is no plain number, expected digits with at most one ","; export the column as plain digits, such as 1234.50, or add "1,2,3" to ` + "`nulls:`" + ` of the dialect if it means no value [bad_number]`}},
	{name: "odd", text: "Id,Amount\n1,Inf\n2,1e3\n3,10.005\n4, 5\n5,+5\n6,.5\n7,5.\n8,-\n9,123456789012345678901234567890123456789\n10,12345678901234567890.12\n",
		rows: [][]string{{"10", "12345678901234567890.12"}}, findings: []string{
			odd(2, "Inf", "is no plain number, expected digits with at most one \".\"; export the column as plain digits, such as 1234.50, or add \"Inf\" to `nulls:` of the dialect if it means no value"),
			odd(3, "1e3", "is written with an exponent and may have lost digits, expected plain digits; export the column as plain digits, such as 1234.50"),
			odd(4, "10.005", "has 3 digits after the point, at most 2 are declared; write `scale: 3` for column amount if all of them count"),
			odd(5, " 5", "has blanks around it, expected plain digits; export the column as plain digits, such as 1234.50"),
			odd(6, "+5", "is no plain number, expected digits with at most one \".\"; export the column as plain digits, such as 1234.50, or add \"+5\" to `nulls:` of the dialect if it means no value"),
			odd(7, ".5", "is no plain number, expected digits with at most one \".\"; export the column as plain digits, such as 1234.50, or add \".5\" to `nulls:` of the dialect if it means no value"),
			odd(8, "5.", "is no plain number, expected digits with at most one \".\"; export the column as plain digits, such as 1234.50, or add \"5.\" to `nulls:` of the dialect if it means no value"),
			odd(9, "-", "is no plain number, expected digits with at most one \".\"; export the column as plain digits, such as 1234.50, or add \"-\" to `nulls:` of the dialect if it means no value"),
			odd(10, "123456789012345678901234567890123456789", "has more digits than an amount can hold (38); export the column with fewer digits")}},
	{name: "ids", text: "Id,Amount\n9007199254740993,1\n00042,2\n", rows: [][]string{{"9007199254740993", "1.00"}, {"00042", "2.00"}}},
	{name: "whole", text: "Id,Seats\n1,2.0\n2,9223372036854775808\n3,9223372036854775807\n", cols: []comp.Column{col("Id", comp.ID), col("Seats", comp.Integer)},
		rows: [][]string{{"3", "9223372036854775807"}}, findings: []string{
			"row whole.csv:2:3: seats: \"2.0\" is no whole number; write `type: decimal` and `scale: 1` for column seats [bad_integer]",
			"row whole.csv:3:3: seats: \"9223372036854775808\" does not fit into 64 bits; write `type: id` for column seats if it is an identifier [bad_integer]"}},
	{name: "dates", text: "Id,On\n1,03/04/2026\n2,13/04/2026\n3,2026-02-30\n4,2026-03-04 00:00:00\n5,yesterday\n6,2026-03-04\n", cols: []comp.Column{col("Id", comp.ID), col("On", comp.DateType)},
		rows: [][]string{{"6", "2026-03-04"}}, findings: []string{
			"row dates.csv:2:3: on: \"03/04/2026\" has two readings: 2026-04-03 as DD/MM/YYYY, or 2026-03-04 as MM/DD/YYYY; expected YYYY-MM-DD; write `layout: DD/MM/YYYY` or `layout: MM/DD/YYYY` for column on [bad_date]",
			"row dates.csv:3:3: on: \"13/04/2026\" is not of the form YYYY-MM-DD; as DD/MM/YYYY it reads 2026-04-13; write `layout: DD/MM/YYYY` for column on [bad_date]",
			"row dates.csv:4:3: on: \"2026-02-30\" is no date of the form YYYY-MM-DD; correct the cell in the source system, or `layout:` of column on [bad_date]",
			"row dates.csv:5:3: on: \"2026-03-04 00:00:00\" is not of the form YYYY-MM-DD; as YYYY-MM-DD hh:mm:ss it reads 2026-03-04; write `layout: YYYY-MM-DD hh:mm:ss` for column on [bad_date]",
			"row dates.csv:6:3: on: \"yesterday\" is no date of the form YYYY-MM-DD; correct the cell in the source system, or `layout:` of column on [bad_date]"}},
	{name: "instants", text: "Id,At\n1,2026-03-04\n2,3/4/2026 3:05 PM\n3,2026-03-04 24:00\n", cols: []comp.Column{col("Id", comp.ID), col("At", comp.Instant)}, findings: []string{
		"row instants.csv:2:3: at: \"2026-03-04\" has no time of day, expected YYYY-MM-DD hh:mm:ss; write `type: date` for column at [bad_instant]",
		"row instants.csv:3:3: at: \"3/4/2026 3:05 PM\" has two readings: 2026-04-03 as D/M/YYYY h:mm AM, or 2026-03-04 as M/D/YYYY h:mm AM; expected YYYY-MM-DD hh:mm:ss; write `layout: D/M/YYYY h:mm AM` or `layout: M/D/YYYY h:mm AM` for column at [bad_instant]",
		"row instants.csv:4:3: at: \"2026-03-04 24:00\" is no instant of the form YYYY-MM-DD hh:mm:ss; correct the cell in the source system, or `layout:` of column at [bad_instant]"}},
	{name: "bools", text: "Id,Won\n1,Y\n2,true\n", cols: []comp.Column{col("Id", comp.ID), col("Won", comp.Bool)}, rows: [][]string{{"2", "true"}}, findings: []string{
		"row bools.csv:2:3: won: \"Y\" is neither true (\"true\") nor false (\"false\"); add it to `booleans: {true: […], false: […]}` of the dialect [bad_boolean]"}},
	{name: "node", text: "Id,Node\n1,0x5G\n2,58\n3,\n", cols: []comp.Column{col("Id", comp.ID), col("Node", comp.Node)}, rows: [][]string{{"2", "/1/"}, {"3", "/"}}, findings: []string{
		"row node.csv:2:3: node: \"0x5G\" is no hierarchyid in hex, such as 0x58 for /1/; export the column as SQL Server writes it, or declare `type: text` [bad_hierarchyid]"}},
	{name: "required", text: "Id,Amount\n,1\n2,N/A\n", change: func(d *Dialect) { d.Nulls = append(d.Nulls, "N/A") }, cols: []comp.Column{{Name: "id", From: "Id", Type: comp.ID, Required: true}, col("Amount", comp.Decimal)},
		rows: [][]string{{"2", "∅"}}, findings: []string{
			"row required.csv:2:1: id: the cell is empty or a null word, expected a value; fill it in the source system; where it may be absent, drop `required: true` and keep it out of `keys:` [missing_value]"}},
	{name: "utf8", text: "Id,Amount,Note\n1,2,\xff\n\xe9a,3,x\n4,5\x00,x\n", rows: [][]string{{"1", "2.00"}}, findings: []string{
		"row utf8.csv:3:1: id: the cell holds bytes that are not utf-8; write `encoding: windows-1252` in the dialect if the file comes from Windows, or export it again as UTF-8 [bad_encoding]",
		"row utf8.csv:4:3: amount: the cell holds a NUL character, expected text; pull the file again; where it is UTF-16, write `encoding: utf-16le` in the dialect [nul_character]"}},
	{name: "quotes", text: "Id,Amount\n5\",1\n\"6\"x,1\n\"7\"\"\",1\n", rows: [][]string{{`7"`, "1.00"}}, findings: []string{
		"row quotes.csv:2:1: the cell has a quote in the middle, expected it doubled inside a quoted cell; export the file again; if it does not quote cells, write `quote: \"\"` in the dialect, or correct `escape:` [broken_quote]",
		"row quotes.csv:3:1: the cell has a quote in the middle, expected it doubled inside a quoted cell; export the file again; if it does not quote cells, write `quote: \"\"` in the dialect, or correct `escape:` [broken_quote]"}},
	{name: "cut", text: "Id,Amount\n1,2\n3,4", findings: []string{
		"source cut.csv:3: the last record has no record end: the file was cut; pull the file again; if the program that wrote it never ends the last line, write `open_end: true` in the dialect [cut_file]"}},
	{name: "open end", text: "Id,Amount\n1,2\n3,4", change: func(d *Dialect) { d.OpenEnd = true }, rows: [][]string{{"1", "2.00"}, {"3", "4.00"}}},
	{name: "open quote", text: "Id,Amount\n1,2\n\"3,4\n5,6\n", findings: []string{
		"source open quote.csv:3: a quote opens here and is still open at the end of the file: the file was cut, or the quote is text; pull the file again; if the file does not quote its cells, write `quote: \"\"` in the dialect [cut_file]"}},
	{name: "wrong mark", text: "\xff\xfeI\x00d\x00", findings: []string{
		"source wrong mark.csv: the file begins with the byte order mark of utf-16le, but utf-8 is declared; write `encoding: utf-16le` in the dialect [wrong_encoding]"}},
	{name: "half unit", text: "I\x00d\x00,\x00A\x00m\x00o\x00u\x00n\x00t\x00\n\x001\x00,", change: func(d *Dialect) { d.Encoding = "utf-16le" }, findings: []string{
		"source half unit.csv: the file ends within a character of utf-16le: it was cut; pull the file again [cut_file]"}},
	{name: "multi line", text: "Id,Amount\n\"1\n2\",\"x\n\"\n", findings: []string{
		"row multi line.csv:3:4: amount: \"x\\n\" has blanks around it, expected plain digits; export the column as plain digits, such as 1234.50 [bad_number]"}},
	{name: "dialect", text: "Id,Amount\n1,2\n", change: func(d *Dialect) { d.Quote = "''" }, findings: []string{
		"source dialect.csv: the dialect's quote is \"''\", expected one ASCII character that neither delimiter nor record end holds; correct `quote:` in the table's dialect [bad_dialect]"}},
}

func odd(line int, text, rest string) string {
	return fmt.Sprintf("row odd.csv:%d:%d: amount: %q %s [bad_number]", line, 3, text, rest)
}

func TestBadInput(t *testing.T) {
	for _, b := range badFiles {
		t.Run(b.name, func(t *testing.T) {
			if b.cols == nil {
				b.cols = []comp.Column{col("Id", comp.ID), col("Amount", comp.Decimal)}
			}
			f := csvFormat()
			if b.change != nil {
				b.change(&f.Dialect)
			}
			expect(t, input(b.name+".csv", b.text, f, b.cols...), b.rows, b.findings...)
		})
	}
}

// TestFooters: what stands below the rows is cut from the end only, and only where it is declared.
func TestFooters(t *testing.T) {
	cols := []comp.Column{col("Id", comp.ID), col("Amount", comp.Text)}
	text := "Id,Amount\nCopyright (c) me,1\n2,2\n,\n\"Grand Totals (2 records)\",3\n\nConfidential Information - Do Not Distribute\nCopyright (c) 2000-2026 salesforce.com"
	f := csvFormat(func(d *Dialect) {
		d.Footer = []string{"Grand Totals", "Confidential Information", "Copyright (c)"}
	})
	expect(t, input("f.csv", text, f, cols...), [][]string{{"Copyright (c) me", "1"}, {"2", "2"}})
	f.Dialect.Footer = nil
	got := decodeAll(t, input("f.csv", text, f, cols...), 0)
	if len(got.rows) != 0 || !stopped(got.findings) {
		t.Error("without a declared footer the file ends within a record", got)
	}
}

// TestRowsCalledLikeAFooter: a row that fills the columns which rows always fill is data, though it is the last one and a
// customer is called like a footer. A total that leaves one of them empty is cut.
func TestRowsCalledLikeAFooter(t *testing.T) {
	key := col("Id", comp.ID)
	owner := col("Owner", comp.Text)
	owner.Required = true
	cols := []comp.Column{col("Account", comp.Text), key, owner}
	f := csvFormat(func(d *Dialect) { d.Footer = []string{"Confidential", "Total"} })
	in := input("f.csv", "Account,Id,Owner\nAda,1,x\nConfidential Systems,2,y\nTotal,2,\nConfidential Information\n", f, cols...)
	in.Contract.Keys = []string{"id"}
	expect(t, in, [][]string{{"Ada", "1", "x"}, {"Confidential Systems", "2", "y"}})
	book := sheetBook(t, func(f *excelize.File) {
		for i, row := range [][]any{{"Account", "Id", "Owner"}, {"Ada", "1", "x"}, {"Confidential Systems", "2", "y"}, {"Total", "2"}, {"Confidential Information"}} {
			if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	})
	f.Kind = XLSX
	in = bytesInput("f.xlsx", book, f, cols...)
	in.Contract.Keys = []string{"id"}
	expect(t, in, [][]string{{"Ada", "1", "x"}, {"Confidential Systems", "2", "y"}})
}

// TestTitlesAndSeveralHeaders: lines before the header, three header rows, two with choices.
func TestTitlesAndSeveralHeaders(t *testing.T) {
	expect(t, input("t.csv", "A \"title\n\nId,Amount\n1,2\n", csvFormat(func(d *Dialect) { d.SkipRows = 2 }), col("Id", comp.ID), col("Amount", comp.Decimal)), [][]string{{"1", "2.00"}})
	expect(t, input("q.csv", "Q1,Q2\n\"How\nmany?\",Who\n\"{\"\"ImportId\"\":\"\"a\"\"}\",x\n7,me\n", csvFormat(func(d *Dialect) { d.HeaderRows = 3 }), col("Q1", comp.Integer)), [][]string{{"7"}})
	choices := input("s.csv", "Id,Rate us,,Rate us\n,Speed,Tone,Speed\n1,a,b,c\n", csvFormat(func(d *Dialect) { d.HeaderRows = 2 }), comp.Column{Name: "tone", From: "Rate us / Tone", Type: comp.Text})
	expect(t, choices, [][]string{{"b"}})
}

// TestLinesAreCountedThroughPages: a finding far down names its line and column, whatever the splits.
func TestLinesAreCountedThroughPages(t *testing.T) {
	var b strings.Builder
	b.WriteString("Id,Amount\n")
	for i := range 50000 {
		fmt.Fprintf(&b, "\"é\n%d\",%d\n", i, i)
	}
	b.WriteString("é,bad\n")
	in := input("long.csv", b.String(), csvFormat(), col("Id", comp.ID), col("Amount", comp.Decimal))
	for _, target := range []int64{0, 100_000} {
		got := decodeAll(t, in, target)
		if len(got.rows) != 50000 || len(got.findings) != 1 || got.findings[0].Line != 100002 || got.findings[0].Col != 3 {
			t.Fatal(len(got.rows), lines(got.findings))
		}
		for _, i := range []int{0, 49999, 25000} {
			rec, err := RecordAt(in, got.pos[i])
			want := Record{Raw: fmt.Appendf(nil, "\"é\n%d\",%d", i, i), Line: 2 + 2*i, Fields: []string{fmt.Sprintf("é\n%d", i), fmt.Sprint(i)}, Header: []string{"Id", "Amount"}}
			if d := cmp.Diff(want, rec); err != nil || d != "" {
				t.Fatal(err, d)
			}
		}
	}
}

// TestSealedTablesShowNothing: findings of a sealed table hold no text, and its rows are refused.
func TestSealedTablesShowNothing(t *testing.T) {
	in := input("s.csv", "Id,Amount\nsecret,words\n", csvFormat(), col("Id", comp.ID), col("Amount", comp.Decimal))
	in.Contract.Class, in.Contract.Keys = comp.Sealed, []string{"id"}
	got := decodeAll(t, in, 0)
	if d := cmp.Diff([]string{"row s.csv:2:8: amount: the cell is no decimal as declared; the table is sealed, so it is not shown; look at the row in the source system, and correct the column's type or layout [bad_number]"}, lines(got.findings)); d != "" {
		t.Error(d)
	}
	if f := got.findings[0]; f.Text+f.Key != "" || strings.Contains(fmt.Sprint(f), "secret") || strings.Contains(fmt.Sprint(f), "words") {
		t.Errorf("%+v", f)
	}
	if _, err := RecordAt(in, 10); err != ErrSealed {
		t.Error(err)
	}
}

// TestKeysAndStops: a finding names its row's key; an error of the receiver ends decoding.
func TestKeysAndStops(t *testing.T) {
	in := input("k.csv", "Id,Part,Amount\na,1,x\nb,2,3\n,3,4\n", csvFormat(), col("Id", comp.ID), col("Part", comp.Integer), col("Amount", comp.Decimal))
	in.Contract.Keys = []string{"id", "part"}
	got := decodeAll(t, in, 0)
	if len(got.findings) != 2 || got.findings[0].Key != "a|1" || got.findings[1].Key != "|3" || got.findings[0].Text != "x" || got.findings[0].Table != "crm.deals" {
		t.Errorf("%+v", got.findings)
	}
	splits, _ := Splits(in, 0)
	findings := Decode(splits[0], func(transform.Batch) error { return fmt.Errorf("no room") })
	if len(findings) != 3 || findings[2].Reach != comp.ReachRun || findings[2].Message != "no room" {
		t.Error(lines(findings))
	}
}
