// Package objects reads the objects that whiskops generated, a file each, and
// finds and changes them. It knows the labels of generated objects and nothing
// about a cluster.
package objects

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// Object is one object of Kubernetes.
type Object = unstructured.Unstructured

// Tiers in the order in which an environment's README applies them.
var tiers = []string{"foundation", "actions", "data", "setup", "core", "edge", "packages", "observability"}

// Kinds that come first in a tier, as kustomize sorts them.
var kinds = []string{"Namespace", "ServiceAccount", "Role", "RoleBinding", "ConfigMap", "Secret", "Service", "PersistentVolume"}

// Read gives the objects of the YAML files in a directory, by file name. A key
// that is there twice, or a file with no object or with several, is an error.
func Read(dir string) ([]*Object, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no YAML files", dir)
	}
	var all []*Object
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		o := &Object{}
		if err := yaml.UnmarshalStrict(data, &o.Object); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if o.GetKind() == "" || o.GetName() == "" {
			return nil, fmt.Errorf("%s holds no object", file)
		}
		all = append(all, o)
	}
	return all, nil
}

// Ref names an object for a person.
func Ref(o *Object) string {
	if o.GetNamespace() == "" {
		return o.GetKind() + " " + o.GetName()
	}
	return o.GetKind() + " " + o.GetNamespace() + "/" + o.GetName()
}

// InOrder gives the objects as they are applied: a tier after the other, in each
// what others need first. An object of no known tier is an error.
func InOrder(all []*Object) ([]*Object, error) {
	tier := func(o *Object) int { return slices.Index(tiers, o.GetLabels()["app.kubernetes.io/component"]) }
	kind := func(o *Object) int {
		if k := slices.Index(kinds, o.GetKind()); k >= 0 {
			return k
		}
		return len(kinds)
	}
	for _, o := range all {
		if tier(o) < 0 {
			return nil, fmt.Errorf("%s is of no known tier", Ref(o))
		}
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b *Object) int {
		return cmp.Or(cmp.Compare(tier(a), tier(b)), cmp.Compare(kind(a), kind(b)))
	})
	return sorted, nil
}

// Find is the object of a kind whose name is the one given, or is that with a
// hash behind it; nil if there is none.
func Find(all []*Object, kind, name string) *Object {
	for _, o := range all {
		if o.GetKind() != kind {
			continue
		}
		rest, found := strings.CutPrefix(o.GetName(), name)
		if found && (rest == "" || rest[0] == '-' && !strings.Contains(rest[1:], "-") && len(rest) >= 9) {
			return o
		}
	}
	return nil
}

// OfKind gives the objects of these kinds.
func OfKind(all []*Object, kinds ...string) []*Object {
	var some []*Object
	for _, o := range all {
		if slices.Contains(kinds, o.GetKind()) {
			some = append(some, o)
		}
	}
	return some
}

// Copy is deep: a change of the copies leaves the originals alone.
func Copy(all []*Object) []*Object {
	copies := make([]*Object, len(all))
	for i, o := range all {
		copies[i] = o.DeepCopy()
	}
	return copies
}

// Namespace that an environment's components live in.
func Namespace(all []*Object) string {
	for _, o := range all {
		if o.GetKind() == "Namespace" && o.GetLabels()["app.kubernetes.io/component"] == "foundation" {
			return o.GetName()
		}
	}
	return ""
}
