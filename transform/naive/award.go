package naive

import (
	"math/big"

	"carrot/transform/comp"
)

// Kind is pay in kind of one payee.
type Kind struct{ Payee, What string }

// worth is the fair value of an award at factor 1.
func (e *engine) worth(c *matter) *big.Rat {
	n, has := c.component.Award.Value[c.currency]
	if !has {
		e.lack(c, "missing_target")
		return new(big.Rat)
	}
	return n.Rat()
}

// award turns the value of an award into what is paid of it in money: the tax that is borne. In the run's own month the value
// is told as pay in kind.
func (e *engine) award(x *earning, month comp.Period) {
	c := x.matter
	value := x.minor
	x.minor = 0
	if c.unknown || c.component.Shown {
		return
	}
	gross := value
	for _, law := range e.in.Settings.Legal {
		if law.ID != c.component.Award.GrossUp {
			continue
		}
		if v := inForce(law, month.End-1); v != nil {
			rate := v.N["rate"]
			left := new(big.Rat).Sub(big.NewRat(1, 1), rate.Rat())
			exact := new(big.Rat).Quo(big.NewRat(value, 1), left)
			digits, _ := c.paid.Digits()
			for range digits {
				exact.Quo(exact, big.NewRat(10, 1))
			}
			gross = e.round(c, exact)
		}
	}
	x.minor = gross - value
	if month == e.in.Run.Period && value != 0 {
		k := Kind{c.person.ID, c.component.Award.What}
		e.kind[k] = [2]int64{e.kind[k][0] + value, e.kind[k][1] + gross}
	}
}
