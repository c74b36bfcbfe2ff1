// Package delivery says to Flux and to Argo CD how an environment is brought to
// its cluster: the files below clusters/<environment>/.
//
// In: derived values and the built objects of the overlay. Out: what starts the
// tool (a source and Kustomizations, or an AppProject and an Application), and
// wrappers: kustomizations over the overlay that add the tool's annotations to
// its objects. The overlay stays as it is, for `kubectl apply -k` and for the
// other tool. A wrapper is built and held against the overlay by the caller
// (Prove): but for the annotations that policy gives, nothing may differ.
package delivery

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/value"
)

// Folder holds a folder for each environment that a tool delivers, which has one
// with the name of the tool. All else in it is the user's.
const Folder = "clusters"

// SecretsFolder of an environment's folder has Secrets that only the cluster can
// read. It is the user's own: `whiskops secrets` fills it, and no other command.
const SecretsFolder = "secrets"

// SecretsOf an environment, below the root.
func SecretsOf(environment string) string { return path.Join(Folder, environment, SecretsFolder) }

const (
	argocdFolder = "argocd"
	fluxFolder   = "flux"
)

// Tools are the names of all folders that may be in that of an environment.
func Tools() []string { return []string{argocdFolder, fluxFolder} }

// Folders that an environment has, below the root: one for the tool that it names.
func Folders(env *environment.Environment) []string {
	var all []string
	if env.GitOps.ArgoCD != nil {
		all = append(all, path.Join(Folder, env.Name, argocdFolder))
	}
	if env.GitOps.Flux != nil {
		all = append(all, path.Join(Folder, env.Name, fluxFolder))
	}
	return all
}

// Input is an environment as it is delivered.
type Input struct {
	Values *derived.Values
	// Built are the objects of its overlay, custom/ included.
	Built []kustomize.Object
	// Generated are those without custom/; nil: the same.
	Generated []kustomize.Object
	// Custom is what its custom/ holds.
	Custom overlay.Custom
	// Secrets are what SecretsOf the environment builds; nil where there is none.
	Secrets []kustomize.Object
	// Base and Overlay are the folders that it is built of, and Others those that
	// custom/ refers to: slash-separated, below the root.
	Base, Overlay string
	Others        []string
}

// generated objects of the overlay.
func (in Input) generated() []kustomize.Object {
	if in.Generated == nil {
		return in.Built
	}
	return in.Generated
}

// Reads are the folders below the root that a build of the environment's
// wrappers reads.
func (in Input) Reads() []string {
	all := slices.Concat([]string{in.Base}, Folders(in.Values.Env), in.Others)
	for _, s := range in.whole() {
		all = append(all, s.Folder)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Output is what is written, and what must be proven before.
type Output struct {
	// Files by their paths below the root.
	Files map[string][]byte
	// Wrappers build the overlay's objects.
	Wrappers []Wrapper
}

// Wrapper is a folder with a kustomization.
type Wrapper struct {
	// Dir is its path below the root.
	Dir string
	// On is what it builds on.
	On []Source
	// Of are the objects of the overlay that it has to build, with what it adds
	// to the annotations of each.
	Of []Annotated
}

// Source is a folder below the root, with the objects that it builds.
type Source struct {
	Folder  string
	Objects []kustomize.Object
}

// Annotated is an object with annotations to add.
type Annotated struct {
	Object kustomize.Object
	Add    map[string]string
}

// Of delivers an environment by the tool that it names; with none there is
// nothing. A *Refused says that custom/ cannot be delivered in the way that is
// asked for; any other error is a fault of the program.
func Of(in Input) (Output, error) {
	d := &delivery{Input: in, policy: policyOf(in), out: Output{Files: map[string][]byte{}}}
	tools := in.Values.Env.GitOps
	if tools.Flux != nil {
		if err := d.flux(); err != nil {
			return Output{}, err
		}
	}
	if tools.ArgoCD != nil {
		if err := d.argocd(); err != nil {
			return Output{}, err
		}
	}
	return d.out, nil
}

// Refused is a reason why custom/ cannot be delivered.
type Refused struct{ Message, Help string }

func (r *Refused) Error() string { return r.Message }

type delivery struct {
	Input
	policy policy
	out    Output
}

// name of what the tool makes for the environment.
func (d *delivery) name() string { return Name(d.Values.Env.Name) }

// Name is that of a source, a Kustomization, an AppProject or an Application of
// an environment: other things of that namespace are named after environments
// too.
func Name(environment string) string { return "openwhisk-" + environment }

// LongestName of what is made for an environment by the tool that it names.
func LongestName(tools *environment.GitOps, env string) string {
	longest := Name(env)
	if tools.Flux == nil {
		return longest
	}
	all := kustomizations(env, tools.Flux, true)
	return slices.MaxFunc(append(all, longest), func(a, b string) int { return cmp.Compare(len(a), len(b)) })
}

// Kustomizations are the names of those that Flux may have for an environment, in
// gitops.flux.namespace; none where another tool delivers it.
func Kustomizations(v *derived.Values) []string {
	if v.Env.GitOps.Flux == nil {
		return nil
	}
	tested := slices.ContainsFunc(v.Planned(), func(name string) bool { return v.Catalog.Components[name].Test })
	return kustomizations(v.Env.Name, v.Env.GitOps.Flux, tested)
}

func kustomizations(env string, f *environment.Flux, tested bool) []string {
	parts := []string{""}
	switch {
	case f.Shape == fluxTiers:
		parts = append(krm.Tiers[:], fluxCustom)
	case tested:
		parts = append(parts, fluxTest)
	}
	all := make([]string, len(parts))
	for i, part := range parts {
		all[i] = kustomization(env, part)
	}
	return all
}

// kustomization is the name of that for a part of an environment; "" is the whole.
func kustomization(env, part string) string {
	if part == "" {
		return Name(env)
	}
	return Name(env) + "-" + part
}

// folder of the environment's files of a tool.
func (d *delivery) folder(elements ...string) string {
	return path.Join(append([]string{Folder, d.Values.Env.Name}, elements...)...)
}

// write adds a file of objects, one document each, below a comment.
func (d *delivery) write(file string, comment string, documents ...krm.M) error {
	header := fmt.Sprintf("# Generated by whiskops for environment %s; do not edit, run `whiskops generate`.\n", d.Values.Env.Name)
	text, err := value.Write(header+comment, documents...)
	if err != nil {
		return fmt.Errorf("deliver %s: %w", file, err)
	}
	d.out.Files[file] = text
	return nil
}

// list writes the kustomization of a folder that is applied with -k.
func (d *delivery) list(dir string, files ...string) error {
	return d.write(path.Join(dir, "kustomization.yaml"), "", listing(files))
}

// listing is a kustomization of files.
func listing(files []string) krm.M {
	return krm.M{"apiVersion": kustomizationVersion, "kind": kustomizationKind, "resources": files}
}

const (
	kustomizationVersion = "kustomize.config.k8s.io/v1beta1"
	kustomizationKind    = "Kustomization"
)

// all are the objects that are delivered.
func (in Input) all() []kustomize.Object { return append(slices.Clone(in.Built), in.Secrets...) }

// whole are the folders of all objects, that of the overlay first.
func (in Input) whole() []Source {
	all := []Source{{in.Overlay, in.Built}}
	if len(in.Secrets) > 0 {
		all = append(all, in.secrets())
	}
	return all
}

func (in Input) secrets() Source { return Source{SecretsOf(in.Values.Env.Name), in.Secrets} }

// kinds are the API groups and kinds of objects, each once, in order.
func kinds(objects ...kustomize.Object) []groupKind {
	var all []groupKind
	for _, o := range objects {
		all = append(all, groupKind{group(o.APIVersion), o.Kind})
	}
	slices.SortFunc(all, groupKind.compare)
	return slices.Compact(all)
}
