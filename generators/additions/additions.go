// Package additions adds to a component's pods what a person says of them beside
// what is derived: it comes after all other functions of the component, and takes
// nothing away. The functionConfig and the list come in, with the component's
// workload and service account in it; both come out with more. What would replace
// something is refused.
package additions

import (
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// Process changes the component's workloads and its service account.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	workloads := krm.Workloads(rl, spec.Component)
	if len(workloads) == 0 {
		return krm.Fail("the list has no workload of the component %q to add to", spec.Component)
	}
	for _, n := range workloads {
		path, _ := value.PodPath(n.GetKind())
		if err := krm.Change(n, func(o krm.M) error { return add(value.Map(o, path...), spec) }); err != nil {
			return err
		}
	}
	for _, n := range rl.Items {
		if n.GetKind() != "ServiceAccount" || n.GetLabels()[krm.NameLabel] != spec.Component || len(spec.Account) == 0 {
			continue
		}
		err := krm.Change(n, func(o krm.M) error {
			return unite(o, krm.M{"metadata": krm.M{"annotations": texts(spec.Account)}}, "")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// add unites a template of pods with what is added.
func add(template krm.M, s Spec) error {
	pod := value.Map(template, "spec")
	main := named(pod["containers"], s.Component)
	if main == nil {
		return krm.Fail("the workload of component %q has no container of that name", s.Component)
	}
	for _, part := range []struct {
		field string
		of    map[string]string
	}{{"annotations", s.Annotations}, {"labels", s.Labels}} {
		if len(part.of) == 0 {
			continue
		}
		if err := unite(template, krm.M{"metadata": krm.M{part.field: texts(part.of)}}, ""); err != nil {
			return err
		}
	}
	if err := unite(pod, s.Pod, "spec."); err != nil {
		return err
	}
	if err := unite(main, s.Main, "container."); err != nil {
		return err
	}
	return initContainers(pod, s)
}

// initContainers stand around those that are there.
func initContainers(pod krm.M, s Spec) error {
	if len(s.Sidecars)+len(s.Init) == 0 {
		return nil
	}
	was, _ := pod["initContainers"].(krm.L)
	var all krm.L
	for _, c := range s.Sidecars {
		all = append(all, c)
	}
	all = append(all, was...)
	for _, c := range s.Init {
		all = append(all, c)
	}
	seen := map[string]bool{}
	containers, _ := pod["containers"].(krm.L)
	for _, c := range slices.Concat(containers, all) {
		name := text(c, "name")
		if seen[name] {
			return krm.Fail("the pod has two containers %q", name)
		}
		seen[name] = true
	}
	pod["initContainers"] = all
	return nil
}

// keys by which entries of lists are told apart.
var keys = map[string]string{"volumes": "name", "env": "name", "volumeMounts": "mountPath"}

// unite adds what is not there.
func unite(to, more krm.M, at string) error {
	for _, field := range krm.Keys(more) {
		was, there := to[field]
		switch v := more[field].(type) {
		case krm.M:
			below := maps.Clone(value.Map(was))
			if below == nil {
				below = krm.M{}
			}
			if err := unite(below, v, at+field+"."); err != nil {
				return err
			}
			to[field] = below
		case krm.L:
			list, _ := was.(krm.L)
			for _, e := range v {
				if key := keys[field]; key != "" && found(list, key, text(e, key)) {
					return krm.Fail("%s%s has %q already", at, field, text(e, key))
				}
				list = append(list[:len(list):len(list)], e)
			}
			to[field] = list
		default:
			if there {
				return krm.Fail("%s%s is there already", at, field)
			}
			to[field] = v
		}
	}
	return nil
}

func found(list krm.L, key, is string) bool {
	return slices.ContainsFunc(list, func(e any) bool { return text(e, key) == is })
}

func text(e any, key string) string {
	s, _ := value.Map(e)[key].(string)
	return s
}

// named entry of a list.
func named(list any, name string) krm.M {
	l, _ := list.(krm.L)
	for _, e := range l {
		if text(e, "name") == name {
			return value.Map(e)
		}
	}
	return nil
}

func texts(of map[string]string) krm.M {
	m := krm.M{}
	for k, v := range of {
		m[k] = v
	}
	return m
}

func check(s Spec) error {
	var c krm.Check
	c.Owner(s.Owner)
	seen := map[string]bool{s.Component: true}
	for i, containers := range [][]krm.M{s.Sidecars, s.Init} {
		field := [...]string{"spec.sidecars", "spec.init"}[i]
		for _, made := range containers {
			name := text(made, "name")
			c.Label(field+".name", name)
			c.Unique(field+".name", name, seen)
		}
	}
	for _, field := range []string{"containers", "initContainers"} {
		if s.Pod[field] != nil {
			c.Fail("spec.pod.%s is not for this field: it would change what is there", field)
		}
	}
	return c.Err()
}
