package comp

import "slices"

// Reads are the measures that a component reads over one kind of time, in the order in which they are worked off: its own,
// those of its parts, multipliers and matrices, then those of its gates. ToDate is the larger period; "" is none. Back is how many
// months earlier a formula reads it.
type Reads struct {
	Measure, ToDate string
	Back            int
}

// Reads are the measures that a component reads, each with the larger period that it is read to date of, each pair once.
func (c *Component) Reads() (out []Reads) {
	add := func(measure, toDate string) {
		if r := (Reads{Measure: measure, ToDate: toDate}); measure != "" && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	add(c.Measure, c.ToDate)
	matrix := func(m *Matrix) {
		if m != nil {
			add(m.Part.Measure, c.ToDate)
		}
	}
	matrix(c.Curve.Matrix)
	for _, parts := range [][]Part{c.Parts, c.Multiply} {
		for i := range parts {
			add(parts[i].Measure, c.ToDate)
			matrix(parts[i].Curve.Matrix)
		}
	}
	for _, g := range c.allGates() {
		toDate := c.ToDate
		if g.ToDate != "" {
			toDate = g.ToDate
		}
		add(g.Measure, toDate)
	}
	return out
}

// allGates are a component's gates and those of its parts and multipliers.
func (c *Component) allGates() []Gate {
	out := slices.Clone(c.Gates)
	for _, parts := range [][]Part{c.Parts, c.Multiply} {
		for i := range parts {
			out = append(out, parts[i].Gates...)
		}
	}
	return out
}

// Measures are the measures that a component reads, each once, its own first and those of gates last.
func (c *Component) Measures() (out []string) {
	for _, r := range c.Reads() {
		if !slices.Contains(out, r.Measure) {
			out = append(out, r.Measure)
		}
	}
	return out
}

// Pays are the measures whose values decide pay, gates aside: what a payee's rows of them show is what was paid for.
func (c *Component) Pays() (out []string) {
	paid := Component{Measure: c.Measure, Curve: c.Curve, Parts: slices.Clone(c.Parts), Multiply: slices.Clone(c.Multiply)}
	for _, parts := range [][]Part{paid.Parts, paid.Multiply} {
		for i := range parts {
			parts[i].Gates = nil
		}
	}
	return paid.Measures()
}
