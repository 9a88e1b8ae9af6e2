package jobs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"carrot/connectors"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// inMemory is the size in bytes up to which an archived file is held in memory while the job runs. Others lie unpacked in
// private temporary files: a large one in its own, all up to shared in one, since there may be thousands of daily drops.
const (
	inMemory = 16 << 10
	shared   = 1 << 20
)

// vault opens archived raw files for reading at any place, each once, after its digests were found right.
type vault struct {
	ctx   context.Context
	store archive.Store
	temp  string

	mu    sync.Mutex
	open  map[string]io.ReaderAt // by raw digest
	held  []io.Closer
	pile  *archive.Scratch // what has up to shared bytes, one after the other
	next  int64            // where the pile ends
	spill *TempFolder      // for folds; made when first needed
	dir   string           // its name
}

func newVault(ctx context.Context, s archive.Store, temp string) *vault {
	return &vault{ctx: ctx, store: s, temp: temp, open: map[string]io.ReaderAt{}}
}

// Close forgets everything that was opened.
func (v *vault) Close() error {
	var errs []error
	for _, c := range v.held {
		errs = append(errs, c.Close())
	}
	if v.spill != nil {
		errs = append(errs, v.spill.Close())
	}
	v.open, v.held, v.pile, v.spill, v.dir = nil, nil, nil, nil, ""
	return errors.Join(errs...)
}

// at opens an object. Damage is an *archive.Problem.
func (v *vault) at(o archive.Object) (io.ReaderAt, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r, ok := v.open[o.Digest]; ok {
		return r, nil
	}
	var r io.ReaderAt
	if o.Size <= shared {
		b, err := archive.Get(v.ctx, v.store, o)
		if err != nil {
			return nil, err
		}
		if r = bytes.NewReader(b); o.Size > inMemory {
			if r, err = v.heap(b); err != nil {
				return nil, err
			}
		}
	} else {
		f, err := archive.Open(v.ctx, v.store, o, v.temp)
		if err != nil {
			return nil, err
		}
		v.held = append(v.held, f)
		r = f
	}
	v.open[o.Digest] = r
	return r, nil
}

// heap puts bytes on the pile.
func (v *vault) heap(b []byte) (io.ReaderAt, error) {
	if v.pile == nil {
		f, err := archive.NewScratch(v.temp)
		if err != nil {
			return nil, err
		}
		v.pile, v.held = f, append(v.held, f)
	}
	at := v.next
	if _, err := v.pile.WriteAt(b, at); err != nil {
		return nil, err
	}
	v.next += int64(len(b))
	return io.NewSectionReader(v.pile, at, int64(len(b))), nil
}

// input is an archived file as a decoder reads it.
func (v *vault) input(o archive.Object, t tableDef, file uint32) (connectors.Input, error) {
	r, err := v.at(o)
	if err != nil {
		return connectors.Input{}, locked(t.contract.Name(), err)
	}
	return connectors.Input{ReaderAt: r, Size: o.Size, Name: o.Name, Digest: o.Digest, File: file, Format: t.format, Contract: t.contract}, nil
}

// tableDef is how one table is read.
type tableDef struct {
	contract comp.Contract
	format   connectors.Format
	kind     string // the connector
}

// Create makes a temporary file for a fold. See transform.Spill. True-ups compute several times in one run and use the
// names again, each time after the files of the time before were read; so a file that is there is replaced.
func (v *vault) Create(name string) (io.WriteCloser, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.dir == "" {
		spill, err := NewTempFolder(v.temp)
		if err != nil {
			return nil, err
		}
		v.spill, v.dir = spill, spill.Name
	}
	file := filepath.Join(v.dir, filepath.Base(name))
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// Open reads back what Create wrote.
func (v *vault) Open(name string) (transform.Spilled, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return os.Open(filepath.Join(v.dir, filepath.Base(name)))
}
