package reports

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

func readCSV(t testing.TB, b []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestTableColumns(t *testing.T) {
	files := render(t, sample(), Options{})
	for name, want := range map[string]string{
		"scorecards": "employee_id,period_start,period_end,plan,component,measure,n,value,unit,quota,attainment,attainment_num,attainment_den,plan_digest,interval_level,interval_low,interval_high",
		"lines":      "statement,employee_id,period_start,period_end,line,kind,plan,component,clause,exact,amount,currency,working",
		"credits":    "employee_id,period_start,period_end,measure,table,key,date,label,value,currency,share,credited,hit,file,position,line",
		"findings":   "id,code,reach,table,key,column,text,message,hint,payee,file,line,column_no,count,waived",
	} {
		head, _, _ := strings.Cut(string(byPath(t, files, "audit/tables/"+name+".csv")), "\n")
		if head != want {
			t.Errorf("%s:\n got %s\nwant %s", name, head, want)
		}
	}
}

func TestScorecardRows(t *testing.T) {
	got := string(byPath(t, render(t, sample(), Options{}), "audit/tables/scorecards.csv"))
	want := []string{
		"E001,2026-02-01,2026-02-28,sales,commission,delivered_revenue,200,74152.333,money,50000,1.483046660000,74152333,50000000," + sha + ",,,",
		"E001,2026-02-01,2026-02-28,sales,csat,csat,11,9/11,share,,,,," + sha + ",,,", // no attainment is empty, never 0
		"E002,2025-12-01,2026-02-28,service,csat,csat_tickets,6,5/6,share,0.9,0.925925925926,25,27," + carePlan.Digest + ",0.95,0.436496,0.969948",
	}
	lines := strings.Split(strings.TrimSpace(got), "\n")[1:]
	if d := cmp.Diff(want, lines); d != "" {
		t.Error(d)
	}
	if strings.Contains(got, "\r") {
		t.Error("line ends with CR")
	}
}

func TestLineRows(t *testing.T) {
	rows := readCSV(t, byPath(t, render(t, sample(), Options{}), "audit/tables/lines.csv"))
	want := [][]string{
		{"E001:2026-02", "E001", "2026-02-01", "2026-02-28", "1", "earning", "sales", "commission", "2.1", "3449.13998", "3449.14", "EUR", "50,000.00 at 4 % + 24,152.333 at 6 % = 3,449.13998"},
		{"E001:2026-02", "E001", "2026-01-01", "2026-01-31", "2", "true-up", "sales", "commission", "2.1", "-100", "-100.00", "EUR", "January now 1,260.00 EUR, posted 1,360.00 EUR: refund R-5 of 2,500.00 EUR at 4 %"},
		{"E001:2026-02", "E001", "2026-02-01", "2026-02-28", "3", "adjustment", "", "", "", "-50", "-50.00", "EUR", "Advance of January recovered, as agreed"},
		{"E002:2026-02", "E002", "2026-02-01", "2026-02-28", "1", "earning", "service", "csat", "4", "7900/27", "292.59", "EUR", "300.00 × 0.9753"},
	}
	if d := cmp.Diff(want, rows[1:5]); d != "" {
		t.Error(d)
	}
	if want := 1 + 3 + 3 + 0 + 1 + 1 + 1; len(rows) != want {
		t.Errorf("%d rows with the header, want %d", len(rows), want)
	}
	if last := rows[len(rows)-1]; last[10] != "-12345.67" || last[12] != "'-12,345.67 USD: the deal is now U002's" {
		t.Errorf("number or text is not as it should be: %q", last)
	}
}

// TestParquetEqualsCSV reads both files with readers that are not ours.
func TestParquetEqualsCSV(t *testing.T) {
	files := render(t, sample(), Options{})
	for _, name := range []string{"scorecards", "lines", "credits", "findings"} {
		want := readCSV(t, byPath(t, files, "audit/tables/"+name+".csv"))
		got := readParquet(t, byPath(t, files, "audit/tables/"+name+".parquet"))
		for _, row := range want[1:] {
			for i, cell := range row {
				if strings.HasPrefix(cell, "'") {
					row[i] = cell[1:] // the apostrophe is the CSV's alone
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func readParquet(t *testing.T, b []byte) [][]string {
	t.Helper()
	pf, err := file.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer pf.Close()
	if by := pf.MetaData().GetCreatedBy(); by != "carrot" {
		t.Errorf("created by %q", by)
	}
	r, err := pqarrow.NewFileReader(pf, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := r.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer tab.Release()
	rows := make([][]string, tab.NumRows()+1)
	for i := range int(tab.NumCols()) {
		rows[0] = append(rows[0], tab.Column(i).Name())
		at := 1
		for _, chunk := range tab.Column(i).Data().Chunks() {
			for j := range chunk.Len() {
				cell := ""
				switch c := chunk.(type) {
				case *array.String:
					if c.IsValid(j) {
						cell = c.Value(j)
					}
				case *array.Int64:
					if c.IsValid(j) {
						cell = strconv.FormatInt(c.Value(j), 10)
					}
				default:
					t.Fatalf("column %s is %s, want utf8 or int64", tab.Column(i).Name(), chunk.DataType())
				}
				rows[at] = append(rows[at], cell)
				at++
			}
		}
	}
	return rows
}

// TestParquetRowGroups writes more rows than a row group holds.
func TestParquetRowGroups(t *testing.T) {
	r := &comp.Result{Run: sampleRun()}
	for i := range rowGroup + 5 {
		r.Scorecards = append(r.Scorecards, comp.Score{Payee: fmt.Sprintf("E%07d", i), Period: feb, N: int64(i), Value: ptr("1/3")})
	}
	b := byPath(t, render(t, r, Options{}), "audit/tables/scorecards.parquet")
	pf, err := file.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer pf.Close()
	if pf.NumRowGroups() != 2 || pf.MetaData().RowGroup(0).NumRows() != 8192 || pf.NumRows() != 8197 {
		t.Errorf("%d row groups, first of %d rows, %d in all", pf.NumRowGroups(), pf.MetaData().RowGroup(0).NumRows(), pf.NumRows())
	}
	rows := readParquet(t, b)
	if last := rows[len(rows)-1]; last[0] != "E0008196" || last[6] != "8196" {
		t.Errorf("last row %q", last)
	}
}

func TestCreditRows(t *testing.T) {
	rows := readCSV(t, byPath(t, render(t, sample(), Options{}), "audit/tables/credits.csv"))
	if want := 1 + 200 + 1 + 6 + 1; len(rows) != want { // 11 sealed answers are one row
		t.Fatalf("%d rows, want %d", len(rows), want)
	}
	find := func(key string) []string {
		for _, r := range rows {
			if r[5] == key {
				return r
			}
		}
		t.Fatalf("no credit %s", key)
		return nil
	}
	want := []string{"E001", "2026-02-01", "2026-02-28", "delivered_revenue", "salesforce.deals", "006D000000003", "2026-02-04", "Customer 3 · Spectrometer", "303.25", "EUR", "0.5",
		"151.625", "false", "exports/2026-03-03/Deals closed 2026-02.csv", "300", "5"}
	if d := cmp.Diff(want, find("006D000000003")); d != "" {
		t.Error(d)
	}
	if got := find("90210")[7]; got != "'=cmd|'/C calc'!A0" {
		t.Errorf("a label that a spreadsheet would run is %q", got)
	}
	sealed := []string{"E001", "2026-02-01", "2026-02-28", "csat", "qualtrics.pulse", "", "", "sealed, 11 answers", "", "", "", "", "", "", "", ""}
	found := false
	for _, r := range rows {
		found = found || cmp.Equal(sealed, r)
	}
	if !found {
		t.Errorf("no row %q", sealed)
	}
}

// TestCreditWithoutPeriod: a row that a cumulative component reads may be of no measuring period; the cells are empty.
func TestCreditWithoutPeriod(t *testing.T) {
	r := &comp.Result{Run: sampleRun(), Credits: comp.ListCredits([]comp.Credit{{Payee: "E1", Measure: "m", Date: comp.Day(2026, 1, 5)}})}
	got := readCSV(t, byPath(t, render(t, r, Options{}), "audit/tables/credits.csv"))[1]
	if d := cmp.Diff("E1,,,m,,,2026-01-05", strings.Join(got[:7], ",")); d != "" {
		t.Error(d)
	}
}

func TestFindingRows(t *testing.T) {
	r := sample()
	rows := readCSV(t, byPath(t, render(t, r, Options{}), "audit/tables/findings.csv"))
	want := []string{r.Findings[2].ID(), "bad_number", "row", "salesforce.deals", "006D000000Kz2", "amount", "1,005", `"1,005" is 1005 or 1.005: a plain number was expected`,
		`declare thousands: "," or decimal: ","`, "", "exports/2026-03-03/Deals closed 2026-02.csv", "80", "12", "1", "K. Vogt: test deal"}
	if d := cmp.Diff(want, rows[1]); d != "" {
		t.Error(d)
	}
	// A finding in a table of sealed answers keeps its id and says nothing else of the row.
	r.Findings = append(r.Findings, comp.Finding{Code: "bad_cell", Table: "qualtrics.pulse", Key: "SECRET-1", Column: "score", Text: "secret words", Payee: "E001",
		Message: "not a number", Origin: comp.Origin{File: sha, Name: "secret-file.csv", Pos: 9}, Line: 4})
	id := r.Findings[4].ID()
	rows = readCSV(t, byPath(t, render(t, r, Options{}), "audit/tables/findings.csv"))
	want = []string{id, "bad_cell", "nothing", "qualtrics.pulse", "", "score", "", "not a number", "", "", "", "", "", "1", ""}
	if d := cmp.Diff(want, rows[1]); d != "" {
		t.Error(d)
	}
}

// memoryScratch is a temporary file that says when it was closed.
type memoryScratch struct {
	*os.File
	closed *int
}

func (s memoryScratch) Close() error { *s.closed++; return s.File.Close() }

// TestLongTablesLieOutside: with somewhere to put them, the credits are no bytes in memory, and the same bytes, with the same
// digest on the certificate; whatever happens, the files are closed.
func TestLongTablesLieOutside(t *testing.T) {
	closed, made := 0, 0
	o := all()
	o.Scratch = func() (Scratch, error) {
		made++
		f, err := os.Create(filepath.Join(t.TempDir(), "scratch"))
		return memoryScratch{f, &closed}, err
	}
	want := map[string][]byte{}
	for _, f := range render(t, sample(), all()) {
		want[f.Path] = f.Bytes
	}
	var outside []string
	if err := Render(sample(), o, func(f File) error {
		got := f.Bytes
		if f.Body != nil {
			outside = append(outside, f.Path)
			if _, err := f.Body.Seek(0, io.SeekStart); err != nil {
				return err
			}
			var err error
			if got, err = io.ReadAll(f.Body); err != nil {
				return err
			}
		}
		if !bytes.Equal(want[f.Path], got) {
			t.Errorf("%s has other bytes", f.Path)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"audit/tables/credits.csv", "audit/tables/credits.parquet"}, outside); d != "" || closed != 2 || made != 2 {
		t.Errorf("%d of %d files were closed %s", closed, made, d)
	}
	full := errors.New("the disk is full")
	if err := Render(sample(), o, func(File) error { return full }); !errors.Is(err, full) || closed != 4 {
		t.Errorf("%v, %d files were closed", err, closed)
	}
	o.Scratch = func() (Scratch, error) { return nil, full }
	if err := Render(sample(), o, func(File) error { return nil }); !errors.Is(err, full) {
		t.Error(err)
	}
}
