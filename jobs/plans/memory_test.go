package plans

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carrot/config"
	"carrot/transform"
	"carrot/transform/comp"
)

// TestFeaturesRememberLittle closes the cases in which nothing comes late once more, and recomputes at each close the month
// before and no older one: what was held, advanced or taken back earlier must then be known from the ledger and from the
// deals that are still remembered.
func TestFeaturesRememberLittle(t *testing.T) {
	ran := 0
	for _, company := range []string{"earning", "features", "golden"} {
		dir := filepath.Join("testdata", company)
		c := load(t, dir)
		for _, e := range examples(t, dir) {
			if len(e.Closes) < 3 || late(e) {
				continue
			}
			ran++
			t.Run(filepath.Base(e.File)+"/"+e.Name, func(t *testing.T) {
				lay, err := Company(c, e)
				if err != nil {
					t.Fatal(err)
				}
				x := tester{e: e}
				var ledger []comp.LedgerEntry
				for _, month := range e.Closes {
					in := lay(month, ledger)
					in.Settings.Restate = 1
					r, _, err := transform.Compute(in, nil)
					if err != nil {
						t.Fatal(err)
					}
					x.months, ledger = append(x.months, r), append(slices.Clone(ledger), r.Ledger...)
				}
				for _, want := range e.Expect {
					x.expect(want)
				}
				for _, f := range x.failures {
					t.Error(f)
				}
			})
		}
	}
	if ran < 60 {
		t.Errorf("only %d cases ran", ran)
	}
}

// late says whether an example tells of anything that is known only later.
func late(e config.Example) bool {
	is := func(d comp.Date) bool { return d != comp.NoDate }
	for _, f := range e.Facts {
		if slices.ContainsFunc(f.Facts, func(x config.ExampleFact) bool { return is(x.Known) }) {
			return true
		}
	}
	for _, f := range e.Tables {
		if slices.ContainsFunc(f.Rows, func(x config.ExampleRow) bool { return is(x.Known) }) {
			return true
		}
	}
	return slices.ContainsFunc(e.Events, func(x config.ExampleEvent) bool { return is(x.Known) }) ||
		slices.ContainsFunc(e.Hours, func(x config.ExampleHours) bool { return is(x.Known) }) ||
		slices.ContainsFunc(e.FX, func(x config.ExampleRate) bool { return is(x.Known) }) ||
		slices.ContainsFunc(e.Numbers, func(x config.ExampleNumber) bool { return is(x.Known) }) ||
		slices.ContainsFunc(e.People, func(x config.ExamplePerson) bool { return is(x.Known) }) ||
		strings.Contains(e.Name, "late")
}
