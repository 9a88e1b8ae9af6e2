package archive_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform/comp"
)

// sample is some bytes: random ones do not pack, rows of a table do.
func sample(n int, packs bool) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	var b []byte
	for len(b) < n {
		if packs {
			b = fmt.Appendf(b, "E%05d,%d.%02d,EUR,Closed Won\n", r.IntN(60), r.IntN(100000), r.IntN(100))
		} else {
			b = binary.LittleEndian.AppendUint64(b, r.Uint64())
		}
	}
	return b[:n]
}

func TestObjectsComeBack(t *testing.T) {
	ctx := t.Context()
	for _, n := range []int{0, 1, 100, 4095, 4096, 64 << 10, 128 << 10, 128<<10 + 1, 1 << 20, 9<<20 + 5} {
		for _, packs := range []bool{false, true} {
			raw, m := sample(n, packs), storetest.NewMemory()
			o, err := archive.Put(ctx, m, "a name", "text/csv", comp.Sealed, raw)
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("%x", sha(string(raw))); o.Digest != want || o.Size != int64(n) || (o.Encoding == archive.Zstd) != (packs && n >= 4096) {
				t.Errorf("%d bytes: %+v, expected digest %s", n, o, want)
			}
			if want := fmt.Sprintf("objects/%x", sha(string(m.Files[o.Key]))); o.Key != want || o.StoredSize != int64(len(m.Files[o.Key])) || o.StoredSize > o.Size {
				t.Errorf("%d bytes: %+v, stored as %s with %d bytes", n, o, want, len(m.Files[o.Key]))
			}
			from, err := archive.PutFrom(ctx, storetest.NewMemory(), "a name", "text/csv", comp.Sealed, bytes.NewReader(raw), t.TempDir())
			if diff := cmp.Diff(o, from); err != nil || diff != "" {
				t.Errorf("%d bytes: PutFrom differs from Put: %v %s", n, err, diff)
			}
			if b, err := archive.Get(ctx, m, o); err != nil || !bytes.Equal(b, raw) {
				t.Errorf("%d bytes: Get gives %d bytes and %v", n, len(b), err)
			}
			checkOpen(t, m, o, raw)
			if again, err := archive.Put(ctx, m, "a name", "text/csv", comp.Sealed, raw); err != nil || again != o {
				t.Errorf("%d bytes: Put again: %v", n, err)
			}
		}
	}
}

func checkOpen(t *testing.T, s archive.Store, o archive.Object, raw []byte) {
	t.Helper()
	folder := t.TempDir()
	f, err := archive.Open(t.Context(), s, o, folder)
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, len(raw))
	if _, err := f.ReadAt(p, 0); (err != nil && !errors.Is(err, io.EOF)) || !bytes.Equal(p, raw) || f.Size != int64(len(raw)) {
		t.Errorf("%d bytes: ReadAt: %v", len(raw), err)
	}
	if b, err := io.ReadAll(f); err != nil || !bytes.Equal(b, raw) {
		t.Errorf("%d bytes: reading gives %d bytes and %v", len(raw), len(b), err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("Open leaves %d files", len(left))
	}
}

// TestPackingDependsOnBytesOnly reads the source in pieces of any size, many times.
func TestPackingDependsOnBytesOnly(t *testing.T) {
	raw := sample(700<<10, true)
	want, err := archive.Put(t.Context(), storetest.NewMemory(), "x", "text/csv", comp.Open, raw)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		pieces := &uneven{bytes.NewReader(raw), rapid.SliceOfN(rapid.IntRange(1, 300<<10), 1, 8).Draw(t, "pieces"), 0}
		o, err := archive.PutFrom(context.Background(), storetest.NewMemory(), "x", "text/csv", comp.Open, pieces, "")
		if err != nil || o != want {
			t.Fatalf("%+v %v, expected %+v", o, err, want)
		}
	})
}

// uneven gives its bytes in pieces of given sizes, in turn.
type uneven struct {
	r      *bytes.Reader
	pieces []int
	i      int
}

func (u *uneven) Seek(o int64, w int) (int64, error) { return u.r.Seek(o, w) }

func (u *uneven) Read(p []byte) (int, error) {
	u.i++
	return u.r.Read(p[:min(len(p), u.pieces[u.i%len(u.pieces)])])
}

func TestPackedFormatsStay(t *testing.T) {
	for name, head := range map[string]string{"gzip": "\x1f\x8b", "zip, xlsx": "PK\x03\x04", "zstd": "\x28\xb5\x2f\xfd", "pdf": "%PDF-1.7", "parquet": "PAR1"} {
		raw := []byte(head + strings.Repeat("0", 10000)) // would pack well
		m := storetest.NewMemory()
		o, err := archive.Put(t.Context(), m, name, "application/octet-stream", comp.Open, raw)
		if err != nil || o.Encoding != "" || !bytes.Equal(m.Files[o.Key], raw) {
			t.Errorf("%s: %+v %v", name, o, err)
		}
		from, err := archive.PutFrom(t.Context(), storetest.NewMemory(), name, "application/octet-stream", comp.Open, bytes.NewReader(raw), "")
		if err != nil || from != o {
			t.Errorf("%s: PutFrom %+v %v", name, from, err)
		}
	}
}

// TestUnpackedWithoutUs lets the zstd program unpack what we packed.
func TestUnpackedWithoutUs(t *testing.T) {
	program, err := exec.LookPath("zstd")
	if err != nil {
		t.Skip("SKIPPED ALOUD: no zstd program here, so that other programs unpack our objects is not shown")
	}
	m, raw := storetest.NewMemory(), sample(3<<20, true)
	o, err := archive.Put(t.Context(), m, "x", "text/csv", comp.Open, raw)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-dc")
	cmd.Stdin = bytes.NewReader(m.Files[o.Key])
	if out, err := cmd.Output(); err != nil || !bytes.Equal(out, raw) {
		t.Errorf("zstd -dc gives %d bytes and %v", len(out), err)
	}
}

// changing gives other bytes at each reading.
type changing struct {
	*bytes.Reader
	pass byte
}

func (c *changing) Seek(o int64, w int) (int64, error) {
	c.pass++
	return c.Reader.Seek(o, w)
}

func (c *changing) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	for i := range p[:n] {
		p[i] ^= c.pass
	}
	return n, err
}

func (c *changing) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, struct{ io.Reader }{c}) }

// TestBytesThatChange refuses a file that somebody writes to while it is archived, whichever reading shows it.
func TestBytesThatChange(t *testing.T) {
	for _, packs := range []bool{false, true} {
		m := storetest.NewMemory()
		_, err := archive.PutFrom(t.Context(), m, "deals.csv", "text/csv", comp.Open, &changing{Reader: bytes.NewReader(sample(5000, packs))}, "")
		if err == nil || !strings.Contains(err.Error(), "changed while") || len(m.Files) > 0 {
			t.Errorf("packs %v: %v, kept %d files", packs, err, len(m.Files))
		}
	}
}

// TestReadsAreProved spoils every read of an object: Get and Open give a Problem that names it and never bytes.
func TestReadsAreProved(t *testing.T) {
	for _, packs := range []bool{false, true} {
		m, raw := storetest.NewMemory(), sample(4500, packs)
		o, err := archive.Put(t.Context(), m, "x", "text/csv", comp.Open, raw)
		if err != nil {
			t.Fatal(err)
		}
		for i := range o.StoredSize {
			s := &storetest.Spoiled{Store: m, Key: o.Key, Times: -1, Spoil: storetest.Flip(i*8 + i%8)}
			b, err := archive.Get(t.Context(), s, o)
			var p *archive.Problem
			if b != nil || !errors.As(err, &p) || p.Key != o.Key || p.Expected == "" || p.Found == "" {
				t.Fatalf("byte %d flipped: %d bytes, %v", i, len(b), err)
			}
		}
		for _, n := range []int64{0, 1, o.StoredSize - 1} {
			s := &storetest.Spoiled{Store: m, Key: o.Key, Times: -1, Spoil: storetest.Short(n)}
			var p *archive.Problem
			if _, err := archive.Open(t.Context(), s, o, ""); !errors.As(err, &p) || p.Kind != archive.Truncated {
				t.Errorf("cut to %d bytes: %v", n, err)
			}
		}
		delete(m.Files, o.Key)
		var p *archive.Problem
		if _, err := archive.Get(t.Context(), m, o); !errors.As(err, &p) || p.Kind != archive.Missing || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("absent: %v", err)
		}
	}
}

// TestBomb: what unpacks to more than its reference says is cut off there.
func TestBomb(t *testing.T) {
	m := storetest.NewMemory()
	o, err := archive.Put(t.Context(), m, "x", "text/csv", comp.Open, make([]byte, 64<<20))
	if err != nil || o.StoredSize > 64<<10 {
		t.Fatal(o, err)
	}
	o.Size = 1000
	var p *archive.Problem
	if _, err := archive.Get(t.Context(), m, o); !errors.As(err, &p) || !strings.Contains(p.Found, "1001 bytes") {
		t.Errorf("Get = %v", err)
	}
}

func TestBadReferences(t *testing.T) {
	m := storetest.NewMemory()
	good, err := archive.Put(t.Context(), m, "x", "text/csv", comp.Open, []byte(long))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*archive.Object){
		"key":          func(o *archive.Object) { o.Key = "objects/../" + o.Key[11:] },
		"other folder": func(o *archive.Object) { o.Key = "pbjects" + o.Key[7:] },
		"digest":       func(o *archive.Object) { o.Digest = strings.ToUpper(o.Digest) },
		"size":         func(o *archive.Object) { o.Size = -1 },
		"encoding":     func(o *archive.Object) { o.Encoding = "xz" },
		"not packed":   func(o *archive.Object) { o.Encoding = "" },
		"class":        func(o *archive.Object) { o.Class = "secret" },
		"name":         func(o *archive.Object) { o.Name = "" },
		"media":        func(o *archive.Object) { o.Media = "" },
	} {
		o := good
		change(&o)
		if _, err := archive.Get(t.Context(), m, o); err == nil || errors.As(err, new(*archive.Problem)) {
			t.Errorf("%s: Get = %v, expected a refusal", name, err)
		}
		if _, err := archive.Open(t.Context(), m, o, ""); err == nil {
			t.Errorf("%s: Open accepts it", name)
		}
		if _, err := (archive.Pull{PullManifest: comp.PullManifest{Source: "a", Table: "b", Seq: 1, Mode: comp.Delta, Status: "complete"}, Objects: []archive.Object{o}}).Encode(); err == nil {
			t.Errorf("%s: a manifest accepts it", name)
		}
	}
	if _, err := archive.Put(t.Context(), m, "x", "text/csv", "", []byte("x")); err == nil {
		t.Error("Put without a class")
	}
}

// rows is a file of n bytes that is never in memory.
type rows struct{ n, at int64 }

func (r *rows) Seek(o int64, _ int) (int64, error) {
	r.at = o
	return o, nil
}

func (r *rows) Read(p []byte) (int, error) {
	if r.at >= r.n {
		return 0, io.EOF
	}
	const row = "E00017,118250.00,EUR,Closed Won\n"
	n := 0
	for n < len(p) && r.at < r.n {
		m := copy(p[n:min(int64(len(p)), int64(n)+r.n-r.at)], row[r.at%int64(len(row)):])
		n, r.at = n+m, r.at+int64(m)
	}
	return n, nil
}

// TestLargeFilesStayOut keeps and opens 128 MiB and counts what was allocated: the size of the file does not matter.
func TestLargeFilesStayOut(t *testing.T) {
	s, _ := newDir(t)
	const size = 128 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	o, err := archive.PutFrom(t.Context(), s, "big.csv", "text/csv", comp.Open, &rows{n: size}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f, err := archive.Open(t.Context(), s, o, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > size/2 {
		t.Errorf("%d MiB allocated for %d MiB", used>>20, int64(size)>>20)
	}
	p := make([]byte, 32)
	if _, err := f.ReadAt(p, size/2); err != nil || f.Size != size || string(p) != "E00017,118250.00,EUR,Closed Won\n" {
		t.Errorf("in the middle of %d bytes: %q %v", f.Size, p, err)
	}
}
