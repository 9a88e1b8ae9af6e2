// Package storetest holds a Store against the contract of archive.Store, and has stores that fail in chosen ways for the
// tests of those who use one. A new store is one call to Run.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sort"
	"strings"
	"testing"

	"carrot/jobs/archive"
)

// Open makes an empty store and a second handle on the same files, as another process would have it.
type Open func() (s, again archive.Store, err error)

// Check is one promise of the contract.
type Check struct {
	Name string
	Run  func(ctx context.Context, open Open) error
}

// Run holds a store against every check.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, c := range Checks() {
		t.Run(c.Name, func(t *testing.T) {
			if err := c.Run(t.Context(), open); err != nil {
				t.Error(err)
			}
		})
	}
}

// Checks are the promises, as functions, so that a test can show that they catch a store which breaks them.
func Checks() []Check {
	return []Check{
		{"created once", one(createdOnce)},
		{"absent is fs.ErrNotExist", one(absent)},
		{"keys that are none", one(badKeys)},
		{"whole or not at all", one(whole)},
		{"unseen while it is written", one(unseen)},
		{"bytes of any length", one(lengths)},
		{"read from the start", one(fromStart)},
		{"listing", one(listing)},
		{"listing stops", one(listingStops)},
		{"a context that ended", one(ended)},
		{"seen by others", seenByOthers},
		{"64 writers, one winner", race(false)},
		{"64 writers of the same", race(true)},
	}
}

// one is for checks that need one handle.
func one(check func(context.Context, archive.Store) error) func(context.Context, Open) error {
	return func(ctx context.Context, open Open) error {
		s, _, err := open()
		if err != nil {
			return err
		}
		return check(ctx, s)
	}
}

func put(ctx context.Context, s archive.Store, key, text string) error {
	return s.Create(ctx, key, strings.NewReader(text))
}

// holds says whether the key has exactly the bytes.
func holds(ctx context.Context, s archive.Store, key, want string) error {
	r, err := s.Open(ctx, key)
	if err != nil {
		return fmt.Errorf("Open(%q) = %v", key, err)
	}
	b, err := io.ReadAll(r)
	if cerr := r.Close(); err != nil || cerr != nil {
		return fmt.Errorf("reading %q: %v, closing it: %v", key, err, cerr)
	}
	if string(b) != want {
		return fmt.Errorf("%q holds %d bytes %.40q, expected %d bytes %.40q", key, len(b), b, len(want), want)
	}
	return nil
}

// nothing says whether the key is absent for Open and for List.
func nothing(ctx context.Context, s archive.Store, key string) error {
	if r, err := s.Open(ctx, key); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			_ = r.Close()
		}
		return fmt.Errorf("Open(%q) of an absent key = %v, expected fs.ErrNotExist", key, err)
	}
	keys, err := list(ctx, s, "")
	if err != nil {
		return err
	}
	if len(keys) > 0 {
		return fmt.Errorf("List gives %q, expected nothing", keys)
	}
	return nil
}

func list(ctx context.Context, s archive.Store, prefix string) ([]string, error) {
	var keys []string
	err := s.List(ctx, prefix, func(key string, _ int64) error {
		keys = append(keys, key)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("List(%q) = %w", prefix, err)
	}
	return keys, nil
}

func createdOnce(ctx context.Context, s archive.Store) error {
	if err := put(ctx, s, "runs/a", "first"); err != nil {
		return fmt.Errorf("Create = %v", err)
	}
	var other *archive.Conflict
	if err := put(ctx, s, "runs/a", "first"); !errors.Is(err, fs.ErrExist) || errors.As(err, &other) {
		return fmt.Errorf("Create with the same bytes again = %v, expected fs.ErrExist that is no *archive.Conflict", err)
	}
	for _, text := range []string{"other", "", "first and more"} {
		if err := put(ctx, s, "runs/a", text); !errors.Is(err, fs.ErrExist) || !errors.As(err, &other) {
			return fmt.Errorf("Create with other bytes = %v, expected an *archive.Conflict that is fs.ErrExist", err)
		}
	}
	return holds(ctx, s, "runs/a", "first")
}

func absent(ctx context.Context, s archive.Store) error {
	if err := nothing(ctx, s, "runs/a"); err != nil {
		return err
	}
	if err := put(ctx, s, "runs/a", "x"); err != nil {
		return err
	}
	for _, key := range []string{"runs", "runs/b", "runs/a/b", "run"} {
		if _, err := s.Open(ctx, key); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("Open(%q) with runs/a kept = %v, expected fs.ErrNotExist", key, err)
		}
	}
	return nil
}

// BadKeys are keys that every store refuses.
var BadKeys = []string{"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "./a", "a/./b", ".a", "a/.b", "a\x00b", "a\nb",
	"a\\b", `..\a`, "a\xff", "a*", "a?", "a#b", "a[b", "a]b", "a\u0085b", "a\u2028b", strings.Repeat("a", 256), strings.Repeat("a/", 512) + "a"}

func badKeys(ctx context.Context, s archive.Store) error {
	for _, key := range BadKeys {
		if err := put(ctx, s, key, "x"); err == nil || errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("Create(%.40q) = %v, expected a refusal", key, err)
		}
		if r, err := s.Open(ctx, key); err == nil {
			_ = r.Close()
			return fmt.Errorf("Open(%.40q) is accepted", key)
		}
	}
	for _, prefix := range []string{"/", "..", "../", "a/../", "a/.", "a\x00", `a\`, "\xff"} {
		if err := s.List(ctx, prefix, func(string, int64) error { return nil }); err == nil {
			return fmt.Errorf("List(%q) is accepted", prefix)
		}
	}
	return nothing(ctx, s, "a")
}

// hooked calls at in the middle of its bytes; an error ends them.
type hooked struct {
	r  *bytes.Reader // no embedding: its WriteTo would lead around Read
	at func() error
}

func (h *hooked) Seek(offset int64, whence int) (int64, error) { return h.r.Seek(offset, whence) }

func (h *hooked) Read(p []byte) (int, error) {
	if half := h.r.Size() / 2; h.r.Size()-int64(h.r.Len()) < half {
		return h.r.Read(p[:min(int64(len(p)), half)])
	}
	if err := h.at(); err != nil {
		return 0, err
	}
	return h.r.Read(p)
}

func whole(ctx context.Context, s archive.Store) error {
	text := strings.Repeat("half written ", 1<<14)
	torn := errors.New("the source broke")
	for pass := 1; pass <= 2; pass++ { // in the first reading, or in a later one where the store reads twice
		reads, size := 0, len(text)
		r := &hooked{bytes.NewReader([]byte(text)), func() error {
			if reads++; reads >= pass {
				return torn
			}
			return nil
		}}
		err := s.Create(ctx, "objects/a", r)
		if err == nil && pass == 1 {
			return fmt.Errorf("Create = nil though its source broke after %d of %d bytes", size/2, size)
		}
		if err == nil { // it read once only, and whole
			return holds(ctx, s, "objects/a", text)
		}
		if errors.Is(err, fs.ErrExist) || !errors.Is(err, torn) {
			return fmt.Errorf("Create = %v, expected the error of its source", err)
		}
		if err := nothing(ctx, s, "objects/a"); err != nil {
			return fmt.Errorf("after a Create that failed half-way: %w", err)
		}
	}
	if err := put(ctx, s, "objects/a", text); err != nil {
		return fmt.Errorf("Create after one that failed = %v", err)
	}
	return holds(ctx, s, "objects/a", text)
}

func unseen(ctx context.Context, s archive.Store) error {
	text := strings.Repeat("not yet whole ", 1<<14)
	var seen error
	looks := 0
	r := &hooked{bytes.NewReader([]byte(text)), func() error {
		if looks++; looks <= 4 { // looking at every read would take long where a look is a request
			seen = errors.Join(seen, nothing(ctx, s, "objects/a"))
		}
		return nil
	}}
	if err := s.Create(ctx, "objects/a", r); err != nil {
		return err
	}
	if seen != nil {
		return fmt.Errorf("while it was written: %w", seen)
	}
	if looks == 0 {
		return errors.New("the store never read the middle of its source")
	}
	return holds(ctx, s, "objects/a", text)
}

func lengths(ctx context.Context, s archive.Store) error {
	sizes := []int{0, 1, 511, 512, 513, 32<<10 - 1, 32 << 10, 32<<10 + 1, 256 << 10, 1<<20 + 3}
	for _, n := range sizes {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(i * 7 / 3)
		}
		key := fmt.Sprintf("objects/%08d", n)
		if err := put(ctx, s, key, string(b)); err != nil {
			return err
		}
		if err := holds(ctx, s, key, string(b)); err != nil {
			return err
		}
	}
	i := 0
	err := s.List(ctx, "objects/", func(key string, size int64) error {
		if i < len(sizes) && size != int64(sizes[i]) {
			return fmt.Errorf("List gives %s with %d bytes", key, size)
		}
		i++
		return nil
	})
	if err == nil && i != len(sizes) {
		err = fmt.Errorf("List gives %d keys, expected %d", i, len(sizes))
	}
	return err
}

func fromStart(ctx context.Context, s archive.Store) error {
	r := strings.NewReader("the whole text")
	if _, err := r.Seek(4, io.SeekStart); err != nil {
		return err
	}
	if err := s.Create(ctx, "objects/a", r); err != nil {
		return err
	}
	return holds(ctx, s, "objects/a", "the whole text")
}

func listing(ctx context.Context, s archive.Store) error {
	keys := []string{"x/b", "x/a/b", "x/a-b", "x/a.b", "x/a0", "x/B", "x/é", "x/a b", "x/a/a/c", "xx/a", "w/a", "x/日", "x/a-/c"}
	for i := range 40 {
		keys = append(keys, fmt.Sprintf("y/%d", i*7919%1000))
	}
	for _, k := range keys {
		if err := put(ctx, s, k, k); err != nil {
			return err
		}
	}
	sort.Strings(keys)
	for _, prefix := range []string{"", "x", "x/", "x/a", "x/a/", "x/a-", "y/1", "z", "x/a/b", "x/a/b/"} {
		want := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !strings.HasPrefix(k, prefix) })
		got, err := list(ctx, s, prefix)
		if err != nil {
			return err
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("List(%q) = %q, expected %q", prefix, got, want)
		}
	}
	return nil
}

func listingStops(ctx context.Context, s archive.Store) error {
	for _, k := range []string{"a/1", "a/2", "a/3"} {
		if err := put(ctx, s, k, k); err != nil {
			return err
		}
	}
	stop, calls := errors.New("enough"), 0
	err := s.List(ctx, "a/", func(string, int64) error {
		calls++
		return stop
	})
	if !errors.Is(err, stop) || calls != 1 {
		return fmt.Errorf("List whose function fails = %v after %d calls, expected its error after 1", err, calls)
	}
	return nil
}

func ended(ctx context.Context, s archive.Store) error {
	if err := put(ctx, s, "a/1", "x"); err != nil {
		return err
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := put(gone, s, "a/2", "x"); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("Create in a context that ended = %v", err)
	}
	if r, err := s.Open(gone, "a/1"); err == nil {
		_, rerr := io.ReadAll(r)
		_ = r.Close()
		if rerr == nil {
			return errors.New("Open and reading work in a context that ended")
		}
	}
	if err := s.List(gone, "", func(string, int64) error { return nil }); err == nil {
		return errors.New("List works in a context that ended")
	}
	keys, err := list(ctx, s, "")
	if err == nil && !slices.Equal(keys, []string{"a/1"}) {
		err = fmt.Errorf("List = %q, expected a/1 alone", keys)
	}
	return err
}

func seenByOthers(ctx context.Context, open Open) error {
	s, again, err := open()
	if err != nil {
		return err
	}
	if err := put(ctx, s, "a/b/c", "x"); err != nil {
		return err
	}
	if err := holds(ctx, again, "a/b/c", "x"); err != nil {
		return fmt.Errorf("through another handle: %w", err)
	}
	if err := put(ctx, again, "a/b/c", "y"); !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("Create through another handle = %v, expected fs.ErrExist", err)
	}
	if err := put(ctx, again, "a/b/d", "z"); err != nil {
		return err
	}
	return holds(ctx, s, "a/b/d", "z")
}
