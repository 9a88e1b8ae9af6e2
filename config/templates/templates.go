// Package templates holds plans to start from, one for each department and one for support: commented texts that a company
// copies into its own folder and changes, each with examples beside it, and the measures that they need beside the shipped
// ones.
package templates

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

//go:embed *.yaml measures/*.yaml
var files embed.FS

// Template is a plan to start from.
type Template struct {
	Name     string   // as it is asked for, and as its files are called
	About    string   // one line: whom it pays, and for what
	Plan     string   // the text of NAME.yaml
	Examples string   // the text of NAME.test.yaml, what the plan must pay
	Measures []string // the ids that the plan reads, in its order, each once
	Needs    string   // keys that carrot.yaml must have for it, in the shipped tables' names; "" none
}

// names are in the order in which they are listed.
var names = []string{"sales", "customer-service", "support", "marketing", "development", "finance", "top-management"}

var (
	measureKey = regexp.MustCompile(`(?m)^[^#\n]*\bmeasure: ([a-z0-9_]+)`)
	needsBlock = regexp.MustCompile(`(?m)^# events:\n(?:#   .*\n)+`)
	definition = regexp.MustCompile(`(?m)^measure: ([a-z0-9_]+)`)
)

// All are the templates, those of customers' departments first.
func All() []Template {
	var out []Template
	for _, name := range names {
		t := Template{Name: name, Plan: text(name + ".yaml"), Examples: text(name + ".test.yaml")}
		first, _, _ := strings.Cut(t.Plan, "\n")
		t.About = strings.TrimPrefix(first, "# ")
		if who, what, ok := strings.Cut(t.About, ": "); ok && strings.EqualFold(strings.ReplaceAll(who, " ", "-"), name) {
			t.About = what // the name says whom
		}
		for _, m := range measureKey.FindAllStringSubmatch(t.Plan, -1) {
			if !slices.Contains(t.Measures, m[1]) {
				t.Measures = append(t.Measures, m[1])
			}
		}
		for line := range strings.Lines(needsBlock.FindString(t.Plan)) {
			t.Needs += strings.TrimPrefix(line, "# ")
		}
		out = append(out, t)
	}
	return out
}

// text is a file that is embedded.
func text(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err) // the program was built without it
	}
	return string(b)
}

// Measures are the definitions that templates need beside those that are shipped, one file each.
func Measures() fs.FS {
	sub, err := fs.Sub(files, "measures")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// Definitions are the texts of measures by id, as one file of YAML documents in the order of ids, then those that they
// read themselves, from the first of the shelves that has each: folders of files of definitions. One that no shelf has is an error.
func Definitions(ids []string, shelves ...fs.FS) (string, error) {
	known := map[string]string{}
	for _, shelf := range shelves {
		found, err := fs.Glob(shelf, "*.yaml")
		if err != nil {
			return "", err
		}
		for _, name := range found {
			b, err := fs.ReadFile(shelf, name)
			if err != nil {
				return "", err
			}
			for _, doc := range strings.Split(string(b), "\n---\n") {
				m := definition.FindStringSubmatch(doc)
				if m == nil {
					return "", fmt.Errorf("%s: a document that defines no measure", name)
				}
				if _, ok := known[m[1]]; !ok {
					known[m[1]] = strings.TrimSuffix(doc, "\n") + "\n"
				}
			}
		}
	}
	var docs []string
	ids = slices.Clone(ids)
	for i := 0; i < len(ids); i++ {
		doc, ok := known[ids[i]]
		if !ok {
			return "", fmt.Errorf("no file of definitions has the measure %s", ids[i])
		}
		docs = append(docs, doc)
		for _, m := range measureKey.FindAllStringSubmatch(doc, -1) {
			if !slices.Contains(ids, m[1]) {
				ids = append(ids, m[1])
			}
		}
	}
	return strings.Join(docs, "---\n"), nil
}
