package jobs

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// Frugal makes a process keep half as much garbage as it has live memory, and not as much again: a close reads millions of
// rows and throws nearly all of them away, so that this is what its peak is made of. It costs a few percent of the time.
// A small company's live memory is so little that half of it would have its garbage collected a thousand times: it may keep
// leeway. GOGC, where it is set, stands.
//
// It gives what ends it.
func Frugal() (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	f := &frugality{}
	before := debug.SetGCPercent(mostGarbage)
	f.afterCollection()
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.ended = true
		debug.SetGCPercent(before)
	}
}

// frugality is one call of Frugal.
type frugality struct {
	mu    sync.Mutex
	ended bool
}

// How much garbage is kept beside live memory, in percent of it: as much as makes leeway, within these bounds.
const (
	leeway       = 64 << 20 // bytes
	leastGarbage = 50
	mostGarbage  = 400
)

// afterCollection sets the percentage anew whenever garbage was collected: the object that it leaves behind is garbage itself.
func (f *frugality) afterCollection() {
	type garbage struct{ _ [32]byte }
	runtime.AddCleanup(new(garbage), func(struct{}) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.ended {
			return
		}
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		debug.SetGCPercent(garbageFor(live[0].Value.Uint64()))
		f.afterCollection()
	}, struct{}{})
}

// garbageFor is the percentage for so many bytes of live memory.
func garbageFor(live uint64) int {
	return int(min(max(leastGarbage, 100*leeway/max(live, 1)), mostGarbage))
}
