package transform

import (
	"cmp"
	"math/big"
	"slices"

	"carrot/transform/comp"
)

// part gives the entries of row i that were entered last, one for each share of split entry e, what is theirs of the row.
func (w *tableWorker) part(t *termRun, i, money, e int32) {
	shares := t.split.of(e)
	first := len(t.rows) - len(shares)
	t.wholly()
	parts := t.parts[first:]
	whole := comp.Int(1)
	if t.split.weighs() {
		whole = t.split.sum(e)
	}
	for k := range shares {
		parts[k], _ = comp.Scaled(shares[k].coef, t.split.scale).Quo(whole)
	}
	digits, known := w.sum.currencies[money].Digits()
	if t.split.term.Remainder == "" || t.counts || !known || w.sum.currencies[money] == "" {
		return
	}
	value := t.rowValue(i)
	order := make([]string, len(shares))
	for k := range shares {
		order[k] = shares[k].login
		if s := t.subject[first+k]; s >= 0 {
			order[k] = w.s.grid.subjects[s]
		}
	}
	for k, n := range largestRemainder(value, parts, digits, order) {
		if q, ok := n.Quo(value); ok { // of nothing there is nothing to share
			parts[k] = q
		}
	}
}

// largestRemainder shares a value in whole units of so many digits: each part first has its whole units, then the
// largest remainders, of magnitudes, have one more each; of equal ones the first by order. What the value itself has below
// a unit goes to the next one. The shares sum to the value times the sum of the parts.
func largestRemainder(value comp.Number, parts []comp.Number, digits int, order []string) []comp.Number {
	unit := comp.Scaled(1, digits)
	out, over := make([]comp.Number, len(parts)), make([]comp.Number, len(parts))
	left := comp.Number{}
	for k, p := range parts {
		exact := value.Abs().Mul(p)
		out[k] = floored(exact, unit)
		over[k] = exact.Sub(out[k])
		left = left.Add(over[k])
	}
	next := make([]int, len(parts))
	for k := range next {
		next[k] = k
	}
	slices.SortStableFunc(next, func(a, b int) int {
		return cmp.Or(over[b].Cmp(over[a]), cmp.Compare(order[a], order[b]))
	})
	for _, k := range next {
		more := unit.Min(left)
		out[k], left = out[k].Add(more), left.Sub(more)
	}
	if value.Sign() < 0 {
		for k := range out {
			out[k] = out[k].Neg()
		}
	}
	return out
}

// floored is the whole units in a number from 0 on.
func floored(n, unit comp.Number) comp.Number {
	q, _ := n.Quo(unit)
	r := q.Rat()
	return comp.FromRat(new(big.Rat).SetInt(new(big.Int).Quo(r.Num(), r.Denom()))).Mul(unit)
}
