package jobs

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"carrot/config"
	"carrot/jobs/plans"
	"carrot/transform"
	"carrot/transform/naive"
)

// TestBothEnginesEdges holds the engine against the naive one on the plans at the edges of what plans can say.
func TestBothEnginesEdges(t *testing.T) {
	dir := os.DirFS(filepath.Join("plans", "testdata", "edges"))
	c, mistakes := config.Load(dir, "carrot.yaml", func(string) (string, bool) { return "", true })
	for _, m := range mistakes {
		t.Fatal(m)
	}
	names, err := fs.Glob(dir, "plans/*"+config.ExamplesSuffix)
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		list, mistakes := config.ParseExamples(name, b)
		for _, m := range mistakes {
			t.Fatal(m)
		}
		for _, e := range list {
			bothEngines(t, c, e)
		}
	}
}

// bothEngines closes the months of an example with either engine.
func bothEngines(t *testing.T, c *config.Config, e config.Example) {
	t.Run(e.Name, func(t *testing.T) {
		company, err := plans.Company(c, e)
		if err != nil {
			t.Fatal(err)
		}
		var months []transform.Inputs
		for _, month := range e.Closes {
			months = append(months, company(month, nil))
		}
		for i := range months { // one list of files, the last one's, holds those of all
			months[i].Files = months[len(months)-1].Files
		}
		found, lines := (&secondChain{known: map[int]naive.Outcome{}}).compare(t, transform.DefaultVerbs(), months, always)
		for _, d := range found {
			t.Error(d)
		}
		if lines == 0 {
			t.Error("no line was compared")
		}
	})
}
