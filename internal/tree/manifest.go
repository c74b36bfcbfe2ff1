package tree

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ManifestName is the file in each generated folder that lists its files.
const ManifestName = ".whiskops"

// manifest has the hashes that are known for each path, relative to the
// folder. More than one only if git merged two lists.
type manifest map[string][]string

// damage says where and why a manifest cannot be read.
type damage struct {
	line   int
	reason string
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// comment begins a line that is for people and for git: sha256sum passes over it.
const comment = "# "

// formatManifest puts the name of each file on a line of its own before its hash.
// So two branches that change neighbours change no lines that touch, and git
// merges their manifests.
func formatManifest(files map[string][]byte) []byte {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "%s%s\n%s  %s\n", comment, name, hash(files[name]), name)
	}
	return []byte(b.String())
}

// isHash tells whether a text is a hash as it stands in manifests and journals.
func isHash(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}

// manifestLine takes a line apart.
func manifestLine(line string) (sum, name string, ok bool) {
	sum, name, ok = strings.Cut(line, "  ")
	return sum, name, ok && isHash(sum) && name != ""
}

// parseManifest returns all lines that can be read, the paths of files that git
// merged, and the first damage or nil. Such a path has its line in a conflict, or
// two hashes: git keeps the lines of both sides with merge=union. Any order of
// lines is fine, and neither a conflict, in whatever state, nor a union is damage.
func parseManifest(data []byte) (m manifest, contested map[string]bool, first *damage) {
	r := manifestReader{manifest: manifest{}, contested: map[string]bool{}}
	if len(data) == 0 {
		return r.manifest, r.contested, nil
	}
	text := strings.TrimSuffix(string(data), "\n")
	if !strings.HasSuffix(string(data), "\n") {
		r.damaged(strings.Count(text, "\n")+1, "the last line has no end")
	}
	lines := strings.Split(text, "\n")
	doubt := doubts(lines)
	for i, line := range lines {
		r.line(i+1, line, doubt[i])
	}
	return r.manifest, r.contested, r.first
}

type manifestReader struct {
	manifest  manifest
	contested map[string]bool
	first     *damage
}

func (r *manifestReader) damaged(line int, format string, args ...any) {
	if r.first == nil {
		r.first = &damage{line, fmt.Sprintf(format, args...)}
	}
}

func (r *manifestReader) line(number int, line string, inConflict bool) {
	if mark(line) != 0 || strings.HasPrefix(line, comment) && !strings.HasSuffix(line, "\r") {
		return
	}
	sum, name, ok := manifestLine(strings.TrimSuffix(line, "\r"))
	if strings.HasSuffix(line, "\r") {
		r.damaged(number, "the line ends with CR LF, which git writes without the .gitattributes of whiskops")
	}
	switch {
	case !ok:
		r.damaged(number, "%q is no line of sha256sum", shorten(line))
		return
	case !validPath(name) || within(ManifestName, name):
		r.damaged(number, "%q is not the path of a generated file", shorten(name))
		return
	case slices.Contains(r.manifest[name], sum):
		r.contested[name] = r.contested[name] || inConflict
		return
	case inConflict || r.manifest[name] != nil:
		r.contested[name] = true
	}
	r.manifest[name] = append(r.manifest[name], sum)
}

// shorten keeps a garbled line from filling the screen.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return s
}

// Listed are the names of the files that a manifest lists, sorted, as far as it can be read.
func Listed(text []byte) []string {
	m, _, _ := parseManifest(text)
	return slices.Sorted(maps.Keys(m))
}

// Records tells whether a manifest says of a file, without contradiction, that it has
// this content.
func Records(text []byte, name string, content []byte) bool {
	m, contested, _ := parseManifest(text)
	return !contested[name] && len(m[name]) == 1 && m[name][0] == hash(content)
}
