//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package jobs

import (
	"io/fs"
	"os"
	"syscall"
)

// noFollow keeps a name from leading elsewhere.
const noFollow = syscall.O_NOFOLLOW

// tryLock takes the file's lock, without waiting. The system gives it back when the file is closed or the process ends.
func tryLock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// mine says whether this user owns the file.
func mine(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Getuid()
}
