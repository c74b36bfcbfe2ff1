package overlay

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
)

// object is a desired object, read once.
type object struct {
	apiVersion, kind, name, namespace string
	component, tier                   string
	// hashed: a ConfigMap whose name gets a content hash.
	hashed bool
	// value is the object as a file of the tree has it: without
	// metadata.namespace, which the tier sets, and without krm.NeedsHash.
	value map[string]any
}

func (o *object) String() string {
	if o.namespace == "" {
		return o.kind + " " + o.name
	}
	return o.kind + " " + o.namespace + "/" + o.name
}

// folderName is what a component or a tier may be called: it becomes a folder.
var folderName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

func load(nodes []*yaml.RNode) ([]*object, error) {
	objects := make([]*object, len(nodes))
	for i, n := range nodes {
		o, err := loadOne(n)
		if err != nil {
			return nil, err
		}
		objects[i] = o
	}
	return objects, nil
}

func loadOne(n *yaml.RNode) (*object, error) {
	o := &object{
		apiVersion: n.GetApiVersion(), kind: n.GetKind(),
		name: n.GetName(), namespace: n.GetNamespace(),
	}
	v, err := kustomize.Value(n.YNode())
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", o, err)
	}
	value, ok := v.(map[string]any)
	meta, _ := value["metadata"].(map[string]any)
	if !ok || meta == nil || o.apiVersion == "" || o.kind == "" || o.name == "" {
		return nil, fmt.Errorf("read %s: an object needs apiVersion, kind and metadata.name", o)
	}
	o.value = value
	labels, _ := meta["labels"].(map[string]any)
	o.component, _ = labels[krm.NameLabel].(string)
	o.tier, _ = labels[krm.TierLabel].(string)
	for label, folder := range map[string]string{krm.NameLabel: o.component, krm.TierLabel: o.tier} {
		if !folderName.MatchString(folder) {
			return nil, fmt.Errorf("read %s: label %s is %q, which names no folder", o, label, folder)
		}
	}
	delete(meta, "namespace")
	if annotations, ok := meta["annotations"].(map[string]any); ok {
		o.hashed = o.kind == "ConfigMap" && annotations[krm.NeedsHash] == "true"
		if o.hashed {
			delete(annotations, krm.NeedsHash)
		}
	}
	// The engine drops these maps when they are empty.
	for _, field := range []string{"labels", "annotations"} {
		if m, ok := meta[field].(map[string]any); ok && len(m) == 0 {
			delete(meta, field)
		}
	}
	if o.hashed {
		for _, field := range []string{"data", "binaryData"} {
			if m, ok := value[field].(map[string]any); ok && len(m) == 0 {
				delete(value, field)
			}
		}
	}
	return o, nil
}

// identity says which object of base and which of an environment are one and
// the same, though their namespaces and some of their names differ.
type identity struct{ tier, apiVersion, kind, name string }

// contentHash is the end of a Job's name that a generator derives from the
// Job's content.
var contentHash = regexp.MustCompile(`-[a-z0-9]{8,10}$`)

// identify gives each object of both sets its identity. A Namespace is the one
// of its tier; a Job is the one of its component, or if a component has
// several, the one whose name is the same but for the hash.
func identify(sets ...[]*object) []map[identity]*object {
	several := map[[2]string]bool{}
	for _, set := range sets {
		jobs := map[[2]string]bool{}
		for _, o := range set {
			if key := [2]string{o.tier, o.component}; o.kind == "Job" {
				several[key] = several[key] || jobs[key]
				jobs[key] = true
			}
		}
	}
	found := make([]map[identity]*object, len(sets))
	for i, set := range sets {
		found[i] = make(map[identity]*object, len(set))
		for _, o := range set {
			id := identity{o.tier, o.apiVersion, o.kind, o.name}
			switch {
			case o.kind == "Namespace" && o.apiVersion == "v1":
				id.name = ""
			case o.kind == "Job" && several[[2]string{o.tier, o.component}]:
				id.name = contentHash.ReplaceAllString(o.name, "")
			case o.kind == "Job":
				id.name = o.component + "/"
			}
			if other := found[i][id]; other != nil {
				// Two that cannot be told apart are not matched at all.
				id.name = o.name + "/" + o.namespace
			}
			found[i][id] = o
		}
	}
	return found
}

func byIdentity(m map[identity]*object) []identity {
	return slices.SortedFunc(maps.Keys(m), func(a, b identity) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(a.kind, b.kind),
			cmp.Compare(a.name, b.name), cmp.Compare(a.apiVersion, b.apiVersion))
	})
}

// fileName of an object in a component's folder.
func (o *object) fileName() string {
	name := o.name
	if o.kind == "Job" {
		name = o.component
		if !strings.HasPrefix(o.name, o.component) || contentHash.ReplaceAllString(o.name, "") != o.component {
			name = contentHash.ReplaceAllString(o.name, "")
		}
	}
	return strings.ToLower(o.kind) + "-" + fileSafe(name) + ".yaml"
}

// fileSafe replaces what some file systems do not take: RBAC names may have
// colons.
func fileSafe(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ':' || r == '/' || r == '\\' {
			return '-'
		}
		return r
	}, name)
}

// names hands out file names in one folder, each once, also where upper and
// lower case are the same.
type names map[string]bool

func (n names) take(name string) string {
	stem, ext := name, ""
	if dot := strings.LastIndex(name, "."); dot > 0 {
		stem, ext = name[:dot], name[dot:]
	}
	for i := 2; n[strings.ToLower(name)]; i++ {
		name = fmt.Sprintf("%s-%d%s", stem, i, ext)
	}
	n[strings.ToLower(name)] = true
	return name
}
