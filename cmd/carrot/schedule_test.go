package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// due is the small company whose deals are known from the first day of February on, with an edit of a file: its name, what
// stands there, what to write.
func due(t *testing.T, edit ...string) tiny {
	t.Helper()
	c := newTiny(t)
	if err := os.Rename(c.file("exports/2026-02-03"), c.file("exports/2026-02-01")); err != nil {
		t.Fatal(err)
	}
	if len(edit) > 0 {
		c.swap(t, edit[0], edit[1], edit[2])
	}
	return c
}

// at runs a command line with the clock at an instant.
func at(t *testing.T, now time.Time, dir string, args ...string) (code int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{out: &stdout, errOut: &stderr, now: func() time.Time { return now }, getenv: os.LookupEnv}
	root := rootCommand(a)
	root.SetArgs(append(args, "--config", filepath.Join(dir, "carrot.yaml")))
	err := root.ExecuteContext(t.Context())
	var exit exitError
	switch {
	case errors.As(err, &exit):
		code = exit.code
	case err != nil:
		code = exitFailed
	}
	if err != nil {
		stdout.WriteString("error: " + err.Error() + "\n")
	}
	return code, stdout.String()
}

func TestRunDue(t *testing.T) {
	noon := func(day int) time.Time { return time.Date(2026, 2, day, 12, 0, 0, 0, time.UTC) }
	const deals = "exports/2026-02-01/deals.csv"
	t.Run("due once", func(t *testing.T) {
		c := due(t)
		for _, step := range []struct {
			day  int
			want string
		}{
			{2, "2026-02-02T13:00:00+01:00 preview-2026-02-02 began\n2026-02-02T13:00:00+01:00 preview-2026-02-02 done\n"},
			{2, "nothing is due\n"},
			{4, "2026-02-04T13:00:00+01:00 preview-2026-02-03 began\n2026-02-04T13:00:00+01:00 preview-2026-02-03 done\n" +
				"2026-02-04T13:00:00+01:00 close-2026-01 began\n2026-02-04T13:00:00+01:00 close-2026-01 done\n" +
				"2026-02-04T13:00:00+01:00 preview-2026-02-04 began\n2026-02-04T13:00:00+01:00 preview-2026-02-04 done\n"},
			{4, "nothing is due\n"},
		} {
			if code, out := at(t, noon(step.day), string(c), "run", "--due"); code != exitDone || out != step.want {
				t.Errorf("on 2 February + %d days: exit code %d\n%swant\n%s", step.day-2, code, out, step.want)
			}
		}
		payroll, err := filepath.Glob(c.file("published/2026-01/payroll/DE01/*.csv"))
		if err != nil || len(payroll) == 0 {
			t.Fatalf("no payroll file: %v", err)
		}
		b, err := os.ReadFile(payroll[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"100.00", "250.05"} { // 10 % of 1,000.00 and of 2,500.50
			if !strings.Contains(string(b), want) {
				t.Errorf("%s lacks %s:\n%s", payroll[0], want, b)
			}
		}
	})
	t.Run("json", func(t *testing.T) {
		code, out := at(t, noon(2), string(due(t)), "run", "--due", "--json")
		want := `{"at":"2026-02-02T13:00:00+01:00","slot":"preview-2026-02-02","what":"began"}` + "\n" +
			`{"at":"2026-02-02T13:00:00+01:00","slot":"preview-2026-02-02","what":"done"}` + "\n"
		if code != exitDone || out != want {
			t.Errorf("exit code %d\n%s", code, out)
		}
	})
	t.Run("somebody is held", func(t *testing.T) {
		code, out := at(t, noon(4), string(due(t, deals, "Adler,ada", "Adler,eve")), "run", "--due")
		if code != exitHeld || !strings.Contains(out, "close-2026-01 done") {
			t.Errorf("exit code %d, want %d: posted, with a held row\n%s", code, exitHeld, out)
		}
	})
	t.Run("an unfit source stops the close and not the schedule", func(t *testing.T) {
		c := due(t, deals, "Closed", "Closes")
		code, out := at(t, noon(4), string(c), "run", "--due")
		if code != exitHeld || !regexp.MustCompile(`close-2026-01 failed: the close of 2026-01 is not posted: .*see carrot show [A-Z2-7]{26}`).MatchString(out) {
			t.Errorf("exit code %d, want %d\n%s", code, exitHeld, out)
		}
		c.swap(t, deals, "Closes", "Closed")
		if code, out := at(t, noon(4), string(c), "run", "--due"); code != exitDone || !strings.Contains(out, "close-2026-01 done") {
			t.Errorf("mended: exit code %d\n%s", code, out)
		}
	})
	t.Run("no schedule", func(t *testing.T) {
		c := due(t, "carrot.yaml", `schedule: {nightly: "02:30", close: {day: 3, at: "04:00"}, zone: Europe/Berlin}`, "")
		for _, args := range [][]string{{"run", "--due"}, {"schedule"}} {
			if code, out := at(t, noon(4), string(c), args...); code != exitUsage || !strings.Contains(out, `add a line such as schedule: {nightly: "02:30"`) {
				t.Errorf("%v: exit code %d, want %d\n%s", args, code, exitUsage, out)
			}
		}
	})
	t.Run("a config that broke overnight", func(t *testing.T) {
		if code, out := at(t, noon(4), string(due(t, "plans/sales.yaml", "rounding: half-away", "rounding: sideways")), "run", "--due"); code != exitUsage {
			t.Errorf("exit code %d, want %d\n%s", code, exitUsage, out)
		}
	})
}

// TestSchedule stops as soon as it is told to, and has done what was due.
func TestSchedule(t *testing.T) {
	c := due(t)
	ctx, stop := context.WithCancel(t.Context())
	seen := make(chan struct{}, 1)
	var stdout, stderr bytes.Buffer
	now := time.Date(2026, 2, 2, 12, 0, 0, 0, time.UTC)
	a := &app{out: watcher{&stdout, seen}, errOut: &stderr, now: func() time.Time { return now }, getenv: os.LookupEnv}
	root := rootCommand(a)
	root.SetArgs([]string{"schedule", "--config", c.file("carrot.yaml")})
	ended := make(chan error, 1)
	go func() { ended <- root.ExecuteContext(ctx) }()
	select {
	case <-seen:
	case err := <-ended:
		t.Fatalf("ended by itself: %v\n%s", err, stderr.String())
	case <-time.After(time.Minute):
		t.Fatal("nothing was done within a minute")
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("told to stop: %v", err)
	}
	if out := stdout.String(); !strings.Contains(out, "preview-2026-02-02 done") {
		t.Errorf("output:\n%s%s", out, stderr.String())
	}
}

// watcher tells when the first slot is done.
type watcher struct {
	*bytes.Buffer
	seen chan struct{}
}

// Write keeps the text.
func (w watcher) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if bytes.Contains(p, []byte(" done\n")) {
		select {
		case w.seen <- struct{}{}:
		default:
		}
	}
	return n, err
}
