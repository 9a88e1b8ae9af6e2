package naive

import (
	"math/big"
	"slices"

	"carrot/transform/comp"
)

func earlier(p comp.Period, months int) comp.Period {
	if months == 0 {
		return p
	}
	return comp.Period{Start: p.Start.AddMonths(-months), End: p.End.AddMonths(-months)}
}

// formula works a measure out of its inputs; without a value where one that it needs is missing.
func (e *engine) formula(c *matter, m *comp.Measure, toDate string, back, rates int) (out readout) {
	values := map[string]comp.Value{}
	for _, in := range m.Inputs {
		r := e.readAt(c, in.Measure, toDate, back+in.Back, rates+in.Rates)
		values[in.Name+"_n"] = comp.NumberValue(comp.Int(r.n))
		if in.Name == m.Counted {
			out.n = r.n
		}
		for suffix, v := range map[string]*big.Rat{"": r.value, "_low": r.low, "_high": r.high} { // a map
			if v != nil && r.value != nil {
				n := comp.FromRat(v)
				if e.rough[v] {
					n = n.Roughly()
				}
				values[in.Name+suffix] = comp.NumberValue(n)
			}
		}
	}
	if m.Change != nil {
		out.value = changed(m, values)
		return out
	}
	v, err := m.Formula.Eval(func(name string) comp.Value { return values[name] })
	if err == nil && v.Kind == comp.KindNumber {
		if out.value = e.rat(v.Number); v.Edge {
			e.edge(c)
		}
	}
	return out
}

// score is what a row counts for in the mean that a measure's value is.
func score(m *comp.Measure, r credit) *big.Rat {
	switch m.Aggregate {
	case comp.Share, comp.Rate, comp.Evenness:
		return big.NewRat(truth(r.hit), 1)
	case comp.Net:
		return big.NewRat(100*(truth(r.hit)-truth(r.miss)), 1)
	}
	return r.value
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// mean is that of the rows that pass; nil where none does.
func mean(m *comp.Measure, rows []credit, pass func(credit) bool) *big.Rat {
	sum, n := new(big.Rat), int64(0)
	for _, r := range rows {
		if pass(r) {
			sum.Add(sum, score(m, r))
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return sum.Quo(sum, big.NewRat(n, 1))
}

// statistic works out what rows come to, and how far that can be relied on.
func (e *engine) statistic(m *comp.Measure, rows []credit, seed string, out *readout) {
	var v *big.Rat
	switch {
	case m.NetBy != "":
		v = netted(m, rows)
	case m.Aggregate == comp.Median:
		v = median(m, rows)
	case m.Aggregate == comp.Evenness:
		v = e.evenness(rows)
	case m.Aggregate == comp.Effect:
		v = effect(m, rows)
	case m.Aggregate.Adds():
		v = new(big.Rat)
		for _, r := range rows {
			v.Add(v, r.value)
		}
	case len(m.Strata) == 1:
		v = weighted(m, rows)
	case len(m.Strata) > 1:
		v = e.raked(m, rows)
	default:
		v = mean(m, rows, everyRow)
	}
	if v == nil {
		return
	}
	if modelled(m) && len(rows) > 0 {
		e.like(v, true)
	}
	out.low, out.high = e.interval(m, rows, v, seed)
	if out.value = v; m.Shrink != nil {
		out.value = e.like(shrunk(m, v, int64(len(rows))), e.rough[v])
	}
}

func everyRow(credit) bool { return true }

// stand takes what the plan reads of a value: an end of its interval, or where that lies.
func (e *engine) stand(c *matter, m *comp.Measure, toDate string, back int, out *readout) {
	if m.Pays == "" || out.value == nil {
		return
	}
	if out.value = nil; out.low == nil {
		return
	}
	switch m.Pays {
	case "lower":
		out.value = out.low
		return
	case "upper":
		out.value = out.high
		return
	}
	against := m.Standing.Against.Rat()
	if m.Standing.Measure != "" {
		if against = e.readAt(c, m.Standing.Measure, toDate, back, 0).value; against == nil {
			return
		}
	}
	e.touch(c, out.low, against)
	e.touch(c, out.high, against)
	at := truth(against.Cmp(out.low) < 0) - truth(against.Cmp(out.high) > 0)
	if m.Down {
		at = -at
	}
	out.value = big.NewRat(at, 1)
}

// shrunk pulls a value of n rows toward the measure's prior.
func shrunk(m *comp.Measure, v *big.Rat, n int64) *big.Rat {
	weight, prior := m.Shrink.N.Rat(), m.Shrink.Value.Rat()
	if weight.Sign() == 0 {
		weight = new(big.Rat).Add(m.Shrink.Hits.Rat(), m.Shrink.Misses.Rat())
		prior = new(big.Rat).Quo(m.Shrink.Hits.Rat(), weight)
	}
	sum := new(big.Rat).Add(new(big.Rat).Mul(v, big.NewRat(n, 1)), new(big.Rat).Mul(prior, weight))
	return sum.Quo(sum, new(big.Rat).Add(weight, big.NewRat(n, 1)))
}

func netted(m *comp.Measure, rows []credit) *big.Rat {
	by := map[string]*big.Rat{}
	for _, r := range rows {
		k := r.group[len(m.Strata)]
		if by[k] == nil {
			by[k] = new(big.Rat)
		}
		by[k].Add(by[k], r.value)
	}
	out := new(big.Rat)
	for _, v := range by {
		if v.Sign() > 0 == (m.Side == "gains") {
			out.Add(out, new(big.Rat).Abs(v))
		}
	}
	return out
}

// median walks through the times and multiplies the shares of those who go on waiting.
func median(m *comp.Measure, rows []credit) *big.Rat {
	left := big.NewRat(1, 1)
	times := slices.Clone(rows)
	slices.SortFunc(times, func(a, b credit) int { return a.value.Cmp(b.value) })
	for i, r := range times {
		if i > 0 && times[i-1].value.Cmp(r.value) == 0 {
			continue
		}
		waiting, met := int64(len(times)-i), int64(0)
		for _, o := range times[i:] {
			if o.value.Cmp(r.value) == 0 && (o.hit || m.Terms[0].Hit == nil) {
				met++
			}
		}
		if left.Mul(left, big.NewRat(waiting-met, waiting)); met > 0 && left.Cmp(big.NewRat(1, 2)) <= 0 {
			return r.value
		}
	}
	return nil
}

func effect(m *comp.Measure, rows []credit) *big.Rat {
	at := func(arm, phase string) *big.Rat {
		return mean(m, rows, func(r credit) bool { return r.group[len(r.group)-2] == arm && r.group[len(r.group)-1] == phase })
	}
	ta, tb, ca, cb := at("treated", "after"), at("treated", "before"), at("control", "after"), at("control", "before")
	if ta == nil || tb == nil || ca == nil || cb == nil {
		return nil
	}
	out := new(big.Rat).Sub(ta, tb)
	return out.Sub(out, new(big.Rat).Sub(ca, cb))
}

// weighted is the sum of each group's mean times its share. Another group speaks for one without rows.
func weighted(m *comp.Measure, rows []credit) *big.Rat {
	s, out := m.Strata[0], new(big.Rat)
	for _, r := range rows {
		if !slices.ContainsFunc(s.Weights, func(w comp.Weight) bool { return w.Name == r.group[0] }) {
			return nil
		}
	}
	for _, w := range s.Weights {
		v := mean(m, rows, func(r credit) bool { return r.group[0] == w.Name })
		for _, x := range s.Empty {
			if v == nil && x.Name == w.Name {
				v = mean(m, rows, func(r credit) bool { return r.group[0] == x.Into })
			}
		}
		if v == nil {
			return nil
		}
		out.Add(out, v.Mul(v, w.Share.Rat()))
	}
	return out
}
