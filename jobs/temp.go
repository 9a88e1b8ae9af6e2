package jobs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// TempFolder is a private folder for temporary files. Close removes it. Where its process is killed before that, the next
// run with the same folder for temporary files does: a file in it is locked as long as the process lives, however it ends.
type TempFolder struct {
	Name string
	lock *os.File
}

// The names of such folders and of the file in each that is locked.
const (
	tempPrefix = "carrot-temp-"
	tempLock   = ".lock"
)

// formerTemp are the names of what earlier versions left behind, which locked nothing.
var formerTemp = []string{"carrot-pile-", "carrot-spill-", "carrot-check-"}

// tempAge is how long something without a lock is left alone: its process may be about to lock it, or be of a version that
// locked nothing.
const tempAge = 24 * time.Hour

// NewTempFolder makes one in parent; "" is the system's folder for temporary files.
func NewTempFolder(parent string) (*TempFolder, error) {
	name, err := os.MkdirTemp(parent, tempPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("a private temporary folder: %w", err)
	}
	lock, err := lockIn(name)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("a private temporary folder: %w", err), os.RemoveAll(name))
	}
	return &TempFolder{Name: name, lock: lock}, nil
}

// lockIn makes a folder's locked file. It gets its name once it is locked, so that no sweep finds the lock free before.
func lockIn(folder string) (*os.File, error) {
	f, err := os.CreateTemp(folder, tempLock+"-*")
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		return f, nil // nothing can be locked here, and so nothing is swept
	}
	if err := os.Rename(f.Name(), filepath.Join(folder, tempLock)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close removes the folder and what is in it.
func (t *TempFolder) Close() error { return errors.Join(t.lock.Close(), os.RemoveAll(t.Name)) }

// sweepTemp removes from parent what killed processes of this user left behind. It is best effort: what stays is found next
// time, and what is in use is locked.
func sweepTemp(parent string) {
	if parent == "" {
		parent = os.TempDir()
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		name := filepath.Join(parent, e.Name())
		ours := strings.HasPrefix(e.Name(), tempPrefix) && e.IsDir()
		former := slices.ContainsFunc(formerTemp, func(p string) bool { return strings.HasPrefix(e.Name(), p) })
		if !ours && !former {
			continue
		}
		info, err := e.Info()
		if err != nil || !mine(info) {
			continue
		}
		old := time.Since(info.ModTime()) > tempAge
		if ours {
			sweepFolder(name, old)
		} else if old {
			_ = os.RemoveAll(name)
		}
	}
}

// sweepFolder removes a folder whose lock is free, and one that never got a lock once it is old, where nothing is in it:
// not every file system has locks.
func sweepFolder(name string, old bool) {
	lock, err := os.OpenFile(filepath.Join(name, tempLock), os.O_RDWR|noFollow, 0)
	switch {
	case errors.Is(err, os.ErrNotExist) && old:
		_ = os.Remove(name)
	case err == nil:
		if tryLock(lock) == nil {
			_ = os.RemoveAll(name)
		}
		_ = lock.Close()
	}
}
