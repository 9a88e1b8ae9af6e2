package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// sampled is how many lines are explained.
const sampled = 200

// exports reads the company's files by itself: a small parser for each table's dialect, and what the truth of a row's
// credit depends on besides the row (splits, logins, rates).
type exports struct {
	t         *testing.T
	company   string
	plans     map[string]plannedComponent
	files     map[string][]string            // physical lines of an export, decoded
	headers   map[string][]string            // of an export
	splits    map[string]map[string]splitRow // by day of knowledge, then by deal and login
	crosswalk []map[string]string
	fx        []map[string]string
}

type splitRow struct{ deal, login, percent string }

// explained is what explain prints of a line, as JSON.
type explained struct {
	Lines []struct {
		Line    int
		Kind    string
		Amount  string
		Working string
		Rows    []printedRow
		Sealed  int `json:"sealed_rows"`
	}
}

type printedRow struct {
	Measure, Table, File, Text string
	Line                       int
}

// TestExplainedRowsGiveTheMeasure takes 200 lines by a seed, over all months, of every kind and component, lets explain
// print the source rows behind each, and computes the measure from their text alone. It must be the scorecard's, with its
// n, and for a correction what its working says is known now.
func TestExplainedRowsGiveTheMeasure(t *testing.T) {
	company := given(t, paidCompany)
	s := newExports(t, company)
	lines, scores := posted(t, company)
	kinds := map[string]int{}
	rows := 0
	for _, l := range sample(lines) {
		out := must(t, []string{"explain", "--json", "--config", filepath.Join(company, "carrot.yaml"), "--payee", l["employee_id"],
			"--period", l["paid"], "--line", l["line"]}, exitDone)
		var e explained
		if err := json.Unmarshal([]byte(out), &e); err != nil {
			t.Fatal(err)
		}
		where := fmt.Sprintf("%s:%s line %s (%s %s/%s)", l["employee_id"], l["paid"], l["line"], l["kind"], l["plan"], l["component"])
		if len(e.Lines) != 1 || fmt.Sprint(e.Lines[0].Line) != l["line"] || e.Lines[0].Amount != l["amount"] || e.Lines[0].Working != l["working"] {
			t.Errorf("%s: explain gives %+v, the table %v", where, e.Lines, l)
			continue
		}
		got := s.check(where, l, e.Lines[0].Rows, e.Lines[0].Sealed, scores)
		kinds[l["kind"]+" "+got]++
		rows += len(e.Lines[0].Rows)
	}
	var list []string
	for k, n := range kinds {
		list = append(list, fmt.Sprintf("%s %d", k, n))
	}
	sort.Strings(list)
	t.Logf("%d rows printed; lines by kind and measure: %s", rows, strings.Join(list, ", "))
	for _, want := range []string{"earning delivered_revenue", "earning new_business", "earning new_customers", "earning company_revenue", "earning csat",
		"earning csat_entity", "earning csat_company", "earning solved_for_good", "earning response_rate", "earning usage_satisfaction",
		"earning recommendation", "earning employee_satisfaction", "earning finance_service", "true-up delivered_revenue", "true-up company_revenue",
		"true-up response_rate"} {
		if kinds[want] == 0 {
			t.Errorf("no line of the sample is %s", want)
		}
	}
}

// posted are the lines of all months, each with the month that paid it, and the scorecards by payee, component and month.
func posted(t *testing.T, company string) (lines []map[string]string, scores map[string]map[string]string) {
	t.Helper()
	scores = map[string]map[string]string{}
	months, err := filepath.Glob(filepath.Join(company, "published", "20??-??"))
	if err != nil || len(months) != readable.Months {
		t.Fatalf("%d months are published (%v), expected %d", len(months), err, readable.Months)
	}
	for _, m := range months {
		for _, l := range records(t, filepath.Join(m, "audit", "tables", "lines.csv")) {
			l["paid"] = filepath.Base(m)
			lines = append(lines, l)
		}
		for _, c := range records(t, filepath.Join(m, "audit", "tables", "scorecards.csv")) {
			scores[strings.Join([]string{c["employee_id"], filepath.Base(m), c["plan"], c["component"]}, " ")] = c
		}
	}
	return lines, scores
}

// sample is one line of each kind and component, and others by chance, in an order by chance.
func sample(lines []map[string]string) []map[string]string {
	shuffled := append([]map[string]string(nil), lines...)
	rand.New(rand.NewPCG(2, 200)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	var first, rest []map[string]string
	seen := map[string]bool{}
	for _, l := range shuffled {
		if l["kind"] == "adjustment" {
			continue // a person's decision: no row is behind it
		}
		if k := l["kind"] + l["plan"] + l["component"]; !seen[k] {
			seen[k] = true
			first = append(first, l)
		} else {
			rest = append(rest, l)
		}
	}
	return append(first, rest...)[:min(sampled, len(first)+len(rest))]
}

func newExports(t *testing.T, company string) *exports {
	return &exports{t: t, company: company, plans: planned(t, company), files: map[string][]string{}, headers: map[string][]string{},
		splits: map[string]map[string]splitRow{}, crosswalk: records(t, filepath.Join(company, "reference", "crosswalk.csv")),
		fx: records(t, filepath.Join(company, "reference", "fx.csv"))}
}

// file is a source file as text. The German office exports in Windows-1252, everybody else in UTF-8.
func (s *exports) file(name string) []string {
	if lines, ok := s.files[name]; ok {
		return lines
	}
	b, err := os.ReadFile(filepath.Join(s.company, "exports", filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) { // a book that the company keeps by hand
		b, err = os.ReadFile(filepath.Join(s.company, "reference", filepath.FromSlash(name)))
	}
	if err != nil {
		s.t.Fatal(err)
	}
	if strings.Contains(name, "Deutschland") {
		if b, err = charmap.Windows1252.NewDecoder().Bytes(b); err != nil {
			s.t.Fatal(err)
		}
	}
	text := string(bytes.TrimPrefix(b, []byte("\ufeff")))
	s.files[name] = strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	return s.files[name]
}

// cells reads one record of a file: semicolons in the German office, commas elsewhere.
func (s *exports) cells(file, record string) []string {
	r := csv.NewReader(strings.NewReader(record))
	r.FieldsPerRecord = -1
	if strings.Contains(file, "Deutschland") {
		r.Comma = ';'
	}
	cells, err := r.Read()
	if err != nil {
		s.t.Fatalf("%s: %q: %v", file, record, err)
	}
	return cells
}

// row reads a printed row by its file's header, after it was found in the file at the line that explain names.
func (s *exports) row(p printedRow) map[string]string {
	s.t.Helper()
	lines := s.file(p.File)
	for i, part := range strings.Split(strings.ReplaceAll(p.Text, "\r\n", "\n"), "\n") {
		if at := p.Line - 1 + i; at >= len(lines) || lines[at] != part {
			s.t.Fatalf("%s:%d is not the row that explain prints: %q", p.File, p.Line, p.Text)
		}
	}
	header, ok := s.headers[p.File]
	if !ok {
		header = s.cells(p.File, s.file(p.File)[0])
		s.headers[p.File] = header
	}
	cells := s.cells(p.File, p.Text)
	if len(cells) != len(header) {
		s.t.Fatalf("%s:%d has %d cells, its header %d", p.File, p.Line, len(cells), len(header))
	}
	out := map[string]string{}
	for i, c := range cells {
		out[header[i]] = c
	}
	return out
}

// check computes a line's measure from its rows and compares it with the scorecard and the working; it returns the measure.
func (s *exports) check(where string, l map[string]string, rows []printedRow, sealed int, scores map[string]map[string]string) string {
	t := s.t
	t.Helper()
	c, ok := s.plans[l["plan"]+"/"+l["component"]]
	if !ok {
		t.Fatalf("%s: no such component", where)
	}
	if strings.Contains(l["working"], "Nothing is due for ") {
		if len(rows)+sealed > 0 {
			t.Errorf("%s: nothing is due, and %d rows are behind it", where, len(rows)+sealed)
		}
		return c.Measure
	}
	by := map[string][]printedRow{}
	for _, r := range rows {
		by[r.Measure] = append(by[r.Measure], r)
	}
	score := scores[l["employee_id"]+" "+l["period_start"][:7]+" "+l["plan"]+" "+l["component"]]
	if score == nil || score["measure"] != c.Measure {
		t.Errorf("%s: no scorecard", where)
		return c.Measure
	}
	knownAt := s.knownAt(l["paid"])
	if c.Measure == "employee_satisfaction" || c.Measure == "finance_service" {
		if len(rows)+sealed != 0 || l["kind"] == "earning" && score["value"] == "" { // no credit of an anonymous answer is kept
			t.Errorf("%s: explain shows %d rows of anonymous answers and counts %d, the scorecard has %q", where, len(rows), sealed, score["value"])
		}
		return c.Measure
	}
	if sealed != 0 {
		t.Errorf("%s: %d sealed rows behind %s", where, sealed, c.Measure)
	}
	n, value, said := s.measure(c.Measure, by[c.Measure], l, c, knownAt)
	if l["kind"] == "earning" {
		if fmt.Sprint(n) != score["n"] || (value == nil) != (score["value"] == "") || value != nil && value.Cmp(number(t, score["value"])) != 0 {
			t.Errorf("%s: the rows give n = %d and %s = %v, the scorecard has n = %s and %s", where, n, c.Measure, value, score["n"], score["value"])
		}
	}
	if said != "" && !strings.Contains(l["working"], said) {
		t.Errorf("%s: the rows give %q, which the working does not say: %s", where, said, l["working"])
	}
	for _, g := range c.Gates {
		if _, _, said := s.measure(g.Measure, by[g.Measure], l, c, knownAt); !strings.Contains(l["working"], "Gate: ") || !strings.Contains(l["working"], said) {
			t.Errorf("%s: the rows of the gate %s give %q, which the working does not say: %s", where, g.Measure, said, l["working"])
		}
		delete(by, g.Measure)
	}
	delete(by, c.Measure)
	if len(by) > 0 {
		t.Errorf("%s: rows of other measures: %v", where, by)
	}
	return c.Measure
}

// knownAt is the day up to which a month's close knew the exports, from its certificate.
func (s *exports) knownAt(period string) string {
	b, err := os.ReadFile(filepath.Join(s.company, "published", period, "audit", "run.txt"))
	if err != nil {
		s.t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^known at +(\d{4}-\d\d-\d\d)$`).FindStringSubmatch(string(b))
	if m == nil {
		s.t.Fatalf("the certificate of %s does not say what was known", period)
	}
	return m[1]
}

// measure is what the rows come to: n, the value (nil where there is nothing to divide by), and how a working says it.
func (s *exports) measure(id string, rows []printedRow, l map[string]string, c plannedComponent, knownAt string) (n int, value *big.Rat, said string) {
	hits := 0
	sum := new(big.Rat)
	contacts := map[string]bool{}
	for _, p := range rows {
		r := s.row(p)
		n++
		hit := false
		switch id {
		case "delivered_revenue", "new_business", "company_revenue":
			sum.Add(sum, s.money(id, p, r, l, c, knownAt))
		case "new_customers":
			s.want(p, r["Typ"] == "Neugeschäft" || r["Type"] == "New Customer", "a new customer's")
		case "ideas_shipped":
			s.want(p, r["shipped_on"] != "" && r["signed_on"] != "" && r["business_case"] != "", "a shipped idea's, signed and with a business case")
		case "promise_kept":
			d := dealOf(p, r)
			hit = isoDay(d.delivered) <= isoDay(d.promised)
		case "csat", "csat_entity", "csat_company":
			score := r["Satisfaction Score"]
			hit = score == "Good" || score == "Good with comment"
			s.want(p, hit || score == "Bad" || score == "Bad with comment", "rated")
		case "solved_for_good":
			hit = r["Reopens"] == "0"
			s.want(p, r["Solved at"] != "", "solved")
		case "response_rate", "response_rate_company":
			hit = r["status"] == "SurveyFinished"
			s.want(p, !contacts[r["contactId"]] && r["status"] != "Skipped" && r["status"] != "Blocked", "the last to its contact, and sent")
			contacts[r["contactId"]] = true
		case "usage_satisfaction":
			sum.Add(sum, number(s.t, r["Q2"]))
			s.want(p, r["Status"] == "IP Address" && r["Finished"] == "True", "a finished answer")
		case "recommendation":
			hit = r["Q1"] == "9" || r["Q1"] == "10"
			s.want(p, r["Status"] == "IP Address" && r["Finished"] == "True", "a finished answer")
		default:
			s.t.Fatalf("this test does not know the measure %s", id)
		}
		if hit {
			hits++
		}
	}
	switch id {
	case "delivered_revenue", "new_business", "company_revenue":
		return n, sum, commas(sum) + " " + l["currency"] + " (n = " + withCommas(fmt.Sprint(n)) + ")"
	case "new_customers":
		return n, big.NewRat(int64(n), 1), fmt.Sprintf("New customers delivered: %d;", n)
	case "ideas_shipped":
		return n, big.NewRat(int64(n), 1), fmt.Sprintf("Own ideas shipped: %d;", n)
	case "usage_satisfaction":
		if n < 5 { // too few to tell, by the plans
			return n, nil, ""
		}
		return n, sum.Quo(sum, big.NewRat(int64(n), 1)), " / " + withCommas(fmt.Sprint(n)) + " "
	}
	if n < 5 && id != "promise_kept" || n == 0 {
		return n, nil, ""
	}
	return n, big.NewRat(int64(hits), int64(n)), ": " + withCommas(fmt.Sprint(hits)) + " of " + withCommas(fmt.Sprint(n)) + " "
}

// commas writes an exact amount as a working does: all digits, two at least.
func commas(n *big.Rat) string {
	text := n.FloatString(12)
	whole, frac, _ := strings.Cut(text, ".")
	frac = strings.TrimRight(frac, "0")
	for len(frac) < 2 {
		frac += "0"
	}
	return withCommas(whole) + "." + frac
}

func withCommas(whole string) string {
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole
}

// want holds a row against what makes it count.
func (s *exports) want(p printedRow, ok bool, what string) {
	s.t.Helper()
	if !ok {
		s.t.Errorf("%s:%d is behind a number and is not %s: %s", p.File, p.Line, what, p.Text)
	}
}

// dealRow is what a delivered deal or a credit memo is worth, in its export's own writing.
type dealRow struct{ id, stage, currency, amount, promised, delivered, login string }

func dealOf(p printedRow, r map[string]string) dealRow {
	switch p.Table {
	case "salesforce.deals_de":
		return dealRow{r["Opportunity-ID"], r["Phase"], r["Betrag Währung"], strings.ReplaceAll(strings.ReplaceAll(r["Betrag"], ".", ""), ",", "."),
			r["Zugesagt am"], r["Geliefert am"], r["Opportunity-Inhaber: Benutzername"]}
	case "salesforce.credit_memos":
		return dealRow{id: r["Opportunity ID"], currency: r["Amount Currency"], amount: "-" + r["Amount"], delivered: r["Delivered On"], login: r["Opportunity Owner: Username"]}
	}
	return dealRow{r["Opportunity ID"], r["Stage"], r["Amount Currency"], r["Amount"], r["Promised On"], r["Delivered On"], r["Opportunity Owner: Username"]}
}

// isoDay is the day of 31.12.2025 or 12/31/2025.
func isoDay(text string) string {
	var y, m, d int
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &d, &m, &y); err == nil {
		return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	}
	fmt.Sscanf(text, "%d/%d/%d", &m, &d, &y)
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}

// money is what a row is worth to the line's payee, or to the company, in the currency of pay.
func (s *exports) money(id string, p printedRow, r map[string]string, l map[string]string, c plannedComponent, knownAt string) *big.Rat {
	d := dealOf(p, r)
	memo := p.Table == "salesforce.credit_memos"
	s.want(p, memo || d.stage == "Closed Won" || d.stage == "Geschlossen und gewonnen", "won")
	worth := number(s.t, d.amount)
	if id == "new_business" {
		s.want(p, r["Typ"] == "Neugeschäft" || r["Type"] == "New Customer", "new business")
	}
	day := isoDay(d.delivered)
	if id != "company_revenue" {
		worth.Mul(worth, s.share(d, day, l["employee_id"], knownAt))
	}
	if d.currency == l["currency"] {
		return worth
	}
	return worth.Mul(worth, s.rate(d.currency, l["currency"], lastDayOf(c, day, l)))
}

// lastDayOf is the last day of the measuring period that a row's day entered: to date each month has its own; else it is
// that of the line's month, in which every longer period of the plans ends.
func lastDayOf(c plannedComponent, day string, l map[string]string) string {
	if c.ToDate != "" {
		return day[:7] + "-31"
	}
	return l["period_end"]
}

// rate is the one in force on a day: the last that the file has up to it.
func (s *exports) rate(from, to, day string) *big.Rat {
	s.t.Helper()
	best := map[string]string{}
	for _, r := range s.fx {
		if r["from"] == from && r["to"] == to && r["date"] <= day && r["date"] > best["date"] {
			best = r
		}
	}
	if best["rate"] == "" {
		s.t.Fatalf("no rate from %s to %s on %s", from, to, day)
	}
	return number(s.t, best["rate"])
}

// share is how much of a deal is a payee's: by the splits known on a day, or else the owner's whole.
func (s *exports) share(d dealRow, day, payee, knownAt string) *big.Rat {
	s.t.Helper()
	split, sum := false, new(big.Rat)
	for _, x := range s.known(knownAt) {
		if x.deal == d.id {
			split = true
			if s.employee(x.login, day) == payee {
				sum.Add(sum, number(s.t, x.percent))
			}
		}
	}
	if split {
		return sum.Quo(sum, big.NewRat(100, 1))
	}
	if owner := s.employee(d.login, day); owner != payee {
		s.t.Errorf("deal %s of %s belongs to %q, not to %s, and stands behind that payee's line", d.id, day, owner, payee)
	}
	return big.NewRat(1, 1)
}

// known are the splits of all drops up to a day, the later one of each deal and login.
func (s *exports) known(day string) map[string]splitRow {
	if m, ok := s.splits[day]; ok {
		return m
	}
	drops, err := filepath.Glob(filepath.Join(s.company, "exports", "*", "Opportunity Splits.csv"))
	if err != nil || len(drops) == 0 {
		s.t.Fatalf("no splits (%v)", err)
	}
	sort.Strings(drops)
	out := map[string]splitRow{}
	for _, name := range drops {
		if filepath.Base(filepath.Dir(name)) > day {
			continue
		}
		for _, line := range s.file(filepath.Base(filepath.Dir(name)) + "/Opportunity Splits.csv")[1:] {
			if !strings.HasPrefix(line, `"0065g`) {
				continue // the report's footer
			}
			c := s.cells(name, line)
			out[c[0]+" "+c[3]] = splitRow{c[0], c[3], c[4]}
		}
	}
	s.splits[day] = out
	return out
}

// employee is whose a salesforce login was on a day.
func (s *exports) employee(login, day string) string {
	for _, r := range s.crosswalk {
		if r["system"] == "salesforce" && strings.EqualFold(r["login"], login) && r["from"] <= day && (r["to"] == "" || day <= r["to"]) {
			return r["employee_id"]
		}
	}
	return ""
}
