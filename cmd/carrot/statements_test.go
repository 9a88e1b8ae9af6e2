package main

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"io"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"

	"carrot/config/example"
)

// readable is a company large enough for statements of every kind, over a turn of the year: its last three months pay
// what is measured by month, quarter, half year and year.
var readable = example.Size{People: 24, Months: 14, Tickets: 1300, Deals: 420, Responses: 500, Seed: example.Default().Seed}

// rendered are the months of it that have statements and workbooks.
var rendered = []string{"2025-12", "2026-01", "2026-02"}

// withoutLogin is the customer service agent whose survey login ends in the crosswalk before the last month: that pay is held.
const withoutLogin = "0006"

// paidDir holds the company of readers, which several tests read and none changes.
var paidDir string

var paidCompany = sync.OnceValues(func() (dir string, err error) {
	if paidDir, err = os.MkdirTemp("", "carrot-read-*"); err != nil {
		return "", err
	}
	code, out, errOut := carrot(append([]string{"demo", "--quiet", "--out", filepath.Join(paidDir, "whole")}, sizeArgs(readable)...)...)
	if code != exitDone {
		return "", fmt.Errorf("carrot demo: exit code %d\n%s%s", code, out, errOut)
	}
	return filepath.Join(paidDir, "whole", "company"), nil
})

// heldCompany is a small one whose crosswalk is cut short: one person's pay is held in its last month, heldMonth.
var heldCompany = sync.OnceValues(func() (dir string, err error) {
	if _, err := paidCompany(); err != nil {
		return "", err
	}
	dir = filepath.Join(paidDir, "held")
	size := small
	size.Months = 2
	var crosswalk []byte
	_, err = example.Generate(size, func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return err
		}
		if name == "reference/crosswalk.csv" {
			crosswalk = slices.Clone(b.Bytes())
			open := regexp.MustCompile(`(?m)^(qualtrics,[^,]*,` + withoutLogin + `,[^,]*),$`)
			b = *bytes.NewBuffer(open.ReplaceAll(b.Bytes(), []byte("$1,2025-01-31")))
			if bytes.Equal(b.Bytes(), crosswalk) {
				return fmt.Errorf("%s holds no open qualtrics login of %s", name, withoutLogin)
			}
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, b.Bytes(), 0o644)
	})
	if err != nil {
		return "", err
	}
	code, out, errOut := carrot("run", "--quiet", "--config", filepath.Join(dir, "carrot.yaml"), "--through", heldMonth)
	if code != exitHeld {
		return "", fmt.Errorf("carrot run: exit code %d, want %d\n%s%s", code, exitHeld, out, errOut)
	}
	return dir, nil
})

const heldMonth = "2025-02"

// given is a company of this file, made once.
func given(t *testing.T, company func() (string, error)) string {
	t.Helper()
	dir, err := company()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// reader finds what readers open our files with. Where it is absent the test is not run, and says so; in CI it fails.
func reader(t *testing.T, name, pack string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	fmt.Fprintf(os.Stderr, "=== %s DID NOT RUN: %s is absent; apt-get install %s\n", t.Name(), name, pack)
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is absent", name)
	}
	t.Skipf("%s is absent", name)
	return ""
}

// number reads an exact number: 12.50, 591/658, or 1,234.50 with commas.
func number(t testing.TB, text string) *big.Rat {
	t.Helper()
	n, ok := new(big.Rat).SetString(strings.ReplaceAll(text, ",", ""))
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return n
}

// total adds up one column of rows, by currency in another one.
func total(t testing.TB, rows []map[string]string, column, currency string) map[string]string {
	t.Helper()
	sums := map[string]*big.Rat{}
	for _, r := range rows {
		c := r[currency]
		if sums[c] == nil {
			sums[c] = new(big.Rat)
		}
		sums[c].Add(sums[c], number(t, r[column]))
	}
	out := map[string]string{}
	for c, n := range sums {
		out[c] = n.FloatString(2)
	}
	return out
}

// planned are the components of the plans as their files say them, by plan and component.
func planned(t *testing.T, company string) map[string]plannedComponent {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(company, "plans", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no plans in %s: %v", company, err)
	}
	out := map[string]plannedComponent{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var p struct {
			Plan       string
			Components []plannedComponent
		}
		if err := yaml.Unmarshal(b, &p); err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Components {
			out[p.Plan+"/"+c.ID] = c
		}
	}
	return out
}

type plannedComponent struct {
	ID, Title, Clause, Measure, Every string
	ToDate                            string `yaml:"to_date"`
	Gates                             []struct{ Measure string }
}

// worker is a person as the HRIS export has it.
type worker struct{ id, name, manager string }

// workers are the people of the last drop up to a month's close, by id.
func workers(t *testing.T, company, period string) map[string]worker {
	t.Helper()
	drops, err := filepath.Glob(filepath.Join(company, "exports", "*", "BambooHR Employees.csv"))
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(drops)
	last := "" // dropped in the month after the period
	for _, d := range drops {
		if month := filepath.Base(filepath.Dir(d))[:7]; month > period && last == "" {
			last = filepath.Dir(d)
		}
	}
	out := map[string]worker{}
	for _, r := range records(t, filepath.Join(last, "BambooHR Employees.csv")) {
		out[r["Employee #"]] = worker{id: r["Employee #"], name: r["First Name"] + " " + r["Last Name"]}
	}
	for _, r := range records(t, filepath.Join(last, "BambooHR Job Information History.csv")) {
		if w, ok := out[r["Employee #"]]; ok {
			w.manager += " " + r["Reporting to: Employee #"] // whoever it ever was
			out[w.id] = w
		}
	}
	return out
}

// printedLine is a row of a statement's first table as a reader sees it.
type printedLine struct{ number, title, kind, clause, month, amount, currency string }

// printed is a statement as pdftotext gives it.
type printed struct {
	text  string // the whole, spaces squeezed
	lines []printedLine
	paid  string // the table's last row: amount and currency
}

var (
	squeeze = regexp.MustCompile(`\s+`)
	wordBox = regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="[\d.]+">([^<]*)</word>`)
)

// word is a word of a page and where it stands, in points from the top left.
type word struct {
	x, y float64
	text string
}

// words are those of each page, from top to bottom and left to right.
func words(t *testing.T, pdftotext, name string) [][]word {
	t.Helper()
	b, err := exec.Command(pdftotext, "-bbox", "-enc", "UTF-8", name, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext -bbox %s: %v", name, err)
	}
	var pages [][]word
	for _, page := range strings.Split(string(b), "<page ")[1:] {
		var ws []word
		for _, m := range wordBox.FindAllStringSubmatch(page, -1) {
			w := word{text: html.UnescapeString(m[3])}
			fmt.Sscanf(m[1]+" "+m[2], "%g %g", &w.x, &w.y)
			ws = append(ws, w)
		}
		slices.SortStableFunc(ws, func(a, b word) int {
			return cmp.Or(cmp.Compare(math.Round(a.y), math.Round(b.y)), cmp.Compare(a.x, b.x))
		})
		pages = append(pages, ws)
	}
	return pages
}

// readPDF opens a statement with pdftotext and reads its first table by where its words stand: a row begins with its
// number; what follows under a cell goes on with it; the row of the total ends it.
func readPDF(t *testing.T, pdftotext, name string) printed {
	t.Helper()
	b, err := exec.Command(pdftotext, "-layout", "-enc", "UTF-8", name, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext %s: %v", name, err)
	}
	p := printed{text: strings.TrimSpace(squeeze.ReplaceAllString(string(b), " "))}
	var columns []float64
	var rows [][6]string
	for _, page := range words(t, pdftotext, name) {
		on := false
		for i, w := range page {
			if titles := following(page, i, 6); slices.Equal(titles, []string{"Line", "For", "Kind", "Clause", "Month", "Amount"}) {
				columns = nil
				for _, c := range page[i : i+5] {
					columns = append(columns, c.x-1)
				}
				on, rows = true, append(rows, [6]string{})
			}
			if !on {
				continue
			}
			switch {
			case slices.Equal(following(page, i, 2), []string{"Paid", "now"}) && math.Abs(w.x-columns[1]) < 2:
				p.paid = strings.Join(following(page, i+2, 2), " ")
				p.lines = asLines(rows)
				return p
			case w.text == "Run" && len(following(page, i, 2)) == 2 && len(page[i+1].text) == 26: // the foot of a page
				on = false
				continue
			case w.x < columns[1]:
				rows = append(rows, [6]string{w.text})
				continue
			}
			c := 0
			for k, x := range columns {
				if w.x >= x {
					c = k
				}
			}
			row := &rows[len(rows)-1]
			if c == 4 && len(strings.Fields(row[4])) == 2 { // a month is two words, what follows is the amount
				c = 5
			}
			row[c] = strings.TrimSpace(row[c] + " " + w.text)
		}
	}
	if !strings.Contains(p.text, "This statement has no lines.") {
		t.Fatalf("%s: the table of lines has no end", name)
	}
	return p
}

// following are up to n words from the i-th on.
func following(page []word, i, n int) []string {
	var out []string
	for ; i < len(page) && n > 0; i, n = i+1, n-1 {
		out = append(out, page[i].text)
	}
	return out
}

func asLines(rows [][6]string) []printedLine {
	var out []printedLine
	for _, r := range rows {
		if r[0] == "Line" || r[0] == "" { // the header, once a page
			continue
		}
		amount, currency, _ := strings.Cut(r[5], " ")
		out = append(out, printedLine{r[0], r[1], r[2], r[3], r[4], amount, currency})
	}
	return out
}

// TestStatementsSayWhatTheTablesSay opens every statement with pdftotext and holds it against tables/lines.csv, the plans'
// files and the HRIS export: its own lines and total, and nothing of anybody else.
func TestStatementsSayWhatTheTablesSay(t *testing.T) {
	pdftotext := reader(t, "pdftotext", "poppler-utils")
	company := given(t, paidCompany)
	seen := 0
	for _, period := range rendered {
		seen += readStatements(t, pdftotext, company, period, "")
	}
	if seen < 150 {
		t.Errorf("%d lines were compared: too few to prove anything", seen)
	}
	readStatements(t, pdftotext, given(t, heldCompany), heldMonth, withoutLogin)
}

func readStatements(t *testing.T, pdftotext, company, period, held string) (compared int) {
	t.Helper()
	components, people := planned(t, company), workers(t, company, period)
	lines := map[string][]map[string]string{}
	for _, r := range records(t, filepath.Join(company, "published", period, "audit", "tables", "lines.csv")) {
		lines[r["employee_id"]] = append(lines[r["employee_id"]], r)
	}
	folders, err := os.ReadDir(filepath.Join(company, "published", period, "people"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		payee := f.Name()
		files, err := os.ReadDir(filepath.Join(company, "published", period, "people", payee))
		if err != nil || len(files) != 1 || !strings.HasSuffix(files[0].Name(), ".pdf") {
			t.Fatalf("people/%s of %s holds %v (%v), expected one PDF", payee, period, files, err)
		}
		where := payee + ":" + period
		p := readPDF(t, pdftotext, filepath.Join(company, "published", period, "people", payee, files[0].Name()))
		ownOnly(t, where, p.text, people[payee], people)
		if payee == held {
			if len(p.lines) > 0 || len(lines[payee]) > 0 || !strings.Contains(p.text, "Your pay is held. Paid now") ||
				!strings.Contains(p.text, "0.00 USD") || !strings.Contains(p.text, "Why your pay is held") || !strings.Contains(p.text, "no qualtrics login") {
				t.Errorf("%s is held and does not say so: %d lines\n%s", where, len(p.lines), p.text)
			}
		} else if strings.Contains(p.text, "Your pay is held") {
			t.Errorf("%s says that it is held", where)
		}
		compareLines(t, where, p, lines[payee], components)
		compared += len(p.lines)
		delete(lines, payee)
	}
	for payee := range lines {
		t.Errorf("%s has lines in %s and no statement", payee, period)
	}
	if held != "" && !slices.ContainsFunc(folders, func(f os.DirEntry) bool { return f.Name() == held }) {
		t.Errorf("%s is held in %s and has no statement that says so", held, period)
	}
	return compared
}

var (
	idsIn        = regexp.MustCompile(`(?:^|[^\d.,])(00\d\d)\b`)
	statementsIn = regexp.MustCompile(`\b\d{4}:\d{4}-\d\d\b`)
)

// ownOnly wants the payee's id and name on a statement, and of other people the manager's name alone.
func ownOnly(t *testing.T, where, text string, own worker, people map[string]worker) {
	t.Helper()
	if own.id == "" {
		t.Errorf("%s is for somebody whom the HRIS export does not know", where)
		return
	}
	for _, want := range []string{"Employee id " + own.id, own.name, "Statement " + where} {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q", where, want)
		}
	}
	for _, m := range idsIn.FindAllStringSubmatch(text, -1) {
		if _, other := people[m[1]]; other && m[1] != own.id {
			t.Errorf("%s names %s", where, m[0])
		}
	}
	for _, s := range statementsIn.FindAllString(text, -1) {
		if s != where {
			t.Errorf("%s names statement %s", where, s)
		}
	}
	for _, other := range people {
		if other.name != own.name && !strings.Contains(own.manager, other.id) && strings.Contains(text, other.name) {
			t.Errorf("%s names %s", where, other.name)
		}
	}
}

// compareLines holds a statement's printed lines against the table's, each cell for itself, and the total against the sum.
func compareLines(t *testing.T, where string, p printed, rows []map[string]string, components map[string]plannedComponent) {
	t.Helper()
	if len(p.lines) != len(rows) {
		t.Errorf("%s prints %d lines, the table has %d", where, len(p.lines), len(rows))
		return
	}
	sum, currency := new(big.Rat), ""
	for i, r := range rows {
		got, c := p.lines[i], components[r["plan"]+"/"+r["component"]]
		want := printedLine{number: r["line"], title: c.Title, kind: r["kind"], clause: r["clause"], month: monthOf(r["period_start"]),
			amount: got.amount, currency: r["currency"]}
		switch r["kind"] {
		case "true-up":
			cause, _, _ := strings.Cut(strings.TrimPrefix(r["working"], "Correction for "), ":")
			want.kind += ": " + cause
			want.title += ", correction of " + longMonthOf(r["period_start"])
		case "adjustment":
			want.title = "Adjustment " + r["clause"]
		}
		if got != want {
			t.Errorf("%s prints %+v, expected %+v", where, got, want)
		}
		if number(t, got.amount).Cmp(number(t, r["amount"])) != 0 {
			t.Errorf("%s prints %s in line %s, the table has %s", where, got.amount, got.number, r["amount"])
		}
		sum.Add(sum, number(t, r["amount"]))
		currency = r["currency"]
	}
	if len(rows) == 0 {
		return
	}
	text, cur, _ := strings.Cut(p.paid, " ")
	if number(t, text).Cmp(sum) != 0 || cur != currency {
		t.Errorf("%s pays %s, its lines sum to %s %s", where, p.paid, sum.FloatString(2), currency)
	}
	if top, _, _ := strings.Cut(p.text, "What it is made of"); !strings.Contains(top, p.paid) {
		t.Errorf("%s does not say at the top that %s is paid", where, p.paid)
	}
}

var monthNames = []string{"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// longMonthOf is "February 2026" of 2026-02-01, and monthOf is "Feb 2026".
func longMonthOf(day string) string {
	var y, m int
	fmt.Sscanf(day, "%d-%d", &y, &m)
	return fmt.Sprintf("%s %d", monthNames[m], y)
}

func monthOf(day string) string {
	name, year, _ := strings.Cut(longMonthOf(day), " ")
	return name[:3] + " " + year
}
