package kustomize

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
)

// reduced is the part of the engine's built-in schema that answers for kinds,
// without the texts for people. The whole one takes eight times as long to
// read, which is an eighth of a cold run.
//
//go:generate go test . -run TestReducedSchema -update
//go:embed schema.json
var reduced []byte

// kinds are those whose schema is in reduced: what an installation is made of.
var kinds = map[yaml.TypeMeta]bool{
	{APIVersion: "apps/v1", Kind: "DaemonSet"}:                        true,
	{APIVersion: "apps/v1", Kind: "Deployment"}:                       true,
	{APIVersion: "apps/v1", Kind: "StatefulSet"}:                      true,
	{APIVersion: "batch/v1", Kind: "CronJob"}:                         true,
	{APIVersion: "batch/v1", Kind: "Job"}:                             true,
	{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"}:             true,
	{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"}:       true,
	{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"}:            true,
	{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "Role"}:        true,
	{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "RoleBinding"}: true,
	{APIVersion: "v1", Kind: "ConfigMap"}:                             true,
	{APIVersion: "v1", Kind: "LimitRange"}:                            true,
	{APIVersion: "v1", Kind: "Namespace"}:                             true,
	{APIVersion: "v1", Kind: "PersistentVolume"}:                      true,
	{APIVersion: "v1", Kind: "PersistentVolumeClaim"}:                 true,
	{APIVersion: "v1", Kind: "Pod"}:                                   true,
	{APIVersion: "v1", Kind: "ResourceQuota"}:                         true,
	{APIVersion: "v1", Kind: "Secret"}:                                true,
	{APIVersion: "v1", Kind: "Service"}:                               true,
	{APIVersion: "v1", Kind: "ServiceAccount"}:                        true,
}

// schema is how much of the built-in schema the engine has read.
type schema int

const (
	noSchema schema = iota
	reducedSchema
	wholeSchema
)

// schemaFor is what it takes to answer for a kind as the whole schema does. For
// a custom resource both have no answer; the groups of Kubernetes itself have
// no dot, or end as below.
func schemaFor(apiVersion, kind string) schema {
	group, _, named := strings.Cut(apiVersion, "/")
	builtIn := !named || !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
	if builtIn && !kinds[yaml.TypeMeta{APIVersion: apiVersion, Kind: kind}] {
		return wholeSchema
	}
	return reducedSchema
}

// openAPI guards kyaml's process-global schema, the one thing that builds
// share. A build with an `openapi:` field changes it for every other build
// (kustomize#3659, #4824), so it runs alone and puts the schema back; all
// others only read and run side by side.
var openAPI struct {
	sync.RWMutex
	loaded schema
}

// reading locks the process-global schema, with at least so much loaded, until
// the caller has read what it wants.
func reading(enough schema) (done func()) {
	openAPI.RLock()
	for openAPI.loaded < enough {
		openAPI.RUnlock()
		load(enough)
		openAPI.RLock()
	}
	return openAPI.RUnlock
}

func load(enough schema) {
	openAPI.Lock()
	defer openAPI.Unlock()
	if openAPI.loaded >= enough {
		return
	}
	openapi.ResetOpenAPI()
	if enough == reducedSchema {
		openapi.SuppressBuiltInSchemaUse()
		// The error of bytes that the binary has in it, and a test reads.
		_ = openapi.AddSchema(reduced)
	}
	openapi.Schema()
	openAPI.loaded = enough
}

// alone locks the process-global schema for a build that changes it.
func alone() (done func()) {
	openAPI.Lock()
	openapi.ResetOpenAPI()
	return func() {
		openapi.ResetOpenAPI()
		openAPI.loaded = noSchema
		openAPI.Unlock()
	}
}

// Warm loads the schema that builds need, and lets a small build read what the
// engine reads once. A caller starts it beside other work; a build that comes too
// early waits for it.
func Warm() {
	_, _ = Build(NewTree(map[string][]byte{
		"kustomization.yaml": []byte("resources: [a.yaml]\n"),
		"a.yaml":             []byte("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"),
	}), ".")
}

// HasSchema tells whether the engine knows the fields of a kind, and with them
// the merge keys of its lists. It does not for custom resources, whose lists a
// strategic merge patch replaces whole.
func HasSchema(apiVersion, kind string) bool {
	defer reading(schemaFor(apiVersion, kind))()
	return openapi.SchemaForResourceType(yaml.TypeMeta{APIVersion: apiVersion, Kind: kind}) != nil
}

// Namespaced tells whether a `namespace:` field gives objects of a kind a
// namespace. It does for every kind that the engine does not know. The engine
// has a table for that, beside the schema.
func Namespaced(apiVersion, kind string) bool {
	defer reading(reducedSchema)()
	return !openapi.IsCertainlyClusterScoped(yaml.TypeMeta{APIVersion: apiVersion, Kind: kind})
}

// Merge applies a strategic merge patch to an object, exactly as `patches:`
// does: new elements of a list with a merge key come first. Both are used up.
// The result is nil if the patch deletes the object.
func Merge(object, patch *yaml.RNode) (merged *yaml.RNode, err error) {
	defer reading(schemaFor(object.GetApiVersion(), object.GetKind()))()
	defer func() {
		if r := recover(); r != nil {
			merged, err = nil, fmt.Errorf("strategic merge: the engine panicked: %v", r)
		}
	}()
	return merge2.Merge(patch, object, yaml.MergeOptions{
		ListIncreaseDirection: yaml.MergeOptionsListPrepend,
	})
}
