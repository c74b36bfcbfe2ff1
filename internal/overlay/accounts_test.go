package overlay

import "testing"

// The engine fills in what a subject's account says, if there is one of that
// name alone, in the binding's own tier. Only bindings have subjects.
func TestAccountOfSubject(t *testing.T) {
	account := func(tier, namespace string) *object {
		return &object{kind: "ServiceAccount", name: "a", namespace: namespace, tier: tier}
	}
	for name, tt := range map[string]struct {
		kind, subject string
		accounts      []*object
		want          any
	}{
		"a RoleBinding":         {"RoleBinding", "ServiceAccount", []*object{account("core", "main")}, "main"},
		"a ClusterRoleBinding":  {"ClusterRoleBinding", "ServiceAccount", []*object{account("core", "main")}, "main"},
		"no binding":            {"Policy", "ServiceAccount", []*object{account("core", "main")}, nil},
		"a Group":               {"RoleBinding", "Group", []*object{account("core", "main")}, nil},
		"no account":            {"RoleBinding", "ServiceAccount", nil, nil},
		"of another tier":       {"RoleBinding", "ServiceAccount", []*object{account("data", "main")}, nil},
		"two of a name":         {"RoleBinding", "ServiceAccount", []*object{account("core", "main"), account("core", "other")}, nil},
		"an object of its name": {"RoleBinding", "ServiceAccount", []*object{{kind: "Service", name: "a", namespace: "main", tier: "core"}}, nil},
	} {
		o := &object{kind: tt.kind, name: "b", tier: "core", value: m{"subjects": l{m{"kind": tt.subject, "name": "a"}}}}
		expanded := newAccounts(tt.accounts).expand(o, o.value)
		if got := expanded["subjects"].(l)[0].(m)["namespace"]; got != tt.want {
			t.Errorf("%s: the subject is in %v, want %v", name, got, tt.want)
		}
	}
}
