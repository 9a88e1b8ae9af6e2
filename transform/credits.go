package transform

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
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
}

// A packed credit is two lengths, its place in the order as bytes that compare as comp.CompareCredits does, and the rest.
//
//	length of all that follows, length of the order       4 bytes each
//	subject by name, measuring period, measure, table     4 bytes each, the highest first; days with their sign turned
//	key, day, label                                       texts end with 0 1, a 0 in them is 0 255
//	file, position, version, term, entry                  so that no two credits are equal
//	split and row, hit, currency, value, share
const creditHead = 8

// creditBook is what all workers of a scan share to pack credits and to read them back.
type creditBook struct {
	s        *scanner
	most     int // bytes of a run
	names    []string
	rank     []uint32 // of a subject among the names
	tables   []string // sorted
	tableNo  []uint32 // of a table among them
	runs     atomic.Int64
	measured func(measure int, d comp.Date) comp.Period
}

// creditShare of the memory that folds may hold is what one worker's unsorted credits may take.
const creditShare = 16

func (s *scanner) newCreditBook() *creditBook {
	b := &creditBook{s: s, most: int(s.memory.most / creditShare), names: slices.Sorted(slices.Values(s.grid.subjects)),
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
	at   []uint32 // where each credit of buf begins
	runs []creditRun
	err  error
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
	p.at = append(p.at, uint32(len(p.buf)))
	p.buf = p.book.pack(p.buf, c)
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
	slices.SortFunc(p.at, func(a, b uint32) int { return bytes.Compare(creditOrder(p.buf[a:]), creditOrder(p.buf[b:])) })
	run := creditRun{size: int64(len(p.buf))}
	spill := p.book.s.memory.spill
	if spill == nil || len(p.buf) <= p.book.most {
		run.bytes = make([]byte, 0, len(p.buf))
		for _, at := range p.at {
			run.bytes = append(run.bytes, creditAt(p.buf[at:])...)
		}
	} else {
		run.file = fmt.Sprintf("credits-%d", p.book.runs.Add(1))
		p.err = errors.Join(p.err, writeSpill(spill, run.file, func(w io.Writer) error {
			for _, at := range p.at {
				if _, err := w.Write(creditAt(p.buf[at:])); err != nil {
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

// creditAt is the packed credit at the beginning of b.
func creditAt(b []byte) []byte { return b[:4+binary.BigEndian.Uint32(b)] }

// creditOrder is what the packed credit at the beginning of b is ordered by.
func creditOrder(b []byte) []byte { return b[creditHead : creditHead+binary.BigEndian.Uint32(b[4:])] }

func putDay(b []byte, d comp.Date) []byte {
	return binary.BigEndian.AppendUint32(b, uint32(d)^1<<31)
}

func putText(b, text []byte) []byte {
	for _, c := range text {
		if b = append(b, c); c == 0 {
			b = append(b, 255)
		}
	}
	return append(b, 0, 1)
}

// pack appends a credit to b.
func (k *creditBook) pack(b []byte, c *creditRow) []byte {
	start := len(b)
	b = append(b, make([]byte, creditHead)...)
	p := k.measured(c.term.measure, c.day)
	b = binary.BigEndian.AppendUint32(b, k.rank[c.subject])
	b = putDay(putDay(b, p.Start), p.End)
	b = binary.BigEndian.AppendUint32(b, uint32(c.term.measure))
	b = binary.BigEndian.AppendUint32(b, k.tableNo[k.s.splits[c.place.split].table.number])
	b = putText(b, c.key)
	b = putDay(b, c.day)
	b = putText(b, c.label)
	from := k.s.pieceOf(c.place.split)
	b = binary.BigEndian.AppendUint32(b, k.s.fileRank[from.File])
	b = binary.BigEndian.AppendUint64(b, uint64(c.pos))
	b = binary.BigEndian.AppendUint32(b, uint32(from.rank))
	b = binary.BigEndian.AppendUint32(b, uint32(c.term.index))
	b = binary.BigEndian.AppendUint32(b, uint32(c.entry))
	binary.BigEndian.PutUint32(b[start+4:], uint32(len(b)-start-creditHead))
	b = binary.BigEndian.AppendUint32(b, c.place.split)
	b = binary.BigEndian.AppendUint32(b, c.place.row)
	hit := byte(0)
	if c.hit {
		hit = 1
	}
	b = append(b, hit, byte(len(c.currency)))
	b = append(b, c.currency...)
	b = putNumber(putNumber(b, c.value), c.share)
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

// rational marks a number that is kept as numerator and denominator; others are digits with their scale before them.
const rational = 255

func putNumber(b []byte, n comp.Number) []byte {
	if coef, scale, small := n.Small(); small {
		return binary.AppendVarint(append(b, byte(scale)), coef)
	}
	text := n.Rat().String()
	return append(binary.AppendUvarint(append(b, rational), uint64(len(text))), text...)
}

// unpacker reads a packed credit from its beginning to its end. Credits are read by who wrote them: nothing is checked.
type unpacker []byte

func (u *unpacker) u32() uint32 {
	v := binary.BigEndian.Uint32(*u)
	*u = (*u)[4:]
	return v
}

func (u *unpacker) u64() uint64 {
	v := binary.BigEndian.Uint64(*u)
	*u = (*u)[8:]
	return v
}

func (u *unpacker) day() comp.Date { return comp.Date(int32(u.u32() ^ 1<<31)) }

func (u *unpacker) text() string {
	b := *u
	i := bytes.IndexByte(b, 0)
	if b[i+1] == 1 {
		*u = b[i+2:]
		return string(b[:i])
	}
	out := bytes.Clone(b[:i])
	for ; b[i] != 0 || b[i+1] != 1; i++ {
		if out = append(out, b[i]); b[i] == 0 {
			i++
		}
	}
	*u = b[i+2:]
	return string(out)
}

func (u *unpacker) number() comp.Number {
	scale := (*u)[0]
	if scale != rational {
		coef, n := binary.Varint((*u)[1:])
		*u = (*u)[1+n:]
		return comp.Scaled(coef, int(scale))
	}
	size, n := binary.Uvarint((*u)[1:])
	text := string((*u)[1+n:][:size])
	*u = (*u)[1+n+int(size):]
	r, _ := new(big.Rat).SetString(text)
	return comp.FromRat(r)
}

// unpack gives the subject's place among the names, where the row stands, and the credit as reports show it. A sealed row
// shows nothing of itself.
func (k *creditBook) unpack(b []byte, currencies map[string]comp.Currency) (subject uint32, at place, c comp.Credit) {
	u := unpacker(b[creditHead:])
	subject = u.u32()
	c.Payee = k.names[subject]
	c.Period.Start = u.day()
	c.Period.End = u.day()
	c.Measure = k.s.in.Measures[u.u32()].ID
	c.Table = k.tables[u.u32()]
	c.Key, c.Date, c.Label = u.text(), u.day(), u.text()
	file, pos := u.u32(), int64(u.u64())
	u.u32() // version
	c.Term = int(u.u32())
	u.u32() // entry
	at = place{u.u32(), u.u32()}
	c.Hit = u[0] == 1
	code := u[2 : 2+u[1]]
	u = u[2+len(code):]
	if _, ok := currencies[string(code)]; !ok {
		currencies[string(code)] = comp.Currency(code)
	}
	c.Value.Currency = currencies[string(code)]
	c.Value.Number = u.number()
	c.Share = u.number()
	c.Credited = c.Value.Times(c.Share)
	if c.Sealed = k.s.splits[at.split].table.contract.Class == comp.Sealed; !c.Sealed {
		f := k.s.files[file]
		c.Origin = comp.Origin{File: f.Digest, Name: f.Name, Pos: pos}
	}
	return subject, at, c
}

// creditPlace is where a subject's and a row's numbers stand in a packed credit.
func creditPlace(b []byte) (subject uint32, at place) {
	rest := b[creditHead+binary.BigEndian.Uint32(b[4:]):]
	return binary.BigEndian.Uint32(b[creditHead:]), place{binary.BigEndian.Uint32(rest), binary.BigEndian.Uint32(rest[4:])}
}

// creditReader walks a sorted run.
type creditReader struct {
	r     *bufio.Reader
	close io.Closer
	now   []byte
	rest  []byte // of a run in memory
}

func (k *creditBook) openRun(run creditRun) (*creditReader, error) {
	if run.file == "" {
		return &creditReader{rest: run.bytes}, nil
	}
	f, err := k.s.memory.spill.Open(run.file)
	if err != nil {
		return nil, err
	}
	return &creditReader{r: bufio.NewReaderSize(io.NewSectionReader(f, 0, run.size), spillBuffer), close: f}, nil
}

// next reads the next credit into now; io.EOF at the end.
func (r *creditReader) next() error {
	if r.r == nil {
		if len(r.rest) == 0 {
			return io.EOF
		}
		r.now = creditAt(r.rest)
		r.rest = r.rest[len(r.now):]
		return nil
	}
	var head [4]byte
	if _, err := io.ReadFull(r.r, head[:]); err != nil {
		return err
	}
	r.now = append(r.now[:0], head[:]...)
	r.now = slices.Grow(r.now, int(binary.BigEndian.Uint32(head[:])))[:4+binary.BigEndian.Uint32(head[:])]
	_, err := io.ReadFull(r.r, r.now[4:])
	return err
}

func (r *creditReader) end() error {
	if r.close == nil {
		return nil
	}
	return r.close.Close()
}

// merge brings sorted runs together, the credits of rows that no longer count left out.
func (k *creditBook) merge(runs []creditRun, out func(packed []byte) error) (err error) {
	var heap []*creditReader
	less := func(a, b *creditReader) bool { return bytes.Compare(creditOrder(a.now), creditOrder(b.now)) < 0 }
	down := func(i int) {
		for {
			j := 2*i + 1
			if j >= len(heap) {
				return
			}
			if j+1 < len(heap) && less(heap[j+1], heap[j]) {
				j++
			}
			if !less(heap[j], heap[i]) {
				return
			}
			heap[i], heap[j] = heap[j], heap[i]
			i = j
		}
	}
	defer func() {
		for _, r := range heap {
			err = errors.Join(err, r.end())
		}
	}()
	for _, run := range runs {
		r, err := k.openRun(run)
		if err != nil {
			return err
		}
		heap = append(heap, r)
		if err := r.next(); err != nil { // no run is empty
			return fmt.Errorf("reading %s: %w", run.file, err)
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		down(i)
	}
	for len(heap) > 0 {
		r := heap[0]
		if _, at := creditPlace(r.now); !k.s.uncounted(at) {
			if err := out(r.now); err != nil {
				return err
			}
		}
		if err := r.next(); err == io.EOF {
			err = r.end()
			heap[0] = heap[len(heap)-1]
			if heap = heap[:len(heap)-1]; err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		down(0)
	}
	return nil
}

func (s *scanner) uncounted(at place) bool { return s.splits[at.split].table.verdicts.gone(at) }

// creditStore is every credit that counts, in order, with the place of each payee's.
type creditStore struct {
	book   *creditBook
	bytes  []byte // in memory …
	file   string // … or spilled
	ranges [][2]int64
}

// allCredits are the credits of all rows that still count.
func (s *scanner) allCredits() (*comp.Credits, error) {
	pile := &s.sum.credits
	pile.close()
	if pile.err != nil {
		return nil, pile.err
	}
	size := int64(0)
	for _, r := range pile.runs {
		size += r.size
	}
	store := &creditStore{book: pile.book}
	var payees []string
	var counts []int
	end := int64(0)
	gather := func(write func([]byte) error) error {
		return pile.book.merge(pile.runs, func(packed []byte) error {
			subject, _ := creditPlace(packed)
			if name := pile.book.names[subject]; len(payees) == 0 || payees[len(payees)-1] != name {
				payees, counts, store.ranges = append(payees, name), append(counts, 0), append(store.ranges, [2]int64{end, end})
			}
			counts[len(counts)-1]++
			end += int64(len(packed))
			store.ranges[len(store.ranges)-1][1] = end
			return write(packed)
		})
	}
	var err error
	if spill := s.memory.spill; spill != nil && size > int64(pile.book.most) {
		store.file = "credits"
		err = writeSpill(spill, store.file, func(w io.Writer) error {
			return gather(func(b []byte) error { _, err := w.Write(b); return err })
		})
	} else {
		err = gather(func(b []byte) error { store.bytes = append(store.bytes, b...); return nil })
	}
	pile.runs, pile.buf, pile.at = nil, nil, nil
	return comp.NewCredits(payees, counts, store.each), err
}

// each reads one payee's credits. Every caller reads through a reader of its own.
func (s *creditStore) each(payee int, out func(int, *comp.Credit) error) (err error) {
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
	currencies := map[string]comp.Currency{}
	for i := 0; ; i++ {
		if err := r.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading credits: %w", err)
		}
		_, _, c := s.book.unpack(r.now, currencies)
		if err := out(i, &c); err != nil {
			return err
		}
	}
}

// measuredIn says which measuring period a row enters: of those that its measure is read in, the shortest that holds its
// day.
func measuredIn(in *Inputs, ds []duty) func(measure int, d comp.Date) comp.Period {
	measures := measureIndex(in)
	read := make([][]comp.Period, len(in.Measures)) // the shortest first
	for _, d := range ds {
		c := &in.Plans[d.plan].Components[d.component]
		ids := []string{c.Measure}
		for _, g := range c.Gates {
			ids = append(ids, g.Measure)
		}
		for _, id := range ids {
			m, ok := measures[id]
			if !ok {
				continue
			}
			i, found := slices.BinarySearchFunc(read[m], d.period, func(x, y comp.Period) int {
				return cmp.Or(cmp.Compare(x.Days(), y.Days()), cmp.Compare(x.Start, y.Start))
			})
			if !found {
				read[m] = slices.Insert(read[m], i, d.period)
			}
		}
	}
	return func(measure int, d comp.Date) comp.Period {
		for _, p := range read[measure] {
			if p.Contains(d) {
				return p
			}
		}
		return comp.Period{}
	}
}
