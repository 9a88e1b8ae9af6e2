package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"carrot/jobs"
	"carrot/transform/comp"
)

// mostPeople is how many people a simulation names; --json has all.
const mostPeople = 10

func planSimulateCommand(a *app) *cobra.Command {
	var file, from, to string
	c := &cobra.Command{
		Use:   "simulate --plan FILE",
		Short: "Try a candidate plan over the posted months: what it costs, who wins and loses, and why",
		Long: "Every posted month is closed once more with the candidate in place of the version that paid it, each after the ones\n" +
			"before it; nothing is archived. People's differences sum to that of the cost, components' to their person's.",
		Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if file == "" {
				return usage("plan simulate: write --plan FILE, the candidate")
			}
			candidate, err := candidateOf(file)
			if err != nil {
				return err
			}
			h, err := a.house(c.Context())
			if err != nil {
				return err
			}
			s, err := h.Simulate(c.Context(), candidate, from, to)
			if err != nil {
				return err
			}
			return a.print(s, func(w io.Writer) { printSimulation(w, s) })
		},
	}
	c.Flags().StringVar(&file, "plan", "", "the candidate plan's file")
	monthFlags(c, &from, &to)
	return c
}

func planDiffCommand(a *app) *cobra.Command {
	var from, to string
	c := &cobra.Command{
		Use:   "diff A.yaml B.yaml",
		Short: "Two versions of a plan in money over the same months, change by change",
		Long: "Both files are tried over the posted months, and every changed component by itself in the order of the file: the\n" +
			"amounts sum to the whole difference.",
		Args: exactly(2),
		RunE: func(c *cobra.Command, args []string) error {
			was, err := candidateOf(args[0])
			if err != nil {
				return err
			}
			now, err := candidateOf(args[1])
			if err != nil {
				return err
			}
			h, err := a.house(c.Context())
			if err != nil {
				return err
			}
			d, err := h.DiffPlans(c.Context(), was, now, from, to)
			if err != nil {
				return err
			}
			return a.print(d, func(w io.Writer) { printPlanDiff(w, d) })
		},
	}
	monthFlags(c, &from, &to)
	return c
}

func monthFlags(c *cobra.Command, from, to *string) {
	c.Flags().StringVar(from, "from", "", "first posted month, YYYY-MM (default the first of all)")
	c.Flags().StringVar(to, "to", "", "last posted month, YYYY-MM (default the last of all)")
}

func candidateOf(file string) (jobs.Candidate, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return jobs.Candidate{}, usage("%v; name the file of a plan", err)
	}
	return jobs.Candidate{Name: file, Bytes: b}, nil
}

func printSimulation(w io.Writer, s jobs.Simulation) {
	fmt.Fprintf(w, "%s over %s to %s\n", s.Plan, s.From, s.To)
	for _, m := range s.Months {
		fmt.Fprintf(w, "  %s  %14s  was %14s  %14s %s\n", m.Period, comp.Grouped(m.Now), comp.Grouped(m.Was), plus(m.Difference), m.Currency)
	}
	for _, m := range s.Cost {
		fmt.Fprintf(w, "  cost     %14s  was %14s  %14s %s\n", comp.Grouped(m.Now), comp.Grouped(m.Was), plus(m.Difference), m.Currency)
	}
	won := 0
	for _, p := range s.People {
		if !strings.HasPrefix(p.Difference, "-") {
			won++
		}
	}
	fmt.Fprintf(w, "  %d win, %d lose, %d as before\n", won, len(s.People)-won, s.Same)
	if s.Held > 0 {
		fmt.Fprintf(w, "  %s differ in being held\n", plural(s.Held, "statement", "statements"))
	}
	for i, p := range s.People {
		if i == mostPeople {
			fmt.Fprintf(w, "\nand %d others; --json has all\n", len(s.People)-i)
			break
		}
		fmt.Fprintf(w, "\n%s (%s): %s %s, from %s to %s\n", p.Name, p.Payee, plus(p.Difference), p.Currency, comp.Grouped(p.Was), comp.Grouped(p.Now))
		for _, c := range p.Why {
			fmt.Fprintf(w, "  %s: %s, from %s to %s\n", c.Component, plus(c.Difference), comp.Grouped(c.Was), comp.Grouped(c.Now))
			for _, b := range c.Because {
				fmt.Fprintf(w, "    %s\n", b)
			}
		}
	}
}

func printPlanDiff(w io.Writer, d jobs.PlanDiff) {
	fmt.Fprintf(w, "%s to %s over %s to %s\n", d.A, d.B, d.From, d.To)
	if len(d.Steps) == 0 {
		fmt.Fprintln(w, "  no field differs")
	}
	for _, s := range d.Steps {
		var money []string
		for _, m := range s.Money {
			money = append(money, plus(m.Difference)+" "+m.Currency)
		}
		fmt.Fprintf(w, "  %s (%s): %s\n", s.What, s.At, strings.Join(money, ", "))
		for _, f := range s.Fields {
			fmt.Fprintf(w, "    %s: %s → %s\n", f.Field, f.Was, f.Now)
		}
	}
	for _, m := range d.Cost {
		fmt.Fprintf(w, "  in all %s %s: from %s to %s\n", plus(m.Difference), m.Currency, comp.Grouped(m.Was), comp.Grouped(m.Now))
	}
}

// plus is a difference with its sign.
func plus(decimal string) string {
	if strings.HasPrefix(decimal, "-") {
		return comp.Grouped(decimal)
	}
	return "+" + comp.Grouped(decimal)
}
