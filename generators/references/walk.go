package references

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// naming are the fields of a pod that name an object, and the field in them with its
// name (Kubernetes 1.34, api/core/v1/types.go).
var naming = map[string]struct{ kind, name string }{
	"configMap":             {"ConfigMap", "name"},
	"configMapRef":          {"ConfigMap", "name"},
	"configMapKeyRef":       {"ConfigMap", "name"},
	"secretRef":             {"Secret", "name"},
	"secretKeyRef":          {"Secret", "name"},
	"nodePublishSecretRef":  {"Secret", "name"},
	"persistentVolumeClaim": {"PersistentVolumeClaim", "claimName"},
}

// of are the references of an object.
func of(r *krm.Run, n *yaml.RNode, o krm.M) []reference {
	var all []reference
	add := func(kind string, name any, path string) {
		if text, ok := name.(string); ok && text != "" {
			all = append(all, reference{kind, text, path})
		}
	}
	spec := value.Map(o, "spec")
	switch n.GetKind() {
	case "HorizontalPodAutoscaler":
		target := value.Map(spec, "scaleTargetRef")
		kind, _ := target["kind"].(string)
		add(kind, target["name"], "spec.scaleTargetRef.name")
	case "Ingress":
		inIngress(spec, add)
	case "RoleBinding":
		ref := value.Map(o, "roleRef")
		if ref["kind"] == "Role" {
			add("Role", ref["name"], "roleRef.name")
		}
	}
	if w, ok := r.Pods(n); ok {
		pod := w.Pod()
		walk(pod, w.Field("")[:len(w.Field(""))-1], add)
		if name, _ := pod["serviceAccountName"].(string); name != "default" {
			add("ServiceAccount", pod["serviceAccountName"], w.Field("serviceAccountName"))
		}
	}
	return all
}

func inIngress(spec krm.M, add func(kind string, name any, path string)) {
	add("Service", value.Map(spec, "defaultBackend", "service")["name"], "spec.defaultBackend.service.name")
	rules, _ := spec["rules"].(krm.L)
	for i, rule := range rules {
		paths, _ := value.Map(rule, "http")["paths"].(krm.L)
		for j, p := range paths {
			add("Service", value.Map(p, "backend", "service")["name"], fmt.Sprintf("spec.rules[%d].http.paths[%d].backend.service.name", i, j))
		}
	}
	tls, _ := spec["tls"].(krm.L)
	for i, t := range tls {
		add("Secret", value.Map(t)["secretName"], fmt.Sprintf("spec.tls[%d].secretName", i))
	}
}

// walk a value of a pod. What may be missing is marked so.
func walk(v any, path string, add func(kind string, name any, path string)) {
	switch v := v.(type) {
	case krm.M:
		for _, key := range krm.Keys(v) {
			at := strings.TrimPrefix(path+"."+key, ".")
			inner := value.Map(v[key])
			switch field, ok := naming[key]; {
			case inner["optional"] == true:
			case ok:
				add(field.kind, inner[field.name], at+"."+field.name)
			case key == "secret":
				for _, name := range []string{"secretName", "name"} {
					add("Secret", inner[name], at+"."+name)
				}
			default:
				walk(v[key], at, add)
			}
		}
	case krm.L:
		for i, e := range v {
			walk(e, fmt.Sprintf("%s[%d]", path, i), add)
		}
	}
}
