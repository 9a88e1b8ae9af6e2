package storetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"
	"sync"

	"carrot/jobs/archive"
)

// Memory is a correct store for tests: it keeps files in memory. Files may be changed behind its back, as a bad disk or
// a curious person would.
type Memory struct {
	mu    sync.Mutex
	Files map[string][]byte
}

// NewMemory is an empty Memory.
func NewMemory() *Memory { return &Memory{Files: map[string][]byte{}} }

// Create keeps the bytes.
func (m *Memory) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	if err := archive.CheckKey(key); err != nil {
		return err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, ok := m.Files[key]; ok && bytes.Equal(old, b) {
		return fmt.Errorf("%s: %w", key, fs.ErrExist)
	} else if ok {
		return &archive.Conflict{Key: key, Ours: fmt.Sprint(len(b), " bytes"), Theirs: fmt.Sprint(len(old), " bytes")}
	}
	m.Files[key] = b
	return nil
}

// Open reads the bytes.
func (m *Memory) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := archive.CheckKey(key); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.Files[key]
	if !ok {
		return nil, fmt.Errorf("%s: %w", key, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(b)), ctx.Err()
}

// List lists the keys.
func (m *Memory) List(ctx context.Context, prefix string, fn func(key string, size int64) error) error {
	if err := archive.CheckPrefix(prefix); err != nil {
		return err
	}
	m.mu.Lock()
	sizes := map[string]int64{}
	var keys []string
	for k, b := range m.Files {
		if strings.HasPrefix(k, prefix) {
			keys, sizes[k] = append(keys, k), int64(len(b))
		}
	}
	m.mu.Unlock()
	sort.Strings(keys)
	for _, k := range keys {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(k, sizes[k]); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Spoiled is a store whose reads of one key are spoiled for a number of times: at first by a loose cable, or always, as
// by a bad disk.
type Spoiled struct {
	archive.Store
	Key   string
	Times int // how many openings are spoiled; below 0 all
	Spoil func(r io.ReadCloser) io.ReadCloser
	mu    sync.Mutex
}

// Open spoils.
func (s *Spoiled) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := s.Store.Open(ctx, key)
	if err != nil || key != s.Key {
		return r, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Times == 0 {
		return r, nil
	}
	s.Times--
	return s.Spoil(r), nil
}

type reading struct {
	io.Reader
	io.Closer
}

// Flip turns one bit, counted from the first of the first byte.
func Flip(bit int64) func(io.ReadCloser) io.ReadCloser {
	return func(r io.ReadCloser) io.ReadCloser { return reading{&flipper{r, bit}, r} }
}

type flipper struct {
	r   io.Reader
	bit int64 // from here
}

func (f *flipper) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if f.bit >= 0 && f.bit < int64(n)*8 {
		p[f.bit/8] ^= 1 << (f.bit % 8)
	}
	f.bit -= int64(n) * 8
	return n, err
}

// Short ends the bytes after n, without an error.
func Short(n int64) func(io.ReadCloser) io.ReadCloser {
	return func(r io.ReadCloser) io.ReadCloser { return reading{io.LimitReader(r, n), r} }
}

// Break fails after n bytes.
func Break(n int64, err error) func(io.ReadCloser) io.ReadCloser {
	return func(r io.ReadCloser) io.ReadCloser {
		return reading{io.MultiReader(io.LimitReader(r, n), broken{err}), r}
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// Failing is a store whose call number At (1 is the first, of all three methods together) fails.
type Failing struct {
	archive.Store
	At      int
	Err     error
	Lasting bool // all later calls fail as well
	Lost    bool // the call is done and only its answer is lost
	mu      sync.Mutex
	calls   int
}

// Calls is the number of calls so far.
func (f *Failing) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func (f *Failing) fails() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	return f.calls == f.At || (f.Lasting && f.calls > f.At)
}

// Create fails in its turn.
func (f *Failing) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	fails := f.fails()
	if fails && !f.Lost {
		return f.Err
	}
	err := f.Store.Create(ctx, key, r)
	if fails {
		return f.Err
	}
	return err
}

// Open fails in its turn.
func (f *Failing) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if f.fails() {
		return nil, f.Err
	}
	return f.Store.Open(ctx, key)
}

// List fails in its turn.
func (f *Failing) List(ctx context.Context, prefix string, fn func(key string, size int64) error) error {
	if f.fails() {
		return f.Err
	}
	return f.Store.List(ctx, prefix, fn)
}
