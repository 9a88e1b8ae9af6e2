package plans

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// What the lints say of the plans that are shipped, word for word, so that a change of a plan or of a lint shows. None is an
// error.
func TestLintsOfShippedPlans(t *testing.T) {
	config := filepath.Join("..", "..", "config")
	for name, folders := range map[string]map[string]string{
		"adventureworks": {".": "adventureworks"},
		"example":        {".": filepath.Join("example", "company"), "measures": "measures"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for to, from := range folders { // in any order: they share no file
				if err := os.CopyFS(filepath.Join(dir, to), os.DirFS(filepath.Join(config, from))); err != nil {
					t.Fatal(err)
				}
			}
			c := load(t, dir)
			var got strings.Builder
			list := Check(c, History{}, comp.Day(2000, 1, 1)) // all versions
			for _, l := range list {
				got.WriteString(l.String() + "\n")
			}
			for _, l := range Errors(list) {
				t.Errorf("an error that nobody waived: %s", l)
			}
			wanted := filepath.Join("testdata", "lint", name+".want")
			if *update {
				if err := os.WriteFile(wanted, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wanted)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
