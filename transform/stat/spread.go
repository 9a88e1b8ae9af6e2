package stat

import (
	"hash/fnv"
	"math"
	"math/big"
	"math/rand/v2"
	"sort"

	"carrot/transform/comp"
)

// Bin is what N rows have in common.
type Bin struct {
	Value comp.Number
	N     int64
}

// Moments are the number of rows, their mean and the variance of one of them (over n, not n - 1), all exact. There is at least
// one row.
func Moments(bins []Bin) (n int64, mean, variance comp.Number) {
	var sum, squares comp.Number
	for _, b := range bins {
		times := comp.Int(b.N)
		n, sum, squares = n+b.N, sum.Add(b.Value.Mul(times)), squares.Add(b.Value.Mul(b.Value).Mul(times))
	}
	mean = over(sum, comp.Int(n))
	return n, mean, over(squares, comp.Int(n)).Sub(mean.Mul(mean))
}

// over is a/b; b is not zero.
func over(a, b comp.Number) comp.Number {
	q, ok := a.Quo(b)
	if !ok {
		return comp.Number{}
	}
	return q
}

// Clusters is the variance of a mean whose rows are not independent: clusters are, each given as the sum of its rows' values less
// the mean. Sandwich estimate with C/(C-1); false for fewer than two clusters.
func Clusters(residuals []comp.Number, n int64) (comp.Number, bool) {
	c := int64(len(residuals))
	if c < 2 || n == 0 {
		return comp.Number{}, false
	}
	var squares comp.Number
	for _, r := range residuals {
		squares = squares.Add(r.Mul(r))
	}
	return over(squares.Mul(comp.Int(c)), comp.Int(n).Mul(comp.Int(n)).Mul(comp.Int(c-1))), true
}

// drawing draws by chance what a text and a number say: the same on every machine and on every day.
func drawing(seed string, n int64) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(seed))
	return rand.New(rand.NewPCG(h.Sum64(), uint64(n)))
}

// Bootstrap is the percentile interval of a mean: so many resamples of as many rows, drawn by PCG seeded from a text. The same
// text gives the same interval, however the rows are told.
func Bootstrap(bins []Bin, level comp.Number, draws int, seed string) Interval {
	bins = joined(bins)
	n, mean, variance := Moments(bins)
	random := drawing(seed, n)
	ends := make([]int64, len(bins))
	at := int64(0)
	for i, b := range bins {
		at += b.N
		ends[i] = at
	}
	values, unit, whole := wholes(bins, n)
	sums := make([]float64, draws)
	for d := range sums {
		for range n {
			k := random.Int64N(n)
			sums[d] += values[sort.Search(len(ends), func(i int) bool { return ends[i] > k })]
		}
	}
	sort.Float64s(sums)
	tail := over(comp.Int(1).Sub(level), comp.Int(2))
	out := Normal(mean, over(variance, comp.Int(n)), level)
	of := unit.Mul(comp.Int(n))
	out.Low, out.High = settled(over(percentile(sums, tail), of)), settled(over(percentile(sums, comp.Int(1).Sub(tail)), of))
	if !whole {
		out.Low, out.High = out.Low.Roughly(), out.High.Roughly()
	}
	return out
}

// wholes are the values of bins times a unit that makes whole numbers of them, of which floating point adds up n exactly; false
// where there is none, with the values as they are.
func wholes(bins []Bin, n int64) (values []float64, unit comp.Number, whole bool) {
	unit, values = comp.Int(1), make([]float64, len(bins))
	digits := 0
	for _, b := range bins {
		_, scale, ok := b.Value.Small()
		if !ok {
			digits = -1
			break
		}
		digits = max(digits, scale)
	}
	for range digits {
		unit = unit.Mul(comp.Int(10))
	}
	most := 0.0
	for i, b := range bins {
		values[i] = float(b.Value.Mul(unit))
		most = max(most, math.Abs(values[i]))
	}
	return values, unit, digits >= 0 && most*float64(n) < 1<<53
}

// joined are bins of different values, in their order.
func joined(bins []Bin) []Bin {
	bins = append([]Bin(nil), bins...)
	sort.SliceStable(bins, func(i, j int) bool { return bins[i].Value.Cmp(bins[j].Value) < 0 })
	out := bins[:0]
	for _, b := range bins {
		if k := len(out) - 1; k >= 0 && out[k].Value.Cmp(b.Value) == 0 {
			out[k].N += b.N
		} else {
			out = append(out, b)
		}
	}
	return out
}

// percentile interpolates between the sorted values next to it; 0 of none.
func percentile(sorted []float64, p comp.Number) comp.Number {
	if len(sorted) == 0 {
		return comp.Number{}
	}
	value := func(i int) comp.Number { return comp.FromRat(new(big.Rat).SetFloat64(sorted[min(i, len(sorted)-1)])) }
	at := p.Mul(comp.Int(int64(len(sorted) - 1))).Rat()
	i := new(big.Int).Quo(at.Num(), at.Denom())
	part := comp.FromRat(at.Sub(at, new(big.Rat).SetInt(i)))
	k := int(i.Int64())
	return value(k).Add(part.Mul(value(k + 1).Sub(value(k))))
}

// Wait is N rows that have waited so long; Met says whether what they waited for has happened.
type Wait struct {
	Time comp.Number
	Met  bool
	N    int64
}

// KaplanMeier is the time at which the share of rows that still wait falls to one half or below; false where it never does.
// Rows that have not met it are only known to have waited as long as they have. Exact.
func KaplanMeier(waits []Wait) (comp.Number, bool) {
	waits = append([]Wait(nil), waits...)
	sort.SliceStable(waits, func(i, j int) bool { return waits[i].Time.Cmp(waits[j].Time) < 0 })
	atRisk := int64(0)
	for _, w := range waits {
		atRisk += w.N
	}
	left, half := comp.Int(1), over(comp.Int(1), comp.Int(2))
	for i := 0; i < len(waits); {
		j, met, gone := i, int64(0), int64(0)
		for ; j < len(waits) && waits[j].Time.Cmp(waits[i].Time) == 0; j++ {
			if gone += waits[j].N; waits[j].Met {
				met += waits[j].N
			}
		}
		if met > 0 {
			if left = left.Mul(over(comp.Int(atRisk-met), comp.Int(atRisk))); left.Cmp(half) <= 0 {
				return waits[i].Time, true
			}
		}
		atRisk -= gone
		i = j
	}
	return comp.Number{}, false
}
