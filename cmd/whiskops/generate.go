package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/budget"
	"github.com/whiskops/whiskops/internal/cache"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/record"
	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/tree"
	"github.com/whiskops/whiskops/internal/version"
)

func generateCommand(s streams) *cobra.Command {
	var out printer
	g := generation{version: built(), secrets: s.secrets, notify: func(line string) { fmt.Fprintln(s.err, finding.Plain(s.secrets.Hide(line))) }}
	var most limits
	noCache := false
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write base/, overlays/ and golden/ from the environments",
		Long: `generate makes the whole tree in memory, proves that each overlay builds what
its environment asks for, and then brings the disk to it. It writes all or
nothing. A generated file that was edited by hand is not overwritten, and a
foreign one beside generated files not deleted, without --force;
overlays/<environment>/custom/ is yours and never touched. What a merge leaves in
generated files, conflicts too, is no edit: generate again ends it.

What a run read and wrote is remembered in your cache directory: the next one
that finds every file as it was has nothing to do. --check takes nothing from
there.`,
		Example: `  whiskops generate
  whiskops generate --check     # for CI: writes nothing, exit code 1 on drift
  whiskops generate --root platform`,
		Args: allOfThem,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := out.check(); err != nil {
				return err
			}
			g.place.resolve(s)
			watch, ended, err := most.watch(s)
			if err != nil {
				return err
			}
			defer ended()
			g.watch = watch
			if !noCache && !g.check {
				g.store = cache.Open(s.cache, cache.BuildID())
				defer g.store.Close()
			}
			done, err := g.run()
			if err != nil {
				return err
			}
			// Printed once: several arrays are no JSON.
			err = out.print(s, done.findings)
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
	g.place.flags(cmd)
	out.flags(cmd)
	most.flags(cmd)
	cmd.Flags().BoolVar(&g.check, "check", false, "write nothing; say what differs, and exit with 1 if anything does")
	cmd.Flags().BoolVar(&g.force, "force", false, "overwrite generated files that were edited by hand, and delete foreign ones beside them")
	cmd.Flags().BoolVar(&g.downgrade, "downgrade", false, "write over what a newer whiskops wrote")
	cmd.Flags().BoolVar(&noCache, "no-cache", false, "neither use nor keep what earlier runs found out")
	return cmd
}

// generation is one run of generate.
type generation struct {
	place
	version                 version.Version
	check, force, downgrade bool
	store                   *cache.Store // nil: nothing is remembered
	notify                  func(line string)
	watch                   *budget.Watch
	secrets                 *finding.Secrets
	warnings                []finding.Finding // about users' own folders
}

// outcome is what came of it.
type outcome struct {
	// remembered: the run before it read the same, so nothing was made.
	remembered   bool
	environments int
	envs         []environment.Environment // what was read, unless it is remembered
	findings     []finding.Finding
	changes      tree.Changes
}

// run does what is to be done: nothing, if the run before read the same and all
// that it wrote is still there.
func (g *generation) run() (outcome, error) {
	// Both names are in the key: they stand in findings.
	key := record.Key("generate", g.root, g.environments)
	root, environments, done := g.open()
	defer done()
	inputs := record.NewInputs(map[string]fs.FS{"root": root, "environments": environments, "packages": root})
	if !g.force {
		if past, ok := record.Recall(g.store, key, inputs); ok && tree.Matches(g.root, past.Manifests, render.Parents()) {
			return outcome{remembered: true, environments: past.Environments, findings: past.Findings}, nil
		}
	}
	made, folders, err := g.full(inputs)
	// What the disk has besides is looked at each time.
	if err == nil && !finding.HasErrors(made.findings) && len(made.changes.Findings) == 0 {
		record.Remember(g.store, key, inputs, record.Run{
			Environments: made.environments, Findings: made.findings, Manifests: tree.Manifests(folders),
		})
	}
	return made, err
}

// full makes everything, and compares it with the disk or brings the disk to
// it. There are folders only if nothing was wrong before that.
func (g *generation) full(inputs *record.Inputs) (outcome, []tree.Folder, error) {
	// Whoever needs the engine's schema first waits for it.
	go kustomize.Warm()
	envs, findings, err := load(g.secrets, environment.Repository{FS: inputs.Through("packages"), Dir: g.root}, inputs.Through("environments"), g.environments, g.watch)
	done := outcome{environments: len(envs), envs: envs, findings: findings}
	if err != nil {
		return done, nil, err
	}
	if finding.HasErrors(findings) {
		// Nothing will be written. What else is wrong is said in the same run.
		_, err := render.Tree(sound(envs, findings), inputs.Through("root"), render.Options{Memory: g.store, Begin: g.watch.BeginAt, Warn: g.warn})
		done.findings = append(done.findings, g.mistakes(err)...)
		return done, nil, nil
	}
	var folders []tree.Folder
	holds := func(manifests map[string]string) bool { return tree.Holds(g.root, manifests, render.Parents()) }
	if g.force {
		holds = nil
	}
	done.changes, folders, err = g.bring(envs, inputs, holds)
	if errors.Is(err, tree.ErrChanged) {
		done.changes, folders, err = g.bring(envs, inputs, nil)
	}
	found := g.mistakes(err)
	done.findings = append(done.findings, found...)
	if finding.HasErrors(found) {
		return done, nil, nil
	}
	for _, f := range append(done.changes.Findings, render.Plain(envs, folders, inputs.Through("root"))...) {
		done.findings = append(done.findings, below(g.root, f))
	}
	return done, folders, err
}

// sound are the environments that no error is about.
func sound(envs []environment.Environment, findings []finding.Finding) []environment.Environment {
	return slices.DeleteFunc(slices.Clone(envs), func(e environment.Environment) bool {
		name := environment.JoinPath(e.Name)
		return slices.ContainsFunc(findings, func(f finding.Finding) bool {
			return f.Severity == finding.Error && (f.Path == name || strings.HasPrefix(f.Path, name+"."))
		})
	})
}

// mistakes are those in the users' own folders, and what there is to warn of
// beside them.
func (g *generation) mistakes(err error) []finding.Finding {
	found := render.Mistakes(err)
	for i, f := range found {
		found[i] = below(g.root, f)
	}
	return append(found, finding.Sort(g.warnings)...)
}

// warn keeps what a user's own folder is warned of.
func (g *generation) warn(f finding.Finding) { g.warnings = append(g.warnings, below(g.root, f)) }

// bring makes the tree, and brings the disk to it or compares the two.
func (g *generation) bring(envs []environment.Environment, inputs *record.Inputs, holds func(map[string]string) bool) (tree.Changes, []tree.Folder, error) {
	g.warnings = nil
	folders, err := render.Tree(envs, inputs.Through("root"), render.Options{Memory: g.store, Holds: holds, Whole: g.check, Begin: g.watch.BeginAt, Warn: g.warn})
	if err != nil {
		return tree.Changes{}, nil, err
	}
	bring := tree.Write
	if g.check {
		bring = tree.Check
	}
	changes, err := bring(g.root, folders, tree.Options{Parents: render.Parents(), Mark: g.mark(), Force: g.force, Notify: g.notify})
	return changes, folders, err
}

// mark says which whiskops writes the tree, and stops one that is older than the
// one before.
func (g *generation) mark() tree.Mark {
	m := tree.Mark{Path: version.File, Content: g.version.Mark()}
	if !g.downgrade {
		m.Judge = g.version.Judge
	}
	return m
}

// below makes a finding's place, which is relative to the root, absolute.
func below(root string, f finding.Finding) finding.Finding {
	f.File = filepath.Join(root, filepath.FromSlash(f.File))
	return f
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

func summary(envs int, c tree.Changes) string {
	if c.Unchanged() {
		return fmt.Sprintf("nothing to do: %s as generated", count(envs, "environment"))
	}
	return fmt.Sprintf("%s: %s created, %d updated, %d deleted",
		count(envs, "environment"), count(len(c.Created), "file"), len(c.Updated), len(c.Deleted))
}
