package connectors

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

func TestProposeSeesEverySample(t *testing.T) {
	root := shared(t)
	var files []string
	for _, glob := range []string{"samples/*/*/*.csv", "samples/*/*/*.json", "samples/*/*/*.txt", "data/adventureworks/*.csv"} {
		found, err := filepath.Glob(filepath.Join(root, glob))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	sort.Strings(files)
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := filepath.Rel(root, name)
		p, err := Propose(input(filepath.ToSlash(rel), string(b), Format{}))
		if err != nil {
			t.Logf("=== %s: %v", rel, err)
			continue
		}
		t.Logf("=== %s\n%s\n%s", rel, strings.Join(p.Reasons, "\n"), p.YAML)
	}
}
