package naive

import (
	"math/big"
	"slices"
	"strings"

	"carrot/transform/comp"
	"carrot/transform/stat"
)

// What needs roots and quantiles comes from package stat: exact counts go in, a rounded number comes out.

// interval is the ends of the interval of a value that is not yet shrunk; nil where it has none.
func (e *engine) interval(m *comp.Measure, rows []credit, v *big.Rat, seed string) (low, high *big.Rat) {
	level, method, draws := comp.Scaled(95, 2), "", 0
	switch {
	case m.Uncertainty != nil:
		level, method, draws = m.Uncertainty.Level, m.Uncertainty.Method, m.Uncertainty.Draws
	case m.Aggregate == comp.Net || m.Aggregate == comp.Effect || m.Aggregate == comp.Mean && m.Surveys():
		method = "normal"
	case (m.Aggregate == comp.Share || m.Aggregate == comp.Rate) && m.Surveys():
		method = "wilson"
	}
	n := big.NewRat(int64(len(rows)), 1)
	var variance *big.Rat
	switch {
	case m.Aggregate == comp.Evenness || len(rows) == 0:
		return nil, nil
	case len(m.Strata) == 1:
		variance = weightedVariance(m, rows)
	case len(m.Strata) > 1:
		_, effective := rake(m, rows)
		variance = new(big.Rat).Quo(variation(m, rows, everyRow), effective)
	case method == "":
		return nil, nil
	case m.Aggregate == comp.Effect:
		variance = effectVariance(m, rows)
	case m.Cluster != "":
		variance = clusterVariance(m, rows, v)
	case method == "wilson":
		i := stat.Wilson(comp.FromRat(v), comp.FromRat(n), level)
		return e.rat(i.Low), e.rat(i.High)
	case method == "bootstrap":
		var bins []stat.Bin
		for _, r := range rows {
			bins = append(bins, stat.Bin{Value: comp.FromRat(score(m, r)), N: 1})
		}
		i := stat.Bootstrap(bins, level, draws, seed)
		return e.rat(i.Low), e.rat(i.High)
	default:
		variance = new(big.Rat).Quo(variation(m, rows, everyRow), n)
	}
	if variance == nil {
		return nil, nil
	}
	value := comp.FromRat(v)
	if e.rough[v] {
		value = value.Roughly()
	}
	i := stat.Normal(value, comp.FromRat(variance), level)
	return e.rat(i.Low), e.rat(i.High)
}

// variation is the mean square of what the rows that pass lie off their mean; there is at least one.
func variation(m *comp.Measure, rows []credit, pass func(credit) bool) *big.Rat {
	squares, n, v := new(big.Rat), int64(0), mean(m, rows, pass)
	for _, r := range rows {
		if pass(r) {
			d := new(big.Rat).Sub(score(m, r), v)
			squares.Add(squares, d.Mul(d, d))
			n++
		}
	}
	return squares.Quo(squares, big.NewRat(n, 1))
}

// weightedVariance adds each group's variance times the square of its share, those shares with it for which it speaks.
func weightedVariance(m *comp.Measure, rows []credit) *big.Rat {
	s, out := m.Strata[0], new(big.Rat)
	for _, w := range s.Weights {
		in := func(r credit) bool { return r.group[0] == w.Name }
		n := int64(0)
		for _, r := range rows {
			n += truth(in(r))
		}
		if n == 0 {
			continue
		}
		share := w.Share.Rat()
		for _, x := range s.Empty {
			if x.Into == w.Name && mean(m, rows, func(r credit) bool { return r.group[0] == x.Name }) == nil {
				share = new(big.Rat).Add(share, s.Share(x.Name).Rat())
			}
		}
		part := new(big.Rat).Mul(share, share)
		part.Mul(part, variation(m, rows, in))
		out.Add(out, part.Quo(part, big.NewRat(n, 1)))
	}
	return out
}

// sandwich is C / (C - 1) times the sum of the squares of what clusters add up to; nil for fewer than two.
func sandwich(by map[string]*big.Rat) *big.Rat {
	out, c := new(big.Rat), int64(len(by))
	if c < 2 {
		return nil
	}
	for _, r := range by { // a sum
		out.Add(out, new(big.Rat).Mul(r, r))
	}
	return out.Mul(out, big.NewRat(c, c-1))
}

// clusterVariance is that of a mean whose rows are independent by cluster only.
func clusterVariance(m *comp.Measure, rows []credit, v *big.Rat) *big.Rat {
	by, n := map[string]*big.Rat{}, big.NewRat(int64(len(rows)), 1)
	for _, r := range rows {
		k := r.group[len(m.Strata)]
		if by[k] == nil {
			by[k] = new(big.Rat)
		}
		d := new(big.Rat).Sub(score(m, r), v)
		by[k].Add(by[k], d.Quo(d, n))
	}
	return sandwich(by)
}

// effectVariance is that of a difference in differences: each row lies so far off the mean of its arm and phase.
func effectVariance(m *comp.Measure, rows []credit) *big.Rat {
	by := map[string]*big.Rat{}
	for _, r := range rows {
		g := r.group
		if (g[1] != "treated" && g[1] != "control") || (g[2] != "before" && g[2] != "after") {
			continue
		}
		same := func(o credit) bool { return o.group[1] == g[1] && o.group[2] == g[2] }
		n := int64(0)
		for _, o := range rows {
			n += truth(same(o))
		}
		d := new(big.Rat).Sub(r.value, mean(m, rows, same))
		d.Quo(d, big.NewRat(n, 1))
		if (g[1] == "treated") != (g[2] == "after") {
			d.Neg(d)
		}
		if by[g[0]] == nil {
			by[g[0]] = new(big.Rat)
		}
		by[g[0]].Add(by[g[0]], d)
	}
	return sandwich(by)
}

func (e *engine) evenness(rows []credit) *big.Rat {
	by := map[string]*stat.Asked{}
	var order []string
	for _, r := range rows {
		k := strings.Join(r.group, "|")
		if by[k] == nil {
			by[k] = &stat.Asked{}
			order = append(order, k)
		}
		by[k].All++
		by[k].Answered += truth(r.hit)
	}
	slices.Sort(order)
	var asked []stat.Asked
	for _, k := range order {
		asked = append(asked, *by[k])
	}
	if r, _, _, ok := stat.Evenness(asked); ok {
		return e.rat(r)
	}
	return nil
}

func (e *engine) raked(m *comp.Measure, rows []credit) *big.Rat {
	v, _ := rake(m, rows)
	if v == nil {
		return nil
	}
	return e.rat(*v)
}

// rake is the raked value with the effective number of rows; nil where a group has none.
func rake(m *comp.Measure, rows []credit) (value *comp.Number, effective *big.Rat) {
	var cells []stat.Cell
	var keys []string
	targets := make([][]comp.Number, len(m.Strata))
	for d, s := range m.Strata {
		for _, w := range s.Weights {
			targets[d] = append(targets[d], w.Share)
		}
	}
	for _, r := range rows {
		at := make([]int, len(m.Strata))
		for d, s := range m.Strata {
			if at[d] = slices.IndexFunc(s.Weights, func(w comp.Weight) bool { return w.Name == r.group[d] }); at[d] < 0 {
				return nil, nil
			}
		}
		if k := strings.Join(r.group[:len(m.Strata)], "\x00"); !slices.Contains(keys, k) {
			keys = append(keys, k)
			cells = append(cells, stat.Cell{Groups: at})
		}
	}
	for d, s := range m.Strata {
		for i := range s.Weights {
			if !slices.ContainsFunc(cells, func(c stat.Cell) bool { return c.Groups[d] == i }) {
				return nil, nil
			}
		}
	}
	for i := range cells {
		in := func(r credit) bool { return strings.Join(r.group[:len(m.Strata)], "\x00") == keys[i] }
		cells[i].Mean = comp.FromRat(mean(m, rows, in))
		for _, r := range rows {
			cells[i].N += truth(in(r))
		}
	}
	slices.SortFunc(cells, func(a, b stat.Cell) int { return slices.Compare(a.Groups, b.Groups) })
	r := stat.Rake(cells, targets, m.Trim)
	return &r.Value, r.Effective.Rat()
}
