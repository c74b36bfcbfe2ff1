package delivery

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// rule gives annotations to the objects that a selector finds, or leaves those
// objects out.
type rule struct {
	selects selector
	add     map[string]string
	leave   bool
}

// selector is kustomize's: kinds are a regular expression, labels and annotations
// those of Kubernetes.
type selector struct{ kinds, labels, annotations string }

// generated objects are those with our label, and a condition more.
func generated(more ...string) string {
	return strings.Join(append([]string{krm.ManagedByLabel + "=" + krm.Manager}, more...), ",")
}

func labelIn(key string, values []string) string {
	return fmt.Sprintf("%s in (%s)", key, strings.Join(values, ","))
}

func labelNotIn(key string, values []string) string {
	return fmt.Sprintf("%s notin (%s)", key, strings.Join(values, ","))
}

// unwritten is what is added to an object that has nothing of it by the user's hand.
func unwritten(o kustomize.Object, add map[string]string) map[string]string {
	written := value.Map(o.Value, "metadata", "annotations")
	return maps.Collect(func(yield func(string, string) bool) {
		for k, v := range add {
			if _, has := written[k]; !has && !yield(k, v) {
				return
			}
		}
	})
}

// polite is a rule that leaves what any of the objects has by the user's hand: a
// rule of its own for each such annotation.
func polite(objects []kustomize.Object, r rule) []rule {
	var rules []rule
	rest := maps.Clone(r.add)
	for _, key := range slices.Sorted(maps.Keys(r.add)) {
		if !slices.ContainsFunc(objects, func(o kustomize.Object) bool {
			_, has := value.Map(o.Value, "metadata", "annotations")[key]
			return has
		}) {
			continue
		}
		one := rule{selects: r.selects, add: map[string]string{key: r.add[key]}}
		one.selects.annotations = "!" + key
		rules = append(rules, one)
		delete(rest, key)
	}
	if len(rest) > 0 {
		rules = append(rules, rule{selects: r.selects, add: rest})
	}
	return rules
}

// wrapperComment tells a reader what a wrapper does.
const wrapperComment = "# The overlay's objects with annotations for what delivers them; that nothing else differs is proven.\n"

// wrap writes a kustomization over folders, with the rules that find anything.
func (d *delivery) wrap(dir string, on []Source, of []Annotated, rules []rule) error {
	k := krm.M{"apiVersion": kustomizationVersion, "kind": kustomizationKind}
	var resources, patches []any
	for _, s := range on {
		resources = append(resources, upTo(dir, s.Folder))
	}
	k["resources"] = resources
	for _, r := range rules {
		p, err := r.patch()
		if err != nil {
			return err
		}
		patches = append(patches, p)
	}
	if len(patches) > 0 {
		k["patches"] = patches
	}
	// As the overlay says it, so that both tools give the same order.
	k["sortOptions"] = krm.M{"order": "legacy"}
	d.out.Wrappers = append(d.out.Wrappers, Wrapper{Dir: dir, On: on, Of: of})
	return d.write(path.Join(dir, "kustomization.yaml"), wrapperComment, k)
}

// upTo is the way from a folder to another one, both below the root.
func upTo(dir, to string) string {
	from, rest := strings.Split(dir, "/"), strings.Split(to, "/")
	for len(from) > 0 && len(rest) > 1 && from[0] == rest[0] {
		from, rest = from[1:], rest[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(rest, "/")
}

// patch in the form that needs neither the name nor the kind of what it changes.
func (r rule) patch() (krm.M, error) {
	change := krm.M{"apiVersion": "v1", "kind": "Any", "metadata": krm.M{"name": "any"}}
	if r.leave {
		change["$patch"] = "delete"
	} else {
		change["metadata"] = krm.M{"name": "any", "annotations": r.add}
	}
	n, err := value.Document(change)
	if err != nil {
		return nil, err
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		return nil, err
	}
	target := krm.M{}
	for field, s := range map[string]string{"kind": r.selects.kinds, "labelSelector": r.selects.labels, "annotationSelector": r.selects.annotations} {
		if s != "" {
			target[field] = s
		}
	}
	return krm.M{"target": target, "patch": string(text)}, nil
}

// Bare are the wrappers over the objects' names, labels and annotations alone:
// their rules look at nothing else and change nothing else, and the engine is done
// with them in a fraction of the time. They look at one object at a time, too: a
// wrapper of many objects comes in several parts. An error is a fault of the program.
func (o Output) Bare() ([]Wrapper, error) {
	known := bared{}
	var all []Wrapper
	for _, w := range o.Wrappers {
		w.On, w.Of = slices.Clone(w.On), slices.Clone(w.Of)
		for j, s := range w.On {
			objects := slices.Clone(s.Objects)
			for k := range objects {
				if err := known.strip(&objects[k]); err != nil {
					return nil, err
				}
			}
			w.On[j].Objects = objects
		}
		for j := range w.Of {
			if err := known.strip(&w.Of[j].Object); err != nil {
				return nil, err
			}
		}
		all = append(all, w.parts()...)
	}
	return all, nil
}

// mostObjects of a part of a wrapper: the engine compares each object with all
// that it has read before.
const mostObjects = 32

// parts are a wrapper over some of the objects each, if they come from one folder.
// What it has to build of other objects is the last one's to build.
func (w Wrapper) parts() []Wrapper {
	if len(w.On) != 1 || len(w.On[0].Objects) <= mostObjects {
		return []Wrapper{w}
	}
	var parts []Wrapper
	rest := w.Of
	for objects := range slices.Chunk(w.On[0].Objects, mostObjects) {
		in := map[identity]bool{}
		for _, o := range objects {
			in[identityOf(o)] = true
		}
		part := Wrapper{Dir: w.Dir, On: []Source{{w.On[0].Folder, objects}}}
		var others []Annotated
		for _, a := range rest {
			if in[identityOf(a.Object)] {
				part.Of = append(part.Of, a)
			} else {
				others = append(others, a)
			}
		}
		parts, rest = append(parts, part), others
	}
	last := &parts[len(parts)-1]
	last.Of = append(last.Of, rest...)
	return parts
}

// bared are objects that have their names, labels and annotations alone. Wrappers
// of an environment have the same objects, and each is printed once.
type bared map[identity]kustomize.Object

func (b bared) strip(o *kustomize.Object) error {
	k := identityOf(*o)
	bare, ok := b[k]
	if !ok {
		bare = *o
		bare.Value = map[string]any{"apiVersion": o.Value["apiVersion"], "kind": o.Value["kind"], "metadata": o.Value["metadata"]}
		var err error
		if bare.YAML, err = kustomize.MarshalYAML(bare.Value); err != nil {
			return fmt.Errorf("print %s: %w", o, err)
		}
		b[k] = bare
	}
	*o = bare
	return nil
}

// Stand are folders in the places of those that the wrapper builds on, with the
// objects that these build: files by their paths below the root.
func (w Wrapper) Stand() map[string][]byte {
	files := map[string][]byte{}
	for _, s := range w.On {
		files[path.Join(s.Folder, "kustomization.yaml")] = []byte("resources: [built.yaml]\n")
		files[path.Join(s.Folder, "built.yaml")] = kustomize.Join(s.Objects)
	}
	return files
}

// identity of an object.
type identity struct{ apiVersion, kind, namespace, name string }

func identityOf(o kustomize.Object) identity {
	return identity{o.APIVersion, o.Kind, o.Namespace, o.Name}
}

// Prove holds the build of a wrapper against what it has to build: each object of
// the overlay with the annotations that are added, and nothing else. The error is
// of *Different.
func (w Wrapper) Prove(built []kustomize.Object) error {
	wanted := map[identity]map[string]any{}
	for _, a := range w.Of {
		wanted[identityOf(a.Object)] = a.value()
	}
	var wrong []error
	var first string
	differs := func(o kustomize.Object, format string, a ...any) {
		first = cmp.Or(first, o.String())
		wrong = append(wrong, fmt.Errorf(format, a...))
	}
	for _, o := range built {
		k := identityOf(o)
		want, ok := wanted[k]
		delete(wanted, k)
		if !ok {
			differs(o, "%s builds %s, which it should not", w.Dir, o)
		} else if !value.Equal(want, o.Value) {
			differs(o, "%s builds %s otherwise (- wanted, + built):\n%s", w.Dir, o, value.Diff(want, o.Value))
		}
	}
	for _, a := range w.Of {
		if _, missing := wanted[identityOf(a.Object)]; missing {
			differs(a.Object, "%s does not build %s", w.Dir, a.Object)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return &Different{First: first, Wrong: errors.Join(wrong...)}
}

// Different is a wrapper that does not build what it should.
type Different struct {
	// First is an object that is otherwise, by its name.
	First string
	// Wrong has all of them, with what is in them: it is not for everybody to see.
	Wrong error
}

func (d *Different) Error() string { return d.Wrong.Error() }

// value of the object with what is added.
func (a Annotated) value() map[string]any {
	if len(a.Add) == 0 {
		return a.Object.Value
	}
	all := map[string]any{}
	for k, v := range value.Map(a.Object.Value, "metadata", "annotations") {
		all[k] = v
	}
	for k, v := range a.Add {
		all[k] = v
	}
	return value.With(a.Object.Value, all, "metadata", "annotations")
}
