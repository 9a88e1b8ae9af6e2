package reports

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"carrot/transform/comp"
)

// render collects what Render puts.
func render(t testing.TB, r *comp.Result, o Options) []File {
	t.Helper()
	var files []File
	if err := Render(r, o, func(f File) error { files = append(files, f); return nil }); err != nil {
		t.Fatal(err)
	}
	return files
}

func all() Options { return Options{Statements: true} }

// byPath is the file with the path; it must be there.
func byPath(t testing.TB, files []File, path string) []byte {
	t.Helper()
	for _, f := range files {
		if f.Path == path {
			return f.Bytes
		}
	}
	t.Fatalf("no file %s", path)
	return nil
}

// tool is a program that a test needs. Where it is missing the test says so, and on CI that is a failure: a check that
// silently did not run looks like one that passed.
func tool(t testing.TB, names ...string) string {
	t.Helper()
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	msg := fmt.Sprintf("NOT TESTED: none of %v is installed (apt-get install poppler-utils libreoffice-calc)", names)
	if os.Getenv("CI") == "true" {
		t.Fatal(msg)
	}
	t.Skip(msg)
	return ""
}

func TestPaths(t *testing.T) {
	var got []string
	for _, f := range render(t, sample(), all()) {
		got = append(got, fmt.Sprintf("%s %s %s", f.Path, f.Class, strings.Split(f.Media, ";")[0]))
	}
	const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	want := []string{"audit/run.txt personal text/plain"}
	for _, n := range []string{"credits", "findings", "lines", "scorecards"} {
		want = append(want, "audit/tables/"+n+".csv personal text/csv", "audit/tables/"+n+".parquet personal application/vnd.apache.parquet")
	}
	for _, e := range []string{"DE01", "JP01", "KW01", "US01"} {
		if e == "DE01" || e == "US01" { // where something was corrected
			want = append(want, "payroll/"+e+"/corrections-2026-02.csv personal text/csv")
		}
		want = append(want, "payroll/"+e+"/pay-2026-02.control personal text/plain", "payroll/"+e+"/pay-2026-02.csv personal text/csv",
			"payroll/"+e+"/statements-2026-02.xlsx personal "+xlsx)
	}
	for _, p := range []string{"E001", "E002", "E003", "J001", "K001", "K002", "U001"} {
		want = append(want, "people/"+p+"/statement-2026-02.pdf personal application/pdf")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	paths := slices.Clone(want)
	slices.Sort(paths)
	if d := cmp.Diff(want, paths); d != "" {
		t.Error("not in the order of paths", d)
	}
	for _, f := range render(t, sample(), Options{}) {
		if strings.HasPrefix(f.Path, "people/") || strings.HasSuffix(f.Path, ".xlsx") {
			t.Errorf("%s without Statements", f.Path)
		}
	}
}

// allCredits are those of everybody.
func allCredits(r *comp.Result) (out []comp.Credit) {
	for _, payee := range r.Credits.Payees() {
		of, _ := r.Credits.Of(payee) // in memory
		out = append(out, of...)
	}
	return out
}

// shuffled is the same outcome with every list in another order.
func shuffled(r *comp.Result, seed uint64) *comp.Result {
	rnd := rand.New(rand.NewPCG(seed, 7))
	credits := allCredits(r)
	rnd.Shuffle(len(credits), func(a, b int) { credits[a], credits[b] = credits[b], credits[a] })
	r.Credits = comp.ListCredits(credits)
	for i := range r.Statements {
		for j := range r.Statements[i].Lines {
			l := &r.Statements[i].Lines[j]
			rnd.Shuffle(len(l.Credits), func(a, b int) { l.Credits[a], l.Credits[b] = l.Credits[b], l.Credits[a] })
		}
		ls := r.Statements[i].Lines
		rnd.Shuffle(len(ls), func(a, b int) { ls[a], ls[b] = ls[b], ls[a] })
	}
	rnd.Shuffle(len(r.Statements), func(a, b int) { r.Statements[a], r.Statements[b] = r.Statements[b], r.Statements[a] })
	rnd.Shuffle(len(r.Findings), func(a, b int) { r.Findings[a], r.Findings[b] = r.Findings[b], r.Findings[a] })
	rnd.Shuffle(len(r.Held), func(a, b int) { r.Held[a], r.Held[b] = r.Held[b], r.Held[a] })
	rnd.Shuffle(len(r.Scorecards), func(a, b int) { r.Scorecards[a], r.Scorecards[b] = r.Scorecards[b], r.Scorecards[a] })
	rnd.Shuffle(len(r.Entities), func(a, b int) { r.Entities[a], r.Entities[b] = r.Entities[b], r.Entities[a] })
	rnd.Shuffle(len(r.Controls), func(a, b int) { r.Controls[a], r.Controls[b] = r.Controls[b], r.Controls[a] })
	rnd.Shuffle(len(r.Expectations), func(a, b int) { r.Expectations[a], r.Expectations[b] = r.Expectations[b], r.Expectations[a] })
	for _, l := range [][]comp.NamedDigest{r.Run.Inputs, r.Run.Measures, r.Run.Plans} {
		rnd.Shuffle(len(l), func(a, b int) { l[a], l[b] = l[b], l[a] })
	}
	return r
}

// digests are "sha256 path" of every file.
func digests(files []File) []string {
	var out []string
	for _, f := range files {
		out = append(out, digest(f.Bytes)+" "+f.Path)
	}
	return out
}

// TestSameBytes renders one outcome 50 times and a larger one 10 times: in two orders, in 25 zones, on one core and two.
func TestSameBytes(t *testing.T) {
	local, procs := time.Local, runtime.GOMAXPROCS(0)
	defer func() { time.Local = local; runtime.GOMAXPROCS(procs) }()
	oneOffice := func() *comp.Result {
		r := sample()
		r.Entities, r.Statements = r.Entities[:1], r.Statements[:3]
		return r
	}
	for _, c := range []struct {
		of    func() *comp.Result
		times int
	}{{oneOffice, 50}, {sample, 10}} {
		want := digests(render(t, c.of(), all()))
		for i := 1; i < c.times; i++ {
			time.Local = time.FixedZone("elsewhere", (i%25-12)*3600)
			runtime.GOMAXPROCS(1 + i%2)
			r := c.of()
			if i%2 == 1 {
				r = shuffled(r, uint64(i))
			}
			if d := cmp.Diff(want, digests(render(t, r, all()))); d != "" {
				t.Fatalf("rendering %d differs: %s", i+1, d)
			}
		}
	}
}

// TestSameBytesElsewhere runs this test's own binary with another zone and locale.
func TestSameBytesElsewhere(t *testing.T) {
	const role = "CARROT_PRINT_DIGESTS"
	want := strings.Join(digests(render(t, sample(), all())), "\n")
	if os.Getenv(role) != "" {
		fmt.Println("DIGESTS\n" + want + "\nEND")
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, env := range [][]string{{"TZ=Asia/Kolkata", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8", "GOMAXPROCS=1"}, {"TZ=America/New_York", "LANG=de_DE", "ZONEINFO=/nowhere", "GOGC=5"}} {
		c := exec.Command(exe, "-test.run=^TestSameBytesElsewhere$")
		c.Env = append(append(os.Environ(), role+"=1"), env...)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", env, err, out)
		}
		_, got, _ := strings.Cut(string(out), "DIGESTS\n")
		got, _, _ = strings.Cut(got, "\nEND")
		if got != want {
			t.Errorf("%v gives other bytes:\n%s", env, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
	}
}

func TestRenderLeavesTheResult(t *testing.T) {
	r, want := shuffled(sample(), 3), shuffled(sample(), 3)
	render(t, r, all())
	if d := cmp.Diff(fmt.Sprintf("%+v", want.Findings), fmt.Sprintf("%+v", r.Findings)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(fmt.Sprint(want.Statements[0].Lines, allCredits(want), want.Held), fmt.Sprint(r.Statements[0].Lines, allCredits(r), r.Held)); d != "" {
		t.Error(d)
	}
}

func TestPutError(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	full := errors.New("the disk is full")
	for _, stop := range []int{0, 1, 9, 20, 21, 22, 27} {
		n := 0
		err := Render(sample(), all(), func(File) error {
			if n++; n > stop {
				return full
			}
			return nil
		})
		if !errors.Is(err, full) {
			t.Fatalf("put failed at file %d, Render says %v", stop+1, err)
		}
		if n != stop+1 {
			t.Fatalf("put was called %d times after it failed", n-stop-1)
		}
	}
}

func TestFolders(t *testing.T) {
	for _, name := range []string{"../E001", "a/b", `a\b`, "", ".", "..", ".hidden", "C:x", "a\nb"} {
		o := all()
		o.Person = func(string) string { return name }
		err := Render(sample(), o, func(File) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "cannot name a folder") {
			t.Errorf("folder %q: %v", name, err)
		}
	}
	o := all()
	o.Person = func(payee string) string { return strings.ToLower(payee[:1]) } // three payees in one folder
	if err := Render(sample(), o, func(File) error { return nil }); err == nil || !strings.Contains(err.Error(), "would both be") {
		t.Errorf("two people in one folder: %v", err)
	}
	r := sample()
	r.Statements[0].Entity = "../x"
	if err := Render(r, all(), func(File) error { return nil }); err == nil || !strings.Contains(err.Error(), "legal entity") {
		t.Errorf("entity outside its folder: %v", err)
	}
}

func TestStopped(t *testing.T) {
	r := sample()
	r.Findings = append(r.Findings, comp.Finding{Code: "header_lacks_column", Reach: comp.ReachSource, Table: "salesforce.deals"})
	var got []string
	for _, f := range render(t, r, all()) {
		got = append(got, f.Path)
	}
	if d := cmp.Diff([]string{"audit/run.txt", "audit/tables/findings.csv", "audit/tables/findings.parquet"}, got); d != "" {
		t.Error(d)
	}
	if !strings.Contains(string(byPath(t, render(t, r, all()), "audit/run.txt")), "*** STOPPED BY FINDINGS: nobody is paid by this run ***\n") {
		t.Error("the certificate does not say that the run stopped")
	}
	r.Findings[4].Waived = "known"
	if n := len(render(t, r, all())); n < 20 {
		t.Errorf("%d files of a run whose stop is waived", n)
	}
}

func TestEmptyResult(t *testing.T) {
	files := render(t, &comp.Result{Run: sampleRun()}, all())
	if len(files) != 9 {
		t.Errorf("%d files, want the certificate and eight tables", len(files))
	}
	r := sample()
	r.Statements = nil
	sheets := readBook(t, byPath(t, render(t, r, all()), "payroll/DE01/statements-2026-02.xlsx"))
	if !strings.Contains(fmt.Sprint(sheets["Pay"]), "There is no statement for this legal entity.") {
		t.Errorf("Pay sheet of an office without statements: %v", sheets["Pay"])
	}
}

// TestLook writes the sample to the folder named by CARROT_LOOK, for a person to look at. Without it there is nothing
// to test here.
func TestLook(t *testing.T) {
	dir := os.Getenv("CARROT_LOOK")
	if dir == "" {
		t.Skip("CARROT_LOOK names no folder: nothing is written for the eye")
	}
	preview := sample()
	preview.Run.Kind = comp.Preview
	for sub, r := range map[string]*comp.Result{"close": sample(), "preview": preview} {
		for _, f := range render(t, r, all()) {
			path := filepath.Join(dir, sub, filepath.FromSlash(f.Path))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, f.Bytes, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// BenchmarkStatements is one PDF of three pages with 200 credits, and one of one page.
func BenchmarkStatements(b *testing.B) {
	r := sample()
	x := newIndex(r)
	for _, at := range []int{0, 2} {
		b.Run(r.Statements[at].Payee, func(b *testing.B) {
			for b.Loop() {
				if _, err := statementPDF(x, &r.Statements[at]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
