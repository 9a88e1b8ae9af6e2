package connectors

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"carrot/transform/comp"
)

// label is a column's name in a file and where it stands.
type label struct {
	text      string // trimmed
	full      string // "question / choice" where there are several header rows; "" elsewhere
	line, col int
}

// names are what a person can write into from:, in the file's order.
func names(labels []label) []string {
	out := make([]string, len(labels))
	for i, l := range labels {
		out[i] = or(l.text, l.full)
	}
	return out
}

// trimLabel drops blanks and a byte order mark around a label.
func trimLabel(b []byte) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(string(b)), "\uFEFF"))
}

// numbered are the names of columns without a header.
func numbered(n int) []label {
	labels := make([]label, n)
	for i := range labels {
		labels[i] = label{text: "#" + strconv.Itoa(i+1), line: 1, col: 1}
	}
	return labels
}

// joinHeaders gives labels their full names from further header rows: the first row's text, filled to the right over
// blanks, then the others'.
func joinHeaders(labels []label, further [][]string) []label {
	over := ""
	for i := range labels {
		if labels[i].text != "" {
			over = labels[i].text
		}
		parts := []string{over}
		for _, row := range further {
			if i < len(row) && row[i] != "" {
				parts = append(parts, row[i])
			}
		}
		labels[i].full = strings.Join(parts, " / ")
	}
	return labels
}

// place is the line, counted from 0, and the column, in characters from 1, of offset off in text.
func place(text []byte, off int, newline byte) (line, col int) {
	line = bytes.Count(text[:off], []byte{newline})
	start := bytes.LastIndexByte(text[:off], newline) + 1
	return line, utf8.RuneCount(text[start:off]) + 1
}

// matchColumns finds every column of the contract by name; the position in the file never matters. What is missing or
// there twice stops the source.
func matchColumns(in Input, labels []label, pos int64) ([]int, []comp.Finding) {
	cols := make([]int, len(in.Contract.Columns))
	var findings []comp.Finding
	for i, c := range in.Contract.Columns {
		from := strings.TrimSpace(or(c.From, c.Name))
		found := find(labels, from)
		switch len(found) {
		case 1:
			cols[i] = found[0]
		case 0:
			f := missingColumn(in, labels, c.Name, from)
			f.Origin.Pos = pos
			findings = append(findings, f)
		default:
			l := labels[found[1]]
			hint := "rename one of them in the export"
			if l.full != "" && l.full != labels[found[0]].full {
				hint = fmt.Sprintf("write `from: %s` or `from: %s`", strconv.Quote(labels[found[0]].full), strconv.Quote(l.full))
			}
			f := in.stop(&fault{"duplicate_column", fmt.Sprintf("the header has %s %d times, first as column %d and again as column %d, expected once",
				shown(from), len(found), found[0]+1, found[1]+1), hint}, pos, l.line, l.col)
			f.Column = c.Name
			findings = append(findings, f)
		}
	}
	return cols, findings
}

func find(labels []label, from string) (found []int) {
	for i, l := range labels {
		if l.text == from && from != "" {
			found = append(found, i)
		}
	}
	if len(found) > 0 {
		return found
	}
	for i, l := range labels {
		if l.full == from && from != "" {
			found = append(found, i)
		}
	}
	return found
}

func missingColumn(in Input, labels []label, name, from string) comp.Finding {
	near := nearest(labels, from)
	f := comp.Finding{Code: "missing_column", Reach: comp.ReachSource, Table: in.Contract.Name(), Column: name, Text: from, Origin: in.origin(0), Line: 1, Col: 1}
	if len(labels) > 0 {
		f.Line, f.Col = labels[0].line, labels[0].col
	}
	if near < 0 {
		f.Message = fmt.Sprintf("the header has no %s; it has %s", shown(from), listed(names(labels)))
		f.Hint = fmt.Sprintf("correct `from:` of column %s, or export the file again with %s", name, shown(from))
		return f
	}
	l := labels[near]
	f.Line, f.Col = l.line, l.col
	f.Message = fmt.Sprintf("the header has no %s; nearest is %s in column %d", shown(from), shown(or(l.text, l.full)), near+1)
	f.Hint = fmt.Sprintf("write `from: %s` for column %s if that is meant, or export the file again with %s", strconv.Quote(or(l.text, l.full)), name, shown(from))
	return f
}

// nearest is the label most like from; -1 where none is like it.
func nearest(labels []label, from string) int {
	want, best, at := fold(from), 1<<30, -1
	length := len([]rune(want))
	allowed := max(min(2, length/2), length/3)
	for i, l := range labels {
		for _, text := range []string{l.text, l.full} {
			have := fold(text)
			if have == "" {
				continue
			}
			d := 4 * distance(want, have)
			if want != "" && (strings.Contains(have, want) || strings.Contains(want, have)) && min(len(have), len(want)) >= 3 {
				d = min(d, 5)
			}
			if d < best && d <= 4*allowed {
				best, at = d, i
			}
		}
	}
	return at
}

// fold keeps letters and digits, in lower case.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// distance is the number of characters to insert, drop or replace on the way from a to b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		left := row[0]
		row[0] = i + 1
		for j := range y {
			cost := left
			if x[i] != y[j] {
				cost++
			}
			left = row[j+1]
			row[j+1] = min(cost, row[j]+1, left+1)
		}
	}
	return row[len(y)]
}
