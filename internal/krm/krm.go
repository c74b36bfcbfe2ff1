// Package krm is the small ground that the generators share: reading a closed
// functionConfig, and adding, finding and changing objects of a ResourceList.
// It knows the conventions of the generated tree (labels, the hash
// annotation), no component and no OpenWhisk. What an object is inside is in
// internal/value.
package krm

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/edit"
	"github.com/whiskops/whiskops/internal/value"
)

// APIVersion of every functionConfig.
const APIVersion = "whiskops.github.io/v1alpha1"

// Labels of generated objects. NameLabel says which component an object
// belongs to, and is the one label that selectors use. TierLabel says which
// tier of the installation the component is part of.
const (
	NameLabel      = "app.kubernetes.io/name"
	TierLabel      = "app.kubernetes.io/component"
	PartOfLabel    = "app.kubernetes.io/part-of"
	ManagedByLabel = "app.kubernetes.io/managed-by"
)

// Manager is the value of ManagedByLabel.
const Manager = "whiskops"

// Tiers in the order in which they are applied: each may need those before it.
var Tiers = [...]string{"foundation", "actions", "data", "setup", "core", "edge", "packages", "observability"}

// Owner says to what an object belongs. It is part of every functionConfig
// that makes objects, and decides in which folder they are written.
type Owner struct {
	// Component is the folder below base/ and the value of NameLabel.
	Component string `json:"component"`
	// Tier is the folder below overlays/<environment>/ and the value of
	// TierLabel.
	Tier string `json:"tier"`
}

// NeedsHash asks for a content hash in a ConfigMap's name. It is Kustomize's
// own annotation for generators.
const NeedsHash = "kustomize.config.k8s.io/needs-hash"

// M is a YAML mapping under construction; L a sequence.
type (
	M = map[string]any
	L = []any
	// Into is an entry of a list in a fragment that is there already.
	Into = edit.Into
)

// Labels of an object.
func (o Owner) Labels() M {
	return M{NameLabel: o.Component, TierLabel: o.Tier, PartOfLabel: "openwhisk", ManagedByLabel: Manager}
}

// Made are the labels of an object, for a function that is for everybody.
func (o Owner) Made() Labels {
	return Labels{NameLabel: o.Component, TierLabel: o.Tier, PartOfLabel: "openwhisk", ManagedByLabel: Manager}
}

// Pods are the labels that select the owner's pods.
func (o Owner) Pods() map[string]string { return map[string]string{NameLabel: o.Component} }

// Selector of the owner's pods.
func (o Owner) Selector() M { return M{NameLabel: o.Component} }

// Object starts an object, without a namespace: the pipeline sets that.
func (o Owner) Object(apiVersion, kind, name string) M {
	return M{
		"apiVersion": apiVersion, "kind": kind,
		"metadata": M{"name": name, "labels": o.Labels()},
	}
}

// ConfigMap with a content hash in its name.
func (o Owner) ConfigMap(name string, data map[string]string) M {
	c := o.Object("v1", "ConfigMap", name)
	c["data"] = data
	return Annotate(c, map[string]string{NeedsHash: "true"})
}

// Elsewhere is the annotation of a NetworkPolicy that names, with commas, hosts without a
// dot that its pods call outside the cluster: by themselves they look like Services.
const Elsewhere = "whiskops.github.io/elsewhere"

// Judged are annotations that have kube-score pass over some of its tests, and
// say why, by the tests' names.
func Judged(reasons map[string]string) map[string]string {
	if len(reasons) == 0 {
		return nil
	}
	var why []string
	for _, test := range Keys(reasons) {
		why = append(why, test+": "+reasons[test])
	}
	return map[string]string{
		"kube-score/ignore":             strings.Join(Keys(reasons), ","),
		"whiskops.github.io/kube-score": strings.Join(why, "; "),
	}
}

// Annotate adds annotations to an object under construction.
func Annotate(o M, annotations map[string]string) M {
	if len(annotations) == 0 {
		return o
	}
	meta := o["metadata"].(M)
	all, _ := meta["annotations"].(M)
	if all == nil {
		all = M{}
	}
	for k, v := range annotations {
		all[k] = v
	}
	meta["annotations"] = all
	return o
}

// Add appends objects to the list. Their keys are sorted, so that the same
// object has the same bytes however it was built.
func Add(rl *ResourceList, objects ...M) error {
	for _, o := range objects {
		n, err := Node(o)
		if err != nil {
			return err
		}
		rl.Items = append(rl.Items, n)
	}
	return nil
}

// Workloads returns the objects with pods that belong to a component, in the
// order of the list.
func Workloads(rl *ResourceList, component string) []*yaml.RNode {
	var found []*yaml.RNode
	for _, n := range rl.Items {
		if value.RunsPods(n.GetKind()) && n.GetLabels()[NameLabel] == component {
			found = append(found, n)
		}
	}
	return found
}
