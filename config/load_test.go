package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// environment is what the good configs expand.
func environment(name string) (string, bool) {
	v, ok := map[string]string{"PUBLISHED": "/srv", "EXPORTS": "/mnt/exports"}[name]
	return v, ok
}

// memory reads a folder of testdata into memory, so that tests may change it.
func memory(t testing.TB, folder string) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	root := filepath.Join("testdata", folder)
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		m[filepath.ToSlash(rel)] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(m) < 4 {
		t.Fatalf("%s holds %d files: the walk is broken", root, len(m))
	}
	return m
}

// texts are mistakes as people see them.
func texts(ms []Mistake) (out []string) {
	for _, m := range ms {
		out = append(out, m.String())
	}
	return out
}

func TestGoodConfigsLoad(t *testing.T) {
	for _, folder := range []string{"small", "big"} {
		_, mistakes := Load(os.DirFS(filepath.Join("testdata", folder)), "carrot.yaml", environment)
		if len(mistakes) > 0 {
			t.Errorf("%s has mistakes:\n%s", folder, strings.Join(texts(mistakes), "\n"))
		}
	}
}

func TestDiskAndMemoryGiveOneConfig(t *testing.T) {
	disk, _ := Load(os.DirFS("testdata/big"), "carrot.yaml", environment)
	files := fstest.MapFS{}
	for _, f := range disk.Files {
		files["archived/"+f.Name] = &fstest.MapFile{Data: f.Bytes}
	}
	again, mistakes := Load(files, "archived/carrot.yaml", environment)
	if len(mistakes) > 0 {
		t.Fatal(texts(mistakes))
	}
	if a, b := Describe(disk), Describe(again); a != b {
		t.Error(cmp.Diff(a, b))
	}
}

// TestBoundsThatAreAllowed are what a check one step too strict would refuse.
func TestBoundsThatAreAllowed(t *testing.T) {
	for _, c := range []struct{ file, old, new string }{
		{"plans/sales.yaml", `cap: {EUR: "10000"`, `cap: {EUR: "0"`},
		{"plans/sales.yaml", "from: 2025-01-01, to: 2026-12-31", "from: 2025-01-01, to: 2025-01-01"},
		{"plans/sales.yaml", `points: [{at: "70%", pays: "0%"}, `, "points: ["},
		{"plans/sales.yaml", "eligible: 'department", "eligible: 'true || department"},
		{"plans/service.yaml", `rate: "5%"`, "rate: 0.99"},
		{"plans/service.yaml", `rate: "5%"`, `rate: "500%"`},
		{"plans/service.yaml", "pays: 1.25", "pays: 2.5"}, // a factor of a target, not of money
		{"plans/service.yaml", "from: 2025-07-01, EUR", "from: 2025-01-02, EUR"},
		{"carrot.yaml", "day: 25 ", "day: 31 "},
		{"carrot.yaml", "restate_months: 14", "restate_months: 0"},
		{"carrot.yaml", "starts: [2013-05-30]", "starts: [2014-05-29]"},
		{"carrot.yaml", "people: 60", "people: 0"},
		{"carrot.yaml", `"02:30"`, "00:00"},
		{"sources/salesforce.yaml", "scale: 2}\n      currency", "scale: 0}\n      currency"},
		{"sources/salesforce.yaml", "scale: 2}\n      currency", "scale: 18}\n      currency"},
		{"sources/salesforce.yaml", "header_rows: 1", "header_rows: 3"},
	} {
		files := memory(t, "big")
		f := files[c.file]
		if !strings.Contains(string(f.Data), c.old) {
			t.Fatalf("%s does not hold %q", c.file, c.old)
		}
		f.Data = []byte(strings.Replace(string(f.Data), c.old, c.new, 1))
		if _, mistakes := Load(files, "carrot.yaml", environment); len(mistakes) > 0 {
			t.Errorf("%s is refused: %v", c.new, texts(mistakes))
		}
	}
}
