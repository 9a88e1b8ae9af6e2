package transform

import "carrot/transform/comp"

// rowOf is where a row stands: the rank of its piece, and its position in the file.
type rowOf struct {
	rank int
	pos  int64
}

// latest finds which of the wanted rows of a table no other of the same key replaced, while the table is read once, piece by
// piece in their order. Of several rows of one key that of the last piece counts, and of one piece the first.
type latest struct {
	keys   []int
	rank   int            // of the piece that is read
	wanted []bool         // rows of the batch that is read
	counts map[hash]rowOf // of the keys of wanted rows: the row that counts; read by key only
	passed map[hash]bool  // keys of the piece's other rows; read by key only
	text   []byte
}

func newLatest(contract *comp.Contract) *latest {
	l := &latest{counts: map[hash]rowOf{}, passed: map[hash]bool{}}
	for _, k := range contract.Keys {
		l.keys = append(l.keys, contract.Index(k))
	}
	return l
}

// begin begins a batch: whoever wants a row says so before batch.
func (l *latest) begin(p *piece, n int) {
	if l.rank != p.rank {
		clear(l.passed)
	}
	l.rank, l.wanted = p.rank, grow(l.wanted, n)
	clear(l.wanted)
}

// batch looks at the keys of a batch.
func (l *latest) batch(cols *columns, pos []int64) {
	if len(l.keys) == 0 {
		return
	}
	for i := range pos {
		k, here := l.key(cols, i), rowOf{l.rank, pos[i]}
		switch at, known := l.counts[k]; {
		case known && at.rank == l.rank:
		case known:
			l.counts[k] = here
		case !l.wanted[i]:
			l.passed[k] = true
		case l.passed[k]: // another row, which stands before it in the same file
			l.counts[k] = rowOf{l.rank, -1}
		default:
			l.counts[k] = here
		}
	}
}

// key is the hash of a row's key, as hashOf gives it of cols.key.
func (l *latest) key(cols *columns, i int) hash {
	l.text = l.text[:0]
	for n, c := range l.keys {
		if n > 0 {
			l.text = append(l.text, '|')
		}
		l.text = append(l.text, valueText(cols.value(c, i))...)
	}
	return hashBytes(l.text)
}

// replaced says of a wanted row whether another counts.
func (l *latest) replaced(key hash, at rowOf) bool { return len(l.keys) > 0 && l.counts[key] != at }
