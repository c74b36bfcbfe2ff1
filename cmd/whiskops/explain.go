package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/explain"
)

func explainCommand(s streams) *cobra.Command {
	var out printer
	cmd := &cobra.Command{
		Use:   "explain [PATH]",
		Short: "Explain a field of environments",
		Long: `explain says what a field means, what it holds, what it is when it is not
written, and which fields are below it. Without PATH it explains the top level.
A finding's path may be given as it is, with the environment's name before it.`,
		Example: `  whiskops explain
  whiskops explain kafka.topics.retention
  whiskops explain production.edge.tls --output json`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return fields(typed)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			path := ""
			if len(args) > 0 {
				path = args[0]
			}
			f, below, err := explain.Find(path)
			if err != nil {
				return err
			}
			if out.form == "json" {
				return writeJSON(s.out, struct {
					explain.Field
					Below []explain.Field `json:"below"`
				}{f, append([]explain.Field{}, below...)})
			}
			return explain.WriteText(s.out, f, below)
		},
	}
	out.flags(cmd)
	cmd.Flag("output").Usage = "form of the answer: text or json"
	return cmd
}

// fields completes the path of a field, label by label.
func fields(typed string) ([]string, cobra.ShellCompDirective) {
	directive := cobra.ShellCompDirectiveNoFileComp
	paths := explain.Complete(typed)
	if slices.ContainsFunc(paths, func(path string) bool { return strings.HasSuffix(path, ".") }) {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return paths, directive
}

// writeJSON writes a value for machines, as findings are written.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
