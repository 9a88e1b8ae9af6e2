package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"carrot/config"
	"carrot/jobs/plans"
	"carrot/transform/comp"
)

func planLintCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "lint [FILE…]",
		Short: "Warn of what a plan should not say, or leaves open",
		Long: "Prints what plans that are in force today or later should not say: pay for being busy, cliffs with their price, pay that\n" +
			"falls when somebody does better, and so on, L1 to L20. An error must be corrected before the plan is closed, or waived by\n" +
			"a named person in the plan itself; the waiver is printed on the plan document:\n\n" +
			"  waive:\n    - {lint: L3, component: commission, by: Petra Lang, reason: \"agreed on 4 May\", until: 2026-12-31}\n\n" +
			"Exit codes: 0 no error, 2 the config has a mistake, 3 an error that nobody waived.",
		RunE: func(_ *cobra.Command, args []string) error { return a.planLint(args) },
	}
}

// linted is a lint as --json prints it.
type linted struct {
	plans.Lint
	Text string
}

func (a *app) planLint(files []string) error {
	c, dir, err := a.load()
	if err != nil {
		return err
	}
	today, err := a.today(c.Settings.Zone)
	if err != nil {
		return err
	}
	list, err := lintsOf(c, dir, today)
	if err != nil {
		return err
	}
	if len(files) > 0 {
		named := map[string]bool{}
		for _, f := range files {
			rel, err := filepath.Rel(dir, f)
			if err != nil || !slices.ContainsFunc(c.Plans, func(p comp.Plan) bool { return p.Where.File == filepath.ToSlash(rel) }) {
				return usage("%s is no plan file of the config; name one, or none for all", f)
			}
			named[filepath.ToSlash(rel)] = true
		}
		list = slices.DeleteFunc(list, func(l plans.Lint) bool { return !named[l.Where.File] })
	}
	out := asLinted(list)
	if err := a.print(out, func(w io.Writer) { printLints(w, out) }); err != nil || len(plans.Errors(list)) == 0 {
		return err
	}
	return found(exitHeld)
}

// lintsOf are the lints of a config. Where a quota comes from the number table, the examples beside the plans say how large
// it may be.
func lintsOf(c *config.Config, dir string, today comp.Date) ([]plans.Lint, error) {
	var all []config.Example
	files, err := exampleFiles(c, dir, nil)
	if err != nil {
		files = nil // plans may stand without examples
	}
	for _, name := range files {
		b, err := os.ReadFile(within(dir, name))
		if err != nil {
			return nil, err
		}
		list, _ := config.ParseExamples(name, b) // its mistakes are told by carrot plan test
		all = append(all, list...)
	}
	return plans.Check(c, plans.HistoryOf(all), today), nil
}

func asLinted(list []plans.Lint) []linted {
	out := []linted{}
	for _, l := range list {
		out = append(out, linted{l, l.String()})
	}
	return out
}

func printLints(w io.Writer, list []linted) {
	waived, errs := 0, 0
	for _, l := range list {
		fmt.Fprintln(w, l.Text)
		switch {
		case l.Waived != "":
			waived++
		case l.Severity == plans.LintError:
			errs++
		}
	}
	switch {
	case len(list) == 0:
		fmt.Fprintln(w, "no lint")
	case errs == 0:
		fmt.Fprintf(w, "%s, %d waived, no error\n", plural(len(list), "lint", "lints"), waived)
	default:
		fmt.Fprintf(w, "%s, %d waived, %s: correct the plan, or let somebody who may decide it waive them\n", plural(len(list), "lint", "lints"), waived, plural(errs, "error", "errors"))
	}
}
