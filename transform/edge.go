package transform

import (
	"fmt"
	"strings"

	"carrot/transform/comp"
)

// What goes through floating point (an interval's end, raked weights, an evenness, a model of what customers will buy) has twelve
// good digits. Where such a number all but touches a bar at which pay jumps, or the point at which a cent is rounded up or down,
// the last digit of a machine would decide what a person is paid. So nobody is paid on it: the finding on_the_edge reaches the
// payee, since each line of a statement is of all that it says, and a cent that may be wrong is never published. It is not the
// row's, which is as it is, nor the measure's: others may stand well clear of their bars with the same number. A waiver pays
// what stands there. A component that only shows holds nobody. What is exact is never on the edge, also where it stands on it.

// onTheEdge says that what a payee is paid for a component in a measuring period hangs on the last digit of a number.
func (s *settler) onTheEdge(payee int, d *duty, message string) {
	c := &s.in.Plans[d.plan].Components[d.component]
	p, reach := &s.company.People[payee], comp.ReachPayee
	if c.Shown {
		reach = comp.ReachNone
	}
	s.find(comp.Finding{Code: "on_the_edge", Reach: reach, Payee: p.ID, Key: p.ID, Column: c.ID, Text: d.period.String(), Origin: firstOrigin(p),
		Message: fmt.Sprintf("%s of %s: %s; more than 0.000000001 between them was expected", c.ID, p.ID, message), Hint: "settle it with a waiver, and what stands there is paid"})
}

// touches looks whether a number of a calculation, named what, touches a bar, named which.
func (x *calc) touches(n, bar comp.Number, what, which string) {
	if n.Touches(bar) {
		x.onTheEdge(x.payee, &x.d, fmt.Sprintf("%s is %s by floating point, and %s %s", what, digits(n), which, digits(bar)))
	}
}

// rounds looks whether an amount touches the point at which a rounding turns.
func (s *settler) rounds(payee int, d *duty, a comp.Amount) {
	if mode := s.in.Plans[d.plan].Rounding; a.Touches(mode) {
		s.onTheEdge(payee, d, fmt.Sprintf("the pay is %s %s by floating point, and it is rounded %s", digits(a.Number), a.Currency, roundings[mode]))
	}
}

// digits are all digits of a number that its bars are held against, as far as they tell.
func digits(n comp.Number) string {
	text := n.Fixed(15, comp.HalfAway)
	if s := n.String(); len(s) < len(text) && !strings.Contains(s, "/") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// tiers looks at where on a curve pay jumps.
func (x *calc) tiers(c *comp.Curve, in *CurveInput, what string) {
	at := abscissa(*c, *in)
	if c.Kind == comp.Grid {
		at = abscissa(comp.Curve{Of: c.Matrix.Of}, *in)
		for _, row := range c.Matrix.Rows[1:] {
			x.touches(at, row, what, "a row of the grid begins at")
		}
		for _, column := range c.Matrix.Columns[1:] {
			if in.Column != nil {
				x.touches(*in.Column, column, c.Matrix.Part.Measure, "a column of the grid begins at")
			}
		}
		return
	}
	for _, bar := range jumps(c, in.Base) {
		x.touches(at, bar, what, "pay jumps at")
	}
}

// jumps are the points of a curve left and right of which pay is not nearly the same.
func jumps(c *comp.Curve, base bool) (out []comp.Number) {
	if c.Kind == comp.Interpolate {
		if first := c.Points[0]; c.Below != nil && (first.By != nil || c.Below.Cmp(first.Pays) != 0) {
			out = append(out, first.From)
		}
		return out
	}
	for i, b := range c.Bands {
		switch {
		case base && i > 0, b.Down: // all is paid as in the first; a band without a lower end
		case c.Kind == comp.Marginal && b.Back, c.Kind == comp.StepCurve, c.Kind == comp.Retroactive && !(i == 0 && b.From.IsZero()):
			out = append(out, b.From)
		}
	}
	return out
}
