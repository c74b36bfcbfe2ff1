package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/manual"
	"github.com/whiskops/whiskops/internal/pipeline"
)

func fnCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fn [FUNCTION]",
		Short: "Run a KRM function on a ResourceList",
		Long: `fn reads a ResourceList from standard input, runs the function that its
functionConfig's kind names, and writes the ResourceList with the function's results to
standard output. FUNCTION, if given, must be that one. Exit code 1 says that it was
refused: the items come out as they came in.

Functions for everybody, of ` + krm.FunctionVersion + `:

` + manual.List(pipeline.Everybody()) + `
Functions of whiskops' own tree, of ` + krm.APIVersion + `, by their kinds: ` + strings.Join(own(), ", ") + ".",
		Example: `  whiskops fn < resourcelist.yaml
  whiskops fn set-placement --help
  whiskops fn set-placement --schema > set-placement.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && terminal(s) {
				return cmd.Help()
			}
			return runFunction(s, args)
		},
	}
	for _, d := range pipeline.Everybody() {
		cmd.AddCommand(functionCommand(s, d))
	}
	return cmd
}

// functionCommand is one function for everybody.
func functionCommand(s streams, d krm.Definition) *cobra.Command {
	var schema bool
	cmd := &cobra.Command{
		Use: d.Command, Short: d.Short, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !schema {
				return runFunction(s, []string{d.Kind})
			}
			text, err := manual.Schema(d)
			if err != nil {
				return fmt.Errorf("describe %s: %w", d.Command, err)
			}
			_, err = s.out.Write(text)
			return err
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON schema of the functionConfig, for editors")
	cmd.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		text, err := manual.Help(d)
		if err != nil {
			text = d.Short + "\n"
		}
		fmt.Fprintf(s.out, "%s\n%s", text, cmd.UsageString())
	})
	return cmd
}

// terminal tells whether a person, who gives no list, is at the other end.
func terminal(s streams) bool {
	f, ok := s.in.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// runFunction gives the list to the function that args name, or the functionConfig.
func runFunction(s streams, args []string) error {
	// A list is no garbage: against the bound of other commands, whose work is, one of
	// 10,000 objects took four times as long.
	debug.SetGCPercent(100)
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(math.MaxInt64)
	}
	err := krm.Execute(function(args), s.in, s.out, s.err)
	if errors.Is(err, krm.ErrRefused) {
		return errFindings
	}
	return err
}

func own() []string { return slices.Sorted(maps.Keys(pipeline.Own())) }

func kinds() []string { return slices.Sorted(maps.Keys(pipeline.Functions())) }

// function finds the generator when the functionConfig is known.
func function(args []string) krm.Function {
	return func(rl *krm.ResourceList) error {
		if rl.FunctionConfig == nil {
			return krm.Fail("the ResourceList has no functionConfig; its kind is one of %s", strings.Join(kinds(), ", "))
		}
		kind, wanted := rl.FunctionConfig.GetKind(), kinds()
		if len(args) > 0 {
			wanted = args
		}
		process, ok := pipeline.Functions()[kind]
		if !ok || !slices.Contains(wanted, kind) {
			return krm.Fail("the functionConfig is of kind %q; wanted is %s", kind, strings.Join(wanted, ", "))
		}
		return process(rl)
	}
}
