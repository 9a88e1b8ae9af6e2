package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"carrot/jobs"
)

func explainCommand(a *app) *cobra.Command {
	var payee, period, record, run, location string
	var number int
	c := &cobra.Command{
		Use:   "explain",
		Short: "Lead from a cent to its source rows, or say where a record went",
		Long: "With --payee and --period: the statement's lines, how each was computed, and the rows of the exports behind it.\n" +
			"With --record source/table/ID: where that record went in the run of --period: paid to whom in which line, held with\n" +
			"which finding, or excluded and why. Rows of sealed tables are counted and never shown.",
		Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if (payee == "") == (record == "") {
				return usage("explain: write --payee ID or --record source/table/ID, one of both")
			}
			if period == "" && run == "" {
				return usage("explain: write --period YYYY-MM, or --run RUN")
			}
			ctx := c.Context()
			s, err := a.archiveOf(ctx, location)
			if err != nil {
				return err
			}
			ref, m, err := jobs.RunOf(ctx, s, period, run)
			if err != nil {
				return err
			}
			if record != "" {
				r, err := jobs.ExplainRecord(ctx, s, m, record, "")
				if err != nil {
					return err
				}
				return a.print(r, func(w io.Writer) { printRecord(w, r) })
			}
			e, err := jobs.Explain(ctx, s, ref, m, payee, number, "")
			if err != nil {
				return err
			}
			return a.print(e, func(w io.Writer) { printExplained(w, e) })
		},
	}
	f := c.Flags()
	f.StringVar(&payee, "payee", "", "employee id")
	f.StringVar(&period, "period", "", "pay period, YYYY-MM")
	f.IntVar(&number, "line", 0, "one line of the statement (default all)")
	f.StringVar(&record, "record", "", "a record, source/table/ID")
	f.StringVar(&run, "run", "", "a run instead of the period's close")
	return archiveFlag(c, &location)
}

func printExplained(w io.Writer, e jobs.Explained) {
	s := e.Statement
	fmt.Fprintf(w, "%s, %s: total %s %s (%s %s)\n", s.ID, s.Name, s.Total, s.Currency, e.Kind, e.Run)
	if len(s.HeldFor) > 0 {
		fmt.Fprintf(w, "HELD for %s\n", strings.Join(s.HeldFor, ", "))
	}
	if len(e.Lines) == 0 {
		fmt.Fprintln(w, "no lines")
	}
	for _, l := range e.Lines {
		fmt.Fprintf(w, "\nline %d  %s  %s %s  %s, %s\n", l.Number, l.Title, l.Amount, s.Currency, kindOf(l.Line), l.For)
		if l.Clause != "" {
			fmt.Fprintf(w, "  %-8s %s %s\n", "clause", l.Plan, l.Clause)
		}
		fmt.Fprintf(w, "  %-8s %s\n", "exact", l.Exact)
		for _, step := range strings.Split(l.Working, "; ") {
			fmt.Fprintf(w, "  %-8s %s\n", "working", step)
		}
		for _, sum := range l.Sums {
			fmt.Fprintf(w, "  %-8s %s over %s\n", "sum", sum, plural(len(l.Credits), "credit", "credits"))
		}
		if l.Sealed > 0 {
			fmt.Fprintf(w, "  %-8s %s, not shown\n", "sealed", plural(l.Sealed, "row", "rows"))
		}
		for i, r := range l.Rows {
			if i > 0 && r.Measure != l.Rows[i-1].Measure || i == 0 && r.Measure != l.Rows[len(l.Rows)-1].Measure {
				fmt.Fprintf(w, "  %-8s %s\n", "rows of", r.Measure)
			}
			printRow(w, r)
		}
	}
}

func kindOf(l jobs.Line) string {
	if l.Cause == "" {
		return l.Kind
	}
	return l.Kind + " for " + l.Cause
}

// printRow prints a source row; a cell with line breaks goes on under it.
func printRow(w io.Writer, r jobs.SourceRow) {
	fmt.Fprintf(w, "  %-8s %s:%d  %s\n", "row", r.File, r.Line, strings.ReplaceAll(r.Text, "\n", "\n           "))
}

func printRecord(w io.Writer, r jobs.Record) {
	fmt.Fprintf(w, "%s in %s (run %s): %s\n", r.Record, r.Period, r.Run, r.Fate)
	if r.Fate == "sealed" {
		fmt.Fprintf(w, "  sealed: %s, not shown\n", plural(r.Sealed, "row", "rows"))
		return
	}
	for i, v := range r.Versions {
		known := "always known"
		if v.Known != "" {
			known = "known from " + v.Known
		}
		if i < len(r.Versions)-1 {
			known += ", replaced"
		}
		fmt.Fprintf(w, "  %s\n", known)
		printRow(w, v.SourceRow)
	}
	for _, c := range r.Credits {
		where := "no line of this period"
		if len(c.Lines) > 0 {
			where = "statement " + c.Payee + ":" + r.Period + ", " + lineList(c.Lines)
		}
		fmt.Fprintf(w, "  credit   %s to %s for %s (share %s of %s): %s\n", c.Credited, c.Payee, c.Measure, c.Share, c.Value, where)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(w, "  finding  %s holds %s: %s%s\n", f.ID, f.Reach, f.Text, waived(f.Waived))
	}
	for _, reason := range r.Reasons {
		fmt.Fprintf(w, "  because  %s\n", reason)
	}
}

func lineList(lines []int) string {
	var parts []string
	for _, n := range lines {
		parts = append(parts, fmt.Sprint(n))
	}
	if len(parts) == 1 {
		return "line " + parts[0]
	}
	return "lines " + strings.Join(parts, ", ")
}
