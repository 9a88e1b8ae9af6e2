package transform

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"

	"carrot/transform/comp"
)

// link says that a row entered a cell.
type link struct {
	pos  int64
	cell uint32
}

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
	all, spare []link
	out        []*block
	piece      *piece
	file       uint32
}

// linksMost is how many links are collected before they are packed.
const linksMost = 1 << 18

// open says from which piece the next rows come.
func (l *links) open(p *piece, file uint32) {
	if l.piece != p {
		l.flush()
		l.piece, l.file = p, file
	}
}

func (l *links) add(cell int32, pos int64) { l.all = append(l.all, link{pos, uint32(cell)}) }

// addAll enters a term's rows of one batch.
func (l *links) addAll(t *termRun, pos []int64) {
	if cap(l.all)-len(l.all) < len(t.cells) {
		l.all = append(make([]link, 0, linksMost+len(t.cells)), l.all...)
	}
	for k, cell := range t.cells {
		if cell >= 0 {
			l.all = append(l.all, link{pos[t.rows[k]], uint32(cell)})
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
	l.out = append(l.out, packLinks(l.all, l.piece, l.file))
	l.all = l.all[:0]
}

// sort is by cell and position. Each term's rows come in order of position, so that a stable sort by cell is nearly
// always enough; the rest is done cell by cell.
func (l *links) sort() {
	top := uint32(0)
	for _, x := range l.all {
		top = max(top, x.cell)
	}
	l.spare = grow(l.spare, len(l.all))
	for shift := 0; top>>shift > 0; shift += 11 {
		var at [1 << 11]int
		for _, x := range l.all {
			at[x.cell>>shift&(1<<11-1)]++
		}
		sum := 0
		for i, n := range at {
			at[i], sum = sum, sum+n
		}
		for _, x := range l.all {
			d := x.cell >> shift & (1<<11 - 1)
			l.spare[at[d]] = x
			at[d]++
		}
		l.all, l.spare = l.spare, l.all
	}
	for i := 0; i < len(l.all); {
		j, ascending := i+1, true
		for ; j < len(l.all) && l.all[j].cell == l.all[i].cell; j++ {
			ascending = ascending && l.all[j-1].pos <= l.all[j].pos
		}
		if !ascending {
			slices.SortFunc(l.all[i:j], func(a, b link) int { return cmp.Compare(a.pos, b.pos) })
		}
		i = j
	}
}

// packLinks delta-codes sorted links of one file.
func packLinks(all []link, p *piece, file uint32) *block {
	b := &block{piece: p, file: file, first: all[0].pos, data: make([]byte, 0, 4*len(all))}
	for _, x := range all {
		b.first = min(b.first, x.pos)
	}
	cell := uint32(0)
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].cell == all[i].cell {
			j++
		}
		b.data = binary.AppendUvarint(b.data, uint64(all[i].cell-cell))
		b.data = binary.AppendUvarint(b.data, uint64(j-i))
		last := b.first
		for _, x := range all[i:j] {
			b.data = binary.AppendUvarint(b.data, uint64(x.pos-last))
			last = x.pos
		}
		cell, i = all[i].cell, j
	}
	b.data = slices.Clip(b.data)
	return b
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

// take appends the rows of the cell that the cursor stands on.
func (c *cursor) take(rows []rowAt) []rowAt {
	count, n := binary.Uvarint(c.rest)
	c.rest = c.rest[n:]
	pos := c.first
	for range count {
		d, n := binary.Uvarint(c.rest)
		c.rest = c.rest[n:]
		pos += int64(d)
		rows = append(rows, rowAt{c.file, pos})
	}
	return rows
}

// without is the block less the rows whose positions are gone; nil where none is left. Gone is sorted.
func (b *block) without(gone []int64) *block {
	c := cursor{block: b, rest: b.data}
	var keep []link
	var rows []rowAt
	for c.next() {
		rows = c.take(rows[:0])
		for _, r := range rows {
			if _, is := slices.BinarySearch(gone, r.pos); !is {
				keep = append(keep, link{r.pos, c.cell})
			}
		}
	}
	if len(keep) == 0 {
		return nil
	}
	return packLinks(keep, b.piece, b.file)
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
// divided among blocks.
func joinBlocks(blocks []*block, files []comp.File, in *Inputs, cells *cellMap) *Lineage {
	sort.SliceStable(blocks, func(i, j int) bool {
		return blocks[i].file < blocks[j].file || (blocks[i].file == blocks[j].file && blocks[i].first < blocks[j].first)
	})
	l := &Lineage{subjects: cells.grid.subjects}
	for i := range in.Measures {
		l.measures = append(l.measures, in.Measures[i].ID)
	}
	l.files = files
	size := 0
	for _, b := range blocks {
		size += len(b.data)
	}
	l.data = make([]byte, 0, size+size/4)
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
	places := cells.walk()
	var rows []rowAt
	for len(heap) > 0 {
		cell := heap[0].cell
		rows = rows[:0]
		for len(heap) > 0 && heap[0].cell == cell {
			rows = heap[0].take(rows)
			if !heap[0].next() {
				heap[0] = heap[len(heap)-1]
				heap = heap[:len(heap)-1]
			}
			heap.down(0)
		}
		s := places.seek(cell)
		s.from = len(l.data)
		l.data = encodeRows(l.data, sortRows(rows))
		s.to = len(l.data)
		l.series = append(l.series, s)
	}
	return l
}
