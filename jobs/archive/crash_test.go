package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
)

// crash builds the archive in a child that is killed at a step; done says that it came to the end.
func crash(folder string, at int) (done bool, err error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprint("CRASH_AT=", at), "CRASH_IN="+folder)
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return false, err
	}
	out, err := cmd.CombinedOutput()
	if err == nil {
		return true, nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		return false, fmt.Errorf("%w: %s", err, out)
	}
	return false, nil
}

// TestKilled kills the writer at every third step of every file (a file has four, so all kinds come up), and at every
// step with CARROT_FAULTS=all: what is there then is whole and sound, nothing refers to what
// is not there, a rerun gives the bytes of an undisturbed run, and what was left under construction is swept.
func TestKilled(t *testing.T) {
	t.Parallel()
	want := built(t)
	stride := int64(3)
	if os.Getenv("CARROT_FAULTS") == "all" {
		stride = 1
	}
	var next, points atomic.Int64
	var wg sync.WaitGroup
	base := t.TempDir()
	for range 4 { // killed children wait for the disk more than for the processor
		wg.Go(func() {
			for {
				at := int(next.Add(stride))
				if !killedAt(t, filepath.Join(base, fmt.Sprint(at), "archive"), at, want) {
					return
				}
				points.Add(1)
			}
		})
	}
	wg.Wait()
	if points.Load() < 100/stride {
		t.Errorf("killed at %d steps only, expected more than %d", points.Load(), 100/stride)
	}
}

// killedAt is one round; false says that there is no such step, or that the test is lost.
func killedAt(t *testing.T, folder string, at int, want *storetest.Memory) bool {
	done, err := crash(folder, at)
	if err != nil {
		t.Errorf("killed at %d: %v", at, err)
	}
	if done || err != nil {
		return false
	}
	checkSound(t, folder, want, false)
	if at%5 == 0 { // once more while it is completed
		if _, err := crash(folder, 1+at%7); err != nil {
			t.Errorf("killed at %d, again at %d: %v", at, 1+at%7, err)
		}
		checkSound(t, folder, want, false)
	}
	if err := child(folder); err != nil {
		t.Errorf("killed at %d, then run again: %v", at, err)
	}
	checkSound(t, folder, want, true)
	return true
}

func checkSound(t *testing.T, folder string, want *storetest.Memory, complete bool) {
	t.Helper()
	ctx := context.Background()
	s, err := archive.OpenDir(folder)
	if errors.Is(err, os.ErrNotExist) && !complete {
		return
	}
	if err != nil {
		t.Error(err)
		return
	}
	defer s.Close()
	n := 0
	err = s.List(ctx, "", func(key string, _ int64) error {
		n++
		r, err := s.Open(ctx, key)
		if err != nil {
			return err
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		if err == nil && !bytes.Equal(b, want.Files[key]) {
			t.Errorf("%s holds %q, expected %q", key, b, want.Files[key])
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	checked, err := archive.Verify(ctx, s, func(p archive.Problem) {
		if !p.Notice() {
			t.Error(p.Error())
		}
	})
	if err != nil || checked.Files != n {
		t.Errorf("Verify = %+v, %v; %d files", checked, err, n)
	}
	if !complete {
		return
	}
	if n != len(want.Files) {
		t.Errorf("%d files, expected %d", n, len(want.Files))
	}
	if err := s.Sweep(time.Now().Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(filepath.Join(folder, ".tmp")); len(left) > 0 {
		t.Errorf("%d files stay under construction", len(left))
	}
}
