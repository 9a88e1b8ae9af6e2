package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// inspectText reads a structured file and holds it against its name.
func (v *verifier) inspectText(key string) finding {
	if !ours(key) {
		return v.stray(key)
	}
	b, err := readText(v.ctx, v.store, key)
	if err != nil {
		var p *Problem
		if !errors.As(err, &p) {
			p = &Problem{Kind: Unreadable, Key: key, Expected: "its bytes", Found: err.Error(), err: err}
		}
		return finding{problem: p}
	}
	f := finding{whole: digestOf(b)}
	if want := nameDigest(key); want != "" {
		if f.whole != want {
			f.problem = v.wrongBytes(key, want, f.whole, int64(len(b)))
			return f
		}
	} else if claimed, found := selfDigest(b); claimed != found {
		f.problem = &Problem{Kind: Damaged, Key: key, Expected: "sha256 " + claimed + " before the last line", Found: fmt.Sprintf("sha256 %s, %d bytes", found, len(b))}
		if claimed == "" {
			f.problem.Expected = "a last line with sha256"
		}
		return f
	}
	p, is, err := parse(key, b)
	switch {
	case err != nil:
		f.problem = &Problem{Kind: Damaged, Key: key, Expected: "a file of this kind", Found: err.Error(), err: err}
	case is != key:
		f.problem = &Problem{Kind: Misplaced, Key: key, Expected: "the bytes of " + key, Found: "those of " + is}
	default:
		f.parsed = p
	}
	return f
}

// stray reads what is not ours for its digest only.
func (v *verifier) stray(key string) finding {
	f := finding{problem: &Problem{Kind: Stray, Key: key, Expected: "a key of the archive", Found: fmt.Sprintf("a file of %d bytes", v.size[key])}}
	if stored, _, _, err := v.measure(key, Object{}); err == nil {
		f.whole = stored.digest()
	}
	return f
}

// ours says whether a key has the form of one of the structured files.
func ours(key string) bool {
	folder, rest, _ := strings.Cut(key, "/")
	switch folder {
	case "runs":
		_, ok := parseRunKey(key)
		return ok
	case "pulls":
		_, _, ok := parsePullKey(key)
		return ok
	case "postings":
		return len(rest) == len("2006-01") && !strings.Contains(rest, "/")
	case "receipts":
		_, _, ok := parseReceiptKey(key)
		return ok
	case "leases":
		_, ok := parseLeaseKey(key)
		return ok
	case "tombstones":
		return isDigest(rest)
	case "signatures":
		return len(rest) == 129 && isDigest(rest[:64]) && rest[64] == '-' && isDigest(rest[65:])
	}
	return false
}

// nameDigest is the sha256 that a key ends in; "" where the file holds its own.
func nameDigest(key string) string {
	switch folder, _, _ := strings.Cut(key, "/"); folder {
	case "runs", "receipts", "signatures":
		return key[len(key)-64:]
	}
	return ""
}

// selfDigest is the sha256 in the last line, "" without one, and the sha256 of what comes before.
func selfDigest(b []byte) (claimed, found string) {
	const last = len("sha256 ") + 64 + 1
	if len(b) < last || !bytes.HasPrefix(b[len(b)-last:], []byte("sha256 ")) || b[len(b)-1] != '\n' {
		return "", digestOf(b)
	}
	return string(b[len(b)-65 : len(b)-1]), digestOf(b[:len(b)-last])
}

// parse decodes a structured file and gives the key that it belongs under.
func parse(key string, b []byte) (p parsed, is string, err error) {
	switch folder, _, _ := strings.Cut(key, "/"); folder {
	case "runs":
		m, err := DecodeManifest(b)
		p = parsed{digest: digestOf(b), run: &m}
		return p, RunRef{m.Run, p.digest}.Key(), err
	case "pulls":
		x, err := DecodePull(b)
		return parsed{digest: x.Digest, pull: &x}, x.Key(), err
	case "postings":
		x, err := DecodePosting(b)
		return parsed{digest: x.Digest, posting: &x}, x.Key(), err
	case "receipts":
		x, err := DecodeReceipt(b)
		return parsed{digest: x.Digest, receipt: &x}, x.Key(), err
	case "leases":
		x, err := DecodeLease(b)
		return parsed{}, x.Key(), err
	case "tombstones":
		x, err := DecodeTombstone(b)
		return parsed{grave: &x}, x.Key(), err
	default: // signatures: bytes of another program, known by their name alone
		return parsed{}, key, nil
	}
}

// link holds structured files against each other.
func (v *verifier) link() {
	for _, key := range v.texts {
		switch p := v.files[key]; {
		case p.posting != nil:
			v.linkPosting(key, p.posting)
		case p.receipt != nil:
			v.need(claim{by: key}, p.receipt.Run.Key())
			if p.receipt.Posting != "" {
				v.need(claim{by: key, digest: p.receipt.PostedAs}, postingKey(p.receipt.Posting))
			}
		}
		v.gap(key)
	}
	for _, key := range sortedKeys(v.claims) {
		for _, c := range v.claims[key] {
			if found := v.files[key].digest; c.digest != "" && found != "" && found != c.digest {
				v.tell(Problem{Kind: Damaged, Key: key, Expected: "sha256 " + c.digest, Found: "sha256 " + found, By: c.by})
				break
			}
		}
	}
}

func (v *verifier) need(c claim, key string) { v.claims[key] = append(v.claims[key], c) }

func (v *verifier) linkPosting(key string, p *Posting) {
	if p.Previous != "" {
		v.need(claim{by: key, digest: p.Previous}, postingKey(monthBefore(p.Period)))
	} else if first := v.firstPosting(); first != key {
		v.tell(Problem{Kind: Damaged, Key: key, Expected: "the digest of the posting before it", Found: "none, as if it were the first; the first is " + first})
	}
	if p.Run == (RunRef{}) {
		return
	}
	v.need(claim{by: key}, p.Run.Key())
	if m := v.files[p.Run.Key()].run; m != nil && (m.Period != p.Period || m.Kind != "close") {
		v.tell(Problem{Kind: Damaged, Key: key, Expected: "a close of " + p.Period, Found: fmt.Sprintf("a %s of %s", m.Kind, m.Period)})
	}
}

func (v *verifier) firstPosting() string {
	for _, key := range v.texts {
		if strings.HasPrefix(key, "postings/") {
			return key
		}
	}
	return ""
}

// gap reports the number before a key's number where it is missing from the folder.
func (v *verifier) gap(key string) {
	folder, name, _ := cutLast(key)
	num, _, _ := strings.Cut(name, "-")
	n, ok := parseSeq(num)
	if !ok || n == 1 || !ours(key) {
		return
	}
	before := fmt.Sprintf("%s/%08d", folder, n-1)
	i, _ := v.find(before)
	if i < len(v.texts) && strings.HasPrefix(v.texts[i], before) {
		return
	}
	v.tell(Problem{Kind: Missing, Key: before, Expected: "the number before " + name, Found: "nothing", By: key, err: fs.ErrNotExist})
}

func cutLast(key string) (folder, name string, ok bool) {
	i := strings.LastIndexByte(key, '/')
	if i < 0 {
		return "", key, false
	}
	return key[:i], key[i+1:], true
}
