package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"carrot/jobs"
)

func planFairnessCommand(a *app) *cobra.Command {
	var from, to string
	c := &cobra.Command{
		Use:   "fairness",
		Short: "Compare how customers rate people by group, like with like, to see bias",
		Long: "Compares the ratings behind every component that pays by them, over posted months (the last twelve unless told) at the\n" +
			"newest knowledge, by the groups that carrot.yaml names under fairness:. Rows are compared within strata (account, channel,\n" +
			"kind of case); the interval knows that ratings of one person hang together. Nobody is named, groups of few people are not\n" +
			"shown, nothing is written, and no score is corrected by anybody's group. A component in which a group differs by the stated\n" +
			"gap or more, and not by chance, should pay nothing until a named person has decided: the text to paste is printed.\n\n" +
			"Exit codes: 0 no such component without a decision, 3 there is one.",
		Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := a.house(c.Context())
			if err != nil {
				return err
			}
			today, err := a.today(h.Config.Schedule.Zone)
			if err != nil {
				return err
			}
			d, err := h.Fairness(c.Context(), from, to, today)
			if err != nil {
				return err
			}
			if err := a.print(d, func(w io.Writer) { printDisparities(w, d) }); err != nil {
				return err
			}
			for _, x := range d.Components {
				if x.Material && x.Decided == nil {
					return found(exitHeld)
				}
			}
			return nil
		},
	}
	monthFlags(c, &from, &to)
	return c
}

func printDisparities(w io.Writer, d jobs.Disparities) {
	fmt.Fprintf(w, "%s to %s, how much better than all others on the same kind of rows; a gap of %s or more matters\n", d.From, d.To, d.Gap)
	for _, x := range d.Components {
		fmt.Fprintf(w, "\n%s, %s\n", x.Component, x.Measure)
		for _, g := range x.Groups {
			mark := ""
			if g.Material {
				mark = "  DIFFERS"
			}
			fmt.Fprintf(w, "  %s %s: %s, %s to %s (n = %d, ratings of %d people and %d others; without strata %s, n = %d)%s\n", g.Column, g.Group, g.Gap, g.Low, g.High, g.N, g.People,
				g.Others, g.Plain, g.All, mark)
		}
		for _, column := range x.Hidden {
			fmt.Fprintf(w, "  %s: some groups are not shown: fewer than %d people, or another group could be worked out\n", column, d.Floor)
		}
		switch {
		case x.Decided != nil:
			fmt.Fprintf(w, "  decided by %s on %s: %s\n", x.Decided.Who, x.Decided.On, x.Decided.Why)
		case x.Material:
			fmt.Fprintf(w, "  until a named person decides, paste into the component at %s:%d\n    mode: shadow\n", x.Where.File, x.Where.Line)
		}
	}
	if len(d.Components) == 0 {
		fmt.Fprintln(w, "no component pays by how a person's own customers rate them")
	}
}
