package archive_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"testing"

	"carrot/jobs/archive"
)

func sha(text string) [32]byte { return sha256.Sum256([]byte(text)) }

func ignoreExist(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// TestMain is also the child of TestKilled: with CRASH_AT it builds the small archive in a folder and kills itself, as
// kill -9 does, at the step of that number.
func TestMain(m *testing.M) {
	at, err := strconv.Atoi(os.Getenv("CRASH_AT"))
	if err != nil {
		os.Exit(m.Run())
	}
	n := 0
	archive.SetLinkPoint(func() {
		if n++; n == at {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal is on its way
		}
	})
	if err := child(os.Getenv("CRASH_IN")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func child(folder string) error {
	s, err := archive.NewDir(folder)
	if err != nil {
		return err
	}
	return build(context.Background(), s)
}
