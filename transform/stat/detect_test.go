package stat

import (
	"math"
	"testing"

	"carrot/transform/comp"
)

// near compares to a relative error, for chances that are too small for digits after the point.
func near(t *testing.T, what string, got comp.Number, want, within float64) {
	t.Helper()
	if x := float(got); math.Abs(x-want) > within*want {
		t.Errorf("%s is %g, want %g", what, x, want)
	}
}

// TestLastDaysOfAQuarter: 22 of 60 deals in the last 5 of 64 working days: expected 4.6875, z = 8.328, P = 3.27e-10.
func TestLastDaysOfAQuarter(t *testing.T) {
	p := over(comp.Int(5), comp.Int(64))
	same(t, "expected", p.Mul(comp.Int(60)), "4.6875")
	z, ok := BinomialZ(Hits{22, 60}, p)
	if same(t, "z", z, "8.328"); !ok {
		t.Error("no z")
	}
	near(t, "P", BinomialTail(Hits{22, 60}, p), 3.27e-10, 0.002)
	if _, ok := BinomialZ(Hits{1, 2}, comp.Int(0)); ok {
		t.Error("an expectation of 0 has no standard error")
	}
}

// TestBinomialTail: fourteen just above a threshold, three just below: (680 + 136 + 17 + 1)/131072; and the ends.
func TestBinomialTail(t *testing.T) {
	half := over(comp.Int(1), comp.Int(2))
	same(t, "14 of 17", BinomialTail(Hits{14, 17}, half), "0.0064")
	near(t, "14 of 17", BinomialTail(Hits{14, 17}, half), 834.0/131072, 1e-10)
	same(t, "none or more", BinomialTail(Hits{0, 17}, half), "1")
	same(t, "more than all", BinomialTail(Hits{18, 17}, half), "0")
	same(t, "never", BinomialTail(Hits{1, 17}, comp.Int(0)), "0")
	same(t, "always", BinomialTail(Hits{17, 17}, comp.Int(1)), "1")
}

// TestTwoProportions: 58 of 70 perfect scores against the others' 410 of 900.
func TestTwoProportions(t *testing.T) {
	z, ok := TwoProportions(Hits{58, 70}, Hits{410, 900})
	if same(t, "z", z, "6.016"); !ok {
		t.Error("no z")
	}
	if _, ok := TwoProportions(Hits{3, 3}, Hits{5, 5}); ok {
		t.Error("where all are hits there is no z")
	}
}

// TestFisher: of the tea-tasting table, 3 of 4 against 1 of 4: (16 + 1)/70; of 4 of 4 against none 1/70.
func TestFisher(t *testing.T) {
	near(t, "3 of 4", Fisher(Hits{3, 4}, Hits{1, 4}), 17.0/70, 1e-10)
	near(t, "4 of 4", Fisher(Hits{4, 4}, Hits{0, 4}), 1.0/70, 1e-10)
}

// TestNoneExpected: no detractor among 60 where the team has 10 %: 0.9^60; and more likely where people differ: with every row
// of a person alike it is the chance of one row.
func TestNoneExpected(t *testing.T) {
	d := comp.Scaled(1, 1)
	same(t, "none of 60", NoneExpected(60, d, comp.Int(0)), "0.0018")
	near(t, "all alike", NoneExpected(60, d, comp.Int(1)), 0.9, 1e-9)
	near(t, "two rows, half alike", NoneExpected(2, d, comp.Scaled(5, 1)), 0.9*(0.45+0.5)/(0.5+0.5), 1e-9)
}

// TestLikeness: of nine people of 10 rows each with half hits, all alike but for chance of none: phi is 0, one standard error of
// half above it leaves nothing; of nine of whom each is all or nothing it is whole.
func TestLikeness(t *testing.T) {
	equal, whole := make([]Hits, 9), make([]Hits, 9)
	for i := range equal {
		equal[i], whole[i] = Hits{5, 10}, Hits{int64(10 * (i % 2)), 10}
	}
	same(t, "equal shares", Likeness(equal), "0")
	same(t, "all or nothing", Likeness(whole), "1")
	same(t, "one person", Likeness([]Hits{{5, 10}}), "0")
	// Shares of 30 and 70 % in turn: chi² is 8 × 4/2.5 + … = 9 × 1.6 less the mean's part; with 4 of 70 % and 5 of 30 %:
	// p = 43/90, chi²/8 = 1.7814, one standard error of half more 2.6721, less 1 over 9 is 0.1858.
	mixed := []Hits{{3, 10}, {7, 10}, {3, 10}, {7, 10}, {3, 10}, {7, 10}, {3, 10}, {7, 10}, {3, 10}}
	same(t, "30 and 70 %", Likeness(mixed), "0.1858")
}

// TestAmongPeers: peers who are all alike leave the exact chance; peers who differ make it less remarkable.
func TestAmongPeers(t *testing.T) {
	own := Hits{58, 70}
	alike, unlike := make([]Hits, 9), make([]Hits, 9)
	for i := range alike {
		alike[i] = Hits{45, 100}
		unlike[i] = Hits{int64(5 + 10*i), 100}
	}
	a, u := float(AmongPeers(own, alike)), float(AmongPeers(own, unlike))
	if a > 1e-4 || u < 0.05 {
		t.Errorf("the chance among like peers is %g, among unlike ones %g", a, u)
	}
	same(t, "where all are hits", AmongPeers(Hits{5, 5}, []Hits{{9, 9}, {9, 9}}), "1")
}

// TestHazard: five of six leavers went in 14 of 42 days at risk each: P(5 or 6 of 6 at 1/3) = (6·2 + 1)/729.
func TestHazard(t *testing.T) {
	near(t, "P", Hazard(5, 140, 1, 280), 13.0/729, 1e-10)
	same(t, "nobody at risk", Hazard(0, 0, 0, 0), "1")
}

// TestPermutation: of {5, 6} against {1, 2, 3, 4} one split of the 15 is as extreme; of equal rows every one is. The same
// seed gives the same chance.
func TestPermutation(t *testing.T) {
	rows := func(xs ...int64) (out []comp.Number) {
		for _, x := range xs {
			out = append(out, comp.Int(x))
		}
		return out
	}
	d, p := Permutation(rows(5, 6), rows(1, 2, 3, 4), 10000, "a")
	same(t, "difference", d, "3.0")
	near(t, "p", p, 1.0/15, 0.6) // stopped after 20 as extreme: about a fifth of its own size as error
	if _, again := Permutation(rows(5, 6), rows(1, 2, 3, 4), 10000, "a"); again.Cmp(p) != 0 {
		t.Error("the same seed gave another chance")
	}
	if _, p = Permutation(rows(2, 2), rows(2, 2, 2), 10000, "a"); p.Cmp(comp.Int(1)) != 0 {
		t.Errorf("equal rows: p is %s, want 1", p)
	}
	var low, high []comp.Number
	for i := range int64(30) {
		low, high = append(low, comp.Int(i)), append(high, comp.Int(100+i))
	}
	if _, p = Permutation(high, low, 9999, "a"); p.Cmp(over(comp.Int(1), comp.Int(10000))) != 0 {
		t.Errorf("no shuffle is as extreme: p is %s, want 1/10000", p)
	}
}
