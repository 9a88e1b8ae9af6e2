package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"carrot/jobs"
)

func explainCommand(a *app) *cobra.Command {
	x := explaining{app: a}
	c := &cobra.Command{
		Use:   "explain",
		Short: "Lead from a cent to its source rows, or say where a record went",
		Long: "With --payee and --period: an answer in words that can be pasted into a mail, then the statement's lines, how each was\n" +
			"computed, and the rows of the exports behind it. Somebody without a statement learns which condition of which plan\n" +
			"left them out. With --against as well: why the month differs from another, component by component.\n" +
			"With --record source/table/ID: where that record went in the run of --period: paid to whom in which line, held with\n" +
			"which finding, or excluded and why; with --payee as well, whose it is. Rows of sealed tables are counted and never\n" +
			"shown. --brief prints the words alone.",
		Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return x.run(c.Context()) },
	}
	f := c.Flags()
	f.StringVar(&x.payee, "payee", "", "employee id")
	f.StringVar(&x.period, "period", "", "pay period, YYYY-MM")
	f.IntVar(&x.number, "line", 0, "one line of the statement (default all)")
	f.StringVar(&x.record, "record", "", "a record, source/table/ID")
	f.StringVar(&x.runID, "run", "", "a run instead of the period's close")
	f.StringVar(&x.against, "against", "", "an earlier pay period, YYYY-MM, to compare with")
	f.BoolVar(&x.brief, "brief", false, "print the answer in words alone, without the rows behind it")
	return archiveFlag(c, &x.location)
}

// explaining is one question.
type explaining struct {
	*app
	payee, period, record, runID, against, location string
	number                                          int
	brief                                           bool
}

func (x *explaining) run(ctx context.Context) error {
	if x.payee == "" && x.record == "" {
		return usage("explain: write --payee ID or --record source/table/ID, one of both")
	}
	if x.period == "" && x.runID == "" {
		return usage("explain: write --period YYYY-MM, or --run RUN")
	}
	if x.against != "" && (x.payee == "" || x.record != "" || x.number != 0) {
		return usage("explain: --against compares the months of one payee; write --payee ID, without --record and --line")
	}
	s, err := x.archiveOf(ctx, x.location)
	if err != nil {
		return err
	}
	ref, m, err := jobs.RunOf(ctx, s, x.period, x.runID)
	if err != nil {
		return err
	}
	switch {
	case x.record != "":
		r, err := jobs.ExplainRecord(ctx, s, m, x.record, x.payee, "")
		if err != nil {
			return err
		}
		return x.print(r, func(w io.Writer) { x.answer(w, r.Words, func() { printRecord(w, r) }) })
	case x.against != "":
		_, earlier, err := jobs.RunOf(ctx, s, x.against, "")
		if err != nil {
			return err
		}
		c, err := jobs.Compare(ctx, s, m, earlier, x.payee, "")
		if err != nil {
			return err
		}
		return x.print(c, func(w io.Writer) { x.answer(w, c.Words, nil) })
	}
	e, err := jobs.Explain(ctx, s, ref, m, x.payee, x.number, "")
	if err != nil {
		return err
	}
	rows := func() { printExplained(x.out, e) }
	if e.Statement.ID == "" {
		rows = nil
	}
	return x.print(e, func(w io.Writer) { x.answer(w, e.Words, rows) })
}

// answer prints the words, and the rows behind them unless --brief; rows is nil where there are none.
func (x *explaining) answer(w io.Writer, words []string, rows func()) {
	for _, line := range words {
		fmt.Fprintln(w, line)
	}
	if !x.brief && rows != nil {
		fmt.Fprintln(w)
		rows()
	}
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
		if l.Told {
			fmt.Fprintf(w, "  %-8s answers given in confidence, neither shown nor counted\n", "sealed")
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
