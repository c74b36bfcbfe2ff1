package overlay

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// Mismatch is an object that a build does not give as it was wanted.
type Mismatch struct {
	// Object as built; one that is not built has no value.
	Object kustomize.Object
	// Diff has a line for each field that differs, "-" as wanted and "+" as
	// built.
	Diff string
}

func (m *Mismatch) Error() string {
	return fmt.Sprintf("%s is not built as wanted (- wanted, + built):\n%s", m.Object, m.Diff)
}

// Prove compares a build with what was wanted, object for object: parsed
// values are equal, the order of lists counts, that of keys and of objects
// does not. Names with a content hash, and the references to them, are
// computed here and not taken from the build. The error joins a *Mismatch for
// each object that differs, is missing or is too much.
func Prove(built []kustomize.Object, want []*yaml.RNode) error {
	return Expect(want).Prove(built)
}

// Expectation is what a build must give. It is not changed by a proof.
type Expectation struct {
	objects map[key]map[string]any
	err     error
}

// Expect is what a build of what is wanted must give, for callers that can work it
// out beside something else. Its error is that of the proof.
func Expect(want []*yaml.RNode) *Expectation {
	wanted, err := load(want)
	if err != nil {
		return &Expectation{err: err}
	}
	return expectation(wanted)
}

func expectation(wanted []*object) *Expectation {
	objects, err := expect(wanted)
	return &Expectation{objects, err}
}

// Prove is the function Prove.
func (e *Expectation) Prove(built []kustomize.Object) error {
	if e.err != nil {
		return fmt.Errorf("prove: %w", e.err)
	}
	expected := maps.Clone(e.objects)
	var wrong []error
	for _, o := range built {
		k := key{o.APIVersion, o.Kind, o.Namespace, o.Name}
		is, ok := expected[k]
		delete(expected, k)
		switch {
		case !ok:
			wrong = append(wrong, &Mismatch{o, "+ the whole object\n"})
		case !value.Equal(is, o.Value):
			wrong = append(wrong, &Mismatch{o, value.Diff(is, o.Value)})
		}
	}
	var missing []kustomize.Object
	for k := range expected {
		missing = append(missing, kustomize.Object{Kind: k.kind, Namespace: k.namespace, Name: k.name})
	}
	slices.SortFunc(missing, func(a, b kustomize.Object) int { return strings.Compare(a.String(), b.String()) })
	for _, o := range missing {
		wrong = append(wrong, &Mismatch{o, "- the whole object\n"})
	}
	return errors.Join(wrong...)
}

// key finds an object in a build.
type key struct{ apiVersion, kind, namespace, name string }

// expect are the values that a build must have of what is wanted.
func expect(wanted []*object) (map[key]map[string]any, error) {
	hashed := map[placed]string{}
	var err error
	for _, o := range wanted {
		if !o.hashed {
			continue
		}
		if hashed[o.placed()], err = kustomize.HashedName(o.name, o.value); err != nil {
			return nil, fmt.Errorf("hash %s: %w", o, err)
		}
	}
	expected := make(map[key]map[string]any, len(wanted))
	for _, o := range wanted {
		name := o.name
		if o.hashed {
			name = hashed[o.placed()]
		}
		k := key{o.apiVersion, o.kind, o.namespace, name}
		if expected[k] != nil {
			return nil, fmt.Errorf("%s is wanted twice", o)
		}
		expected[k] = o.built(name, hashed)
	}
	return expected, nil
}

// built is the value of an object in a build, under a name, with the hashed
// names of the ConfigMaps that it refers to.
func (o *object) built(name string, hashed map[placed]string) map[string]any {
	v := value.With(o.value, name, "metadata", "name")
	if o.namespace != "" {
		v = value.With(v, o.namespace, "metadata", "namespace")
	}
	return value.Rename(v, func(kind, name string) string {
		if h := hashed[placed{o.namespace, name}]; kind == "ConfigMap" && h != "" {
			return h
		}
		return name
	})
}
