package overlay

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// images are the entries that turn base's images into those wanted, for all
// containers of a tier at once, by the name that base has. An image that does
// not change everywhere alike has no entry.
type images map[string]imageEntry

// container is an image that is wanted, and that of the same container in
// base, which is empty if base has none.
type container struct{ want, base string }

func findImages(_ *tier, pairs []pair) (form, error) {
	var all []container
	for _, p := range pairs {
		if p.want == nil || p.want.hashed {
			continue
		}
		eachImage(p.want.value, inBase(p), func(c, in map[string]any) {
			all = append(all, container{imageOf(c), imageOf(in)})
		})
	}
	slices.SortFunc(all, func(a, b container) int {
		return cmp.Or(strings.Compare(a.base, b.base), strings.Compare(a.want, b.want))
	})
	entries := images{}
	for _, c := range all {
		if name := imageName(c.base); entries[name].name == "" && c.changes() {
			entries[name] = newImageEntry(c.base, c.want)
		}
	}
	for wrong := entries.refuted(all); wrong != ""; wrong = entries.refuted(all) {
		delete(entries, wrong)
	}
	return entries, nil
}

// inBase is what an object is made of so far, if base has it.
func inBase(p pair) any {
	if p.base == nil {
		return nil
	}
	return p.now
}

func (c container) changes() bool {
	return c.base != "" && c.base != c.want && plainImage.MatchString(c.base) && plainImage.MatchString(c.want)
}

func imageOf(c map[string]any) string {
	image, _ := c["image"].(string)
	return image
}

// eachImage visits, in no order, the containers with images where the engine's
// transformer looks: in every element of a list called containers or
// initContainers, at any depth, of every kind; in is the same container in
// base, or nil. The images of volumes are among them, as if they were in a
// container: no versions of the engine agree where those are, so they only must
// not be touched.
func eachImage(want, base any, visit func(c, in map[string]any)) {
	switch want := want.(type) {
	case map[string]any:
		base, _ := base.(map[string]any)
		for key, is := range want {
			eachImageOf(key, is, base[key], visit)
		}
	case []any:
		base, _ := base.([]any)
		for i, e := range want {
			var other any
			if i < len(base) {
				other = base[i]
			}
			eachImage(e, other, visit)
		}
	}
}

// eachImageOf visits those of a mapping's field.
func eachImageOf(key string, want, base any, visit func(c, in map[string]any)) {
	if reference, ok := want.(string); ok && key == "reference" {
		visit(map[string]any{"image": reference}, nil)
	}
	containers, ok := want.([]any)
	if !ok || key != "containers" && key != "initContainers" {
		eachImage(want, base, visit)
		return
	}
	others, _ := base.([]any)
	for _, c := range containers {
		other := named(others, name(c))
		if c := value.Map(c); imageOf(c) != "" {
			visit(c, other)
		}
		eachImage(c, any(other), visit)
	}
}

func named(list []any, n string) map[string]any {
	for _, e := range list {
		if m, ok := e.(map[string]any); ok && n != "" && name(e) == n {
			return m
		}
	}
	return nil
}

// refuted names an entry that does not give what is wanted. The engine applies
// all entries one after the other to each image, whether it comes from base or
// from a patch that says what is wanted.
func (m images) refuted(all []container) string {
	order := slices.Sorted(maps.Keys(m))
	for _, c := range all {
		starts := []string{c.want}
		own := imageName(c.base)
		if _, ok := m[own]; ok {
			starts = append(starts, c.base)
		}
		for _, start := range starts {
			if image, touched := m.engine(order, start, own); image != c.want {
				return touched
			}
		}
	}
	return ""
}

// engine applies all entries to an image, and tells which was the last that
// changed it.
func (m images) engine(order []string, image, own string) (is, touched string) {
	is, touched = image, own
	for _, n := range order {
		if next := m[n].apply(is); next != is {
			is, touched = next, n
		}
	}
	return is, touched
}

func (m images) apply(pairs []pair) []pair {
	order := slices.Sorted(maps.Keys(m))
	is := func(c map[string]any) string {
		image, _ := m.engine(order, imageOf(c), "")
		return image
	}
	return apply(pairs, func(p pair) map[string]any {
		changed := false
		eachImage(p.now, nil, func(c, _ map[string]any) { changed = changed || is(c) != imageOf(c) })
		if !changed {
			return p.now
		}
		after := value.CopyMap(p.now)
		eachImage(after, nil, func(c, _ map[string]any) { c["image"] = is(c) })
		return after
	})
}

func (m images) emit(s *sheet) error {
	for _, n := range slices.Sorted(maps.Keys(m)) {
		s.images = append(s.images, m[n].fields())
	}
	return nil
}
