package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// article is one of those that ask, with the number of its rows.
type article struct{ number, rows int }

// asked are the rows that config/COVERAGE.md must have.
var asked = []article{{0, 32}, {1, 17}, {2, 14}, {3, 26}, {4, 22}}

var (
	coverageRow = regexp.MustCompile(`^\| (S[0-9][^|]*) \| ([^|]+) \| ([^|]+) \|$`)
	coverageID  = regexp.MustCompile(`^S([0-4])-([0-9]+)(?:\.\.([0-9]+)|/([0-9]+))?$`)
	quotedName  = regexp.MustCompile("`([^`]+)`")
	testName    = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	definition  = regexp.MustCompile(`(?m)^(?:measure|detector|plan|list): ([\w-]+)`)
)

// coverage complains of rows that are missing or told twice, of names that are nothing, and of rows with neither name nor reason.
func coverage(text string, asked []article, known func(name string) bool) (out []string) {
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		m := coverageRow.FindStringSubmatch(line)
		if m == nil {
			if strings.HasPrefix(line, "| S") {
				out = append(out, fmt.Sprintf("line %d: %q is no row of three cells", i+1, line))
			}
			continue
		}
		for _, id := range coverageIDs(m[1]) {
			if seen[id] {
				out = append(out, fmt.Sprintf("line %d: %s a second time", i+1, id))
			}
			seen[id] = true
		}
		if names := quotedName.FindAllStringSubmatch(m[3], -1); len(names) == 0 {
			if m[3] != "not built" || len(m[2]) < 40 {
				out = append(out, fmt.Sprintf("line %d: %s has neither a name nor a reason", i+1, m[1]))
			}
		} else {
			for _, n := range names {
				if !known(n[1]) {
					out = append(out, fmt.Sprintf("line %d: %s points at %s, which there is not", i+1, m[1], n[1]))
				}
			}
		}
	}
	for _, a := range asked {
		for n := 1; n <= a.rows; n++ {
			if id := fmt.Sprintf("S%d-%d", a.number, n); !seen[id] {
				out = append(out, "no row for "+id)
			}
		}
	}
	return out
}

// coverageIDs are the rows that an id such as S0-18..20 or S0-22/23 stands for.
func coverageIDs(id string) (out []string) {
	m := coverageID.FindStringSubmatch(strings.TrimSpace(id))
	if m == nil {
		return []string{id}
	}
	var from, to int
	fmt.Sscan(m[2], &from)
	to = from
	if end := m[3] + m[4]; end != "" {
		fmt.Sscan(end, &to)
	}
	for n := from; n <= to; n++ {
		out = append(out, fmt.Sprintf("S%s-%d", m[1], n))
	}
	return out
}

// TestCoverage: every row of what was asked points at something that there is, or says why there is nothing.
func TestCoverage(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	var names []string
	for _, s := range house(t) {
		for _, m := range testName.FindAllStringSubmatch(s.text, -1) {
			if s.test() {
				names = append(names, m[1])
			}
		}
	}
	for _, pattern := range []string{"config/measures/*.yaml", "config/example/company/measures/*.yaml", "config/templates/measures/*.yaml", "config/detectors/*.yaml", "config/templates/*.yaml",
		"config/example/company/lists/*.yaml", "cmd/carrot/testdata/typed/*.txtar"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range definition.FindAllStringSubmatch(string(b), -1) {
				names = append(names, m[1])
			}
			names = append(names, strings.TrimSuffix(filepath.Base(f), ".yaml"), "typed/"+filepath.Base(f))
		}
	}
	b, err := os.ReadFile(filepath.Join(root, "config", "COVERAGE.md"))
	if err != nil {
		t.Fatal(err)
	}
	report(t, coverage(string(b), asked, func(name string) bool { return slices.Contains(names, name) }))
}

func TestCoverageSeesViolations(t *testing.T) {
	text := "| S0-1 | something | `TestThere` |\n| S0-2..4 | something | `TestGone` |\n| S0-4 | twice | `TestThere` |\n| S0-5 | short | not built |\n| S0-6 | two cells |\n" +
		"| S0-7/8 | A reason that is long enough to be one, for once. | not built |\n"
	mustComplain(t, coverage(text, []article{{0, 8}}, func(name string) bool { return name == "TestThere" }), "line 2: S0-2..4 points at TestGone", "line 3: S0-4 a second time",
		"line 4: S0-5 has neither", "line 5: ", "no row for S0-6")
	if all := strings.Join(coverage(text, []article{{0, 8}}, func(string) bool { return true }), "\n"); strings.Contains(all, "no row for S0-8") || strings.Contains(all, "line 6") {
		t.Errorf("complaints of a good row:\n%s", all)
	}
}
