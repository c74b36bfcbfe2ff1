package overlay

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamespace(t *testing.T) {
	base := "# core/a\napiVersion: v1\nkind: Namespace\nmetadata: {name: main}\n---\n" +
		"# core/a\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: account, namespace: main}\n---\n" +
		"# core/a\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: binding, namespace: main}\nroleRef: {}\n" +
		"subjects: [{kind: ServiceAccount, name: account, namespace: main}, {kind: ServiceAccount, name: stranger, namespace: far}]\n"
	f, pairs := found(t, findNamespace, base, strings.ReplaceAll(base, "main", "prod"))
	if got := emitted(t, f); got != "namespace: prod\n" {
		t.Errorf("got %s", got)
	}
	if got := now(pairs, "prod", "metadata", "name"); got != "prod" {
		t.Errorf("the Namespace is named %v", got)
	}
	want := l{m{"kind": "ServiceAccount", "name": "account", "namespace": "prod"}, m{"kind": "ServiceAccount", "name": "stranger", "namespace": "far"}}
	if diff := cmp.Diff(any(want), now(pairs, "binding", "subjects")); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
	alone := "# core/a\napiVersion: v1\nkind: Namespace\nmetadata: {name: main}\n"
	role := "# core/a\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: role}\n"
	for name, tt := range map[string]struct{ want, emitted string }{
		"a Namespace alone":           {alone, "namespace: main\n"},
		"a Namespace and a role":      {role + "---\n" + alone, "namespace: main\n"},
		"a role alone":                {role, ""},
		"one in no Namespace of ours": {alone + "---\n" + service("core", "a", "a", "other"), "namespace: other\n"},
	} {
		f, _ := found(t, findNamespace, tt.want, tt.want)
		if got := emitted(t, f); got != tt.emitted {
			t.Errorf("%s: got %s", name, got)
		}
	}
}
