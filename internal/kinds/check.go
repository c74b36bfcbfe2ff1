package kinds

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/place"
)

// Wrong is what an API server refuses of an object.
type Wrong struct {
	// Path to it: the names of fields, and places in lists, counted from 0. Empty
	// for the object's kind itself.
	Path []string
	// Message says what is wrong, and Help what to do.
	Message, Help string
}

// Check holds an object in plain values against the fields that its kind has in a
// minor version of Kubernetes. Of a version that is not known it says nothing.
func Check(o map[string]any, minor int) []Wrong {
	m := known()
	apiVersion, _ := o["apiVersion"].(string)
	kind, _ := o["kind"].(string)
	entries := m.kinds[apiVersion+" "+kind]
	switch is := in(entries, minor); {
	case minor < m.oldest || minor > m.newest || !m.own(group(apiVersion)):
		return nil
	case is != "":
		c := checker{model: m, minor: minor}
		c.value(nil, is, o)
		return c.found
	case len(entries) > 0:
		first, last := since(entries)
		return []Wrong{{nil, fmt.Sprintf("Kubernetes 1.%d has no %s of %s: %s", minor, kind, apiVersion, span(first, last, m)), m.instead(kind, minor)}}
	default:
		return []Wrong{{nil, fmt.Sprintf("Kubernetes 1.%d has no kind %q of apiVersion %q", minor, kind, apiVersion), m.instead(kind, minor)}}
	}
}

// own tells whether a group is Kubernetes' own: no other has a name without a dot.
func (m *model) own(group string) bool { return m.groups[group] || !strings.Contains(group, ".") }

// span says in which versions something is.
func span(first, last int, m *model) string {
	if last < m.newest {
		return fmt.Sprintf("it was gone after 1.%d", last)
	}
	return fmt.Sprintf("it came with 1.%d", first)
}

// instead names the kind that was meant.
func (m *model) instead(kind string, minor int) string {
	var same, names []string
	for _, key := range slices.Sorted(maps.Keys(m.kinds)) {
		if in(m.kinds[key], minor) == "" {
			continue
		}
		version, name, _ := strings.Cut(key, " ")
		if name == kind && !strings.Contains(version, "alpha") {
			same = append(same, version)
		}
		names = append(names, name)
	}
	if len(same) > 0 {
		return "write apiVersion: " + strings.Join(same, " or ")
	}
	if better := place.Suggest(kind, slices.Compact(slices.Sorted(slices.Values(names)))); better != "" {
		return fmt.Sprintf("did you mean %s?", better)
	}
	return "write a kind that the cluster has"
}

type checker struct {
	*model
	minor int
	found []Wrong
}

func (c *checker) fail(path []string, message, help string) {
	c.found = append(c.found, Wrong{slices.Clone(path), message, help})
}

// value holds a value against its type.
func (c *checker) value(path []string, is string, v any) {
	if v == nil || is == "any" {
		return
	}
	if of, ok := strings.CutPrefix(is, "[]"); ok {
		list, ok := v.([]any)
		if !ok {
			c.fail(path, fmt.Sprintf("must be a list, and is %s", named(v)), "write a list: each element on a line that begins with a dash")
			return
		}
		for i, e := range list {
			c.value(append(slices.Clip(path), strconv.Itoa(i)), of, e)
		}
		return
	}
	if of, ok := strings.CutPrefix(is, "{}"); ok {
		if m, ok := c.mapping(path, v); ok {
			for _, k := range slices.Sorted(maps.Keys(m)) {
				c.value(append(slices.Clip(path), k), of, m[k])
			}
		}
		return
	}
	if fields, ok := c.types[is]; ok {
		if m, ok := c.mapping(path, v); ok {
			c.fields(path, fields, m)
		}
		return
	}
	if !basic(is, v) {
		c.fail(path, fmt.Sprintf("must be %s, and is %s", words[is], named(v)), helps[is])
	}
}

func (c *checker) mapping(path []string, v any) (map[string]any, bool) {
	m, ok := v.(map[string]any)
	if !ok {
		c.fail(path, "must be a mapping, and is "+named(v), "write its fields below it, further to the right")
	}
	return m, ok
}

func (c *checker) fields(path []string, fields map[string][]entry, m map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		at := append(slices.Clip(path), k)
		is := in(fields[k], c.minor)
		switch {
		case is != "":
			c.value(at, is, m[k])
		case len(fields[k]) > 0:
			first, last := since(fields[k])
			c.fail(at, fmt.Sprintf("Kubernetes 1.%d has no field %q there: %s", c.minor, k, span(first, last, c.model)), "leave it out, or say in cluster: kubernetes that the cluster is newer")
		default:
			c.fail(at, fmt.Sprintf("Kubernetes has no field %q there", k), c.meant(fields, k))
		}
	}
}

// meant guesses a field.
func (c *checker) meant(fields map[string][]entry, k string) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if in(fields[name], c.minor) != "" {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if strings.EqualFold(name, k) {
			return fmt.Sprintf("did you mean %q?", name)
		}
	}
	if better := place.Suggest(k, names); better != "" {
		return fmt.Sprintf("did you mean %q?", better)
	}
	if len(names) > 12 {
		return "an API server refuses it, or leaves it out: look where it belongs"
	}
	return "there is " + strings.Join(names, ", ")
}

// words for basic types.
var words = map[string]string{
	"string": "text", "integer": "a whole number", "boolean": "true or false", "number": "a number", "scalar": "text or a number",
}

var helps = map[string]string{
	"string": "put it in quotes", "integer": "write a whole number, without quotes", "boolean": "write true or false, without quotes",
	"number": "write a number, without quotes", "scalar": "write one value",
}

// basic tells whether a value is of a basic type.
func basic(is string, v any) bool {
	switch v := v.(type) {
	case string:
		return is == "string" || is == "scalar"
	case bool:
		return is == "boolean"
	case int64, int, uint64:
		return is == "integer" || is == "number" || is == "scalar"
	case float64:
		return is == "number" || is == "scalar" || is == "integer" && v == math.Trunc(v)
	case json.Number:
		_, err := v.Int64()
		return is == "number" || is == "scalar" || is == "integer" && err == nil
	}
	return false
}

// named says what a value is, for people.
func named(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "a mapping"
	case []any:
		return "a list"
	case string:
		return fmt.Sprintf("the text %q", short(v))
	case bool:
		return fmt.Sprint(v)
	default:
		return fmt.Sprintf("the number %v", v)
	}
}

// short is the beginning of a text.
func short(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
