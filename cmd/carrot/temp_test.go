package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKilledRunsLeaveNoTemporaryFiles: what a killed process leaves in the folder for temporary files, the next run removes.
func TestKilledRunsLeaveNoTemporaryFiles(t *testing.T) {
	t.Parallel()
	dir, temp := t.TempDir(), t.TempDir()
	writeExample(t, small, dir)
	config := filepath.Join(dir, "carrot.yaml")
	left := func() (names []string) {
		entries, err := os.ReadDir(temp)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	killedSaying(t, []string{"run", "--period", "2025-01", "--config", config}, "close 2025-01: computing", "TMPDIR="+temp)
	if got := left(); len(got) > 0 {
		t.Errorf("a killed close leaves %q", got)
	}
	if !killed(t, child([]string{"check", "--config", config}, dieAt+"=5 after", "TMPDIR="+temp)) {
		t.Error("the check was not killed")
	}
	if got := left(); len(got) != 1 || !strings.HasPrefix(got[0], "carrot-temp-") {
		t.Fatalf("a killed check leaves %q, expected its folder", got)
	}
	if out, err := child([]string{"run", "--quiet", "--period", "2025-01", "--config", config}, "TMPDIR="+temp).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if got := left(); len(got) > 0 {
		t.Errorf("the next run leaves %q", got)
	}
}
