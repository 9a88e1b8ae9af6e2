package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"carrot/jobs"
	"carrot/jobs/archive"
)

// dying makes a house kill its own process, as kill -9 does, before or after the write of a number; writes to the archive
// and to the published files are counted together.
func dying(s string) func(*jobs.House) {
	var at int64
	var when string
	if _, err := fmt.Sscan(s, &at, &when); err != nil {
		panic(err)
	}
	var n atomic.Int64
	wrap := func(s archive.Store) archive.Store { return &mortal{s, &n, at, when == "before"} }
	return func(h *jobs.House) {
		h.Archive = wrap(h.Archive)
		published := h.Published
		h.Published = func(preview bool) (archive.Store, error) {
			s, err := published(preview)
			return wrap(s), err
		}
	}
}

// mortal is a store in whose Create the process dies.
type mortal struct {
	archive.Store
	n      *atomic.Int64
	at     int64
	before bool
}

// Create dies in its turn.
func (m *mortal) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	turn := m.n.Add(1) == m.at
	if turn && m.before {
		die()
	}
	err := m.Store.Create(ctx, key, r)
	if turn {
		die()
	}
	return err
}

func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way
}

// killed runs a child to its end and says whether it was killed. Findings are no failure of it.
func killed(t *testing.T, c *exec.Cmd) bool {
	t.Helper()
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
		return true
	case errors.As(err, &exit) && exit.ExitCode() == exitHeld:
		return false
	}
	t.Errorf("%v\n%s", err, out)
	return false
}

// killedSaying runs a child and kills it, as kill -9 does, as soon as its progress says a line that starts so.
func killedSaying(t *testing.T, args []string, line string, env ...string) {
	t.Helper()
	c := child(args, env...)
	said, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	saw := false
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if !saw && strings.HasPrefix(lines.Text(), line) {
			saw = true
			_ = c.Process.Kill() // the wait below tells whether it died
		}
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("%v: it was not killed at %s: %v", args, line, err)
	}
}

// soundSoFar verifies what a killed run left behind: it may be incomplete and is never damaged.
func soundSoFar(t *testing.T, dir, when string) {
	t.Helper()
	code, out, errOut := carrot("verify", "--archive", filepath.Join(dir, "archive"))
	if code != exitDone && code != exitUsage { // usage: there is no archive yet
		t.Errorf("%s: carrot verify: exit code %d\n%s%s", when, code, out, errOut)
	}
}

// TestKilledAtAWrite kills `carrot run` at writes all over two closes, before and after each, some of them twice, and runs
// it again: the bytes are those of an undisturbed run. CARROT_LONG=1 kills at every write.
func TestKilledAtAWrite(t *testing.T) {
	t.Parallel()
	calm := t.TempDir()
	unpack(t, filepath.Join("testdata", "five.txtar"), calm)
	want := closeThrough(t, calm, "2026-02")
	same(t, "asked once more", want, closeThrough(t, calm, "2026-02"))
	stride := int64(11)
	if long() {
		stride = 1
	}
	base := t.TempDir()
	var next, deaths atomic.Int64
	var over atomic.Bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for !over.Load() && !t.Failed() {
				turn := next.Add(stride)
				at, when := turn/2+1, []string{"before", "after"}[turn%2]
				dir := filepath.Join(base, fmt.Sprint(turn))
				unpack(t, filepath.Join("testdata", "five.txtar"), dir)
				args := []string{"run", "--quiet", "--through", "2026-02", "--config", filepath.Join(dir, "carrot.yaml")}
				if !killed(t, child(args, fmt.Sprintf("%s=%d %s", dieAt, at, when))) {
					over.Store(true)
					return
				}
				what := fmt.Sprintf("killed %s write %d", when, at)
				soundSoFar(t, dir, what)
				if deaths.Add(1)%4 == 0 { // once more on the way
					killed(t, child(args, fmt.Sprintf("%s=%d %s", dieAt, 5+at%17, when)))
					soundSoFar(t, dir, what+" and once more")
				}
				same(t, what, want, closeThrough(t, dir, "2026-02"))
				os.RemoveAll(dir)
			}
		})
	}
	wg.Wait()
	if n, files := deaths.Load(), int64(len(want)); (n+1)*stride < 2*files { // before and after the write of each file at least
		t.Errorf("killed %d times only, at every %dth moment of %d files", n, stride, files)
	}
}

// TestKilledFromOutside kills `carrot run` on the example company from another process as soon as it says what it does.
func TestKilledFromOutside(t *testing.T) {
	t.Parallel()
	calm := t.TempDir()
	writeExample(t, small, calm)
	var dirs []string
	moments := []string{"close 2025-01: reading", "close 2025-01: publishing", "close 2025-02: computing", "close 2025-02: rendering"}
	for range moments {
		dir := t.TempDir()
		copyTree(t, calm, dir)
		dirs = append(dirs, dir)
	}
	want := closeThrough(t, calm, "2025-02")
	for i, moment := range moments {
		killedSaying(t, []string{"run", "--through", "2025-02", "--config", filepath.Join(dirs[i], "carrot.yaml")}, moment)
		soundSoFar(t, dirs[i], moment)
		same(t, "killed at "+moment, want, closeThrough(t, dirs[i], "2025-02"))
	}
}
