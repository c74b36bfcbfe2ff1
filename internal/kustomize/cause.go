package kustomize

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// CauseError says why what a user has in the repository does not build.
type CauseError struct {
	// Place has no File if nobody knows where it is.
	Place
	Message string
	// Help says what to do; it may be empty.
	Help string
}

func (e *CauseError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// explain finds the cause of an error of the engine in the files that it read. The
// engine's own text is a chain of all the folders that it went through, has no
// lines, and often ends with another attempt than the one that mattered: it is
// taken as a hint what to look for.
func (t *Tree) explain(err error) error {
	var reference *ReferenceError
	var bound *BoundError
	if errors.As(err, &reference) || errors.As(err, &bound) {
		return err
	}
	said := strings.NewReplacer(`\"`, `"`, `\n`, "\n").Replace(err.Error())
	for _, c := range causes {
		if m := regexp.MustCompile("(?s)" + c.says).FindStringSubmatch(said); m != nil {
			if found := c.find(t, m[1:]); found != nil {
				return found
			}
		}
	}
	return &CauseError{Message: "the folder does not build, and whiskops has no words of its own for the reason; kustomize says: " + lastClause(said)}
}

var (
	address = regexp.MustCompile(`0x[0-9a-f]{6,}`)
	clause  = regexp.MustCompile(`(?s)^.*': `)
)

// lastClause is what is left of the engine's text without the folders that it
// went through, in one line, and without what is another in each run.
func lastClause(said string) string {
	said = strings.Trim(clause.ReplaceAllString(said, ""), `"`)
	return strings.Join(strings.Fields(address.ReplaceAllString(said, "...")), " ")
}

// cause knows an error of the engine by a pattern of its text, and finds what it is
// about. find gives nil if it does not.
type cause struct {
	says string
	find func(t *Tree, said []string) error
}

// causes are looked for in this order: the first parts of a chain matter more.
var causes = []cause{
	{`MalformedYAML|yaml: |invalid document separator|missing Resource metadata|missing kind in object|missing metadata.name in object`, malformed},
	{`already registered id: (\S+?)'?:? |already registered id: (\S+)`, twice},
	{`invalid Kustomization: json: unknown field "([^"]*)"`, unknownField},
	{`cannot unmarshal (\S+) into Go struct field (\S+) of type (\S+)`, wrongType},
	{`must specify --enable-helm`, helm},
	{`external plugins disabled; unable to load external plugin '([^']*)'`, plugin},
	{`couldn't execute function: `, func(*Tree, []string) error {
		return &CauseError{Message: "a function gave no objects back; its own words are above", Help: "mend its functionConfig, or the objects that it is about"}
	}},
	{`failed to find unique target for patch (\S+?)"?$`, noTarget},
	{`Unexpected kind: |unable to parse SM or JSON patch|decoding .*: invalid character`, noPatch},
	{`must specify one of patch and path`, emptyPatch},
	{`(\w+) operation does not apply: doc is missing (?:path|key): "?([^\s":]+)`, missingPath},
	{`(?i)unable to (remove) nonexistent key: ([^\s:]+)`, missingPath},
	{`testing (?:value|path) (\S+) failed`, failedTest},
	{`error parsing regexp: [^\n]*`, noPattern},
	{`kustomization.yaml is empty`, nothingToBuild},
	{`expected kind 'Component' for path '([^']*)'`, noComponent},
	{`cycle detected: candidate root '([^']*)'`, circle},
	{`Found multiple kustomization files under: (\S+)`, severalKustomizations},
	{`(?:open|lstat) \S+: `, unreadablePath},
	{`invalid literal source (.*?), expected key=value`, badLiteral},
	{`Name:"([^"]*)".* does not exist; cannot merge or replace`, nothingToMerge},
	{`resource with name (\S+) does not match a config`, nothingToScale},
	{`nothing selected by (\S+)`, nothingSelected},
	{`var '\{(\S+) .* cannot be mapped to a field`, nothingForVar},
	{`the engine panicked`, func(*Tree, []string) error {
		return &CauseError{Message: "kustomize's engine breaks down on what is in the folder",
			Help: "take out what was added last, part by part, until it builds"}
	}},
}

// identity reads an id as the engine writes it: Kind.version.group/name.namespace.
func identity(id string) (kind, name, namespace string) {
	id = strings.TrimRight(id, `'":;`)
	of, called, _ := strings.Cut(id, "/")
	kind, _, _ = strings.Cut(of, ".")
	if i := strings.LastIndex(called, "."); i >= 0 {
		called, namespace = called[:i], called[i+1:]
	}
	if namespace == "[noNs]" {
		namespace = ""
	}
	return kind, called, namespace
}

// twice is about an object that comes in a second time.
func twice(t *Tree, said []string) error {
	kind, name, namespace := identity(said[0] + said[1])
	e := &CauseError{Message: fmt.Sprintf("%s %q is here already, and a build has each object once", kind, name)}
	places := t.Origin(kind, name)
	switch {
	case t.generates(kind, name):
		e.Message = fmt.Sprintf("%s %q is one of the objects that whiskops generates, and a build has each object once", kind, name)
		e.Help = "to change it, write a patch in a kustomization of kind: Component; to add another one, give it a name of its own"
	case len(places) > 1:
		first := places[0]
		e.Message += fmt.Sprintf("; it is in line %d of %s too", first.Line, first.File)
		e.Help = "remove one of the two, or give it another name or namespace"
	default:
		e.Help = "list its file or folder once, or give what is listed again another name with namePrefix"
		if namespace != "" {
			e.Help += " or namespace"
		}
	}
	if len(places) > 0 {
		e.Place = places[len(places)-1]
	}
	return e
}

// generates tells whether a file in memory has an object.
func (t *Tree) generates(kind, name string) bool {
	for _, l := range t.layers {
		for _, content := range l.files {
			if !strings.Contains(string(content), name) {
				continue
			}
			tops, _ := documents(content)
			for _, top := range tops {
				// A patch names the object that it changes too.
				if text(field(top, "kind")) == kind && text(field(field(top, "metadata"), "name")) == name {
					return true
				}
			}
		}
	}
	return false
}

// noTarget is about a patch of an object that there is not.
func noTarget(t *Tree, said []string) error {
	kind, name, namespace := identity(said[0])
	called := fmt.Sprintf("%s %q", kind, name)
	if namespace != "" {
		called += fmt.Sprintf(" of the namespace %q", namespace)
	}
	e := &CauseError{
		Message: fmt.Sprintf("this patch is for the %s, and the build has none at this point", called),
		Help: "write kind, name and namespace as in the objects of golden/, without the hash that ends a name there; " +
			"a patch of what whiskops generates is for a kustomization of kind: Component",
	}
	places := t.Origin(kind, name)
	if len(places) == 0 {
		places = t.Written(func(v string) bool {
			return strings.Contains(v, "\n") && strings.Contains(v, kind) && strings.Contains(v, name)
		})
	}
	if len(places) == 0 {
		places = t.Written(func(v string) bool { return strings.Contains(v, kind) && strings.Contains(v, name) })
	}
	if len(places) > 0 {
		e.Place = places[0]
	}
	return e
}

// written is a cause at the first place of a string; nil if there is none.
func written(t *Tree, is func(string) bool, message, help string) *CauseError {
	e := &CauseError{Message: message, Help: help}
	if places := t.Written(is); len(places) > 0 {
		e.Place = places[0]
	}
	return e
}

func equal(want string) func(string) bool { return func(v string) bool { return v == want } }

func badLiteral(t *Tree, said []string) error {
	return written(t, equal(said[0]), fmt.Sprintf("the literal %q has no value", said[0]), "write it as key=value")
}

func nothingToMerge(t *Tree, said []string) error {
	return written(t, equal(said[0]), fmt.Sprintf("the generator %q is to change what another one made, and there is none of that name", said[0]),
		"leave out behavior to make a new object; what whiskops generates is no generator's: change it with a patch")
}

func nothingToScale(t *Tree, said []string) error {
	return written(t, equal(said[0]), fmt.Sprintf("replicas are for %q, and the build has no Deployment, StatefulSet or ReplicaSet of that name at this point", said[0]),
		"write the name as in golden/")
}

func nothingSelected(t *Tree, said []string) error {
	kind, name, _ := identity(said[0])
	return written(t, equal(name), fmt.Sprintf("a replacement takes its value from %s %q, and the build has none at this point", kind, name),
		"write kind and name of the source as in golden/")
}

func nothingForVar(t *Tree, said []string) error {
	return written(t, equal(said[0]), fmt.Sprintf("the variable %q is of an object that the build has not at this point", said[0]),
		"write kind, name and apiVersion of objref as in golden/; replacements are what kustomize has now")
}

func missingPath(t *Tree, said []string) error {
	way := said[1]
	if !strings.HasPrefix(way, "/") {
		way = "/" + way // the last part of it
	}
	return written(t, func(v string) bool { return strings.Contains(v, way) && !strings.HasPrefix(v, "kustomize.config") },
		fmt.Sprintf("the patch is to %s %q, which its target has not", said[0], said[1]), "see the target in golden/, and write a path that is there")
}

func failedTest(t *Tree, said []string) error {
	return written(t, func(v string) bool { return strings.Contains(v, said[0]) },
		fmt.Sprintf("the patch tests %q, and the target has another value there", said[0]), "see the target in golden/, and mend the test or take it out")
}

// noPattern is about a selector, whose kind and name are regular expressions.
func noPattern(t *Tree, _ []string) error {
	return written(t, func(v string) bool {
		_, err := regexp.Compile("^(?:" + v + ")$")
		return err != nil && !strings.ContainsAny(v, " \n")
	}, "the selector is no regular expression", "close its brackets, and write a backslash before one that is meant as it is")
}

// top are the fields of kustomizations that were read, by their names in lower
// case, with the file of each.
func (t *Tree) top(show func(file string, key, value *yaml.Node)) {
	t.own.each(func(file string, top *yaml.Node) {
		if !isKustomization(file) || top.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(top.Content); i += 2 {
			show(file, top.Content[i], top.Content[i+1])
		}
	})
}
