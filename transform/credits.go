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
			if at := &s.splits[chunk[i].place.split]; !at.table.verdicts.gone(chunk[i].place) {
				rows = append(rows, &chunk[i])
			}
		}
	}
	keys := make([]creditKey, len(rows))
	for i, r := range rows {
		keys[i] = creditKey{measure: int32(r.term.measure), subject: r.subject, day: r.day, row: r}
	}
	slices.SortFunc(keys, s.compareCredits)
	out := make([]comp.Credit, len(rows))
	for i, k := range keys {
		out[i] = s.credit(k.row)
	}
	return out
}

// creditKey is what nearly always decides the order of two credits, without looking at them.
type creditKey struct {
	measure, subject int32
	day              comp.Date
	row              *creditRow
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
	x, y := a.row, b.row
	return cmp.Or(cmp.Compare(s.fileOf(x.place), s.fileOf(y.place)), cmp.Compare(x.pos, y.pos),
		cmp.Compare(s.pieceOf(x.place.split).rank, s.pieceOf(y.place.split).rank), cmp.Compare(x.term.index, y.term.index), cmp.Compare(x.entry, y.entry))
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
