package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
)

func verify(t testing.TB, s archive.Store, known []byte) []archive.Problem {
	t.Helper()
	var out []archive.Problem
	if _, err := archive.VerifyKnown(context.Background(), s, known, func(p archive.Problem) { out = append(out, p) }); err != nil {
		t.Error(err)
	}
	return out
}

// named says whether the key is among the problems that are damage.
func named(ps []archive.Problem, key string) bool {
	for _, p := range ps {
		if p.Key == key && !p.Notice() && p.Expected != "" && p.Found != "" {
			return true
		}
	}
	return false
}

func keysOf(m *storetest.Memory) []string {
	var keys []string
	for k := range m.Files {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func sums(t testing.TB, s archive.Store) []byte {
	t.Helper()
	b, err := archive.Sums(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSoundArchive(t *testing.T) {
	m := built(t)
	if ps := verify(t, m, sums(t, m)); len(ps) > 0 {
		t.Errorf("a sound archive has problems: %v", ps)
	}
	folders := map[string]int{}
	for _, k := range keysOf(m) {
		folders[k[:strings.Index(k, "/")]]++
	}
	want := map[string]int{"objects": 20, "pulls": 3, "runs": 3, "postings": 2, "receipts": 4, "leases": 2, "tombstones": 1, "signatures": 1}
	if diff := cmp.Diff(want, folders); diff != "" {
		t.Errorf("the archive that these tests are about has not every kind of file: %s", diff)
	}
}

// TestEveryByte flips one bit of every byte of every file in turn: the file is named each time.
func TestEveryByte(t *testing.T) {
	t.Parallel()
	m := built(t)
	flips := 0
	var wg sync.WaitGroup
	for _, half := range []int{0, 1} {
		for _, key := range keysOf(m) {
			flips += len(m.Files[key]) * (1 - half)
		}
		wg.Go(func() {
			for _, key := range keysOf(m) {
				for i := half; i < len(m.Files[key]); i += 2 {
					bad := copyOf(m)
					bad.Files[key] = bytes.Clone(m.Files[key])
					bad.Files[key][i] ^= 1 << (i / 2 % 8)
					if ps := verify(t, bad, nil); !named(ps, key) {
						t.Errorf("%s: byte %d flipped: %v", key, i, ps)
					}
				}
			}
		})
	}
	wg.Wait()
	if flips < 8000 {
		t.Errorf("%d flips only", flips)
	}
}

// TestTakenAway deletes each file in turn. What others refer to or number is missed at once; the rest is missed with an
// earlier list of sums.
func TestTakenAway(t *testing.T) {
	m := built(t)
	known := sums(t, m)
	var unseen []string
	for _, key := range keysOf(m) {
		less := copyOf(m)
		delete(less.Files, key)
		if !named(verify(t, less, known), key) {
			t.Errorf("%s: taken away, not named with a list of sums", key)
		}
		ps := verify(t, less, nil)
		seen := false
		for _, p := range ps {
			seen = seen || (p.Kind == archive.Missing && strings.HasPrefix(key, p.Key))
		}
		if !seen {
			folder, _, _ := strings.Cut(key, "/")
			unseen = append(unseen, folder)
		}
	}
	// The last of four runs' receipts, the newest lease, the tombstone and the signature: nothing is written after them.
	want := []string{"leases", "receipts", "receipts", "receipts", "signatures", "tombstones"}
	if diff := cmp.Diff(want, unseen); diff != "" {
		t.Errorf("what can be taken away unseen without a list of sums: %s", diff)
	}
}

func TestTruncated(t *testing.T) {
	m := built(t)
	for _, key := range keysOf(m) {
		for _, n := range []int{0, len(m.Files[key]) / 2, len(m.Files[key]) - 1} {
			bad := copyOf(m)
			bad.Files[key] = m.Files[key][:n]
			ps := verify(t, bad, nil)
			if !named(ps, key) {
				t.Errorf("%s: cut to %d bytes: %v", key, n, ps)
			}
			if strings.HasPrefix(key, "objects/") && ps[len(ps)-1].Kind != archive.Truncated {
				t.Errorf("%s: cut to %d bytes: %s", key, n, ps[len(ps)-1].Error())
			}
		}
		bad := copyOf(m)
		bad.Files[key] = append(bytes.Clone(m.Files[key]), 'x')
		if ps := verify(t, bad, nil); !named(ps, key) {
			t.Errorf("%s: a byte more: %v", key, ps)
		}
	}
}

// TestSwapped exchanges every two files of one folder: both are named.
func TestSwapped(t *testing.T) {
	m := built(t)
	for _, a := range keysOf(m) {
		for _, b := range keysOf(m) {
			folder, _, _ := strings.Cut(a, "/")
			if a >= b || !strings.HasPrefix(b, folder+"/") {
				continue
			}
			bad := copyOf(m)
			bad.Files[a], bad.Files[b] = m.Files[b], m.Files[a]
			if ps := verify(t, bad, nil); !named(ps, a) || !named(ps, b) {
				t.Errorf("%s and %s exchanged: %v", a, b, ps)
			}
		}
	}
}

// TestRenamed gives each file another name of its kind: the new name holds bytes that are not its own.
func TestRenamed(t *testing.T) {
	m := built(t)
	for _, key := range keysOf(m) {
		for _, to := range renames(key) {
			bad := copyOf(m)
			delete(bad.Files, key)
			bad.Files[to] = m.Files[key]
			if ps := verify(t, bad, nil); !named(ps, to) {
				t.Errorf("%s renamed to %s: %v", key, to, ps)
			}
			bad.Files[key] = m.Files[key] // copied
			if ps := verify(t, bad, nil); !named(ps, to) || named(ps, key) {
				t.Errorf("%s copied to %s: %v", key, to, ps)
			}
		}
	}
}

// renames are other names of the same form: the last character that may be changed is.
func renames(key string) []string {
	other := strings.Repeat("0", 64)
	folder, rest, _ := strings.Cut(key, "/")
	switch folder {
	case "objects", "tombstones":
		return []string{folder + "/" + other}
	case "runs":
		return []string{key[:len(key)-64] + other, "runs/" + strings.Repeat("A", 26) + key[len("runs/")+26:]}
	case "receipts":
		return []string{key[:len(key)-64] + other, "receipts/" + strings.Repeat("A", 26) + key[len("receipts/")+26:], "receipts/" + rest[:27] + "00000009" + rest[35:]}
	case "signatures":
		return []string{key[:len(key)-64] + other}
	case "pulls":
		return []string{key[:len(key)-1] + "7", "pulls/a.b/00000001"}
	case "leases":
		return []string{key[:len(key)-1] + "7", "leases/other/00000001"}
	}
	return []string{"postings/2027-01"}
}

func TestStray(t *testing.T) {
	m := built(t)
	for key, text := range map[string]string{
		"objects/" + fmt.Sprintf("%x", sha("new")): "new", // whole, and nothing names it
		"objects/README":         "new",
		"notes.txt":              "new",
		"runs/README":            "new",
		"postings/2026-03.bak":   "new",
		"receipts/a/b":           "new",
		"pulls/a.b/1":            "new",
		"signatures/x":           "new",
		"tombstones/00":          "new",
		"leases/close/00000001x": "new",
	} {
		more := copyOf(m)
		more.Files[key] = []byte(text)
		ps := verify(t, more, nil)
		if len(ps) != 1 || ps[0].Key != key || ps[0].Kind != archive.Stray || !ps[0].Notice() {
			t.Errorf("%s added: %v", key, ps)
		}
	}
	torn := copyOf(m)
	torn.Files["objects/"+fmt.Sprintf("%x", sha("new"))] = []byte("nee")
	if ps := verify(t, torn, nil); !named(ps, "objects/"+fmt.Sprintf("%x", sha("new"))) {
		t.Errorf("a damaged object that nothing names: %v", ps)
	}
	forged := copyOf(m)
	forged.Files["postings/2026-05"] = []byte("a posting of nobody")
	if ps := verify(t, forged, nil); !named(ps, "postings/2026-05") {
		t.Errorf("a forged posting: %v", ps)
	}
}

// TestResealed changes a posting and mends its own digest: the next posting and the receipt still know the old one.
func TestResealed(t *testing.T) {
	m := built(t)
	body := strings.Replace(string(m.Files["postings/2026-01"]), "payee", "payee", 1)
	lines := strings.SplitAfter(body, "\n")
	body = strings.Replace(strings.Join(lines[:len(lines)-2], ""), " ledger\n", " LEDGER\n", 1)
	bad := copyOf(m)
	bad.Files["postings/2026-01"] = []byte(body + fmt.Sprintf("sha256 %x\n", sha(body)))
	ps := verify(t, bad, nil)
	if !named(ps, "postings/2026-01") || len(ps) != 1 || ps[0].By == "" {
		t.Errorf("a posting changed and sealed again: %v", ps)
	}
	if _, err := archive.PostingChain(t.Context(), bad); !errors.As(err, new(*archive.Problem)) {
		t.Errorf("PostingChain = %v", err)
	}
}

// TestLyingReference holds a manifest's claims against the bytes: the object is whole, but not what the manifest says.
func TestLyingReference(t *testing.T) {
	m := storetest.NewMemory()
	o, err := archive.Put(t.Context(), m, "deals.csv", "text/csv", "open", []byte(long))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*archive.Object){
		"size":   func(o *archive.Object) { o.Size-- },
		"larger": func(o *archive.Object) { o.Size++ },
		"stored": func(o *archive.Object) { o.StoredSize-- },
		"digest": func(o *archive.Object) { o.Digest = strings.Repeat("0", 64) },
	} {
		bad, lie := copyOf(m), o
		change(&lie)
		b := &step{ctx: t.Context(), s: bad}
		if b.pull("a.b", 1, "snapshot", lie); b.err != nil {
			t.Fatal(b.err)
		}
		if ps := verify(t, bad, nil); !named(ps, o.Key) || ps[0].By != "pulls/a.b/00000001" {
			t.Errorf("a lie about %s: %v", name, ps)
		}
		if _, err := archive.Get(t.Context(), bad, lie); !errors.As(err, new(*archive.Problem)) {
			t.Errorf("Get with a lie about %s = %v", name, err)
		}
	}
}

// TestExpired removes an object that has a tombstone: that is a notice, and without the tombstone it is damage.
func TestExpired(t *testing.T) {
	m := built(t)
	pulls, err := archive.Pulls(t.Context(), m, "salesforce.deals")
	if err != nil {
		t.Fatal(err)
	}
	o := pulls[0].Objects[0]
	delete(m.Files, o.Key)
	if ps := verify(t, m, nil); !named(ps, o.Key) || ps[0].Kind != archive.Missing {
		t.Errorf("missing: %v", ps)
	}
	if _, err := archive.WriteTombstone(t.Context(), m, archive.Tombstone{Object: o, Rule: "6 years", Who: "Anna", When: noon}); err != nil {
		t.Fatal(err)
	}
	ps := verify(t, m, nil)
	if len(ps) != 1 || ps[0].Kind != archive.Expired || ps[0].Key != o.Key || !ps[0].Notice() {
		t.Errorf("expired: %v", ps)
	}
}

// TestSecondReading tells a fault of the reading from damage of the bytes, for every file.
func TestSecondReading(t *testing.T) {
	m := built(t)
	spoils := map[string]func() *storetest.Spoiled{
		"flip":  func() *storetest.Spoiled { return &storetest.Spoiled{Spoil: storetest.Flip(13)} },
		"short": func() *storetest.Spoiled { return &storetest.Spoiled{Spoil: storetest.Short(3)} },
		"break": func() *storetest.Spoiled { return &storetest.Spoiled{Spoil: storetest.Break(3, errors.New("cable"))} },
	}
	for _, key := range keysOf(m) {
		for name, spoil := range spoils {
			once := spoil()
			once.Store, once.Key, once.Times = m, key, 1
			ps := verify(t, once, nil)
			if len(ps) != 1 || ps[0].Kind != archive.Transient || ps[0].Key != key {
				t.Errorf("%s: %s once: %v", key, name, ps)
			}
			always := spoil()
			always.Store, always.Key, always.Times = m, key, -1
			ps = verify(t, always, nil)
			if !named(ps, key) || (name == "break") != (ps[0].Kind == archive.Unreadable) {
				t.Errorf("%s: %s always: %v", key, name, ps)
			}
		}
	}
}

// TestVerifyGoesOn damages half of the files at once: each is named.
func TestVerifyGoesOn(t *testing.T) {
	m := built(t)
	bad := copyOf(m)
	var want []string
	for i, key := range keysOf(m) {
		if i%2 == 0 {
			bad.Files[key] = append([]byte("x"), m.Files[key][1:]...)
			want = append(want, key)
		}
	}
	ps := verify(t, bad, nil)
	for _, key := range want {
		if !named(ps, key) {
			t.Errorf("%s is not named", key)
		}
	}
}

func TestVerifyEnds(t *testing.T) {
	m := built(t)
	oops := errors.New("no list")
	if _, err := archive.Verify(t.Context(), &storetest.Failing{Store: m, At: 1, Err: oops}, func(archive.Problem) {}); !errors.Is(err, oops) {
		t.Errorf("Verify of what cannot be listed = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := archive.Verify(ctx, m, func(p archive.Problem) { t.Error(p.Error()) }); !errors.Is(err, context.Canceled) {
		t.Errorf("Verify in a context that ended = %v", err)
	}
	if _, err := archive.VerifyKnown(t.Context(), m, []byte("nonsense\n"), func(archive.Problem) {}); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("VerifyKnown of nonsense = %v", err)
	}
}
