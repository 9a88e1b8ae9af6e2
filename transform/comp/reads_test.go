package comp

import (
	"slices"
	"testing"
)

// TestReads: what a component reads, its own first and gates last, each once; what pays leaves gates out.
func TestReads(t *testing.T) {
	c := Component{Measure: "own", ToDate: "year", Curve: Curve{Matrix: &Matrix{Part: Part{Measure: "column"}}},
		Multiply: []Part{{Measure: "margin", Gates: []Gate{{Measure: "guard"}}}, {Score: "approved"}},
		Gates:    []Gate{{Measure: "own"}, {Measure: "own", ToDate: "half"}, {Measure: "kept"}}}
	want := []Reads{{"own", "year", 0}, {"column", "year", 0}, {"margin", "year", 0}, {"own", "half", 0}, {"kept", "year", 0}, {"guard", "year", 0}}
	if got := c.Reads(); !slices.Equal(got, want) {
		t.Errorf("reads %v, want %v", got, want)
	}
	if got, want := c.Measures(), []string{"own", "column", "margin", "kept", "guard"}; !slices.Equal(got, want) {
		t.Errorf("measures %v, want %v", got, want)
	}
	if got, want := c.Pays(), []string{"own", "column", "margin"}; !slices.Equal(got, want) {
		t.Errorf("what pays is %v, want %v", got, want)
	}
	card := Component{Parts: []Part{{Measure: "csat"}, {Measure: "loop", Curve: Curve{Matrix: &Matrix{Part: Part{Measure: "column"}}}}, {Measure: "csat"}}}
	if got, want := card.Pays(), []string{"csat", "loop", "column"}; !slices.Equal(got, want) {
		t.Errorf("a scorecard is paid by %v, want %v", got, want)
	}
}
