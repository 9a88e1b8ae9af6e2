package naive

import (
	"math/big"

	"carrot/transform/comp"
)

// round turns exact pay into minor units by the plan's rounding.
func (e *engine) round(c *matter, pay *big.Rat) int64 {
	minor, ok := roundIn(c.paid, pay, e.in.Plans[c.plan].Rounding)
	if !ok {
		e.lack(c, "cannot_round")
	}
	return minor
}

// cents is round of what a component pays, whose last cent is to be certain.
func (e *engine) cents(c *matter, pay outcome) int64 {
	if pay.rough && e.turns(c, pay.exact) && e.swayed(c, pay.exact) {
		e.edge(c)
	}
	return e.round(c, pay.exact)
}

// roundIn turns exact pay into minor units of a currency.
func roundIn(currency comp.Currency, pay *big.Rat, mode comp.Rounding) (minor int64, ok bool) {
	digits, _ := currency.Digits()
	x := new(big.Rat).Set(pay)
	for range digits {
		x.Mul(x, big.NewRat(10, 1))
	}
	low := new(big.Int).Quo(x.Num(), x.Denom()) // toward zero
	rest := new(big.Rat).Sub(x, new(big.Rat).SetInt(low))
	half := rest.Abs(rest).Cmp(big.NewRat(1, 2))
	away := false
	switch mode {
	case comp.HalfAway:
		away = half >= 0
	case comp.HalfEven:
		away = half > 0 || (half == 0 && low.Bit(0) == 1)
	case comp.AwayFromZero:
		away = rest.Sign() != 0
	}
	if away {
		low.Add(low, big.NewInt(int64(x.Sign())))
	}
	if !low.IsInt64() {
		return 0, false
	}
	return low.Int64(), true
}
