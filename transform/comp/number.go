package comp

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strings"
)

// maxScale is the largest number of decimal digits that the small form of a Number carries.
const maxScale = 18

// Number is an exact number: coef/10^scale with checked arithmetic while it fits, a rational where it does not. The
// zero value is 0. Numbers are immutable; equal values may be held in different forms, so compare with Cmp, never ==.
type Number struct {
	coef  int64
	scale uint8
	rough bool     // see Rough
	rat   *big.Rat // nil while the small form holds the value
}

var pow10 = func() (p [maxScale + 1]int64) {
	p[0] = 1
	for i := 1; i <= maxScale; i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// Int is the whole number n.
func Int(n int64) Number { return Number{coef: n} }

// Scaled is coef/10^scale; scale may not exceed 18.
func Scaled(coef int64, scale int) Number {
	if scale < 0 || scale > maxScale {
		return FromRat(new(big.Rat).SetFrac(big.NewInt(coef), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
	}
	return Number{coef: coef, scale: uint8(scale)}
}

// FromRat is the exact value of r, in the small form where it fits. r is copied.
func FromRat(r *big.Rat) Number {
	n := fromOwn(r)
	if n.rat != nil {
		n.rat = new(big.Rat).Set(r)
	}
	return n
}

// fromOwn is FromRat for a rational that nobody changes any more.
func fromOwn(r *big.Rat) Number {
	if r.Denom().IsInt64() && r.Num().IsInt64() {
		if n, ok := fraction(r.Num().Int64(), r.Denom().Int64()); ok {
			return n
		}
	}
	return Number{rat: r}
}

// fraction is num/den, which are in lowest terms with den above 0, in the small form; ok is false where it does not fit.
func fraction(num, den int64) (n Number, ok bool) {
	scale, rest := decimals(den)
	if rest != 1 || scale > maxScale {
		return Number{}, false
	}
	if p := pow10[scale] / den; p > 1 {
		if num, ok = mul64(num, p); !ok {
			return Number{}, false
		}
	}
	return Number{coef: num, scale: uint8(scale)}, true
}

// decimals is how many decimals 1/den needs, and what of den has other factors than 2 and 5.
func decimals(den int64) (scale int, rest int64) {
	twos, fives, rest := 0, 0, den
	for ; rest&1 == 0; rest >>= 1 {
		twos++
	}
	for ; rest%5 == 0; rest /= 5 {
		fives++
	}
	return max(twos, fives), rest
}

// FromInt128 is the exact value of the 128-bit two's complement hi:lo divided by 10^scale.
func FromInt128(hi int64, lo uint64, scale int) Number {
	if (hi == 0 && lo <= math.MaxInt64) || (hi == -1 && lo > math.MaxInt64) {
		return Scaled(int64(lo), scale)
	}
	v := new(big.Int).Lsh(big.NewInt(hi), 64)
	v.Add(v, new(big.Int).SetUint64(lo))
	d := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	return FromRat(new(big.Rat).SetFrac(v, d))
}

// Small is the value as coef/10^scale; ok is false where it needs a rational.
func (n Number) Small() (coef int64, scale int, ok bool) { return n.coef, int(n.scale), n.rat == nil }

// Rat is the value as a rational, a copy that the caller may change.
func (n Number) Rat() *big.Rat {
	if n.rat != nil {
		return new(big.Rat).Set(n.rat)
	}
	return n.operand()
}

// operand is the value as a rational that nobody may change.
func (n Number) operand() *big.Rat {
	if n.rat != nil {
		return n.rat
	}
	return new(big.Rat).SetFrac64(n.coef, pow10[n.scale])
}

// Sign is -1, 0 or +1.
func (n Number) Sign() int {
	if n.rat != nil {
		return n.rat.Sign()
	}
	switch {
	case n.coef < 0:
		return -1
	case n.coef > 0:
		return 1
	}
	return 0
}

// IsZero says whether the value is exactly 0.
func (n Number) IsZero() bool { return n.Sign() == 0 }

// align brings two small forms to one scale; ok is false where that would overflow.
func align(a, b Number) (x, y int64, scale uint8, ok bool) {
	if a.rat != nil || b.rat != nil {
		return 0, 0, 0, false
	}
	x, y, scale = a.coef, b.coef, a.scale
	switch {
	case a.scale < b.scale:
		scale = b.scale
		x, ok = mul64(x, pow10[b.scale-a.scale])
	case b.scale < a.scale:
		y, ok = mul64(y, pow10[a.scale-b.scale])
	default:
		ok = true
	}
	return x, y, scale, ok
}

func mul64(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	c := a * b
	if a == math.MinInt64 || b == math.MinInt64 || c/b != a {
		return 0, false
	}
	return c, true
}

// Add is n + m.
func (n Number) Add(m Number) Number {
	rough := n.rough || m.rough
	if x, y, s, ok := align(n, m); ok {
		sum, carry := bits.Add64(uint64(x), uint64(y), 0)
		_ = carry
		if r := int64(sum); (x >= 0) != (y >= 0) || (r >= 0) == (x >= 0) {
			return Number{coef: r, scale: s, rough: rough}
		}
	}
	return fromOwn(new(big.Rat).Add(n.operand(), m.operand())).roughly(rough)
}

// Neg is -n.
func (n Number) Neg() Number {
	if n.rat == nil && n.coef != math.MinInt64 {
		return Number{coef: -n.coef, scale: n.scale, rough: n.rough}
	}
	return fromOwn(new(big.Rat).Neg(n.operand())).roughly(n.rough)
}

// Abs is the value without its sign.
func (n Number) Abs() Number {
	if n.Sign() < 0 {
		return n.Neg()
	}
	return n
}

// Sub is n - m.
func (n Number) Sub(m Number) Number { return n.Add(m.Neg()) }

// Mul is n times m.
func (n Number) Mul(m Number) Number {
	rough := n.rough && !m.naught() || m.rough && !n.naught()
	if n.rat == nil && m.rat == nil && int(n.scale)+int(m.scale) <= maxScale {
		if c, ok := mul64(n.coef, m.coef); ok {
			return Number{coef: c, scale: n.scale + m.scale, rough: rough}
		}
	}
	if out, ok := n.times(m); ok {
		return out.roughly(rough)
	}
	return fromOwn(new(big.Rat).Mul(n.operand(), m.operand())).roughly(rough)
}

// Quo is n divided by m, exactly; ok is false where m is 0.
func (n Number) Quo(m Number) (q Number, ok bool) {
	if m.IsZero() {
		return Number{}, false
	}
	rough := n.rough || m.rough && !n.naught()
	if x, y, _, ok := align(n, m); ok && x != math.MinInt64 && y != math.MinInt64 {
		if y < 0 {
			x, y = -x, -y
		}
		g := gcd(max(x, -x), y)
		if q, ok := fraction(x/g, y/g); ok {
			q.rough = rough
			return q, true
		}
		return Number{rat: new(big.Rat).SetFrac64(x/g, y/g), rough: rough}, true
	}
	return fromOwn(new(big.Rat).Quo(n.operand(), m.operand())).roughly(rough), true
}

// gcd is the greatest common divisor of a and b, of which b is above 0 and a is not below.
func gcd(a, b int64) int64 {
	for a != 0 {
		a, b = b%a, a
	}
	return b
}

// Cmp is -1, 0 or +1 as n is below, equal to or above m.
func (n Number) Cmp(m Number) int {
	if x, y, _, ok := align(n, m); ok {
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	if side, ok := n.against(m); ok {
		return side
	}
	return n.operand().Cmp(m.operand())
}

// Min is the lower of n and m.
func (n Number) Min(m Number) Number {
	if m.Cmp(n) < 0 {
		return m
	}
	return n
}

// Max is the higher of n and m.
func (n Number) Max(m Number) Number {
	if m.Cmp(n) > 0 {
		return m
	}
	return n
}

// String is the canonical exact text: a plain decimal without trailing zeros where the value has one, "num/den" in
// lowest terms elsewhere. Equal values give equal text.
func (n Number) String() string {
	if n.rat == nil {
		return trimDecimal(smallText(n.coef, int(n.scale)))
	}
	if digits, ok := exactDigits(n.rat.Denom()); ok {
		return trimDecimal(n.rat.FloatString(digits))
	}
	return n.rat.RatString()
}

// exactDigits is the number of decimals that 1/den needs; ok is false where den has a factor other than 2 and 5.
func exactDigits(den *big.Int) (int, bool) {
	if den.IsInt64() {
		scale, rest := decimals(den.Int64())
		return scale, rest == 1
	}
	d, twos, fives := new(big.Int).Set(den), 0, 0
	for _, f := range []struct {
		by *big.Int
		n  *int
	}{{big.NewInt(2), &twos}, {big.NewInt(5), &fives}} {
		q, r := new(big.Int), new(big.Int)
		for {
			if q.QuoRem(d, f.by, r); r.Sign() != 0 {
				break
			}
			d.Set(q)
			*f.n++
		}
	}
	return max(twos, fives), d.IsInt64() && d.Int64() == 1
}

func decimalText(coef *big.Int, scale int) string {
	neg := coef.Sign() < 0
	s := new(big.Int).Abs(coef).String()
	if len(s) <= scale {
		s = strings.Repeat("0", scale-len(s)+1) + s
	}
	if scale > 0 {
		s = s[:len(s)-scale] + "." + s[len(s)-scale:]
	}
	if neg {
		s = "-" + s
	}
	return s
}

func trimDecimal(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// Fixed is the value with exactly digits decimals, rounded by mode.
func (n Number) Fixed(digits int, mode Rounding) string {
	if coef, ok := n.roundSmall(digits, mode); ok {
		return smallText(coef, digits)
	}
	return decimalText(roundRat(n.Rat(), digits, mode), digits)
}

// Fraction is the value as numerator and denominator in lowest terms; the denominator is positive.
func (n Number) Fraction() (num, den string) {
	r := n.Rat()
	return r.Num().String(), r.Denom().String()
}

// ErrNumber is wrapped by every refusal of ParseNumber.
var ErrNumber = errors.New("not a plain number")

// ParseNumber reads plain digits with an optional leading minus and one point, such as 1005, -0.5 or 12.50. It refuses
// everything else (1,005, 1e3, +1, .5, 5., Inf, blanks), and more than scale digits after the point, because each of them
// has two readings or hides a lost digit. This is the one way from text to a Number.
func ParseNumber(text string, scale int) (Number, error) {
	neg := strings.HasPrefix(text, "-")
	body := strings.TrimPrefix(text, "-")
	whole, frac, point := strings.Cut(body, ".")
	if whole == "" || (point && frac == "") || strings.Trim(whole+frac, "0123456789") != "" {
		return Number{}, fmt.Errorf("%w: %q", ErrNumber, text)
	}
	if len(frac) > scale {
		return Number{}, fmt.Errorf("%w: %q has %d digits after the point, at most %d are declared", ErrNumber, text, len(frac), scale)
	}
	coef, ok := new(big.Int).SetString(whole+frac, 10)
	if !ok {
		return Number{}, fmt.Errorf("%w: %q", ErrNumber, text)
	}
	if neg {
		coef.Neg(coef)
	}
	if coef.IsInt64() && len(frac) <= maxScale {
		return Number{coef: coef.Int64(), scale: uint8(len(frac))}, nil
	}
	den := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(frac))), nil)
	return FromRat(new(big.Rat).SetFrac(coef, den)), nil
}

// ParseExact reads what String writes: a plain decimal of any length or "num/den".
func ParseExact(text string) (Number, error) {
	num, den, isFraction := strings.Cut(text, "/")
	if !isFraction {
		return ParseNumber(text, math.MaxInt32)
	}
	n, err := ParseNumber(num, 0)
	if err != nil {
		return Number{}, err
	}
	d, err := ParseNumber(den, 0)
	if err != nil {
		return Number{}, err
	}
	q, ok := n.Quo(d)
	if !ok {
		return Number{}, fmt.Errorf("%w: %q divides by zero", ErrNumber, text)
	}
	return q, nil
}
