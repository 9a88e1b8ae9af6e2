package stat

import "carrot/transform/comp"

// Phase is one row of an experiment: in which cluster, of the treated or not, after or before, and its value; N times.
type Phase struct {
	Cluster        string
	Treated, After bool
	Value          comp.Number
	N              int64
}

// Effect is the difference in differences (treated after - before) - (control after - before) of means, exact, with the
// variance by clusters (sandwich, C/(C-1)). False where one of the four has no row, or there are fewer than two clusters.
func Effect(rows []Phase) (value, variance comp.Number, ok bool) {
	var sum [2][2]comp.Number
	var n [2][2]int64
	at := func(p Phase) (int, int) { return one(p.Treated), one(p.After) }
	for _, p := range rows {
		t, a := at(p)
		sum[t][a], n[t][a] = sum[t][a].Add(p.Value.Mul(comp.Int(p.N))), n[t][a]+p.N
	}
	var mean [2][2]comp.Number
	for t := range sum {
		for a := range sum[t] {
			if n[t][a] == 0 {
				return value, variance, false
			}
			mean[t][a] = over(sum[t][a], comp.Int(n[t][a]))
		}
	}
	value = mean[1][1].Sub(mean[1][0]).Sub(mean[0][1].Sub(mean[0][0]))
	residual := map[string]comp.Number{}
	var order []string
	for _, p := range rows {
		t, a := at(p)
		r, seen := residual[p.Cluster]
		if !seen {
			order = append(order, p.Cluster)
		}
		d := over(p.Value.Sub(mean[t][a]).Mul(comp.Int(p.N)), comp.Int(n[t][a]))
		if t != a {
			d = d.Neg()
		}
		residual[p.Cluster] = r.Add(d)
	}
	if len(order) < 2 {
		return value, variance, false
	}
	for _, c := range order {
		variance = variance.Add(residual[c].Mul(residual[c]))
	}
	c := int64(len(order))
	return value, over(variance.Mul(comp.Int(c)), comp.Int(c-1)), true
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
