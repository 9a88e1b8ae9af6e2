package transform

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"sync/atomic"

	"carrot/transform/comp"
)

// Credits of the present pay period may be millions. They are packed while rows are scanned, sorted in runs that leave
// memory when they are full, and merged into one sequence that is read back payee by payee.

// creditRow is a credit as a scan finds it.
type creditRow struct {
	term     *termPlan
	subject  int32
	day      comp.Date
	entry    int32 // among its row's
	pos      int64
	place    place
	value    comp.Number // of the whole row, signed
	share    comp.Number
	currency comp.Currency
	key      []byte
	label    []byte
	hit      bool
	deal     []byte // of a book of deals, as the next
	at       int64
	control  comp.Amount
	first    int32 // for whom the row counts; nobody where it does not count as paid
}

// creditBook is what all workers of a scan share to pack credits and to read them back.
type creditBook struct {
	s        *scanner
	name     string // of what it spills
	deals    bool   // its credits are those of deals: over all of the horizon, and packed with what orders and names deals
	most     int    // bytes of a run
	names    []string
	rank     []uint32 // of a subject among the names
	tables   []string // sorted
	tableNo  []uint32 // of a table among them
	runs     atomic.Int64
	measured func(measure int, d comp.Date) comp.Period
}

// creditShare of the memory that folds may hold is what one worker's unsorted credits may take.
const creditShare = 16

func (s *scanner) newCreditBook(name string, deals bool) *creditBook {
	b := &creditBook{s: s, name: name, deals: deals, most: int(s.memory.most / creditShare), names: slices.Sorted(slices.Values(s.grid.subjects)),
		rank: make([]uint32, len(s.grid.subjects)), tableNo: make([]uint32, len(s.tables)), measured: s.grid.measured}
	for i, name := range s.grid.subjects {
		b.rank[i] = uint32(sort.SearchStrings(b.names, name))
	}
	for _, t := range s.tables {
		b.tables = append(b.tables, t.contract.Name())
	}
	slices.Sort(b.tables)
	for i, t := range s.tables {
		b.tableNo[i] = uint32(sort.SearchStrings(b.tables, t.contract.Name()))
	}
	return b
}

// creditPile is one worker's credits: runs that are sorted, and one that is not yet.
type creditPile struct {
	book *creditBook
	buf  []byte
	at   []creditStart
	runs []creditRun
	err  error
}

// creditStart is where a credit of the buffer begins, with the first bytes of its order: they nearly always tell two apart.
type creditStart struct {
	front uint64
	at    uint32
}

// creditRun is sorted credits, in memory or spilled.
type creditRun struct {
	bytes []byte
	file  string
	size  int64
}

func (p *creditPile) add(c *creditRow) {
	if len(p.buf) > p.book.most && p.err == nil {
		p.close()
	}
	at := len(p.buf)
	p.buf = p.book.pack(p.buf, c)
	p.at = append(p.at, creditStart{binary.BigEndian.Uint64(creditOrder(p.buf[at:])), uint32(at)})
}

// merge takes over what another worker collected.
func (p *creditPile) merge(q *creditPile) {
	q.close()
	p.runs, p.err = append(p.runs, q.runs...), errors.Join(p.err, q.err)
	*q = creditPile{book: q.book}
}

// close sorts the run that is being filled. Where there is somewhere to put it, it leaves memory.
func (p *creditPile) close() {
	if len(p.at) == 0 {
		return
	}
	slices.SortFunc(p.at, func(a, b creditStart) int {
		if a.front != b.front {
			return cmp.Compare(a.front, b.front)
		}
		return bytes.Compare(creditOrder(p.buf[a.at:]), creditOrder(p.buf[b.at:]))
	})
	run := creditRun{size: int64(len(p.buf))}
	spill := p.book.s.memory.spill
	if spill == nil || len(p.buf) <= p.book.most {
		run.bytes = make([]byte, 0, len(p.buf))
		for _, c := range p.at {
			run.bytes = append(run.bytes, creditAt(p.buf[c.at:])...)
		}
	} else {
		run.file = fmt.Sprintf("%s-%d", p.book.name, p.book.runs.Add(1))
		p.err = errors.Join(p.err, writeSpill(spill, run.file, func(w io.Writer) error {
			for _, c := range p.at {
				if _, err := w.Write(creditAt(p.buf[c.at:])); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	p.runs = append(p.runs, run)
	p.buf, p.at = p.buf[:0], p.at[:0]
}

// writeSpill writes a whole temporary file.
func writeSpill(spill Spill, name string, write func(io.Writer) error) error {
	f, err := spill.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, spillBuffer)
	if err := errors.Join(write(w), w.Flush(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

const spillBuffer = 64 << 10

func (s *scanner) uncounted(at place) bool { return s.splits[at.split].table.verdicts.gone(at) }

// creditStore is every credit that counts, in order, with the place of each payee's.
type creditStore struct {
	book   *creditBook
	payees []string // sorted
	counts []int
	bytes  []byte // in memory …
	file   string // … or spilled
	ranges [][2]int64
}

// allCredits are the credits of all rows that still count.
func (s *scanner) allCredits() (*comp.Credits, error) {
	store, err := s.store(&s.sum.credits)
	if err != nil {
		return nil, err
	}
	return comp.NewCredits(store.payees, store.counts, store.each), nil
}

// store brings everything together that was piled up.
func (s *scanner) store(pile *creditPile) (*creditStore, error) {
	pile.close()
	if pile.err != nil {
		return nil, pile.err
	}
	size := int64(0)
	for _, r := range pile.runs {
		size += r.size
	}
	store := &creditStore{book: pile.book}
	end := int64(0)
	gather := func(write func([]byte) error) error {
		return pile.book.merge(pile.runs, func(packed []byte) error {
			subject, _ := creditPlace(packed)
			if name := pile.book.names[subject]; len(store.payees) == 0 || store.payees[len(store.payees)-1] != name {
				store.payees, store.counts, store.ranges = append(store.payees, name), append(store.counts, 0), append(store.ranges, [2]int64{end, end})
			}
			store.counts[len(store.counts)-1]++
			end += int64(len(packed))
			store.ranges[len(store.ranges)-1][1] = end
			return write(packed)
		})
	}
	var err error
	if spill := s.memory.spill; spill != nil && size > int64(pile.book.most) {
		store.file = pile.book.name
		err = writeSpill(spill, store.file, func(w io.Writer) error {
			return gather(func(b []byte) error { _, err := w.Write(b); return err })
		})
	} else {
		err = gather(func(b []byte) error { store.bytes = append(store.bytes, b...); return nil })
	}
	pile.runs, pile.buf, pile.at = nil, nil, nil
	return store, err
}

// each reads one payee's credits.
func (s *creditStore) each(payee int, out func(int, *comp.Credit) error) error {
	currencies, i := map[string]comp.Currency{}, 0
	return s.read(payee, func(packed []byte) error {
		c := s.book.unpack(packed, currencies)
		i++
		return out(i-1, &c.Credit)
	})
}

// read gives one payee's packed credits. Every caller reads through a reader of its own.
func (s *creditStore) read(payee int, out func(packed []byte) error) (err error) {
	at := s.ranges[payee]
	r := &creditReader{}
	if s.file == "" {
		r.rest = s.bytes[at[0]:at[1]]
	} else {
		f, err := s.book.s.memory.spill.Open(s.file)
		if err != nil {
			return err
		}
		r.r = bufio.NewReaderSize(io.NewSectionReader(f, at[0], at[1]-at[0]), int(min(spillBuffer, at[1]-at[0])))
		r.close = f
	}
	defer func() { err = errors.Join(err, r.end()) }()
	for {
		if err := r.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading credits: %w", err)
		}
		if err := out(r.now); err != nil {
			return err
		}
	}
}
