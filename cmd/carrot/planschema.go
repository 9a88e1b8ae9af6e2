package main

import (
	"os"

	"github.com/spf13/cobra"

	"carrot/config"
)

func planSchemaCommand(a *app) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "schema",
		Short: "The JSON Schema of a plan, for editors that complete keys and underline mistakes",
		Long:  "The schema has every key that a plan may have and no other. It is made from what the reader itself takes.",
		Args:  exactly(0),
		RunE: func(*cobra.Command, []string) error {
			if out != "" {
				return os.WriteFile(out, config.Schema(), 0o644)
			}
			_, err := a.out.Write(config.Schema())
			return err
		},
	}
	c.Flags().StringVar(&out, "out", "", "the file to write; standard output unless told")
	return c
}
