package transform

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carrot/transform/comp"
)

// TestSuppression: worked by hand. Blocks are teams; the first set is the company.
func TestSuppression(t *testing.T) {
	teams := func(sizes ...int64) (sets []answerSet, all []lump) {
		company := answerSet{name: "company"}
		for i := range sizes {
			company.blocks = append(company.blocks, i)
		}
		sets = []answerSet{company}
		for i := range sizes {
			sets = append(sets, answerSet{name: fmt.Sprint("team ", i), rank: 2, blocks: []int{i}})
		}
		return sets, together(sizes...)
	}
	for name, x := range map[string]struct {
		sizes []int64 // of teams
		want  []bool  // company, teams
	}{
		"eight in all, seven of them one team: that team would tell the eighth answer": {[]int64{7, 1}, []bool{true, false, false}},
		"seven in all":            {[]int64{7}, []bool{false, false}},
		"one team is everybody":   {[]int64{12}, []bool{true, true}},
		"a rest of five":          {[]int64{20, 15, 9, 5}, []bool{true, true, true, false, false}},
		"a rest of two, together": {[]int64{20, 15, 4, 4}, []bool{true, true, true, false, false}},
		"of equal teams the last": {[]int64{10, 10, 3}, []bool{true, true, false, false}},
		"every team is large":     {[]int64{8, 9, 10}, []bool{true, true, true, true}},
		"the only large team":     {[]int64{30, 7}, []bool{true, false, false}},
	} {
		sets, sizes := teams(x.sizes...)
		if d := cmp.Diff(x.want, shown(sets, sizes, 8, suppress)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	// Two measures of one table: everybody, and those who answered the second question. Two of twenty left it out.
	sets := []answerSet{{"company\x00a", 0, []int{0, 1}}, {"company\x00b", 0, []int{0}}}
	if d := cmp.Diff([]bool{true, false}, shown(sets, together(18, 2), 8, suppress)); d != "" {
		t.Errorf("two left a question out (-want +got):\n%s", d)
	}
	// A department across two entities: their overlap would tell five answers, so the department is hidden.
	sets = []answerSet{{"company", 0, []int{0, 1, 2}}, {"entity:A", 1, []int{0, 1}}, {"entity:B", 1, []int{2}}, {"department:X", 2, []int{1, 2}}}
	if d := cmp.Diff([]bool{true, true, true, false}, shown(sets, together(20, 5, 30), 8, suppress)); d != "" {
		t.Errorf("a department across entities (-want +got):\n%s", d)
	}
	// A year of a team of two with twelve answers each, beside ten others: people are counted, and not answers.
	sets = []answerSet{{name: "company"}, {name: "two", rank: 2}, {name: "ten", rank: 2}}
	var year []lump
	for m := range 12 {
		for team, n := range []int64{2, 10} {
			sets[0].blocks, sets[team+1].blocks = append(sets[0].blocks, len(year)), append(sets[team+1].blocks, len(year))
			year = append(year, lump{comp.Month(comp.Day(2025, time.Month(m+1), 1)), n})
		}
	}
	if d := cmp.Diff([]bool{true, false, false}, shown(sets, year, 8, suppress)); d != "" {
		t.Errorf("two people in a year (-want +got):\n%s", d)
	}
}

// together are blocks of one month.
func together(sizes ...int64) (all []lump) {
	for _, n := range sizes {
		all = append(all, lump{comp.Month(comp.Day(2026, 1, 1)), n})
	}
	return all
}

// TestNothingSmallIsInTheSpan draws tables of answers and groups at random and looks for a sum of multiples of the shown sets
// that is about fewer people than the floor, whatever the multiples: by linear algebra over exact fractions, for every choice of
// blocks that are too small together. Without complementary suppression it finds some, so that it would find one here.
func TestNothingSmallIsInTheSpan(t *testing.T) {
	const floor = 5
	r := rand.New(rand.NewPCG(1, 8))
	open := 0
	for round := range 400 {
		blocks := 3 + r.IntN(6)
		sizes := make([]lump, blocks)
		all := answerSet{name: "company"}
		for b := range sizes {
			sizes[b] = lump{comp.Month(comp.Day(2026, time.Month(1+r.IntN(2)), 1)), 1 + r.Int64N(9)}
			all.blocks = append(all.blocks, b)
		}
		sets := []answerSet{all}
		for i := range 2 + r.IntN(8) {
			s := answerSet{name: fmt.Sprint(i), rank: 1 + r.IntN(2)}
			for b := range sizes {
				if r.IntN(2) == 0 {
					s.blocks = append(s.blocks, b)
				}
			}
			if len(s.blocks) > 0 {
				sets = append(sets, s)
			}
		}
		var kept, careless []answerSet
		for i, ok := range shown(sets, sizes, floor, suppress) {
			if ok {
				kept = append(kept, sets[i])
			}
			if peopleBy(sets[i].blocks, sizes) >= floor {
				careless = append(careless, sets[i])
			}
		}
		if small := spanned(kept, sizes, floor); small != nil {
			t.Fatalf("round %d: sizes %v, shown %v: something about blocks %v alone can be worked out", round, sizes, kept, small)
		}
		if spanned(careless, sizes, floor) != nil {
			open++
		}
	}
	if open < 100 {
		t.Errorf("without complementary suppression only %d of 400 tables could be attacked: this test proves little", open)
	}
}

// peopleBy are those of the busier of two months.
func peopleBy(some []int, sizes []lump) int64 {
	var n [2]int64
	for _, b := range some {
		n[int(sizes[b].month.Start-comp.Day(2026, 1, 1))/31] += sizes[b].n
	}
	return max(n[0], n[1])
}

// spanned are blocks with fewer people than the floor about which alone some combination of sets says something; nil for none.
func spanned(sets []answerSet, sizes []lump, floor int64) []int {
	whole := rank(sets, len(sizes), func(int) bool { return true })
	for mask := 1; mask < 1<<len(sizes); mask++ {
		var in []int
		for b := range sizes {
			if mask>>b&1 == 1 {
				in = append(in, b)
			}
		}
		// A combination that is zero outside of the blocks and not within: the sets' rank falls without these columns.
		if peopleBy(in, sizes) < floor && rank(sets, len(sizes), func(b int) bool { return mask>>b&1 == 0 }) < whole {
			return in
		}
	}
	return nil
}

// rank is that of the matrix of sets by some blocks.
func rank(sets []answerSet, blocks int, counts func(int) bool) int {
	var m [][]*big.Rat
	for _, s := range sets {
		row := make([]*big.Rat, blocks)
		for b := range row {
			row[b] = new(big.Rat)
		}
		for _, b := range s.blocks {
			if counts(b) {
				row[b].SetInt64(1)
			}
		}
		m = append(m, row)
	}
	done := 0
	for col := range blocks {
		pivot := done
		for pivot < len(m) && m[pivot][col].Sign() == 0 {
			pivot++
		}
		if pivot == len(m) {
			continue
		}
		m[done], m[pivot] = m[pivot], m[done]
		for i := done + 1; i < len(m); i++ {
			f := new(big.Rat).Quo(m[i][col], m[done][col])
			for k := range m[i] {
				m[i][k].Sub(m[i][k], new(big.Rat).Mul(f, m[done][k]))
			}
		}
		done++
	}
	return done
}
