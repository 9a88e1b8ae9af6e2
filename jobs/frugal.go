package jobs

import (
	"os"
	"runtime/debug"
)

// Frugal makes a process keep half as much garbage as it has live memory, and not as much again: a close reads millions of
// rows and throws nearly all of them away, so that this is what its peak is made of. It costs a few percent of the time.
// GOGC, where it is set, stands.
func Frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}
