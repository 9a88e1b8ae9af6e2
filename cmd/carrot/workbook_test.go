package main

import (
	"encoding/csv"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sheetsAsCSV is LibreOffice's export filter: comma, double quotes, UTF-8, values as they are and not as they look, every
// sheet to a file of its own.
const sheetsAsCSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"

// sheets opens workbooks with LibreOffice, all in one go, and gives the rows of each sheet by "book sheet".
func sheets(t *testing.T, soffice string, books map[string]string) map[string][][]string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", sheetsAsCSV, "--outdir", filepath.Join(dir, "csv")}
	for name, from := range books {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		writeTo(t, filepath.Join(dir, name+".xlsx"), b)
		args = append(args, filepath.Join(dir, name+".xlsx"))
	}
	if out, err := exec.Command(soffice, args...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "csv", "*.csv"))
	always := slices.DeleteFunc(slices.Clone(files), func(f string) bool { return strings.HasSuffix(f, "-In kind.csv") }) // only where something was given
	if err != nil || len(always) != 8*len(books) {
		t.Fatalf("LibreOffice made %d sheets (%v) of %d workbooks, expected eight of each and perhaps one of gifts in kind", len(always), err, len(books))
	}
	out := map[string][][]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		book, sheet, _ := strings.Cut(strings.TrimSuffix(filepath.Base(f), ".csv"), "-")
		out[book+" "+sheet] = rows
	}
	return out
}

// below are the rows under the header that begins with a title, as maps; a row of a total is left out and given apart.
func below(t *testing.T, where string, rows [][]string, first string) (list []map[string]string, sum map[string]string) {
	t.Helper()
	i := slices.IndexFunc(rows, func(r []string) bool { return r[0] == first })
	if i < 0 {
		t.Fatalf("%s has no header that begins with %q: %v", where, first, rows[:min(6, len(rows))])
	}
	for _, r := range rows[i+1:] {
		m := map[string]string{}
		for k, cell := range r {
			m[rows[i][k]] = cell
		}
		if r[0] == "Total" {
			sum = m
		} else if strings.Join(r, "") != "" {
			list = append(list, m)
		}
	}
	return list, sum
}

// only are the rows that hold a value.
func only(rows []map[string]string, column, value string) []map[string]string {
	var out []map[string]string
	for _, r := range rows {
		if r[column] == value {
			out = append(out, r)
		}
	}
	return out
}

// TestLibreOfficeOpensTheWorkbook opens every workbook with LibreOffice: pay on the sheets, in the csv for payroll, in the
// lines and in the control file is one number; the control totals tie when added up here; what is held is named.
func TestLibreOfficeOpensTheWorkbook(t *testing.T) {
	soffice := reader(t, "soffice", "libreoffice-calc")
	whole, held := given(t, paidCompany), given(t, heldCompany)
	months := map[string]string{} // book to the folder of its month
	books := map[string]string{}
	add := func(prefix, company, period string) {
		for _, entity := range []string{"DE01", "US01"} {
			name := prefix + "_" + strings.ReplaceAll(period, "-", "") + "_" + entity
			months[name] = filepath.Join(company, "published", period)
			books[name] = filepath.Join(company, "published", period, "payroll", entity, "statements-"+period+".xlsx")
		}
	}
	for _, period := range rendered {
		add("whole", whole, period)
	}
	add("held", held, heldMonth)
	all := sheets(t, soffice, books)
	for book, month := range months {
		entity := book[len(book)-4:]
		pay := paySheet(t, book, entity, month, all[book+" Pay"], all[book+" Lines"])
		controlSheet(t, book, all[book+" Control totals"], pay)
	}
	heldSheet(t, "whole_202602_US01", whole, all)
	heldPayee(t, all)
}

// paySheet holds a Pay sheet against the lines, payroll's csv and its control file; it returns the sum of pay.
func paySheet(t *testing.T, book, entity, month string, pay, lines [][]string) string {
	t.Helper()
	period := filepath.Base(month)
	rows, sum := below(t, book+" Pay", pay, "Payroll number")
	paid := total(t, rows, "Amount", "Currency")
	if len(paid) != 1 || len(rows) < 2 {
		t.Fatalf("%s pays %v to %d people", book, paid, len(rows))
	}
	currency := map[string]string{"DE01": "EUR", "US01": "USD"}[entity]
	want := paid[currency]
	equal := func(what, got string) {
		t.Helper()
		if number(t, got).Cmp(number(t, want)) != 0 {
			t.Errorf("%s: the Pay sheet sums to %s %s, %s says %s", book, want, currency, what, got)
		}
	}
	equal("its own total", sum["Amount"])
	onLines, _ := below(t, book+" Lines", lines, "Statement")
	equal("the Lines sheet", total(t, onLines, "Amount", "Currency")[currency])
	neutral := records(t, filepath.Join(month, "payroll", entity, "pay-"+period+".csv"))
	equal("pay.csv", total(t, neutral, "amount", "currency")[currency])

	ours := map[string]bool{}
	for _, r := range rows {
		ours[r["Employee id"]] = true
	}
	var table []map[string]string
	for _, r := range records(t, filepath.Join(month, "audit", "tables", "lines.csv")) {
		if ours[r["employee_id"]] {
			table = append(table, r)
		}
	}
	equal("tables/lines.csv", total(t, table, "amount", "currency")[currency])
	if len(table) != len(onLines) {
		t.Errorf("%s: the Lines sheet has %d rows, tables/lines.csv %d", book, len(onLines), len(table))
	}
	b, err := os.ReadFile(filepath.Join(month, "payroll", entity, "pay-"+period+".control"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^# sum ([A-Z]{3}) (-?[\d.]+)$`).FindAllStringSubmatch(string(b), -1)
	if len(m) != 1 || m[0][1] != currency {
		t.Fatalf("the control file of %s says no one sum of %s:\n%s", book, currency, b)
	}
	equal("the control file", m[0][2])
	return want
}

// controlSheet adds the control totals up: for every table, rows and each currency's sum of what came in are those of the
// parts, and the sheet says that they tie.
func controlSheet(t *testing.T, book string, sheet [][]string, pay string) {
	t.Helper()
	rows, _ := below(t, book+" Control totals", sheet, "What")
	byTable := map[string][]map[string]string{}
	for _, r := range rows {
		switch {
		case r["Part"] == "rows with pay" || r["What"] == "Statements" && r["Part"] == "all":
			if number(t, r["Sum"]).Cmp(number(t, pay)) != 0 {
				t.Errorf("%s: control totals say %s for %s, the Pay sheet sums to %s", book, r["Sum"], r["What"], pay)
			}
		case strings.Contains(r["What"], "."):
			byTable[r["What"]] = append(byTable[r["What"]], r)
		}
	}
	if len(byTable) != 28 {
		t.Errorf("%s has control totals of %d tables, expected the 28 that measures of plans read: eight that pay, twenty that are shown", book, len(byTable))
	}
	for name, parts := range byTable {
		if parts[0]["Result"] != "ties" {
			t.Errorf("%s: %s does not say that it ties", book, name)
		}
		ties(t, book+" "+name, parts)
	}
}

// ties adds up the parts of a table's control totals.
func ties(t *testing.T, where string, parts []map[string]string) {
	t.Helper()
	currencies := map[string]bool{}
	for _, p := range parts {
		currencies[p["Currency"]] = true
	}
	for currency := range currencies {
		rows, sum := new(big.Rat), new(big.Rat)
		var in map[string]string
		for _, p := range only(parts, "Currency", currency) {
			if p["Part"] == "in" {
				in = p
				continue
			}
			rows.Add(rows, number(t, p["Rows"]))
			if currency != "" {
				sum.Add(sum, number(t, p["Sum"]))
			}
		}
		if in == nil || number(t, in["Rows"]).Cmp(rows) != 0 || currency != "" && number(t, in["Sum"]).Cmp(sum) != 0 {
			t.Errorf("%s: %v came in, the parts sum to %s rows and %s %s", where, in, rows.RatString(), sum.FloatString(2), currency)
		}
	}
}

// heldSheet wants the deal whose owner nobody knows on the Held sheet, by the id, amount and login of the export itself.
func heldSheet(t *testing.T, book, company string, all map[string][][]string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(company, "exports", "2026-03-03", "Opportunities US.csv"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^"Ravenna Foods: cold chain","Ravenna Foods","(\w+)".*"USD","([\d.]+)".*"(h\.vandenberg@nordlicht\.example)"`).FindStringSubmatch(string(b))
	if m == nil {
		t.Fatal("the export holds no deal of an owner whom nobody knows")
	}
	rows, _ := below(t, book+" Held", all[book+" Held"], "What")
	for _, r := range rows {
		if r["Key"] == m[1] && number(t, r["Amount"]).Cmp(number(t, m[2])) == 0 && r["Currency"] == "USD" && strings.Contains(r["Reason"], m[3]) {
			return
		}
	}
	t.Errorf("the Held sheet of %s does not list deal %s of %s USD: %v", book, m[1], m[2], rows)
}

// heldPayee wants the person whose pay is held on the sheets of the company whose crosswalk was cut: named, with nothing
// paid and the same amount held on both.
func heldPayee(t *testing.T, all map[string][][]string) {
	t.Helper()
	pay, _ := below(t, "held Pay", all["held_202502_US01 Pay"], "Payroll number")
	row := only(pay, "Employee id", withoutLogin)
	rows, _ := below(t, "held Held", all["held_202502_US01 Held"], "What")
	on := only(rows, "Employee id", withoutLogin)
	if len(row) != 1 || row[0]["Hold status"] == "paid" || number(t, row[0]["Amount"]).Sign() != 0 || number(t, row[0]["Held amount"]).Sign() <= 0 {
		t.Errorf("the Pay sheet says of %s: %v", withoutLogin, row)
	}
	if len(on) != 1 || on[0]["Name"] != row[0]["Name"] || number(t, on[0]["Amount"]).Cmp(number(t, row[0]["Held amount"])) != 0 {
		t.Errorf("the Held sheet says of %s: %v", withoutLogin, on)
	}
}
