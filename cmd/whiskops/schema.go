package main

import (
	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/docs"
	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/schema"
)

func schemaCommand(s streams) *cobra.Command {
	json, cue := false, false
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the reference of environments",
		Long: `schema prints every field of an environment in Markdown, or the same for
editors: as a JSON Schema, or as the CUE contract itself, a package that imports
nothing but CUE's own.`,
		Example: `  whiskops schema | less
  whiskops schema --json > environment.schema.json
  whiskops schema --cue > cue.mod/pkg/whiskops.github.io/schema/schema.cue`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text := docs.Schema
			switch {
			case json:
				text = schema.JSONSchema
			case cue:
				var err error
				if text, err = contract.Source(); err != nil {
					return err
				}
			}
			_, err := s.out.Write(text)
			return err
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "print the JSON Schema")
	cmd.Flags().BoolVar(&cue, "cue", false, "print the contract in CUE")
	cmd.MarkFlagsMutuallyExclusive("json", "cue")
	return cmd
}
