package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"carrot/jobs"
	"carrot/transform/comp"
)

func scheduleCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "schedule",
		Short: "Keep doing what is due: a preview every night, a close every month",
		Long: `schedule does what the config's schedule says until it is stopped: the same as "carrot run --due" every minute.

What is due comes from the archive: every night whose preview is not recorded and every month that is not posted, oldest
first. So a restart, a machine that slept and a second carrot beside this one lose nothing and do nothing twice. A slot
that fails stays due and is tried again after 15 minutes, then after ever longer waits up to 6 hours. The schedule is read
at the start; everything else in the config is read anew for every run.

Stop it with an interrupt or SIGTERM. What it wrote is whole, and the next start goes on.`,
		Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			k, err := a.keeper(c.Context())
			if err != nil {
				return err
			}
			return k.scheduler.Run(c.Context())
		},
	}
}

// runDue does what is due once: what "carrot run --due" is.
func (a *app) runDue(ctx context.Context) error {
	k, err := a.keeper(ctx)
	if err != nil {
		return err
	}
	err = k.scheduler.Once(ctx)
	switch {
	case k.failed || (err != nil && !k.findings):
		return err
	case k.findings:
		return exitError{exitHeld, err}
	case k.began == 0 && !a.json && !a.quiet:
		fmt.Fprintln(a.out, "nothing is due")
	}
	return nil
}

// keeper keeps a company's schedule and says what happens.
type keeper struct {
	app       *app
	zone      *time.Location
	scheduler *jobs.Scheduler
	began     int
	findings  bool // somebody is held, or a close stopped
	failed    bool // something else went wrong
}

// appClock is the app's clock with the timers of the machine's.
type appClock struct {
	clockwork.Clock
	now func() time.Time
}

// Now is the app's.
func (c appClock) Now() time.Time { return c.now() }

func (a *app) keeper(ctx context.Context) (*keeper, error) {
	h, err := a.house(ctx)
	if err != nil {
		return nil, err
	}
	s := h.Config.Schedule
	if s.Nightly == nil && s.CloseDay == 0 {
		return nil, usage(`%s has no schedule; add a line such as schedule: {nightly: "02:30", close: {day: 3, at: "04:00"}}`, a.config)
	}
	zone, err := comp.Zone(s.Zone)
	if err != nil {
		return nil, usage("schedule: %v", err)
	}
	// A close that was killed after it had posted is due no more, but its files are missing.
	if p, left, err := h.Unpublished(ctx); err != nil {
		return nil, err
	} else if left {
		if _, err := h.Run(ctx, jobs.Options{Kind: comp.Close, Period: p, Publish: true}); err != nil {
			return nil, err
		}
	}
	k := &keeper{app: a, zone: zone}
	k.scheduler = &jobs.Scheduler{Schedule: s, First: h.Config.Settings.First, Store: h.Archive, Clock: appClock{clockwork.NewRealClock(), a.now},
		Who: h.Who, Where: h.Where, Do: k.do, Tell: k.tell}
	return k, nil
}

// do runs one slot with the config as it is now.
func (k *keeper) do(ctx context.Context, slot jobs.Slot) error {
	h, err := k.app.house(ctx)
	if err != nil {
		return err
	}
	bar := k.app.progress()
	defer bar.close()
	bar.about(slot.ID())
	h.Progress = bar.show
	out, err := h.RunSlot(ctx, slot, comp.DateIn(k.app.now().Unix(), k.zone))
	k.findings = k.findings || out.Summary.HasFindings()
	return err
}

// tell prints one line an event: text with the schedule's local time, or a JSON object.
func (k *keeper) tell(e jobs.Event) {
	var unposted *jobs.Unposted
	switch {
	case e.What == jobs.Began:
		k.began++
	case errors.As(e.Err, &unposted):
		k.findings = true
	case e.What == jobs.Failed:
		k.failed = true
	}
	at, why := k.app.now().In(k.zone).Format(time.RFC3339), ""
	if e.Err != nil {
		why = e.Err.Error()
	}
	if k.app.json {
		_ = json.NewEncoder(k.app.out).Encode(struct {
			At   string `json:"at"`
			Slot string `json:"slot"`
			What string `json:"what"`
			Why  string `json:"why,omitempty"`
		}{at, e.Slot.ID(), string(e.What), why})
		return
	}
	switch {
	case why != "":
		fmt.Fprintf(k.app.out, "%s %s %s: %s\n", at, e.Slot.ID(), e.What, why)
	case !k.app.quiet:
		fmt.Fprintf(k.app.out, "%s %s %s\n", at, e.Slot.ID(), e.What)
	}
}
