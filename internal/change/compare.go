package change

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/immutable"
)

// Facts are what is known of the objects beyond Kubernetes.
type Facts struct {
	// Catalog of the release; nil: the objects are nobody's components.
	Catalog *catalog.Catalog
	// Votes tells whether a component's pods vote in a quorum, as they are asked
	// for now. Nil: none does.
	Votes func(component string) bool
	// Prunes tells whether what applies the objects deletes those that are gone from the set, and
	// Kept the kinds that it leaves all the same.
	Prunes bool
	Kept   []string
	// Same are the objects that do not differ, where one that does is Related.
	Same []Object
}

// Compare two sets of objects. The effects are sorted.
func Compare(old, new []Object, facts Facts) []Effect {
	c := &comparison{Facts: facts, least: atLeast(old)}
	p := match(old, new)
	c.hashed = changedNames(p)
	for _, m := range p.moved {
		c.move(m)
	}
	for _, pair := range p.both {
		c.update(pair)
	}
	for _, o := range p.gone {
		c.remove(pair{old: o}, p)
	}
	for _, o := range p.come {
		c.add(pair{new: o})
	}
	c.freed(p)
	Sort(c.effects)
	return c.effects
}

// comparison of two sets.
type comparison struct {
	Facts
	effects []Effect
	// hashed are the names without hashes, by kind and the new name with it, of objects whose
	// content differs.
	hashed map[reference]string
	// least are the pods that autoscalers kept.
	least map[ID]int64
}

type reference struct{ kind, namespace, name string }

// say adds an effect on an object.
func (c *comparison) say(p pair, e Effect) {
	o := p.is()
	e.Object, e.Component, e.File = o.ID, o.Component(), o.File
	e.Before, e.After = hash(c.at(p.old, e.Field)), hash(c.at(p.new, e.Field))
	c.effects = append(c.effects, e)
}

// component's facts.
func (c *comparison) component(o Object) (catalog.Component, bool) {
	if c.Catalog == nil {
		return catalog.Component{}, false
	}
	found, ok := c.Catalog.Components[o.Component()]
	return found, ok
}

func (c *comparison) votes(o Object) bool {
	return c.Votes != nil && c.Votes(o.Component())
}

// pair is one object before and after. One that is not there has no value.
type pair struct{ old, new Object }

// is the object as it is afterwards, or was before it went.
func (p pair) is() Object {
	if p.new.Value == nil {
		return p.old
	}
	return p.new
}

// matched are two sets, object by object.
type matched struct {
	both       []pair
	gone, come []Object
	moved      []move
}

// move of objects from one namespace to another.
type move struct {
	from, to string
	objects  int
	// at is what shows it: the two Namespaces, or the first object that moved.
	at pair
}

// match finds each object again: by its group, kind, namespace and name, and, where
// that is nowhere, in another namespace.
func match(old, new []Object) matched {
	type key struct{ group, kind, namespace, name string }
	keyOf := func(o Object, namespaced bool) key {
		group, _, _ := strings.Cut(o.APIVersion, "/")
		if group == o.APIVersion {
			group = "" // v1
		}
		k := key{group, o.Kind, o.Namespace, o.Name}
		if !namespaced {
			k.namespace = ""
		}
		return k
	}
	var m matched
	by := map[key]int{}
	for i, o := range old {
		by[keyOf(o, true)] = i
	}
	used := make([]bool, len(old))
	var rest []Object
	for _, n := range new {
		if i, ok := by[keyOf(n, true)]; ok && !used[i] {
			used[i] = true
			m.both = append(m.both, pair{old[i], n})
			continue
		}
		rest = append(rest, n)
	}
	elsewhere := map[key]int{}
	for i, o := range old {
		if !used[i] && o.Namespace != "" {
			elsewhere[keyOf(o, false)] = i
		}
	}
	moves := map[[2]string]int{}
	for _, n := range rest {
		i, ok := elsewhere[keyOf(n, false)]
		if !ok || n.Namespace == "" || used[i] {
			m.come = append(m.come, n)
			continue
		}
		used[i] = true
		way := [2]string{old[i].Namespace, n.Namespace}
		if _, ok := moves[way]; !ok {
			moves[way] = len(m.moved)
			m.moved = append(m.moved, move{from: way[0], to: way[1], at: pair{old[i], n}})
		}
		m.moved[moves[way]].objects++
		m.both = append(m.both, pair{old[i], n})
	}
	for i, o := range old {
		if !used[i] {
			m.gone = append(m.gone, o)
		}
	}
	namespace := func(name string) func(Object) bool {
		return func(o Object) bool { return o.Kind == "Namespace" && o.Name == name }
	}
	for i, way := range m.moved {
		from, to := slices.IndexFunc(m.gone, namespace(way.from)), slices.IndexFunc(m.come, namespace(way.to))
		if from >= 0 && to >= 0 {
			m.moved[i].at = pair{m.gone[from], m.come[to]}
		}
	}
	return m
}

// changedNames are the objects whose content is in their names, where it differs.
func changedNames(m matched) map[reference]string {
	found := map[reference]string{}
	for _, p := range m.both {
		if p.old.Is != p.new.Is {
			found[reference{p.new.Kind, p.new.Namespace, p.new.Is}] = p.new.Name
		}
	}
	for _, o := range m.come {
		if o.Is != o.Name {
			found[reference{o.Kind, o.Namespace, o.Is}] = o.Name
		}
	}
	return found
}

// contentHash ends a name that kustomize made of a ConfigMap's content.
var contentHash = regexp.MustCompile(`-[bcdfghkmt2456789]{10}"`)

// hash of a value, "-" of none: by it a person's acceptance knows it again. Names are
// without the hash of their content, whether or not what they name is in the set.
func hash(v any) string {
	if v == nil {
		return "-"
	}
	text, err := json.Marshal(v)
	if err != nil { // a plain value has no reason
		return "-"
	}
	sum := sha256.Sum256(contentHash.ReplaceAll(text, []byte(`"`)))
	return hex.EncodeToString(sum[:8])
}

// update compares one object with what it was.
func (c *comparison) update(p pair) {
	known := len(c.effects)
	if p.old.Namespace != p.new.Namespace {
		// With nothing of what it had: see move.
		c.say(p, Effect{Class: Recreated, Field: "metadata.namespace", Old: p.old.Namespace, New: p.new.Namespace, Message: "is made anew in another namespace"})
	} else {
		for _, r := range immutable.Refusals(immutable.Of(p.old.raw), immutable.Of(p.new.raw)) {
			c.refuse(p, r)
		}
		c.rules(p)
		c.data(p)
		c.bound(p)
		c.older(p)
		c.workload(p)
		c.exposed(p)
	}
	c.settings(p, c.effects[known:])
}

// refuse says what the API server does, or the operator that the object is for: it
// takes the object, and does not do what it says.
func (c *comparison) refuse(p pair, r immutable.Refusal) {
	class := Refused
	if r.By != "" {
		class = Data
	}
	old, new := display(p.new, difference{r.Field, r.Old, r.New})
	c.say(p, Effect{Class: class, Field: r.Field, Old: old, New: new, Message: r.Message, Help: r.Help, Says: c.says(p.new, r.Field)})
}

// move says that a namespace is left for another.
func (c *comparison) move(m move) {
	field := "metadata.namespace"
	if m.at.new.Kind == "Namespace" {
		field = "metadata.name"
	}
	c.say(m.at, Effect{
		Class: Data, Field: field, Old: m.from, New: m.to,
		Message: plural(m.objects, "object is", "objects are") + " made anew in another namespace: the claims and the Secrets of the old one do not follow",
		Help:    "keep the namespace. To move, stop the installation, bind the volumes to claims in the new namespace, copy the Secrets, and apply",
		Says:    c.saysNamespace(m.at.new),
	})
}

// settings are what else differs: every difference that no effect has yet.
func (c *comparison) settings(p pair, said []Effect) {
	for _, d := range c.flat(p) {
		if d.path == "metadata.namespace" { // see move
			continue
		}
		if slices.ContainsFunc(said, func(e Effect) bool { return e.Field == d.path && d.path != "spec" }) {
			continue
		}
		old, new := display(p.new, d)
		c.say(p, Effect{Class: Setting, Field: d.path, Old: old, New: new, Message: saysOf(d, old, new)})
	}
}

// hidden stands for the values of Secrets.
const hidden = "(hidden)"

// secret tells whether a field is nobody's to see.
func secret(o Object, path string) bool {
	return o.Kind == "Secret" && (strings.HasPrefix(path, "data") || strings.HasPrefix(path, "stringData"))
}

// display are both values of a difference. Those of a Secret are nobody's to see.
func display(o Object, d difference) (old, new string) {
	if a, b, ok := isTexts(d.old, d.new); ok && !secret(o, d.path) {
		return displayTexts(a, b)
	}
	one := func(v any) string {
		if secret(o, d.path) && v != nil {
			return hidden
		}
		return show(v)
	}
	return one(d.old), one(d.new)
}

func saysOf(d difference, old, new string) string {
	a, b, ok := isTexts(d.old, d.new)
	switch {
	case ok:
		return textDifference(a, b)
	case d.old == nil:
		return "is set to " + quoted(new)
	case d.new == nil:
		return "is no longer set; it was " + quoted(old)
	default:
		return "was " + quoted(old) + ", and is " + quoted(new)
	}
}

func quoted(text string) string {
	if text == "" {
		return `""`
	}
	return text
}

// at is the value of an object's field, or nil; of no field, the whole object.
func (c *comparison) at(o Object, path string) any {
	if o.Value == nil {
		return nil
	}
	if secret(o, path) { // a hash of it would be in git
		return hidden
	}
	return lookup(o.Value, "", path, func(at string, text string) any {
		if read := c.rows(o, at); read != nil {
			return read(text)
		}
		return nil
	})
}

// at is the value at a path of an object, or nil.
func at(o map[string]any, path string) any { return lookup(o, "", path, nil) }

// lookup goes down from a value that stands at a path to the one at target. table makes a
// list of a text that is one.
func lookup(v any, path, target string, table func(path, text string) any) any {
	if path == target {
		return v
	}
	if text, ok := v.(string); ok && table != nil {
		v = table(path, text)
	}
	below, name := map[string]any(nil), func(key string) string { return join(path, key) }
	switch v := v.(type) {
	case map[string]any:
		below = v
	case []any:
		below, name = elements(v), func(key string) string { return path + "[" + key + "]" }
	}
	for key, e := range below {
		rest, ok := strings.CutPrefix(target, name(key))
		if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			if found := lookup(e, name(key), target, table); found != nil {
				return found
			}
		}
	}
	return nil
}

// Hash of a field of one of the objects, as effects have it; "-" if there is no such
// object or field.
func Hash(objects []Object, id ID, field string, facts Facts) string {
	for _, o := range objects {
		if o.ID == id {
			return hash((&comparison{Facts: facts}).at(o, field))
		}
	}
	return hash(nil)
}
