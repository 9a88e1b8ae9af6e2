package transform

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carrot/transform/comp"
)

func rowsOf(l *Lineage, series string) []comp.Origin {
	rows, err := l.Rows(series)
	if err != nil {
		panic(err)
	}
	return rows
}

func encoded(l *Lineage) []byte {
	b, err := l.Encode()
	if err != nil {
		panic(err)
	}
	return b
}

func TestLineageJoinsAtoms(t *testing.T) {
	var rows []cells
	for i, d := range []string{"2026-01-15", "2026-03-02", "2026-02-10", "2026-03-31", "2026-01-01"} {
		rows = append(rows, dealRow(fmt.Sprint("D", i), map[string]any{"day": d}))
	}
	tally, _, _, err := scanDeals(t, nil, []drop{{seq: 1, size: 2, rows: rows}, {seq: 2, rows: []cells{dealRow("X", nil)}}}, "a-won")
	if err != nil {
		t.Fatal(err)
	}
	l, err := DecodeLineage(encoded(tally.lineage))
	if err != nil {
		t.Fatal(err)
	}
	for series, want := range map[string][]int64{
		"a-won|E1|2026-01-01|2026-01-31": {10, 50}, "a-won|E1|2026-01-01|2026-02-28": {10, 30, 50}, "a-won|E1|2026-03-01|2026-03-31": {20, 40, 10},
		"a-won|E1|2026-01-01|2026-03-31": {10, 20, 30, 40, 50, 10}, "a-won|E1|2026-01-02|2026-01-31": nil, "a-won|E2|2026-01-01|2026-03-31": nil,
		"other|E1|2026-01-01|2026-03-31": nil, "a-won|E1|x|y": nil, "": nil,
	} {
		for which, l := range map[string]*Lineage{"scanned": tally.lineage, "decoded": l} {
			var got []int64
			for _, o := range rowsOf(l, series) {
				got = append(got, o.Pos)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s:\n%s", which, series, diff)
			}
		}
	}
}

// TestLineageBlocks packs random links in random portions and expects the rows of each cell back.
func TestLineageBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := links{bits: newLinkBits(1 << 20), piece: &piece{}, file: 3}
		want := map[uint32][]int64{}
		for range rapid.IntRange(1, 300).Draw(t, "links") {
			cell, pos := rapid.Uint32Range(0, 1<<20-1).Draw(t, "cell"), rapid.Int64Range(0, 1<<43-1).Draw(t, "pos")
			if rapid.Bool().Draw(t, "few") {
				cell %= 3
			}
			l.add(int32(cell), pos)
			want[cell] = append(want[cell], pos)
			if rapid.IntRange(0, 50).Draw(t, "flush") == 0 {
				l.flush()
			}
		}
		l.flush()
		got := map[uint32][]int64{}
		for _, b := range l.out {
			for c := (cursor{block: b, rest: b.data}); c.next(); {
				got[c.cell] = c.take(got[c.cell])
			}
		}
		for cell := range want {
			if diff := cmp.Diff(encodeRun(nil, 0, want[cell]), encodeRun(nil, 0, got[cell])); diff != "" {
				t.Fatalf("cell %d: %s", cell, diff)
			}
		}
		if len(got) != len(want) || l.tooFar {
			t.Fatalf("%d cells of %d, too far: %v", len(got), len(want), l.tooFar)
		}
		if l.add(0, 1<<43); !l.tooFar {
			t.Fatal("a position that leaves no room for the cell was taken")
		}
	})
}

func FuzzDecodeLineage(f *testing.F) {
	l := &Lineage{files: []comp.File{{Digest: "d", Name: "n"}}, measures: []string{"m"}, subjects: []string{"s"}}
	l.data = encodeRun(nil, 0, []int64{1, 5, 900})
	l.series = []seriesAt{{period: comp.Month(0), to: len(l.data)}}
	f.Add(encoded(l))
	f.Add([]byte(lineageMagic))
	f.Add(append([]byte(lineageMagic), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := DecodeLineage(b)
		if err != nil {
			return
		}
		rowsOf(got, "m|s|1970-01-01|1970-01-31")
		if again, err := DecodeLineage(encoded(got)); err != nil || !bytes.Equal(encoded(again), encoded(got)) {
			t.Fatalf("what was read cannot be written again: %v", err)
		}
	})
}

// TestLineageLeavesMemory expects the same lineage where it was spilled, and an error where the file has become unreadable.
func TestLineageLeavesMemory(t *testing.T) {
	drops := []drop{{seq: 1, rows: []cells{dealRow("D1", nil), dealRow("D2", nil)}}}
	kept, _, _, err := scanDeals(t, nil, drops, "a-won")
	if err != nil {
		t.Fatal(err)
	}
	store := &memorySpill{}
	left, _, _, err := scanDeals(t, func(in *Inputs) { in.Spill, in.Memory = store, 1 }, drops, "a-won")
	if err != nil {
		t.Fatal(err)
	}
	if left.lineage.data != nil || left.lineage.size() == 0 || !bytes.Equal(encoded(kept.lineage), encoded(left.lineage)) {
		t.Errorf("%d bytes stayed in memory, %d of %d were written", len(left.lineage.data), left.lineage.size(), kept.lineage.size())
	}
	left.lineage.file = "gone"
	if _, err := left.lineage.Encode(); err == nil {
		t.Error("a lineage whose rows are gone was stored")
	}
	if _, err := left.lineage.Rows("a-won|E1|2020-01-01|2030-12-31"); err == nil {
		t.Error("rows that are gone were given")
	}
}
