package plans

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"carrot/config"
)

// load reads a company of testdata without a mistake.
func load(t *testing.T, dir string) *config.Config {
	t.Helper()
	c, mistakes := config.Load(os.DirFS(dir), "carrot.yaml", func(string) (string, bool) { return "", true })
	for _, m := range mistakes {
		t.Error(m)
	}
	if len(mistakes) > 0 {
		t.FailNow()
	}
	return c
}

// examples are those of every file beside the plans of a company, in order of name.
func examples(t *testing.T, dir string) (out []config.Example) {
	t.Helper()
	names, err := fs.Glob(os.DirFS(dir), "plans/*"+config.ExamplesSuffix)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no file of examples (%v)", dir, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		list, mistakes := config.ParseExamples(name, b)
		for _, m := range mistakes {
			t.Error(m)
		}
		out = append(out, list...)
	}
	return out
}

// golden are the cases that an example must exist for, each with its variants; the figures stand in the examples.
var golden = []string{"GC-01", "GC-02a", "GC-02b lower tier at the bound", "GC-02b upper tier at the bound", "GC-02c cumulative", "GC-02c not cumulative",
	"GC-03 per deal", "GC-03 per month", "GC-03 to date", "GC-04 per deal", "GC-04 per month", "GC-05a", "GC-05b", "GC-05c original", "GC-05c re-rated", "GC-06", "GC-06b gate", "GC-06b marginal",
	"GC-07 15000", "GC-07 16499.99", "GC-07 16500", "GC-07 20000", "GC-07 33000", "GC-07 40000", "GC-08 130", "GC-08 137.5", "GC-08 40",
	"GC-09 69.99", "GC-09 70", "GC-09 85", "GC-09 100", "GC-09 112", "GC-09 150", "GC-09 160", "GC-10a", "GC-10b", "GC-10c",
	"GC-11 30", "GC-11 22", "GC-11 10", "GC-11 5", "GC-11 4.9", "GC-12a", "GC-12b", "GC-12c renormalise", "GC-12c zero", "GC-12c neutral",
	"GC-13 99.99", "GC-13 1.00", "GC-13 125.01", "GC-13 weights", "GC-13 thirds", "GC-13 negative", "GC-13 100.01 percent", "GC-14", "GC-15 move", "GC-15 split",
	"GC-16a", "GC-16b", "GC-16c day 15", "GC-16c day 21", "GC-17", "GC-17 quarters", "GC-18", "GC-19a", "GC-19b", "GC-20 recover", "GC-20 write off", "GC-21 guarantee", "GC-21 advance",
	"GC-22a", "GC-22b", "GC-22c", "GC-23 full", "GC-23 months", "GC-23 days", "GC-23 tiers", "GC-23 after the window", "GC-24 original", "GC-24 re-rated", "GC-25", "GC-26", "GC-27",
	"GC-28 carry", "GC-28 forfeit", "GC-29 no partials", "GC-29 partials", "GC-30 payday", "GC-30 locked",
	"GC-31a each line half away", "GC-31a the total half away", "GC-31a each line half even", "GC-31a the total half even", "GC-31b", "GC-31c", "GC-32", "GC-32b", "GC-33a", "GC-33b",
	"GC-34a", "GC-34b", "GC-34c", "GC-34d", "GC-35", "GC-37", "GC-38", "GC-38 guard", "GC-39", "GC-39 naive", "GC-40 adp", "GC-40 gusto"}

func TestGolden(t *testing.T) {
	dir := filepath.Join("testdata", "golden")
	c := load(t, dir)
	seen := map[string]bool{}
	for _, e := range examples(t, dir) {
		seen[e.Name] = true
		if !slices.Contains(golden, e.Name) {
			t.Errorf("%s: the example %q is of no golden case", e.File, e.Name)
		}
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
	for _, name := range golden {
		if !seen[name] {
			t.Errorf("%s has no example", name)
		}
	}
}
