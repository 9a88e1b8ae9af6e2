package transform

import (
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// hash is 128 bits of a key; two keys of one table share it with a chance that may be neglected (2^-80 at 10 million rows).
type hash struct{ a, b uint64 }

func hashOf(text string) hash {
	h := xxh3.HashString128(text)
	return hash{h.Hi, h.Lo}
}

func hashBytes(text []byte) hash {
	h := xxh3.Hash128(text)
	return hash{h.Hi, h.Lo}
}

// place names a row of a split: the how manieth of it.
type place struct{ split, row uint32 }

// keyLength is the length of a key record: hash, split, and row with its part in the two highest bits.
const keyLength = 24

// A row's part in merging by key.
const (
	keyLive   uint32 = iota // counts, or was refused by decoding: it replaces and is replaced
	keyDead                 // a later window has replaced it already: it still replaces older rows of its key
	keyBefore               // of the snapshot before the last: only to see what has vanished
)

// keyAt is a key record read back.
type keyAt struct {
	hash
	place
	part uint32
}

// rowsMost is how many rows a split may have: the places that a key record can name.
const rowsMost = 1 << 30

func putKey(f *folder, k keyAt) {
	p := byte(k.a % foldParts)
	b := binary.LittleEndian.AppendUint64(f.room(p, keyLength), k.a)
	b = binary.LittleEndian.AppendUint64(b, k.b)
	b = binary.LittleEndian.AppendUint32(b, k.split)
	f.bufs[p] = binary.LittleEndian.AppendUint32(b, k.row|k.part<<30)
}

func getKey(b []byte) keyAt {
	row := binary.LittleEndian.Uint32(b[20:])
	return keyAt{hash: hash{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])},
		place: place{binary.LittleEndian.Uint32(b[16:]), row % rowsMost}, part: row >> 30}
}

// places is a set of rows, a bit each, laid out only for splits that have one.
type places [][]uint64

func (p places) add(at place) {
	bits := p[at.split]
	for int(at.row>>6) >= len(bits) {
		bits = append(bits, 0)
	}
	bits[at.row>>6] |= 1 << (at.row & 63)
	p[at.split] = bits
}

func (p places) has(at place) bool {
	bits := p[at.split]
	return int(at.row>>6) < len(bits) && bits[at.row>>6]>>(at.row&63)&1 == 1
}

// verdicts are what merging by key finds about a table's rows.
type verdicts struct {
	superseded places // a later row of the key replaced them
	rivals     places // their key stands more than once in one file or snapshot
	vanished   places // rows of the snapshot before that no later row has the key of
	lost       int    // how many keys vanished
}

// gone says whether a row counts no longer.
func (v *verdicts) gone(at place) bool {
	return v != nil && (v.superseded.has(at) || v.rivals.has(at))
}

// mergeKeys groups a table's rows by key, partition by partition, and finds which no longer count.
func (s *scanner) mergeKeys(t *tableScan) (*verdicts, error) {
	v := &verdicts{superseded: make(places, len(s.splits)), rivals: make(places, len(s.splits)), vanished: make(places, len(s.splits))}
	g := grouper{}
	err := t.keys.each(func(partition []byte) error {
		n := len(partition) / keyLength
		g.reset(n)
		for i := range n {
			g.add(partition, i)
		}
		for _, first := range g.groups {
			g.group = g.group[:0]
			for i := first; i >= 0; i = g.next[i] {
				g.group = append(g.group, g.at(partition, int(i)))
			}
			s.judge(g.group, v)
		}
		return nil
	})
	return v, err
}

// grouper chains the records of one key. Records have one length, so a record is found by its number.
type grouper struct {
	table  []int32 // by hash: number+1 of the last record of the key
	next   []int32 // the record of the key before this one; -1 for none
	groups []int32 // last records of keys that have several, or that may have vanished
	group  []keyAt
	multi  []bool
}

func (g *grouper) reset(n int) {
	size := 16
	for size < 2*n {
		size *= 2
	}
	g.table, g.next, g.multi = grow(g.table, size), grow(g.next, n), grow(g.multi, n)
	clear(g.table)
	clear(g.multi)
	g.groups = g.groups[:0]
}

func (g *grouper) at(partition []byte, i int) keyAt {
	return getKey(partition[i*keyLength:])
}

func (g *grouper) add(partition []byte, i int) {
	b := partition[i*keyLength:]
	h := hash{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
	g.next[i] = -1
	mask := uint64(len(g.table) - 1)
	for at := h.b & mask; ; at = (at + 1) & mask {
		j := g.table[at] - 1
		if j < 0 {
			g.table[at] = int32(i) + 1
			if binary.LittleEndian.Uint32(b[20:])>>30 == keyBefore {
				g.open(int32(i))
			}
			return
		}
		if o := partition[int(j)*keyLength:]; binary.LittleEndian.Uint64(o) == h.a && binary.LittleEndian.Uint64(o[8:]) == h.b {
			g.open(j)
			g.next[i], g.next[j] = g.next[j], int32(i) // behind the first, so that the first stays the group's name
			return
		}
	}
}

// open makes the group of a first record one to be judged.
func (g *grouper) open(first int32) {
	if !g.multi[first] {
		g.multi[first] = true
		g.groups = append(g.groups, first)
	}
}

// judge settles the rows of one key: the last in the order of knowledge wins; those that share its file or snapshot are
// rivals of it, all held; older ones are superseded.
func (s *scanner) judge(group []keyAt, v *verdicts) {
	var last *keyAt
	for i := range group {
		k := &group[i]
		if k.part != keyBefore && (last == nil || s.later(k, last)) {
			last = k
		}
	}
	if last == nil {
		for _, k := range group {
			v.vanished.add(k.place)
		}
		v.lost++
		return
	}
	top, rival := s.pieceOf(last.split), false
	for i := range group {
		k := &group[i]
		switch {
		case k == last || k.part != keyLive:
		case last.part == keyLive && rivals(s.pieceOf(k.split), top):
			v.rivals.add(k.place)
			rival = true
		default:
			v.superseded.add(k.place)
		}
	}
	if rival {
		v.rivals.add(last.place)
	}
}

// later says whether a replaces b: it came in a later piece. Within one piece a row that counts goes before one that a
// window replaced; of several that count none is later, they are rivals.
func (s *scanner) later(a, b *keyAt) bool {
	p, q := s.pieceOf(a.split).rank, s.pieceOf(b.split).rank
	return p > q || (p == q && a.part == keyLive && b.part == keyDead)
}

func (s *scanner) pieceOf(split uint32) *piece { return s.splits[split].piece }
