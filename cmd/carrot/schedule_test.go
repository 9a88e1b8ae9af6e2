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

// two is the smallest company that has a schedule: two people who are paid 5 % of what they sold.
var two = map[string]string{
	"carrot.yaml": `carrot: 1
company: Two
zone: Europe/Berlin
pay: {first: 2026-01, day: 25, restate_months: 3, approval: none}
entities:
  - {id: DE01, name: Two GmbH, country: DE, currency: EUR, pay_code: "3100"}
archive: archive
published: published
people_folders: id
question: "Ask Two."
sources: [sources.yaml]
measures: [sold.yaml]
plans: [plan.yaml]
roster:
  - table: two.people
    id: id
    from: since
    employed: 'id != null'
    set: {name: name, entity: {const: DE01}, department: {const: Sales}}
schedule: {nightly: "02:30", close: {day: 3, at: "04:00"}, zone: Europe/Berlin}
`,
	"sources.yaml": `source: two
kind: files
folder: exports
tables:
  people:
    files: people.csv
    mode: snapshot
    keys: [id]
    cause: hierarchy
    class: personal
    format: csv
    columns: {id: {from: id, type: id}, name: {from: name, type: text}, since: {from: since, type: date}}
  sales:
    files: sales.csv
    mode: snapshot
    keys: [id]
    cause: late data
    class: open
    format: csv
    columns: {id: {from: id, type: id}, owner: {from: owner, type: id}, amount: {from: amount, type: decimal, scale: 2}, day: {from: day, type: date}}
`,
	"sold.yaml": `measure: sold
version: "1"
title: Sold
family: outcome
unit: money
digits: 2
aggregate: sum
pool: payee
table: two.sales
owner: {column: owner}
value: amount
currency: {fixed: EUR}
date: day
label: [id]
`,
	"plan.yaml": `plan: plan
version: "1"
title: Plan
effective: {from: 2026-01-01, to: 2026-12-31}
eligible: 'department == "Sales"'
rounding: half-away
components:
  - {id: commission, title: Commission, clause: "1", measure: sold, every: month, curve: {kind: rate, of: value, rate: "5%"}, prorate: none}
`,
	"exports/people.csv": "id,name,since\nP1,Ada,2025-01-01\nP2,Ben,2025-01-01\n",
	"exports/sales.csv":  "id,owner,amount,day\nS1,P1,1000.00,2026-01-10\nS2,P2,2000.00,2026-01-11\n",
}

func company(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
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
	edit := func(file, old, new string) map[string]string {
		files := map[string]string{}
		for name, text := range two {
			files[name] = text
		}
		if !strings.Contains(files[file], old) {
			t.Fatalf("%s does not hold %q", file, old)
		}
		files[file] = strings.Replace(files[file], old, new, 1)
		return files
	}
	t.Run("due once", func(t *testing.T) {
		dir := company(t, two)
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
			if code, out := at(t, noon(step.day), dir, "run", "--due"); code != exitDone || out != step.want {
				t.Errorf("on 2 February + %d days: exit code %d\n%swant\n%s", step.day-2, code, out, step.want)
			}
		}
		payroll, err := filepath.Glob(filepath.Join(dir, "published", "2026-01", "payroll", "DE01", "*.csv"))
		if err != nil || len(payroll) == 0 {
			t.Fatalf("no payroll file: %v", err)
		}
		b, err := os.ReadFile(payroll[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"50.00", "100.00"} { // 5 % of 1,000 and of 2,000
			if !strings.Contains(string(b), want) {
				t.Errorf("%s lacks %s:\n%s", payroll[0], want, b)
			}
		}
	})
	t.Run("json", func(t *testing.T) {
		code, out := at(t, noon(2), company(t, two), "run", "--due", "--json")
		want := `{"at":"2026-02-02T13:00:00+01:00","slot":"preview-2026-02-02","what":"began"}` + "\n" +
			`{"at":"2026-02-02T13:00:00+01:00","slot":"preview-2026-02-02","what":"done"}` + "\n"
		if code != exitDone || out != want {
			t.Errorf("exit code %d\n%s", code, out)
		}
	})
	t.Run("somebody is held", func(t *testing.T) {
		code, out := at(t, noon(4), company(t, edit("exports/sales.csv", "S2,P2", "S2,P9")), "run", "--due")
		if code != exitHeld || !strings.Contains(out, "close-2026-01 done") {
			t.Errorf("exit code %d, want %d: posted, with a held row\n%s", code, exitHeld, out)
		}
	})
	t.Run("an unfit source stops the close and not the schedule", func(t *testing.T) {
		dir := company(t, edit("exports/sales.csv", "id,owner,amount,day", "id,owner,amount,tag"))
		code, out := at(t, noon(4), dir, "run", "--due")
		if code != exitHeld || !regexp.MustCompile(`close-2026-01 failed: the close of 2026-01 is not posted: .*see carrot show [A-Z2-7]{26}`).MatchString(out) {
			t.Errorf("exit code %d, want %d\n%s", code, exitHeld, out)
		}
		if err := os.WriteFile(filepath.Join(dir, "exports", "sales.csv"), []byte(two["exports/sales.csv"]), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out := at(t, noon(4), dir, "run", "--due"); code != exitDone || !strings.Contains(out, "close-2026-01 done") {
			t.Errorf("mended: exit code %d\n%s", code, out)
		}
	})
	t.Run("no schedule", func(t *testing.T) {
		files := edit("carrot.yaml", `schedule: {nightly: "02:30", close: {day: 3, at: "04:00"}, zone: Europe/Berlin}`, "")
		for _, args := range [][]string{{"run", "--due"}, {"schedule"}} {
			if code, out := at(t, noon(4), company(t, files), args...); code != exitUsage || !strings.Contains(out, `add a line such as schedule: {nightly: "02:30"`) {
				t.Errorf("%v: exit code %d, want %d\n%s", args, code, exitUsage, out)
			}
		}
	})
	t.Run("a config that broke overnight", func(t *testing.T) {
		if code, out := at(t, noon(4), company(t, edit("plan.yaml", "rounding: half-away", "rounding: sideways")), "run", "--due"); code != exitUsage {
			t.Errorf("exit code %d, want %d\n%s", code, exitUsage, out)
		}
	})
}

// TestSchedule stops as soon as it is told to, and has done what was due.
func TestSchedule(t *testing.T) {
	dir := company(t, two)
	ctx, stop := context.WithCancel(t.Context())
	seen := make(chan struct{}, 1)
	var stdout, stderr bytes.Buffer
	now := time.Date(2026, 2, 2, 12, 0, 0, 0, time.UTC)
	a := &app{out: watcher{&stdout, seen}, errOut: &stderr, now: func() time.Time { return now }, getenv: os.LookupEnv}
	root := rootCommand(a)
	root.SetArgs([]string{"schedule", "--config", filepath.Join(dir, "carrot.yaml")})
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
