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

// allCredits are the credits of all rows that still count, by measure, payee, day, file, position, term and owner.
func (s *scanner) allCredits() []comp.Credit {
	var rows []*creditRow
	for _, chunk := range s.sum.credits {
		for i := range chunk {
			if at := s.splits[chunk[i].place.split]; !at.table.verdicts.gone(chunk[i].place) {
				rows = append(rows, &chunk[i])
			}
		}
	}
	slices.SortFunc(rows, func(a, b *creditRow) int {
		if c := cmp.Or(cmp.Compare(a.term.measure, b.term.measure), cmp.Compare(a.subject, b.subject), cmp.Compare(a.day, b.day)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(s.fileOf(a.place), s.fileOf(b.place)), cmp.Compare(a.pos, b.pos),
			cmp.Compare(s.pieceOf(a.place.split).rank, s.pieceOf(b.place.split).rank), cmp.Compare(a.term.index, b.term.index), cmp.Compare(a.entry, b.entry))
	})
	out := make([]comp.Credit, len(rows))
	for i, r := range rows {
		out[i] = s.credit(r)
	}
	return out
}

func (s *scanner) fileOf(at place) uint32 { return s.fileRank[s.pieceOf(at.split).File] }

// credit is a kept credit as reports show it. A sealed row shows nothing of itself.
func (s *scanner) credit(r *creditRow) comp.Credit {
	value := comp.Amount{Number: r.value, Currency: r.currency}
	c := comp.Credit{Payee: s.grid.subjects[r.subject], Measure: s.in.Measures[r.term.measure].ID, Term: r.term.index, Table: r.term.term.Table,
		Key: r.key, Date: r.day, Label: r.label, Value: value, Share: r.share, Credited: value.Times(r.share), Hit: r.hit}
	at := s.splits[r.place.split]
	if c.Sealed = at.table.contract.Class == comp.Sealed; !c.Sealed {
		f := s.in.Files[at.piece.File]
		c.Origin = comp.Origin{File: f.Digest, Name: f.Name, Pos: r.pos}
	}
	return c
}
