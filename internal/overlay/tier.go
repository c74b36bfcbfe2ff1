package overlay

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// tier is the folder of an environment's tier under construction.
type tier struct {
	name     string
	header   string
	base     *Base
	accounts accounts
	pairs    []*pair
	files    map[string][]byte
}

// pair is an object of base and the same object in an environment. One of them
// may be nil: an object that is new, or gone.
type pair struct {
	base, want *object
	// after is the base object as the tier makes it, while that is computed.
	after map[string]any
}

func (p *pair) owner() part {
	if p.want != nil {
		return part{p.want.tier, p.want.component}
	}
	return part{p.base.tier, p.base.component}
}

// toRoot leads from a tier's folder, overlays/<environment>/<tier>, to the root.
const toRoot = "../../../"

func (t *tier) write() error {
	listed := t.list()
	var folders, own, generators, patches []any
	for _, folder := range listed {
		folders = append(folders, toRoot+folder)
	}
	taken := names{"kustomization.yaml": true, "kustomization.yml": true, "kustomization": true, "patches": true}
	patchNames := names{}
	gone := map[string][]any{}
	var all []container
	for _, p := range t.pairs {
		switch {
		case p.want == nil:
			gone[p.base.component] = append(gone[p.base.component], removal(p.base))
		case p.base == nil && p.want.hashed:
			entry, files, err := generator(p.want, t.header, taken)
			if err != nil {
				return fmt.Errorf("write %s: %w", p.want, err)
			}
			generators = append(generators, entry)
			t.add(files)
		case p.base == nil:
			name := taken.take(t.stem(p.want) + ".yaml")
			if err := t.render(name, p.want.value); err != nil {
				return err
			}
			own = append(own, name)
			containers(p.want.value, nil, &all)
		case p.base.hashed:
			entry, files, after, err := regenerate(p.base, p.want, t.header, taken)
			if err != nil {
				return fmt.Errorf("write %s: %w", p.want, err)
			}
			if entry != nil {
				generators = append(generators, entry)
			}
			p.after = after
			t.add(files)
		default:
			p.after = t.accounts.expand(p.base)
			containers(p.want.value, p.after, &all)
		}
	}
	replicas := t.replicas()
	imageEntries := images(all)
	objects := t.objects()
	for _, p := range t.pairs {
		if p.after == nil {
			continue
		}
		if p.want.kind == "Namespace" {
			// The engine gives it the tier's namespace for a name.
			p.after["metadata"].(map[string]any)["name"] = p.want.name
		}
		if equal(p.after, p.want.value) {
			continue
		}
		d, err := diff(p.base, p.after, p.want, targetOf(p.base, objects))
		if err != nil {
			return fmt.Errorf("patch %s: %w", p.want, err)
		}
		name := path.Join("patches", patchNames.take(t.stem(p.want)+".yaml"))
		if err := t.render(name, d.content); err != nil {
			return err
		}
		patches = append(patches, append(fields{{"path", name}}, d.entry...))
	}
	for component, documents := range gone {
		name := path.Join("patches", patchNames.take(component+"-removed.yaml"))
		if err := t.render(name, documents...); err != nil {
			return err
		}
		patches = append(patches, fields{{"path", name}})
	}
	slices.SortFunc(own, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	slices.SortFunc(generators, byFirst)
	slices.SortFunc(patches, byFirst)
	k := kustomization()
	k.put("namespace", t.namespace())
	k.put("resources", append(folders, own...))
	k.put("configMapGenerator", generators)
	k.put("replicas", replicas)
	k.put("images", imageEntries)
	k.put("patches", patches)
	return t.render("kustomization.yaml", k)
}

// byFirst orders entries by their first field.
func byFirst(a, b any) int {
	return strings.Compare(a.(fields)[0].value.(string), b.(fields)[0].value.(string))
}

// list returns the folders of base that the tier takes, sorted, and forgets
// the pairs of those that it does not: a component that is wholly absent, and
// one that has an object with a hashed name here and a plain one there, which
// no overlay can say. What is wanted of those is written whole.
func (t *tier) list() []string {
	kept, mixed := map[part]bool{}, map[part]bool{}
	for _, p := range t.pairs {
		if p.base != nil && p.want != nil {
			own := part{p.base.tier, p.base.component}
			kept[own] = true
			if p.base.hashed != p.want.hashed {
				mixed[own] = true
			}
		}
	}
	var pairs []*pair
	for _, p := range t.pairs {
		if p.base != nil {
			own := part{p.base.tier, p.base.component}
			if !kept[own] || mixed[own] {
				p.base = nil
			}
		}
		if p.base != nil || p.want != nil {
			pairs = append(pairs, p)
		}
	}
	t.pairs = pairs
	var folders []string
	for own := range kept {
		if !mixed[own] {
			folders = append(folders, t.base.folders[own])
		}
	}
	slices.Sort(folders)
	return folders
}

// objects are all that the tier's patches can find, as base names them.
func (t *tier) objects() []*object {
	var all []*object
	for _, p := range t.pairs {
		if p.base != nil {
			all = append(all, p.base)
		} else {
			all = append(all, p.want)
		}
	}
	return all
}

func (t *tier) namespace() string {
	for _, p := range t.pairs {
		if p.want != nil && p.want.namespace != "" {
			return p.want.namespace
		}
	}
	for _, p := range t.pairs {
		if p.want != nil && p.want.kind == "Namespace" {
			return p.want.name
		}
	}
	return ""
}

func (t *tier) add(files map[string][]byte) {
	for name, content := range files {
		t.files[name] = content
	}
}

func (t *tier) render(name string, documents ...any) error {
	content, err := render(t.header, documents...)
	t.files[name] = content
	return err
}

// removal is the patch that deletes an object of base.
func removal(o *object) any {
	return map[string]any{
		"$patch": "delete", "apiVersion": o.apiVersion, "kind": o.kind,
		"metadata": map[string]any{"name": o.name},
	}
}

// stem names an object's file after its component and its kind, and after the
// object if the component has several of that kind.
func (t *tier) stem(o *object) string {
	kind := o.component + "-" + strings.ToLower(o.kind)
	of := 0
	for _, p := range t.pairs {
		if p.owner() == (part{o.tier, o.component}) && (p.base != nil && p.base.kind == o.kind || p.want != nil && p.want.kind == o.kind) {
			of++
		}
	}
	name := o.name
	if o.kind == "Job" {
		name = contentHash.ReplaceAllString(name, "")
	}
	if of < 2 || name == o.component {
		return kind
	}
	return kind + "-" + fileSafe(strings.TrimPrefix(name, o.component+"-"))
}

// scaled are the kinds whose replicas the engine's `replicas:` sets.
var scaled = []string{"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"}

// replicas finds the entries that set base's replicas to those wanted, and
// writes them into base so that no patch says them again. An entry goes by name
// alone, so all kinds of that name must want the same.
func (t *tier) replicas() []any {
	wanted := map[string]any{}
	for _, p := range t.pairs {
		if p.want == nil || !slices.Contains(scaled, p.want.kind) {
			continue
		}
		n := mapping(p.want.value, "spec")["replicas"]
		if other, ok := wanted[p.want.name]; ok && other != n {
			n = nil
		}
		wanted[p.want.name] = n
	}
	var entries []any
	seen := map[string]bool{}
	for _, p := range t.pairs {
		if p.after == nil || !slices.Contains(scaled, p.want.kind) {
			continue
		}
		n, ok := wanted[p.want.name].(int64)
		spec := mapping(p.after, "spec")
		if !ok || n < 0 || spec == nil || spec["replicas"] == any(n) {
			continue
		}
		spec["replicas"] = n
		if !seen[p.want.name] {
			seen[p.want.name] = true
			entries = append(entries, fields{{"name", p.want.name}, {"count", n}})
		}
	}
	slices.SortFunc(entries, byFirst)
	return entries
}

func groupVersion(apiVersion string) (group, version string) {
	if g, v, ok := strings.Cut(apiVersion, "/"); ok {
		return g, v
	}
	return "", apiVersion
}
