// Package keys knows which configuration keys a release of OpenWhisk has, as
// far as a variable can set them: what package whiskenv turns into names. A
// misspelt key, or one of another release, is passed on by the start script
// and read by nobody; here it is not known.
//
// It knows the controller, invoker, scheduler and user-events, without saying
// which of them reads a key. Of the actor library it knows the parts that an
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
	"slices"
	"strings"
	"sync"
)

// List is the keys of one release, sorted. A key may end in an open segment:
// <n> is a list index, <name> a map key, and <name>.<n> a list in a map.
type List []string

//go:embed *.txt
var files embed.FS

var lists = sync.OnceValue(func() map[string]List {
	all := map[string]List{}
	entries, _ := files.ReadDir(".")
	for _, e := range entries {
		text, _ := files.ReadFile(e.Name())
		var list List
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "#") {
				list = append(list, strings.TrimSuffix(line, "\n"))
			}
		}
		all[strings.TrimSuffix(e.Name(), ".txt")] = list
	}
	return all
})

// Of are the keys of a release, such as "2.0.0" or "head". It reports false
// for a release that it has no list of.
func Of(release string) (List, bool) {
	list, ok := lists()[release]
	return list, ok
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
	if key == "" || strings.Contains(key, "<") {
		return false
	}
	parent, last := cut(key)
	if l.has(key) || last != "" && l.has(parent+".<name>") {
		return true
	}
	if !index(last) {
		return false
	}
	owner, name := cut(parent)
	return l.has(parent+".<n>") || name != "" && l.has(owner+".<name>.<n>")
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
