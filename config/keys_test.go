package config

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parts are where the keys of each mapping that the code reads stand in keys.txt: file, then the path before them.
var parts = map[string][2]string{
	"the config": {"carrot.yaml", ""}, "pay": {"carrot.yaml", "pay."}, "an entity": {"carrot.yaml", "entities[]."},
	"a roster table": {"carrot.yaml", "roster[]."}, "the attribute ": {"carrot.yaml", "roster[].set.<attribute>."},
	"a crosswalk": {"carrot.yaml", "crosswalk[]."}, "a table of rates": {"carrot.yaml", "fx[]."},
	"a table of quotas": {"carrot.yaml", "quotas[]."}, "a calendar": {"carrot.yaml", "calendars[]."},
	"an expectation": {"carrot.yaml", "expect[]."}, "a section": {"carrot.yaml", "management[]."}, "minutes": {"carrot.yaml", "management[].minutes."}, "the schedule": {"carrot.yaml", "schedule."}, "a close": {"carrot.yaml", "schedule.close."},
	"a source": {"sources/*.yaml", ""}, "a table": {"sources/*.yaml", "tables.<table>."}, "a survey": {"sources/*.yaml", "tables.<table>.survey."}, "a kind of survey": {"sources/*.yaml", "tables.<table>.survey.kind."}, "a dialect": {"sources/*.yaml", "tables.<table>.dialect."},
	"booleans": {"sources/*.yaml", "tables.<table>.dialect.booleans."}, "a column": {"sources/*.yaml", "tables.<table>.columns.<column>."},
	"a shared part of a scorecard": {"shared/*.yaml", ""}, "the use of a shared part": {"plans/*.yaml", "components[].parts[]."}, "a shared component": {"shared/*.yaml", ""}, "the use of a shared component": {"plans/*.yaml", "components[]."},
	"a stage": {"carrot.yaml", "stage[]."}, "accounts": {"carrot.yaml", "accounts."}, "contact": {"carrot.yaml", "accounts.contact."}, "working hours": {"carrot.yaml", "working_hours[]."}, "a week": {"carrot.yaml", "working_hours[].open."}, "an experiment": {"carrot.yaml", "experiments[]."}, "a stage that is reached": {"carrot.yaml", "accounts.reach[]."},
	"a column of a list": {"lists/*.yaml", "columns.<title>."}, "a list": {"lists/*.yaml", ""}, "the owner of a list": {"lists/*.yaml", "owner."}, "a table of contributions": {"carrot.yaml", "contributions[]."},
	"a measure": {"measures/*.yaml", ""}, "an owner": {"measures/*.yaml", "owner."}, "a split": {"measures/*.yaml", "owner.split."},
	"a change": {"measures/*.yaml", "change."}, "an input": {"measures/*.yaml", "inputs.<name>."}, "an uncertainty": {"measures/*.yaml", "uncertainty."}, "a model": {"measures/*.yaml", "model."}, "a BG/NBD model": {"measures/*.yaml", "model.bgnbd."}, "a standing": {"measures/*.yaml", "standing."},
	"a measure's value": {"measures/*.yaml", "standing.against."}, "a prior": {"measures/*.yaml", "shrink."}, "strata": {"measures/*.yaml", "strata."},
	"netted": {"measures/*.yaml", "netted."}, "a currency": {"measures/*.yaml", "currency."}, "a fold": {"measures/*.yaml", "fold."},
	"a plan": {"plans/*.yaml", ""}, "effective": {"plans/*.yaml", "effective."}, "a component": {"plans/*.yaml", "components[]."},
	"a quota": {"plans/*.yaml", "components[].quota."}, "a curve": {"plans/*.yaml", "components[].curve."}, "a band": {"plans/*.yaml", "components[].curve.bands[]."},
	"a point": {"plans/*.yaml", "components[].curve.points[]."}, "a gate": {"plans/*.yaml", "components[].gates[]."},
	"a legal overlay": {"legal/*.yaml", ""}, "a table of events": {"carrot.yaml", "events[]."}, "a table of hours": {"carrot.yaml", "hours[]."},
	"a table of acceptances": {"carrot.yaml", "acceptances[]."}, "a draw": {"plans/*.yaml", "draw."}, "a budget": {"plans/*.yaml", "components[].budget."},
	"a release": {"plans/*.yaml", "components[].release."}, "a part of a release": {"plans/*.yaml", "components[].release.parts[]."},
	"a bar": {"plans/*.yaml", "components[].release.parts[].if."}, "a clawback": {"plans/*.yaml", "components[].clawback."},
	"a tier": {"plans/*.yaml", "components[].clawback.takes[]."}, "an award": {"plans/*.yaml", "components[].award."}, "a cost": {"plans/*.yaml", "components[].cost."},
	"examples: a file of examples": {"plans/*.test.yaml", ""}, "examples: an example": {"plans/*.test.yaml", "examples[]."}, "examples: somebody": {"plans/*.test.yaml", "examples[].people[]."},
	"examples: what changes of somebody": {"plans/*.test.yaml", "examples[].people[].then[]."}, "examples: a number": {"plans/*.test.yaml", "examples[].numbers[]."},
	"examples: a rate": {"plans/*.test.yaml", "examples[].fx[]."}, "examples: a fact": {"plans/*.test.yaml", "examples[].facts.<measure>[]."}, "examples: a row": {"plans/*.test.yaml", "examples[].tables.<table>[]."},
	"examples: an event": {"plans/*.test.yaml", "examples[].events[]."}, "examples: hours": {"plans/*.test.yaml", "examples[].hours[]."}, "examples: an adjustment": {"plans/*.test.yaml", "examples[].adjustments[]."},
	"examples: an expectation": {"plans/*.test.yaml", "examples[].expect[]."}, "fairness": {"carrot.yaml", "fairness."}, "decisions": {"carrot.yaml", "fairness.decisions."},
	"a waiver": {"plans/*.yaml", "waive[]."}, "fx": {"plans/*.yaml", "fx."}, "a part": {"plans/*.yaml", "components[].parts[]."},
	"a multiplier": {"plans/*.yaml", "components[].multiply[]."}, "rows of a matrix": {"plans/*.yaml", "components[].curve.rows."},
	"a detector": {"detectors/*.yaml", ""}, "an alarm": {"detectors/*.yaml", "alarm."}, "a detector's owner": {"detectors/*.yaml", "owner."},
	"another row": {"detectors/*.yaml", "again."}, "a table of reviews": {"carrot.yaml", "reviews."}, "columns of a matrix": {"plans/*.yaml", "components[].curve.columns."}, "a number by name": {"plans/*.yaml", "components[].score."},
}

// constant is the text of a constant expression; other names than those of keys give nothing.
func constant(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return s
	case *ast.BinaryExpr:
		return constant(e.X) + constant(e.Y)
	case *ast.Ident:
		switch e.Name {
		case "termKeys":
			return termKeys
		case "statisticKeys":
			return statisticKeys
		}
	}
	return ""
}

// specs are the keys of every mapping that the code reads, from its source: those that must be there with !.
func specs(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 2 {
				if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "fields" {
					out[constant(call.Args[0])] = strings.Fields(constant(call.Args[1]))
				}
			}
			return true
		})
	}
	for name, s := range planSpecs {
		var keys []string
		for _, k := range strings.Fields(s.keys) {
			k, _, _ = strings.Cut(k, ":")
			keys = append(keys, k)
		}
		switch name {
		case "factor": // a curve with fewer kinds, of which its part says so
			for _, k := range keys {
				if !strings.Contains(" "+planSpecs["curve"].keys, " "+k+":") {
					t.Errorf("a factor has the key %s, a curve has not", k)
				}
			}
		case "dated": // with any currency beside these
		default:
			out[s.what] = keys
		}
	}
	for _, s := range exampleSpecs {
		var keys []string
		for _, k := range strings.Fields(s.keys) {
			k, _, _ = strings.Cut(k, ":")
			keys = append(keys, k)
		}
		out["examples: "+s.what] = keys
	}
	delete(out, "")
	return out
}

// TestKeysAreThoseOfTheCode: keys.txt names every key that the code reads and no other, and marks those that must be there.
func TestKeysAreThoseOfTheCode(t *testing.T) {
	var want, got []string
	have := specs(t)
	if d := cmp.Diff(have["a term"], strings.Fields(strings.NewReplacer("table", "table!", "date", "date!").Replace(termKeys))); d != "" {
		t.Errorf("a term has other keys under rows than beside a measure's own:\n%s", d)
	}
	delete(have, "a term")
	if len(have) != len(parts) {
		t.Errorf("the code reads %d kinds of mapping, the test knows %d", len(have), len(parts))
	}
	for what, keys := range have {
		p, ok := parts[what]
		if !ok {
			t.Errorf("no part of keys.txt is known for %q", what)
		}
		if what == "an input" { // which may have those of a term as well
			keys = slices.DeleteFunc(keys, func(k string) bool { return k == "rows" || slices.Contains(strings.Fields(termKeys), k) })
		}
		if strings.HasPrefix(what, "a shared ") || strings.HasPrefix(what, "the use of a shared ") { // beside these, those of a component
			keys = keys[:1]
		}
		for _, k := range keys {
			want = append(want, p[0]+" "+p[1]+k)
		}
	}
	for _, k := range Keys() {
		line := k.File + " " + k.Path
		if k.Must {
			line += "!"
		}
		if strings.HasSuffix(k.Path, ">") || strings.Contains(k.Path, "amounts[]") || strings.HasPrefix(k.Path, "values[].") {
			continue // names of one's own, and amounts, which the code reads without a list of keys
		}
		got = append(got, line)
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("keys.txt differs from the code (- code, + keys.txt):\n%s", d)
	}
}

func TestKeysHaveOneLineEach(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keys() {
		if k.File == "" || k.Means == "" || seen[k.File+k.Path] {
			t.Errorf("%+v: a file and a meaning were expected, each key once", k)
		}
		seen[k.File+k.Path] = true
	}
	if lines := strings.Split(strings.TrimRight(KeysText(), "\n"), "\n"); len(seen)+9+8 != len(lines) {
		t.Errorf("%d keys in %d lines, of which 9 name files and 8 are empty", len(seen), len(lines))
	}
	for _, line := range strings.Split(KeysText(), "\n") {
		if len([]rune(line)) > 160 {
			t.Errorf("longer than a line of a screen: %s", line)
		}
	}
}
