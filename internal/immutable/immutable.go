// Package immutable owns what an update of a Kubernetes object may not change: a
// table by kind, with the source of each row, and the comparison that goes by it.
//
// In: one object before and after, as plain values. Out: the fields that are
// refused, with the procedure that changes them safely.
package immutable

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// Object as it is applied.
type Object struct {
	Group, Kind, Namespace, Name string
	Value                        map[string]any
}

// String is "StatefulSet openwhisk/kafka".
func (o Object) String() string {
	if o.Namespace == "" {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

// Of is an object by its value.
func Of(o map[string]any) Object {
	text := func(path ...string) string {
		s, _ := at(o, path...).(string)
		return s
	}
	group, _, grouped := strings.Cut(text("apiVersion"), "/")
	if !grouped {
		group = ""
	}
	return Object{group, text("kind"), text("metadata", "namespace"), text("metadata", "name"), o}
}

// Refusal is a field that is not let change.
type Refusal struct {
	// Field as a path, in which an element of a list has its name:
	// "spec.volumeClaimTemplates[data].spec.storageClassName".
	Field string
	// By whom, if it is not the API server: an operator takes the object, and
	// then does not do what it says.
	By string
	// Message says why, Help the way round it.
	Message, Help string
	// Old and New value of the field; nil is none.
	Old, New any

	// The rule that refuses, as a path of the table, and its number in the row.
	rule   string
	number int
}

// most refusals of one rule for an object that are listed one by one.
const most = 12

// Refusals are what the API server refuses of an update from old to new by
// server-side apply, both of one kind and name. What it refuses of a new object
// too is not among them, and neither is what lies with the cluster: whether a
// StorageClass lets claims grow.
func Refusals(old, new Object) []Refusal {
	if old.Name != new.Name || old.Group != new.Group {
		return nil // other objects to the API server
	}
	r, known := table()[key(new.Group, new.Kind)]
	if !known {
		return nil
	}
	before, after := old.Value, new.Value
	if r.applied != nil {
		before, after = r.applied(before, after)
	}
	var found []Refusal
	listed := map[int]int{}
	for _, at := range r.differences(before, after) {
		number := r.decides(change{place: at, before: before, after: after})
		if number < 0 || r.rules[number].may || listed[number] > most {
			continue
		}
		refused := r.rules[number].refuse(new, at)
		refused.number = number
		if listed[number]++; listed[number] > most {
			refused.Field, refused.Old, refused.New = r.rules[number].field, nil, nil
			refused.Message += "; more of it differs than is listed"
		}
		found = append(found, refused)
	}
	return found
}

// key of the table: "apps/StatefulSet", or "Secret" of the group without a name.
func key(group, kind string) string {
	if group == "" {
		return kind
	}
	return group + "/" + kind
}

// row says what an update of a kind may change.
type row struct {
	// source of it, in Kubernetes 1.34 if no other is named.
	source string
	// rules in their order: the first that covers a field decides. A field that
	// none covers may change.
	rules []rule
	// defaults that are written where a field is left out.
	defaults map[string]any
	// distinct fields of which an empty value is another than none.
	distinct []string
	// applied gives both objects as the API server has them, where that takes more than
	// defaults; they stay as they are.
	applied func(before, after map[string]any) (map[string]any, map[string]any)

	// standards and pointers are defaults and distinct, taken apart.
	standards []standard
	pointers  [][]string
}

// standard value of a field that is left out.
type standard struct {
	path  []string
	value any
}

// rule about a field and what is below it.
type rule struct {
	// field as a path, in which a star is any element or key; a key with a dot is in
	// brackets.
	field string
	path  []string
	// when it holds; nil is always.
	when func(change) bool
	// may says that the field may change.
	may bool
	// by, message and help of the refusal. Words in braces are filled in: name,
	// in (the flag of the namespace), element (the name of the first element on the
	// way), old and new.
	by, message, help string
}

// change of a field, and the objects that it is in.
type change struct {
	place
	before, after map[string]any
}

// decides which rule a change falls under, by its number; -1 for none.
func (r row) decides(c change) int {
	return slices.IndexFunc(r.rules, func(of rule) bool {
		return covers(of.path, c.path) && (of.when == nil || of.when(c))
	})
}

func (r rule) refuse(o Object, at place) Refusal {
	fill := strings.NewReplacer(
		"{name}", word(o.Name, "NAME"), "{in}", inNamespace(o.Namespace), "{namespace}", word(o.Namespace, "NAMESPACE"),
		"{element}", word(at.element(), "ELEMENT"), "{old}", word(fmt.Sprint(at.old), "OLD"), "{new}", word(fmt.Sprint(at.new), "NEW"))
	return Refusal{
		Field: at.String(), By: r.by, Old: at.old, New: at.new, rule: r.field,
		Message: fill.Replace(r.message), Help: fill.Replace(r.help),
	}
}

func inNamespace(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " -n " + word(namespace, "NAMESPACE")
}

// plainWord is what may stand in a command without quotes. Its length is no part of
// it: to compile a form that is repeated so often takes a millisecond of each start.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]*$`)

// mostWord is how long a name of Kubernetes may be.
const mostWord = 253

// word of a command that a person copies: somebody else's text is left out.
func word(text, instead string) string {
	if len(text) <= mostWord && plainWord.MatchString(text) {
		return text
	}
	return instead
}

// at is what an object has at a path of keys; nil for nothing.
func at(o map[string]any, path ...string) any {
	return value.Map(o, path[:len(path)-1]...)[path[len(path)-1]]
}

func isOneOf(v any, of ...any) bool { return slices.Contains(of, v) }
