package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"

	"carrot/config/example"
	"carrot/connectors"
	"carrot/jobs"
)

// asProgram makes the test binary the program: it runs the command line that it was given, as main does, after what
// childTune does to the house.
const asProgram = "CARROT_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if connectors.ChildMain() {
		return
	}
	if os.Getenv(asProgram) != "" {
		if os.Getenv(sayTime) != "" {
			sayTimes()
			return
		}
		childTune()
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, time.Now))
	}
	testscript.Main(cleaning{m}, map[string]func(){"carrot": func() {
		childTune()
		jobs.Frugal()
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, scriptDay))
	}})
}

// scriptDay is the clock of scripts: what they say of waivers, plans in force and the past stays true however late they run.
func scriptDay() time.Time { return time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC) }

// cleaning removes what tests share when they have ended.
type cleaning struct{ *testing.M }

// Run runs the tests.
func (c cleaning) Run() int {
	defer func() {
		for _, dir := range []string{sharedDir, paidDir} {
			if dir != "" {
				os.RemoveAll(dir)
			}
		}
	}()
	return c.M.Run()
}

var sharedDir string

// closed is a demo of the small size that several tests look at and none changes.
var closed = sync.OnceValues(func() (company string, err error) {
	if sharedDir, err = os.MkdirTemp("", "carrot-test-*"); err != nil {
		return "", err
	}
	code, out, errOut := carrot(append([]string{"demo", "--quiet", "--out", sharedDir}, sizeArgs(small)...)...)
	if code != exitDone {
		return "", fmt.Errorf("carrot demo: exit code %d\n%s%s", code, out, errOut)
	}
	return filepath.Join(sharedDir, "company"), nil
})

// closedDemo is the folder of that demo's company.
func closedDemo(t testing.TB) string {
	t.Helper()
	dir, err := closed()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// childTune does in a child what its environment asks for: see the constants.
func childTune() {
	var tunes []func(*jobs.House)
	if s := os.Getenv(cutAt); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			panic(err)
		}
		tunes = append(tunes, func(h *jobs.House) { h.SplitSize = n })
	}
	if s := os.Getenv(withFault); s != "" {
		tunes = append(tunes, func(h *jobs.House) { h.Compute = faulty(s) })
	}
	if s := os.Getenv(dieAt); s != "" {
		tunes = append(tunes, dying(s))
	}
	if len(tunes) > 0 {
		tune = func(h *jobs.House) {
			for _, f := range tunes {
				f(h)
			}
		}
	}
}

const (
	cutAt     = "CARROT_TEST_SPLIT" // bytes of a split
	withFault = "CARROT_TEST_FAULT" // a fault of faults
	dieAt     = "CARROT_TEST_DIE"   // the number of the write at which to die, then "before" or "after"
)

// long says whether the versions of a test that take minutes run: CARROT_LONG=1.
func long() bool { return os.Getenv("CARROT_LONG") != "" }

// small is a company that closes a month in a fraction of a second and has all of the example's plans, tables and files.
var small = example.Size{People: 12, Months: 4, Tickets: 300, Deals: 120, Responses: 150, Seed: example.Default().Seed}

// sizeArgs are the flags of `carrot demo` for a size.
func sizeArgs(s example.Size) []string {
	return []string{fmt.Sprint("--people=", s.People), fmt.Sprint("--months=", s.Months), fmt.Sprint("--tickets=", s.Tickets),
		fmt.Sprint("--deals=", s.Deals), fmt.Sprint("--responses=", s.Responses)}
}

// writeExample writes the example company of a size into a folder.
func writeExample(t testing.TB, size example.Size, dir string) {
	t.Helper()
	_, err := example.Generate(size, func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return err
		}
		writeTo(t, filepath.Join(dir, filepath.FromSlash(name)), b.Bytes())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func writeTo(t testing.TB, name string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// edit changes the one place in a file where old stands.
func edit(t testing.TB, name, old, now string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(b, []byte(old)); n != 1 {
		t.Fatalf("%s holds %q %d times, expected once", name, old, n)
	}
	writeTo(t, name, bytes.Replace(b, []byte(old), []byte(now), 1))
}

// carrot runs a command line in this process and gives its exit code and both outputs.
func carrot(args ...string) (code int, out, errOut string) {
	var o, e strings.Builder
	code = run(args, &o, &e, time.Now)
	return code, o.String(), e.String()
}

// must runs a command line in this process and wants one of the exit codes.
func must(t testing.TB, args []string, codes ...int) string {
	t.Helper()
	code, out, errOut := carrot(args...)
	for _, want := range codes {
		if code == want {
			return out
		}
	}
	t.Fatalf("carrot %s: exit code %d, want %v\n%s%s", strings.Join(args, " "), code, codes, out, errOut)
	return ""
}

// child is a process of the test binary that is the program, with more variables in its environment.
func child(args []string, env ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(append(os.Environ(), asProgram+"=1"), env...)
	return c
}

// closeThrough writes nothing but closes every month up to through, in this process, and gives the digests.
func closeThrough(t testing.TB, dir, through string, more ...string) map[string]string {
	t.Helper()
	must(t, append([]string{"run", "--quiet", "--through", through, "--config", filepath.Join(dir, "carrot.yaml")}, more...), exitDone, exitHeld)
	return digests(t, dir)
}

// digests are the sha256 of every file of a company's archive and published files but for the receipts and leases, which
// name a person, a machine and a moment.
func digests(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, part := range []string{"archive", "published"} {
		err := fs.WalkDir(os.DirFS(dir), part, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if name == "archive/receipts" || name == "archive/leases" || d.Name() == ".tmp" {
					return fs.SkipDir
				}
				return nil
			}
			b, err := os.ReadFile(filepath.Join(dir, name))
			out[name] = fmt.Sprintf("%x", sha256.Sum256(b))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	enough(t, out)
	return out
}

// enough refuses a comparison of nothing: every kind of file must be there.
func enough(t testing.TB, digests map[string]string) {
	t.Helper()
	for _, kind := range []string{"archive/objects/", "archive/pulls/", "archive/runs/", "archive/postings/", "published/"} {
		n := 0
		for name := range digests {
			if strings.HasPrefix(name, kind) {
				n++
			}
		}
		if n == 0 {
			t.Fatalf("there is no file below %s: nothing to compare", kind)
		}
	}
}

// same compares two lists of digests and names at most a few of the files that differ.
func same(t testing.TB, what string, want, got map[string]string) {
	t.Helper()
	var bad []string
	for name, w := range want {
		if g, ok := got[name]; !ok {
			bad = append(bad, name+" is missing")
		} else if g != w {
			bad = append(bad, name+" differs")
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			bad = append(bad, name+" is new")
		}
	}
	sort.Strings(bad)
	if len(bad) > 0 {
		t.Errorf("%s: %d of %d files are not the same:\n%s", what, len(bad), len(want), strings.Join(bad[:min(12, len(bad))], "\n"))
	}
}

// copyTree copies a folder.
func copyTree(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// unpack writes the files of a txtar archive into a folder.
func unpack(t testing.TB, archive, dir string) {
	t.Helper()
	a, err := txtar.ParseFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		writeTo(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
	}
}

// records reads a csv file as one map a row, by the names in its header.
func records(t testing.TB, name string) []map[string]string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var out []map[string]string
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, cell := range r {
			m[rows[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}

// published reads an audit table of a period from the folder that holds the published files.
func published(t testing.TB, company, period, table string) []map[string]string {
	t.Helper()
	return records(t, filepath.Join(company, "published", period, "audit", "tables", table+".csv"))
}
