package archive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform/comp"
)

func newIdentity(t *testing.T) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// holding is the context of somebody whose environment says text.
func holding(t *testing.T, text string) context.Context {
	t.Helper()
	return archive.WithIdentity(t.Context(), func(name string) (string, bool) { return text, name == archive.IdentityVariable })
}

// sealedFor keeps raw bytes for some identities.
func sealedFor(t *testing.T, s archive.Store, raw []byte, to ...*age.X25519Identity) archive.Object {
	t.Helper()
	var names []string
	for _, id := range to {
		names = append(names, id.Recipient().String())
	}
	o, err := archive.PutSealed(t.Context(), s, "pulse.csv", "text/csv", bytes.NewReader(raw), t.TempDir(), names)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// opened reads stored bytes as FORMAT.md says, with the libraries of age and zstd alone.
func opened(t *testing.T, o archive.Object, stored []byte, id age.Identity) []byte {
	t.Helper()
	plain, err := age.Decrypt(bytes.NewReader(stored), id)
	if err != nil {
		t.Fatal(err)
	}
	if o.Encoding == "zstd+age" {
		d, err := zstd.NewReader(plain)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		plain = d
	}
	b, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealedObjectsComeBack(t *testing.T) {
	anna, bo := newIdentity(t), newIdentity(t)
	gzipped := append([]byte("\x1f\x8b"), sample(9000, true)...) // looks packed already
	for name, x := range map[string]struct {
		raw      []byte
		encoding string
	}{
		"empty": {nil, "age"}, "short": {sample(100, true), "age"}, "just short of packing": {sample(4095, true), "age"}, "rows": {sample(4096, true), "zstd+age"},
		"many rows": {sample(3<<20+5, true), "zstd+age"}, "noise": {sample(200<<10, false), "age"}, "packed already": {gzipped, "age"}, "two chunks": {sample(128<<10, false), "age"},
	} {
		m := storetest.NewMemory()
		o := sealedFor(t, m, x.raw, anna, bo)
		stored := m.Files[o.Key]
		if o.Encoding != x.encoding || o.Class != comp.Sealed || o.Digest != fmt.Sprintf("%x", sha(string(x.raw))) || o.Size != int64(len(x.raw)) ||
			o.Key != fmt.Sprintf("objects/%x", sha(string(stored))) || o.StoredSize != int64(len(stored)) {
			t.Errorf("%s: %+v of %d stored bytes", name, o, len(stored))
		}
		if !bytes.HasPrefix(stored, []byte("age-encryption.org/v1\n-> X25519 ")) || len(x.raw) > 64 && bytes.Contains(stored, x.raw[:64]) {
			t.Errorf("%s: the stored bytes are no age file", name)
		}
		for _, id := range []*age.X25519Identity{anna, bo} {
			if b := opened(t, o, stored, id); !bytes.Equal(b, x.raw) {
				t.Errorf("%s: age and zstd give %d other bytes", name, len(b))
			}
			ctx := holding(t, "# created: today\r\n# public key: "+id.Recipient().String()+"\r\n"+id.String()+"\r\n")
			if b, err := archive.Get(ctx, m, o); err != nil || !bytes.Equal(b, x.raw) {
				t.Errorf("%s: Get gives %d bytes and %v", name, len(b), err)
			}
			folder := t.TempDir()
			f, err := archive.Open(ctx, m, o, folder)
			if err != nil {
				t.Fatal(err)
			}
			if b, err := io.ReadAll(f); err != nil || !bytes.Equal(b, x.raw) || f.Close() != nil {
				t.Errorf("%s: Open gives %d bytes and %v", name, len(b), err)
			}
			if left, _ := os.ReadDir(folder); len(left) > 0 {
				t.Errorf("%s: Open leaves %d files", name, len(left))
			}
		}
		if again := sealedFor(t, m, x.raw, anna); again.Key == o.Key || again.Digest != o.Digest {
			t.Errorf("%s: encrypted twice: %s and %s", name, o.Key, again.Key)
		}
	}
}

// TestLockedObjects: who lacks the identity is told which object, which variable and what to type, and no secret.
func TestLockedObjects(t *testing.T) {
	anna, bo := newIdentity(t), newIdentity(t)
	m := storetest.NewMemory()
	o := sealedFor(t, m, sample(9000, true), anna)
	const next = `; type: export CARROT_SEALED_IDENTITY="$(cat key.txt)"`
	head := "pulse.csv (" + o.Key + ") is encrypted, and "
	for name, x := range map[string]struct {
		ctx  context.Context
		want string
	}{
		"not set": {archive.WithIdentity(t.Context(), func(string) (string, bool) { return "", false }),
			"CARROT_SEALED_IDENTITY is not set, expected the age identity of a recipient of sealed_to"},
		"empty": {holding(t, " \n"), "CARROT_SEALED_IDENTITY is not set, expected the age identity of a recipient of sealed_to"},
		"somebody else's": {holding(t, bo.String()),
			"no identity in CARROT_SEALED_IDENTITY opens it, expected that of a recipient who stood in sealed_to when it was pulled"},
		"cut off":      {holding(t, anna.String()[:70]), "CARROT_SEALED_IDENTITY holds no age identity, expected lines that begin with AGE-SECRET-KEY-1"},
		"a public key": {holding(t, anna.Recipient().String()), "CARROT_SEALED_IDENTITY holds no age identity, expected lines that begin with AGE-SECRET-KEY-1"},
	} {
		b, err := archive.Get(x.ctx, m, o)
		var locked *archive.Locked
		if !errors.As(err, &locked) || err.Error() != head+x.want+next || b != nil {
			t.Errorf("%s: %v\nexpected %s", name, err, head+x.want+next)
		}
		if f, err := archive.Open(x.ctx, m, o, t.TempDir()); !errors.As(err, &locked) || f != nil {
			t.Errorf("%s: Open: %v", name, err)
		}
	}
	ctx := holding(t, anna.String())
	text, _ := json.Marshal(o)
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v", ctx, ctx, ctx), fmt.Sprint(o), string(text)} {
		if strings.Contains(printed, "AGE-SECRET-KEY-1") {
			t.Errorf("the identity stands in %s", printed)
		}
	}
	for _, to := range [][]string{nil, {"nobody"}} {
		if o, err := archive.PutSealed(t.Context(), m, "x", "text/csv", strings.NewReader("x"), t.TempDir(), to); err == nil || o.Key != "" {
			t.Errorf("kept for %v: %+v %v", to, o, err)
		}
	}
}

// TestEphemeral: an identity of one's own opens what was encrypted for it, beside the one that is held already.
func TestEphemeral(t *testing.T) {
	anna := newIdentity(t)
	m := storetest.NewMemory()
	hers := sealedFor(t, m, []byte("hers"), anna)
	ctx, to, err := archive.Ephemeral(holding(t, anna.String()))
	if err != nil {
		t.Fatal(err)
	}
	own, err := archive.PutSealed(ctx, m, "own", "text/csv", strings.NewReader("own"), t.TempDir(), []string{to})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		o    archive.Object
		want string
	}{{hers, "hers"}, {own, "own"}} {
		if b, err := archive.Get(ctx, m, x.o); string(b) != x.want {
			t.Errorf("%q %v, expected %q", b, err, x.want)
		}
	}
	if _, err := archive.Get(holding(t, anna.String()), m, own); err == nil {
		t.Error("somebody else opens it")
	}
}

// pulled writes a pull manifest of objects.
func pulled(t *testing.T, s archive.Store, seq int, o ...archive.Object) {
	t.Helper()
	if _, err := archive.WritePull(t.Context(), s, archive.Pull{PullManifest: comp.PullManifest{Source: "hr", Table: "pulse", Seq: seq, Mode: comp.Delta,
		Known: comp.Day(2026, 2, 3), Keys: []string{"id"}, Status: "complete"}, Objects: o}); err != nil {
		t.Fatal(err)
	}
}

// checked verifies an archive and gives the problems of objects that are damage.
func checked(t *testing.T, ctx context.Context, s archive.Store) (done archive.Checked, damage []string) {
	t.Helper()
	done, err := archive.Verify(ctx, s, func(p archive.Problem) {
		if !p.Notice() {
			damage = append(damage, string(p.Kind)+" "+p.Key)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return done, damage
}

// TestVerifyEncrypted: without an identity the stored bytes are proved, every one of them; that they hold what the pull says
// is proved with it alone.
func TestVerifyEncrypted(t *testing.T) {
	anna := newIdentity(t)
	m := storetest.NewMemory()
	o, short := sealedFor(t, m, sample(9000, true), anna), sealedFor(t, m, []byte("id,score\n1,3\n"), anna)
	short.Name = "short.csv"
	pulled(t, m, 1, o, short)
	with, without := holding(t, anna.String()), t.Context()
	if done, damage := checked(t, without, m); done.Locked != 2 || len(damage) > 0 || done.Notices > 0 {
		t.Errorf("without an identity: %+v %v", done, damage)
	}
	if done, damage := checked(t, holding(t, newIdentity(t).String()), m); done.Locked != 2 || len(damage) > 0 {
		t.Errorf("with another identity: %+v %v", done, damage)
	}
	if done, damage := checked(t, with, m); done.Locked != 0 || len(damage) > 0 {
		t.Errorf("with the identity: %+v %v", done, damage)
	}
	for i := range m.Files[short.Key] {
		bad := copyOf(m)
		bad.Files[short.Key] = bytes.Clone(m.Files[short.Key])
		bad.Files[short.Key][i] ^= 1
		for who, ctx := range map[string]context.Context{"with": with, "without": without} {
			if done, damage := checked(t, ctx, bad); len(damage) != 1 || damage[0] != "damaged "+short.Key {
				t.Errorf("byte %d flipped, %s the identity: %+v %v", i, who, done, damage)
			}
			var p *archive.Problem
			if _, err := archive.Get(ctx, bad, short); !errors.As(err, &p) || p.Kind != archive.Damaged {
				t.Fatalf("byte %d flipped, %s the identity: Get: %v", i, who, err)
			}
		}
	}
	lie := copyOf(m)
	other := short
	other.Digest = fmt.Sprintf("%x", sha("other answers"))
	pulled(t, lie, 2, other)
	if _, damage := checked(t, without, lie); len(damage) > 0 {
		t.Errorf("another raw digest, seen without the identity: %v", damage)
	}
	if _, damage := checked(t, with, lie); len(damage) != 1 || damage[0] != "damaged "+short.Key {
		t.Errorf("another raw digest: %v", damage)
	}
	m.Files["objects/"+fmt.Sprintf("%x", sha("no age file"))] = []byte("no age file")
	forged := archive.Object{Key: "objects/" + fmt.Sprintf("%x", sha("no age file")), Digest: other.Digest, Size: 3, StoredSize: 11, Encoding: archive.Age, Media: "text/csv", Class: comp.Sealed, Name: "f"}
	var p *archive.Problem
	if _, err := archive.Get(with, m, forged); !errors.As(err, &p) || p.Expected != "bytes in age" {
		t.Errorf("no age file: %v", err)
	}
}

func TestUnknownEncoding(t *testing.T) {
	m := storetest.NewMemory()
	o := sealedFor(t, m, []byte("x"), newIdentity(t))
	o.Encoding = "age+zstd"
	if _, err := archive.Get(t.Context(), m, o); err == nil || err.Error() != `object "pulse.csv": encoding "age+zstd" is unknown to this version; it knows zstd, age and zstd+age` {
		t.Error(err)
	}
}
