package connectors

import (
	"errors"

	"carrot/transform"
	"carrot/transform/comp"
)

var errSoon = errors.New("connectors: not there yet")

// Split is a part of an Input that can be decoded on its own: a byte range cut at record starts, a sheet, or the whole.
type Split struct {
	in         Input
	start, end int64
}

// Splits checks container, header, footer and completeness, and cuts the file into parts of about target bytes.
func Splits(in Input, target int64) ([]Split, []comp.Finding) { return nil, nil }

// Decode turns a split into batches of about 8,000 rows, in the file's order. A wrong cell is a finding and its row is left out.
func Decode(s Split, out func(transform.Batch) error) []comp.Finding { return nil }

// Record is one source row.
type Record struct {
	Raw    []byte
	Line   int
	Fields []string
	Header []string
}

// RecordAt is the source row at a position.
func RecordAt(in Input, pos int64) (Record, error) { return Record{}, errSoon }

// LineOf is the line of a position.
func LineOf(in Input, pos int64) (int, error) { return 0, errSoon }

// Proposal is what Propose found.
type Proposal struct {
	Format  Format
	Columns []comp.Column
	Reasons []string
	YAML    string
}

// Propose sniffs a file.
func Propose(in Input) (Proposal, error) { return Proposal{}, errSoon }

// ChildMain runs the decoding child where this process is one.
func ChildMain() (handled bool) { return false }
