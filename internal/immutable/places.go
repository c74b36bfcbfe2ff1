package immutable

import (
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/quantity"
	"github.com/whiskops/whiskops/internal/value"
)

// place where two objects differ. A value that is not there is nil.
type place struct {
	path     []step
	old, new any
}

// step of a path: a key, or an element of a list by its name or number.
type step struct {
	name    string
	element bool
}

func (p place) String() string {
	var s strings.Builder
	for _, at := range p.path {
		switch {
		case at.element || strings.ContainsAny(at.name, ".[]"):
			s.WriteString("[" + at.name + "]")
		case s.Len() > 0:
			s.WriteString("." + at.name)
		default:
			s.WriteString(at.name)
		}
	}
	return s.String()
}

// element is the name of the first element of a list on the way.
func (p place) element() string {
	for _, at := range p.path {
		if at.element {
			return at.name
		}
	}
	return ""
}

// steps of a path that is written in the table.
func steps(path string) []string {
	var all []string
	for path != "" {
		if strings.HasPrefix(path, "[") {
			name, rest, _ := strings.Cut(path[1:], "]")
			all, path = append(all, name), strings.TrimPrefix(rest, ".")
			continue
		}
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			return append(all, path)
		}
		all = append(all, path[:end])
		path = strings.TrimPrefix(path[end:], ".")
	}
	return all
}

// covers tells whether a path of the table leads to a place, or to what it is in.
func covers(table []string, path []step) bool {
	if len(table) > len(path) {
		return false
	}
	for i, want := range table {
		if want != "*" && want != path[i].name {
			return false
		}
	}
	return true
}

// differences of two objects as the API server sees them: with what it writes where
// a field is left out.
func (r row) differences(old, new map[string]any) []place {
	d := differences{row: r}
	d.either(nil, old, new)
	return d.found
}

type differences struct {
	row   row
	found []place
}

func (d *differences) either(path []step, old, new any) {
	oldMap, isMap := old.(map[string]any)
	newMap, areMaps := new.(map[string]any)
	if (isMap || old == nil) && (areMaps || new == nil) && (isMap || areMaps) {
		for _, k := range value.Keys(oldMap, newMap) {
			d.either(append(slices.Clip(path), step{name: k}), oldMap[k], newMap[k])
		}
		return
	}
	oldList, isList := old.([]any)
	newList, areLists := new.([]any)
	if isList && areLists && len(oldList) > 0 && len(newList) > 0 {
		d.lists(path, oldList, newList)
		return
	}
	if d.same(path, old, new) {
		return
	}
	d.found = append(d.found, place{path, old, new})
}

func (d *differences) lists(path []step, old, new []any) {
	was, is := names(old), names(new)
	if was == nil || is == nil {
		was, is = numbers(old), numbers(new)
	}
	element := func(list []any, names []string, name string) any {
		if i := slices.Index(names, name); i >= 0 {
			return list[i]
		}
		return nil
	}
	for _, name := range was {
		here := append(slices.Clip(path), step{name, true})
		if now := element(new, is, name); now != nil {
			d.either(here, element(old, was, name), now)
		} else {
			d.found = append(d.found, place{here, element(old, was, name), nil})
		}
	}
	for _, name := range is {
		if !slices.Contains(was, name) {
			d.found = append(d.found, place{append(slices.Clip(path), step{name, true}), nil, element(new, is, name)})
		}
	}
	both := func(in []string) func(string) bool {
		return func(name string) bool { return !slices.Contains(in, name) }
	}
	was, is = slices.DeleteFunc(was, both(is)), slices.DeleteFunc(slices.Clone(is), both(was))
	if !slices.Equal(was, is) {
		d.found = append(d.found, place{path, strings.Join(was, ", "), strings.Join(is, ", ")})
	}
}

// names of a list's elements, if each has one of its own.
func names(list []any) []string {
	for _, by := range [][]string{{"name"}, {"metadata", "name"}, {"mountPath"}} {
		var all []string
		for _, e := range list {
			name, _ := value.Map(e, by[:len(by)-1]...)[by[len(by)-1]].(string)
			if name == "" || slices.Contains(all, name) {
				break
			}
			all = append(all, name)
		}
		if len(all) == len(list) && len(all) > 0 {
			return all
		}
	}
	return nil
}

func numbers(list []any) []string {
	all := make([]string, len(list))
	for i := range list {
		all[i] = fmt.Sprint(i)
	}
	return all
}

// same tells whether two leaves are one value to the API server.
func (d *differences) same(path []step, old, new any) bool {
	old, new = d.meant(path, old), d.meant(path, new)
	if value.Equal(old, new) {
		return true
	}
	if old == nil || new == nil || !isQuantity(path) {
		return false
	}
	was, err := quantity.Milli(fmt.Sprint(old))
	is, wrong := quantity.Milli(fmt.Sprint(new))
	return err == nil && wrong == nil && was == is
}

// meant is what a leaf says: the default where it says nothing, and nothing where it
// is empty.
func (d *differences) meant(path []step, leaf any) any {
	leads := func(to []string) bool { return len(to) == len(path) && covers(to, path) }
	if !isEmpty(leaf) || leaf != nil && (isEntry(path) || slices.ContainsFunc(d.row.pointers, leads)) {
		return leaf
	}
	for _, s := range d.row.standards {
		if leads(s.path) {
			return s.value
		}
	}
	return nil
}

// isEntry tells whether a field is one of a mapping whose keys are anybody's: a label
// without a value is a label.
func isEntry(path []step) bool {
	n := len(path)
	return n > 1 && isOneOf(path[n-2].name, "labels", "annotations", "matchLabels", "nodeSelector", "parameters", "volumeAttributes")
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case int64:
		return v == 0
	case float64:
		return v == 0
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// isQuantity tells whether a field is a quantity: "1Gi" is "1024Mi".
func isQuantity(path []step) bool {
	n := len(path)
	if n > 1 && isOneOf(path[n-2].name, "requests", "limits", "capacity", "hard") {
		return true
	}
	return n > 0 && path[n-1].name == "sizeLimit"
}
