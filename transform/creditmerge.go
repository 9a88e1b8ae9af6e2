package transform

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// creditReader walks a sorted run.
type creditReader struct {
	r     *bufio.Reader
	close io.Closer
	now   []byte
	rest  []byte // of a run in memory
}

func (k *creditBook) openRun(run creditRun) (*creditReader, error) {
	if run.file == "" {
		return &creditReader{rest: run.bytes}, nil
	}
	f, err := k.s.memory.spill.Open(run.file)
	if err != nil {
		return nil, err
	}
	return &creditReader{r: bufio.NewReaderSize(io.NewSectionReader(f, 0, run.size), spillBuffer), close: f}, nil
}

// next reads the next credit into now; io.EOF at the end.
func (r *creditReader) next() error {
	if r.r == nil {
		if len(r.rest) == 0 {
			return io.EOF
		}
		r.now = creditAt(r.rest)
		r.rest = r.rest[len(r.now):]
		return nil
	}
	head, err := r.r.Peek(4)
	if err == io.EOF && len(head) > 0 {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err // io.EOF at the end
	}
	length := 4 + int(binary.BigEndian.Uint32(head))
	r.now = slices.Grow(r.now[:0], length)[:length]
	_, err = io.ReadFull(r.r, r.now)
	return err
}

func (r *creditReader) end() error {
	if r.close == nil {
		return nil
	}
	return r.close.Close()
}

// merge brings sorted runs together, the credits of rows that no longer count left out.
func (k *creditBook) merge(runs []creditRun, out func(packed []byte) error) (err error) {
	var heap []*creditReader
	less := func(a, b *creditReader) bool { return bytes.Compare(creditOrder(a.now), creditOrder(b.now)) < 0 }
	down := func(i int) {
		for {
			j := 2*i + 1
			if j >= len(heap) {
				return
			}
			if j+1 < len(heap) && less(heap[j+1], heap[j]) {
				j++
			}
			if !less(heap[j], heap[i]) {
				return
			}
			heap[i], heap[j] = heap[j], heap[i]
			i = j
		}
	}
	defer func() {
		for _, r := range heap {
			err = errors.Join(err, r.end())
		}
	}()
	for _, run := range runs {
		r, err := k.openRun(run)
		if err != nil {
			return err
		}
		heap = append(heap, r)
		if err := r.next(); err != nil { // no run is empty
			return fmt.Errorf("reading %s: %w", run.file, err)
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		down(i)
	}
	for len(heap) > 0 {
		r := heap[0]
		if _, at := creditPlace(r.now); !k.s.uncounted(at) {
			if err := out(r.now); err != nil {
				return err
			}
		}
		if err := r.next(); err == io.EOF {
			err = r.end()
			heap[0] = heap[len(heap)-1]
			if heap = heap[:len(heap)-1]; err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		down(0)
	}
	return nil
}
