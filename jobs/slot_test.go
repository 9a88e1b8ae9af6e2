package jobs

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/transform/comp"
)

// five is a company of five people with one measure and one plan: 5 % of what one sold.
var five = fstest.MapFS{
	"carrot.yaml": {Data: []byte(`carrot: 1
company: Five
zone: Europe/Berlin
pay: {first: 2026-01, day: 25, restate_months: 3, approval: none}
entities:
  - {id: DE01, name: Five GmbH, country: DE, currency: EUR, pay_code: "3100"}
archive: archive
published: published
people_folders: id
question: "Ask Five."
sources: [sources.yaml]
measures: [sold.yaml]
plans: [plan.yaml]
roster:
  - table: five.people
    id: id
    from: since
    employed: 'id != null'
    set: {name: name, entity: {const: DE01}, department: {const: Sales}}
schedule: {nightly: "02:30", close: {day: 3, at: "04:00"}, zone: Europe/Berlin}
`)},
	"sources.yaml": {Data: []byte(`source: five
kind: files
folder: exports
tables:
  people:
    files: people.csv
    mode: snapshot
    keys: [id]
    cause: hierarchy
    class: personal
    format: csv
    columns:
      id: {from: id, type: id}
      name: {from: name, type: text}
      since: {from: since, type: date}
  sales:
    files: "{drop}/sales.csv"
    mode: delta
    keys: [id]
    cause: late data
    class: open
    format: csv
    columns:
      id: {from: id, type: id}
      owner: {from: owner, type: id}
      amount: {from: amount, type: decimal, scale: 2}
      day: {from: day, type: date}
`)},
	"sold.yaml": {Data: []byte(`measure: sold
version: "1"
title: Sold
family: outcome
unit: money
digits: 2
aggregate: sum
pool: payee
table: five.sales
owner: {column: owner}
value: amount
currency: {fixed: EUR}
date: day
label: [id]
`)},
	"plan.yaml": {Data: []byte(`plan: plan
version: "1"
title: Plan
effective: {from: 2026-01-01, to: 2026-12-31}
eligible: 'department == "Sales"'
rounding: half-away
components:
  - {id: commission, title: Commission, clause: "1", measure: sold, every: month, curve: {kind: rate, of: value, rate: "5%"}, prorate: none}
`)},
	"exports/people.csv":           {Data: []byte("id,name,since\nP1,Ada,2025-01-01\nP2,Ben,2025-01-01\nP3,Cem,2025-01-01\nP4,Dora,2025-01-01\nP5,Eve,2025-01-01\n")},
	"exports/2026-01-20/sales.csv": {Data: []byte("id,owner,amount,day\nS1,P1,1000.00,2026-01-10\nS2,P2,2000.00,2026-01-11\nS3,P3,10.10,2026-01-12\nS4,P4,300.00,2026-01-13\n")},
	"exports/2026-02-02/sales.csv": {Data: []byte("id,owner,amount,day\nS5,P5,500.00,2026-01-31\nS6,P1,70.00,2026-02-01\n")},
}

// TestFiveNights runs five real nights and a real close: pull, compute, archive, render, post, publish.
func TestFiveNights(t *testing.T) {
	cfg, mistakes := config.Load(five, "carrot.yaml", func(string) (string, bool) { return "", false })
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
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
	h := &House{Config: cfg, Main: "carrot.yaml", Files: five, Folder: func(name string) (fs.FS, error) { return fs.Sub(five, name) },
		Archive: kept, Program: archive.Program{Version: "carrot test", Go: "go"}, Who: "test", Where: "here", Now: clock.Now, Temp: t.TempDir(),
		Published: func(preview bool) (archive.Store, error) {
			if preview {
				return previews, nil
			}
			return published, nil
		}}
	berlin, err := comp.Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	s := &Scheduler{Schedule: cfg.Schedule, First: cfg.Settings.First, Store: kept, Clock: clock, Who: "test", Where: "here",
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
	// Until 1 February the sale that came in on the 2nd is not known: 5 % of 3,310.10, each person's rounded, is 165.51.
	want := []string{
		"preview-2026-01-30 of 2026-01: 5 people, [165.51 EUR]", "preview-2026-01-31 of 2026-01: 5 people, [165.51 EUR]",
		"preview-2026-02-01 of 2026-01: 5 people, [165.51 EUR]", "preview-2026-02-02 of 2026-01: 5 people, [190.51 EUR]",
		"preview-2026-02-03 of 2026-01: 5 people, [190.51 EUR]", "close-2026-01 of 2026-01: 5 people, [190.51 EUR]",
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
