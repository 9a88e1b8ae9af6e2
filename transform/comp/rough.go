package comp

// A number that floating point entered the making of is rough: it has twelve good digits, and nobody can tell on which side
// of a bar it lies that it all but touches. Roughness goes with what is computed of a rough number, but not through what
// does not depend on it: naught times a rough number is naught, and what a cap cuts off is the cap. An exact number is never
// rough, whatever it stands on.

// Roughly is n as a number that floating point entered the making of.
func (n Number) Roughly() Number { return n.roughly(true) }

// Rough says whether floating point entered the making of n.
func (n Number) Rough() bool { return n.rough }

func (n Number) roughly(rough bool) Number {
	n.rough = rough
	return n
}

// naught says whether n is an exact 0.
func (n Number) naught() bool { return !n.rough && n.IsZero() }

// touching is how near a rough number may come to what it is held against: the twelfth digit is rounded, so that of a number
// above 1,000 that is one unit of it.
func touching(n Number) Number {
	return Scaled(1, 9).Max(n.Abs().Mul(Scaled(1, 12)))
}

// Touches says whether one of the two is rough and they lie within 1e-9, or within a unit of the twelfth digit, of each
// other: which one is above the other is then not known.
func (n Number) Touches(m Number) bool {
	return (n.rough || m.rough) && n.Sub(m).Abs().Cmp(touching(m)) <= 0
}

// Touches says whether a rough amount lies so near to where a rounding goes one way or the other that its last minor unit is
// not known. False for what Round refuses.
func (a Amount) Touches(mode Rounding) bool {
	if !a.rough {
		return false
	}
	near := touching(a.Number)
	low, err := Amount{a.Number.Sub(near), a.Currency}.Round(mode)
	if err != nil {
		return false
	}
	high, err := Amount{a.Number.Add(near), a.Currency}.Round(mode)
	return err == nil && low != high
}

// edged says whether an operation's result may as well be another: an argument's may, or it compares what touches.
func edged(op Op, args []Value) bool {
	for i, a := range args {
		if a.Edge {
			return true
		}
		switch op {
		case Eq, Ne, In, Lt, Le, Gt, Ge:
			if i > 0 && a.Kind == KindNumber && args[0].Kind == KindNumber && args[0].Number.Touches(a.Number) {
				return true
			}
		}
	}
	return false
}
