package comp

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
)

// ratio is the value as num/den in machine words, den above 0; false where it does not fit. That of a small form need not be in
// lowest terms.
func (n Number) ratio() (num, den int64, ok bool) {
	if n.rat == nil {
		return n.coef, pow10[n.scale], n.coef != math.MinInt64
	}
	if !n.rat.Num().IsInt64() || !n.rat.Denom().IsInt64() {
		return 0, 0, false
	}
	num, den = n.rat.Num().Int64(), n.rat.Denom().Int64()
	return num, den, num != math.MinInt64
}

// lowest is num/den in lowest terms.
func lowest(num, den int64) (int64, int64) {
	g := gcd(max(num, -num), den)
	return num / g, den / g
}

// times is n * m by machine words; false where it does not fit. It equals the product of rationals of any size.
func (n Number) times(m Number) (Number, bool) {
	a, b, fits := n.ratio()
	c, d, too := m.ratio()
	if !fits || !too {
		return Number{}, false
	}
	a, b = lowest(a, b)
	c, d = lowest(c, d)
	a, d = lowest(a, d)
	c, b = lowest(c, b)
	num, fits := mul64(a, c)
	den, too := mul64(b, d)
	if !fits || !too {
		return Number{}, false
	}
	if out, ok := fraction(num, den); ok {
		return out, true
	}
	return Number{rat: new(big.Rat).SetFrac64(num, den)}, true
}

// against is n.Cmp(m) by machine words; false where that does not fit.
func (n Number) against(m Number) (int, bool) {
	a, b, fits := n.ratio()
	c, d, too := m.ratio()
	if !fits || !too {
		return 0, false
	}
	if side := cmp.Compare(n.Sign(), m.Sign()); side != 0 {
		return side, true
	}
	high, low := bits.Mul64(uint64(max(a, -a)), uint64(d))
	above, below := bits.Mul64(uint64(max(c, -c)), uint64(b))
	return n.Sign() * cmp.Or(cmp.Compare(high, above), cmp.Compare(low, below)), true
}

// roundRatio is num/den * 10^digits as a whole number; false where that does not fit.
func roundRatio(num, den int64, digits int, mode Rounding) (int64, bool) {
	if digits < 0 || digits > maxScale {
		return 0, false
	}
	high, low := bits.Mul64(uint64(max(num, -num)), uint64(pow10[digits]))
	if high >= uint64(den) {
		return 0, false
	}
	q, rem := bits.Div64(high, low, uint64(den))
	if q >= math.MaxInt64 {
		return 0, false
	}
	if up(q, rem, uint64(den), mode) {
		q++
	}
	if num < 0 {
		return -int64(q), true
	}
	return int64(q), true
}

// up says whether q and rem/unit are rounded away from zero.
func up(q, rem, unit uint64, mode Rounding) bool {
	switch mode {
	case HalfAway:
		return 2*rem >= unit
	case HalfEven:
		return 2*rem > unit || (2*rem == unit && q%2 == 1)
	case AwayFromZero:
		return rem != 0
	}
	return false
}
