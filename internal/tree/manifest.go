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
// folder. More than one only if it was salvaged from a merge conflict.
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

// formatManifest has no comment: sha256sum -c would complain about it.
func formatManifest(files map[string][]byte) []byte {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "%s  %s\n", hash(files[name]), name)
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

// parseManifest returns all lines that can be read, and the first damage or
// nil. Any order of lines is fine.
func parseManifest(data []byte) (manifest, *damage) {
	m := manifest{}
	var first *damage
	damaged := func(line int, format string, args ...any) {
		if first == nil {
			first = &damage{line, fmt.Sprintf(format, args...)}
		}
	}
	if len(data) == 0 {
		return m, nil
	}
	text := strings.TrimSuffix(string(data), "\n")
	if !strings.HasSuffix(string(data), "\n") {
		damaged(strings.Count(text, "\n")+1, "the last line has no end")
	}
	for i, line := range strings.Split(text, "\n") {
		sum, name, ok := manifestLine(strings.TrimSuffix(line, "\r"))
		switch {
		case strings.HasPrefix(line, "<<<<<<<"), strings.HasPrefix(line, "======="),
			strings.HasPrefix(line, "|||||||"), strings.HasPrefix(line, ">>>>>>>"):
			damaged(i+1, "this is the mark of a merge conflict")
			continue
		case strings.HasSuffix(line, "\r"):
			damaged(i+1, "the line ends with CR LF, which git writes without the .gitattributes of whiskops")
		case !ok:
			damaged(i+1, "%q is no line of sha256sum", shorten(line))
		case !validPath(name) || within(ManifestName, name):
			damaged(i+1, "%q is not the path of a generated file", shorten(name))
			continue
		case m[name] != nil:
			damaged(i+1, "%q is listed twice", shorten(name))
		}
		if ok && validPath(name) && !within(ManifestName, name) {
			m[name] = append(m[name], sum)
		}
	}
	return m, first
}

// shorten keeps a garbled line from filling the screen.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return s
}
