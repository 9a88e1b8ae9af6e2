package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Sums is a list of the sha256 of every file, as `sha256sum` writes it and `sha256sum -c` checks it in the archive's
// folder: hex, two blanks, key, sorted by key. Kept elsewhere it shows later that nothing was taken away or rewritten.
func Sums(ctx context.Context, s Store) ([]byte, error) {
	var keys []string
	err := s.List(ctx, "", func(key string, _ int64) error {
		if CheckKey(key) == nil {
			keys = append(keys, key)
		}
		return nil
	})
	var b bytes.Buffer
	for _, key := range keys {
		r, oerr := s.Open(ctx, key)
		if oerr != nil {
			return nil, errors.Join(err, oerr)
		}
		m := newMeter()
		cerr := copyAll(m, &ctxReader{ctx, r})
		if cerr = errors.Join(cerr, r.Close()); cerr != nil {
			return nil, fmt.Errorf("%s: %w", key, cerr)
		}
		fmt.Fprintf(&b, "%s  %s\n", m.digest(), key)
	}
	return b.Bytes(), err
}

// ErrSums is in the errors about a list of sums that cannot be read.
var ErrSums = errors.New("the list of sums")

func parseSums(list []byte) (map[string]string, error) {
	out := map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(string(list), "\n"), "\n") {
		if line == "" && len(list) == 0 {
			break
		}
		digest, key, ok := strings.Cut(line, "  ")
		if !ok || !isDigest(digest) || CheckKey(key) != nil {
			return nil, fmt.Errorf("%w, line %d: found %q, expected 64 hex digits, two blanks and a key of the archive, as sha256sum writes them; make the list anew from a sound copy", ErrSums, i+1, shorten(line))
		}
		out[key] = digest
	}
	return out, nil
}

// find is the place of the first text key that is not before key.
func (v *verifier) find(key string) (int, bool) {
	i := sort.SearchStrings(v.texts, key)
	return i, i < len(v.texts) && v.texts[i] == key
}
