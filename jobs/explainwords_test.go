package jobs

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStatementsOfBefore reads statements as archives kept them before components stood beside the lines, and compares two.
func TestStatementsOfBefore(t *testing.T) {
	const kept = `{"statement":"1:2026-01","payee":"1","name":"Ada","currency":"EUR","total":"100.00","lines":[{"line":1,"kind":"earning","plan":"sales","component":"commission","clause":"1","title":"Commission","for":"2026-01","exact":"100","amount":"100.00","working":"Sold: 1,000.00 EUR","series":"sold|1|2026-01-01|2026-01-31"}]}
{"statement":"1:2026-02","payee":"1","name":"Ada","currency":"EUR","total":"70.50","lines":[{"line":1,"kind":"earning","plan":"sales","component":"commission","clause":"1","title":"Commission","for":"2026-02","exact":"50.5","amount":"50.50"},{"line":2,"kind":"adjustment","component":"A1","title":"Adjustment A1","for":"2026-02","exact":"20","amount":"20.00"}]}
`
	var found []Statement
	if err := eachLine(statementsFile, strings.NewReader(kept), func(s Statement) error { found = append(found, s); return nil }); err != nil {
		t.Fatal(err)
	}
	c := Compared{Payee: "1", Period: "2026-02", Against: "2026-01"}
	if err := c.fill(found[1], found[0]); err != nil {
		t.Fatal(err)
	}
	want := []string{"Ada (1): 70.50 EUR in February 2026, 100.00 EUR in January 2026: -29.50 EUR.", "Commission: -49.50 EUR, from 100.00 EUR to 50.50 EUR.",
		"Adjustments: +20.00 EUR, from 0.00 EUR to 20.00 EUR."}
	if d := cmp.Diff(want, c.Words); d != "" {
		t.Errorf("words (-want +got):\n%s", d)
	}
}
