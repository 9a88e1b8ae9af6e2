package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"testing"

	"carrot/jobs/archive"
)

func TestMemory(t *testing.T) {
	Run(t, func() (archive.Store, archive.Store, error) {
		m := NewMemory()
		return m, m, nil
	})
}

func TestDir(t *testing.T) {
	Run(t, func() (archive.Store, archive.Store, error) {
		folder := t.TempDir()
		s, err := archive.NewDir(folder)
		if err != nil {
			return nil, nil, err
		}
		again, err := archive.OpenDir(folder)
		return s, again, err
	})
}

// The broken stores: each breaks one promise.
type (
	overwrites struct{ *Memory }
	unsorted   struct{ *Memory }
	halfway    struct{ *Memory }
	silent     struct{ *Memory } // says that it created what was there
	noConflict struct{ *Memory } // does not tell other bytes from the same
	position   struct{ *Memory } // reads from where the reader stands
	anyKey     struct{ *Memory }
	lateAbsent struct{ *Memory } // tells that a key is absent at the first Read only
	folders    struct{ *Memory } // takes a prefix for a folder's name
	truncates  struct{ *Memory }
	deaf       struct{ *Memory } // does not hear that the context ended
	goesOn     struct{ *Memory } // does not stop listing
)

func (s overwrites) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	if err := s.Memory.Create(ctx, key, r); !errors.Is(err, fs.ErrExist) {
		return err
	}
	delete(s.Files, key)
	_ = s.Memory.Create(ctx, key, r)
	return fs.ErrExist
}

func (s unsorted) List(ctx context.Context, prefix string, fn func(string, int64) error) error {
	var keys []string
	_ = s.Memory.List(ctx, prefix, func(k string, _ int64) error {
		keys = append(keys, k)
		return nil
	})
	slices.Reverse(keys)
	for _, k := range keys {
		if err := fn(k, int64(len(s.Files[k]))); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (s halfway) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	if archive.CheckKey(key) != nil || ctx.Err() != nil || s.Files[key] != nil {
		return s.Memory.Create(ctx, key, r)
	}
	_, _ = r.Seek(0, io.SeekStart)
	p := make([]byte, 1000)
	for {
		n, err := r.Read(p)
		s.mu.Lock()
		s.Files[key] = append(s.Files[key], p[:n]...)
		s.mu.Unlock()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s silent) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	if err := s.Memory.Create(ctx, key, r); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func (s noConflict) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	if err := s.Memory.Create(ctx, key, r); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return fs.ErrExist
}

func (s position) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return s.Memory.Create(ctx, key, bytes.NewReader(b))
}

func (s anyKey) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	if archive.CheckKey(key) != nil {
		key = fmt.Sprintf("x%x", key)
	}
	return s.Memory.Create(ctx, key, r)
}

func (s lateAbsent) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := s.Memory.Open(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		return io.NopCloser(broken{err}), nil
	}
	return r, err
}

func (s folders) List(ctx context.Context, prefix string, fn func(string, int64) error) error {
	return s.Memory.List(ctx, prefix, func(k string, n int64) error {
		if prefix != "" && prefix[len(prefix)-1] != '/' && len(k) > len(prefix) && k[len(prefix)] != '/' {
			return nil
		}
		return fn(k, n)
	})
}

func (s truncates) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := s.Memory.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	return Short(1 << 20)(r), nil
}

func (s deaf) Create(_ context.Context, key string, r io.ReadSeeker) error {
	return s.Memory.Create(context.Background(), key, r)
}

func (s goesOn) List(ctx context.Context, prefix string, fn func(string, int64) error) error {
	var first error
	err := s.Memory.List(ctx, prefix, func(k string, n int64) error {
		if err := fn(k, n); first == nil {
			first = err
		}
		return nil
	})
	return errors.Join(err, first)
}

// TestBroken shows that the suite can fail: each store that breaks a promise is caught by the check of that promise.
func TestBroken(t *testing.T) {
	for name, c := range map[string]struct {
		caught string
		store  func(*Memory) archive.Store
	}{
		"overwrites":                {"created once", func(m *Memory) archive.Store { return overwrites{m} }},
		"says nil for what exists":  {"64 writers, one winner", func(m *Memory) archive.Store { return silent{m} }},
		"hides a conflict":          {"created once", func(m *Memory) archive.Store { return noConflict{m} }},
		"lists unsorted":            {"listing", func(m *Memory) archive.Store { return unsorted{m} }},
		"lists folders only":        {"listing", func(m *Memory) archive.Store { return folders{m} }},
		"shows half-written":        {"unseen while it is written", func(m *Memory) archive.Store { return halfway{m} }},
		"keeps half-written":        {"whole or not at all", func(m *Memory) archive.Store { return halfway{m} }},
		"reads from anywhere":       {"read from the start", func(m *Memory) archive.Store { return position{m} }},
		"takes any key":             {"keys that are none", func(m *Memory) archive.Store { return anyKey{m} }},
		"opens what is absent":      {"absent is fs.ErrNotExist", func(m *Memory) archive.Store { return lateAbsent{m} }},
		"truncates":                 {"bytes of any length", func(m *Memory) archive.Store { return truncates{m} }},
		"goes on after the context": {"a context that ended", func(m *Memory) archive.Store { return deaf{m} }},
		"goes on listing":           {"listing stops", func(m *Memory) archive.Store { return goesOn{m} }},
	} {
		open := func() (archive.Store, archive.Store, error) {
			s := c.store(NewMemory())
			return s, s, nil
		}
		caught := false
		for _, check := range Checks() {
			if check.Name == c.caught {
				caught = check.Run(t.Context(), open) != nil
			}
		}
		if !caught {
			t.Errorf("a store that %s passes the check %q", name, c.caught)
		}
	}
	other := func() (archive.Store, archive.Store, error) { return NewMemory(), NewMemory(), nil }
	if seenByOthers(t.Context(), other) == nil {
		t.Error("a store that others do not see passes")
	}
}

// TestFaults shows that the failing stores fail as they say.
func TestFaults(t *testing.T) {
	ctx, m := t.Context(), NewMemory()
	if err := put(ctx, m, "a", "\x00\x00\x00"); err != nil {
		t.Fatal(err)
	}
	flipped := &Spoiled{Store: m, Key: "a", Times: 1, Spoil: Flip(9)}
	if err := holds(ctx, flipped, "a", "\x00\x02\x00"); err != nil {
		t.Error(err)
	}
	if err := holds(ctx, flipped, "a", "\x00\x00\x00"); err != nil {
		t.Error("the second reading: ", err)
	}
	if err := holds(ctx, &Spoiled{Store: m, Key: "a", Times: -1, Spoil: Short(2)}, "a", "\x00\x00"); err != nil {
		t.Error(err)
	}
	oops := errors.New("oops")
	if err := holds(ctx, &Spoiled{Store: m, Key: "a", Times: -1, Spoil: Break(2, oops)}, "a", ""); err == nil {
		t.Error("Break does not break")
	}
	lost := &Failing{Store: m, At: 2, Err: oops, Lost: true}
	if err := put(ctx, lost, "b", "x"); err != nil {
		t.Error(err)
	}
	if err := put(ctx, lost, "c", "y"); !errors.Is(err, oops) || string(m.Files["c"]) != "y" {
		t.Errorf("a lost answer: %v, kept %q", err, m.Files["c"])
	}
	lasting := &Failing{Store: m, At: 1, Err: oops, Lasting: true}
	for range 3 {
		if _, err := lasting.Open(ctx, "a"); !errors.Is(err, oops) {
			t.Errorf("Open = %v", err)
		}
	}
}
