package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"filippo.io/age"

	"carrot/transform/comp"
)

// Object is a reference to bytes in the archive, as manifests keep it.
type Object struct {
	Key        string     // "objects/" and the sha256, in hex, of the stored bytes
	Digest     string     // sha256, in hex, of the raw bytes
	Size       int64      // of the raw bytes
	StoredSize int64      // of the stored bytes
	Encoding   string     // "" stored as they are, or Zstd, Age or ZstdAge
	Media      string     // media type of the raw bytes, such as text/csv
	Class      comp.Class // who may see them
	Name       string     // what the referring file calls them: a pulled file's name, a config file's, an output's path
}

// Put keeps raw bytes and gives the reference to them. Bytes that are there already are not written again. Whether they
// are packed depends on the bytes alone, so equal bytes get the equal key.
func Put(ctx context.Context, s Store, name, media string, class comp.Class, raw []byte) (Object, error) {
	o := Object{Digest: digestOf(raw), Size: int64(len(raw)), Media: media, Class: class, Name: name}
	stored := raw
	if !plain(raw, o.Size) {
		var b bytes.Buffer
		if err := pack(&b, bytes.NewReader(raw)); err != nil {
			return Object{}, fmt.Errorf("%s: %w", name, err)
		}
		if b.Len() < len(raw) {
			stored, o.Encoding = b.Bytes(), Zstd
		}
	}
	o.Key, o.StoredSize = "objects/"+digestOf(stored), int64(len(stored))
	if err := o.check(); err != nil {
		return Object{}, err
	}
	return o, keep(ctx, s, o.Key, bytes.NewReader(stored))
}

// PutFrom is Put for raw bytes that need not fit in memory. It reads them twice, and three times where packing does not
// pay; that they do not change meanwhile is checked. The packed form is built in a private file in folder ("" is the
// system's for temporary files), which has no name while it is in use where the system allows that.
func PutFrom(ctx context.Context, s Store, name, media string, class comp.Class, raw io.ReadSeeker, folder string) (Object, error) {
	return putFrom(ctx, s, Object{Media: media, Class: class, Name: name}, raw, folder, nil)
}

// putFrom keeps raw bytes, encrypted where recipients are named.
func putFrom(ctx context.Context, s Store, o Object, raw io.ReadSeeker, folder string, to []age.Recipient) (Object, error) {
	head := make([]byte, packedHead)
	n, err := readFromStart(raw, head)
	if err != nil {
		return Object{}, fmt.Errorf("%s: %w", o.Name, err)
	}
	if o.Digest, o.Size, err = digestReader(ctx, raw); err != nil {
		return Object{}, fmt.Errorf("%s: %w", o.Name, err)
	}
	stored := raw
	o.Key, o.StoredSize = "objects/"+o.Digest, o.Size
	for _, o.Encoding = range encodings(head[:n], o.Size, len(to) > 0) {
		tmp, err := NewScratch(folder)
		if err != nil {
			return Object{}, err
		}
		defer tmp.Close()
		key, size, pays, err := o.encodeInto(ctx, tmp, raw, to)
		if err != nil {
			return Object{}, fmt.Errorf("%s: %w", o.Name, err)
		}
		if pays || o.Encoding == Age {
			o.Key, o.StoredSize, stored = key, size, tmp
			break
		}
		o.Encoding = ""
	}
	if err := o.check(); err != nil {
		return Object{}, err
	}
	return o, keep(ctx, s, o.Key, &hashed{r: stored, want: o.Key, name: o.Name})
}

// encodeInto writes raw's stored form to w and gives its key and size, and whether packing made it smaller.
func (o Object) encodeInto(ctx context.Context, w io.Writer, raw io.ReadSeeker, to []age.Recipient) (key string, size int64, pays bool, err error) {
	if _, err := raw.Seek(0, io.SeekStart); err != nil {
		return "", 0, false, err
	}
	in, out := newMeter(), newMeter()
	inner, err := o.encode(io.MultiWriter(w, out), io.TeeReader(&ctxReader{ctx, raw}, in), to)
	if err != nil {
		return "", 0, false, err
	}
	if in.digest() != o.Digest {
		return "", 0, false, errors.New("the bytes changed while they were archived; try again when nobody writes to them")
	}
	return "objects/" + out.digest(), out.n, inner < o.Size, nil
}

// mostExpected is how much memory is made ready for an object by its reference alone, in bytes.
const mostExpected = 1 << 20

// Get gives an object's raw bytes after both digests and both sizes were found right. Damage is a *Problem. Use Open for
// what may be large.
func Get(ctx context.Context, s Store, o Object) ([]byte, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(int(min(o.Size, mostExpected))) // the size is proved only when the bytes are there
	if err := o.copyTo(ctx, s, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// File is an object's raw bytes, proved and unpacked, for reading at any place. Close removes the private copy.
type File struct {
	*Scratch
	Size int64 // in bytes
}

// Open unpacks an object into a private file in folder ("" is the system's for temporary files) and hands it out after
// both digests and both sizes were found right. Damage is a *Problem.
func Open(ctx context.Context, s Store, o Object, folder string) (*File, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	tmp, err := NewScratch(folder)
	if err != nil {
		return nil, err
	}
	if err := o.copyTo(ctx, s, tmp); err != nil {
		return nil, errors.Join(err, tmp.Close())
	}
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(err, tmp.Close())
	}
	return &File{tmp, o.Size}, nil
}

// copyTo writes the raw bytes to w and proves them. What w got is to be thrown away on an error.
func (o Object) copyTo(ctx context.Context, s Store, w io.Writer) error {
	r, err := s.Open(ctx, o.Key)
	if errors.Is(err, fs.ErrNotExist) {
		return &Problem{Kind: Missing, Key: o.Key, Expected: o.Name, Found: "nothing", err: err}
	}
	if err != nil {
		return err
	}
	defer r.Close()
	stored, raw := newMeter(), newMeter()
	tee := io.TeeReader(&ctxReader{ctx, io.LimitReader(r, o.StoredSize+1)}, stored)
	unpackErr := unpack(ctx, io.MultiWriter(w, raw), tee, o)
	if _, err := io.Copy(io.Discard, tee); err != nil {
		return fmt.Errorf("%s: %w", o.Key, err)
	}
	return o.judge(stored, raw, unpackErr)
}

// judge compares what was read with what the reference says. Stored bytes come first: of what cannot be opened they alone
// are proved, and the error is *Locked.
func (o Object) judge(stored, raw *meter, unpackErr error) error {
	var locked *Locked
	p := &Problem{Kind: Damaged, Key: o.Key, Detail: o.Name}
	switch {
	case stored.n < o.StoredSize:
		p.Kind, p.Expected, p.Found = Truncated, fmt.Sprintf("%d bytes", o.StoredSize), fmt.Sprintf("%d bytes", stored.n)
	case stored.n > o.StoredSize:
		p.Expected, p.Found = fmt.Sprintf("%d bytes", o.StoredSize), "more"
	case "objects/"+stored.digest() != o.Key:
		p.Expected, p.Found = o.Key[len("objects/"):], stored.digest()
	case errors.As(unpackErr, &locked):
		return locked
	case unpackErr != nil:
		p.Expected, p.Found, p.err = "bytes in "+o.Encoding, unpackErr.Error(), unpackErr
	case raw.n != o.Size || raw.digest() != o.Digest:
		p.Expected, p.Found = fmt.Sprintf("raw %s, %d bytes", o.Digest, o.Size), fmt.Sprintf("raw %s, %d bytes", raw.digest(), raw.n)
	default:
		return nil
	}
	return p
}

// check refuses a reference that cannot be right.
func (o Object) check() error {
	switch {
	case len(o.Key) != len("objects/")+64 || o.Key[:len("objects/")] != "objects/" || !isDigest(o.Key[len("objects/"):]):
		return fmt.Errorf("object %q: key %q is not objects/ and a sha256 in hex", o.Name, o.Key)
	case !isDigest(o.Digest):
		return fmt.Errorf("object %q: digest %q is not a sha256 in hex", o.Name, o.Digest)
	case o.Size < 0 || o.StoredSize < 0:
		return fmt.Errorf("object %q: a size is negative", o.Name)
	case o.Encoding != "" && !o.packed() && !o.Encrypted():
		return fmt.Errorf("object %q: encoding %q is unknown to this version; it knows zstd, age and zstd+age", o.Name, o.Encoding)
	case o.Encoding == "" && (o.Key[len("objects/"):] != o.Digest || o.Size != o.StoredSize):
		return fmt.Errorf("object %q: stored as it is, but key or size differ from those of the raw bytes", o.Name)
	case o.Class != comp.Open && o.Class != comp.Personal && o.Class != comp.Sealed:
		return fmt.Errorf("object %q: class %q is not open, personal or sealed", o.Name, o.Class)
	case o.Name == "" || o.Media == "":
		return fmt.Errorf("object %q: name and media type may not be empty", o.Name)
	}
	return nil
}

// isDigest says whether s is 64 lower-case hex digits.
func isDigest(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Scratch is a private file without a lasting name.
type Scratch struct {
	*os.File
	named bool
}

// NewScratch makes one in a folder ("" is the system's for temporary files) with mode 0600. Its name is removed at once where the system allows it, so that even a killed
// process leaves nothing behind.
func NewScratch(folder string) (*Scratch, error) {
	f, err := os.CreateTemp(folder, "carrot-*")
	if err != nil {
		return nil, fmt.Errorf("a private temporary file: %w", err)
	}
	return &Scratch{f, os.Remove(f.Name()) != nil}, nil
}

// Close closes the file and removes it.
func (s *Scratch) Close() error {
	err := s.File.Close()
	if s.named {
		err = errors.Join(err, os.Remove(s.Name()))
	}
	return err
}
