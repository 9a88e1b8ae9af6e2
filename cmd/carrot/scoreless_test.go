package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/xuri/excelize/v2"
)

// TestNoScoreWithoutItsN reads everything that a company's run leaves and what is printed of it: wherever the score of a survey
// stands, its n stands in the same row, the same sentence, or before it in the same working.
func TestNoScoreWithoutItsN(t *testing.T) {
	pdftotext := reader(t, "pdftotext", "poppler-utils")
	company := given(t, paidCompany)
	s := newScores(t, company)
	found := map[string]int{}
	for _, pattern := range []string{"2025-12/*/*.*", "2025-12/*/*/*.*", "2026-02/audit/*.*", "2026-02/audit/*/*.*", "2026-02/payroll/*/*.*", "2026-02/management/*.*"} {
		for _, name := range glob(t, company, "published/"+pattern) {
			before := s.seen
			found[s.file(t, pdftotext, name)] += s.seen - before
		}
	}
	for _, kind := range []string{".csv", ".xlsx", ".parquet", ".pdf"} {
		if found[kind] < 100 {
			t.Errorf("%d scores were found in files that end in %s: too few", found[kind], kind)
		}
	}
	before := s.seen
	printedScores(t, s, company)
	if n := s.seen - before; n < 500 {
		t.Errorf("%d scores were printed: too few", n)
	}
	slices.Sort(s.wrong)
	for i, w := range slices.Compact(s.wrong) {
		if i < 30 {
			t.Error(w)
		}
	}
	t.Logf("%d scores, in files %v", s.seen, found)
}

// printedScores reads what commands say of one payee of each plan, and of plans whose pay for scores is changed.
func printedScores(t *testing.T, s *scores, company string) {
	t.Helper()
	say := func(args ...string) {
		t.Helper()
		args = append(args, "--config", filepath.Join(company, "carrot.yaml"))
		where, out := strings.Join(args, " "), must(t, args, exitDone, exitHeld)
		if !slices.Contains(args, "--json") {
			s.lines(where, out)
			return
		}
		d := json.NewDecoder(strings.NewReader(out))
		d.UseNumber()
		var x any
		if err := d.Decode(&x); err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		s.object(where, x)
	}
	of := map[string]string{}
	for _, r := range published(t, company, "2025-12", "lines") {
		of[r["plan"]] = r["employee_id"]
	}
	if len(of) != 6 {
		t.Errorf("lines of %d plans, expected six", len(of))
	}
	for plan, payee := range of {
		say("explain", "--period", "2025-12", "--payee", payee)
		say("explain", "--period", "2025-12", "--payee", payee, "--json")
		say("explain", "--period", "2025-12", "--payee", payee, "--against", "2025-09")
		say("plan", "document", "--payee", payee, plan)
	}
	service := filepath.Join(company, "plans", "customer-service.yaml")
	candidate := edited(t, service, `{at: "85%", pays: "100%"}`, `{at: "85%", pays: "90%"}`, "measure: csat\n", "measure: csat_entity\n")
	say("plan", "simulate", "--plan", candidate, "--from", "2025-12")
	say("plan", "simulate", "--plan", candidate, "--from", "2025-12", "--json")
	say("plan", "diff", service, candidate, "--from", "2025-12")
	say("plan", "diff", service, candidate, "--from", "2025-12", "--json")
	say("plan", "probe")
	say("show", "2025-12")
	say("check", "--describe")
}

// TestScoresCheckSeesViolations plants in each kind of file, and in what is printed, one score with its n and one without: the
// check finds the one.
func TestScoresCheckSeesViolations(t *testing.T) {
	pdftotext := reader(t, "pdftotext", "poppler-utils")
	known := newScores(t, given(t, paidCompany))
	plant := func(name string, write func(rows [][]string) []byte, read func(s *scores, b []byte)) {
		for _, x := range []struct {
			what string
			rows [][]string
			bad  bool
		}{
			{"a row with n", [][]string{{"Measure", "Value", "n"}, {"Customer satisfaction", "98.76 %", "81"}}, false},
			{"a row without n", [][]string{{"Measure", "Value", "n"}, {"Customer satisfaction", "98.7 %", ""}}, true},
			{"a bare value", [][]string{{"What", "Now", "Before"}, {"Your team", "98.76 %", "somewhat less"}}, true},
			{"another n than its own", [][]string{{"What", "Now", "n"}, {"Your team", "98.76 %", "82"}}, true},
			{"a sentence with n", [][]string{{"What", "Now", "n"}, {"Customer satisfaction: 80 of 81 ≈ 98.7654 %", "-", "-"}}, false},
			{"a sentence without n", [][]string{{"What", "Now", "n"}, {"Customer satisfaction: 98.7 %", "-", "-"}}, true},
		} {
			s := *known
			s.wrong = nil
			s.came = map[string]map[string]bool{"98.76 %": {"81": true}, "98.7654 %": {"81": true}}
			if read(&s, write(x.rows)); (len(s.wrong) > 0) != x.bad {
				t.Errorf("%s, %s: %q", name, x.what, s.wrong)
			}
		}
	}
	text := func(rows [][]string) []byte {
		var b strings.Builder
		for _, r := range rows {
			b.WriteString(strings.Join(r, "    ") + "\n")
		}
		return []byte(b.String())
	}
	for name, write := range map[string]func(rows [][]string) []byte{"a.csv": asCSV, "a.xlsx": func(rows [][]string) []byte { return asWorkbook(t, rows) },
		"a.parquet": func(rows [][]string) []byte { return asParquet(t, rows) }, "a.pdf": func(rows [][]string) []byte { return asPDF(t, rows) }, "a.txt": text, "a.control": text} {
		plant(name, write, func(s *scores, b []byte) {
			file := filepath.Join(t.TempDir(), name)
			writeTo(t, file, b)
			s.file(t, pdftotext, file)
		})
	}
	plant("a terminal", text, func(s *scores, b []byte) { s.lines("a terminal", string(b)) })
	plant("JSON", asJSON, func(s *scores, b []byte) {
		var x any
		if err := json.Unmarshal(b, &x); err != nil {
			t.Fatal(err)
		}
		s.object("JSON", x)
	})
}

func asCSV(rows [][]string) []byte {
	var b bytes.Buffer
	for _, r := range rows {
		fmt.Fprintf(&b, "%q,%q,%q\n", r[0], r[1], r[2])
	}
	return b.Bytes()
}

func asJSON(rows [][]string) []byte {
	var list []map[string]string
	for _, r := range rows[1:] {
		list = append(list, map[string]string{"a": r[0], "b": r[1], "c": r[2]})
	}
	b, _ := json.Marshal(map[string]any{"list": list})
	return b
}

// asWorkbook writes rows to the second sheet of a workbook.
func asWorkbook(t *testing.T, rows [][]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	if _, err := f.NewSheet("Second"); err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if err := f.SetSheetRow("Second", fmt.Sprint("A", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asParquet(t *testing.T, rows [][]string) []byte {
	t.Helper()
	text := arrow.BinaryTypes.String
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: text}, {Name: "b", Type: text}, {Name: "c", Type: text}}, nil)
	build := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for _, r := range rows {
		for i, c := range r {
			build.Field(i).(*array.StringBuilder).Append(c)
		}
	}
	var b bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &b, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err == nil {
		err = w.Write(build.NewRecord())
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPDF(t *testing.T, rows [][]string) []byte {
	t.Helper()
	f := fpdf.New("P", "mm", "A4", "")
	f.AddPage()
	f.SetFont("Helvetica", "", 9)
	for i, r := range rows {
		for k, c := range r {
			f.Text(10+float64(k)*75, 20+float64(i)*10, strings.ReplaceAll(c, "≈ ", "")) // a letter that the built-in font lacks
		}
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
