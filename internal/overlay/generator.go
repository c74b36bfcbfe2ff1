package overlay

import (
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/whiskops/whiskops/internal/value"
)

// generators are ConfigMaps with a hashed name that base does not have.
type generators []*object

func findGenerators(_ *tier, pairs []pair) (form, error) {
	var g generators
	for _, p := range pairs {
		if p.base == nil && p.want.hashed {
			g = append(g, p.want)
		}
	}
	return g, nil
}

func (generators) apply(pairs []pair) []pair {
	return apply(pairs, func(p pair) map[string]any {
		if p.base == nil && p.want.hashed {
			return p.want.value
		}
		return p.now
	})
}

func (g generators) emit(s *sheet) error {
	for _, o := range g {
		entry, err := s.generator(o)
		if err != nil {
			return fmt.Errorf("write %s: %w", o, err)
		}
		s.generators = append(s.generators, entry)
	}
	return nil
}

// identifier is a key that a line of an env file can have.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// longLine is above what a line of an env file can be: the engine reads it
// with a bufio.Scanner and stops without an error at 64 KiB.
const longLine = 32 << 10

func oneLine(text string) bool {
	return !strings.ContainsAny(text, "\r\n") && len(text) < longLine
}

// asLine: a variable that a line of an env file can say.
func asLine(key, text string) bool { return identifier.MatchString(key) && oneLine(text) }

// generator writes a ConfigMap as an entry of configMapGenerator that creates
// it, and the files that the entry reads.
func (f *folder) generator(o *object) (fields, error) {
	data := stringMap(o.value["data"])
	entry := fields{{"name", o.name}}
	namespace, _ := o.spoken()
	entry.put("namespace", namespace)
	lines := true
	for key, text := range data {
		lines = lines && asLine(key, text)
	}
	if lines && len(data) > 0 {
		entry.put("envs", []any{f.envFile(o.name, data)})
		data = nil
	}
	sources, err := f.dataFiles(o.name, data, stringMap(o.value["binaryData"]))
	if err != nil {
		return nil, err
	}
	entry.put("files", sources)
	options := newMetadata(o.value, nil)
	if o.value["immutable"] == true {
		options.put("immutable", true)
	}
	entry.put("options", options)
	return entry, nil
}

// envFile writes KEY=VALUE lines.
func (f *folder) envFile(name string, data map[string]string) string {
	var b strings.Builder
	b.WriteString(f.header)
	for _, key := range slices.Sorted(maps.Keys(data)) {
		b.WriteString(key + "=" + data[key] + "\n")
	}
	return f.add(name+".env", []byte(b.String()))
}

// dataFiles writes a file for each key of a ConfigMap's data and binaryData,
// which is base64, and returns how a generator names them.
func (f *folder) dataFiles(configMap string, data, binary map[string]string) ([]any, error) {
	content := make(map[string][]byte, len(data)+len(binary))
	for key, text := range data {
		content[key] = []byte(text)
	}
	for key, text := range binary {
		raw, err := base64.StdEncoding.DecodeString(text)
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
		if f.taken[strings.ToLower(file)] {
			file = configMap + "-" + key
		}
		if file = f.add(file, content[key]); file == key {
			sources = append(sources, key)
		} else {
			sources = append(sources, key+"="+file)
		}
	}
	return sources, nil
}

// newMetadata are the labels and annotations of an object that base, which may
// be nil, does not have or has otherwise.
func newMetadata(want, base map[string]any) fields {
	var all fields
	for _, name := range []string{"labels", "annotations"} {
		differs := map[string]any{}
		was := value.Map(base, "metadata", name)
		for key, v := range value.Map(want, "metadata", name) {
			if !value.Equal(was[key], v) {
				differs[key] = v
			}
		}
		all.put(name, differs)
	}
	return all
}

func stringMap(v any) map[string]string {
	m, _ := v.(map[string]any)
	s := make(map[string]string, len(m))
	for k, e := range m {
		s[k], _ = e.(string)
	}
	return s
}
