package overlay

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// container is where an image stands, in what is wanted and, for a container
// that base has too, in the object of base.
type container struct {
	want string
	// base is empty for a container that base does not have, and set is then
	// nil: otherwise it writes another image into base's container.
	base string
	set  func(image string)
}

// containers finds the images where the engine's transformer looks: in every
// element of a list called containers or initContainers, at any depth, of
// every kind. The images of volumes are among them, as no versions of the
// engine agree where those are: they only must not be touched.
func containers(want, base any, found *[]container) {
	switch want := want.(type) {
	case map[string]any:
		base, _ := base.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(want)) {
			list, isList := want[key].([]any)
			if reference, ok := want[key].(string); ok && key == "reference" {
				*found = append(*found, container{want: reference})
			}
			if !isList || key != "containers" && key != "initContainers" {
				containers(want[key], base[key], found)
				continue
			}
			others, _ := base[key].([]any)
			for _, e := range list {
				other := named(others, name(e))
				if m, ok := e.(map[string]any); ok {
					if image, ok := m["image"].(string); ok {
						c := container{want: image}
						if c.base, ok = other["image"].(string); ok {
							c.set = func(image string) { other["image"] = image }
						}
						*found = append(*found, c)
					}
				}
				containers(e, any(other), found)
			}
		}
	case []any:
		base, _ := base.([]any)
		for i, e := range want {
			var other any
			if i < len(base) {
				other = base[i]
			}
			containers(e, other, found)
		}
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

// imageEntry is an entry of `images:`.
type imageEntry struct {
	name, newName, newTag, digest string
	matches                       *regexp.Regexp
}

// newImageEntry is for images of a name. The engine takes the name for a
// regular expression. Its versions differ in the digests that they match, so
// any other than sha256 matches nothing here.
func newImageEntry(name string) imageEntry {
	return imageEntry{name: name, matches: regexp.MustCompile(
		"^" + name + "(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$")}
}

func (e imageEntry) fields() fields {
	f := fields{{"name", e.name}}
	f.put("newName", e.newName)
	f.put("newTag", e.newTag)
	f.put("digest", e.digest)
	return f
}

// apply does what the engine does with an image.
func (e imageEntry) apply(image string) string {
	if !e.matches.MatchString(image) {
		return image
	}
	name, tag, digest := splitImage(image)
	if e.newName != "" {
		name = e.newName
	}
	if e.newTag != "" || e.digest != "" {
		tag, digest = e.newTag, e.digest
	}
	if tag != "" {
		name += ":" + tag
	}
	if digest != "" {
		name += "@" + digest
	}
	return name
}

func splitImage(image string) (name, tag, digest string) {
	name, digest, _ = strings.Cut(image, "@")
	if i := strings.LastIndex(name, ":"); i > strings.LastIndex(name, "/") {
		name, tag = name[:i], name[i+1:]
	}
	return name, tag, digest
}

// plainImage is an image whose name means itself as a regular expression, but
// for the dots, and that all versions of the engine read alike.
var plainImage = regexp.MustCompile(`^[a-zA-Z0-9][-a-zA-Z0-9._/]*(:[0-9]+/[-a-zA-Z0-9._/]+)?(:[-a-zA-Z0-9_.]+)?(@sha256:[a-f0-9]+)?$`)

// images finds the entries that turn base's images into those wanted, for all
// containers of a tier at once, and writes the new images into base, so that
// no patch says them again. An image that does not change everywhere alike has
// no entry.
func images(all []container) []any {
	candidates := map[string]imageEntry{}
	for _, c := range all {
		if c.base == "" || c.base == c.want || !plainImage.MatchString(c.base) || !plainImage.MatchString(c.want) {
			continue
		}
		name, tag, digest := splitImage(c.base)
		if _, ok := candidates[name]; ok {
			continue
		}
		e := newImageEntry(name)
		newName, newTag, newDigest := splitImage(c.want)
		if newName != name {
			e.newName = newName
		}
		if newTag != tag || newDigest != digest {
			e.newTag, e.digest = newTag, newDigest
		}
		candidates[name] = e
	}
	for {
		wrong := refuted(candidates, all)
		if wrong == "" {
			break
		}
		delete(candidates, wrong)
	}
	var entries []any
	for _, n := range slices.Sorted(maps.Keys(candidates)) {
		entries = append(entries, candidates[n].fields())
	}
	for _, c := range all {
		if _, ok := candidates[imageName(c.base)]; ok && c.set != nil {
			c.set(c.want)
		}
	}
	return entries
}

func imageName(image string) string { n, _, _ := splitImage(image); return n }

// refuted names an entry that does not give what is wanted. The engine applies
// all entries one after the other to each image, whether it comes from base or
// from a patch that says what is wanted.
func refuted(candidates map[string]imageEntry, all []container) string {
	order := slices.Sorted(maps.Keys(candidates))
	for _, c := range all {
		starts := []string{c.want}
		own := imageName(c.base)
		if _, ok := candidates[own]; ok && c.base != "" {
			starts = append(starts, c.base)
		}
		for _, start := range starts {
			image, touched := start, own
			for _, n := range order {
				if next := candidates[n].apply(image); next != image {
					image, touched = next, n
				}
			}
			if image != c.want {
				return touched
			}
		}
	}
	return ""
}
