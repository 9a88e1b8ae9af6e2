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

// TestBothEnginesExamples holds the engine against the naive one on the examples beside plans: on every golden case, feature by
// feature, at the edges of what plans can say, and of how pay is earned.
func TestBothEnginesExamples(t *testing.T) {
	for company, least := range map[string]int{"golden": 190, "features": 250, "edges": 3, "earning": 400, "measures": 160} {
		t.Run(company, func(t *testing.T) {
			dir := os.DirFS(filepath.Join("plans", "testdata", company))
			c, mistakes := config.Load(dir, "carrot.yaml", func(string) (string, bool) { return "", true })
			for _, m := range mistakes {
				t.Fatal(m)
			}
			names, err := fs.Glob(dir, "plans/*"+config.ExamplesSuffix)
			if err != nil || len(names) == 0 {
				t.Fatal(names, err)
			}
			lines := 0
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
					lines += bothEngines(t, c, e)
				}
			}
			if lines < least {
				t.Errorf("%d lines were compared, expected at least %d", lines, least)
			}
		})
	}
}

// bothEngines closes the months of an example with either engine, and gives the number of lines that were compared.
func bothEngines(t *testing.T, c *config.Config, e config.Example) (lines int) {
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
		var found []string
		found, lines = (&secondChain{known: map[int]naive.Outcome{}}).compare(t, transform.DefaultVerbs(), months, always)
		for _, d := range found {
			t.Error(d)
		}
	})
	return lines
}
