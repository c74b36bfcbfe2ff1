package kustomize

import (
	"fmt"

	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
)

// Warm loads the built-in schema, which costs a third of a cold build. A caller
// starts it beside other work; a build that comes too early waits for it.
func Warm() {
	openAPI.RLock()
	defer openAPI.RUnlock()
	openapi.Schema()
}

// HasSchema tells whether the engine knows the fields of a kind, and with them
// the merge keys of its lists. It does not for custom resources, whose lists a
// strategic merge patch replaces whole.
func HasSchema(apiVersion, kind string) bool {
	openAPI.RLock()
	defer openAPI.RUnlock()
	return openapi.SchemaForResourceType(yaml.TypeMeta{APIVersion: apiVersion, Kind: kind}) != nil
}

// Namespaced tells whether a `namespace:` field gives objects of a kind a
// namespace. It does for every kind that the engine does not know.
func Namespaced(apiVersion, kind string) bool {
	openAPI.RLock()
	defer openAPI.RUnlock()
	return !openapi.IsCertainlyClusterScoped(yaml.TypeMeta{APIVersion: apiVersion, Kind: kind})
}

// Merge applies a strategic merge patch to an object, exactly as `patches:`
// does: new elements of a list with a merge key come first. Both are used up.
// The result is nil if the patch deletes the object.
func Merge(object, patch *yaml.RNode) (merged *yaml.RNode, err error) {
	openAPI.RLock()
	defer openAPI.RUnlock()
	defer func() {
		if r := recover(); r != nil {
			merged, err = nil, fmt.Errorf("strategic merge: the engine panicked: %v", r)
		}
	}()
	return merge2.Merge(patch, object, yaml.MergeOptions{
		ListIncreaseDirection: yaml.MergeOptionsListPrepend,
	})
}

// HashedName is the name that kustomize gives a generated ConfigMap or Secret:
// its name, a dash, and a hash of name and content.
func HashedName(object *yaml.RNode) (string, error) {
	h, err := (&hasher.Hasher{}).Hash(object)
	if err != nil {
		return "", err
	}
	return object.GetName() + "-" + h, nil
}
