package overlay

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
)

// An object needs what its identity is made of, and labels that name folders.
func TestLoadRefuses(t *testing.T) {
	const whole = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  labels: {app.kubernetes.io/name: a, app.kubernetes.io/component: core}\n"
	for name, tt := range map[string]struct{ text, message string }{
		"whole":         {whole, ""},
		"no apiVersion": {strings.Replace(whole, "apiVersion: v1\n", "", 1), "an object needs apiVersion, kind and metadata.name"},
		"no kind":       {strings.Replace(whole, "kind: Service\n", "", 1), "an object needs apiVersion, kind and metadata.name"},
		"no name":       {strings.Replace(whole, "  name: a\n", "", 1), "an object needs apiVersion, kind and metadata.name"},
		"no metadata":   {"apiVersion: v1\nkind: Service\n", "an object needs apiVersion, kind and metadata.name"},
		"no component":  {strings.Replace(whole, "app.kubernetes.io/name: a, ", "", 1), `label app.kubernetes.io/name is "", which names no folder`},
		"no tier":       {strings.Replace(whole, ", app.kubernetes.io/component: core", "", 1), `label app.kubernetes.io/component is "", which names no folder`},
		"no value":      {whole + "spec: !!float x\n", "read Service a: "},
	} {
		n, err := yaml.Parse(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = load([]*yaml.RNode{n})
		if tt.message == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s: got %v, want %q", name, err, tt.message)
		}
	}
}

// The note that asks for a hash is taken off a ConfigMap, with what is empty
// then. Elsewhere it means nothing.
func TestLoadHashed(t *testing.T) {
	for name, tt := range map[string]struct {
		kind, more  string
		hashed      bool
		annotations any
		data        any
	}{
		"a hash":           {"ConfigMap", "annotations: {" + krm.NeedsHash + ": 'true'}", true, nil, nil},
		"a hash and more":  {"ConfigMap", "annotations: {" + krm.NeedsHash + ": 'true', a: b}", true, m{"a": "b"}, nil},
		"none":             {"ConfigMap", "annotations: {a: b}", false, m{"a": "b"}, m{}},
		"another word":     {"ConfigMap", "annotations: {" + krm.NeedsHash + ": 'false'}", false, m{krm.NeedsHash: "false"}, m{}},
		"another kind":     {"Secret", "annotations: {" + krm.NeedsHash + ": 'true'}", false, m{krm.NeedsHash: "true"}, m{}},
		"nothing is noted": {"ConfigMap", "annotations: {}", false, nil, m{}},
	} {
		n, err := yaml.Parse("apiVersion: v1\nkind: " + tt.kind + "\nmetadata:\n  name: a\n  labels: {app.kubernetes.io/name: a, app.kubernetes.io/component: core}\n  " + tt.more + "\ndata: {}\n")
		if err != nil {
			t.Fatal(err)
		}
		all, err := load([]*yaml.RNode{n})
		if err != nil {
			t.Fatal(name, err)
		}
		o := all[0]
		if diff := cmp.Diff([]any{tt.hashed, tt.annotations, tt.data}, []any{o.hashed, o.value["metadata"].(m)["annotations"], o.value["data"]}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A file is named after its object; a Job's without the hash of its content.
func TestFileName(t *testing.T) {
	for _, tt := range []struct{ kind, name, want string }{
		{"Service", "a", "service-a.yaml"}, {"Service", "a-0123abcd", "service-a-0123abcd.yaml"},
		{"Job", "init-0123abcd", "job-init.yaml"}, {"Job", "init-users-0123abcd", "job-init-users.yaml"},
		{"Job", "init", "job-init.yaml"}, {"Job", "other-0123abcd", "job-other.yaml"},
		{"ClusterRole", "system:a", "clusterrole-system-a.yaml"},
	} {
		if got := (&object{kind: tt.kind, name: tt.name, component: "init"}).fileName(); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.kind, tt.name, got, tt.want)
		}
	}
}

func TestStringOfObject(t *testing.T) {
	for namespace, want := range map[string]string{"": "Service a", "main": "Service main/a"} {
		if got := (&object{kind: "Service", name: "a", namespace: namespace}).String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
