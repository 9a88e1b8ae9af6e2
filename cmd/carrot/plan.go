package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"carrot/config"
	"carrot/jobs/plans"
)

// planCommands are what one may do with plans, in the order of help's list.
var planCommands = []func(*app) *cobra.Command{planTestCommand, planLintCommand, planTemplateCommand, planSchemaCommand, planDocumentCommand, planSimulateCommand, planDiffCommand, planProbeCommand, planFairnessCommand}

func planCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "plan",
		Short: "Help people who write plans: examples, lints, what a change costs",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			var names []string
			for _, sub := range c.Commands() {
				names = append(names, sub.Name())
			}
			return usage("%s is nothing that carrot plan does; write one of %s", args[0], strings.Join(names, ", "))
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	for _, sub := range planCommands {
		c.AddCommand(sub(a))
	}
	return c
}

func planTestCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "test [FILE…]",
		Short: "Try the examples beside the plans: what each payee must be paid",
		Long: "Examples lie beside the plans in files called NAME" + config.ExamplesSuffix + ". Each says who there is, what they did, and what the\n" +
			"plan must pay for it; the whole calculation runs on them, from the plan file to the statement. Without FILE all of\n" +
			"them are tried.\n\n" + exampleOfAnExample + "\nExit codes: 0 all hold, 1 one does not, 2 a file has a mistake.",
		RunE: func(_ *cobra.Command, args []string) error { return a.planTest(args) },
	}
}

const exampleOfAnExample = `  test: sales.yaml
  examples:
    - name: a good month
      close: 2026-01
      people: [{id: ann, entity: DE01, department: Sales, from: 2025-01-01}]
      numbers: [{payee: ann, name: revenue, from: 2026-01-01, amount: "100000", currency: EUR}]
      facts: {sold: [{payee: ann, key: D1, on: 2026-01-10, value: "120000.00", currency: EUR}]}
      expect: [{payee: ann, component: commission, pays: "6200.00"}]
`

// tried is an example as --json prints it.
type tried struct {
	File     string   `json:"file"`
	Name     string   `json:"name"`
	OK       bool     `json:"ok"`
	Failures []string `json:"failures,omitempty"`
}

func (a *app) planTest(files []string) error {
	c, dir, err := a.load()
	if err != nil {
		return err
	}
	if files, err = exampleFiles(c, dir, files); err != nil {
		return err
	}
	var all []config.Example
	wrong := 0
	for _, name := range files {
		b, err := os.ReadFile(within(dir, name))
		if err != nil {
			return usage("%v; name a file of examples, NAME%s", err, config.ExamplesSuffix)
		}
		list, mistakes := config.ParseExamples(name, b)
		for _, m := range mistakes {
			fmt.Fprintln(a.errOut, m)
		}
		wrong, all = wrong+len(mistakes), append(all, list...)
	}
	if wrong > 0 {
		return usage("%s in the examples; nothing ran", plural(wrong, "mistake", "mistakes"))
	}
	var out []tried
	failed := 0
	for _, e := range all {
		got, err := plans.Test(c, e)
		if err != nil {
			fmt.Fprintln(a.errOut, err)
			wrong++
			continue
		}
		x := tried{File: got.File, Name: got.Name, OK: len(got.Failures) == 0}
		for _, f := range got.Failures {
			x.Failures = append(x.Failures, f.String())
		}
		if !x.OK {
			failed++
		}
		out = append(out, x)
	}
	if err := a.print(out, func(w io.Writer) { printTried(w, out, failed, wrong) }); err != nil {
		return err
	}
	switch {
	case wrong > 0:
		return usage("%s could not run", plural(wrong, "example", "examples"))
	case failed > 0:
		return found(exitFailed)
	}
	return nil
}

// printTried prints examples that ran; wrong others could not.
func printTried(w io.Writer, out []tried, failed, wrong int) {
	for _, x := range out {
		if x.OK {
			fmt.Fprintf(w, "ok    %s  %s\n", x.File, x.Name)
		}
		for _, f := range x.Failures {
			fmt.Fprintf(w, "FAIL  %s\n", f)
		}
	}
	switch ran := plural(len(out), "example", "examples"); {
	case len(out) == 0 && wrong > 0:
		return
	case failed == 0 && wrong > 0:
		fmt.Fprintf(w, "%s as expected\n", ran)
		return
	case failed == 0:
		fmt.Fprintf(w, "%s, all hold\n", ran)
		return
	}
	fmt.Fprintf(w, "%s, %d of them not as expected: correct the plan, or the example where the plan is right\n", plural(len(out), "example", "examples"), failed)
}

// exampleFiles are the files that are named, relative to the config's folder, or all that lie beside plans.
func exampleFiles(c *config.Config, dir string, named []string) ([]string, error) {
	if len(named) > 0 {
		var out []string
		for _, n := range named {
			rel, err := filepath.Rel(dir, n)
			if err != nil || strings.HasPrefix(rel, "..") {
				return nil, usage("%s lies outside of the config's folder; examples lie beside the plans", n)
			}
			out = append(out, filepath.ToSlash(rel))
		}
		return out, nil
	}
	var folders, out []string
	for _, p := range c.Plans {
		if folder := path.Dir(p.Where.File); !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	slices.Sort(folders)
	for _, folder := range folders {
		found, err := fs.Glob(os.DirFS(dir), path.Join(folder, "*"+config.ExamplesSuffix))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if len(out) == 0 {
		return nil, usage("there is no file NAME%s beside the plans; see carrot plan test --help for how to write one", config.ExamplesSuffix)
	}
	return out, nil
}

// planFiles are the files of a config's plans, each once, in the order of plans.
func planFiles(c *config.Config) (names []string) {
	for _, p := range c.Plans {
		if !slices.Contains(names, p.Where.File) {
			names = append(names, p.Where.File)
		}
	}
	return names
}
