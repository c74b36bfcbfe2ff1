package overlay

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// mergeKeys are the keys by which strategic merge tells the elements of a list
// apart, by the list's name. It need not be complete, nor right for every
// kind: a patch that does not give exactly what is wanted is not used.
var mergeKeys = map[string][]string{
	"containers": {"name"}, "initContainers": {"name"}, "ephemeralContainers": {"name"},
	"env": {"name"}, "volumes": {"name"}, "imagePullSecrets": {"name"}, "secrets": {"name"},
	"volumeMounts": {"mountPath"}, "volumeDevices": {"devicePath"},
	"ports":                     {"containerPort", "port", "protocol"},
	"topologySpreadConstraints": {"topologyKey", "whenUnsatisfiable"},
	"hostAliases":               {"ip"},
}

// mergePatch writes the strategic merge patch between two mappings. repeats is
// how many lines of it base says already: in lists that can only be replaced
// whole, and keys that are there for their order.
func mergePatch(base, want map[string]any) (patch map[string]any, repeats int) {
	patch = map[string]any{}
	for key := range base {
		if _, ok := want[key]; !ok {
			patch[key] = nil
		}
	}
	for key, is := range want {
		if was, ok := base[key]; !ok || !value.Equal(was, is) {
			sub, n := mergeField(key, was, is)
			patch[key], repeats = sub, repeats+n
		}
	}
	return patch, repeats
}

// mergeField writes the patch of a mapping's field, which base may not have.
func mergeField(key string, base, want any) (patch any, repeats int) {
	switch is := want.(type) {
	case map[string]any:
		if was, ok := base.(map[string]any); ok && len(is) > 0 {
			return mergePatch(was, is)
		}
	case []any:
		was, ok := base.([]any)
		if !ok {
			break
		}
		if by := mergeKeys[key]; by != nil {
			if sub, n, ok := mergeList(by, was, is); ok {
				return sub, n
			}
		}
		return want, said(was, is)
	}
	return want, 0
}

// elementKey is the value of an element's merge keys, and the element with
// nothing else.
func elementKey(by []string, e any) (key string, only map[string]any) {
	m, ok := e.(map[string]any)
	if !ok {
		return "", nil
	}
	only = map[string]any{}
	var b strings.Builder
	for _, k := range by {
		if v, ok := m[k]; ok {
			only[k] = v
			fmt.Fprintf(&b, "%s=%v\x00", k, v)
		}
	}
	return b.String(), only
}

func index(by []string, list []any) (at map[string]int, ok bool) {
	at = make(map[string]int, len(list))
	for i, e := range list {
		key, _ := elementKey(by, e)
		if _, twice := at[key]; twice || key == "" {
			return nil, false
		}
		at[key] = i
	}
	return at, true
}

// mergeList writes the patch of a list with merge keys. The engine puts the
// elements of a patch first, in the patch's order, and what it does not name
// behind them. So the patch names all elements up to the last one that changed
// or moved, those that did not by their key alone.
func mergeList(by []string, base, want []any) (patch []any, repeats int, ok bool) {
	was, a := index(by, base)
	is, b := index(by, want)
	if !a || !b {
		return nil, 0, false
	}
	for _, e := range want[:mustName(by, base, want, was, is)] {
		key, only := elementKey(by, e)
		i, old := was[key]
		if !old {
			patch = append(patch, e)
			continue
		}
		if value.Equal(base[i], e) {
			patch, repeats = append(patch, only), repeats+1
			continue
		}
		sub, n := mergePatch(base[i].(map[string]any), e.(map[string]any))
		for k, v := range only {
			sub[k] = v
		}
		patch, repeats = append(patch, sub), repeats+n
	}
	for _, e := range base {
		if key, only := elementKey(by, e); !hasKey(is, key) {
			only["$patch"] = "delete"
			patch = append(patch, only)
		}
	}
	return patch, repeats, true
}

// mustName is how many of want's elements, from the first, a patch must name:
// those behind them are the last of base that stay, in base's order, and as they
// were.
func mustName(by []string, base, want []any, was, is map[string]int) int {
	var kept []string // keys of base that stay, in base's order
	for _, e := range base {
		if key, _ := elementKey(by, e); hasKey(is, key) {
			kept = append(kept, key)
		}
	}
	need := len(want)
	for need > 0 {
		key, _ := elementKey(by, want[need-1])
		i, old := was[key]
		if !old || !value.Equal(base[i], want[need-1]) || kept[len(kept)-1] != key {
			break
		}
		kept = kept[:len(kept)-1]
		need--
	}
	return need
}

func hasKey(m map[string]int, key string) bool {
	_, ok := m[key]
	return ok
}
