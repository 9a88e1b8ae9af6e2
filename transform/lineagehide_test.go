package transform

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// TestLineageWithout: the rows of a file that is left out are in no series, those of others stay; a series of that file alone
// is gone, and so is every trace of it but the names.
func TestLineageWithout(t *testing.T) {
	l := &Lineage{files: []comp.File{{Name: "deals", Digest: "d"}, {Name: "pulse", Digest: "p"}, {Name: "tickets", Digest: "t"}}, measures: []string{"mood", "won"},
		subjects: []string{"E1", "E2"}}
	month := comp.Month(comp.Day(2026, 1, 1))
	add := func(measure, subject int32, runs ...[]int64) {
		from := len(l.data)
		for _, r := range runs {
			l.data = encodeRun(l.data, uint32(r[0]), slices.Clone(r[1:]))
		}
		l.series = append(l.series, seriesAt{measure, subject, month, from, len(l.data)})
	}
	add(0, 0, []int64{1, 700, 41_000, 990_000})
	add(0, 1, []int64{0, 10, 300}, []int64{1, 5}, []int64{2, 20})
	add(1, 0, []int64{0, 30, 40})
	before := encoded(l)
	out, err := l.Without(func(f comp.File) bool { return f.Digest == "p" })
	if err != nil {
		t.Fatal(err)
	}
	again, err := DecodeLineage(encoded(out))
	if err != nil {
		t.Fatal(err)
	}
	for series, want := range map[string][]string{"mood|E1": nil, "mood|E2": {"deals 10", "deals 300", "tickets 20"}, "won|E1": {"deals 30", "deals 40"}} {
		var got []string
		for _, o := range rowsOf(again, series+"|2026-01-01|2026-01-31") {
			got = append(got, fmt.Sprint(o.Name, " ", o.Pos))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s:\n%s", series, d)
		}
	}
	if len(out.series) != 2 {
		t.Errorf("%d series are left", len(out.series))
	}
	if !slices.Equal(before, encoded(l)) {
		t.Error("the lineage itself changed")
	}
	if same, err := l.Without(func(comp.File) bool { return false }); err != nil || !slices.Equal(before, encoded(same)) {
		t.Errorf("without nothing it differs: %v", err)
	}
	l.data = l.data[:len(l.data)-1]
	l.series[2].to--
	if _, err := l.Without(func(comp.File) bool { return true }); err == nil {
		t.Error("damaged rows are passed by")
	}
}
