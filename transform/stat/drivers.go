package stat

import (
	"math"
	"sort"

	"carrot/transform/comp"
)

// Answer is N answers alike: the score, and what the same people said of some items.
type Answer struct {
	Score comp.Number
	Items []comp.Number
	N     int64
}

// Driver is how much an item weighs in a score: its share of what the items together explain of how scores differ, and by how much
// the score goes with one more of it while the others stay as they are.
type Driver struct {
	Share, Low, High, Slope, Mean comp.Number
}

// Drivers shares what a regression of the score on all items explains (R²) among them: the mean, over every order in which they may
// enter, of what each adds (LMG). Shares and R² are exact, and the shares sum to one; their interval is the percentile one of so
// many resamples, drawn by PCG seeded from a text. False where scores do not differ, or nothing explains them.
func Drivers(answers []Answer, level comp.Number, draws int, seed string) (drivers []Driver, explained comp.Number, ok bool) {
	if len(answers) == 0 {
		return nil, comp.Number{}, false
	}
	k := len(answers[0].Items)
	m, means := covariances(answers)
	all := make([]int, k)
	for i := range all {
		all[i] = i
	}
	explained = explains(m, all)
	if explained.Sign() <= 0 {
		return nil, comp.Number{}, false
	}
	worth := make([]comp.Number, 1<<k)
	for set := range worth {
		worth[set] = explains(m, members(set, k))
	}
	solved := eliminated(m, all)
	for i, part := range comp.Shared(worth) {
		d := Driver{Share: over(part, explained), Mean: means[i]}
		if solved[i][i].Sign() != 0 {
			d.Slope = over(solved[i][k], solved[i][i])
		}
		drivers = append(drivers, d)
	}
	resample(answers, level, draws, seed, drivers)
	return drivers, explained, true
}

func members(set, k int) (out []int) {
	for i := range k {
		if set&(1<<i) != 0 {
			out = append(out, i)
		}
	}
	return out
}

// covariances are those of the items and, last, the score; over n. There is at least one answer.
func covariances(answers []Answer) (m [][]comp.Number, means []comp.Number) {
	k := len(answers[0].Items) + 1
	sums, n := make([]comp.Number, k), int64(0)
	m = make([][]comp.Number, k)
	for i := range m {
		m[i] = make([]comp.Number, k)
	}
	for _, a := range answers {
		row, times := append(append([]comp.Number(nil), a.Items...), a.Score), comp.Int(a.N)
		n += a.N
		for i := range k {
			v := row[i].Mul(times)
			sums[i] = sums[i].Add(v)
			for j := range k {
				m[i][j] = m[i][j].Add(v.Mul(row[j]))
			}
		}
	}
	for i := range k {
		means = append(means, over(sums[i], comp.Int(n)))
	}
	for i := range k {
		for j := range k {
			m[i][j] = over(m[i][j], comp.Int(n)).Sub(means[i].Mul(means[j]))
		}
	}
	return m, means
}

// eliminated is the matrix after Gauss and Jordan on some columns, in order. One that the others before it already say, or that
// never differs, is left out: its diagonal is zero.
func eliminated(m [][]comp.Number, columns []int) [][]comp.Number {
	out := make([][]comp.Number, len(m))
	for i := range m {
		out[i] = append([]comp.Number(nil), m[i]...)
	}
	for _, c := range columns {
		if out[c][c].Sign() == 0 {
			continue
		}
		for i := range out {
			if i == c || out[i][c].Sign() == 0 {
				continue
			}
			f := over(out[i][c], out[c][c])
			for j := range out[i] {
				out[i][j] = out[i][j].Sub(f.Mul(out[c][j]))
			}
		}
	}
	return out
}

// explains is the share of the score's variance that a regression on some items explains; 0 where scores do not differ.
func explains(m [][]comp.Number, items []int) comp.Number {
	y := len(m) - 1
	if m[y][y].Sign() == 0 {
		return comp.Number{}
	}
	return comp.Int(1).Sub(over(eliminated(m, items)[y][y], m[y][y]))
}

// resample sets the intervals of the shares. A resample in which scores do not differ says nothing and is left out.
func resample(answers []Answer, level comp.Number, draws int, seed string, drivers []Driver) {
	k, rows := len(drivers), make([][]float64, len(answers))
	var of []int32 // whose row each answer is
	for i, a := range answers {
		for range a.N {
			of = append(of, int32(i))
		}
		for _, x := range a.Items {
			rows[i] = append(rows[i], float(x))
		}
		rows[i] = append(rows[i], float(a.Score))
	}
	random := drawing(seed, int64(len(of)))
	shares, times := make([][]float64, k), make([]float64, len(answers))
	for range draws {
		clear(times)
		for range of {
			times[of[random.IntN(len(of))]]++
		}
		for i, x := range lmg(spreads(rows, times)) {
			shares[i] = append(shares[i], x)
		}
	}
	tail := over(comp.Int(1).Sub(level), comp.Int(2))
	for i := range drivers {
		sort.Float64s(shares[i])
		drivers[i].Low, drivers[i].High = settled(percentile(shares[i], tail)).Roughly(), settled(percentile(shares[i], comp.Int(1).Sub(tail))).Roughly()
	}
}

// spreads are covariances of rows that count so many times, the score last, all scaled to variances of one.
func spreads(rows [][]float64, times []float64) [][]float64 {
	k := len(rows[0])
	m, means, n := make([][]float64, k), make([]float64, k), 0.0
	for i := range m {
		m[i] = make([]float64, k)
	}
	for r, row := range rows {
		n += times[r]
		for i := range k {
			means[i] += row[i] * times[r]
		}
	}
	for r, row := range rows {
		if times[r] == 0 {
			continue
		}
		for i := range k {
			for j := range k {
				m[i][j] += (row[i] - means[i]/n) * (row[j] - means[j]/n) * times[r]
			}
		}
	}
	scale := make([]float64, k)
	for i := range k {
		if scale[i] = math.Sqrt(m[i][i]); scale[i] == 0 {
			scale[i] = 1
		}
	}
	for i := range k {
		for j := range k {
			m[i][j] /= scale[i] * scale[j]
		}
	}
	return m
}

// lmg is Drivers' shares in floating point, of what spreads gives; nil where nothing is explained.
func lmg(m [][]float64) []float64 {
	k := len(m) - 1
	worth := make([]float64, 1<<k)
	for set := range worth {
		left := make([][]float64, len(m))
		for i := range m {
			left[i] = append([]float64(nil), m[i]...)
		}
		for _, c := range members(set, k) {
			if left[c][c] < 1e-9 {
				continue
			}
			for i := range left {
				if f := left[i][c] / left[c][c]; i != c {
					for j := range left[i] {
						left[i][j] -= f * left[c][j]
					}
				}
			}
		}
		worth[set] = m[k][k] - left[k][k]
	}
	whole := worth[len(worth)-1]
	if m[k][k] == 0 || whole < 1e-9 {
		return nil
	}
	orders := make([]float64, k+1)
	orders[0] = 1
	for i := 1; i <= k; i++ {
		orders[i] = orders[i-1] * float64(i)
	}
	out := make([]float64, k)
	for set := range worth {
		size := len(members(set, k))
		for i := range k {
			if set&(1<<i) == 0 {
				out[i] += (worth[set|1<<i] - worth[set]) * orders[size] * orders[k-size-1] / orders[k] / whole
			}
		}
	}
	return out
}
