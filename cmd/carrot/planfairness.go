package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"carrot/jobs"
)

func planFairnessCommand(a *app) *cobra.Command {
	var from, to string
	var pay bool
	c := &cobra.Command{
		Use:   "fairness",
		Short: "Compare how customers rate people by group, like with like, to see bias",
		Long: "Compares the ratings behind every component that pays by them, over posted months (the last twelve unless told) at the\n" +
			"newest knowledge, by the groups that carrot.yaml names under fairness:. Rows are compared within strata (account, channel,\n" +
			"kind of case); the interval knows that ratings of one person hang together. Nobody is named, groups of few people are not\n" +
			"shown, nothing is written, and no score is corrected by anybody's group. A component in which a group differs by the stated\n" +
			"gap or more, and not by chance, should pay nothing until a named person has decided: the text to paste is printed.\n\n" +
			"With --pay it compares variable pay per full-time month instead: mean and median gap of each group to the others of its legal\n" +
			"entity, in all, by category of work of equal value and by component, with the group's share of each quarter of the people.\n\n" +
			"Exit codes: 0 no such component without a decision, 3 there is one; with --pay 0.",
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
			if pay {
				d, err := h.PayGap(c.Context(), from, to, today)
				if err != nil {
					return err
				}
				return a.print(d, func(w io.Writer) { printPayGaps(w, d) })
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
	c.Flags().BoolVar(&pay, "pay", false, "compare variable pay instead of ratings")
	return c
}

func printPayGaps(w io.Writer, d jobs.PayGaps) {
	fmt.Fprintf(w, "%s to %s, variable pay per full-time month; a gap is how much less than the others, and 5 %% or more is marked\n", d.From, d.To)
	for _, g := range d.Groups {
		mark := ""
		if g.Marked {
			mark = "  5 % OR MORE"
		}
		fmt.Fprintf(w, "\n%s, %s %s: %d people and %d others%s\n", areaOf(g.PayArea), g.Column, g.Group, g.People, g.Others, mark)
		fmt.Fprintf(w, "  mean %s against %s %s: gap %s (95 %%: %s to %s)\n", g.Mean, g.OthersMean, g.Currency, g.MeanGap, g.Low, g.High)
		fmt.Fprintf(w, "  median %s against %s %s: gap %s\n", g.Median, g.OthersMedian, g.Currency, g.MedianGap)
		if len(g.Quarters) > 0 {
			fmt.Fprintf(w, "  share of each quarter of the people, the lowest paid first: %s\n", strings.Join(g.Quarters, ", "))
		}
	}
	for _, x := range d.Hidden {
		fmt.Fprintf(w, "\n%s, %s: not shown, fewer than %d people, or another group could be worked out\n", areaOf(x), x.Column, d.Floor)
	}
	if len(d.Groups)+len(d.Hidden) == 0 {
		fmt.Fprintln(w, "nobody may be compared")
	}
}

func areaOf(x jobs.PayArea) string {
	switch {
	case x.Category != "":
		return x.Entity + ", category " + x.Category
	case x.Component != "":
		return x.Entity + ", " + x.Component
	}
	return x.Entity
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
