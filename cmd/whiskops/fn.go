package main

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/pipeline"
)

func fnCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "fn [KIND]",
		Short: "Run one generator as a KRM function on a ResourceList",
		Long: `fn reads a ResourceList from standard input, runs the generator that its
functionConfig's kind names, and writes the ResourceList to standard output.
KIND, if given, must be that kind. Kinds: ` + strings.Join(kinds(), ", ") + ".",
		Example: `  whiskops fn < resourcelist.yaml`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := krm.Execute(function(args), s.in, s.out, s.err)
			if errors.Is(err, krm.ErrRefused) {
				return errFindings
			}
			return err
		},
	}
}

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
