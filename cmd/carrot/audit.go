package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"carrot/jobs"
	"carrot/jobs/archive"
)

// archiveFlag lets auditors look at an archive without the company's config.
func archiveFlag(c *cobra.Command, location *string) *cobra.Command {
	c.Flags().StringVar(location, "archive", "", "the archive, a folder or gs://bucket/prefix (default the config's)")
	return c
}

func verifyCommand(a *app) *cobra.Command {
	var location, known string
	c := &cobra.Command{
		Use:   "verify",
		Short: "Re-hash everything in the archive and follow every reference",
		Args:  exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.archiveOf(c.Context(), location)
			if err != nil {
				return err
			}
			var list []byte
			if known != "" {
				if list, err = os.ReadFile(known); err != nil {
					return usage("--known: %v", err)
				}
			}
			err = a.verify(c.Context(), s, list)
			if errors.Is(err, archive.ErrSums) {
				return usage("--known %s: %w", known, err)
			}
			return err
		},
	}
	c.Flags().StringVar(&known, "known", "", "a list of sums kept elsewhere, as sha256sum writes it: nothing on it may be gone or changed")
	return archiveFlag(c, &location)
}

func (a *app) verify(ctx context.Context, s archive.Store, known []byte) error {
	type problem struct {
		Kind     archive.Kind `json:"kind"`
		Key      string       `json:"key"`
		Expected string       `json:"expected"`
		Found    string       `json:"found"`
		By       string       `json:"by,omitempty"`
		Notice   bool         `json:"notice"`
	}
	var all []problem
	foreign := 0 // files that no archive has
	done, err := archive.VerifyKnown(ctx, s, known, func(p archive.Problem) {
		if p.Kind == archive.Stray && !strings.HasPrefix(p.Key, "objects/") {
			foreign++
		}
		all = append(all, problem{p.Kind, p.Key, p.Expected, p.Found, p.By, p.Notice()})
		if !a.json {
			fmt.Fprintln(a.out, p.Error())
		}
	})
	if err != nil {
		return err
	}
	err = a.print(map[string]any{"files": done.Files, "bytes": done.Bytes, "damage": done.Problems, "notices": done.Notices, "locked": done.Locked, "problems": all}, func(w io.Writer) {
		state := "sound"
		if done.Files == foreign {
			state = "empty"
		}
		if done.Problems > 0 {
			state = "DAMAGED: restore the files named above from a copy, then verify again"
		}
		fmt.Fprintf(w, "%s, %s bytes: %s, %s; the archive is %s\n", plural(done.Files, "file", "files"), thousands(done.Bytes),
			plural(done.Problems, "problem", "problems"), plural(done.Notices, "notice", "notices"), state)
		if done.Locked > 0 {
			fmt.Fprintf(w, "%s not opened: stored bytes are those of the name; that they hold the raw bytes of the pull's digest is proved with the identity in %s alone\n",
				plural(done.Locked, "encrypted object was", "encrypted objects were"), archive.IdentityVariable)
		}
	})
	switch {
	case err != nil:
		return err
	case done.Problems > 0:
		return found(exitDamaged)
	case done.Files == foreign:
		return usage("no file of an archive lies there: is this the right place? name one with --archive, or make one with carrot run")
	}
	return nil
}

func replayCommand(a *app) *cobra.Command {
	var location string
	var every bool
	c := &cobra.Command{
		Use:   "replay [RUN]",
		Short: "Recompute an archived run from the archive alone and compare every output",
		Long:  "Needs nothing but the archive: config, plans and exports come from it, on any machine. Without RUN the last posted close.",
		Args:  between(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.archiveOf(c.Context(), location)
			if err != nil {
				return err
			}
			refs, err := replayed(c.Context(), s, args, every)
			if err != nil {
				return err
			}
			return a.replay(c.Context(), s, refs)
		},
	}
	c.Flags().BoolVar(&every, "all", false, "every run of the archive")
	return archiveFlag(c, &location)
}

// replayed are the runs to be replayed.
func replayed(ctx context.Context, s archive.Store, args []string, every bool) ([]archive.RunRef, error) {
	if every && len(args) > 0 {
		return nil, usage("replay: --all does not go with a run: choose one")
	}
	if every {
		return archive.Runs(ctx, s, "")
	}
	if len(args) == 0 {
		chain, err := archive.PostingChain(ctx, s)
		if err != nil {
			return nil, err
		}
		if len(chain) == 0 || chain[len(chain)-1].Run == (archive.RunRef{}) {
			return nil, usage("replay: no close is posted; name a run, see carrot runs")
		}
		return []archive.RunRef{chain[len(chain)-1].Run}, nil
	}
	refs, err := archive.Runs(ctx, s, args[0])
	if err == nil && len(refs) == 0 {
		err = usage("replay: the archive holds no run %s; see carrot runs", args[0])
	}
	return refs, err
}

func (a *app) replay(ctx context.Context, s archive.Store, refs []archive.RunRef) error {
	p := a.progress()
	defer p.close()
	var all []jobs.Replayed
	differs := 0
	for i, ref := range refs {
		p.about(fmt.Sprintf("%d/%d", i+1, len(refs)))
		h := &jobs.House{Archive: s, Program: program(), Sources: sources, Progress: p.show}
		if tune != nil {
			tune(h)
		}
		r, err := h.Replay(ctx, ref)
		if err != nil {
			return err
		}
		all = append(all, r)
		if len(r.Differences) > 0 {
			differs++
		}
	}
	p.close()
	err := a.print(all, func(w io.Writer) {
		for _, r := range all {
			state := fmt.Sprintf("identical, %s", plural(r.Outputs, "file", "files"))
			if n := len(r.Differences); n > 0 {
				state = plural(n, "difference", "differences")
			}
			if r.Program != "" {
				state += "; made by " + r.Program
			}
			fmt.Fprintf(w, "%s %s of %s: %s\n", r.Kind, r.Run, r.Period, state)
			for _, d := range r.Differences {
				fmt.Fprintf(w, "  %s\n", d)
			}
		}
	})
	if err == nil && differs > 0 {
		err = found(exitDiffers)
	}
	return err
}
