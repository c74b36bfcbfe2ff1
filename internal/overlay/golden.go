package overlay

import (
	"strings"

	"github.com/whiskops/whiskops/internal/kustomize"
)

// Golden splits a build into files, one an object, each with the exact bytes
// of the build: <kind>-<name>.yaml, and if two objects share that,
// <kind>-<name>-<namespace>.yaml. In the order of the build, joined by
// "---\n", they are the build.
func Golden(built []kustomize.Object) map[string][]byte {
	files := make(map[string][]byte, len(built))
	for i, name := range GoldenNames(built) {
		files[name] = built[i].YAML
	}
	return files
}

// GoldenNames are the names of Golden's files in the order of the build.
func GoldenNames(built []kustomize.Object) []string {
	stem := func(o kustomize.Object) string {
		return strings.ToLower(o.Kind) + "-" + fileSafe(o.Name)
	}
	shared := map[string]int{}
	for _, o := range built {
		shared[strings.ToLower(stem(o))]++
	}
	taken := names{}
	files := make([]string, len(built))
	for i, o := range built {
		name := stem(o)
		if shared[strings.ToLower(name)] > 1 && o.Namespace != "" {
			name += "-" + o.Namespace
		}
		files[i] = taken.take(name + ".yaml")
	}
	return files
}
