package naive

import (
	"math/big"
	"strings"

	"carrot/transform/comp"
)

// changed is what one input, or all of them, changed of a formula's value: the mean of what it changes, over all orders in which
// the inputs may go from what they were to what they are.
func changed(m *comp.Measure, values map[string]comp.Value) *big.Rat {
	var names []string
	for _, in := range m.Inputs {
		if !strings.HasSuffix(in.Name, "_before") {
			names = append(names, in.Name)
		}
	}
	sum, orders, whole := new(big.Rat), int64(0), true
	var walk func(gone []string, worth *big.Rat)
	walk = func(gone []string, worth *big.Rat) {
		if len(gone) == len(names) {
			orders++
			return
		}
		for _, name := range names {
			if !among(name, gone) {
				next := append(append([]string(nil), gone...), name)
				then := worthOf(m, names, next, values)
				if then == nil || worth == nil {
					whole = false
					continue
				}
				if m.Change.By == "" || m.Change.By == name { // it is as often at this place as those that remain can follow it
					step := new(big.Rat).Sub(then, worth)
					sum.Add(sum, step.Mul(step, big.NewRat(follow(len(names)-len(next)), 1)))
				}
				walk(next, then)
			}
		}
	}
	walk(nil, worthOf(m, names, nil, values))
	if !whole || orders == 0 {
		return nil
	}
	return sum.Quo(sum, big.NewRat(orders, 1))
}

// follow is in how many orders so many inputs can come.
func follow(n int) int64 {
	if n < 2 {
		return 1
	}
	return int64(n) * follow(n-1)
}

func among(name string, list []string) bool {
	for _, x := range list {
		if x == name {
			return true
		}
	}
	return false
}

// worthOf is the formula's value where those that are gone are as they are now, and the others as they were.
func worthOf(m *comp.Measure, names, gone []string, values map[string]comp.Value) *big.Rat {
	v, err := m.Formula.Eval(func(called string) comp.Value {
		for _, name := range names {
			rest, its := strings.CutPrefix(called, name)
			if its && (rest == "" || rest == "_n" || rest == "_low" || rest == "_high") && !among(name, gone) {
				return values[name+"_before"+rest]
			}
		}
		return values[called]
	})
	if err != nil || v.Kind != comp.KindNumber {
		return nil
	}
	return v.Number.Rat()
}
