package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"carrot/config"
	"carrot/connectors"
	"carrot/jobs"
	"carrot/jobs/archive"
	"carrot/jobs/plans"
	"carrot/transform/comp"
)

func checkCommand(a *app) *cobra.Command {
	var file, period string
	var keys, describe bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Check config, plans, measures and exports; --file proposes how to read an export, --keys lists what a config may say",
		Long: "Reports every mistake in the config at once, then which files each table finds, then tries --period on the exports\n" +
			"without keeping anything: findings, and declared totals with what was found.\n" +
			"With --file: looks at one export and proposes its dialect and columns, with reasons, as text for sources/<system>.yaml.\n" +
			"With --keys: lists every key that the config's files may have. With --describe: says what the config was read as.",
		Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			var asked []string
			for _, name := range []string{"file", "keys", "describe", "period"} {
				if c.Flags().Changed(name) {
					asked = append(asked, "--"+name)
				}
			}
			switch {
			case len(asked) > 1:
				return usage("%s does not go with %s: choose one", asked[0], asked[1])
			case keys:
				return a.keys()
			case describe:
				return a.describe()
			case file != "":
				return a.propose(file)
			}
			return a.check(c.Context(), period)
		},
	}
	c.Flags().StringVar(&file, "file", "", "an export to look at")
	c.Flags().BoolVar(&keys, "keys", false, "list every key of the config's files, with one line each")
	c.Flags().BoolVar(&describe, "describe", false, "say what the config was read as: tables, attributes, measures, plans")
	c.Flags().StringVar(&period, "period", "", "the pay period to try, YYYY-MM (default the last one that ended before the newest drop)")
	return c
}

// keys lists what a config may say.
func (a *app) keys() error {
	type key struct {
		File  string `json:"file"`
		Key   string `json:"key"`
		Must  bool   `json:"must"`
		Means string `json:"means"`
	}
	var all []key
	for _, k := range config.Keys() {
		all = append(all, key{k.File, k.Path, k.Must, k.Means})
	}
	return a.print(all, func(w io.Writer) {
		fmt.Fprintf(w, "# A key with ! must be there wherever the part that holds it is; [] is an entry of a list, <name> a name of your own.\n\n%s", config.KeysText())
	})
}

// describe says what the config was read as.
func (a *app) describe() error {
	c, _, err := a.load()
	if err != nil {
		return err
	}
	text := config.Describe(c)
	return a.print(map[string]string{"description": text}, func(w io.Writer) { fmt.Fprint(w, text) })
}

// propose looks at one export.
func (a *app) propose(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return usage("--file: %v", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return usage("--file: %s is a folder; name one export in it", file)
	}
	p, err := connectors.Propose(connectors.Input{ReaderAt: f, Size: info.Size(), Name: filepath.Base(file)})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return a.print(p, func(w io.Writer) {
		fmt.Fprintf(w, "# %s\n# to go below these lines of sources/NAME.yaml:\n# source: NAME\n# kind: files\n# folder: exports\n# tables:\n", file)
		for _, r := range p.Reasons {
			fmt.Fprintf(w, "# %s\n", r)
		}
		fmt.Fprintln(w, strings.TrimRight(p.YAML, "\n"))
	})
}

// checked is what `carrot check` prints with --json.
type checked struct {
	Notices      []string           `json:"notices,omitempty"`
	Lints        []linted           `json:"lints"`
	Tables       []checkedTable     `json:"tables"`
	Undeclared   []string           `json:"undeclared"`
	Period       string             `json:"period,omitempty"`
	Expectations []comp.Expectation `json:"expectations,omitempty"`
	Findings     []jobs.Finding     `json:"findings,omitempty"`
	Stopped      bool               `json:"stopped"`
}

type checkedTable struct {
	Table string `json:"table"`
	Files int    `json:"files"`
	Want  string `json:"want"` // the declared name
	Last  string `json:"last"` // the newest file
}

func (a *app) check(ctx context.Context, period string) error {
	c, dir, err := a.load()
	if err != nil {
		return err
	}
	temp, err := jobs.NewTempFolder("")
	if err != nil {
		return err
	}
	defer temp.Close()
	store, err := archive.NewDir(filepath.Join(temp.Name, "archive"))
	if err != nil {
		return err
	}
	p := a.progress()
	defer p.close()
	h := &jobs.House{Config: c, Main: filepath.Base(a.config), Files: os.DirFS(dir), Sources: sources, Archive: store, Program: program(), Now: a.now, Progress: p.show,
		Folder: func(name string) (fs.FS, error) { return os.DirFS(within(dir, name)), nil }}
	if ctx, err = trySealed(ctx, h); err != nil {
		return err
	}
	if tune != nil {
		tune(h)
	}
	survey, err := h.Survey()
	if err != nil {
		return err
	}
	past, err := a.local(ctx, c, dir)
	if err != nil {
		return err
	}
	notices, err := keptReadable(ctx, c, past)
	if err != nil {
		return err
	}
	out := checked{Notices: notices}
	newest := out.list(survey, dir)
	tried := a.try(ctx, h, period, newest, &out)
	lints, err := a.checkLints(ctx, h, dir, past)
	p.close()
	if err != nil {
		return errors.Join(tried, err)
	}
	out.Lints = asLinted(lints)
	if tried != nil {
		return errors.Join(a.print(out, func(w io.Writer) { printLints(w, out.Lints, maxListed) }), tried)
	}
	if err := a.print(out, func(w io.Writer) { printChecked(w, out) }); err != nil {
		return err
	}
	switch n := len(plans.Errors(lints)); {
	case n > 0:
		return usage("%s in the plans, for which a close is refused", plural(n, "lint error", "lint errors"))
	case out.Stopped:
		return found(exitHeld)
	}
	return nil
}

// list says which files each table finds and what nothing declares, and gives the newest drop.
func (c *checked) list(survey jobs.Survey, dir string) comp.Date {
	newest := comp.NoDate
	for _, t := range survey.Tables {
		x := checkedTable{Table: t.Table.Contract.Name(), Files: len(t.Files), Want: t.Table.Files}
		if len(t.Files) > 0 {
			x.Last = t.Files[len(t.Files)-1].Name
			newest = max(newest, t.Files[len(t.Files)-1].Known)
		}
		c.Tables = append(c.Tables, x)
	}
	for _, u := range survey.Unread {
		c.Undeclared = append(c.Undeclared, filepath.ToSlash(within(dir, u.Folder))+"/"+u.Name)
	}
	return newest
}

// trySealed lets a try encrypt for a key of its own: it needs nobody's identity and leaves nothing readable in its archive.
func trySealed(ctx context.Context, h *jobs.House) (context.Context, error) {
	if len(h.Config.SealedTo) == 0 {
		return ctx, nil
	}
	ctx, to, err := archive.Ephemeral(ctx)
	own := *h.Config
	own.SealedTo = []string{to}
	h.Config = &own
	return ctx, err
}

// keptReadable says which answers given in confidence the archive keeps readable, and what to type instead.
func keptReadable(ctx context.Context, c *config.Config, past archive.Store) ([]string, error) {
	tables, err := jobs.Readable(ctx, c, past)
	if err != nil || len(tables) == 0 {
		return nil, err
	}
	if len(c.SealedTo) > 0 {
		return []string{"class sealed, and some exports from before sealed_to are kept readable for whoever may read the archive's files: " + strings.Join(tables, ", ")}, nil
	}
	return []string{fmt.Sprintf("class sealed, and kept readable for whoever may read the archive's files: %s; to encrypt them type: age-keygen -o key.txt, and write sealed_to: [age1…] as it prints into the config",
		strings.Join(tables, ", "))}, nil
}

// local is the archive beside the config, nil where there is none: a check reaches for no cloud.
func (a *app) local(ctx context.Context, c *config.Config, dir string) (archive.Store, error) {
	if strings.HasPrefix(c.Archive, "gs://") {
		return nil, nil
	}
	past, err := a.looking(ctx, c, dir)
	if err != nil || past == nil {
		return nil, err
	}
	return past.Archive, nil
}

// checkLints looks through the plans that are in force today or later, with the exports that were tried and what was posted.
func (a *app) checkLints(ctx context.Context, h *jobs.House, dir string, posted archive.Store) ([]plans.Lint, error) {
	today, err := a.today(h.Config.Settings.Zone)
	if err != nil {
		return nil, err
	}
	return lintsOf(ctx, h.Config, dir, h, posted, today)
}

// try computes one period in the temporary archive.
func (a *app) try(ctx context.Context, h *jobs.House, period string, newest comp.Date, out *checked) error {
	today, err := a.today(h.Config.Settings.Zone)
	if err != nil {
		return err
	}
	if newest == comp.NoDate {
		newest = today
	}
	month := comp.Month(comp.Month(newest).Start - 1)
	month = comp.Month(max(month.Start, h.Config.Settings.First))
	known := max(newest, month.End)
	if period != "" {
		if month, err = comp.ParseMonth(period); err != nil {
			return usage("--period: %v", err)
		}
		known = closeDay(h.Config.Schedule, month)
	}
	if _, err := h.Pull(ctx, known); err != nil {
		return err
	}
	t, err := h.Try(ctx, jobs.Options{Kind: comp.Preview, Period: month, Business: known, KnownAt: known})
	if err != nil {
		return err
	}
	out.Period, out.Expectations, out.Findings, out.Stopped = month.Name(), t.Expectations, t.Findings, t.Summary.Stopped
	return nil
}

// maxListed is how many findings the screen lists.
const maxListed = 20

func printChecked(w io.Writer, c checked) {
	fmt.Fprintln(w, "the config has no mistake")
	for _, n := range c.Notices {
		fmt.Fprintf(w, "notice: %s\n", n)
	}
	printLints(w, c.Lints, maxListed)
	for _, t := range c.Tables {
		if t.Files == 0 {
			fmt.Fprintf(w, "%-28s no file matches %s\n", t.Table, t.Want)
			continue
		}
		fmt.Fprintf(w, "%-28s %s, the newest %s\n", t.Table, plural(t.Files, "file", "files"), t.Last)
	}
	for _, u := range c.Undeclared {
		fmt.Fprintf(w, "%s: no table declares this file; carrot check --file %q proposes how\n", u, u)
	}
	fmt.Fprintf(w, "%s, tried and not kept:\n", c.Period)
	for _, e := range c.Expectations {
		state := "met"
		if !e.Met {
			state = "NOT MET"
		}
		fmt.Fprintf(w, "  expected %s: %s, found %s: %s\n", e.Name, e.Want, e.Got, state)
	}
	for i, f := range c.Findings {
		if i == maxListed {
			fmt.Fprintf(w, "  and %d more findings\n", len(c.Findings)-maxListed)
			break
		}
		fmt.Fprintf(w, "  %s holds %s: %s%s\n", f.ID, f.Reach, f.Text, waived(f.Waived))
	}
	if len(c.Findings) == 0 {
		fmt.Fprintln(w, "  no finding")
	}
	if c.Stopped {
		fmt.Fprintln(w, "a run would STOP: settle the findings that hold source or run")
	}
}
