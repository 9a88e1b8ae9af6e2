package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"
	"sync"
)

// Checked says what Verify went through.
type Checked struct {
	Files    int
	Bytes    int64 // stored
	Problems int   // damage; 0 means that the archive is sound
	Notices  int
	Locked   int // encrypted objects whose stored bytes are sound and that no identity at hand opens: what they hold is not proved
}

// verifyWorkers is how many files are read at once: a bucket answers slowly, a disk has one arm.
const verifyWorkers = 4

// Verify re-hashes every file of the archive and follows every reference, names each problem and goes on. The error is
// not nil only where it could not go on: the store cannot be listed, or the context ended. What nothing refers to and
// nothing numbers (the newest receipt or lease of its folder, a pull that no run has read) can be taken away unseen; who
// wants to see that keeps a list of Sums elsewhere and calls VerifyKnown.
func Verify(ctx context.Context, s Store, report func(Problem)) (Checked, error) {
	return VerifyKnown(ctx, s, nil, report)
}

// VerifyKnown is Verify that also holds the archive against an earlier list of Sums: what the list names must still be
// there with the same bytes.
func VerifyKnown(ctx context.Context, s Store, known []byte, report func(Problem)) (Checked, error) {
	sums, err := parseSums(known)
	if err != nil {
		return Checked{}, err
	}
	v := &verifier{ctx: ctx, store: s, report: report, size: map[string]int64{}, byDigest: map[string]string{},
		whole: map[string]string{}, bad: map[string]bool{}, files: map[string]parsed{}, claims: map[string][]claim{}, graves: map[string]string{}}
	if err := s.List(ctx, "", v.add); err != nil {
		return v.done, fmt.Errorf("the archive cannot be listed: %w", err)
	}
	v.each(v.texts, v.inspectText)
	v.link()
	v.each(v.objects, v.inspectObject)
	v.absent()
	v.compare(sums)
	return v.done, ctx.Err()
}

// claim is what a file says about a key that it refers to.
type claim struct {
	by     string
	object Object // where the key is an object's
	digest string // where the key is a pull's or posting's
}

// parsed is what a sound structured file is.
type parsed struct {
	digest  string // that others name it by
	pull    *Pull
	run     *Manifest
	posting *Posting
	receipt *Receipt
	grave   *Tombstone
}

type verifier struct {
	ctx    context.Context
	store  Store
	report func(Problem)
	done   Checked

	size           map[string]int64  // every key
	texts, objects []string          // the keys to read, as listed
	byDigest       map[string]string // digest in a name -> key
	whole          map[string]string // key -> sha256 of its bytes as found
	bad            map[string]bool   // keys named already as damaged
	files          map[string]parsed
	claims         map[string][]claim
	graves         map[string]string // object key -> tombstone key
}

func (v *verifier) add(key string, size int64) error {
	v.size[key] = size
	v.done.Files++
	v.done.Bytes += size
	if CheckKey(key) != nil {
		v.tell(Problem{Kind: Stray, Key: key, Expected: "a key of the archive", Found: fmt.Sprintf("a file of %d bytes", size)})
		return nil
	}
	if len(key) > 64 && isDigest(key[len(key)-64:]) && !strings.HasPrefix(key, "tombstones/") {
		v.byDigest[key[len(key)-64:]] = key
	}
	if strings.HasPrefix(key, "objects/") {
		v.objects = append(v.objects, key)
	} else {
		v.texts = append(v.texts, key)
	}
	return nil
}

func (v *verifier) tell(p Problem) {
	if p.Notice() {
		v.done.Notices++
	} else {
		v.done.Problems++
		v.bad[p.Key] = true
	}
	v.report(p)
}

// finding is what reading one key gave; fold brings it into the verifier in the order of keys.
type finding struct {
	whole   string // sha256 as found; "" unreadable
	parsed  parsed
	problem *Problem
	locked  bool
}

// each inspects keys, some at once, and takes the results in order. A key that looks wrong is read a second time: what
// is right then was a fault of the reading and not of the bytes.
func (v *verifier) each(keys []string, inspect func(key string) finding) {
	const batch = 16 * verifyWorkers
	for len(keys) > 0 && v.ctx.Err() == nil {
		now := keys[:min(batch, len(keys))]
		keys = keys[len(now):]
		found := make([]finding, len(now))
		var wg sync.WaitGroup
		for w := range verifyWorkers {
			wg.Go(func() {
				for i := w; i < len(now); i += verifyWorkers {
					found[i] = twice(func() finding { return inspect(now[i]) })
				}
			})
		}
		wg.Wait()
		for i, key := range now {
			if v.ctx.Err() != nil {
				return
			}
			v.fold(key, found[i])
		}
	}
}

// twice repeats a reading that found damage.
func twice(read func() finding) finding {
	first := read()
	if first.problem == nil || first.problem.Notice() {
		return first
	}
	second := read()
	if second.problem == nil {
		p := *first.problem
		p.Kind, p.Detail = Transient, "the second reading was right: look after the medium"
		second.problem = &p
	}
	return second
}

func (v *verifier) fold(key string, f finding) {
	v.whole[key] = f.whole
	if f.locked {
		v.done.Locked++
	}
	if f.problem != nil {
		v.tell(*f.problem)
		if !f.problem.Notice() {
			return
		}
	}
	v.files[key] = f.parsed
	switch p := f.parsed; {
	case p.pull != nil:
		v.claim(key, p.pull.Objects...)
		v.files[key] = parsed{digest: p.digest}
	case p.run != nil:
		v.claim(key, p.run.Request)
		for _, s := range p.run.sections() {
			v.claim(key, *s.objects...)
		}
		for _, ref := range p.run.Pulls {
			v.claims[ref.Key] = append(v.claims[ref.Key], claim{by: key, digest: ref.Digest})
		}
		v.files[key] = parsed{digest: p.digest, run: &Manifest{Kind: p.run.Kind, Period: p.run.Period}} // the lists are not needed again
	case p.posting != nil:
		v.claim(key, p.posting.Ledger)
	case p.grave != nil:
		v.graves[p.grave.Object.Key] = key
	}
}

// claim notes what a file says about objects; the same said again says nothing new.
func (v *verifier) claim(by string, objects ...Object) {
	for _, o := range objects {
		o.Name, o.Media, o.Class = "", "", ""
		seen := false
		for _, c := range v.claims[o.Key] {
			seen = seen || c.object == o
		}
		if !seen {
			v.claims[o.Key] = append(v.claims[o.Key], claim{by: by, object: o})
		}
	}
}

// inspectObject reads an object to its end, unpacked and decrypted where a file says so.
func (v *verifier) inspectObject(key string) finding {
	want := key[len("objects/"):]
	if !isDigest(want) {
		return finding{problem: &Problem{Kind: Stray, Key: key, Expected: "objects/<sha256>", Found: fmt.Sprintf("a file of %d bytes", v.size[key])}}
	}
	unpacker := Object{}
	var longest, by string
	for _, c := range v.claims[key] {
		if c.object.Encoding != "" && c.object.Size >= unpacker.Size {
			unpacker = c.object
		}
		if c.object.StoredSize > v.size[key] {
			longest = fmt.Sprintf("%d bytes", c.object.StoredSize)
		}
		by = c.by
	}
	stored, raw, unpackErr, err := v.measure(key, unpacker)
	if err != nil {
		return finding{problem: &Problem{Kind: Unreadable, Key: key, Expected: want, Found: err.Error(), By: by, err: err}}
	}
	f := finding{whole: stored.digest()}
	if f.whole != want {
		f.problem = v.wrongBytes(key, want, f.whole, stored.n)
		f.problem.By = by
		if longest != "" && f.problem.Kind == Damaged {
			f.problem.Kind, f.problem.Expected = Truncated, longest+" with sha256 "+want
		}
		return f
	}
	for _, c := range v.claims[key] {
		meter := raw
		if c.object.Encoding == "" {
			meter = stored
		}
		var p *Problem
		var locked *Locked
		switch err := c.object.judge(stored, meter, unpackErr); {
		case errors.As(err, &p):
			p.By = c.by
			f.problem = p
			return f
		case errors.As(err, &locked):
			f.locked = true
		}
	}
	if len(v.claims[key]) == 0 {
		f.problem = &Problem{Kind: Stray, Key: key, Expected: "a manifest that names it", Found: "none"}
	}
	return f
}

// measure hashes a key's bytes and, where o says that they are encoded, what they hold.
func (v *verifier) measure(key string, o Object) (stored, raw *meter, unpackErr, err error) {
	r, err := v.store.Open(v.ctx, key)
	if err != nil {
		return nil, nil, nil, err
	}
	defer r.Close()
	stored, raw = newMeter(), newMeter()
	tee := io.TeeReader(&ctxReader{v.ctx, r}, stored)
	if o.Encoding != "" {
		unpackErr = unpack(v.ctx, raw, tee, o)
	}
	_, err = io.Copy(io.Discard, tee)
	return stored, raw, unpackErr, err
}

// wrongBytes says what a file holds instead of what its name promises.
func (v *verifier) wrongBytes(key, want, found string, size int64) *Problem {
	p := &Problem{Kind: Damaged, Key: key, Expected: "sha256 " + want, Found: fmt.Sprintf("sha256 %s, %d bytes", found, size)}
	if other := v.byDigest[found]; other != "" {
		p.Kind, p.Detail = Misplaced, "these are the bytes of "+other
	}
	return p
}

// absent reports what is referred to and not there, and where numbers have gaps.
func (v *verifier) absent() {
	for _, key := range sortedKeys(v.claims) {
		if _, ok := v.size[key]; ok || v.bad[key] {
			continue
		}
		c := v.claims[key][0]
		if grave := v.graves[key]; grave != "" {
			v.tell(Problem{Kind: Expired, Key: key, Expected: "sha256 " + key[len("objects/"):], Found: "a tombstone, " + grave, By: c.by})
			continue
		}
		want := "a file with sha256 "
		switch {
		case c.digest != "":
			want += c.digest
		default:
			want += key[max(0, len(key)-64):]
		}
		v.tell(Problem{Kind: Missing, Key: key, Expected: want, Found: "nothing", By: c.by, err: fs.ErrNotExist})
	}
	for _, key := range sortedKeys(v.graves) {
		if _, ok := v.size[key]; ok {
			v.tell(Problem{Kind: Stray, Key: key, Expected: "nothing, as " + v.graves[key] + " says", Found: "a file"})
		}
	}
}

// compare holds the archive against an earlier list of sums.
func (v *verifier) compare(sums map[string]string) {
	for _, key := range sortedKeys(sums) {
		_, present := v.size[key]
		switch {
		case v.bad[key]:
		case !present && v.graves[key] == "" && len(v.claims[key]) == 0:
			v.tell(Problem{Kind: Missing, Key: key, Expected: "sha256 " + sums[key], Found: "nothing", By: "the list of sums", err: fs.ErrNotExist})
		case present && v.whole[key] != "" && v.whole[key] != sums[key]:
			v.tell(Problem{Kind: Damaged, Key: key, Expected: "sha256 " + sums[key], Found: "sha256 " + v.whole[key], By: "the list of sums"})
		}
	}
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
