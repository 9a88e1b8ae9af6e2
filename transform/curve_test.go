package transform

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"carrot/transform/comp"
)

func num(t testing.TB, s string) comp.Number {
	t.Helper()
	n, err := comp.ParseExact(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func bands(t testing.TB, texts ...[3]string) []comp.Band {
	var out []comp.Band
	for _, b := range texts {
		x := comp.Band{From: num(t, b[0]), Pays: num(t, b[2]), Open: b[1] == ""}
		if b[1] != "" {
			x.To = num(t, b[1])
		}
		out = append(out, x)
	}
	return out
}

// TestPayGolden holds curves against published and recomputed examples; the ids are those of the golden cases.
func TestPayGolden(t *testing.T) {
	gc01 := bands(t, [3]string{"0", "300000", "0.03"}, [3]string{"300000", "500000", "0.05"}, [3]string{"500000", "", "0.07"})
	gc02c := bands(t, [3]string{"0", "100000", "0.06"}, [3]string{"100000", "150000", "0.08"}, [3]string{"150000", "", "0.10"})
	gc06 := bands(t, [3]string{"0", "1", "0.05"}, [3]string{"1", "1.25", "0.06"}, [3]string{"1.25", "", "0.07"})
	gc08 := bands(t, [3]string{"0", "1", "1"}, [3]string{"1", "1.3", "1.5"}, [3]string{"1.3", "", "2"})
	margin := bands(t, [3]string{"0", "0.05", "0.50"}, [3]string{"0.05", "0.10", "0.75"}, [3]string{"0.10", "0.20", "1.00"}, [3]string{"0.20", "0.30", "1.15"}, [3]string{"0.30", "", "1.25"})
	m18 := []comp.Band{{From: num(t, "0.2"), Pays: num(t, "0")}, {From: num(t, "0.9"), Pays: num(t, "1")}}
	for _, c := range []struct {
		name                 string
		curve                comp.Curve
		value, quota, target string
		want                 string
	}{
		{"GC-01", comp.Curve{Kind: comp.Marginal, Of: "value", Bands: gc01}, "600000", "", "", "26000.00"},
		{"GC-02a", comp.Curve{Kind: comp.Retroactive, Of: "value", Bands: gc01}, "600000", "", "", "42000.00"},
		{"GC-02b upper edge: the lower tier", comp.Curve{Kind: comp.Retroactive, Of: "value", Bands: gc01, UpperEdge: true}, "500000", "", "", "25000.00"},
		{"GC-02b lower edge: the upper tier", comp.Curve{Kind: comp.Retroactive, Of: "value", Bands: gc01}, "500000", "", "", "35000.00"},
		{"GC-02c cumulative", comp.Curve{Kind: comp.Marginal, Of: "value", Bands: gc02c}, "110000", "", "", "6800.00"},
		{"GC-02c first dollar", comp.Curve{Kind: comp.Retroactive, Of: "value", Bands: gc02c}, "110000", "", "", "8800.00"},
		{"GC-06", comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: gc06}, "150000", "100000", "", "8250.00"},
		{"GC-08 130 %", comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: gc08}, "130000", "100000", "", "145000.00"},
		{"GC-08 137.5 %", comp.Curve{Kind: comp.Marginal, Of: "attainment", Bands: gc08}, "137500", "100000", "", "160000.00"},
		{"GC-11 30 %", comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: margin}, "0.30", "", "75000", "93750.00"},
		{"GC-11 22 %", comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: margin}, "0.22", "", "75000", "86250.00"},
		{"GC-11 10 %", comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: margin}, "0.10", "", "75000", "75000.00"},
		{"GC-11 5 %", comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: margin}, "0.05", "", "75000", "56250.00"},
		{"GC-11 4.9 %", comp.Curve{Kind: comp.StepCurve, Of: "value", Bands: margin}, "0.049", "", "75000", "37500.00"},
		{"M18 55 %", comp.Curve{Kind: comp.Interpolate, Of: "value", Points: m18}, "0.55", "", "100", "50.00"},
		{"M18 below", comp.Curve{Kind: comp.Interpolate, Of: "value", Points: m18}, "0.1", "", "100", "0.00"},
		{"M18 above", comp.Curve{Kind: comp.Interpolate, Of: "value", Points: m18}, "0.95", "", "100", "100.00"},
		{"linear", comp.Curve{Kind: comp.Linear}, "80", "100", "500", "400.00"},
		{"a refund reverses at the first rate", comp.Curve{Kind: comp.Marginal, Of: "value", Bands: gc01}, "-1000", "", "", "-30.00"},
	} {
		in := CurveInput{Value: num(t, c.value)}
		if c.quota != "" {
			in.Quota, in.HasQuota = num(t, c.quota), true
			in.Attainment, _ = attain(in.Value, in.Quota)
		}
		if c.target != "" {
			in.Target = num(t, c.target)
		}
		got, err := comp.Amount{Number: pay(c.curve, in).Pay, Currency: "EUR"}.Round(comp.HalfAway)
		if err != nil || got.Decimal() != c.want {
			t.Errorf("%s: paid %s (%v), the case says %s", c.name, got.Decimal(), err, c.want)
		}
	}
}

// TestProrateGolden holds proration against GC-16: a start on 1 June, in a common and in a leap year.
func TestProrateGolden(t *testing.T) {
	year := func(s string) comp.Period {
		d, _ := comp.ParseDate(s + "-01-01")
		return comp.Period{Start: d, End: d.AddMonths(12)}
	}
	for _, c := range []struct{ year, start, whole, want string }{
		{"2025", "2025-06-01", "800000", "469041.10"},
		{"2025", "2025-06-01", "75000", "43972.60"},
		{"2024", "2024-06-01", "800000", "467759.56"},
		{"2024", "2024-06-01", "75000", "43852.46"},
	} {
		start, _ := comp.ParseDate(c.start)
		p := year(c.year)
		days := participated([]comp.Period{{Start: start, End: comp.Forever}}, p)
		if got := prorate(num(t, c.whole), days, p.Days()).Fixed(2, comp.HalfAway); got != c.want {
			t.Errorf("%s of %s from %s: %s, the case says %s", c.whole, c.year, c.start, got, c.want)
		}
	}
}

// TestMarginalMonotoneAndAdditive: doing better never pays less, and marginal pay on amounts does not depend on how the
// value is cut, checked against a slow sum over cents.
func TestMarginalMonotoneAndAdditive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var bs []comp.Band
		at := int64(0)
		for i, n := 0, rapid.IntRange(1, 5).Draw(t, "bands"); i < n; i++ {
			next := at + rapid.Int64Range(1, 5000).Draw(t, "width")
			bs = append(bs, comp.Band{From: comp.Scaled(at, 2), To: comp.Scaled(next, 2), Open: i == n-1, Pays: comp.Scaled(rapid.Int64Range(0, 2000).Draw(t, "rate"), 4)})
			at = next
		}
		value := rapid.Int64Range(0, 20000).Draw(t, "value")
		c := comp.Curve{Kind: comp.Marginal, Of: "value", Bands: bs}
		got := pay(c, CurveInput{Value: comp.Scaled(value, 2)}).Pay.Rat()
		want := new(big.Rat)
		for cent := int64(0); cent < value; cent++ {
			for _, b := range bs {
				if x := comp.Scaled(cent, 2); x.Cmp(b.From) >= 0 && (b.Open || x.Cmp(b.To) < 0) {
					want.Add(want, new(big.Rat).Mul(b.Pays.Rat(), big.NewRat(1, 100)))
				}
			}
		}
		if got.Cmp(want) != 0 {
			t.Fatalf("paid %s, cent by cent %s", got, want)
		}
		if more := pay(c, CurveInput{Value: comp.Scaled(value+1, 2)}).Pay; more.Rat().Cmp(got) < 0 {
			t.Fatalf("one cent more pays less: %s after %s", more, got)
		}
	})
}
