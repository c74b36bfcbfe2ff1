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

// wrap writes a kustomization over a folder, with the rules that find anything.
func (d *delivery) wrap(dir, folder string, whole []kustomize.Object, of []Annotated, rules []rule) error {
	k := krm.M{"apiVersion": kustomizationVersion, "kind": kustomizationKind}
	var patches []any
	k["resources"] = []any{strings.Repeat("../", strings.Count(dir, "/")+1) + folder}
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
	d.out.Wrappers = append(d.out.Wrappers, Wrapper{Dir: dir, Folder: folder, Whole: whole, Of: of})
	return d.write(path.Join(dir, "kustomization.yaml"), "", k)
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

// Stand is a folder in the place of the one that the wrapper builds on, with the
// same objects as they were built: files by their paths below the root. To build
// it takes half of the time, and a wrapper's rules know nothing of how the objects
// came about.
func (w Wrapper) Stand() map[string][]byte {
	return map[string][]byte{
		path.Join(w.Folder, "kustomization.yaml"): []byte("resources: [built.yaml]\n"),
		path.Join(w.Folder, "built.yaml"):         kustomize.Join(w.Whole),
	}
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
