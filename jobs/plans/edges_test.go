package plans

import (
	"path/filepath"
	"testing"
)

// TestEdges runs the examples of plans at the edges of what plans can say.
func TestEdges(t *testing.T) {
	dir := filepath.Join("testdata", "edges")
	c := load(t, dir)
	for _, e := range examples(t, dir) {
		t.Run(e.Name, func(t *testing.T) {
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
