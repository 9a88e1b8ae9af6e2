package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// saidOfEmployees are the sentences that tell a result of the employee survey: what the answers add up to, and of how many.
var saidOfEmployees = regexp.MustCompile(`(?:Employee satisfaction \(1 to 5\)|Colleagues satisfied with Finance): ([\d,]+) (?:/|of) ([\d,]+)`)

// TestExampleTellsNoAnswer reads every published file of every month of the example company, in which answers to the employee survey
// come late: a half year or year is told once and never again with other numbers, so that two months have no difference, and no
// result is about fewer people than the floor.
func TestExampleTellsNoAnswer(t *testing.T) {
	reader(t, "pdftotext", "poppler-utils")
	company := given(t, paidCompany)
	told, late, read := map[string]bool{}, 0, 0
	err := filepath.WalkDir(filepath.Join(company, "published"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) == ".parquet" || strings.HasPrefix(d.Name(), "credits") { // which hold what the csv beside them does
			return err
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		text := string(b)
		if month := filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(name)))); filepath.Ext(name) == ".xlsx" || filepath.Ext(name) == ".pdf" && slices.Contains(rendered, month) {
			text = squeeze.ReplaceAllString(legible(t, name, b), " ")
		}
		read += len(text)
		late += strings.Count(text, "late_in_confidence")
		for _, m := range saidOfEmployees.FindAllStringSubmatch(text, -1) {
			told[m[0]] = true
			if n, _ := strconv.Atoi(strings.ReplaceAll(m[2], ",", "")); n < 8 {
				t.Errorf("%s tells a result of %d answers: %s", name, n, m[0])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != 3 { // both halves of 2025 of one question, and the year of the other
		t.Errorf("%d results were told, expected three: %v", len(told), told)
	}
	if late == 0 || read < 1_000_000 {
		t.Errorf("%d late answers, %d bytes read: the test proves nothing", late, read)
	}
	for _, name := range glob(t, company, "published/*/audit/tables/lines.csv") {
		for _, r := range records(t, name) {
			if what := r["plan"] + "/" + r["component"]; r["kind"] != "earning" && (what == "top_management/employees" || what == "finance/service") {
				t.Errorf("%s corrects %s of %s: %s", name, what, r["employee_id"], r["working"])
			}
		}
	}
}
