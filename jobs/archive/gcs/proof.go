package gcs

import (
	"context"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"cloud.google.com/go/storage"
)

// proof compares what was read with what the service says about the object, at its end.
type proof struct {
	key    string
	r      *storage.Reader
	cancel context.CancelFunc
	crc    hash.Hash32
	n      int64
}

func newProof(key string, r *storage.Reader, cancel context.CancelFunc) *proof {
	return &proof{key: key, r: r, cancel: cancel, crc: crc32.New(castagnoli)}
}

// Read reads, and at the end compares length and CRC32C. The sha256 is for the archive to compare: it knows
// what it expects, while the service would only repeat what it was told.
func (p *proof) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.crc.Write(b[:n])
	p.n += int64(n)
	if err == io.EOF {
		if cerr := p.compare(); cerr != nil {
			return n, cerr
		}
	}
	return n, err
}

func (p *proof) compare() error {
	a := p.r.Attrs
	switch {
	case a.Size >= 0 && p.n != a.Size: // below 0: the service did not say
		return fmt.Errorf("%s: found %d bytes, expected %d: %w", p.key, p.n, a.Size, io.ErrUnexpectedEOF)
	case a.CRC32C != 0 && p.crc.Sum32() != a.CRC32C:
		return fmt.Errorf("%s: found crc32c %08x, expected %08x", p.key, p.crc.Sum32(), a.CRC32C)
	}
	return nil
}

// Close lets go of the connection.
func (p *proof) Close() error {
	defer p.cancel()
	return p.r.Close()
}
