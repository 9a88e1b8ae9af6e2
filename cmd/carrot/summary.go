package main

import (
	"fmt"
	"io"
	"strings"

	"carrot/jobs"
)

// ranRun is one run as --json prints it.
type ranRun struct {
	jobs.Summary
	Manifest  string `json:"manifest"`
	Posted    bool   `json:"posted"`
	Existed   bool   `json:"existed"` // archived before; not computed again
	Files     int    `json:"files"`
	Published string `json:"published,omitempty"`

	Lints []linted `json:"lints,omitempty"` // of a preview: for which a close would be refused
}

// report prints what became of runs and gives the exit code.
func (a *app) report(h *jobs.House, outs []jobs.Outcome) error {
	var all []ranRun
	code := exitDone
	for _, o := range outs {
		r := ranRun{Summary: o.Summary, Manifest: o.Ref.Key(), Posted: o.Posting != nil, Existed: o.Existed, Files: o.Files, Lints: asLinted(o.Lints)}
		if o.Files > 0 {
			r.Published = publishedAt(h, o)
		}
		all = append(all, r)
		if o.Summary.HasFindings() {
			code = exitHeld
		}
	}
	err := a.print(all, func(w io.Writer) {
		for i, r := range all {
			if i > 0 {
				fmt.Fprintln(w)
			}
			printRun(w, r)
		}
	})
	if err != nil || code == exitDone {
		return err
	}
	return found(code)
}

func publishedAt(h *jobs.House, o jobs.Outcome) string {
	location := h.Config.Published
	if o.Summary.Kind == "preview" {
		return beside(location, "previews") + "/" + o.Summary.Period + "/" + o.Summary.Run
	}
	return strings.TrimSuffix(location, "/") + "/" + o.Summary.Period
}

// maxHeld is how many held things the screen lists.
const maxHeld = 10

// printRun is the short summary of one run.
func printRun(w io.Writer, r ranRun) {
	state := "not posted"
	switch {
	case r.Stopped:
		state = "STOPPED: nobody is paid by this run"
	case r.Posted:
		state = "posted"
	}
	if r.Existed {
		state += ", archived before and not computed again"
	}
	fmt.Fprintf(w, "%s %s of %s: %s\n", r.Kind, r.Run, r.Period, state)
	fmt.Fprintf(w, "  business date %s, exports known up to %s\n", r.Business, r.KnownAt)
	printSummary(w, r.Summary)
	for _, l := range r.Lints {
		fmt.Fprintf(w, "  %-10s %s\n", "lint", l.Text)
	}
	if len(r.Lints) > 0 {
		fmt.Fprintf(w, "             a close of %s would be refused: correct the plan, or let somebody who may decide it waive it\n", r.Period)
	}
	if r.Published != "" {
		fmt.Fprintf(w, "  %-10s %s (%s)\n", "published", r.Published, plural(r.Files, "file", "files"))
	}
}

// printSummary tells people, rows, findings, held and total pay.
func printSummary(w io.Writer, s jobs.Summary) {
	for _, f := range s.Stops {
		fmt.Fprintf(w, "  %-10s %s\n             to go on all the same, add the line %s,REASON,NAME,YYYY-MM-DD to the waivers file\n", "stopped by", f.Text, f.ID)
	}
	people := 0
	for _, h := range s.Held {
		if h.Kind == "payee" {
			people++
		}
	}
	if !s.Stopped {
		fmt.Fprintf(w, "  %-10s %s, %d held\n", "people", plural(s.People, "statement", "statements"), people)
		fmt.Fprintf(w, "  %-10s %s\n", "rows read", counts(bySource(s.Rows)))
	}
	fmt.Fprintf(w, "  %-10s %s\n", "findings", counts(s.Findings))
	if !s.Stopped {
		fmt.Fprintf(w, "  %-10s %s\n", "held", heldCount(len(s.Held)))
	}
	for i, h := range s.Held {
		if i == maxHeld {
			fmt.Fprintf(w, "             and %d more: the Held sheet and carrot show %s list them\n", len(s.Held)-maxHeld, s.Run)
			break
		}
		fmt.Fprintf(w, "             %s %s\n               %s\n               waive %s, or correct it and run again\n", h.Kind, h.Who, h.Reason, strings.Join(h.Findings, ", "))
	}
	for _, e := range s.Unmet {
		fmt.Fprintf(w, "  %-10s %s\n", "unmet", e)
	}
	if !s.Stopped {
		fmt.Fprintf(w, "  %-10s %s\n", "total pay", none(strings.Join(s.Paid, ", ")))
	}
}

func heldCount(n int) string {
	if n == 0 {
		return "nothing"
	}
	return plural(n, "row or person", "rows and people")
}

func none(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// counts writes names with numbers.
func counts(list []jobs.RowCount) string {
	var parts []string
	for _, c := range list {
		parts = append(parts, fmt.Sprintf("%s %s", c.Name, thousands(c.N)))
	}
	return none(strings.Join(parts, ", "))
}

// bySource adds up tables of one source. The list is sorted by table.
func bySource(rows []jobs.RowCount) []jobs.RowCount {
	var out []jobs.RowCount
	for _, r := range rows {
		source, _, _ := strings.Cut(r.Name, ".")
		if n := len(out); n > 0 && out[n-1].Name == source {
			out[n-1].N += r.N
			continue
		}
		out = append(out, jobs.RowCount{Name: source, N: r.N})
	}
	return out
}
