package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"carrot/transform/comp"
)

func pullCommand(a *app) *cobra.Command {
	var asOf string
	c := &cobra.Command{
		Use:   "pull",
		Short: "Only bring exports in",
		Long:  "Archives the bytes of every export that is known and was not brought in before. Nothing is computed.",
		Args:  exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := a.house(c.Context())
			if err != nil {
				return err
			}
			day, err := a.today(h.Config.Settings.Zone)
			if err == nil && asOf != "" {
				if day, err = comp.ParseDate(asOf); err != nil {
					err = usage("--as-of: %v", err)
				}
			}
			if err != nil {
				return err
			}
			p := a.progress()
			defer p.close()
			h.Progress = p.show
			r, err := h.Pull(c.Context(), day)
			if err != nil {
				return err
			}
			p.close()
			return a.print(r, func(w io.Writer) {
				for _, t := range r.Tables {
					fmt.Fprintf(w, "%-28s %s found, %d new\n", t.Table, plural(t.Found, "file", "files"), t.New)
				}
				for _, u := range r.Unread {
					fmt.Fprintf(w, "%s/%s: no table declares this file; carrot check --file proposes how\n", u.Folder, u.Name)
				}
			})
		},
	}
	c.Flags().StringVar(&asOf, "as-of", "", "drops up to this day, YYYY-MM-DD (default today)")
	return c
}
