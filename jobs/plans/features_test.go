package plans

import (
	"path/filepath"
	"testing"
)

// TestFeatures runs the cases that are told apart by what a plan can say: in testdata/earning quotas, tiers, gates, scorecards,
// caps, shares and parts of periods, in testdata/features draws, refunds, holds, rates of exchange and what else it has a file
// of. Their figures were worked out beside the engine, before it was run.
func TestFeatures(t *testing.T) {
	for _, company := range []string{"earning", "features", "measures"} {
		dir := filepath.Join("testdata", company)
		c := load(t, dir)
		for _, e := range examples(t, dir) {
			t.Run(filepath.Base(e.File)+"/"+e.Name, func(t *testing.T) {
				got, err := Test(c, e)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range got.Failures {
					t.Error(f)
				}
			})
		}
	}
}
