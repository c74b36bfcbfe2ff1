package overlay

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// apart checks that each tier can be built on its own, as Flux builds it: one
// namespace for all of it, and no hashed name of another tier.
func apart(objects []*object) error {
	first := map[string]*object{} // of a tier that has a namespace
	hashed := map[placed]*object{}
	for _, o := range objects {
		if o.hashed {
			hashed[o.placed()] = o
		}
		if o.namespace == "" {
			continue
		}
		if other := first[o.tier]; other != nil && other.namespace != o.namespace {
			return fmt.Errorf("tier %s has %s and %s: a tier has one namespace", o.tier, other, o)
		}
		first[o.tier] = o
	}
	for _, o := range objects {
		if err := inNamespace(o, first[o.tier]); err != nil {
			return err
		}
		for _, r := range value.References(o.value) {
			if c := hashed[placed{o.namespace, r.Name}]; r.Kind == "ConfigMap" && c != nil && c.tier != o.tier {
				return fmt.Errorf("%s of tier %s refers to %s of tier %s, whose hashed name is not known there", o, o.tier, c, c.tier)
			}
		}
	}
	return nil
}

// inNamespace checks that an object can be where the engine puts it, with
// another object of its tier that has a namespace, or nil.
func inNamespace(o, other *object) error {
	scoped := kustomize.Namespaced(o.apiVersion, o.kind)
	switch {
	case o.namespace != "" && !scoped:
		return fmt.Errorf("%s has a namespace, but kind %s is not namespaced", o, o.kind)
	case o.namespace == "" && scoped && other != nil:
		return fmt.Errorf("%s has no namespace, but kustomize gives it that of tier %s, %q", o, o.tier, other.namespace)
	case o.kind == "Namespace" && o.apiVersion == "v1" && other != nil && other.namespace != o.name:
		return fmt.Errorf("%s is in tier %s, whose namespace is %q: kustomize would rename it", o, o.tier, other.namespace)
	}
	return nil
}
