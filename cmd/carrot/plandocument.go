package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"carrot/config"
	"carrot/jobs"
	"carrot/jobs/plans"
	"carrot/transform/comp"
)

// documentFlags are what `carrot plan document` was given.
type documentFlags struct {
	plan, version, payee string
	places               bool
}

func planDocumentCommand(a *app) *cobra.Command {
	f := &documentFlags{}
	c := &cobra.Command{
		Use:   "document [PLAN|FILE]",
		Short: "Put a plan into prose that a payee can read and sign",
		Long: "Prints the plan in prose. Every number of it comes from a field of the plan file; --places shows from which line.\n" +
			"Its last line is a digest: who accepts the document accepts that digest (acceptances: in carrot.yaml).\n" +
			"With --payee: that payee's document, with their own days, quotas, targets, rates and share of full time as the newest\n" +
			"archived exports tell them, each of a row that --places names; without PLAN of every plan that takes them in today.\n" +
			"Either digest counts as accepted; carrot plan lint tells who accepted neither (L19).",
		Args: between(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				f.plan = args[0]
			}
			return a.planDocument(c.Context(), f)
		},
	}
	c.Flags().StringVar(&f.version, "version", "", "the plan's version (default the one in force today, else the last)")
	c.Flags().StringVar(&f.payee, "payee", "", "the employee id of whom it is for")
	c.Flags().BoolVar(&f.places, "places", false, "show file and line of each number")
	return c
}

func (a *app) planDocument(ctx context.Context, f *documentFlags) error {
	if f.plan == "" && f.payee == "" {
		return usage("nothing says which plan; write carrot plan document PLAN, or --payee ID")
	}
	if f.plan == "" && f.version != "" {
		return usage("--version does not go without PLAN: write carrot plan document PLAN --version %s", f.version)
	}
	c, dir, err := a.load()
	if err != nil {
		return err
	}
	today, err := a.today(c.Settings.Zone)
	if err != nil {
		return err
	}
	var p *comp.Plan
	if f.plan != "" {
		id, err := planIn(c, dir, f.plan)
		if err != nil {
			return err
		}
		if p, err = planNamed(c, id, f.version, today); err != nil {
			return err
		}
	}
	if f.payee == "" {
		d := plans.Write(c, p)
		return a.print(d, func(w io.Writer) { fmt.Fprint(w, f.text(d)) })
	}
	list, err := a.documentsOf(ctx, c, dir, f.payee, p, today)
	if err != nil {
		return err
	}
	return a.print(list, func(w io.Writer) {
		for i, d := range list {
			if i > 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprint(w, f.text(d))
		}
	})
}

func (f *documentFlags) text(d plans.Document) string {
	if f.places {
		return d.WithPlaces()
	}
	return d.Text
}

// documentsOf are a payee's documents: of one version of a plan, or of all that take them in on a day.
func (a *app) documentsOf(ctx context.Context, c *config.Config, dir, payee string, only *comp.Plan, day comp.Date) (out []plans.Document, err error) {
	h, err := a.looking(ctx, c, dir)
	if err != nil {
		return nil, err
	}
	var r *jobs.Roster
	if h != nil {
		if r, err = h.Roster(ctx, day); err != nil {
			return nil, err
		}
	}
	if r == nil {
		return nil, usage("the archive %s holds no export of people; bring one in with carrot pull", c.Archive)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for i := range c.Plans {
		p := &c.Plans[i]
		if only != nil && p != only || only == nil && !p.Effective.Contains(day) {
			continue
		}
		who, err := r.Payee(payee, p)
		if err != nil {
			return nil, err
		}
		if who != nil && (only != nil || who.TakesPart(day)) {
			out = append(out, plans.WriteFor(c, p, who))
		}
	}
	switch {
	case len(out) > 0:
		return out, nil
	case only != nil:
		return nil, usage("plan %s %s never takes in %s; its condition is %s", only.ID, only.Version, payee, condition(only))
	}
	return nil, usage("no plan takes in %s on %s; name one that will, such as carrot plan document PLAN --payee %s", payee, day, payee)
}

// condition is whom a plan takes in, as its file says it.
func condition(p *comp.Plan) string {
	if p.Eligible == nil {
		return "none"
	}
	return fmt.Sprintf("%s (%s:%d)", p.Eligible.Text, p.Where.File, p.Eligible.Where.Line)
}

// planIn is the plan that a word names: by its file, or by its id.
func planIn(c *config.Config, dir, name string) (string, error) {
	var ids []string
	for _, p := range c.Plans {
		if p.ID == name {
			return name, nil
		}
		if standsIn(&p, dir, name) && !slices.Contains(ids, p.ID) {
			ids = append(ids, p.ID)
		}
	}
	switch {
	case len(ids) == 1:
		return ids[0], nil
	case len(ids) > 1:
		return "", usage("%s holds the plans %s; write the name of one: carrot plan document %s", name, strings.Join(ids, ", "), ids[0])
	case strings.HasSuffix(name, ".yaml"):
		return "", usage("%s is no plan file of the config; write one of %s", name, strings.Join(planFiles(c), ", "))
	}
	return name, nil
}

// standsIn says whether a plan stands in a file, which is named as one from here or as the config names it.
func standsIn(p *comp.Plan, dir, file string) bool {
	return p.Where.File == filepath.ToSlash(file) || filepath.Clean(within(dir, p.Where.File)) == filepath.Clean(file)
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
