package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
)

// inMemory is a copy of a folder's archive, so that bytes can be flipped by the thousand.
func inMemory(t testing.TB, folder string) *storetest.Memory {
	t.Helper()
	s, err := archive.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m := storetest.NewMemory()
	err = s.List(t.Context(), "", func(key string, _ int64) error {
		r, err := s.Open(t.Context(), key)
		if err != nil {
			return err
		}
		defer r.Close()
		m.Files[key], err = io.ReadAll(r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// verified is what `carrot verify` prints and exits with.
func verified(ctx context.Context, s archive.Store) (code int, out string) {
	var b bytes.Buffer
	a := &app{out: &b, errOut: &b}
	if err := a.verify(ctx, s, nil); err != nil {
		return codeOf(err), b.String()
	}
	return exitDone, b.String()
}

// flip is a byte of a file to be changed.
type flip struct {
	key string
	at  int
}

// flipAll changes one byte at a time in copies of an archive. Verify must exit 4 each time, and the line that says what is
// damaged must begin with the file's key.
func flipAll(t *testing.T, m *storetest.Memory, flips []flip) {
	t.Helper()
	work := make(chan flip)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			bad := storetest.NewMemory()
			for key, b := range m.Files {
				bad.Files[key] = b
			}
			for f := range work {
				b := bytes.Clone(m.Files[f.key])
				b[f.at] ^= 1 << (f.at % 8)
				bad.Files[f.key] = b
				if code, out := verified(t.Context(), bad); code != exitDamaged || !strings.Contains("\n"+out, "\n"+f.key+": ") {
					t.Errorf("%s: byte %d of %d flipped: exit code %d\n%s", f.key, f.at, len(b), code, out)
				}
				bad.Files[f.key] = m.Files[f.key]
			}
		})
	}
	for _, f := range flips {
		work <- f
	}
	close(work)
	wg.Wait()
}

func sortedKeys(m *storetest.Memory) []string {
	var keys []string
	for key := range m.Files {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// everyKind is an archive with every kind of file that the program writes: three nights and a close by the schedule.
func everyKind(t *testing.T) (dir string, m *storetest.Memory) {
	t.Helper()
	dir = t.TempDir()
	unpack(t, filepath.Join("testdata", "five.txtar"), dir)
	for day := 2; day <= 3; day++ {
		code, out := at(t, time.Date(2026, 2, day, 12, 0, 0, 0, time.UTC), dir, "run", "--due", "--quiet")
		if code != exitHeld { // five.txtar has held rows
			t.Fatalf("carrot run --due: exit code %d\n%s", code, out)
		}
	}
	return dir, inMemory(t, filepath.Join(dir, "archive"))
}

func kindOfFile(key string) string { return key[:strings.Index(key, "/")] }

var kinds = []string{"leases", "objects", "postings", "pulls", "receipts", "runs"}

// TestOneFlippedByte flips the first, the middle and the last byte of every file, then every byte of the smallest file of
// each kind (of a run manifest every 7th; all of them with CARROT_LONG=1).
func TestOneFlippedByte(t *testing.T) {
	t.Parallel()
	_, m := everyKind(t)
	if code, out := verified(t.Context(), m); code != exitDone {
		t.Fatalf("the archive is not sound before: exit code %d\n%s", code, out)
	}
	var flips []flip
	smallest := map[string]string{}
	for _, key := range sortedKeys(m) {
		n := len(m.Files[key])
		if n == 0 {
			continue // the empty object has no byte to flip
		}
		flips = append(flips, flip{key, 0}, flip{key, n / 2}, flip{key, n - 1})
		kind := kindOfFile(key)
		if s, ok := smallest[kind]; !ok || n < len(m.Files[s]) {
			smallest[kind] = key
		}
	}
	for _, kind := range kinds {
		key, ok := smallest[kind]
		if !ok {
			t.Fatalf("the archive has no file below %s", kind)
		}
		step := 1
		if len(m.Files[key]) > 2000 && !long() {
			step = 7
		}
		for i := 0; i < len(m.Files[key]); i += step {
			flips = append(flips, flip{key, i})
		}
	}
	flipAll(t, m, flips)
	t.Logf("%d flips in %d files", len(flips), len(m.Files))
}

// TestOneFlippedByteOfTheDemo flips one byte in every file of the demo's archive, each somewhere else.
func TestOneFlippedByteOfTheDemo(t *testing.T) {
	t.Parallel()
	m := inMemory(t, filepath.Join(closedDemo(t), "archive"))
	var flips []flip
	for i, key := range sortedKeys(m) {
		n := len(m.Files[key])
		if n == 0 {
			continue
		}
		flips = append(flips, flip{key, i * 7919 % n})
		if long() {
			flips = append(flips, flip{key, 0}, flip{key, n / 2}, flip{key, n - 1})
		}
	}
	if len(flips) < 200 {
		t.Errorf("%d flips only", len(flips))
	}
	flipAll(t, m, flips)
}

// TestFlippedOnDisk flips a byte in a file of each kind in the folder itself and types the command.
func TestFlippedOnDisk(t *testing.T) {
	t.Parallel()
	dir, m := everyKind(t)
	seen := map[string]bool{}
	for _, key := range sortedKeys(m) {
		kind := kindOfFile(key)
		if seen[kind] || len(m.Files[key]) == 0 {
			continue
		}
		seen[kind] = true
		file := filepath.Join(dir, "archive", filepath.FromSlash(key))
		if err := os.Chmod(file, 0o600); err != nil {
			t.Fatal(err)
		}
		bad := bytes.Clone(m.Files[key])
		bad[len(bad)/3] ^= 4
		writeTo(t, file, bad)
		code, out, errOut := carrot("verify", "--config", filepath.Join(dir, "carrot.yaml"))
		if code != exitDamaged || !strings.Contains("\n"+out, "\n"+key+": ") || !strings.Contains(out, "DAMAGED: restore the files named above") {
			t.Errorf("%s: exit code %d\n%s%s", key, code, out, errOut)
		}
		writeTo(t, file, m.Files[key])
	}
	if len(seen) != len(kinds) {
		t.Errorf("flipped in %v, want one of each of %v", seen, kinds)
	}
	if code, out, errOut := carrot("verify", "--config", filepath.Join(dir, "carrot.yaml")); code != exitDone {
		t.Errorf("put right again: exit code %d\n%s%s", code, out, errOut)
	}
}
