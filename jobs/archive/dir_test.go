package archive_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"carrot/jobs/archive"
)

func newDir(t *testing.T) (*archive.Dir, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "archive")
	s, err := archive.NewDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, folder
}

func TestModes(t *testing.T) {
	s, folder := newDir(t)
	if err := build(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, expected %o", path, info.Mode().Perm(), want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestLinksLeadNowhere puts links and a pipe where files should be: none is followed out, and none is waited for.
func TestLinksLeadNowhere(t *testing.T) {
	s, folder := newDir(t)
	outside := filepath.Join(t.TempDir(), "secret")
	if err := errors.Join(os.WriteFile(outside, []byte("secret"), 0o600), os.Mkdir(filepath.Join(folder, "a"), 0o700),
		os.Symlink(outside, filepath.Join(folder, "a", "link")), os.Symlink(filepath.Dir(outside), filepath.Join(folder, "out")),
		syscall.Mkfifo(filepath.Join(folder, "a", "pipe"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a/link", "out/secret", "a/pipe", "out/new"} {
		if r, err := s.Open(t.Context(), key); err == nil {
			_ = r.Close()
			t.Errorf("Open(%q) is accepted", key)
		}
		if err := s.Create(t.Context(), key, strings.NewReader("x")); err == nil {
			t.Errorf("Create(%q) is accepted", key)
		}
	}
	if b, err := os.ReadFile(outside); err != nil || string(b) != "secret" {
		t.Errorf("outside: %q %v", b, err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(outside), "new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was made outside: %v", err)
	}
	if ps := verify(t, s, nil); len(ps) == 0 {
		t.Error("Verify names no link")
	}
}

// TestStrayNames: names that are no keys are listed, so that Verify can name them; what is under construction is not.
func TestStrayNames(t *testing.T) {
	s, folder := newDir(t)
	if err := build(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(filepath.Join(folder, "objects", ".DS_Store"), nil, 0o600),
		os.WriteFile(filepath.Join(folder, ".tmp", "half"), []byte("half"), 0o600)); err != nil {
		t.Fatal(err)
	}
	ps := verify(t, s, nil)
	if len(ps) != 1 || ps[0].Key != "objects/.DS_Store" || ps[0].Kind != archive.Stray {
		t.Errorf("%v", ps)
	}
}

// TestSweep: an old file under construction goes at the first Create, a new one, which somebody may be writing, stays.
func TestSweep(t *testing.T) {
	s, folder := newDir(t)
	if err := s.Create(t.Context(), "a", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	old, young := filepath.Join(folder, ".tmp", "old"), filepath.Join(folder, ".tmp", "young")
	day := time.Now().Add(-25 * time.Hour)
	if err := errors.Join(os.WriteFile(old, nil, 0o600), os.WriteFile(young, nil, 0o600), os.Chtimes(old, day, day)); err != nil {
		t.Fatal(err)
	}
	next, err := archive.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); err != nil {
		t.Error("opening alone sweeps: ", err)
	}
	if err := next.Create(t.Context(), "b", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old one: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("the young one: %v", err)
	}
}

// TestSweptAway removes the temporary file of a Create that is under way, as a sweeper with a wrong clock would: Create
// starts again.
func TestSweptAway(t *testing.T) {
	s, folder := newDir(t)
	n := 0
	archive.SetLinkPoint(func() {
		left, _ := filepath.Glob(filepath.Join(folder, ".tmp", "*"))
		if n++; len(left) == 1 && n < 6 {
			_ = os.Remove(left[0])
		}
	})
	defer archive.SetLinkPoint(func() {})
	if err := s.Create(t.Context(), "a", strings.NewReader("x")); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(filepath.Join(folder, "a")); err != nil || string(b) != "x" {
		t.Errorf("%q %v", b, err)
	}
}

func TestOpenDirMakesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "none")
	if _, err := archive.OpenDir(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenDir = %v", err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenDir makes the folder: %v", err)
	}
}

// TestAuditorWithoutUs checks the archive with sha256sum alone: objects and manifests by their names, and everything by
// the list of sums.
func TestAuditorWithoutUs(t *testing.T) {
	program, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("SKIPPED ALOUD: no sha256sum here, so that an auditor needs nothing of ours is not shown")
	}
	s, folder := newDir(t)
	if err := build(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, pattern := range []string{"objects/*", "runs/*/*", "receipts/*/*", "signatures/*"} {
		files, _ := filepath.Glob(filepath.Join(folder, pattern))
		for _, f := range files {
			out, err := exec.CommandContext(t.Context(), program, f).Output()
			if err != nil || string(out[:64]) != f[len(f)-64:] {
				t.Errorf("sha256sum %s: %v %s", f, err, out)
			}
			checked++
		}
	}
	if checked < 25 {
		t.Errorf("%d files checked by their names", checked)
	}
	list := sums(t, s)
	check := func() ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), program, "--check", "--quiet", "-")
		cmd.Dir, cmd.Stdin = folder, bytes.NewReader(list)
		return cmd.CombinedOutput()
	}
	if out, err := check(); err != nil || len(out) > 0 {
		t.Errorf("sha256sum --check: %v %s", err, out)
	}
	name := filepath.Join(folder, "postings", "2026-01")
	if err := os.WriteFile(name, []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := check(); err == nil || !strings.Contains(string(out), "postings/2026-01: FAILED") {
		t.Errorf("sha256sum --check of a changed file: %v %s", err, out)
	}
}
