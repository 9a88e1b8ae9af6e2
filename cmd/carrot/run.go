package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"carrot/config"
	"carrot/jobs"
	"carrot/transform/comp"
)

// runFlags are what `carrot run` was given.
type runFlags struct {
	due                bool
	preview, closing   bool
	period, through    string
	business, knownAt  string
	noPublish, noPull  bool
	again, tablesAlone bool
}

func runCommand(a *app) *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use:   "run",
		Short: "Pull, compute and archive: preview an open pay period, or close one",
		Long: "Brings in what is new, computes a pay period from what the archive holds, archives and publishes what came out.\n" +
			"A preview may be repeated any night and never posts. A close posts: the period is then paid and never computed again;\n" +
			"what changes later becomes a true-up in the next one. With --period and neither --preview nor --close it closes.\n\n" + exitCodes,
		Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if !f.due {
				return a.run(c.Context(), f)
			}
			if c.Flags().Changed("preview") || c.Flags().Changed("close") || c.Flags().Changed("period") || c.Flags().Changed("through") {
				return usage("--due does not go with --preview, --close, --period or --through: the schedule says what is due")
			}
			return a.runDue(c.Context())
		},
	}
	s := c.Flags()
	s.BoolVar(&f.preview, "preview", false, "compute the open period (or --period) without posting")
	s.BoolVar(&f.closing, "close", false, "close and post --period")
	s.BoolVar(&f.due, "due", false, "do what the schedule says is due, once, and exit")
	s.StringVar(&f.period, "period", "", "pay period, YYYY-MM")
	s.StringVar(&f.through, "through", "", "close every open period up to this one, YYYY-MM")
	s.StringVar(&f.business, "business", "", "business date, YYYY-MM-DD (default today; for --through each period's close day)")
	s.StringVar(&f.knownAt, "known-at", "", "the last day whose drops enter, YYYY-MM-DD (default the business date)")
	s.BoolVar(&f.noPublish, "no-publish", false, "archive only, write no published files")
	s.BoolVar(&f.noPull, "no-pull", false, "compute from what the archive holds, bring nothing in")
	s.BoolVar(&f.tablesAlone, "tables", false, "render the audit tables and payroll files only, no workbooks and PDFs")
	s.BoolVar(&f.again, "again", false, "compute even where the archive holds this run")
	return c
}

// run does what the flags say.
func (a *app) run(ctx context.Context, f *runFlags) error {
	if f.preview && (f.closing || f.through != "") {
		return usage("--preview does not go with --close or --through: choose one")
	}
	if f.period != "" && f.through != "" {
		return usage("--period does not go with --through: choose one")
	}
	if !f.preview && f.period == "" && f.through == "" {
		return usage("nothing says what to run; write --preview, --period YYYY-MM to close that month, or --due")
	}
	h, err := a.house(ctx)
	if err != nil {
		return err
	}
	plan, err := a.plan(ctx, h, f)
	if err != nil {
		return err
	}
	p := a.progress()
	defer p.close()
	h.Progress = p.show
	outs, err := a.runAll(ctx, h, plan, f, p)
	p.close()
	if len(outs) == 0 {
		return err
	}
	told := a.report(h, outs) // also after an error: what was closed before it is closed
	if err != nil {
		return err
	}
	return told
}

// runAll pulls for and runs each of the plan, and stops at the first error or stopped run.
func (a *app) runAll(ctx context.Context, h *jobs.House, plan []jobs.Options, f *runFlags, p *progress) ([]jobs.Outcome, error) {
	var outs []jobs.Outcome
	for _, o := range plan {
		p.about(fmt.Sprintf("%s %s", o.Kind, o.Period.Name()))
		if !f.noPull {
			if _, err := h.Pull(ctx, o.KnownAt); err != nil {
				return outs, err
			}
		}
		out, err := h.Run(ctx, o)
		if err != nil {
			return outs, err
		}
		outs = append(outs, out)
		if out.Summary.Stopped {
			break
		}
	}
	return outs, nil
}

// plan is what to run, oldest first.
func (a *app) plan(ctx context.Context, h *jobs.House, f *runFlags) ([]jobs.Options, error) {
	o := jobs.Options{Kind: comp.Close, Statements: !f.tablesAlone, Publish: !f.noPublish, Again: f.again}
	if f.preview {
		o.Kind = comp.Preview
	}
	open, err := h.Open(ctx)
	if err != nil {
		return nil, err
	}
	today, err := a.today(h.Config.Settings.Zone)
	if err != nil {
		return nil, err
	}
	if f.through != "" {
		return f.planThrough(ctx, h, o, open, today)
	}
	o.Period = open
	if f.period != "" {
		if o.Period, err = comp.ParseMonth(f.period); err != nil {
			return nil, usage("--period: %v", err)
		}
	}
	err = f.days(&o, today)
	return []jobs.Options{o}, err
}

// planThrough is every open period up to --through, each as of its close day. A close that was killed after it had posted
// is finished first; asking once more for what is closed already tells of it and changes nothing, as --period does.
func (f *runFlags) planThrough(ctx context.Context, h *jobs.House, o jobs.Options, open comp.Period, today comp.Date) ([]jobs.Options, error) {
	last, err := comp.ParseMonth(f.through)
	if err != nil {
		return nil, usage("--through: %v", err)
	}
	first := open
	if !f.noPublish {
		if p, left, err := h.Unpublished(ctx); err != nil {
			return nil, err
		} else if left {
			first = p
		}
	}
	if last.Start < first.Start {
		first = last
	}
	var plan []jobs.Options
	for p := first; p.Start <= last.Start; p = comp.Month(p.End) {
		o.Period = p
		if err := f.days(&o, min(today, closeDay(h.Config.Schedule, p))); err != nil {
			return nil, err
		}
		plan = append(plan, o)
	}
	return plan, nil
}

// days fills the business date and the day of knowledge.
func (f *runFlags) days(o *jobs.Options, usual comp.Date) (err error) {
	o.Business = usual
	if f.business != "" {
		if o.Business, err = comp.ParseDate(f.business); err != nil {
			return usage("--business: %v", err)
		}
	}
	o.KnownAt = o.Business
	if f.knownAt != "" {
		if o.KnownAt, err = comp.ParseDate(f.knownAt); err != nil {
			return usage("--known-at: %v", err)
		}
	}
	return nil
}

// closeDay is the day on which a period closes: the schedule's, or the fifth of the month after.
func closeDay(s config.Schedule, p comp.Period) comp.Date {
	day := s.CloseDay
	if day == 0 {
		day = 5
	}
	return min(p.End+comp.Date(day-1), comp.Month(p.End).End-1)
}
