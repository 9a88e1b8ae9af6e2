package reports

import (
	"strings"
	"testing"

	"carrot/transform/comp"
)

// TestReviewShowsNoCaseBeforeItsPerson: while a case waits for an answer, those who review see that there is one and nothing else; the
// person's own statement tells it in words, and nobody else's does.
func TestReviewShowsNoCaseBeforeItsPerson(t *testing.T) {
	r := sample()
	c := comp.Case{ID: "C-ABCDEFGHIJKL", Detector: "late", Title: "Late", Payee: "E001", Period: feb, Opened: comp.Day(2026, 3, 1), Shown: comp.Day(2026, 3, 15),
		Expires: comp.Day(2026, 5, 30), State: comp.CaseWaiting, N: 60, Statistic: "22 of 60", Words: []string{"A check found that you closed late.", "It changes nothing that you are paid."},
		Rows: []comp.CaseRow{{Key: "D-7", Date: comp.Day(2026, 2, 27)}}, Answered: comp.NoDate, Closed: comp.NoDate}
	gone := comp.Case{ID: "C-GONE", Detector: "late", State: comp.CaseExpired, Opened: comp.Day(2025, 12, 1), Expires: comp.Day(2026, 3, 1)}
	r.Cases, r.Looked = []comp.Case{c, gone}, []comp.Looked{{Detector: "late", People: 9, Cases: 2}}
	files := renderReview(r)
	if len(files) != 2 || files[0].Path != "review/cases.csv" || files[0].Class != comp.Personal {
		t.Fatalf("files of the review: %+v", files)
	}
	lines := strings.Split(string(files[0].Bytes), "\n")
	if lines[1] != ",waiting"+strings.Repeat(",", 17) || lines[2] != "C-GONE,expired,late,,,,,,,,,2025-12-01,,2026-03-01,,,,," {
		t.Errorf("cases that nobody else may read:\n%s", files[0].Bytes)
	}
	if got := string(files[1].Bytes); strings.Contains(got, "D-7") {
		t.Errorf("rows of a case that waits:\n%s", got)
	}
	x := newIndex(r)
	for i := range r.Statements[:2] {
		pdf, err := statementPDF(x, &r.Statements[i])
		if err != nil {
			t.Fatal(err)
		}
		text := words(strings.Join(pages(t, pdf), " "))
		if told := strings.Contains(text, "A check found that you closed late.") && strings.Contains(text, "D-7 (2026-02-27)"); told != (r.Statements[i].Payee == "E001") {
			t.Errorf("the statement of %s tells the case: %v", r.Statements[i].Payee, told)
		}
	}
	r.Cases[0].State = comp.CaseOpen
	files = renderReview(r)
	if !strings.Contains(string(files[0].Bytes), "C-ABCDEFGHIJKL,open,late,Late,E001,") || !strings.Contains(string(files[1].Bytes), "C-ABCDEFGHIJKL,D-7,2026-02-27,") {
		t.Errorf("an open case is not shown:\n%s%s", files[0].Bytes, files[1].Bytes)
	}
	if r.Looked = nil; renderReview(r) != nil {
		t.Error("files of a review without detectors")
	}
}
