package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"

	"carrot/jobs/archive"
	"carrot/transform"
	"carrot/transform/comp"
)

// keygen is `keygen NAME`: what age-keygen prints becomes $NAME, the recipient, and $NAME_secret, the identity.
func keygen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keygen NAME")
	}
	id, err := age.GenerateX25519Identity()
	ts.Check(err)
	ts.Setenv(args[0], id.Recipient().String())
	ts.Setenv(args[0]+"_secret", id.String())
}

// keptIn is `kept FOLDER PATTERN`: some file there holds it, as it lies there or unpacked.
func keptIn(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] kept FOLDER PATTERN")
	}
	found, err := holding(ts.MkAbs(args[0]), regexp.MustCompile(args[1]))
	ts.Check(err)
	if neg && found != "" {
		ts.Fatalf("%s holds %s", found, args[1])
	}
	if !neg && found == "" {
		ts.Fatalf("no file of %s holds %s", args[0], args[1])
	}
}

// holding is a file below dir that holds what is looked for, as it lies there or unpacked; "" where none does.
func holding(dir string, what *regexp.Regexp) (found string, err error) {
	d, err := zstd.NewReader(nil)
	if err != nil {
		return "", err
	}
	defer d.Close()
	files := 0
	err = filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files++
		raw, _ := d.DecodeAll(b, nil) // what is not packed has been looked at as it is
		if what.Match(b) || what.Match(raw) {
			found = name
		}
		return nil
	})
	if err == nil && files == 0 {
		err = errors.New(dir + " holds no file")
	}
	return found, err
}

// sealing makes a company in dir encrypt for a new recipient, and gives the environment of who holds the identity.
func sealing(t *testing.T, dir string) (id *age.X25519Identity, env string) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := appendText(filepath.Join(dir, "carrot.yaml"), "\nsealed_to: ["+id.Recipient().String()+"]\n"); err != nil {
		t.Fatal(err)
	}
	return id, archive.IdentityVariable + "=" + id.String()
}

// childMust runs a child in a company's folder and wants one of the exit codes.
func childMust(t *testing.T, dir, env string, args []string, codes ...int) string {
	t.Helper()
	var out bytes.Buffer
	c := child(append(args, "--config", filepath.Join(dir, "carrot.yaml")), env)
	c.Stdout, c.Stderr = &out, &out
	_ = c.Run() // the exit code tells
	for _, want := range codes {
		if c.ProcessState.ExitCode() == want {
			return out.String()
		}
	}
	t.Fatalf("carrot %v: exit code %d\n%s", args, c.ProcessState.ExitCode(), out.String())
	return ""
}

// ageFiles are the encrypted files of an archive, decrypted: each raw file once, however many tables read it.
func ageFiles(t *testing.T, dir string, id age.Identity) (raw []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "archive", "objects", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no objects: %v", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(b, []byte("age-encryption.org/")) {
			continue
		}
		plain, err := age.Decrypt(bytes.NewReader(b), id)
		if err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(plain)
		if magic, _ := r.Peek(4); string(magic) == "\x28\xb5\x2f\xfd" {
			d, err := zstd.NewReader(r)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			r = bufio.NewReader(d)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, string(text))
	}
	slices.Sort(raw)
	return raw
}

// payrolls are the payroll files for machines, by name.
func payrolls(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "published", "*", "payroll", "*", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no payroll files: %v", err)
	}
	out := map[string]string{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := filepath.Rel(dir, name)
		out[rel] = runName.ReplaceAllString(string(b), "RUN")
	}
	return out
}

// runName is a run's name, which depends on the stored bytes of exports.
var runName = regexp.MustCompile(`[A-Z2-7]{26}`)

// named says whether the lineage of some run in a company's archive names a row of a file that is called so.
func named(t *testing.T, dir, file string) bool {
	t.Helper()
	s, err := archive.OpenDir(filepath.Join(dir, "archive"))
	if err != nil {
		t.Fatal(err)
	}
	refs, err := archive.Runs(t.Context(), s, "")
	if err != nil || len(refs) == 0 {
		t.Fatalf("no runs: %v", err)
	}
	for _, ref := range refs {
		m, err := archive.ReadRun(t.Context(), s, ref)
		if err != nil {
			t.Fatal(err)
		}
		b, err := archive.Get(t.Context(), s, m.Sidecars[slices.IndexFunc(m.Sidecars, func(o archive.Object) bool { return o.Name == "lineage" })])
		if err != nil {
			t.Fatal(err)
		}
		l, err := transform.DecodeLineage(b)
		if err != nil {
			t.Fatal(err)
		}
		less, err := l.Without(func(f comp.File) bool { return strings.Contains(f.Name, file) })
		if err != nil {
			t.Fatal(err)
		}
		if left, err := less.Encode(); err != nil || !bytes.Equal(left, b) {
			return true
		}
	}
	return false
}

// TestExampleEncrypted closes two months of the example company with and without encryption: the pay is the same, each export of
// a sealed table is kept once though two tables read it, no answer stands anywhere in the archive or in what is published, and
// a replay gives the same bytes.
func TestExampleEncrypted(t *testing.T) {
	t.Parallel()
	plain, dir := t.TempDir(), t.TempDir()
	writeExample(t, small, plain)
	copyTree(t, plain, dir)
	id, env := sealing(t, dir)
	childMust(t, plain, "", []string{"run", "--quiet", "--through", "2025-02"}, exitDone, exitHeld)
	childMust(t, dir, env, []string{"run", "--quiet", "--through", "2025-02"}, exitDone, exitHeld)
	if diff := cmp.Diff(payrolls(t, plain), payrolls(t, dir)); diff != "" {
		t.Errorf("pay differs (-plain +encrypted):\n%s", diff)
	}
	var want, answers []string
	all, err := filepath.Glob(filepath.Join(dir, "exports", "*", "Employee Pulse_*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if filepath.Base(filepath.Dir(name)) < "2025-03-04" {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, string(b))
			answers = append(answers, regexp.MustCompile(`R_\w{10,}`).FindAllString(string(b), -1)...)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, ageFiles(t, dir, id)); diff != "" || len(want) < 2 || len(answers) < 10 {
		t.Errorf("%d exports, %d answers; encrypted differs from exports:\n%s", len(want), len(answers), diff)
	}
	what := regexp.MustCompile(strings.Join(answers, "|") + "|AGE-SECRET-KEY-1")
	for part, leaks := range map[string]bool{filepath.Join(plain, "archive"): true, filepath.Join(dir, "archive"): false, filepath.Join(dir, "published"): false} {
		if found, err := holding(part, what); err != nil || (found != "") != leaks {
			t.Errorf("%s: %q holds an answer, %v", part, found, err)
		}
	}
	preview := []string{"run", "--quiet", "--preview", "--period", "2025-03", "--business", "2025-03-20", "--again"}
	childMust(t, dir, env, preview, exitDone, exitHeld)
	before := digests(t, dir)
	childMust(t, dir, env, preview, exitDone, exitHeld)
	same(t, "computed again", before, digests(t, dir))
	if out := childMust(t, dir, env, []string{"replay", "--all", "--quiet"}, exitDone); strings.Count(out, ": identical, ") != 3 {
		t.Errorf("replay: %s", out)
	}
	if out := childMust(t, dir, env, []string{"verify"}, exitDone); !strings.Contains(out, " 0 problems, 0 notices; ") || strings.Contains(out, "not opened") {
		t.Errorf("verify: %s", out)
	}
	if out := childMust(t, dir, "", []string{"verify"}, exitDone); !strings.Contains(out, fmt.Sprintf("\n%d encrypted objects were not opened: ", len(want))) {
		t.Errorf("verify without the identity: %s", out)
	}
}

// TestKilledEncrypting kills `carrot run` at writes all over a pull and two closes and runs it again: the pay is that of an
// undisturbed run, nothing is damaged, and each export counts once. What was encrypted and not yet named stays behind as a stray.
func TestKilledEncrypting(t *testing.T) {
	t.Parallel()
	calm := t.TempDir()
	if err := copyCompany(calm); err != nil {
		t.Fatal(err)
	}
	if err := replaceText(filepath.Join(calm, "sources", "crm.yaml"), "class: open", "class: sealed"); err != nil {
		t.Fatal(err)
	}
	plain := t.TempDir()
	copyTree(t, calm, plain)
	_, env := sealing(t, calm)
	args := []string{"run", "--quiet", "--through", "2026-02", "--business", "2026-03-03"}
	fresh := t.TempDir()
	copyTree(t, calm, fresh)
	childMust(t, calm, env, args, exitDone)
	want := payrolls(t, calm)
	childMust(t, plain, "", args, exitDone)
	if diff := cmp.Diff(payrolls(t, plain), want); diff != "" || named(t, calm, "deals.csv") || !named(t, plain, "deals.csv") {
		t.Errorf("the lineage names rows: %v with encryption, %v without; pay differs:\n%s", named(t, calm, "deals.csv"), named(t, plain, "deals.csv"), diff)
	}
	strays := 0
	for at, stride := 1, 5; ; at += stride {
		dir := filepath.Join(t.TempDir(), "company")
		copyTree(t, fresh, dir)
		when := []string{"before", "after"}[at%2]
		if !killed(t, child(append(args, "--config", filepath.Join(dir, "carrot.yaml")), env, fmt.Sprintf("%s=%d %s", dieAt, at, when))) {
			if at < 40 {
				t.Errorf("only %d writes", at)
			}
			break
		}
		childMust(t, dir, env, args, exitDone)
		if diff := cmp.Diff(want, payrolls(t, dir)); diff != "" {
			t.Errorf("killed %s write %d: pay differs:\n%s", when, at, diff)
		}
		out := childMust(t, dir, env, []string{"verify"}, exitDone)
		strays += strings.Count(out, ": stray: ")
		if !strings.Contains(out, ": 0 problems, ") {
			t.Errorf("killed %s write %d: %s", when, at, out)
		}
		if again := childMust(t, dir, env, []string{"pull", "--as-of", "2026-03-03"}, exitDone); !regexp.MustCompile(`crm\.deals +2 files found, 0 new`).MatchString(again) {
			t.Errorf("killed %s write %d: pulled again: %s", when, at, again)
		}
	}
	if strays == 0 {
		t.Error("no kill fell between an object and its manifest")
	}
}
