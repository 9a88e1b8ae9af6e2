package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"carrot/config"
	"carrot/jobs"
	"carrot/jobs/archive"
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
		RunE: func(c *cobra.Command, args []string) error { return a.planLint(c.Context(), args) },
	}
}

// linted is a lint as --json prints it.
type linted struct {
	plans.Lint
	Text string
}

func (a *app) planLint(ctx context.Context, files []string) error {
	c, dir, err := a.load()
	if err != nil {
		return err
	}
	today, err := a.today(c.Settings.Zone)
	if err != nil {
		return err
	}
	h, err := a.looking(ctx, c, dir)
	if err != nil {
		return err
	}
	if h == nil {
		fmt.Fprintf(a.errOut, "carrot: the archive %s does not lie there yet: tiers that nobody reaches and documents that nobody accepted are not looked at\n", c.Archive)
	}
	var posted archive.Store
	if h != nil {
		posted = h.Archive
	}
	list, err := lintsOf(ctx, c, dir, h, posted, today)
	if err != nil {
		return err
	}
	if len(files) > 0 {
		named := map[string]bool{}
		for _, f := range files {
			rel, err := filepath.Rel(dir, f)
			if err != nil || !slices.ContainsFunc(c.Plans, func(p comp.Plan) bool { return p.Where.File == filepath.ToSlash(rel) }) {
				return usage("%s is no plan file of the config; write one of %s, or none for all", f, strings.Join(planFiles(c), ", "))
			}
			named[filepath.ToSlash(rel)] = true
		}
		list = slices.DeleteFunc(list, func(l plans.Lint) bool { return !named[l.Where.File] })
	}
	out := asLinted(list)
	if err := a.print(out, func(w io.Writer) { printLints(w, out, len(out)) }); err != nil || len(plans.Errors(list)) == 0 {
		return err
	}
	return found(exitHeld)
}

// looking is the house with its archive open to be read; nil where no archive lies yet.
func (a *app) looking(ctx context.Context, c *config.Config, dir string) (*jobs.House, error) {
	h := &jobs.House{Config: c, Main: filepath.Base(a.config), Sources: sources, Program: program(), Now: a.now}
	var err error
	if strings.HasPrefix(c.Archive, "gs://") {
		h.Archive, err = openCloud(ctx, c.Archive)
	} else {
		h.Archive, err = archive.OpenDir(within(dir, c.Archive))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w", c.Archive, err)
	}
	return h, nil
}

// lintsOf are the lints of a config: h holds the exports, posted what was posted; either may be nil. Where a quota comes from
// the number table and no export tells it, the examples beside the plans say how large it may be.
func lintsOf(ctx context.Context, c *config.Config, dir string, h *jobs.House, posted archive.Store, today comp.Date) ([]plans.Lint, error) {
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
	history := plans.HistoryOf(all)
	if h != nil {
		if history, err = h.PlanHistory(ctx, posted, history, today); err != nil {
			return nil, err
		}
	}
	return plans.Check(c, history, today), nil
}

func asLinted(list []plans.Lint) []linted {
	out := []linted{}
	for _, l := range list {
		out = append(out, linted{l, l.String()})
	}
	return out
}

// printLints lists lints and counts them; of people who have not accepted a document the first ones.
func printLints(w io.Writer, list []linted, people int) {
	waived, errs, unsigned := 0, 0, 0
	for _, l := range list {
		if l.ID == "L19" {
			unsigned++
		}
		if l.ID != "L19" || unsigned <= people {
			fmt.Fprintln(w, l.Text)
		}
		switch {
		case l.Waived != "":
			waived++
		case l.Severity == plans.LintError:
			errs++
		}
	}
	if unsigned > people {
		fmt.Fprintf(w, "and %s more have not accepted their plan's document (L19): carrot plan lint lists them\n", thousands(int64(unsigned-people)))
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
