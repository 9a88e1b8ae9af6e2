package jobs

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// Publish copies a run's outputs from the archive to where people fetch them, each created once and never overwritten:
// <period>/… for a close, <period>/<run>/… in the previews' own place for a preview. Files that are there with the same
// bytes are passed by; a file with other bytes is an error that names it. It gives the number of files.
func (h *House) Publish(ctx context.Context, ref archive.RunRef, m archive.Manifest) (int, error) {
	store, err := h.Published(m.Kind == comp.Preview)
	if err != nil {
		return 0, err
	}
	prefix := m.Period + "/"
	if m.Kind == comp.Preview {
		prefix += m.Run + "/"
	}
	done := 0
	h.tell("publishing", "", 0, len(m.Outputs))
	err = together(len(m.Outputs), func(i int) error {
		b, err := archive.Get(ctx, h.Archive, m.Outputs[i])
		if err != nil {
			return err
		}
		if err := store.Create(ctx, prefix+m.Outputs[i].Name, bytes.NewReader(b)); err != nil && !exists(err) {
			return fmt.Errorf("publishing %s of run %s: %w", m.Outputs[i].Name, m.Run, err)
		}
		return nil
	}, func(i int) {
		done++
		h.tell("publishing", m.Outputs[i].Name, done, len(m.Outputs))
	})
	if err != nil {
		return done, err
	}
	return len(m.Outputs), h.receipt(ctx, ref, "published", fmt.Sprintf("%d files", len(m.Outputs)), nil)
}

// Unpublished is the last posted pay period, where published files of it are missing: its close was killed, or stopped by
// an error, after it had posted. Run with that period and Publish finishes it.
func (h *House) Unpublished(ctx context.Context) (comp.Period, bool, error) {
	chain, err := h.Postings(ctx)
	if err != nil || len(chain) == 0 || chain[len(chain)-1].Run == (archive.RunRef{}) {
		return comp.Period{}, false, err
	}
	last := chain[len(chain)-1]
	m, err := archive.ReadRun(ctx, h.Archive, last.Run)
	if err != nil {
		return comp.Period{}, false, err
	}
	store, err := h.Published(false)
	if err != nil {
		return comp.Period{}, false, err
	}
	have := map[string]bool{}
	if err := store.List(ctx, last.Period+"/", func(key string, _ int64) error { have[key] = true; return nil }); err != nil {
		return comp.Period{}, false, err
	}
	for _, o := range m.Outputs {
		if !have[last.Period+"/"+o.Name] {
			p, err := comp.ParseMonth(last.Period)
			return p, true, err
		}
	}
	return comp.Period{}, false, nil
}

// writers is how many files are written at a time: a write waits for the disk, or for the cloud, far longer than it computes.
const writers = 16

// together does n independent things, several at a time, and calls after for each that succeeded, one at a time. The
// first error ends it: what has begun is finished, nothing new begins.
func together(n int, do func(i int) error, after func(i int)) error {
	var g errgroup.Group
	g.SetLimit(writers)
	var mu sync.Mutex
	var failed atomic.Bool
	for i := range n {
		g.Go(func() error {
			if failed.Load() {
				return nil
			}
			if err := do(i); err != nil {
				failed.Store(true)
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			after(i)
			return nil
		})
	}
	return g.Wait()
}
