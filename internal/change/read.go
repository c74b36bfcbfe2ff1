package change

import (
	"errors"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/value"
)

// autoscaler begins the name of a file with one: how many pods restart is read from it,
// though it is the same as before.
const autoscaler = "horizontalpodautoscaler-"

// Read the objects of two sets of golden files that differ: those in files with
// the same bytes cannot, and are left out, but for autoscalers. Files are objects if their names end with .yaml. A name whose
// file is no object in one of the sets, as what git leaves of a merge is none, is
// in neither, and returned.
func Read(old, new map[string][]byte) (before, after []Object, unreadable []string) {
	var b, a side
	for _, name := range names(old, new) {
		if text, ok := old[name]; ok && string(text) == string(new[name]) && !strings.HasPrefix(name, autoscaler) {
			continue
		}
		if !b.add(old, name) || !a.add(new, name) {
			b.drop(name)
			unreadable = append(unreadable, name)
		}
	}
	return Set(b.objects, b.files), Set(a.objects, a.files), unreadable
}

// Same are the objects of files that have the same bytes in both sets. Comparing needs them
// only where Related says so: most of a change's files are the same.
func Same(old, new map[string][]byte) []Object {
	var same side
	for _, name := range names(old, new) {
		if text, ok := old[name]; ok && string(text) == string(new[name]) {
			same.add(old, name)
		}
	}
	return Set(same.objects, same.files)
}

// Related tells whether what an object says is about others, which may be the same: to
// change or take away a policy opens pods.
func Related(o Object) bool { return o.Kind == networkPolicy }

// names of files with objects, of both sets.
func names(old, new map[string][]byte) []string {
	var all []string
	for _, files := range []map[string][]byte{old, new} {
		for name := range files {
			if path.Ext(name) == ".yaml" {
				all = append(all, name)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// side is one of the sets.
type side struct {
	objects []kustomize.Object
	files   []string
}

// add the object of a file, if there is the file; false: it is none.
func (s *side) add(files map[string][]byte, name string) bool {
	text, ok := files[name]
	if !ok {
		return true
	}
	o, err := parse(text)
	if err == nil {
		s.objects, s.files = append(s.objects, o), append(s.files, name)
	}
	return err == nil
}

// drop the object of a file, if it was the last.
func (s *side) drop(name string) {
	if n := len(s.files) - 1; n >= 0 && s.files[n] == name {
		s.objects, s.files = s.objects[:n], s.files[:n]
	}
}

var errNoObject = errors.New("no YAML of one object")

func parse(text []byte) (kustomize.Object, error) {
	n, err := yaml.Parse(string(text))
	if err != nil {
		return kustomize.Object{}, errNoObject
	}
	read, err := value.Read(n.YNode())
	if err != nil {
		return kustomize.Object{}, errNoObject
	}
	v, ok := read.(map[string]any)
	if !ok {
		return kustomize.Object{}, errNoObject
	}
	o := kustomize.Object{YAML: text, Value: v}
	o.APIVersion, _ = v["apiVersion"].(string)
	o.Kind, _ = v["kind"].(string)
	meta := value.Map(v, "metadata")
	o.Name, _ = meta["name"].(string)
	o.Namespace, _ = meta["namespace"].(string)
	if o.Kind == "" || o.Name == "" {
		return kustomize.Object{}, errNoObject
	}
	return o, nil
}

// Set makes objects of what was built, with the files that they are shown in; nil if
// they are in none. Names of ConfigMaps and Jobs, and references to them, lose the hash of their
// content.
func Set(built []kustomize.Object, files []string) []Object {
	type named struct{ kind, namespace, name string }
	plain := map[named]string{}
	for _, o := range built {
		if p := overlay.PlainName(o); p != o.Name {
			plain[named{o.Kind, o.Namespace, o.Name}] = p
		}
	}
	set := make([]Object, len(built))
	for i, o := range built {
		name := o.Name
		if p, ok := plain[named{o.Kind, o.Namespace, o.Name}]; ok {
			name = p
		}
		v := value.Rename(o.Value, func(kind, name string) string {
			if p, ok := plain[named{kind, o.Namespace, name}]; ok {
				return p
			}
			return name
		})
		if name != o.Name {
			v = value.With(v, name, "metadata", "name")
		}
		set[i] = Object{APIVersion: o.APIVersion, ID: ID{o.Kind, o.Namespace, name}, Is: o.Name, Value: v, raw: o.Value}
		if files != nil {
			set[i].File = files[i]
		}
	}
	return set
}
