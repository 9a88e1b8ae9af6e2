package plans

import (
	"encoding/csv"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/reports"
	"carrot/transform/comp"
)

// The rows of a payroll file that an example expects are all of them, in order, cell by cell.
func TestWrongPayrollRowsFail(t *testing.T) {
	c := load(t, filepath.Join("testdata", "features"))
	e := parse(t, `test: payroll.yaml
examples:
  - name: a row too few
    close: 2026-01
    people: [{id: ann, entity: US01, plan: payroll, name: Ada King, payroll_number: "51", from: 2023-01-01}]
    facts: {sold: [{payee: ann, key: D1, on: 2026-01-10, value: "1500000", currency: USD}]}
    expect:
      - {export: adp, rows: ["99999.99"]}
      - {export: adp, rows: ["99999.99", "0000.01", "1.00"]}
      - {export: gusto, rows: ["99999.99"]}
  - name: no file number
    close: 2026-01
    people: [{id: ann, entity: US01, plan: payroll, from: 2023-01-01}]
    facts: {sold: [{payee: ann, key: D1, on: 2026-01-10, value: "1500000", currency: USD}]}
    expect: [{export: adp, rows: ["99999.99"]}]
`)
	var heads []string
	for _, x := range e {
		got, err := Test(c, x)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got.Failures {
			heads = append(heads, f.String())
		}
	}
	want := []string{
		`plans/try.test.yaml:8:9: a row too few: 2026-01: expected no further adp row, found "ABC,202601,000051,C,50000.01"`,
		`plans/try.test.yaml:9:9: a row too few: 2026-01: expected the adp row "0000.01", found "ABC,202601,000051,C,50000.01"`,
		`plans/try.test.yaml:9:9: a row too few: 2026-01: expected the adp row "1.00", found none`,
		`plans/try.test.yaml:10:9: a row too few: 2026-01: expected the gusto row "99999.99", found none`,
	}
	if len(heads) != len(want)+1 || !strings.Contains(heads[len(want)], "no file number: 2026-01: ") {
		t.Fatalf("failures %q", heads)
	}
	if d := cmp.Diff(want, heads[:len(want)]); d != "" {
		t.Error(d)
	}
}

// TestPayrollTies closes every case of payroll and holds what payroll files pay against the statements' totals and against
// the ledger's postings, legal entity by legal entity.
func TestPayrollTies(t *testing.T) {
	dir := filepath.Join("testdata", "features")
	c := load(t, dir)
	ties := 0
	for _, e := range examples(t, dir) {
		if path.Base(e.File) != "payroll.test.yaml" {
			continue
		}
		results, err := Close(c, e)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			totals, ledger := map[string]comp.Number{}, map[string]comp.Number{}
			office := map[string]string{}
			for _, s := range r.Statements {
				totals[s.Entity] = totals[s.Entity].Add(s.Total.Amount().Number)
				office[s.Payee] = s.Entity
			}
			for _, l := range r.Ledger {
				if l.Kind != comp.BalanceEntry {
					ledger[office[l.Payee]] = ledger[office[l.Payee]].Add(l.Amount.Amount().Number)
				}
			}
			files, err := reports.Payroll(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				column, pays := map[string]string{"adp": "Earnings 3 Amount", "gusto": "commission", "neutral": "amount"}[layoutOf(f.Path)]
				if !pays {
					continue
				}
				entity := path.Base(path.Dir(f.Path))
				sum := sumOf(t, string(f.Bytes), column)
				if sum.Cmp(totals[entity]) != 0 || sum.Cmp(ledger[entity]) != 0 {
					t.Errorf("%s: %s %s: the file pays %s, the statements %s, the ledger %s", e.Name, r.Run.Period.Name(), f.Path, sum, totals[entity], ledger[entity])
				}
				if !sum.IsZero() {
					ties++
				}
			}
		}
	}
	if ties < 10 {
		t.Errorf("only %d files pay anything", ties)
	}
}

// sumOf adds up a column of a CSV file, and refuses a cell of nothing or of zero.
func sumOf(t *testing.T, text, column string) comp.Number {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := -1
	for i, name := range rows[0] {
		if name == column {
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("no column %s in %q", column, rows[0])
	}
	sum := comp.Number{}
	for _, r := range rows[1:] {
		n, err := comp.ParseNumber(r[at], 9)
		if err != nil || n.IsZero() {
			t.Errorf("the cell %q of %s", r[at], column)
		}
		sum = sum.Add(n)
	}
	return sum
}
