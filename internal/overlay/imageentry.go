package overlay

import (
	"regexp"
	"strings"
)

// imageEntry is an entry of `images:`.
type imageEntry struct {
	name, newName, newTag, digest string
	matches                       *regexp.Regexp
}

// newImageEntry turns one image into another, and all others of its name. The
// engine takes the name for a regular expression. Its versions differ in the
// digests that they match, so any other than sha256 matches nothing here.
func newImageEntry(from, to string) imageEntry {
	name, tag, digest := splitImage(from)
	e := imageEntry{name: name, matches: regexp.MustCompile(
		"^" + name + "(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$")}
	newName, newTag, newDigest := splitImage(to)
	if newName != name {
		e.newName = newName
	}
	if newTag != tag || newDigest != digest {
		e.newTag, e.digest = newTag, newDigest
	}
	return e
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

func imageName(image string) string { n, _, _ := splitImage(image); return n }
