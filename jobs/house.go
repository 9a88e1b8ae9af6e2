// Package jobs knows the order of one run and nothing of any vendor or file format: it brings exports in, computes from
// what the archive holds, archives what came out, posts a close and publishes; it derives a run again from the archive
// alone, and leads from a cent to its source rows.
//
// What a run reads is archived before anything parses it, and what refers to something is written after it. So a run that
// is killed anywhere and started again ends with the same bytes.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"time"

	"carrot/config"
	"carrot/connectors"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// House is one company at work: its config, its stores and what the caller lends.
type House struct {
	Config    *config.Config
	Main      string                                    // the config file's name among Config.Files
	Files     fs.FS                                     // the config file's folder
	Folder    func(name string) (fs.FS, error)          // a source's folder, as the config names it
	Sources   map[string]connectors.Source              // connectors by kind, but for "files"
	Archive   archive.Store                             // everything that is kept
	Published func(preview bool) (archive.Store, error) // keys <period>/… (previews: <period>/<run>/…)
	Program   archive.Program                           // what computes
	Who       string                                    // who runs it, for receipts
	Where     string                                    // where, for receipts
	Now       func() time.Time                          // for receipts only
	Temp      string                                    // folder for private temporary files; "" the system's
	Progress  func(Step)                                // may be nil

	// What only tests set; the zero values are the program as it ships.
	Compute   Calculation // nil is transform.Compute
	SplitSize int64       // bytes that one goroutine decodes at a time; 0 is 4 MiB. Any size gives the same outcome
}

// Calculation derives a result from the inputs of a run and of the posted close before it, nil where there is none.
type Calculation func(now transform.Inputs, prev *transform.Inputs) (*comp.Result, *transform.Lineage, error)

// Step says how far a job is.
type Step struct {
	Stage       string // pulling, reading, computing, rendering, publishing, replaying
	What        string // the thing at hand, such as a table or a file
	Done, Total int64  // Total is 0 where it is not known
}

func (h *House) tell(stage, what string, done, total int) {
	if h.Progress != nil {
		h.Progress(Step{stage, what, int64(done), int64(total)})
	}
}

// Refusal is an error of what was asked or configured: nothing ran.
type Refusal struct{ Text string }

// Error is what is wrong and what to type next.
func (r *Refusal) Error() string { return r.Text }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// receipt writes down who did what, once for an event of a run: a run that was killed before its receipt gets it when it
// is finished. A receipt that cannot be written is an error: the archive is what auditors read.
func (h *House) receipt(ctx context.Context, ref archive.RunRef, event, note string, posting *archive.Posting) error {
	have, err := archive.Receipts(ctx, h.Archive, ref.Run)
	if err != nil {
		return err
	}
	for _, r := range have {
		if r.Event == event && r.Run == ref {
			return nil
		}
	}
	r := archive.Receipt{Run: ref, Event: event, Who: h.Who, When: h.Now(), Where: h.Where, Note: note}
	if posting != nil {
		r.Posting, r.PostedAs = posting.Period, posting.Digest
	}
	_, err = archive.WriteReceipt(ctx, h.Archive, r)
	return err
}

// Postings are the chain of posted pay periods, the first one first.
func (h *House) Postings(ctx context.Context) ([]archive.Posting, error) {
	return archive.PostingChain(ctx, h.Archive)
}

// Open is the first pay period that is not posted.
func (h *House) Open(ctx context.Context) (comp.Period, error) {
	chain, err := h.Postings(ctx)
	if err != nil {
		return comp.Period{}, err
	}
	return openAfter(h.Config.Settings.First, chain)
}

func openAfter(first comp.Date, chain []archive.Posting) (comp.Period, error) {
	if len(chain) == 0 {
		return comp.Month(first), nil
	}
	last, err := comp.ParseMonth(chain[len(chain)-1].Period)
	return comp.Month(last.End), err
}

// workers is how many goroutines scan; any number gives the same outcome.
func workers() int { return max(1, runtime.GOMAXPROCS(0)) }

// exists says whether an error is only that the same bytes are there already.
func exists(err error) bool {
	var other *archive.Conflict
	return errors.Is(err, fs.ErrExist) && !errors.As(err, &other)
}
