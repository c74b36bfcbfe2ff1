package overlay

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// merges are the differences of ConfigMaps with hashed names.
type merges map[*object]regeneration // by the object that is wanted

// regeneration is an entry of configMapGenerator that changes a ConfigMap of
// base. What an entry cannot say is left to a patch.
type regeneration struct {
	name string
	// replace: the entry says all data, and not only what is new.
	replace bool
	data    map[string]string
	// binary is the binaryData of an entry that replaces.
	binary any
	// metadata are the labels and annotations that are new.
	metadata fields
	// immutable is what the ConfigMap is then. An entry that does not say so
	// takes immutability away.
	immutable bool
}

func findMerges(_ *tier, pairs []pair) (form, error) {
	m := merges{}
	for _, p := range pairs {
		if p.changes() && p.want.hashed {
			if r, ok := regenerate(p.base, p.want); ok {
				m[p.want] = r
			}
		}
	}
	return m, nil
}

// fewKeys is how many keys may be said again to avoid a patch that removes
// others.
const fewKeys = 2

// regenerate finds what an entry has to say. It is not ok if that is nothing.
func regenerate(base, want *object) (r regeneration, ok bool) {
	was, is := stringMap(base.value["data"]), stringMap(want.value["data"])
	changed := map[string]string{}
	for key, text := range is {
		if old, ok := was[key]; !ok || old != text {
			changed[key] = text
		}
	}
	vanished := false
	for key := range was {
		if _, ok := is[key]; !ok {
			vanished = true
		}
	}
	immutable := want.value["immutable"] == true
	r = regeneration{name: base.name, data: changed, metadata: newMetadata(want.value, base.value), immutable: immutable}
	if vanished && len(is)-len(changed) <= fewKeys {
		r.replace, r.data, r.binary = true, is, want.value["binaryData"]
	}
	return r, r.replace || len(changed) > 0 || len(r.metadata) > 0 || immutable && base.value["immutable"] != true
}

func (m merges) apply(pairs []pair) []pair {
	return apply(pairs, func(p pair) map[string]any {
		if r, ok := m[p.want]; ok {
			return r.apply(p.now)
		}
		return p.now
	})
}

// apply gives the ConfigMap as the engine makes it of base's.
func (r regeneration) apply(base map[string]any) map[string]any {
	after := maps.Clone(base)
	data := map[string]any{}
	if !r.replace {
		maps.Copy(data, value.Map(base, "data"))
	}
	for key, text := range r.data {
		data[key] = text
	}
	set(after, "data", data, len(data) > 0)
	if r.replace {
		set(after, "binaryData", r.binary, r.binary != nil)
	}
	for _, f := range r.metadata {
		all := maps.Clone(value.Map(base, "metadata", f.name))
		if all == nil {
			all = map[string]any{}
		}
		maps.Copy(all, f.value.(map[string]any))
		after = value.With(after, all, "metadata", f.name)
	}
	set(after, "immutable", true, r.immutable)
	return after
}

// set sets a field, or takes it away.
func set(m map[string]any, key string, v any, there bool) {
	if there {
		m[key] = v
	} else {
		delete(m, key)
	}
}

func (m merges) emit(s *sheet) error {
	wanted := slices.SortedFunc(maps.Keys(m), func(a, b *object) int { return strings.Compare(a.name, b.name) })
	for _, want := range wanted {
		entry, err := s.regeneration(m[want])
		if err != nil {
			return fmt.Errorf("write %s: %w", want, err)
		}
		s.generators = append(s.generators, entry)
	}
	return nil
}

// regeneration writes an entry and the files that it reads.
func (f *folder) regeneration(r regeneration) (fields, error) {
	behavior := "merge"
	if r.replace {
		behavior = "replace"
	}
	entry := fields{{"name", r.name}, {"behavior", behavior}}
	lines, whole := map[string]string{}, map[string]string{}
	var literals []any
	for _, key := range slices.Sorted(maps.Keys(r.data)) {
		switch text := r.data[key]; {
		case asLiteral(text):
			literals = append(literals, key+"="+text)
		case asLine(key, text):
			lines[key] = text
		default:
			whole[key] = text
		}
	}
	entry.put("literals", literals)
	if len(lines) > 0 {
		entry.put("envs", []any{f.envFile(r.name, lines)})
	}
	sources, err := f.dataFiles(r.name, whole, stringMap(r.binary))
	if err != nil {
		return nil, err
	}
	entry.put("files", sources)
	options := r.metadata
	if r.immutable {
		options.put("immutable", true)
	}
	entry.put("options", options)
	return entry, nil
}

// asLiteral: the engine takes the quotes off a literal, some versions also a
// single one.
func asLiteral(text string) bool {
	return oneLine(text) && strings.Trim(text, `"'`) == text
}
