package transform

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
	"slices"
	"sort"
)

// A link says that a row entered a cell: the cell's number in the high bits, the row's position in the low ones, so that
// the order of numbers is the order by cell and position.
type linkBits uint

func newLinkBits(cells int) linkBits { return linkBits(64 - bits.Len(uint(cells))) }

// holds says whether a position leaves room for the cell: with a million cells files may have 16 TiB.
func (b linkBits) holds(pos int64) bool { return uint64(pos)>>b == 0 }

func (b linkBits) cell(x uint64) uint32 { return uint32(x >> b) }

func (b linkBits) pos(x uint64) int64 { return int64(x & (1<<b - 1)) }

// block is some links of one file, sorted by cell and position and delta-coded: per cell its difference to the one before,
// its count, and the positions' differences.
type block struct {
	piece *piece
	file  uint32 // by the order of names
	first int64  // lowest position, from which positions are counted
	data  []byte
}

// links collects what a scan of one piece enters, and packs it from time to time.
type links struct {
	bits       linkBits
	all, spare []uint64
	out        []*block
	piece      *piece
	file       uint32
	tooFar     bool // a position did not leave room for the cell
}

// How many links are collected before they are packed: of one piece that is scanned, and of each of those that folds take from.
const (
	linksMost = 1 << 18
	linksFew  = 1 << 14
)

// open says from which piece the next rows come.
func (l *links) open(p *piece, file uint32) {
	if l.piece != p {
		l.flush()
		l.piece, l.file = p, file
	}
}

func (l *links) add(cell int32, pos int64) {
	l.tooFar = l.tooFar || !l.bits.holds(pos)
	l.all = append(l.all, uint64(cell)<<l.bits|uint64(pos))
}

// addAll enters a term's rows of one batch.
func (l *links) addAll(t *termRun, pos []int64) {
	if cap(l.all)-len(l.all) < len(t.cells) {
		l.all = append(make([]uint64, 0, linksMost+len(t.cells)), l.all...)
	}
	for k, cell := range t.cells {
		if cell >= 0 {
			l.add(cell, pos[t.rows[k]])
		}
	}
	if len(l.all) >= linksMost {
		l.flush()
	}
}

// flush packs what was collected.
func (l *links) flush() {
	if len(l.all) == 0 {
		return
	}
	l.sort()
	l.out = append(l.out, l.bits.pack(l.all, l.piece, l.file))
	l.all = l.all[:0]
}

// sort is by cell and position. Each term's rows come in order of position, so that a stable sort by cell is nearly
// always enough; the rest is done cell by cell.
func (l *links) sort() {
	top := uint64(0)
	for _, x := range l.all {
		top = max(top, x)
	}
	l.spare = grow(l.spare, len(l.all))
	const digit = 11
	for shift := l.bits; shift < 64 && top>>shift > 0; shift += digit {
		var at [1 << digit]uint32
		for _, x := range l.all {
			at[x>>shift%(1<<digit)]++
		}
		sum := uint32(0)
		for i, n := range at {
			at[i], sum = sum, sum+n
		}
		for _, x := range l.all {
			d := x >> shift % (1 << digit)
			l.spare[at[d]] = x
			at[d]++
		}
		l.all, l.spare = l.spare, l.all
	}
	for i := 1; i < len(l.all); i++ {
		if l.all[i] < l.all[i-1] {
			slices.Sort(l.all)
			return
		}
	}
}

// pack delta-codes sorted links of one file.
func (b linkBits) pack(all []uint64, p *piece, file uint32) *block {
	out := &block{piece: p, file: file, first: b.pos(all[0]), data: make([]byte, 0, 3*len(all))}
	for _, x := range all {
		out.first = min(out.first, b.pos(x))
	}
	cell := uint32(0)
	for i := 0; i < len(all); {
		here, j := b.cell(all[i]), i+1
		for j < len(all) && b.cell(all[j]) == here {
			j++
		}
		out.data = binary.AppendUvarint(out.data, uint64(here-cell))
		out.data = binary.AppendUvarint(out.data, uint64(j-i))
		last := out.first
		for _, x := range all[i:j] {
			out.data = binary.AppendUvarint(out.data, uint64(b.pos(x)-last))
			last = b.pos(x)
		}
		cell, i = here, j
	}
	out.data = bytes.Clone(out.data) // what was reserved is more than it takes
	return out
}

// cursor walks a block cell by cell.
type cursor struct {
	*block
	rest  []byte
	cell  uint32
	order int
}

// next moves to the next cell; false at the end.
func (c *cursor) next() bool {
	if len(c.rest) == 0 {
		return false
	}
	d, n := binary.Uvarint(c.rest)
	c.rest = c.rest[n:]
	c.cell += uint32(d)
	return true
}

// take appends the positions of the cell that the cursor stands on.
func (c *cursor) take(pos []int64) []int64 {
	count, n := binary.Uvarint(c.rest)
	c.rest = c.rest[n:]
	at := c.first
	for range count {
		if len(c.rest) > 0 && c.rest[0] < 0x80 {
			at += int64(c.rest[0])
			c.rest = c.rest[1:]
		} else {
			d, n := binary.Uvarint(c.rest)
			c.rest = c.rest[n:]
			at += int64(d)
		}
		pos = append(pos, at)
	}
	return pos
}

// without is the block less the rows whose positions are gone; nil where none is left. Gone is sorted.
func (b *block) without(gone []int64, as linkBits) *block {
	c := cursor{block: b, rest: b.data}
	var keep []uint64
	var rows []int64
	for c.next() {
		rows = c.take(rows[:0])
		for _, pos := range rows {
			if _, is := slices.BinarySearch(gone, pos); !is {
				keep = append(keep, uint64(c.cell)<<as|uint64(pos))
			}
		}
	}
	if len(keep) == 0 {
		return nil
	}
	return as.pack(keep, b.piece, b.file)
}

// cursors is a heap by cell and order.
type cursors []*cursor

func (h cursors) less(i, j int) bool {
	return h[i].cell < h[j].cell || (h[i].cell == h[j].cell && h[i].order < h[j].order)
}

func (h cursors) down(i int) {
	for {
		k := 2*i + 1
		if k >= len(h) {
			return
		}
		if k+1 < len(h) && h.less(k+1, k) {
			k++
		}
		if !h.less(k, i) {
			return
		}
		h[i], h[k] = h[k], h[i]
		i = k
	}
}

// joinBlocks brings the blocks of all splits together, cell by cell. The outcome does not depend on how rows were
// divided among blocks. What is more than a fold may hold leaves memory where it can: nobody reads it before it is stored.
func (s *scanner) joinBlocks(blocks []*block) (*Lineage, error) {
	sort.SliceStable(blocks, func(i, j int) bool {
		return blocks[i].file < blocks[j].file || (blocks[i].file == blocks[j].file && blocks[i].first < blocks[j].first)
	})
	l := &Lineage{subjects: s.grid.subjects, files: s.files}
	for i := range s.in.Measures {
		l.measures = append(l.measures, s.in.Measures[i].ID)
	}
	size := 0
	for _, b := range blocks {
		size += len(b.data)
	}
	if spill := s.memory.spill; spill != nil && int64(size) > s.memory.most {
		l.spill, l.file = spill, s.in.spillName("lineage")
		return l, writeSpill(spill, l.file, func(w io.Writer) error { return s.eachRun(l, blocks, w) })
	}
	data := bytes.NewBuffer(make([]byte, 0, size+size/8))
	err := s.eachRun(l, blocks, data)
	l.data = data.Bytes()
	return l, err
}

// eachRun writes the rows of all cells, one cell after the other, and notes in the lineage where each cell's stand.
func (s *scanner) eachRun(l *Lineage, blocks []*block, w io.Writer) error {
	var heap cursors
	for i, b := range blocks {
		c := &cursor{block: b, rest: b.data, order: i}
		if c.next() {
			heap = append(heap, c)
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		heap.down(i)
	}
	places := s.cells.walk()
	var run []int64 // positions in one file
	var out []byte
	at := 0
	for len(heap) > 0 {
		cell := heap[0].cell
		x := places.seek(cell)
		x.from, out = at, out[:0]
		for len(heap) > 0 && heap[0].cell == cell {
			file := heap[0].file
			run = run[:0]
			for len(heap) > 0 && heap[0].cell == cell && heap[0].file == file {
				run = heap[0].take(run)
				if !heap[0].next() {
					heap[0] = heap[len(heap)-1]
					heap = heap[:len(heap)-1]
				}
				heap.down(0)
			}
			out = encodeRun(out, file, run)
		}
		if _, err := w.Write(out); err != nil {
			return err
		}
		at += len(out)
		x.to = at
		l.series = append(l.series, x)
	}
	return nil
}
