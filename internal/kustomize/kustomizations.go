package kustomize

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// Kustomization is one of the user's own that a build read, as far as others judge
// it.
type Kustomization struct {
	File string
	// Component tells that it changes what others bring.
	Component bool
	Targets   []Target
	// Constructs are uses of fields that not all versions of the engine build alike.
	Constructs []Construct
	// Written are the objects in files of its folder and below, before they are
	// built: their kinds, names and labels.
	Written []Object
}

// Target is what a patch, a replacement or an image is for. A part that is empty
// says nothing; the others are regular expressions.
type Target struct {
	At    Place
	Field string // of the kustomization
	// Group, Version, Kind, Name and Namespace of objects, and selectors of their
	// Labels and Annotations.
	Group, Version, Kind, Name, Namespace, Labels, Annotations string
	// Image without its tag, for images; all else is empty then.
	Image string
}

// String shows what a target says.
func (t Target) String() string {
	if t.Image != "" {
		return fmt.Sprintf("image %q", t.Image)
	}
	var all []string
	for _, part := range []struct{ name, is string }{
		{"group", t.Group}, {"version", t.Version}, {"kind", t.Kind}, {"name", t.Name}, {"namespace", t.Namespace},
		{"labelSelector", t.Labels}, {"annotationSelector", t.Annotations},
	} {
		if part.is != "" {
			all = append(all, fmt.Sprintf("%s %q", part.name, part.is))
		}
	}
	return strings.Join(all, ", ")
}

// Construct is the use of a field.
type Construct struct {
	At    Place
	Field string
}

// Kustomizations are those that a build read from the disk, by their paths.
func (t *Tree) Kustomizations() []Kustomization {
	var all []Kustomization
	var written []Object
	t.own.each(func(file string, top *yaml.Node) {
		if !isKustomization(file) {
			for _, n := range listed(top) {
				if o, ok := writtenObject(n); ok {
					written = append(written, o)
				}
			}
			return
		}
		k := Kustomization{File: file, Component: text(field(top, "kind")) == "Component"}
		k.read(file, top)
		all = append(all, k)
	})
	for i := range all {
		all[i].Written = written
	}
	return all
}

func writtenObject(n *yaml.Node) (Object, bool) {
	v, err := value.Read(n)
	m, ok := v.(map[string]any)
	if err != nil || !ok {
		return Object{}, false
	}
	meta := value.Map(m, "metadata")
	o := Object{Value: m}
	o.APIVersion, _ = m["apiVersion"].(string)
	o.Kind, _ = m["kind"].(string)
	o.Name, _ = meta["name"].(string)
	o.Namespace, _ = meta["namespace"].(string)
	return o, o.Kind != ""
}

func (k *Kustomization) read(file string, top *yaml.Node) {
	for _, name := range []string{"patches", "patchesJson6902"} {
		for _, p := range entries(field(top, name)) {
			k.target(file, name, field(p, "target"))
		}
	}
	for _, r := range entries(field(top, "replacements")) {
		for _, t := range entries(field(r, "targets")) {
			k.target(file, "replacements", field(t, "select"))
		}
	}
	for _, i := range entries(field(top, "images")) {
		if n := field(i, "name"); n != nil && n.Value != "" {
			k.Targets = append(k.Targets, Target{At: at(file, n), Field: "images", Image: n.Value})
		}
	}
	for _, l := range entries(field(top, "labels")) {
		for _, name := range []string{"includeTemplates", "includeVolumeClaimTemplates"} {
			if n := field(l, name); n != nil && n.Value == "true" {
				k.Constructs = append(k.Constructs, Construct{at(file, n), name})
			}
		}
	}
}

func (k *Kustomization) target(file, name string, n *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return
	}
	part := func(name string) string { return text(field(n, name)) }
	best := n
	for _, name := range []string{"kind", "name"} {
		if v := field(n, name); v != nil {
			best = v
		}
	}
	t := Target{
		At: at(file, best), Field: name, Group: part("group"), Version: part("version"), Kind: part("kind"), Name: part("name"),
		Namespace: part("namespace"), Labels: part("labelSelector"), Annotations: part("annotationSelector"),
	}
	k.Targets = append(k.Targets, t)
}

// entries of a list.
func entries(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}
