package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"carrot/config"
	"carrot/config/example"
	"carrot/config/measures"
	"carrot/config/templates"
)

func planTemplateCommand(a *app) *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "template [NAME]",
		Short: "Write a plan to start from, with its measures and examples",
		Long: "Without NAME lists the plans to start from. With NAME writes plans/NAME.yaml, plans/NAME.test.yaml and, in\n" +
			"measures/NAME.yaml, the measures that the company lacks, into the folder of carrot.yaml or that of --to. What is there\n" +
			"already is never overwritten. The texts are commented: change the numbers, and where your tables have other names than\n" +
			"the example company's, those in the measures.",
		Args: between(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.listTemplates()
			}
			return a.writeTemplate(args[0], to)
		},
	}
	c.Flags().StringVar(&to, "to", "", "the folder to write to (default that of carrot.yaml)")
	return c
}

// listed is a template as --json prints it.
type listed struct {
	Name     string   `json:"name"`
	About    string   `json:"about"`
	Measures []string `json:"measures"`
}

func (a *app) listTemplates() error {
	var out []listed
	for _, t := range templates.All() {
		out = append(out, listed{t.Name, t.About, t.Measures})
	}
	return a.print(out, func(w io.Writer) {
		for _, t := range out {
			fmt.Fprintf(w, "%-17s %s\n", t.Name, t.About)
		}
		fmt.Fprintln(w, "\ncarrot plan template NAME writes one where you can change it, with its measures and examples")
	})
}

// written is what writing a template did, as --json prints it.
type written struct {
	Files    []string        `json:"files"`
	Measures []string        `json:"measures"`         // written with it
	Own      []string        `json:"own_measures"`     // that the company has
	Needs    string          `json:"needs,omitempty"`  // keys that carrot.yaml lacks
	Clash    string          `json:"clash,omitempty"`  // the company's file of the same plan
	Tables   []string        `json:"tables,omitempty"` // that what was written reads and no source of the company has
	has      map[string]bool // the company's tables
	config   string          // to try it with; "" none
	template string
}

func (a *app) writeTemplate(name, to string) error {
	all := templates.All()
	i := slices.IndexFunc(all, func(t templates.Template) bool { return t.Name == strings.ReplaceAll(name, "_", "-") })
	if i < 0 {
		var known []string
		for _, t := range all {
			known = append(known, t.Name)
		}
		return usage("there is no template %s; write one of %s", name, strings.Join(known, ", "))
	}
	t := all[i]
	dir := to
	if dir == "" {
		dir = filepath.Dir(a.config)
		if _, err := os.Stat(a.config); errors.Is(err, fs.ErrNotExist) {
			return usage("%s does not exist, beside which the plan would lie; name it with --config, or a folder with --to", a.config)
		}
	}
	c, out := a.companyOf(dir), written{template: t.Name}
	if c != nil {
		out.config = filepath.Join(dir, filepath.Base(a.config))
	}
	out.compare(t, c)
	if err := out.write(t, dir); err != nil {
		return err
	}
	return a.print(out, out.print)
}

// companyOf is the config in a folder, as far as it can be read: somebody who has no plan yet has mistakes in it. Nil: none.
func (a *app) companyOf(dir string) *config.Config {
	main := filepath.Base(a.config)
	if _, err := os.Stat(filepath.Join(dir, main)); err != nil {
		return nil
	}
	c, _ := config.Load(os.DirFS(dir), main, a.getenv)
	return c
}

var (
	eventKey = regexp.MustCompile(`event: ([a-z_]+)`)
	planID   = regexp.MustCompile(`(?m)^plan: ([a-z_]+)`)
	tableKey = regexp.MustCompile(`\btable: ([a-z_]+\.[a-z_]+)`)
)

// compare finds what a company has already of what a template needs, and what stands against it.
func (x *written) compare(t templates.Template, c *config.Config) {
	x.Needs = t.Needs
	if c == nil {
		x.Measures = t.Measures
		return
	}
	x.has = map[string]bool{}
	for _, t := range c.Contracts {
		x.has[t.Name()] = true
	}
	has := map[string]bool{}
	for _, m := range c.Measures {
		has[m.ID] = true
	}
	for _, id := range t.Measures {
		if has[id] {
			x.Own = append(x.Own, id)
		} else {
			x.Measures = append(x.Measures, id)
		}
	}
	events := map[string]bool{}
	for _, e := range c.Mapping.Events {
		events[e.Event] = true
	}
	lacks := func(m []string) bool { return !events[m[1]] }
	if !slices.ContainsFunc(eventKey.FindAllStringSubmatch(t.Needs, -1), lacks) {
		x.Needs = ""
	}
	id := planID.FindStringSubmatch(t.Plan)[1]
	for _, p := range c.Plans {
		if p.ID == id {
			x.Clash = p.Where.File
		}
	}
}

// write writes the files, or none where one is there already.
func (x *written) write(t templates.Template, dir string) error {
	defined, err := templates.Definitions(x.Measures, templates.Measures(), measures.Files, example.Measures())
	if err != nil {
		return err
	}
	for _, m := range tableKey.FindAllStringSubmatch(defined+x.Needs, -1) {
		if x.has != nil && !x.has[m[1]] && !slices.Contains(x.Tables, m[1]) {
			x.Tables = append(x.Tables, m[1])
		}
	}
	type file struct{ name, text string }
	list := []file{{"plans/" + t.Name + ".yaml", t.Plan}, {"plans/" + t.Name + config.ExamplesSuffix, t.Examples}}
	if defined != "" {
		list = append(list, file{"measures/" + t.Name + ".yaml", defined})
	}
	for i := range list {
		list[i].name = within(dir, list[i].name)
		if _, err := os.Stat(list[i].name); err == nil {
			return usage("%s is there already, and nothing was written; write the template elsewhere with --to FOLDER", list[i].name)
		}
	}
	for _, f := range list {
		if err := create(f.name, f.text); err != nil {
			return usage("%v", err)
		}
		x.Files = append(x.Files, f.name)
	}
	return nil
}

// create writes a file that is not there.
func create(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}

func (x *written) print(w io.Writer) {
	for _, name := range x.Files {
		fmt.Fprintln(w, "wrote", name)
	}
	if len(x.Measures) > 0 {
		fmt.Fprintln(w, "measures written:", strings.Join(x.Measures, ", "))
	}
	if len(x.Own) > 0 {
		fmt.Fprintln(w, "measures of your own:", strings.Join(x.Own, ", "))
	}
	if x.Needs != "" {
		fmt.Fprintf(w, "\nAdd to carrot.yaml, with your own tables:\n\n%s", indented(x.Needs))
	}
	if len(x.Tables) > 0 {
		fmt.Fprintf(w, "\nNo source of yours has these tables: %s.\nWrite the names of your own into the measures, or take out of the plan what reads a table that you have not.\n", strings.Join(x.Tables, ", "))
	}
	if x.Clash != "" {
		fmt.Fprintf(w, "\n%s holds the same plan: let it end (effective: to) the day before the new one begins, or give the new one another name.\n", x.Clash)
	}
	if x.config == "" {
		fmt.Fprintln(w, "\nNext: put plans and measures into your company's folder, change the numbers, and let carrot check tell what is wrong.")
		return
	}
	fmt.Fprintf(w, "\nNext: change the numbers in %s, then\n  carrot check --config %s\n  carrot plan test --config %[2]s %[3]s\n  carrot plan lint --config %[2]s %[1]s\n",
		x.Files[0], x.config, x.Files[1])
}

// indented sets each line in by two blanks.
func indented(text string) string {
	out := ""
	for line := range strings.Lines(text) {
		out += "  " + line
	}
	return out
}
