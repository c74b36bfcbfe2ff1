package overlay

import (
	"cmp"
	"strings"
)

func compareStrings(a, b string) int { return strings.Compare(a, b) }

// compare orders objects by kind and name.
func compare(a, b *object) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name),
		cmp.Compare(a.apiVersion, b.apiVersion), cmp.Compare(a.namespace, b.namespace))
}

// copyValue copies a plain value deeply.
func copyValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return copyMap(v)
	case []any:
		s := make([]any, len(v))
		for i, e := range v {
			s[i] = copyValue(e)
		}
		return s
	}
	return v
}

func copyMap(m map[string]any) map[string]any {
	c := make(map[string]any, len(m))
	for k, v := range m {
		c[k] = copyValue(v)
	}
	return c
}

// equal compares plain values: the order of a list counts, that of a mapping
// does not exist.
func equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			w, ok := b[k]
			if !ok || !equal(v, w) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i, v := range a {
			if !equal(v, b[i]) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b
}

// lines is about how many lines a value takes in a file: the price of saying
// it.
func lines(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			if n++; isBranch(e) {
				n += lines(e)
			}
		}
	case []any:
		for _, e := range v {
			n += lines(e)
		}
	case string:
		return 1 + strings.Count(v, "\n")
	}
	return max(n, 1)
}

func isBranch(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	case string:
		return strings.Contains(v, "\n")
	}
	return false
}
