package transform

import "carrot/transform/comp"

// tally is the outcome of a scan: exact sums per measure, subject and atom, credits, controls and lineage.
type tally struct {
	credits  []comp.Credit
	controls []disposition
	lineage  *Lineage
}

// sum is one currency's share of a measure: value is exact, signed and weighted by splits; hits and n count rows.
type sum struct {
	currency comp.Currency
	value    comp.Number
	hits, n  int64
}

// sums are a measure's sums for a subject's atom, sorted by currency.
func (t *tally) sums(measure int, subject int32, atom int) []sum { return nil }

// disposition says where the rows of one table went; every row is in exactly one bucket beside in.
type disposition struct {
	table                                            string
	in, held, excluded, exception, other, superseded bucket
	credited                                         map[int32]bucket // by first owner subject; read by key or sorted
}

// bucket counts rows, with the sums of the contract's Control column per currency ("" where the term names none).
type bucket struct {
	rows int64
	sums map[comp.Currency]comp.Number
}
