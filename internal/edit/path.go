package edit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// list says how the entries of a list are known.
type list struct {
	// keys of an entry, each a path of fields joined by dots; none means that an
	// entry is known by all that it has.
	keys []string
	// first puts entries before those that are there: a patch that replaces one of
	// those by its number, or a container that runs after ours, stays right.
	first bool
	// yields to an entry with the same key that is there.
	yields bool
}

// lists are those of a pod and its templates that the API server merges by a key or
// whose entries have no order that counts (Kubernetes 1.34, api/core/v1/types.go,
// patchMergeKey and listMapKey).
var lists = map[string]list{
	"containers":                {keys: []string{"name"}},
	"initContainers":            {keys: []string{"name"}, first: true},
	"ephemeralContainers":       {keys: []string{"name"}},
	"volumes":                   {keys: []string{"name"}, first: true},
	"volumeMounts":              {keys: []string{"mountPath"}, first: true},
	"volumeDevices":             {keys: []string{"devicePath"}, first: true},
	"volumeClaimTemplates":      {keys: []string{"metadata.name"}, first: true},
	"env":                       {keys: []string{"name"}},
	"imagePullSecrets":          {keys: []string{"name"}},
	"hostAliases":               {keys: []string{"ip"}},
	"topologySpreadConstraints": {keys: []string{"topologyKey", "whenUnsatisfiable"}, yields: true},
	"tolerations":               {},
	"drop":                      {},
	"requiredDuringSchedulingIgnoredDuringExecution":  {},
	"preferredDuringSchedulingIgnoredDuringExecution": {},
}

// step of a path: the name of a field, or, after a "=", what an entry of a list is
// known by.
type step string

type path []step

func (s step) entry() bool { return strings.HasPrefix(string(s), "=") }

// key is the field that a step names.
func (s step) key() string { return unescape.Replace(string(s)) }

func stepTo(key string) step { return step(escape.Replace(key)) }

func (p path) last() step { return p[len(p)-1] }

// field is the last name of a field in a path.
func (p path) field() string {
	for i := len(p) - 1; i >= 0; i-- {
		if !p[i].entry() {
			return p[i].key()
		}
	}
	return ""
}

// dotted is the way to a list or field as people write it.
func (p path) dotted() string {
	var b strings.Builder
	for i, s := range p {
		switch {
		case s.entry() && i == len(p)-1:
		case s.entry():
			b.WriteString("[" + strings.Trim(string(s), "=[]") + "]")
		default:
			b.WriteString("." + s.key())
		}
	}
	return strings.TrimPrefix(b.String(), ".")
}

// String is a path as a Record has it: like a JSON pointer, with entries.
func (p path) String() string {
	var b strings.Builder
	for _, s := range p {
		b.WriteByte('/')
		if s.entry() {
			b.WriteByte('=')
			b.WriteString(escape.Replace(string(s[1:])))
		} else {
			b.WriteString(string(s))
		}
	}
	return b.String()
}

// parsePath is the other way.
func parsePath(text string) path {
	var p path
	for _, s := range strings.Split(strings.TrimPrefix(text, "/"), "/") {
		if strings.HasPrefix(s, "=") {
			s = "=" + unescape.Replace(s[1:])
		}
		p = append(p, step(s))
	}
	return p
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1", "=", "~2")
	unescape = strings.NewReplacer("~0", "~", "~1", "/", "~2", "=")
)

// leaf is a value of a fragment that is set as a whole.
type leaf struct {
	path path
	want any
	// after is the entry before it in the list of the fragment.
	after step
}

// leavesOf a fragment in their order: that of the keys, and of the entries of a list.
func leavesOf(fragment map[string]any) ([]leaf, error) {
	var all []leaf
	err := collect(fragment, nil, &all)
	return all, err
}

func collect(m map[string]any, at path, all *[]leaf) error {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		want, err := plain(m[key])
		if err != nil {
			return err
		}
		below := append(slices.Clip(at), stepTo(key))
		switch w := want.(type) {
		case map[string]any:
			// An empty one asks for nothing.
			if err := collect(w, below, all); err != nil {
				return err
			}
			continue
		case []any:
			if known, ok := lists[key]; ok {
				if err := entries(known, w, below, all); err != nil {
					return err
				}
				continue
			}
		}
		*all = append(*all, leaf{path: below, want: want})
	}
	return nil
}

// entries of a list in a fragment.
func entries(known list, of []any, at path, all *[]leaf) error {
	var after step
	for _, e := range of {
		into, inside := e.(Into)
		if inside {
			e = map[string]any(into)
		}
		id, ok := known.id(e)
		if !ok {
			return fmt.Errorf("an entry of %s has no %s", at.field(), strings.Join(known.keys, " and "))
		}
		below := append(slices.Clip(at), id)
		if !inside {
			*all = append(*all, leaf{below, e, after})
			after = id
			continue
		}
		rest := maps.Clone(into)
		for _, key := range known.keys {
			delete(rest, key)
		}
		if err := collect(rest, below, all); err != nil {
			return err
		}
	}
	return nil
}

// id is what an entry is known by.
func (l list) id(e any) (step, bool) {
	of := e
	if len(l.keys) > 0 {
		var ids []any
		for _, key := range l.keys {
			parts := strings.Split(key, ".")
			v := value.Map(e, parts[:len(parts)-1]...)[parts[len(parts)-1]]
			if v == nil {
				return "", false
			}
			ids = append(ids, v)
		}
		of = ids
	}
	text, err := json.Marshal(of)
	if len(text) > longestID {
		sum := sha256.Sum256(text)
		text = append([]byte("#"), hex.EncodeToString(sum[:8])...)
	}
	return step("=" + string(text)), err == nil
}

// longestID stands in a Record as it is; of what is longer there is a hash.
const longestID = 60

// position of an entry in a sequence; -1 if it is not there.
func (l list) position(sequence *yaml.Node, id step) int {
	return slices.IndexFunc(sequence.Content, func(e *yaml.Node) bool {
		v, err := value.Read(e)
		if err != nil {
			return false
		}
		is, ok := l.id(v)
		return ok && is == id
	})
}

// plain turns what functions build fragments of into plain values. Into stays.
func plain(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, bool, int64:
		return v, nil
	case int:
		return int64(v), nil
	case Into:
		m, err := plainMap(v)
		return Into(m), err
	case map[string]any:
		return plainMap(v)
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			var err error
			if all[i], err = plain(e); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	return value.Of(v)
}

func plainMap(m map[string]any) (map[string]any, error) {
	all := make(map[string]any, len(m))
	for key, v := range m {
		var err error
		if all[key], err = plain(v); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Paths of what a fragment sets, as a Record has them.
func Paths(fragment map[string]any) []string {
	leaves, err := leavesOf(fragment)
	if err != nil {
		return nil
	}
	var all []string
	for _, l := range leaves {
		all = append(all, l.path.String())
	}
	return all
}
