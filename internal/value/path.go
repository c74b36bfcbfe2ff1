package value

import (
	"maps"
	"slices"
)

// Map follows keys through mappings; nil if one is missing or no mapping.
func Map(v any, path ...string) map[string]any {
	m, _ := v.(map[string]any)
	for _, key := range path {
		m, _ = m[key].(map[string]any)
	}
	return m
}

// With is a mapping that has another value at a path. It shares with m what is
// not on the path; m stays as it is.
func With(m map[string]any, v any, path ...string) map[string]any {
	if len(path) == 0 {
		return m
	}
	c := maps.Clone(m)
	if c == nil {
		c = map[string]any{}
	}
	if len(path) > 1 {
		v = With(Map(m, path[0]), v, path[1:]...)
	}
	c[path[0]] = v
	return c
}

// changeAt is a value with what change makes of what is at a path, a star being each
// element. What does not change is shared.
func changeAt(v any, path []string, change func(any) (any, bool)) (any, bool) {
	if len(path) == 0 {
		return change(v)
	}
	switch v := v.(type) {
	case map[string]any:
		return atKeys(v, path, change)
	case []any:
		if path[0] != "*" {
			return v, false
		}
		return atEach(v, path[1:], change)
	}
	return v, false
}

func atEach(list []any, path []string, change func(any) (any, bool)) (any, bool) {
	all, differs := list, false
	for i, e := range list {
		if is, changed := changeAt(e, path, change); changed {
			if !differs {
				all, differs = slices.Clone(list), true
			}
			all[i] = is
		}
	}
	return all, differs
}

func atKeys(m map[string]any, path []string, change func(any) (any, bool)) (any, bool) {
	keys := path[:1]
	if path[0] == "*" {
		keys = slices.Sorted(maps.Keys(m))
	}
	all, differs := m, false
	for _, key := range keys {
		e, ok := m[key]
		if !ok {
			continue
		}
		if is, changed := changeAt(e, path[1:], change); changed {
			if !differs {
				all, differs = maps.Clone(m), true
			}
			all[key] = is
		}
	}
	return all, differs
}
