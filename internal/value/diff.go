package value

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Diff shows where two plain values differ, a field a line: its path, then
// what is wanted ("-") and what there is ("+"). It is empty if they are equal.
func Diff(want, is any) string {
	var d differ
	d.value("", want, is)
	return d.String()
}

type differ struct{ strings.Builder }

func (d *differ) value(path string, want, is any) {
	if Equal(want, is) {
		return
	}
	switch w := want.(type) {
	case map[string]any:
		if i, ok := is.(map[string]any); ok {
			d.mapping(path, w, i)
			return
		}
	case []any:
		if i, ok := is.([]any); ok {
			d.list(path, w, i)
			return
		}
	}
	d.line('-', path, want)
	d.line('+', path, is)
}

func (d *differ) mapping(path string, want, is map[string]any) {
	for _, key := range Keys(want, is) {
		was, had := want[key]
		now, has := is[key]
		d.either(strings.TrimPrefix(path+"."+key, "."), had, was, has, now)
	}
}

func (d *differ) list(path string, want, is []any) {
	for i := range max(len(want), len(is)) {
		was, had := at(want, i)
		now, has := at(is, i)
		d.either(fmt.Sprintf("%s[%d]", path, i), had, was, has, now)
	}
}

func at(list []any, i int) (any, bool) {
	if i >= len(list) {
		return nil, false
	}
	return list[i], true
}

func (d *differ) either(path string, had bool, was any, has bool, now any) {
	switch {
	case !has:
		d.line('-', path, was)
	case !had:
		d.line('+', path, now)
	default:
		d.value(path, was, now)
	}
}

func (d *differ) line(sign byte, path string, v any) {
	fmt.Fprintf(d, "%c %s: %s\n", sign, path, short(v))
}

// short prints a value on one line.
func short(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	n, err := Document(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	n.Style = yaml.FlowStyle
	text, err := yaml.String(n, yaml.Flow, yaml.Trim)
	if err != nil {
		return fmt.Sprint(v)
	}
	return text
}
