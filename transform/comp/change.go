package comp

import "strings"

// Change makes a formula's value what its inputs changed of it since some months earlier: the part of one input, or of all of them.
type Change struct {
	By    string // the input; "" all together
	Since int    // months
}

// MostCauses are the most inputs whose parts of a change are told: the work doubles with each.
const MostCauses = 6

// before ends the name of what an input was at the beginning of a change.
const before = "_before"

// BeforeName is what an input is called as it was at the beginning of a change.
func BeforeName(input string) string { return input + before }

// Causes are the inputs that a change is shared among: each stands for the same input at the beginning as well.
func (m *Measure) Causes() (out []Input) {
	for _, in := range m.Inputs {
		if m.Change == nil || !strings.HasSuffix(in.Name, before) {
			out = append(out, in)
		}
	}
	return out
}

// Worked is the value of a formula over its inputs' values; null where one that it needs is null.
func (m *Measure) Worked(values map[string]Value) (Value, error) {
	if m.Change == nil {
		return m.Formula.Eval(func(name string) Value { return values[name] })
	}
	parts, _, _, ok, err := m.Changed(values)
	if !ok || err != nil {
		return Value{}, err
	}
	var sum Number
	for i, in := range m.Causes() {
		if m.Change.By == "" || m.Change.By == in.Name {
			sum = sum.Add(parts[i])
		}
	}
	return NumberValue(sum), nil
}

// Changed shares what a formula's value changed among its causes: the parts of each, whose sum is exactly now - then. What an
// input was is named by BeforeName; its n and its interval go with it. Not ok where the formula has no value for some of the
// inputs as they were and others as they are.
func (m *Measure) Changed(values map[string]Value) (parts []Number, then, now Number, ok bool, err error) {
	causes := m.Causes()
	at := map[string]int{}
	for i, in := range causes {
		for _, suffix := range []string{"", "_n", "_low", "_high"} {
			at[in.Name+suffix] = i
		}
	}
	worth := make([]Number, 1<<len(causes))
	for set := range worth {
		v, failed := m.Formula.Eval(func(name string) Value {
			i, known := at[name]
			if known && set&(1<<i) == 0 {
				in := causes[i].Name
				name = BeforeName(in) + strings.TrimPrefix(name, in)
			}
			return values[name]
		})
		if failed != nil || v.Kind != KindNumber {
			return nil, then, now, false, failed
		}
		worth[set] = v.Number
	}
	return Shared(worth), worth[0], worth[len(worth)-1], true, nil
}

// Shared is what each of some causes is worth by Shapley: the mean, over every order in which they may come, of what it adds to
// those before it. worth is what each set of them is worth, set i by the bits of i. No order is preferred, equal causes have
// equal parts, one that never adds anything has none, and the parts sum exactly to what all are worth less what none is.
func Shared(worth []Number) []Number {
	n := 0
	for 1<<n < len(worth) {
		n++
	}
	orders := make([]int64, n+1) // factorials
	orders[0] = 1
	for i := 1; i <= n; i++ {
		orders[i] = orders[i-1] * int64(i)
	}
	out := make([]Number, n)
	for i := range out {
		var sum Number
		for set := range worth {
			if set&(1<<i) != 0 {
				continue
			}
			size := 0
			for k := range n {
				size += set >> k & 1
			}
			sum = sum.Add(worth[set|1<<i].Sub(worth[set]).Mul(Int(orders[size] * orders[n-size-1])))
		}
		out[i], _ = sum.Quo(Int(orders[n]))
	}
	return out
}
