package main

import (
	"fmt"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/tree"
)

func generateCommand(s streams) *cobra.Command {
	var out printer
	g := generation{version: built(), secrets: s.secrets}
	g.notify = func(line string) {
		g.progress.clear()
		fmt.Fprintln(s.err, finding.Plain(s.secrets.Hide(line)))
	}
	var most limits
	noCache := false
	cmd := &cobra.Command{
		Use:   "generate [ENVIRONMENT...]",
		Short: "Write base/, overlays/ and golden/ from the environments",
		Long: `generate makes the whole tree in memory, proves that each overlay builds what
its environment asks for, and then brings the disk to it. It writes all or
nothing. A generated file that was edited by hand is not overwritten, and a
foreign one beside generated files not deleted, without --force;
overlays/<environment>/custom/ is yours and never touched. What a merge leaves in
generated files, conflicts too, is no edit: generate again ends it.

With names it is about these environments alone: what is wrong with others does
not stop it, and their folders stay as they are.

What a run read and wrote is remembered in your cache directory: the next one
that finds every file as it was has nothing to do. --check takes nothing from
there.`,
		Example: `  whiskops generate
  whiskops generate --check     # for CI: writes nothing, exit code 1 on drift
  whiskops generate production  # whatever is wrong with the others
  whiskops generate --root platform`,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			g.strict = out.strict
			done, err := g.asked(out.watched(s), &most, args, !noCache && !g.check)
			if err != nil {
				return err
			}
			// Printed once: several arrays are no JSON.
			err = out.print(s, done.all())
			if total := drift(done.changes); g.check && total != "" && out.form == "text" {
				fmt.Fprintf(s.err, "\n%s\n", total)
			}
			if err != nil {
				return err
			}
			if out.form == "text" {
				fmt.Fprintln(s.out, summary(done.environments, done.changes))
			}
			return nil
		},
	}
	cmd.ValidArgsFunction = g.manyNames(s)
	g.place.flags(cmd)
	out.flags(cmd)
	out.strictFlag(cmd)
	most.flags(cmd)
	cmd.Flags().BoolVar(&g.check, "check", false, "write nothing; say what differs, and exit with 1 if anything does")
	cmd.Flags().BoolVar(&g.force, "force", false, "overwrite generated files that were edited by hand, and delete foreign ones beside them")
	cmd.Flags().BoolVar(&g.downgrade, "downgrade", false, "write over what a newer whiskops wrote")
	cmd.Flags().Var((*revisionName)(&g.against), "against", "judge the change against a git revision, and not against golden/")
	cmd.Flags().Var(&g.accept, "accept", "what of the change is meant, by code and object: WO401:production/StatefulSet/kafka")
	cmd.Flags().BoolVar(&noCache, "no-cache", false, "neither use nor keep what earlier runs found out")
	return cmd
}

// drift sums up what a check found; empty if all is as generated.
func drift(c tree.Changes) string {
	files := func(paths []string) int {
		lists := slices.DeleteFunc(slices.Clone(paths), func(name string) bool { return path.Base(name) != tree.ManifestName })
		return len(paths) - len(lists)
	}
	missing, different, stale := files(c.Created), files(c.Updated), files(c.Deleted)
	if missing+different+stale == 0 {
		return ""
	}
	return fmt.Sprintf("not as generated: %s (%d missing, %d different, %d stale)",
		count(missing+different+stale, "file"), missing, different, stale)
}
