package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/preflight"
)

func preflightCommand(s streams) *cobra.Command {
	var at place
	var most limits
	var out printer
	var run bool
	var asked preflight.Options
	cmd := &cobra.Command{
		Use:   "preflight ENVIRONMENT",
		Short: "Print a script that asks a cluster for what an environment takes for granted, or run it",
		Long: `preflight prints a shell script that asks a cluster, with kubectl, for all that an
environment takes for granted of it. A person reads it and runs it where kubectl
is. With --run the same script is run here, with the kubeconfig in use, and what
is wrong is reported at the line of the environment that says otherwise.

The script reads and changes nothing, and shows no value of a Secret.`,
		Example: `  whiskops preflight production
  whiskops preflight production --run --context production`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			if !run {
				if asked.Context != "" || asked.Kubeconfig != "" || out.form != "text" {
					return fmt.Errorf("--context, --kubeconfig and --output are for --run: the script takes the first two itself")
				}
			}
			at.chosen = choice{args[0]}
			var v derived.Values
			err := at.with(out.watched(s), &most, load, func(envs []environment.Environment, findings []finding.Finding) (err error) {
				if finding.HasErrors(findings) {
					return out.print(s, findings)
				}
				v, err = derived.New(&envs[0])
				return err
			})
			if err != nil {
				return err
			}
			if !run {
				script, err := preflight.Script(&v)
				if err != nil {
					return err
				}
				_, err = s.out.Write(script)
				return err
			}
			asked.Out = s.out
			if out.form == "json" {
				asked.Out = io.Discard
			}
			found, err := preflight.Run(context.Background(), &v, asked)
			if err != nil {
				return err
			}
			return out.print(s, found)
		},
	}
	cmd.ValidArgsFunction = at.names(s)
	at.flags(cmd)
	most.flags(cmd)
	out.flags(cmd)
	cmd.Flags().BoolVar(&run, "run", false, "run the script with the kubeconfig in use, in place of printing it")
	cmd.Flags().StringVar(&asked.Context, "context", "", "context of the kubeconfig, with --run")
	cmd.Flags().StringVar(&asked.Kubeconfig, "kubeconfig", "", "kubeconfig file, with --run")
	cmd.Flags().DurationVar(&asked.Timeout, "run-timeout", 5*time.Minute, "time for asking the cluster, with --run")
	return cmd
}
