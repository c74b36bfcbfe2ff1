package jobnames

import (
	"github.com/whiskops/whiskops/internal/krm"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// reference names a ConfigMap or Secret.
type reference struct{ kind, namespace, name string }

// content of a ConfigMap or Secret, by the name of the field.
type content map[string]any

// readContents of all ConfigMaps and Secrets.
func readContents(items []*yaml.RNode) (map[reference]content, error) {
	all := map[reference]content{}
	for _, n := range items {
		if n.GetKind() != "ConfigMap" && n.GetKind() != "Secret" {
			continue
		}
		o, err := decode(n)
		if err != nil {
			return nil, err
		}
		c := content{}
		for _, field := range []string{"data", "stringData", "binaryData"} {
			if o[field] != nil {
				c[field] = o[field]
			}
		}
		all[reference{n.GetKind(), n.GetNamespace(), n.GetName()}] = c
	}
	return all, nil
}

// The places in a pod where a ConfigMap or Secret is named: the field that
// holds the reference, the kind, and the reference's own field for the name.
var places = []struct{ field, kind, name string }{
	{"configMapRef", "ConfigMap", "name"},
	{"secretRef", "Secret", "name"},
	{"configMapKeyRef", "ConfigMap", "name"},
	{"secretKeyRef", "Secret", "name"},
	{"configMap", "ConfigMap", "name"},
	// A volume says secretName, a projected source name.
	{"secret", "Secret", "secretName"},
	{"secret", "Secret", "name"},
}

// references of a Job's pod: in its volumes and its containers' variables.
func references(job krm.M, namespace string) []reference {
	pod := krm.PodSpec(job)
	var found []reference
	for _, part := range []string{"volumes", "initContainers", "containers"} {
		found = append(found, mentions(pod[part], namespace)...)
	}
	return found
}

// mentions walks a part of a pod.
func mentions(v any, namespace string) []reference {
	var found []reference
	switch v := v.(type) {
	case krm.L:
		for _, e := range v {
			found = append(found, mentions(e, namespace)...)
		}
	case krm.M:
		for _, p := range places {
			at, _ := v[p.field].(krm.M)
			if name, _ := at[p.name].(string); name != "" {
				found = append(found, reference{p.kind, namespace, name})
			}
		}
		for _, key := range krm.Keys(v) {
			found = append(found, mentions(v[key], namespace)...)
		}
	}
	return found
}
