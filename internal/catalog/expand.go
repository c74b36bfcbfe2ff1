package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"time"

	"github.com/whiskops/whiskops/internal/quantity"
)

// functions of templates.
var functions = template.FuncMap{
	// mib writes a quantity as OpenWhisk writes sizes: "512m".
	"mib": func(q string) (string, error) {
		n, err := quantity.Bytes(q)
		return fmt.Sprintf("%dm", n/quantity.MiB), err
	},
	// seconds turns a duration into whole seconds.
	"seconds": func(d string) (int, error) {
		n, err := time.ParseDuration(d)
		return int(n.Seconds()), err
	},
	// milliseconds turns a duration into whole milliseconds.
	"milliseconds": func(d string) (int, error) {
		n, err := time.ParseDuration(d)
		return int(n.Milliseconds()), err
	},
	// percent of a quantity, in bytes.
	"percent": func(n int64, q string) (int64, error) {
		all, err := quantity.Bytes(q)
		return all / 100 * n, err
	},
	// bytes of a quantity. One that is too large to count is as large as can
	// still be reckoned with; a rule refuses it.
	"bytes": func(q string) int {
		n, err := quantity.Bytes(q)
		if err != nil {
			return tooLarge
		}
		return int(min(n, tooLarge))
	},
	// mebibytes that so many bytes need.
	"mebibytes": func(n int) int { return (n + quantity.MiB - 1) / quantity.MiB },
	"add":       func(a, b int) int { return a + b },
	"mul":       func(a, b int) int { return a * b },
	"min":       func(a, b int) int { return min(a, b) },
	"max":       func(a, b int) int { return max(a, b) },
}

// tooLarge for any disk or memory, in bytes; some of it can be added up.
const tooLarge = 1 << 53

// common is what all templates share: to give each its functions took as long as to
// read it.
var common = template.New("").Funcs(functions).Option("missingkey=error")

// templates by their text: there are as many as the catalogues have, and each is
// filled in for every environment.
var templates sync.Map

func parsed(text string) (*template.Template, error) {
	if t, ok := templates.Load(text); ok {
		return t.(*template.Template), nil
	}
	t, err := common.New("catalogue").Parse(text)
	if err == nil {
		templates.Store(text, t)
	}
	return t, err
}

// Parses tells what is wrong with the form of a template.
func Parses(text string) error {
	_, err := parsed(text)
	return err
}

// Text fills in one template over values.
func Text(text string, values any) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	t, err := parsed(text)
	if err != nil {
		return "", fmt.Errorf("catalogue: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, values); err != nil {
		return "", fmt.Errorf("catalogue: %w", err)
	}
	return b.String(), nil
}

// Expand fills in the templates in all strings below v, which is made of
// maps, lists and scalars, and returns a copy. A string that is one template
// with the prefix "int:" becomes a number. List entries and fields whose
// template comes out as "omit:" are left out; so are entries whose field
// "name" does, and those entries and fields whose own field "if", a condition that
// nothing else sees, does not come out as "true".
func Expand(v any, values any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		return expandMap(v, values)
	case []any:
		return expandList(v, values)
	case string:
		return expandText(v, values)
	}
	return v, nil
}

func expandMap(m map[string]any, values any) (any, error) {
	out := make(map[string]any, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		was, there, err := applies(m[k], values)
		if err != nil {
			return nil, err
		}
		if !there {
			continue
		}
		e, err := Expand(was, values)
		if err != nil {
			return nil, err
		}
		if e != omit {
			out[k] = e
		}
	}
	return out, nil
}

func expandList(list []any, values any) (any, error) {
	out := make([]any, 0, len(list))
	for _, was := range list {
		was, there, err := applies(was, values)
		if err != nil {
			return nil, err
		}
		if !there {
			continue
		}
		e, err := Expand(was, values)
		if err != nil {
			return nil, err
		}
		if e != omit && !lostName(was, e) {
			out = append(out, e)
		}
	}
	return out, nil
}

// applies takes the condition off an entry or a field, and tells whether it holds.
func applies(entry any, values any) (any, bool, error) {
	m, _ := entry.(map[string]any)
	condition, ok := m["if"].(string)
	if !ok {
		return entry, true, nil
	}
	holds, err := Text(condition, values)
	m = maps.Clone(m)
	delete(m, "if")
	return m, holds == "true", err
}

func expandText(text string, values any) (any, error) {
	s, err := Text(text, values)
	if err != nil {
		return nil, err
	}
	n, ok := strings.CutPrefix(s, "int:")
	if !ok || text == s {
		return s, nil
	}
	i, err := strconv.Atoi(n)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %q is no number", n)
	}
	return i, nil
}

// lostName tells whether a list entry had a name and has none any more.
func lostName(was, is any) bool {
	before, _ := was.(map[string]any)
	after, _ := is.(map[string]any)
	_, had := before["name"]
	_, has := after["name"]
	return had && !has
}

// omit is what a template writes for "no such field".
const omit = "omit:"
