package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/tree"
)

func generateCommand(s streams) *cobra.Command {
	var at place
	var out printer
	var check, force bool
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write base/, overlays/ and golden/ from the environments",
		Long: `generate makes the whole tree in memory, proves that each overlay builds what
its environment asks for, and then brings the disk to it. It writes all or
nothing. A generated file that was edited by hand is not overwritten without
--force; overlays/<environment>/custom/ is yours and never touched.`,
		Example: `  whiskops generate
  whiskops generate --check     # for CI: writes nothing, exit code 1 on drift
  whiskops generate --root platform`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := out.check(); err != nil {
				return err
			}
			at.resolve(s)
			// Whoever needs the engine's schema first waits for it.
			go kustomize.Warm()
			envs, findings, err := load(at.environments)
			if err != nil {
				return err
			}
			if finding.HasErrors(findings) {
				return out.print(s, findings)
			}
			folders, err := render.Tree(envs, os.DirFS(at.root), render.Options{Whole: check})
			if custom := (*render.CustomError)(nil); errors.As(err, &custom) {
				return out.print(s, append(findings, below(at.root, custom.Finding)))
			}
			if err != nil {
				return err
			}
			options := tree.Options{Parents: render.Parents(), Force: force, Notify: func(line string) { fmt.Fprintln(s.err, line) }}
			bring := tree.Write
			if check {
				bring = tree.Check
			}
			changes, err := bring(at.root, folders, options)
			if err != nil {
				return err
			}
			for _, f := range changes.Findings {
				findings = append(findings, below(at.root, f))
			}
			// Printed once: several arrays are no JSON.
			if err := out.print(s, findings); err != nil {
				return err
			}
			if out.form == "text" {
				fmt.Fprintln(s.out, summary(len(envs), changes))
			}
			return nil
		},
	}
	at.flags(cmd)
	out.flags(cmd)
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; say what differs, and exit with 1 if anything does")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite generated files that were edited by hand")
	return cmd
}

// below makes a finding's place, which is relative to the root, absolute.
func below(root string, f finding.Finding) finding.Finding {
	f.File = filepath.Join(root, filepath.FromSlash(f.File))
	return f
}

func summary(envs int, c tree.Changes) string {
	if c.Unchanged() {
		return fmt.Sprintf("nothing to do: %s as generated", count(envs, "environment"))
	}
	return fmt.Sprintf("%s: %s created, %d updated, %d deleted",
		count(envs, "environment"), count(len(c.Created), "file"), len(c.Updated), len(c.Deleted))
}
