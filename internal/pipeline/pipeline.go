// Package pipeline runs a plan in process: the functions, in order, over one
// list of objects that starts empty.
package pipeline

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/generators/ephemeral"
	"github.com/whiskops/whiskops/generators/jobnames"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/plan"
)

// across are the functions that look at the objects of all components. Any other
// looks at those of its own alone, so that components are made side by side.
var across = map[string]bool{ephemeral.Kind: true, jobnames.Kind: true}

// Run makes the objects of a plan, with their namespaces. What an environment
// asks for and a generator refuses is an error that names the function.
func Run(p plan.Plan) ([]*yaml.RNode, error) {
	components, rest := apart(p.Functions)
	made := make([][]*yaml.RNode, len(components))
	errs := make([]error, len(components))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, functions := range components {
		g.Go(func() error {
			made[i], errs[i] = run(functions, nil)
			return nil
		})
	}
	_ = g.Wait() // the first error is that of the first component
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	objects, err := run(rest, slices.Concat(made...))
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		if err := place(o, p); err != nil {
			return nil, err
		}
	}
	return objects, nil
}

// apart are the functions of each component, and what is left from the first one
// that looks at all objects.
func apart(functions []plan.Function) (components [][]plan.Function, rest []plan.Function) {
	for i, f := range functions {
		switch last := len(components) - 1; {
		case across[f.Kind]:
			return components, functions[i:]
		case i > 0 && f.Name == functions[i-1].Name:
			components[last] = append(components[last], f)
		default:
			components = append(components, []plan.Function{f})
		}
	}
	return components, nil
}

// run gives objects to functions, one after the other.
func run(functions []plan.Function, objects []*yaml.RNode) ([]*yaml.RNode, error) {
	known := Functions()
	rl := &krm.ResourceList{Items: objects}
	for _, f := range functions {
		process, ok := known[f.Kind]
		if !ok {
			return nil, fmt.Errorf("the plan has a function of kind %s, which is none", f.Kind)
		}
		rl.Config = f.Config()
		if err := process(rl); err != nil {
			return nil, fmt.Errorf("function %s %s: %w", f.Kind, f.Name, err)
		}
	}
	return rl.Items, nil
}

// place puts an object into the namespace of its tier.
func place(o *yaml.RNode, p plan.Plan) error {
	if !kustomize.Namespaced(o.GetApiVersion(), o.GetKind()) {
		return nil
	}
	namespace := p.Namespace
	if o.GetLabels()[krm.TierLabel] == plan.ActionTier {
		namespace = p.ActionNamespace
	}
	if err := o.SetNamespace(namespace); err != nil {
		return fmt.Errorf("set the namespace of %s %s: %w", o.GetKind(), o.GetName(), err)
	}
	return placeSubjects(o, namespace)
}

// placeSubjects gives the service accounts of a binding the binding's own
// namespace where they have none, as Kustomize does when it builds.
func placeSubjects(o *yaml.RNode, namespace string) error {
	if o.GetKind() != "RoleBinding" {
		return nil
	}
	return krm.Change(o, func(binding krm.M) error {
		subjects, _ := binding["subjects"].(krm.L)
		for _, s := range subjects {
			if s, _ := s.(krm.M); s["kind"] == "ServiceAccount" && s["namespace"] == nil {
				s["namespace"] = namespace
			}
		}
		return nil
	})
}
