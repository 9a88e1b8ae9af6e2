package jobs

import "testing"

// TestGarbageIsBounded: a small heap may hold 64 MiB of garbage and at most four times its live memory, a large one half of it.
func TestGarbageIsBounded(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 1 << 20: 400, 16 << 20: 400, 32 << 20: 200, 64 << 20: 100, 128 << 20: 50, 1 << 40: 50} {
		if got := garbageFor(live); got != want {
			t.Errorf("%d MiB live: %d %% of garbage, expected %d", live>>20, got, want)
		}
	}
}
