package reports

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carrot/transform/comp"
)

// pages is a PDF's text, page by page, as pdftotext reads it with its layout.
func pages(t testing.TB, pdf []byte) []string {
	t.Helper()
	bin := tool(t, "pdftotext")
	path := filepath.Join(t.TempDir(), "statement.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(bin, "-layout", "-enc", "UTF-8", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

// words is text with every run of white space as one blank.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// people is a decimal as a person reads it, worked out without the code under test.
func people(decimal, currency string) string {
	sign := ""
	if decimal[0] == '-' {
		sign, decimal = "-", decimal[1:]
	}
	whole, frac, point := strings.Cut(decimal, ".")
	var b []byte
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, whole[i])
	}
	if point {
		b = append(b, "."+frac...)
	}
	return sign + string(b) + " " + currency
}

// TestStatementsEqualLines holds the text of every PDF against tables/lines: every line with its number, kind, clause,
// month and amount, no other line, and the total.
func TestStatementsEqualLines(t *testing.T) {
	r := sample()
	files := render(t, r, all())
	rows := readCSV(t, byPath(t, files, "audit/tables/lines.csv"))[1:]
	for _, s := range r.Statements {
		text := strings.Join(pages(t, byPath(t, files, "people/"+s.Payee+"/statement-2026-02.pdf")), "\n")
		_, table, _ := strings.Cut(text, "What it is made of")
		table, _, _ = strings.Cut(table, "Paid now")
		var want int
		for _, row := range rows {
			if row[0] != s.ID {
				continue
			}
			want++
			month := map[string]string{"2026-01": "Jan 2026", "2026-02": "Feb 2026"}[row[2][:7]]
			re := regexp.MustCompile(`(?m)^ *` + row[4] + ` .*` + regexp.QuoteMeta(row[5]) + `.*` + regexp.QuoteMeta(row[8]) + ` .*` + month + ` +` + regexp.QuoteMeta(people(row[10], row[11])) + `$`)
			if !re.MatchString(table) {
				t.Errorf("%s: line %v is not on the statement:\n%s", s.ID, row, table)
			}
		}
		if got := len(regexp.MustCompile(`(?m)^ *\d+ .* \d{4} +\S+ [A-Z]{3}$`).FindAllString(table, -1)); got != want {
			t.Errorf("%s: %d lines on the statement, %d in tables/lines:\n%s", s.ID, got, want, table)
		}
		if total := people(s.Total.Decimal(), string(s.Currency)); !strings.Contains(text, total) {
			t.Errorf("%s: no %s", s.ID, total)
		}
		for _, l := range s.Lines {
			if l.Kind != comp.Earning && !strings.Contains(words(text), words(l.Working)) {
				t.Errorf("%s: line %d's working is missing: %s", s.ID, l.Number, l.Working)
			}
		}
	}
}

func TestStatementSays(t *testing.T) {
	files := render(t, sample(), all())
	for payee, wants := range map[string][]string{
		"E001": {"You are paid", "3,299.14 EUR", "on 25 March 2026", "Why it differs from January 2026", "1,360.00 EUR 3,449.14 EUR +2,089.14 EUR",
			"Base pay, for information: 5,400.00 EUR a month", "Delivered revenue", "74,152.33 EUR", "Number of rows (n)", "148.30 %", "Rate: 4 % up to 100 % of quota, 6 % above",
			"2. Quota 50,000.00 EUR for the month", "2026-02-28 006D000000195 Customer 195 · Spectrometer 495.25 EUR 100 % 495.25 EUR", "The latest 15 rows of 200. The other 185 are",
			"50 %", "11 answers given in confidence", "81.8 %", "Refund · \"Helios, Inc.\" · lamp", "-2,500.00 EUR", "Held: not counted until settled", "=HYPERLINK", "1,005.50 EUR",
			"A-17 Advance of January recovered, as agreed mail of 2026-02-20 K. Vogt -50.00 EUR", "Paid by the statements of January to February 2026, this one included 4,659.14 EUR",
			"Write to payroll@nordlicht.example with the line number", "sales, version 2025.1, sha256 " + sha, "Page 1 of 3", "Page 3 of 3", "Dr. Élise Fournier-Østergård", "NOT APPROVED"},
		"E002": {"Nguyễn Thị Minh Khai-Papadopoulou", "Παπαδοπούλου von und zu", "Юлия Ковалёва", "no value", "December 2025 to February 2026", "92.59 %", "292.592592… EUR", "90.0 %",
			"=cmd|'/C calc'!A0", "2 answers are fewer than 5", "Line 3: Customer satisfaction, January 2026", "held in January, settled on 2026-02-20"},
		"E003": {"Your pay is held. Paid now", "0.00 EUR", "Held until settled: 310.00 EUR", "Why your pay is held", "E003 has no login of zendesk", "add the login to reference.crosswalk",
			"310.00 EUR, held", "This statement has no lines.", "F-QMH4AU2ENOOE"},
		"J001": {"123,456,789 JPY", "500.00 %", "A box stands for a letter"},
		"K001": {"1,234.567 KWD", "Yossi"},
		"K002": {"0.000 KWD", "No component of a plan was measured for you"},
		"U001": {"Your balance is below zero", "-12,345.67 USD", "-24,691.34 USD", "reassignment", "Robert O'Neil \"Bob\" Smith"},
	} {
		text := words(strings.Join(pages(t, byPath(t, files, "people/"+payee+"/statement-2026-02.pdf")), "\n"))
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", payee, want, text)
			}
		}
	}
}

// TestNobodyElse: no statement names another payee, and sealed answers are nowhere at all.
func TestNobodyElse(t *testing.T) {
	r := sample()
	r.Statements[1].Manager = "" // names a colleague, who is a payee too
	files := render(t, r, all())
	names := map[string]string{}
	for _, s := range r.Statements {
		names[s.Payee] = s.ID
	}
	for _, f := range files {
		var text string
		switch {
		case strings.HasSuffix(f.Path, ".pdf"):
			text = strings.Join(pages(t, f.Bytes), "\n")
			for payee, id := range names {
				if mine := strings.HasPrefix(f.Path, "people/"+payee+"/"); mine != strings.Contains(text, id) {
					t.Errorf("%s: %s is there: %v", f.Path, id, !mine)
				}
			}
		case strings.HasSuffix(f.Path, ".xlsx"):
			text = fmt.Sprint(unzip(t, f.Bytes))
		case strings.HasSuffix(f.Path, ".parquet"):
			text = fmt.Sprint(readParquet(t, f.Bytes))
		default:
			text = string(f.Bytes)
		}
		for _, secret := range []string{"SECRET-", "secret words", "secret-file"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows %s", f.Path, secret)
			}
		}
	}
}

func TestPreviewOnEveryPage(t *testing.T) {
	r := sample()
	r.Run.Kind = comp.Preview
	files := render(t, r, all())
	for _, s := range r.Statements {
		for i, page := range pages(t, byPath(t, files, "people/"+s.Payee+"/statement-2026-02.pdf")) {
			if !strings.Contains(page, "PREVIEW · NOT APPROVED") || strings.Contains(page, "You are paid") || !strings.Contains(page, "run "+r.Run.ID) && !strings.Contains(page, "Run "+r.Run.ID) {
				t.Errorf("%s, page %d does not say PREVIEW:\n%s", s.ID, i+1, page)
			}
		}
	}
	r.Run.Kind, r.Run.Approved = comp.Close, true
	for _, page := range pages(t, byPath(t, render(t, r, all()), "people/E001/statement-2026-02.pdf")) {
		if up := strings.ToUpper(page); strings.Contains(up, "PREVIEW") || strings.Contains(up, "NOT APPROVED") {
			t.Errorf("an approved close says otherwise:\n%s", page)
		}
	}
}

// TestPDFIsPassive: nothing in a statement acts when it is opened.
func TestPDFIsPassive(t *testing.T) {
	for _, f := range render(t, sample(), all()) {
		if !strings.HasSuffix(f.Path, ".pdf") {
			continue
		}
		for _, bad := range []string{"/JS", "/JavaScript", "/Launch", "/URI", "/AA", "/OpenAction <<", "/Filespec", "/Encrypt"} {
			if bytes.Contains(f.Bytes, []byte(bad)) {
				t.Errorf("%s has %s", f.Path, bad)
			}
		}
		if !bytes.Contains(f.Bytes, []byte("D:20260303000000")) {
			t.Errorf("%s is not dated by the business date", f.Path)
		}
	}
}

// TestHostileText: no text from data stops a statement from being set, nor leaves its page.
func TestHostileText(t *testing.T) {
	for _, s := range []string{"\xff\xfe", "😀🏳️‍🌈", "\x00", strings.Repeat("W", 3000), strings.Repeat("word ", 3000), "a\u202Eb", "((((", `\`, "مرحبا بالعالم", "\uFFFF", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢"} {
		r := sample()
		st := &r.Statements[0]
		st.Name, st.Job, st.Manager, st.BasePay, r.Question, r.Company = s, s, s, s, s, s
		st.Lines[0].Title, st.Lines[0].Working, st.Components[0].Title, st.Components[0].Rate, st.Components[0].MeasureTitle = s, s, s, s, s
		st.Components[0].Working = []string{s, s}
		r.Adjustments[0].Reason, r.Held[1].Reason, r.Entities[0].Name = s, s, s
		r.Credits = r.Credits.Seen(func(c *comp.Credit) {
			if c.Key == "006D000000000" {
				c.Label, c.Key = s, s
			}
		})
		for _, f := range render(t, r, all()) {
			if f.Path == "people/E001/statement-2026-02.pdf" && len(s) < 100 && os.Getenv("CARROT_LOOK") == "" {
				if got := pages(t, f.Bytes); len(got) > 4 {
					t.Errorf("%q makes %d pages", s, len(got))
				}
			}
		}
	}
}

// TestFontsAreUsed: the cut fonts and the whole ones set the same text in the same bytes.
func TestFontsAreUsed(t *testing.T) {
	r := sample()
	x := newIndex(r)
	own, err := r.Credits.Of(r.Statements[0].Payee)
	if err != nil {
		t.Fatal(err)
	}
	a, err := setStatement(x, &r.Statements[0], own, commonFonts()).bytes()
	if err != nil {
		t.Fatal(err)
	}
	b, err := setStatement(x, &r.Statements[0], own, wholeFonts).bytes()
	if err != nil {
		t.Fatal(err)
	}
	pa, pb := pages(t, a), pages(t, b)
	if !slices.Equal(pa, pb) {
		t.Error("cut fonts set another text than whole ones")
	}
	if !strings.Contains(string(a), "/FontFile2") {
		t.Error("the font is not in the document")
	}
	if len(FontDigest()) != 64 {
		t.Errorf("font digest %q", FontDigest())
	}
}

// TestFontsAreThoseOfTheLetters: a statement has the same bytes whatever letters the statement before it had.
func TestFontsAreThoseOfTheLetters(t *testing.T) {
	for name, uncommon := range map[string]bool{"Ana Ortiz": false, "Ana ≈ Ortiz": true} {
		r := sample()
		r.Statements[0].Name = name
		var made [][]byte
		for _, before := range []bool{false, true} {
			x := newIndex(r)
			x.uncommon.Store(before)
			b, err := statementPDF(x, &r.Statements[0])
			if err != nil {
				t.Fatal(err)
			}
			if made = append(made, b); x.uncommon.Load() != uncommon {
				t.Errorf("%s: letters beyond the common fonts: %v, expected %v", name, !uncommon, uncommon)
			}
		}
		if !bytes.Equal(made[0], made[1]) {
			t.Errorf("%s: the statement depends on the one before it", name)
		}
	}
}
