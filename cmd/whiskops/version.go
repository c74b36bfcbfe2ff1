package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/version"
)

// linked is the version that the linker was given: see the Makefile.
var linked string

// built is the version of this binary.
func built() version.Version {
	info, _ := debug.ReadBuildInfo()
	return version.Of(linked, info)
}

func versionCommand(s streams) *cobra.Command {
	var out printer
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `version prints the version, and the commit that the binary was built from if the
build says so. A release leaves its version in the tree that it writes
(` + version.File + `), and an older one does not write over it.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := out.check(); err != nil {
				return err
			}
			if out.form == "json" {
				return writeJSON(s.out, built())
			}
			_, err := fmt.Fprintf(s.out, "whiskops %s\n", built())
			return err
		},
	}
	out.flags(cmd)
	cmd.Flag("output").Usage = "form of the answer: text or json"
	return cmd
}
