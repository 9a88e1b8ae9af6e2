package jobs

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
	"carrot/transform/naive"
)

// TestBothEnginesGolden compares both engines on every close of every golden case.
func TestBothEnginesGolden(t *testing.T) {
	dir := filepath.Join("plans", "testdata", "golden")
	c, wrong := config.Load(os.DirFS(dir), "carrot.yaml", func(string) (string, bool) { return "", true })
	if len(wrong) > 0 {
		t.Fatal(wrong[0])
	}
	names, err := filepath.Glob(filepath.Join(dir, "plans", "*"+config.ExamplesSuffix))
	if err != nil || len(names) < 40 {
		t.Fatalf("%d files of examples (%v)", len(names), err)
	}
	slices.Sort(names)
	lines := 0
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list, wrong := config.ParseExamples("plans/"+filepath.Base(name), b)
		if len(wrong) > 0 {
			t.Fatal(wrong[0])
		}
		for _, e := range list {
			t.Run(e.Name, func(t *testing.T) {
				var plain Plain
				closeAll(t, c, e, transform.DefaultVerbs(), func(now transform.Inputs, r *comp.Result) bool {
					in, err := plain.Inputs(&now)
					if err != nil {
						t.Fatal(err)
					}
					engine := posted(paidLines(r), now.Ledger, r)
					lines += len(engine.Lines)
					for _, x := range disagreements(now.Run.Period.Name(), engine, naive.Statements(in)) {
						t.Error(x)
					}
					return !t.Failed()
				})
			})
		}
	}
	if lines < 100 {
		t.Errorf("%d lines compared: too few to tell anything", lines)
	}
}
