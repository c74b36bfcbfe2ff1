package derived

import (
	"cmp"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/value"
)

// Derived tells whether a variable of a component's main container is set by what is
// generated, whatever it comes out as, and the fields of the environment that it
// follows from; none where nothing that a user writes changes it.
func (v *Values) Derived(component, variable string) (fields []string, ok bool) {
	texts := v.templatesOf(component, variable)
	for _, text := range texts {
		for _, path := range v.saidIn(text) {
			if !slices.Contains(fields, path) {
				fields = append(fields, path)
			}
		}
	}
	return fields, len(texts) > 0
}

// RuntimesManifest is the variable with the languages.
const RuntimesManifest = "RUNTIMES_MANIFEST"

// templatesOf a variable in the catalogue, wherever it is set.
func (v *Values) templatesOf(component, variable string) []string {
	c := v.Catalog.Components[component]
	var all []string
	if text, ok := c.Env[variable]; ok {
		all = append(all, text)
	}
	if c.Shared {
		for _, name := range slices.Sorted(maps.Keys(v.Catalog.Shared.ConfigMaps)) {
			if text, ok := v.Catalog.Shared.ConfigMaps[name].Env[variable]; ok {
				all = append(all, text)
			}
		}
		if variable == RuntimesManifest {
			all = append(all, "{{.Env.Runtimes}}")
		}
	}
	for _, prefix := range slices.Sorted(maps.Keys(c.Lists)) {
		if n, found := strings.CutPrefix(variable, prefix); found && n != "" && strings.Trim(n, "0123456789") == "" {
			all = append(all, c.Lists[prefix].Each+"{{.Env."+goPath(c.Replicas)+"}}")
		}
	}
	env, _ := value.Map(c.Workload, "main")["env"].([]any)
	for _, e := range env {
		name, _ := value.Map(e)["name"].(string)
		if !slices.Contains(words.FindAllString(name, -1), variable) {
			continue
		}
		from, _ := value.Map(e, "valueFrom", "secretKeyRef")["name"].(string)
		text, _ := value.Map(e)["value"].(string)
		condition, _ := value.Map(e)["if"].(string)
		all = append(all, name+text+from+condition)
	}
	return all
}

var (
	words  = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	asked  = regexp.MustCompile(`\.([A-Z][A-Za-z0-9]*(?:\.[A-Z][A-Za-z0-9]*)*)(?: \\?"([a-zA-Z.-]+)\\?")?`)
	insert = regexp.MustCompile(`\{\{(.*?)\}\}`)
)

// saidIn are the fields of the environment that a template asks for.
func (v *Values) saidIn(text string) []string {
	var fields []string
	for _, inserted := range insert.FindAllString(text, -1) {
		for _, m := range asked.FindAllStringSubmatch(inserted, -1) {
			for _, path := range v.saidBy(m[1], m[2]) {
				if !slices.Contains(fields, path) {
					fields = append(fields, path)
				}
			}
		}
	}
	return fields
}

// saidBy are the fields behind what a template asks for, with its argument.
func (v *Values) saidBy(what, argument string) []string {
	if path, ok := strings.CutPrefix(what, "Env."); ok {
		return []string{jsonPath(reflect.TypeFor[environment.Environment](), path)}
	}
	if l := v.links[argument]; what == "Limit" && l != nil {
		if len(l.Fields) > 0 {
			return l.Fields[:1]
		}
		return v.saidIn(cmp.Or(l.Value, l.Holds)) // no link waits for itself
	}
	for ; what != ""; what = what[:max(0, strings.LastIndex(what, "."))] {
		if path := cmp.Or(v.Catalog.SaidBy[what+` "`+argument+`"`], v.Catalog.SaidBy[what]); path != "" {
			return []string{path}
		}
	}
	return nil
}

// jsonPath is a path of Go fields in the names that environments write; "" where it
// leads nowhere. What comes after the last field of the environment is dropped.
func jsonPath(t reflect.Type, path string) string {
	var labels []string
	for name := range strings.SplitSeq(path, ".") {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			break
		}
		f, ok := t.FieldByName(name)
		if !ok {
			break
		}
		label, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		labels, t = append(labels, label), f.Type
	}
	return strings.Join(labels, ".")
}

// goPath is the other way.
func goPath(path string) string {
	t := reflect.TypeFor[environment.Environment]()
	var names []string
	for label := range strings.SplitSeq(path, ".") {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			break
		}
		for i := range t.NumField() {
			f := t.Field(i)
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == label {
				names, t = append(names, f.Name), f.Type
				break
			}
		}
	}
	return strings.Join(names, ".")
}
