package stat

import (
	"math"

	"carrot/transform/comp"
)

var _ = comp.Define(comp.Buys, BGNBD)

// mostTerms is where the series of BGNBD is given up.
const mostTerms = 1_000_000

// BGNBD is how many purchases a customer is expected to make within horizon who made x repeat purchases, the last at recency, of
// an age since the first, by the BG/NBD model with the parameters r, alpha, a and b: all in one unit of time, as arguments in this
// order. False for what no customer can have done, and for a of 1, where the formula has none.
//
// With z = horizon / (alpha + age + horizon) the published formula has (1-z)^(r+x) 2F1(r+x, b+x; a+b+x-1; z), whose factors leave
// all numbers for customers who buy often. It is (1-z)^(a-1) 2F1(a+b-1-r, a-1; a+b+x-1; z) by Euler's transformation, which stays
// small.
func BGNBD(args []comp.Number) (comp.Number, bool) {
	if len(args) != 8 {
		return comp.Number{}, false
	}
	var v [8]float64
	for i, n := range args {
		if v[i] = float(n); v[i] < 0 || (i > 3 && v[i] == 0) {
			return comp.Number{}, false
		}
	}
	x, recency, age, horizon, r, alpha, a, b := v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]
	if recency > age || a == 1 || (x == 0) != (recency == 0) || a+b+x-1 <= 0 || x+b-1 <= 0 && x > 0 {
		return comp.Number{}, false
	}
	z := horizon / (alpha + age + horizon)
	series, ok := hypergeometric(a+b-1-r, a-1, a+b+x-1, z)
	if !ok {
		return comp.Number{}, false
	}
	return Exact((a + b + x - 1) / (a - 1) * (1 - math.Exp((a-1)*math.Log1p(-z))*series) * alive(x, recency, age, r, alpha, a, b))
}

// alive is the probability that the customer still buys.
func alive(x, recency, age, r, alpha, a, b float64) float64 {
	if x == 0 {
		return 1
	}
	return 1 / (1 + a/(b+x-1)*math.Exp((r+x)*(math.Log(alpha+age)-math.Log(alpha+recency))))
}

// hypergeometric is the series 2F1(p, q; c; z) for 0 <= z < 1 and c above 0; false where it does not settle.
func hypergeometric(p, q, c, z float64) (float64, bool) {
	sum, term := 1.0, 1.0
	for k := 0.0; k < mostTerms; k++ {
		term *= (p + k) / (c + k) * (q + k) / (k + 1) * z
		if sum += term; math.Abs(term) <= 1e-17*math.Abs(sum) {
			return sum, true
		}
	}
	return 0, false
}
