// Package verify judges what a cluster would be given, after all that is proven:
// a set of Kubernetes objects, with where each of them stands. It looks at what
// holds them together (host names in text, selectors, references, volumes), at
// what an API server or a namespace refuses, and, with a user's own folder, at
// what that folder takes away from what was generated.
//
// In: objects in plain values. Out: findings WO7xx. Check judges any set, Custom
// one against the same without the user's folder. What is generated has no
// finding, which tests hold for all examples and for random environments.
package verify

import (
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// Codes of what is wrong with built objects.
const (
	codeHost      = "WO701" // text or a field calls a host that is no Service of the set, no pod of one, or has not that port
	codeClaim     = "WO702" // a PersistentVolume is kept for a claim that nothing in the set makes
	codeSelector  = "WO703" // a selector selects no pod
	codeReference = "WO704" // an object, or a key of one, is referred to and not there
	codeVariable  = "WO705" // $(NAME) stands where no variable of that name is defined yet
	codeMount     = "WO706" // a volume, a mount or a file in one is used and not there
	codeTiers     = "WO707" // a tier's own build is without what custom/ changes in it
	codeSecurity  = "WO708" // the Pod Security level of the namespace refuses a pod
	codeField     = "WO709" // Kubernetes has no such kind or field in that version, or its value has another type
	codeSafety    = "WO710" // custom/ takes a safety setting away that was generated
	codeEngine    = "WO711" // the versions of kustomize that are in use build it differently
	codeTarget    = "WO712" // a patch, an image or a replacement of custom/ selects nothing, or all of custom/ changes nothing
)

// Warnings are the codes that may be warnings about an environment.
func Warnings() []string { return []string{codeTiers, codeSafety, codeTarget} }

// Set is what is judged. What is not said leaves the benefit of the doubt.
type Set struct {
	Objects []kustomize.Object
	// Minor version of Kubernetes: 34 is 1.34.
	Minor int
	// Secrets that others make, in any namespace of the set, with their keys; nil
	// keys are any. A nil map says that nobody knows.
	Secrets map[string][]string
	// ConfigMaps that others make, in any namespace of the set.
	ConfigMaps []string
	// Hosts that others answer at, though nothing in the set does.
	Hosts []string
	// Accounts, claims and ConfigMaps that others make are not known either: what
	// is not in the set may be in the cluster.
	Open bool
	// Decrypted says that what applies the objects decrypts what SOPS encrypted.
	Decrypted bool
	// Made are pods that something in the set makes.
	Made []Made
	// At says where an object stands, or a field of it by its path (places in
	// lists are numbers), or the first of some words that was written for it.
	At func(o kustomize.Object, path []string, words ...string) finding.Position
}

// Made are pods that something makes at run time: their namespace, and the labels
// that all of them have.
type Made struct {
	Namespace string
	Labels    map[string]string
}

// Check judges a set by itself.
func Check(s Set) []finding.Finding {
	j := newJudge(s)
	j.all()
	return finding.Sort(j.found)
}

// all subjects that need no comparison.
func (j *judge) all() {
	j.fields()
	j.hosts()
	j.claims()
	j.selectors()
	j.references()
	j.variables()
	j.mounts()
	j.security()
}

// judge knows a set by what its objects are called.
type judge struct {
	Set
	plain *judge // the same without the user's folder; nil: there is none
	by    map[id]kustomize.Object
	kinds map[string][]kustomize.Object
	// namespaces that the set has objects in, and the pods of each.
	namespaces []string
	pods       []*pod
	podsIn     map[string][]*pod
	found      []finding.Finding
}

// id is what an object is called.
type id struct{ kind, namespace, name string }

func idOf(o kustomize.Object) id { return id{o.Kind, o.Namespace, o.Name} }

func newJudge(s Set) *judge {
	j := &judge{Set: s, by: make(map[id]kustomize.Object, len(s.Objects)), kinds: map[string][]kustomize.Object{}, podsIn: map[string][]*pod{}}
	there := map[string]bool{}
	for _, o := range s.Objects {
		j.by[idOf(o)] = o
		j.kinds[o.Kind] = append(j.kinds[o.Kind], o)
		if p := podOf(o); p != nil {
			j.pods = append(j.pods, p)
			j.podsIn[o.Namespace] = append(j.podsIn[o.Namespace], p)
		}
		if hosts := text(value.Map(o.Value, "metadata", "annotations")[krm.Elsewhere]); hosts != "" {
			j.Hosts = append(slices.Clone(j.Hosts), strings.Split(hosts, ",")...)
		}
		if o.Kind == "Namespace" {
			there[o.Name] = true
		} else if o.Namespace != "" {
			there[o.Namespace] = true
		}
	}
	j.namespaces = slices.Sorted(maps.Keys(there))
	return j
}

// fault is one complaint about an object.
type fault struct {
	code    string
	of      kustomize.Object
	path    []string // of the field
	word    string   // that somebody wrote
	also    []string // words that may be the cause, if nobody wrote that one
	message string
	help    string
	warning bool
}

func (j *judge) fail(f fault) {
	severity := finding.Error
	if f.warning {
		severity = finding.Warning
	}
	j.found = append(j.found, finding.Finding{
		Code: f.code, Severity: severity, Position: j.At(f.of, f.path, append([]string{f.word}, f.also...)...),
		Message: f.of.String() + ": " + f.message, Help: f.help,
	})
}

// generated tells whether whiskops made an object, so that what it is meant for is
// known.
func generated(o kustomize.Object) bool {
	return value.Map(o.Value, "metadata", "labels")[krm.ManagedByLabel] == krm.Manager
}

// of gives the objects of a kind, in the order of the set.
func (j *judge) of(kind string) []kustomize.Object { return j.kinds[kind] }

// list is a list of mappings in a value.
func list(v any) []map[string]any {
	elements, _ := v.([]any)
	all := make([]map[string]any, 0, len(elements))
	for _, e := range elements {
		m, _ := e.(map[string]any)
		all = append(all, m)
	}
	return all
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// under is a path below another.
func under(path []string, more ...string) []string { return append(slices.Clip(path), more...) }

// names are for people: "a, b and c".
func names(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}
