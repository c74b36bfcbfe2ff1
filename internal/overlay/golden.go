package overlay

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// Golden splits a build into files, one an object, each with the exact bytes
// of the build: <kind>-<name>.yaml, and if two objects share that,
// <kind>-<name>-<namespace>.yaml. The hash of its content that ends an object's
// name is left out: one that changes is a change of its file, and not another
// file. In the order of the build, joined by "---\n", they are the build.
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
		return strings.ToLower(o.Kind) + "-" + fileSafe(PlainName(o))
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
		files[i] = taken.take(short(name) + ".yaml")
	}
	return files
}

// mostFileName is the most bytes of a file's name before its ending. File systems
// take 255, and a kind, a name and a namespace that a cluster takes may have more.
const mostFileName = 200

// short cuts a name that is too long, and ends it with a hash of all of it.
func short(name string) string {
	if len(name) <= mostFileName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	end := hex.EncodeToString(sum[:6])
	return strings.ToValidUTF8(name[:mostFileName-1-len(end)], "") + "-" + end
}

// jobHash is what names a Job after its content.
var jobHash = regexp.MustCompile(`-[0-9a-f]{8}$`)

// PlainName of an object, without the hash of its content.
func PlainName(o kustomize.Object) string {
	if o.Kind == "Job" && value.Map(o.Value, "metadata", "labels")[krm.ManagedByLabel] == krm.Manager {
		return jobHash.ReplaceAllString(o.Name, "")
	}
	return kustomize.PlainName(o)
}
