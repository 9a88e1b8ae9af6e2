package transform

import (
	"fmt"
	"slices"

	"carrot/transform/comp"
	"carrot/transform/stat"
)

// asked are the groups of an evenness, with who answered.
func (e *estimator) asked(g *gathered) []stat.Asked {
	var out []stat.Asked
	last := ""
	for _, b := range g.spread.sorted() {
		if len(out) == 0 || b.group != last {
			out, last = append(out, stat.Asked{}), b.group
		}
		a := &out[len(out)-1]
		if a.All += b.n; b.hit {
			a.Answered += b.n
		}
	}
	return out
}

// weighted is the value by the declared shares of the measure's strata; raw where it has none. Missing where a group has no rows and
// no other speaks for it.
func (e *estimator) weighted(g *gathered, raw comp.Number, est *comp.Estimate) (comp.Number, bool) {
	if len(e.m.Strata) == 0 || e.m.Aggregate == comp.Evenness {
		return raw, true
	}
	cells, ok := e.cells(g, est)
	if !ok {
		return raw, false
	}
	level := sureness
	if u := e.m.Uncertainty; u != nil {
		level = u.Level
	}
	est.Raw = ptr(raw)
	if len(e.m.Strata) > 1 {
		return e.raked(cells, level, est), true
	}
	groups := make([]stat.Stratum, 0, len(cells))
	by := &e.m.Strata[0]
	for i, w := range by.Weights {
		s := stat.Stratum{Weight: w.Share}
		var bins []stat.Bin
		for _, c := range cells {
			if c.groups[0] == i {
				bins = append(bins, c.bins...)
			}
		}
		if len(bins) == 0 {
			continue // another speaks for it
		}
		s.N, s.Mean, s.Variance = stat.Moments(bins)
		for _, x := range by.Empty {
			if x.Into == w.Name && !slices.ContainsFunc(cells, func(c stratum) bool { return by.Weights[c.groups[0]].Name == x.Name }) {
				s.Weight = s.Weight.Add(by.Share(x.Name))
			}
		}
		groups = append(groups, s)
	}
	value, variance, effective := stat.Poststratified(groups)
	in := stat.Normal(value, variance, level)
	est.Method, est.Level, est.SE, est.Low, est.High, est.Effective = "normal, by "+by.By, level, ptr(in.SE), ptr(in.Low), ptr(in.High), ptr(effective)
	est.Notes = append(est.Notes, "weighted by "+by.By)
	return value, true
}

// stratum is a combination of groups with its rows.
type stratum struct {
	groups []int // indexes of weights, by dimension
	bins   []stat.Bin
}

// cells are the combinations of groups that have rows, in the order of the groups. False where a group has neither rows nor one
// that speaks for it, or a row is in no declared group.
func (e *estimator) cells(g *gathered, est *comp.Estimate) ([]stratum, bool) {
	var out []stratum
	seen := make([]map[int]bool, len(e.m.Strata))
	for _, b := range g.spread.sorted() {
		in := b.groups()
		at := make([]int, len(e.m.Strata))
		for d := range e.m.Strata {
			if at[d] = slices.IndexFunc(e.m.Strata[d].Weights, func(w comp.Weight) bool { return w.Name == in[d] }); at[d] < 0 {
				est.Notes = append(est.Notes, fmt.Sprintf("%s %q has no declared share", e.m.Strata[d].By, in[d]))
				return nil, false
			}
			if seen[d] == nil {
				seen[d] = map[int]bool{}
			}
			seen[d][at[d]] = true
		}
		i := slices.IndexFunc(out, func(s stratum) bool { return slices.Equal(s.groups, at) })
		if i < 0 {
			i, out = len(out), append(out, stratum{groups: at})
		}
		out[i].bins = append(out[i].bins, stat.Bin{Value: e.scored(&b.bin), N: b.n})
	}
	for d, s := range e.m.Strata {
		for i, w := range s.Weights {
			if !seen[d][i] && !slices.ContainsFunc(s.Empty, func(c comp.Collapse) bool { return c.Name == w.Name }) {
				est.Notes = append(est.Notes, fmt.Sprintf("nobody of %s %q answered", s.By, w.Name))
				return nil, false
			}
		}
	}
	return out, len(out) > 0
}

// raked weights by several dimensions at once.
func (e *estimator) raked(cells []stratum, level comp.Number, est *comp.Estimate) comp.Number {
	in := make([]stat.Cell, len(cells))
	var pooled []stat.Bin
	for i, c := range cells {
		n, mean, _ := stat.Moments(c.bins)
		in[i] = stat.Cell{Groups: c.groups, N: n, Mean: mean}
		pooled = append(pooled, c.bins...)
	}
	targets := make([][]comp.Number, len(e.m.Strata))
	for d, s := range e.m.Strata {
		for _, w := range s.Weights {
			targets[d] = append(targets[d], w.Share)
		}
	}
	r := stat.Rake(in, targets, e.m.Trim)
	_, _, variance := stat.Moments(pooled)
	i := stat.Normal(r.Value, over(variance, r.Effective), level)
	est.Method, est.Level, est.SE, est.Low, est.High, est.Effective = "normal, raked", level, ptr(i.SE), ptr(i.Low), ptr(i.High), ptr(r.Effective)
	if r.Trimmed > 0 {
		est.Notes = append(est.Notes, fmt.Sprintf("%d weights were cut to %s times the mean", r.Trimmed, e.m.Trim))
	}
	if !r.Converged {
		est.Notes = append(est.Notes, fmt.Sprintf("the weights had not settled after %d rounds", r.Rounds))
	}
	return r.Value
}
