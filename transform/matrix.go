package transform

import (
	"fmt"

	"carrot/transform/comp"
)

// matrix pays by the cell that two measures reach: the target times its factor, or the value times its rate. Without a
// second measure that is neutral the factor is 1.
func matrix(c comp.Curve, in CurveInput) CurveResult {
	m := c.Matrix
	c.Of = m.Of
	if in.Column == nil {
		r := in.times(comp.Int(1), "Without a value for its columns the grid is neutral")
		r.Rate = "neutral, the target is paid"
		return r
	}
	x := abscissa(c, in)
	row, column := cellAt(m.Rows, x, c.UpperEdge), cellAt(m.Columns, *in.Column, c.UpperEdge)
	f := m.Pays[row][column]
	y := in.inUnit(*in.Column, in.ColumnUnit)
	if m.Part.Curve.Of == "attainment" {
		y = in.percent(*in.Column)
	}
	said := fmt.Sprintf("%s and %s: row %d and column %d of the grid", in.at(c, x), y, row+1, column+1)
	if !m.Rates {
		return in.times(f, said+" pay "+in.ofTarget(f))
	}
	p := in.Value.Mul(f)
	return CurveResult{p, in.percent(f), []string{said + " pay " + in.percent(f), fmt.Sprintf("%s × %s %s", in.value(in.Value), in.percent(f), in.is(p))}}
}

// cellAt is the last of ascending lower ends that x has passed, or stands on where that end belongs to what is above it;
// the first below all of them.
func cellAt(ends []comp.Number, x comp.Number, upper bool) int {
	at := 0
	for i := 1; i < len(ends); i++ {
		if side := x.Cmp(ends[i]); side > 0 || (side == 0 && !upper) {
			at = i
		}
	}
	return at
}
