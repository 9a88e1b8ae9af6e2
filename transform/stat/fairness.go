package stat

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"

	"carrot/transform/comp"
)

// Rated is N rows of one value in one stratum that rate a payee, who is of the group that is looked at or of the others.
type Rated struct {
	Payee, Stratum string
	In             bool
	Value          comp.Number
	N              int64
}

// Difference is how much better a group is rated than the others. Adjusted compares rows within strata only: each stratum weighs
// a·b/(a+b) for a rows of the group and b of the others (Mantel and Haenszel). Plain takes no account of strata.
type Difference struct {
	Plain, Adjusted comp.Number
	Interval
	Compared int64 // rows in strata that have rows of both
}

// Disparity is the difference between a group and the others. Rows of one payee are not independent of each other: payees are,
// each side with C/(C-1), and the interval is Student's with Satterthwaite's degrees of freedom. Several comparisons of which one
// may be wrong in 1 - level cases share that among them. False where no stratum has rows of both, or a side has fewer than two
// payees there.
func Disparity(rows []Rated, level comp.Number, comparisons int) (Difference, bool) {
	d := newDisparity(rows)
	var out Difference
	var plain [2]cellSum
	names := d.strata()
	for _, name := range names {
		c := d.cells[name]
		for side := range plain {
			plain[side].n += c.side[side].n
			plain[side].sum += c.side[side].sum
		}
	}
	if d.weight == 0 || plain[0].n == 0 || plain[1].n == 0 {
		return out, false
	}
	value := 0.0
	for _, name := range names {
		if c := d.cells[name]; c.weight > 0 {
			value += c.weight / d.weight * (c.side[1].mean() - c.side[0].mean())
			out.Compared += int64(c.side[0].n + c.side[1].n)
		}
	}
	variance, freedom, ok := d.variance()
	if !ok {
		return out, false
	}
	each := 1 - (1-float(level))/float64(max(1, comparisons))
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(0.5+each/2) * math.Sqrt(variance)
	out.Plain, out.Adjusted = must(plain[1].mean()-plain[0].mean()), must(value)
	out.SE, out.Low, out.High = must(math.Sqrt(variance)), must(value-half), must(value+half)
	return out, true
}

// cellSum is how many rows one side has in a stratum, and the sum of their values.
type cellSum struct{ n, sum float64 }

func (c cellSum) mean() float64 { return c.sum / c.n }

// cell is a stratum: the others and the group.
type cell struct {
	side   [2]cellSum
	weight float64
}

// disparity is what the rows come to: by stratum, and by payee and stratum.
type disparity struct {
	rows   []Rated
	cells  map[string]*cell
	weight float64
}

func newDisparity(rows []Rated) *disparity {
	d := &disparity{rows: append([]Rated(nil), rows...), cells: map[string]*cell{}}
	sort.SliceStable(d.rows, func(i, j int) bool { // sums of floats follow this order and no other
		a, b := &d.rows[i], &d.rows[j]
		switch {
		case a.Payee != b.Payee:
			return a.Payee < b.Payee
		case a.Stratum != b.Stratum:
			return a.Stratum < b.Stratum
		}
		return a.Value.Cmp(b.Value) < 0
	})
	for i := range d.rows {
		r := &d.rows[i]
		c := d.cells[r.Stratum]
		if c == nil {
			c = &cell{}
			d.cells[r.Stratum] = c
		}
		s := &c.side[one(r.In)]
		s.n, s.sum = s.n+float64(r.N), s.sum+float64(r.N)*float(r.Value)
	}
	for _, name := range d.strata() {
		c := d.cells[name]
		if a, b := c.side[0].n, c.side[1].n; a > 0 && b > 0 {
			c.weight = a * b / (a + b)
			d.weight += c.weight
		}
	}
	return d
}

func (d *disparity) strata() []string {
	names := make([]string, 0, len(d.cells))
	for name := range d.cells {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// variance is that of the adjusted difference by payees, with its degrees of freedom.
func (d *disparity) variance() (variance, freedom float64, ok bool) {
	var squares, payees [2]float64
	for i := 0; i < len(d.rows); {
		j, residual, counts := i, 0.0, false
		for ; j < len(d.rows) && d.rows[j].Payee == d.rows[i].Payee; j++ {
			r := &d.rows[j]
			c, side := d.cells[r.Stratum], one(r.In)
			if c.weight > 0 {
				counts = true
				residual += c.weight / d.weight / c.side[side].n * float64(r.N) * (float(r.Value) - c.side[side].mean())
			}
		}
		if counts {
			side := one(d.rows[i].In)
			payees[side]++
			squares[side] += residual * residual
		}
		i = j
	}
	below := 0.0
	for side, n := range payees {
		if n < 2 {
			return 0, 0, false
		}
		v := squares[side] * n / (n - 1)
		variance += v
		below += v * v / (n - 1)
	}
	if below == 0 {
		return 0, payees[0] + payees[1] - 2, true
	}
	return variance, variance * variance / below, true
}
