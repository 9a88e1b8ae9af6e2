// Package stat is the one place with floating point numbers: what exact counts say, and how far that can be relied on. Exact
// numbers go in; what comes out is rounded to twelve significant digits, so that the last bits of a machine reach nobody, and
// is rough (comp.Number.Rough), unless mathematics says what it is exactly. None of its results pays anything by itself: a plan
// has to say that it reads one.
package stat

import (
	"math"
	"math/big"
	"strconv"

	"gonum.org/v1/gonum/stat/distuv"

	"carrot/transform/comp"
)

// digits are the significant digits of everything that leaves this package.
const digits = 12

// Exact is a result as a number of twelve significant digits, which is rough; false for what is no number.
func Exact(x float64) (comp.Number, bool) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return comp.Number{}, false
	}
	if x == 0 {
		return comp.Number{}.Roughly(), true
	}
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(x, 'e', digits-1, 64))
	if !ok {
		return comp.Number{}, false
	}
	return comp.FromRat(r).Roughly(), true
}

// settled is an exact number to twelve significant digits. It is the same on every machine, and so not rough.
func settled(n comp.Number) comp.Number { return comp.FromRat(must(float(n)).Rat()) }

// float is the nearest floating point number.
func float(n comp.Number) float64 {
	f, _ := n.Rat().Float64()
	return f
}

// must is Exact of what is known to be a number.
func must(x float64) comp.Number {
	n, ok := Exact(x)
	if !ok {
		return comp.Number{}
	}
	return n
}

// Z is the two-sided quantile of the normal distribution: 1.959963984540054 for a level of 0.95.
func Z(level comp.Number) float64 { return distuv.UnitNormal.Quantile(0.5 + float(level)/2) }

// Interval is what a value lies in with the stated confidence, beside its standard error.
type Interval struct {
	SE, Low, High comp.Number
}

// Wilson is Wilson's interval of a share of hits among n; n is above 0. n may be an effective number.
func Wilson(share, n, level comp.Number) Interval {
	p, size, z := float(share), float(n), Z(level)
	d := 1 + z*z/size
	mid := (p + z*z/(2*size)) / d
	half := z / d * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	i := Interval{SE: must(math.Sqrt(p * (1 - p) / size)), Low: must(math.Max(0, mid-half)), High: must(math.Min(1, mid+half))}
	if share.IsZero() { // where all agree an end is known exactly
		i.Low = comp.Int(0)
	}
	if share.Cmp(comp.Int(1)) == 0 {
		i.High = comp.Int(1)
	}
	return i
}

// Normal is value ± z standard errors; variance is that of the value itself.
func Normal(value, variance, level comp.Number) Interval {
	if variance.IsZero() && !value.Rough() {
		return Interval{Low: settled(value), High: settled(value)}
	}
	se := math.Sqrt(float(variance))
	v, half := float(value), Z(level)*se
	return Interval{SE: must(se), Low: must(v - half), High: must(v + half)}
}

// SampleSize is the smallest n whose interval reaches no further than within on either side of the value, for a variance of one
// answer.
func SampleSize(variance, within, level comp.Number) int64 {
	z := Z(level) / float(within)
	return int64(math.Ceil(z * z * float(variance)))
}
