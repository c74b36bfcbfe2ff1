package krm

import (
	"fmt"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Severities of a Result.
const (
	Error   = "error"
	Warning = "warning"
	Info    = "info"
)

// Result is one thing that a function says, in the shape of the functions
// specification (cmd/config/docs/api-conventions/functions-spec.md of kustomize).
type Result struct {
	Severity string `json:"severity"`
	Message  string `json:"message"`
	// Object that it is about, Field in it, and File where it was read from.
	Object *Ref   `json:"resourceRef,omitempty"`
	Field  *Field `json:"field,omitempty"`
	File   *File  `json:"file,omitempty"`
}

// Ref names an object.
type Ref struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Namespace  string `json:"namespace,omitempty"`
}

// Field is a path in an object.
type Field struct {
	Path string `json:"path"`
}

// File is a place in a package.
type File struct {
	Path  string `json:"path"`
	Index int    `json:"index,omitempty"`
}

// String is a result on one line, for standard error.
func (r Result) String() string {
	line := r.Severity + ": "
	if r.Object != nil {
		line += r.Object.String() + ": "
	}
	return line + r.Message
}

func (o Ref) String() string {
	if o.Namespace != "" {
		return fmt.Sprintf("%s %s/%s", o.Kind, o.Namespace, o.Name)
	}
	return fmt.Sprintf("%s %s", o.Kind, o.Name)
}

// Complaints are the Results for which a function does not do what it was asked, in
// the words of the person who wrote that.
type Complaints []Result

func (c Complaints) Error() string {
	lines := make([]string, len(c))
	for i, r := range c {
		lines[i] = r.Message
		if r.Object != nil {
			lines[i] = r.Object.String() + ": " + r.Message
		}
	}
	return strings.Join(lines, "\n")
}

// complaint about a functionConfig. A message begins with the field that it is about.
func complaint(format string, args ...any) Result {
	r := Result{Severity: Error, Message: fmt.Sprintf(format, args...)}
	if path := leadingField.FindString(r.Message); path != "" {
		r.Field = &Field{Path: path}
	}
	return r
}

var leadingField = regexp.MustCompile(`^(spec|metadata)(\.\w+|\[[^\]]*\])*`)

// objectOf names an item.
func objectOf(n *yaml.RNode) *Ref {
	return &Ref{APIVersion: n.GetApiVersion(), Kind: n.GetKind(), Name: n.GetName(), Namespace: n.GetNamespace()}
}

// fileOf is where an item was read from; nil if nothing says that.
func fileOf(n *yaml.RNode) *File {
	path, index, err := kioutil.GetFileAnnotations(n)
	if err != nil || path == "" {
		return nil
	}
	f := &File{Path: path}
	if _, err := fmt.Sscan(index, &f.Index); err != nil {
		f.Index = 0
	}
	return f
}
