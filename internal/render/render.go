// Package render makes the whole tree in memory: base from the schema's
// defaults, and for each environment its overlay, the proof that the overlay
// builds what the environment asks for, and the golden files.
//
// In: checked environments. Out: folders of files for internal/tree. Nothing
// comes out unless every environment is proven.
package render

import (
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/guide"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/pipeline"
	"github.com/whiskops/whiskops/internal/plan"
	"github.com/whiskops/whiskops/internal/record"
	"github.com/whiskops/whiskops/internal/secret"
	"github.com/whiskops/whiskops/internal/tree"
	"github.com/whiskops/whiskops/internal/version"
)

// The folders of the tree.
const (
	BaseFolder    = "base"
	OverlayFolder = "overlays"
	GoldenFolder  = "golden"
	// CustomFolder below an overlay is the user's own.
	CustomFolder = overlay.CustomFolder
)

// Parents are the folders that hold a folder for each release or environment.
func Parents() []tree.Parent {
	return []tree.Parent{{Path: BaseFolder, Beside: []string{path.Base(version.File)}}, {Path: OverlayFolder, Keep: []string{CustomFolder}}, {Path: GoldenFolder},
		// Other things of a cluster may be beside what delivers an installation.
		{Path: delivery.Folder, Inner: delivery.Tools()}}
}

// desired are all the objects that an environment needs.
func desired(values derived.Values) ([]*yaml.RNode, error) {
	p, err := plan.Of(values)
	if err != nil {
		return nil, err
	}
	return pipeline.Run(p)
}

// Options of a tree.
type Options struct {
	// Memory is what the engine built in other runs, by the bytes that it built
	// it of, and what came of environments. Nil remembers nothing.
	Memory kustomize.Memory
	// Holds tells whether folders on the disk have these manifests, and are as
	// the manifests say: then an environment that came to that before is not
	// made again. Nil makes all.
	Holds func(manifests map[string]string) bool
	// Whole builds each overlay whole and anew, as `kustomize build` does.
	// Without it, folders are built apart, and equal ones once.
	Whole bool
	// Sets are the environments that shared ApplicationSets are made of; nil: those
	// that are rendered. Empty: none is made.
	Sets []environment.Environment
	// Begin is told of each environment before it is made, and how to ask for the
	// user's file that it is at, if it is at one; what it returns is called when
	// the environment is made. Nil is told nothing.
	Begin func(what string, at func() string) (end func())
	// Warn is told of warnings about users' own folders, one at a time, in any
	// order. Nil is told nothing.
	Warn func(finding.Finding)
}

// Tree renders all environments, and the base of each release that they have.
// root is where the tree is, or will be: the users' own folders in it take part
// in the build. See Mistakes for what the error says about them.
func Tree(envs []environment.Environment, root fs.ReadLinkFS, o Options) ([]tree.Folder, error) {
	var all []tree.Folder
	warn := o.warner()
	renderers := map[string]*renderer{}
	for _, env := range envs {
		if renderers[env.OpenWhisk] != nil {
			continue
		}
		r, err := newRenderer(env.OpenWhisk, root, o)
		if err != nil {
			return nil, err
		}
		r.warn = warn
		renderers[env.OpenWhisk] = r
		folder := path.Join(BaseFolder, env.OpenWhisk)
		all = append(all, tree.Folder{Path: folder, Files: below(r.files, folder)})
	}
	folders, errs := make([][]tree.Folder, len(envs)), make([]error, len(envs))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range envs {
		g.Go(func() error {
			one := *renderers[envs[i].OpenWhisk]
			one.custom = &atWork{}
			if o.Begin != nil {
				defer o.Begin("building environment "+envs[i].Name, one.custom.file)()
			}
			f, err := one.folders(&envs[i])
			if err != nil {
				errs[i] = fmt.Errorf("environment %s: %w", envs[i].Name, err)
			}
			folders[i] = f
			return nil
		})
	}
	_ = g.Wait() // each keeps its own error: all are made, whatever becomes of one
	if err := first(errs); err != nil {
		return nil, err
	}
	members := envs
	if o.Sets != nil {
		members = o.Sets
	}
	sets, err := delivery.Sets(members)
	if err != nil {
		return nil, err
	}
	if len(sets) > 0 {
		all = append(all, tree.Folder{Path: delivery.SetsFolder, Files: sets})
	}
	return append(all, slices.Concat(folders...)...), nil
}

// warner tells Warn of one warning at a time.
func (o Options) warner() func([]finding.Finding) {
	var one sync.Mutex
	return func(found []finding.Finding) {
		one.Lock()
		defer one.Unlock()
		for _, f := range found {
			if o.Warn != nil {
				o.Warn(f)
			}
		}
	}
}

// renderer renders environments of one release.
type renderer struct {
	*overlay.Base
	files   map[string][]byte // of base
	root    fs.ReadLinkFS
	builder *kustomize.Builder // nil: whole and anew
	memory  kustomize.Memory
	holds   func(map[string]string) bool
	custom  *atWork // of one environment; nil: nobody asks
	warn    func([]finding.Finding)
}

func newRenderer(release string, root fs.ReadLinkFS, o Options) (*renderer, error) {
	base, err := Base(release)
	if err != nil {
		return nil, err
	}
	r := &renderer{Base: base, files: base.Files(), root: root, memory: o.Memory, holds: o.Holds, warn: func([]finding.Finding) {}}
	if !o.Whole {
		r.builder = kustomize.NewBuilder(r.files, o.Memory)
	}
	return r, nil
}

// environment renders one environment's overlay and golden files, with what the user has
// for it.
func (r *renderer) environment(env *environment.Environment, own ownFolder) ([]tree.Folder, error) {
	values, err := derived.New(env)
	if err != nil {
		return nil, err
	}
	// Nothing else needs it, and what comes before the engine runs leaves a core idle.
	readme := make(chan []byte, 1)
	go func() { readme <- guide.Markdown(values, own.holds()) }()
	want, err := desired(values)
	if err != nil {
		return nil, err
	}
	expected := make(chan *overlay.Expectation, 1)
	go func() { expected <- overlay.Expect(want) }()
	dir := path.Join(OverlayFolder, env.Name)
	files, err := r.Overlay(want, overlay.Options{Environment: env.Name})
	if err != nil {
		return nil, err
	}
	built, err := r.proven(files, dir, <-expected)
	if err != nil {
		return nil, err
	}
	generated := built
	seen := record.NewInputs(map[string]fs.FS{repository: r.root})
	if own.holds() != overlay.NoCustom {
		// The user's own folder changes the build on purpose: what the
		// overlay does without it is proven above.
		if files, err = r.Overlay(want, overlay.Options{Environment: env.Name, Custom: own.custom}); err != nil {
			return nil, err
		}
		watched := *r
		watched.root = seen.Through(repository)
		if files, built, err = watched.customized(&values, files, dir, generated, own.functions); err != nil {
			return nil, err
		}
	}
	secrets, err := secretsOf(seen.Through(repository), &values)
	if err != nil {
		return nil, err
	}
	delivered, err := r.deliver(delivery.Input{
		Values: &values, Built: built, Generated: generated, Secrets: secrets, Custom: own.holds(), Base: path.Join(BaseFolder, env.OpenWhisk), Overlay: dir,
	}, files, seen)
	if err != nil {
		return nil, err
	}
	golden := overlay.Golden(built)
	golden["README.md"] = <-readme
	return foldersOf(env, below(files, dir), golden, delivered), nil
}

// secretsOf are the objects of the environment's own Secrets, as they are. All of
// what the installation expects must be there, and encrypted.
func secretsOf(root fs.ReadLinkFS, values *derived.Values) ([]kustomize.Object, error) {
	if !values.SecretFiles() {
		return nil, nil
	}
	folder, err := secret.Read(root, values)
	if err != nil {
		return nil, err
	}
	if found := append(folder.Findings, folder.Missing...); len(found) > 0 {
		return nil, secret.Findings(found)
	}
	return folder.Objects, nil
}

// proven builds an overlay, and proves that it is what is wanted. The proof is
// of each build, wherever it comes from; one that is remembered, or put
// together, and does not hold is no more than a doubt.
func (r *renderer) proven(files map[string][]byte, dir string, want *overlay.Expectation) ([]kustomize.Object, error) {
	if r.builder != nil {
		built, err := r.builder.Build(files, dir)
		if err == nil && want.Prove(built) == nil {
			return built, nil
		}
	}
	built, err := kustomize.Build(kustomize.NewTree(r.files, files), dir)
	if err != nil {
		return nil, err
	}
	if err := want.Prove(built); err != nil {
		return nil, fmt.Errorf("the overlay does not build what was asked for; nothing was written: %w", err)
	}
	return built, nil
}

// below returns the files of a folder by their paths in it.
func below(files map[string][]byte, folder string) map[string][]byte {
	own := make(map[string][]byte, len(files))
	for name, content := range files {
		own[strings.TrimPrefix(name, folder+"/")] = content
	}
	return own
}
