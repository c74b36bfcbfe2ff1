package kustomize

import (
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/place"
)

// Causes that are in the fields of a kustomization.

func unknownField(t *Tree, said []string) error {
	e := &CauseError{Message: fmt.Sprintf("kustomize knows no field %q", said[0])}
	var all []string
	kustomization := reflect.TypeFor[types.Kustomization]()
	for i := range kustomization.NumField() {
		name, _, _ := strings.Cut(kustomization.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			all = append(all, name)
		}
	}
	if meant := place.Suggest(said[0], all); meant != "" {
		e.Help = fmt.Sprintf("did you mean %q?", meant)
	}
	found := false
	t.top(func(file string, key, value *yaml.Node) {
		eachScalar(&yaml.Node{Content: []*yaml.Node{key, value}}, func(n *yaml.Node) {
			if n.Value == said[0] && !found {
				e.Place, found = at(file, n), true
			}
		})
	})
	return e
}

// wrongType is about a value of another type than the field's; said has the type
// that it has, the way to the field from a type of Go's, and the type of the field.
func wrongType(t *Tree, said []string) error {
	_, way, _ := strings.Cut(said[1], ".")
	names := strings.Split(way, ".")
	e := &CauseError{Message: fmt.Sprintf("%q is %s, which is not what kustomize takes there", names[len(names)-1], article(said[0])),
		Help: "want " + wanted(said[2])}
	t.top(func(file string, key, value *yaml.Node) {
		if !strings.EqualFold(key.Value, names[0]) || e.File != "" {
			return
		}
		e.Place = at(file, value)
		if n := inField(value, names[1:]); n != nil {
			e.Place = at(file, n)
		}
	})
	return e
}

// inField is the value at names below a value, through lists: the first of a kind
// that the last name has seldom.
func inField(n *yaml.Node, names []string) *yaml.Node {
	if len(names) == 0 {
		return n
	}
	if n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			if found := inField(c, names); found != nil && found.Kind != yaml.ScalarNode {
				return found
			}
		}
		return nil
	}
	if next := field(n, names[0]); next != nil {
		return inField(next, names[1:])
	}
	return nil
}

func article(kind string) string {
	switch kind {
	case "array":
		return "a list"
	case "object":
		return "a mapping"
	case "bool":
		return "true or false"
	}
	return "a " + kind
}

func wanted(of string) string {
	switch {
	case strings.HasPrefix(of, "[]string"):
		return "a list of strings"
	case strings.HasPrefix(of, "[]"):
		return "a list of mappings"
	case strings.HasPrefix(of, "map["), strings.Contains(of, "types."):
		return "a mapping"
	case of == "bool":
		return "true or false"
	case strings.HasPrefix(of, "int"):
		return "a number"
	}
	return "a string"
}

const noHelm = "render the chart with `helm template` and commit what comes out as a resource: what is published must build " +
	"without a network and without other programs, and be the same tomorrow"

func helm(t *Tree, _ []string) error {
	e := &CauseError{Message: "Helm charts are not inflated: that would run the helm program, and may fetch the chart", Help: noHelm}
	t.top(func(file string, key, value *yaml.Node) {
		if strings.HasPrefix(strings.ToLower(key.Value), "helmchart") && e.File == "" {
			e.Place = at(file, key)
		}
	})
	if places := t.Written(equal("HelmChartInflationGenerator")); e.File == "" && len(places) > 0 {
		e.Place = places[0]
	}
	return e
}

func plugin(t *Tree, said []string) error {
	return written(t, equal(said[0]), fmt.Sprintf("the generator or transformer %q is a program, and none is run", said[0]),
		"run it yourself and commit what it makes as resources, or use one of those that kustomize has built in")
}

// eachPatch shows the entries of kustomizations that are patches.
func (t *Tree) eachPatch(show func(file string, entry *yaml.Node)) {
	t.top(func(file string, key, value *yaml.Node) {
		if name := strings.ToLower(key.Value); name == "patches" || name == "patchesjson6902" {
			for _, entry := range value.Content {
				show(file, entry)
			}
		}
	})
}

func emptyPatch(t *Tree, _ []string) error {
	e := &CauseError{Message: "the patch has neither or both of patch and path", Help: "write the text of the patch, or the path of its file"}
	t.eachPatch(func(file string, entry *yaml.Node) {
		if e.File == "" && (field(entry, "patch") == nil) == (field(entry, "path") == nil) {
			e.Place = at(file, entry)
		}
	})
	return e
}

// flow is JSON's list, but with names of fields that no quotes are around.
var flow = regexp.MustCompile(`^\s*\[\s*\{\s*[A-Za-z']`)

func noPatch(t *Tree, _ []string) error {
	e := &CauseError{Message: "the patch is neither a part of an object with its kind and name nor a list of operations",
		Help: "write apiVersion, kind, metadata.name and what changes; or operations with op and path, of which op is add, remove, replace, move, copy or test"}
	t.eachPatch(func(file string, entry *yaml.Node) {
		n := field(entry, "patch")
		if n == nil {
			n = field(entry, "path")
		}
		if n == nil || e.File != "" {
			return
		}
		content := n.Value
		if field(entry, "patch") == nil {
			content = string(t.own.texts[path.Join(path.Dir(file), n.Value)])
		}
		if soundPatch(content) {
			return
		}
		e.Place = at(file, n)
		if flow.MatchString(content) {
			e.Message = "the patch begins as JSON does and is none: the names of its fields are not in double quotes"
			e.Help = `write [{"op": "add", ...}], or each operation on lines of its own that begin with "- op: "`
		}
	})
	return e
}

var operations = []string{"add", "remove", "replace", "move", "copy", "test"}

// soundPatch tells whether a text is a patch as far as one can see.
func soundPatch(content string) bool {
	tops, err := documents([]byte(content))
	if err != nil || len(tops) == 0 || flow.MatchString(content) {
		return false
	}
	if tops[0].Kind != yaml.SequenceNode {
		return text(field(tops[0], "kind")) != "" && text(field(field(tops[0], "metadata"), "name")) != ""
	}
	for _, op := range tops[0].Content {
		if !slices.Contains(operations, text(field(op, "op"))) || field(op, "path") == nil {
			return false
		}
	}
	return true
}

func nothingToBuild(t *Tree, _ []string) error {
	e := &CauseError{Message: "the kustomization has nothing to build", Help: "write what it has: resources, patches, or whatever it is for; or remove it"}
	t.own.each(func(file string, top *yaml.Node) {
		full := false
		for i := 0; i < len(top.Content) && top.Kind == yaml.MappingNode; i += 2 {
			name := strings.ToLower(top.Content[i].Value)
			value := top.Content[i+1]
			empty := value.Kind != yaml.ScalarNode && len(value.Content) == 0 || value.Tag == "!!null"
			full = full || !empty && name != "apiversion" && name != "kind" && name != "metadata"
		}
		if isKustomization(file) && !full && e.File == "" {
			e.Place = Place{File: file}
		}
	})
	return e
}

// entry is the place of the first entry of folders that leads to one.
func (t *Tree) entry(folder string, fields ...string) Place {
	var found Place
	t.top(func(file string, key, value *yaml.Node) {
		for _, n := range value.Content {
			if slices.Contains(fields, strings.ToLower(key.Value)) && found.File == "" && path.Join(path.Dir(file), n.Value) == folder {
				found = at(file, n)
			}
		}
	})
	return found
}

func noComponent(t *Tree, said []string) error {
	return &CauseError{Place: t.entry(said[0], "components"), Message: fmt.Sprintf("the folder %q is no component", said[0]),
		Help: "write kind: Component in its kustomization, or list it under resources"}
}

func circle(t *Tree, said []string) error {
	return &CauseError{Place: t.entry(said[0], directories...), Message: fmt.Sprintf("the folder %q is asked for while it is being built: folders refer to each other in a circle", said[0]),
		Help: "move what both need into a folder that refers to neither"}
}

func severalKustomizations(t *Tree, said []string) error {
	return &CauseError{Place: Place{File: said[0]}, Message: "the folder has more than one kustomization",
		Help: "keep one of kustomization.yaml, kustomization.yml and Kustomization"}
}

// unreadablePath is about a file that a kustomization names in any of its fields:
// the first that cannot be read. The error is that of a reference.
func unreadablePath(t *Tree, _ []string) error {
	var e *ReferenceError
	t.top(func(file string, key, value *yaml.Node) {
		eachPath(key, value, func(n *yaml.Node) {
			name := n.Value
			if key, named, ok := strings.Cut(name, "="); ok && !strings.Contains(key, "/") {
				name = named
			}
			if e != nil || name == "" || strings.Contains(name, "\n") {
				return
			}
			if _, _, err := t.resolve(path.Join(path.Dir(file), name)); err != nil {
				e = &ReferenceError{File: file, Line: n.Line, Column: n.Column, Field: key.Value, Reference: n.Value, Why: err}
			}
		})
	})
	if e == nil {
		return nil
	}
	return e
}

// eachPath shows the values of a field of a kustomization that are paths.
func eachPath(key, value *yaml.Node, show func(n *yaml.Node)) {
	name := strings.ToLower(key.Value)
	if slices.Contains(loaded, name) || slices.Contains(paths, name) {
		eachScalar(value, show)
		return
	}
	for i, n := range value.Content {
		switch {
		case value.Kind == yaml.SequenceNode:
			eachPath(key, n, show)
		case i%2 == 0 && n.Kind == yaml.ScalarNode:
			eachPath(n, value.Content[i+1], show)
		}
	}
}
