package archive_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// traced builds the archive in a child under strace.
func traced(t *testing.T, folder string, args ...string) (trace string, err error) {
	t.Helper()
	program, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("SKIPPED ALOUD: no strace here, so that faults of the system are survived is not shown")
	}
	log := filepath.Join(t.TempDir(), "trace")
	args = append([]string{"-f", "-y", "-o", log}, append(args, os.Args[0])...)
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "CRASH_AT=0", "CRASH_IN="+folder)
	out, runErr := cmd.CombinedOutput()
	b, err := os.ReadFile(log)
	if err != nil || strings.Contains(string(out), "ptrace") {
		t.Skipf("SKIPPED ALOUD: strace does not work here: %s", out)
	}
	return string(b), runErr
}

var (
	fsyncCall = regexp.MustCompile(`fsync\(\d+<([^>]*)>\) += 0`)
	linkCall  = regexp.MustCompile(`linkat\(\d+<([^>]*)>, "([^"]*)", \d+<([^>]*)>, "([^"]*)", 0\) += 0`)
)

var (
	unfinished = regexp.MustCompile(`^(\d+) +(.*) <unfinished \.\.\.>$`)
	resumed    = regexp.MustCompile(`^(\d+) +<\.\.\. \w+ resumed>(.*)$`)
)

// completed are the calls of a trace in the order in which they ended, put together where strace saw them in two parts.
func completed(trace string) []string {
	begun := map[string]string{}
	var out []string
	for _, line := range strings.Split(trace, "\n") {
		if m := unfinished.FindStringSubmatch(line); m != nil {
			begun[m[1]] = m[2]
			continue
		}
		if m := resumed.FindStringSubmatch(line); m != nil {
			line = m[1] + " " + begun[m[1]] + m[2]
		}
		out = append(out, line)
	}
	return out
}

// TestSyncedInOrder reads in the trace of a whole build that every file is synced before it gets its name, and its
// folder after that and before the next file is begun: what was acknowledged survives a power cut.
func TestSyncedInOrder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "archive")
	trace, err := traced(t, folder, "-e", "trace=fsync,linkat")
	if err != nil {
		t.Fatal(err, trace)
	}
	synced, waiting, links := map[string]bool{}, "", 0
	for _, line := range completed(trace) {
		if m := fsyncCall.FindStringSubmatch(line); m != nil {
			if synced[m[1]] = true; m[1] == waiting {
				waiting = ""
			}
		}
		m := linkCall.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		links++
		if !synced[filepath.Join(m[1], m[2])] {
			t.Errorf("%s got its name before it was synced", m[4])
		}
		if waiting != "" {
			t.Errorf("%s was not synced after a file got its name there", waiting)
		}
		waiting = m[3]
	}
	if links < 30 || waiting != "" {
		t.Errorf("%d files seen to get their names; %q not synced in the end", links, waiting)
	}
}

// TestSystemFaults lets calls of the system fail, a few of each by default and all with CARROT_FAULTS=all: the child
// says so, what is kept is whole, and a rerun completes it.
func TestSystemFaults(t *testing.T) {
	t.Parallel()
	want, step := built(t), 23
	if os.Getenv("CARROT_FAULTS") == "all" {
		step = 1
	}
	for _, fault := range []string{"fsync:error=EIO", "linkat:error=ENOSPC", "mkdirat:error=ENOSPC", "linkat:signal=KILL", "fsync:signal=KILL"} {
		call, _, _ := strings.Cut(fault, ":")
		for n := 2; ; n += step {
			folder := filepath.Join(t.TempDir(), "archive")
			_, err := traced(t, folder, "-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:when=%d", fault, n))
			if err == nil {
				break // no such call any more
			}
			checkSound(t, folder, want, false)
			if err := child(folder); err != nil {
				t.Errorf("%s at call %d, then run again: %v", fault, n, err)
			}
			checkSound(t, folder, want, true)
			if context.Cause(t.Context()) != nil {
				return
			}
		}
	}
}
