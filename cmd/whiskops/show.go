package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/origin"
)

func showCommand(s streams) *cobra.Command {
	var at place
	var out printer
	var most limits
	cmd := &cobra.Command{
		Use:   "show ENVIRONMENT [PATH]",
		Short: "Print an environment's values, and where each comes from",
		Long: `show prints every value of an environment: the place where it is written, or
that it is the contract's default, or what it is derived from. With PATH it
prints what is at that path and below it. Secrets are not shown.`,
		Example: `  whiskops show production
  whiskops show production kafka
  whiskops show production --output json`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			// What is wrong elsewhere, or with rules, is no reason not to
			// look: often it is why someone looks.
			at.chosen = choice{args[0]}
			return at.with(out.watched(s), &most, read, func(envs []environment.Environment, findings []finding.Finding) error {
				if len(envs) == 0 {
					return out.print(s, findings)
				}
				env := &envs[0]
				// A completed path ends with a dot.
				return show(s, out, env, strings.TrimSuffix(strings.Join(args[1:], ""), "."))
			})
		},
	}
	names := at.names(s)
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 1 {
			return fields(typed)
		}
		return names(cmd, args, typed)
	}
	at.flags(cmd)
	out.flags(cmd)
	most.flags(cmd)
	cmd.Flag("output").Usage = "form of the answer: text or json"
	return cmd
}

// show prints the values at a path and below it; "" is all.
func show(s streams, out printer, env *environment.Environment, path string) error {
	v, err := derived.New(env)
	if err != nil {
		return err
	}
	var values []origin.Value
	for _, value := range origin.Of(&v) {
		rest, ok := strings.CutPrefix(value.Path, path)
		if path != "" && (!ok || rest != "" && rest[0] != '.' && rest[0] != '[') {
			continue
		}
		if value.At != nil {
			seen := value.At.In(s.dir)
			value.At = &seen
		}
		values = append(values, value)
	}
	if len(values) == 0 {
		return fmt.Errorf("%s has no value at %q\n  help: `whiskops explain %s` says what may stand there", env.Name, path, path)
	}
	if out.form == "json" {
		return writeJSON(s.out, values)
	}
	return origin.WriteText(s.out, values)
}
