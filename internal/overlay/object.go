package overlay

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// object is a desired object, read once.
type object struct {
	apiVersion, kind, name, namespace string
	component, tier                   string
	// hashed: a ConfigMap whose name gets a content hash.
	hashed bool
	// value is the object as a file of the tree has it: without
	// metadata.namespace, where the tier sets that, and without krm.NeedsHash.
	value map[string]any
}

// compare orders objects by kind and name.
func compare(a, b *object) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name),
		cmp.Compare(a.apiVersion, b.apiVersion), cmp.Compare(a.namespace, b.namespace))
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

// loadOne reads an object of a tier, which says where it is written.
func loadOne(n *yaml.RNode) (*object, error) {
	o, err := readObject(n)
	if err != nil {
		return nil, err
	}
	meta := value.Map(o.value, "metadata")
	labels := value.Map(meta, "labels")
	o.component, _ = labels[krm.NameLabel].(string)
	o.tier, _ = labels[krm.TierLabel].(string)
	for _, l := range [][2]string{{krm.NameLabel, o.component}, {krm.TierLabel, o.tier}} {
		if !folderName.MatchString(l[1]) {
			return nil, fmt.Errorf("read %s: label %s is %q, which names no folder", o, l[0], l[1])
		}
	}
	delete(meta, "namespace")
	return o, nil
}

// readObject reads any object, with its namespace in its value.
func readObject(n *yaml.RNode) (*object, error) {
	o := &object{
		apiVersion: n.GetApiVersion(), kind: n.GetKind(),
		name: n.GetName(), namespace: n.GetNamespace(),
	}
	v, err := value.Read(n.YNode())
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", o, err)
	}
	o.value, _ = v.(map[string]any)
	meta := value.Map(o.value, "metadata")
	if meta == nil || o.apiVersion == "" || o.kind == "" || o.name == "" {
		return nil, fmt.Errorf("read %s: an object needs apiVersion, kind and metadata.name", o)
	}
	annotations := value.Map(meta, "annotations")
	o.hashed = o.kind == "ConfigMap" && annotations[krm.NeedsHash] == "true"
	if o.hashed {
		delete(annotations, krm.NeedsHash)
		dropEmpty(o.value, "data", "binaryData")
	}
	dropEmpty(meta, "labels", "annotations")
	return o, nil
}

// dropEmpty takes away mappings that the engine drops when they are empty.
func dropEmpty(m map[string]any, fields ...string) {
	for _, field := range fields {
		if f, ok := m[field].(map[string]any); ok && len(f) == 0 {
			delete(m, field)
		}
	}
}

// patched are the fields by which a patch finds an object.
func (o *object) patched() map[string]any {
	meta := map[string]any{"name": o.name}
	if namespace, ok := o.spoken(); ok {
		meta["namespace"] = namespace
	}
	return meta
}

// spoken is the namespace that a file of an object says, where no tier sets it.
func (o *object) spoken() (namespace string, ok bool) {
	namespace, ok = value.Map(o.value, "metadata")["namespace"].(string)
	return namespace, ok
}

// part is what a component has in a tier.
type part struct{ tier, component string }

func (o *object) part() part { return part{o.tier, o.component} }

// placed is where an object of a kind is.
type placed struct{ namespace, name string }

func (o *object) placed() placed { return placed{o.namespace, o.name} }

// fileName of an object in a component's folder.
func (o *object) fileName() string {
	name := o.name
	if o.kind == "Job" {
		name = contentHash.ReplaceAllString(o.name, "")
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
