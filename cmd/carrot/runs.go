package main

import (
	"context"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"carrot/jobs"
	"carrot/jobs/archive"
)

// listedRun is a run as `carrot runs` lists it.
type listedRun struct {
	Run      string   `json:"run"`
	Kind     string   `json:"kind"`
	Period   string   `json:"period"`
	Business string   `json:"business"`
	KnownAt  string   `json:"known_at"`
	Posted   bool     `json:"posted"`
	Stopped  bool     `json:"stopped"`
	People   int      `json:"people"`
	Held     int      `json:"held"`
	Paid     []string `json:"paid"`
	Manifest string   `json:"manifest"`
	Program  string   `json:"program"`
}

func runsCommand(a *app) *cobra.Command {
	var location string
	c := &cobra.Command{
		Use:   "runs",
		Short: "List the archived runs",
		Args:  exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.archiveOf(c.Context(), location)
			if err != nil {
				return err
			}
			list, err := listRuns(c.Context(), s)
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				for _, r := range list {
					state := ""
					if r.Posted {
						state = "posted"
					} else if r.Stopped {
						state = "stopped"
					}
					fmt.Fprintf(w, "%s  %-7s  %s  %-7s  %s  %d people, %d held  %s\n", r.Period, r.Kind, r.Run, state, r.Business, r.People, r.Held, strings.Join(r.Paid, ", "))
				}
				if len(list) == 0 {
					fmt.Fprintln(w, "the archive holds no run")
				}
			})
		},
	}
	return archiveFlag(c, &location)
}

// listRuns are the archive's runs by period, previews before the close, then by business date.
func listRuns(ctx context.Context, s archive.Store) ([]listedRun, error) {
	refs, err := archive.Runs(ctx, s, "")
	if err != nil {
		return nil, err
	}
	chain, err := archive.PostingChain(ctx, s)
	if err != nil {
		return nil, err
	}
	posted := map[archive.RunRef]bool{}
	for _, p := range chain {
		posted[p.Run] = true
	}
	list := []listedRun{}
	for _, ref := range refs {
		m, err := archive.ReadRun(ctx, s, ref)
		if err != nil {
			return nil, err
		}
		x, err := jobs.ReadSummary(ctx, s, m)
		if err != nil {
			return nil, err
		}
		list = append(list, listedRun{Run: m.Run, Kind: string(m.Kind), Period: m.Period, Business: x.Business, KnownAt: x.KnownAt, Posted: posted[ref],
			Stopped: x.Stopped, People: x.People, Held: len(x.Held), Paid: x.Paid, Manifest: ref.Key(), Program: m.Program.Version})
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.Period != b.Period {
			return a.Period < b.Period
		}
		if a.Kind != b.Kind {
			return a.Kind > b.Kind // preview, then close
		}
		return a.Business < b.Business
	})
	return list, nil
}

func showCommand(a *app) *cobra.Command {
	var location string
	c := &cobra.Command{
		Use:   "show RUN|YYYY-MM",
		Short: "Show what a run read and made, its findings and what it holds",
		Args:  exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.archiveOf(c.Context(), location)
			if err != nil {
				return err
			}
			return a.show(c.Context(), s, args[0])
		},
	}
	return archiveFlag(c, &location)
}

// shown is a run as `carrot show` prints it.
type shown struct {
	Summary  jobs.Summary     `json:"summary"`
	Request  string           `json:"request"`
	Findings []jobs.Finding   `json:"findings"`
	Outputs  []archive.Object `json:"outputs"`
	Config   []archive.Object `json:"config"`
	Pulls    []string         `json:"pulls"`
	Receipts []string         `json:"receipts"`
}

func (a *app) show(ctx context.Context, s archive.Store, name string) error {
	run, period := name, ""
	if len(name) == len("2026-01") {
		run, period = "", name
	}
	ref, m, err := jobs.RunOf(ctx, s, period, run)
	if err != nil {
		return err
	}
	var out shown
	if out.Summary, err = jobs.ReadSummary(ctx, s, m); err != nil {
		return err
	}
	text, err := archive.Get(ctx, s, m.Request)
	if err != nil {
		return err
	}
	out.Request, out.Outputs, out.Config = string(text), m.Outputs, m.Config
	for _, p := range m.Pulls {
		out.Pulls = append(out.Pulls, p.Key)
	}
	if out.Findings, err = jobs.Findings(ctx, s, m); err != nil {
		return err
	}
	receipts, err := archive.Receipts(ctx, s, m.Run)
	if err != nil {
		return err
	}
	for _, r := range receipts {
		out.Receipts = append(out.Receipts, fmt.Sprintf("%s by %s at %s, %s", r.Event, r.Who, r.Where, r.When.Format("2006-01-02 15:04:05 UTC")))
	}
	return a.print(out, func(w io.Writer) { printShown(w, ref, m, out) })
}

func printShown(w io.Writer, ref archive.RunRef, m archive.Manifest, x shown) {
	fmt.Fprintf(w, "%s %s of %s, made by %s\n", m.Kind, m.Run, m.Period, m.Program.Version)
	fmt.Fprintf(w, "  %-10s %s\n", "manifest", ref.Key())
	printSummary(w, x.Summary)
	fmt.Fprintf(w, "  %-10s %s, %s, %s\n", "from", plural(len(x.Config), "config file", "config files"), plural(len(x.Pulls), "pull", "pulls"), plural(len(x.Outputs), "output", "outputs"))
	for _, r := range x.Receipts {
		fmt.Fprintf(w, "  %-10s %s\n", "receipt", r)
	}
	for _, f := range x.Findings {
		fmt.Fprintf(w, "  %s holds %s: %s%s\n", f.ID, f.Reach, f.Text, waived(f.Waived))
	}
}

func waived(by string) string {
	if by == "" {
		return ""
	}
	return "; waived: " + by
}
