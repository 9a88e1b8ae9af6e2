//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd

package jobs

import (
	"errors"
	"io/fs"
	"os"
)

// Without locks nobody knows what is still in use: nothing is swept, and what a killed process leaves stays.

const noFollow = 0

func tryLock(*os.File) error { return errors.ErrUnsupported }

func mine(fs.FileInfo) bool { return false }
