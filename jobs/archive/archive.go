// Package archive keeps write-once objects named by their digest, and the manifests, postings, receipts and leases that
// refer to them, and proves what it keeps. FORMAT.md beside this file describes every byte that it writes.
//
// What refers to something is written after it: objects, then pull and run manifests, then the posting, then receipts.
// A crash at any moment therefore leaves a file absent or complete, and never one that refers to missing bytes.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Store keeps files under keys, each written once, whole or not at all. There is no Delete. A Store may be used by
// several goroutines and by several processes at once. package storetest holds every Store against this contract.
type Store interface {
	// Create writes the bytes of r, from its first to its last whatever its position, under a new key. It gives nil only
	// when the bytes are durable and were written by this call. An existing key gives an error that is fs.ErrExist and
	// changes nothing: a *Conflict where other bytes are kept there, any other error where the same are. After an error
	// that is not fs.ErrExist the key is absent or complete, never part of the bytes; calling again settles which.
	Create(ctx context.Context, key string, r io.ReadSeeker) error

	// Open reads a key from its first byte. An absent key is fs.ErrNotExist, here and not at the first Read. The bytes are
	// those that the medium returns; who needs proof compares digests (Get, Open and Verify of this package do).
	Open(ctx context.Context, key string) (io.ReadCloser, error)

	// List calls fn for every key that starts with prefix (text, not necessarily a whole folder name), in ascending order
	// of bytes, with its size in bytes. It stops at fn's first error and gives it back. Files under construction are not
	// listed. A prefix without keys is no error.
	List(ctx context.Context, prefix string, fn func(key string, size int64) error) error
}

// maxKey and maxSegment are the limits of Cloud Storage and of file systems, in bytes.
const (
	maxKey     = 1024
	maxSegment = 255
)

// CheckKey says why a key is refused, by every Store alike: a key is UTF-8 text of up to 1024 bytes in segments of up to
// 255 bytes that are parted by "/". No segment is empty or starts with "." (so no "..", no hidden file), and no character
// is a control character, a backslash or one of # [ ] * ? that Cloud Storage's tools take for patterns.
func CheckKey(key string) error {
	if key == "" || len(key) > maxKey || !utf8.ValidString(key) {
		return fmt.Errorf("key %q: must be 1 to %d bytes of UTF-8 text", shorten(key), maxKey)
	}
	for _, seg := range strings.Split(key, "/") {
		if seg == "" || seg[0] == '.' || len(seg) > maxSegment {
			return fmt.Errorf("key %q: the part %q must be 1 to %d bytes and not start with a point", key, shorten(seg), maxSegment)
		}
	}
	return checkRunes(key)
}

// CheckPrefix says why a prefix for List is refused. It holds to the rules of CheckKey but may be empty or end anywhere.
func CheckPrefix(prefix string) error {
	if len(prefix) > maxKey || !utf8.ValidString(prefix) || strings.HasPrefix(prefix, "/") {
		return fmt.Errorf("prefix %q: must be up to %d bytes of UTF-8 text that does not start with /", shorten(prefix), maxKey)
	}
	for _, seg := range strings.Split(prefix, "/") {
		if strings.HasPrefix(seg, ".") {
			return fmt.Errorf("prefix %q: the part %q must not start with a point", prefix, seg)
		}
	}
	return checkRunes(prefix)
}

func checkRunes(key string) error {
	for _, r := range key {
		if strings.ContainsRune(`\#[]*?`, r) || !unicode.IsPrint(r) {
			return fmt.Errorf("key %q: the character %q may not stand in a key", key, r)
		}
	}
	return nil
}

func shorten(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}

// Conflict says that a key is kept already, with other bytes than were to be written. It is fs.ErrExist.
type Conflict struct {
	Key          string
	Ours, Theirs string // what tells the two apart, such as "sha256 …" or a size
}

// Error names the key and both sides.
func (c *Conflict) Error() string {
	return fmt.Sprintf("%s: kept already with other bytes: found %s, ours are %s; nothing was overwritten; run `carrot verify`", c.Key, c.Theirs, c.Ours)
}

// Is makes a Conflict an fs.ErrExist.
func (c *Conflict) Is(target error) bool { return target == fs.ErrExist }

// keep is Create for keys that name their bytes: the same bytes found already are as good as written.
func keep(ctx context.Context, s Store, key string, r io.ReadSeeker) error {
	err := s.Create(ctx, key, r)
	var other *Conflict
	if err == nil || (errors.Is(err, fs.ErrExist) && !errors.As(err, &other)) {
		return nil
	}
	return err
}

// maxText is the largest structured file that is read, in bytes; a manifest of 100,000 outputs has a tenth of it.
const maxText = 256 << 20

// readText reads a structured file whole.
func readText(ctx context.Context, s Store, key string) ([]byte, error) {
	r, err := s.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	if len(b) > maxText {
		return nil, &Problem{Kind: Damaged, Key: key, Expected: fmt.Sprintf("at most %d bytes", maxText), Found: "more"}
	}
	return b, nil
}
