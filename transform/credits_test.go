package transform

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carrot/transform/comp"
)

// creditBench is a book over three people and a pool, two tables and three files, without a scan.
func creditBench(spill Spill, memory int64) *creditBook {
	in := &Inputs{Measures: []comp.Measure{{ID: "a"}, {ID: "b"}}, Spill: spill, Memory: memory}
	deals, tickets := &tableScan{contract: &comp.Contract{Source: "crm", Table: "deals"}},
		&tableScan{contract: &comp.Contract{Source: "desk", Table: "tickets"}, number: 1}
	s := &scanner{in: in, memory: newBudget(in), tables: []*tableScan{deals, tickets}, fileRank: []uint32{2, 0, 1},
		files: []comp.File{{Digest: "1", Name: "a"}, {Digest: "0", Name: "b"}, {Digest: "2", Name: "b"}},
		grid: &grid{subjects: []string{"E1", "E2", "zed", "company"}, measured: func(m int, d comp.Date) comp.Period {
			if d < comp.Day(2026, 1, 1) {
				return comp.Period{}
			}
			return comp.Month(d)
		}}}
	for i := range 3 {
		s.splits = append(s.splits, splitAt{table: s.tables[i%2], piece: &piece{Part: Part{File: uint32(i)}, rank: i}})
	}
	return s.newCreditBook("credits", false)
}

func drawCredit(t *rapid.T, row uint32) creditRow {
	text := rapid.SampledFrom([]string{"", "a", "a\x00", "a\x00b", "ab", "\x00", "\x01", "Ä · ü", "\xff"})
	number := rapid.Custom(func(t *rapid.T) comp.Number {
		n := comp.Scaled(rapid.Int64().Draw(t, "coefficient"), rapid.IntRange(0, 18).Draw(t, "scale"))
		if rapid.Bool().Draw(t, "rational") {
			n, _ = n.Quo(comp.Int(7))
		}
		return n
	})
	return creditRow{term: &termPlan{measure: rapid.IntRange(0, 1).Draw(t, "measure"), index: rapid.IntRange(0, 2).Draw(t, "term")},
		subject: rapid.Int32Range(0, 3).Draw(t, "subject"), day: comp.Day(2025, 12, 30) + comp.Date(rapid.IntRange(0, 40).Draw(t, "day")),
		entry: rapid.Int32Range(0, 2).Draw(t, "entry"), pos: rapid.Int64Range(0, 1<<40).Draw(t, "position"),
		place: place{rapid.Uint32Range(0, 2).Draw(t, "split"), row}, value: number.Draw(t, "value"), share: number.Draw(t, "share"),
		currency: rapid.SampledFrom([]comp.Currency{"", "EUR", "USD"}).Draw(t, "currency"), key: []byte(text.Draw(t, "key")),
		label: []byte(text.Draw(t, "label")), hit: rapid.Bool().Draw(t, "hit")}
}

// plainCredit is what a packed credit must give, put together from the row alone.
func plainCredit(s *scanner, r *creditRow) comp.Credit {
	v := comp.Amount{Number: r.value, Currency: r.currency}
	f := s.files[s.fileRank[r.place.split]]
	return comp.Credit{Payee: s.grid.subjects[r.subject], Measure: s.in.Measures[r.term.measure].ID, Term: r.term.index,
		Table: s.splits[r.place.split].table.contract.Name(), Key: string(r.key), Date: r.day, Label: string(r.label), Value: v, Share: r.share,
		Credited: v.Times(r.share), Hit: r.hit, Period: s.grid.measured(r.term.measure, r.day), Origin: comp.Origin{File: f.Digest, Name: f.Name, Pos: r.pos}}
}

// TestCreditsComeBack packs credits in several piles, in memory and spilled, and reads them back payee by payee: they are
// those that went in, in the order of comp.CompareCredits, which sorts them here in its own way.
func TestCreditsComeBack(t *testing.T) {
	same := cmp.Comparer(func(a, b comp.Number) bool { return a.Cmp(b) == 0 })
	rapid.Check(t, func(rt *rapid.T) {
		var rows []creditRow
		for i := range rapid.IntRange(0, 60).Draw(rt, "rows") {
			rows = append(rows, drawCredit(rt, uint32(i)))
		}
		for _, spill := range []Spill{nil, &memorySpill{}} {
			book := creditBench(spill, rapid.Int64Range(1, 40_000).Draw(rt, "memory"))
			piles := []creditPile{{book: book}, {book: book}, {book: book}}
			var want []comp.Credit
			for i := range rows {
				piles[i%3].add(&rows[i])
				want = append(want, plainCredit(book.s, &rows[i]))
			}
			book.s.sum = &partial{credits: piles[0]}
			book.s.sum.credits.merge(&piles[1])
			book.s.sum.credits.merge(&piles[2])
			got, err := book.s.allCredits()
			if err != nil {
				rt.Fatal(err)
			}
			slices.SortStableFunc(want, func(a, b comp.Credit) int { return comp.CompareCredits(&a, &b) })
			have := creditsOf(got)
			if !slices.IsSortedFunc(have, func(a, b comp.Credit) int { return comp.CompareCredits(&a, &b) }) {
				rt.Fatal("credits are not in order")
			}
			// Rows that comp.CompareCredits holds for equal may stand either way.
			tie := func(a, b comp.Credit) int {
				if c := comp.CompareCredits(&a, &b); c != 0 {
					return c
				}
				return strings.Compare(a.Value.String()+a.Share.String(), b.Value.String()+b.Share.String())
			}
			slices.SortStableFunc(want, tie)
			slices.SortStableFunc(have, tie)
			if d := cmp.Diff(want, have, same); d != "" || got.Len() != len(rows) {
				rt.Fatalf("%d of %d credits: %s", got.Len(), len(rows), d)
			}
		}
	})
}

// TestCreditsThatAreGone leaves out the credits of rows that a later version of their key replaced.
func TestCreditsThatAreGone(t *testing.T) {
	book := creditBench(nil, 0)
	pile := creditPile{book: book}
	deal := &termPlan{}
	for i := range 3 {
		pile.add(&creditRow{term: deal, day: comp.Day(2026, 1, 1), place: place{0, uint32(i)}, pos: int64(i), share: comp.Int(1)})
	}
	v := &verdicts{superseded: make(places, 3), rivals: make(places, 3)}
	v.superseded.add(place{0, 1})
	book.s.splits[0].table.verdicts = v
	book.s.sum = &partial{credits: pile}
	got, err := book.s.allCredits()
	if err != nil {
		t.Fatal(err)
	}
	var left []int64
	for _, c := range creditsOf(got) {
		left = append(left, c.Origin.Pos)
	}
	if !slices.Equal(left, []int64{0, 2}) {
		t.Errorf("rows %d are left, expected 0 and 2", left)
	}
}

// TestCreditsWithoutRoom says which file could not be written.
func TestCreditsWithoutRoom(t *testing.T) {
	full := errors.New("no space left on device")
	book := creditBench(&memorySpill{fail: full}, 1)
	book.s.sum = &partial{credits: creditPile{book: book}}
	for i := range 3 {
		book.s.sum.credits.add(&creditRow{term: &termPlan{}, place: place{0, uint32(i)}, key: bytes.Repeat([]byte("k"), 100)})
	}
	if _, err := book.s.allCredits(); !errors.Is(err, full) || !strings.Contains(err.Error(), "credits-1") {
		t.Errorf("got %v", err)
	}
}

// TestTornCreditsAreNoEnd: a file of credits that ends within a length is damaged, and not at its end.
func TestTornCreditsAreNoEnd(t *testing.T) {
	for text, want := range map[string]error{"": io.EOF, "\x00\x00": io.ErrUnexpectedEOF, "\x00\x00\x00\x04ab": io.ErrUnexpectedEOF, "\x00\x00\x00\x02ab": nil} {
		r := &creditReader{r: bufio.NewReader(strings.NewReader(text))}
		if err := r.next(); err != want {
			t.Errorf("%q: %v, expected %v", text, err, want)
		}
	}
}
