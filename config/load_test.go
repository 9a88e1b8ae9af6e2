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
