package value

import (
	"slices"
	"strings"
)

// Reference is a place in an object that names a ConfigMap or a Secret of the
// object's namespace.
type Reference struct {
	// Kind is ConfigMap or Secret.
	Kind string
	// Name of the object that is meant.
	Name string
}

// places are the paths in a pod's specification, a star being each element, at
// which it names a ConfigMap or a Secret. Secrets with which a node pulls
// images are not among them: no container sees those.
var places = split([]place{
	{"ConfigMap", "volumes * configMap name"},
	{"ConfigMap", "volumes * projected sources * configMap name"},
	{"ConfigMap", "initContainers * envFrom * configMapRef name"},
	{"ConfigMap", "initContainers * env * valueFrom configMapKeyRef name"},
	{"ConfigMap", "containers * envFrom * configMapRef name"},
	{"ConfigMap", "containers * env * valueFrom configMapKeyRef name"},
	{"Secret", "volumes * secret secretName"},
	{"Secret", "volumes * projected sources * secret name"},
	{"Secret", "volumes * azureFile secretName"},
	{"Secret", "volumes * csi nodePublishSecretRef name"},
	{"Secret", "volumes * * secretRef name"},
	{"Secret", "initContainers * envFrom * secretRef name"},
	{"Secret", "initContainers * env * valueFrom secretKeyRef name"},
	{"Secret", "containers * envFrom * secretRef name"},
	{"Secret", "containers * env * valueFrom secretKeyRef name"},
})

type place struct{ kind, path string }

type route struct {
	kind string
	path []string
}

func split(places []place) []route {
	routes := make([]route, len(places))
	for i, p := range places {
		routes[i] = route{p.kind, strings.Fields(p.path)}
	}
	return routes
}

// granted are what a role calls what it may read by name.
var granted = map[string]string{"configmaps": "ConfigMap", "secrets": "Secret"}

// References are all places in which an object names a ConfigMap or a Secret:
// in its pods, and in what a role may read.
func References(o map[string]any) []Reference {
	var found []Reference
	Rename(o, func(kind, name string) string {
		found = append(found, Reference{kind, name})
		return name
	})
	return found
}

// Rename is an object in which every reference has the name that other gives.
// The object itself stays as it is, and shares with the result what is equal.
func Rename(o map[string]any, other func(kind, name string) string) map[string]any {
	kind, _ := o["kind"].(string)
	if kind == "Role" || kind == "ClusterRole" {
		renamed, _ := changeAt(o, []string{"rules", "*"}, func(rule any) (any, bool) { return renameRule(rule, other) })
		return renamed.(map[string]any)
	}
	path, runs := templates[kind]
	if !runs {
		return o
	}
	renamed, _ := changeAt(o, append(slices.Clip(path), "spec"), func(pod any) (any, bool) {
		changed := false
		for _, r := range places {
			var differs bool
			pod, differs = changeAt(pod, r.path, func(name any) (any, bool) { return renameText(r.kind, name, other) })
			changed = changed || differs
		}
		return pod, changed
	})
	return renamed.(map[string]any)
}

func renameRule(rule any, other func(kind, name string) string) (any, bool) {
	changed := false
	resources, _ := Map(rule)["resources"].([]any)
	for _, r := range resources {
		resource, _ := r.(string)
		if kind, ok := granted[resource]; ok {
			var differs bool
			rule, differs = changeAt(rule, []string{"resourceNames", "*"}, func(name any) (any, bool) { return renameText(kind, name, other) })
			changed = changed || differs
		}
	}
	return rule, changed
}

func renameText(kind string, name any, other func(kind, name string) string) (any, bool) {
	text, _ := name.(string)
	if text == "" {
		return name, false
	}
	renamed := other(kind, text)
	return renamed, renamed != text
}
