package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// packWindow is how far back packing looks, in bytes; a reader needs as much memory.
const packWindow = 4 << 20

// packLeast is the size, in bytes, below which nothing is packed: a file system gives no less than a block, and a person
// can read the file as it is.
const packLeast = 4096

// packedHead is how many of the first bytes plain looks at.
const packedHead = 8

// packedMagics start formats that are packed already; packing them again costs time and gains nothing.
var packedMagics = [][]byte{
	[]byte("\x1f\x8b"), []byte("PK\x03\x04"), []byte("\x28\xb5\x2f\xfd"), []byte("%PDF-"),
	[]byte("\x89PNG"), []byte("\xff\xd8\xff"), []byte("PAR1"), []byte("BZh"), []byte("\xfd7zXZ"), []byte("7z\xbc\xaf"),
}

// plain says whether bytes of that size that start so are better stored as they are.
func plain(head []byte, size int64) bool {
	if size < packLeast {
		return true
	}
	for _, m := range packedMagics {
		if bytes.HasPrefix(head, m) {
			return true
		}
	}
	return false
}

// encoders are kept because each has tables of some megabytes. One goroutine each and a fixed level make the bytes
// depend on the input alone.
var encoders = sync.Pool{New: func() any {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(packWindow), zstd.WithEncoderCRC(true))
	if err != nil {
		return err
	}
	return e
}}

// pack writes the zstd form of r to w.
func pack(w io.Writer, r io.Reader) error {
	e, ok := encoders.Get().(*zstd.Encoder)
	if !ok {
		return errors.New("zstd refuses its settings")
	}
	defer encoders.Put(e)
	e.Reset(w)
	// copyAll hides ReadFrom, which would cut blocks as the reader does; so only the bytes count.
	if err := copyAll(e, r); err != nil {
		return errors.Join(err, e.Close())
	}
	return e.Close()
}

// copyAll is io.Copy through a buffer that is kept: there are thousands of small objects.
func copyAll(w io.Writer, r io.Reader) error {
	buf := copyBuffers.Get().(*[32 << 10]byte)
	defer copyBuffers.Put(buf)
	_, err := io.CopyBuffer(plainWriter{w}, r, buf[:])
	return err
}

var copyBuffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// plainWriter is a writer alone: no ReadFrom with a buffer of its own.
type plainWriter struct{ io.Writer }

// unpack writes the raw form of an object's stored bytes to w: of encoded ones never more than one byte beyond its size.
func unpack(ctx context.Context, w io.Writer, r io.Reader, o Object) error {
	if o.Encoding == "" {
		return copyAll(w, r)
	}
	if o.Encrypted() {
		var err error
		if r, err = o.decrypted(ctx, r); err != nil {
			return err
		}
	}
	if !o.packed() {
		return copyAll(w, io.LimitReader(r, o.Size+1))
	}
	d, ok := decoders.Get().(*zstd.Decoder)
	if !ok {
		return errors.New("zstd refuses its settings")
	}
	defer decoders.Put(d)
	if err := d.Reset(r); err != nil {
		return err
	}
	err := copyAll(w, io.LimitReader(d, o.Size+1))
	return errors.Join(err, d.Reset(nil)) // the pool must not hold on to r
}

// decoders are kept as encoders are. A window beyond ours is refused: it would only cost memory.
var decoders = sync.Pool{New: func() any {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(2*packWindow))
	if err != nil {
		return err
	}
	return d
}}

// meter counts and hashes what passes.
type meter struct {
	hash.Hash
	n int64
}

func newMeter() *meter { return &meter{Hash: sha256.New()} }

// Write counts and hashes; it never fails.
func (m *meter) Write(p []byte) (int, error) {
	m.n += int64(len(p))
	return m.Hash.Write(p)
}

func (m *meter) digest() string { return hex.EncodeToString(m.Sum(nil)) }

// ctxReader stops when the context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

// Read reads unless the context has ended.
func (c *ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// readFromStart fills p from the first byte on, as far as there are bytes.
func readFromStart(r io.ReadSeeker, p []byte) (int, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(r, p)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

// digestReader hashes r from its first to its last byte.
func digestReader(ctx context.Context, r io.ReadSeeker) (string, int64, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return "", 0, err
	}
	m := newMeter()
	if err := copyAll(m, &ctxReader{ctx, r}); err != nil {
		return "", 0, err
	}
	return m.digest(), m.n, nil
}

// hashed lets a Store read bytes that are promised to have a digest, and fails the last Read where they have not, so
// that bytes which change under our hands never get a name that is not theirs.
type hashed struct {
	r    io.ReadSeeker
	want string // key
	name string
	m    *meter
}

// Seek goes back to the start and nowhere else.
func (h *hashed) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return h.r.Seek(offset, whence) // a store that asks for the size; the digest is checked once it goes to the start
	}
	h.m = newMeter()
	return h.r.Seek(0, io.SeekStart)
}

// Read reads, and at the end compares.
func (h *hashed) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	if h.m == nil {
		return n, err
	}
	h.m.Write(p[:n])
	if errors.Is(err, io.EOF) && "objects/"+h.m.digest() != h.want {
		return n, fmt.Errorf("%s: the bytes changed while they were archived; try again when nobody writes to them", h.name)
	}
	return n, err
}
