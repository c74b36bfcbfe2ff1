package change

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// refusal is a field that is not let change.
type refusal struct {
	// Field as a path, in which an element of a list has its name:
	// "spec.volumeClaimTemplates[data].spec.storageClassName".
	field string
	// By whom, if it is not the API server: an operator takes the object, and
	// then does not do what it says.
	by string
	// Why, and the way round it.
	message, help string
	// Old and new value of the field; nil is none.
	old, new any
	// Rule that refuses, as a path of the table, and its number in the row.
	rule   string
	number int
}

// most refusals of one rule for an object that are listed one by one.
const most = 12

// refusals are what the API server refuses of an update from old to new by
// server-side apply, both of one kind and name. What it refuses of a new object
// too is not among them, and neither is what lies with the cluster: whether a
// StorageClass lets claims grow.
func refusals(old, new Object) []refusal {
	if cmp.Or(old.Is, old.Name) != cmp.Or(new.Is, new.Name) || group(old) != group(new) {
		return nil // other objects to the API server
	}
	r, known := table[key(group(new), new.Kind)]
	if !known {
		return nil
	}
	before, after := old.Value, new.Value
	if r.applied != nil {
		before, after = r.applied(before, after)
	}
	var found []refusal
	listed := map[int]int{}
	for _, at := range r.differences(before, after) {
		number := r.decides(change{place: at, before: before, after: after})
		if number < 0 || r.rules[number].may || listed[number] > most {
			continue
		}
		refused := r.rules[number].refuse(new.ID, at)
		refused.number = number
		if listed[number]++; listed[number] > most {
			refused.field, refused.old, refused.new = r.rules[number].field, nil, nil
			refused.message += "; more of it differs than is listed"
		}
		found = append(found, refused)
	}
	return found
}

func group(o Object) string {
	group, _, grouped := strings.Cut(o.APIVersion, "/")
	if !grouped {
		return ""
	}
	return group
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

func (r rule) refuse(id ID, at place) refusal {
	fill := strings.NewReplacer(
		"{name}", word(id.Name, "NAME"), "{in}", inNamespace(id.Namespace), "{namespace}", word(id.Namespace, "NAMESPACE"),
		"{element}", word(at.element(), "ELEMENT"), "{old}", word(fmt.Sprint(at.old), "OLD"), "{new}", word(fmt.Sprint(at.new), "NEW"))
	return refusal{
		field: at.String(), by: r.by, old: at.old, new: at.new, rule: r.field,
		message: fill.Replace(r.message), help: fill.Replace(r.help),
	}
}

func inNamespace(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " -n " + word(namespace, "NAMESPACE")
}

// plainWord is what may stand in a command without quotes.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$`)

// word of a command that a person copies: somebody else's text is left out.
func word(text, instead string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return instead
}

// at is what an object has at a path of keys; nil for nothing.
func at(o map[string]any, path ...string) any {
	return value.Map(o, path[:len(path)-1]...)[path[len(path)-1]]
}

func isOneOf(v any, of ...any) bool { return slices.Contains(of, v) }
