// Package manifest reads Kubernetes objects out of YAML, as `kubectl apply -f`
// does, and keeps where each of them stands, and every field of it.
//
// In: texts with their names. Out: objects in plain values, and findings about
// what is none. What is read is bounded before it is: Most bytes, MostObjects, and
// nesting and aliases as internal/kustomize counts them.
package manifest

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// Most bytes of all texts together: some ten times the largest installations that
// are known. MostObjects of one set.
const (
	Most        = 32 << 20
	MostObjects = 20_000
)

const code = "WO713" // what is to be verified is no Kubernetes object, is there twice, or is too large

// Set is what was read.
type Set struct {
	Objects []kustomize.Object
	places  map[id]document
	size    int
	full    bool
}

// id is what an object is called.
type id struct{ apiVersion, kind, namespace, name string }

func idOf(o kustomize.Object) id { return id{o.APIVersion, o.Kind, o.Namespace, o.Name} }

// document is the text that an object was read from: it is read again when
// somebody asks where in it something stands.
type document struct {
	file string
	line int // lines before it
	text []byte
	item int // in a list, or -1
}

// separator is the line between documents.
var separator = regexp.MustCompile(`(?m)^---(?:[ \t].*)?\r?$`)

// Add reads the documents of a text.
func (s *Set) Add(file string, text []byte) []finding.Finding {
	if s.full {
		return nil
	}
	if s.size += len(text); s.size > Most {
		s.full = true
		return []finding.Finding{wrong(file, 0, 0, fmt.Sprintf("there are more than %d MiB to verify", Most>>20), "verify it in parts: a namespace or an environment at a time")}
	}
	var found []finding.Finding
	line, rest := 0, text
	for len(rest) > 0 && !s.full {
		part := rest
		if at := separator.FindIndex(rest[min(3, len(rest)):]); at != nil {
			part = rest[:at[0]+min(3, len(rest))]
		}
		rest = rest[len(part):]
		found = append(found, s.document(document{file: file, line: line, text: part, item: -1})...)
		line += bytes.Count(part, []byte("\n"))
	}
	return found
}

// document reads one.
func (s *Set) document(d document) []finding.Finding {
	if len(bytes.TrimSpace(separator.ReplaceAll(d.text, nil))) == 0 {
		return nil
	}
	if bound := kustomize.Excess(d.file, d.text); bound != nil {
		return []finding.Finding{wrong(d.file, d.line+bound.Line, bound.Column, bound.Message, "write out what is meant, and what it takes")}
	}
	n, err := d.parse()
	if err != nil {
		return []finding.Finding{notYAML(d, err)}
	}
	if n == nil {
		return nil
	}
	v, err := value.Read(n)
	if err != nil {
		return []finding.Finding{notYAML(d, err)}
	}
	m, ok := v.(map[string]any)
	if !ok && v == nil {
		return nil
	}
	if !ok {
		return []finding.Finding{wrong(d.file, d.line+n.Line, n.Column, "this is no Kubernetes object: it is not a mapping", "write apiVersion, kind and metadata")}
	}
	items, isList := m["items"].([]any)
	if kind, _ := m["kind"].(string); !isList || !strings.HasSuffix(kind, "List") {
		return s.object(d, n, m)
	}
	var found []finding.Finding
	for i, item := range items {
		d.item = i
		o, _ := item.(map[string]any)
		found = append(found, s.object(d, at(n, []string{"items", strconv.Itoa(i)}), o)...)
	}
	return found
}

// object adds one, if it is one.
func (s *Set) object(d document, n *yaml.Node, m map[string]any) []finding.Finding {
	o := kustomize.Object{Value: m}
	meta := value.Map(m, "metadata")
	o.APIVersion, _ = m["apiVersion"].(string)
	o.Kind, _ = m["kind"].(string)
	o.Name, _ = meta["name"].(string)
	o.Namespace, _ = meta["namespace"].(string)
	generated, _ := meta["generateName"].(string)
	if strings.HasPrefix(o.APIVersion, "kustomize.config.k8s.io/") {
		return nil // what makes objects, and is none
	}
	for _, part := range []struct{ what, is string }{{"apiVersion", o.APIVersion}, {"kind", o.Kind}, {"metadata.name", o.Name + generated}} {
		if part.is == "" {
			return []finding.Finding{wrong(d.file, d.line+n.Line, n.Column, "this is no Kubernetes object: it has no "+part.what, "write apiVersion, kind and metadata: name")}
		}
	}
	if len(s.Objects) == MostObjects {
		s.full = true
		return []finding.Finding{wrong(d.file, d.line+n.Line, n.Column, fmt.Sprintf("there are more than %d objects to verify", MostObjects), "verify them in parts: a namespace or an environment at a time")}
	}
	if s.places == nil {
		s.places = map[id]document{}
	}
	if before, twice := s.places[idOf(o)]; twice && o.Name != "" {
		return []finding.Finding{wrong(d.file, d.line+n.Line, n.Column, fmt.Sprintf("%s is there twice, and stands at %s too: the last one counts", o, before.start()), "leave one of them out")}
	}
	s.places[idOf(o)] = d
	s.Objects = append(s.Objects, o)
	return nil
}

func wrong(file string, line, column int, message, help string) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Error, Position: finding.Position{File: file, Line: line, Column: column}, Message: message, Help: help}
}
