package overlay

import (
	"iter"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// fields is a mapping whose order is ours: the files that people read are
// written in the order in which one reads them.
type fields []field

type field struct {
	name  string
	value any
}

// All makes fields a value.Ordered.
func (f fields) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, field := range f {
			if !yield(field.name, field.value) {
				return
			}
		}
	}
}

// put adds a field unless its value is empty.
func (f *fields) put(name string, v any) {
	empty := false
	switch v := v.(type) {
	case string:
		empty = v == ""
	case []any:
		empty = len(v) == 0
	case map[string]any:
		empty = len(v) == 0
	case fields:
		empty = len(v) == 0
	}
	if !empty {
		*f = append(*f, field{name, v})
	}
}

// byFirst orders entries by their first field.
func byFirst(a, b any) int {
	return strings.Compare(a.(fields)[0].value.(string), b.(fields)[0].value.(string))
}

// byName orders names.
func byName(a, b any) int { return strings.Compare(a.(string), b.(string)) }

const kustomizationFile = "kustomization.yaml"

// kustomization starts a kustomization of a kind that all versions read.
func kustomization() fields {
	return fields{{"apiVersion", "kustomize.config.k8s.io/v1beta1"}, {"kind", "Kustomization"}}
}

func list[T any](values []T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}

// folder is a folder of the tree under construction.
type folder struct {
	header string
	taken  names
	files  map[string][]byte
}

func newFolder(header string) *folder {
	taken := names{kustomizationFile: true, "kustomization.yml": true, "kustomization": true, patchFolder: true}
	return &folder{header, taken, map[string][]byte{}}
}

// add adds a file and returns its name, which is another one if it is taken.
func (f *folder) add(name string, content []byte) string {
	name = f.taken.take(name)
	f.files[name] = content
	return name
}

// render adds a file of YAML documents.
func (f *folder) render(name string, documents ...any) (string, error) {
	content, err := value.Write(f.header, documents...)
	return f.add(name, content), err
}

// finish adds the kustomization.
func (f *folder) finish(k fields) (err error) {
	f.files[kustomizationFile], err = value.Write(f.header, k)
	return err
}
