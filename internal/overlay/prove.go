package overlay

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/kustomize"
)

// Mismatch is an object that a build does not give as it was wanted.
type Mismatch struct {
	// Object is "Kind namespace/name", with the name as built.
	Object string
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
	wanted, err := load(want)
	if err != nil {
		return fmt.Errorf("prove: %w", err)
	}
	hashed := map[[2]string]string{}
	for _, o := range wanted {
		if !o.hashed {
			continue
		}
		name, err := kustomize.HashedName(o.name, o.value)
		if err != nil {
			return fmt.Errorf("prove: hash %s: %w", o, err)
		}
		hashed[[2]string{o.namespace, o.name}] = name
	}
	type key struct{ apiVersion, kind, namespace, name string }
	expected := make(map[key]map[string]any, len(wanted))
	for _, o := range wanted {
		name := o.name
		if o.hashed {
			name = hashed[[2]string{o.namespace, o.name}]
		}
		meta := o.value["metadata"].(map[string]any)
		meta["name"] = name
		if o.namespace != "" {
			meta["namespace"] = o.namespace
		}
		_ = references(o.kind, o.value, func(name string) (string, error) {
			if h := hashed[[2]string{o.namespace, name}]; h != "" {
				return h, nil
			}
			return name, nil
		})
		k := key{o.apiVersion, o.kind, o.namespace, name}
		if expected[k] != nil {
			return fmt.Errorf("prove: %s is wanted twice", o)
		}
		expected[k] = o.value
	}
	var wrong []error
	for _, o := range built {
		k := key{o.APIVersion, o.Kind, o.Namespace, o.Name}
		is, ok := expected[k]
		delete(expected, k)
		switch {
		case !ok:
			wrong = append(wrong, &Mismatch{o.String(), "+ the whole object\n"})
		case !equal(is, o.Value):
			wrong = append(wrong, &Mismatch{o.String(), Diff(is, o.Value)})
		}
	}
	var missing []string
	for k := range expected {
		missing = append(missing, kustomize.Object{Kind: k.kind, Namespace: k.namespace, Name: k.name}.String())
	}
	slices.Sort(missing)
	for _, m := range missing {
		wrong = append(wrong, &Mismatch{m, "- the whole object\n"})
	}
	return errors.Join(wrong...)
}

// Diff shows where two plain values differ, a field a line: its path, then
// what is wanted and what is built.
func Diff(want, built any) string {
	var b strings.Builder
	diffInto(&b, "", want, built)
	return b.String()
}

func diffInto(b *strings.Builder, path string, want, built any) {
	if equal(want, built) {
		return
	}
	switch w := want.(type) {
	case map[string]any:
		if is, ok := built.(map[string]any); ok {
			for _, k := range keys(union(w, is)) {
				was, had := w[k]
				now, has := is[k]
				sub := strings.TrimPrefix(path+"."+k, ".")
				switch {
				case !has:
					fmt.Fprintf(b, "- %s: %s\n", sub, short(was))
				case !had:
					fmt.Fprintf(b, "+ %s: %s\n", sub, short(now))
				default:
					diffInto(b, sub, was, now)
				}
			}
			return
		}
	case []any:
		if is, ok := built.([]any); ok {
			for i := range max(len(w), len(is)) {
				sub := fmt.Sprintf("%s[%d]", path, i)
				switch {
				case i >= len(is):
					fmt.Fprintf(b, "- %s: %s\n", sub, short(w[i]))
				case i >= len(w):
					fmt.Fprintf(b, "+ %s: %s\n", sub, short(is[i]))
				default:
					diffInto(b, sub, w[i], is[i])
				}
			}
			return
		}
	}
	fmt.Fprintf(b, "- %s: %s\n+ %s: %s\n", path, short(want), path, short(built))
}

// short prints a value on one line.
func short(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	n := node(v)
	n.Style = yaml.FlowStyle
	text, err := yaml.String(n, yaml.Flow, yaml.Trim)
	if err != nil {
		return fmt.Sprint(v)
	}
	return text
}
