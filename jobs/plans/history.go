package plans

import (
	"slices"

	"carrot/config"
	"carrot/transform/comp"
)

// HistoryOf is what examples tell of the past: the median of the numbers that they give of each name.
func HistoryOf(list []config.Example) History {
	h := History{Numbers: map[string]comp.Number{}}
	byName := map[string][]comp.Number{}
	for _, e := range list {
		for _, n := range e.Numbers {
			byName[n.Name] = append(byName[n.Name], n.Amount)
		}
	}
	for name, all := range byName { // each to a key of its own: the order leaves no trace
		h.Numbers[name] = Median(all)
	}
	return h
}

// Median is the middle of some numbers, the lower one of two. It sorts them.
func Median(all []comp.Number) comp.Number {
	slices.SortFunc(all, comp.Number.Cmp)
	return all[(len(all)-1)/2]
}
