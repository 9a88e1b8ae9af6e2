package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"carrot/transform/comp"
)

// Posting says which close a pay period was paid by. Its key is the period, so it is created once and never again: that
// one create is the whole fence between closes that race.
type Posting struct {
	Period   string // YYYY-MM
	Run      RunRef // the close; empty in an opening balance, which only the first posting may be
	Previous string // digest of the posting of the month before; "" for the first
	Ledger   Object // the entries that it posts
	Digest   string // sha256, in hex, of the text up to its last line, which holds it; set by reading and writing
}

// Key is where the posting lies.
func (p Posting) Key() string { return postingKey(p.Period) }

func postingKey(period string) string { return "postings/" + period }

// Encode is the canonical text with its digest in the last line.
func (p Posting) Encode() ([]byte, error) {
	text, _, err := p.encode()
	return text, err
}

func (p Posting) encode() ([]byte, string, error) {
	if err := p.check(); err != nil {
		return nil, "", fmt.Errorf("posting of %s: %w", p.Period, err)
	}
	var w writer
	w.line("carrot", "posting", "1")
	w.line("period", p.Period)
	w.line("run", p.Run.Run)
	w.line("manifest", p.Run.Digest)
	w.line("previous", p.Previous)
	w.object("ledger", p.Ledger)
	text, digest := w.seal()
	return text, digest, nil
}

func (p Posting) check() error {
	if _, err := comp.ParseMonth(p.Period); err != nil {
		return err
	}
	if p.Previous != "" && !isDigest(p.Previous) {
		return fmt.Errorf("previous %q is not a sha256 in hex", p.Previous)
	}
	opening := p.Run == RunRef{} && p.Previous == ""
	if _, ok := parseRunKey(p.Run.Key()); !ok && !opening {
		return fmt.Errorf("run %q with manifest %q: only an opening balance, the first posting, has none", p.Run.Run, p.Run.Digest)
	}
	return p.Ledger.check()
}

// DecodePosting reads Encode's text and refuses every other byte.
func DecodePosting(b []byte) (Posting, error) {
	r, p := newReader(b), Posting{}
	r.version("posting")
	p.Period = r.text("period")
	p.Run = RunRef{r.text("run"), r.text("manifest")}
	p.Previous = r.text("previous")
	p.Ledger = r.object("ledger")
	p.Digest = r.seal()
	return p, r.done(b, p.Encode)
}

// Post posts a close and gives the posting with its digest. Before it writes it checks that the month before is posted
// and is the one named (a first posting names none and finds none before it), and that the close's manifest is kept. The
// same posting again is success. A period that is taken by another posting gives a *Conflict (fs.ErrExist): whoever gets
// it has not paid.
func Post(ctx context.Context, s Store, p Posting) (Posting, error) {
	text, digest, err := p.encode()
	if err != nil {
		return Posting{}, err
	}
	p.Digest = digest
	switch there, err := ReadPosting(ctx, s, p.Period); {
	case err == nil && there.Digest == digest:
		return there, nil
	case err == nil:
		return Posting{}, &Conflict{Key: p.Key(), Ours: "sha256 " + digest, Theirs: "sha256 " + there.Digest}
	case !errors.Is(err, fs.ErrNotExist):
		return Posting{}, err
	}
	if err := checkLink(ctx, s, p); err != nil {
		return Posting{}, err
	}
	if p.Run != (RunRef{}) {
		m, err := ReadRun(ctx, s, p.Run)
		if err != nil {
			return Posting{}, fmt.Errorf("posting of %s: %w", p.Period, err)
		}
		if m.Kind != comp.Close || m.Period != p.Period {
			return Posting{}, fmt.Errorf("posting of %s: run %s is a %s of %s; only a close of the period posts", p.Period, m.Run, m.Kind, m.Period)
		}
	}
	return p, keep(ctx, s, p.Key(), bytes.NewReader(text))
}

// checkLink refuses a posting that does not follow the chain. Postings that are kept never change, so what it finds
// still holds when the posting is created. Only two first postings of different months that race could both find none;
// PostingChain and Verify name the second.
func checkLink(ctx context.Context, s Store, p Posting) error {
	if p.Previous == "" {
		return s.List(ctx, "postings/", func(key string, _ int64) error {
			if key != p.Key() {
				return fmt.Errorf("posting of %s: found %s, but the posting names none before it; close the periods in order", p.Period, key)
			}
			return nil
		})
	}
	before, err := ReadPosting(ctx, s, monthBefore(p.Period))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("posting of %s: %s is not posted; close it first: %w", p.Period, monthBefore(p.Period), err)
	}
	if err == nil && before.Digest != p.Previous {
		err = fmt.Errorf("posting of %s: found %s posted as %s, expected %s; run the close again", p.Period, before.Period, before.Digest, p.Previous)
	}
	return err
}

func monthBefore(period string) string {
	m, err := comp.ParseMonth(period)
	if err != nil {
		return ""
	}
	return comp.Month(m.Start - 1).Name()
}

// ReadPosting reads and proves the posting of a period; fs.ErrNotExist where it is not posted, a *Problem where damaged.
func ReadPosting(ctx context.Context, s Store, period string) (Posting, error) {
	b, err := readText(ctx, s, postingKey(period))
	if err != nil {
		return Posting{}, err
	}
	p, err := DecodePosting(b)
	if err == nil && p.Period != period {
		err = fmt.Errorf("found the posting of %s", p.Period)
	}
	if err != nil {
		return Posting{}, &Problem{Kind: Damaged, Key: postingKey(period), Expected: "the posting of " + period, Found: err.Error(), err: err}
	}
	return p, nil
}

// PostingChain reads every posting, the first period first, and proves that each names the one before it and that no
// month is missing between them. A broken link is a *Problem.
func PostingChain(ctx context.Context, s Store) ([]Posting, error) {
	var periods []string
	err := s.List(ctx, "postings/", func(key string, _ int64) error {
		period := key[len("postings/"):]
		if _, err := comp.ParseMonth(period); err != nil {
			return strayKey(key, "postings/<YYYY-MM>")
		}
		periods = append(periods, period)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var chain []Posting
	for _, period := range periods {
		p, err := ReadPosting(ctx, s, period)
		if err != nil {
			return nil, err
		}
		if problem := linkProblem(chain, p); problem != nil {
			return nil, problem
		}
		chain = append(chain, p)
	}
	return chain, nil
}

// linkProblem says what is wrong with a posting after those before it; nil where it follows.
func linkProblem(chain []Posting, p Posting) *Problem {
	if len(chain) == 0 {
		if p.Previous != "" {
			return &Problem{Kind: Missing, Key: postingKey(monthBefore(p.Period)), Expected: p.Previous, Found: "nothing", By: p.Key(), err: fs.ErrNotExist}
		}
		return nil
	}
	last := chain[len(chain)-1]
	if last.Period != monthBefore(p.Period) {
		return &Problem{Kind: Missing, Key: postingKey(monthBefore(p.Period)), Expected: p.Previous, Found: "nothing", By: p.Key(), err: fs.ErrNotExist}
	}
	if last.Digest != p.Previous {
		return &Problem{Kind: Damaged, Key: last.Key(), Expected: p.Previous, Found: last.Digest, By: p.Key()}
	}
	return nil
}
