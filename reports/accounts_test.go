package reports

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAccountTables: accounts and what is given in kind are tables for auditors and sheets for payroll, of payees without a
// statement too; companies without accounts have neither.
func TestAccountTables(t *testing.T) {
	files := render(t, balanced(), all())
	want := [][]string{
		{"employee_id", "period_start", "period_end", "account", "plan", "component", "open", "in", "out", "written_off", "close", "currency", "reasons"},
		{"E001", "2026-02-01", "2026-02-28", "hold", "sales", "commission:hold", "0.00", "8000.00", "6000.00", "0.00", "2000.00", "EUR", "waits until 2026-05-11; csat_below_bar"},
		{"E001", "2026-02-01", "2026-02-28", "draw", "sales", "draw", "800.00", "600.00", "0.00", "0.00", "1400.00", "EUR", ""},
		{"E009", "2026-02-01", "2026-02-28", "hold", "sales", "commission:hold", "50.50", "0.00", "0.00", "0.00", "50.50", "EUR", ""}}
	if d := cmp.Diff(want, readCSV(t, byPath(t, files, "audit/tables/balances.csv"))); d != "" {
		t.Error(d)
	}
	want = [][]string{{"statement", "employee_id", "what", "clause", "value", "with_tax_borne", "currency"},
		{"E001:2026-02", "E001", "Weekend for two", "8", "100.00", "142.15", "EUR"}}
	if d := cmp.Diff(want, readCSV(t, byPath(t, files, "audit/tables/in_kind.csv"))); d != "" {
		t.Error(d)
	}
	for _, name := range []string{"balances", "in_kind"} {
		if rows := readParquet(t, byPath(t, files, "audit/tables/"+name+".parquet")); len(rows) != len(readCSV(t, byPath(t, files, "audit/tables/"+name+".csv"))) {
			t.Errorf("%s.parquet and .csv differ: %q", name, rows)
		}
	}
	sheets := readBook(t, byPath(t, files, "payroll/DE01/statements-2026-02.xlsx"))
	want = [][]string{
		{"Employee id", "Name", "Account", "Plan", "Component", "Open", "In", "Out", "Written off", "Close", "Currency", "Waits for, and corrections"},
		{"E001", "Jana Krüger", "Held until an event", "sales", "commission:hold", "0", "8000", "6000", "0", "2000", "EUR", "waits until 2026-05-11; csat_below_bar"},
		{"E001", "Jana Krüger", "Advanced, to be recovered", "sales", "draw", "800", "600", "0", "0", "1400", "EUR"},
		{"E009", "Left long ago", "Held until an event", "sales", "commission:hold", "50.5", "0", "0", "0", "50.5", "EUR"},
		{"Total", "1 payee", "Advanced, to be recovered", "", "", "800", "600", "0", "0", "1400", "EUR"},
		{"Total", "2 payees", "Held until an event", "", "", "50.5", "8000", "6000", "0", "2050.5", "EUR"}}
	if d := cmp.Diff(want, sheets["Balances"][4:]); d != "" {
		t.Error(d)
	}
	want = [][]string{{"Statement", "Employee id", "Name", "What", "Clause", "Value", "With the tax borne", "Currency"},
		{"E001:2026-02", "E001", "Jana Krüger", "Weekend for two", "8", "100", "142.15", "EUR"}}
	if d := cmp.Diff(want, sheets["In kind"][4:]); d != "" {
		t.Error(d)
	}
	other := readBook(t, byPath(t, files, "payroll/US01/statements-2026-02.xlsx"))
	if other["Balances"] != nil || other["In kind"] != nil {
		t.Error("the workbook of an office without accounts has a sheet of them")
	}
	for _, f := range render(t, sample(), Options{}) {
		if strings.Contains(f.Path, "balances") || strings.Contains(f.Path, "in_kind") {
			t.Errorf("nobody has an account, and there is %s", f.Path)
		}
	}
}
