package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"carrot/config"
	"carrot/jobs/plans"
	"carrot/transform/comp"
)

func planDocumentCommand(a *app) *cobra.Command {
	var version string
	var places bool
	c := &cobra.Command{
		Use:   "document PLAN",
		Short: "Put a plan into prose that a payee can read and sign",
		Long: "Prints the plan in prose. Every number of it comes from a field of the plan file; --places shows from which line.\n" +
			"Its last line is a digest: who accepts the document accepts that digest (acceptances: in carrot.yaml).",
		Args: exactly(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.planDocument(args[0], version, places) },
	}
	c.Flags().StringVar(&version, "version", "", "the plan's version (default the one in force today, else the last)")
	c.Flags().BoolVar(&places, "places", false, "show file and line of each number")
	return c
}

func (a *app) planDocument(id, version string, places bool) error {
	c, _, err := a.load()
	if err != nil {
		return err
	}
	today, err := a.today(c.Settings.Zone)
	if err != nil {
		return err
	}
	p, err := planNamed(c, id, version, today)
	if err != nil {
		return err
	}
	d := plans.Write(c, p)
	return a.print(d, func(w io.Writer) {
		if places {
			fmt.Fprint(w, d.WithPlaces())
			return
		}
		fmt.Fprint(w, d.Text)
	})
}

// planNamed is a version of a plan: the named one, the one in force, or the last.
func planNamed(c *config.Config, id, version string, today comp.Date) (*comp.Plan, error) {
	var last, inForce *comp.Plan
	var ids []string
	for i := range c.Plans {
		p := &c.Plans[i]
		if len(ids) == 0 || ids[len(ids)-1] != p.ID {
			ids = append(ids, p.ID)
		}
		if p.ID != id || version != "" && p.Version != version {
			continue
		}
		last = p
		if p.Effective.Contains(today) {
			inForce = p
		}
	}
	switch {
	case inForce != nil:
		return inForce, nil
	case last != nil:
		return last, nil
	case version != "":
		return nil, usage("plan %s has no version %s; leave --version out for the one in force", id, version)
	}
	return nil, usage("there is no plan %s; %s", id, config.Suggest(id, ids))
}
