package overlay

import "github.com/whiskops/whiskops/internal/value"

// accounts are the ServiceAccounts of a set of objects, by name.
//
// The engine fills in the namespace of a (Cluster)RoleBinding's subject that
// has none, from the ServiceAccount of that name. So base leaves it out where
// the account is in the same tier, and no environment needs a patch that says
// its namespace. A tier must build on its own, so an account of another tier
// does not count, and neither does a name that two namespaces have.
type accounts map[string][]*object

func newAccounts(objects []*object) accounts {
	a := accounts{}
	for _, o := range objects {
		if o.kind == "ServiceAccount" {
			a[o.name] = append(a[o.name], o)
		}
	}
	return a
}

// of finds the account that the engine would take for a subject.
func (a accounts) of(subject any, tier string) (s map[string]any, account *object) {
	s, _ = subject.(map[string]any)
	name, _ := s["name"].(string)
	if found := a[name]; s["kind"] == "ServiceAccount" && len(found) == 1 && found[0].tier == tier {
		return s, found[0]
	}
	return s, nil
}

// shorten is the value of an object without what the engine fills in.
func (a accounts) shorten(o *object) map[string]any {
	return a.subjects(o, o.value, func(s map[string]any, account *object) {
		if s["namespace"] == account.namespace && account.namespace != "" {
			delete(s, "namespace")
		}
	})
}

// expand is what the engine makes of an object of base, filled in among the
// objects of an environment.
func (a accounts) expand(o *object, now map[string]any) map[string]any {
	return a.subjects(o, now, func(s map[string]any, account *object) {
		if _, said := s["namespace"]; !said && account.namespace != "" {
			s["namespace"] = account.namespace
		}
	})
}

// subjects is a binding with other subjects, and any other object as it is.
func (a accounts) subjects(o *object, binding map[string]any, change func(subject map[string]any, account *object)) map[string]any {
	if o.kind != "RoleBinding" && o.kind != "ClusterRoleBinding" {
		return binding
	}
	binding = value.CopyMap(binding)
	subjects, _ := binding["subjects"].([]any)
	for _, e := range subjects {
		if s, account := a.of(e, o.tier); account != nil {
			change(s, account)
		}
	}
	return binding
}
