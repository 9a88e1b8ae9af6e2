package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/xuri/excelize/v2"

	"carrot/config"
)

// scores reads whatever was printed and finds the scores of surveys that stand there without their n. It knows the names of all
// measures of what people answered, and from the scorecards what these came to.
type scores struct {
	named map[string]bool            // titles and ids
	plain map[string]bool            // titles of all other measures
	came  map[string]map[string]bool // a score as it is printed, with each n that it may stand for
	text  *regexp.Regexp             // a sentence that states a score: its measure, a colon, a number
	seen  int                        // scores that were found, with n or without
	wrong []string
	each  func(where string, cells, block []string) // where there is one, it reads what stands together instead
}

// answered is what such measures are about that state what people answered.
var answered = []string{"satisfaction", "employees", "brand"}

func newScores(t *testing.T, company string) *scores {
	t.Helper()
	cfg, wrong := config.Load(os.DirFS(company), "carrot.yaml", os.LookupEnv)
	for _, m := range wrong {
		t.Fatal(m)
	}
	s := &scores{named: map[string]bool{}, plain: map[string]bool{}, came: map[string]map[string]bool{}}
	digits, shares := map[string]int{}, map[string]bool{}
	var titles []string
	for _, m := range cfg.Measures {
		if m.Survey == "" && !slices.Contains(answered, m.About) {
			s.plain[m.Title] = true
			continue
		}
		s.named[m.ID], s.named[m.Title] = true, true
		digits[m.ID], shares[m.ID] = m.Digits, m.Unit == "share"
		titles = append(titles, regexp.QuoteMeta(m.Title))
	}
	if len(titles) < 20 {
		t.Fatalf("%d measures of what people answered: too few", len(titles))
	}
	s.text = regexp.MustCompile(`(?:` + strings.Join(titles, "|") + `)(?:, [^:;]*)?: (?:≈ ?)?-?[\d,]+(?:\.\d+)?`)
	var others []map[string]string
	for _, name := range glob(t, company, "published/*/audit/tables/scorecards.csv") {
		for _, r := range records(t, name) {
			if !s.named[r["measure"]] && r["value"] != "" {
				others = append(others, r)
			} else if r["value"] != "" {
				s.knows(t, r["value"], r["n"], shares[r["measure"]], digits[r["measure"]])
			}
		}
	}
	for _, r := range others { // other measures that came to the same
		for _, f := range printedAs(t, r["value"], r["unit"] == "share", 2) {
			if s.came[f] != nil {
				s.came[f][r["n"]], s.came[f][grouped(r["n"])] = true, true
			}
		}
	}
	if len(s.came) < 100 {
		t.Fatalf("%d ways to print a score: too few", len(s.came))
	}
	return s
}

func glob(t *testing.T, company, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(company, filepath.FromSlash(pattern)))
	if err != nil || len(names) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	return names
}

// knows takes in how a score is printed, with its n.
func (s *scores) knows(t *testing.T, value, n string, share bool, digits int) {
	t.Helper()
	for _, f := range printedAs(t, value, share, digits) {
		if s.came[f] == nil {
			s.came[f] = map[string]bool{}
		}
		s.came[f][grouped(n)], s.came[f][n] = true, true
	}
}

// printedAs are the ways to print a score. What has fewer than four digits may be any other number too, and is left to the names.
func printedAs(t *testing.T, value string, share bool, digits int) (out []string) {
	t.Helper()
	v := number(t, value)
	forms := []string{value, v.FloatString(6), v.FloatString(digits)}
	if share {
		percent := new(big.Rat).Mul(v, big.NewRat(100, 1))
		forms = append(forms, percent.FloatString(2)+" %", percent.FloatString(4)+" %", percent.FloatString(digits)+" %")
	}
	for _, f := range forms {
		least := 4
		if strings.Contains(f, "/") {
			least = 5 // shorter ones are days
		}
		if len(strings.Trim(notDigit.ReplaceAllString(f, ""), "0")) >= least {
			out = append(out, f)
		}
	}
	return out
}

var notDigit = regexp.MustCompile(`\D`)

// grouped is a whole number with commas.
func grouped(n string) string {
	for i := len(n) - 3; i > 0; i -= 3 {
		n = n[:i] + "," + n[i:]
	}
	return n
}

var (
	figureIn  = regexp.MustCompile(`-?\d[\d,]*(?:\.\d+)?(?:/\d+)?(?: %)?`)
	countIn   = regexp.MustCompile(`(?: of | / |n = |n=|"n":)(\d[\d,]*)`)
	countSaid = regexp.MustCompile(`: [\d,]+\.?$`)
	moneySaid = regexp.MustCompile(`: -?[\d.,]+ [A-Z]{3}\b`)
	wholeIn   = regexp.MustCompile(`^\d[\d,]*$`)
	madeOf    = regexp.MustCompile(`(?:[Ff]actor|pays|pay|×|Rate:)(?: ≈)? ?-?[\d.,]+ %|Factor: .*|≈?-?[\d.,]+ % of the target|(?:≈ ?)?-?[\d.,]+(?: %)? to (?:≈ ?)?-?[\d.,]+(?: %)?`) // what a score is turned into, and intervals
	numberIn  = regexp.MustCompile(`^≈?-?\d[\d,]*(?:\.\d+)?(?: %)?$`)
)

// toldCounts are the n's that a unit tells: a cell that is a whole number, "36 of 38", "/ 38" and "n = 38".
func toldCounts(cells []string) map[string]bool {
	out := map[string]bool{}
	for _, c := range cells {
		if wholeIn.MatchString(c) {
			out[c] = true
		}
		for _, m := range countIn.FindAllStringSubmatch(c, -1) {
			out[m[1]] = true
		}
	}
	return out
}

// unit reads what stands together: a row's cells, a sentence, an object. The block are sentences before it of the same working,
// in which a score may have been told with its n already.
func (s *scores) unit(where string, cells, block []string) {
	if s.each != nil {
		s.each(where, cells, block)
		return
	}
	have := toldCounts(cells)
	missing := func(what string) {
		s.wrong = append(s.wrong, fmt.Sprintf("%s: %s without its n: %s", where, what, strings.Join(cells, " | ")))
	}
	for i, c := range cells {
		if s.named[c] && slices.ContainsFunc(cells[i+1:], func(x string) bool { return numberIn.MatchString(x) && !wholeIn.MatchString(x) }) {
			if s.seen++; !slices.ContainsFunc(cells[i+1:], wholeIn.MatchString) && len(have) == 0 {
				missing(c)
			}
		}
		for _, m := range s.text.FindAllStringIndex(c, -1) {
			rest, _, _ := strings.Cut(c[m[0]:], "; ")
			if countSaid.MatchString(rest) || moneySaid.MatchString(rest) {
				continue // a count is its own n, and pay is no score
			}
			if s.seen++; len(toldCounts([]string{rest})) == 0 {
				missing(rest)
			}
		}
		if s.plain[cells[0]] {
			continue // what it came to may be what a survey came to as well
		}
		for _, f := range figureIn.FindAllString(madeOf.ReplaceAllString(c, ""), -1) {
			ns, known := s.came[f]
			if !known {
				continue
			}
			s.seen++
			told := func(have map[string]bool) bool {
				for n := range have { // any of them
					if ns[n] {
						return true
					}
				}
				return false
			}
			if !told(have) && !slices.ContainsFunc(block, func(b string) bool { return strings.Contains(b, f) && told(toldCounts([]string{b})) }) {
				missing(f)
			}
		}
	}
}

// rows reads a table: each row is a unit.
func (s *scores) rows(where string, rows [][]string) {
	for i, r := range rows {
		s.unit(fmt.Sprintf("%s, row %d", where, i+1), r, nil)
	}
}

var (
	gap     = regexp.MustCompile(` {2,}| (?:\d\d %: )`) // the interval's level can stand close to n
	pageEnd = regexp.MustCompile(`\n+Run [A-Z2-7]{26} [^\n]*\n\f[^\n]*\n+ *NOT APPROVED *\n+`)
	stepped = regexp.MustCompile(`^\s*(\d+)\.\s+\D`)
)

// lines reads text: what was laid out in columns is a row, numbered or indented sentences are a working.
func (s *scores) lines(where, text string) {
	var block []string
	var last string // the sentence that is not at its end
	flush := func() {
		if last != "" {
			s.unit(where, []string{last}, block)
			block, last = append(block, last), ""
		}
	}
	for _, line := range strings.Split(text, "\n") {
		m := stepped.FindStringSubmatch(line)
		switch {
		case m != nil:
			if flush(); m[1] == "1" {
				block = nil
			}
			last = strings.TrimSpace(line)
		case last != "" && strings.HasPrefix(line, "    ") && !strings.Contains(strings.TrimSpace(line), "   "):
			last += " " + strings.TrimSpace(line)
		case strings.TrimSpace(line) == "":
			flush()
		default:
			flush()
			if !strings.HasPrefix(line, " ") {
				block = nil
			}
			cells := gap.Split(strings.TrimSpace(line), -1)
			s.unit(where, cells, block)
			block = append(block, line)
		}
	}
	flush()
}

// object reads JSON: the fields of an object stand together, and so do the sentences of a list.
func (s *scores) object(where string, x any) {
	switch x := x.(type) {
	case map[string]any:
		var cells []string
		for _, k := range slices.Sorted(maps.Keys(x)) {
			if k == "factor" || k == "weight" {
				continue // what a score is turned into
			}
			switch v := x[k].(type) {
			case string:
				cells = append(cells, v)
			case json.Number:
				cells = append(cells, v.String())
			default:
				s.object(where+"."+k, v)
			}
		}
		s.unit(where, cells, nil)
	case []any:
		var block []string
		for _, e := range x {
			if text, ok := e.(string); ok {
				s.unit(where, []string{text}, block)
				block = append(block, text)
				continue
			}
			s.object(where, e)
		}
	}
}

// file reads a published file of any kind, and says which kind that was.
func (s *scores) file(t *testing.T, pdftotext, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	where, kind := filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name), filepath.Ext(name)
	switch kind {
	case ".csv":
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		s.rows(where, rows)
	case ".xlsx":
		f, err := excelize.OpenReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			s.rows(where+" "+sheet, rows)
		}
	case ".parquet":
		s.rows(where, parquetRows(t, b))
	case ".pdf":
		text, err := exec.Command(pdftotext, "-layout", "-enc", "UTF-8", name, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		s.lines(where, pageEnd.ReplaceAllString(string(text), "\n"))
	default:
		s.lines(where, string(b))
	}
	return kind
}

// parquetTable is a Parquet file, read whole.
func parquetTable(t *testing.T, b []byte) arrow.Table {
	t.Helper()
	p, err := file.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r, err := pqarrow.NewFileReader(p, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := r.ReadTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// parquetRows are the cells of a table as text, without the nulls.
func parquetRows(t *testing.T, b []byte) [][]string {
	t.Helper()
	table := parquetTable(t, b)
	rows := make([][]string, table.NumRows())
	for c := range int(table.NumCols()) {
		at := 0
		for _, chunk := range table.Column(c).Data().Chunks() {
			for i := range chunk.Len() {
				if !chunk.IsNull(i) {
					rows[at] = append(rows[at], chunk.ValueStr(i))
				}
				at++
			}
		}
	}
	return rows
}
