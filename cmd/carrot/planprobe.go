package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"carrot/config"
	"carrot/jobs/plans"
	"carrot/transform/comp"
)

// probeFlags are what `carrot plan probe` was given.
type probeFlags struct {
	from, to string
	most     int
}

func planProbeCommand(a *app) *cobra.Command {
	f := &probeFlags{}
	c := &cobra.Command{
		Use:   "probe [FILE]",
		Short: "Search plans for ways to be paid more without doing better",
		Long: "Plays with every plan, or with those of FILE, around its own bounds through the whole calculation: P-better, where\n" +
			"doing better pays less; P-split, a deal entered as several; P-day, a date moved by a day; P-quicksale, less now\n" +
			"instead of more later; P-survey, a dissatisfied customer left unasked; P-refund, the day of a refund. Each exploit is\n" +
			"printed with what it is worth, the dearest first; what gains one percent or less is left out. Quotas by name are\n" +
			"taken as 100,000. A plan lets a class stand by name, reason and last day, under waive: with lint: P-….\n\n" +
			"Where months are posted, the same is then tried with real rows of the last twelve of them, or of those from --from to\n" +
			"--to, at the newest knowledge of the archive: somebody's deal of a month is left out, split, moved over the end of a\n" +
			"measuring period (by a week at most) or sold at 5, 10 or 20 % off within the one before, a dissatisfied customer's row\n" +
			"is left out, a refund comes a month later. Payees have their real quotas, rates and shares there. The largest of each\n" +
			"class and component is printed, with payee, month and record, and in how many payee-months the class pays more. The\n" +
			"whole calculation is made --most times, of many people at once; which payee-months come first follows from their names\n" +
			"alone. Rows that were answered in confidence, and people whom findings hold, are left out. Nothing is written.\n\n" +
			"Exit codes: 0 none is found that is not waived, 3 some are.",
		Args: between(0, 1),
		RunE: func(c *cobra.Command, args []string) error { return a.planProbe(c.Context(), args, f) },
	}
	monthFlags(c, &f.from, &f.to)
	c.Flags().IntVar(&f.most, "most", 24, "how many whole calculations try real rows; 0 tries none")
	return c
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
	Payee     string `json:"payee,omitempty"` // of a real row: whose it is, in which month, and in how many payee-months the class pays more
	Month     string `json:"month,omitempty"`
	Months    int    `json:"payee_months,omitempty"`
}

func (a *app) planProbe(ctx context.Context, files []string, f *probeFlags) error {
	c, dir, err := a.load()
	if err != nil {
		return err
	}
	if err := a.onlyPlansOf(c, dir, files); err != nil {
		return err
	}
	if f.most < 0 {
		return usage("plan probe: --most %d, expected how many calculations may be made; write --most 24, or 0 for none", f.most)
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
	past, err := a.probePast(ctx, c, dir, f, today)
	if err != nil {
		return err
	}
	open := 0
	out := []probed{}
	for _, x := range slices.Concat(exploits, past.Exploits) {
		if x.Waived == "" {
			open++
		}
		out = append(out, probed{x.Class, x.Plan, x.Component, fmt.Sprintf("%s:%d", x.Where.File, x.Where.Line), x.What, x.Before.Decimal(), x.After.Decimal(), x.Gain.Decimal(),
			string(x.Gain.Currency), x.Waived, x.Payee, x.Month, x.Months})
	}
	err = a.print(out, func(w io.Writer) {
		for _, x := range exploits {
			fmt.Fprintln(w, x)
		}
		if past.From != "" {
			fmt.Fprintf(w, "real rows of %s to %s:\n", past.From, past.To)
			for _, x := range past.Exploits {
				fmt.Fprintln(w, x)
			}
			fmt.Fprintln(w, triedOf(past))
		}
		fmt.Fprintf(w, "%s probed: %s, %d not waived\n", plural(len(c.Plans), "plan", "plans"), plural(len(out), "exploit", "exploits"), open)
	})
	if a.json && past.From != "" {
		fmt.Fprintf(a.errOut, "carrot: real rows of %s to %s: %s\n", past.From, past.To, triedOf(past))
	}
	if err == nil && open > 0 {
		return found(exitHeld)
	}
	return err
}

// triedOf says how much of the past was tried.
func triedOf(p plans.Past) string {
	return fmt.Sprintf("%d of %s tried in %s, %d pay more; %s held and left out", p.Tried, plural(p.Months, "payee-month", "payee-months"), plural(p.Ways, "way", "ways"), p.Found,
		plural(p.Held, "payee", "payees"))
}

// onlyPlansOf leaves the plans of a file in a config, where one is named.
func (a *app) onlyPlansOf(c *config.Config, dir string, files []string) error {
	if len(files) == 0 {
		return nil
	}
	all, names := c.Plans, planFiles(c)
	c.Plans = nil
	for _, p := range all {
		if standsIn(&p, dir, files[0]) {
			c.Plans = append(c.Plans, p)
		}
	}
	if len(c.Plans) == 0 {
		return usage("plan probe: %s is no file of plans of %s; write one of %s", files[0], a.config, strings.Join(names, ", "))
	}
	return nil
}

// probePast probes real rows, where months are posted; where none are and nobody asked for some, it says so.
func (a *app) probePast(ctx context.Context, c *config.Config, dir string, f *probeFlags, today comp.Date) (out plans.Past, err error) {
	if f.most == 0 {
		return out, nil
	}
	h, err := a.looking(ctx, c, dir)
	if err != nil {
		return out, err
	}
	if h != nil {
		h.Files = os.DirFS(dir)
		chain, err := h.Postings(ctx)
		if err != nil {
			return out, err
		}
		if len(chain) > 0 {
			return h.Probe(ctx, f.from, f.to, f.most, today)
		}
	}
	if f.from != "" || f.to != "" {
		return out, usage("plan probe: no month is posted; leave --from and --to out, or close one: carrot run --period %s", comp.Month(c.Settings.First).Name())
	}
	fmt.Fprintln(a.errOut, "carrot: no month is posted yet: only rows that are made up are tried, no real ones")
	return out, nil
}
