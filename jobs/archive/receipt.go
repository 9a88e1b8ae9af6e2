package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// Receipt says who did what to a run, when and where. It holds the clock that manifests must not hold, and it points
// back at the manifest and the posting, so that one of them taken away is missed.
type Receipt struct {
	Run      RunRef
	N        int       // from 1; set by WriteReceipt
	Event    string    // such as computed, posted, published, verified
	Who      string    // a person or service, as the caller knows it
	When     time.Time // UTC, whole seconds
	Where    string    // machine and folder or bucket
	Posting  string    // the pay period posted, YYYY-MM; "" where none was
	PostedAs string    // digest of that posting; "" where none was
	Note     string
	Digest   string // sha256, in hex, of the text; set by reading and writing
}

// Key is where the receipt lies.
func (r Receipt) Key() string {
	return fmt.Sprintf("receipts/%s/%08d-%s", r.Run.Run, r.N, r.Digest)
}

// Encode is the canonical text.
func (r Receipt) Encode() ([]byte, error) {
	if _, ok := parseRunKey(r.Run.Key()); !ok {
		return nil, fmt.Errorf("receipt: run %q with manifest %q does not name a run", r.Run.Run, r.Run.Digest)
	}
	if r.N < 1 || r.N > 99999999 {
		return nil, fmt.Errorf("receipt of run %s: the number %d is not within 1 and 99999999", r.Run.Run, r.N)
	}
	if (r.Posting == "") != (r.PostedAs == "") || (r.PostedAs != "" && !isDigest(r.PostedAs)) {
		return nil, fmt.Errorf("receipt of run %s: posting %q with digest %q", r.Run.Run, r.Posting, r.PostedAs)
	}
	var w writer
	w.line("carrot", "receipt", "1")
	w.line("run", r.Run.Run)
	w.line("manifest", r.Run.Digest)
	w.line("number", itoa(int64(r.N)))
	w.line("event", r.Event)
	w.line("who", r.Who)
	w.line("when", stamp(r.When))
	w.line("where", r.Where)
	w.line("posting", r.Posting, r.PostedAs)
	w.line("note", r.Note)
	w.line("end")
	return w.Bytes(), nil
}

// stamp is how files write a moment.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// DecodeReceipt reads Encode's text and refuses every other byte.
func DecodeReceipt(b []byte) (Receipt, error) {
	r, x := newReader(b), Receipt{Digest: digestOf(b)}
	r.version("receipt")
	x.Run = RunRef{r.text("run"), r.text("manifest")}
	x.N, x.Event, x.Who = int(r.number("number")), r.text("event"), r.text("who")
	x.When, x.Where = r.time("when"), r.text("where")
	f := r.take("posting", 2)
	x.Posting, x.PostedAs, x.Note = f[0], f[1], r.text("note")
	r.take("end", 0)
	return x, r.done(b, x.Encode)
}

// WriteReceipt gives a receipt the run's next number and keeps it. Two written at once may get the same number; both are
// kept, since the digest is part of the name.
func WriteReceipt(ctx context.Context, s Store, r Receipt) (Receipt, error) {
	r.N = 1
	err := s.List(ctx, "receipts/"+r.Run.Run+"/", func(key string, _ int64) error {
		if n, _, ok := parseReceiptKey(key); ok {
			r.N = n + 1
		}
		return nil
	})
	if err != nil {
		return Receipt{}, err
	}
	r.When = r.When.UTC().Truncate(time.Second)
	text, err := r.Encode()
	if err != nil {
		return Receipt{}, err
	}
	r.Digest = digestOf(text)
	return r, keep(ctx, s, r.Key(), bytes.NewReader(text))
}

// Receipts reads and proves the receipts of a run, sorted by number and digest.
func Receipts(ctx context.Context, s Store, run string) ([]Receipt, error) {
	var out []Receipt
	err := s.List(ctx, "receipts/"+run+"/", func(key string, _ int64) error {
		_, digest, ok := parseReceiptKey(key)
		if !ok {
			return strayKey(key, "receipts/<run>/<8 digits>-<sha256>")
		}
		b, err := readText(ctx, s, key)
		if err != nil {
			return err
		}
		r, err := DecodeReceipt(b)
		if err == nil && (r.Digest != digest || r.Key() != key) {
			err = fmt.Errorf("found sha256 %s of receipt %d of run %s", r.Digest, r.N, r.Run.Run)
		}
		if err != nil {
			return &Problem{Kind: Damaged, Key: key, Expected: "a receipt with sha256 " + digest, Found: err.Error(), err: err}
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

func parseReceiptKey(key string) (n int, digest string, ok bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 || parts[0] != "receipts" || len(parts[1]) != 26 {
		return 0, "", false
	}
	num, digest, _ := strings.Cut(parts[2], "-")
	n, ok = parseSeq(num)
	return n, digest, ok && isDigest(digest)
}

// Lease says who works on a slot, such as close-2026-03. It saves work that would be thrown away; correctness comes from
// the create-only keys, never from a lease. N is the fencing token: takeover is N+1.
type Lease struct {
	Slot, Who, Where string
	When, Until      time.Time // UTC, whole seconds
	N                int       // set by TakeLease
}

// ErrHeld says that somebody else holds a lease that has not run out.
var ErrHeld = errors.New("held by somebody else")

func leaseKey(slot string, n int) string { return fmt.Sprintf("leases/%s/%08d", slot, n) }

// Key is where the lease lies.
func (l Lease) Key() string { return leaseKey(l.Slot, l.N) }

// Encode is the canonical text with its digest in the last line.
func (l Lease) Encode() ([]byte, error) {
	if strings.Contains(l.Slot, "/") || CheckKey(l.Key()) != nil || l.N < 1 || l.N > 99999999 {
		return nil, fmt.Errorf("lease %q number %d: the slot must be a folder's name, the number within 1 and 99999999", l.Slot, l.N)
	}
	var w writer
	w.line("carrot", "lease", "1")
	w.line("slot", l.Slot)
	w.line("number", itoa(int64(l.N)))
	w.line("who", l.Who)
	w.line("where", l.Where)
	w.line("when", stamp(l.When))
	w.line("until", stamp(l.Until))
	text, _ := w.seal()
	return text, nil
}

// DecodeLease reads Encode's text and refuses every other byte.
func DecodeLease(b []byte) (Lease, error) {
	r, l := newReader(b), Lease{}
	r.version("lease")
	l.Slot, l.N = r.text("slot"), int(r.number("number"))
	l.Who, l.Where, l.When, l.Until = r.text("who"), r.text("where"), r.time("when"), r.time("until")
	r.seal()
	return l, r.done(b, l.Encode)
}

// TakeLease takes the slot for l.Who from l.When until l.Until and gives the lease with its token. It gives an error that
// is ErrHeld where somebody else's lease has not run out at l.When, or where somebody else was quicker. One's own lease
// is taken over at any time, which renews it; with Until at When it is given up.
func TakeLease(ctx context.Context, s Store, l Lease) (Lease, error) {
	l.When, l.Until = l.When.UTC().Truncate(time.Second), l.Until.UTC().Truncate(time.Second)
	last, err := LastLease(ctx, s, l.Slot)
	if err != nil {
		return Lease{}, err
	}
	if last.N > 0 && last.Until.After(l.When) && (last.Who != l.Who || last.Where != l.Where) {
		return Lease{}, fmt.Errorf("%s: %w: %s at %s until %s", last.Key(), ErrHeld, last.Who, last.Where, stamp(last.Until))
	}
	l.N = last.N + 1
	text, err := l.Encode()
	if err != nil {
		return Lease{}, err
	}
	err = s.Create(ctx, l.Key(), bytes.NewReader(text))
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s: %w: taken at this moment", l.Key(), ErrHeld)
	}
	return l, err
}

// LastLease reads and proves the newest lease of a slot; N is 0 where there was none.
func LastLease(ctx context.Context, s Store, slot string) (Lease, error) {
	var last string
	err := s.List(ctx, "leases/"+slot+"/", func(key string, _ int64) error {
		if _, ok := parseLeaseKey(key); !ok {
			return strayKey(key, "leases/<slot>/<8 digits>")
		}
		last = key
		return nil
	})
	if err != nil || last == "" {
		return Lease{}, err
	}
	b, err := readText(ctx, s, last)
	if err != nil {
		return Lease{}, err
	}
	l, err := DecodeLease(b)
	if err == nil && l.Key() != last {
		err = fmt.Errorf("found lease %d of %s", l.N, l.Slot)
	}
	if err != nil {
		return Lease{}, &Problem{Kind: Damaged, Key: last, Expected: "a lease", Found: err.Error(), err: err}
	}
	return l, nil
}

func parseLeaseKey(key string) (n int, ok bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 || parts[0] != "leases" {
		return 0, false
	}
	return parseSeq(parts[2])
}
