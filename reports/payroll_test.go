package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

func sum256(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

func TestPayCSV(t *testing.T) {
	files := render(t, sample(), all())
	rows := readCSV(t, byPath(t, files, "payroll/DE01/pay-2026-02.csv"))
	want := [][]string{
		{"run_id", "payroll_number", "employee_id", "pay_code", "amount", "currency", "period_start", "period_end", "line_digest"},
		{"QXN3K5VJ2M7TSE4LRZPAH6WBYD", "100417", "E001", "3100", "3299.14", "EUR", "2026-02-01", "2026-02-28"},
		{"QXN3K5VJ2M7TSE4LRZPAH6WBYD", "=100418", "E002", "3100", "405.09", "EUR", "2026-02-01", "2026-02-28"},
	} // E003 is held: no row
	lines := string(byPath(t, files, "audit/tables/lines.csv"))
	for i, row := range rows {
		if i > 0 {
			var mine strings.Builder // what the documented grep finds
			for _, l := range strings.SplitAfter(lines, "\n") {
				if strings.HasPrefix(l, row[2]+":2026-02,") {
					mine.WriteString(l)
				}
			}
			if got := sum256([]byte(mine.String())); got != row[8] {
				t.Errorf("line digest of %s is %s, its rows of lines.csv have %s", row[2], row[8], got)
			}
			row = row[:8]
		}
		if d := cmp.Diff(want[i], row); d != "" {
			t.Error(d)
		}
	}
	if len(rows) != len(want) {
		t.Errorf("%d rows, want %d", len(rows), len(want))
	}
	for path, amount := range map[string]string{"JP01": "123456789", "KW01": "1234.567", "US01": "-12345.67"} {
		rows := readCSV(t, byPath(t, files, "payroll/"+path+"/pay-2026-02.csv"))
		if len(rows) != 2 || rows[1][4] != amount {
			t.Errorf("%s: %v, want one row of %s", path, rows, amount)
		}
	}
}

func TestPayControl(t *testing.T) {
	files := render(t, sample(), all())
	want := strings.Join([]string{"# carrot control 1", "# run QXN3K5VJ2M7TSE4LRZPAH6WBYD", "# kind close", "# approved no", "# entity DE01", "# period 2026-02-01..2026-02-28",
		"# pay_date 2026-03-25", "# rows 2", "# sum EUR 3704.23", "# corrections EUR -100.00",
		sum256(byPath(t, files, "payroll/DE01/pay-2026-02.csv")) + "  pay-2026-02.csv",
		sum256(byPath(t, files, "payroll/DE01/corrections-2026-02.csv")) + "  corrections-2026-02.csv",
		sum256(byPath(t, files, "payroll/DE01/statements-2026-02.xlsx")) + "  statements-2026-02.xlsx", ""}, "\n")
	if d := cmp.Diff(want, string(byPath(t, files, "payroll/DE01/pay-2026-02.control"))); d != "" {
		t.Error(d)
	}
}

// TestSha256sum lets the program that the certificate names check the files, and then sees it fail.
func TestSha256sum(t *testing.T) {
	bin := tool(t, "sha256sum")
	dir := t.TempDir()
	for _, f := range render(t, sample(), all()) {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check := func(sub, file string) error {
		c := exec.Command(bin, "--check", file)
		c.Dir = filepath.Join(dir, sub)
		return c.Run()
	}
	for sub, file := range map[string]string{"audit": "run.txt", "payroll/DE01": "pay-2026-02.control"} {
		if err := check(sub, file); err != nil {
			t.Errorf("sha256sum --check %s: %v", file, err)
		}
	}
	path := filepath.Join(dir, "payroll/DE01/pay-2026-02.csv")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if check("audit", "run.txt") == nil || check("payroll/DE01", "pay-2026-02.control") == nil {
		t.Error("one flipped bit in the payroll file, and sha256sum found nothing")
	}
}

func TestCertificate(t *testing.T) {
	text := string(byPath(t, render(t, sample(), all()), "audit/run.txt"))
	for _, want := range []string{
		"*** NOT APPROVED ***\n", "run            QXN3K5VJ2M7TSE4LRZPAH6WBYD\n", "period         2026-02 (2026-02-01..2026-02-28)\n", "known at       2026-03-03\n",
		"  in              1,240  1,234,567.50  20,500.00\n", "  held                1    118,250.00       0.00\n", "  ties\n", "  DOES NOT TIE\n",
		"DE01          EUR                3         2     1     3,704.23       310.00      5,584.23\n",
		"bad_number           row             1     1       1     0\n", "invoiced    123456.78  123456.77  NOT MET\n", "head count         60         60  met\n",
		"2026-06-30  K. Vogt  test deal\n", "A-17  E001  -50.00 EUR  K. Vogt", "carrot verify ", "carrot replay QXN3K5VJ2M7TSE4LRZPAH6WBYD ", "sha256sum --check run.txt",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the certificate lacks %q", want)
		}
	}
	r := sample()
	r.Run.Approved = true
	r.Waivers = []comp.Waiver{{Finding: "F-X", Reason: "two\nlines\r\n" + sha + "  tables/credits.csv", By: "x"}}
	text = string(byPath(t, render(t, r, all()), "audit/run.txt"))
	if strings.Contains(text, "APPROVED ***") || strings.Contains(text, "\n"+sha+"  tables/credits.csv") {
		t.Error("approved run says it is not, or a waiver's text became a line of its own")
	}
}

// TestThreeWayTie adds up the payroll file, the lines and the statements' totals, each from its own file.
func TestThreeWayTie(t *testing.T) {
	files := render(t, sample(), all())
	sum := func(rows [][]string, col, cur int) map[string]string {
		by := map[string]comp.Number{}
		for _, r := range rows[1:] {
			by[r[cur]] = by[r[cur]].Add(num(r[col]))
		}
		out := map[string]string{}
		for c, n := range by {
			out[c] = n.String()
		}
		return out
	}
	var pay bytes.Buffer
	for i, e := range []string{"DE01", "JP01", "KW01", "US01"} {
		head, body, _ := strings.Cut(string(byPath(t, files, "payroll/"+e+"/pay-2026-02.csv")), "\n")
		if i == 0 {
			pay.WriteString(head + "\n")
		}
		pay.WriteString(body)
	}
	rows, err := csv.NewReader(&pay).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"EUR": "3704.23", "JPY": "123456789", "KWD": "1234.567", "USD": "-12345.67"}
	if d := cmp.Diff(want, sum(rows, 4, 5)); d != "" {
		t.Error("payroll files", d)
	}
	if d := cmp.Diff(want, sum(readCSV(t, byPath(t, files, "audit/tables/lines.csv")), 10, 11)); d != "" {
		t.Error("lines", d)
	}
}
