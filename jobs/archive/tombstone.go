package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// Tombstone says by which rule an object was removed, so that Verify can tell expired from missing. A signature over the
// tombstone's digest lies at signatures/<that digest>-<sha256 of the signature>.
type Tombstone struct {
	Object Object // as a manifest named it
	Rule   string // the retention or erasure rule
	Who    string
	When   time.Time // UTC, whole seconds
	Digest string    // sha256, in hex, of the text up to its last line, which holds it; set by reading and writing
}

// Key is where the tombstone lies.
func (t Tombstone) Key() string {
	_, name, _ := cutLast(t.Object.Key)
	return "tombstones/" + name
}

// Encode is the canonical text with its digest in the last line.
func (t Tombstone) Encode() ([]byte, error) {
	text, _, err := t.encode()
	return text, err
}

func (t Tombstone) encode() ([]byte, string, error) {
	if err := t.Object.check(); err != nil {
		return nil, "", fmt.Errorf("tombstone: %w", err)
	}
	if t.Rule == "" || t.Who == "" {
		return nil, "", errors.New("tombstone: the rule and who applied it may not be empty")
	}
	var w writer
	w.line("carrot", "tombstone", "1")
	w.object("object", t.Object)
	w.line("rule", t.Rule)
	w.line("who", t.Who)
	w.line("when", stamp(t.When))
	text, digest := w.seal()
	return text, digest, nil
}

// DecodeTombstone reads Encode's text and refuses every other byte.
func DecodeTombstone(b []byte) (Tombstone, error) {
	r, t := newReader(b), Tombstone{}
	r.version("tombstone")
	t.Object = r.object("object")
	t.Rule, t.Who, t.When = r.text("rule"), r.text("who"), r.time("when")
	t.Digest = r.seal()
	return t, r.done(b, t.Encode)
}

// WriteTombstone keeps a tombstone, before the object is removed by whoever may remove: a Store has no Delete.
func WriteTombstone(ctx context.Context, s Store, t Tombstone) (Tombstone, error) {
	t.When = t.When.UTC().Truncate(time.Second)
	text, digest, err := t.encode()
	if err != nil {
		return Tombstone{}, err
	}
	t.Digest = digest
	return t, keep(ctx, s, t.Key(), bytes.NewReader(text))
}
