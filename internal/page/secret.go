package page

import (
	"bytes"
	"path"
	"reflect"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/internal/finding"
)

// masked are both sides of a file without the values of Secrets. It is not ok if a
// side is no YAML of one object: what is in it nobody knows.
func masked(f File) (old, new []byte, ok bool) {
	if path.Ext(f.Name) != ".yaml" {
		return f.Old, f.New, true
	}
	was, ok := object(f.Old)
	if !ok {
		return nil, nil, false
	}
	is, ok := object(f.New)
	if !ok {
		return nil, nil, false
	}
	secret := mask(is, was)
	if secret = mask(was, nil) || secret; !secret {
		return f.Old, f.New, true
	}
	write := func(text []byte, of any) []byte {
		if text == nil {
			return nil
		}
		written, err := yaml.Marshal(of)
		if err != nil {
			ok = false
		}
		return written
	}
	old, new = write(f.Old, was), write(f.New, is)
	return old, new, ok
}

// object of a file; nil of one that is not there.
func object(text []byte) (any, bool) {
	if text == nil {
		return nil, true
	}
	// The reader takes the first of several documents.
	if bytes.Contains(text, []byte("\n---")) {
		return nil, false
	}
	var o map[string]any
	if err := yaml.UnmarshalStrict(text, &o); err != nil || o == nil {
		return nil, false
	}
	return o, true
}

// mask the values of all Secrets in a value, and tell whether there are any. Where was
// has another value for the same key, that is said.
func mask(is, was any) bool {
	found := false
	switch is := is.(type) {
	case []any:
		before, _ := was.([]any)
		for i, element := range is {
			var old any
			if i < len(before) {
				old = before[i]
			}
			found = mask(element, old) || found
		}
	case map[string]any:
		before, _ := was.(map[string]any)
		if is["kind"] == "Secret" {
			hide(is, before)
			return true
		}
		for key, value := range is {
			found = mask(value, before[key]) || found
		}
	}
	return found
}

// hide what a Secret keeps: its values, and its annotations, in which kubectl keeps
// them once more.
func hide(is, was map[string]any) {
	for _, field := range []string{"data", "stringData"} {
		hideValues(is, was, field)
	}
	meta, _ := is["metadata"].(map[string]any)
	before, _ := was["metadata"].(map[string]any)
	hideValues(meta, before, "annotations")
}

func hideValues(is, was map[string]any, field string) {
	values, ok := is[field].(map[string]any)
	if !ok {
		if is[field] != nil {
			is[field] = finding.Mask
		}
		return
	}
	before, _ := was[field].(map[string]any)
	for key, value := range values {
		old, there := before[key]
		values[key] = finding.Mask
		if there && !reflect.DeepEqual(old, value) {
			values[key] = finding.Mask + " (another)"
		}
	}
}

// line of a file that anyone may see. A short secret is known as a whole value alone.
func line(secrets *finding.Secrets, text string) string {
	if text == "" || secrets == nil {
		return finding.Plain(text)
	}
	key, value, ok := strings.Cut(text, ": ")
	if bare := strings.Trim(value, `"'`); ok && bare != "" && secrets.HideValues(`"`+bare+`"`) == `"`+finding.Mask+`"` {
		text = key + ": " + finding.Mask
	}
	return seal(secrets, text)
}
