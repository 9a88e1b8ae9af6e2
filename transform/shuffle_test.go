package transform

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math/rand"
	"slices"
	"sync"
	"time"

	"carrot/transform/comp"
)

func mustZone(name string) *time.Location {
	z, err := comp.Zone(name)
	if err != nil {
		panic(err)
	}
	return z
}

// naiveValue is a test cell as an expression sees it.
func naiveValue(c comp.Column, cell any, zone *time.Location) comp.Value {
	switch v := cell.(type) {
	case nil:
		return comp.Value{}
	case bool:
		return comp.BoolValue(v)
	case string:
		if c.Type == comp.DateType {
			return comp.DateValue(on(v))
		}
		return comp.TextValue(v)
	case int:
		switch c.Type {
		case comp.Instant:
			return comp.DateValue(comp.DateIn(int64(v), zone))
		case comp.Decimal:
			return comp.NumberValue(comp.Scaled(int64(v), c.Scale))
		}
		return comp.NumberValue(comp.Int(int64(v)))
	}
	panic(fmt.Sprintf("cell %T", cell))
}

// shuffled are the same inputs with files, parts, splits and batches in another order.
func shuffled(in *Inputs, r *rand.Rand) Inputs {
	out := *in
	perm := r.Perm(len(in.Files))
	out.Files = make([]comp.File, len(in.Files))
	for from, to := range perm {
		out.Files[to] = in.Files[from]
	}
	out.Tables = map[string][]Part{}
	for _, name := range sortedKeys(in.Tables) {
		for _, p := range in.Tables[name] {
			p.File = uint32(perm[p.File])
			splits := slices.Clone(p.Splits)
			for i, split := range splits {
				seed := r.Int63()
				splits[i] = func(out func(Batch) error) []comp.Finding { return shuffledBatches(split, p.File, seed, out) }
			}
			r.Shuffle(len(splits), func(i, j int) { splits[i], splits[j] = splits[j], splits[i] })
			p.Splits = splits
			out.Tables[name] = append(out.Tables[name], p)
		}
		parts := out.Tables[name]
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	}
	return out
}

func shuffledBatches(split func(func(Batch) error) []comp.Finding, file uint32, seed int64, out func(Batch) error) []comp.Finding {
	var all []Batch
	fs := split(func(b Batch) error {
		b.Rec.Retain()
		b.File = file
		all = append(all, b)
		return nil
	})
	rand.New(rand.NewSource(seed)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var err error
	for _, b := range all {
		if err == nil {
			err = out(b)
		}
		b.Rec.Release()
	}
	return fs
}

// memorySpill is a Spill that counts what it is given.
type memorySpill struct {
	mu      sync.Mutex
	files   map[string]*bytes.Buffer
	written int
	fail    error
}

type spillWriter struct {
	s *memorySpill
	b *bytes.Buffer
}

func (w spillWriter) Write(p []byte) (int, error) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	if w.s.fail != nil {
		return 0, w.s.fail
	}
	w.s.written += len(p)
	return w.b.Write(p)
}

func (w spillWriter) Close() error { return nil }

func (s *memorySpill) Create(name string) (io.WriteCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = map[string]*bytes.Buffer{}
	}
	if s.files[name] != nil {
		return nil, fmt.Errorf("%s was created before", name)
	}
	s.files[name] = &bytes.Buffer{}
	return spillWriter{s, s.files[name]}, nil
}

// spillReader is a file of the spill that is read.
type spillReader struct{ *bytes.Reader }

func (spillReader) Close() error { return nil }

func (s *memorySpill) Open(name string) (Spilled, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[name]
	if !ok {
		return nil, fmt.Errorf("no %s: %w", name, fs.ErrNotExist)
	}
	return spillReader{bytes.NewReader(f.Bytes())}, nil
}
