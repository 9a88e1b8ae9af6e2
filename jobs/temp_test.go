package jobs

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// aged makes a file or folder look as if it had last been changed some time ago.
func aged(t *testing.T, name string, age time.Duration) {
	t.Helper()
	when := time.Now().Add(-age)
	if err := os.Chtimes(name, when, when); err != nil {
		t.Fatal(err)
	}
}

// lying are the names in a folder.
func lying(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func newTemp(t *testing.T, parent string) *TempFolder {
	t.Helper()
	f, err := NewTempFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.Name, "spilled"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSweepTemp: what a process left behind goes, however old; what is in use, young without a lock, or not ours stays.
func TestSweepTemp(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	used, left := newTemp(t, dir), newTemp(t, dir)
	if err := left.lock.Close(); err != nil { // as the system does for a process that is killed
		t.Fatal(err)
	}
	aged(t, used.Name, 10*tempAge)
	stay := []string{filepath.Base(used.Name)}
	for name, f := range map[string]struct {
		folder, stays bool
		age           time.Duration
	}{
		"carrot-temp-file": {false, true, 2 * tempAge}, "carrot-temp-unlocked": {true, true, 2 * tempAge},
		"carrot-pile-1": {false, false, 2 * tempAge}, "carrot-pile-2": {false, true, tempAge / 2},
		"carrot-spill-1": {true, false, 2 * tempAge}, "carrot-spill-2": {true, true, 0},
		"carrot-check-1": {true, false, 2 * tempAge}, "carrot-demo": {true, true, 2 * tempAge}, "notes": {false, true, 2 * tempAge},
	} {
		full := filepath.Join(dir, name)
		if f.folder {
			if err := os.MkdirAll(filepath.Join(full, "sub"), 0o700); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(full, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		aged(t, full, f.age)
		if f.stays {
			stay = append(stay, name)
		}
	}
	for name, age := range map[string]time.Duration{"carrot-temp-young": 0, "carrot-temp-bare": 2 * tempAge} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		aged(t, filepath.Join(dir, name), age)
	}
	stay = append(stay, "carrot-temp-young")
	if err := os.Symlink(elsewhere, filepath.Join(dir, "carrot-temp-link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(elsewhere, tempLock), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	stay = append(stay, "carrot-temp-link")
	slices.Sort(stay)
	for range 2 {
		sweepTemp(dir)
		if got := lying(t, dir); !slices.Equal(got, stay) {
			t.Errorf("after the sweep there are %q, want %q", got, stay)
		}
	}
	if got := lying(t, elsewhere); !slices.Equal(got, []string{tempLock}) {
		t.Errorf("the sweep followed a link: %q", got)
	}
	if err := used.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(used.Name); !os.IsNotExist(err) {
		t.Error("the folder is still there after Close")
	}
}

// TestSweepLeavesWhatIsMade: folders are made, used and closed while others sweep, and none is swept in use.
func TestSweepLeavesWhatIsMade(t *testing.T) {
	dir := t.TempDir()
	var makers, sweepers sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		sweepers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					sweepTemp(dir)
				}
			}
		})
	}
	for range 4 {
		makers.Go(func() {
			for range 100 {
				f, err := NewTempFolder(dir)
				if err != nil {
					t.Error(err)
					return
				}
				name := filepath.Join(f.Name, "spilled")
				if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
					t.Error(err)
				}
				if _, err := os.ReadFile(name); err != nil {
					t.Error(err)
				}
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	makers.Wait()
	close(done)
	sweepers.Wait()
	sweepTemp(dir)
	if got := lying(t, dir); len(got) > 0 {
		t.Errorf("left behind: %q", got)
	}
}

// TestPileHasNoName: the file that holds small exports of a run has no name, so that nothing is left of it after a kill.
func TestPileHasNoName(t *testing.T) {
	v := newVault(t.Context(), nil, t.TempDir())
	r, err := v.heap([]byte("export"))
	if err != nil {
		t.Fatal(err)
	}
	if got := lying(t, v.temp); len(got) > 0 {
		t.Errorf("the pile lies there as %q", got)
	}
	b := make([]byte, 6)
	if _, err := r.ReadAt(b, 0); err != nil || string(b) != "export" {
		t.Errorf("%q, %v", b, err)
	}
	if err := v.Close(); err != nil {
		t.Error(err)
	}
}
