package reports

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// statistic is a measure's value on a statement, with all that it needs to be read rightly.
type statistic struct {
	measure, title, unit string
	digits               int
	value                *comp.Number
	n                    int64
	estimate             *comp.Estimate
	hidden               bool         // of answers in confidence that are too few
	factor               *comp.Number // what it gives, of a part's target; nil where it has none
}

// rows is n in words.
func (x *statistic) rows() string {
	if x.hidden {
		return "not shown"
	}
	return count(x.n)
}

// measures are what a component is measured with: its own measure and those of its parts.
func measures(c *comp.ComponentResult, definitions map[string]comp.Definition) (out []statistic) {
	if c.Measure != "" {
		out = append(out, statistic{c.Measure, cmp.Or(c.MeasureTitle, c.Measure), c.Unit, c.Digits, told(c.Value, c.Estimate), c.N, c.Estimate, hidden(c), nil})
	}
	for i := range c.Parts {
		x := &c.Parts[i]
		if d := definitions[x.Measure]; x.Measure != "" {
			out = append(out, statistic{x.Measure, cmp.Or(x.Title, x.Measure), d.Unit, d.Digits, told(x.Value, x.Estimate), x.N, x.Estimate, c.Sealed && x.Value == nil && x.N == 0, &x.Factor})
		}
	}
	return out
}

// told is what a reader takes for the value: where the standing (-1, 0 or 1) is what pays, what was measured and not the standing.
func told(value *comp.Number, e *comp.Estimate) *comp.Number {
	if value != nil && e != nil && e.Standing != nil && e.Raw != nil && value.Cmp(comp.Int(int64(*e.Standing))) == 0 {
		return e.Raw
	}
	return value
}

// statistics are the values of some components, each measure once for each n that it is shown with.
func statistics(components []*comp.ComponentResult, definitions map[string]comp.Definition) (out []statistic) {
	for _, c := range components {
		for _, x := range measures(c, definitions) {
			if !slices.ContainsFunc(out, func(o statistic) bool { return o.measure == x.measure && o.n == x.n }) {
				out = append(out, x)
			}
		}
	}
	return out
}

// interval is how far a value can be relied on, such as "59.58 % to 98.21 %"; "" where it was not estimated, or the value
// itself is not shown.
func interval(value *comp.Number, e *comp.Estimate, unit string, digits int, cur comp.Currency) string {
	if value == nil || e == nil || e.Low == nil || e.High == nil {
		return ""
	}
	return measured(e.Low, unit, digits, cur) + " to " + measured(e.High, unit, digits, cur)
}

// statisticSheet has for each statement what its numbers were measured with.
func statisticSheet(b *book) error {
	if len(b.r.Definitions) == 0 {
		return nil
	}
	w, err := b.sheet("Statistics", "Statistics and definitions", []sheetColumn{{"Employee id", 14, false}, {"Measure", 34, false}, {"Value", 18, false}, {"n", 8, true}, {"Level", 8, false},
		{"Interval", 26, false}, {"Method", 14, false}, {"Version", 10, false}, {"Changed since", 14, false}, {"Prior", 40, false}}, sheetColumn{"Definition sha256", 66, false})
	if err != nil {
		return err
	}
	definitions := newIndex(b.r).definitions
	for _, s := range b.office.statements {
		var all []*comp.ComponentResult
		for i := range s.Components {
			all = append(all, &s.Components[i])
		}
		for _, x := range statistics(all, definitions) {
			d, level, method, n := definitions[x.measure], "", "", b.whole(x.n)
			if x.hidden {
				n = b.text(x.rows())
			}
			rely := interval(x.value, x.estimate, x.unit, x.digits, s.Currency)
			if rely != "" {
				level, method = percent(x.estimate.Level, 0), x.estimate.Method
			}
			if err := w.add(b.text(s.Payee), b.long(x.title), b.text(measured(x.value, x.unit, x.digits, s.Currency)), n, b.text(level), b.text(rely), b.text(method),
				b.text(d.Version), b.text(d.Changed), b.long(d.Prior), b.text(d.Digest)); err != nil {
				return err
			}
		}
	}
	return w.finish("No measure stands on a statement.")
}

// hidden says of a component that its answers were given in confidence and are too few to show.
func hidden(c *comp.ComponentResult) bool { return c.Sealed && c.Value == nil && c.N == 0 }
