package kustomize

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Causes that are in the text of files that the engine reads as YAML.

// malformed finds a file that is no YAML, and else an object that is none.
func malformed(t *Tree, _ []string) error {
	files := t.readAsYAML()
	for _, file := range files {
		if e := NotYAML(file, t.own.texts[file]); e != nil {
			return e
		}
	}
	for _, file := range files {
		if slices.Contains(t.named("resources"), file) {
			if e := noObjects(file, t.own.texts[file]); e != nil {
				return e
			}
		}
	}
	return nil
}

// readAsYAML are the files that were read for what they say, and not as they are:
// kustomizations, and what they name in the fields that take objects and settings.
func (t *Tree) readAsYAML() []string {
	files := t.named(append([]string{"resources", "patches", "patchesjson6902", "replacements", "openapi"}, loaded...)...)
	for file := range t.own.texts {
		if isKustomization(file) {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// named are the files that were read and that kustomizations name in fields.
func (t *Tree) named(fields ...string) []string {
	var files []string
	t.top(func(file string, key, value *yaml.Node) {
		if !slices.Contains(fields, strings.ToLower(key.Value)) {
			return
		}
		eachScalar(value, func(n *yaml.Node) {
			real, _, err := t.resolve(path.Join(path.Dir(file), n.Value))
			if _, read := t.own.texts[real]; err == nil && read {
				files = append(files, real)
			}
		})
	})
	return files
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// NotYAML is about the first place of a file where its text is no YAML; nil is
// nowhere.
func NotYAML(file string, content []byte) *CauseError {
	if !bytes.Equal(bytes.ToValidUTF8(content, nil), content) {
		return &CauseError{Place: Place{File: file}, Message: "the file is no text in UTF-8", Help: "save it as UTF-8"}
	}
	tops, err := documents(content)
	if err == nil {
		return repeatedKey(file, tops)
	}
	e := &CauseError{Place: Place{File: file}, Message: "the file is no YAML: " + yamlFault(err.Error())}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		if strings.Contains(err.Error(), "did not find expected") {
			e.Line++ // the reader's parser counts from 0, its scanner from 1
		}
		e.Line = min(e.Line, 1+bytes.Count(bytes.TrimRight(content, "\n"), []byte("\n")))
		e.Column = 1
		e.Help = "look at this line, and at the one before it"
	} else if m := unknownAnchor.FindStringSubmatch(err.Error()); m != nil {
		e.Line, e.Column = aliasOf(content, m[1])
		e.Help = fmt.Sprintf("write &%s before the value that is meant, above this line, or the value itself", m[1])
	}
	return e
}

// unknownAnchor is what YAML's reader says of an alias, without its line.
var unknownAnchor = regexp.MustCompile(`unknown anchor '([^']+)' referenced`)

// aliasOf is the first place where a text has an alias of a name that no anchor before
// it has, in whichever document, as its reader wants it: at the beginning of a word, outside comments.
func aliasOf(content []byte, name string) (line, column int) {
	said := regexp.MustCompile(`(^|[\s\[{,])([*&])` + regexp.QuoteMeta(name) + `($|[\s\]},])`)
	anchored := false
	for i, text := range bytes.Split(content, []byte("\n")) {
		if at := comment.FindIndex(text); at != nil {
			text = text[:at[0]]
		}
		for _, m := range said.FindAllSubmatchIndex(text, -1) {
			switch {
			case text[m[4]] == '&':
				anchored = true
			case !anchored:
				return i + 1, utf8.RuneCount(text[:m[4]]) + 1
			}
		}
	}
	return 0, 0
}

var comment = regexp.MustCompile(`(^|\s)#`)

// yamlFault says in other words what YAML's reader says.
func yamlFault(said string) string {
	for _, f := range [][2]string{
		{"found a tab character", "a tab stands where it wants spaces"},
		{"found character that cannot start", "a word begins with a character that none may begin with, such as a tab, @ or `"},
		{"mapping values are not allowed", `a second ": " in a line, or a line that is indented too much`},
		{"could not find expected ':'", `a line lacks its ":"`},
		{"did not find expected", "a bracket or a quote is not closed, or a line is not indented as those around it"},
		{"found unexpected end of stream", "a quote is not closed"},
		{"control characters", "there is a control character in it"},
		{"unknown anchor", "an alias has no anchor before it"},
	} {
		if strings.Contains(said, f[0]) {
			return f[1]
		}
	}
	return "its reader gives up on it"
}

// repeatedKey finds a field that is there twice.
func repeatedKey(file string, tops []*yaml.Node) *CauseError {
	for _, n := range tops {
		if n.Kind == yaml.MappingNode {
			lines := map[string]int{}
			for i := 0; i < len(n.Content); i += 2 {
				key := n.Content[i]
				if line, ok := lines[key.Value]; ok && key.Kind == yaml.ScalarNode && !isKustomization(file) {
					return &CauseError{Place: at(file, key), Message: fmt.Sprintf("%q is here a second time; the first is in line %d", key.Value, line), Help: "keep one of them"}
				}
				lines[key.Value] = key.Line
			}
		}
		if e := repeatedKey(file, n.Content); e != nil {
			return e
		}
	}
	return nil
}

// noObjects finds a document that is no object.
func noObjects(file string, content []byte) *CauseError {
	tops, _ := documents(content)
	for _, top := range tops {
		if top.Kind != yaml.MappingNode {
			return &CauseError{Place: at(file, top), Message: "this is no object", Help: "write apiVersion, kind and metadata.name, and what the object has besides"}
		}
		for _, o := range listed(top) {
			switch name := field(field(o, "metadata"), "name"); {
			case text(field(o, "kind")) == "":
				return &CauseError{Place: at(file, o), Message: "the object has no kind", Help: "write its apiVersion and kind"}
			case text(name) == "" && o != top, text(name) == "" && !strings.HasSuffix(text(field(o, "kind")), "List"):
				return &CauseError{Place: at(file, o), Message: "the object has no metadata.name", Help: "give it a name; one that is generated by the cluster cannot be built"}
			}
		}
	}
	return nil
}
