package delivery

import (
	"cmp"
	"strings"
)

// groupKind of objects.
type groupKind struct{ group, kind string }

func (a groupKind) compare(b groupKind) int {
	return cmp.Or(strings.Compare(a.group, b.group), strings.Compare(a.kind, b.kind))
}

// group of an apiVersion; empty for Kubernetes' core.
func group(apiVersion string) string {
	g, _, found := strings.Cut(apiVersion, "/")
	if !found {
		return ""
	}
	return g
}

// plural is the name of a kind's resources, as Kubernetes makes it for its own
// kinds and nearly everybody for theirs.
// Source: apimachinery's meta.UnsafeGuessKindToResource.
func plural(kind string) string {
	name := strings.ToLower(kind)
	switch {
	case strings.HasSuffix(name, "endpoints"):
		return name
	case strings.HasSuffix(name, "s"), strings.HasSuffix(name, "x"):
		return name + "es"
	case strings.HasSuffix(name, "y"):
		return strings.TrimSuffix(name, "y") + "ies"
	default:
		return name + "s"
	}
}
