package plans

import (
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"carrot/config"
	"carrot/config/example"
	"carrot/config/measures"
	"carrot/config/templates"
	"carrot/transform/comp"
)

// exampleCompany is the config of the example company, with templates in place of the plans of their departments, and what
// they need beside its own measures and keys.
func exampleCompany(t *testing.T, names ...string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	_, err := example.Generate(example.Size{People: 5, Months: 1, Tickets: 2, Deals: 2, Responses: 2}, func(name string, write func(io.Writer) error) error {
		var b strings.Builder
		if strings.HasPrefix(name, "exports/") {
			return nil
		}
		err := write(&b)
		out[name] = &fstest.MapFile{Data: []byte(b.String())}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range templates.All() {
		if !slices.Contains(names, x.Name) {
			continue
		}
		if x.Name == "support" {
			delete(out, "plans/customer-service.yaml")
			delete(out, "plans/customer-service.test.yaml")
		}
		out["plans/"+x.Name+".yaml"] = &fstest.MapFile{Data: []byte(x.Plan)}
		out["plans/"+x.Name+config.ExamplesSuffix] = &fstest.MapFile{Data: []byte(x.Examples)}
		out["carrot.yaml"].Data = append(out["carrot.yaml"].Data, x.Needs...)
	}
	found, err := fs.Glob(templates.Measures(), "*.yaml")
	if err != nil || len(found) == 0 {
		t.Fatalf("no measures of templates: %v", err)
	}
	for _, name := range found {
		b, err := fs.ReadFile(templates.Measures(), name)
		if err != nil {
			t.Fatal(err)
		}
		out["measures/"+name] = &fstest.MapFile{Data: b}
	}
	return out
}

func loaded(t *testing.T, files fs.FS) *config.Config {
	t.Helper()
	c, mistakes := config.Load(files, "carrot.yaml", func(string) (string, bool) { return "", true })
	for _, m := range mistakes {
		t.Error(m)
	}
	if len(mistakes) > 0 {
		t.FailNow()
	}
	return c
}

// only leaves a config the plan of one file.
func only(t *testing.T, c *config.Config, file string) *config.Config {
	t.Helper()
	c.Plans = slices.DeleteFunc(c.Plans, func(p comp.Plan) bool { return p.Where.File != file })
	if len(c.Plans) != 1 {
		t.Fatalf("%d plans of %s", len(c.Plans), file)
	}
	return c
}

// Each template compiles in the example company, has no lint (no waived one either), and pays what its examples say. All
// that it reads is defined by what is shipped.
func TestTemplates(t *testing.T) {
	all := templates.All()
	if len(all) != 7 {
		t.Fatalf("%d templates, expected one for each of six departments and one for support", len(all))
	}
	for _, x := range all {
		t.Run(x.Name, func(t *testing.T) {
			files := exampleCompany(t, x.Name)
			c := only(t, loaded(t, files), "plans/"+x.Name+".yaml")
			list, mistakes := config.ParseExamples("plans/"+x.Name+config.ExamplesSuffix, []byte(x.Examples))
			for _, m := range mistakes {
				t.Error(m)
			}
			if len(list) == 0 {
				t.Fatal("no examples")
			}
			if len(c.Plans[0].Waive) > 0 {
				t.Error("a template waives a lint")
			}
			for _, l := range Check(c, HistoryOf(list), comp.Day(2026, 3, 1)) {
				t.Error(l)
			}
			for _, e := range list {
				got, err := Test(c, e)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range got.Failures {
					t.Errorf("%s: %s", got.Name, f)
				}
			}
			if _, err := templates.Definitions(x.Measures, templates.Measures(), measures.Files, example.Measures()); err != nil {
				t.Error(err)
			}
			for i := range c.Plans[0].Components {
				for _, m := range c.Plans[0].Components[i].Measures() {
					if !slices.Contains(x.Measures, m) {
						t.Errorf("%s reads %s, which is not among those that are written with it", x.Name, m)
					}
				}
			}
		})
	}
}

// A lint that a template should have is found there: the texts are looked at.
func TestTemplatesCanHaveLints(t *testing.T) {
	for _, f := range []struct{ name, old, now, id string }{
		{"support", "weight: \"25%\"\n        min_n: 20\n        missing: neutral\n        curve: {kind: interpolate, of: value, points: [{at: \"84%\"", "weight: \"25%\"\n        missing: neutral\n        curve: {kind: interpolate, of: value, points: [{at: \"84%\"", "L9"},
		{"top-management", "target: {EUR: \"1500.00\", USD: \"1650.00\"}\n    missing: hold", "target: {EUR: \"9500.00\", USD: \"9950.00\"}\n    missing: hold", "L14"},
		{"top-management", "    mode: shadow\n", "", "L1"},
		{"finance", "measure: company_revenue\n    every: month\n    target: {EUR: \"150.00\", USD: \"165.00\"}", "measure: company_revenue\n    every: month\n    target: {EUR: \"50.00\", USD: \"55.00\"}", "L8"},
		{"sales", "longest: 6 months #", "#", "L12"},
		{"marketing", "measure: recommendation\n        weight: \"25%\"\n        min_n: 20\n", "measure: recommendation\n        weight: \"25%\"\n", "L9"},
		{"development", "points: [{at: \"0%\", pays: \"0%\"}, {at: \"15%\"", "points: [{at: \"0%\", pays: \"-10%\"}, {at: \"15%\"", "L15"},
	} {
		files := exampleCompany(t, f.name)
		file := "plans/" + f.name + ".yaml"
		changed := strings.Replace(string(files[file].Data), f.old, f.now, 1)
		if changed == string(files[file].Data) {
			t.Fatalf("%s: no %q", f.name, f.old)
		}
		files[file] = &fstest.MapFile{Data: []byte(changed)}
		c := only(t, loaded(t, files), file)
		if list := Check(c, History{}, comp.Day(2026, 3, 1)); !slices.ContainsFunc(list, func(l Lint) bool { return l.ID == f.id }) {
			t.Errorf("%s with %q: no %s among %v", f.name, f.now, f.id, list)
		}
	}
}

// What departments are paid for together is one thing: the same component, number by number.
func TestTemplatesShareComponents(t *testing.T) {
	c := loaded(t, exampleCompany(t, "marketing", "development", "finance", "customer-service"))
	shared := map[string][]comp.Component{}
	for _, p := range c.Plans {
		for _, x := range p.Components {
			if strings.HasPrefix(x.ID, "company_") {
				shared[x.ID] = append(shared[x.ID], x)
			}
		}
	}
	for id, want := range map[string]int{"company_growth": 4, "company_satisfaction": 3, "company_innovation": 2} {
		if len(shared[id]) != want {
			t.Errorf("%d plans pay %s, expected %d", len(shared[id]), id, want)
			continue
		}
		for _, x := range shared[id][1:] {
			if diff := cmp.Diff(shared[id][0], x, cmpopts.IgnoreTypes(comp.Place{}), cmp.AllowUnexported(comp.Number{})); diff != "" {
				t.Errorf("%s differs between plans:\n%s", id, diff)
			}
		}
	}
}

// The sales template gives no way to be paid more by the quick sale, a moved date, a split deal or a customer left unasked.
// The same search finds a cliff of a quarter that somebody puts into it.
func TestSalesTemplateHasNoQuickSale(t *testing.T) {
	const file = "plans/sales.yaml"
	probe := func(edit ...string) []Exploit {
		t.Helper()
		files := exampleCompany(t, "sales")
		text := string(files[file].Data)
		for i := 0; i < len(edit); i += 2 {
			if !strings.Contains(text, edit[i]) {
				t.Fatalf("no %q in the template", edit[i])
			}
			text = strings.Replace(text, edit[i], edit[i+1], 1)
		}
		files[file] = &fstest.MapFile{Data: []byte(text)}
		list, err := Probe(only(t, loaded(t, files), file), comp.Day(2026, 3, 1))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for _, x := range probe() {
		t.Error(x)
	}
	cliff := probe("every: month\n    to_date: year #", "every: quarter #", "    numbers: whole #", "    #", "kind: marginal", "kind: retroactive", `"360000", USD: "390000"`, `"90000", USD: "97500"`)
	for _, class := range []string{"P-quicksale", "P-day"} {
		if !slices.ContainsFunc(cliff, func(x Exploit) bool { return x.Class == class && x.Component == "commission" }) {
			t.Errorf("a cliff of a quarter, and no %s among %v", class, cliff)
		}
	}
}

// Every template is a file of its own, and no file lies there that no template has.
func TestTemplateFiles(t *testing.T) {
	found, err := filepath.Glob(filepath.Join("..", "..", "config", "templates", "*.yaml"))
	if err != nil || len(found) != 2*len(templates.All()) {
		t.Errorf("%d files for %d templates: %v", len(found), len(templates.All()), err)
	}
	for _, x := range templates.All() {
		if x.About == "" || strings.Contains(x.About, "\n") || len(x.Measures) == 0 {
			t.Errorf("%s: %q reads %v", x.Name, x.About, x.Measures)
		}
	}
}
