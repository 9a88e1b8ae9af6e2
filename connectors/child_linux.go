package connectors

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// limitChild bounds this process: address space by what it has now and more bytes, CPU time by ten minutes, no core file.
// What cannot be set is not: the parent's watch remains.
func limitChild(more uint64) {
	if b, err := os.ReadFile("/proc/self/statm"); err == nil {
		first, _, _ := bytes.Cut(b, []byte(" "))
		if pages, err := strconv.ParseUint(string(first), 10, 64); err == nil {
			space := pages*uint64(os.Getpagesize()) + more
			_ = syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: space, Max: space})
		}
	}
	_ = syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: 600, Max: 600})
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
