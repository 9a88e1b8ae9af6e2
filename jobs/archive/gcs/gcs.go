// Package gcs keeps an archive, or published files, in a bucket of Google Cloud Storage. It needs the rights to create, get
// and list objects, and never deletes or replaces one.
package gcs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"cloud.google.com/go/storage"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"

	"carrot/jobs/archive"
)

// Store is an archive.Store below one prefix of one bucket.
type Store struct {
	client *storage.Client
	bucket *storage.BucketHandle
	name   string // gs://bucket/prefix
	prefix string // "" or ending in "/"

	tries    int
	pause    time.Duration // before the second try; doubled for each further one
	attempt  time.Duration // one request without the time that its bytes take
	emulator bool
	options  []option.ClientOption
}

// Option changes how a Store works.
type Option func(*Store)

// ClientOptions are handed to the storage client, such as credentials from elsewhere than the environment.
func ClientOptions(opts ...option.ClientOption) Option {
	return func(s *Store) { s.options = append(s.options, opts...) }
}

// AllowEmulator accepts STORAGE_EMULATOR_HOST. Without it New refuses to start where that is set: a forgotten variable
// would send pay data in the clear to whoever listens there.
func AllowEmulator() Option { return func(s *Store) { s.emulator = true } }

// Patience sets how often one file is tried, how long to wait before the second try (doubled for each further one), and
// how long one try may take besides the time for its bytes. The default is 5 tries, 500 ms and 60 s.
func Patience(tries int, pause, attempt time.Duration) Option {
	return func(s *Store) { s.tries, s.pause, s.attempt = tries, pause, attempt }
}

const (
	emulatorVariable = "STORAGE_EMULATOR_HOST"
	slowest          = 256 << 10      // bytes a second that a transfer must reach
	longest          = 24 * time.Hour // ends a listing or a reading that hangs
	maxName          = 1024           // bytes of an object's name
	sumKey           = "carrot-sha256"
	tokenKey         = "carrot-token"
)

// New opens gs://bucket or gs://bucket/prefix. It asks the bucket nothing yet.
func New(ctx context.Context, url string, opts ...Option) (*Store, error) {
	bucket, prefix, err := split(url)
	if err != nil {
		return nil, err
	}
	s := &Store{name: url, prefix: prefix, tries: 5, pause: 500 * time.Millisecond, attempt: time.Minute}
	for _, o := range opts {
		o(s)
	}
	if host, set := os.LookupEnv(emulatorVariable); set && !s.emulator {
		return nil, fmt.Errorf("%s: %s is set to %q, so files would go there and not to Google; type `unset %s`", url, emulatorVariable, host, emulatorVariable)
	}
	// The JSON path reads what the JSON path wrote; emulators serve the XML path only under a name of their own.
	s.client, err = storage.NewClient(ctx, append([]option.ClientOption{storage.WithJSONReads()}, s.options...)...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; type `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS", url, err)
	}
	s.bucket = s.client.Bucket(bucket).Retryer(storage.WithMaxAttempts(s.tries))
	return s, nil
}

// split takes gs://bucket/prefix apart; the prefix is "" or ends in "/".
func split(url string) (bucket, prefix string, err error) {
	rest, ok := strings.CutPrefix(url, "gs://")
	bucket, prefix, _ = strings.Cut(rest, "/")
	prefix = strings.TrimSuffix(prefix, "/")
	if !ok || bucket == "" || (prefix != "" && archive.CheckKey(prefix) != nil) {
		return "", "", fmt.Errorf("%q: expected gs://bucket or gs://bucket/prefix", url)
	}
	if prefix != "" {
		prefix += "/"
	}
	return bucket, prefix, nil
}

// String is the bucket's name and prefix.
func (s *Store) String() string { return s.name }

// Close lets go of the connections.
func (s *Store) Close() error { return s.client.Close() }

// Open reads an object. The client compares length and CRC32C at the end of a whole reading and gives an error in place
// of the end where they are wrong. The sha256 is for the archive to compare: it knows what it expects, while the service
// would only repeat what it was told.
func (s *Store) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := archive.CheckKey(key); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	r, err := s.bucket.Object(s.prefix + key).NewReader(ctx)
	if err != nil {
		cancel()
		return nil, s.wrap(key, err)
	}
	return &reading{r, cancel}, nil
}

// reading ends its context when it is closed.
type reading struct {
	*storage.Reader
	cancel context.CancelFunc
}

// Close lets go of the connection.
func (r *reading) Close() error {
	defer r.cancel()
	return r.Reader.Close()
}

// List lists in the order that the service promises, and stops where it breaks that promise.
func (s *Store) List(ctx context.Context, prefix string, fn func(key string, size int64) error) error {
	if err := archive.CheckPrefix(prefix); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	q := &storage.Query{Prefix: s.prefix + prefix, Projection: storage.ProjectionNoACL}
	if err := q.SetAttrSelection([]string{"Name", "Size"}); err != nil {
		return err
	}
	last := ""
	for it := s.bucket.Objects(ctx, q); ; {
		o, err := it.Next()
		if errors.Is(err, iterator.Done) {
			return nil
		}
		if err != nil {
			return s.wrap(prefix, err)
		}
		key := strings.TrimPrefix(o.Name, s.prefix)
		if key == "" { // the empty object that Google's console makes for a folder
			continue
		}
		if key <= last {
			return fmt.Errorf("%s: the listing gives %q after %q; it is not to be trusted", s.name, key, last)
		}
		if last = key; ctx.Err() != nil {
			return ctx.Err()
		}
		if err := fn(key, o.Size); err != nil {
			return err
		}
	}
}

// wrap names the place and makes an absent object fs.ErrNotExist.
func (s *Store) wrap(key string, err error) error {
	if errors.Is(err, storage.ErrObjectNotExist) {
		return fmt.Errorf("%s/%s: %w", strings.TrimSuffix(s.name, "/"), key, fs.ErrNotExist)
	}
	return fmt.Errorf("%s/%s: %w", strings.TrimSuffix(s.name, "/"), key, err)
}
