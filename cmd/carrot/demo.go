package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"carrot/config/example"
	"carrot/jobs"
	"carrot/transform/comp"
)

// withStatements is how many of the demo's last months get PDF statements and workbooks; all of them get tables.
const withStatements = 3

func demoCommand(a *app) *cobra.Command {
	size := example.Default()
	out := "carrot-demo"
	c := &cobra.Command{
		Use:   "demo",
		Short: "The example company end to end in a folder: no account, no network",
		Long: "Writes a small company (config, plans and fifteen months of exports as people download them) to DIR/company, closes\n" +
			"every month, and says where statements, tables and archive lie. Change a number there and run again.",
		Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), out, size) },
	}
	f := c.Flags()
	f.StringVar(&out, "out", out, "the folder to write to")
	f.IntVar(&size.People, "people", size.People, "how many people work there")
	f.IntVar(&size.Months, "months", size.Months, "how many months to make and close")
	f.Uint64Var(&size.Seed, "seed", size.Seed, "another seed makes another company")
	f.IntVar(&size.Tickets, "tickets", size.Tickets, "how many support tickets, over all months")
	f.IntVar(&size.Deals, "deals", size.Deals, "how many deals, over all months")
	f.IntVar(&size.Responses, "responses", size.Responses, "how many survey responses, over all months")
	return c
}

// demo writes the company, closes its months and says where things lie. A held deal is part of the example: it is told
// and does not make the demo fail.
func (a *app) demo(ctx context.Context, out string, size example.Size) error {
	company := filepath.Join(out, "company")
	a.config = filepath.Join(company, "carrot.yaml")
	if _, err := os.Stat(company); err == nil {
		return usage("%s is there already. Change a number in it and see what differs:\n  carrot run --preview --config %s\nor look at what is there:\n  carrot runs --config %s\nor make another company with carrot demo --out DIR", company, a.config, a.config)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	p := a.progress()
	defer p.close()
	if err := writeCompany(company, size, p); err != nil {
		return err
	}
	h, err := a.house(ctx)
	if err != nil {
		return err
	}
	h.Progress = p.show
	var outs []jobs.Outcome
	month := comp.Month(h.Config.Settings.First)
	for i := range size.Months {
		p.about(fmt.Sprintf("%s, month %d of %d", month.Name(), i+1, size.Months))
		day := closeDay(h.Config.Schedule, month)
		if _, err := h.Pull(ctx, day); err != nil {
			return err
		}
		o, err := h.Run(ctx, jobs.Options{Kind: comp.Close, Period: month, Business: day, KnownAt: day, Statements: i >= size.Months-withStatements, Publish: true})
		if err != nil {
			return err
		}
		outs = append(outs, o)
		if o.Summary.Stopped {
			p.close()
			return a.report(h, outs)
		}
		month = comp.Month(month.End)
	}
	p.close()
	return a.demoReport(h, outs, company)
}

// writeCompany writes every file of the example into a folder beside and renames it, so that a killed demo leaves no half
// company behind.
func writeCompany(company string, size example.Size, p *progress) error {
	half := company + ".half"
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	n := 0
	_, err := example.Generate(size, func(name string, write func(io.Writer) error) error {
		n++
		p.show(jobs.Step{Stage: "writing", What: name, Done: int64(n)})
		file := filepath.Join(half, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	})
	if err != nil {
		return fmt.Errorf("the example company: %w", err)
	}
	return os.Rename(half, company)
}

// demoRun is what the demo prints with --json.
type demoRun struct {
	Months    []ranRun `json:"months"`
	Company   string   `json:"company"`
	Archive   string   `json:"archive"`
	Published string   `json:"published"`
}

func (a *app) demoReport(h *jobs.House, outs []jobs.Outcome, company string) error {
	r := demoRun{Company: company, Archive: within(company, h.Config.Archive), Published: within(company, h.Config.Published)}
	for _, o := range outs {
		r.Months = append(r.Months, ranRun{Summary: o.Summary, Manifest: o.Ref.Key(), Posted: o.Posting != nil, Files: o.Files, Published: publishedAt(h, o)})
	}
	return a.print(r, func(w io.Writer) {
		last := r.Months[len(r.Months)-1]
		fmt.Fprintf(w, "%s: %s closed, %s to %s\n\n", h.Config.Settings.Company, plural(len(r.Months), "month", "months"), r.Months[0].Period, last.Period)
		fmt.Fprintf(w, "The last close, %s (run %s):\n", last.Period, last.Run)
		printSummary(w, last.Summary)
		if last.HasFindings() {
			fmt.Fprintf(w, "  What is held is part of the example: everybody else is paid. A real close would end with exit code %d.\n", exitHeld)
		}
		fmt.Fprintf(w, "\n%-12s %s\n%-12s %s\n%-12s %s\n", "company", r.Company, "published", r.Published, "archive", r.Archive)
		fmt.Fprintf(w, "%-12s %s\n", "statements", filepath.Join(r.Published, last.Period, "people"))
		fmt.Fprintf(w, "%-12s %s\n", "workbooks", filepath.Join(r.Published, last.Period, "payroll"))
		fmt.Fprintf(w, "\nTry:\n  carrot explain --config %[1]s --period %[2]s --payee %[3]s\n  carrot verify --config %[1]s\n  carrot replay --config %[1]s\n", a.config, last.Period, a.somebody(h, outs))
	})
}

// somebody is a payee of the last close to try explain on.
func (a *app) somebody(h *jobs.House, outs []jobs.Outcome) string {
	last := outs[len(outs)-1]
	names, err := jobs.Payees(context.Background(), h.Archive, last.Manifest)
	if err != nil || len(names) == 0 {
		return "ID"
	}
	return names[0]
}
