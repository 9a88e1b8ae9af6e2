package connectors

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// interner gives each distinct text a small number, in order of first appearance. What it has numbered never changes, so
// a batch's dictionary is a prefix of the next one's.
type interner struct {
	slots []int32  // code + 1; 0 is free
	hash  []uint64 // by code
	off   []int32
	bytes []byte
	last  int32 // the code given last; neighbours are often equal
}

func newInterner() *interner {
	return &interner{slots: make([]int32, 64), off: make([]int32, 1, 16), last: -1}
}

func (t *interner) text(code int32) []byte { return t.bytes[t.off[code]:t.off[code+1]] }

// code is the number of b.
func (t *interner) code(b []byte) int32 {
	if t.last >= 0 && string(t.text(t.last)) == string(b) {
		return t.last
	}
	h := hash(b)
	mask := len(t.slots) - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		c := t.slots[i] - 1
		if c < 0 {
			t.last = t.add(b, h, i)
			return t.last
		}
		if t.hash[c] == h && string(t.text(c)) == string(b) {
			t.last = c
			return c
		}
	}
}

func (t *interner) add(b []byte, h uint64, slot int) int32 {
	c := int32(len(t.hash))
	t.slots[slot] = c + 1
	t.hash = append(t.hash, h)
	t.bytes = append(t.bytes, b...)
	t.off = append(t.off, int32(len(t.bytes)))
	if 2*len(t.hash) > len(t.slots) {
		slots := make([]int32, 4*len(t.slots))
		mask := len(slots) - 1
		for code, h := range t.hash {
			i := int(h) & mask
			for slots[i] != 0 {
				i = (i + 1) & mask
			}
			slots[i] = int32(code) + 1
		}
		t.slots = slots
	}
	return c
}

// hash mixes all bytes, a word at a time; the last words overlap. Whoever writes texts that collide only makes their own
// file slow.
func hash(b []byte) uint64 {
	n := len(b)
	h, w := uint64(n)*0x9E3779B97F4A7C15, uint64(0)
	switch {
	case n > 8:
		for i := 0; i+8 < n; i += 8 {
			hi, lo := bits.Mul64(h^binary.LittleEndian.Uint64(b[i:]), 0xA0761D6478BD642F)
			h = hi ^ lo
		}
		w = binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		w = uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<32
	case n > 0:
		w = uint64(b[0]) | uint64(b[n/2])<<8 | uint64(b[n-1])<<16
	}
	hi, lo := bits.Mul64(h^w, 0xA0761D6478BD642F)
	return hi ^ lo
}

// data is the dictionary so far.
func (t *interner) data() *array.Data {
	return array.NewData(arrow.BinaryTypes.String, len(t.hash), []*memory.Buffer{nil,
		memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(t.off)), memory.NewBufferBytes(t.bytes)}, nil, 0, 0)
}
