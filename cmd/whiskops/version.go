package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// version of whiskops, set by the build.
var version = "development"

func versionCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(s.out, "whiskops %s\n", version)
			return err
		},
	}
}
