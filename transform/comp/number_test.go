package comp

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// genNumber draws small, large and rational numbers, so that every form and every overflow is met.
var genNumber = rapid.Custom(func(t *rapid.T) Number {
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return Scaled(rapid.Int64Range(-1000, 1000).Draw(t, "coef"), rapid.IntRange(0, 4).Draw(t, "scale"))
	case 1:
		return Scaled(rapid.Int64().Draw(t, "coef"), rapid.IntRange(0, 18).Draw(t, "scale"))
	case 2:
		return FromRat(big.NewRat(rapid.Int64().Draw(t, "num"), rapid.Int64Range(1, 1<<62).Draw(t, "den")))
	}
	return FromInt128(rapid.Int64().Draw(t, "hi"), rapid.Uint64().Draw(t, "lo"), rapid.IntRange(0, 18).Draw(t, "scale"))
})

// TestNumberAgreesWithRat holds the arithmetic against big.Rat, the slow exact way.
func TestNumberAgreesWithRat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genNumber.Draw(t, "a"), genNumber.Draw(t, "b")
		x, y := a.Rat(), b.Rat()
		for _, c := range []struct {
			op        string
			got, want *big.Rat
		}{
			{"+", a.Add(b).Rat(), new(big.Rat).Add(x, y)},
			{"-", a.Sub(b).Rat(), new(big.Rat).Sub(x, y)},
			{"×", a.Mul(b).Rat(), new(big.Rat).Mul(x, y)},
		} {
			if c.got.Cmp(c.want) != 0 {
				t.Fatalf("%s %s %s = %s, want %s", a, c.op, b, c.got, c.want)
			}
		}
		if a.Cmp(b) != x.Cmp(y) || a.Sign() != x.Sign() {
			t.Fatalf("compare %s with %s", a, b)
		}
		if q, ok := a.Quo(b); ok != (y.Sign() != 0) || (ok && q.Rat().Cmp(new(big.Rat).Quo(x, y)) != 0) {
			t.Fatalf("%s / %s = %s, %v", a, b, q, ok)
		}
		back, err := ParseExact(a.String())
		if err != nil || back.Cmp(a) != 0 || back.String() != a.String() {
			t.Fatalf("%s read back as %s: %v", a, back, err)
		}
	})
}

// TestRoundAgreesWithDefinition holds each rounding against its definition on the exact remainder.
func TestRoundAgreesWithDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := FromRat(big.NewRat(rapid.Int64Range(-100000, 100000).Draw(t, "num"), rapid.Int64Range(1, 400).Draw(t, "den")))
		digits := rapid.IntRange(0, 3).Draw(t, "digits")
		for mode := HalfAway; mode <= AwayFromZero; mode++ {
			text := n.Fixed(digits, mode)
			r, ok := new(big.Rat).SetString(text)
			if !ok {
				t.Fatalf("%q is no number", text)
			}
			unit := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
			gap := new(big.Rat).Sub(r, n.Rat())
			away := gap.Sign()*n.Sign() > 0
			size := new(big.Rat).Quo(gap.Abs(gap), unit)
			half := size.Cmp(big.NewRat(1, 2))
			last := text[len(text)-1]
			ok = map[Rounding]bool{
				HalfAway:     half < 0 || (half == 0 && away),
				HalfEven:     half < 0 || (half == 0 && (last-'0')%2 == 0),
				TowardZero:   size.Cmp(big.NewRat(1, 1)) < 0 && !away,
				AwayFromZero: size.Cmp(big.NewRat(1, 1)) < 0 && (size.Sign() == 0 || away),
			}[mode]
			if !ok {
				t.Fatalf("%s to %d digits %s gives %s", n, digits, mode, text)
			}
		}
	})
}

func TestParseNumberRefuses(t *testing.T) {
	for _, text := range []string{"", " ", "1,005", "2,024,994", "1e3", "Inf", "NaN", "+1", ".5", "5.", "1.2.3", "--1", "0x10", "1_000", "१", "1 ", "12.345"} {
		if n, err := ParseNumber(text, 2); err == nil {
			t.Errorf("%q was read as %s", text, n)
		}
	}
	for text, want := range map[string]string{"0": "0", "-0": "0", "007": "7", "12.50": "12.5", "-0.01": "-0.01", "9007199254740993": "9007199254740993",
		"123456789012345678901234567890.12": "123456789012345678901234567890.12"} {
		if n, err := ParseNumber(text, 2); err != nil || n.String() != want {
			t.Errorf("%q: %s, %v; want %s", text, n, err, want)
		}
	}
}

func TestMoneyByCurrency(t *testing.T) {
	for _, c := range []struct{ number, currency, want string }{
		{"1234.5", "EUR", "1234.50"}, {"1234.5", "JPY", "1235"}, {"1.23456", "KWD", "1.235"}, {"-0.005", "USD", "-0.01"}, {"1.00005", "CLF", "1.0001"},
	} {
		n, err := ParseExact(c.number)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Amount{n, Currency(c.currency)}.Round(HalfAway)
		if err != nil || m.Decimal() != c.want {
			t.Errorf("%s %s: %s, %v; want %s", c.number, c.currency, m.Decimal(), err, c.want)
		}
	}
	if _, err := (Amount{Int(1), "EURO"}).Round(HalfAway); err == nil || !strings.Contains(err.Error(), "ISO 4217") {
		t.Errorf("an unknown currency was rounded: %v", err)
	}
	if _, err := (Money{1, "EUR"}).Plus(Money{1, "USD"}); err == nil {
		t.Error("euros and dollars were added")
	}
	if _, err := (Money{1<<63 - 1, "EUR"}).Plus(Money{1, "EUR"}); err == nil {
		t.Error("an overflow was not noticed")
	}
}

// TestQuotientsAreSmallWhereTheyFit: a quotient whose digits end within 18 decimals is held as them, any other as a fraction
// in lowest terms.
func TestQuotientsAreSmallWhereTheyFit(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		text     string
		scale    int // -1: a fraction
	}{
		{1, 8, "0.125", 3}, {-1, -8, "0.125", 3}, {3, -40, "-0.075", 3}, {6, 3, "2", 0}, {0, -7, "0", 0}, {1, 3, "1/3", -1}, {-4, 6, "-2/3", -1},
		{1, 1_000_000_000_000_000_000, "0.000000000000000001", 18}, {1, 1 << 19, "0.0000019073486328125", -1},
		{math.MinInt64, 1, "-9223372036854775808", 0}, {math.MinInt64, -1, "9223372036854775808", -1}, {math.MinInt64, 5, "-1844674407370955161.6", -1},
		{5, math.MinInt64, "-0.000000000000000000542101086242752217003726400434970855712890625", -1}, {math.MaxInt64, 2, "4611686018427387903.5", -1},
	} {
		q, ok := Int(c.num).Quo(Int(c.den))
		_, scale, small := q.Small()
		if !small {
			scale = -1
		}
		if !ok || q.String() != c.text || scale != c.scale {
			t.Errorf("%d/%d is %s with %d digits, expected %s with %d", c.num, c.den, q, scale, c.text, c.scale)
		}
		if want := big.NewRat(c.num, 1); q.Rat().Cmp(want.Quo(want, big.NewRat(c.den, 1))) != 0 {
			t.Errorf("%d/%d is %s", c.num, c.den, q)
		}
		if again := FromRat(q.Rat()); again.String() != q.String() {
			t.Errorf("%s comes back as %s", q, again)
		}
	}
}
