package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// AdventureWorks is a company that nobody here made up. Two things are compared with the facts that are known of it: what
// carrot publishes after closing its three years, and a reader in this file that shares nothing with carrot's decoders,
// roster, calendars and curves.

// adventureWorks is the folder of the data. Where they are absent the test says so and, on a machine that must have them,
// fails.
func adventureWorks(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("CARROT_ADVENTUREWORKS")
	if dir == "" {
		shared := os.Getenv("CARROT_SHARED")
		if shared == "" {
			shared = filepath.Join("..", "..", "..", "shared")
		}
		dir = filepath.Join(shared, "data", "adventureworks")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "SalesOrderHeader.csv")); err != nil {
		text := "AdventureWorks is absent: NOTHING of config/adventureworks was tried; set CARROT_ADVENTUREWORKS to the folder of its csv files"
		if os.Getenv("CI") == "true" {
			t.Fatal(text)
		}
		fmt.Fprintln(os.Stderr, "=== "+text)
		t.Skip(text)
	}
	return dir
}

// naive is the company as the plain reader sees it.
type naive struct {
	employees   [][]string
	people      map[string]string // id to first and last name
	departments map[string]string // id to the latest department's name
	managers    map[string]string // id to the manager's id; the head of the company has none
	commission  map[string]*big.Rat
	salesYTD    map[string]*big.Rat
	quotas      map[string]map[string]*big.Rat // by person and first day
	starts      []string                       // of quota periods
	orders      [][]string                     // those that carry a sales person
	allOrders   [][]string
	rates       map[string][]string
	storeOwner  map[string]string // customer to the store's present owner
}

// bcp reads the export's text: one field separator, one record end, no quotes, UTF-16 where a BOM says so.
func bcp(t *testing.T, file, field, record string, columns int) [][]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) {
		units := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			units = append(units, uint16(b[i])|uint16(b[i+1])<<8)
		}
		text = string(utf16.Decode(units))
	}
	var rows [][]string
	for line := range strings.SplitSeq(strings.TrimSuffix(text, record), record) {
		row := strings.Split(line, field)
		if len(row) != columns {
			t.Fatalf("%s: a record has %d fields, want %d: %q", file, len(row), columns, line)
		}
		rows = append(rows, row)
	}
	return rows
}

func rat(t *testing.T, text string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is not a number", text)
	}
	return r
}

func readNaive(t *testing.T, dir string) *naive {
	t.Helper()
	tab := func(name string, columns int) [][]string {
		return bcp(t, filepath.Join(dir, name), "\t", "\n", columns)
	}
	n := &naive{people: map[string]string{}, departments: map[string]string{}, managers: map[string]string{}, commission: map[string]*big.Rat{},
		salesYTD: map[string]*big.Rat{}, quotas: map[string]map[string]*big.Rat{}, rates: map[string][]string{}, storeOwner: map[string]string{}}
	n.employees = bcp(t, filepath.Join(dir, "Employee.csv"), "\t", "\r\n", 16)
	for _, r := range bcp(t, filepath.Join(dir, "Person.employees-records.utf16.csv"), "+|", "&|\r\n", 13) {
		n.people[r[0]] = r[4] + " " + r[6]
	}
	names := map[string]string{}
	for _, r := range tab("Department.csv", 4) {
		names[r[0]] = r[1]
	}
	for _, r := range tab("EmployeeDepartmentHistory.csv", 6) {
		if r[4] == "" {
			n.departments[r[0]] = names[r[1]]
		}
	}
	for _, r := range tab("SalesPerson.csv", 9) {
		n.commission[r[0]], n.salesYTD[r[0]] = rat(t, r[4]), rat(t, r[5])
	}
	for _, r := range tab("SalesPersonQuotaHistory.csv", 5) {
		if n.quotas[r[0]] == nil {
			n.quotas[r[0]] = map[string]*big.Rat{}
		}
		n.quotas[r[0]][r[1][:10]] = rat(t, r[2])
		if !slices.Contains(n.starts, r[1][:10]) {
			n.starts = append(n.starts, r[1][:10])
		}
	}
	slices.Sort(n.starts)
	n.allOrders = tab("SalesOrderHeader.csv", 26)
	for _, r := range n.allOrders {
		if r[11] != "" {
			n.orders = append(n.orders, r)
		}
	}
	for _, r := range tab("CurrencyRate.csv", 7) {
		n.rates[r[0]] = r
	}
	owners := map[string]string{}
	for _, r := range bcp(t, filepath.Join(dir, "Store.csv"), "+|", "&|\r\n", 6) {
		owners[r[0]] = r[2]
	}
	for _, r := range tab("Customer.csv", 7) {
		n.storeOwner[r[0]] = owners[r[2]]
	}
	n.findManagers(t)
	return n
}

// hierarchy is SQL Server's hierarchyid as a path, by the published table of bit prefixes. Only the widths that occur in
// this company are known here: 01xx for 0 to 3, 100xx for 4 to 7, 101xxx for 8 to 15 and 110xx0x1xxx for 16 to 79, each
// followed by a 1.
func hierarchy(t *testing.T, digits string) string {
	t.Helper()
	raw, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	bits := ""
	for _, b := range raw {
		bits += fmt.Sprintf("%08b", b)
	}
	path := "/"
	for strings.Contains(bits, "1") {
		var value int64
		switch {
		case strings.HasPrefix(bits, "01"):
			value, bits = binary(bits[2:4]), bits[4:]
		case strings.HasPrefix(bits, "100"):
			value, bits = 4+binary(bits[3:5]), bits[5:]
		case strings.HasPrefix(bits, "101"):
			value, bits = 8+binary(bits[3:6]), bits[6:]
		case strings.HasPrefix(bits, "110") && bits[5] == '0' && bits[7] == '1':
			value, bits = 16+binary(bits[3:5]+bits[6:7]+bits[8:11]), bits[11:]
		default:
			t.Fatalf("hierarchyid %s: the rest %q begins with a prefix that this company does not use", digits, bits)
		}
		if !strings.HasPrefix(bits, "1") {
			t.Fatalf("hierarchyid %s: a level between levels, which this company does not use", digits)
		}
		bits = bits[1:]
		path += fmt.Sprint(value) + "/"
	}
	return path
}

func binary(bits string) (n int64) {
	for _, b := range bits {
		n = n*2 + int64(b-'0')
	}
	return n
}

func (n *naive) findManagers(t *testing.T) {
	t.Helper()
	at := map[string]string{}
	for _, e := range n.employees {
		at[hierarchy(t, e[3])] = e[0]
	}
	for _, e := range n.employees {
		path := hierarchy(t, e[3])
		if path == "/" {
			continue
		}
		parent := path[:strings.LastIndex(path[:len(path)-1], "/")+1]
		if id, ok := at[parent]; ok {
			n.managers[e[0]] = id
		}
	}
}

// sold is what a person sold from one day on and before another.
func (n *naive) sold(t *testing.T, person, from, before string) (*big.Rat, int) {
	t.Helper()
	sum, count := new(big.Rat), 0
	for _, o := range n.orders {
		if o[11] == person && o[2][:10] >= from && o[2][:10] < before {
			sum.Add(sum, rat(t, o[19]))
			count++
		}
	}
	return sum, count
}

// TestAdventureWorksFacts holds the plain reader itself to the published facts, so that what follows compares carrot with
// something that is right.
func TestAdventureWorksFacts(t *testing.T) {
	n := readNaive(t, adventureWorks(t))
	national := map[string]bool{}
	for _, e := range n.employees {
		national[e[1]] = true
	}
	rows, total := 0, new(big.Rat)
	for _, q := range n.quotas {
		rows += len(q)
	}
	for _, o := range n.orders {
		total.Add(total, rat(t, o[19]))
	}
	sameOwner, rated, found := 0, 0, 0
	for _, o := range n.allOrders {
		if o[11] != "" && n.storeOwner[o[10]] == o[11] {
			sameOwner++
		}
		if o[18] != "" {
			rated++
			if r, ok := n.rates[o[18]]; ok && r[1] == o[2] {
				found++
			}
		}
	}
	ytd := 0
	for p := range n.salesYTD {
		if sum, _ := n.sold(t, p, "2013-05-30", "9999"); sum.Cmp(n.salesYTD[p]) == 0 {
			ytd++
		}
	}
	got := []string{
		fmt.Sprintf("%d employees, %d national ids, %d names", len(n.employees), len(national), len(n.people)),
		fmt.Sprintf("%d sales people, %d quota rows, %d periods", len(n.salesYTD), rows, len(n.starts)),
		fmt.Sprintf("%d orders, %d by sales people, %s", len(n.allOrders), len(n.orders), total.FloatString(4)),
		fmt.Sprintf("SalesYTD %d of %d", ytd, len(n.salesYTD)),
		fmt.Sprintf("rates %v", rated == found && rated > 0),
		fmt.Sprintf("store owner %d", sameOwner),
		fmt.Sprintf("managers %d of %d", len(n.managers), len(n.employees)-1),
	}
	want := []string{"290 employees, 290 national ids, 290 names", "17 sales people, 163 quota rows, 12 periods", "31465 orders, 3806 by sales people, 80487704.1832",
		"SalesYTD 17 of 17", "rates true", "store owner 2243", "managers 289 of 289"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// months are the pay periods from 2011-06 to 2014-05.
func months() (out []string) {
	for m := time.Date(2011, 6, 1, 0, 0, 0, 0, time.UTC); m.Format("2006-01") <= "2014-05"; m = m.AddDate(0, 1, 0) {
		out = append(out, m.Format("2006-01"))
	}
	return out
}

// TestAdventureWorks closes every month of the three years and compares what is published with the plain reader.
func TestAdventureWorks(t *testing.T) {
	dir := adventureWorks(t)
	n := readNaive(t, dir)
	out := t.TempDir()
	t.Setenv("CARROT_ADVENTUREWORKS", dir)
	t.Setenv("CARROT_ADVENTUREWORKS_OUT", out)
	config := filepath.Join("..", "..", "config", "adventureworks", "carrot.yaml")
	var scores, lines, credits []map[string]string
	must(t, []string{"run", "--quiet", "--config", config, "--through", "2014-04", "--tables"}, exitDone)
	must(t, []string{"run", "--quiet", "--config", config, "--period", "2014-05"}, exitDone)
	for _, m := range months() {
		scores = append(scores, published(t, out, m, "scorecards")...)
		lines = append(lines, published(t, out, m, "lines")...)
		credits = append(credits, published(t, out, m, "credits")...)
		for _, f := range published(t, out, m, "findings") {
			// 273 people are on no plan; carrot tells so and holds nothing for it.
			if f["code"] != "worker_without_plan" || f["reach"] != "nothing" {
				t.Errorf("%s: a finding in clean data: %v", m, f)
			}
		}
	}
	statements, err := filepath.Glob(filepath.Join(out, "published", "2014-05", "people", "*", "*.pdf"))
	if err != nil || len(statements) != 17 {
		t.Errorf("%d statements of May 2014, want 17: %v %v", len(statements), statements, err)
	}
	n.compareScores(t, scores)
	n.compareLines(t, lines)
	n.compareCredits(t, credits)
}

// compareScores holds attainment of every person and quota period, and that to date, to the plain reader's.
func (n *naive) compareScores(t *testing.T, scores []map[string]string) {
	t.Helper()
	got, want := map[string]string{}, map[string]string{}
	for _, s := range scores {
		if s["component"] == "quota" {
			got[s["employee_id"]+" "+s["period_start"]] = s["value"] + " of " + s["quota"] + ": " + s["attainment"] + " from " + s["n"]
		}
	}
	ends := append(slices.Clone(n.starts[1:]), "2014-05-30")
	for person, quotas := range n.quotas {
		for start, quota := range quotas {
			sum, count := n.sold(t, person, start, ends[slices.Index(n.starts, start)])
			want[person+" "+start] = fmt.Sprintf("%s of %s: %s from %d", plain(sum), plain(quota), new(big.Rat).Quo(sum, quota).FloatString(12), count)
		}
	}
	if len(want) != 163 {
		t.Errorf("%d quotas, want 163", len(want))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("attainment by person and quota period (-plain reader +carrot):\n%s", d)
	}
	seen := 0
	for _, s := range scores {
		if s["employee_id"] != "275" {
			continue
		}
		percent := func() string { return new(big.Rat).Mul(rat(t, s["attainment"]), big.NewRat(100, 1)).FloatString(2) }
		switch {
		case s["component"] == "quota" && s["period_start"] == "2011-05-31":
			if seen++; s["value"] != "304755.6026" || s["quota"] != "367000" || percent() != "83.04" {
				t.Errorf("275 in the first quota period: %v, want 304,755.6026 of 367,000 = 83.04 %%", s)
			}
		case s["component"] == "commission" && s["period_end"] == "2014-05-29":
			if seen++; percent() != "83.42" {
				t.Errorf("275 in the fiscal year from 2013-05-30: %v, want 83.42 %%", s)
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d of the two published attainments of 275 are among the scorecards", seen)
	}
}

// plain is a decimal without trailing zeros.
func plain(r *big.Rat) string {
	s := r.FloatString(4)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// compareLines holds every person's commission of each fiscal year to sold times CommissionPct, rounded once to date.
func (n *naive) compareLines(t *testing.T, lines []map[string]string) {
	t.Helper()
	years := []string{"2011-05-31", "2012-05-30", "2013-05-30", "2014-05-30"}
	paid := map[string]*big.Rat{}
	for _, l := range lines {
		if l["kind"] != "earning" || l["currency"] != "USD" || l["component"] != "commission" {
			t.Errorf("a line that nothing here pays: %v", l)
			continue
		}
		// A line's period is the pay period; the quota periods of a fiscal year pay from August to May.
		year := years[0]
		for _, y := range years {
			if y < l["period_start"] {
				year = y
			}
		}
		key := l["employee_id"] + " " + year
		if paid[key] == nil {
			paid[key] = new(big.Rat)
		}
		paid[key].Add(paid[key], rat(t, l["amount"]))
	}
	for person, pct := range n.commission {
		for i, year := range years[:3] {
			sum, _ := n.sold(t, person, year, years[i+1])
			want := sum.Mul(sum, pct).FloatString(2) // rounds half away from zero
			got := "0.00"
			if p := paid[person+" "+year]; p != nil {
				got = p.FloatString(2)
			}
			if got != want {
				t.Errorf("%s in the fiscal year from %s: %s, want %s", person, year, got, want)
			}
		}
	}
	if p := paid["275 2013-05-30"]; p == nil || p.FloatString(2) != "45158.14" {
		t.Errorf("275 in the fiscal year from 2013-05-30: %v, want 45,158.14", p)
	}
}

// compareCredits holds every order line on a statement to the order, and their total to that of all reseller orders.
func (n *naive) compareCredits(t *testing.T, credits []map[string]string) {
	t.Helper()
	got, want, total := map[string]string{}, map[string]string{}, new(big.Rat)
	people, stores := map[string]bool{}, 0
	ytd := map[string]*big.Rat{}
	for p := range n.salesYTD {
		ytd[p] = new(big.Rat)
	}
	// A statement to date shows the orders of the whole year again; each is counted once.
	for _, c := range credits {
		got[c["key"]] = fmt.Sprintf("%s %s %s %s %s", c["employee_id"], c["date"], c["label"], c["credited"], c["currency"])
		people[c["employee_id"]] = true
	}
	for _, o := range n.orders {
		want[o[0]] = fmt.Sprintf("%s %s %s %s USD", o[11], o[2][:10], o[7], plain(rat(t, o[19])))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("orders on statements (-plain reader +carrot):\n%.4000s", d)
	}
	for _, o := range n.orders {
		f := strings.Fields(got[o[0]])
		if len(f) != 5 {
			continue
		}
		total.Add(total, rat(t, f[3]))
		if f[1] >= "2013-05-30" && ytd[f[0]] != nil {
			ytd[f[0]].Add(ytd[f[0]], rat(t, f[3]))
		}
		if n.storeOwner[o[10]] == f[0] {
			stores++
		}
	}
	if len(got) != 3806 || total.FloatString(4) != "80487704.1832" || len(people) != 17 || stores != 2243 {
		t.Errorf("%d orders of %d people sum to %s, %d of them by the store's present owner; want 3,806 of 17, 80,487,704.1832 and 2,243",
			len(got), len(people), total.FloatString(4), stores)
	}
	for p, sum := range ytd {
		if sum.Cmp(n.salesYTD[p]) != 0 {
			t.Errorf("%s: credits from 2013-05-30 sum to %s, SalesYTD is %s", p, plain(sum), plain(n.salesYTD[p]))
		}
	}
}

// TestAdventureWorksRoster asks carrot whom it knows and who manages whom. Plans are the question: one that takes
// everybody in, and one for each manager that takes in who reports there; the scorecards are the answer.
func TestAdventureWorksRoster(t *testing.T) {
	dir := adventureWorks(t)
	n := readNaive(t, dir)
	out := t.TempDir()
	t.Setenv("CARROT_ADVENTUREWORKS", dir)
	t.Setenv("CARROT_ADVENTUREWORKS_OUT", out)
	company := filepath.Join(out, "company")
	if err := os.CopyFS(company, os.DirFS(filepath.Join("..", "..", "config", "adventureworks"))); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(company, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("measures/names.yaml", `measure: names
version: "1"
title: Rows of the person in the table of employees, hired in the month
family: activity
unit: count
digits: 0
aggregate: count
pool: payee
table: adventureworks.employees
owner: {column: id}
date: hired
`)
	ask := func(id, who string) {
		write("plans/"+id+".yaml", fmt.Sprintf(`plan: %s
version: "1"
title: A question
effective: {from: 2014-01-01, to: 2014-12-31}
eligible: '%s'
rounding: half-away
components:
  - {id: known, title: Known, clause: "1", measure: names, every: month, curve: {kind: rate, of: value, rate: "0"}, prorate: none, mode: shadow}
`, id, who))
	}
	ask("everybody", "department != null")
	for _, boss := range n.managers {
		ask("boss-"+boss, fmt.Sprintf("manager == %q", boss))
	}
	yaml, err := os.ReadFile(filepath.Join(company, "carrot.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write("carrot.yaml", strings.Replace(string(yaml), "first: 2011-06", "first: 2014-04", 1))
	must(t, []string{"run", "--quiet", "--config", filepath.Join(company, "carrot.yaml"), "--period", "2014-04", "--tables"}, exitDone)

	everybody, managers := map[string]bool{}, map[string]string{}
	for _, s := range published(t, out, "2014-04", "scorecards") {
		switch boss, is := strings.CutPrefix(s["plan"], "boss-"); {
		case is:
			managers[s["employee_id"]] += boss
		case s["plan"] == "everybody":
			everybody[s["employee_id"]] = true
		}
	}
	if len(everybody) != 290 {
		t.Errorf("%d people on the roster, want 290", len(everybody))
	}
	if d := cmp.Diff(n.managers, managers); d != "" || len(managers) != 289 {
		t.Errorf("%d managers, want 289 (-plain reader +carrot):\n%s", len(managers), d)
	}
}
