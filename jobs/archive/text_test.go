package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform/comp"
)

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"": "-", "-": "%2D", "--": "--", "plain": "plain", "a b": "a%20b", "50 %": "50%20%25", "a\nb": "a%0Ab", "März": "März", "\xff": "%FF",
		"\ufffd": "\ufffd", "a\u2028b": "a%E2%80%A8b", "a\u00a0b": "a%C2%A0b", "日本": "日本", "\x00\x7f": "%00%7F",
	} {
		if got := archive.Escape(text); got != want {
			t.Errorf("Escape(%q) = %q, expected %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		field := archive.Escape(text)
		if got := archive.Unescape(field); got != text || field == "" || strings.ContainsAny(field, " \n\r\t") {
			t.Fatalf("%q becomes %q becomes %q", text, field, got)
		}
	})
}

// decoders are the formats by folder, each giving back the encoding of what it understood.
var decoders = map[string]func([]byte) ([]byte, error){
	"runs":       func(b []byte) ([]byte, error) { m, err := archive.DecodeManifest(b); return again(m.Encode, err) },
	"pulls":      func(b []byte) ([]byte, error) { m, err := archive.DecodePull(b); return again(m.Encode, err) },
	"postings":   func(b []byte) ([]byte, error) { m, err := archive.DecodePosting(b); return again(m.Encode, err) },
	"receipts":   func(b []byte) ([]byte, error) { m, err := archive.DecodeReceipt(b); return again(m.Encode, err) },
	"leases":     func(b []byte) ([]byte, error) { m, err := archive.DecodeLease(b); return again(m.Encode, err) },
	"tombstones": func(b []byte) ([]byte, error) { m, err := archive.DecodeTombstone(b); return again(m.Encode, err) },
}

func again(encode func() ([]byte, error), err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return encode()
}

// TestOneSpellingOnly changes the files in ways that mean the same to a careless reader: each is refused, by line.
func TestOneSpellingOnly(t *testing.T) {
	m := built(t)
	for _, key := range keysOf(m) {
		folder, _, _ := strings.Cut(key, "/")
		decode := decoders[folder]
		if decode == nil {
			continue
		}
		text := string(m.Files[key])
		if b, err := decode([]byte(text)); err != nil || string(b) != text {
			t.Fatalf("%s: %v", key, err)
		}
		lines := strings.SplitAfter(text, "\n")
		for name, changed := range map[string]string{
			"CRLF":              strings.Replace(text, "\n", "\r\n", 1),
			"no last line feed": strings.TrimSuffix(text, "\n"),
			"a line feed more":  text + "\n",
			"two blanks":        strings.Replace(text, " ", "  ", 1),
			"a blank at an end": strings.Replace(text, "\n", " \n", 1),
			"a BOM":             "\ufeff" + text,
			"an escape":         text[:len(text)-2] + fmt.Sprintf("%%%02X\n", text[len(text)-2]),
			"a line twice":      strings.Join(lines[:2], "") + lines[1] + strings.Join(lines[2:], ""),
			"a line less":       lines[0] + strings.Join(lines[2:], ""),
			"lines exchanged":   lines[0] + lines[2] + lines[1] + strings.Join(lines[3:], ""),
			"nothing":           "",
			"version 2":         strings.Replace(text, " 1\n", " 2\n", 1),
			"another kind":      strings.Replace(text, "carrot ", "carrot x", 1),
			"a number with +":   strings.Replace(text, " 1", " +1", 1),
			"a number with 0":   strings.Replace(text, " 1", " 01", 1),
		} {
			if _, err := decode([]byte(changed)); err == nil || !strings.Contains(err.Error(), "line ") {
				t.Errorf("%s with %s: %v", key, name, err)
			}
		}
	}
}

func TestLaterVersion(t *testing.T) {
	_, err := archive.DecodeManifest([]byte("carrot run 2\nwhatever\n"))
	if err == nil || !strings.Contains(err.Error(), "use the program that wrote it or a later one") {
		t.Errorf("DecodeManifest of version 2 = %v", err)
	}
}

// TestOrderDoesNotMatter shuffles the lists of a manifest: the text is the same.
func TestOrderDoesNotMatter(t *testing.T) {
	m := built(t)
	refs, err := archive.Runs(t.Context(), m, "")
	if err != nil || len(refs) != 3 {
		t.Fatal(refs, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		for _, ref := range refs {
			run, err := archive.ReadRun(context.Background(), m, ref)
			if err != nil {
				t.Fatal(err)
			}
			run.Config = rapid.Permutation(run.Config).Draw(t, "config")
			run.Outputs = rapid.Permutation(run.Outputs).Draw(t, "outputs")
			run.Pulls = rapid.Permutation(run.Pulls).Draw(t, "pulls")
			run.Findings = rapid.Permutation(run.Findings).Draw(t, "findings")
			run.Totals = rapid.Permutation(run.Totals).Draw(t, "totals")
			if b, err := run.Encode(); err != nil || !bytes.Equal(b, m.Files[ref.Key()]) {
				t.Fatal(err)
			}
		}
	})
}

func TestManifestsRefuse(t *testing.T) {
	m := built(t)
	refs, _ := archive.Runs(t.Context(), m, "")
	good, err := archive.ReadRun(t.Context(), m, refs[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*archive.Manifest){
		"another run":      func(x *archive.Manifest) { x.Run = strings.Repeat("A", 26) },
		"no run":           func(x *archive.Manifest) { x.Run = "" },
		"another kind":     func(x *archive.Manifest) { x.Kind = "test" },
		"another period":   func(x *archive.Manifest) { x.Period = "2026-1" },
		"an output twice":  func(x *archive.Manifest) { x.Outputs = append(x.Outputs, x.Outputs[0]) },
		"a pull twice":     func(x *archive.Manifest) { x.Pulls = append(x.Pulls, x.Pulls[0]) },
		"a total twice":    func(x *archive.Manifest) { x.Totals = append(x.Totals, x.Totals[0]) },
		"a count twice":    func(x *archive.Manifest) { x.Findings = append(x.Findings, x.Findings[0]) },
		"pull without sum": func(x *archive.Manifest) { x.Pulls = []archive.PullRef{{Key: "pulls/a.b/00000001"}} },
		"a pull elsewhere": func(x *archive.Manifest) { x.Pulls = []archive.PullRef{{Key: "runs/a", Digest: good.Request.Digest}} },
	} {
		x := good
		change(&x)
		if _, err := archive.WriteRun(t.Context(), m, x); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestRunIDIsTheRequests(t *testing.T) {
	req := comp.Request{Kind: comp.Close, Period: comp.Month(comp.Day(2026, 1, 1)), Calculation: "1"}
	if got := archive.RunID(req.Digest()); got != req.RunID() || len(got) != 26 {
		t.Errorf("RunID = %q, comp says %q", got, req.RunID())
	}
	if archive.RunID("nonsense") != "" {
		t.Error("RunID of nonsense")
	}
}

func TestPullsFollow(t *testing.T) {
	m := built(t)
	pulls, err := archive.Pulls(t.Context(), m, "salesforce.deals")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range pulls {
		got = append(got, p.Key(), string(p.Mode), p.Known.String(), p.Covers.String(), p.Files[0].Name)
	}
	want := []string{"pulls/salesforce.deals/00000001", "snapshot", "2026-02-03", "1970-01-01..1969-12-31", "2026-02-03/Deals closed.csv",
		"pulls/salesforce.deals/00000002", "window", "2026-02-03", "2026-01-01..2026-01-31", "2026-03-03/Deals – März.csv"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	again, err := archive.WritePull(t.Context(), m, pulls[0])
	if diff := cmp.Diff(pulls[0], again); err != nil || diff != "" {
		t.Errorf("the same pull again: %v %s", err, diff)
	}
	other := pulls[0]
	other.CursorAfter = "elsewhere"
	if _, err := archive.WritePull(t.Context(), m, other); !errors.Is(err, fs.ErrExist) {
		t.Errorf("another pull with the number = %v", err)
	}
	if none, err := archive.Pulls(t.Context(), m, "salesforce.deal"); err != nil || len(none) > 0 {
		t.Errorf("pulls of a table that is the start of another's name: %v %v", none, err)
	}
	delete(m.Files, pulls[0].Key())
	if _, err := archive.Pulls(t.Context(), m, "salesforce.deals"); !errors.Is(err, fs.ErrNotExist) || !errors.As(err, new(*archive.Problem)) {
		t.Errorf("pulls with a gap = %v", err)
	}
	m.Files["pulls/salesforce.deals/notes"] = nil
	if _, err := archive.Pulls(t.Context(), m, "salesforce.deals"); err == nil {
		t.Error("a stray file among the pulls is passed over")
	}
}

func TestPostings(t *testing.T) {
	ctx, m := t.Context(), built(t)
	chain, err := archive.PostingChain(ctx, m)
	if err != nil || len(chain) != 2 || chain[0].Period != "2026-01" || chain[1].Previous != chain[0].Digest {
		t.Fatal(chain, err)
	}
	for _, p := range chain {
		if same, err := archive.Post(ctx, m, p); err != nil || same != p {
			t.Errorf("the same posting again: %v", err)
		}
	}
	taken := chain[1]
	taken.Ledger = chain[0].Ledger
	if _, err := archive.Post(ctx, m, taken); !errors.Is(err, fs.ErrExist) {
		t.Errorf("another posting of a posted period = %v", err)
	}
	refs, _ := archive.Runs(ctx, m, "")
	var preview archive.RunRef
	for _, ref := range refs {
		if run, _ := archive.ReadRun(ctx, m, ref); run.Kind == comp.Preview {
			preview = ref
		}
	}
	for want, p := range map[string]archive.Posting{
		"close the periods in order":  {Period: "2025-12", Run: chain[0].Run, Ledger: chain[0].Ledger},
		"2026-03 is not posted":       {Period: "2026-04", Run: chain[0].Run, Previous: chain[1].Digest, Ledger: chain[0].Ledger},
		"run the close again":         {Period: "2026-03", Run: chain[0].Run, Previous: chain[0].Digest, Ledger: chain[0].Ledger},
		"only a close of the period":  {Period: "2026-03", Run: preview, Previous: chain[1].Digest, Ledger: chain[0].Ledger},
		"a close of 2026-01; only a":  {Period: "2026-03", Run: chain[0].Run, Previous: chain[1].Digest, Ledger: chain[0].Ledger},
		"only an opening balance":     {Period: "2026-03", Previous: chain[1].Digest, Ledger: chain[0].Ledger},
		"is not a month":              {Period: "2026-13", Run: chain[0].Run, Ledger: chain[0].Ledger},
		"is not objects/ and a sha25": {Period: "2026-03", Run: chain[0].Run},
		"not exist":                   {Period: "2026-03", Run: archive.RunRef{Run: preview.Run, Digest: chain[0].Digest}, Previous: chain[1].Digest, Ledger: chain[0].Ledger},
	} {
		if _, err := archive.Post(ctx, m, p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Post(%+v) = %v, expected %q", p, err, want)
		}
	}
	if _, err := archive.ReadPosting(ctx, m, "2026-03"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadPosting of an open period = %v", err)
	}
}

func TestOpeningBalance(t *testing.T) {
	ctx, m := t.Context(), storetest.NewMemory()
	ledger, err := archive.Put(ctx, m, "ledger", "text/csv", comp.Personal, []byte("opening"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := archive.Post(ctx, m, archive.Posting{Period: "2025-12", Ledger: ledger})
	if err != nil {
		t.Fatal(err)
	}
	chain, err := archive.PostingChain(ctx, m)
	if diff := cmp.Diff([]archive.Posting{p}, chain); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if ps := verify(t, m, nil); len(ps) > 0 {
		t.Errorf("an opening balance has problems: %v", ps)
	}
}

// TestOnePoster lets 64 closes of one period race in a folder: one is paid.
func TestOnePoster(t *testing.T) {
	ctx := t.Context()
	s, err := archive.NewDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := build(ctx, s); err != nil {
		t.Fatal(err)
	}
	before, err := archive.ReadPosting(ctx, s, "2026-02")
	if err != nil {
		t.Fatal(err)
	}
	b := &step{ctx: ctx, s: s}
	ref := b.run(comp.Close, "2026-03", before.Digest)
	postings := make([]archive.Posting, 64)
	for i := range postings {
		postings[i] = archive.Posting{Period: "2026-03", Run: ref, Previous: before.Digest, Ledger: b.put("ledger", comp.Personal, string(rune('a'+i)))}
	}
	if b.err != nil {
		t.Fatal(b.err)
	}
	errs := make([]error, len(postings))
	var wg sync.WaitGroup
	for i := range postings {
		wg.Go(func() { postings[i], errs[i] = archive.Post(ctx, s, postings[i]) })
	}
	wg.Wait()
	kept, err := archive.ReadPosting(ctx, s, "2026-03")
	if err != nil {
		t.Fatal(err)
	}
	winners := 0
	for i, err := range errs {
		switch {
		case err == nil:
			if winners++; postings[i] != kept {
				t.Errorf("poster %d was told that it won, another is kept", i)
			}
		case !errors.Is(err, fs.ErrExist):
			t.Errorf("poster %d: %v, expected fs.ErrExist", i, err)
		}
	}
	if winners != 1 {
		t.Errorf("%d posters won", winners)
	}
}

func TestReceipts(t *testing.T) {
	ctx, m := t.Context(), built(t)
	chain, _ := archive.PostingChain(ctx, m)
	rs, err := archive.Receipts(ctx, m, chain[0].Run.Run)
	if err != nil || len(rs) != 2 {
		t.Fatal(rs, err)
	}
	want := archive.Receipt{Run: chain[0].Run, N: 1, Event: "posted", Who: "Anna Müller", When: noon, Where: "payroll-1 /srv/archive",
		Posting: "2026-01", PostedAs: chain[0].Digest, Note: "50 % of\nall", Digest: rs[0].Digest}
	if diff := cmp.Diff(want, rs[0]); diff != "" {
		t.Error(diff)
	}
	berlin, err := comp.Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r, err := archive.WriteReceipt(ctx, m, archive.Receipt{Run: chain[0].Run, Event: "verified", When: time.Date(2026, 7, 1, 1, 2, 3, 999, berlin)})
	if err != nil || r.N != 3 || !strings.Contains(string(m.Files[r.Key()]), "when 2026-06-30T23:02:03Z\n") {
		t.Errorf("%+v %v %s", r, err, m.Files[r.Key()])
	}
	if _, err := archive.WriteReceipt(ctx, m, archive.Receipt{Run: chain[0].Run, Posting: "2026-01"}); err == nil {
		t.Error("a receipt of a posting without its digest is accepted")
	}
	m.Files[r.Key()] = append(m.Files[r.Key()], '\n')
	if _, err := archive.Receipts(ctx, m, r.Run.Run); !errors.As(err, new(*archive.Problem)) {
		t.Errorf("a damaged receipt = %v", err)
	}
}

func TestLeases(t *testing.T) {
	ctx, m := t.Context(), storetest.NewMemory()
	take := func(who string, from, minutes int) (archive.Lease, error) {
		at := noon.Add(time.Duration(from) * time.Minute)
		return archive.TakeLease(ctx, m, archive.Lease{Slot: "close-2026-03", Who: who, Where: "here", When: at, Until: at.Add(time.Duration(minutes) * time.Minute)})
	}
	for _, c := range []struct {
		who           string
		from, minutes int
		n             int // 0: held
	}{
		{"anna", 0, 10, 1}, {"bert", 5, 10, 0}, {"anna", 6, 10, 2}, {"bert", 12, 10, 0}, {"bert", 16, 10, 3}, {"anna", 17, 10, 0},
		{"bert", 18, 0, 4}, {"anna", 18, 10, 5}, // given up, taken over
	} {
		l, err := take(c.who, c.from, c.minutes)
		if (c.n == 0) != errors.Is(err, archive.ErrHeld) || (c.n > 0 && (err != nil || l.N != c.n)) {
			t.Errorf("%s at %d: %+v %v", c.who, c.from, l, err)
		}
	}
	if ps := verify(t, m, nil); len(ps) > 0 {
		t.Error(ps)
	}
	got, err := archive.LastLease(ctx, m, "close-2026-03")
	if err != nil || got.N != 5 || got.Who != "anna" {
		t.Errorf("%+v %v", got, err)
	}
	if none, err := archive.LastLease(ctx, m, "close-2026-0"); err != nil || none.N != 0 {
		t.Errorf("a slot that is the start of another's name: %+v %v", none, err)
	}
	for _, slot := range []string{"", "a/b", "..", ".a"} {
		if _, err := archive.TakeLease(ctx, m, archive.Lease{Slot: slot}); err == nil {
			t.Errorf("slot %q is accepted", slot)
		}
	}
}

// TestOneLease lets 64 take a slot at once: one gets each token.
func TestOneLease(t *testing.T) {
	m := storetest.NewMemory()
	got := make([]error, 64)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			_, got[i] = archive.TakeLease(context.Background(), m, archive.Lease{Slot: "nightly", Who: string(rune('a' + i)), When: noon, Until: noon.Add(time.Hour)})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range got {
		if err == nil {
			won++
		} else if !errors.Is(err, archive.ErrHeld) {
			t.Error(err)
		}
	}
	if won != 1 || len(m.Files) != 1 {
		t.Errorf("%d hold the lease, %d files", won, len(m.Files))
	}
}

// TestEveryCallFails lets each call to the store fail in turn while the archive is built, once with the work undone and
// once with only the answer lost: the error comes out, and building again completes the same archive.
func TestEveryCallFails(t *testing.T) {
	t.Parallel()
	want := built(t)
	oops := errors.New("oops")
	for _, lost := range []bool{false, true} {
		for at := 1; ; at++ {
			m := storetest.NewMemory()
			f := &storetest.Failing{Store: m, At: at, Err: oops, Lost: lost}
			if err := build(context.Background(), f); f.Calls() < at {
				if err != nil || at < 60 {
					t.Errorf("no call fails, but %v; %d calls", err, at)
				}
				break
			} else if !errors.Is(err, oops) {
				t.Errorf("call %d fails: %v", at, err)
			}
			if err := build(context.Background(), m); err != nil {
				t.Errorf("call %d failed, built again: %v", at, err)
			}
			if diff := cmp.Diff(want.Files, m.Files); diff != "" {
				t.Errorf("call %d failed, built again: %s", at, diff)
			}
		}
	}
}
