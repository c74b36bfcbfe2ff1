package change

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
)

// contentHash ends a name that kustomize made of a ConfigMap's content.
var contentHash = regexp.MustCompile(`-[bcdfghkmt2456789]{10}"`)

// hash of a value, "-" of none: by it a person's acceptance knows it again. Names are
// without the hash of their content, whether or not what they name is in the set.
func hash(v any) string {
	if v == nil {
		return "-"
	}
	text, err := json.Marshal(v)
	if err != nil { // a plain value has no reason
		return "-"
	}
	sum := sha256.Sum256(contentHash.ReplaceAll(text, []byte(`"`)))
	return hex.EncodeToString(sum[:8])
}

// at is the value of an object's field, or nil; of no field, the whole object.
func (c *comparison) at(o Object, path string) any {
	if o.Value == nil {
		return nil
	}
	if secret(o, path) { // a hash of it would be in git
		return hidden
	}
	return lookup(o.Value, "", path, func(at string, text string) any {
		if read := c.rows(o, at); read != nil {
			return read(text)
		}
		return nil
	})
}

// at is the value at a path of an object, or nil.
func at(o map[string]any, path string) any { return lookup(o, "", path, nil) }

// lookup goes down from a value that stands at a path to the one at target. table makes a
// list of a text that is one.
func lookup(v any, path, target string, table func(path, text string) any) any {
	if path == target {
		return v
	}
	if text, ok := v.(string); ok && table != nil {
		v = table(path, text)
	}
	below, name := map[string]any(nil), func(key string) string { return join(path, key) }
	switch v := v.(type) {
	case map[string]any:
		below = v
	case []any:
		below, name = elements(v), func(key string) string { return path + "[" + key + "]" }
	}
	for key, e := range below {
		rest, ok := strings.CutPrefix(target, name(key))
		if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			if found := lookup(e, name(key), target, table); found != nil {
				return found
			}
		}
	}
	return nil
}

// Hash of a field of one of the objects, as effects have it; "-" if there is no such
// object or field.
func Hash(objects []Object, id ID, field string, facts Facts) string {
	for _, o := range objects {
		if o.ID == id {
			return hash((&comparison{Facts: facts}).at(o, field))
		}
	}
	return hash(nil)
}
