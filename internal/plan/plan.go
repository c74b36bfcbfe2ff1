// Package plan turns an environment's derived values and the catalogue into an
// ordered list of functionConfigs. What they make of it is the generators'
// affair; which components there are, and who may talk to whom, is decided
// here and in the catalogue.
package plan

import (
	"cmp"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/whiskops/whiskops/generators/certificates"
	"github.com/whiskops/whiskops/generators/configmaps"
	"github.com/whiskops/whiskops/generators/ephemeral"
	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/generators/jobnames"
	"github.com/whiskops/whiskops/generators/kafkatopics"
	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/generators/placement"
	"github.com/whiskops/whiskops/generators/volumes"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
)

// Function is one functionConfig.
type Function struct {
	Kind string
	Name string
	// Spec is the generator's own type.
	Spec any
}

// forEverybody are the functions that work on any objects, and so have an API of their
// own.
var forEverybody = []string{
	certificates.Kind, jobnames.Kind, kafkatopics.Kind, networkpolicies.Kind, placement.Kind, volumes.Kind,
}

// Config is the function as a KRM object. A plan is run over a list that begins empty:
// there is nothing of an earlier run to be known by a record.
func (f Function) Config() krm.M {
	meta := krm.M{"name": f.Name}
	apiVersion := krm.APIVersion
	if slices.Contains(forEverybody, f.Kind) {
		apiVersion = krm.FunctionVersion
		meta["annotations"] = krm.M{krm.RecordAnnotation: "none"}
	}
	return krm.M{"apiVersion": apiVersion, "kind": f.Kind, "metadata": meta, "spec": f.Spec}
}

// Plan of one environment.
type Plan struct {
	Functions []Function
	// Namespace of everything but what is in tier "actions", which has
	// ActionNamespace.
	Namespace, ActionNamespace string
}

// ActionTier is the tier whose objects live in the action pods' namespace.
const ActionTier = "actions"

// Of plans an environment. An error is a fault of the catalogue.
func Of(v derived.Values) (Plan, error) {
	p := &planner{Values: v}
	p.versions = p.secretVersions()
	if err := p.foundation(); err != nil {
		return Plan{}, err
	}
	if err := p.shared(); err != nil {
		return Plan{}, err
	}
	components := p.Planned()
	slices.SortStableFunc(components, func(a, b string) int { return cmp.Compare(p.tier(a), p.tier(b)) })
	if err := p.each(components); err != nil {
		return Plan{}, err
	}
	if err := p.sight(); err != nil {
		return Plan{}, err
	}
	logs := p.Catalog.Logs
	p.add(Function{Kind: ephemeral.Kind, Name: "disks", Spec: ephemeral.Spec{Logs: ephemeral.Logs{Request: logs.Request, Limit: logs.Limit}}})
	p.add(Function{Kind: jobnames.Kind, Name: "jobs", Spec: jobnames.Spec{Tests: anyOf(p.tests())}})
	return Plan{Functions: p.functions, Namespace: v.Env.Namespace, ActionNamespace: v.ActionNamespace}, nil
}

// each plans components side by side. The first error is that of the first
// component.
func (p *planner) each(names []string) error {
	planned, errs := make([]planner, len(names)), make([]error, len(names))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		planned[i] = planner{Values: p.Values, versions: p.versions}
		g.Go(func() error {
			if err := planned[i].component(name); err != nil {
				errs[i] = fmt.Errorf("plan component %s: %w", name, err)
			}
			return nil
		})
	}
	_ = g.Wait()
	for _, one := range planned {
		p.add(one.functions...)
	}
	return cmp.Or(errs...)
}

// tests are the components that run again when what they try has changed. Flux
// runs a Job anew if it has another name; Argo CD runs them after each sync, and
// a person can. Base, which nobody follows, has the names that most keep.
func (p *planner) tests() []string {
	if f := p.Env.GitOps.Flux; f == nil || f.Git == nil && f.OCI == nil {
		return nil
	}
	var names []string
	for _, name := range p.Planned() {
		if p.Catalog.Components[name].Test {
			names = append(names, name)
		}
	}
	return names
}

// anyOf selects what belongs to any of them; nil if there are none.
func anyOf(names []string) *krm.Selector {
	if len(names) == 0 {
		return nil
	}
	return &krm.Selector{LabelSelector: fmt.Sprintf("%s in (%s)", krm.NameLabel, strings.Join(names, ","))}
}

// planner collects functions.
type planner struct {
	derived.Values
	functions []Function
	// versions of the keys of Secrets, by the Secrets' names.
	versions map[string]map[string]string
}

func (p *planner) add(f ...Function) { p.functions = append(p.functions, f...) }

// tier of a component as its place in the order.
func (p *planner) tier(component string) int {
	return slices.Index(krm.Tiers[:], p.Catalog.Components[component].Tier)
}

// foundation makes the two namespaces, which deny what nobody allowed.
func (p *planner) foundation() error {
	own := krm.Owner{Component: "foundation", Tier: "foundation"}
	p.add(
		Function{foundation.Kind, own.Component, foundation.Spec{
			Owner: own, Namespace: p.Env.Namespace, Labels: p.NamespaceLabels, Existing: !p.Env.Namespaces.Managed, PodSecurity: p.PodSecurity(), Secrets: p.plainSecrets(),
			ClusterRoles: p.Catalog.ClusterRoles[p.Env.Cluster.Platform].Installation,
		}},
		Function{networkpolicies.Kind, own.Component, networkpolicies.Spec{Labels: own.Made(), Name: "default-deny", AllPods: true}},
	)
	p.externalSecrets(own)
	return p.actions()
}

// runtimesEnv is the ConfigMap of the runtimes manifest.
const runtimesEnv = "runtimes"

// shared makes what several components read in the same words.
func (p *planner) shared() error {
	own := krm.Owner{Component: "openwhisk", Tier: p.Catalog.Shared.Tier}
	var all []configmaps.ConfigMap
	for _, name := range slices.Sorted(maps.Keys(p.Catalog.Shared.ConfigMaps)) {
		env, err := p.env(p.Catalog.Shared.ConfigMaps[name].Env)
		if err != nil {
			return fmt.Errorf("plan the shared variables %s: %w", name, err)
		}
		all = append(all, configmaps.ConfigMap{Name: name, Data: env})
	}
	manifest, err := p.Manifest().Text()
	if err != nil {
		return err
	}
	p.add(Function{configmaps.Kind, own.Component, configmaps.Spec{Owner: own, ConfigMaps: append(all, configmaps.ConfigMap{
		Name: runtimesEnv, Data: map[string]string{derived.RuntimesManifest: manifest},
	})}})
	return nil
}
