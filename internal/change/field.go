package change

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/whiskops/whiskops/internal/value"
)

// difference of one field of two values. What is not there is nil.
type difference struct {
	path     string
	old, new any
}

// differences of two plain values, the smallest parts that differ, in the order of
// the fields. Elements of a list are told apart by their names where all have one, else
// by their places where there are as many; of one that is longer,
// each element that the other lacks is a difference.
func differences(path string, old, new any) []difference {
	if value.Equal(old, new) {
		return nil
	}
	switch o := old.(type) {
	case map[string]any:
		if n, ok := new.(map[string]any); ok {
			return ofFields(o, n, func(key string) string { return join(path, key) })
		}
	case []any:
		if n, ok := new.([]any); ok {
			return ofLists(path, o, n)
		}
	}
	return []difference{{path, old, new}}
}

func ofFields(old, new map[string]any, name func(string) string) []difference {
	var all []difference
	keys := slices.Sorted(maps.Keys(old))
	for key := range new {
		if _, ok := old[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		all = append(all, differences(name(key), old[key], new[key])...)
	}
	return all
}

func ofLists(path string, old, new []any) []difference {
	o, n := byName(old), byName(new)
	if o != nil && n != nil {
		all := ofFields(o, n, func(key string) string { return path + "[" + key + "]" })
		if len(all) > 0 {
			return all
		}
	} else if len(old) == len(new) {
		var all []difference
		for i := range old {
			all = append(all, differences(path+"["+strconv.Itoa(i)+"]", old[i], new[i])...)
		}
		return all
	}
	if all := apart(path, old, new); len(all) > 0 {
		return all
	}
	return []difference{{path, old, new}} // another order
}

// apart are the elements that one of two lists has and the other has not.
func apart(path string, old, new []any) []difference {
	var all []difference
	rest := slices.Clone(new)
	for _, e := range old {
		if i := slices.IndexFunc(rest, func(n any) bool { return value.Equal(e, n) }); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
			continue
		}
		all = append(all, difference{path, e, nil})
	}
	for _, e := range rest {
		all = append(all, difference{path, nil, e})
	}
	return all
}

// byName are a list's elements by their names; nil if one has none, or that of another.
func byName(list []any) map[string]any {
	all := map[string]any{}
	for _, e := range list {
		name, ok := value.Map(e)["name"].(string)
		if !ok {
			if name, ok = value.Map(e, "metadata")["name"].(string); !ok {
				return nil
			}
		}
		if _, twice := all[name]; twice {
			return nil
		}
		all[name] = e
	}
	return all
}

// elements of a list by their names, else by their places.
func elements(list []any) map[string]any {
	if all := byName(list); all != nil {
		return all
	}
	all := make(map[string]any, len(list))
	for i, e := range list {
		all[strconv.Itoa(i)] = e
	}
	return all
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// join a key to a path. One with other signs is quoted: metadata.annotations["a.b/c"].
func join(path, key string) string {
	switch {
	case !plainKey.MatchString(key):
		return path + "[" + strconv.Quote(key) + "]"
	case path == "":
		return key
	default:
		return path + "." + key
	}
}

// longest value that a person reads in one line, in bytes.
const longest = 120

// show prints a value on one line; "" is what is not there.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return shorten(v)
	case map[string]any, []any:
		return shorten(strings.Join(strings.Fields(flow(v)), " "))
	default:
		return fmt.Sprint(v)
	}
}

// flow writes a value as YAML writes it within a line.
func flow(v any) string {
	switch v := v.(type) {
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, key := range value.Keys(v) {
			parts = append(parts, key+": "+flow(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = flow(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case nil:
		return "null"
	case string:
		if v == "" {
			return `""`
		}
	}
	return fmt.Sprint(v)
}

// shorten a text to what fits on a line. One of several lines is shown by their number.
func shorten(text string) string {
	if lines := strings.Count(strings.TrimSuffix(text, "\n"), "\n"); lines > 0 {
		return fmt.Sprintf("%d lines", lines+1)
	}
	if len(text) <= longest {
		return strings.TrimSuffix(text, "\n")
	}
	cut := longest - len("...")
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}
