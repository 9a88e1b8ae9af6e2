package stat

import (
	"math"
	"slices"

	"carrot/transform/comp"
)

// Stratum is what is known of one group: how many rows, their mean, the variance of one of them, and its share of the whole.
type Stratum struct {
	N              int64
	Mean, Variance comp.Number
	Weight         comp.Number
}

// Poststratified is the sum of each group's mean times its share of the whole, with the variance of that sum and the effective
// number of rows, (sum of weights)^2 / sum of squared weights (Kish). Exact. Every group has at least one row.
func Poststratified(groups []Stratum) (value, variance, effective comp.Number) {
	var squares, all comp.Number
	for _, g := range groups {
		n := comp.Int(g.N)
		value = value.Add(g.Weight.Mul(g.Mean))
		w := g.Weight.Mul(g.Weight)
		variance = variance.Add(over(w.Mul(g.Variance), n))
		squares, all = squares.Add(over(w, n)), all.Add(g.Weight)
	}
	return value, variance, over(all.Mul(all), squares)
}

// Asked is how many of a group were asked, and how many answered.
type Asked struct{ All, Answered int64 }

// Evenness is the R-indicator 1 - 2 S of the answer rates of those who were asked, S with N - 1; 1 is an even answer. Spread is
// S, and bias the largest bias of a mean per unit of its standard deviation: S over the mean rate. False for fewer than two who
// were asked, or where nobody answered.
func Evenness(groups []Asked) (r, spread, bias comp.Number, ok bool) {
	var all, answered int64
	for _, g := range groups {
		all, answered = all+g.All, answered+g.Answered
	}
	if all < 2 || answered == 0 {
		return r, spread, bias, false
	}
	mean := over(comp.Int(answered), comp.Int(all))
	var squares comp.Number
	for _, g := range groups {
		if g.All > 0 {
			d := over(comp.Int(g.Answered), comp.Int(g.All)).Sub(mean)
			squares = squares.Add(d.Mul(d).Mul(comp.Int(g.All)))
		}
	}
	if squares.IsZero() {
		return comp.Int(1), spread, bias, true
	}
	s := math.Sqrt(float(over(squares, comp.Int(all-1))))
	return must(1 - 2*s), must(s), must(s / float(mean)), true
}

// Cell is a combination of groups, one of each dimension, with its rows and their mean.
type Cell struct {
	Groups []int
	N      int64
	Mean   comp.Number
}

// Raked is what Rake came to.
type Raked struct {
	Value, Effective comp.Number
	Weights          []float64 // of one row of each cell
	Trimmed          int       // cells whose weight was cut
	Rounds           int
	Converged        bool
}

// Rake weights the rows of cells until each dimension's groups have their share of the whole: dimension after dimension in the
// order given, groups in order, until no weight moves by more than 1e-12 of itself. A weight above most times the mean (0:
// none) is cut to it in each round. targets[d][g] is the share of group g in dimension d; a group without rows is left out.
func Rake(cells []Cell, targets [][]comp.Number, most comp.Number) Raked {
	out := Raked{Weights: make([]float64, len(cells))}
	var n float64
	for i, c := range cells {
		out.Weights[i] = 1
		n += float64(c.N)
	}
	for out.Rounds = 1; out.Rounds <= 1000 && !out.Converged; out.Rounds++ {
		moved := 0.0
		before := append([]float64(nil), out.Weights...)
		for d := range targets {
			out.fit(cells, d, targets[d], n)
		}
		out.Trimmed = 0
		for i := range cells {
			if limit := float(most); limit > 0 && out.Weights[i] > limit*(1+1e-12) {
				out.Weights[i] = limit
				out.Trimmed++
			}
			moved = math.Max(moved, math.Abs(out.Weights[i]-before[i])/before[i])
		}
		out.Converged = moved <= 1e-12
	}
	var sum, squares, value float64
	for i, c := range cells {
		w, k := out.Weights[i], float64(c.N)
		sum, squares, value = sum+w*k, squares+w*w*k, value+w*k*float(c.Mean)
	}
	out.Value, out.Effective = must(value/sum), must(sum*sum/squares)
	if !slices.ContainsFunc(cells, func(c Cell) bool { return c.Mean.Cmp(cells[0].Mean) != 0 }) {
		out.Value = settled(cells[0].Mean) // whatever the weights are
	}
	return out
}

// fit gives the groups of one dimension their shares.
func (r *Raked) fit(cells []Cell, d int, targets []comp.Number, n float64) {
	have := make([]float64, len(targets))
	for i, c := range cells {
		have[c.Groups[d]] += r.Weights[i] * float64(c.N)
	}
	for i, c := range cells {
		if g := c.Groups[d]; have[g] > 0 {
			r.Weights[i] *= float(targets[g]) * n / have[g]
		}
	}
}
