package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carrot/transform/comp"
)

// wholeCompany is the group of everybody.
const wholeCompany = "company"

// heard is an answer to the employee survey, as its attacker knows it: who gave it, when, and where they worked, in each month as
// known then. What was answered only stands here so that what is told can be held against it.
type heard struct {
	id, who, day  string
	known         int // the month whose export brought it
	work, finance int // finance -1: left empty
	departments   []string
}

func (h *heard) department(known int) string { return h.departments[known] }

// result is what a group answered to a question in some days, as known in a month.
type result struct {
	question, group, from, to string
	known                     int
	answers                   []int
	sum                       int // of answers; of finance, those content
}

func (r *result) String() string {
	return fmt.Sprintf("%s of %s, %s to %s, known in month %d", r.question, r.group, r.from, r.to, r.known+1)
}

func (r *result) value(digits int) string {
	return big.NewRat(int64(r.sum), int64(len(r.answers))).FloatString(digits)
}

// snoop is an attacker: what they know, and what they were told.
type snoop struct {
	heard       []heard
	ids         map[string]bool
	departments map[string]bool
	might       map[string][]*result // all results that could be told, by question and count, the widest and oldest first
	told        map[*result]bool
	about       string // the question that the rows before were about
	read, said  int
	wrong       []string
}

// newSnoop takes in the exports of a company, month by month.
func newSnoop(t *testing.T, company string) *snoop {
	t.Helper()
	x := &snoop{ids: map[string]bool{}, departments: map[string]bool{}, might: map[string][]*result{}, told: map[*result]bool{}}
	var jobs []map[string][]map[string]string
	for k, drop := range glob(t, company, "exports/*") {
		of := map[string][]map[string]string{}
		for _, r := range records(t, filepath.Join(drop, "BambooHR Job Information History.csv")) {
			r["since"] = isoDay(r["Job Information: Date"])
			of[r["Employee #"]] = append(of[r["Employee #"]], r)
			x.departments[r["Department"]] = true
		}
		jobs = append(jobs, of)
		for _, name := range glob(t, drop, "Employee Pulse*.csv") {
			x.export(t, name, k)
		}
	}
	if len(x.heard) < 300 || len(x.departments) != 6 {
		t.Fatalf("%d answers of %d departments: too few", len(x.heard), len(x.departments))
	}
	for i := range x.heard {
		h := &x.heard[i]
		for _, of := range jobs {
			in := map[string]string{}
			for _, r := range of[h.who] {
				if r["since"] <= h.day && r["since"] >= in["since"] {
					in = r
				}
			}
			h.departments = append(h.departments, in["Department"])
		}
	}
	x.imagine(len(jobs))
	return x
}

// export reads the answers that a month's export brings.
func (x *snoop) export(t *testing.T, name string, month int) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[3:] {
		at := func(column string) string { return row[slices.Index(rows[0], column)] }
		if x.ids[at("ResponseId")] {
			continue
		}
		x.ids[at("ResponseId")] = true
		if at("Status") != "IP Address" || at("Finished") != "True" {
			continue
		}
		h := heard{id: at("ResponseId"), who: at("ExternalReference"), day: at("EndDate")[:10], known: month, finance: -1}
		if h.work, err = strconv.Atoi(at("Q1")); err != nil {
			t.Fatal(err)
		}
		if text := at("Q2"); text != "" {
			if h.finance, err = strconv.Atoi(text); err != nil {
				t.Fatal(err)
			}
		}
		x.heard = append(x.heard, h)
	}
}

// imagine lists the results that could be told: of each question and group, in each year, half year, quarter and month, as known in
// each month from its last on.
func (x *snoop) imagine(months int) {
	groups := []string{wholeCompany}
	for d := range x.departments { // sorted next
		groups = append(groups, d)
	}
	slices.Sort(groups)
	for _, length := range []int{12, 6, 3, 1} {
		for first := 0; first+length <= months; first += length {
			from, to := comp.Day(2025, 1, 1).AddMonths(first), comp.Day(2025, 1, 1).AddMonths(first+length)-1
			for known := first + length - 1; known < months; known++ {
				for _, g := range groups {
					for _, q := range []string{"work", "finance"} {
						x.might1(&result{question: q, group: g, from: from.String(), to: to.String(), known: known})
					}
				}
			}
		}
	}
}

// might1 works out one of them.
func (x *snoop) might1(r *result) {
	for i := range x.heard {
		h := &x.heard[i]
		if h.known > r.known || h.day < r.from || h.day > r.to || r.group != wholeCompany && h.department(r.known) != r.group {
			continue
		}
		switch {
		case r.question == "work":
			r.answers, r.sum = append(r.answers, i), r.sum+h.work
		case h.finance >= 4:
			r.answers, r.sum = append(r.answers, i), r.sum+1
		case h.finance >= 0:
			r.answers = append(r.answers, i)
		}
	}
	if len(r.answers) > 0 {
		key := fmt.Sprint(r.question, len(r.answers))
		x.might[key] = append(x.might[key], r)
	}
}

// find is the first imagined result that is like this; nil for none.
func (x *snoop) find(like func(*result) bool) *result {
	for _, list := range x.might { // at most one result is asked for
		for _, r := range list {
			if like(r) {
				return r
			}
		}
	}
	return nil
}

// results are what was told, in order.
func (x *snoop) results() (out []string) {
	for r := range x.told {
		out = append(out, r.String())
	}
	slices.Sort(out)
	return out
}

// answerID is what Qualtrics calls an answer.
var answerID = regexp.MustCompile(`R_[A-Za-z0-9]{15}`)

// raw says whether an answer can be read in bytes.
func (x *snoop) raw(b []byte) bool {
	return slices.ContainsFunc(answerID.FindAll(b, -1), func(id []byte) bool { return x.ids[string(id)] })
}

// bytes looks for rows of the survey.
func (x *snoop) bytes(where string, b []byte) {
	if x.read += len(b); x.raw(b) {
		x.wrong = append(x.wrong, where+" holds an answer")
	}
	x.about = ""
}

// asks is what measures of the survey ask, by id and title; of departments where they are pooled by these.
var asks = map[string]struct {
	question    string
	departments bool
}{"employee_satisfaction": {"work", false}, "Employee satisfaction (1 to 5)": {"work", false}, "department_satisfaction": {"work", true},
	"Employee satisfaction (1 to 5), department": {"work", true}, "finance_service": {"finance", false}, "Colleagues satisfied with Finance": {"finance", false}}

var (
	saidOfEmployees = regexp.MustCompile(`(Employee satisfaction \(1 to 5\)(?:, department)?|Colleagues satisfied with Finance): ([\d,]+) (?:/|of) ([\d,]+)`)
	valueIn         = regexp.MustCompile(`^≈?(?:\d\.\d+|\d+/\d+|\d+\.\d+ %|\d+ %)$`)
)

// unit takes in what stands together: sentences, or a row that names a measure of the survey or goes on with one.
func (x *snoop) unit(where string, cells, _ []string) {
	said := false
	for _, c := range cells {
		for _, m := range saidOfEmployees.FindAllStringSubmatch(c, -1) {
			said = true
			n, _ := strconv.Atoi(strings.ReplaceAll(m[3], ",", ""))
			sum, _ := strconv.Atoi(strings.ReplaceAll(m[2], ",", ""))
			if !x.match(m[1], "", n, func(r *result) bool { return r.sum == sum }) {
				x.wrong = append(x.wrong, fmt.Sprintf("%s tells of the survey what nobody can work out: %s", where, m[0]))
			}
		}
	}
	if !said {
		x.row(where, cells)
	}
}

func (x *snoop) row(where string, cells []string) {
	named, group := "", ""
	var values []string
	var counts []int
	for _, c := range cells {
		switch _, asked := asks[c]; {
		case asked:
			named = c
		case x.departments[c]:
			group = c
		case valueIn.MatchString(c):
			values = append(values, c)
		case wholeIn.MatchString(c) && c[0] != '0': // which begins an employee id
			n, _ := strconv.Atoi(strings.ReplaceAll(c, ",", ""))
			counts = append(counts, n)
		}
	}
	if named == "" && len(cells) > 0 && x.departments[cells[0]] {
		named = x.about // a report names a measure once for all of its rows
	}
	if x.about = named; named == "" || len(values) == 0 || len(counts) == 0 {
		return
	}
	for _, n := range counts {
		for _, v := range values {
			if x.match(named, group, n, func(r *result) bool { return near(r, v) }) {
				return
			}
		}
	}
	x.wrong = append(x.wrong, fmt.Sprintf("%s tells of the survey what nobody can work out: %s", where, strings.Join(cells, " | ")))
}

// near says whether a value, as it is printed, is a result's.
func near(r *result, text string) bool {
	text = strings.TrimPrefix(text, "≈")
	digits, unit := 0, 1.0
	if t, ok := strings.CutSuffix(text, " %"); ok {
		text, unit = t, 100
	}
	if _, after, ok := strings.Cut(text, "."); ok {
		digits = len(after)
	}
	v, ok := new(big.Rat).SetString(text)
	if !ok {
		return false
	}
	f, _ := v.Float64()
	return math.Abs(f-unit*float64(r.sum)/float64(len(r.answers))) < 0.5000001*math.Pow10(-digits)
}

// match takes in the first result that is like what was said of a measure.
func (x *snoop) match(measure, group string, n int, like func(*result) bool) bool {
	of := asks[measure]
	if !of.departments {
		group = wholeCompany
	}
	for _, r := range x.might[fmt.Sprint(of.question, n)] {
		if r.group == group && like(r) {
			x.told[r], x.said = true, x.said+1
			return true
		}
	}
	return false
}

// solve finds sets of fewer people than the floor about whose answers alone some sum of multiples of results says something, by
// linear algebra, over all that was told of a question, whatever group, days and month of publication.
func (x *snoop) solve() (found []string) {
	for _, question := range []string{"work", "finance"} {
		var rows []*result
		for r := range x.told {
			if r.question == question {
				rows = append(rows, r)
			}
		}
		slices.SortFunc(rows, func(a, b *result) int { return cmp.Compare(a.String(), b.String()) })
		blocks := x.blocks(rows)
		whole := rank(rows, blocks, nil)
		var search func(first int, some []block)
		search = func(first int, some []block) {
			if people := x.people(some); len(people) >= 8 {
				return
			} else if len(some) > 0 && rank(rows, blocks, some) < whole {
				found = append(found, fmt.Sprintf("%s: what %v answered, %d people", question, people, len(people)))
				return
			}
			for i := first; i < len(blocks); i++ {
				search(i+1, append(slices.Clone(some), blocks[i]))
			}
		}
		search(0, nil)
	}
	return found
}

// block are answers that stand in the same results.
type block struct {
	in      string // 1 for each result that they stand in, 0 for others
	answers []int
}

func (x *snoop) blocks(rows []*result) (out []block) {
	in := make([][]byte, len(x.heard))
	for i := range in {
		in[i] = bytes.Repeat([]byte{'0'}, len(rows))
	}
	for k, r := range rows {
		for _, a := range r.answers {
			in[a][k] = '1'
		}
	}
	for a := range in {
		if i := slices.IndexFunc(out, func(b block) bool { return b.in == string(in[a]) }); i >= 0 {
			out[i].answers = append(out[i].answers, a)
		} else if bytes.ContainsRune(in[a], '1') {
			out = append(out, block{string(in[a]), []int{a}})
		}
	}
	return out
}

func (x *snoop) people(some []block) (out []string) {
	for _, b := range some {
		for _, a := range b.answers {
			out = append(out, x.heard[a].who)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// rank is that of the results by their blocks, without some of these: where it is less without them, a sum of multiples of results
// is about them alone.
func rank(rows []*result, blocks, without []block) (done int) {
	var m [][]*big.Rat
	for k := range rows {
		var row []*big.Rat
		for _, b := range blocks {
			if !slices.ContainsFunc(without, func(w block) bool { return w.in == b.in }) {
				row = append(row, big.NewRat(int64(b.in[k]-'0'), 1))
			}
		}
		m = append(m, row)
	}
	for c := range blocks[:len(blocks)-len(without)] {
		p := slices.IndexFunc(m[done:], func(row []*big.Rat) bool { return row[c].Sign() != 0 })
		if p < 0 {
			continue
		}
		m[done], m[done+p] = m[done+p], m[done]
		for _, row := range m[done+1:] {
			by := new(big.Rat).Quo(row[c], m[done][c])
			for i := range row {
				row[i] = new(big.Rat).Sub(row[i], new(big.Rat).Mul(by, m[done][i]))
			}
		}
		if done++; done == len(m) {
			break
		}
	}
	return done
}
