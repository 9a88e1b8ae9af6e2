package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"carrot/jobs/plans"
)

func planProbeCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "probe [FILE]",
		Short: "Search plans for ways to be paid more without doing better",
		Long: "Plays with every plan, or with those of FILE, around its own bounds through the whole calculation: P-better, where\n" +
			"doing better pays less; P-split, a deal entered as several; P-day, a date moved by a day; P-quicksale, less now\n" +
			"instead of more later; P-survey, a dissatisfied customer left unasked; P-refund, the day of a refund. Each exploit is\n" +
			"printed with what it is worth, the dearest first; what gains one percent or less is left out. Quotas by name are\n" +
			"taken as 100,000. A plan lets a class stand by name, reason and last day, under waive: with lint: P-….\n\n" +
			"Exit codes: 0 none is found that is not waived, 3 some are.",
		Args: between(0, 1),
		RunE: func(_ *cobra.Command, args []string) error { return a.planProbe(args) },
	}
}

// probed is an exploit as --json prints it.
type probed struct {
	Class     string `json:"class"`
	Plan      string `json:"plan"`
	Component string `json:"component"`
	At        string `json:"at"`
	What      string `json:"what"`
	Before    string `json:"before"`
	After     string `json:"after"`
	Gain      string `json:"gain"`
	Currency  string `json:"currency"`
	Waived    string `json:"waived,omitempty"`
}

func (a *app) planProbe(files []string) error {
	c, dir, err := a.load()
	if err != nil {
		return err
	}
	if len(files) > 0 {
		all, names := c.Plans, planFiles(c)
		c.Plans = nil
		for _, p := range all {
			if filepath.Clean(within(dir, p.Where.File)) == filepath.Clean(files[0]) || p.Where.File == filepath.ToSlash(files[0]) {
				c.Plans = append(c.Plans, p)
			}
		}
		if len(c.Plans) == 0 {
			return usage("plan probe: %s is no file of plans of %s; write one of %s", files[0], a.config, strings.Join(names, ", "))
		}
	}
	today, err := a.today(c.Schedule.Zone)
	if err != nil {
		return err
	}
	exploits, err := plans.Probe(c, today)
	if err != nil {
		return err
	}
	for _, x := range plans.NotProbed(c) {
		fmt.Fprintf(a.errOut, "carrot: %s is not probed in %s: it is worked out of other numbers; write examples of it and try them with carrot plan test\n", x.Measure, x.Plan)
	}
	open := 0
	out := []probed{}
	for _, x := range exploits {
		if x.Waived == "" {
			open++
		}
		out = append(out, probed{x.Class, x.Plan, x.Component, fmt.Sprintf("%s:%d", x.Where.File, x.Where.Line), x.What, x.Before.Decimal(), x.After.Decimal(), x.Gain.Decimal(),
			string(x.Gain.Currency), x.Waived})
	}
	err = a.print(out, func(w io.Writer) {
		for _, x := range exploits {
			fmt.Fprintln(w, x)
		}
		fmt.Fprintf(w, "%s probed: %s, %d not waived\n", plural(len(c.Plans), "plan", "plans"), plural(len(exploits), "exploit", "exploits"), open)
	})
	if err == nil && open > 0 {
		return found(exitHeld)
	}
	return err
}
