package jobs

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// TestFiveNights runs five real nights and a real close: pull, compute, archive, render, post, publish.
func TestFiveNights(t *testing.T) {
	h := newTiny(t)
	h.write(t, "exports/2026-01-20/deals.csv", header+"D1,Adler,ada,Won,1000.00,EUR,2026-01-10\n")
	dir := t.TempDir()
	folder := func(name string) *archive.Dir {
		d, err := archive.NewDir(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	}
	kept, published, previews := folder("archive"), folder("published"), folder("previews")
	clock := clockwork.NewFakeClockAt(time.Date(2026, 1, 30, 12, 0, 0, 0, time.UTC))
	h.Archive, h.Now = kept, clock.Now
	h.Published = func(preview bool) (archive.Store, error) {
		if preview {
			return previews, nil
		}
		return published, nil
	}
	berlin, err := comp.Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	s := &Scheduler{Schedule: h.Config.Schedule, First: h.Config.Settings.First, Store: kept, Clock: clock, Who: "test", Where: "here",
		Do: func(ctx context.Context, slot Slot) error {
			out, err := h.RunSlot(ctx, slot, comp.DateIn(clock.Now().Unix(), berlin))
			told = append(told, fmt.Sprintf("%s of %s: %d people, %v", slot.ID(), slot.Period.Name(), out.Summary.People, out.Summary.Paid))
			return err
		},
		Tell: func(e Event) {
			if e.Err != nil {
				t.Errorf("%s %s: %v", e.Slot.ID(), e.What, e.Err)
			}
		}}
	for clock.Now().Before(time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)) {
		s.tick(t.Context())
		clock.Advance(30 * time.Minute)
	}
	// Until 2 February the deal that came in on the 3rd is not known: 10 % of 1,000.00, then of 2,500.50 as well.
	want := []string{
		"preview-2026-01-30 of 2026-01: 2 people, [100.00 EUR]", "preview-2026-01-31 of 2026-01: 2 people, [100.00 EUR]",
		"preview-2026-02-01 of 2026-01: 2 people, [100.00 EUR]", "preview-2026-02-02 of 2026-01: 2 people, [100.00 EUR]",
		"preview-2026-02-03 of 2026-01: 2 people, [350.05 EUR]", "close-2026-01 of 2026-01: 2 people, [350.05 EUR]",
	}
	if d := cmp.Diff(want, told); d != "" {
		t.Error(d)
	}
	chain, err := archive.PostingChain(t.Context(), kept)
	if err != nil || len(chain) != 1 || chain[0].Period != "2026-01" {
		t.Errorf("postings %v, %v; want January alone", chain, err)
	}
	checked, err := archive.Verify(t.Context(), kept, func(p archive.Problem) { t.Error(p) })
	if err != nil {
		t.Errorf("verify: %v, %v", checked, err)
	}
	for name, store := range map[string]archive.Store{"2026-01/": published, "2026-01": previews} {
		n := 0
		if err := store.List(t.Context(), name, func(string, int64) error { n++; return nil }); err != nil || n == 0 {
			t.Errorf("%d files published below %s: %v", n, name, err)
		}
	}
}
