package plans

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/transform/comp"
)

var update = flag.Bool("update", false, "write what the lints say; read the difference before it is kept")

// lintHistory is what the lints are told of the past.
var lintHistory = History{Best: map[string]Reached{"sales/commission": {Most: comp.Scaled(118, 2), Months: 24}}, Numbers: map[string]comp.Number{"revenue": comp.Int(33000)},
	Accepts: true, Unsigned: []Unsigned{{Payee: "E017", Plan: "sales", Version: "9"}, {Payee: "E018", Plan: "sales", Version: "9", State: "CA"}}}

// lintConfig is the company of testdata/lint with one file of plans and more lines of carrot.yaml; where it waits for keys, its
// mistakes.
func lintConfig(t *testing.T, file string, more ...string) (*config.Config, []config.Mistake) {
	t.Helper()
	dir := os.DirFS(filepath.Join("testdata", "lint"))
	over := fstest.MapFS{}
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(dir, name)
		text := strings.Replace(string(b), "plans/*.yaml", file, 1)
		if name == "carrot.yaml" {
			text += strings.Join(more, "\n")
		}
		over[name] = &fstest.MapFile{Data: []byte(text)}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return config.Load(over, "carrot.yaml", func(string) (string, bool) { return "", true })
}

// TestLintSurveysOfRows: two measures of a table do not mix what each row of it says by itself.
func TestLintSurveysOfRows(t *testing.T) {
	for told, want := range map[bool]int{false: 1, true: 0} {
		c, mistakes := lintConfig(t, "plans/L10.bad.yaml")
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		for i := range c.Contracts {
			if told && c.Contracts[i].Name() == "crm.deals" {
				c.Contracts[i].Survey = &comp.Survey{By: "product", Promise: comp.Named}
			}
		}
		got := 0
		for _, l := range Check(c, lintHistory, comp.Day(2026, 3, 1)) {
			if strings.Contains(l.Message, "mixes relationship and transactional surveys") {
				got++
			}
		}
		if got != want {
			t.Errorf("rows that tell their kind: %v: %d lints of mixing, want %d", told, got, want)
		}
	}
}

// The exact texts of the lints of each plan, bad and good; a good plan has none.
func TestLints(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "lint", "plans", "*.yaml"))
	if err != nil || len(files) < 38 {
		t.Fatalf("%d plans of lints (%v)", len(files), err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yaml")
		t.Run(name, func(t *testing.T) {
			c, mistakes := lintConfig(t, "plans/"+filepath.Base(f))
			wait := slices.Contains(lintsWaiting, name)
			if wait != (len(mistakes) > 0) {
				t.Fatalf("it waits is %v: %v", wait, mistakes)
			}
			if wait {
				t.Logf("WAITING: %v", mistakes)
				return
			}
			var got strings.Builder
			for _, l := range Check(c, lintHistory, comp.Day(2026, 3, 1)) {
				got.WriteString(l.String() + "\n")
			}
			id, kind, _ := strings.Cut(name, ".")
			if kind == "good" {
				if diff := cmp.Diff("", unwaived(got.String())); diff != "" {
					t.Errorf("a good plan has lints:\n%s", diff)
				}
				return
			}
			if !strings.Contains(got.String(), ": "+id+" ") {
				t.Errorf("no %s among:\n%s", id, got.String())
			}
			wanted := strings.TrimSuffix(f, ".yaml") + ".want"
			if *update {
				if err := os.WriteFile(wanted, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wanted)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What refuses a close are the unwaived errors of the plans that are in force in its month. A waiver counts up to the last day
// of the month, or of the plan, however late somebody closes.
func TestRefusals(t *testing.T) {
	c, mistakes := lintConfig(t, "plans/L4.bad.yaml")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	all := len(Refusals(c, comp.Month(comp.Day(2026, 3, 1))))
	for _, test := range []struct {
		month, until comp.Date
		end          comp.Date // of the plan
		refused      bool
	}{
		{month: comp.Day(2026, 3, 1), until: comp.Day(2026, 3, 30), end: comp.Forever, refused: true},
		{month: comp.Day(2026, 3, 1), until: comp.Day(2026, 3, 31), end: comp.Forever},
		{month: comp.Day(2026, 3, 1), until: comp.Day(2026, 3, 14), end: comp.Day(2026, 3, 15)},
		{month: comp.Day(2026, 3, 1), until: comp.Day(2026, 3, 13), end: comp.Day(2026, 3, 15), refused: true},
		{month: comp.Day(2026, 4, 1), until: comp.Day(2020, 1, 1), end: comp.Day(2026, 4, 1)},   // in force no more
		{month: comp.Day(2024, 12, 1), until: comp.Day(2020, 1, 1), end: comp.Day(2026, 12, 1)}, // not yet in force
	} {
		one := *c
		one.Plans = slices.Clone(c.Plans)
		one.Plans[0].Effective.End = test.end
		one.Plans[0].Waive = []comp.LintWaiver{{Lint: "L4", By: "Petra Lang", Reason: "agreed", Until: test.until}}
		list := Refusals(&one, comp.Month(test.month))
		if want := map[bool]int{true: all}[test.refused]; len(list) != want || all == 0 {
			t.Errorf("%s, waived until %s: %d of %d errors, want %d", test.month, test.until, len(list), all, want)
		}
	}
}

// A tier is unreachable only after as many months as what is measured takes; a lint of the past, and a class of probe, is
// not called settled by nothing where nobody looked.
func TestLintsOfThePast(t *testing.T) {
	c, mistakes := lintConfig(t, "plans/L6.bad.yaml")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	p := &c.Plans[0]
	p.Waive = []comp.LintWaiver{{Lint: "P-split", By: "P", Reason: "r", Until: comp.Forever - 1}, {Lint: "L6", By: "P", Reason: "r", Until: comp.Forever - 1},
		{Lint: "L19", By: "P", Reason: "r", Until: comp.Forever - 1}}
	for _, test := range []struct {
		every, toDate string
		months        int
		fires         bool
	}{
		{"month", "", 2, false}, {"month", "", 3, true}, {"half", "", 5, false}, {"half", "", 6, true}, {"month", "year", 11, false}, {"month", "year", 12, true}, {"weeks", "", 11, false},
	} {
		p.Components[0].Every, p.Components[0].ToDate = test.every, test.toDate
		var got []string
		for _, l := range Check(c, History{Best: map[string]Reached{"sales/commission": {Most: comp.Scaled(118, 2), Months: test.months}}}, comp.Day(2026, 3, 1)) {
			if l.ID == "L6" || l.ID == "L0" && test.fires {
				got = append(got, l.ID)
			}
		}
		if fires := len(got) == 1 && got[0] == "L6"; fires != test.fires {
			t.Errorf("%+v: %v", test, got)
		}
	}
	for _, l := range Check(c, History{}, comp.Day(2026, 3, 1)) {
		if l.ID == "L0" {
			t.Errorf("nobody looked: %s", l)
		}
	}
}

// L9 is about values that few answers swing: neither about one that is pulled toward a prior, nor about pay for the end of its interval
// that few answers make the worse one.
func TestFewAnswers(t *testing.T) {
	c, mistakes := lintConfig(t, "plans/L9.bad.yaml")
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	at := slices.IndexFunc(c.Measures, func(m comp.Measure) bool { return m.ID == "csat" })
	prior := &comp.Shrink{}
	for _, test := range []struct {
		pays   string
		down   bool
		shrink *comp.Shrink
		want   bool
	}{{"", false, nil, true}, {"", false, prior, false}, {"lower", false, nil, false}, {"lower", true, nil, true}, {"upper", true, nil, false}, {"upper", false, nil, true}, {"standing", false, nil, false}} {
		c.Measures[at].Pays, c.Measures[at].Down, c.Measures[at].Shrink = test.pays, test.down, test.shrink
		if got := slices.ContainsFunc(Check(c, History{}, comp.Day(2026, 3, 1)), func(l Lint) bool { return l.ID == "L9" }); got != test.want {
			t.Errorf("pays %q, down %v: L9 is %v, want %v", test.pays, test.down, got, test.want)
		}
	}
}

// unwaived leaves out what somebody waived.
func unwaived(text string) string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if !strings.Contains(l, "(waived by ") {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// Every lint but those that the loader refuses has a plan that triggers it and one that does not.
func TestEveryLintIsTried(t *testing.T) {
	refused := []int{17}
	for n := range 21 {
		for _, kind := range []string{"bad", "good"} {
			name := filepath.Join("testdata", "lint", "plans", "L"+figureText(comp.Int(int64(n)))+"."+kind+".yaml")
			if _, err := os.Stat(name); err != nil && !slices.Contains(refused, n) {
				t.Error(err)
			}
		}
	}
}

// lintsWaiting are the plans whose keys the config refuses as not supported yet.
var lintsWaiting = []string{}
