package objects

import "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

// Into gives copies of an environment's objects for namespaces of their own, so
// that many of it fit into one cluster: each namespace gets the suffix, and with
// it what refers to namespaces. Ports of nodes are left to the API server. What
// ConfigMaps say within stays, as no server reads it here.
func Into(all []*Object, suffix string) []*Object {
	copies := Copy(all)
	for _, o := range copies {
		if ns := o.GetNamespace(); ns != "" {
			o.SetNamespace(ns + suffix)
		}
		switch o.GetKind() {
		case "Namespace":
			o.SetName(o.GetName() + suffix)
		case "PersistentVolume":
			o.SetName(o.GetName() + suffix)
			if ns, found, _ := unstructured.NestedString(o.Object, "spec", "claimRef", "namespace"); found {
				_ = unstructured.SetNestedField(o.Object, ns+suffix, "spec", "claimRef", "namespace")
			}
		case "RoleBinding", "ClusterRoleBinding":
			Each(o, "subjects", func(s map[string]any) {
				if ns, ok := s["namespace"].(string); ok {
					s["namespace"] = ns + suffix
				}
			})
		case "Service":
			Each(o, "spec.ports", func(p map[string]any) { delete(p, "nodePort") })
		}
	}
	return copies
}
