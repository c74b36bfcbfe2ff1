package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/plan"
)

func planCommand(s streams) *cobra.Command {
	var at place
	var most limits
	var plain bool
	out := printer{form: "text"}
	cmd := &cobra.Command{
		Use:   "plan ENVIRONMENT",
		Short: "Print an environment's functionConfigs in the order in which they run",
		Long: `plan prints the functionConfigs that an environment is made with, in the order
in which they run; "whiskops fn" runs one. Secrets in plain text are masked: a
log or a chat is no place for them.`,
		Example: `  whiskops plan production
  whiskops plan production | grep '^kind:'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			at.chosen = choice{args[0]}
			return at.with(out.watched(s), &most, load, func(envs []environment.Environment, findings []finding.Finding) error {
				if err := out.print(s, findings); err != nil {
					return err
				}
				return printPlan(s, &envs[0], plain)
			})
		},
	}
	cmd.ValidArgsFunction = at.names(s)
	at.flags(cmd)
	most.flags(cmd)
	cmd.Flags().BoolVar(&plain, "show-secrets", false, "print secrets in plain text as they are, for whiskops fn")
	return cmd
}

// printPlan prints the functions; with plain, secrets as they are.
func printPlan(s streams, env *environment.Environment, plain bool) error {
	values, err := derived.New(env)
	if err != nil {
		return err
	}
	p, err := plan.Of(values)
	if err != nil {
		return err
	}
	for i, f := range p.Functions {
		if !plain {
			f = f.Public()
		}
		node, err := krm.Node(f.Config())
		if err != nil {
			return err
		}
		if !plain {
			hide(s.secrets, node.YNode())
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

// hide takes secrets out of what else may have them, by value: a shared field may
// have brought one elsewhere.
func hide(secrets *finding.Secrets, node *yaml.Node) {
	if node.Kind == yaml.ScalarNode {
		if text := secrets.HideValues(node.Value); text != node.Value {
			node.SetString(text)
		}
	}
	for _, below := range node.Content {
		hide(secrets, below)
	}
}
