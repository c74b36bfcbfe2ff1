package overlay

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	yamlv1 "sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

func service(tier, component, name, namespace string) string {
	return "# " + tier + "/" + component + "\napiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: " + namespace + "}\nspec: {clusterIP: None}\n"
}

func config(tier, name, namespace string) string {
	return "# " + tier + "/" + name + "\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: " + namespace +
		", annotations: {kustomize.config.k8s.io/needs-hash: 'true'}}\ndata: {A: '1'}\n"
}

const pod = "# core/web\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: main}\n" +
	"spec: {template: {spec: {containers: [{name: web, image: 'web:1', envFrom: [{configMapRef: {name: settings}}]}]}}}\n"

func TestOverlayRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ want, message string }{
		"two namespaces in a tier": {
			service("core", "a", "a", "main") + "---\n" + service("core", "a", "b", "other"),
			"tier core has Service main/a and Service other/b: a tier has one namespace"},
		"a cluster-scoped custom resource": {
			service("edge", "a", "a", "main") + "---\n# edge/a\napiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: x}\n",
			`ClusterIssuer x has no namespace, but kustomize gives it that of tier edge, "main"`},
		"a namespace where none goes": {
			"# data/a\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: x, namespace: main}\n",
			"PersistentVolume main/x has a namespace, but kind PersistentVolume is not namespaced"},
		"a namespace of another name": {
			service("edge", "a", "a", "main") + "---\n# edge/a\napiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n",
			`Namespace x is in tier edge, whose namespace is "main": kustomize would rename it`},
		"a hashed name of another tier": {
			config("data", "settings", "main") + "---\n" + pod,
			"Deployment main/web of tier core refers to ConfigMap main/settings of tier data, whose hashed name is not known there"},
		"no component": {
			"# core/\napiVersion: v1\nkind: Service\nmetadata: {name: x}\n",
			`label app.kubernetes.io/name is "", which names no folder`},
		"a folder outside": {
			"# core/..\napiVersion: v1\nkind: Service\nmetadata: {name: x}\n",
			`label app.kubernetes.io/name is "..", which names no folder`},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := New(nil, "base")
			if err != nil {
				t.Fatal(err)
			}
			_, err = b.Overlay(objects(t, tt.want), Options{Environment: "test"})
			if err == nil || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("got %v, want %q", err, tt.message)
			}
		})
	}
	b, err := New(nil, "base")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Overlay(nil, Options{Environment: "../x"}); err == nil {
		t.Error("an environment's name may leave overlays/")
	}
}

func TestCustomFolderComesLast(t *testing.T) {
	b, err := New(nil, "base")
	if err != nil {
		t.Fatal(err)
	}
	want := objects(t, service("edge", "a", "a", "main")+"---\n"+service("data", "b", "b", "main"))
	for custom, root := range map[Custom]string{
		NoCustom:        "resources:\n- data\n- edge\nsortOptions:\n  order: legacy\n",
		CustomResource:  "resources:\n- data\n- edge\n- custom\nsortOptions:\n  order: legacy\n",
		CustomComponent: "resources:\n- data\n- edge\ncomponents:\n- custom\nsortOptions:\n  order: legacy\n",
	} {
		files, err := b.Overlay(want, Options{Environment: "test", Custom: custom})
		if err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(string(files["overlays/test/kustomization.yaml"]), "kind: Kustomization\n")
		if diff := cmp.Diff(root, got); diff != "" {
			t.Errorf("custom %q (-want +got):\n%s", custom, diff)
		}
	}
}

func TestProveRefuses(t *testing.T) {
	build := func(t *testing.T, text string) []kustomize.Object {
		t.Helper()
		b, err := New(nil, "base")
		if err != nil {
			t.Fatal(err)
		}
		files, err := b.Overlay(objects(t, text), Options{Environment: "test"})
		if err != nil {
			t.Fatal(err)
		}
		built, err := kustomize.Build(kustomize.NewTree(files), "overlays/test")
		if err != nil {
			t.Fatal(err)
		}
		return built
	}
	whole := config("core", "settings", "main") + "---\n" + pod
	for name, tt := range map[string]struct{ built, want, message string }{
		"the same":  {whole, whole, ""},
		"a value":   {whole, strings.Replace(whole, "web:1", "web:2", 1), "Deployment main/web is not built as wanted (- wanted, + built):\n- spec.template.spec.containers[0].image: \"web:2\"\n+ spec.template.spec.containers[0].image: \"web:1\"\n"},
		"a type":    {whole, strings.Replace(whole, "web:1'", "web:1', tty: 'true'", 1), "- spec.template.spec.containers[0].tty: \"true\"\n"},
		"missing":   {whole, whole + "---\n" + service("core", "web", "x", "main"), "Service main/x is not built as wanted (- wanted, + built):\n- the whole object\n"},
		"too much":  {whole, config("core", "settings", "main"), "Deployment main/web is not built as wanted (- wanted, + built):\n+ the whole object\n"},
		"a hash":    {whole, strings.Replace(whole, "A: '1'", "A: '2'", 1), "configMapRef.name: \"settings-"},
		"namespace": {whole, strings.ReplaceAll(whole, "main", "other"), "Deployment other/web"},
		"a list's order": {
			strings.Replace(whole, "envFrom", "args: [a, b], envFrom", 1), strings.Replace(whole, "envFrom", "args: [b, a], envFrom", 1),
			"- spec.template.spec.containers[0].args[0]: \"b\"\n+ spec.template.spec.containers[0].args[0]: \"a\"\n"},
		// The engine takes any resourceNames for names of ConfigMaps.
		"a name that only looks like a reference": {
			whole + "---\n# core/web\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: main}\nrules: [{apiGroups: [''], resources: [leases], resourceNames: [settings], verbs: [get]}]\n",
			whole + "---\n# core/web\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: main}\nrules: [{apiGroups: [''], resources: [leases], resourceNames: [settings], verbs: [get]}]\n",
			"- rules[0].resourceNames[0]: \"settings\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Prove(build(t, tt.built), objects(t, tt.want))
			switch {
			case tt.message == "" && err != nil:
				t.Error(err)
			case tt.message != "":
				var m *Mismatch
				if !errors.As(err, &m) || !strings.Contains(err.Error(), tt.message) {
					t.Errorf("got %v, want %q", err, tt.message)
				}
			}
		})
	}
}

func TestGoldenNames(t *testing.T) {
	built := []kustomize.Object{
		{Kind: "Namespace", Name: "main"},
		{Kind: "Role", Name: "system:a", Namespace: "main"},
		{Kind: "Service", Name: "a", Namespace: "main"},
		{Kind: "Service", Name: "a", Namespace: "other"},
		{APIVersion: "serving.knative.dev/v1", Kind: "Service", Name: "a", Namespace: "other"},
	}
	want := []string{"namespace-main.yaml", "role-system-a.yaml", "service-a-main.yaml", "service-a-other.yaml", "service-a-other-2.yaml"}
	if diff := cmp.Diff(want, GoldenNames(built)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A hash is left out where it is one, and only there.
func TestGoldenNamesWithoutHashes(t *testing.T) {
	data := map[string]any{"data": map[string]any{"a": "1"}}
	hashed, err := kustomize.HashedName("c", data)
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]any{"metadata": map[string]any{"labels": map[string]any{krm.ManagedByLabel: krm.Manager}}}
	for _, tt := range []struct {
		of   kustomize.Object
		want string
	}{
		{kustomize.Object{APIVersion: "v1", Kind: "ConfigMap", Name: hashed, Value: data}, "configmap-c.yaml"},
		{kustomize.Object{APIVersion: "v1", Kind: "ConfigMap", Name: hashed}, "configmap-" + hashed + ".yaml"},
		{kustomize.Object{APIVersion: "v1", Kind: "ConfigMap", Name: "c", Value: data}, "configmap-c.yaml"},
		{kustomize.Object{APIVersion: "example.com/v1", Kind: "ConfigMap", Name: hashed, Value: data}, "configmap-" + hashed + ".yaml"},
		{kustomize.Object{APIVersion: "batch/v1", Kind: "Job", Name: "j-0123abcd", Value: ours}, "job-j.yaml"},
		{kustomize.Object{APIVersion: "batch/v1", Kind: "Job", Name: "j-database", Value: ours}, "job-j-database.yaml"},
		{kustomize.Object{APIVersion: "batch/v1", Kind: "Job", Name: "j-0123abcd"}, "job-j-0123abcd.yaml"},
	} {
		if got := GoldenNames([]kustomize.Object{tt.of})[0]; got != tt.want {
			t.Errorf("%s: %s, want %s", tt.of, got, tt.want)
		}
	}
	both := []kustomize.Object{
		{APIVersion: "v1", Kind: "ConfigMap", Name: "c", Namespace: "n", Value: data},
		{APIVersion: "v1", Kind: "ConfigMap", Name: hashed, Namespace: "n", Value: data},
	}
	if diff := cmp.Diff([]string{"configmap-c-n.yaml", "configmap-c-n-2.yaml"}, GoldenNames(both)); diff != "" {
		t.Errorf("two of one name (-want +got):\n%s", diff)
	}
}

// A target's name is a regular expression for the engine.
func TestTargetsMeanOneObject(t *testing.T) {
	cr := func(name, value string) string {
		return "# core/a\napiVersion: example.com/v1\nkind: CR\nmetadata: {name: " + name + ", namespace: main}\nspec: {list: [" + value + "]}\n"
	}
	base := objects(t, cr("a.b", "1")+"---\n"+cr("a-b", "1"))
	want := objects(t, cr("a.b", "2")+"---\n"+cr("a-b", "1"))
	b, err := New(base, "base")
	if err != nil {
		t.Fatal(err)
	}
	files, err := b.Overlay(want, Options{Environment: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(files["overlays/test/core/kustomization.yaml"], []byte(`name: a\.b`)) {
		t.Errorf("target:\n%s", files["overlays/test/core/kustomization.yaml"])
	}
	built, err := kustomize.Build(kustomize.NewTree(files, b.Files()), "overlays/test")
	if err != nil {
		t.Fatal(err)
	}
	if err := Prove(built, want); err != nil {
		t.Error(err)
	}
}

// Eight small differences in five tiers are an overlay that one reads at a
// glance.
func TestOverlayIsShort(t *testing.T) {
	var base, want []string
	for i, tier := range []string{"foundation", "data", "setup", "core", "edge"} {
		c := "component" + string(rune('a'+i))
		web := strings.NewReplacer("core/web", tier+"/"+c, "name: web,", "name: "+c+",").Replace(pod)
		web = strings.Replace(web, "spec: {template", "spec: {replicas: 1, template", 1)
		web = strings.Replace(web, "name: settings", "name: "+c, 1)
		base = append(base, web, config(tier, c, "main"))
		web = strings.Replace(web, "replicas: 1", "replicas: 3", 1)
		settings := config(tier, c, "main")
		if i < 3 {
			web = strings.Replace(web, "image: 'web:1'", "image: 'web:1', resources: {limits: {memory: 1Gi}}", 1)
			settings = strings.Replace(settings, "A: '1'", "A: '2'", 1)
		}
		want = append(want, web, settings)
	}
	b, err := New(objects(t, strings.Join(base, "---\n")), "base")
	if err != nil {
		t.Fatal(err)
	}
	files, err := b.Overlay(objects(t, strings.Join(want, "---\n")), Options{Environment: "test"})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, content := range files {
		n += bytes.Count(content, []byte("\n"))
	}
	if n >= 120 {
		t.Errorf("eleven differences take %d lines:\n%s", n, show(files))
	}
}

func TestTextSurvives(t *testing.T) {
	for _, s := range append(awkward, "\ttab\nfirst", "a\r\nb", "\u2028", "\u0085x", "\ufeff") {
		text, err := value.Write("", fields{{"k", s}, {s + "key", l{s, m{"a": s}}}})
		if err != nil {
			t.Fatal(err)
		}
		n, err := yaml.Parse(string(text))
		if err != nil {
			t.Errorf("%q: %v\n%s", s, err, text)
			continue
		}
		got, err := value.Read(n.YNode())
		if err != nil {
			t.Fatal(err)
		}
		want := m{"k": s, s + "key": l{s, m{"a": s}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", s, diff)
		}
		// Other tools read YAML 1.1, with more words for true.
		var old any
		if err := yamlv1.Unmarshal(text, &old); err != nil {
			t.Errorf("%q: %v\n%s", s, err, text)
		} else if diff := cmp.Diff(any(want), old); diff != "" {
			t.Errorf("%q in YAML 1.1 (-want +got):\n%s", s, diff)
		}
	}
}
