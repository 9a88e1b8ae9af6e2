package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// version is the program's; CHANGELOG.md says what users notice between two.
const version = "0.1.0"

func versionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the program's version and what is linked into it",
		Args:  exactly(0),
		RunE: func(*cobra.Command, []string) error {
			p := program()
			return a.print(p, func(w io.Writer) {
				fmt.Fprintf(w, "%s, %s, %s\n", p.Version, p.Go, plural(len(p.Modules), "module", "modules"))
			})
		},
	}
}
