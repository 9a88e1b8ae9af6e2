package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/jobs"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// faults are mistakes put into one verb of the calculation. Each changes what somebody of the small demo is paid.
var faults = map[string]func(v *transform.Verbs, d transform.Verbs){
	"cents rounded up": func(v *transform.Verbs, _ transform.Verbs) {
		v.Round = func(a comp.Amount, _ comp.Rounding) (comp.Money, error) { return a.Round(comp.AwayFromZero) }
	},
	"currencies taken as equal": func(v *transform.Verbs, _ transform.Verbs) {
		v.Rate = func(comp.FX, comp.Currency, comp.Currency, comp.Period) (comp.Number, bool) { return comp.Int(1), true }
	},
	"shares of rows that missed": func(v *transform.Verbs, d transform.Verbs) {
		v.Combine = func(a comp.Aggregate, x comp.Number, hits, n int64) (comp.Number, bool) {
			return d.Combine(a, x, n-hits, n)
		}
	},
}

func faulty(name string) jobs.Calculation {
	put, ok := faults[name]
	if !ok {
		panic("no fault is called " + name)
	}
	v := transform.DefaultVerbs()
	put(&v, transform.DefaultVerbs())
	return func(now transform.Inputs, prev *transform.Inputs) (*comp.Result, *transform.Lineage, error) {
		return transform.ComputeWith(v, now, prev)
	}
}

// exitOf runs a child to its end and gives its exit code and standard output.
func exitOf(t testing.TB, c *exec.Cmd) (code int, out string) {
	t.Helper()
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	err := c.Run()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	}
	if c.ProcessState.ExitCode() == exitFailed {
		t.Errorf("%s", e.String())
	}
	return c.ProcessState.ExitCode(), o.String()
}

func TestReplayIsIdentical(t *testing.T) {
	t.Parallel()
	dir := closedDemo(t)
	// A copy of the archive alone, on no machine with a config, is enough.
	alone := filepath.Join(t.TempDir(), "alone")
	copyTree(t, filepath.Join(dir, "archive"), alone)
	c := child([]string{"replay", "--quiet", "--all", "--archive", alone}, "TZ=Pacific/Apia")
	c.Dir = t.TempDir()
	code, out := exitOf(t, c)
	if n := len(regexp.MustCompile(`(?m)^close [A-Z2-7]{26} of 2025-0[1-4]: identical, [0-9]+ files$`).FindAllString(out, -1)); code != exitDone || n != small.Months {
		t.Errorf("exit code %d, %d of %d runs identical\n%s", code, n, small.Months, out)
	}
}

// differing is how a replay names a line.
var differing = regexp.MustCompile(`(?m)^  audit/tables/lines\.csv: statement (\S+) line ([0-9]+): archived (.*), replayed (.*)$`)

// TestReplayNoticesFaults replays with a fault in one verb: exit code 5, and every line that the fault changes is named.
func TestReplayNoticesFaults(t *testing.T) {
	t.Parallel()
	dir := closedDemo(t)
	lines := published(t, dir, "2025-01", "lines")
	for name := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := postedRun(t, filepath.Join(dir, "archive"), "2025-01")
			code, out := exitOf(t, child([]string{"replay", "--quiet", run, "--archive", filepath.Join(dir, "archive")}, withFault+"="+name))
			found := differing.FindAllStringSubmatch(out, -1)
			if code != exitDiffers || len(found) == 0 {
				t.Fatalf("exit code %d, want %d; %d lines named\n%s", code, exitDiffers, len(found), out)
			}
			if name != "cents rounded up" {
				return
			}
			// Which lines those are follows from the first month's own exact amounts: those that had cents cut off.
			var want, got []string
			for _, l := range lines {
				exact, err := comp.ParseExact(l["exact"])
				if err != nil {
					t.Fatal(err)
				}
				amount, err := comp.ParseExact(l["amount"])
				if err != nil {
					t.Fatal(err)
				}
				if exact.Cmp(amount) > 0 {
					want = append(want, l["statement"]+" "+l["line"])
				}
			}
			for _, f := range found {
				got = append(got, f[1]+" "+f[2])
			}
			sort.Strings(want)
			sort.Strings(got)
			if d := cmp.Diff(want, got); d != "" || len(want) == 0 {
				t.Errorf("lines named (-with cents cut off +named):\n%s", d)
			}
		})
	}
}

// postedRun is the id of the run that paid a period.
func postedRun(t testing.TB, folder, period string) string {
	t.Helper()
	s, err := archive.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := archive.ReadPosting(t.Context(), s, period)
	if err != nil {
		t.Fatal(err)
	}
	return p.Run.Run
}

// TestReplayNoticesAForgedPlan changes one digit of a rate in the archived sales plan and seals everything again, so that
// every digest is right and verify finds nothing. Replay computes what the changed plan pays, and names the lines.
func TestReplayNoticesAForgedPlan(t *testing.T) {
	t.Parallel()
	dir := closedDemo(t)
	forged := filepath.Join(t.TempDir(), "forged")
	changed := 0
	reseal(t, filepath.Join(dir, "archive"), forged, func(name string, raw []byte) []byte {
		if name != "config/plans/sales.yaml" {
			return raw
		}
		at := bytes.Index(raw, []byte(`pays: "`)) + len(`pays: "`)
		out := bytes.Clone(raw)
		out[at] ^= 1 // 3.5 % becomes 2.5 %
		changed++
		return out
	})
	if changed != small.Months {
		t.Fatalf("the plan was changed in %d runs, want %d", changed, small.Months)
	}
	if code, out, errOut := carrot("verify", "--archive", forged); code != exitDone {
		t.Fatalf("the forged copy is not well sealed: exit code %d\n%s%s", code, out, errOut)
	}
	code, out := exitOf(t, child([]string{"replay", "--quiet", "--all", "--archive", forged}))
	found := differing.FindAllStringSubmatch(out, -1)
	if code != exitDiffers || len(found) == 0 {
		t.Fatalf("exit code %d, want %d; %d lines named\n%s", code, exitDiffers, len(found), out)
	}
	sold := map[string]bool{} // lines of the sales plan's commission, from the honest tables
	for m := 1; m <= small.Months; m++ {
		for _, l := range published(t, dir, fmt.Sprintf("2025-%02d", m), "lines") {
			if l["plan"] == "sales" {
				sold[l["statement"]] = true
			}
		}
	}
	named := map[string]bool{}
	for _, f := range found {
		if named[f[1]] = true; !sold[f[1]] {
			t.Errorf("statement %s is named, whose payee has no line of the sales plan: %s", f[1], f[0])
		}
	}
	if !named["0002:2025-01"] && !named["0003:2025-01"] {
		t.Errorf("nobody's first statement is named:\n%s", out)
	}
}

// reseal copies an archive, with config files changed, so that everything fits together again: objects, requests, run
// names, manifests, the chain of postings and receipts. What the runs gave stays as it was.
func reseal(t *testing.T, from, to string, change func(name string, raw []byte) []byte) {
	t.Helper()
	ctx := t.Context()
	old, err := archive.OpenDir(from)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	s, err := archive.NewDir(to)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f := forger{t: t, ctx: ctx, old: old, new: s, change: change}
	chain, err := archive.PostingChain(ctx, old)
	if err != nil {
		t.Fatal(err)
	}
	f.pulls()
	for _, p := range chain {
		f.run(p)
	}
}

type forger struct {
	t        *testing.T
	ctx      context.Context
	old, new archive.Store
	change   func(name string, raw []byte) []byte
	last     string // digest of the posting before, in the copy
}

func (f *forger) try(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *forger) object(o archive.Object) archive.Object {
	raw, err := archive.Get(f.ctx, f.old, o)
	f.try(err)
	n, err := archive.Put(f.ctx, f.new, o.Name, o.Media, o.Class, f.change(o.Name, raw))
	f.try(err)
	return n
}

func (f *forger) objects(list []archive.Object) []archive.Object {
	var out []archive.Object
	for _, o := range list {
		out = append(out, f.object(o))
	}
	return out
}

func (f *forger) pulls() {
	f.try(f.old.List(f.ctx, "pulls/", func(key string, _ int64) error {
		table, number, _ := strings.Cut(strings.TrimPrefix(key, "pulls/"), "/")
		if number != "00000001" {
			return nil
		}
		all, err := archive.Pulls(f.ctx, f.old, table)
		f.try(err)
		for _, p := range all {
			p.Objects = f.objects(p.Objects)
			_, err := archive.WritePull(f.ctx, f.new, p)
			f.try(err)
		}
		return nil
	}))
}

func (f *forger) run(p archive.Posting) {
	m, err := archive.ReadRun(f.ctx, f.old, p.Run)
	f.try(err)
	m.Config, m.Inputs, m.Outputs, m.Sidecars = f.objects(m.Config), f.objects(m.Inputs), f.objects(m.Outputs), f.objects(m.Sidecars)
	text, err := archive.Get(f.ctx, f.old, m.Request)
	f.try(err)
	m.Request, err = archive.Put(f.ctx, f.new, "request", "text/plain", comp.Open, []byte(f.request(string(text), m.Config)))
	f.try(err)
	m.Run = archive.RunID(m.Request.Digest)
	ref, err := archive.WriteRun(f.ctx, f.new, m)
	f.try(err)
	receipts, err := archive.Receipts(f.ctx, f.old, p.Run.Run)
	f.try(err)
	p.Run, p.Previous, p.Ledger = ref, f.last, f.object(p.Ledger)
	p, err = archive.Post(f.ctx, f.new, p)
	f.try(err)
	f.last = p.Digest
	for _, r := range receipts {
		r.Run = ref
		if r.Posting != "" {
			r.PostedAs = p.Digest
		}
		_, err := archive.WriteReceipt(f.ctx, f.new, r)
		f.try(err)
	}
}

// request gives the request that names the changed files and the plans in them.
func (f *forger) request(text string, files []archive.Object) string {
	digest := map[string]string{}
	folder := fstest.MapFS{}
	for _, o := range files {
		digest[o.Name] = o.Digest
		raw, err := archive.Get(f.ctx, f.new, o)
		f.try(err)
		if name, ok := strings.CutPrefix(o.Name, "config/"); ok {
			folder[name] = &fstest.MapFile{Data: raw}
		}
	}
	cfg, mistakes := config.Load(folder, "carrot.yaml", func(string) (string, bool) { return "", false })
	if len(mistakes) > 0 {
		f.t.Fatal(mistakes)
	}
	for _, p := range cfg.Plans {
		digest["plan/"+p.ID] = p.Digest
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		switch w := strings.SplitN(line, " ", 4); {
		case w[0] == "previous" && f.last != "":
			lines[i] = "previous " + f.last
		case w[0] == "input" && digest[w[3]] != "":
			lines[i] = strings.Join([]string{"input", digest[w[3]], w[2], w[3]}, " ")
		}
	}
	return strings.Join(lines, "\n")
}

// TestResealOfNothing is the other side of the forged plan: sealed again without a change, the archive is byte for byte
// what it was, so that what replay notices is the change and not the sealing.
func TestResealOfNothing(t *testing.T) {
	t.Parallel()
	dir := closedDemo(t)
	again := t.TempDir()
	reseal(t, filepath.Join(dir, "archive"), filepath.Join(again, "archive"), func(_ string, raw []byte) []byte { return raw })
	copyTree(t, filepath.Join(dir, "published"), filepath.Join(again, "published"))
	same(t, "sealed again", digests(t, dir), digests(t, again))
}
