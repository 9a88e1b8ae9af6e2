package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"carrot/transform/comp"
)

// The columns of the two archived inputs that people write by hand.
const (
	waiverHeader     = "finding,reason,by,until"
	adjustmentHeader = "id,employee_id,period,amount,currency,reason,evidence,by"
)

// ParseWaivers reads waivers.csv: the header finding,reason,by,until and one row per finding that somebody settled. A
// wrong row is left out and becomes a finding that holds nothing by itself: what the row would have settled still holds.
func ParseWaivers(name string, b []byte) ([]comp.Waiver, []comp.Finding) {
	t := newSheet(name, b, "waivers", "bad_waiver", comp.ReachNone)
	var out []comp.Waiver
	seen := map[string]bool{}
	t.rows(waiverHeader, func(r row) {
		w := comp.Waiver{Finding: r.cell("finding"), Reason: r.text("reason"), By: r.text("by"), Origin: r.origin()}
		switch {
		case !findingID.MatchString(w.Finding):
			r.wrong("finding", "a finding's id was expected, F- and 12 letters or digits", "copy it from the Findings sheet")
		case seen[w.Finding]:
			r.wrong("finding", "the finding is waived a second time", "remove one of the rows")
		}
		seen[w.Finding] = true
		until, err := comp.ParseDate(r.cell("until"))
		if w.Until = until; err != nil {
			r.wrong("until", "a day was expected, the last on which the waiver applies", "write YYYY-MM-DD")
		}
		if r.sound() {
			out = append(out, w)
		}
	})
	return out, t.findings
}

// ParseAdjustments reads adjustments.csv: the header id,employee_id,period,amount,currency,reason,evidence,by and one row
// per sum that somebody decided on. Any mistake in it reaches the run: money that was decided on is never left out.
func ParseAdjustments(name string, b []byte) ([]comp.Adjustment, []comp.Finding) {
	t := newSheet(name, b, "adjustments", "bad_adjustment", comp.ReachRun)
	var out []comp.Adjustment
	seen := map[string]bool{}
	t.rows(adjustmentHeader, func(r row) {
		a := comp.Adjustment{ID: r.text("id"), Payee: r.text("employee_id"), Period: r.cell("period"), Reason: r.text("reason"),
			Evidence: r.text("evidence"), By: r.text("by"), Origin: r.origin()}
		if seen[a.ID] && a.ID != "" {
			r.wrong("id", "the id stands in an earlier row", "give each adjustment an id of its own")
		}
		seen[a.ID] = true
		if _, err := comp.ParseMonth(a.Period); err != nil {
			r.wrong("period", "a pay period was expected", "write YYYY-MM")
		}
		a.Amount = r.money()
		if r.sound() {
			out = append(out, a)
		}
	})
	return out, t.findings
}

var findingID = regexp.MustCompile(`^F-[A-Z2-7]{12}$`)

// money is the row's amount in its currency.
func (r row) money() comp.Money {
	cur := comp.Currency(r.cell("currency"))
	if _, ok := cur.Digits(); !ok {
		r.wrong("currency", "a currency of ISO 4217 was expected", "write a code such as EUR")
		return comp.Money{}
	}
	m, err := comp.ParseMoney(r.cell("amount"), cur)
	switch {
	case err != nil:
		r.wrong("amount", "an amount in "+string(cur)+" was expected, in plain digits with a point", "write one such as "+comp.Money{Minor: 12050, Currency: cur}.Decimal())
	case m.Minor == 0:
		r.wrong("amount", "an amount other than 0 was expected", "remove the row or write the amount")
	}
	return m
}

// sheet reads one strict csv file: UTF-8, commas, double quotes, an exact header, every cell without blanks around it.
type sheet struct {
	name, role, code string
	reach            comp.Reach
	bytes            []byte
	digest           string
	lines            []int // byte offset of each line
	findings         []comp.Finding
}

func newSheet(name string, b []byte, role, code string, reach comp.Reach) *sheet {
	sum := sha256.Sum256(b)
	t := &sheet{name: name, role: role, code: code, reach: reach, bytes: b, digest: hex.EncodeToString(sum[:]), lines: []int{0}}
	for i, c := range b {
		if c == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

// row is one record. wrong marks it unsound.
type row struct {
	*sheet
	header []string
	cells  []string
	at     []int // byte offset of each cell
	found  int   // findings before this row
}

func (r row) sound() bool { return len(r.findings) == r.found }

func (r row) index(column string) int {
	for i, h := range r.header {
		if h == column {
			return i
		}
	}
	return -1
}

func (r row) cell(column string) string { return r.cells[r.index(column)] }

// text is a cell that must not be empty.
func (r row) text(column string) string {
	s := r.cell(column)
	switch {
	case strings.TrimSpace(s) == "":
		r.wrong(column, "a text was expected", "write one")
	case strings.TrimSpace(s) != s:
		r.wrong(column, "a text without blanks around it was expected", "remove the blanks")
	}
	return s
}

func (r row) origin() comp.Origin {
	return comp.Origin{File: r.digest, Name: r.name, Pos: int64(r.at[0])}
}

func (r row) wrong(column, message, hint string) {
	i := r.index(column)
	f := r.finding(r.at[i], message, hint)
	f.Key, f.Column, f.Text, f.Origin = r.cells[0], column, r.cells[i], r.origin()
	f.Message = strconv.Quote(short(r.cells[i])) + ": " + message
	r.findings = append(r.findings, f)
}

// finding is one at a byte offset.
func (t *sheet) finding(at int, message, hint string) comp.Finding {
	line := len(t.lines)
	for line > 1 && t.lines[line-1] > at {
		line--
	}
	start := t.lines[line-1]
	text := bytes.TrimPrefix(t.bytes[start:min(at, len(t.bytes))], []byte(mark))
	return comp.Finding{Code: t.code, Reach: t.reach, Table: t.role, Message: message, Hint: hint,
		Origin: comp.Origin{File: t.digest, Name: t.name, Pos: int64(start)}, Line: line, Col: utf8.RuneCount(text) + 1}
}

// mark is the byte order mark that spreadsheets write before UTF-8.
const mark = "\xef\xbb\xbf"

// rows calls each for every record after the header. Records with another number of cells become findings.
func (t *sheet) rows(header string, each func(row)) {
	want := strings.Split(header, ",")
	if !utf8.Valid(t.bytes) || len(t.bytes) > maxFileBytes {
		t.findings = append(t.findings, t.finding(0, "a csv file in UTF-8 of at most 4 MiB was expected", "save it as CSV UTF-8"))
		return
	}
	skip := 0
	if bytes.HasPrefix(t.bytes, []byte(mark)) {
		skip = len(mark)
	}
	c := csv.NewReader(bytes.NewReader(t.bytes[skip:]))
	c.FieldsPerRecord = -1
	for first := true; ; first = false {
		cells, err := c.Read()
		switch {
		case errors.Is(err, io.EOF) && first:
			t.findings = append(t.findings, t.finding(0, "the file is empty, a header was expected", "write the line "+header))
			return
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			t.broken(err)
			if first {
				return
			}
			continue
		}
		r := row{sheet: t, header: want, cells: cells, found: len(t.findings)}
		for i := range cells {
			line, col := c.FieldPos(i)
			at := t.lines[line-1] + col - 1
			if line == 1 {
				at += skip
			}
			r.at = append(r.at, at)
		}
		switch {
		case first && strings.Join(cells, ",") != header:
			t.findings = append(t.findings, t.finding(0, strconv.Quote(short(strings.Join(cells, ",")))+": the header "+header+" was expected", "write it as the first line"))
			return
		case first:
		case len(cells) != len(want):
			f := t.finding(r.at[0], strconv.Itoa(len(cells))+" cells, "+strconv.Itoa(len(want))+" were expected", "put a text that holds a comma in double quotes")
			f.Key, f.Text = cells[0], short(strings.Join(cells, ","))
			t.findings = append(t.findings, f)
		default:
			each(r)
		}
	}
}

// broken reports a record that is no csv, at the quote; where a quote stays open to the file's end, at the record.
func (t *sheet) broken(err error) {
	at := 0
	var p *csv.ParseError
	if errors.As(err, &p) && p.StartLine-1 < len(t.lines) {
		at = t.lines[p.StartLine-1]
		if quote := at + p.Column - 1; p.Line == p.StartLine && quote < len(t.bytes) {
			at = quote
		}
	}
	f := t.finding(min(at, len(t.bytes)), "quotes that do not pair", `put the cell in double quotes and double those within it`)
	if p != nil && p.StartLine-1 < len(t.lines) {
		start := t.lines[p.StartLine-1]
		line, _, _ := bytes.Cut(t.bytes[start:], []byte("\n"))
		f.Text = short(strings.TrimRight(string(line), "\r"))
	}
	t.findings = append(t.findings, f)
}
