package render

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
)

// What every API server asks of objects, whatever their kind. Names are held to
// more by most kinds, but those of roles may have colons, and others' may too.
const (
	maxName  = 253
	maxLabel = 63
)

var (
	kindForm       = regexp.MustCompile(`^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$`)
	namespaceForm  = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	apiVersionForm = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
)

// storable finds the object that no cluster would take: its file in golden/ would
// be called after it.
func storable(at string, files *kustomize.Tree, built []kustomize.Object) error {
	for _, o := range built {
		for _, part := range []struct {
			what, value string
			wrong       func(string) string
			help        string
		}{
			{"kind", o.Kind, kindFault, "a kind has at most 63 letters and digits, such as ConfigMap"},
			{"name", o.Name, nameFault, `a name has at most 253 characters; most kinds take small letters, digits, "-" and "." only`},
			{"namespace", o.Namespace, namespaceFault, `a namespace has at most 63 small letters, digits and "-"`},
			{"apiVersion", o.APIVersion, apiVersionFault, "write a group and a version, such as apps/v1, or v1"},
		} {
			if why := part.wrong(part.value); why != "" {
				return &CustomError{finding.Finding{
					Code: codeObject, Severity: finding.Error, Position: origin(at, files, o, part.value, part.wrong),
					Message: fmt.Sprintf("no cluster takes %s: its %s %s", called(o), part.what, why),
					Help:    part.help,
				}}
			}
		}
	}
	return sized(at, built)
}

// called names an object in one line.
func called(o kustomize.Object) string {
	return fmt.Sprintf("the object of kind %q with the name %q", o.Kind, o.Name)
}

// origin is where an object comes from: its file, or where the strange part of it
// is written, as in a prefix; or else the folder.
func origin(at string, files *kustomize.Tree, o kustomize.Object, strange string, wrong func(string) string) finding.Position {
	places := files.Origin(o.Kind, o.Name)
	if len(places) == 0 {
		places = files.Written(func(v string) bool { return v != "" && strings.Contains(strange, v) && wrong(v) != "" })
	}
	if len(places) == 0 {
		places = files.Written(func(v string) bool { return v != "" && v == o.Name })
	}
	if len(places) == 0 {
		return finding.Position{File: at}
	}
	return finding.Position{File: places[0].File, Line: places[0].Line, Column: places[0].Column}
}

func kindFault(kind string) string {
	return form(kind, maxLabel, kindForm, "is not made of letters and digits")
}

func nameFault(name string) string {
	switch i := strings.IndexAny(name, "/%"); {
	case i >= 0:
		return fmt.Sprintf("has a %q", name[i:i+1])
	case name == "." || name == "..":
		return "is a way to a folder"
	}
	return form(name, maxName, nil, "")
}

func namespaceFault(namespace string) string {
	if namespace == "" {
		return ""
	}
	return form(namespace, maxLabel, namespaceForm, fmt.Sprintf("is %q", namespace))
}

func apiVersionFault(version string) string {
	return form(version, maxName+1+maxLabel, apiVersionForm, fmt.Sprintf("is %q", version))
}

// form says what is wrong with a text of so many bytes at most.
func form(text string, most int, of *regexp.Regexp, otherwise string) string {
	switch {
	case text == "":
		return "is missing"
	case len(text) > most:
		return fmt.Sprintf("has %d characters, and may have %d", len(text), most)
	case finding.Plain(text) != text:
		return "has characters that cannot be seen"
	case of != nil && !of.MatchString(text):
		return otherwise
	}
	return ""
}
