// Package keys knows which configuration keys a release of OpenWhisk has, as
// far as a variable can set them: what package whiskenv turns into names. A
// misspelt key, or one of another release, is passed on by the start script
// and read by nobody; here it is not known.
//
// It knows the controller, invoker, scheduler and user-events, and of the first
// two which reads a key under some setting. Of the actor library it knows the parts that an
// installation may set: actor.provider, cluster, coordinated-shutdown,
// discovery, management, remote.artery, the names of Pekko's protocol, the log
// settings and how the process ends; of other libraries what OpenWhisk itself
// sets. Variables that are no keys, such as JAVA_OPTS or KAFKA_HOSTS, are not
// its business.
//
// The lists were extracted from OpenWhisk's configuration files; each says
// from which.
package keys

import (
	"embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

// List is the keys of one release, sorted. A key may end in an open segment:
// <n> is a list index, <name> a map key, and <name>.<n> a list in a map.
type List []string

//go:embed *.txt
var files embed.FS

// release is the keys of one, and who reads each, as letters.
type release struct {
	list    List
	readers map[string]string
}

var lists = sync.OnceValue(func() map[string]release {
	all := map[string]release{}
	entries, _ := files.ReadDir(".")
	for _, e := range entries {
		text, _ := files.ReadFile(e.Name())
		r := release{readers: map[string]string{}}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "#") {
				key, readers, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
				r.list, r.readers[key] = append(r.list, key), readers
			}
		}
		all[strings.TrimSuffix(e.Name(), ".txt")] = r
	}
	return all
})

// Of are the keys of a release, such as "2.0.0" or "head". It reports false
// for a release that it has no list of.
func Of(release string) (List, bool) {
	r, ok := lists()[release]
	return r.list, ok
}

// Releases that there are lists of, sorted.
func Releases() []string { return slices.Sorted(maps.Keys(lists())) }

// Read reports whether a program of a release, "controller" or "invoker", reads a
// key under some setting. It is false for a key or a release that is not known.
func Read(release, program, key string) bool {
	r := lists()[release]
	at, ok := r.list.find(key)
	return ok && program != "" && strings.Contains(r.readers[at], program[:1])
}

// Known reports whether a release has a key, such as whisk.memory.std or
// whisk.kafka.topics.invoker.retention-ms. An element of a list ends in its
// index: akka.cluster.seed-nodes.0; the list itself is no key that a variable
// can set. It is false for a release that the package does not know.
func Known(release, key string) bool {
	list, _ := Of(release)
	return list.Has(key)
}

// Has reports whether a key is in the list, by itself or by open segments.
func (l List) Has(key string) bool {
	_, ok := l.find(key)
	return ok
}

// find is how the list writes a key.
func (l List) find(key string) (string, bool) {
	if key == "" || strings.Contains(key, "<") {
		return "", false
	}
	parent, last := cut(key)
	owner, name := cut(parent)
	candidates := []string{key}
	if last != "" {
		candidates = append(candidates, parent+".<name>")
	}
	if index(last) {
		candidates = append(candidates, parent+".<n>")
		if name != "" {
			candidates = append(candidates, owner+".<name>.<n>")
		}
	}
	for _, c := range candidates {
		if l.has(c) {
			return c, true
		}
	}
	return "", false
}

func (l List) has(key string) bool {
	_, found := slices.BinarySearch(l, key)
	return found
}

// cut splits off the last segment.
func cut(key string) (parent, last string) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return "", key
	}
	return key[:i], key[i+1:]
}

// index reports whether s counts from 0, without leading zeros.
func index(s string) bool {
	return s == "0" || s != "" && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}
