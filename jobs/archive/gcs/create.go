package gcs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"time"

	"cloud.google.com/go/storage"
	"google.golang.org/api/googleapi"

	"carrot/jobs/archive"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// facts tell one file's bytes from another's.
type facts struct {
	size   int64
	crc    uint32
	sha256 string
}

func (f facts) String() string {
	return fmt.Sprintf("sha256 %s, crc32c %08x, %d bytes", f.sha256, f.crc, f.size)
}

// measure reads r from its first to its last byte.
func measure(r io.ReadSeeker) (facts, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return facts{}, err
	}
	crc, sum := crc32.New(castagnoli), sha256.New()
	n, err := io.Copy(io.MultiWriter(crc, sum), r)
	return facts{n, crc.Sum32(), hex.EncodeToString(sum.Sum(nil))}, err
}

// Create uploads in one request that only succeeds where the name is free and the CRC32C is right on arrival. The
// request is never repeated blindly: after any error the bucket is asked what it holds. A token in the object's metadata
// tells our own upload, whose answer was lost, from that of somebody who was quicker with the same bytes.
func (s *Store) Create(ctx context.Context, key string, r io.ReadSeeker) error {
	if err := archive.CheckKey(key); err != nil {
		return err
	}
	if len(s.prefix)+len(key) > maxName {
		return fmt.Errorf("%s: with %s it is longer than %d bytes", key, s.name, maxName)
	}
	f, err := measure(r)
	if err != nil {
		return s.wrap(key, fmt.Errorf("not kept: %w", err))
	}
	token := rand.Text()
	for try := 1; ; try++ {
		if err = ctx.Err(); err != nil {
			return s.wrap(key, err)
		}
		if err = s.upload(ctx, key, r, f, token); err == nil {
			return nil
		}
		done, ask := s.settle(ctx, key, f, token)
		if ask != nil {
			return s.wrap(key, fmt.Errorf("not known whether it is kept: %w; asking failed too: %w; run the command again", err, ask))
		}
		if done != nil {
			return done.err
		}
		if !worthRepeating(err) || try >= s.tries {
			return s.wrap(key, fmt.Errorf("not kept, after %d tries: %w", try, err))
		}
		s.wait(ctx, try)
	}
}

// wait is pause, doubled for every try so far.
func (s *Store) wait(ctx context.Context, try int) {
	t := time.NewTimer(s.pause << (try - 1))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// errReader marks an error of the bytes' source, which another try would not mend.
type errReader struct{ err error }

func (e *errReader) Error() string { return e.err.Error() }
func (e *errReader) Unwrap() error { return e.err }

// upload sends one request, without the client's own chunks and repetitions.
func (s *Store) upload(ctx context.Context, key string, r io.ReadSeeker, f facts, token string) error {
	ctx, cancel := context.WithTimeout(ctx, s.attempt+time.Duration(f.size)*time.Second/slowest)
	defer cancel()
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return &errReader{err}
	}
	o := s.bucket.Object(s.prefix + key).If(storage.Conditions{DoesNotExist: true}).Retryer(storage.WithPolicy(storage.RetryNever))
	w := o.NewWriter(ctx)
	w.ChunkSize = 0
	w.CRC32C, w.SendCRC32C = f.crc, true
	w.ContentType = mediaType(key)
	w.Metadata = map[string]string{sumKey: f.sha256, tokenKey: token}
	if _, err := io.Copy(w, &source{r: r}); err != nil {
		cancel() // before Close, which would complete the object
		return errors.Join(err, w.Close())
	}
	if err := w.Close(); err != nil {
		return err
	}
	if a := w.Attrs(); a.Size != f.size || a.CRC32C != f.crc {
		return fmt.Errorf("the service answered with %d bytes and crc32c %08x for %s", a.Size, a.CRC32C, f)
	}
	return nil
}

// mediaType is what a browser is told about a published file; the machine's own table of endings is not asked.
func mediaType(key string) string {
	switch path.Ext(key) {
	case ".pdf":
		return "application/pdf"
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// source tells errors of the bytes' source from those of the connection.
type source struct{ r io.Reader }

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		err = &errReader{err}
	}
	return n, err
}

// outcome is what a Create comes to once the bucket has answered.
type outcome struct{ err error }

// settle asks the bucket what it holds under the key: nil for nothing.
func (s *Store) settle(ctx context.Context, key string, f facts, token string) (*outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, s.attempt)
	defer cancel()
	a, err := s.bucket.Object(s.prefix + key).Attrs(ctx)
	if errors.Is(err, storage.ErrObjectNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	theirs := facts{a.Size, a.CRC32C, a.Metadata[sumKey]}
	switch {
	case theirs != f:
		return &outcome{&archive.Conflict{Key: key, Ours: f.String(), Theirs: theirs.String()}}, nil
	case a.Metadata[tokenKey] == token:
		return &outcome{}, nil
	}
	return &outcome{s.wrap(key, fmt.Errorf("%w with the same bytes", fs.ErrExist))}, nil
}

// worthRepeating says whether another try may succeed where the bucket holds nothing after err. A refusal of rights is
// final; a refused checksum may come from the way there.
func worthRepeating(err error) bool {
	var own *errReader
	if errors.As(err, &own) {
		return false
	}
	var answer *googleapi.Error
	if !errors.As(err, &answer) {
		return true // no answer: the connection, or our own deadline
	}
	switch answer.Code {
	case 400, 408, 412, 429:
		return true
	}
	return answer.Code >= 500
}
