package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"carrot/transform/comp"
)

// Correlation is Spearman's rank correlation of pairs, ties at their mean rank, with Fisher's interval (standard error
// 1/sqrt(n-3), widened by 1.03 as is usual for ranks). False for fewer than eight pairs or where one side never changes: too few
// to tell.
func Correlation(x, y []comp.Number, level comp.Number) (Interval, comp.Number, bool) {
	if len(x) < FewestPairs || len(x) != len(y) {
		return Interval{}, comp.Number{}, false
	}
	r := stat.Correlation(ranks(x), ranks(y), nil)
	if math.IsNaN(r) {
		return Interval{}, comp.Number{}, false
	}
	se := 1.03 / math.Sqrt(float64(len(x)-3))
	mid := math.Atanh(math.Max(-1+1e-12, math.Min(1-1e-12, r)))
	z := Z(level) * se
	return Interval{SE: must(se), Low: must(math.Tanh(mid - z)), High: must(math.Tanh(mid + z))}, must(r), true
}

// FewestPairs are the fewest pairs of which a correlation says anything.
const FewestPairs = 8

// ranks are the places of values in order, from 1; equal ones share the mean of theirs.
func ranks(x []comp.Number) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return x[a].Cmp(x[b]) })
	out := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]].Cmp(x[order[i]]) == 0 {
			j++
		}
		for k := i; k < j; k++ {
			out[order[k]] = float64(i+j+1) / 2
		}
		i = j
	}
	return out
}
