package archive_test

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carrot/jobs/archive"
	"carrot/jobs/archive/storetest"
	"carrot/transform/comp"
)

var exampleFile = regexp.MustCompile("(?m)^`([a-z]+/[^`\n]+)`:?\n\n```\n((?s:.*?))```\n")

// example is the archive that stands in FORMAT.md: key -> bytes.
func example(t *testing.T) map[string]string {
	t.Helper()
	doc, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, m := range exampleFile.FindAllStringSubmatch(string(doc), -1) {
		files[m[1]] = m[2]
	}
	return files
}

// TestFormatByHand recomputes the digests of the example in FORMAT.md from its text, by the rules that stand there and
// without our code: the last 64 characters of a name, the last line of a file, the run's name, and every reference.
func TestFormatByHand(t *testing.T) {
	files := example(t)
	if len(files) != 11 {
		t.Fatalf("FORMAT.md has %d files in its example", len(files))
	}
	sealed := map[string]string{} // key -> the digest that others name it by
	for key, text := range files {
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
		switch folder, _, _ := strings.Cut(key, "/"); folder {
		case "objects", "runs", "receipts":
			if sealed[key] = sum; !strings.HasSuffix(key, sum) {
				t.Errorf("%s has sha256 %s", key, sum)
			}
		default:
			cut := strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n") + 1
			sealed[key] = fmt.Sprintf("%x", sha256.Sum256([]byte(text[:cut])))
			if text[cut:] != "sha256 "+sealed[key]+"\n" {
				t.Errorf("%s ends in %q, its digest is %s", key, text[cut:], sealed[key])
			}
		}
	}
	object := regexp.MustCompile(`(?m)^\w+ (objects/\w{64}) (\w{64}) (\d+) (\d+) - \S+ (?:open|personal|sealed) \S+$`)
	references := 0
	for key, text := range files {
		for _, m := range object.FindAllStringSubmatch(text, -1) {
			references++
			if at, ok := files[m[1]]; !ok || sealed[m[1]] != m[2] || fmt.Sprint(len(at)) != m[3] || m[3] != m[4] {
				t.Errorf("%s: %q is not what is kept", key, m[0])
			}
		}
	}
	if references != 6 {
		t.Errorf("%d references to objects", references)
	}
	for _, want := range []struct{ in, line string }{
		{"runs/", "pull pulls/crm.deals/00000001 " + sealed["pulls/crm.deals/00000001"]},
		{"postings/2026-01", "previous -"},
		{"receipts/", "posting 2026-01 " + sealed["postings/2026-01"]},
	} {
		found := false
		for key, text := range files {
			found = found || (strings.HasPrefix(key, want.in) && strings.Contains(text, "\n"+want.line+"\n"))
		}
		if !found {
			t.Errorf("no line %q in a file below %s", want.line, want.in)
		}
	}
	for key := range files {
		if strings.HasPrefix(key, "runs/") {
			for _, text := range files {
				if strings.HasPrefix(text, "carrot request 1\n") {
					sum := sha256.Sum256([]byte(text))
					if run := base32.StdEncoding.EncodeToString(sum[:])[:26]; !strings.HasPrefix(key, "runs/"+run+"/manifest-") {
						t.Errorf("the request's run is %s, the manifest lies at %s", run, key)
					}
				}
			}
		}
	}
}

// TestFormatByUs writes the same archive with our code: the same keys and bytes; and Verify finds the example sound.
func TestFormatByUs(t *testing.T) {
	m := storetest.NewMemory()
	if err := buildExample(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	ours := map[string]string{}
	for key, b := range m.Files {
		ours[key] = string(b)
	}
	if diff := cmp.Diff(ours, example(t)); diff != "" {
		t.Errorf("FORMAT.md differs (-ours +document): %s", diff)
	}
	doc := storetest.NewMemory()
	for key, text := range example(t) {
		doc.Files[key] = []byte(text)
	}
	if ps := verify(t, doc, nil); len(ps) > 0 {
		t.Errorf("the example of FORMAT.md: %v", ps)
	}
}

func buildExample(ctx context.Context, s archive.Store) error {
	b := &step{ctx: ctx, s: s}
	file := func(name, media string, class comp.Class, text string) archive.Object {
		o, err := archive.Put(ctx, s, name, media, class, []byte(text))
		if b.err == nil {
			b.err = err
		}
		return o
	}
	raw := file("2026-02-03/Deals closed.csv", "text/csv", comp.Personal, "id,owner,amount\n006A,anna,100.00\n")
	if b.err != nil {
		return b.err
	}
	pull, err := archive.WritePull(ctx, s, archive.Pull{PullManifest: comp.PullManifest{Source: "crm", Table: "deals", Seq: 1, Mode: comp.Delta,
		Known: comp.Day(2026, 2, 3), Keys: []string{"id"}, Status: "complete"}, Objects: []archive.Object{raw}})
	if err != nil {
		return err
	}
	config := file("carrot.yaml", "application/yaml", comp.Open, "carrot: 1\ncompany: Example\n")
	req := comp.Request{Kind: comp.Close, Period: comp.Month(comp.Day(2026, 1, 1)), Business: comp.Day(2026, 2, 3), KnownAt: comp.Day(2026, 2, 3), Calculation: "1",
		Inputs: []comp.NamedDigest{{Name: config.Name, Digest: config.Digest}, {Name: pull.Key(), Digest: pull.Digest}}}
	m := archive.Manifest{Run: req.RunID(), Kind: req.Kind, Period: "2026-01", Request: file("request", "text/plain", comp.Open, req.Text()),
		Program: archive.Program{Version: "carrot v0.1.0", Go: "go1.26.8 linux/amd64"}, Pulls: []archive.PullRef{pull.Ref()},
		Config:   []archive.Object{config},
		Outputs:  []archive.Object{file("payroll/DE01.csv", "text/csv", comp.Personal, "employee_id,amount,currency\nE001,4.00,EUR\n")},
		Sidecars: []archive.Object{file("lineage", "text/plain", comp.Personal, "E001 1 0\n")},
		Findings: []archive.Count{{Name: "all", N: 0}},
		Totals:   []archive.Total{{Table: "crm.deals", Part: "in", Rows: 1, Sums: []string{"100 EUR"}}, {Table: "crm.deals", Part: "paid", Rows: 1, Sums: []string{"100 EUR"}}}}
	ledger := file("ledger", "text/csv", comp.Personal, "payee,for,amount\nE001,2026-01,4.00 EUR\n")
	if b.err != nil {
		return b.err
	}
	ref, err := archive.WriteRun(ctx, s, m)
	if err != nil {
		return err
	}
	posting, err := archive.Post(ctx, s, archive.Posting{Period: "2026-01", Run: ref, Ledger: ledger})
	if err != nil {
		return err
	}
	b.receipt(ref, posting, 1)
	b.lease("close-2026-01", 1)
	return b.err
}
