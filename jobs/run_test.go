package jobs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform/comp"
)

// tiny is the company of cmd/carrot/testdata in a folder of its own, with an archive and published files in memory.
type tiny struct {
	*House
	dir       string
	kept      *storetest.Memory
	published *storetest.Memory
}

func newTiny(t *testing.T) *tiny {
	t.Helper()
	c := &tiny{dir: t.TempDir(), kept: storetest.NewMemory(), published: storetest.NewMemory()}
	if err := os.CopyFS(c.dir, os.DirFS(filepath.Join("..", "cmd", "carrot", "testdata", "company"))); err != nil {
		t.Fatal(err)
	}
	c.House = &House{Main: "carrot.yaml", Files: os.DirFS(c.dir), Folder: func(name string) (fs.FS, error) { return os.DirFS(filepath.Join(c.dir, name)), nil },
		Archive: c.kept, Published: func(bool) (archive.Store, error) { return c.published, nil }, Program: archive.Program{Version: "test"},
		Now: func() time.Time { return time.Unix(0, 0) }, Temp: t.TempDir()}
	c.load(t)
	return c
}

func (c *tiny) load(t *testing.T) {
	t.Helper()
	cfg, wrong := config.Load(c.Files, c.Main, func(string) (string, bool) { return "", false })
	for _, m := range wrong {
		t.Fatal(m)
	}
	c.Config = cfg
}

func (c *tiny) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(c.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (c *tiny) pull(t *testing.T, day comp.Date) PullReport {
	t.Helper()
	r, err := c.Pull(context.Background(), day)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// pulls are a table's pull manifests as "seq known files".
func (c *tiny) pulls(t *testing.T, table string) []string {
	t.Helper()
	all, err := archive.Pulls(context.Background(), c.Archive, table)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range all {
		text := string(rune('0'+p.Seq)) + " " + p.Known.String()
		for _, o := range p.Objects {
			text += " " + o.Name
		}
		out = append(out, text)
	}
	return out
}

const header = "ID,Account,Owner,Stage,Amount,Currency,Closed\n"

func TestPullBringsInEachFileOnce(t *testing.T) {
	c := newTiny(t)
	first := comp.Day(2026, 2, 3)
	if r := c.pull(t, first-1); r.New() != 2 {
		t.Errorf("before the first drop: %d new files, want the 2 that are always known", r.New())
	}
	if r := c.pull(t, first); r.New() != 1 {
		t.Errorf("on the day of the first drop: %d new files, want 1", r.New())
	}
	if r := c.pull(t, first); r.New() != 0 {
		t.Errorf("the same again: %d new files, want 0", r.New())
	}
	c.write(t, "exports/2026-02-03/deals 2.csv", header)
	c.write(t, "exports/2026-01-20/deals.csv", header+"D0,Early,ada,Won,1.00,EUR,2026-01-02\n")
	c.pull(t, first+40)
	c.write(t, "exports/2026-02-03/deals.csv", header+"D1,Adler,ada,Won,1.00,EUR,2026-01-10\n")
	c.pull(t, first+40)
	want := []string{"1 2026-02-03 2026-02-03/deals.csv", "2 2026-01-20 2026-01-20/deals.csv", "3 2026-02-03 2026-02-03/deals 2.csv",
		"4 2026-03-03 2026-03-03/deals.csv", "5 2026-02-03 2026-02-03/deals.csv"}
	if d := cmp.Diff(want, c.pulls(t, "crm.deals")); d != "" {
		t.Errorf("pulls of a delta (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"1 0001-01-01 people.csv"}, c.pulls(t, "hr.people")); d != "" {
		t.Errorf("pulls of a file that is always known (-want +got):\n%s", d)
	}
}

func TestSnapshotsArePulledWhole(t *testing.T) {
	c := newTiny(t)
	c.write(t, "sources/hr.yaml", strings.Replace(readAll(t, c, "sources/hr.yaml"), "people.csv", `"{drop}/people*.csv"`, 1))
	c.load(t)
	people := readAll(t, c, "exports/people.csv")
	c.write(t, "exports/2026-01-02/people a.csv", people)
	c.pull(t, comp.Day(2026, 1, 2))
	c.write(t, "exports/2026-01-02/people b.csv", people[:strings.Index(people, "\n")+1])
	c.pull(t, comp.Day(2026, 1, 2))
	want := []string{"1 2026-01-02 2026-01-02/people a.csv", "2 2026-01-02 2026-01-02/people a.csv 2026-01-02/people b.csv"}
	if d := cmp.Diff(want, c.pulls(t, "hr.people")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func readAll(t *testing.T, c *tiny, name string) string {
	t.Helper()
	b, err := fs.ReadFile(c.Files, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// close pulls and closes a month.
func (c *tiny) close(ctx context.Context, month string) (Outcome, error) {
	p, err := comp.ParseMonth(month)
	if err != nil {
		return Outcome{}, err
	}
	day := p.End + 2
	if _, err := c.Pull(ctx, day); err != nil {
		return Outcome{}, err
	}
	return c.Run(ctx, Options{Kind: comp.Close, Period: p, Business: day, KnownAt: day, Publish: true})
}

// TestCloseFailsAnywhere lets each call of the archive fail once, in two closes: what is done again afterwards ends with
// the bytes of closes that nothing disturbed.
func TestCloseFailsAnywhere(t *testing.T) {
	ctx := context.Background()
	calm := newTiny(t)
	both := func(c *tiny) error {
		if _, err := c.close(ctx, "2026-01"); err != nil {
			return err
		}
		_, err := c.close(ctx, "2026-02")
		return err
	}
	count := &storetest.Failing{Store: calm.kept, At: -1}
	calm.Archive = count
	if err := both(calm); err != nil {
		t.Fatal(err)
	}
	lost := errors.New("the network is gone")
	for at := 1; at <= count.Calls(); at += 1 + count.Calls()/60 {
		c := newTiny(t)
		c.Archive = &storetest.Failing{Store: c.kept, At: at, Err: lost, Lost: at%2 == 0}
		if err := both(c); !errors.Is(err, lost) {
			t.Fatalf("call %d failed and the close gives %v", at, err)
		}
		c.Archive = c.kept
		if err := both(c); err != nil {
			t.Fatalf("after call %d failed: %v", at, err)
		}
		for _, m := range []string{"2026-01", "2026-02"} {
			if got := c.events(t, m); got != "computed posted published" {
				t.Fatalf("after call %d failed: receipts of %s are %q", at, m, got)
			}
		}
		for name, pair := range map[string][2]*storetest.Memory{"archive": {calm.kept, c.kept}, "published": {calm.published, c.published}} {
			if d := cmp.Diff(files(pair[0]), files(pair[1])); d != "" {
				t.Fatalf("%s after call %d failed (-calm +disturbed):\n%s", name, at, d)
			}
		}
	}
}

// events are what receipts say of the close that posted a month.
func (c *tiny) events(t *testing.T, month string) string {
	t.Helper()
	p, err := archive.ReadPosting(context.Background(), c.kept, month)
	if err != nil {
		t.Fatal(err)
	}
	receipts, err := archive.Receipts(context.Background(), c.kept, p.Run.Run)
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for _, r := range receipts {
		events = append(events, r.Event)
	}
	return strings.Join(events, " ")
}

// files are the digests of what a store keeps, but for receipts: they tell the time.
func files(m *storetest.Memory) map[string]string {
	out := map[string]string{}
	for key, b := range m.Files {
		if !strings.HasPrefix(key, "receipts/") {
			out[key] = digestOf(b)
		}
	}
	return out
}

func TestReplayAfterEverythingChanged(t *testing.T) {
	ctx := context.Background()
	c := newTiny(t)
	var refs []archive.RunRef
	for _, month := range []string{"2026-01", "2026-02"} {
		o, err := c.close(ctx, month)
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, o.Ref)
	}
	auditor := &House{Archive: c.kept, Program: c.Program, Temp: t.TempDir()}
	for _, ref := range refs {
		r, err := auditor.Replay(ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Differences) > 0 || r.Outputs < 10 {
			t.Errorf("replay of %s: %d files, differences %v", ref.Run, r.Outputs, r.Differences)
		}
	}
}

func TestAMissingFileIsNoEmptyOne(t *testing.T) {
	source := func(tables ...string) config.Source {
		s := config.Source{Name: "crm"}
		for _, name := range tables {
			s.Tables = append(s.Tables, config.Table{Contract: comp.Contract{Source: "crm", Table: name}, Files: "{drop}/" + name + ".csv"})
		}
		return s
	}
	k := &knowledge{config: &config.Config{Sources: []config.Source{source("deals", "refunds", "yearly", "never")}}}
	for table, days := range map[string][]comp.Date{"deals": {10, 20, 30}, "refunds": {10, 20}, "yearly": {10}} {
		for i, d := range days {
			k.pulls = append(k.pulls, archive.Pull{PullManifest: comp.PullManifest{Source: "crm", Table: table, Seq: i + 1, Known: d}})
		}
	}
	var got []string
	for _, f := range absent(k) {
		got = append(got, f.Table+" "+f.Key+" "+f.Reach.String())
	}
	if d := cmp.Diff([]string{"crm.refunds 1970-01-31 source", "crm.never  source"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestSpilledNamesComeAgain is what true-ups of a run with more rows than memory do: they fold the same tables again.
func TestSpilledNamesComeAgain(t *testing.T) {
	v := newVault(context.Background(), storetest.NewMemory(), t.TempDir())
	defer v.Close()
	for _, want := range []string{"first", "second"} {
		w, err := v.Create("keys-crm.deals-0")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, want); err != nil {
			t.Fatal(err)
		}
		w.Close()
		r, err := v.Open("keys-crm.deals-0")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		r.Close()
		if err != nil || string(got) != want {
			t.Errorf("read back %q, %v; want %q", got, err, want)
		}
	}
}
