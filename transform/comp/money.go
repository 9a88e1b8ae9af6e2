package comp

import (
	"fmt"
	"math/big"
	"strings"
)

// Currency is an ISO 4217 code in capitals, such as EUR; "" stands for a number without a currency.
type Currency string

// Digits is the number of digits after the point of the currency's minor unit (ISO 4217); ok is false for an unknown code.
func (c Currency) Digits() (digits int, ok bool) {
	digits, ok = minorDigits[c]
	return digits, ok
}

// Amount is an exact number with a currency. It is not payable; Round is the one way to Money.
type Amount struct {
	Number
	Currency Currency
}

// String is the exact text and the currency, such as "118250.005 EUR".
func (a Amount) String() string {
	if a.Currency == "" {
		return a.Number.String()
	}
	return a.Number.String() + " " + string(a.Currency)
}

// Times is the amount multiplied by a plain number.
func (a Amount) Times(n Number) Amount { return Amount{a.Number.Mul(n), a.Currency} }

// Plus adds an amount of the same currency; another currency is an error, never a conversion.
func (a Amount) Plus(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, fmt.Errorf("cannot add %s to %s: convert with a dated rate first", b, a)
	}
	return Amount{a.Number.Add(b.Number), a.Currency}, nil
}

// Rounding is how an exact value becomes one with fewer digits.
type Rounding uint8

// The roundings a plan may name. HalfAway is the default: 0.005 becomes 0.01 and -0.005 becomes -0.01.
const (
	HalfAway Rounding = iota
	HalfEven
	TowardZero
	AwayFromZero
)

// Roundings are the names that plans use, by value.
var Roundings = [...]string{HalfAway: "half-away", HalfEven: "half-even", TowardZero: "toward-zero", AwayFromZero: "away-from-zero"}

// String is the name that a plan uses.
func (r Rounding) String() string { return Roundings[r] }

// roundRat is r * 10^digits as a whole number.
func roundRat(r *big.Rat, digits int, mode Rounding) *big.Int {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	num := new(big.Int).Mul(new(big.Int).Abs(r.Num()), scale)
	q, rem := new(big.Int).QuoRem(num, r.Denom(), new(big.Int))
	half := new(big.Int).Lsh(rem, 1).Cmp(r.Denom())
	up := false
	switch mode {
	case HalfAway:
		up = half >= 0
	case HalfEven:
		up = half > 0 || (half == 0 && q.Bit(0) == 1)
	case AwayFromZero:
		up = rem.Sign() != 0
	}
	if up {
		q.Add(q, big.NewInt(1))
	}
	if r.Sign() < 0 {
		q.Neg(q)
	}
	return q
}

// Money is payable: a whole number of the currency's minor units (cents for EUR, yen for JPY).
type Money struct {
	Minor    int64
	Currency Currency
}

// Round is the one way from an exact Amount to payable Money, at the point that the plan names. It errs on an unknown
// currency and where the result does not fit 64 bits.
func (a Amount) Round(mode Rounding) (Money, error) {
	digits, ok := a.Currency.Digits()
	if !ok {
		return Money{}, fmt.Errorf("unknown currency %q: use an ISO 4217 code such as EUR", a.Currency)
	}
	if minor, ok := a.roundSmall(digits, mode); ok {
		return Money{minor, a.Currency}, nil
	}
	minor := roundRat(a.Rat(), digits, mode)
	if !minor.IsInt64() {
		return Money{}, fmt.Errorf("%s is too large to pay", a)
	}
	return Money{minor.Int64(), a.Currency}, nil
}

// Amount is the exact value of m.
func (m Money) Amount() Amount {
	digits, _ := m.Currency.Digits()
	return Amount{Scaled(m.Minor, digits), m.Currency}
}

// Plus adds money of the same currency. It errs on another currency and on overflow.
func (m Money) Plus(o Money) (Money, error) {
	if m.Currency != o.Currency {
		return Money{}, fmt.Errorf("cannot add %s to %s", o, m)
	}
	sum := m.Minor + o.Minor
	if (sum > m.Minor) != (o.Minor > 0) {
		return Money{}, fmt.Errorf("%s plus %s overflows", m, o)
	}
	return Money{sum, m.Currency}, nil
}

// Neg is -m.
func (m Money) Neg() Money { return Money{-m.Minor, m.Currency} }

// Decimal is the value with the currency's digits, a point and no separators: 1234.50. It is what files for machines carry.
func (m Money) Decimal() string {
	digits, _ := m.Currency.Digits()
	return smallText(m.Minor, digits)
}

// String is Decimal and the currency: "1234.50 EUR".
func (m Money) String() string { return m.Decimal() + " " + string(m.Currency) }

// ParseMoney reads what Decimal writes in the given currency, with no more digits than the currency has.
func ParseMoney(text string, c Currency) (Money, error) {
	digits, ok := c.Digits()
	if !ok {
		return Money{}, fmt.Errorf("unknown currency %q: use an ISO 4217 code such as EUR", c)
	}
	n, err := ParseNumber(text, digits)
	if err != nil {
		return Money{}, err
	}
	return Amount{n, c}.Round(HalfAway)
}

// minorDigits are the active ISO 4217 codes with the digits of their minor unit.
var minorDigits = func() map[Currency]int {
	m := make(map[Currency]int)
	for digits, codes := range map[int]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
		2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
		3: "BHD IQD JOD KWD LYD OMR TND",
		4: "CLF UYW",
	} {
		for i := 0; i+3 <= len(codes); i += 4 {
			m[Currency(codes[i:i+3])] = digits
		}
	}
	return m
}()

// Grouped puts a comma before every third digit left of the point of a plain decimal: 1234567.50 becomes 1,234,567.50.
// Other text stays as it is.
func Grouped(decimal string) string {
	sign, digits := "", decimal
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return decimal
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + frac
	}
	return sign + whole
}
