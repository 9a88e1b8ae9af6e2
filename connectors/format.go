package connectors

import (
	"context"
	"io"

	"carrot/transform"
	"carrot/transform/comp"
)

// Kinds of Format.
const (
	CSV     = "csv"
	XLSX    = "xlsx"
	JSONL   = "jsonl"
	JSON    = "json"
	Parquet = "parquet"
)

// Format is how a table's files are written.
type Format struct {
	Kind    string // csv, xlsx, jsonl, json, parquet
	Pack    string // none (or ""), gzip, zip
	Member  string // zip only: a glob for the one member to read; "" where there is a single one
	Sheet   string // xlsx only: the sheet's name, hidden ones too; "" where there is a single one
	Dialect Dialect
}

// Dialect is how text is written: the whole of it for csv; nulls, marks, dates and booleans for the text cells of any
// format. The zero value of a field stands for DefaultDialect's, but for Quote, Escape, HeaderRows and Nulls, where empty
// has a meaning of its own: start from DefaultDialect.
type Dialect struct {
	Encoding   string   // utf-8, utf-16le, utf-16be, windows-1252, latin-1; a matching byte order mark is skipped
	Delimiter  string   // one or several characters
	RecordEnd  string   // "\n" (accepts "\r\n" as well), "\r\n", or any characters
	Quote      string   // one ASCII character; "" none
	Escape     string   // inside quotes: the quote itself (doubled) or one ASCII character such as \
	SkipRows   int      // physical lines (ends as in RecordEnd, quotes not looked at) before the header
	HeaderRows int      // 0: no header, columns are called #1, #2, …; 1 to 3: names are in the first
	Footer     []string // trailing records whose first cell starts with one of these, and blank ones among them, are cut from the end only
	OpenEnd    bool     // the last record may lack its record end; a file cut within its last cell is then not noticed
	Nulls      []string // cells that mean "no value"
	Decimal    string   // the mark before decimals: "." or ","
	Thousands  string   // the mark between groups of three digits; "" none
	Dates      string   // layout of date columns that declare none: tokens YYYY YY MM M DD D hh h mm ss AM Z
	True       []string
	False      []string
}

// DefaultDialect is what holds where nothing is declared: UTF-8, commas, double quotes, one header row, empty cells are
// null, plain digits with a point, ISO dates, true and false.
func DefaultDialect() Dialect {
	return Dialect{Encoding: "utf-8", Delimiter: ",", RecordEnd: "\n", Quote: `"`, Escape: `"`, HeaderRows: 1,
		Nulls: []string{""}, Decimal: ".", Dates: "YYYY-MM-DD", True: []string{"true"}, False: []string{"false"}}
}

// Input is one raw file with what is declared about it. Reads may come from several goroutines.
type Input struct {
	io.ReaderAt
	Size     int64  // bytes
	Name     string // as pulled, with forward slashes, relative to the source's folder
	Digest   string // sha256, in hex, of the raw bytes; "" where it is not archived
	File     uint32 // index into transform.Inputs.Files
	Format   Format
	Contract comp.Contract
}

// State is a source's own cursor: opaque text that one Pull returns and the next one is given. "" is the beginning.
type State string

// Source is the seam to a system. Only Pull touches the world; Splits and Decode are pure.
//
// Pull hands each raw export to put, unchanged and whole, in an order of its own; put copies it before it returns, and an
// error from put ends the pull with that error. Names are relative, use forward slashes and are unique within a pull. The
// returned State stands for everything that put accepted; with an error it is since, unchanged. Pull stops soon after ctx
// is cancelled, with ctx's error.
type Source interface {
	Pull(ctx context.Context, since State, put func(name string, raw io.Reader) error) (State, error)
	Splits(in Input, target int64) ([]Split, []comp.Finding)
	Decode(s Split, out func(transform.Batch) error) []comp.Finding
}
