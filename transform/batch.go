// Package transform turns assembled batches into statements: equal inputs, equal outputs. It reads no clock, no file
// and no environment; what it needs is in Inputs.
package transform

import (
	"io"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"

	"carrot/transform/comp"
)

// Batch is some rows of one raw file as columns of the contract, in the contract's order, with each record's position,
// so that a split can start anywhere that a record does. It lasts until the call that hands it out returns: its memory is
// used again.
type Batch struct {
	Rec  arrow.Record
	File uint32  // index into Inputs.Files
	Pos  []int64 // comp.Origin.Pos of each row
}

// Part is one archived file of one pull manifest. Its splits may be scanned in any order and by several goroutines;
// a split calls out in the file's order and returns what it found.
type Part struct {
	Seq    int
	Mode   comp.Mode
	Covers comp.Period
	File   uint32
	Splits []func(out func(Batch) error) []comp.Finding
}

// Inputs are everything that a run computes from.
type Inputs struct {
	Run         comp.RunFacts
	Settings    comp.Settings
	Mapping     comp.Mapping
	Contracts   []comp.Contract   // sorted by name
	Tables      map[string][]Part // by Contract.Name; parts sorted by (Seq, file name)
	Files       []comp.File
	Measures    []comp.Measure  // sorted by ID
	Plans       []comp.Plan     // sorted by ID, then effective date
	Detectors   []comp.Detector // sorted by ID
	Waivers     []comp.Waiver
	Adjustments []comp.Adjustment
	Ledger      []comp.LedgerEntry // every earlier posting
	Confided    []comp.Confided    // what earlier closes made known of anonymous answers
	Discreet    bool               // nothing more of them is made known
	Found       []comp.Finding     // what was found before anything is computed: files that are unfit, waivers and adjustments
	Workers     int                // goroutines for scanning; at least 1; any number gives the same outcome
	Spill       Spill              // where folds put what exceeds Memory; nil keeps everything in memory
	Memory      int64              // bytes that folds may hold before they spill; 0 means 16 MiB
	index       map[string]int     // of Measures by id; read by key only
	spills      *atomic.Int64      // how many scans have spilled deals or lineage: each names its files apart
	lean        bool               // a stage of true-ups: only sums are asked for, so neither lineage nor credits are kept
}

// Spill keeps temporary bytes outside of memory. Names are plain file names, each created once in a run. What is written
// is read back by the same run only; the implementation removes it afterwards. Safe for several goroutines.
type Spill interface {
	Create(name string) (io.WriteCloser, error)
	Open(name string) (Spilled, error) // after the writer was closed
}

// Spilled is a temporary file that is read.
type Spilled interface {
	io.ReadCloser
	io.ReaderAt
}
