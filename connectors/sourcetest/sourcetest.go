// Package sourcetest is the conformance suite of the Source seam. A connector's own test calls Run with a harness; that is
// what makes it a connector.
package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"sort"
	"strings"
	"testing"

	"carrot/connectors"
)

// Harness tells the suite about one source.
type Harness struct {
	// New makes the source on a world that holds the same exports each time: recorded answers, a folder of files.
	New func(t testing.TB) connectors.Source
	// Input declares how a pulled file is read; false for files that are archived but not read.
	Input func(name string, raw []byte) (connectors.Input, bool)
	// Rows is how many rows all files give together; a suite that reads nothing proves nothing.
	Rows int
}

// Run checks the source and reports every promise of connectors.Source that it breaks.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, err := range Check(t, h) {
		t.Error(err)
	}
}

// Check is Run for tests of the suite itself: it gives what is broken, each with the promise in its words.
func Check(t testing.TB, h Harness) (broken []error) {
	first, state, err := pull(h.New(t), "")
	if err != nil {
		return []error{fmt.Errorf("a pull from the beginning must succeed: %w", err)}
	}
	checks := []func(testing.TB, Harness, []file, connectors.State) []error{
		checkNames, checkRepeat, checkOn, checkRefusal, checkUnread, checkCancelled, checkCancelledLater, checkReading}
	for _, c := range checks {
		broken = append(broken, c(t, h, first, state)...)
	}
	return broken
}

// file is an export as it was put.
type file struct {
	name string
	raw  []byte
}

func pull(s connectors.Source, since connectors.State) (files []file, state connectors.State, err error) {
	state, err = s.Pull(context.Background(), since, func(name string, raw io.Reader) error {
		b, err := io.ReadAll(raw)
		files = append(files, file{name, b})
		return err
	})
	sort.SliceStable(files, func(i, j int) bool { return files[i].name < files[j].name })
	return files, state, err
}

func checkNames(_ testing.TB, _ Harness, files []file, _ connectors.State) (broken []error) {
	seen := map[string]bool{}
	for _, f := range files {
		if f.name == "" || path.IsAbs(f.name) || strings.Contains(f.name, `\`) || path.Clean(f.name) != f.name || strings.HasPrefix(f.name, "..") {
			broken = append(broken, fmt.Errorf("names must be relative with forward slashes: %q is not", f.name))
		}
		if seen[f.name] {
			broken = append(broken, fmt.Errorf("names must be unique within a pull: %q is not", f.name))
		}
		seen[f.name] = true
	}
	if len(files) == 0 {
		broken = append(broken, errors.New("a pull from the beginning must put something"))
	}
	return broken
}

func checkRepeat(t testing.TB, h Harness, first []file, state connectors.State) (broken []error) {
	again, other, err := pull(h.New(t), "")
	if err != nil {
		return []error{fmt.Errorf("a second pull from the beginning must succeed: %w", err)}
	}
	if !same(first, again) {
		broken = append(broken, errors.New("two pulls of an unchanged world must put the same bytes under the same names"))
	}
	if state != other {
		broken = append(broken, fmt.Errorf("two pulls of an unchanged world must give the same state: %q and %q", state, other))
	}
	return broken
}

func same(a, b []file) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].name != b[i].name || !bytes.Equal(a[i].raw, b[i].raw) {
			return false
		}
	}
	return true
}

func checkOn(t testing.TB, h Harness, _ []file, state connectors.State) (broken []error) {
	if _, _, err := pull(h.New(t), state); err != nil {
		broken = append(broken, fmt.Errorf("a pull must go on from its own state: %w", err))
	}
	return broken
}

var errFull = errors.New("the archive is full")

func checkRefusal(t testing.TB, h Harness, _ []file, _ connectors.State) (broken []error) {
	calls := 0
	state, err := h.New(t).Pull(context.Background(), "", func(_ string, raw io.Reader) error { calls++; return errFull })
	if !errors.Is(err, errFull) {
		broken = append(broken, fmt.Errorf("an error of put must end the pull with that error, not %v", err))
	}
	if calls > 1 {
		broken = append(broken, fmt.Errorf("put must not be called again after it failed; it was, %d times", calls-1))
	}
	if state != "" {
		broken = append(broken, fmt.Errorf("a pull that failed must give back the state it was given, not %q", state))
	}
	return broken
}

func checkUnread(t testing.TB, h Harness, _ []file, _ connectors.State) (broken []error) {
	if _, err := h.New(t).Pull(context.Background(), "", func(string, io.Reader) error { return nil }); err != nil {
		broken = append(broken, fmt.Errorf("a put that does not read must do no harm: %w", err))
	}
	return broken
}

func checkCancelled(t testing.TB, h Harness, _ []file, _ connectors.State) (broken []error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	calls := 0
	state, err := h.New(t).Pull(ctx, "since", func(string, io.Reader) error { calls++; return nil })
	if !errors.Is(err, context.Canceled) || calls > 0 || state != "since" {
		broken = append(broken, fmt.Errorf("a cancelled pull must put nothing and give back context.Canceled and its state: %d put, %v, %q", calls, err, state))
	}
	return broken
}

func checkCancelledLater(t testing.TB, h Harness, files []file, _ connectors.State) (broken []error) {
	if len(files) < 2 {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	calls := 0
	state, err := h.New(t).Pull(ctx, "", func(_ string, raw io.Reader) error {
		calls++
		cancel()
		_, err := io.Copy(io.Discard, raw)
		if errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || state != "" {
		broken = append(broken, fmt.Errorf("a pull cancelled on its way must end with context.Canceled and its old state: %v, %q", err, state))
	}
	if calls == len(files) {
		broken = append(broken, errors.New("a pull cancelled at its first file must not bring all of them"))
	}
	return broken
}
