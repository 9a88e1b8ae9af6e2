package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"carrot/config/example"
	"carrot/jobs"
	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// confiding is the demo's company in people and months, with few customers: what is read of it is what its employees answered.
var confiding = example.Size{People: example.Default().People, Months: example.Default().Months, Tickets: 60, Deals: 30, Responses: 30, Seed: example.Default().Seed}

// TestExampleTellsNoAnswer reads every published file of all months of the demo's company, everything in its archive but the sealed
// rows, and what commands print, and attacks what they tell of the employee survey: no sum or difference of results, of groups
// within each other or across and of months before and after, is about fewer people than the floor.
func TestExampleTellsNoAnswer(t *testing.T) {
	company := filepath.Join(t.TempDir(), "whole", "company")
	must(t, append([]string{"demo", "--quiet", "--out", filepath.Dir(company)}, sizeArgs(confiding)...), exitDone)
	x := newSnoop(t, company)
	digests := x.files(t, filepath.Join(company, "published"))
	sealed, bare := x.archived(t, filepath.Join(company, "archive"), digests)
	x.printed(t, company)
	for _, w := range x.wrong {
		t.Error(w)
	}
	for _, f := range x.solve() {
		t.Errorf("can be worked out: %s", f)
	}
	told := x.results()
	want := []string{"finance of company, 2025-01-01 to 2025-06-30, known in month 6", "finance of company, 2025-07-01 to 2025-12-31, known in month 12",
		"work of Customer Service, 2025-01-01 to 2025-12-31, known in month 12", "work of Sales, 2025-01-01 to 2025-12-31, known in month 12",
		"work of company, 2025-01-01 to 2025-12-31, known in month 12"}
	if !slices.Equal(told, want) {
		t.Errorf("told:\n%s\nexpected:\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	t.Logf("%d bytes, %d times a result, %d objects of sealed rows, %d others that are not published", x.read, x.said, sealed, bare)
	if x.read < 10_000_000 || x.said < 60 || sealed < confiding.Months || bare < 100 {
		t.Error("too little to tell anything")
	}
	x.planted(t)
}

// planted tells the attacker more than the company does; each it must see through.
func (x *snoop) planted(t *testing.T) {
	of := func(question, group, to string, known int) *result {
		return x.find(func(r *result) bool {
			return r.question == question && r.group == group && r.from == "2025-01-01" && r.to == to && r.known == known
		})
	}
	closed, late := of("finance", wholeCompany, "2025-06-30", 5), of("finance", wholeCompany, "2025-06-30", 6)
	if len(late.answers) != len(closed.answers)+1 {
		t.Fatalf("of June %d answers came late, expected one", len(late.answers)-len(closed.answers))
	}
	row := func(group string) []string {
		r := of("work", group, "2025-12-31", 11)
		return []string{"Employee satisfaction (1 to 5), department", group, "2025", r.value(2), "-", fmt.Sprint(len(r.answers))}
	}
	for name, cells := range map[string][][]string{
		"two people, with a year's fourteen answers": {row("Top Management")},
		"a half year told again, with a late answer": {{fmt.Sprintf("Colleagues satisfied with Finance: %d of %d", late.sum, len(late.answers))}},
		"the first of all departments but one":       {row("Development"), row("Marketing"), row("Finance")},
	} {
		y := *x
		y.told = map[*result]bool{}
		for r := range x.told {
			y.told[r] = true
		}
		for _, c := range cells {
			y.unit(name, c, nil)
		}
		if len(y.told) == len(x.told) || len(y.solve()) == 0 {
			t.Errorf("%s: nothing could be worked out of %q: %v %q", name, cells, y.results(), y.wrong)
		}
	}
	// The whole company without its top management: neither is small, and their difference is two people.
	y := *x
	y.told = map[*result]bool{of("work", wholeCompany, "2025-12-31", 11): true}
	others := result{question: "work", group: "all but top management"}
	for r := range y.told {
		for _, a := range r.answers {
			if x.heard[a].department(r.known) != "Top Management" {
				others.answers = append(others.answers, a)
			}
		}
	}
	if y.told[&others] = true; len(y.solve()) == 0 {
		t.Errorf("%d answers beside those of everybody told nothing", len(others.answers))
	}
}

// TestExampleWithoutSuppressionIsAttacked closes a year of the same company with departments held against the floor alone, and one
// by one: what it publishes tells what few people answered.
func TestExampleWithoutSuppressionIsAttacked(t *testing.T) {
	ctx := context.Background()
	company := filepath.Join(t.TempDir(), "company")
	size := confiding
	size.Months = 12
	a := &app{out: io.Discard, errOut: io.Discard, config: filepath.Join(company, "carrot.yaml"), getenv: os.LookupEnv, now: time.Now}
	p := a.progress()
	if err := writeCompany(company, size, p); err != nil {
		t.Fatal(err)
	}
	p.close()
	h, err := a.house(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h.Compute = func(now transform.Inputs, prev *transform.Inputs) (*comp.Result, *transform.Lineage, error) {
		v := transform.DefaultVerbs()
		v.Suppress = func(sets [][]int, people func([]int) int64, _ int64) []bool {
			out := make([]bool, len(sets))
			for i, blocks := range sets {
				out[i] = people(blocks) > 0
			}
			return out
		}
		return transform.ComputeWith(v, now, prev)
	}
	for month := comp.Month(h.Config.Settings.First); month.Start < comp.Day(2026, 1, 1); month = comp.Month(month.End) {
		day := closeDay(h.Config.Schedule, month)
		if _, err := h.Pull(ctx, day); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Run(ctx, jobs.Options{Kind: comp.Close, Period: month, Business: day, KnownAt: day, Statements: month.End == comp.Day(2026, 1, 1), Publish: true}); err != nil {
			t.Fatal(err)
		}
	}
	x := newSnoop(t, company)
	x.files(t, filepath.Join(company, "published", "2025-12", "management"))
	found := x.solve()
	if len(x.told) != 6 || len(found) == 0 { // the six departments
		t.Errorf("of %v nothing could be worked out, or not of all six departments", x.results())
	}
	t.Logf("%d results told, worked out: %v", len(x.told), found)
}

// files reads every file of a folder. What a Parquet table holds, the CSV beside it does.
func (x *snoop) files(t *testing.T, folder string) (digests map[string]bool) {
	t.Helper()
	pdftotext := reader(t, "pdftotext", "poppler-utils")
	digests = map[string]bool{}
	s := &scores{each: x.unit}
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		digests[fmt.Sprintf("%x", sha256.Sum256(b))] = true
		if _, err := os.Stat(strings.TrimSuffix(name, ".parquet") + ".csv"); filepath.Ext(name) == ".parquet" && err == nil {
			return nil
		}
		x.bytes(name, b)
		s.file(t, pdftotext, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return digests
}

// archived reads everything that the archive holds but objects of class sealed and what was published. It counts those of which an
// answer can be read, which have to be sealed, and the others that it reads.
func (x *snoop) archived(t *testing.T, folder string, published map[string]bool) (sealed, others int) {
	t.Helper()
	ctx := context.Background()
	store, err := archive.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s := &scores{each: x.unit}
	object := func(o archive.Object) {
		if published[o.Digest] {
			return
		}
		published[o.Digest] = true
		b, err := archive.Get(ctx, store, o)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case o.Class == comp.Sealed:
			if x.raw(b) {
				sealed++
			}
			return
		case strings.Contains(o.Media, "jsonl"):
			for line := range strings.Lines(string(b)) {
				x.object(t, s, o.Name, line)
			}
		default:
			s.lines(o.Name, legible(t, o.Name, b))
		}
		x.bytes("the archived "+o.Name, b)
		others++
	}
	x.pulled(t, store, object)
	refs, err := archive.Runs(ctx, store, "")
	if err != nil || len(refs) != confiding.Months {
		t.Fatalf("%d runs: %v", len(refs), err)
	}
	for _, ref := range refs {
		m, err := archive.ReadRun(ctx, store, ref)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range [][]archive.Object{m.Config, m.Inputs, m.Outputs, m.Sidecars, {m.Request}} {
			for _, o := range list {
				object(o)
			}
		}
	}
	err = store.List(ctx, "", func(key string, _ int64) error {
		if strings.HasPrefix(key, "objects/") {
			return nil
		}
		r, err := store.Open(ctx, key)
		if err != nil {
			return err
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		x.bytes(key, b)
		s.lines(key, string(b))
		others++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sealed, others
}

// pulled gives every object that a pull brought.
func (x *snoop) pulled(t *testing.T, store archive.Store, see func(archive.Object)) {
	t.Helper()
	tables := map[string]bool{}
	err := store.List(t.Context(), "pulls/", func(key string, _ int64) error {
		tables[strings.Split(key, "/")[1]] = true
		return nil
	})
	if err != nil || !tables["qualtrics.pulse"] || !tables["qualtrics.pulse_finance"] {
		t.Fatalf("pulls of %d tables, the survey's two among them: %v", len(tables), err)
	}
	for table := range tables {
		pulls, err := archive.Pulls(t.Context(), store, table)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pulls {
			for _, o := range p.Objects {
				see(o)
			}
		}
	}
}

func (x *snoop) object(t *testing.T, s *scores, where, text string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	s.object(where, v)
}

// printed reads what commands say of those whom the survey pays, and of a plan that reads it otherwise.
func (x *snoop) printed(t *testing.T, company string) {
	t.Helper()
	s := &scores{each: x.unit}
	say := func(args ...string) {
		args = append(args, "--config", filepath.Join(company, "carrot.yaml"))
		out := must(t, args, exitDone, exitHeld)
		x.bytes(strings.Join(args, " "), []byte(out))
		if slices.Contains(args, "--json") {
			x.object(t, s, args[0], out)
		} else {
			s.lines(args[0], out)
		}
	}
	for _, month := range []string{"2025-06", "2025-12", "2026-01"} {
		for _, payee := range []string{"0001", "0008"} { // of top management, and of Finance
			say("explain", "--period", month, "--payee", payee)
			say("explain", "--period", month, "--payee", payee, "--json")
		}
		say("show", month)
	}
	say("explain", "--period", "2025-12", "--payee", "0001", "--against", "2025-11")
	plan := filepath.Join(company, "plans", "top-management.yaml")
	candidate := edited(t, plan, `{at: "4.0", pays: "100%"}`, `{at: "4.0", pays: "90%"}`)
	say("plan", "simulate", "--plan", candidate, "--from", "2025-12")
	say("plan", "simulate", "--plan", candidate, "--from", "2025-12", "--json")
	say("plan", "diff", plan, candidate, "--from", "2025-12", "--json")
	say("plan", "document", "--payee", "0001", "top_management")
	say("check", "--describe")
}
