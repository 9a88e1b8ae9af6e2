package transform

import (
	"slices"
	"testing"

	"carrot/transform/comp"
)

// worthLooker reads customers of 1,000 a year of whom four of five stay, and then of 1,100 and 81 %; quarter by quarter.
func worthLooker(t *testing.T, values map[string][2]string) (*looker, *comp.SectionSpec) {
	t.Helper()
	l := quarters(t, nil, func(measure, _ string, quarter int) look {
		text := values[measure][min(1, max(0, quarter-22))]
		if text == "" {
			return look{}
		}
		n, err := comp.ParseExact(text)
		if err != nil {
			t.Fatal(err)
		}
		return look{value: n, n: 7, ok: true}
	})
	name := func(s string) *comp.Expr { return &comp.Expr{Op: comp.Name, Name: s, Kind: comp.KindNumber} }
	op := func(o comp.Op, a ...*comp.Expr) *comp.Expr { return &comp.Expr{Op: o, Args: a, Kind: comp.KindNumber} }
	lit := &comp.Expr{Op: comp.Lit, Kind: comp.KindNumber, Lit: comp.NumberValue(comp.Scaled(11, 1))}
	f := op(comp.QuoOp, op(comp.MulOp, name("margin"), name("retention")), op(comp.SubOp, lit, name("retention")))
	f.Text = "margin * retention / (1.1 - retention)"
	in := l.a.in
	in.Measures = append(in.Measures, comp.Measure{ID: "worth", Title: "Worth", Unit: "score", Digits: 2, Aggregate: comp.Formula, Formula: f, Counted: "margin",
		Inputs: []comp.Input{{Name: "margin", Measure: "opening"}, {Name: "retention", Measure: "worth.retention"}}})
	l.s.measures = measureIndex(in)
	return l, &comp.SectionSpec{Every: "quarter", Periods: 1, Measures: []string{"worth"}}
}

// TestChangeByHand: 1,000 × 0.8 / 0.3 = 2,666.67 becomes 1,100 × 0.81 / 0.29 = 3,072.41. The margin alone makes 100 × 0.8 / 0.3 of
// it before retention changed and 100 × 0.81 / 0.29 after, 272.9885 in the mean; retention 1,050 × (0.81 / 0.29 − 0.8 / 0.3) =
// 132.7586. To the cent that is 405.75, where the printed values differ by 405.74: the one that rounding gave more has a cent less.
func TestChangeByHand(t *testing.T) {
	l, spec := worthLooker(t, map[string][2]string{"opening": {"1000", "1100"}, "worth.retention": {"0.8", "0.81"}})
	var s comp.Section
	l.change(spec, &s)
	want := []string{"October to December 2026", "2,666.67", "+272.98", "+132.76", "3,072.41", "7"}
	if len(s.Rows) != 1 || !slices.Equal(s.Rows[0], want) {
		t.Errorf("%q, want %q", s.Rows, want)
	}
	heads := []string{"Period", "Before", "Measure opening", "Retention", "After", "n"}
	for i, c := range s.Columns {
		if c.Title != heads[i] {
			t.Errorf("column %d is %s, want %s", i+1, c.Title, heads[i])
		}
	}

	// What fell has its part below zero; what nobody knows gives no row.
	l, spec = worthLooker(t, map[string][2]string{"opening": {"1000", "1100"}, "worth.retention": {"0.81", "0.8"}})
	s = comp.Section{}
	l.change(spec, &s)
	want = []string{"October to December 2026", "2,793.10", "+272.99", "-132.76", "2,933.33", "7"}
	if len(s.Rows) != 1 || !slices.Equal(s.Rows[0], want) {
		t.Errorf("%q, want %q", s.Rows, want)
	}
	l, spec = worthLooker(t, map[string][2]string{"opening": {"", "1100"}, "worth.retention": {"0.81", "0.8"}})
	s = comp.Section{}
	if l.change(spec, &s); len(s.Rows) != 0 {
		t.Errorf("a change since nobody knows what: %q", s.Rows)
	}
}
