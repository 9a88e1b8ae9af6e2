package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"carrot/transform/comp"
)

// The encodings of objects beside "", stored as they are. What is encrypted is an age file (age-encryption.org/v1).
const (
	Zstd    = "zstd"
	Age     = "age"
	ZstdAge = "zstd+age" // packed, then encrypted
)

// IdentityVariable names the environment variable that holds the secret: age identities (AGE-SECRET-KEY-1…), one a line, as
// age-keygen writes them. Nothing ever prints its value.
const IdentityVariable = "CARROT_SEALED_IDENTITY"

// Encrypted says whether an identity is needed to read the raw bytes.
func (o Object) Encrypted() bool { return o.Encoding == Age || o.Encoding == ZstdAge }

func (o Object) packed() bool { return o.Encoding == Zstd || o.Encoding == ZstdAge }

// Locked says that an object is encrypted and that no identity at hand opens it. It is no damage.
type Locked struct {
	Key, Name string
	why       string // what is the matter with the identity, and what was expected
}

// Error says which object, which variable, and what to type.
func (l *Locked) Error() string {
	return fmt.Sprintf("%s (%s) is encrypted, and %s", l.Name, l.Key, l.why+nextIdentity)
}

const (
	noIdentity    = IdentityVariable + " is not set, expected the age identity of a recipient of sealed_to"
	wrongIdentity = "no identity in " + IdentityVariable + " opens it, expected that of a recipient who stood in sealed_to when it was pulled"
	nextIdentity  = "; type: export " + IdentityVariable + `="$(cat key.txt)"`
	badIdentity   = IdentityVariable + " holds no age identity, expected lines that begin with AGE-SECRET-KEY-1"
)

// identities are secrets: whoever prints one finds nothing of it.
type identities struct {
	all []age.Identity
	why string // where there is none
}

// identityKey is where a context holds them.
type identityKey struct{}

// WithIdentity is the context of somebody who holds what IdentityVariable says, as the environment tells it. What reads an
// object in that context can open the encrypted ones; a value that is no identity is an error where one is needed, not before.
func WithIdentity(ctx context.Context, getenv func(string) (string, bool)) context.Context {
	text, set := getenv(IdentityVariable)
	if strings.TrimSpace(text) == "" || !set {
		return ctx
	}
	x := &identities{why: badIdentity}
	text = strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n")
	if all, err := age.ParseIdentities(strings.NewReader(text)); err == nil { // the error may quote the secret
		x = &identities{all: all}
	}
	return context.WithValue(ctx, identityKey{}, x)
}

// Ephemeral is the context of somebody who holds a new identity as well, which nobody else ever sees, and its recipient.
func Ephemeral(ctx context.Context) (context.Context, string, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return ctx, "", err
	}
	x := &identities{all: []age.Identity{id}}
	if held, ok := ctx.Value(identityKey{}).(*identities); ok {
		x.all = append(x.all, held.all...)
	}
	return context.WithValue(ctx, identityKey{}, x), id.Recipient().String(), nil
}

// Held says why no identity is at hand; nil where one is. Whether it opens anything shows when something is opened.
func Held(ctx context.Context) error {
	held, ok := ctx.Value(identityKey{}).(*identities)
	switch {
	case !ok:
		return errors.New(noIdentity + nextIdentity)
	case held.why != "":
		return errors.New(held.why + nextIdentity)
	}
	return nil
}

// decrypted is what r holds for those who may read it; what they may not is *Locked.
func (o Object) decrypted(ctx context.Context, r io.Reader) (io.Reader, error) {
	held, ok := ctx.Value(identityKey{}).(*identities)
	if !ok {
		return nil, &Locked{o.Key, o.Name, noIdentity}
	}
	if held.why != "" {
		return nil, &Locked{o.Key, o.Name, held.why}
	}
	plain, err := age.Decrypt(r, held.all...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, &Locked{o.Key, o.Name, wrongIdentity}
	}
	return plain, err
}

// PutSealed is PutFrom for bytes of class sealed that only age recipients (age1…) may read: they are packed where that pays,
// and then encrypted. Every call gives other stored bytes, so who asks for it sees to it that nothing is kept twice. No
// readable byte is written on the way.
func PutSealed(ctx context.Context, s Store, name, media string, raw io.ReadSeeker, folder string, to []string) (Object, error) {
	if len(to) == 0 {
		return Object{}, fmt.Errorf("%s: nobody is named to whom it is encrypted", name)
	}
	var readers []age.Recipient
	for _, text := range to {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return Object{}, fmt.Errorf("%s: %s is no age recipient", name, text)
		}
		readers = append(readers, r)
	}
	return putFrom(ctx, s, Object{Media: media, Class: comp.Sealed, Name: name}, raw, folder, readers)
}

// encodings are those to try for raw bytes that start so, the better one first.
func encodings(head []byte, size int64, encrypt bool) []string {
	switch packs := !plain(head, size); {
	case packs && encrypt:
		return []string{ZstdAge, Age}
	case packs:
		return []string{Zstd}
	case encrypt:
		return []string{Age}
	}
	return nil
}

// encode writes raw's stored form to w and says how many bytes of it are encrypted, or would be.
func (o Object) encode(w io.Writer, raw io.Reader, to []age.Recipient) (int64, error) {
	closer := io.Closer(io.NopCloser(nil))
	if o.Encrypted() {
		sealed, err := age.Encrypt(w, to...)
		if err != nil {
			return 0, err
		}
		w, closer = sealed, sealed
	}
	inner := newMeter()
	w = io.MultiWriter(w, inner)
	var err error
	if o.packed() {
		err = pack(w, raw)
	} else {
		err = copyAll(w, raw)
	}
	return inner.n, errors.Join(err, closer.Close())
}
