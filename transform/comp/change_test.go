package comp

import (
	"testing"
)

// TestSharedByHand: of a product of three that goes from 1·1·1 to 2·3·4 the causes are worth 5.5, 8 and 9.5, together the 23 that
// it grew by: the first, for one, adds 1 alone, 3 after the second, 4 after the third and 12 after both, and 1/3 + 3/6 + 4/6 + 12/3
// is 5.5.
func TestSharedByHand(t *testing.T) {
	worth := make([]Number, 8)
	for set := range worth {
		n := int64(1)
		for i, to := range []int64{2, 3, 4} {
			if set&(1<<i) != 0 {
				n *= to
			}
		}
		worth[set] = Int(n)
	}
	for i, want := range []string{"5.5", "8", "9.5"} {
		if got := Shared(worth)[i].String(); got != want {
			t.Errorf("cause %d is worth %s, want %s", i+1, got, want)
		}
	}
}

// FuzzShared: whatever sets are worth, the parts sum exactly to what all of them are worth less none, and a cause that adds nothing
// to any set has no part.
func FuzzShared(f *testing.F) {
	f.Add([]byte{1, 2, 3, 5, 8, 13, 21, 34})
	f.Add([]byte{0, 7})
	f.Fuzz(func(t *testing.T, values []byte) {
		n := 0
		for n < 4 && 2<<n <= len(values) {
			n++
		}
		if n == 0 {
			return
		}
		worth, idle := make([]Number, 1<<n), make([]Number, 2<<n)
		for set := range worth {
			worth[set] = Scaled(int64(values[set])-100, 2)
			idle[set], idle[set|1<<n] = worth[set], worth[set]
		}
		change := worth[len(worth)-1].Sub(worth[0])
		for _, w := range [][]Number{worth, idle} {
			var sum Number
			for _, p := range Shared(w) {
				sum = sum.Add(p)
			}
			if sum.Cmp(change) != 0 {
				t.Errorf("the parts of %v sum to %s, want %s", w, sum, change)
			}
		}
		if got := Shared(idle)[n]; got.Sign() != 0 {
			t.Errorf("a cause without any effect has %s of %v", got, idle)
		}
	})
}
