package comp

import (
	"math"
	"math/big"
	"math/rand"
	"testing"
)

// TestRatiosEqualRationals holds products, comparisons and roundings of ratios by machine words against rationals of any size.
func TestRatiosEqualRationals(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	word := func() int64 { return r.Int63() >> r.Intn(63) }
	edges := []int64{0, 1, 2, 3, 5, 7, 10, 999, 1 << 31, 1<<32 + 1, math.MaxInt64 - 1, math.MaxInt64}
	number := func() Number {
		num, den := word(), max(1, word())
		if r.Intn(4) == 0 {
			num, den = edges[r.Intn(len(edges))], max(1, edges[r.Intn(len(edges))])
		}
		if r.Intn(3) == 0 {
			num = -num
		}
		if r.Intn(3) == 0 {
			return Scaled(num, r.Intn(maxScale+1))
		}
		return FromRat(big.NewRat(num, den))
	}
	products, sides, rounded := 0, 0, 0
	for range 100_000 {
		n, m := number(), number()
		if _, ok := n.times(m); ok {
			products++
		}
		if got, want := n.Mul(m), FromRat(new(big.Rat).Mul(n.Rat(), m.Rat())); got.Rat().Cmp(want.Rat()) != 0 || got.String() != want.String() {
			t.Fatalf("%s × %s = %s, expected %s", n, m, got, want)
		}
		if _, ok := n.against(m); ok {
			sides++
		}
		if got, want := n.Cmp(m), n.Rat().Cmp(m.Rat()); got != want || m.Cmp(n) != -want || n.Cmp(n) != 0 {
			t.Fatalf("%s against %s is %d, expected %d", n, m, got, want)
		}
		digits, mode := r.Intn(20), []Rounding{HalfAway, HalfEven, TowardZero, AwayFromZero}[r.Intn(4)]
		want := roundRat(n.Rat(), digits, mode)
		if _, ok := n.roundSmall(digits, mode); ok && n.rat != nil {
			rounded++
		}
		if got := n.Fixed(digits, mode); got != decimalText(want, digits) {
			t.Fatalf("%s fixed to %d by %v is %s, expected %s", n, digits, mode, got, decimalText(want, digits))
		}
	}
	if products < 20_000 || sides < 50_000 || rounded < 10_000 {
		t.Errorf("only %d products, %d comparisons and %d roundings went by machine words", products, sides, rounded)
	}
}

// TestRatiosRounded: thirds, sixths and sevenths rounded by hand; no rule sees a half in them.
func TestRatiosRounded(t *testing.T) {
	for _, x := range []struct {
		num, den int64
		digits   int
		want     [4]string // half away, half even, toward zero, away from zero
	}{
		{1, 3, 2, [4]string{"0.33", "0.33", "0.33", "0.34"}}, {-2, 3, 2, [4]string{"-0.67", "-0.67", "-0.66", "-0.67"}},
		{-1, 3000, 2, [4]string{"0.00", "0.00", "0.00", "-0.01"}}, {7, 6, 0, [4]string{"1", "1", "1", "2"}}, {22, 7, 4, [4]string{"3.1429", "3.1429", "3.1428", "3.1429"}},
	} {
		n, _ := Int(x.num).Quo(Int(x.den))
		for i, mode := range []Rounding{HalfAway, HalfEven, TowardZero, AwayFromZero} {
			if got := n.Fixed(x.digits, mode); got != x.want[i] {
				t.Errorf("%d/%d fixed to %d by %v is %s, expected %s", x.num, x.den, x.digits, mode, got, x.want[i])
			}
		}
	}
}
