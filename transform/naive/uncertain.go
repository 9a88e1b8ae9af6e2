package naive

import (
	"math/big"
	"slices"
	"strings"

	"carrot/transform/comp"
	"carrot/transform/stat"
)

// What needs roots and quantiles comes from package stat: exact counts go in, a rounded number comes out.

// ends are the ends of a value's interval; false where the measure has none.
func (e *engine) ends(c *matter, m *comp.Measure, toDate string, back int) (low, high comp.Number, ok bool) {
	rows := e.rowsOf(c, m, toDate, back)
	if len(rows) == 0 {
		return low, high, false
	}
	level, method := comp.Scaled(95, 2), ""
	switch {
	case m.Uncertainty != nil:
		level, method = m.Uncertainty.Level, m.Uncertainty.Method
	case m.Aggregate == comp.Net || m.Aggregate == comp.Mean && m.Surveys():
		method = "normal"
	case (m.Aggregate == comp.Share || m.Aggregate == comp.Rate) && m.Surveys():
		method = "wilson"
	}
	n := big.NewRat(int64(len(rows)), 1)
	v := mean(m, rows, func(credit) bool { return true })
	switch {
	case method == "" || method == "bootstrap" || len(m.Strata) > 0 || m.Cluster != "" || m.Aggregate == comp.Effect:
		return low, high, false
	case method == "wilson":
		i := stat.Wilson(comp.FromRat(v), comp.FromRat(n), level)
		return i.Low, i.High, true
	}
	squares := new(big.Rat)
	for _, r := range rows {
		d := new(big.Rat).Sub(score(m, r), v)
		squares.Add(squares, d.Mul(d, d))
	}
	squares.Quo(squares, new(big.Rat).Mul(n, n))
	i := stat.Normal(comp.FromRat(v), comp.FromRat(squares), level)
	return i.Low, i.High, true
}

func evenness(rows []credit) *big.Rat {
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
		return r.Rat()
	}
	return nil
}

func raked(m *comp.Measure, rows []credit) *big.Rat {
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
				return nil
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
				return nil
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
	return stat.Rake(cells, targets, m.Trim).Value.Rat()
}
