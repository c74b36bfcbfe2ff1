package kustomize

import (
	"errors"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/fn/runtime/runtimeutil"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Program is the name by which a functionConfig asks for this program's functions:
// `exec: {path: whiskops, args: [fn]}`.
const Program = "whiskops"

// ErrNotRun says that a generator or transformer is a program that Running does not
// run. The engine itself would skip it without a word, and a build would lack what
// it makes.
var ErrNotRun = errors.New("it is a program other than `whiskops fn`, and none other is run")

// ErrUnasked says that a generator or transformer says no program, where the engine
// would look for a plugin of that kind in the user's home.
var ErrUnasked = errors.New("it has no annotation config.kubernetes.io/function that says what runs it")

// ErrValidator says that a validator is a program: the engine compares what a
// validator gives back with annotations of its own, so none passes (kustomize#5036).
var ErrValidator = errors.New("the engine refuses whatever a validator that is a program gives back; list it under transformers")

// Running is a tree that builds with the functions that its kustomizations list
// under generators and transformers. The engine runs `whiskops fn` for each, in the
// folder of its kustomization; what is called so in PATH must be this program, and
// should be all that PATH has.
type Running struct {
	*Tree
	// root is where the tree's own root is on the disk: a program runs in a folder
	// that is there.
	root string
}

// WithFunctions builds the tree with functions. root is the folder that the tree was
// laid over, absolute and without links.
func (t *Tree) WithFunctions(root string) *Running { return &Running{t, root} }

var _ filesys.FileSystem = (*Running)(nil)

// inner is a path of the disk as the tree calls it.
func (r *Running) inner(name string) string {
	if rest, ok := strings.CutPrefix(name, r.root); ok && (rest == "" || rest[0] == '/') {
		return rootDir + rest
	}
	return name
}

// CleanedAbs is Tree's, with the folder on the disk.
func (r *Running) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	dir, file, err := r.Tree.CleanedAbs(r.inner(name))
	return filesys.ConfirmedDir(r.root + strings.TrimPrefix(dir.String(), rootDir)), file, err
}

// ReadFile is Tree's.
func (r *Running) ReadFile(name string) ([]byte, error) { return r.Tree.ReadFile(r.inner(name)) }

// Exists is Tree's.
func (r *Running) Exists(name string) bool { return r.Tree.Exists(r.inner(name)) }

// IsDir is Tree's.
func (r *Running) IsDir(name string) bool { return r.Tree.IsDir(r.inner(name)) }

// Open is Tree's.
func (r *Running) Open(name string) (filesys.File, error) { return r.Tree.Open(r.inner(name)) }

// plugins are what the engine may run.
func plugins(files filesys.FileSystem) *types.PluginConfig {
	if _, ok := files.(*Running); !ok {
		return types.DisabledPluginConfig()
	}
	c := types.EnabledPluginConfig(types.BploUseStaticallyLinked)
	c.FnpLoadingOptions.EnableExec = true
	c.HelmConfig = types.HelmConfig{} // charts are as they are without functions: refused, in our words
	return c
}

// function judges what generators, transformers or validators list: the text of a
// file, or what is written in the kustomization itself.
func function(field, text string) error {
	nodes, err := kio.FromBytes([]byte(text))
	if err != nil {
		return nil // the engine says it better
	}
	for _, n := range nodes {
		spec, err := runtimeutil.GetFunctionSpec(n)
		switch builtin := n.GetApiVersion() == "builtin"; {
		case builtin:
			continue
		case err == nil && spec == nil:
			return ErrUnasked
		case err != nil || spec.Exec.Path != Program || spec.Container.Image != "" || !isFn(spec.Exec.Args):
			return ErrNotRun
		case strings.EqualFold(field, "validators"):
			return ErrValidator
		}
	}
	return nil
}

// isFn tells whether arguments are those of a function: fn, and a name or none.
func isFn(args []string) bool {
	return len(args) > 0 && len(args) < 3 && args[0] == "fn" && !strings.HasPrefix(args[len(args)-1], "-")
}

// programs looks at all that a folder of configurations has, as the build of it does:
// its files, and the folders that they name.
func (s *scanner) programs(field, dir string, cannot refusal, v *yaml.Node) error {
	for _, name := range kustomizationNames {
		text, err := s.files.ReadFile(path.Join(dir, name))
		if err != nil {
			continue
		}
		n, err := yaml.Parse(string(text))
		if err != nil || n.YNode().Kind != yaml.MappingNode {
			continue
		}
		for i, content := 0, n.YNode().Content; i+1 < len(content); i += 2 {
			switch strings.ToLower(content[i].Value) {
			case "apiversion", "kind":
				continue
			case "resources":
			default:
				return cannot(v, ErrMade)
			}
			for _, r := range content[i+1].Content {
				at, file, err := s.files.CleanedAbs(path.Join(dir, r.Value))
				if err != nil {
					continue
				}
				if file == "" {
					if err := s.programs(field, at.String(), cannot, v); err != nil {
						return err
					}
					continue
				}
				text, err := s.files.ReadFile(at.Join(file))
				if err != nil {
					continue
				}
				if err := function(field, string(text)); err != nil {
					return cannot(v, err)
				}
			}
		}
	}
	return nil
}

// ErrMade says that configurations come out of a build, so that nobody can tell
// before it what they run.
var ErrMade = errors.New("its kustomization has more than resources, so that what would be run is not seen before; list the files")
