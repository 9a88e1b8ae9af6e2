package plans

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/transform/comp"
)

var update = flag.Bool("update", false, "write what the lints say; read the difference before it is kept")

// lintHistory is what the lints are told of the past.
var lintHistory = History{Months: 24, Best: map[string]comp.Number{"sales/commission": comp.Scaled(118, 2)}, Numbers: map[string]comp.Number{"revenue": comp.Int(33000)},
	Accepts: true, Unsigned: []Unsigned{{Payee: "E017", Plan: "sales", Version: "9"}, {Payee: "E018", Plan: "sales", Version: "9", State: "CA"}}}

// lintConfig is the company of testdata/lint with one file of plans; where it waits for keys, its mistakes.
func lintConfig(t *testing.T, file string) (*config.Config, []config.Mistake) {
	t.Helper()
	dir := os.DirFS(filepath.Join("testdata", "lint"))
	over := fstest.MapFS{}
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(dir, name)
		over[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(b), "plans/*.yaml", file, 1))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return config.Load(over, "carrot.yaml", func(string) (string, bool) { return "", true })
}

// The exact texts of the lints of each plan, bad and good; a good plan has none.
func TestLints(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "lint", "plans", "*.yaml"))
	if err != nil || len(files) < 38 {
		t.Fatalf("%d plans of lints (%v)", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yaml")
		t.Run(name, func(t *testing.T) {
			c, mistakes := lintConfig(t, "plans/"+filepath.Base(f))
			wait := slices.Contains(lintsWaiting, name)
			if wait != (len(mistakes) > 0) {
				t.Fatalf("it waits is %v: %v", wait, mistakes)
			}
			if wait {
				t.Logf("WAITING: %v", mistakes)
				return
			}
			var got strings.Builder
			for _, l := range Check(c, lintHistory, comp.Day(2026, 3, 1)) {
				got.WriteString(l.String() + "\n")
			}
			id, kind, _ := strings.Cut(name, ".")
			if kind == "good" {
				if diff := cmp.Diff("", unwaived(got.String())); diff != "" {
					t.Errorf("a good plan has lints:\n%s", diff)
				}
				return
			}
			if !strings.Contains(got.String(), ": "+id+" ") {
				t.Errorf("no %s among:\n%s", id, got.String())
			}
			wanted := strings.TrimSuffix(f, ".yaml") + ".want"
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

// unwaived leaves out what somebody waived.
func unwaived(text string) string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if !strings.Contains(l, "(waived by ") {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// Every lint but those that the loader refuses has a plan that triggers it and one that does not.
func TestEveryLintIsTried(t *testing.T) {
	refused := []int{2, 17}
	for n := range 21 {
		for _, kind := range []string{"bad", "good"} {
			name := filepath.Join("testdata", "lint", "plans", "L"+figureText(comp.Int(int64(n)))+"."+kind+".yaml")
			if _, err := os.Stat(name); err != nil && !slices.Contains(refused, n) {
				t.Error(err)
			}
		}
	}
}

// lintsWaiting are the plans whose keys the config refuses as not supported yet.
var lintsWaiting = []string{}
