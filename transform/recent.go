package transform

import "sync"

// recent remembers keys of a table's latest rows. A scan goes from the newest file to the oldest, so that most rows which
// a later version replaced are known when they are read: they never enter anything, and nothing must be taken out again.
// It holds a bounded number of keys and forgets others; what it does not know, mergeKeys finds. So the outcome does not
// depend on what it knows.
type recent struct {
	memory *budget
	mu     sync.Mutex
	slots  []recentKey // a power of two
	used   int
}

// recentKey is most of a key's hash: the rest is in the place where it lies, or left out. The chance that two keys of ten
// million are taken for one stays below 2^-48.
type recentKey struct {
	a    uint64
	b    uint32
	rank uint32 // of the piece, plus one; 0 is free
}

const (
	recentBytes = 16     // a recentKey
	recentLeast = 1 << 8 // slots at first
	recentShare = 4      // a table's slots take up to a quarter of the memory for folds: 4 MiB unless told
	recentNear  = 8      // slots that a key may lie in
)

// meet marks the rows of a batch of piece p of which a row of the same key in a later pull is known, and takes in the keys of
// the others that are not dead already. Within one pull rows may contradict each other, which only mergeKeys can tell. Rows
// without a key have hash{}.
func (r *recent) meet(keys []hash, p *piece, now []piece, dead []bool) (any bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, k := range keys {
		if k == (hash{}) {
			continue
		}
		if s := r.find(k); s != nil && now[int(s.rank-1)-now[0].rank].Seq > p.Seq {
			dead[i], any = true, true
		} else if !dead[i] {
			r.remember(k, p)
		}
	}
	return any
}

// remember takes in the key of a row of piece p.
func (r *recent) remember(k hash, p *piece) {
	if 2*r.used >= len(r.slots) && (len(r.slots) == 0 || int64(2*recentBytes*len(r.slots)) <= r.memory.most/recentShare) {
		r.grow()
	}
	r.put(recentKey{k.a, uint32(k.b), uint32(p.rank) + 1})
}

func (r *recent) find(k hash) *recentKey {
	if r.used == 0 {
		return nil
	}
	mask := uint64(len(r.slots) - 1)
	for n := uint64(0); n < recentNear; n++ {
		s := &r.slots[(k.a+n)&mask]
		if s.rank == 0 {
			return nil
		}
		if s.a == k.a && s.b == uint32(k.b) {
			return s
		}
	}
	return nil
}

// put lays a key down; where all its slots are taken, over the one of the latest piece, whose older versions have passed.
func (r *recent) put(k recentKey) {
	mask := uint64(len(r.slots) - 1)
	over := &r.slots[k.a&mask]
	for n := uint64(0); n < recentNear; n++ {
		s := &r.slots[(k.a+n)&mask]
		if s.rank == 0 {
			*s = k
			r.used++
			return
		}
		if s.a == k.a && s.b == k.b {
			s.rank = max(s.rank, k.rank)
			return
		}
		if s.rank > over.rank {
			over = s
		}
	}
	*over = k
}

func (r *recent) grow() {
	old := r.slots
	r.slots = make([]recentKey, max(recentLeast, 2*len(old)))
	r.memory.take(int64(recentBytes * (len(r.slots) - len(old))))
	r.used = 0
	for _, k := range old {
		if k.rank != 0 {
			r.put(k)
		}
	}
}

// forget gives the memory back.
func (r *recent) forget() {
	r.memory.take(-int64(recentBytes * len(r.slots)))
	r.slots, r.used = nil, 0
}
