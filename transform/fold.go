package transform

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// A fold brings the records of one entity together, whichever split they came from: it partitions them by the hash of the
// entity's key, keeps what fits the memory budget, spills the rest, and hands out one partition after the other.
// Records are bytes, of which the first 16 are the hash; they are of one length, or say theirs themselves.

const (
	foldParts   = 64
	foldChunk   = 4 << 10
	memoryUnset = 16 << 20
)

// budget is the memory that all folds of a run share.
type budget struct {
	mu         sync.Mutex
	used, most int64
	spill      Spill
}

func newBudget(in *Inputs) *budget {
	m := &budget{most: in.Memory, spill: in.Spill}
	if m.most <= 0 {
		m.most = memoryUnset
	}
	return m
}

// take books bytes and says whether the budget is exceeded.
func (m *budget) take(n int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used += n
	return m.used > m.most && m.spill != nil
}

// fold is one partitioned set of records.
type fold struct {
	name   string // unique in the run; the spilled files' names begin with it
	memory *budget
	mu     sync.Mutex
	parts  [foldParts]foldPart
	err    error
}

// spareChunks are chunks that folds are done with.
var spareChunks = sync.Pool{New: func() any { return new([foldChunk]byte) }}

// newChunk is an empty one with room for need bytes at least.
func newChunk(need int) []byte {
	if need > foldChunk {
		return make([]byte, 0, need)
	}
	return spareChunks.Get().(*[foldChunk]byte)[:0]
}

// spare lets another fold use a chunk.
func spare(chunk []byte) {
	if cap(chunk) == foldChunk {
		spareChunks.Put((*[foldChunk]byte)(chunk[:foldChunk]))
	}
}

type foldPart struct {
	chunks [][]byte
	w      io.WriteCloser
}

func newFold(name string, m *budget) *fold { return &fold{name: name, memory: m} }

// folder is one goroutine's way into a fold.
type folder struct {
	fold *fold
	bufs [foldParts][]byte
}

// put adds a record, whose first 16 bytes are its entity's hash.
func (f *folder) put(record []byte) {
	p := record[0] % foldParts
	f.bufs[p] = append(f.room(p, len(record)), record...)
}

// room is a partition's buffer with place for a record.
func (f *folder) room(p byte, need int) []byte {
	buf := f.bufs[p]
	if cap(buf)-len(buf) < need {
		if len(buf) > 0 {
			f.fold.accept(int(p), buf)
		}
		buf = newChunk(need)
	}
	return buf
}

// flush hands over what is left.
func (f *folder) flush() {
	for p, buf := range f.bufs {
		if len(buf) > 0 {
			f.fold.accept(p, buf)
		}
		f.bufs[p] = nil
	}
}

func (f *fold) accept(p int, chunk []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.parts[p].chunks = append(f.parts[p].chunks, chunk)
	if f.memory.take(int64(cap(chunk))) && f.err == nil {
		f.err = f.spillAll()
	}
}

// spillAll writes everything that this fold holds; f.mu is held.
func (f *fold) spillAll() error {
	for p := range f.parts {
		part := &f.parts[p]
		if len(part.chunks) == 0 {
			continue
		}
		if part.w == nil {
			w, err := f.memory.spill.Create(f.file(p))
			if err != nil {
				return err
			}
			part.w = w
		}
		for _, c := range part.chunks {
			if _, err := part.w.Write(c); err != nil {
				return fmt.Errorf("writing %s: %w", f.file(p), err)
			}
			f.memory.take(-int64(cap(c)))
			spare(c)
		}
		part.chunks = part.chunks[:0]
	}
	return nil
}

func (f *fold) file(p int) string { return fmt.Sprintf("fold-%s-%02d", f.name, p) }

// each hands out the partitions' bytes, in order; a partition's records come in no particular order. Folders must have
// been flushed. The fold is empty afterwards, also after an error.
func (f *fold) each(visit func(partition []byte) error) error {
	err := f.err
	for p := range f.parts {
		part := &f.parts[p]
		if part.w != nil {
			err = errors.Join(err, part.w.Close())
		}
	}
	var buf []byte
	for p := range f.parts {
		part := &f.parts[p]
		buf = buf[:0]
		if part.w != nil && err == nil {
			buf, err = f.read(p, buf)
		}
		for _, c := range part.chunks {
			buf = append(buf, c...)
			f.memory.take(-int64(cap(c)))
			spare(c)
		}
		part.chunks = nil
		if err == nil && len(buf) > 0 {
			err = visit(buf)
		}
	}
	return err
}

func (f *fold) read(p int, buf []byte) ([]byte, error) {
	r, err := f.memory.spill.Open(f.file(p))
	if err != nil {
		return buf, err
	}
	defer r.Close()
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return buf, fmt.Errorf("reading %s: %w", f.file(p), err)
		}
	}
}
