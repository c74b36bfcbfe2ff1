package krm

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/edit"
	"github.com/whiskops/whiskops/internal/value"
)

// made is an object that a function makes.
type made struct {
	id   string
	want M
}

// identity of an object under construction: group, kind, namespace and name.
func identity(o M) string {
	apiVersion, _ := o["apiVersion"].(string)
	kind, _ := o["kind"].(string)
	meta := value.Map(o, "metadata")
	namespace, _ := meta["namespace"].(string)
	name, _ := meta["name"].(string)
	group, _ := groupVersion(apiVersion)
	return id(group, kind, namespace, name)
}

func id(group, kind, namespace, name string) string {
	return kind + "." + group + "/" + namespace + "/" + name
}

func identityOf(n *yaml.RNode) string {
	group, _ := groupVersion(n.GetApiVersion())
	return id(group, n.GetKind(), n.GetNamespace(), n.GetName())
}

// Make has objects in the list, with sorted keys if they are new.
func (r *Run) Make(objects ...M) {
	for _, o := range objects {
		r.made = append(r.made, made{identity(o), o})
	}
}

// bring puts what the function makes into the list.
func (r *Run) bring() error {
	if len(r.made) == 0 {
		return nil
	}
	byRecord, byName := map[string]*yaml.RNode{}, map[string]*yaml.RNode{}
	var before []string
	for _, n := range r.objects {
		byName[identityOf(n)] = n
		if m := r.records(n)[r.by].Made; m != "" {
			byRecord[m] = n
			before = append(before, m)
		}
	}
	var now []string
	for _, m := range r.made {
		if slices.Contains(now, m.id) {
			r.Fail("the config makes %s twice", m.id)
			return nil
		}
		now = append(now, m.id)
	}
	var pulled map[*yaml.Node]bool
	if len(before) > 0 && !slices.Equal(before, now) {
		pulled = r.pull(byRecord)
	}
	for _, m := range r.made {
		n := byRecord[m.id]
		if n == nil {
			n = byName[m.id]
			if n != nil && r.recording {
				r.leave(n, m.want)
				continue
			}
		}
		if n != nil && pulled[n.YNode()] {
			r.list.Items = append(r.list.Items, n)
		}
		if err := r.update(n, m); err != nil {
			return err
		}
	}
	return nil
}

// leave an object that somebody else made, and complain if it does not say what it
// should.
func (r *Run) leave(n *yaml.RNode, want M) {
	r.done[n.YNode()] = true
	if is, err := Object(n); err == nil {
		if all, err := value.Of(want); err == nil && holds(is, all) {
			return
		}
	}
	r.FailAt(n, "", "is there already, made by somebody else, and would be overwritten: give another name, or remove it")
}

// holds tells whether a value has all that is wanted of it.
func holds(is, want any) bool {
	w, ok := want.(M)
	if !ok {
		return value.Equal(is, want)
	}
	m, ok := is.(M)
	if !ok {
		return false
	}
	for key, v := range w {
		if !holds(m[key], v) {
			return false
		}
	}
	return true
}

// pull takes what the config made before out of the list: it comes in again in the
// order in which it is made now, at the end, where anything new comes.
func (r *Run) pull(mine map[string]*yaml.RNode) (pulled map[*yaml.Node]bool) {
	is := map[*yaml.Node]bool{}
	for _, n := range mine {
		is[n.YNode()] = true
	}
	pulled = map[*yaml.Node]bool{}
	r.list.Items = slices.DeleteFunc(r.list.Items, func(n *yaml.RNode) bool {
		if is[n.YNode()] {
			pulled[n.YNode()] = true
		}
		return is[n.YNode()]
	})
	return pulled
}

// update gives an object what it should have, or adds it to the list. Labels and
// annotations that others put there stay.
func (r *Run) update(n *yaml.RNode, m made) error {
	fragment := M{}
	for _, field := range []string{"labels", "annotations"} {
		if v := value.Map(m.want, "metadata", field); len(v) > 0 {
			fragment[field] = v
		}
	}
	if len(fragment) > 0 {
		fragment = M{"metadata": fragment}
	}
	if n == nil {
		fresh, err := Node(m.want)
		if err != nil {
			return err
		}
		r.list.Items = append(r.list.Items, fresh)
		r.done[fresh.YNode()] = true
		r.Tell(fresh, "is made")
		return r.keep(fresh, nil, note{Made: m.id, Name: m.given(), Record: edit.Record{Put: edit.Paths(fragment)}})
	}
	r.done[n.YNode()] = true
	all := r.records(n)
	record, _, err := edit.Merge(n.YNode(), fragment, all[r.by].Record)
	if err != nil {
		r.FailAt(n, "", "%s", err)
		return nil
	}
	if err := body(n.YNode(), m.want); err != nil {
		return err
	}
	if err := m.rename(n, all[r.by].Name); err != nil {
		return err
	}
	return r.keep(n, all, note{Made: m.id, Name: m.given(), Record: record})
}

// body gives a made object all fields but its metadata, and takes away any other.
func body(n *yaml.Node, want M) error {
	for i := 0; i+1 < len(n.Content); {
		key := n.Content[i].Value
		if _, ok := want[key]; ok || key == "metadata" {
			i += 2
		} else {
			n.Content = slices.Delete(n.Content, i, i+2)
		}
	}
	for _, key := range Keys(want) {
		if key == "metadata" {
			continue
		}
		if err := edit.Set(n, key, want[key]); err != nil {
			return err
		}
	}
	return nil
}
