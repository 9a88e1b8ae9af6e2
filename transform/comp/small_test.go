package comp

import (
	"math"
	"math/big"
	"math/rand"
	"testing"
)

// TestSmallEqualsRational holds rounding and writing by machine words against the same by rationals of any size.
func TestSmallEqualsRational(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	coefs := []int64{0, 1, -1, 5, -5, 15, 25, -25, 49, 50, 51, 99, -99, 100, 12345, -12350, 999999, math.MaxInt64, math.MinInt64, math.MinInt64 + 1, math.MaxInt64 / 10, math.MaxInt64/10 + 1}
	for range 2000 {
		coefs = append(coefs, r.Int63()>>r.Intn(63), -(r.Int63() >> r.Intn(63)), int64(r.Intn(2000)-1000)*5)
	}
	fast := 0
	for _, coef := range coefs {
		for _, scale := range []int{0, 1, 2, 3, 6, 17, 18} {
			n := Scaled(coef, scale)
			if got, want := n.String(), trimDecimal(decimalText(big.NewInt(coef), scale)); got != want {
				t.Fatalf("%d of 10^-%d is written %s, expected %s", coef, scale, got, want)
			}
			for _, digits := range []int{0, 1, 2, 3, 4, 12, 18, 20} {
				for _, mode := range []Rounding{HalfAway, HalfEven, TowardZero, AwayFromZero} {
					want := roundRat(n.Rat(), digits, mode)
					if got, ok := n.roundSmall(digits, mode); ok {
						fast++
						if !want.IsInt64() || want.Int64() != got {
							t.Fatalf("%s rounded to %d by %v is %d, expected %s", n, digits, mode, got, want)
						}
					}
					if got := n.Fixed(digits, mode); got != decimalText(want, digits) {
						t.Fatalf("%s fixed to %d by %v is %s, expected %s", n, digits, mode, got, decimalText(want, digits))
					}
				}
			}
		}
	}
	if fast < 100_000 {
		t.Errorf("only %d roundings went by machine words", fast)
	}
}
