package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/acknowledge"
	"github.com/whiskops/whiskops/internal/budget"
	"github.com/whiskops/whiskops/internal/cache"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/judge"
	"github.com/whiskops/whiskops/internal/record"
	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/tree"
	"github.com/whiskops/whiskops/internal/version"
)

// generation is one run of generate.
type generation struct {
	place
	version                 version.Version
	check, force, downgrade bool
	strict                  bool         // nothing is written while there is a warning
	store                   *cache.Store // nil: nothing is remembered
	notify                  func(line string)
	watch                   *budget.Watch
	progress                *progress
	secrets                 *finding.Secrets
	warnings                []finding.Finding // about users' own folders

	// against is the revision that the change is judged against; empty: the golden
	// files on the disk. accept are the effects that a person accepts.
	against string
	accept  acceptances
	// only judges: nothing is compared with the disk, and nothing written.
	only bool
	// files keeps those that differ, for a page.
	files bool
}

// asked is a run as it is asked for on the command line: of named environments, within limits,
// with what earlier runs found out or without.
func (g *generation) asked(s streams, most *limits, names []string, remember bool) (outcome, error) {
	g.chosen.take(names)
	g.place.resolve(s)
	watch, ended, err := most.watch(s)
	if err != nil {
		return outcome{}, err
	}
	defer ended()
	g.watch, g.progress = watch, newProgress(s)
	defer g.progress.end()
	if remember {
		g.store = cache.Open(s.cache, cache.BuildID())
		defer g.store.Close()
	}
	return g.run()
}

// outcome is what came of it.
type outcome struct {
	// remembered: the run before it read the same, so nothing was made.
	remembered   bool
	environments int
	envs         []environment.Environment // what was read, unless it is remembered
	findings     []finding.Finding
	changes      tree.Changes
	// judged are the environments that were made, or that differ from before.
	judged map[string]judge.Judged
	// commit of the revision that was judged against; since is the version that wrote
	// its tree, if it is another; gone are the environments that were there.
	commit, since string
	gone          []gone
	// left are warnings about tools that delivered an environment before.
	left []finding.Finding
	// ofChange are findings about the change: they are those of this run alone.
	ofChange []finding.Finding
}

// all findings.
func (o outcome) all() []finding.Finding { return slices.Concat(o.findings, o.ofChange) }

// run does what is to be done: nothing, if the run before read the same and all
// that it wrote is still there.
func (g *generation) run() (outcome, error) {
	// The names of the folders are in the key: they stand in findings.
	key := record.Key(append([]string{"generate", g.root, g.environments}, g.chosen...)...)
	root, environments, done := g.open()
	defer done()
	inputs := record.NewInputs(map[string]fs.FS{"root": root, "environments": environments, "packages": root})
	stands := tree.Matches
	if len(g.chosen) > 0 {
		stands = tree.Holds
	}
	g.progress.at("comparing the files with those of the last run")
	if !g.force && g.against == "" && len(g.accept) == 0 {
		if past, ok := record.Recall(g.store, key, inputs); ok && stands(g.root, past.Manifests, render.Parents()) {
			return outcome{remembered: true, environments: past.Environments, findings: past.Findings}, nil
		}
	}
	made, folders, err := g.full(inputs, root)
	// What the disk has besides is looked at each time.
	if err == nil && !g.only && !finding.Stops(made.all(), g.strict) && len(made.changes.Findings) == 0 {
		record.Remember(g.store, key, inputs, record.Run{
			Environments: made.environments, Findings: slices.DeleteFunc(slices.Clone(made.findings), render.IsGone), Manifests: tree.Manifests(folders),
		})
	}
	return made, err
}

// full makes everything, and compares it with the disk or brings the disk to
// it. There are folders only if nothing was wrong before that.
func (g *generation) full(inputs *record.Inputs, root fs.FS) (outcome, []tree.Folder, error) {
	g.progress.at("reading the environments")
	largePages()
	go render.Warm()
	envs, findings, err := g.take(load, g.secrets, inputs.Through("packages"), inputs.Through("environments"), g.watch)
	done := outcome{environments: len(envs), envs: envs, findings: findings}
	if err != nil {
		return done, nil, err
	}
	sides, closed, err := g.sides(&done, root)
	if err != nil {
		return done, nil, err
	}
	defer closed()
	if finding.Stops(findings, g.strict) {
		// Nothing will be written. What else is wrong is said in the same run.
		done.envs = sound(envs, findings)
		_, err := g.judge(&done, inputs, sides, nil)
		done.findings = append(done.findings, g.mistakes(err)...)
		return done, nil, nil
	}
	if len(g.chosen) > 0 && !g.sound {
		done.findings = append(done.findings, render.Unset(envs)...)
	}
	var folders []tree.Folder
	holds := func(manifests map[string]string) bool { return tree.Holds(g.root, manifests, render.Parents()) }
	if g.only {
		// What was edited by hand is for --check to say.
		holds = func(manifests map[string]string) bool { return tree.Stated(g.root, manifests) }
	}
	if g.force {
		holds = nil
	}
	folders, err = g.bring(&done, inputs, sides, holds)
	if errors.Is(err, tree.ErrChanged) {
		folders, err = g.bring(&done, inputs, sides, nil)
	}
	found := acknowledge.Mark(envs, g.mistakes(err))
	done.findings = append(done.findings, found...)
	if finding.Stops(found, g.strict) {
		return done, nil, nil
	}
	if err == nil {
		done.findings = append(done.findings, g.built(envs, folders, done.changes, inputs)...)
		done.findings = append(done.findings, acknowledge.Unused(envs, done.findings, render.Warnings())...)
	}
	return done, folders, err
}

// built are the findings about what was built, and about the disk.
func (g *generation) built(envs []environment.Environment, folders []tree.Folder, changes tree.Changes, inputs *record.Inputs) []finding.Finding {
	found := slices.Concat(changes.Findings, render.Plain(envs, folders, inputs.Through("root")), render.Gone(envs, changes.Deleted))
	for i, f := range found {
		found[i] = below(g.root, f)
	}
	return acknowledge.Mark(envs, found)
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

// bring makes and judges the tree, and brings the disk to it or compares the two. A
// change that is an error is as far as it goes.
func (g *generation) bring(done *outcome, inputs *record.Inputs, sides judge.Sides, holds func(map[string]string) bool) ([]tree.Folder, error) {
	folders, err := g.judge(done, inputs, sides, holds)
	if err != nil || g.only || finding.Stops(done.ofChange, g.strict) {
		return folders, err
	}
	if found := g.moves(folders, inputs.Through("root")); len(found) > 0 {
		done.changes = tree.Changes{Findings: found}
		return nil, nil
	}
	g.progress.at("comparing the files")
	o := tree.Options{Parents: render.Parents(), Part: len(g.chosen) > 0, Mark: g.mark(), Force: g.force, Notify: g.notify}
	if g.check {
		done.changes, err = tree.Check(g.root, folders, o)
		return folders, err
	}
	if g.strict {
		if changes, stops, err := g.warned(done.envs, folders, inputs, o); err != nil || stops {
			done.changes = changes
			return folders, err
		}
	}
	done.changes, err = tree.Write(g.root, folders, o)
	return folders, err
}

// judge makes the tree, and judges what it changes.
func (g *generation) judge(done *outcome, inputs *record.Inputs, sides judge.Sides, holds func(map[string]string) bool) ([]tree.Folder, error) {
	g.warnings = nil
	folders, err := render.Tree(done.envs, inputs.Through("root"), render.Options{
		Memory: g.store, Holds: holds, Whole: g.check, Sets: g.members(), Begin: g.begin(len(done.envs)), Warn: g.warn,
	})
	if err != nil {
		return nil, err
	}
	if done.judged, err = judge.Tree(done.envs, folders, sides); err != nil {
		return nil, err
	}
	done.ofChange = nil
	for _, f := range judge.Findings(done.judged, g.accept) {
		if f.File != "" && !filepath.IsAbs(f.File) { // of golden/
			f = below(g.root, f)
		}
		done.ofChange = append(done.ofChange, f)
	}
	done.ofChange = g.secrets.Seal(done.ofChange)
	return folders, nil
}

// members are the environments that shared ApplicationSets are made of: of some
// alone none can be made.
func (g *generation) members() []environment.Environment {
	switch {
	case len(g.chosen) == 0:
		return nil // those that are rendered
	case !g.sound:
		return []environment.Environment{}
	default:
		return g.all
	}
}

// moves are the mistakes of writing what others build on that are not chosen.
func (g *generation) moves(folders []tree.Folder, root fs.FS) []finding.Finding {
	if len(g.chosen) == 0 || g.check {
		return nil
	}
	others := map[string][]string{}
	for _, name := range g.met {
		if slices.Contains(g.chosen, name) {
			continue
		}
		release := "" // of a broken one nobody knows
		if i := slices.IndexFunc(g.all, func(e environment.Environment) bool { return e.Name == name }); i >= 0 {
			release = g.all[i].OpenWhisk
		}
		others[release] = append(others[release], name)
	}
	return render.Moves(folders, root, others)
}

// begin watches the building of so many environments, and counts it.
func (g *generation) begin(of int) func(what string, at func() string) (end func()) {
	built := g.progress.each("building environments", of)
	return func(what string, at func() string) func() {
		end := g.watch.BeginAt(what, at)
		return func() { end(); built() }
	}
}

// warned looks before a strict run writes, and tells whether a warning stops it.
func (g *generation) warned(envs []environment.Environment, folders []tree.Folder, inputs *record.Inputs, o tree.Options) (tree.Changes, bool, error) {
	changes, err := tree.Check(g.root, folders, o)
	if err != nil {
		return tree.Changes{}, false, err
	}
	// What differs is what will be written: Write judges that.
	changes.Findings = slices.DeleteFunc(changes.Findings, func(f finding.Finding) bool { return f.Severity == finding.Error })
	return changes, finding.Stops(g.built(envs, folders, changes, inputs), true), nil
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

// below makes a finding's place absolute, if it is relative to the root.
func below(root string, f finding.Finding) finding.Finding {
	if filepath.IsAbs(f.File) {
		return f
	}
	f.File = filepath.Join(root, filepath.FromSlash(f.File))
	return f
}
