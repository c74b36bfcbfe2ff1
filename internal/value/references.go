package value

import "slices"

// Reference is a place in an object that names a ConfigMap or a Secret of the
// object's namespace.
type Reference struct {
	// Kind is ConfigMap or Secret.
	Kind string
	// Name of the object that is meant.
	Name   string
	rename func(string)
}

// Rename is an object in which every reference has the name that other gives.
// The object itself stays as it is.
func Rename(o map[string]any, other func(kind, name string) string) map[string]any {
	if !slices.ContainsFunc(References(o), func(r Reference) bool { return other(r.Kind, r.Name) != r.Name }) {
		return o
	}
	o = CopyMap(o)
	for _, r := range References(o) {
		if name := other(r.Kind, r.Name); name != r.Name {
			r.rename(name)
		}
	}
	return o
}

// References are all places in which an object names a ConfigMap or a Secret:
// the volumes and the variables of its pods, and what a role may read. Secrets
// with which a node pulls images are not among them: no container sees those.
func References(o map[string]any) []Reference {
	if kind := o["kind"]; kind == "Role" || kind == "ClusterRole" {
		return named(o)
	}
	var f finder
	pod := PodSpec(o)
	for _, v := range Items(pod, "volumes") {
		f.volume(v)
	}
	for _, list := range []string{"initContainers", "containers"} {
		for _, c := range Items(pod, list) {
			f.container(c)
		}
	}
	return f.found
}

type finder struct{ found []Reference }

// at adds the place if it holds a name.
func (f *finder) at(kind string, in map[string]any, key string) {
	if name, _ := in[key].(string); name != "" {
		f.found = append(f.found, Reference{kind, name, func(name string) { in[key] = name }})
	}
}

func (f *finder) volume(v map[string]any) {
	f.at("ConfigMap", Map(v, "configMap"), "name")
	f.at("Secret", Map(v, "secret"), "secretName")
	for _, s := range Items(Map(v, "projected"), "sources") {
		f.at("ConfigMap", Map(s, "configMap"), "name")
		f.at("Secret", Map(s, "secret"), "name")
	}
	// The secrets with which other types of volumes are mounted.
	f.at("Secret", Map(v, "azureFile"), "secretName")
	f.at("Secret", Map(v, "csi", "nodePublishSecretRef"), "name")
	for _, source := range Keys(v) {
		f.at("Secret", Map(v, source, "secretRef"), "name")
	}
}

func (f *finder) container(c map[string]any) {
	for _, e := range Items(c, "env") {
		f.at("ConfigMap", Map(e, "valueFrom", "configMapKeyRef"), "name")
		f.at("Secret", Map(e, "valueFrom", "secretKeyRef"), "name")
	}
	for _, e := range Items(c, "envFrom") {
		f.at("ConfigMap", Map(e, "configMapRef"), "name")
		f.at("Secret", Map(e, "secretRef"), "name")
	}
}

// named are the names in the rules of a role.
func named(role map[string]any) []Reference {
	var found []Reference
	for _, rule := range Items(role, "rules") {
		resources, _ := rule["resources"].([]any)
		names, _ := rule["resourceNames"].([]any)
		for _, r := range []struct{ kind, resource string }{{"ConfigMap", "configmaps"}, {"Secret", "secrets"}} {
			if !slices.Contains(resources, any(r.resource)) {
				continue
			}
			for i, n := range names {
				if name, _ := n.(string); name != "" {
					found = append(found, Reference{r.kind, name, func(name string) { names[i] = name }})
				}
			}
		}
	}
	return found
}
