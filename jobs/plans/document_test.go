package plans

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/transform/comp"
)

var digits = regexp.MustCompile(`[0-9]+`)

// Every number in the prose of every golden plan comes from a field.
func TestDocumentBinds(t *testing.T) {
	c := load(t, filepath.Join("testdata", "golden"))
	for i := range c.Plans {
		d := Write(c, &c.Plans[i])
		prose, _, _ := strings.Cut(d.Text, "\nDigest of this document: ")
		for _, run := range digits.FindAllStringIndex(prose, -1) {
			bound := false
			for _, b := range d.Bound {
				bound = bound || b.Offset <= run[0] && run[1] <= b.Offset+b.Length
			}
			if !bound {
				t.Errorf("%s: %q stands in the prose and comes from no field:\n%s", d.Plan, prose[run[0]:run[1]], prose[max(0, run[0]-80):run[1]])
			}
		}
	}
}

// Changing what a band or a rate pays in the file changes the prose where it is bound, and nowhere else before the footer.
func TestDocumentFollowsTheFile(t *testing.T) {
	dir := filepath.Join("testdata", "golden")
	c := load(t, dir)
	tried := 0
	for i := range c.Plans {
		d := Write(c, &c.Plans[i])
		for _, b := range d.Bound {
			was := d.Text[b.Offset : b.Offset+b.Length]
			if _, number := c.Places[d.Plan+"/"+d.Version+"/"+b.Path]; !number || !strings.HasSuffix(b.Path, ".pays") && !strings.HasSuffix(b.Path, ".rate") || !strings.HasSuffix(was, " %") {
				continue
			}
			if tried++; tried > 25 {
				return
			}
			changed := changedAt(t, dir, b, "0.77%")
			text := strings.SplitN(d.Text, "\n---\n", 2)[0]
			want := text[:b.Offset] + "0.77 %" + text[b.Offset+b.Length:]
			got := strings.SplitN(Write(changed, planOf(t, changed, d)).Text, "\n---\n", 2)[0]
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", d.Plan, b.Path, diff)
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d fields were tried", tried)
	}
}

// changedAt is the config with another value at a place. Mistakes that follow from the value do not matter here.
func changedAt(t *testing.T, dir string, b Bound, value string) *config.Config {
	t.Helper()
	over := fstest.MapFS{}
	if err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		if rel = filepath.ToSlash(rel); rel == b.Place.File {
			lines := strings.Split(string(text), "\n")
			l := lines[b.Place.Line-1]
			end := strings.IndexByte(l[b.Place.Col:], '"') + b.Place.Col
			lines[b.Place.Line-1] = l[:b.Place.Col] + value + l[end:]
			text = []byte(strings.Join(lines, "\n"))
		}
		over[rel] = &fstest.MapFile{Data: text}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	c, _ := config.Load(over, "carrot.yaml", func(string) (string, bool) { return "", true })
	return c
}

func planOf(t *testing.T, c *config.Config, d Document) *comp.Plan {
	t.Helper()
	for i := range c.Plans {
		if c.Plans[i].ID == d.Plan && c.Plans[i].Version == d.Version {
			return &c.Plans[i]
		}
	}
	t.Fatalf("plan %s is gone", d.Plan)
	return nil
}

// One document word for word, with the places of its numbers.
func TestDocumentText(t *testing.T) {
	c := load(t, filepath.Join("testdata", "golden"))
	for i := range c.Plans {
		if c.Plans[i].ID != "gc-07" {
			continue
		}
		d := Write(c, &c.Plans[i])
		text, _, _ := strings.Cut(d.WithPlaces(), ", digest ")
		want := `# GC-07 half rate, full rate to the first dollar, accelerator

Version 1, in force from 2023-01-01 [plans/gc-07.yaml:4] to 2030-12-31 [plans/gc-07.yaml:4].
It is for everybody of whom this holds: ` + "`plan == \"gc-07\"`" + `.

## 1 Commission

What counts is Sold, measured over each month.
Your quota is the number “revenue” that the table gives for you.
You are paid, each part at its own rate:
- from 0 % [plans/gc-07.yaml:19] to 50 % [plans/gc-07.yaml:19] of your quota: 5 % [plans/gc-07.yaml:19]
- from 50 % [plans/gc-07.yaml:20] to 100 % [plans/gc-07.yaml:20] of your quota: 10 % [plans/gc-07.yaml:20], and reaching it pays everything below at this rate as well
- from 100 % [plans/gc-07.yaml:21] of your quota: 20 % [plans/gc-07.yaml:21]
A bound belongs to the band above it.

---

Amounts are computed exactly and rounded once, each component, half away from zero.
L3 waived by Golden case until 2030-12-31 [plans/gc-07.yaml:23]: the cliff is the case.
Plan file: plans/gc-07.yaml`
		if diff := cmp.Diff(want, text); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return
	}
	t.Error("no plan gc-07")
}
