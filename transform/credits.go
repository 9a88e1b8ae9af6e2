package transform

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// creditRow is a credit as a scan keeps it: what orders it, what finds it again, and what a person will see.
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
	key      string
	label    string
	hit      bool
}

// creditList grows without moving what it holds.
type creditList [][]creditRow

// creditsMost is how many credits lie together.
const creditsMost = 512

func (l *creditList) add(c creditRow) {
	k := len(*l) - 1
	if k < 0 || len((*l)[k]) == cap((*l)[k]) {
		*l = append(*l, make([]creditRow, 0, creditsMost))
		k++
	}
	(*l)[k] = append((*l)[k], c)
}

// allCredits are the credits of all rows that still count, by measure, payee, day, file, position, term and owner. There may
// be millions: each chunk is let go once its credits are written, and they are put in order where they stand.
func (s *scanner) allCredits() []comp.Credit {
	n := 0
	for _, chunk := range s.sum.credits {
		for i := range chunk {
			if !s.uncounted(&chunk[i]) {
				n++
			}
		}
	}
	out, keys := make([]comp.Credit, 0, n), make([]creditKey, 0, n)
	for k, chunk := range s.sum.credits {
		for i := range chunk {
			if r := &chunk[i]; !s.uncounted(r) {
				keys = append(keys, creditKey{measure: int32(r.term.measure), subject: r.subject, day: r.day, at: uint32(len(out)),
					place: r.place, pos: r.pos, term: int32(r.term.index), entry: r.entry})
				out = append(out, s.credit(r))
			}
		}
		s.sum.credits[k] = nil
	}
	slices.SortFunc(keys, s.compareCredits)
	arrange(out, keys)
	return out
}

func (s *scanner) uncounted(r *creditRow) bool {
	return s.splits[r.place.split].table.verdicts.gone(r.place)
}

// creditKey is what decides the order of two credits, and where the credit stands.
type creditKey struct {
	measure, subject int32
	day              comp.Date
	at               uint32
	place            place
	pos              int64
	term, entry      int32
}

// arrange moves every credit to the place of its key, one round of places after the other.
func arrange(out []comp.Credit, keys []creditKey) {
	for i := range keys {
		first := out[i]
		for j := uint32(i); ; {
			from := keys[j].at
			keys[j].at = j // done
			if from == uint32(i) || from == j {
				out[j] = first
				break
			}
			out[j], j = out[from], from
		}
	}
}

func (s *scanner) compareCredits(a, b creditKey) int {
	switch {
	case a.measure != b.measure:
		return int(a.measure - b.measure)
	case a.subject != b.subject:
		return int(a.subject - b.subject)
	case a.day != b.day:
		return int(a.day - b.day)
	}
	return cmp.Or(cmp.Compare(s.fileOf(a.place), s.fileOf(b.place)), cmp.Compare(a.pos, b.pos),
		cmp.Compare(s.pieceOf(a.place.split).rank, s.pieceOf(b.place.split).rank), cmp.Compare(a.term, b.term), cmp.Compare(a.entry, b.entry))
}

func (s *scanner) fileOf(at place) uint32 { return s.fileRank[s.pieceOf(at.split).File] }

// credit is a kept credit as reports show it. A sealed row shows nothing of itself.
func (s *scanner) credit(r *creditRow) comp.Credit {
	value := comp.Amount{Number: r.value, Currency: r.currency}
	c := comp.Credit{Payee: s.grid.subjects[r.subject], Measure: s.in.Measures[r.term.measure].ID, Term: r.term.index, Table: r.term.term.Table,
		Key: r.key, Date: r.day, Label: r.label, Value: value, Share: r.share, Credited: value.Times(r.share), Hit: r.hit}
	at := &s.splits[r.place.split]
	if c.Sealed = at.table.contract.Class == comp.Sealed; !c.Sealed {
		f := s.in.Files[at.piece.File]
		c.Origin = comp.Origin{File: f.Digest, Name: f.Name, Pos: r.pos}
	}
	return c
}
