package overlay

import (
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// identifier is a key that a line of an env file can have.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// longLine is above what a line of an env file can be: the engine reads it
// with a bufio.Scanner and stops without an error at 64 KiB.
const longLine = 32 << 10

func oneLine(value string) bool {
	return !strings.ContainsAny(value, "\r\n") && len(value) < longLine
}

// asLiteral: the engine takes the quotes off a literal, some versions also a
// single one.
func asLiteral(value string) bool {
	return oneLine(value) && strings.Trim(value, `"'`) == value
}

// generator writes a ConfigMap as an entry of configMapGenerator that creates
// it, and the files that the entry reads.
func generator(o *object, header string, taken names) (fields, map[string][]byte, error) {
	data := stringMap(o.value["data"])
	files := map[string][]byte{}
	entry := fields{{"name", o.name}}
	env := true
	for key, value := range data {
		env = env && identifier.MatchString(key) && oneLine(value)
	}
	if env && len(data) > 0 {
		entry.put("envs", []any{envFile(o.name, header, data, files, taken)})
		data = nil
	}
	sources, err := dataFiles(o, data, files, taken)
	if err != nil {
		return nil, nil, err
	}
	entry.put("files", sources)
	entry.put("options", options(o.value, nil))
	return entry, files, nil
}

// envFile writes KEY=VALUE lines.
func envFile(name, header string, data map[string]string, files map[string][]byte, taken names) string {
	var b strings.Builder
	b.WriteString(header)
	for _, key := range slices.Sorted(maps.Keys(data)) {
		b.WriteString(key + "=" + data[key] + "\n")
	}
	file := taken.take(name + ".env")
	files[file] = []byte(b.String())
	return file
}

// dataFiles writes a file for each key of data, and of an object's binaryData.
func dataFiles(o *object, data map[string]string, files map[string][]byte, taken names) ([]any, error) {
	content := map[string][]byte{}
	for key, value := range data {
		content[key] = []byte(value)
	}
	for key, value := range stringMap(o.value["binaryData"]) {
		raw, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return nil, fmt.Errorf("binaryData %q is not base64: %w", key, err)
		}
		if utf8.Valid(raw) {
			return nil, fmt.Errorf("binaryData %q holds text, which a generator puts into data", key)
		}
		content[key] = raw
	}
	var sources []any
	for _, key := range slices.Sorted(maps.Keys(content)) {
		file := key
		if taken[strings.ToLower(file)] {
			file = o.name + "-" + key
		}
		file = taken.take(file)
		files[file] = content[key]
		if file == key {
			sources = append(sources, key)
		} else {
			sources = append(sources, key+"="+file)
		}
	}
	return sources, nil
}

// options of a generator's entry: the metadata and the immutability that base,
// which may be nil, does not have.
func options(value, base map[string]any) fields {
	var o fields
	for _, field := range []string{"labels", "annotations"} {
		differs := map[string]any{}
		was := metadata(base, field)
		for key, v := range metadata(value, field) {
			if was[key] != v {
				differs[key] = v
			}
		}
		o.put(field, differs)
	}
	if value["immutable"] == true && base["immutable"] != true {
		o.put("immutable", true)
	}
	return o
}

func metadata(value map[string]any, field string) map[string]any {
	meta, _ := value["metadata"].(map[string]any)
	m, _ := meta[field].(map[string]any)
	return m
}

func stringMap(v any) map[string]string {
	m, _ := v.(map[string]any)
	s := make(map[string]string, len(m))
	for k, e := range m {
		s[k], _ = e.(string)
	}
	return s
}

// fewKeys is how many keys may be said again to avoid a patch that removes
// others.
const fewKeys = 2

// regenerate writes the difference between two generated ConfigMaps as an
// entry that merges, or replaces when keys vanish. The entry is nil if they do
// not differ in what an entry can say. after is the base object as the entry
// leaves it: what still differs from want is left to a patch.
func regenerate(base, want *object, header string, taken names) (entry fields, files map[string][]byte, after map[string]any, err error) {
	was, is := stringMap(base.value["data"]), stringMap(want.value["data"])
	changed := map[string]string{}
	same, vanished := 0, 0
	for key, value := range is {
		if old, ok := was[key]; ok && old == value {
			same++
		} else {
			changed[key] = value
		}
	}
	for key := range was {
		if _, ok := is[key]; !ok {
			vanished++
		}
	}
	behavior := "merge"
	after = copyMap(base.value)
	data, _ := after["data"].(map[string]any)
	if vanished > 0 && same <= fewKeys {
		behavior, changed, data = "replace", is, nil
		delete(after, "binaryData")
	}
	if data == nil && len(changed) > 0 {
		data = map[string]any{}
	}
	for key, value := range changed {
		data[key] = value
	}
	if data == nil {
		delete(after, "data")
	} else {
		after["data"] = data
	}
	more := options(want.value, base.value)
	for _, f := range more {
		if f.name == "immutable" {
			after["immutable"] = true
		} else {
			meta := after["metadata"].(map[string]any)
			if meta[f.name] == nil {
				meta[f.name] = map[string]any{}
			}
			maps.Copy(meta[f.name].(map[string]any), f.value.(map[string]any))
		}
	}
	if len(changed) == 0 && len(more) == 0 && behavior == "merge" {
		return nil, nil, copyMap(base.value), nil
	}
	if behavior == "replace" || base.value["immutable"] == true {
		// An entry that does not say so takes immutability away.
		if want.value["immutable"] == true {
			more = append(slices.DeleteFunc(more, func(f field) bool { return f.name == "immutable" }), field{"immutable", true})
		} else {
			delete(after, "immutable")
		}
	}

	entry = fields{{"name", base.name}, {"behavior", behavior}}
	files = map[string][]byte{}
	lines, whole := map[string]string{}, map[string]string{}
	var literals []any
	for _, key := range slices.Sorted(maps.Keys(changed)) {
		switch value := changed[key]; {
		case asLiteral(value):
			literals = append(literals, key+"="+value)
		case identifier.MatchString(key) && oneLine(value):
			lines[key] = value
		default:
			whole[key] = value
		}
	}
	entry.put("literals", literals)
	if len(lines) > 0 {
		entry.put("envs", []any{envFile(base.name, header, lines, files, taken)})
	}
	of := &object{name: base.name, value: map[string]any{}}
	if behavior == "replace" {
		of.value["binaryData"] = want.value["binaryData"]
		if want.value["binaryData"] != nil {
			after["binaryData"] = want.value["binaryData"]
		}
	}
	sources, err := dataFiles(of, whole, files, taken)
	if err != nil {
		return nil, nil, nil, err
	}
	entry.put("files", sources)
	entry.put("options", more)
	return entry, files, after, nil
}
