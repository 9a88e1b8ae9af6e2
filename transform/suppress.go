package transform

import (
	"cmp"
	"slices"

	"carrot/transform/comp"
)

// lump are answers of a month that no set tells apart.
type lump struct {
	month comp.Period
	n     int64
}

// answerSet is a set of answers of which results are to be shown: those of one group under one measure. Of the answers that no
// set tells apart it holds all or none, so it is a set of such blocks.
type answerSet struct {
	name   string
	rank   int   // the company before entities, these before departments
	blocks []int // ascending
}

// shown says for each set whether its results can be shown. Sets are taken in order of rank and size, the company first.
func shown(sets []answerSet, all []lump, floor int64, suppress func([][]int, func([]int) int64, int64) []bool) []bool {
	order := make([]int, len(sets))
	count := make([]int64, len(sets))
	for i := range sets {
		order[i] = i
		for _, b := range sets[i].blocks {
			count[i] += all[b].n
		}
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(sets[i].rank, sets[j].rank), -cmp.Compare(count[i], count[j]), cmp.Compare(sets[i].name, sets[j].name))
	})
	blocks := make([][]int, len(sets))
	for k, i := range order {
		blocks[k] = sets[i].blocks
	}
	out := make([]bool, len(sets))
	for k, ok := range suppress(blocks, func(some []int) int64 { return peopleOf(some, all) }, floor) {
		out[order[k]] = ok
	}
	return out
}

func answersOf(all []lump) (n int64) {
	for _, b := range all {
		n += b.n
	}
	return n
}

// peopleOf is how many people some blocks are of, at least. A survey asks a person once a month at most, and who asks every month
// hears of the same people again: so those of the month with the most answers are counted.
func peopleOf(some []int, all []lump) (n int64) {
	months := map[comp.Period]int64{}
	for _, b := range some {
		months[all[b].month] += all[b].n
		n = max(n, months[all[b].month])
	}
	return n
}

// suppress says for each set in turn whether it can be shown so that nothing of fewer people than the floor can be
// worked out: neither one that is shown, nor what is left of one when others are taken from it.
//
// Whatever adding and subtracting shown sets can give is a sum of multiples of them. The sets that are shown lie within each
// other or apart, never across; so they are made of what is left of each without those within it, and these rests have no answer
// in common. A sum of multiples of shown sets gives each rest one factor: it says nothing of any rest, or it is about at least
// the people of a whole one. So it is enough that every rest is empty or reaches the floor. A set that would break this is
// hidden: of several groups, since they come in order of size, the smallest.
func suppress(sets [][]int, people func(blocks []int) int64, floor int64) []bool {
	out := make([]bool, len(sets))
	f := &forest{people: people, floor: floor}
	for i, blocks := range sets {
		out[i] = people(blocks) >= floor && f.add(blocks)
	}
	return out
}

// forest are shown sets, each different, that lie within each other or apart.
type forest struct {
	people func(blocks []int) int64
	floor  int64
	sets   [][]int
}

// add takes a set in, unless it lies across one that is there or leaves a rest that is too small.
func (f *forest) add(blocks []int) bool {
	for _, s := range f.sets {
		common := 0
		for _, b := range blocks {
			if _, ok := slices.BinarySearch(s, b); ok {
				common++
			}
		}
		switch {
		case common == len(blocks) && common == len(s):
			return true // the same answers
		case common != 0 && common != len(blocks) && common != len(s):
			return false
		}
	}
	f.sets = append(f.sets, blocks)
	if f.whole() {
		return true
	}
	f.sets = f.sets[:len(f.sets)-1]
	return false
}

// whole says whether what is left of each set without those within it is empty or reaches the floor. A block belongs to the rest
// of the smallest set that holds it.
func (f *forest) whole() bool {
	holder := map[int]int{}
	for i, s := range f.sets {
		for _, b := range s {
			if h, ok := holder[b]; !ok || len(s) < len(f.sets[h]) {
				holder[b] = i
			}
		}
	}
	for i, s := range f.sets {
		var rest []int
		for _, b := range s {
			if holder[b] == i {
				rest = append(rest, b)
			}
		}
		if len(rest) > 0 && f.people(rest) < f.floor {
			return false
		}
	}
	return true
}
