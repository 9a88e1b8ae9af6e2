package jobs

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"carrot/config/example"
	"carrot/config/templates"
	"carrot/transform"
	"carrot/transform/naive"
)

// install puts templates into the example company's folder in place of the plans of their departments.
func install(t *testing.T, dir string, names []string) {
	t.Helper()
	write := func(name string, text string, flag int) {
		t.Helper()
		f, err := os.OpenFile(filepath.Join(dir, filepath.FromSlash(name)), os.O_WRONLY|os.O_CREATE|flag, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range templates.All() {
		if !slices.Contains(names, x.Name) {
			continue
		}
		if x.Name == "support" {
			if err := os.Remove(filepath.Join(dir, "plans", "customer-service.yaml")); err != nil {
				t.Fatal(err)
			}
		}
		write("plans/"+x.Name+".yaml", x.Plan, os.O_TRUNC)
		write("carrot.yaml", x.Needs, os.O_APPEND)
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
		write("measures/"+name, string(b), os.O_EXCL)
	}
}

// noIdea is the component that pays nobody in these companies: no idea of Marketing had a measured outcome in their year.
const noIdea = "marketing/ideas"

// TestTemplatesAreClosed closes the example company with the templates in place of its own plans. Both engines agree to the
// cent, every component of every template that is not only shown pays somebody, and nobody is held.
func TestTemplatesAreClosed(t *testing.T) {
	for _, x := range []struct {
		name  string
		plans []string
		size  example.Size
	}{
		{"six departments", []string{"sales", "customer-service", "marketing", "development", "finance", "top-management"},
			example.Size{People: 40, Months: 12, Tickets: 4000, Deals: 1000, Responses: 2000, Seed: 1, Known: true}},
		{"support", []string{"support"}, example.Size{People: 30, Months: 6, Tickets: 3000, Deals: 500, Responses: 1200, Seed: 2, Known: true}},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := newCompany(t, x.size, func(dir string) { install(t, dir, x.plans) })
			both := &secondChain{known: map[int]naive.Outcome{}}
			found, lines := both.compare(t, transform.DefaultVerbs(), c.months(t, c.world.Months), func(m int) bool { return m == 3 || m%6 == 5 })
			for _, d := range found {
				t.Error(d)
			}
			if lines < 100 {
				t.Errorf("%d lines compared: the comparison must not be empty", lines)
			}
			paid := map[string]int64{}
			for month, o := range both.known {
				for l, minor := range o.Lines {
					paid[l.Plan+"/"+l.Component] += max(0, minor)
				}
				if held := keysOf(o.Held); len(held) > 0 {
					t.Errorf("%s: %v are held", c.world.Month(month), held)
				}
			}
			ours := 0
			for _, p := range c.house.Config.Plans {
				if !slices.ContainsFunc(x.plans, func(name string) bool { return p.Where.File == "plans/"+name+".yaml" }) {
					continue
				}
				ours++
				for _, k := range p.Components {
					id := p.ID + "/" + k.ID
					if pays, should := paid[id] > 0, !k.Shown && id != noIdea; pays != should {
						t.Errorf("%s pays somebody: %v, expected %v", id, pays, should)
					}
				}
			}
			if ours != len(x.plans) || paid["sales/commission:release"] <= 0 && len(x.plans) > 1 {
				t.Errorf("%d plans are templates, expected %d; %d was released later", ours, len(x.plans), paid["sales/commission:release"])
			}
			t.Logf("%d lines compared; paid %v", lines, paid)
		})
	}
}
