package transform

import "encoding/binary"

// entities finds, in one partition of a fold, the one record of each entity that wins, without unpacking the others.
type entities struct {
	table []int32 // by hash: number of the entity plus one
	best  []int   // by entity, in the order of first appearance: where its winning record starts
}

// reset makes room for n records.
func (e *entities) reset(n int) {
	size := 16
	for size < 2*n {
		size *= 2
	}
	e.table, e.best = grow(e.table, size), e.best[:0]
	clear(e.table)
}

// add takes in the record at a place of the partition.
func (e *entities) add(partition []byte, at int, wins func(a, b foldedHead) bool) {
	h := headOf(partition[at:])
	mask := uint64(len(e.table) - 1)
	for slot := h.entity.b & mask; ; slot = (slot + 1) & mask {
		k := e.table[slot] - 1
		if k < 0 {
			e.best = append(e.best, at)
			e.table[slot] = int32(len(e.best))
			return
		}
		if old := headOf(partition[e.best[k]:]); old.entity == h.entity {
			if wins(h, old) {
				e.best[k] = at
			}
			return
		}
	}
}

// foldedHead is what decides between the rows of an entity. It stands at the front of a record, in bytes of fixed places.
type foldedHead struct {
	entity hash
	length uint32 // of the whole record
	term   uint32
	place  place
	pos    int64
	order  wide
}

const foldedHeadBytes = 16 + 4 + 4 + 8 + 8 + 16

func (h foldedHead) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, h.entity.a)
	b = binary.LittleEndian.AppendUint64(b, h.entity.b)
	b = binary.LittleEndian.AppendUint32(b, h.length)
	b = binary.LittleEndian.AppendUint32(b, h.term)
	b = binary.LittleEndian.AppendUint32(b, h.place.split)
	b = binary.LittleEndian.AppendUint32(b, h.place.row)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.pos))
	b = binary.LittleEndian.AppendUint64(b, uint64(h.order.hi))
	return binary.LittleEndian.AppendUint64(b, h.order.lo)
}

func headOf(b []byte) foldedHead {
	_ = b[foldedHeadBytes-1]
	return foldedHead{entity: hash{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}, length: lengthOf(b),
		term: binary.LittleEndian.Uint32(b[20:]), place: place{binary.LittleEndian.Uint32(b[24:]), binary.LittleEndian.Uint32(b[28:])},
		pos: int64(binary.LittleEndian.Uint64(b[32:])), order: wide{int64(binary.LittleEndian.Uint64(b[40:])), binary.LittleEndian.Uint64(b[48:])}}
}

func lengthOf(b []byte) uint32 { return binary.LittleEndian.Uint32(b[16:]) }
