package derived

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
)

// Front stands before the edge, with the annotations that the user wrote for it.
type Front struct {
	catalog.Front
	// Name in the catalogue; empty where it is not known who it is. On is set in
	// any case.
	Name string
	// Annotations that the user wrote.
	Annotations map[string]string
}

// Fronts of the environment: the Ingress, the Gateway, the Service's load
// balancer, each if it has one.
func (v *Values) Fronts() []Front {
	var all []Front
	edge := v.Env.Edge
	if i := edge.Ingress; i != nil {
		all = append(all, v.front(catalog.OnIngress, i.Annotations, cmp.Or(i.Controller, v.serves(i.Class, i.Annotations))))
	}
	if g := edge.Gateway; g != nil {
		all = append(all, v.front(catalog.OnGateway, nil, g.Controller))
	}
	if edge.Service.Type == "LoadBalancer" {
		all = append(all, v.front(catalog.OnService, edge.Service.Annotations, v.balances(edge.Service.Annotations)))
	}
	return all
}

func (v *Values) front(on string, annotations map[string]string, name string) Front {
	f := Front{Front: v.Catalog.Fronts[name], Name: name, Annotations: annotations}
	f.On = on
	return f
}

// serves finds the controller of an IngressClass: by its name, where several have
// that name by the annotations, and by those alone where nobody has it.
func (v *Values) serves(class string, annotations map[string]string) string {
	named := v.frontsWhere(func(f catalog.Front) bool { return slices.Contains(f.Classes, class) })
	meant := v.frontsWhere(func(f catalog.Front) bool {
		return f.On == catalog.OnIngress && slices.ContainsFunc(slices.Collect(maps.Keys(annotations)), f.Has)
	})
	if len(meant) == 1 && (len(named) == 0 || slices.Contains(named, meant[0])) {
		return meant[0]
	}
	for _, name := range named {
		if v.Catalog.Fronts[name].Usual {
			return name
		}
	}
	return ""
}

// balances finds the load balancer that a platform makes for a Service, or that
// the annotations are for.
func (v *Values) balances(annotations map[string]string) string {
	given := func(key string) bool { _, ok := annotations[key]; return ok }
	found := v.frontsWhere(func(f catalog.Front) bool {
		return f.On == catalog.OnService &&
			(f.Platform == v.Env.Cluster.Platform || slices.ContainsFunc(slices.Collect(maps.Keys(annotations)), f.Has)) &&
			(len(f.Marks) == 0 || slices.ContainsFunc(f.Marks, given)) && !slices.ContainsFunc(f.NoMarks, given)
	})
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

func (v *Values) frontsWhere(is func(catalog.Front) bool) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(v.Catalog.Fronts)), func(name string) bool { return !is(v.Catalog.Fronts[name]) })
}

// Annotations of an object in front of the edge: those that hold what the edge
// holds, under the front's own keys, and above them the user's. A load balancer's
// is written only where its default is not enough. An error is a fault of the
// catalogue.
func (v *Values) Annotations(on string) (map[string]string, error) {
	for _, f := range v.Fronts() {
		if f.On != on {
			continue
		}
		all := map[string]string{}
		maps.Copy(all, f.Annotations)
		for _, s := range f.Settings {
			if err := v.annotate(all, f, s); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	if on == catalog.OnService {
		return v.Env.Edge.Service.Annotations, nil
	}
	return nil, nil
}

func (v *Values) annotate(all map[string]string, f Front, s catalog.Setting) error {
	key, need, err := v.Setting(s)
	if err != nil || (f.On == catalog.OnService && s.Default >= need) {
		return err
	}
	was, given := all[key]
	if given && (s.Part == "" || Part(was, s.Part) != "") {
		return nil
	}
	if s.Reads == "minutes" {
		need = (need + 59) / 60
	}
	value, err := catalog.Text(s.Write, need)
	if err != nil {
		return err
	}
	if s.Part != "" {
		value = strings.TrimPrefix(was+","+s.Part+"="+value, ",")
	}
	all[key] = value
	return nil
}

// Setting is the annotation of a front's setting, and what it must hold, in the
// unit of the link behind it.
func (v *Values) Setting(s catalog.Setting) (key string, need int, err error) {
	if key, err = catalog.Text(s.Key, v); err != nil {
		return "", 0, err
	}
	need, err = v.Limit(s.Limit)
	return key, need, err
}

// Part of a value that is a list of name=value; empty where it has none of that
// name.
func Part(list, name string) string {
	for pair := range strings.SplitSeq(list, ",") {
		if k, value, ok := strings.Cut(pair, "="); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Notes are what an administrator must know of the fronts. An error is a fault of
// the catalogue.
func (v *Values) Note(f Front) (string, error) {
	note, err := catalog.Text(f.Note, v)
	if err != nil {
		return "", fmt.Errorf("front %s: %w", f.Name, err)
	}
	return note, nil
}
