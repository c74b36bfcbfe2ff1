// Package value owns plain values: what an object is between the YAML that it
// was read from and the YAML that it is written as.
//
// A plain value is a map[string]any, []any, string, bool, int64, float64,
// uint64 (above the greatest int64) or nil. A number without a fraction is an
// integer however it was written, so that equal numbers are equal values.
//
// Read and Plain make one of a YAML node, Of of any Go value, Settle of what
// some decoder left. Node and Document write any Go value as a YAML node, its
// strings quoted by one rule, Write a whole file; Into fills in a Go type. Equal, Copy and Diff
// compare and copy. Keys and Map look into a value; With is another with one
// difference. RunsPods, PodSpec, References and Rename know where Kubernetes
// keeps pods, and where an object names a ConfigMap or a Secret. What kustomize
// makes of a value, byte for byte, is in internal/kustomize.
package value

import (
	"maps"
	"slices"
	"strings"
)

// first are the keys that a person reads first.
var first = []string{"$patch", "apiVersion", "kind", "metadata", "name"}

// Keys are the keys of one or several mappings, each once, in the order in
// which a person reads an object: $patch, apiVersion, kind, metadata and name,
// then the others, sorted.
func Keys(of ...map[string]any) []string {
	var all []string
	for i, m := range of {
		for k := range m {
			if !slices.ContainsFunc(of[:i], func(before map[string]any) bool { return has(before, k) }) {
				all = append(all, k)
			}
		}
	}
	sortToRead(all)
	return all
}

func has(m map[string]any, key string) bool {
	_, ok := m[key]
	return ok
}

func sortToRead(keys []string) {
	slices.SortFunc(keys, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
}

func rank(key string) int {
	if i := slices.Index(first, key); i >= 0 {
		return i
	}
	return len(first)
}

// Copy copies a plain value deeply.
func Copy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return CopyMap(v)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = Copy(e)
		}
		return list
	}
	return v
}

// CopyMap copies a mapping deeply.
func CopyMap(m map[string]any) map[string]any {
	c := make(map[string]any, len(m))
	for k, v := range m {
		c[k] = Copy(v)
	}
	return c
}

// Equal compares plain values: the order of a list counts, that of a mapping
// does not exist.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, Equal)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, Equal)
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b
}
