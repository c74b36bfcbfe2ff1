package runtimes

import (
	"regexp"
	"strings"
	"sync"
)

// Forms of what stands in a manifest, made when one is read: most runs read none.
var (
	// familyForm is that of <family> where <family>:default is looked up.
	familyForm = form(`[a-z0-9]+`)
	// version is what stands behind it: names of kinds are looked up in lower case.
	version   = form(`[a-z0-9][a-z0-9._-]*`)
	component = form(`[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*`)
	prefix    = form(`[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*`)
	registry  = form(`([a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(:[1-9][0-9]{0,4})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*/?)?`)
	tag       = form(`[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`)
	digest    = form(`sha256:[0-9a-f]{64}`)
)

func form(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(` + text + `)$`) })
}

// maxReference of an image, in bytes, which is what registries take of a name, a
// tag and a digest.
const maxReference = 255 + 1 + 128 + 1 + 71

// mostKind is how long the name of a kind may be: as in the environment's fields.
const mostKind = 50

// badKind says why no action can be of a kind of a family; "" if one can.
// Source: Exec.scala, serdes.
func badKind(family, kind string) string {
	own, v, ok := strings.Cut(kind, ":")
	switch {
	case !ok || own != family:
		return "is not " + quoted(family+":") + " and a version: clients name it by its family"
	case v == "default":
		return "is never found: that name means the family's default"
	case !version().MatchString(v):
		return "has a version that is not made of lower-case letters, digits, \".\", \"_\" and \"-\": OpenWhisk looks for it in lower case"
	case len(kind) > mostKind:
		return "is longer than 50 characters"
	}
	return ""
}

// wrong is the name of the part that no registry takes; "" if it takes all. A digest
// stands behind the tag.
func (i Image) wrong() string {
	tagged, own, pinned := strings.Cut(i.Tag, "@")
	switch {
	case i.Registry != nil && !registry().MatchString(*i.Registry):
		return "registry"
	case i.Prefix != "" && !prefix().MatchString(i.Prefix):
		return "prefix"
	case !component().MatchString(i.Name):
		return "name"
	case i.Tag != "" && !tag().MatchString(tagged), pinned && !digest().MatchString(own):
		return "tag"
	case len(i.Reference("")) > maxReference:
		return "name"
	}
	return ""
}
