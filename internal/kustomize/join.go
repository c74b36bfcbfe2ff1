package kustomize

import (
	"cmp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/resid"
)

// join puts the builds of an overlay's folders together, in the order of the
// build of the whole. ok is false where the whole could be another.
//
// What the engine does to the whole, after its folders, is little: it refuses
// objects of the same identity, and it follows the names of objects that it
// renamed, and the namespaces of accounts, wherever they are referred to. So
// folders are strangers unless an object of one has the name of an object of
// another in such a place. A build of the whole is the answer to any doubt.
func join(parts [][]Object) (whole []Object, ok bool) {
	names := newNeighbours(parts)
	for i, part := range parts {
		for _, o := range part {
			if names.clash || names.touches(i, o) {
				return nil, false
			}
			whole = append(whole, o)
		}
	}
	order(whole)
	return whole, true
}

// order sorts objects as `sortOptions: legacy` does.
func order(objects []Object) {
	gvk := func(o Object) resid.Gvk {
		group, version, grouped := strings.Cut(o.APIVersion, "/")
		if !grouped {
			group, version = "", o.APIVersion
		}
		return resid.Gvk{Group: group, Version: version, Kind: o.Kind}
	}
	namespace := func(o Object) string {
		if o.Namespace == "" {
			return "~X"
		}
		return o.Namespace
	}
	slices.SortFunc(objects, func(a, b Object) int {
		switch x, y := gvk(a), gvk(b); {
		case x.Equals(y):
			// One string, as the engine compares it: "|" sorts behind letters.
			return cmp.Compare(namespace(a)+"|"+a.Name, namespace(b)+"|"+b.Name)
		case x.IsLessThan(y):
			return -1
		}
		return 1
	})
}

// neighbours are the names by which objects of one folder could be meant in
// another, each with the number of its folder, or several.
type neighbours struct {
	// renamed are the ConfigMaps whose names got a hash, by the names before.
	// They are the only objects that are renamed and can be referred to.
	renamed map[string]int
	// accounts are the ServiceAccounts.
	accounts map[string]int
	// clash: two folders have an object of the same identity.
	clash bool
}

const several = -1

func newNeighbours(parts [][]Object) neighbours {
	type identity struct{ apiVersion, kind, namespace, name string }
	n := neighbours{renamed: map[string]int{}, accounts: map[string]int{}}
	identities := map[identity]bool{}
	add := func(to map[string]int, name string, part int) {
		if at, ok := to[name]; ok && at != part {
			part = several
		}
		to[name] = part
	}
	for i, part := range parts {
		for _, o := range part {
			id := identity{o.APIVersion, o.Kind, cmp.Or(o.Namespace, defaultNamespace), o.Name}
			switch o.Kind {
			case "ConfigMap":
				// The engine looks for clashes before it hashes.
				if id.name = unhashed(o.Name); id.name != o.Name {
					add(n.renamed, id.name, i)
				}
			case "ServiceAccount":
				add(n.accounts, o.Name, i)
			}
			n.clash = n.clash || identities[id]
			identities[id] = true
		}
	}
	return n
}

// defaultNamespace is what the engine takes no namespace for.
const defaultNamespace = "default"

// touches tells whether the engine, building the whole, might write into an
// object what it does not when it builds the object's folder alone.
func (n neighbours) touches(part int, o Object) bool {
	stranger := func(in map[string]int, name string) bool {
		at, ok := in[name]
		return ok && at != part
	}
	switch o.Kind {
	case "RoleBinding", "ClusterRoleBinding":
		subjects, _ := o.Value["subjects"].([]any)
		for _, s := range subjects {
			s, _ := s.(map[string]any)
			name, _ := s["name"].(string)
			namespace, _ := s["namespace"].(string)
			// The account of the subject's own namespace is taken, if it says
			// one. The engine may have filled it in.
			if stranger(n.accounts, name) &&
				(n.accounts[name] == several || cmp.Or(namespace, defaultNamespace) == defaultNamespace) {
				return true
			}
		}
	case "Namespace":
		if o.APIVersion != "v1" {
			return true // the engine has an order of its own for these
		}
	case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "Node":
		return true // they refer to objects of any namespace
	}
	for name := range configMapNames(o.Value) {
		if stranger(n.renamed, name) || stranger(n.renamed, unhashed(name)) {
			return true
		}
	}
	return false
}

// configMapNames are the strings of a value that the engine may take for the
// name of a ConfigMap, and some more: whatever kind of object it is.
func configMapNames(value any) func(yield func(string) bool) {
	return func(yield func(string) bool) { eachConfigMapName(value, yield) }
}

func eachConfigMapName(value any, yield func(string) bool) bool {
	switch v := value.(type) {
	case []any:
		for _, e := range v {
			if !eachConfigMapName(e, yield) {
				return false
			}
		}
	case map[string]any:
		for key, e := range v {
			for _, name := range namesAt(key, e) {
				if name, ok := name.(string); ok && !yield(name) {
					return false
				}
			}
			if !eachConfigMapName(e, yield) {
				return false
			}
		}
	}
	return true
}

// namesAt are the values below a key that the engine's table of references to
// ConfigMaps ends with.
func namesAt(key string, value any) []any {
	switch key {
	case "configMap", "configMapRef", "configMapKeyRef":
		m, _ := value.(map[string]any)
		return []any{value, m["name"]}
	case "resourceNames":
		list, _ := value.([]any)
		return list
	case "nginx.ingress.kubernetes.io/fastcgi-params-configmap":
		return []any{value}
	}
	return nil
}
