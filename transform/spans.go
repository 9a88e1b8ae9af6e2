package transform

import (
	"slices"
	"sort"

	"carrot/transform/comp"
)

// always is the span of a fact that a source gives without dates.
var always = comp.Period{Start: comp.NoDate, End: comp.Forever}

// closeOpen lets each span hold until the next later start, the last one until a given day. Spans with one start stay
// side by side, so that agree can see whether they contradict each other.
func closeOpen[T any](spans []comp.Span[T], until comp.Date) []comp.Span[T] {
	sort.SliceStable(spans, func(i, j int) bool { return spans[i].Start < spans[j].Start })
	end := until
	for i := len(spans) - 1; i >= 0; i-- {
		if i+1 < len(spans) && spans[i].Start != spans[i+1].Start {
			end = spans[i+1].Start
		}
		spans[i].End = end
	}
	return spans
}

// clash is days on which two spans give different values.
type clash[T any] struct {
	comp.Period
	one, other comp.Span[T]
}

// agree makes a timeline of spans. Where spans of different values overlap nothing is known, and the clash is told; spans
// of one value may overlap.
func agree[T comparable](spans []comp.Span[T]) (comp.Timeline[T], []clash[T]) {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s comp.Span[T]) bool { return s.Days() == 0 })
	if t, err := comp.NewTimeline(spans); err == nil {
		return t, nil
	}
	var known []comp.Span[T]
	var clashes []clash[T]
	for _, piece := range pieces(spans) {
		one, other := rulers(spans, piece)
		switch {
		case one == nil:
		case other != nil:
			if n := len(clashes); n > 0 && clashes[n-1].End == piece.Start && clashes[n-1].one == *one && clashes[n-1].other == *other {
				clashes[n-1].End = piece.End
				continue
			}
			clashes = append(clashes, clash[T]{piece, *one, *other})
		default:
			if n := len(known); n > 0 && known[n-1].End == piece.Start && known[n-1].Value == one.Value {
				known[n-1].End = piece.End
				continue
			}
			known = append(known, comp.Span[T]{Period: piece, Value: one.Value, Origin: one.Origin})
		}
	}
	t, _ := comp.NewTimeline(known) // pieces do not overlap
	return t, clashes
}

// pieces cuts time wherever a span begins or ends.
func pieces[T any](spans []comp.Span[T]) []comp.Period {
	cuts := make([]comp.Date, 0, 2*len(spans))
	for _, s := range spans {
		cuts = append(cuts, s.Start, s.End)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []comp.Period
	for i := 1; i < len(cuts); i++ {
		out = append(out, comp.Period{Start: cuts[i-1], End: cuts[i]})
	}
	return out
}

// rulers are the first span that covers a piece, and the first other one that covers it with another value.
func rulers[T comparable](spans []comp.Span[T], piece comp.Period) (one, other *comp.Span[T]) {
	for i := range spans {
		s := &spans[i]
		switch {
		case s.Start > piece.Start || s.End < piece.End:
		case one == nil:
			one = s
		case other == nil && s.Value != one.Value:
			other = s
		}
	}
	return one, other
}

// joinSpans sorts spans and joins touching ones.
func joinSpans(spans []comp.Period) []comp.Period {
	sort.Slice(spans, func(i, j int) bool { return spans[i].Start < spans[j].Start })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].End >= s.Start {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// lastDay is the last day of p on which any of the sorted spans holds; false where none does.
func lastDay(spans []comp.Period, p comp.Period) (comp.Date, bool) {
	for i := len(spans) - 1; i >= 0; i-- {
		if s := spans[i].Intersect(p); s.Days() > 0 {
			return s.End - 1, true
		}
	}
	return 0, false
}

func within(spans []comp.Period, d comp.Date) bool {
	for _, s := range spans {
		if s.Contains(d) {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
