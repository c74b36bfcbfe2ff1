package delivery

import (
	"errors"
	"fmt"
	"path"
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

// Stand are folders in the places of those that the wrapper builds on, with the
// same objects as they were built: files by their paths below the root. To build
// them takes half of the time, and a wrapper's rules know nothing of how the
// objects came about.
func (w Wrapper) Stand() map[string][]byte {
	files := map[string][]byte{}
	for _, s := range w.On {
		files[path.Join(s.Folder, "kustomization.yaml")] = []byte("resources: [built.yaml]\n")
		files[path.Join(s.Folder, "built.yaml")] = kustomize.Join(s.Objects)
	}
	return files
}

// Prove holds the build of a wrapper against what it has to build: each object of
// the overlay with the annotations that are added, and nothing else. The error
// names what differs.
func (w Wrapper) Prove(built []kustomize.Object) error {
	type key struct{ apiVersion, kind, namespace, name string }
	wanted := map[key]map[string]any{}
	for _, a := range w.Of {
		wanted[key{a.Object.APIVersion, a.Object.Kind, a.Object.Namespace, a.Object.Name}] = a.value()
	}
	var wrong []error
	for _, o := range built {
		k := key{o.APIVersion, o.Kind, o.Namespace, o.Name}
		want, ok := wanted[k]
		delete(wanted, k)
		if !ok {
			wrong = append(wrong, fmt.Errorf("%s builds %s, which it should not", w.Dir, o))
		} else if !value.Equal(want, o.Value) {
			wrong = append(wrong, fmt.Errorf("%s builds %s otherwise (- wanted, + built):\n%s", w.Dir, o, value.Diff(want, o.Value)))
		}
	}
	for _, a := range w.Of {
		if _, missing := wanted[key{a.Object.APIVersion, a.Object.Kind, a.Object.Namespace, a.Object.Name}]; missing {
			wrong = append(wrong, fmt.Errorf("%s does not build %s", w.Dir, a.Object))
		}
	}
	return errors.Join(wrong...)
}

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
