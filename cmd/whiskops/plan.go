package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/plan"
)

func planCommand(s streams) *cobra.Command {
	var at place
	var most limits
	out := printer{form: "text"}
	cmd := &cobra.Command{
		Use:   "plan ENVIRONMENT",
		Short: "Print an environment's functionConfigs in the order in which they run",
		Example: `  whiskops plan production
  whiskops plan production | grep '^kind:'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			at.resolve(s)
			watch, done, err := most.watch(s)
			if err != nil {
				return err
			}
			defer done()
			files, closed := at.input()
			defer closed()
			envs, findings, err := load(s.secrets, at.repository(), files, at.environments, watch)
			if err != nil {
				return err
			}
			if err := out.print(s, findings); err != nil {
				return err
			}
			env, err := named(envs, args[0])
			if err != nil {
				return err
			}
			return printPlan(s, env)
		},
	}
	cmd.ValidArgsFunction = at.names(s)
	at.flags(cmd)
	most.flags(cmd)
	return cmd
}

func printPlan(s streams, env *environment.Environment) error {
	values, err := derived.New(env)
	if err != nil {
		return err
	}
	p, err := plan.Of(values)
	if err != nil {
		return err
	}
	for i, f := range p.Functions {
		node, err := krm.Node(f.Config())
		if err != nil {
			return err
		}
		text, err := node.String()
		if err != nil {
			return fmt.Errorf("print function %s %s: %w", f.Kind, f.Name, err)
		}
		if i > 0 {
			text = "---\n" + text
		}
		if _, err := fmt.Fprint(s.out, text); err != nil {
			return err
		}
	}
	return nil
}
