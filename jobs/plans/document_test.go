package plans

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"carrot/config"
	"carrot/transform/comp"
)

var digits = regexp.MustCompile(`[0-9]+`)

// Every number in the prose of every plan that has examples comes from a field.
func TestDocumentBinds(t *testing.T) {
	for _, company := range []string{"golden", "earning", "features"} {
		binds(t, load(t, filepath.Join("testdata", company)))
	}
}

func binds(t *testing.T, c *config.Config) {
	t.Helper()
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

// A payee's document says their own days and numbers before the plan, each from a row of a table, every number bound; it has a
// digest of its own that follows each of them, and nothing else of the document changes.
func TestDocumentOfPayee(t *testing.T) {
	c := load(t, filepath.Join("testdata", "golden"))
	row := func(line int) comp.Place { return comp.Place{File: "numbers.csv", Line: line} }
	from, to := comp.Day(2025, 1, 1), comp.Day(2026, 1, 1)
	who := func() *Payee {
		return &Payee{ID: "E017", Name: "Ann 2nd", Place: comp.Place{File: "people.csv", Line: 3}, On: []comp.Period{{Start: from, End: to}},
			Stated: []Stated{{What: "Your share of full time is ", Path: "roster/fte", Text: "80 %", Period: comp.Period{Start: from, End: to}, Place: row(7)},
				{What: "The number “revenue” is ", Path: "quotas/revenue", Text: "33,000.00 EUR", Period: comp.Period{Start: from, End: comp.Forever}, Place: row(8)}}}
	}
	for i := range c.Plans {
		p := &c.Plans[i]
		d := WriteFor(c, p, who())
		prose, _, _ := strings.Cut(d.Text, "\nDigest of this document: ")
		for _, run := range digits.FindAllStringIndex(prose, -1) {
			if !slices.ContainsFunc(d.Bound, func(b Bound) bool { return b.Offset <= run[0] && run[1] <= b.Offset+b.Length }) {
				t.Errorf("%s: %q stands in the prose and comes from no field", d.Plan, prose[run[0]:run[1]])
			}
		}
		own := `
## Your numbers

This is the document of Ann 2nd, E017.
You take part in version ` + p.Version + ` from 2025-01-01 to 2025-12-31.
Your share of full time is 80 % from 2025-01-01 to 2025-12-31.
The number “revenue” is 33,000.00 EUR from 2025-01-01.
`
		everybody, _, _ := strings.Cut(Write(c, p).Text, "\nDigest of this document: ")
		if diff := cmp.Diff(everybody, strings.Replace(prose, own, "", 1)); diff != "" {
			t.Errorf("%s without what is the payee's own (-want +got):\n%s", d.Plan, diff)
		}
		digests := map[string]bool{d.Digest: true, Write(c, p).Digest: true}
		for _, change := range []func(*Payee){func(w *Payee) { w.ID = "E018" }, func(w *Payee) { w.On[0].End-- }, func(w *Payee) { w.Stated[0].Text = "79 %" }, func(w *Payee) { w.Stated[1].Period.Start++ }} {
			other := who()
			change(other)
			digests[WriteFor(c, p, other).Digest] = true
		}
		if len(digests) != 6 {
			t.Errorf("%s: %d digests of 6 documents", d.Plan, len(digests))
		}
	}
	text := WriteFor(c, &c.Plans[0], who()).WithPlaces()
	if want := "The number “revenue” is 33,000.00 EUR [numbers.csv:8] from 2025-01-01 [numbers.csv:8].\n"; !strings.Contains(text, want) {
		t.Errorf("no %q in:\n%s", want, text)
	}
}

// A document states the terms of its plan: numbers by name wherever the plan reads one, rates and the share of full time, and
// no score that somebody reached.
func TestPayeeOf(t *testing.T) {
	figure := &comp.Quota{Name: "quota"}
	p := &comp.Plan{Draw: &comp.Draw{Amount: comp.Figure{Name: "draw"}}, Components: []comp.Component{
		{Quota: figure, TargetName: "ote", CapName: "cap", FTE: true, Curve: comp.Curve{RateName: "rate", RateAttribute: "field_rate"}, Gates: []comp.Gate{{Quota: &comp.Quota{Name: "gate"}}}},
		{Score: "objectives", Curve: comp.Curve{Kind: comp.Linear}, Multiply: []comp.Part{{Quota: &comp.Quota{Name: "times"}}}},
		{Parts: []comp.Part{{Quota: &comp.Quota{Name: "part"}, Gates: []comp.Gate{{Quota: &comp.Quota{Name: "part_gate"}}}}}},
		{Shown: true, Quota: &comp.Quota{Name: "shown"}}}}
	year := comp.Period{Start: comp.Day(2026, 1, 1), End: comp.Day(2027, 1, 1)}
	person := &comp.Person{ID: "E1", Attrs: map[string]comp.Timeline[string]{}}
	for name, v := range map[string]string{"name": "Ann", "fte": "0.8", "field_rate": "0.075", "department": "Sales"} {
		person.Attrs[name] = comp.Steps([]comp.Span[string]{{Period: year, Value: v}}, year.End)
	}
	company := &comp.Company{}
	for _, name := range []string{"cap", "draw", "gate", "objectives", "other", "ote", "part", "part_gate", "quota", "rate", "shown", "times"} {
		company.Quotas = append(company.Quotas, comp.QuotaRow{Payee: "E1", Name: name, Period: year, Amount: comp.Amount{Number: comp.Int(7), Currency: "EUR"}},
			comp.QuotaRow{Payee: "E2", Name: name, Period: year, Amount: comp.Amount{Number: comp.Int(9), Currency: "EUR"}})
	}
	half := comp.Period{Start: comp.Day(2026, 3, 1), End: comp.Day(2026, 9, 1)}
	var got []string
	for _, s := range PayeeOf(company, p, person, []comp.Period{half}).Stated {
		got = append(got, s.Path+" "+s.Text+" "+s.Period.String())
	}
	const days = " 2026-03-01..2026-08-31"
	want := []string{"roster/field_rate 7.5 %" + days, "roster/fte 80 %" + days}
	for _, name := range []string{"cap", "draw", "gate", "ote", "part", "part_gate", "quota", "rate", "times"} {
		want = append(want, "quotas/"+name+" 7.00 EUR"+days)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
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

// The cap of a whole plan has a section of its own.
func TestDocumentOfAPlansCap(t *testing.T) {
	c := load(t, filepath.Join("testdata", "earning"))
	d := Write(c, planOf(t, c, Document{Plan: "plan-cap-carry", Version: "1"}))
	want := "## Cap\n\nThe most that is paid for each month, everything above together, is 1,000.000 BHD, 1,000.00 EUR or 1,000 JPY; what is above is carried to later periods.\n"
	if !strings.Contains(d.Text, want) {
		t.Errorf("%q does not contain %q", d.Text, want)
	}
}

// What is the payee's own is cut to their time; a quota of a pool, and of a share, stays whole.
func TestDocumentSaysWhatIsCut(t *testing.T) {
	day := []comp.Dated{{From: comp.NoDate, By: map[comp.Currency]comp.Number{"EUR": comp.Int(100)}}}
	quota := &comp.Quota{Dated: day}
	c := &config.Config{Measures: []comp.Measure{
		{ID: "sold", Title: "Sold", Aggregate: comp.Sum, Pool: comp.PoolPayee},
		{ID: "all", Title: "Revenue of the company", Aggregate: comp.Sum, Pool: comp.PoolCompany},
		{ID: "csat", Title: "Satisfaction", Aggregate: comp.Share, Pool: comp.PoolPayee}}}
	linear := comp.Curve{Kind: comp.Linear, Of: "attainment"}
	whole := " stays whole for everybody: who is there for a part of the time, or of the hours, attains as everybody does.\n"
	for _, x := range []struct {
		c    comp.Component
		want string
	}{
		{comp.Component{Measure: "sold", Quota: quota, Target: day, Cap: day, Prorate: "days", FTE: true},
			"Who is on the plan for a part of a period has that part of quota, target and cap, counted by calendar days.\nQuota, target and cap are those of your share of full time.\n"},
		{comp.Component{Measure: "all", Quota: quota, Target: day, Prorate: "months", FTE: true},
			"Who is on the plan for a part of a period has that part of target, counted by months.\nTarget is that of your share of full time.\nThe quota of Revenue of the company" + whole},
		{comp.Component{Measure: "sold", Target: day, Cap: day, Prorate: "days", Order: []comp.Step{comp.GateStep, comp.MultiplyStep, comp.ProrateStep, comp.CapStep},
			Gates: []comp.Gate{{Measure: "csat", Of: "attainment", Quota: quota}, {Measure: "all", Of: "attainment", Quota: quota}}},
			"Who is on the plan for a part of a period has that part of target, counted by calendar days.\nThe quota of Satisfaction or Revenue of the company" + whole},
		{comp.Component{Measure: "all", Quota: quota, Curve: linear, Prorate: "none"}, ""},
	} {
		p := &comp.Plan{ID: "p", Version: "1"}
		w := &writer{c: c, p: p, x: &x.c, titles: map[string]string{"all": "Revenue of the company", "csat": "Satisfaction", "sold": "Sold"}}
		w.time()
		if got, _, _ := strings.Cut(w.b.String(), "After that"); got != x.want {
			t.Errorf("got  %q\nwant %q", got, x.want)
		}
	}
}
