package transform

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// A fold brings the records of one entity together, whichever split they came from: it partitions them by the hash of the
// entity's key, keeps what fits the memory budget, spills the rest, and hands out one partition after the other.
// Records are bytes, of which the first 16 are the hash; they are of one length, or say theirs themselves.

const (
	foldParts   = 64
	foldChunk   = 4 << 10
	memoryUnset = 16 << 20
	foldShare   = 16 // of the budget is what a fold may hold even where others have used it up: less is not worth writing
)

// budget is the memory that all folds of a run share. When it is exceeded, the fold that holds the most leaves memory.
type budget struct {
	mu         sync.Mutex
	used, most int64
	spill      Spill
	folds      []*fold
}

func newBudget(in *Inputs) *budget {
	m := &budget{most: in.Memory, spill: in.Spill}
	if m.most <= 0 {
		m.most = memoryUnset
	}
	return m
}

// take books bytes that cannot leave memory.
func (m *budget) take(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used += n
}

// hold books bytes of a fold. Where that exceeds the budget, it gives the fold that must leave memory, if that frees any.
func (m *budget) hold(f *fold, n int64) *fold {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used += n
	f.held += n
	if m.used <= m.most || m.spill == nil {
		return nil
	}
	most := f
	for _, g := range m.folds {
		if g.held > most.held {
			most = g
		}
	}
	if most.held < m.most/foldShare {
		return nil
	}
	return most
}

// fold is one partitioned set of records.
type fold struct {
	name   string // unique in the run, as is the spilled file's
	memory *budget
	held   int64 // bytes in memory; guarded by the budget
	mu     sync.Mutex
	parts  [foldParts]foldPart
	file   io.WriteCloser // what left memory; nil while nothing did
	out    *bufio.Writer  // into file
	size   int64          // of file
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
	chunks  [][]byte
	spilled []span // of the file
}

// span is the bytes of a file from one place up to another.
type span struct{ from, to int64 }

func newFold(name string, m *budget) *fold {
	f := &fold{name: name, memory: m}
	m.folds = append(m.folds, f)
	return f
}

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
	f.parts[p].chunks = append(f.parts[p].chunks, chunk)
	f.mu.Unlock()
	if most := f.memory.hold(f, int64(cap(chunk))); most != nil {
		most.leave()
	}
}

// leave writes everything that this fold holds behind what it wrote before, partition by partition. Once that has failed, what
// comes is dropped: the scan goes on to its end, and each tells of the failure.
func (f *fold) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil && f.file == nil {
		file, err := f.memory.spill.Create("fold-" + f.name)
		if f.err = f.failed("creating", err); err == nil {
			f.file, f.out = file, bufio.NewWriterSize(file, spillBuffer)
		}
	}
	for p := range f.parts {
		part := &f.parts[p]
		from := f.size
		for _, c := range part.chunks {
			if f.err == nil {
				_, err := f.out.Write(c)
				f.err = f.failed("writing", err)
			}
			f.size += int64(len(c))
			f.drop(c)
		}
		if part.chunks = part.chunks[:0]; f.size > from {
			part.spilled = append(part.spilled, span{from, f.size})
		}
	}
}

// drop gives a chunk's memory back.
func (f *fold) drop(chunk []byte) {
	f.memory.hold(f, -int64(cap(chunk)))
	spare(chunk)
}

// each hands out the partitions' bytes, in order; a partition's records come in no particular order. Folders must have
// been flushed. The fold is empty afterwards, also after an error.
func (f *fold) each(visit func(partition []byte) error) (err error) {
	file, err := f.reopen()
	if file != nil {
		defer func() { err = errors.Join(err, file.Close()) }()
	}
	var buf []byte
	for p := range f.parts {
		part := &f.parts[p]
		buf = buf[:0]
		for _, s := range part.spilled {
			if err == nil {
				buf, err = f.read(file, s, buf)
			}
		}
		for _, c := range part.chunks {
			buf = append(buf, c...)
			f.drop(c)
		}
		*part = foldPart{}
		if err == nil && len(buf) > 0 {
			err = visit(buf)
		}
	}
	return err
}

// reopen ends what left memory, to be read; nil where nothing did.
func (f *fold) reopen() (Spilled, error) {
	if f.file == nil {
		return nil, f.err
	}
	err := f.err
	if err == nil {
		err = f.failed("writing", f.out.Flush())
	}
	if err = errors.Join(err, f.failed("closing", f.file.Close())); err != nil {
		return nil, err
	}
	file, err := f.memory.spill.Open("fold-" + f.name)
	return file, f.failed("reading", err)
}

func (f *fold) failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s fold-%s: %w", doing, f.name, err)
}

// read appends a span of what left memory to buf.
func (f *fold) read(file Spilled, s span, buf []byte) ([]byte, error) {
	at := len(buf)
	buf = slices.Grow(buf, int(s.to-s.from))[:at+int(s.to-s.from)]
	_, err := file.ReadAt(buf[at:], s.from)
	return buf, f.failed("reading", err)
}
