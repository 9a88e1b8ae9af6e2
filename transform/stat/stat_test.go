package stat

import (
	"slices"
	"testing"

	"carrot/transform/comp"
)

func number(t *testing.T, s string) comp.Number {
	t.Helper()
	n, err := comp.ParseExact(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// same compares to as many digits as the published figure has.
func same(t *testing.T, what string, got comp.Number, want string) {
	t.Helper()
	digits := 0
	if i := slices.Index([]byte(want), '.'); i >= 0 {
		digits = len(want) - i - 1
	}
	if text := got.Fixed(digits, comp.HalfEven); text != want {
		t.Errorf("%s is %s (%s), want %s", what, text, got, want)
	}
}

var level = comp.Scaled(95, 2)

// TestWilson holds the interval of a share against figures worked out elsewhere.
func TestWilson(t *testing.T) {
	for _, x := range []struct {
		hits, n   int64
		low, high string
	}{{172, 200, "0.8051012", "0.9013302"}, {9, 10, "0.5958", "0.9821"}, {12, 12, "0.7575", "1.0000"}, {0, 12, "0.0000", "0.2425"}} {
		i := Wilson(over(comp.Int(x.hits), comp.Int(x.n)), comp.Int(x.n), level)
		same(t, "low", i.Low, x.low)
		same(t, "high", i.High, x.high)
	}
}

// TestNormal: 162 promoters, 54 detractors of 324, and 30, 8 of 50.
func TestNormal(t *testing.T) {
	for _, x := range []struct {
		up, down, n               int64
		value, se, low, high, one string
	}{{162, 54, 324, "33.33", "4.1409", "25.22", "41.45", "0.5556"}, {30, 8, 50, "44.0", "10.6433", "23.14", "64.86", "0.5664"}} {
		n, mean, variance := Moments([]Bin{{comp.Int(100), x.up}, {comp.Int(0), x.n - x.up - x.down}, {comp.Int(-100), x.down}})
		same(t, "value", mean, x.value)
		i := Normal(mean, over(variance, comp.Int(n)), level)
		same(t, "standard error", i.SE, x.se)
		same(t, "low", i.Low, x.low)
		same(t, "high", i.High, x.high)
		same(t, "variance of one", variance.Mul(comp.Scaled(1, 4)), x.one)
	}
	if n := SampleSize(number(t, "5/9"), comp.Scaled(5, 2), level); n != 854 {
		t.Errorf("%d answers for five points either side, want 854", n)
	}
	same(t, "z", must(Z(level)), "1.95996398454")
}

// TestBootstrap: one text gives one interval, another text another, and both lie about the normal one.
func TestBootstrap(t *testing.T) {
	bins := []Bin{{comp.Int(100), 162}, {comp.Int(0), 108}, {comp.Int(-100), 54}}
	a, b := Bootstrap(bins, level, 10000, "a run"), Bootstrap(bins, level, 10000, "a run")
	c := a
	for _, other := range []string{"another", "a third", "a fourth", "a fifth", "a sixth", "a seventh", "an eighth", "a ninth"} { // few ends are possible: two seeds may well meet in one
		if c = Bootstrap(bins, level, 10000, other); c.Low.Cmp(a.Low) != 0 || c.High.Cmp(a.High) != 0 {
			break
		}
	}
	if a.Low.Cmp(b.Low) != 0 || a.High.Cmp(b.High) != 0 {
		t.Errorf("the same seed gave %v and %v", a, b)
	}
	if a.Low.Cmp(c.Low) == 0 && a.High.Cmp(c.High) == 0 {
		t.Error("another seed gave the same interval")
	}
	for _, x := range []struct {
		got  comp.Number
		want float64
	}{{a.Low, 25.22}, {a.High, 41.45}, {c.Low, 25.22}, {c.High, 41.45}} {
		if d := float(x.got) - x.want; d < -1 || d > 1 {
			t.Errorf("%s lies %.2f from the normal interval's %.2f", x.got, d, x.want)
		}
	}
}

// TestKaplanMeier: seventeen of twenty were called, three never were and are only known to have waited 72 hours: the median is
// that of all, not of those who were called.
func TestKaplanMeier(t *testing.T) {
	var waits []Wait
	for _, h := range []int64{2, 5, 8, 12, 20, 24, 28, 30, 33, 36, 40, 44, 48, 50, 52, 60, 70} {
		waits = append(waits, Wait{Time: comp.Int(h), Met: true, N: 1})
	}
	called, _ := KaplanMeier(waits)
	same(t, "median of those who were called", called, "33")
	waits = append(waits, Wait{Time: comp.Int(72), N: 3})
	all, ok := KaplanMeier(waits)
	if !ok {
		t.Fatal("no median")
	}
	same(t, "median", all, "36")
	if m, ok := KaplanMeier([]Wait{{comp.Int(1), true, 1}, {comp.Int(2), false, 2}}); ok {
		t.Errorf("a median of %s where two of three wait still", m)
	}
	// Censored before: of four who wait at 1, one leaves unanswered at 2, then one of two at 3: 3/4 × 1/2.
	mid, _ := KaplanMeier([]Wait{{comp.Int(1), true, 1}, {comp.Int(2), false, 1}, {comp.Int(3), true, 1}, {comp.Int(9), false, 1}})
	same(t, "median with somebody who left", mid, "3")
}

// TestEvenness: 80 small customers of whom 16 answered, 20 large ones of whom 18 did.
func TestEvenness(t *testing.T) {
	r, s, bias, ok := Evenness([]Asked{{80, 16}, {20, 18}})
	if !ok {
		t.Fatal("no indicator")
	}
	same(t, "R", r, "0.437179")
	same(t, "S", s, "0.281411")
	same(t, "bias", bias, "0.8277")
}

// TestPoststratified: the same answers, 4, 6, 6 of the small and 14, 3, 1 of the large.
func TestPoststratified(t *testing.T) {
	group := func(up, mid, down int64, weight string) Stratum {
		n, mean, v := Moments([]Bin{{comp.Int(100), up}, {comp.Int(0), mid}, {comp.Int(-100), down}})
		return Stratum{N: n, Mean: mean, Variance: v, Weight: number(t, weight)}
	}
	groups := []Stratum{group(4, 6, 6, "0.8"), group(14, 3, 1, "0.2")}
	same(t, "NPS of the small", groups[0].Mean, "-12.50")
	same(t, "NPS of the large", groups[1].Mean, "72.22")
	value, variance, effective := Poststratified(groups)
	same(t, "weighted", value, "4.44")
	same(t, "effective n", effective, "23.684")
	same(t, "design effect", over(comp.Int(34), effective), "1.4356")
	i := Normal(value, variance, level)
	same(t, "standard error", i.SE, "15.833")
	same(t, "low", i.Low, "-26.59")
	same(t, "high", i.High, "35.48")

	// Raking one dimension is post-stratification, and its effective n Kish's.
	r := Rake([]Cell{{[]int{0}, 16, groups[0].Mean}, {[]int{1}, 18, groups[1].Mean}}, [][]comp.Number{{number(t, "0.8"), number(t, "0.2")}}, comp.Number{})
	same(t, "raked", r.Value, "4.44")
	same(t, "effective n of raking", r.Effective, "23.684")
	if !r.Converged {
		t.Error("raking one dimension did not settle")
	}
}

// TestRake: the margins of two dimensions come out as declared, whatever the cells were.
func TestRake(t *testing.T) {
	targets := [][]comp.Number{{number(t, "0.6"), number(t, "0.4")}, {number(t, "0.25"), number(t, "0.75")}}
	cells := []Cell{{[]int{0, 0}, 30, comp.Int(1)}, {[]int{0, 1}, 10, comp.Int(2)}, {[]int{1, 0}, 5, comp.Int(3)}, {[]int{1, 1}, 55, comp.Int(4)}}
	r := Rake(cells, targets, comp.Number{})
	if !r.Converged || r.Rounds < 3 {
		t.Errorf("settled %v after %d rounds", r.Converged, r.Rounds)
	}
	for d := range targets {
		for g, want := range targets[d] {
			sum := 0.0
			for i, c := range cells {
				if c.Groups[d] == g {
					sum += r.Weights[i] * float64(c.N)
				}
			}
			same(t, "margin", must(sum/100), want.Fixed(4, comp.HalfEven))
		}
	}
	cut := Rake(cells, targets, comp.Int(2))
	if cut.Trimmed == 0 || slices.Max(cut.Weights) > 2.0000001 {
		t.Errorf("weights %v with a limit of 2, %d cut", cut.Weights, cut.Trimmed)
	}
}

// TestEffect: treated go from .80 to .82, control from .80 to .81: one point is what the treatment did.
func TestEffect(t *testing.T) {
	var rows []Phase
	arm := func(cluster string, treated, after bool, hits, n int64) {
		rows = append(rows, Phase{cluster, treated, after, comp.Int(1), hits}, Phase{cluster, treated, after, comp.Int(0), n - hits})
	}
	for i, c := range []string{"a", "b"} {
		d := int64(i)
		arm("t"+c, true, false, 79+2*d, 100)
		arm("t"+c, true, true, 81+2*d, 100)
		arm("c"+c, false, false, 80, 100)
		arm("c"+c, false, true, 80+2*d, 100)
	}
	v, variance, ok := Effect(rows)
	if !ok {
		t.Fatal("no effect")
	}
	same(t, "effect", v, "0.0100")
	// By hand: within each treated customer before and after lie 0.01 below, or above, their mean: the residuals cancel. The
	// two controls are 0.01/2 off each way: 4/3 × 2 × 0.005^2.
	same(t, "variance", variance, "0.000066667")
	if _, _, ok := Effect(rows[:4]); ok {
		t.Error("an effect without a control")
	}
}

// TestExact: twelve digits and no more.
func TestExact(t *testing.T) {
	for _, x := range []struct {
		in   float64
		want string
	}{{1.0 / 3, "0.333333333333"}, {-2.0e10 / 3, "-6666666666.67"}, {0, "0"}, {1e-20 / 3, "0.00000000000000000000333333333333"}} {
		if n, ok := Exact(x.in); !ok || n.String() != x.want {
			t.Errorf("%v is %s, want %s", x.in, n, x.want)
		}
	}
	zero := 0.0
	if _, ok := Exact(zero / zero); ok {
		t.Error("what is no number passed")
	}
}

// TestCorrelation holds ranks with ties against figures worked out by hand: 1 - 6 Σd²/(n³-n) without ties.
func TestCorrelation(t *testing.T) {
	ints := func(x ...int64) (out []comp.Number) {
		for _, n := range x {
			out = append(out, comp.Int(n))
		}
		return out
	}
	in, rho, ok := Correlation(ints(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), ints(1, 3, 2, 4, 7, 6, 5, 9, 8, 10), level)
	if !ok {
		t.Fatal("no correlation")
	}
	same(t, "rho", rho, "0.927273") // Σd² = 0+1+1+0+4+0+4+1+1+0 = 12, 1 - 72/990
	if in.Low.Cmp(rho) >= 0 || in.High.Cmp(rho) <= 0 {
		t.Errorf("%s lies outside of %s to %s", rho, in.Low, in.High)
	}
	if _, _, ok := Correlation(ints(1, 2, 3, 4, 5, 6, 7), ints(1, 2, 3, 4, 5, 6, 7), level); ok {
		t.Error("seven pairs are enough")
	}
	if _, _, ok := Correlation(ints(1, 2, 3, 4, 5, 6, 7, 8), ints(5, 5, 5, 5, 5, 5, 5, 5), level); ok {
		t.Error("what never changes correlates")
	}
	// Ties share the mean of their ranks: 1.5 1.5 3 4 … against the same give 1.
	if _, rho, _ := Correlation(ints(2, 2, 3, 4, 5, 6, 7, 8), ints(20, 20, 30, 40, 50, 60, 70, 80), level); rho.Cmp(comp.Int(1)) != 0 {
		t.Errorf("ties give %s", rho)
	}
}

// TestWhatIsRough: what goes through floating point is rough, and what mathematics says without it is not: the ends of an interval
// where all answer alike, an even answer, equal answers however they are weighted, and what is drawn of whole numbers.
func TestWhatIsRough(t *testing.T) {
	ten, none, all := comp.Int(10), comp.Int(0), comp.Int(1)
	share := comp.Scaled(9, 1)
	third := over(comp.Int(1), comp.Int(3))
	alike, apart := []Cell{{[]int{0}, 3, ten}, {[]int{1}, 1, ten}}, []Cell{{[]int{0}, 3, ten}, {[]int{1}, 1, none}}
	halves := [][]comp.Number{{comp.Scaled(5, 1), comp.Scaled(5, 1)}}
	even, _, _, _ := Evenness([]Asked{{10, 5}, {4, 2}})
	uneven, _, _, _ := Evenness([]Asked{{80, 16}, {20, 18}})
	bought, _ := BGNBD([]comp.Number{comp.Int(2), comp.Scaled(3043, 2), comp.Scaled(3886, 2), comp.Int(39), comp.Scaled(2426, 4), comp.Scaled(44136, 4), comp.Scaled(7929, 4), comp.Scaled(24259, 4)})
	whole, parts := Bootstrap([]Bin{{none, 3}, {all, 7}}, level, 200, "a run"), Bootstrap([]Bin{{none, 3}, {third, 7}}, level, 200, "a run")
	for name, x := range map[string]struct {
		n    comp.Number
		want string // "" for rough
	}{
		"Wilson": {Wilson(share, ten, level).Low, ""}, "Wilson of none, low": {Wilson(none, ten, level).Low, "0"}, "Wilson of none, high": {Wilson(none, ten, level).High, ""},
		"Wilson of all, low": {Wilson(all, ten, level).Low, ""}, "Wilson of all, high": {Wilson(all, ten, level).High, "1"},
		"normal": {Normal(ten, all, level).High, ""}, "normal without variance": {Normal(ten, none, level).Low, "10"}, "normal without variance of what is rough": {Normal(ten.Roughly(), none, level).Low, ""},
		"uneven": {uneven, ""}, "even": {even, "1"}, "raked": {Rake(apart, halves, none).Value, ""}, "raked alike": {Rake(alike, halves, none).Value, "10"},
		"a model": {bought, ""}, "drawn of thirds": {parts.Low, ""}, "drawn of wholes": {whole.High, whole.High.String()},
	} {
		if x.n.Rough() != (x.want == "") || x.want != "" && x.n.String() != x.want {
			t.Errorf("%s: %s, rough %v", name, x.n, x.n.Rough())
		}
	}
}
