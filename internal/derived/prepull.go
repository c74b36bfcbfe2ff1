package derived

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/value"
)

// How the catalogue, and what is made of it, names an image that is not in its list
// of images: "kind:nodejs:20", and "blackbox:" with the reference.
const (
	ofKind     = "kind:"
	ofBlackbox = "blackbox:"
)

// eachPulled is what an entry of a list of containers says that stands for one for
// each image that nodes pull ahead.
const eachPulled = "pulled"

// Workload of a component, with its templates filled in.
func (v *Values) Workload(component string) (map[string]any, error) {
	filled, err := catalog.Expand(v.Catalog.Components[component].Workload, v)
	if err != nil {
		return nil, err
	}
	w := maps.Clone(value.Map(filled))
	if init, ok := w["init"].([]any); ok {
		w["init"] = v.spread(init)
	}
	return w, nil
}

// spread puts the containers that pull images in the place of the entry that stands for
// them. What a user wrote gets here after templates are filled in.
func (v *Values) spread(list []any) []any {
	var all []any
	for _, entry := range list {
		m, _ := entry.(map[string]any)
		if m["each"] != eachPulled {
			all = append(all, entry)
			continue
		}
		for _, p := range v.pulls() {
			one := maps.Clone(m)
			delete(one, "each")
			one["name"], one["image"] = p.container, p.image
			if len(p.command) > 0 {
				command := make([]any, len(p.command))
				for i, word := range p.command {
					command[i] = word
				}
				one["command"] = command
			}
			all = append(all, one)
		}
	}
	return all
}

// pulled is an image that nodes pull ahead.
type pulled struct {
	// container by which they do, and the image as the catalogue would name it.
	container, image string
	// command if it is not the catalogue's.
	command []string
}

// pulls are the images of the kinds that can be run, each once, and those of users.
func (v *Values) pulls() []pulled {
	var all []pulled
	names, seen := map[string]bool{}, map[string]bool{}
	add := func(p pull, name, image, reference string) {
		if !p.ahead || seen[reference] {
			return
		}
		seen[reference] = true
		all = append(all, pulled{containerName(names, name), image, p.command})
	}
	for _, k := range v.kinds {
		if !k.Deprecated {
			add(k.pull, k.Kind.Kind, ofKind+k.Kind.Kind, v.ImageOf(k.Image))
		}
	}
	for _, b := range v.blackboxes {
		add(b.pull, b.Name+"-"+b.Tag, ofBlackbox+v.ImageOf(b.Image), v.ImageOf(b.Image))
	}
	return all
}

var noLabel = regexp.MustCompile(`[^a-z0-9]+`)

// maxContainer is the length of a container's name, without room for a number.
const maxContainer = 63 - len("-999")

// containerName is one of its own for an image that is pulled.
func containerName(taken map[string]bool, of string) string {
	name := "pull-" + noLabel.ReplaceAllString(strings.ToLower(of), "-")
	name = strings.TrimRight(name[:min(len(name), maxContainer)], "-")
	own := name
	for n := 2; taken[own]; n++ {
		own = fmt.Sprintf("%s-%d", name, n)
	}
	taken[own] = true
	return own
}

// reference of an image that is not in the catalogue's list; "" where it is one of
// that list.
func (v *Values) actionImage(name string) string {
	if reference, ok := strings.CutPrefix(name, ofBlackbox); ok {
		return reference
	}
	kind, ok := strings.CutPrefix(name, ofKind)
	if !ok {
		return ""
	}
	i := slices.IndexFunc(v.kinds, func(k Kind) bool { return k.Kind.Kind == kind })
	return v.ImageOf(v.kinds[i].Image)
}
