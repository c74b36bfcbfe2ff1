package derived

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/field"
)

// Image that an environment runs.
type Image struct {
	// Name is the catalogue's; empty for the image of a language.
	Name string
	// Reference is what a registry is asked for: repository:tag, with a digest if
	// the environment has one.
	Reference string
	// Components that have it in a pod of theirs.
	Components []string
	// Kinds of actions that run in it.
	Kinds []string
	// Blackbox: users may build upon it, and name it themselves.
	Blackbox bool
}

// Lockable tells whether the tree names the image, so that it can be pinned.
func (i Image) Lockable() bool { return !i.Blackbox }

// Parts are repository, tag and digest of the reference; the last two may be empty.
func (i Image) Parts() (repository, tag, digest string) {
	repository, digest, _ = strings.Cut(i.Reference, "@")
	if at := strings.LastIndex(repository, ":"); at > strings.LastIndex(repository, "/") {
		repository, tag = repository[:at], repository[at+1:]
	}
	return repository, tag, digest
}

// ofField is how the catalogue names an image that a field of the environment names:
// "field:packages.image.reference".
const ofField = "field:"

// Reference of an image of the catalogue, as the environment has it, before
// anything is pinned.
func (v *Values) Reference(name string) string {
	if reference := v.actionImage(name); reference != "" {
		return reference
	}
	if path, ok := strings.CutPrefix(name, ofField); ok {
		return field.Of(v.Env, path).String()
	}
	i, own := v.Catalog.Images[name], v.Env.Images[name]
	repository := cmp.Or(own.Repository, Mirrored(v.Env.Mirror, i.Repository))
	ref := repository + ":" + cmp.Or(own.Tag, i.Tag)
	if own.Digest != "" {
		ref += "@" + own.Digest
	}
	return ref
}

// Image of the catalogue as a container names it, with its digest if one is
// known.
func (v *Values) Image(name string) string {
	ref := v.Reference(name)
	if strings.Contains(ref, "@") || strings.HasPrefix(name, ofBlackbox) {
		return ref // users' pods ask for theirs by what stands there
	}
	return ref + v.pin(ref)
}

// pin is what fixes a reference, if it is locked: "@" and a digest.
func (v *Values) pin(reference string) string {
	if l, ok := v.Env.Lock[reference]; ok {
		return "@" + l.Digest
	}
	return ""
}

// OnDockerHub tells whether a repository has no registry in it.
func OnDockerHub(repository string) bool {
	host, _, nested := strings.Cut(repository, "/")
	return !nested || host != "localhost" && !strings.ContainsAny(host, ".:")
}

// Mirrored is the name that a repository has where Docker Hub has a mirror. One of
// another registry keeps its own.
func Mirrored(mirror, repository string) string {
	if mirror == "" || !OnDockerHub(repository) {
		return repository
	}
	if !strings.Contains(repository, "/") {
		// What Docker itself publishes has a short name on Docker Hub alone.
		repository = "library/" + repository
	}
	return mirror + "/" + repository
}

// Images that the environment runs, in the order of their references: those of
// all containers, those in which actions run, and those that users' own build upon.
func (v *Values) Images() []Image {
	all := map[string]*Image{}
	add := func(name, ref, component, kind string) *Image {
		i, ok := all[ref]
		if !ok {
			i = &Image{Name: name, Reference: ref}
			all[ref] = i
		}
		if component != "" && !slices.Contains(i.Components, component) {
			i.Components = append(i.Components, component)
		}
		if kind != "" {
			i.Kinds = append(i.Kinds, kind)
		}
		return i
	}
	pulling := map[string]string{}
	for _, component := range v.Components() {
		for _, name := range v.ImagesOf(component) {
			own := name
			if strings.HasPrefix(name, ofBlackbox) {
				pulling[v.Reference(name)] = component
				continue
			}
			if strings.HasPrefix(name, ofKind) || strings.HasPrefix(name, ofField) {
				own = "" // it is a language's or the user's, whoever has it
			}
			add(own, v.Reference(name), component, "")
		}
		for _, reference := range v.addedImages(component) {
			add("", reference, component, "")
		}
	}
	for _, k := range v.kinds {
		add("", v.ImageOf(k.Image), "", k.Kind.Kind)
	}
	for _, b := range v.blackboxes {
		if ref := v.ImageOf(b.Image); all[ref] == nil {
			add("", ref, pulling[ref], "").Blackbox = true
		}
	}
	images := make([]Image, 0, len(all))
	for _, ref := range slices.Sorted(maps.Keys(all)) {
		images = append(images, *all[ref])
	}
	return images
}

// ImagesOf a component are those of its pods by the catalogue's names: its own, those
// that run before it and beside it, and those that servers ask of their clients.
func (v *Values) ImagesOf(component string) []string {
	c := v.Catalog.Components[component]
	names := []string{c.Image}
	for _, list := range []string{"init", "sidecars"} {
		for _, m := range v.there(c.Workload[list]) {
			names = append(names, cmp.Or(textOf(m, "image"), c.Image))
		}
	}
	if waits, _ := c.Workload["waits"].([]any); len(waits) > 0 {
		names = append(names, v.Catalog.WaitImage)
	}
	for _, asked := range v.Accesses(component) {
		for _, m := range v.there(asked.Access["init"]) {
			names = append(names, textOf(m, "image"))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// there are the mappings of a list of the catalogue's whose condition holds, with
// their templates.
func (v *Values) there(list any) []map[string]any {
	var all []map[string]any
	listed, _ := list.([]any)
	for _, one := range v.spread(listed) {
		m, _ := one.(map[string]any)
		if on, err := catalog.Text(textOf(m, "if"), v); err != nil || m["if"] != nil && on != "true" {
			continue // a fault of the catalogue is found when the workload is planned
		}
		all = append(all, m)
	}
	return all
}

// textOf a field of a mapping; empty where it is none.
func textOf(m map[string]any, field string) string {
	text, _ := m[field].(string)
	return text
}
