package comp

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"sort"
	"strings"
)

// Origin is where a fact was read: a raw file and a record's position in it.
type Origin struct {
	File string // sha256, in hex, of the raw bytes; "" where the fact did not come from a file
	Name string // the file's name as pulled, with forward slashes, relative to the source's folder
	Pos  int64  // byte offset of the record after decompression and transcoding to UTF-8; row number (1-based) in a sheet; row index in Parquet
}

// Reach is how far a finding holds pay. Everybody whom it does not reach is paid on time.
type Reach uint8

// The reaches, from the narrowest.
const (
	ReachNone    Reach = iota // shown, holds nothing
	ReachRow                  // the row is held: it enters no measure until somebody settles it
	ReachPayee                // the payee is held, whole
	ReachMeasure              // everyone whom the shared measure enters is held
	ReachSource               // the run stops: a source is unfit
	ReachRun                  // the run stops
)

// Reaches are the words that reports use, by value.
var Reaches = [...]string{"nothing", "row", "payee", "measure", "source", "run"}

// String is the word that reports use.
func (r Reach) String() string { return Reaches[r] }

// Finding is a problem that a person must settle. Its fields are complete enough to print
// "file:line:column: what stands there, what was expected, what to type next".
type Finding struct {
	Code    string // stable, lower case with underscores, such as unknown_owner
	Reach   Reach
	Table   string // source.table, or the config file's role
	Key     string // the row's key, "" where it has none
	Column  string // the column's name in the contract
	Text    string // what stands there, as written
	Message string // what is wrong and what was expected, one sentence without a final point
	Hint    string // the next thing to type or do
	Payee   string // the payee whom it reaches, where known
	Measure string // the measure that it reaches, where it has ReachMeasure
	Origin  Origin
	Line    int    // line of the record in the raw file (sheet row), counted only when something is printed; 0 unknown
	Col     int    // column within that line, 1-based, in characters; 0 unknown
	Label   string // what a person would call the row, such as account and deal name; "" for sealed tables
	Amount  string // the row's amount as exact text with currency, where known
	Count   int    // how many rows this stands for; 0 means 1
	Waived  string // the waiver's reason and person, where one applies: the finding then holds nothing
}

// ID names the finding in waivers.csv. It does not depend on file, position or run, so that the same problem keeps its
// name tomorrow: "F-" and 12 characters of a digest of code, table, key, column, text and payee. What reaches a whole file
// is about those very bytes: a waiver for one damaged export never covers the next one.
func (f Finding) ID() string {
	parts := []string{f.Code, f.Table, f.Key, f.Column, f.Text, f.Payee, f.Measure}
	if f.Reach >= ReachSource && f.Origin.File != "" {
		parts = append(parts, f.Origin.File)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return "F-" + base32.StdEncoding.EncodeToString(sum[:])[:12]
}

// Holds says whether the finding still holds something.
func (f Finding) Holds() bool { return f.Waived == "" && f.Reach > ReachNone }

// Where is "name:line:column" as far as it is known.
func (f Finding) Where() string {
	w := f.Origin.Name
	if f.Line > 0 {
		w += fmt.Sprintf(":%d", f.Line)
		if f.Col > 0 {
			w += fmt.Sprintf(":%d", f.Col)
		}
	}
	return w
}

// String is the finding as one line of text with its hint.
func (f Finding) String() string {
	var b strings.Builder
	if w := f.Where(); w != "" {
		b.WriteString(w + ": ")
	}
	if f.Column != "" {
		b.WriteString(f.Column + ": ")
	}
	b.WriteString(f.Message)
	if f.Hint != "" {
		b.WriteString("; " + f.Hint)
	}
	return b.String() + " [" + f.Code + "]"
}

// SortFindings orders by code, table, key, column, text, payee, file and position: the same list in any run.
func SortFindings(fs []Finding) {
	less := func(a, b Finding) int {
		for _, p := range [][2]string{{a.Code, b.Code}, {a.Table, b.Table}, {a.Key, b.Key}, {a.Column, b.Column}, {a.Text, b.Text},
			{a.Payee, b.Payee}, {a.Measure, b.Measure}, {a.Origin.Name, b.Origin.Name}, {a.Origin.File, b.Origin.File}} {
			if c := strings.Compare(p[0], p[1]); c != 0 {
				return c
			}
		}
		return int(max(-1, min(1, a.Origin.Pos-b.Origin.Pos)))
	}
	sort.SliceStable(fs, func(i, j int) bool { return less(fs[i], fs[j]) < 0 })
}
