package main

import (
	"os"

	"github.com/spf13/cobra"

	"carrot/config"
)

func planSchemaCommand(a *app) *cobra.Command {
	var out string
	var examples bool
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of plan files, with which an editor completes keys and marks slips",
		Long: "Prints the JSON Schema of plan files. With --out plan.schema.json it is written to a file; a plan whose first line is\n\n" +
			"  # yaml-language-server: $schema=plan.schema.json\n\nis then completed and checked while somebody types. With --examples it is the one of NAME.test.yaml, the examples beside plans.",
		Args: exactly(0),
		RunE: func(*cobra.Command, []string) error {
			b := config.Schema()
			if examples {
				b = config.ExamplesSchema()
			}
			if out == "" {
				_, err := a.out.Write(b)
				return err
			}
			if err := os.WriteFile(out, b, 0o644); err != nil {
				return usage("--out: %v", err)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&examples, "examples", false, "the schema of the examples beside plans")
	c.Flags().StringVar(&out, "out", "", "the file to write, instead of the screen")
	return c
}
