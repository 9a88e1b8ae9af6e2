package plans

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"carrot/config"
)

// TestExamplesOfTheExample: the example company's plans pay what the examples beside them say, by the measures that are shipped. A
// response rate that counts a contact once for all waves does not.
func TestExamplesOfTheExample(t *testing.T) {
	files := exampleCompany(t)
	if n, failed := examplesOf(t, files); n < 6 || len(failed) > 0 {
		t.Errorf("%d examples\n%s", n, strings.Join(failed, "\n"))
	}
	m := files["measures/response_rate.yaml"]
	m.Data = []byte(strings.ReplaceAll(string(m.Data), "by: [contact, wave]", "by: [contact]"))
	if _, failed := examplesOf(t, files); len(failed) == 0 || !strings.Contains(failed[0], "who is invited again is another case") {
		t.Errorf("by contact alone: %q", failed)
	}
}

// examplesOf tries all examples of a company, and says how many there are and what failed.
func examplesOf(t *testing.T, files fstest.MapFS) (n int, failed []string) {
	t.Helper()
	c := loaded(t, files)
	var names []string
	for name := range files {
		if strings.HasPrefix(name, "plans/") && strings.HasSuffix(name, config.ExamplesSuffix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		list, mistakes := config.ParseExamples(name, files[name].Data)
		for _, m := range mistakes {
			t.Error(m)
		}
		for _, e := range list {
			got, err := Test(c, e)
			if err != nil {
				t.Fatal(err)
			}
			n++
			for _, f := range got.Failures {
				failed = append(failed, f.String())
			}
		}
	}
	return n, failed
}
