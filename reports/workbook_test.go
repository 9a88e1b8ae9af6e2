package reports

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"carrot/transform/comp"
)

// readBook is every sheet's cells as stored.
func readBook(t testing.TB, b []byte) map[string][][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][][]string{}
	for _, name := range f.GetSheetList() {
		if out[name], err = f.GetRows(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestWorkbookSheets(t *testing.T) {
	b := byPath(t, render(t, sample(), all()), "payroll/DE01/statements-2026-02.xlsx")
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if d := cmp.Diff([]string{"Pay", "Lines", "Held", "Adjustments", "Findings", "Control totals", "Statistics", "About"}, f.GetSheetList()); d != "" {
		t.Fatal(d)
	}
	sheets := readBook(t, b)
	pay := sheets["Pay"][4:]
	want := [][]string{
		{"Payroll number", "Employee id", "Name", "Pay code", "Amount", "Currency", "Pay date", "Hold status", "Held amount", "Statement"},
		{"100417", "E001", "Jana Krüger", "3100", "3299.14", "EUR", "46106", "paid", "0", "E001:2026-02"}, // 46106 is 2026-03-25
		{"=100418", "E002", "Nguyễn Thị Minh Khai-Papadopoulou Παπαδοπούλου von und zu Hohenzollern-Sigmaringen", "3100", "405.09", "EUR", "46106", "paid", "0", "E002:2026-02"},
		{"", "E003", "Юлия Ковалёва", "3100", "0", "EUR", "46106", "held: F-QMH4AU2ENOOE", "310", "E003:2026-02"},
		{"Total", "", "3 statements, 2 with pay", "", "3704.23", "EUR", "", "1 held", "310"},
	}
	if d := cmp.Diff(want, pay); d != "" {
		t.Error(d)
	}
	if formula, _ := f.GetCellFormula("Pay", "E9"); formula != "SUM(E6:E8)" {
		t.Errorf("total is %q", formula)
	}
	if shown, _ := f.GetCellValue("Pay", "E6"); shown != "3,299.14" {
		t.Errorf("E6 is shown as %q", shown)
	}
	if shown, _ := f.GetCellValue("Pay", "G6"); shown != "2026-03-25" {
		t.Errorf("the pay date is shown as %q", shown)
	}
	props, err := f.GetDocProps()
	if err != nil || props.Created != "2026-03-03T00:00:00Z" || props.Subject != "run QXN3K5VJ2M7TSE4LRZPAH6WBYD" {
		t.Errorf("properties %+v %v", props, err)
	}
	layout, err := f.GetPageLayout("Lines")
	if err != nil || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 {
		t.Errorf("page layout %+v %v", layout, err)
	}
	rated := []string{"E002", "Satisfied share", "83.3 %", "6", "95 %", "43.6 % to 97.0 %", "wilson", "2", "2026-01", "pulled toward 34 of 40, as if so many more had answered: the fewer answers, the more", sha}
	if d := cmp.Diff(rated, sheets["Statistics"][7]); d != "" {
		t.Errorf("statistics of the third line: %v\n%s", sheets["Statistics"], d)
	}
	if strings.Contains(fmt.Sprint(sheets), "Khai solved it") {
		t.Error("payroll's workbook holds what customers said")
	}
	for _, s := range []string{"Held", "Adjustments"} {
		if !strings.Contains(fmt.Sprint(sheets[s]), "E001") {
			t.Errorf("%s lacks E001: %v", s, sheets[s])
		}
	}
}

func TestWorkbookDigits(t *testing.T) {
	files := render(t, sample(), all())
	for entity, want := range map[string][2]string{"JP01": {"123456789", "123,456,789"}, "KW01": {"1234.567", "1,234.567"}, "US01": {"-12345.67", "-12,345.67"}} {
		b := byPath(t, files, "payroll/"+entity+"/statements-2026-02.xlsx")
		f, err := excelize.OpenReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		shown, _ := f.GetCellValue("Pay", "E6")
		f.Close()
		if got := [2]string{readBook(t, b)["Pay"][5][4], shown}; got != want {
			t.Errorf("%s: %q, want %q", entity, got, want)
		}
	}
}

// TestHugeAmount keeps every digit of money that a spreadsheet's numbers cannot hold.
func TestHugeAmount(t *testing.T) {
	r := sample()
	r.Statements[0].Total = eur(9007199254740993)
	row := readBook(t, byPath(t, render(t, r, all()), "payroll/DE01/statements-2026-02.xlsx"))["Pay"][5]
	if row[4] != "90071992547409.93" {
		t.Errorf("stored %q", row[4])
	}
}

// allowed are the only formulas of a workbook.
var allowed = regexp.MustCompile(`^SUM\([EI]\d+:[EI]\d+\)$`)

// TestNothingRuns looks into the parts of every workbook: nothing that data could make a spreadsheet do.
func TestNothingRuns(t *testing.T) {
	for _, file := range render(t, sample(), all()) {
		if !strings.HasSuffix(file.Path, ".xlsx") {
			continue
		}
		for name, body := range unzip(t, file.Bytes) {
			for _, bad := range []string{"<hyperlink", "externalLink", "ddeLink", "oleLink", "vbaProject", "connection"} {
				if strings.Contains(body, bad) || strings.Contains(name, bad) {
					t.Errorf("%s %s has %s", file.Path, name, bad)
				}
			}
			for _, m := range regexp.MustCompile(`<f>([^<]*)</f>`).FindAllStringSubmatch(body, -1) {
				if !allowed.MatchString(m[1]) {
					t.Errorf("%s %s runs %s", file.Path, name, m[1])
				}
			}
			for _, m := range regexp.MustCompile(`<definedName name="([^"]*)"`).FindAllStringSubmatch(body, -1) {
				if m[1] != "_xlnm._FilterDatabase" && m[1] != "_xlnm.Print_Titles" && m[1] != "_xlnm.Print_Area" {
					t.Errorf("%s names %s", file.Path, m[1])
				}
			}
			for _, m := range regexp.MustCompile(`<c [^>]*t="([a-z]+)"[^>]*>(?:<is><t[^>]*>|<v>)[=+@]`).FindAllStringSubmatch(body, -1) {
				if m[1] != "inlineStr" {
					t.Errorf("%s: a cell that begins like a formula is of type %s", file.Path, m[1])
				}
			}
		}
	}
}

func unzip(t testing.TB, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range z.File {
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name] = string(body)
	}
	return out
}

func TestPreviewOnEverySheet(t *testing.T) {
	r := sample()
	r.Run.Kind = comp.Preview
	for _, f := range render(t, r, all()) {
		if !strings.HasSuffix(f.Path, ".xlsx") {
			continue
		}
		for name, rows := range readBook(t, f.Bytes) {
			if len(rows) < 3 || !strings.Contains(rows[2][0], "PREVIEW") || !strings.Contains(rows[2][0], "NOT APPROVED") {
				t.Errorf("%s, sheet %s does not say PREVIEW", f.Path, name)
			}
		}
	}
	r.Run.Kind, r.Run.Approved = comp.Close, true
	for name, rows := range readBook(t, byPath(t, render(t, r, all()), "payroll/DE01/statements-2026-02.xlsx")) {
		if text := strings.ToUpper(fmt.Sprint(rows)); strings.Contains(text, "PREVIEW") || strings.Contains(text, "NOT APPROVED") {
			t.Errorf("approved close, sheet %s says otherwise", name)
		}
	}
}

func TestFindingsCap(t *testing.T) {
	r := sample()
	r.Findings = nil
	for i := range 1500 {
		r.Findings = append(r.Findings, comp.Finding{Code: "bad_number", Table: "a.b", Column: "amount", Key: fmt.Sprint(i), Count: 2})
	}
	r.Findings = append(r.Findings, comp.Finding{Code: "bad_number", Table: "a.b", Column: "other"}, comp.Finding{Code: "elsewhere", Payee: "U001"})
	rows := readBook(t, byPath(t, render(t, r, all()), "payroll/DE01/statements-2026-02.xlsx"))["Findings"][5:]
	if len(rows) != 1000+1+2 {
		t.Fatalf("%d rows, want 1000 and 1 and two totals", len(rows))
	}
	if got := rows[1001]; got[0] != "Total" || got[7] != "1,500 findings, 1,000 shown here, all in audit/tables/findings" || got[11] != "3000" {
		t.Errorf("total %q", got)
	}
}

// TestOfficesApart: what is about another legal entity's people is in that one's workbook alone.
func TestOfficesApart(t *testing.T) {
	files := render(t, sample(), all())
	us := fmt.Sprint(readBook(t, byPath(t, files, "payroll/US01/statements-2026-02.xlsx")))
	for _, theirs := range []string{"E001", "Krüger", "Ковалёва", "A-17", "006D000000Kz2\t"} {
		if strings.Contains(us, theirs) {
			t.Errorf("US01's workbook shows %s", theirs)
		}
	}
	if !strings.Contains(us, "006D000000Kx9") {
		t.Error("a deal whose owner nobody knows is not in every office's workbook")
	}
}

// TestLibreOffice lets another program read the workbook and add up what it shows.
func TestLibreOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED: LibreOffice takes seconds to start")
	}
	bin := tool(t, "soffice", "libreoffice")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "book.xlsx"), byPath(t, render(t, sample(), all()), "payroll/DE01/statements-2026-02.xlsx"), 0o600); err != nil {
		t.Fatal(err)
	}
	// Token 12: every sheet to a file of its own; cells as shown.
	c := exec.Command(bin, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", dir, filepath.Join(dir, "book.xlsx"))
	c.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C.UTF-8")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	read := func(sheet string) [][]string {
		b, err := os.ReadFile(filepath.Join(dir, "book-"+sheet+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(b))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	plain := func(s string) comp.Number { return num(strings.ReplaceAll(s, ",", "")) }
	pay := read("Pay")
	var sum comp.Number
	for _, row := range pay[5:8] {
		sum = sum.Add(plain(row[4]))
	}
	if total := pay[8]; sum.String() != "3704.23" || plain(total[4]).String() != "3704.23" {
		t.Errorf("LibreOffice adds the rows to %s and shows a total of %s, want 3704.23", sum, total[4])
	}
	var lines comp.Number
	for _, row := range read("Lines")[5:] {
		lines = lines.Add(plain(row[11]))
	}
	if lines.String() != "3704.23" {
		t.Errorf("the lines add up to %s", lines)
	}
	if pay[6][0] != "=100418" || pay[5][6] != "2026-03-25" {
		t.Errorf("hostile text or date: %q", pay[5:7])
	}
}
