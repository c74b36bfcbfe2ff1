package jobnames

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
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
		o, err := krm.Object(n)
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
